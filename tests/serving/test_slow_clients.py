"""Clients that are slow on purpose, against the real server with short deadlines."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.ports import free_port
from tests.support.processes import end

ROOT = Path(__file__).resolve().parents[2]
HEADERS = b"POST /count HTTP/1.1\r\nhost: localhost\r\n"
SLOW = {
    "says nothing": b"",
    "half a request": b"POST /co",
    "half of the headers": HEADERS,
    "half of the body": HEADERS + b"content-length: 9\r\n\r\nabc",
    "half of the pieces": HEADERS + b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
    "nothing after an answer": HEADERS + b"content-length: 3\r\n\r\nabc",
}
ENDED = b"GET /ended HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
EACH = 10
LATE = b"HTTP/1.1 408 "
PATIENCE_SECONDS = 30


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    number = free_port()
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.slow_client_server", str(number)],
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield number
    finally:
        end(process, signal.SIGINT)


async def connected(
    port: int,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection, as soon as the server listens."""
    while True:
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)  # what starts is another process


async def all_of_it(port: int, sent: bytes) -> bytes:
    """What a client gets until the server closes the connection."""
    reader, writer = await connected(port)
    writer.write(sent)
    got = await reader.read()
    writer.close()
    return got


async def body_of(port: int, sent: bytes) -> bytes:
    return (await all_of_it(port, sent)).rpartition(b"\r\n")[2]


async def honest(port: int) -> bytes:
    request = HEADERS + b"content-length: 3\r\nconnection: close\r\n\r\nabc"
    return await body_of(port, request)


def test_sixty_slow_clients_are_closed_and_others_are_answered(port: int) -> None:
    async def play() -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await honest(port) == b"3"
            slow = {
                asyncio.create_task(all_of_it(port, sent)): name
                for name, sent in SLOW.items()
                for _ in range(EACH)
            }
            answered = 0
            while not all(task.done() for task in slow):
                assert await honest(port) == b"3"
                answered += 1
            got = {
                name: [
                    task.result()[: len(LATE)]
                    for task, its in slow.items()
                    if its == name
                ]
                for name in SLOW
            }
        assert answered > 1
        assert got == {
            "says nothing": [b""] * EACH,
            "half a request": [b""] * EACH,
            "half of the headers": [b""] * EACH,
            "half of the body": [LATE] * EACH,
            "half of the pieces": [LATE] * EACH,
            "nothing after an answer": [b"HTTP/1.1 200 "] * EACH,
        }

    asyncio.run(play())


def test_an_answer_that_nobody_reads_is_closed(port: int) -> None:
    async def play() -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await connected(port)
            writer.write(b"GET /flood HTTP/1.1\r\nhost: localhost\r\n\r\n")
            assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            while await body_of(port, ENDED) != b"1":
                assert await honest(port) == b"3"
            # What was on its way comes, and then the end.
            writer.transport.resume_reading()  # type: ignore[attr-defined]
            while await reader.read(1_000_000):
                pass

    asyncio.run(play())
