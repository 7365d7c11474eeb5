"""What stands at an address that leads nowhere."""

import reflex as rx

from portal_app.components.layout import document
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState


def draw() -> rx.Component:
    """Draw the way back to where there is something."""
    return document.not_found()


page = Page(
    route="404",
    title="Page not found",
    draw=draw,
    on_load=(ViewerState.load,),
)
