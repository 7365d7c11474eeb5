"""Icons as inline SVG, and pictures of people or their initials."""

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import reflex as rx

from portal_app.components.ui.logic import classes, is_var, when


@cache
def _paths() -> dict[str, str]:
    source = resources.files(__package__).joinpath("icons.json")
    return json.loads(source.read_text(encoding="utf-8"))


def icon_names() -> list[str]:
    """List the icons there are.

    Returns:
        Lucide's names, in kebab case, sorted.
    """
    return sorted(_paths())


def icon(name: str, class_name: str = "", label: str = "") -> rx.Component:
    """Draw one icon, sized by the text around it (1.25 em).

    Args:
        name: A Lucide name in ``icons.json``, for example ``"calendar-days"``.
        class_name: Extra classes, for example ``"size-6"``.
        label: The accessible name; without one the icon is decoration.

    Returns:
        An inline ``svg``.

    Raises:
        KeyError: If there is no such icon.
    """
    spoken: dict[str, Any] = (
        {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    )
    return rx.el.svg(
        rx.el.path(d=_paths()[name]),
        view_box="0 0 24 24",
        class_name=classes("icon", class_name),
        custom_attrs=spoken,
    )


def icon_choice(
    name: Any, among: Sequence[str], class_name: str = "", fallback: str = "sparkles"
) -> rx.Component:
    """Draw an icon whose name is data, out of a known few.

    Args:
        name: The name, as a Var or a plain string.
        among: The names that can occur; only these are put into the page.
        class_name: Extra classes.
        fallback: The icon for any other name.
    """
    if not is_var(name):
        return icon(name if name in among else fallback, class_name)
    return rx.match(
        name,
        *[(known, icon(known, class_name)) for known in among],
        icon(fallback, class_name),
    )


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
