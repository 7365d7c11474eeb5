"""A tab without a browser: the real state tree, its handlers called in turn."""

import asyncio
import inspect
from typing import Any, TypeVar
from unittest.mock import patch
from urllib.parse import urlencode

import reflex as rx
from reflex.state import BaseState, State
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext

import portal_app.portal_app  # noqa: F401 - registers every state
from portal_app.kernel.audiences import Actor
from portal_app.state.core import error_handlers
from portal_app.state.core.access import acting_as
from portal_app.state.core.arguments import fitting_arguments, model_of

S = TypeVar("S", bound=rx.State)
STRANGER = Actor(address="203.0.113.7", device="Firefox")


class Tab:
    """What one browser tab sees; a fresh one is a server that forgot everything.

    Attributes:
        who: Who acts, as the gate would have found.
        shown: Every delta the handlers sent on the way, in order.
    """

    def __init__(self, path: str = "/", who: Actor = STRANGER, **query: str) -> None:
        self.root: BaseState = State(_reflex_internal_init=True)  # type: ignore[call-arg]
        self.who = who
        self.shown: list[dict[str, Any]] = []
        self.go(path, **query)

    def go(self, path: str, cookie: str = "", **query: str) -> None:
        """Be at an address, with this in the socket's ``cookie`` header."""
        address = f"{path}?{urlencode(query)}" if query else path
        before = self.root.router_data
        now = {
            "pathname": path,
            "asPath": address,
            "query": query,
            "headers": {"origin": "http://localhost:3000", "cookie": cookie},
            "ip": self.who.address,
        }
        self.root.router_data = self.root._update_router_vars(now, before)

    def state(self, cls: type[S]) -> S:
        """The state of this kind."""
        found = asyncio.run(self.root.get_state(cls))
        assert isinstance(found, cls)
        return found

    def fire(self, handler: Any, *arguments: Any) -> list[Event]:
        """Call a handler as the event loop would; the events it answers with.

        What the handler raises comes out of here, instead of becoming a message.

        Raises:
            UnfitArguments: If the gate would refuse the arguments.
        """
        with patch.object(error_handlers, "answer_exception", _raise_again):
            return asyncio.run(self._fire(handler, arguments))

    async def _fire(self, handler: Any, arguments: tuple[Any, ...]) -> list[Event]:
        acting_as(self.who)
        full_name = f"{handler.state_full_name}.{handler.fn.__name__}"
        named = zip(model_of(handler.fn).model_fields, arguments, strict=False)
        return await self.call(full_name, fitting_arguments(handler.fn, dict(named)))

    async def call(self, full_name: str, payload: dict[str, Any]) -> list[Event]:
        """As ``fire``, past the gate, for who was said to act."""
        registered = RegistrationContext.get().event_handlers[full_name]
        handler = registered.handler
        state = await self.root.get_state(registered.states[0])
        answered = handler.fn(state, **payload)
        if inspect.iscoroutine(answered):
            answered = await answered
        answers = (
            [step async for step in self._stepping(answered)]
            if inspect.isasyncgen(answered)
            else [answered]
        )
        given = [event for answer in answers if answer for event in _event_list(answer)]
        return list(Event.from_event_type(given)) if given else []

    async def _stepping(self, steps: Any) -> Any:
        async for step in steps:
            self.shown.append(await self.root._get_resolved_delta())
            self.root._clean()
            yield step


def _raise_again(error: Exception) -> None:
    raise error


def _event_list(answer: Any) -> list[Any]:
    return list(answer) if isinstance(answer, list | tuple) else [answer]


def redirect_targets(events: list[Event]) -> list[str]:
    """Where events send the browser."""
    return [e.payload["path"] for e in events if e.name == "_redirect"]
