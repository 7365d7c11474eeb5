"""Doing many things at the same instant."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier
from typing import TypeVar

R = TypeVar("R")

BARRIER_TIMEOUT_SECONDS = 60
"""Seconds until a thread that waits for the others gives up."""


def run_concurrently(jobs: Sequence[Callable[[], R]]) -> list[R]:
    """Run every job in a thread of its own; none begins before all are there.

    Returns:
        What they returned, in order.
    """
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], R]) -> R:
        barrier.wait(BARRIER_TIMEOUT_SECONDS)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        # A thread starts with an empty context; it gets the test's clock.
        started = [pool.submit(copy_context().run, run, job) for job in jobs]
        return [future.result() for future in started]
