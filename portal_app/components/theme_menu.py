"""The choice between light, dark and what the system says."""

from typing import Any

import reflex as rx
from reflex.style import color_mode, set_color_mode

from .icon import icon
from .logic import flag, when
from .menu import menu

_CHOICES = (("light", "Light", "sun"), ("dark", "Dark", "moon"))
_SYSTEM = ("system", "System", "monitor")


def _choice(mode: str, label: str, name: str, live: bool) -> rx.Component:
    # Only the browser knows what was chosen; the first HTML shows no check mark.
    chosen: Any = color_mode == mode if live else False
    return rx.el.button(
        icon(name),
        rx.el.span(label, class_name="flex-1"),
        when(chosen, icon("check", "text-accent-ink!")),
        type="button",
        aria_pressed=flag(chosen),
        on_click=set_color_mode(mode),  # type: ignore[arg-type]
        class_name="menu-item",
    )


def theme_menu(live: bool = True) -> rx.Component:
    """Draw the theme button of the header with its menu.

    Args:
        live: False in the first HTML, which is drawn without a browser.

    Returns:
        A button named *Theme* and the menu with *Light*, *Dark* and *System*.
    """
    return menu(
        "theme",
        rx.fragment(
            icon("sun", "hidden dark:block"), icon("moon", "block dark:hidden")
        ),
        *[_choice(*choice, live) for choice in (*_CHOICES, _SYSTEM)],
        label="Theme",
        class_name="min-w-44",
    )
