"""Between a right password and the session: the code of an authenticator app."""

import reflex as rx

from portal_app.components.auth.mail_links import outcome
from portal_app.components.auth.sign_in import fresh_visit, ticket_form
from portal_app.components.auth.two_step import code_field
from portal_app.components.layout.shell import auth_shell
from portal_app.components.ui.buttons import link_button, submit_button, text_link
from portal_app.components.ui.forms import form
from portal_app.pages.page import Page
from portal_app.state.auth.two_step import LoginCodeState
from portal_app.state.core.viewer import ViewerState

_STATE = LoginCodeState


def draw() -> rx.Component:
    """Draw the form, or that there is nothing to give a code for."""
    return auth_shell(
        fresh_visit(),
        rx.cond(
            _STATE.over,
            outcome(
                "hourglass", link_button("Log in", href="/login", size="lg", full=True)
            ),
            form(
                code_field(
                    _STATE.errors["code"],
                    help="Six digits from your authenticator app, or one of your "
                    "recovery codes.",
                ),
                submit_button("Log in", pending=_STATE.pending, size="lg", full=True),
                on_submit=_STATE.submit,
                problem=_STATE.problem,
            ),
        ),
        ticket_form(_STATE.ticket, _STATE.next_path),
        title=rx.cond(_STATE.over, "Please log in again", "One more step"),
        text=rx.cond(
            _STATE.over,
            "A log-in waits ten minutes for its code.",
            "Your account asks for a code as well.",
        ),
        footer=rx.cond(
            _STATE.over, rx.fragment(), text_link("Begin again", href="/login")
        ),
    )


page = Page(
    route="/login/code",
    title="Log in",
    draw=draw,
    on_load=(ViewerState.load, LoginCodeState.load),
)
