"""The questions a service asks: one choice, several, or how many."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from .booking_wizard import quantity_input
from .choices import check_card, radio_card
from .icon import icon
from .logic import each, flag, joined, when


def question(
    asked: Any,
    error: Any,
    *,
    on_answer: Callable[[Any, Any], Any],
    on_tick: Callable[[Any, Any], Any],
    on_quantity: Callable[[Any], Any],
) -> rx.Component:
    """Draw one question with its answers, its help and what is wrong with it.

    Args:
        asked: A Var with ``key``, ``name``, ``help``, ``kind`` (``single``,
            ``several`` or ``quantity``), ``unit``, ``quantity``, ``least``,
            ``most`` and ``choices``: ``key``, ``name``, ``adds``, ``chosen``.
        error: What is wrong, or an empty Var.
        on_answer: Gives the event for the one choice, from question and choice.
        on_tick: Gives the event for a tick, from question and choice.
        on_quantity: Gives the event for a number, from the question.

    Returns:
        A ``fieldset``.
    """
    identifier = joined("option-", asked.key)
    described = joined(identifier, "-help ", identifier, "-error")

    def radio(choice: Any) -> rx.Component:
        return radio_card(
            choice.name,
            name=identifier,
            value=choice.key,
            text=choice.adds,
            default_checked=choice.chosen,
            on_change=on_answer(asked, choice),
            custom_attrs={"aria-invalid": flag(error)},
        )

    def tick(choice: Any) -> rx.Component:
        return check_card(
            choice.name,
            name=joined(identifier, "-", choice.key),
            value=choice.key,
            text=choice.adds,
            default_checked=choice.chosen,
            on_change=on_tick(asked, choice),
        )

    number = rx.el.div(
        rx.el.div(
            rx.el.span(asked.name, class_name="block font-semibold"),
            when(
                asked.unit,
                rx.el.span(
                    asked.unit, " each", class_name="block text-sm text-ink-soft"
                ),
            ),
            class_name="min-w-0 flex-1",
        ),
        quantity_input(
            asked.name,
            identifier,
            asked.quantity,
            least=asked.least,
            most=asked.most,
            invalid=error.bool(),
            describedby=described,
            on_change=on_quantity(asked),
        ),
        class_name=(
            "flex min-h-14 items-center gap-3.5 rounded-2xl border border-line-strong "
            "bg-surface px-4 py-2.5"
        ),
    )
    cards = "grid gap-2.5 sm:grid-cols-2"
    return rx.el.fieldset(
        rx.el.legend(
            asked.name,
            class_name=rx.cond(
                asked.kind == "quantity", "sr-only", "text-[1.0625rem] font-semibold"
            ),
        ),
        rx.el.p(
            rx.cond(asked.kind == "several", "Choose any. ", ""),
            asked.help,
            class_name=rx.cond(
                asked.kind == "quantity",
                "field-help order-last mt-1.5",
                "field-help",
            ),
            custom_attrs={"id": joined(identifier, "-help")},
        ),
        rx.match(
            asked.kind,
            ("single", rx.el.div(each(asked.choices, radio), class_name=cards)),
            ("several", rx.el.div(each(asked.choices, tick), class_name=cards)),
            number,
        ),
        rx.el.p(
            when(error, icon("circle-alert", "mt-0.5 size-4")),
            error,
            class_name="field-error empty:hidden",
            role="alert",
            custom_attrs={"id": joined(identifier, "-error")},
        ),
        class_name="flex min-w-0 flex-col gap-2.5",
        custom_attrs={"aria-describedby": described},
    )
