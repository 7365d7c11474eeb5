"""Where the link of the mail for a forgotten password leads."""

import reflex as rx

from portal_app.components.auth.mail_links import outcome
from portal_app.components.auth.passwords import new_password_field
from portal_app.components.layout.shell import auth_shell
from portal_app.components.ui.buttons import link_button, submit_button
from portal_app.components.ui.feedback import bone
from portal_app.components.ui.forms import form
from portal_app.pages.page import Page
from portal_app.state.auth.passwords import PasswordState, ResetPasswordState
from portal_app.state.core.viewer import ViewerState

_OUTCOME = ResetPasswordState.outcome


def draw() -> rx.Component:
    """Draw the form or, once it was sent, what came of it."""
    return auth_shell(
        rx.cond(
            ResetPasswordState.loaded,
            rx.match(_OUTCOME, ("done", _done()), ("invalid", _invalid()), _form()),
            bone("h-13 w-full rounded-xl!"),
        ),
        title=rx.match(
            _OUTCOME,
            ("done", "That is your new password"),
            ("invalid", "This link has run out"),
            "Choose a new password",
        ),
        text=rx.match(
            _OUTCOME,
            ("done", "Wherever you were logged in before, you are logged out now."),
            ("invalid", "Links work once, for an hour, and only the newest one."),
            "You will be logged out wherever you are logged in.",
        ),
    )


def _form() -> rx.Component:
    return form(
        new_password_field(ResetPasswordState.errors["password"], label="New password"),
        submit_button("Save", pending=ResetPasswordState.pending, size="lg", full=True),
        on_submit=ResetPasswordState.submit,
        problem=ResetPasswordState.problem,
    )


def _done() -> rx.Component:
    return outcome(
        "circle-check",
        link_button("Log in", href="/login?reset=1", size="lg", full=True),
    )


def _invalid() -> rx.Component:
    return outcome(
        "hourglass",
        link_button(
            "Send me a new link", href="/forgot-password", size="lg", full=True
        ),
    )


page = Page(
    route="/reset-password",
    title="Choose a new password",
    draw=draw,
    on_load=(ViewerState.load, ResetPasswordState.load, PasswordState.clear),
)
