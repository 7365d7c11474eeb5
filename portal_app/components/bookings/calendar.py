"""Choosing a day and a time."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portal_app.components.bookings.wizard import scroll_into_view
from portal_app.components.ui.buttons import unavailable
from portal_app.components.ui.choices import choice_input
from portal_app.components.ui.icons import icon, icon_choice
from portal_app.components.ui.logic import (
    classes,
    each,
    equal,
    flag,
    negate,
    when,
)

_WEEK = (
    ("Mon", "Monday"),
    ("Tue", "Tuesday"),
    ("Wed", "Wednesday"),
    ("Thu", "Thursday"),
    ("Fri", "Friday"),
    ("Sat", "Saturday"),
    ("Sun", "Sunday"),
)
_PARTS = ("sunrise", "sun", "moon")


_OWN_CLOCK = "$/public/react/own_clock.jsx"


class OwnClock(rx.Component):
    """Says once that the browser's clock is another one; nothing if it is the same."""

    library = _OWN_CLOCK
    tag = "OwnClock"

    zone: rx.Var[str]


class OwnTime(rx.Component):
    """An instant on the browser's clock, where that differs from the business's."""

    library = _OWN_CLOCK
    tag = "OwnTime"

    at: rx.Var[str]
    zone: rx.Var[str]

    def in_first_html(self) -> rx.Component:
        """Nothing: only the browser knows its clock."""
        return rx.fragment()


class CalendarGrid(rx.Component):
    """A month in which the keys of the ARIA grid pattern move; one stop of Tab."""

    library = "$/public/react/calendar_grid.jsx"
    tag = "CalendarGrid"


def own_clock(zone: Any, class_name: str = "") -> rx.Component:
    """Say that times are shown on the reader's own clock too, where it differs.

    Args:
        zone: The business's IANA zone.
        class_name: Of the line; there is none for most readers.
    """
    return OwnClock.create(zone=zone, class_name=classes("text-ink-soft", class_name))


def own_time(at: Any, zone: Any) -> rx.Component:
    """Draw an instant on the reader's own clock, where it differs from the business's.

    Args:
        at: ISO 8601; may be a Var, and empty.
        zone: The business's IANA zone.
    """
    return OwnTime.create(at=at, zone=zone, class_name="text-xs text-ink-soft")


def day_picker(
    month: Any,
    weeks: Any,
    *,
    on_pick: Callable[[Any], Any] | None = None,
    on_previous: Any = None,
    on_next: Any = None,
    has_previous: Any = True,
    has_next: Any = True,
    chosen: Any = None,
    loading: Any = False,
) -> rx.Component:
    """Draw a month whose days with free times can be picked.

    Every day is a button named by its full date; days without free times are there,
    and refuse clicks.

    Args:
        month: Its name and year, for example "November 2026".
        weeks: A list, or Var of one, of objects with ``days``: objects with ``iso``
            (the value), ``label`` (the full date), ``number`` (of the day),
            ``available``, ``today`` and ``blank`` (a cell of the first week before
            the 1st); and ``chosen`` unless that is given for all of them.
        on_pick: Gives the event for a picked ``iso``.
        on_previous: Event for the month before.
        on_next: Event for the month after.
        has_previous: Whether there is a month before; may be a Var.
        has_next: Whether there is a month after; may be a Var.
        chosen: The picked ``iso``, so that a pick does not resend the days.
        loading: While truthy, the days are dimmed; may be a Var.
    """

    def cell(day: Any) -> rx.Component:
        picked = {"on_click": on_pick(day.iso)} if on_pick is not None else {}
        button = rx.el.button(
            day.number,
            type="button",
            aria_label=day.label,
            aria_pressed=flag(day.chosen if chosen is None else equal(day.iso, chosen)),
            aria_current=when(day.today, "date", "false"),
            class_name="day",
            custom_attrs={"data-day": day.iso},
            **unavailable(negate(day.available)),
            **picked,
        )
        return rx.el.div(when(day.blank, rx.fragment(), button), role="gridcell")

    heading = rx.el.div(
        *[
            rx.el.span(
                short,
                role="columnheader",
                aria_label=name,
                class_name="pb-1.5 text-center text-xs font-semibold text-ink-faint",
            )
            for short, name in _WEEK
        ],
        role="row",
        class_name="grid grid-cols-7 gap-1",
    )
    return rx.el.div(
        rx.el.div(
            rx.el.h3(month, class_name="text-lg", aria_live="polite"),
            rx.el.div(
                _arrow(-1, "Previous month", on_previous, has_previous),
                _arrow(1, "Next month", on_next, has_next),
                class_name="flex gap-1",
            ),
            class_name="mb-3 flex items-center justify-between",
        ),
        CalendarGrid.create(
            heading,
            each(
                weeks,
                lambda week: rx.el.div(
                    each(week.days, cell),
                    role="row",
                    class_name="grid grid-cols-7 gap-1",
                ),
            ),
            class_name=(
                "flex min-h-[19.5rem] flex-col gap-1 transition-opacity "
                "aria-busy:opacity-50"
            ),
            custom_attrs={"aria-label": month, "aria-busy": flag(loading)},
        ),
    )


