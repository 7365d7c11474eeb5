"""What watches over every page: the connection, the focus, drafts of others."""

import reflex as rx

from portal_app.state.viewer import ViewerState

_LIBRARY = "$/public/react/frame.jsx"


class ConnectionBanner(rx.Component):
    """The one line about a lost and a recovered connection.

    Replaces Reflex's overlay, which brings a toast library and inline styles and
    tells people "Cannot connect to server" with an address.
    """

    library = _LIBRARY
    tag = "ConnectionBanner"


class PageFocus(rx.Component):
    """Moves the focus to the heading of the page just navigated to."""

    library = _LIBRARY
    tag = "PageFocus"


class KeptOwner(rx.Component):
    """Forgets what somebody else typed in this tab and did not send."""

    library = "$/public/react/kept.jsx"
    tag = "KeptOwner"

    owner: rx.Var[str]


def page_watch() -> rx.Component:
    """Draw what every page carries: the connection, the focus, whose drafts stay.

    Returns:
        A fragment; empty to look at until the connection is lost.
    """
    return rx.fragment(
        ConnectionBanner.create(),
        PageFocus.create(),
        KeptOwner.create(owner=ViewerState.owner),
    )
