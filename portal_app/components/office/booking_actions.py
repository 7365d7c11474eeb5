"""What the office can do with a booking, at the head of its page."""

from typing import Any

import reflex as rx

from portal_app.components.ui.buttons import Kind, button
from portal_app.components.ui.dialogs import (
    dialog,
    dialog_button,
    dialog_close_button,
)
from portal_app.components.ui.logic import when
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.booking import OfficeBookingState

_STATE = OfficeBookingState
_NO_SHOW = "no-show"


def booking_actions() -> rx.Component:
    """Draw the buttons; whoever only looks has none."""
    return rx.cond(
        ViewerState.viewer.reads_only,
        rx.fragment(),
        rx.el.div(
            _if_possible("complete", _mark("complete", "Complete", "badge-check")),
            _if_possible("start", _mark("start", "Start", "clock", "secondary")),
            _if_possible("no_show", dialog_button(_NO_SHOW, "Nobody was there")),
            class_name="flex flex-wrap gap-2.5 empty:hidden",
        ),
    )


def action_dialogs() -> rx.Component:
    """Draw what some of them ask first."""
    return dialog(
        _NO_SHOW,
        title="Was nobody there?",
        text="The booking ends with that, and cannot be completed any more.",
        actions=(
            dialog_close_button(_NO_SHOW, "Cancel"),
            button(
                "Nobody was there",
                kind="danger",
                on_click=_STATE.mark("no_show"),
                custom_attrs={"commandfor": f"dialog-{_NO_SHOW}", "command": "close"},
            ),
        ),
    )


def _if_possible(action: str, drawn: rx.Component) -> Any:
    return when(OfficeBookingState.record.actions.contains(action), drawn)


def _mark(action: str, words: str, icon: str, kind: Kind = "primary") -> rx.Component:
    return button(words, kind=kind, before=icon, on_click=_STATE.mark(action))
