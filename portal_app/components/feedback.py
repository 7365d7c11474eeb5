"""What the portal says back: form errors, notes, empty states, badges."""

from typing import Any, Literal

import reflex as rx

from .icon import icon
from .logic import classes, is_var

Tone = Literal["success", "error", "info", "warning"]

_TONES: dict[str, tuple[str, str]] = {
    "success": ("circle-check", "bg-success-soft text-success"),
    "error": ("circle-alert", "bg-danger-soft text-danger"),
    "info": ("info", "bg-info-soft text-info"),
    "warning": ("triangle-alert", "bg-warning-soft text-warning"),
}


def note(
    *children: Any, tone: Tone = "info", title: Any = None, class_name: str = ""
) -> rx.Component:
    """Draw a message that stays within the page.

    Args:
        *children: The text, perhaps with a link.
        tone: ``info``, ``success``, ``warning`` or ``error``.
        title: A line in bold above it.
        class_name: Extra classes.

    Returns:
        A ``div``; an error is announced when it appears.
    """
    name, colours = _TONES[tone]
    return rx.el.div(
        icon(name, "mt-0.5"),
        rx.el.div(
            *([rx.el.p(title, class_name="font-semibold")] if title else []),
            rx.el.div(*children),
            class_name="min-w-0 flex-1",
        ),
        class_name=classes(
            "flex gap-3 rounded-xl px-4 py-3 text-[0.9375rem] leading-6",
            colours,
            class_name,
        ),
        **({"role": "alert"} if tone == "error" else {}),
    )


def empty_state(
    title: Any,
    text: Any,
    *,
    action: Any = None,
    picture: str = "",
    name: str = "",
    level: int = 2,
    class_name: str = "",
) -> rx.Component:
    """Say that there is nothing yet, and what to do next.

    Args:
        title: What is missing, as a heading.
        text: What to do about it.
        action: A button or link that does it.
        picture: Path of an illustration, for example ``/art/empty-bookings.webp``.
        name: An icon, when there is no illustration.
        level: The heading's; 1 where this is all there is on the page.
        class_name: Extra classes.

    Returns:
        A centred block.
    """
    drawing = (
        rx.el.img(
            src=picture,
            alt="",
            width="480",
            height="320",
            loading="lazy",
            class_name="mb-6 h-auto w-64",
        )
        if picture
        else rx.el.div(
            icon(name or "sparkles", "size-7"),
            class_name=(
                "mb-5 grid size-16 place-items-center rounded-2xl bg-accent-soft "
                "text-accent-ink"
            ),
        )
    )
    return rx.el.div(
        drawing,
        (rx.el.h1 if level == 1 else rx.el.h2)(title, class_name="text-xl"),
        rx.el.p(text, class_name="mt-2 max-w-md text-ink-soft"),
        *([rx.el.div(action, class_name="mt-6")] if action is not None else []),
        class_name=classes(
            "flex flex-col items-center px-4 py-10 text-center sm:py-14", class_name
        ),
    )


_STATUSES: dict[str, tuple[str, str, str]] = {
    "pending": ("Pending", "hourglass", "bg-warning-soft text-warning"),
    "confirmed": ("Confirmed", "circle-check", "bg-success-soft text-success"),
    "completed": ("Completed", "badge-check", "bg-info-soft text-info"),
    "cancelled": ("Cancelled", "ban", "bg-sunken text-ink-soft"),
    "quoted": ("Quoted", "file-text", "bg-quote-soft text-quote"),
}

_BADGE = (
    "inline-flex h-7 shrink-0 items-center gap-1.5 rounded-full px-2.5 text-xs "
    "font-semibold whitespace-nowrap"
)


def badge(*children: Any, look: str = "bg-sunken text-ink-soft") -> rx.Component:
    """Draw a small label.

    Args:
        *children: The words.
        look: Its colours.

    Returns:
        A ``span``.
    """
    return rx.el.span(*children, class_name=classes(_BADGE, look))


def status_badge(status: Any) -> rx.Component:
    """Draw where a booking stands, in words, colour and shape.

    Args:
        status: ``pending``, ``confirmed``, ``completed``, ``cancelled`` or
            ``quoted``; may be a Var. Anything else is shown as it is.

    Returns:
        A ``span``.
    """

    def drawn(key: str) -> rx.Component:
        words, name, look = _STATUSES[key]
        return badge(icon(name, "size-3.5"), words, look=look)

    if is_var(status):
        known = [(key, drawn(key)) for key in _STATUSES]
        return rx.match(status, *known, badge(status))
    return drawn(status) if status in _STATUSES else badge(status)
