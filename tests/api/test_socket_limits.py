"""Sockets of one address: so many at once, and others are not concerned."""

import asyncio

from starlette.types import Message, Receive, Scope, Send

from portal_app.api.socket_limits import SOCKETS_PER_ADDRESS, SocketLimits
from portal_app.settings import Settings

_TENTH = Settings(event_allowance=0.1, trusted_proxy_hops=1)
_MOST = SOCKETS_PER_ADDRESS // 10


class _Portal:
    """What is behind: every socket stays open until it is let go."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.end = asyncio.Event()

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        self.seen.append(scope["type"])
        if scope["type"] == "websocket":
            await self.end.wait()


async def _ask(limits: SocketLimits, kind: str, address: str) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": f"{kind}.connect"}

    forwarded = [(b"x-forwarded-for", f"6.6.6.6, {address}".encode())]
    await limits({"type": kind, "headers": forwarded}, receive, send)
    return sent


def test_an_address_has_so_many_sockets_and_no_more() -> None:
    async def play() -> None:
        portal = _Portal()
        limits = SocketLimits(portal, _TENTH)
        held = [
            asyncio.create_task(_ask(limits, "websocket", "203.0.113.7"))
            for _ in range(_MOST)
        ]
        await asyncio.sleep(0)
        assert len(portal.seen) == _MOST
        refused = await _ask(limits, "websocket", "203.0.113.7")
        assert refused == [{"type": "websocket.close", "code": 1013}]
        assert len(portal.seen) == _MOST
        # Requests are not counted, nor are the sockets of others.
        await _ask(limits, "http", "203.0.113.7")
        other = asyncio.create_task(_ask(limits, "websocket", "203.0.113.8"))
        await asyncio.sleep(0)
        assert portal.seen[_MOST:] == ["http", "websocket"]
        portal.end.set()
        assert await asyncio.gather(other, *held) == [[]] * (_MOST + 1)
        assert await _ask(limits, "websocket", "203.0.113.7") == []
        assert not limits._open

    asyncio.run(play())
