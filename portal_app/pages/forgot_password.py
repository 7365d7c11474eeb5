"""Forgot password: ask for a mail."""

import reflex as rx

from portal_app.components.auth.mail_links import check_your_mail
from portal_app.components.auth.purpose import onward
from portal_app.components.layout.shell import auth_shell, auth_switch
from portal_app.components.ui.buttons import submit_button, text_link
from portal_app.components.ui.fields import email_field
from portal_app.components.ui.forms import focused_block, form
from portal_app.pages.page import Page
from portal_app.state.auth.passwords import ForgotPasswordState
from portal_app.state.auth.purpose import PurposeState
from portal_app.state.core.viewer import ViewerState


def draw() -> rx.Component:
    """Draw the form or, once it was sent, where to look."""
    sent = ForgotPasswordState.sent
    return auth_shell(
        rx.cond(sent, _check_your_mail(), _form()),
        title=rx.cond(sent, "Check your email", "Forgot your password?"),
        text=rx.cond(
            sent,
            "If there is an account with that address, an email is on its way.",
            "Tell us your email, and we send you a link to choose a new one.",
        ),
        footer=auth_switch("Know your password?", "Log in", onward("/login")),
    )


def _form() -> rx.Component:
    return form(
        email_field(error=ForgotPasswordState.errors["email"]),
        submit_button(
            "Send me a link", pending=ForgotPasswordState.pending, size="lg", full=True
        ),
        on_submit=ForgotPasswordState.submit,
        problem=ForgotPasswordState.problem,
    )


def _check_your_mail() -> rx.Component:
    return focused_block(
        check_your_mail(
            "Look for our email to ",
            rx.cond(
                ForgotPasswordState.sent_to,
                rx.el.strong(
                    ForgotPasswordState.sent_to,
                    class_name="font-semibold wrap-anywhere",
                ),
                "the address you gave",
            ),
            ". Its link works once, for an hour.",
        ),
        rx.el.p(
            "Nothing there? Look into the spam folder, or ",
            text_link("try another email", href=onward("/forgot-password")),
            ".",
            class_name="mt-6 text-ink-soft",
        ),
    )


page = Page(
    route="/forgot-password",
    title="Forgot password",
    draw=draw,
    on_load=(ViewerState.load, PurposeState.load, ForgotPasswordState.load),
)
