"""What the office writes down about a booking, for itself alone."""

from typing import Any

import reflex as rx

from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.fields import textarea_field
from portal_app.components.ui.icons import icon
from portal_app.components.ui.lists import icon_action
from portal_app.components.ui.logic import each, joined
from portal_app.components.ui.surfaces import card
from portal_app.state.office.booking import OfficeBookingState

_DIALOG = "office-note"


def office_notes(notes: Any) -> rx.Component:
    """Draw the notes about a booking, latest first, and the button that adds one.

    Args:
        notes: A Var of a list of ``BookingNoteView``.
    """
    return card(
        rx.el.div(
            rx.el.h2("Office notes", class_name="text-xl"),
            edit_button(
                _DIALOG,
                icon("plus"),
                rx.el.span("Add note"),
                class_name="btn btn-secondary btn-sm min-h-11",
            ),
            class_name="flex flex-wrap items-center justify-between gap-3",
        ),
        rx.cond(
            notes.length() > 0,
            rx.el.ul(each(notes, _note), class_name="mt-2 divide-y divide-line"),
            rx.el.p(
                "None. The customer never sees them.",
                class_name="mt-2 text-[0.9375rem] text-ink-soft",
            ),
        ),
    )


def _note(note: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(note.text, class_name="whitespace-pre-line wrap-anywhere"),
            rx.el.p(
                joined(note.when, " · ", note.who),
                class_name="mt-0.5 text-sm text-ink-faint wrap-anywhere",
            ),
            class_name="min-w-0 flex-1",
        ),
        icon_action(
            "trash-2",
            joined("Remove note of ", note.when),
            on_click=OfficeBookingState.remove_note(note.id),
        ),
        key=note.id,
        class_name="flex items-start gap-3 py-3",
    )


def note_dialog() -> rx.Component:
    """Draw the dialog that adds a note."""
    return saving_dialog(
        OfficeBookingState,
        _DIALOG,
        textarea_field(
            "Note",
            "note",
            error=OfficeBookingState.errors["note"],
            help="Only the office sees it.",
        ),
        title="Add note",
        version=0,
        on_save=OfficeBookingState.add_note,
        wide=False,
    )
