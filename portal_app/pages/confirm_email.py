"""Where the link of the mail to a new email leads."""

import reflex as rx

from portal_app.components.auth.mail_links import one_press_page
from portal_app.pages.page import Page
from portal_app.state.auth.mail_links import ConfirmEmailState
from portal_app.state.core.viewer import ViewerState


def draw() -> rx.Component:
    """Draw the button or, once it was used, what came of it."""
    return one_press_page(
        ConfirmEmailState,
        asked=("Your new email", "Press the button to use it from now on."),
        done=(
            "Your email is changed",
            "From now on you log in with it, and our emails go there.",
        ),
        invalid=(
            "This link has run out",
            "Change your email once more in My Account.",
        ),
        action="Use this email",
        on_click=ConfirmEmailState.confirm,
        otherwise=(
            "You did not ask for this? Then just close this page: nothing happens."
        ),
    )


page = Page(
    route="/confirm-email",
    title="Confirm your email",
    draw=draw,
    on_load=(ViewerState.load, ConfirmEmailState.load),
)
