"""My Account: other contacts, business profiles, and the billing address."""

import reflex as rx

from portal_app.components.account.business_profiles import business_profiles_section
from portal_app.components.account.contacts import contacts_section
from portal_app.components.account.parts import BILLING, account_page
from portal_app.components.account.profile import billing_section
from portal_app.components.ui.features import if_on
from portal_app.kernel.features import Feature
from portal_app.pages.page import Page
from portal_app.state.account.addresses import AddressFormState
from portal_app.state.account.business_profiles import AccountBusinessProfilesState
from portal_app.state.account.contacts import AccountContactsState
from portal_app.state.account.profile import AccountState
from portal_app.state.core.viewer import ViewerState


def draw() -> rx.Component:
    """Draw this part of *My Account*."""
    return account_page(
        BILLING,
        contacts_section(),
        if_on(Feature.BUSINESS_PROFILES, business_profiles_section()),
        billing_section(),
    )


page = Page(
    route="/account/billing",
    title="Contacts & billing",
    draw=draw,
    on_load=(
        ViewerState.load,
        AccountState.load,
        AccountContactsState.load,
        AccountBusinessProfilesState.load,
        AddressFormState.load,
    ),
)
