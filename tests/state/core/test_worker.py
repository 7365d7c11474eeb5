"""The pools for expensive work: few at once, a short queue, a limit of time."""

import asyncio
from threading import Event, current_thread
from typing import Any

import pytest

from portal_app.state.core import worker
from portal_app.state.core.worker import BoundedPool, TooBusy

BUSY = "We are very busy. Please try again in a moment."


async def _outcomes(*jobs: Any) -> list[Any]:
    found = await asyncio.gather(*jobs, return_exceptions=True)
    return [one.message if isinstance(one, TooBusy) else one for one in found]


def test_only_so_much_waits_and_the_rest_is_told() -> None:
    pool, go_on = BoundedPool("test", threads=2, waiting=3), Event()

    def work() -> str:
        assert go_on.wait(20)
        return current_thread().name.rpartition("_")[0]

    async def run() -> list[Any]:
        taken = [asyncio.ensure_future(pool.run(work)) for _ in range(5)]
        await asyncio.sleep(0)
        refused = await _outcomes(*[pool.run(work) for _ in range(20)])
        go_on.set()
        return [*await _outcomes(*taken), *refused]

    assert asyncio.run(run()) == ["test"] * 5 + [BUSY] * 20
    # All have left, so there is room again.
    assert asyncio.run(pool.run(work)) == "test"


def test_what_waits_for_too_long_is_never_begun() -> None:
    pool, go_on, begun = BoundedPool("test", 1, waiting=5, seconds=0.01), Event(), []

    def work(name: str) -> str:
        begun.append(name)
        assert go_on.wait(20)
        return name

    async def run() -> list[Any]:
        first = asyncio.ensure_future(pool.run(lambda: work("first")))
        second = await _outcomes(pool.run(lambda: work("second")))
        go_on.set()
        return [await first, *second]

    # What has begun is waited for, however long it takes.
    assert asyncio.run(run()) == ["first", BUSY]
    assert begun == ["first"]


def test_what_goes_wrong_is_raised() -> None:
    def wrong() -> None:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        asyncio.run(BoundedPool("test").run(wrong))


def test_computing_leaves_the_threads_of_the_domain_alone() -> None:
    found = asyncio.run(worker.compute(lambda: current_thread().name))
    assert found.startswith("computing")
