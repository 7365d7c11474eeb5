"""The portal's server and its deadlines, all of them short, around a small app."""

import sys
from collections.abc import AsyncIterator

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server import Server
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from portal_app.api.slow_clients import ClientLimits, SlowClients
from portal_app.serving.server import HTTP_MODE

LIMITS = ClientLimits(idle_seconds=0.5, grace_seconds=1, stall_seconds=0.5)
_HEADER_MILLISECONDS = 500


async def _count(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


_ended_floods = 0


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield b"x" * 65_536


async def _flood(_request: Request) -> Response:
    return StreamingResponse(_endless())


async def _ended(_request: Request) -> Response:
    return PlainTextResponse(str(_ended_floods))


_limited = SlowClients(
    Starlette(
        routes=[
            Route("/count", _count, methods=["POST"]),
            Route("/flood", _flood),
            Route("/ended", _ended),
        ]
    ),
    LIMITS,
)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The app, which counts the floods that ended."""
    global _ended_floods  # noqa: PLW0603 - counted for the test, which asks
    await _limited(scope, receive, send)
    if scope.get("path") == "/flood":
        _ended_floods += 1


def serve(port: int) -> None:
    """Serve until interrupted."""
    Server(
        target="tests.support.slow_client_server:app",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGI,
        http=HTTP_MODE,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS),
        workers=1,
    ).serve()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
