"""My Account: the customer's own data, the ways in, where one is signed in."""

import reflex as rx

from portal_app.components.account_access import account_access
from portal_app.components.account_companies import companies_section
from portal_app.components.account_contacts import contacts_section
from portal_app.components.account_fields import more_about_you
from portal_app.components.account_places import own_data_section, places_section
from portal_app.components.account_profile import profile_card
from portal_app.components.shell import shell
from portal_app.pages.page import Page
from portal_app.state.account import AccountState
from portal_app.state.account_access import AccountAccessState
from portal_app.state.account_companies import AccountCompaniesState
from portal_app.state.account_contacts import AccountContactsState
from portal_app.state.account_fields import AccountFieldsState
from portal_app.state.account_places import AccountPlacesState
from portal_app.state.address_lists import AddressListsState
from portal_app.state.password import PasswordState
from portal_app.state.viewer import ViewerState


def draw() -> rx.Component:
    """Draw the profile, and everything a customer keeps here."""
    return shell(
        profile_card(),
        more_about_you(),
        contacts_section(),
        companies_section(),
        places_section(),
        account_access(),
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
        AccountCompaniesState.load,
        AccountPlacesState.load,
        AddressListsState.load,
        AccountAccessState.load,
        PasswordState.clear,
    ),
)
