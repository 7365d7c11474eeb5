"""Asking for another activation mail, on three pages."""

from typing import Any

import reflex as rx

from portal_app.state.resend import ResendState

from .button import submit_button
from .feedback import note
from .fields import email_field
from .form import arrival, form
from .logic import when

_SENT = (
    "If this e-mail is waiting to be activated, a new mail is on its way. "
    "Only the link in the newest mail works."
)


def resend_form(
    label: str = "Send the mail again", email: Any = None, kind: Any = "secondary"
) -> rx.Component:
    """Draw the form, or what came of it.

    Args:
        label: What the button says.
        email: The e-mail if it is known already, may be a Var; while it is empty,
            the form asks for it.
        kind: How much the button stands out.

    Returns:
        The form; its answer takes the focus.
    """
    asked = email_field(
        error=ResendState.errors["email"], field_id="field-resend-email"
    )
    known = rx.el.input(type="hidden", name="email", value=email, read_only=True)
    return when(
        ResendState.sent,
        arrival(note(_SENT, tone="success"), class_name="rounded-xl"),
        form(
            asked if email is None else when(email, known, asked),
            submit_button(label, pending=ResendState.pending, kind=kind, full=True),
            on_submit=ResendState.send,
            problem=ResendState.problem,
            class_name="flex flex-col gap-4",
        ),
    )
