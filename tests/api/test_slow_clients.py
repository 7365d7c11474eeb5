"""Deadlines and bounds for what clients send and take."""

import asyncio
import math
from collections.abc import Iterable
from typing import Any

import anyio
import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from portal_app.api.slow_clients import ClientLimits, SlowClients

LATE = b'{"message":"This took too long to arrive. Please try again."}'
LARGE = b'{"message":"This is more than we take."}'


class Clock:
    """Seconds that a test lets pass."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Client:
    """A client that sends these pieces, with these pauses before them."""

    def __init__(self, clock: Clock, pieces: Iterable[tuple[float, bytes]]) -> None:
        self._clock = clock
        self._pieces = list(pieces)
        self.answers: list[Message] = []

    async def receive(self) -> Message:
        if not self._pieces:
            await asyncio.Event().wait()  # for ever
        pause, piece = self._pieces.pop(0)
        self._clock.now += pause
        more = piece != b""
        return {"type": "http.request", "body": piece, "more_body": more}

    async def send(self, message: Message) -> None:
        self.answers.append(message)

    @property
    def status(self) -> int:
        return int(self.answers[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(one.get("body", b"") for one in self.answers[1:])

    @property
    def is_closed(self) -> bool:
        return (b"connection", b"close") in self.answers[0]["headers"]


async def count(request: Request) -> Response:
    return JSONResponse(len(await request.body()))


async def greet(_request: Request) -> Response:
    return JSONResponse("hello")


APP = Starlette(
    routes=[
        Route("/count", count, methods=["POST"]),
        Route("/api/uploads", count, methods=["POST"]),
        Route("/greet", greet, methods=["GET", "POST"]),
    ]
)


def scope(path: str = "/count", **headers: str) -> Scope:
    return {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [
            (k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()
        ],
        "client": ("127.0.0.1", 1),
    }


def ask(
    pieces: Iterable[tuple[float, bytes]],
    path: str = "/count",
    limits: ClientLimits | None = None,
    **headers: str,
) -> Client:
    clock = Clock()
    client = Client(clock, pieces)
    app = SlowClients(APP, limits, clock)
    asyncio.run(app(scope(path, **headers), client.receive, client.send))
    return client


def test_a_body_that_comes_in_time_is_read() -> None:
    # 10 minutes for two and a half megabytes: a slow phone.
    pieces = [(15.0, b"x" * 62_500)] * 40
    answer = ask([*pieces, (0, b"")], "/api/uploads")
    assert (answer.status, answer.body) == (200, b"2500000")
    assert not answer.is_closed


def test_a_body_that_pauses_is_late() -> None:
    answer = ask([(1, b"abc")], limits=ClientLimits(idle_seconds=0))
    assert (answer.status, answer.body, answer.is_closed) == (408, LATE, True)


def test_a_body_that_drips_is_late() -> None:
    # A byte each 10 seconds is within the pause, but not within the whole.
    answer = ask([(10, b"x")] * 50)
    assert (answer.status, answer.body, answer.is_closed) == (408, LATE, True)


def test_what_arrived_buys_time() -> None:
    assert ask([(15, b"x" * 60_000), (15, b"x"), (14, b"x"), (0, b"")]).status == 200
    assert ask([(15, b"x"), (15, b"x"), (14, b"x"), (0, b"")]).status == 408


def test_a_body_beyond_the_bound_is_refused() -> None:
    limits = ClientLimits(max_body_bytes=10)
    declared = ask([(0, b"x")], limits=limits, content_length="11")
    assert (declared.status, declared.body, declared.is_closed) == (413, LARGE, True)
    sent = ask([(0, b"x" * 6), (0, b"x" * 6), (0, b"")], limits=limits)
    assert (sent.status, sent.body, sent.is_closed) == (413, LARGE, True)
    fitting = ask([(0, b"x" * 10), (0, b"")], limits=limits, content_length="10")
    assert (fitting.status, fitting.body) == (200, b"10")
    own = ask([(0, b"x" * 11), (0, b"")], "/api/uploads", limits, content_length="11")
    assert (own.status, own.body) == (200, b"11")


def test_a_request_without_a_reader_is_answered() -> None:
    answer = ask([], "/greet")
    assert (answer.status, answer.body) == (200, b'"hello"')


def test_who_waits_for_the_end_of_a_whole_request_waits_as_long_as_it_takes() -> None:
    """Long polling, and responses that watch whether the client is there."""
    heard: list[str] = []
    deadlines: list[float] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(2):
            heard.append((await receive())["type"])

    async def receive() -> Message:
        if not heard:
            return {"type": "http.request", "body": b"", "more_body": False}
        deadlines.append(anyio.current_effective_deadline())
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    asyncio.run(SlowClients(app)(scope(), receive, send))
    assert heard == ["http.request", "http.disconnect"]
    assert deadlines == [math.inf]


def test_an_answer_that_nobody_takes_ends() -> None:
    ended: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            while True:
                await send(
                    {"type": "http.response.body", "body": b"x", "more_body": True}
                )
        except ClientDisconnect:
            ended.append("streaming")
            raise

    taken: list[Message] = []

    async def send(message: Message) -> None:
        if len(taken) == 3:
            await asyncio.Event().wait()  # for ever
        taken.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    limits = ClientLimits(stall_seconds=0)
    asyncio.run(SlowClients(app, limits)(scope(), receive, send))
    assert ended == ["streaming"]
    assert taken[-1] == {"type": "http.response.body", "body": b"x", "more_body": True}


def test_an_error_of_the_portal_stays_one() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise LookupError("a mistake of ours")

    async def nothing(*_: Any) -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    with pytest.raises(LookupError):
        asyncio.run(SlowClients(broken)(scope(), nothing, nothing))


def test_websockets_are_left_alone() -> None:
    given: list[Any] = []

    async def app(*arguments: Any) -> None:
        given.extend(arguments)

    async def receive() -> Message:
        return {}

    async def send(_message: Message) -> None: ...

    socket = {"type": "websocket", "path": "/_event", "headers": []}
    asyncio.run(SlowClients(app)(socket, receive, send))
    assert given == [socket, receive, send]
