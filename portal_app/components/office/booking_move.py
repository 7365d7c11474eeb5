"""The dialog by which the office moves a booking, or has somebody else come."""

from typing import Any

import reflex as rx

from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.fields import select_field, text_field, textarea_field
from portal_app.components.ui.forms import focused_block
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, when
from portal_app.state.office.booking import OfficeBookingState
from portal_app.state.office.booking_move import OfficeBookingMoveState

_STATE = OfficeBookingMoveState
_DIALOG = "move-booking"


def move_button() -> Any:
    """Draw the button that opens the dialog, while the booking can be moved."""
    return when(
        OfficeBookingState.record.move.possible,
        edit_button(
            _DIALOG,
            icon("calendar-days"),
            rx.el.span("Move or assign"),
            class_name="btn btn-secondary btn-sm min-h-11",
        ),
    )


def move_dialog() -> Any:
    """Draw the dialog, for a booking that is shown."""
    record = OfficeBookingState.record
    form, errors = record.move, _STATE.errors
    return when(
        form.possible,
        saving_dialog(
            _STATE,
            _DIALOG,
            rx.el.div(
                text_field(
                    "Day",
                    "day",
                    type="date",
                    error=errors["day"],
                    default_value=form.day,
                ),
                text_field(
                    "Time",
                    "time",
                    type="time",
                    error=errors["time"],
                    help=OfficeBookingState.clock,
                    default_value=form.time,
                ),
                class_name="grid gap-5 sm:grid-cols-2",
            ),
            select_field(
                "With",
                "fieldworker",
                form.team,
                error=errors["fieldworker"],
                default_value=form.fieldworker,
                field_id="move-fieldworker",
            ),
            textarea_field(
                "Reason",
                "reason",
                error=errors["reason"],
                required=False,
                help="The customer reads it in the email.",
                rows=2,
                field_id="move-reason",
            ),
            _warnings(),
            title="Move or assign",
            text="The customer is told by email.",
            version=record.version,
            action=rx.cond(_STATE.asks, "Move anyway", "Move"),
        ),
    )


def _warnings() -> rx.Component:
    """Draw what would be overridden, right above the buttons."""
    return when(
        _STATE.asks,
        focused_block(
            rx.el.ul(
                each(
                    _STATE.warnings,
                    lambda warning: rx.el.li(
                        icon("triangle-alert", "mt-0.5 size-5 shrink-0"),
                        rx.el.span(warning),
                        class_name="flex gap-2.5 font-semibold text-warning",
                    ),
                ),
                class_name="flex flex-col gap-1.5",
            ),
            rx.el.p("Move anyway?", class_name="mt-2"),
            rx.el.input(
                type="hidden", name="accepted", value=_STATE.asks, read_only=True
            ),
            class_name="rounded-2xl bg-warning-soft px-4 py-3.5 sm:px-5",
            key=_STATE.asks,
        ),
    )
