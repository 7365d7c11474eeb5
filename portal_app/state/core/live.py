"""Tabs that are woken when what they show has changed.

A page says which topics it shows. When one of them is published, by whatever worker,
the tab is sent an event that it fires like any click: through the gate, with the
cookie of now. Nothing is asked for a tab whose topics rest. One subscription per
worker serves all of its tabs; tabs that are gone are forgotten.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from reflex.app import App
from reflex.event import EventHandler
from reflex.state import StateUpdate
from reflex_base.event import Event
from reflex_base.event.context import EventContext

from portal_app.domain import wiring

_TOGETHER_SECONDS = 0.1
"""What happens within this time wakes a tab once."""


@dataclass(frozen=True, slots=True)
class _Watch:
    """What a tab shows, and what it fires when that has changed."""

    topics: frozenset[str]
    handler: EventHandler


class Hub:
    """The tabs of one worker, and what they watch.

    Args:
        app: Whose tabs these are.
    """

    def __init__(self, app: App) -> None:
        self._app: Any = app
        self._watches: dict[str, _Watch] = {}
        self._woken: set[str] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def watch(self, token: str, topics: Collection[str], handler: EventHandler) -> None:
        """Wake a tab for these topics, instead of those it watched before."""
        self._loop = asyncio.get_running_loop()
        for gone in [one for one in self._watches if not self._is_here(one)]:
            del self._watches[gone]
        self._watches[token] = _Watch(frozenset(topics), handler)

    def hear(self, topics: frozenset[str]) -> None:
        """Wake the tabs that show one of these; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake, topics)

    def _wake(self, topics: frozenset[str]) -> None:
        assert self._loop is not None
        for token, watched in self._watches.items():
            if token not in self._woken and not topics.isdisjoint(watched.topics):
                self._woken.add(token)
                self._loop.call_later(_TOGETHER_SECONDS, self._send, token)

    def _send(self, token: str) -> None:
        assert self._loop is not None
        self._woken.discard(token)
        watched = self._watches.get(token)
        if watched is None or not self._is_here(token):
            self._watches.pop(token, None)
            return
        update = StateUpdate(events=Event.from_event_type(watched.handler()))
        sending = self._loop.create_task(
            self._app.event_namespace.emit_update(update, token)
        )
        _sending.add(sending)
        sending.add_done_callback(_sending.discard)

    def _is_here(self, token: str) -> bool:
        manager = self._app.event_namespace._token_manager
        record = manager.token_to_socket.get(token)
        return record is not None and record.instance_id == manager.instance_id


# A task that nothing refers to may be collected before it is done.
_sending: set[asyncio.Task[None]] = set()
_hub: Hub | None = None


def start(app: App) -> None:
    """Serve the tabs of an app."""
    global _hub  # noqa: PLW0603 - one per process, as the app is
    pubsub = wiring.current().pubsub
    if pubsub is not None:
        _hub = Hub(app)
        pubsub.subscribe(_hub.hear)


def watch(topics: Collection[str], handler: EventHandler) -> None:
    """Wake the tab of this event for these topics, instead of those before."""
    if _hub is not None:
        _hub.watch(EventContext.get().token, topics, handler)
