"""Where the link of the mail to a contact's new email leads."""

import reflex as rx

from portal_app.components.auth.mail_links import one_press_page
from portal_app.pages.page import Page
from portal_app.state.auth.mail_links import VerifyContactState
from portal_app.state.core.viewer import ViewerState


def draw() -> rx.Component:
    """Draw the button or, once it was used, what came of it."""
    return one_press_page(
        VerifyContactState,
        asked=("Confirm this email", "Press the button to get emails at this address."),
        done=("Thank you", "Emails may come to " + VerifyContactState.email + " now."),
        invalid=(
            "This link has run out",
            (
                "Ask for a new link in My Account, or ask the person who gave us "
                "your email."
            ),
        ),
        action="Confirm this email",
        on_click=VerifyContactState.confirm,
        otherwise=(
            "You know nothing of this? Then just close this page: nothing happens."
        ),
    )


page = Page(
    route="/verify-contact",
    title="Confirm this email",
    draw=draw,
    on_load=(ViewerState.load, VerifyContactState.load),
)
