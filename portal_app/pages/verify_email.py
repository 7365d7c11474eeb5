"""Where the link of the activation mail leads."""

import reflex as rx

from portal_app.components.auth.mail_links import link_action, outcome
from portal_app.components.auth.passwords import new_password_field
from portal_app.components.auth.sign_in import resend_form
from portal_app.components.layout.shell import auth_shell
from portal_app.components.ui.buttons import link_button, submit_button
from portal_app.components.ui.feedback import bone
from portal_app.components.ui.forms import focused_block, form
from portal_app.pages.page import Page
from portal_app.state.auth.passwords import PasswordState
from portal_app.state.auth.sign_up import ResendState, VerifyEmailState
from portal_app.state.core.viewer import ViewerState

_OUTCOME = VerifyEmailState.outcome


def draw() -> rx.Component:
    """Draw the button or, once it was used, what came of it."""
    return auth_shell(
        rx.cond(
            VerifyEmailState.loaded,
            rx.match(
                _OUTCOME,
                ("activated", _active()),
                ("already_active", _active()),
                ("invalid", _invalid()),
                ("password", _choose_password()),
                _button(),
            ),
            bone("h-13 w-full rounded-xl!"),
        ),
        title=rx.match(
            _OUTCOME,
            ("activated", "Welcome!"),
            ("already_active", "Welcome back"),
            ("invalid", "This link has run out"),
            ("password", "Choose your password"),
            "Almost there",
        ),
        text=rx.match(
            _OUTCOME,
            ("activated", "Your account is active."),
            ("already_active", "Your account is active already."),
            (
                "invalid",
                "Links work for two days, and only the newest one. "
                "Let us send you a fresh one.",
            ),
            (
                "password",
                "Somebody signed up with your e-mail more than once, with different "
                "passwords. Only you can read your mail, so you decide.",
            ),
            "One press, and your account is ready.",
        ),
    )


def _button() -> rx.Component:
    return link_action(
        "Activate my account",
        on_click=VerifyEmailState.activate,
        pending=VerifyEmailState.pending,
        problem=VerifyEmailState.problem,
        text="You did not sign up here? Then just close this page: nothing happens.",
    )


def _active() -> rx.Component:
    return outcome(
        "party-popper",
        rx.el.p(
            "Log in with your e-mail and your password, and book your first time.",
            class_name="mb-6",
        ),
        link_button("Log in", href="/login?activated=1", size="lg", full=True),
    )


def _invalid() -> rx.Component:
    return outcome("hourglass", resend_form("Send me a new link", kind="primary"))


def _choose_password() -> rx.Component:
    return focused_block(
        form(
            new_password_field(VerifyEmailState.errors["password"]),
            submit_button(
                "Activate my account",
                pending=VerifyEmailState.pending,
                size="lg",
                full=True,
            ),
            on_submit=VerifyEmailState.choose_password,
            problem=VerifyEmailState.problem,
        )
    )


page = Page(
    route="/verify-email",
    title="Activate your account",
    draw=draw,
    on_load=(
        ViewerState.load,
        VerifyEmailState.load,
        ResendState.clear,
        PasswordState.clear,
    ),
)
