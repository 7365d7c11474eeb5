"""Where the link of the activation mail leads."""

import reflex as rx

from portal_app.components.auth.mail_links import Step, link_action, link_page, outcome
from portal_app.components.auth.passwords import new_password_field
from portal_app.components.auth.purpose import onward, purpose_text
from portal_app.components.auth.sign_in import resend_form
from portal_app.components.ui.buttons import link_button, submit_button
from portal_app.components.ui.forms import focused_block, form
from portal_app.pages.page import Page
from portal_app.state.auth.passwords import PasswordState
from portal_app.state.auth.purpose import PurposeState
from portal_app.state.auth.sign_up import ResendState, VerifyEmailState
from portal_app.state.core.viewer import ViewerState

_STATE = VerifyEmailState


def draw() -> rx.Component:
    """Draw the button or, once it was used, what came of it."""
    return link_page(
        _STATE,
        Step(
            "Almost there",
            "Press the button to activate your account.",
            link_action(
                _STATE,
                "Activate my account",
                on_click=_STATE.activate,
                text=(
                    "You did not sign up here? Then just close this page: "
                    "nothing happens."
                ),
            ),
        ),
        activated=Step("Welcome!", "Your account is active.", _active()),
        already_active=Step(
            "This link was used already",
            "Your account is active. Just log in.",
            outcome(
                "circle-check",
                link_button("Log in", href=onward("/login"), size="lg", full=True),
            ),
        ),
        invalid=Step(
            "This link has run out",
            "Links work for two days, and only the newest one. "
            "Let us send you a fresh one.",
            outcome("hourglass", resend_form("Send me a new link", kind="primary")),
        ),
        password=Step(
            "Choose your password",
            "Anybody can type your email into our sign-up form, but only you can read "
            "your email. So the password you choose here is the one that counts.",
            _choose_password(),
        ),
    )


def _active() -> rx.Component:
    return outcome(
        "party-popper",
        rx.el.p(
            purpose_text(
                "Log in",
                "Log in with your email and your password, and book your first time.",
            ),
            class_name="mb-6",
        ),
        link_button("Log in", href=onward("/login?activated=1"), size="lg", full=True),
    )


def _choose_password() -> rx.Component:
    return focused_block(
        form(
            new_password_field(_STATE.errors["password"]),
            submit_button(
                "Activate my account",
                pending=_STATE.pending,
                size="lg",
                full=True,
            ),
            on_submit=_STATE.choose_password,
            problem=_STATE.problem,
        )
    )


page = Page(
    route="/verify-email",
    title="Activate your account",
    draw=draw,
    on_load=(
        ViewerState.load,
        PurposeState.load,
        VerifyEmailState.load,
        ResendState.clear,
        PasswordState.clear,
    ),
)
