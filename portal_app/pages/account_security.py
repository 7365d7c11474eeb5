"""My Account: the ways in, where one is signed in, and one's own data."""

import reflex as rx

from portal_app.components.account.locations import own_data_section
from portal_app.components.account.parts import SECURITY, account_page
from portal_app.components.account.security import security_sections
from portal_app.pages.page import Page
from portal_app.state.account.security import AccountSecurityState
from portal_app.state.auth.passwords import PasswordState
from portal_app.state.core.viewer import ViewerState


def draw() -> rx.Component:
    """Draw this part of *My Account*."""
    return account_page(
        SECURITY,
        security_sections(),
        own_data_section(),
    )


page = Page(
    route="/account/security",
    title="Security & links",
    draw=draw,
    on_load=(
        ViewerState.load,
        AccountSecurityState.load,
        PasswordState.clear,
    ),
)
