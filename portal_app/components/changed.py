"""What two people, or two tabs, changed at the same time."""

from typing import Any

import reflex as rx

from .feedback import note
from .form import arrival
from .logic import each, when


def changed_meanwhile(changes: Any, title: str = "This changed meanwhile") -> Any:
    """Show what is stored now beside what is in the form, once it is refused.

    Args:
        changes: A Var of the list of changes of a ``ChangedMeanwhile``; empty
            for none.
        title: What changed, in bold.

    Returns:
        An alert that takes the focus when it appears, or nothing.
    """
    return when(
        changes.length() > 0,
        arrival(
            note(
                rx.el.p(
                    "While you were editing, this was changed somewhere else. "
                    "Nothing is saved yet. Save again to keep yours."
                ),
                rx.el.ul(
                    each(changes, _change), class_name="mt-2 flex flex-col gap-1.5"
                ),
                tone="warning",
                title=title,
            ),
            class_name="rounded-xl",
            custom_attrs={"role": "alert"},
        ),
    )


def _change(change: Any) -> rx.Component:
    return rx.el.li(
        rx.el.strong(change.label, class_name="block font-semibold"),
        rx.el.span("Now: ", _text(change.now), class_name="block break-words"),
        rx.el.span("Yours: ", _text(change.yours), class_name="block break-words"),
    )


def _text(text: Any) -> Any:
    return when(text, text, "empty")
