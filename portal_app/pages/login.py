"""Log in: by email and password, by a provider, by a booking number."""

import reflex as rx

from portal_app.components.auth.passwords import password_field
from portal_app.components.auth.purpose import onward, purpose_text
from portal_app.components.auth.sign_in import (
    fill_button,
    fresh_visit,
    provider_buttons,
    resend_form,
    ticket_form,
)
from portal_app.components.layout.shell import auth_shell, auth_switch
from portal_app.components.ui.buttons import link_button, submit_button, text_link
from portal_app.components.ui.feedback import note
from portal_app.components.ui.fields import checkbox_field, email_field
from portal_app.components.ui.forms import focused_block, form
from portal_app.components.ui.icons import icon
from portal_app.pages.page import Page
from portal_app.state.auth.login import LoginState
from portal_app.state.auth.purpose import PurposeState
from portal_app.state.auth.sign_up import ResendState
from portal_app.state.core.viewer import ViewerState

_FORM = "log-in"
_DEMO_PASSWORD = "demo-portal-1"  # noqa: S105 - printed at every start of the demo
_DEMO_ACCOUNTS = (
    ("maya@example.com", "Maya", "a customer with bookings"),
    ("noah@example.com", "Noah", "a customer with nothing yet"),
    ("office@example.com", "Office", "runs the business"),
    ("sam@example.com", "Sam", "does the jobs"),
)


def draw() -> rx.Component:
    """Draw the form."""
    return auth_shell(
        fresh_visit(),
        _notice(),
        _form(),
        rx.cond(LoginState.not_active, _not_active()),
        provider_buttons(LoginState.links),
        rx.cond(LoginState.by_number, _by_number()),
        ticket_form(LoginState.ticket, LoginState.next_path),
        rx.cond(ViewerState.business.demo, _demo_accounts()),
        title="Log in",
        text=purpose_text("Log in", "Good to see you again."),
        footer=auth_switch("New here?", "Sign up", onward("/signup")),
    )


def _notice() -> rx.Component:
    return rx.cond(
        LoginState.refused,
        focused_block(
            note(LoginState.refused, tone="error"), class_name="mb-5 rounded-xl"
        ),
        _redirect_reason(),
    )


def _redirect_reason() -> rx.Component:
    return rx.match(
        LoginState.notice,
        (
            "activated",
            note(
                "Your account is active. Log in to go on.",
                tone="success",
                class_name="mb-5",
            ),
        ),
        (
            "expired",
            note(
                "That took a little long. Please log in once more.", class_name="mb-5"
            ),
        ),
        (
            "reset",
            note(
                "Your new password works from now on. Log in with it.",
                tone="success",
                class_name="mb-5",
            ),
        ),
        (
            "changed",
            note(
                "Your new email works from now on. Log in with it.",
                tone="success",
                class_name="mb-5",
            ),
        ),
        rx.fragment(),
    )


def _form() -> rx.Component:
    return form(
        email_field(error=LoginState.errors["email"], default_value=PurposeState.email),
        password_field(
            error=LoginState.errors["password"],
            aside=text_link(
                "Forgot password?",
                href=onward("/forgot-password"),
                class_name="text-[0.9375rem]",
            ),
        ),
        checkbox_field("Remember me", "remember", class_name="-my-2"),
        submit_button("Log in", pending=LoginState.pending, size="lg", full=True),
        on_submit=LoginState.submit,
        problem=LoginState.problem,
        form_id=_FORM,
    )


def _not_active() -> rx.Component:
    return rx.el.div(
        resend_form("Send me a new email", LoginState.not_active), class_name="mt-4"
    )


def _by_number() -> rx.Component:
    return link_button(
        "Use booking number to log in",
        href="/login/booking",
        kind="ghost",
        before="ticket",
        full=True,
        class_name="mt-3",
    )


def _demo_accounts() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Look around as", class_name="text-base"),
        rx.el.p(
            "This is a demo; everybody's password is ",
            rx.el.code(
                _DEMO_PASSWORD,
                class_name="font-mono text-[0.8125rem] whitespace-nowrap",
            ),
            ".",
            class_name="mt-0.5 text-sm text-ink-soft",
        ),
        rx.el.div(
            *[_demo_account(*account) for account in _DEMO_ACCOUNTS],
            class_name="mt-3 grid gap-2 sm:grid-cols-2",
        ),
        class_name="mt-8 rounded-2xl bg-sunken p-4",
    )


def _demo_account(email: str, name: str, who: str) -> rx.Component:
    return fill_button(
        rx.el.span(
            rx.el.span(name, class_name="block font-semibold"),
            rx.el.span(who, class_name="block text-sm text-ink-soft"),
            class_name="min-w-0 flex-1",
        ),
        icon("log-in", "text-ink-faint"),
        form_id=_FORM,
        values={"email": email, "password": _DEMO_PASSWORD},
        class_name=(
            "choice flex min-h-14 items-center gap-3 rounded-xl px-3.5 py-2 text-left"
        ),
    )


page = Page(
    route="/login",
    title="Log in",
    draw=draw,
    on_load=(ViewerState.load, PurposeState.load, LoginState.load, ResendState.clear),
    description="Log in to your bookings.",
)
