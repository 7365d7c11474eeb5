"""Deadlines for what clients send and take, and a bound on how much they send.

A client that sends its request drop by drop, or never takes the answer, holds a
connection and what belongs to it. The server itself has a deadline for the headers
(``serving.server``); here are those for the bodies.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from anyio import fail_after
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TOO_SLOW, _TOO_LARGE = 408, 413
_MESSAGES = {
    _TOO_SLOW: "This took too long to arrive. Please try again.",
    _TOO_LARGE: "This is more than we take.",
}
_GONE: Message = {"type": "http.disconnect"}


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """What a client may take its time for.

    Attributes:
        idle_seconds: From one piece of a request's body to the next.
        grace_seconds: For a whole body, and more by what arrived already:
        bytes_per_second: the slowest that a body may go on.
        stall_seconds: Until one piece of an answer is taken.
        max_body_bytes: The most that a request may have.
        paths_with_own_limit: Where the route says how much that is.
    """

    idle_seconds: float = 20
    grace_seconds: float = 30
    bytes_per_second: int = 4000
    stall_seconds: float = 60
    max_body_bytes: int = 1_000_000
    paths_with_own_limit: frozenset[str] = frozenset({"/api/uploads"})


class SlowClients:
    """ASGI middleware that ends requests of clients that are too slow.

    Such a request gets a 408, one that is too large a 413, and its connection is
    closed. Websockets are left alone: they have limits of their own.

    Args:
        app: What is behind.
        limits: How slow is too slow.
        clock: Tells seconds.
    """

    def __init__(
        self,
        app: ASGIApp,
        limits: ClientLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._limits = limits or ClientLimits()
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _LimitedRequest(scope, receive, send, self._limits, self._clock)
        try:
            await self._app(scope, request.receive, request.send)
        except ClientDisconnect:
            pass  # nobody is there to be told
        except Exception:
            if not request.refusal:
                raise
        await request.refuse()


class _LimitedRequest:
    """One request: what of it came, how long that took, and what was answered."""

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        limits: ClientLimits,
        clock: Callable[[], float],
    ) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._limits, self._clock = limits, clock
        self._waited = 0.0
        self._seen = 0
        self._is_whole = False
        self._has_answer = False
        self.refusal = 0
        self._max_bytes: float = limits.max_body_bytes
        if scope["path"] in limits.paths_with_own_limit:
            self._max_bytes = float("inf")
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > self._max_bytes:
            self.refusal = _TOO_LARGE

    async def receive(self) -> Message:
        """The next message, or that the client is gone, which it soon will be."""
        if self.refusal:
            return _GONE
        if self._is_whole:
            return await self._receive()
        limits = self._limits
        left = limits.grace_seconds + self._seen / limits.bytes_per_second
        seconds = min(limits.idle_seconds, left - self._waited)
        before = self._clock()
        try:
            if seconds <= 0:
                raise TimeoutError
            with fail_after(seconds):
                message = await self._receive()
        except TimeoutError:
            self.refusal = _TOO_SLOW
            return _GONE
        self._waited += self._clock() - before
        self._seen += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._seen > self._max_bytes:
            self.refusal = _TOO_LARGE
            return _GONE
        return message

    async def send(self, message: Message) -> None:
        """Pass a message on, unless the request is refused.

        Raises:
            ClientDisconnect: If the client does not take it.
        """
        if self.refusal and not self._has_answer:
            return
        self._has_answer = True
        try:
            with fail_after(self._limits.stall_seconds):
                await self._send(message)
        except TimeoutError:
            raise ClientDisconnect from None

    async def refuse(self) -> None:
        """Say why the request was not read to its end, if it was not."""
        if not self.refusal or self._has_answer:
            return
        answer: Response = JSONResponse(
            {"message": _MESSAGES[self.refusal]},
            status_code=self.refusal,
            headers={"connection": "close", "cache-control": "no-store"},
        )
        await answer(self._scope, self._receive, self._send)
