"""What two people, or two tabs, changed at the same time."""

from typing import Any

import reflex as rx

from .feedback import note
from .form import arrival
from .logic import each, when


def changed_meanwhile(
    changes: Any,
    title: str = "This was changed somewhere else while you were editing",
    *,
    again: Any = None,
) -> rx.Component:
    """Show what is stored now beside what is in the form, once it is refused.

    Args:
        changes: A Var of the list of changes of a ``ChangedMeanwhile``; empty
            for none.
        title: What changed, in bold.
        again: A button that fills the form with what is stored now.

    Returns:
        An alert that takes the focus when it appears, or nothing.
    """
    choice = "" if again is None else ", or take what is saved now"
    return when(
        changes.length() > 0,
        arrival(
            note(
                rx.el.p(
                    f"Nothing was saved yet. Save again to keep what you typed{choice}."
                ),
                rx.el.dl(
                    each(changes, _change), class_name="my-3 flex flex-col gap-2.5"
                ),
                *([] if again is None else [again]),
                tone="warning",
                title=title,
            ),
            class_name="rounded-xl",
            custom_attrs={"role": "alert"},
        ),
    )


def _change(change: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(change.label, class_name="font-semibold"),
        _value("Yours: ", change.yours),
        _value("Saved now: ", change.now),
    )


def _value(whose: str, text: Any) -> rx.Component:
    return rx.el.dd(
        whose,
        rx.el.strong(when(text, text, "empty"), class_name="font-semibold break-words"),
    )
