"""What the office can do with a booking, at the head of its page."""

from typing import Any

import reflex as rx

from portal_app.components.ui.buttons import Kind, button
from portal_app.components.ui.dialogs import (
    dialog,
    dialog_button,
    dialog_close_button,
    edit_button,
    saving_dialog,
)
from portal_app.components.ui.fields import checkbox_field, textarea_field
from portal_app.components.ui.logic import when
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.booking import OfficeBookingState

_STATE = OfficeBookingState
_NO_SHOW, _DECLINE, _CANCEL = "no-show", "decline-request", "cancel-booking"


def booking_actions() -> rx.Component:
    """Draw the buttons; whoever only looks has none."""
    return rx.cond(
        ViewerState.viewer.reads_only,
        rx.fragment(),
        rx.el.div(
            _if_possible("approve", _mark("approve", "Confirm request", "check")),
            _if_possible(
                "decline",
                edit_button(
                    _DECLINE, "Decline request", class_name="btn btn-secondary"
                ),
            ),
            _if_possible("complete", _mark("complete", "Complete", "badge-check")),
            _if_possible("start", _mark("start", "Start", "clock", "secondary")),
            _if_possible("no_show", dialog_button(_NO_SHOW, "Nobody was there")),
            _if_possible(
                "cancel",
                edit_button(_CANCEL, "Cancel booking", class_name="btn btn-secondary"),
            ),
            class_name="flex flex-wrap gap-2.5 empty:hidden",
        ),
    )


def action_dialogs() -> rx.Component:
    """Draw what some of them ask first."""
    return rx.fragment(
        dialog(
            _NO_SHOW,
            title="Was nobody there?",
            text="The booking ends with that, and cannot be completed any more.",
            actions=(
                dialog_close_button(_NO_SHOW, "Cancel"),
                button(
                    "Nobody was there",
                    kind="danger",
                    on_click=_STATE.mark("no_show"),
                    custom_attrs={
                        "commandfor": f"dialog-{_NO_SHOW}",
                        "command": "close",
                    },
                ),
            ),
        ),
        saving_dialog(
            _STATE,
            _DECLINE,
            _reason("decline-reason"),
            title="Decline request",
            text="The customer is told, and the time is free again.",
            version=0,
            on_save=_STATE.decline,
            action="Decline request",
            kind="danger",
            wide=False,
        ),
        saving_dialog(
            _STATE,
            _CANCEL,
            _reason("cancel-reason"),
            checkbox_field(
                "The customer pays the fee that is due now",
                "with_fee",
                help="Without it, nothing of the price is to be paid.",
            ),
            title="Cancel booking",
            text="The customer is told, and the time is free again.",
            version=0,
            on_save=_STATE.cancel,
            action="Cancel booking",
            kind="danger",
            wide=False,
            dismiss="Keep booking",
        ),
    )


def _reason(identifier: str) -> rx.Component:
    return textarea_field(
        "Reason",
        "reason",
        error=_STATE.errors["reason"],
        help="The customer reads it.",
        rows=2,
        field_id=identifier,
    )


def _if_possible(action: str, drawn: rx.Component) -> Any:
    return when(OfficeBookingState.record.actions.contains(action), drawn)


def _mark(action: str, words: str, icon: str, kind: Kind = "primary") -> rx.Component:
    return button(words, kind=kind, before=icon, on_click=_STATE.mark(action))