def _arrow(months: int, label: str, event: Any, usable: Any) -> rx.Component:
    return rx.el.button(
        icon("chevron-left" if months < 0 else "chevron-right"),
        type="button",
        aria_label=label,
        class_name="btn btn-ghost btn-icon",
        custom_attrs={"data-turn": str(months)},
        **unavailable(negate(usable)),
        **({"on_click": event} if event is not None else {}),
    )


def day_strip(
    days: Any, *, chosen: Any, on_pick: Callable[[Any], Any], more: str
) -> rx.Component:
    """Draw the next days with free times, one beside the other.

    Args:
        days: A Var of a list of objects with ``iso``, ``label`` (the full date),
            ``weekday``, ``number`` and ``month`` in short.
        chosen: The picked ``iso``; it may be a day that is not among them.
        on_pick: Gives the event for a picked ``iso``.
        more: The ``id`` of where there are all days.
    """

    def chip(day: Any) -> rx.Component:
        return rx.el.label(
            choice_input(
                "radio",
                value=day.iso,
                checked=equal(day.iso, chosen),
                name="day",
                on_change=on_pick(day.iso),
                class_name="unseen",
                aria_label=day.label,
            ),
            rx.el.span(day.weekday, class_name="text-xs font-semibold text-ink-soft"),
            rx.el.span(day.number, class_name="text-lg leading-6 font-[650]"),
            rx.el.span(day.month, class_name="text-xs text-ink-soft"),
            class_name=(
                "choice flex min-h-18 w-15 shrink-0 flex-col items-center "
                "justify-center rounded-2xl py-1.5 text-center tabular-nums"
            ),
        )

    return rx.el.fieldset(
        rx.el.legend("Next free days", class_name="field-label mb-2.5"),
        rx.el.div(
            each(days, chip),
            rx.el.a(
                icon("calendar-days", "size-5"),
                rx.el.span("All days", class_name="text-xs font-semibold"),
                href=f"#{more}",
                class_name=(
                    "flex min-h-18 w-18 shrink-0 flex-col items-center justify-center "
                    "gap-1 rounded-2xl border border-dashed border-field-line "
                    "text-accent-ink md:hidden"
                ),
            ),
            class_name=(
                "-mx-4 flex gap-2 overflow-x-auto px-4 py-1 [scrollbar-width:none] "
                "sm:-mx-1 sm:px-1"
            ),
        ),
        class_name="min-w-0",
    )


def slot_grid(
    groups: Any,
    *,
    label: Any,
    name: str = "slot",
    chosen: Any = None,
    on_pick: Callable[[Any], Any] | None = None,
    error: Any = None,
    zone: Any = None,
) -> rx.Component:
    """Draw the free times of a day as radio buttons, by part of the day.

    Args:
        groups: A list, or Var of one, of objects with ``title`` ("Morning"),
            ``icon`` (``sunrise``, ``sun`` or ``moon``) and ``slots``: objects with
            ``value``, ``label`` ("9:00 am"), ``note`` (what tells two equal times
            apart when the clocks go back, otherwise empty); and ``chosen`` unless
            that is given for all of them.
        label: What is chosen, for example the date.
        name: The key in the submitted form.
        chosen: The picked ``value`` as the server knows it, so that a pick does not
            resend the times. A pick is drawn at once; one that the server refuses is
            undone after 5 seconds, or when ``chosen`` changes.
        on_pick: Gives the event for a picked ``value``.
        error: Why one must be picked, said above them; may be a Var.
        zone: The business's IANA zone: whoever lives by another clock reads that too.
    """

    def slot(one: Any) -> rx.Component:
        picked = {"on_change": on_pick(one.value)} if on_pick is not None else {}
        return rx.el.label(
            choice_input(
                "radio",
                value=one.value,
                checked=one.chosen if chosen is None else equal(one.value, chosen),
                name=name,
                class_name="unseen",
                **picked,
            ),
            rx.el.span(one.label, class_name="font-semibold tabular-nums"),
            when(
                one.note,
                rx.el.span(one.note, class_name="text-xs text-ink-soft"),
            ),
            *([own_time(one.value, zone)] if zone is not None else []),
            class_name=(
                "choice flex min-h-12 flex-col items-center justify-center rounded-xl "
                "px-2 py-1.5 text-center text-[0.9375rem] leading-5"
            ),
        )

    def group(part: Any) -> rx.Component:
        return rx.el.div(
            rx.el.h4(
                icon_choice(part.icon, _PARTS, "size-4.5", fallback="clock"),
                part.title,
                class_name=(
                    "mb-2.5 flex items-center gap-2 text-sm font-semibold text-ink-soft"
                ),
            ),
            rx.el.div(
                each(part.slots, slot),
                class_name=(
                    "grid grid-cols-[repeat(auto-fill,minmax(5.25rem,1fr))] gap-2"
                ),
            ),
        )

    return rx.el.fieldset(
        rx.el.legend(label, class_name="mb-3 text-lg font-semibold"),
        *(
            [
                scroll_into_view(
                    rx.el.p(
                        when(error, icon("circle-alert", "mt-0.5 size-4")),
                        error,
                        class_name="field-error mb-3 empty:hidden",
                        role="alert",
                    ),
                    change=error,
                    class_name="scroll-mt-24 scroll-mb-44",
                )
            ]
            if error is not None
            else []
        ),
        rx.el.div(each(groups, group), class_name="flex flex-col gap-6"),
        class_name="min-w-0",
    )
