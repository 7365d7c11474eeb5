"""Where the link of an invitation to work here leads."""

import reflex as rx

from portal_app.components.auth.mail_links import Step, link_page, outcome
from portal_app.components.auth.passwords import new_password_field
from portal_app.components.auth.sign_in import ticket_form
from portal_app.components.ui.buttons import link_button, submit_button
from portal_app.components.ui.fields import email_field, text_field
from portal_app.components.ui.forms import form
from portal_app.components.ui.logic import when
from portal_app.pages.page import Page
from portal_app.state.auth.invitations import JoinState
from portal_app.state.auth.passwords import PasswordState
from portal_app.state.auth.purpose import PurposeState
from portal_app.state.core.viewer import ViewerState

_STATE = JoinState


def draw() -> rx.Component:
    """Draw the form or, once it was sent, what came of it."""
    return link_page(
        _STATE,
        Step(
            rx.cond(_STATE.asks_email, "This portal is yours", "Welcome to the team"),
            rx.cond(
                _STATE.needs_password,
                "Choose the password that you will log in with.",
                "You have an account already. Go on with it?",
            ),
            _form(),
        ),
        done=Step(
            "Your account is ready",
            rx.cond(
                _STATE.ticket, "One moment ...", "Log in with your email and password."
            ),
            outcome(
                "party-popper",
                rx.cond(
                    _STATE.ticket,
                    ticket_form(_STATE.ticket, _STATE.next_path),
                    link_button("Log in", href="/login", size="lg", full=True),
                ),
            ),
        ),
        invalid=Step(
            "This link has run out",
            "Links work once, for some days, and only the newest one. "
            "The person who invited you can send a new one.",
            outcome(
                "hourglass",
                link_button(
                    "Log in", href="/login", kind="secondary", size="lg", full=True
                ),
            ),
        ),
    )


def _form() -> rx.Component:
    return form(
        rx.cond(
            _STATE.asks_email,
            email_field(error=_STATE.errors["email"]),
            rx.el.p(
                "Your email: ",
                rx.el.strong(_STATE.email, class_name="wrap-anywhere"),
                class_name="text-ink-soft",
            ),
        ),
        when(
            _STATE.asks_name,
            text_field(
                "Your name",
                "name",
                error=_STATE.errors["name"],
                default_value=_STATE.name,
                auto_complete="name",
            ),
        ),
        when(_STATE.needs_password, new_password_field(_STATE.errors["password"])),
        submit_button(
            rx.cond(_STATE.asks_email, "Make my account", "Accept the invitation"),
            pending=_STATE.pending,
            size="lg",
            full=True,
        ),
        on_submit=_STATE.submit,
        problem=_STATE.problem,
    )


page = Page(
    route="/join",
    title="Welcome to the team",
    draw=draw,
    on_load=(
        ViewerState.load,
        PurposeState.load,
        JoinState.load,
        PasswordState.clear,
    ),
)
