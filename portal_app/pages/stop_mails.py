"""Where the link in every mail to a contact leads that stops such mails."""

import reflex as rx

from portal_app.components.button import link_button
from portal_app.components.mail_link import link_action, outcome
from portal_app.components.shell import auth_shell
from portal_app.components.skeleton import bone
from portal_app.pages.page import Page
from portal_app.state.stop_mails import StopMailsState
from portal_app.state.viewer import ViewerState

_OUTCOME = StopMailsState.outcome


def draw() -> rx.Component:
    """Draw the button or, once it was used, what came of it."""
    return auth_shell(
        rx.cond(
            StopMailsState.loaded,
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
            ("done", "The mails have stopped"),
            ("invalid", "This link has run out"),
            "Stop these mails",
        ),
        text=rx.match(
            _OUTCOME,
            (
                "done",
                "Nothing more comes to " + StopMailsState.email + ", unless you "
                "are asked and confirm it again.",
            ),
            (
                "invalid",
                "Use the link of a newer mail, or ask whoever named you as a contact.",
            ),
            "One press, and no more mails about somebody else's appointments.",
        ),
    )


def _button() -> rx.Component:
    return link_action(
        "Stop these mails",
        on_click=StopMailsState.stop,
        pending=StopMailsState.pending,
        problem=StopMailsState.problem,
        text="You would like to get them? Then just close this page.",
    )


def _way_on(name: str) -> rx.Component:
    return outcome(
        name,
        link_button("Go to the home page", href="/", size="lg", full=True),
    )


page = Page(
    route="/stop-mails",
    title="Stop these mails",
    draw=draw,
    on_load=(ViewerState.load, StopMailsState.load),
)
