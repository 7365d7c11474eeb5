"""Where the link of the mail to a contact's new e-mail leads."""

import reflex as rx

from portal_app.components.button import link_button
from portal_app.components.mail_link import link_action, outcome
from portal_app.components.shell import auth_shell
from portal_app.components.skeleton import bone
from portal_app.pages.page import Page
from portal_app.state.verify_contact import VerifyContactState
from portal_app.state.viewer import ViewerState

_OUTCOME = VerifyContactState.outcome


def draw() -> rx.Component:
    """Draw the button or, once it was used, what came of it."""
    return auth_shell(
        rx.cond(
            VerifyContactState.loaded,
            rx.match(
                _OUTCOME,
                ("done", _way_on("circle-check")),
                ("invalid", _way_on("hourglass")),
                _button(),
            ),
            bone("h-13 w-full rounded-xl!"),
        ),
        title=rx.match(
            _OUTCOME,
            ("done", "Thank you"),
            ("invalid", "This link has run out"),
            "Confirm this e-mail",
        ),
        text=rx.match(
            _OUTCOME,
            ("done", "Mails may come to " + VerifyContactState.email + " now."),
            (
                "invalid",
                "Ask for a fresh link in My Account, or whoever gave it to us.",
            ),
            "One press, and mails may come here.",
        ),
    )


def _button() -> rx.Component:
    return link_action(
        "Confirm this e-mail",
        on_click=VerifyContactState.confirm,
        pending=VerifyContactState.pending,
        problem=VerifyContactState.problem,
        text="You know nothing of this? Then just close this page: nothing happens.",
    )


def _way_on(name: str) -> rx.Component:
    return outcome(
        name,
        link_button("Go to My Account", href="/account", size="lg", full=True),
    )


page = Page(
    route="/verify-contact",
    title="Confirm this e-mail",
    draw=draw,
    on_load=(ViewerState.load, VerifyContactState.load),
)
