"""How far something is that takes long."""

from typing import Any

import reflex as rx

from portal_app.components.ui.logic import when


def progress_bar(label: str, percent: Any, words: Any) -> rx.Component:
    """Draw how far something is, in a bar and in words that are announced.

    Args:
        label: What goes on.
        percent: 0 to 100, nought while that is not known; may be a Var.
        words: Where it stands, in a sentence.
    """
    named = {"aria_label": label, "class_name": "file-progress"}
    return rx.el.div(
        when(
            percent > 0,
            rx.el.progress(value=percent, max=100, **named),
            rx.el.progress(**named),
        ),
        rx.el.p(words, role="status", class_name="text-ink-soft tabular-nums"),
        class_name="flex flex-col gap-1",
    )
