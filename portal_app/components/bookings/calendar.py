"""Choosing a day and a time."""

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from portal_app.components.ui.buttons import unavailable
from portal_app.components.ui.choices import choice_input
from portal_app.components.ui.icons import icon, icon_choice
from portal_app.components.ui.logic import each, equal, flag, negate, when

_WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_PARTS = ("sunrise", "sun", "moon")


def day_picker(
    month: Any,
    days: Any,
    *,
    on_pick: Callable[[Any], Any] | None = None,
    on_previous: Any = None,
    on_next: Any = None,
    has_previous: Any = True,
    has_next: Any = True,
    chosen: Any = None,
    week: Sequence[str] = _WEEK,
    loading: Any = False,
) -> rx.Component:
    """Draw a month whose days with free times can be picked.

    Every day is a button named by its full date; the arrow keys move by days and
    weeks. Days without free times are there but disabled.

    Args:
        month: Its name and year, for example "November 2026".
        days: A list, or Var of one, of objects with ``iso`` (the value), ``label``
            (the full date), ``number`` (of the day), ``available``, ``today`` and
            ``blank`` (a cell of the first week before the 1st); and ``chosen``
            unless that is given for all of them.
        on_pick: Gives the event for a picked ``iso``.
        on_previous: Event for the month before.
        on_next: Event for the month after.
        has_previous: Whether there is a month before; may be a Var.
        has_next: Whether there is a month after; may be a Var.
        chosen: The picked ``iso``, so that a pick does not resend the days.
        week: The short names of the days, first day of the week first.
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
            disabled=negate(day.available),
            class_name="day",
            **picked,
        )
        return when(day.blank, rx.el.span(aria_hidden="true"), button)

    return rx.el.div(
        rx.el.div(
            rx.el.h3(month, class_name="text-lg", aria_live="polite"),
            rx.el.div(
                _arrow("chevron-left", "Previous month", on_previous, has_previous),
                _arrow("chevron-right", "Next month", on_next, has_next),
                class_name="flex gap-1",
            ),
            class_name="mb-3 flex items-center justify-between",
        ),
        rx.el.div(
            *[
                rx.el.span(
                    name,
                    class_name=(
                        "pb-1.5 text-center text-xs font-semibold text-ink-faint"
                    ),
                    aria_hidden="true",
                )
                for name in week
            ],
            class_name="grid grid-cols-7 gap-1",
        ),
        rx.el.div(
            each(days, cell),
            role="group",
            aria_label=month,
            aria_busy=flag(loading),
            class_name=(
                "grid min-h-[18.5rem] grid-cols-7 content-start gap-1 "
                "transition-opacity aria-busy:opacity-50"
            ),
            custom_attrs={"data-arrows": "7"},
        ),
    )


def _arrow(name: str, label: str, event: Any, usable: Any) -> rx.Component:
    return rx.el.button(
        icon(name),
        type="button",
        aria_label=label,
        class_name="btn btn-ghost btn-icon",
        **unavailable(negate(usable)),
        **({"on_click": event} if event is not None else {}),
    )


def slot_grid(
    groups: Any,
    *,
    label: Any,
    name: str = "slot",
    chosen: Any = None,
    on_pick: Callable[[Any], Any] | None = None,
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
        rx.el.legend(label, class_name="mb-4 text-lg font-semibold"),
        rx.el.div(each(groups, group), class_name="flex flex-col gap-6"),
        class_name="min-w-0",
    )
