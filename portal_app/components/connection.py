"""What watches over every page: the connection, and the focus on navigation."""

import reflex as rx

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


def page_watch() -> rx.Component:
    """Draw what every page carries: the connection banner and the focus keeper.

    Returns:
        A fragment; empty to look at until the connection is lost.
    """
    return rx.fragment(ConnectionBanner.create(), PageFocus.create())
