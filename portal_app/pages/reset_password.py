"""Where the link of the mail for a forgotten password leads."""

import reflex as rx

from portal_app.components.auth.mail_links import Step, link_page, outcome
from portal_app.components.auth.passwords import new_password_field
from portal_app.components.auth.purpose import onward
from portal_app.components.ui.buttons import link_button, submit_button
from portal_app.components.ui.forms import form
from portal_app.pages.page import Page
from portal_app.state.auth.passwords import PasswordState, ResetPasswordState
from portal_app.state.auth.purpose import PurposeState
from portal_app.state.core.viewer import ViewerState


def draw() -> rx.Component:
    """Draw the form or, once it was sent, what came of it."""
    return link_page(
        ResetPasswordState,
        Step(
            "Choose a new password",
            "You will be logged out wherever you are logged in.",
            _form(),
        ),
        done=Step(
            "That is your new password",
            "Wherever you were logged in before, you are logged out now.",
            outcome(
                "circle-check",
                link_button(
                    "Log in", href=onward("/login?reset=1"), size="lg", full=True
                ),
            ),
        ),
        invalid=Step(
            "This link has run out",
            "Links work once, for an hour, and only the newest one.",
            outcome(
                "hourglass",
                link_button(
                    "Send me a new link",
                    href=onward("/forgot-password"),
                    size="lg",
                    full=True,
                ),
            ),
        ),
    )


def _form() -> rx.Component:
    return form(
        new_password_field(ResetPasswordState.errors["password"], label="New password"),
        submit_button("Save", pending=ResetPasswordState.pending, size="lg", full=True),
        on_submit=ResetPasswordState.submit,
        problem=ResetPasswordState.problem,
    )


page = Page(
    route="/reset-password",
    title="Choose a new password",
    draw=draw,
    on_load=(
        ViewerState.load,
        PurposeState.load,
        ResetPasswordState.load,
        PasswordState.clear,
    ),
)
