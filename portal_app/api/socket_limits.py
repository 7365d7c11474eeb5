"""How many sockets one address may hold open.

An open tab is one socket, and a socket costs memory even when it says nothing. The
bound is far above what a whole office behind one address needs, and is meant for a
script. Two workers count apart.
"""

from collections import Counter

import structlog
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from portal_app.api.authentication import client_address
from portal_app.domain.rate_limits.rules import network_of
from portal_app.settings import Settings

log = structlog.get_logger("requests")

SOCKETS_PER_ADDRESS = 1000
_TRY_AGAIN_LATER = 1013


class SocketLimits:
    """ASGI middleware that refuses the sockets of an address that has too many.

    A browser that is refused one says that the connection is lost, and tries again.

    Args:
        app: What is behind.
        settings: Our proxies, and how many times the usual is allowed.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._most = max(1, int(SOCKETS_PER_ADDRESS * settings.event_allowance))
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, and a socket if there is room for it."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        address = client_address(HTTPConnection(scope), self._settings)
        network = network_of(address)
        if self._open[network] >= self._most:
            log.warning("too many sockets refused")
            await send({"type": "websocket.close", "code": _TRY_AGAIN_LATER})
            return
        self._open[network] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open[network] -= 1
            if not self._open[network]:
                del self._open[network]
