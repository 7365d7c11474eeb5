"""*My Account*: saved locations, and the download of one's own data."""

from typing import Any

import reflex as rx

from portal_app.state.account_places import AccountPlacesState

from .account_parts import (
    account_section,
    address_fields,
    dialog_name,
    icon_action,
    item,
    item_list,
    line,
    part,
    text_lines,
    undo_bar,
)
from .button import link_button
from .edit import edit_button, edit_dialog
from .feedback import badge
from .fields import checkbox_field, text_field, textarea_field
from .icon import icon
from .logic import each, joined, when
from .skeleton import list_skeleton

_PLACES = AccountPlacesState.places


def places_section() -> rx.Component:
    """Draw the saved locations, and the dialogs that add and change them.

    Returns:
        A ``section``.
    """
    return account_section(
        "Saved locations",
        rx.cond(
            AccountPlacesState.loaded,
            item_list(
                _PLACES, _item, "Nothing yet. A place you book for is saved by itself."
            ),
            list_skeleton(1),
        ),
        undo_bar(
            joined(AccountPlacesState.removed_name, " is removed."),
            AccountPlacesState.removed,
            AccountPlacesState.undo,
        ),
        each(_PLACES, _dialog),
        _framed("place-new", "Add a location", 0, _fields()),
        text="Where we come to, and how to get in.",
        action=edit_button(
            "place-new",
            icon("plus"),
            rx.el.span("Add a location"),
            class_name="btn btn-secondary max-sm:w-full",
        ),
    )


def own_data_section() -> rx.Component:
    """Draw the download of everything a customer entered.

    Returns:
        A ``section``.
    """
    return account_section(
        "Your data",
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


def _item(place: Any) -> rx.Component:
    edit = {"data-edit": dialog_name("place", place.id)}
    title = when(place.label, place.label, place.lines[0])
    return item(
        "map-pin",
        title,
        text_lines(place.lines),
        when(place.access_notes, line(place.access_notes, class_name="text-sm")),
        badges=rx.fragment(
            when(place.is_default, badge("Default")),
            when(place.latitude, badge(icon("navigation", "size-3.5"), "Pin")),
        ),
        actions=[
            icon_action("pencil", joined("Edit ", title), custom_attrs=edit),
            icon_action(
                "trash-2",
                joined("Delete ", title),
                on_click=AccountPlacesState.remove(place.id),
            ),
        ],
        key=place.id,
    )


def _dialog(place: Any) -> rx.Component:
    title = when(place.label, place.label, place.lines[0])
    return _framed(
        dialog_name("place", place.id),
        joined("Edit ", title),
        place.version,
        _fields(place),
    )


def _framed(name: Any, title: Any, version: Any, fields: list[Any]) -> rx.Component:
    return edit_dialog(
        name,
        *fields,
        title=title,
        on_open=AccountPlacesState.begin,
        on_submit=AccountPlacesState.save,
        pending=AccountPlacesState.pending,
        problem=AccountPlacesState.problem,
        changes=AccountPlacesState.changes,
        version=version,
        seen=AccountPlacesState.seen,
        saved=AccountPlacesState.saved,
    )


def _fields(place: Any = None) -> list[Any]:
    errors = AccountPlacesState.errors
    known = place is not None
    return [
        *(
            [rx.el.input(type="hidden", name="place", value=place.id, read_only=True)]
            if known
            else []
        ),
        text_field(
            "Name of this place",
            "label",
            error=errors["label"],
            required=False,
            placeholder="Home",
            default_value=place.label if known else "",
            auto_complete="off",
        ),
        part("Address", address_fields(place if known else None, errors)),
        textarea_field(
            "How to get in",
            "access_notes",
            error=errors["access_notes"],
            help="A gate code, where to park, where the key is.",
            required=False,
            rows=2,
            default_value=place.access_notes if known else "",
        ),
        checkbox_field(
            "Choose it by itself when I book",
            "is_default",
            default_checked=place.is_default if known else False,
        ),
    ]
