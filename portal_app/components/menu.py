"""Menus: a native popover under its button."""

from typing import Any

import reflex as rx

from .icon import icon
from .link import link
from .logic import classes


def menu(
    name: str,
    trigger: Any,
    *items: Any,
    label: Any,
    trigger_class: str = "btn btn-ghost btn-icon",
    class_name: str = "",
) -> rx.Component:
    """Draw a button and the menu it opens.

    The browser closes it on Escape and on a click elsewhere and gives the focus
    back; ``ui.js`` places it and moves the focus with the arrow keys.

    Args:
        name: Unique on the page; becomes the panel's ``id``.
        trigger: What the button shows.
        *items: ``menu_link``, ``menu_button`` or anything else.
        label: The button's accessible name.
        trigger_class: The button's classes.
        class_name: Extra classes of the panel.

    Returns:
        A fragment of the button and the panel.
    """
    identifier = f"menu-{name}"
    return rx.fragment(
        rx.el.button(
            trigger,
            type="button",
            class_name=trigger_class,
            custom_attrs={
                "popoverTarget": identifier,
                "aria-label": label,
                "aria-haspopup": "true",
            },
        ),
        rx.el.div(
            *items,
            class_name=classes("menu", class_name),
            custom_attrs={"id": identifier, "popover": "auto"},
        ),
    )


def menu_link(name: str, label: Any, href: Any, **props: Any) -> rx.Component:
    """Draw a menu entry that leads somewhere.

    Args:
        name: Its icon.
        label: What it says.
        href: A path of this portal.
        **props: Passed to the anchor.

    Returns:
        An anchor.
    """
    return link(icon(name), label, href=href, class_name="menu-item", **props)


def menu_button(name: str, label: Any, **props: Any) -> rx.Component:
    """Draw a menu entry that does something.

    Args:
        name: Its icon.
        label: What it says.
        **props: Passed to the button, for example ``on_click``.

    Returns:
        A ``button``.
    """
    return rx.el.button(
        icon(name),
        label,
        **{"type": "button", "class_name": "menu-item", **props},
    )
