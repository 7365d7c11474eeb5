"""Few at once, others in order, and nothing for who has left."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from portal_app.api.work_pool import Busy, WorkPool


class Work:
    """Blocking work that a test lets end, and that tells what ran."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.most_at_once = 0
        self._running = 0
        self._lock = threading.Lock()
        self.may_end = threading.Event()

    def run(self, number: int) -> int:
        with self._lock:
            self._running += 1
            self.begun.append(number)
            self.most_at_once = max(self.most_at_once, self._running)
        self.may_end.wait(60)
        with self._lock:
            self._running -= 1
        return number


class Client:
    """A client whose request has come, and who may leave."""

    def __init__(self) -> None:
        self.left = asyncio.Event()
        self._asked = False

    async def receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0)


def waiting_in(pool: WorkPool) -> int:
    return pool._limiter.statistics().tasks_waiting


def test_few_run_at_once_and_others_in_order() -> None:
    async def scene() -> tuple[list[int], list[int]]:
        work, pool = Work(), WorkPool(at_once=2, waiting=10)
        tasks = []
        for number in range(6):
            tasks.append(asyncio.create_task(pool.run(work.run, number)))
            await until(lambda: len(work.begun) + waiting_in(pool) == len(tasks))
        assert work.begun == [0, 1]
        work.may_end.set()
        results = await asyncio.gather(*tasks)
        assert work.most_at_once == 2
        return work.begun, results

    begun, results = asyncio.run(scene())
    assert sorted(begun[:2]) == [0, 1]
    assert results == list(range(6))
    assert sorted(begun[2:4]) == [2, 3]
    assert sorted(begun[4:]) == [4, 5]


def test_who_would_wait_too_long_is_told_so() -> None:
    async def scene() -> None:
        work, pool = Work(), WorkPool(at_once=1, waiting=1)
        first = asyncio.create_task(pool.run(work.run, 1))
        await until(lambda: work.begun == [1])
        second = asyncio.create_task(pool.run(work.run, 2))
        await until(lambda: waiting_in(pool) == 1)
        with pytest.raises(Busy):
            await pool.run(work.run, 3)
        work.may_end.set()
        assert await asyncio.gather(first, second) == [1, 2]
        assert work.begun == [1, 2]

    asyncio.run(scene())


def test_a_waiting_client_that_leaves_frees_its_place() -> None:
    async def scene() -> None:
        work, pool = Work(), WorkPool(at_once=1, waiting=1)
        first = asyncio.create_task(pool.run_for(Client().receive, work.run, 1))
        await until(lambda: work.begun == [1])
        leaving = Client()
        second = asyncio.create_task(pool.run_for(leaving.receive, work.run, 2))
        await until(lambda: waiting_in(pool) == 1)
        leaving.left.set()
        with pytest.raises(ClientDisconnect):
            await second
        third = asyncio.create_task(pool.run_for(Client().receive, work.run, 3))
        await until(lambda: waiting_in(pool) == 1)
        work.may_end.set()
        assert await asyncio.gather(first, third) == [1, 3]
        assert work.begun == [1, 3]

    asyncio.run(scene())


def test_what_runs_already_is_not_cut_off() -> None:
    async def scene() -> None:
        work, pool = Work(), WorkPool(at_once=1, waiting=1)
        client = Client()
        task = asyncio.create_task(pool.run_for(client.receive, work.run, 1))
        await until(lambda: work.begun == [1])
        client.left.set()
        work.may_end.set()
        assert await task == 1

    asyncio.run(scene())


def test_an_error_is_the_error_itself() -> None:
    def fail() -> None:
        raise LookupError("gone")

    async def scene() -> None:
        await WorkPool(at_once=1, waiting=1).run_for(Client().receive, fail)

    with pytest.raises(LookupError, match="gone"):
        asyncio.run(scene())
