"""Log in with a booking number, or by the link of a booking's mail."""

import reflex as rx

from portal_app.components.auth.mail_links import link_action, outcome
from portal_app.components.auth.sign_in import fresh_visit, ticket_form
from portal_app.components.layout.shell import auth_shell, auth_switch
from portal_app.components.ui.buttons import link_button, submit_button
from portal_app.components.ui.feedback import bone
from portal_app.components.ui.fields import email_field, text_field
from portal_app.components.ui.forms import form
from portal_app.pages.page import Page
from portal_app.state.auth.login import LoginBookingState
from portal_app.state.core.viewer import ViewerState

_WAY = LoginBookingState.way


def draw() -> rx.Component:
    """Draw the form or, for a link, its button."""
    return auth_shell(
        fresh_visit(),
        rx.match(
            _WAY,
            ("number", _form()),
            ("link", _link()),
            ("invalid", _invalid()),
            ("closed", _disabled()),
            bone("h-13 w-full rounded-xl!"),
        ),
        # A guest's landing is their booking, wherever they came from.
        ticket_form(LoginBookingState.ticket, "/"),
        title=rx.match(
            _WAY,
            ("link", "Your booking"),
            ("invalid", "This link has run out"),
            ("closed", "Not offered here"),
            "Log in with a booking number",
        ),
        text=rx.match(
            _WAY,
            ("link", "Press the button to see it."),
            ("invalid", "It was switched off, or it is too old."),
            ("closed", "Bookings cannot be opened by their number."),
            "You see that one booking, without an account.",
        ),
        footer=auth_switch("Have an account?", "Log in", "/login"),
    )


def _form() -> rx.Component:
    errors = LoginBookingState.errors
    return form(
        email_field(error=errors["email"], help="The one you booked with."),
        text_field(
            "Booking number",
            "number",
            error=errors["number"],
            help="It is in the email that confirmed the booking, such as B-7K3M-9QXT.",
            auto_complete="off",
            auto_capitalize="characters",
            spell_check=False,
        ),
        submit_button(
            "Show my booking", pending=LoginBookingState.pending, size="lg", full=True
        ),
        on_submit=LoginBookingState.submit,
        problem=LoginBookingState.problem,
    )


def _link() -> rx.Component:
    return link_action(
        LoginBookingState, "Show my booking", on_click=LoginBookingState.open_link
    )


def _invalid() -> rx.Component:
    return outcome(
        "hourglass",
        rx.el.p(
            "Log in with your email and the booking number instead.",
            class_name="mb-6",
        ),
        link_button(
            "Use booking number to log in",
            href="/login/booking",
            size="lg",
            full=True,
            external=True,
        ),
    )


def _disabled() -> rx.Component:
    return link_button("Log in", href="/login", size="lg", full=True)


page = Page(
    route="/login/booking",
    title="Log in with a booking number",
    draw=draw,
    on_load=(ViewerState.load, LoginBookingState.load),
)
