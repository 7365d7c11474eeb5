"""Finish a sign-in at a provider: an email is missing, or a proof."""

import reflex as rx

from portal_app.components.auth.mail_links import check_your_mail, link_action, outcome
from portal_app.components.auth.passwords import password_field
from portal_app.components.auth.sign_in import fresh_visit, or_line, ticket_form
from portal_app.components.layout.shell import auth_shell
from portal_app.components.ui.buttons import (
    button,
    link_button,
    submit_button,
    text_link,
)
from portal_app.components.ui.feedback import bone
from portal_app.components.ui.fields import email_field
from portal_app.components.ui.forms import focused_block, form, summary
from portal_app.pages.page import Page
from portal_app.state.auth.login import LoginConnectState
from portal_app.state.core.viewer import ViewerState

_STEP = LoginConnectState.step
_OFFER = LoginConnectState.offer


def draw() -> rx.Component:
    """Draw what is asked."""
    return auth_shell(
        fresh_visit(),
        rx.match(
            _STEP,
            ("email", _email()),
            ("proof", _proof()),
            ("mail", _mail()),
            ("link", _link()),
            ("other_browser", _other_browser()),
            ("invalid", _invalid()),
            bone("h-13 w-full rounded-xl!"),
        ),
        ticket_form(LoginConnectState.ticket, LoginConnectState.next_path),
        title=rx.match(
            _STEP,
            ("email", "Your email"),
            ("proof", "Is this you?"),
            ("mail", "Check your email"),
            ("other_browser", "Another browser"),
            ("invalid", "Please begin again"),
            "Almost there",
        ),
        text=rx.match(
            _STEP,
            (
                "email",
                _OFFER.name + " did not tell us an email that we can rely on. "
                "We send your bookings there, so please give us one.",
            ),
            (
                "proof",
                "There is an account with your email already. Show once that it is "
                "yours; from then on " + _OFFER.name + " is enough.",
            ),
            ("mail", "One step is left."),
            ("link", "Press the button to log in."),
            ("invalid", "This took too long, or it is done already."),
            "",
        ),
    )


def _email() -> rx.Component:
    return form(
        email_field(
            error=LoginConnectState.errors["email"], default_value=_OFFER.email
        ),
        submit_button(
            "Send me an email", pending=LoginConnectState.mailing, size="lg", full=True
        ),
        # The field is the browser's own: another offer needs another one, or the
        # email of the earlier offer on this tab stays in it.
        key=_OFFER.email,
        on_submit=LoginConnectState.send_mail,
        problem=LoginConnectState.problem,
    )


def _account() -> rx.Component:
    return rx.el.p(
        "The account of ",
        rx.el.strong(_OFFER.email, class_name="font-semibold wrap-anywhere"),
        class_name="mb-5",
    )


def _proof() -> rx.Component:
    by_mail = button(
        "Send me an email instead",
        on_click=LoginConnectState.send_mail({}),
        pending=LoginConnectState.mailing,
        kind="secondary",
        size="lg",
        full=True,
    )
    return rx.el.div(
        _account(),
        rx.cond(
            _OFFER.has_password,
            rx.el.div(
                form(
                    password_field(error=LoginConnectState.errors["password"]),
                    submit_button(
                        "Log in",
                        pending=LoginConnectState.pending,
                        size="lg",
                        full=True,
                    ),
                    on_submit=LoginConnectState.prove_by_password,
                    problem=LoginConnectState.problem,
                ),
                rx.el.div(or_line(), by_mail, class_name="mt-6 flex flex-col gap-3"),
            ),
            rx.el.div(
                summary(LoginConnectState.problem),
                button(
                    "Send me an email",
                    on_click=LoginConnectState.send_mail({}),
                    pending=LoginConnectState.mailing,
                    size="lg",
                    full=True,
                ),
                class_name="flex flex-col gap-5",
            ),
        ),
    )


def _mail() -> rx.Component:
    return focused_block(
        check_your_mail(
            "We sent an email to ",
            rx.el.strong(_OFFER.email, class_name="font-semibold wrap-anywhere"),
            ". Open its link in this browser.",
        ),
        rx.el.p(
            "Nothing there after a minute or two? Look into the spam folder, or ",
            text_link("begin again", href="/login"),
            ".",
            class_name="mt-6 text-ink-soft",
        ),
    )


def _link() -> rx.Component:
    return link_action(
        LoginConnectState,
        "Log in",
        on_click=LoginConnectState.use_link,
        text="You did not ask for this? Then just close this page: nothing happens.",
    )


def _other_browser() -> rx.Component:
    return outcome(
        "monitor",
        rx.el.p(
            "Please open the link in the browser in which you began to log in, "
            "or begin again here.",
            class_name="mb-6",
        ),
        link_button("Log in", href="/login", size="lg", full=True),
    )


def _invalid() -> rx.Component:
    return outcome(
        "hourglass", link_button("Log in", href="/login", size="lg", full=True)
    )


page = Page(
    route="/login/connect",
    title="Log in",
    draw=draw,
    on_load=(ViewerState.load, LoginConnectState.load),
)
