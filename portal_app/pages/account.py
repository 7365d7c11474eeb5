"""My Account: the customer's own data, the ways in, where one is signed in."""

import reflex as rx

from portal_app.components.account.business_profiles import business_profiles_section
from portal_app.components.account.contacts import contacts_section
from portal_app.components.account.locations import locations_section, own_data_section
from portal_app.components.account.profile import custom_fields_section, profile_card
from portal_app.components.account.security import security_sections
from portal_app.components.layout.shell import shell
from portal_app.pages.page import Page
from portal_app.state.account.addresses import AddressFormState
from portal_app.state.account.business_profiles import AccountBusinessProfilesState
from portal_app.state.account.contacts import AccountContactsState
from portal_app.state.account.locations import AccountLocationsState
from portal_app.state.account.profile import AccountFieldsState, AccountState
from portal_app.state.account.security import AccountSecurityState
from portal_app.state.auth.passwords import PasswordState
from portal_app.state.core.viewer import ViewerState


def draw() -> rx.Component:
    """Draw the profile, and everything a customer keeps here."""
    return shell(
        profile_card(),
        custom_fields_section(),
        contacts_section(),
        business_profiles_section(),
        locations_section(),
        security_sections(),
        own_data_section(),
        title="My Account",
        active="account",
    )


page = Page(
    route="/account",
    title="My Account",
    draw=draw,
    on_load=(
        ViewerState.load,
        AccountState.load,
        AccountFieldsState.load,
        AccountContactsState.load,
        AccountBusinessProfilesState.load,
        AccountLocationsState.load,
        AddressFormState.load,
        AccountSecurityState.load,
        PasswordState.clear,
    ),
)
