"""Dialogs by which the office changes what was agreed about a booking."""

from typing import Any

import reflex as rx

from portal_app.components.account.addresses import access_notes_field, address_fields
from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.fields import (
    email_field,
    phone_field,
    text_field,
    textarea_field,
)
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import when
from portal_app.components.ui.rows import row_part, rows
from portal_app.state.office.booking import OfficeBookingState

_STATE = OfficeBookingState
_CONTACT, _ADDRESS, _LINES = "agreed-contact", "agreed-address", "agreed-lines"


def edit_contact_button() -> rx.Component:
    """Draw the button that opens the dialog for whom to ask for, and the notes."""
    return _button(_CONTACT, "Edit contact")


def edit_address_button() -> rx.Component:
    """Draw the button that opens the dialog for where to come."""
    return _button(_ADDRESS, "Edit address")


def edit_lines_button() -> rx.Component:
    """Draw the button that opens the dialog for what is done for which price."""
    return _button(_LINES, "Edit services")


def agreed_dialogs() -> rx.Component:
    """Draw the dialogs, for a booking that is shown."""
    record, errors = OfficeBookingState.record, OfficeBookingState.errors
    booking = OfficeBookingState.record.booking
    return when(
        record.editable,
        rx.fragment(
            saving_dialog(
                _STATE,
                _CONTACT,
                text_field(
                    "Name",
                    "contact_name",
                    error=errors["contact_name"],
                    default_value=booking.contact_name,
                    auto_complete="off",
                ),
                email_field(
                    name="contact_email",
                    error=errors["contact_email"],
                    default_value=booking.contact_email,
                    auto_complete="off",
                ),
                phone_field(
                    name="contact_phone",
                    error=errors["contact_phone"],
                    default_value=booking.contact_phone,
                    required=False,
                    auto_complete="off",
                ),
                textarea_field(
                    "Notes",
                    "notes",
                    error=errors["notes"],
                    default_value=booking.notes,
                    required=False,
                    help="The customer sees them.",
                ),
                title="Edit contact",
                text="For this booking only. What the customer has saved stays.",
                version=record.version,
                on_save=_STATE.save_contact,
            ),
            saving_dialog(
                _STATE,
                _ADDRESS,
                address_fields(booking.place, errors),
                access_notes_field(errors, default_value=booking.place.access_notes),
                title="Edit address",
                text="For this booking only. What the customer has saved stays.",
                version=record.version,
                on_save=_STATE.save_address,
            ),
            saving_dialog(
                _STATE,
                _LINES,
                rows(
                    "lines",
                    row_part("description", "What"),
                    row_part("quantity", "Quantity"),
                    row_part("unit", "Price of one"),
                    label="Line",
                    add="Add a line",
                    initial=record.lines,
                    errors=errors,
                    most=20,
                ),
                title="Edit services",
                text="The total follows. The time of the visit stays as it is.",
                version=record.version,
                on_save=_STATE.save_lines,
            ),
        ),
    )


def _button(name: str, words: str) -> Any:
    return when(
        OfficeBookingState.record.editable,
        edit_button(
            name,
            icon("pencil"),
            rx.el.span(words),
            class_name="btn btn-secondary btn-sm min-h-11",
        ),
    )
