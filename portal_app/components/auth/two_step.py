"""The field for a code of an authenticator app."""

from typing import Any

import reflex as rx

from portal_app.components.ui.fields import text_field


def code_field(error: Any, help: str = "") -> rx.Component:
    """Draw the field with the keyboard for digits, which phones may fill in.

    Args:
        error: What is wrong, in words; may be a Var.
        help: Where the code is found.
    """
    return text_field(
        "Code",
        "code",
        error=error,
        help=help or None,
        # Recovery codes have letters: no keyboard of digits only.
        auto_complete="one-time-code",
        custom_attrs={"autocapitalize": "characters", "spellcheck": "false"},
    )
