"""When a class takes place: the next times, and the form that schedules more."""

from typing import Any

import reflex as rx

from portal_app.components.ui.buttons import button, submit_button
from portal_app.components.ui.fields import select_field, text_field
from portal_app.components.ui.forms import form
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import fields_card
from portal_app.state.office.classes import OfficeClassesState
from portal_app.state.office.service_editor import OfficeServiceState

_STATE, _SERVICE = OfficeClassesState, OfficeServiceState


def class_schedule() -> rx.Component:
    """Draw the classes of the service that the editor has."""
    return fields_card(
        "Classes",
        when(
            _STATE.sessions.length() > 0,
            rx.el.ul(
                each(_STATE.sessions, _session), class_name="divide-y divide-line"
            ),
            rx.el.p("None is scheduled.", class_name="text-ink-soft"),
        ),
        form(
            _pair(
                _text("Day", "day", type="date"),
                _text("Starts at", "starts", type="time"),
            ),
            _pair(
                select_field(
                    "Who leads it",
                    "fieldworker",
                    _SERVICE.leaders,
                    error=_STATE.errors["fieldworker"],
                ),
                _text(
                    "Places",
                    "seats",
                    input_mode="numeric",
                    required=False,
                    help=joined("Empty for ", _SERVICE.form.seats, "."),
                ),
            ),
            _text(
                "Weeks in turn",
                "weeks",
                input_mode="numeric",
                required=False,
                class_name="@lg:max-w-[calc(50%-0.5rem)]",
                help="Empty for once.",
            ),
            rx.el.div(submit_button("Schedule", pending=_STATE.pending)),
            on_submit=_STATE.schedule,
            problem=_STATE.problem,
            class_name="@container flex flex-col gap-5 border-t border-line pt-5",
        ),
    )


def _session(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(one.day, ", ", one.time, class_name="font-semibold"),
            rx.el.p(
                one.fieldworker, " · ", one.places, class_name="text-sm text-ink-soft"
            ),
            class_name="min-w-0 flex-1",
        ),
        button(
            "Cancel",
            kind="secondary",
            size="sm",
            aria_label=joined("Cancel ", one.day, ", ", one.time),
            on_click=_STATE.cancel(one.id),
        ),
        class_name="flex flex-wrap items-center gap-3 py-3",
        key=one.id,
    )


def _pair(*fields: Any) -> rx.Component:
    return rx.el.div(*fields, class_name="grid gap-5 @lg:grid-cols-2 @lg:gap-4")


def _text(label: str, name: str, **props: Any) -> rx.Component:
    return text_field(
        label, name, error=_STATE.errors[name], auto_complete="off", **props
    )
