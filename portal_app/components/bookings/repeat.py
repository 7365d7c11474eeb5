"""*Repeat this booking*: how often, until when, and every date there would be."""

from typing import Any

import reflex as rx

from portal_app.components.bookings.wizard import quantity_input
from portal_app.components.ui.buttons import button
from portal_app.components.ui.feedback import badge, note
from portal_app.components.ui.fields import select_field, text_field
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, flag, when
from portal_app.state.bookings.wizard import BookingWizardState
from portal_app.state.bookings.wizard_repeat import WizardRepeatState

_view = WizardRepeatState.view
_preview = WizardRepeatState.view.preview
_STATES = {
    "taken": ("Taken", "bg-warning-soft text-warning"),
    "left_out": ("Left out", "bg-sunken text-ink-soft"),
    "moved": ("Another time", "bg-accent-soft text-accent-ink"),
    "later": ("Later", "bg-sunken text-ink-soft"),
}


def repeat_section() -> rx.Component:
    """Draw the section of the wizard's step of day and time, once there is a time."""
    ready = WizardRepeatState.shown_for == BookingWizardState.draft_id
    return when(
        ready & _view.offered & (BookingWizardState.day != ""),
        rx.el.section(
            rx.el.h3(
                "Repeat this booking",
                class_name="text-xl",
                custom_attrs={"id": "repeat-heading"},
            ),
            _form(),
            when(_view.unit != "", _dates()),
            aria_labelledby="repeat-heading",
            class_name="mt-9 border-t border-line pt-7",
            key=WizardRepeatState.shown_for,
        ),
    )


def _form() -> rx.Component:
    errors = WizardRepeatState.errors

    def change(name: str) -> Any:
        return lambda value: WizardRepeatState.change(name, value)

    return rx.el.div(
        select_field(
            "How often?",
            "repeat_unit",
            _view.units,
            error=errors["unit"],
            default_value=_view.unit,
            on_change=change("unit"),
        ),
        when(
            _view.unit != "",
            rx.fragment(
                select_field(
                    "Every",
                    "repeat_every",
                    _view.everys,
                    error=errors["every"],
                    default_value=_view.every,
                    on_change=change("every"),
                ),
                select_field(
                    "Ends",
                    "repeat_ends",
                    _view.endings,
                    error=errors["ends"],
                    default_value=_view.ends,
                    on_change=change("ends"),
                ),
                rx.match(
                    _view.ends,
                    ("visits", _visits(change("visits"), errors["count"])),
                    (
                        "day",
                        text_field(
                            "Last day",
                            "repeat_until",
                            type="date",
                            error=errors["until"],
                            default_value=_view.until,
                            min=_view.first_until,
                            on_blur=change("until"),
                        ),
                    ),
                    rx.fragment(),
                ),
            ),
        ),
        class_name="mt-4 grid gap-x-4 gap-y-5 sm:grid-cols-2",
    )


def _visits(on_change: Any, error: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span("Number of visits", class_name="field-label"),
        quantity_input(
            "Number of visits",
            "repeat_visits",
            _view.visits,
            least=2,
            most=_view.most_visits,
            invalid=error.bool(),
            describedby="repeat-visits-error",
            on_change=on_change,
        ),
        rx.el.p(
            error,
            class_name="field-error empty:hidden",
            role="alert",
            custom_attrs={"id": "repeat-visits-error"},
        ),
        class_name="field",
    )


def _dates() -> rx.Component:
    """Draw every visit; what is taken has the nearest free time beside it."""
    return rx.el.div(
        rx.el.div(
            rx.el.p(_preview.text, class_name="font-semibold"),
            when(
                _preview.taken > 0,
                note(
                    rx.cond(
                        _preview.taken == 1,
                        "One of the dates is taken.",
                        _preview.taken.to_string() + " of the dates are taken.",
                    ),
                    " Choose another time for each, or leave it out.",
                    tone="warning",
                    class_name="mt-3",
                ),
            ),
            role="status",
        ),
        rx.el.ol(
            each(_preview.visits, _date),
            aria_label="Dates",
            aria_busy=flag(WizardRepeatState.busy),
            class_name=(
                "mt-4 divide-y divide-line rounded-2xl border border-line px-4 "
                "transition-opacity aria-busy:opacity-50"
            ),
        ),
        when(
            _preview.more,
            rx.el.p(_preview.more, class_name="mt-3 text-sm text-ink-soft"),
        ),
        _sum("mt-4"),
        class_name="mt-6",
    )


def _date(visit: Any) -> rx.Component:
    words = rx.el.span(" ", visit.day, class_name="sr-only")
    return rx.el.li(
        rx.el.span(
            rx.el.span(
                visit.day,
                class_name=rx.cond(
                    visit.state == "left_out",
                    "font-medium line-through text-ink-soft",
                    "font-medium",
                ),
            ),
            rx.el.span(visit.time, class_name="ml-2.5 text-ink-soft"),
            class_name="min-w-0",
        ),
        rx.match(
            visit.state,
            *[(key, badge(text, look=look)) for key, (text, look) in _STATES.items()],
            rx.fragment(),
        ),
        rx.el.span(
            when(
                visit.nearest,
                button(
                    visit.nearest_text,
                    rx.el.span(" instead of", words, class_name="sr-only"),
                    kind="secondary",
                    size="sm",
                    before="clock",
                    on_click=WizardRepeatState.take_nearest(visit.wanted),
                ),
            ),
            when(
                visit.can_change,
                rx.match(
                    visit.state,
                    ("left_out", _take_back("Put back", words, visit)),
                    ("moved", _take_back("Undo", words, visit)),
                    button(
                        "Leave out",
                        words,
                        kind="ghost",
                        size="sm",
                        on_click=WizardRepeatState.leave_out(visit.wanted),
                    ),
                ),
            ),
            class_name="ml-auto flex flex-wrap items-center justify-end gap-2",
        ),
        key=visit.wanted,
        class_name="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 py-1.5",
    )


def _take_back(text: str, words: Any, visit: Any) -> rx.Component:
    return button(
        text,
        words,
        kind="ghost",
        size="sm",
        on_click=WizardRepeatState.take_back(visit.wanted),
    )


def _sum(class_name: str) -> rx.Component:
    return rx.el.p(
        rx.el.span(_preview.price, class_name="text-ink-soft"),
        rx.el.span(_preview.total, class_name="font-[680] tabular-nums"),
        class_name=f"flex flex-wrap justify-between gap-x-4 {class_name}",
    )


def repeat_facts() -> rx.Component:
    """Draw how the booking repeats, for the overview; nothing if it does not."""
    return when(
        _preview.text,
        rx.el.div(
            rx.el.p(
                icon("repeat", "mt-1 size-4 text-ink-faint"),
                _preview.text,
                class_name="flex gap-2 font-semibold",
            ),
            rx.el.details(
                rx.el.summary(
                    "All dates",
                    class_name="text-link inline-flex min-h-11 items-center",
                ),
                rx.el.ol(
                    each(
                        _preview.visits,
                        lambda visit: when(
                            visit.state != "left_out",
                            rx.el.li(visit.day, ", ", visit.time),
                        ),
                    ),
                    class_name="mb-2 grid gap-x-4 text-ink-soft sm:grid-cols-2",
                ),
            ),
            when(
                _preview.more,
                rx.el.p(_preview.more, class_name="text-sm text-ink-soft"),
            ),
            _sum("mt-2 border-t border-line pt-2"),
            class_name="mt-3",
        ),
    )
