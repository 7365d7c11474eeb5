"""Sign up by email."""

import reflex as rx

from portal_app.components.auth.mail_links import check_your_mail
from portal_app.components.auth.passwords import new_password_field
from portal_app.components.auth.purpose import onward, purpose_text
from portal_app.components.auth.sign_in import provider_buttons, resend_form
from portal_app.components.layout.shell import auth_shell, auth_switch
from portal_app.components.ui.buttons import policies_link, submit_button, text_link
from portal_app.components.ui.dialogs import dialog, dialog_close_button
from portal_app.components.ui.fields import (
    checkbox_field,
    email_field,
    phone_field,
    text_field,
)
from portal_app.components.ui.forms import focused_block, form, visitor_draft
from portal_app.components.ui.logic import each
from portal_app.pages.page import Page
from portal_app.state.auth.passwords import PasswordState
from portal_app.state.auth.purpose import PurposeState
from portal_app.state.auth.sign_up import HIDDEN_FIELD, ResendState, SignUpState
from portal_app.state.core.viewer import ViewerState

_KNOWN = SignUpState.known


def draw() -> rx.Component:
    """Draw the form or, once it was sent, where to look."""
    sent = SignUpState.sent
    return auth_shell(
        rx.cond(
            sent,
            _check_your_mail(),
            rx.fragment(_form(), provider_buttons(SignUpState.links, "Sign up")),
        ),
        _terms(),
        title=rx.cond(sent, "Check your email", "Sign up"),
        text=rx.cond(
            sent,
            "One step is left: activating your account.",
            purpose_text(
                "Sign up", "Book a time, follow it and change it, all in one place."
            ),
        ),
        footer=auth_switch("Have an account already?", "Log in", onward("/login")),
    )


def _form() -> rx.Component:
    errors = SignUpState.errors
    return form(
        rx.el.div(
            text_field(
                "First name",
                "first_name",
                error=errors["first_name"],
                default_value=_KNOWN.first_name,
                auto_complete="given-name",
                auto_capitalize="words",
            ),
            text_field(
                "Last name",
                "last_name",
                error=errors["last_name"],
                default_value=_KNOWN.last_name,
                required=False,
                auto_complete="family-name",
                auto_capitalize="words",
            ),
            class_name="grid gap-5 sm:grid-cols-2 sm:gap-4",
        ),
        email_field(
            error=errors["email"],
            default_value=rx.cond(_KNOWN.email, _KNOWN.email, PurposeState.email),
        ),
        phone_field(
            error=errors["phone"],
            required=False,
            default_value=_KNOWN.phone,
            help="So that we can reach you on the day.",
        ),
        new_password_field(errors["password"]),
        rx.el.div(
            checkbox_field("I accept the terms", "terms", error=errors["terms"]),
            rx.el.button(
                "Read the terms",
                type="button",
                class_name="text-link min-h-11 shrink-0 self-start text-[0.9375rem]",
                custom_attrs={"commandfor": "dialog-terms", "command": "show-modal"},
            ),
            class_name="flex items-start justify-between gap-x-4",
        ),
        _honeypot(),
        rx.cond(
            SignUpState.asks_person,
            checkbox_field("I filled in this form myself", "by_hand"),
        ),
        visitor_draft("sign-up"),
        submit_button("Sign up", pending=SignUpState.pending, size="lg", full=True),
        on_submit=SignUpState.submit,
        problem=SignUpState.problem,
    )


def _honeypot() -> rx.Component:
    """Draw a field that only a robot fills in: nobody sees, hears or reaches it.

    Browsers and password managers are told to leave it alone, each in its own way.
    It is clipped where it stands: moved out of sight, it would make the page wider
    in a language that is written from right to left.
    """
    return rx.el.div(
        rx.el.label("Topic", custom_attrs={"htmlFor": f"field-{HIDDEN_FIELD}"}),
        rx.el.input(
            type="text",
            name=HIDDEN_FIELD,
            auto_complete="off",
            tab_index=-1,
            custom_attrs={
                "id": f"field-{HIDDEN_FIELD}",
                "data-1p-ignore": "true",
                "data-bwignore": "true",
                "data-lpignore": "true",
                "data-form-type": "other",
                "data-protonpass-ignore": "true",
            },
        ),
        aria_hidden="true",
        class_name=(
            "pointer-events-none absolute size-px overflow-hidden opacity-0 "
            "[clip-path:inset(50%)]"
        ),
    )


def _check_your_mail() -> rx.Component:
    return focused_block(
        check_your_mail(
            "We sent an email to ",
            rx.cond(
                SignUpState.sent_to,
                rx.el.strong(
                    SignUpState.sent_to, class_name="font-semibold wrap-anywhere"
                ),
                "the address you gave",
            ),
            ". Open it and press the button in it.",
        ),
        rx.el.p(
            "Nothing there after a minute or two? Look into the spam folder, "
            "or let us send it once more.",
            class_name="mt-6 mb-4 text-ink-soft",
        ),
        resend_form(email=SignUpState.sent_to),
        rx.el.p(
            "Mistyped your email? ",
            text_link("Fill in the form again", href=onward("/signup")),
            class_name="mt-6 text-ink-soft",
        ),
    )


def _terms() -> rx.Component:
    return dialog(
        "terms",
        rx.el.div(
            each(
                SignUpState.terms,
                lambda paragraph: rx.el.p(
                    paragraph, class_name="leading-7 whitespace-pre-line"
                ),
            ),
            rx.cond(
                SignUpState.terms.length() == 0,
                rx.el.p(
                    ViewerState.business.name,
                    " has no terms of its own. The law applies.",
                ),
            ),
            rx.el.p(policies_link()),
            class_name="flex flex-col gap-4 text-ink-soft",
        ),
        title="Terms",
        actions=[dialog_close_button("terms", "Back to the form", kind="primary")],
    )


page = Page(
    route="/signup",
    title="Sign up",
    draw=draw,
    on_load=(
        ViewerState.load,
        PurposeState.load,
        SignUpState.load,
        ResendState.clear,
        PasswordState.clear,
    ),
    description="Create an account to book and follow your appointments.",
)
