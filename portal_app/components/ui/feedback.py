"""Notes, empty states, badges, and skeletons of what is loading."""

from typing import Any, Literal

import reflex as rx

from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import classes, is_var

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
            *(
                [rx.el.p(title, class_name="font-semibold")]
                if is_var(title) or title
                else []
            ),
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
        level: The heading's; 1 where this is all there is on the page, at most 3.
        class_name: Extra classes.
    """
    drawing = (
        rx.el.img(
            src=picture,
            alt="",
            width="480",
            height="320",
            loading="lazy",
            class_name="mb-6 aspect-[3/2] h-auto w-64",
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
        (rx.el.h1, rx.el.h2, rx.el.h3)[level - 1](title, class_name="text-xl"),
        rx.el.p(text, class_name="mt-2 max-w-md text-ink-soft"),
        *([rx.el.div(action, class_name="mt-6")] if action is not None else []),
        class_name=classes(
            "flex flex-col items-center px-4 py-10 text-center sm:py-14", class_name
        ),
    )


_STATUSES: dict[str, tuple[str, str, str]] = {
    "pending": ("Pending", "hourglass", "bg-warning-soft text-warning"),
    "confirmed": ("Confirmed", "circle-check", "bg-success-soft text-success"),
    "in_progress": ("In progress", "clock", "bg-info-soft text-info"),
    "completed": ("Completed", "badge-check", "bg-info-soft text-info"),
    "no_show": ("Nobody was there", "circle-alert", "bg-danger-soft text-danger"),
    "cancelled": ("Cancelled", "ban", "bg-sunken text-ink-soft"),
    "declined": ("Declined", "circle-x", "bg-sunken text-ink-soft"),
    "expired": ("Not answered in time", "hourglass", "bg-sunken text-ink-soft"),
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
    """
    return rx.el.span(*children, class_name=classes(_BADGE, look))


def status_badge(status: Any) -> rx.Component:
    """Draw where a booking stands, in words, colour and shape.

    Args:
        status: ``pending``, ``confirmed``, ``completed``, ``cancelled`` or
            ``quoted``; may be a Var. Anything else is shown as it is.
    """

    def drawn(key: str) -> rx.Component:
        words, name, look = _STATUSES[key]
        return badge(icon(name, "size-3.5"), words, look=look)

    if is_var(status):
        known = [(key, drawn(key)) for key in _STATUSES]
        return rx.match(status, *known, badge(status))
    return drawn(status) if status in _STATUSES else badge(status)


def bone(class_name: str) -> rx.Component:
    """Draw one grey shape.

    Args:
        class_name: Its size.
    """
    return rx.el.span(class_name=classes("bone block", class_name), aria_hidden="true")


def _loading(*children: rx.Component, class_name: str = "") -> rx.Component:
    return rx.el.div(
        rx.el.span("Loading", class_name="sr-only"),
        *children,
        class_name=class_name,
        custom_attrs={"aria-busy": "true"},
    )


def list_skeleton(count: int = 4) -> rx.Component:
    """Draw the shape of a list of rows, such as bookings.

    Args:
        count: How many rows.
    """
    return _loading(
        *[
            rx.el.div(
                bone("size-16 shrink-0 rounded-xl!"),
                rx.el.div(
                    bone("h-5 w-2/5"), bone("mt-2.5 h-4 w-3/5"), class_name="flex-1"
                ),
                bone("hidden h-7 w-24 rounded-full! sm:block"),
                class_name="card flex items-center gap-4 p-4 sm:p-5",
            )
            for _ in range(count)
        ],
        class_name="flex flex-col gap-3",
    )


def detail_skeleton() -> rx.Component:
    """Draw the shape of one thing with its picture and facts.

    Returns:
        Two columns on a desktop.
    """
    return _loading(
        rx.el.div(
            bone("h-9 w-3/5"),
            bone("mt-4 h-5 w-4/5"),
            bone("mt-7 aspect-[3/2] w-full rounded-2xl!"),
            class_name="min-w-0 flex-1",
        ),
        rx.el.div(
            *[bone(f"mt-4 h-5 {width}") for width in ("w-1/2", "w-full", "w-4/5")],
            bone("mt-7 h-11 w-full rounded-xl!"),
            class_name="card h-fit p-6 lg:w-88",
        ),
        class_name="flex flex-col gap-8 lg:flex-row",
    )


def form_skeleton(count: int = 4) -> rx.Component:
    """Draw the shape of a form.

    Args:
        count: How many fields.
    """
    return _loading(
        *[
            rx.el.div(bone("h-4 w-28"), bone("mt-2 h-11.5 w-full rounded-xl!"))
            for _ in range(count)
        ],
        bone("mt-2 h-11 w-36 rounded-xl!"),
        class_name="flex flex-col gap-5",
    )


def text_skeleton() -> rx.Component:
    """Draw the shape of a heading and two paragraphs."""
    return _loading(
        bone("h-7 w-56"),
        *[bone(f"h-4 {width}") for width in ("w-full", "w-full", "w-4/5")],
        *[bone(f"h-4 {width}") for width in ("w-full", "w-full", "w-2/5")],
        class_name="flex flex-col gap-3.5",
    )
