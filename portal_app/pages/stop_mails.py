"""Where the link in every mail to a contact leads that stops such mails."""

import reflex as rx

from portal_app.components.auth.mail_links import one_press_page
from portal_app.pages.page import Page
from portal_app.state.auth.mail_links import StopMailsState
from portal_app.state.core.viewer import ViewerState


def draw() -> rx.Component:
    """Draw the button or, once it was used, what came of it."""
    return one_press_page(
        StopMailsState,
        asked=(
            "Stop these emails",
            "Press the button to stop our emails about someone else's appointments.",
        ),
        done=(
            "The emails have stopped",
            "Nothing more comes to " + StopMailsState.email + ", unless you "
            "are asked and confirm it again.",
        ),
        invalid=(
            "This link has run out",
            (
                "Use the link in a newer email, or ask the person who added you as a "
                "contact."
            ),
        ),
        action="Stop these emails",
        on_click=StopMailsState.stop,
        otherwise="You would like to get them? Then just close this page.",
        way_on=("Go to the home page", "/"),
    )


page = Page(
    route="/stop-mails",
    title="Stop these emails",
    draw=draw,
    on_load=(ViewerState.load, StopMailsState.load),
)
