"""The field for a new password, with its meter."""

from typing import Any

import reflex as rx

from portal_app.state.password import PasswordState

from .password import password_field, strength_meter

_METER_MS = 250


def new_password_field(error: Any, **props: Any) -> rx.Component:
    """Draw the field in which a password is chosen, and how strong it is.

    Args:
        error: What is wrong, in words; a Var.
        **props: As for ``password_field``.

    Returns:
        The field.
    """
    return password_field(
        new=True,
        error=error,
        # The error says the same as the advice; once is enough.
        meter=strength_meter(
            PasswordState.score, rx.cond(error, "", PasswordState.advice)
        ),
        on_change=PasswordState.rate.debounce(_METER_MS).temporal,
        **props,
    )
