"""Icons as inline SVG: no request, no flash, and about 200 bytes each.

The shapes are Lucide's (ISC licence, see ``icons.LICENSE``), each joined into one
path. ``rx.icon`` would add its runtime (1.6 kB) and could not be drawn in Python.
"""

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import reflex as rx

from .logic import classes, is_var


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

    Returns:
        The icon.
    """
    if not is_var(name):
        return icon(name if name in among else fallback, class_name)
    return rx.match(
        name,
        *[(known, icon(known, class_name)) for known in among],
        icon(fallback, class_name),
    )
