"""My Account: the places that the business comes to."""

import reflex as rx

from portal_app.components.account.locations import locations_section
from portal_app.components.account.parts import PLACES, account_page
from portal_app.pages.page import Page
from portal_app.state.account.addresses import AddressFormState
from portal_app.state.account.locations import AccountLocationsState
from portal_app.state.core.viewer import ViewerState


def draw() -> rx.Component:
    """Draw this part of *My Account*."""
    return account_page(
        PLACES,
        locations_section(),
    )


page = Page(
    route="/account/places",
    title="Places",
    draw=draw,
    on_load=(
        ViewerState.load,
        AccountLocationsState.load,
        AddressFormState.load,
    ),
)
