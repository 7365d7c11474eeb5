"""What the options of a service cost, to be read before booking."""

from typing import Any

import reflex as rx

from .logic import each, equal, joined, when


def option_prices(option: Any) -> rx.Component:
    """Draw one option of a service with what each choice adds.

    Args:
        option: Has ``name``, ``help``, ``kind``, ``max_quantity`` and ``choices``;
            may be a Var.

    Returns:
        A card.
    """
    return rx.el.section(
        rx.el.div(
            rx.el.h3(option.name, class_name="text-lg"),
            rx.el.span(
                when(
                    equal(option.kind, "single"),
                    "Choose one",
                    when(
                        equal(option.kind, "several"),
                        "Any you like",
                        joined("Up to ", option.max_quantity),
                    ),
                ),
                class_name="shrink-0 text-sm text-ink-faint",
            ),
            class_name="flex items-baseline justify-between gap-4",
        ),
        when(
            option.help,
            rx.el.p(option.help, class_name="mt-1 text-sm text-ink-soft"),
        ),
        rx.el.ul(
            each(option.choices, lambda choice: _choice(choice, option.kind)),
            class_name="mt-3 divide-y divide-line text-[0.9375rem]",
        ),
        class_name="card mb-5 break-inside-avoid px-5 pt-4 pb-2 shadow-none",
    )


def _choice(choice: Any, kind: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(choice.name, class_name="min-w-0 flex-1"),
        when(
            choice.minutes,
            rx.el.span(choice.minutes, class_name="shrink-0 text-sm text-ink-faint"),
        ),
        rx.el.span(
            when(
                choice.price,
                rx.el.span(
                    choice.price,
                    when(
                        equal(kind, "quantity"),
                        rx.el.span(" each", class_name="font-normal text-ink-faint"),
                    ),
                    class_name="font-semibold tabular-nums",
                ),
                rx.el.span("no extra", class_name="text-ink-faint"),
            ),
            class_name="min-w-20 shrink-0 text-right",
        ),
        class_name="flex items-baseline gap-3 py-2.5",
    )
