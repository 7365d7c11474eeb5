"""Choosing a day and a time: the next free days, the times of one, and all days."""

from typing import Any

import reflex as rx

from portal_app.components.bookings.calendar import (
    day_picker,
    day_strip,
    own_clock,
    slot_grid,
)
from portal_app.components.bookings.wizard import scroll_into_view
from portal_app.components.ui.buttons import button
from portal_app.components.ui.choices import choice_input
from portal_app.components.ui.feedback import bone
from portal_app.components.ui.icons import avatar, icon
from portal_app.components.ui.logic import each, flag, when

_ALL_DAYS = "all-days"
_TIME_GRID = (
    "grid gap-x-9 gap-y-7 md:grid-cols-[minmax(0,1fr)_19rem] "
    "lg:grid-cols-[minmax(0,1fr)_20rem]"
)


def time_choice(picker: Any, ready: Any) -> rx.Component:
    """Draw the next free days, the times of the chosen one, all days, and who comes.

    On a phone and on a desktop they stand in the order in which Tab reaches them.

    Args:
        picker: A state with ``state.bookings.time_picker``.
        ready: Whether it shows what it is asked for; bones until then.
    """
    return rx.cond(ready, _choice(picker), _skeleton())


def _choice(picker: Any) -> rx.Component:
    times = rx.cond(
        picker.groups.length() > 0,
        slot_grid(
            picker.groups,
            label=picker.day_text,
            chosen=picker.slot,
            on_pick=picker.pick_slot,
            error=picker.missing,
            zone=picker.zone,
        ),
        rx.el.div(
            icon("calendar-x", "size-7 text-ink-faint"),
            rx.el.p("No free time in ", picker.month, class_name="mt-3 font-semibold"),
            rx.el.p(
                rx.cond(
                    picker.missing,
                    picker.missing,
                    "Please look at another month, or choose anyone.",
                ),
                class_name="mt-1 text-ink-soft",
                role="status",
            ),
            class_name=(
                "flex h-full min-h-56 flex-col items-center justify-center text-center"
            ),
        ),
    )
    return rx.el.div(
        own_clock(picker.zone, class_name="md:col-span-2 empty:hidden"),
        when(
            picker.next_days.length() > 0,
            rx.el.div(
                day_strip(
                    picker.next_days,
                    chosen=picker.day,
                    on_pick=picker.pick_day,
                    more=_ALL_DAYS,
                ),
                class_name="min-w-0 md:col-span-2",
            ),
        ),
        scroll_into_view(
            rx.el.div(
                times,
                key=picker.looks,
                aria_busy=flag(picker.busy),
                class_name="transition-opacity aria-busy:opacity-50",
            ),
            change=picker.day,
            class_name="min-w-0 scroll-mt-24 scroll-mb-44",
        ),
        rx.el.div(
            day_picker(
                picker.month,
                picker.weeks,
                chosen=picker.day,
                on_pick=picker.pick_day,
                on_previous=picker.turn(-1),
                on_next=picker.turn(1),
                has_previous=picker.has_previous,
                has_next=picker.has_next,
                loading=picker.busy,
            ),
            button(
                "Next free time",
                kind="secondary",
                before="clock",
                on_click=picker.pick_next_free,
                class_name="mt-3 w-full",
            ),
            _people(picker),
            class_name="min-w-0 scroll-mt-24",
            custom_attrs={"id": _ALL_DAYS},
        ),
        rx.el.p(picker.free_text, role="status", class_name="sr-only"),
        class_name=_TIME_GRID,
    )


def _person(picker: Any, person: Any, name: Any, key: Any) -> rx.Component:
    return rx.el.label(
        choice_input(
            "radio",
            value=key,
            checked=picker.person == key,
            name="person",
            on_change=picker.pick_person(key),
            class_name="unseen",
        ),
        person,
        rx.el.span(name, class_name="pr-1.5 font-semibold whitespace-nowrap"),
        class_name=(
            "choice flex min-h-12 shrink-0 items-center gap-2.5 rounded-full py-1.5 "
            "pl-1.5 pr-3 text-[0.9375rem]"
        ),
    )


def _people(picker: Any) -> rx.Component:
    anyone = rx.el.span(
        icon("users", "size-4.5"),
        class_name=(
            "grid size-9 place-items-center rounded-full bg-sunken text-ink-soft"
        ),
    )
    return rx.el.fieldset(
        rx.el.legend("Who should come?", class_name="field-label mb-2.5"),
        rx.el.div(
            _person(picker, anyone, "Anyone", ""),
            each(
                picker.people,
                lambda one: _person(
                    picker, avatar(one.name, "", "sm"), one.name, one.id
                ),
            ),
            class_name=(
                "-mx-4 flex gap-2 overflow-x-auto px-4 py-1 [scrollbar-width:none] "
                "sm:mx-0 sm:flex-wrap sm:px-0"
            ),
        ),
        class_name="mt-7 min-w-0",
    )


def _skeleton() -> rx.Component:
    return rx.el.div(
        rx.el.span("Loading", class_name="sr-only"),
        rx.el.div(
            bone("mb-3 h-4 w-36"),
            rx.el.div(
                *[bone("h-18 w-15 shrink-0 rounded-2xl!") for _ in range(7)],
                class_name="flex gap-2 overflow-hidden",
            ),
            class_name="min-w-0 md:col-span-2",
        ),
        rx.el.div(
            bone("mb-5 h-6 w-52"),
            rx.el.div(
                *[bone("h-12 rounded-xl!") for _ in range(12)],
                class_name="grid grid-cols-3 gap-2",
            ),
        ),
        rx.el.div(
            bone("mb-5 h-6 w-40"),
            rx.el.div(
                *[bone("h-11 rounded-xl!") for _ in range(35)],
                class_name="grid grid-cols-7 gap-1",
            ),
        ),
        custom_attrs={"aria-busy": "true"},
        class_name=_TIME_GRID,
    )
