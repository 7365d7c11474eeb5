"""Where the link of the mail to a new e-mail leads."""

import reflex as rx

from portal_app.components.button import link_button
from portal_app.components.mail_link import link_action, outcome
from portal_app.components.shell import auth_shell
from portal_app.components.skeleton import bone
from portal_app.pages.page import Page
from portal_app.state.confirm_email import ConfirmEmailState
from portal_app.state.viewer import ViewerState

_OUTCOME = ConfirmEmailState.outcome


def draw() -> rx.Component:
    """Draw the button or, once it was used, what came of it."""
    return auth_shell(
        rx.cond(
            ConfirmEmailState.loaded,
            rx.match(_OUTCOME, ("done", _done()), ("invalid", _invalid()), _button()),
            bone("h-13 w-full rounded-xl!"),
        ),
        title=rx.match(
            _OUTCOME,
            ("done", "Your e-mail is changed"),
            ("invalid", "This link has run out"),
            "Your new e-mail",
        ),
        text=rx.match(
            _OUTCOME,
            ("done", "From now on you log in with it, and our mails go there."),
            ("invalid", "Change your e-mail once more in My Account."),
            "One press, and it is yours here too.",
        ),
    )


def _button() -> rx.Component:
    return link_action(
        "Use this e-mail",
        on_click=ConfirmEmailState.confirm,
        pending=ConfirmEmailState.pending,
        problem=ConfirmEmailState.problem,
        text="You did not ask for this? Then just close this page: nothing happens.",
    )


def _done() -> rx.Component:
    return outcome(
        "circle-check",
        link_button("Go to My Account", href="/account", size="lg", full=True),
    )


def _invalid() -> rx.Component:
    return outcome(
        "hourglass",
        link_button("Go to My Account", href="/account", size="lg", full=True),
    )


page = Page(
    route="/confirm-email",
    title="Confirm your e-mail",
    draw=draw,
    on_load=(ViewerState.load, ConfirmEmailState.load),
)
