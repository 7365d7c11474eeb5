"""The choice between light, dark and what the system says."""

import reflex as rx
from reflex.style import color_mode, set_color_mode

from .icon import icon
from .menu import menu

_CHOICES = (("light", "Light", "sun"), ("dark", "Dark", "moon"))
_SYSTEM = ("system", "System", "monitor")


def _choice(mode: str, label: str, name: str) -> rx.Component:
    chosen = color_mode == mode
    return rx.el.button(
        icon(name),
        rx.el.span(label, class_name="flex-1"),
        rx.cond(chosen, icon("check", "text-accent-ink!"), rx.fragment()),
        type="button",
        aria_pressed=rx.cond(chosen, "true", "false"),
        on_click=set_color_mode(mode),  # type: ignore[arg-type]
        class_name="menu-item",
    )


def theme_menu() -> rx.Component:
    """Draw the theme button of the header with its menu.

    Returns:
        A button named *Theme* and the menu with *Light*, *Dark* and *System*.
    """
    return menu(
        "theme",
        rx.fragment(
            icon("sun", "hidden dark:block"), icon("moon", "block dark:hidden")
        ),
        *[_choice(*choice) for choice in (*_CHOICES, _SYSTEM)],
        label="Theme",
        class_name="min-w-44",
    )
