"""Run domain calls off the event loop.

A handler that blocks, blocks every client of the worker; domain functions are
synchronous and run in threads, in the caller's context (the actor, the request
id). The pool is larger than Python's default because its threads mostly wait
for the database.

What needs the processor for long has pools of its own, each with two threads and
a short queue: whoever finds it full, or waits in it for too long, is told so.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from portal_app.domain import wiring
from portal_app.kernel.db import Database
from portal_app.kernel.errors import LOOKING_ONLY, DomainError
from portal_app.state.core.access import actor

P = ParamSpec("P")
R = TypeVar("R")

_THREADS = 32
_executor = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="domain")


class TooBusy(DomainError):
    """There is no room for more expensive work, or it waited for too long."""

    def __init__(self) -> None:
        super().__init__("We are very busy. Please try again in a moment.")


class LookingOnly(DomainError):
    """Somebody of the office looks as a customer, and would have changed something."""

    def __init__(self) -> None:
        super().__init__(LOOKING_ONLY)


class BoundedPool:
    """Threads for expensive work, of which only so much may wait, and so long.

    Args:
        name: Of its threads.
        threads: How much is done at once.
        waiting: How much may wait besides.
        seconds: How long it may wait to begin.
    """

    def __init__(
        self, name: str, threads: int = 2, waiting: int = 16, seconds: float = 8
    ) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._most = threads + waiting
        self._seconds = seconds
        self._jobs: set[Future[Any]] = set()

    async def run(self, fn: Callable[[], R]) -> R:
        """Do it in one of the threads.

        Raises:
            TooBusy: If it was not begun; what has begun is waited for.
        """
        if len(self._jobs) >= self._most:
            raise TooBusy
        job = self._executor.submit(contextvars.copy_context().run, fn)
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)
        waiter = asyncio.wrap_future(job)
        await asyncio.wait({waiter}, timeout=self._seconds)
        if job.cancel():
            raise TooBusy
        return await waiter


_hashing = BoundedPool("hashing")
_computing = BoundedPool("computing")


def _current() -> Database:
    database = wiring.current().database
    if database is None:
        raise RuntimeError("the composition root has not said which database to use")
    return database


async def _in_thread(fn: Callable[[], R]) -> R:
    context = contextvars.copy_context()
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_executor, context.run, fn)


async def call(
    fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Carry out an intention in one write transaction, in a thread.

    Raises:
        LookingOnly: If whoever acts only looks as somebody.
    """
    _require_acting()
    return await _in_thread(lambda: _current().call(fn, *args, **kwargs))


async def call_while_looking(
    fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """As ``call``, also for whoever only looks: for what ends just that."""
    return await _in_thread(lambda: _current().call(fn, *args, **kwargs))


def _require_acting() -> None:
    """Refuse what could write while somebody only looks; reading is ``query``."""
    if actor().looking:
        raise LookingOnly


async def query(
    fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Ask a question in one reading session, in a thread."""
    return await _in_thread(lambda: _current().query(fn, *args, **kwargs))


async def run_in_thread(
    fn: Callable[Concatenate[Database, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Carry out an intention that manages its own transactions, in a thread.

    Raises:
        LookingOnly: If whoever acts only looks as somebody.
    """
    _require_acting()
    return await _in_thread(lambda: fn(_current(), *args, **kwargs))


async def run_hashing(
    fn: Callable[Concatenate[Database, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """As ``run_in_thread``, for what hashes or compares a password.

    Raises:
        LookingOnly: If whoever acts only looks as somebody.
        TooBusy: If too many do.
    """
    _require_acting()
    return await _hashing.run(lambda: fn(_current(), *args, **kwargs))


async def compute(fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Compute what takes long and needs no database.

    Raises:
        TooBusy: If too many do.
    """
    return await _computing.run(lambda: fn(*args, **kwargs))
