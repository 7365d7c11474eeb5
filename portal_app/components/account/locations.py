"""*My Account*: saved locations, and the download of one's own data."""

from typing import Any

import reflex as rx

from portal_app.components.account.addresses import (
    access_notes_field,
    address_fields,
    location_name_field,
)
from portal_app.components.account.parts import DATA_ID, LOCATIONS_ID
from portal_app.components.ui.buttons import link_button
from portal_app.components.ui.feedback import badge
from portal_app.components.ui.fields import checkbox_field
from portal_app.components.ui.icons import icon
from portal_app.components.ui.lists import (
    Collection,
    account_section,
    address_line,
    collection_section,
    form_part,
    item,
    item_line,
)
from portal_app.components.ui.logic import when
from portal_app.state.account.locations import AccountLocationsState


def locations_section() -> rx.Component:
    """Draw the saved locations, and the dialogs that add and change them."""
    return collection_section(
        LOCATIONS,
        title="Saved locations",
        text="The places we come to, and how to get in.",
        anchor=LOCATIONS_ID,
    )


def own_data_section() -> rx.Component:
    """Draw the download of everything a customer entered."""
    return account_section(
        "Your data",
        anchor=DATA_ID,
        text="Everything you gave us, with your files, in one download.",
        action=link_button(
            "Download my data",
            href="/api/account/export.zip",
            kind="secondary",
            before="download",
            external=True,
            class_name="max-sm:w-full",
        ),
    )


def _title(place: Any) -> Any:
    return when(place.label, place.label, place.lines[0])


def _item(place: Any, actions: list[Any]) -> rx.Component:
    return item(
        "map-pin",
        _title(place),
        address_line(place.lines),
        when(place.access_notes, item_line(place.access_notes, class_name="text-sm")),
        badges=rx.fragment(
            when(place.is_default, badge("Default")),
            when(place.latitude, badge(icon("navigation", "size-3.5"), "Pin")),
        ),
        actions=actions,
        key=place.id,
    )


def _fields(place: Any) -> list[Any]:
    errors = AccountLocationsState.errors
    known = place is not None
    return [
        location_name_field(errors, default_value=place.label if known else ""),
        form_part("Address", address_fields(place if known else None, errors)),
        access_notes_field(errors, default_value=place.access_notes if known else ""),
        checkbox_field(
            "Come here unless I choose another place",
            "is_default",
            default_checked=place.is_default if known else False,
        ),
    ]


LOCATIONS = Collection(
    AccountLocationsState,
    "place",
    name=_title,
    draw=_item,
    fields=_fields,
    add="Add a location",
    empty="No place yet. Places you book for are saved here.",
    remove="Delete",
)
