"""A form on a page of its own: sent once, and not lost."""

from typing import Any

import reflex as rx

from portal_app.state.viewer import ViewerState


class PageGuard(rx.Component):
    """Stands in the form; see ``unsaved.jsx``."""

    library = "$/public/react/unsaved.jsx"
    tag = "PageGuard"

    owner: rx.Var[str]
    saved: rx.Var[str]
    next: rx.Var[str]


def page_guard(saved: Any, leads: Any) -> rx.Component:
    """Guard what is typed into the form around this.

    The form gets an id, which it sends as ``request``. Whoever leaves the page
    with unsaved changes is asked first; a page that is loaded again under
    somebody's hands, as a phone does after a photo, fills the form in again.

    Args:
        saved: A Var of the ``request`` that was stored last.
        leads: A Var of where to go once it was stored.

    Returns:
        Nothing to see, until it asks.
    """
    return PageGuard.create(owner=ViewerState.owner, saved=saved, next=leads)
