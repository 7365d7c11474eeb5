"""The entrance: where frames of browsers come in, before anything is done for them.

Reflex queues an event, loads the tab's state and only then asks the gate. A flood
would be queued and its states loaded, so it is stopped here: a frame must be an
event, of a handler that exists, at an address that can be one, and its sender must
be able to pay for it (``event_limits``). No database is asked.
"""

import re
import time
from typing import Any

import structlog
from reflex.app import App, EventNamespace
from reflex_base.event import Event, EventHandler
from reflex_base.registry import RegistrationContext

from portal_app.state.core.access import weight_of
from portal_app.state.core.event_limits import EventLimits
from portal_app.state.core.gate import HYDRATE
from portal_app.state.core.toasts import toast

log = structlog.get_logger("entrance")

_TOO_MUCH = "That was too much at once. Please wait a few seconds and try again."
_QUIET_SECONDS = 10
# It sends every state, and reads what the page shows.
_HYDRATION = 5
_LONGEST_ADDRESS = 4_000
_MOST_PARAMETERS = 50
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")
_ENCODED_NUL = re.compile("%00")
_REPLACEMENT = "\ufffd"
_ENCODED_REPLACEMENT = "%EF%BF%BD"


class Entrance(EventNamespace):
    """Reflex's end of all sockets, which lets only such frames in.

    Args:
        namespace: The name of Reflex's own.
        app: The app.
        limits: What senders may spend.
    """

    def __init__(self, namespace: str, app: App, limits: EventLimits) -> None:
        super().__init__(namespace, app)
        self._limits = limits
        self._quiet_until: dict[str, float] = {}

    async def on_event(self, sid: str, data: Any) -> None:
        """Let a frame in, or drop it.

        What no page of ours sends is dropped; whoever sends too much is told so,
        once for all that is dropped within seconds.
        """
        token = self.sid_to_token.get(sid)
        frame = frame_of(data)
        if token is None or frame is None:
            self._note(sid, "frame refused")
            return
        handler = _handler(frame["name"])
        if handler is None:
            self._note(sid, "unknown handler refused")
            return
        weight = _HYDRATION if frame["name"] in HYDRATE else weight_of(handler.fn)
        if not self._can_pay(sid, token, weight):
            if self._note(sid, "too many events refused"):
                await self._tell(token)
            return
        await super().on_event(sid, frame)

    def on_disconnect(self, sid: str) -> Any:
        """Forget the socket."""
        self._limits.forget(sid)
        self._quiet_until.pop(sid, None)
        return super().on_disconnect(sid)

    def _can_pay(self, sid: str, token: str, weight: float) -> bool:
        known = self._static_router_data.get(sid, {})
        # The guard leaves the hash of the session's secret, and nothing else.
        session = known.get("headers", {}).get("cookie", "") or token
        return self._limits.spend(weight, sid, session, str(known.get("ip", "")))

    def _note(self, sid: str, what: str) -> bool:
        """Log what was refused, if nothing was said of this socket lately."""
        now = time.monotonic()
        if now < self._quiet_until.get(sid, 0.0):
            return False
        self._quiet_until[sid] = now + _QUIET_SECONDS
        log.warning(what)
        return True

    async def _tell(self, token: str) -> None:
        for event in Event.from_event_type(toast("error", _TOO_MUCH)):
            await self.app.event_processor.enqueue(token, event)


def guard_entrance(app: App, limits: EventLimits) -> None:
    """Put the entrance in the place of Reflex's own end of the sockets."""
    reflex_own = app.event_namespace
    if reflex_own is None or app.sio is None:
        raise RuntimeError("the app has no state, and so no sockets")
    entrance = Entrance(reflex_own.namespace, app, limits)
    app._event_namespace = entrance
    app.sio.register_namespace(entrance)


def _handler(name: str) -> EventHandler | None:
    registered = RegistrationContext.get().event_handlers.get(name)
    return registered.handler if registered else None


def frame_of(data: Any) -> dict[str, Any] | None:
    """What an event may consist of, or ``None`` if it is none."""
    if not isinstance(data, dict) or not isinstance(data.get("name"), str):
        return None
    payload, router_data = data.get("payload"), data.get("router_data")
    address = router_data if isinstance(router_data, dict) else {}
    return {
        "name": data["name"],
        "payload": payload if payload is not None else {},
        "router_data": {
            "pathname": clean_address(address.get("pathname")),
            "asPath": clean_address(address.get("asPath")),
            "query": _parameters(address.get("query")),
        },
    }


def clean_address(address: Any) -> str:
    """The address of a page as handlers may read it, encoded as the browser has it.

    What no text may hold is replaced by a sign that nothing is called by, so that
    the address leads to a page that does not exist; what is no address of ours is
    the front page.
    """
    if not isinstance(address, str) or not address.startswith("/"):
        return "/"
    shortened = _UNREADABLE.sub(_REPLACEMENT, address[:_LONGEST_ADDRESS])
    return _ENCODED_NUL.sub(_ENCODED_REPLACEMENT, shortened)


def _parameters(query: Any) -> dict[str, str]:
    """The parameters of a route, such as the ``id`` of ``/dependents/[id]``."""
    if not isinstance(query, dict):
        return {}
    return {
        _UNREADABLE.sub(_REPLACEMENT, name): _UNREADABLE.sub(_REPLACEMENT, value)
        for name, value in list(query.items())[:_MOST_PARAMETERS]
        if isinstance(name, str) and isinstance(value, str)
    }
