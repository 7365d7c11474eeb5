"""What goes over a page's sockets, as the browser sees it."""

import json
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, WebSocket

_EVENT = "42/_event,"


@dataclass
class Frames:
    """Every frame of the pages that are listened to, in order."""

    received: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Record a page's sockets from now on, over all its navigations."""
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.received.append(_text(frame)))
        socket.on("framesent", lambda frame: self.sent.append(_text(frame)))

    def updates(self) -> list[dict[str, Any]]:
        """Every update of the server: ``delta`` by state, and ``events``."""
        messages = [
            json.loads(frame.removeprefix(_EVENT))
            for frame in self.received
            if frame.startswith(_EVENT)
        ]
        return [content for name, content in messages if name == "event"]

    def values(self) -> list[tuple[str, str, Any]]:
        """Every value that a var ever had: state, var, value."""
        return [
            (state, name, value)
            for update in self.updates()
            for state, variables in (update.get("delta") or {}).items()
            for name, value in variables.items()
        ]


def _text(frame: str | bytes) -> str:
    return frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
