"""How the business deals with bookings: changes, requests, reminders."""

from typing import Any

import reflex as rx

from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import submit_button
from portal_app.components.ui.feedback import list_skeleton
from portal_app.components.ui.fields import checkbox_field, select_field, text_field
from portal_app.components.ui.forms import (
    conflict_notice,
    form,
    saved_version_button,
    sticky_actions,
    unsaved_changes_guard,
)
from portal_app.components.ui.logic import joined
from portal_app.components.ui.surfaces import fields_card, page_header
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.booking_rules import (
    FEES,
    REMINDERS,
    OfficeBookingRulesState,
)

_STATE = OfficeBookingRulesState


def draw() -> rx.Component:
    """Draw the form."""
    return shell(
        page_header(
            "Booking rules", text="Changes, requests, and when you remind of a visit."
        ),
        rx.cond(_STATE.loaded, _form(), list_skeleton(3)),
        active="booking-rules",
        places=OFFICE_MENU,
    )


def _form() -> rx.Component:
    return form(
        conflict_notice(
            _STATE.changes, "The booking rules changed", again=saved_version_button()
        ),
        fields_card(
            "Moving a booking",
            *_terms("move", "move"),
            _number(
                "Free moves per booking",
                "free_moves",
                help="Each further one costs the fee. Leave it empty for no limit.",
            ),
            class_name="group/move",
            text="Customers read this before they book and before they move.",
        ),
        fields_card(
            "Cancelling a booking",
            *_terms("cancel", "cancel"),
            class_name="group/cancel",
            text="You yourself may always move and cancel, and say whether it costs.",
        ),
        fields_card(
            "Requests",
            _number(
                "You answer within (hours)",
                "answer_hours",
                help=(
                    "For services that you confirm yourself. Until then the time is "
                    "kept; afterwards the request lapses and the customer is told."
                ),
            ),
        ),
        fields_card(
            "Reminders",
            rx.el.div(
                *[
                    checkbox_field(
                        label,
                        name,
                        default_checked=_STATE.form.reminders.contains(name),
                    )
                    for name, label, _ in REMINDERS
                ],
                class_name="grid gap-3 sm:grid-cols-2",
            ),
            text="By email to whoever booked, with a link to confirm, move or cancel.",
        ),
        sticky_actions(
            submit_button("Save", pending=_STATE.pending, class_name="max-sm:flex-1")
        ),
        unsaved_changes_guard(
            _STATE.saved, "", version=_STATE.version, seen=_STATE.seen
        ),
        on_submit=_STATE.save,
        problem=_STATE.problem,
        reset_on_submit=False,
        class_name="flex max-w-3xl min-w-0 flex-col gap-6",
    )


def _terms(kind: str, verb: str) -> list[rx.Component]:
    """Draw until when a change is free and what it costs later.

    Percentage and amount are there only where they are asked for.
    """
    shown = "hidden sm:max-w-xs group-has-[option[value={}]:checked]/{}:flex"
    return [
        select_field(
            f"What it costs to {verb}",
            f"{kind}_fee",
            FEES,
            error=_STATE.errors[f"{kind}_fee"],
            default_value=getattr(_STATE.form, f"{kind}_fee"),
            help="Once the hours below are not left any more.",
        ),
        _number(f"Free to {verb} until (hours before)", f"{kind}_hours"),
        _number(
            f"Fee to {verb} (percent of the price)",
            f"{kind}_percent",
            class_name=shown.format("percent", kind),
        ),
        text_field(
            joined(f"Fee to {verb} (", _STATE.currency, ")"),
            f"{kind}_amount",
            default_value=getattr(_STATE.form, f"{kind}_amount"),
            error=_STATE.errors[f"{kind}_amount"],
            input_mode="decimal",
            auto_complete="off",
            class_name=shown.format("flat", kind),
        ),
    ]


def _number(label: str, name: str, **props: Any) -> rx.Component:
    props.setdefault("class_name", "sm:max-w-xs")
    return text_field(
        label,
        name,
        default_value=getattr(_STATE.form, name),
        error=_STATE.errors[name],
        input_mode="numeric",
        auto_complete="off",
        required=False,
        **props,
    )


page = Page(
    route="/office/booking-rules",
    title="Booking rules",
    draw=draw,
    on_load=(ViewerState.load, OfficeBookingRulesState.load),
)
