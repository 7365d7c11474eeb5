"""A raw Socket.IO client: what an attacker's script can send, and what comes back."""

import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import socketio

NAMESPACE = "/_event"
HYDRATE = "reflex___state____state.hydrate"
_WAIT_SECONDS = 15


@dataclass
class RawTab:
    """One socket to the portal, with every frame it received.

    Events are plain dicts, so anything can be forged: names, payloads, tokens,
    addresses. ``round_trip`` ends with an event whose answer is known, so that
    everything before it has been answered.
    """

    client: socketio.Client
    token: str
    frames: list[dict[str, Any]] = field(default_factory=list)
    _arrived: threading.Condition = field(default_factory=threading.Condition)
    _ended: threading.Event = field(default_factory=threading.Event)

    def receive(self, update: dict[str, Any]) -> None:
        """Keep a frame (called by the client's thread)."""
        with self._arrived:
            self.frames.append(update)
            self._arrived.notify_all()

    def fire(
        self, name: str, payload: dict[str, Any] | None = None, **router: Any
    ) -> None:
        """Send an event as the front end would, or as it never would."""
        data = {"pathname": "/", "asPath": "/", "query": {}} | router
        self.client.emit(
            "event",
            {"name": name, "payload": payload or {}, "router_data": data},
            namespace=NAMESPACE,
        )

    def round_trip(self) -> list[dict[str, Any]]:
        """Wait until everything fired so far was answered; return the frames since."""
        with self._arrived:
            before = len(self.frames)
        self.fire(HYDRATE)
        with self._arrived:
            done = self._arrived.wait_for(
                lambda: any(_is_snapshot(frame) for frame in self.frames[before:]),
                _WAIT_SECONDS,
            )
            assert done, "the portal did not answer"
            return self.frames[before:]

    def wait_for(self, words: str) -> None:
        """Wait until a frame has these words in it."""
        with self._arrived:
            arrived = self._arrived.wait_for(
                lambda: words in repr(self.frames), _WAIT_SECONDS * 4
            )
        assert arrived, f"nobody said {words!r}"

    def wait_for_end(self) -> None:
        """Wait until the portal has closed the socket."""
        assert self._ended.wait(_WAIT_SECONDS * 4), "the socket is still open"

    def end(self) -> None:
        """Note that the socket is closed (called by the client's thread)."""
        self._ended.set()

    def events(self) -> list[dict[str, Any]]:
        """Every event the server sent (redirects, chained events)."""
        with self._arrived:
            return [e for frame in self.frames for e in frame.get("events", [])]

    def state(self) -> dict[str, Any]:
        """The newest value of every var this socket was sent, by state name."""
        merged: dict[str, Any] = {}
        with self._arrived:
            for frame in self.frames:
                for name, values in (frame.get("delta") or {}).items():
                    merged.setdefault(name, {}).update(values)
        return merged


def _is_snapshot(frame: dict[str, Any]) -> bool:
    # Only hydration sends every state at once.
    return len(frame.get("delta") or {}) > 3


@contextmanager
def raw_tab(
    url: str,
    cookie: str = "",
    token: str = "",
    origin: str | None = None,
    *,
    connection: socket.socket | None = None,
    **headers: str,
) -> Iterator[RawTab]:
    """Open a socket as a browser with this cookie would.

    Args:
        url: The portal's address.
        cookie: The ``cookie`` header, empty for a stranger.
        token: The client token; a fresh one by default.
        origin: The ``origin`` header; the portal's own by default.
        connection: To the portal, if it is to be a particular one.
        headers: Further ones.
    """
    headers |= {"origin": origin or url}
    if cookie:
        headers["cookie"] = cookie
    token = token or str(uuid.uuid4())
    # The origin is a header of ours; the library must not add its own.
    client = socketio.Client(
        reconnection=False,
        websocket_extra_options={"suppress_origin": True}
        | ({"socket": connection} if connection else {}),
    )
    tab = RawTab(client, token)
    client.on("event", tab.receive, namespace=NAMESPACE)
    client.on("disconnect", lambda *_: tab.end(), namespace=NAMESPACE)
    parts = urlsplit(url)
    client.connect(
        f"{parts.scheme.replace('http', 'ws')}://{parts.netloc}/?token={token}",
        headers=headers,
        transports=["websocket"],
        socketio_path="_event",
        namespaces=[NAMESPACE],
        wait_timeout=10,
    )
    try:
        yield tab
    finally:
        client.disconnect()
