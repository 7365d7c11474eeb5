"""Asking before what was typed is lost."""

from typing import Any

import reflex as rx

_LIBRARY = "$/public/react/unsaved.jsx"


class AskBeforeLeaving(rx.Component):
    """Stands in a form; asks before its dialog closes or its page is left."""

    library = _LIBRARY
    tag = "AskBeforeLeaving"

    saved: rx.Var[str]
    next: rx.Var[str]


class RequestKeeper(rx.Component):
    """Sends ``request`` with a form that has a page of its own."""

    library = _LIBRARY
    tag = "RequestKeeper"


def ask_before_leaving(saved: Any, leads: Any = "") -> rx.Component:
    """Ask before unsaved changes of the form around this are lost.

    Args:
        saved: A Var of the id of the form (its field ``request``, see
            ``EditKeeper`` and ``request_keeper``) that was stored last.
        leads: Where to go once it was stored, for a form on a page of its own.

    Returns:
        Nothing to see, until it asks.
    """
    return AskBeforeLeaving.create(saved=saved, next=leads)


def request_keeper() -> rx.Component:
    """Give a form on a page of its own an id, which it sends as ``request``.

    Returns:
        A hidden field.
    """
    return RequestKeeper.create()
