"""My Account: the ways in, where one is signed in, and one's own data."""

import reflex as rx

from portal_app.components.account.calendar_feeds import calendar_address
from portal_app.components.account.locations import own_data_section
from portal_app.components.account.parts import SECURITY, account_page
from portal_app.components.account.security import security_sections
from portal_app.components.ui.surfaces import section
from portal_app.pages.page import Page
from portal_app.state.account.calendar_feeds import CalendarFeedState
from portal_app.state.account.security import AccountSecurityState
from portal_app.state.auth.passwords import PasswordState
from portal_app.state.core.viewer import ViewerState


def draw() -> rx.Component:
    """Draw this part of *My Account*."""
    return account_page(
        SECURITY,
        security_sections(),
        section(
            "Your calendar",
            calendar_address(CalendarFeedState.address, CalendarFeedState.create),
            text=(
                "Your bookings in your own calendar, always up to date. A new address "
                "switches the one before off."
            ),
        ),
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
        CalendarFeedState.load,
    ),
)
