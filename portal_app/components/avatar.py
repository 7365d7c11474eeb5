"""Pictures of people, or their initials."""

from typing import Any

import reflex as rx

from .logic import classes, is_var, when

_SIZES = {
    "sm": "size-9 text-sm",
    "md": "size-11 text-base",
    "lg": "size-14 text-lg",
    "xl": "size-20 text-2xl",
}


def _initials(name: Any) -> Any:
    if is_var(name):
        words = name.split(" ")
        return words[0][:1].upper() + when(words.length() > 1, words[-1][:1].upper())
    words = str(name).split()
    return "".join(word[:1].upper() for word in (words[:1] + words[1:][-1:]))


def avatar(
    name: Any, picture_url: Any = "", size: str = "md", class_name: str = ""
) -> rx.Component:
    """Draw a person's picture, or their initials on the accent colour.

    It is decoration: the name always stands beside it as text.

    Args:
        name: The person's name; may be a Var.
        picture_url: Where the picture is, or an empty string; may be a Var.
        size: ``sm`` 36 px, ``md`` 44, ``lg`` 56, ``xl`` 80.
        class_name: Extra classes.

    Returns:
        A round element, hidden from assistive technology.
    """
    picture = rx.el.img(
        src=picture_url, alt="", loading="lazy", class_name="size-full object-cover"
    )
    return rx.el.span(
        when(picture_url, picture, rx.el.span(_initials(name))),
        aria_hidden="true",
        class_name=classes(
            "inline-grid shrink-0 place-items-center overflow-hidden rounded-full "
            "bg-accent-soft font-semibold tracking-tight text-accent-ink "
            "ring-1 ring-inset ring-accent-line select-none",
            _SIZES[size],
            class_name,
        ),
    )
