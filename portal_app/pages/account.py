"""My Account: the profile, and what the other parts hold in brief."""

import reflex as rx

from portal_app.components.account.overview import overview
from portal_app.components.account.parts import PROFILE, account_page
from portal_app.components.account.profile import custom_fields_section, profile_card
from portal_app.components.ui.features import if_on
from portal_app.kernel.features import Feature
from portal_app.pages.page import Page
from portal_app.state.account.addresses import AddressFormState
from portal_app.state.account.business_profiles import AccountBusinessProfilesState
from portal_app.state.account.contacts import AccountContactsState
from portal_app.state.account.locations import AccountLocationsState
from portal_app.state.account.profile import AccountFieldsState, AccountState
from portal_app.state.auth.passwords import PasswordState
from portal_app.state.core.viewer import ViewerState


def draw() -> rx.Component:
    """Draw this part of *My Account*."""
    return account_page(
        PROFILE,
        profile_card(),
        if_on(Feature.CUSTOM_FIELDS, custom_fields_section()),
        overview(),
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
        AddressFormState.load,
        AccountLocationsState.load,
        PasswordState.clear,
    ),
)
