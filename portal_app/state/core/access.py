"""Who may fire an event: every handler says so, or it is never fired.

Reflex makes every public method of a state a remote endpoint. ``event_for``
declares the audience of a handler; ``portal_app.state.core.gate`` refuses the rest.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import reflex as rx

from portal_app.kernel import audiences as groups
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.features import Feature
from portal_app.state.core.handler_endings import always_answered

_AUDIENCES = "__portal_audiences__"
_WEIGHT = "__portal_weight__"
_FEATURE = "__portal_feature__"
_ANYBODY = Actor()
_actor: ContextVar[Actor] = ContextVar("actor", default=_ANYBODY)

PUBLIC = Audience.PUBLIC
CUSTOMER = Audience.CUSTOMER
GUEST = Audience.GUEST
VISITOR = Audience.VISITOR
ON_BEHALF = Audience.ON_BEHALF
BOOKERS = (CUSTOMER, GUEST, VISITOR, ON_BEHALF)
"""Whoever may walk through the wizard; only customers can confirm."""
OFFICE = Audience.OFFICE
STAFF = groups.STAFF
"""For handlers that only read; what changes something is for ``OFFICE`` alone."""
FIELDWORKER = Audience.FIELDWORKER
NEWCOMER = Audience.NEWCOMER


def event_for(
    *audiences: Audience,
    background: bool = False,
    weight: int = 1,
    feature: Feature | None = None,
) -> Callable[[Callable[..., Any]], Any]:
    """Make a method an event handler that only these audiences may fire.

    Args:
        audiences: At least one; ``PUBLIC`` opens it to everybody.
        background: Whether it runs without holding the state.
        weight: What it costs a browser's allowance (``event_limits``), in units of
            about ten milliseconds of a worker.
        feature: What it belongs to: while that is off, nobody may fire it.

    Returns:
        The decorator.

    Raises:
        ValueError: If no audience is named.
    """
    if not audiences:
        raise ValueError("a handler declares at least one audience")

    def decorate(fn: Callable[..., Any]) -> Any:
        handler = always_answered(fn)
        setattr(handler, _AUDIENCES, frozenset(audiences))
        setattr(handler, _WEIGHT, weight)
        setattr(handler, _FEATURE, feature)
        return rx.event(handler, background=background)

    return decorate


def audiences_of(fn: Callable[..., Any]) -> frozenset[Audience] | None:
    """What a handler declared, or ``None`` if it declared nothing."""
    found: frozenset[Audience] | None = getattr(fn, _AUDIENCES, None)
    return found


def weight_of(fn: Callable[..., Any]) -> int:
    """What a handler declared to cost; 1 if it declared nothing."""
    found: int = getattr(fn, _WEIGHT, 1)
    return found


def feature_of(fn: Callable[..., Any]) -> Feature | None:
    """What a handler declared to belong to, if it did."""
    found: Feature | None = getattr(fn, _FEATURE, None)
    return found


_page_features: dict[str, Feature] = {}


def declare_page(route: str, feature: Feature) -> None:
    """Say that a page belongs to a feature (the composition root does)."""
    _page_features[route.strip("/")] = feature


def page_feature(route: str) -> Feature | None:
    """What the page of a route belongs to, if anything."""
    return _page_features.get(route.strip("/"))


def actor() -> Actor:
    """Who fired the event that is being handled, as the session says now."""
    return _actor.get()


def acting_as(who: Actor) -> None:
    """Set who is acting for the rest of this event (the gate does)."""
    _actor.set(who)
