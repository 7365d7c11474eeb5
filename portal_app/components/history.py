"""What happened, when, and who did it; and moving through long lists."""

from typing import Any

import reflex as rx

from .button import button
from .icon import icon
from .logic import negate, when


def timeline(*entries: Any) -> rx.Component:
    """Draw a history, newest first.

    Args:
        *entries: Made by ``timeline_entry``, or an ``each`` of them.

    Returns:
        An ordered list.
    """
    return rx.el.ol(*entries, class_name="flex flex-col")


def timeline_entry(
    what: Any, moment: Any, who: Any = "", text: Any = "", name: str = "circle-dot"
) -> rx.Component:
    """Draw one event of a history.

    Args:
        what: What happened.
        moment: When, in words.
        who: Who did it.
        text: More about it.
        name: An icon.

    Returns:
        A list item.
    """
    return rx.el.li(
        rx.el.span(
            icon(name, "size-4"),
            class_name=(
                "relative z-10 grid size-8 shrink-0 place-items-center rounded-full "
                "bg-accent-soft text-accent-ink"
            ),
        ),
        rx.el.div(
            rx.el.p(what, class_name="font-semibold leading-6"),
            rx.el.p(
                moment,
                when(who, rx.el.span(" · ", who)),
                class_name="text-sm text-ink-faint",
            ),
            when(text, rx.el.p(text, class_name="mt-1.5 text-[0.9375rem]")),
            class_name="min-w-0 flex-1 pb-6 pt-0.5",
        ),
        class_name=(
            "relative flex gap-4 before:absolute before:left-4 before:top-8 "
            "before:bottom-0 before:w-px before:bg-line-strong last:before:hidden"
        ),
    )


def pager(
    summary: Any,
    *,
    on_previous: Any = None,
    on_next: Any = None,
    has_previous: Any = False,
    has_next: Any = False,
) -> rx.Component:
    """Draw the way through a list of several pages.

    Args:
        summary: For example "1 to 20 of 134".
        on_previous: Event for the page before.
        on_next: Event for the page after.
        has_previous: Whether there is one; may be a Var.
        has_next: Whether there is one; may be a Var.

    Returns:
        A ``nav``.
    """
    return rx.el.nav(
        rx.el.p(
            summary, class_name="text-sm text-ink-soft tabular-nums", role="status"
        ),
        rx.el.div(
            _step("Previous", on_previous, has_previous, before="chevron-left"),
            _step("Next", on_next, has_next, after="chevron-right"),
            class_name="flex gap-2",
        ),
        aria_label="Pages",
        class_name="mt-6 flex items-center justify-between gap-4",
    )


def _step(label: str, event: Any, usable: Any, **icons: str) -> rx.Component:
    return button(
        label,
        kind="secondary",
        size="sm",
        disabled=negate(usable),
        **icons,
        **({"on_click": event} if event is not None else {}),
    )
