"""Run domain calls off the event loop.

A handler that blocks, blocks every client of the worker; domain functions are
synchronous and run in threads, in the caller's context (the actor, the request
id). The pool is larger than Python's default because its threads mostly wait
for the database.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from portal_app.domain import wiring
from portal_app.kernel.db import Database

P = ParamSpec("P")
R = TypeVar("R")

_THREADS = 32
_executor = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="domain")


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
    """Carry out an intention in one write transaction, in a thread."""
    return await _in_thread(lambda: _current().call(fn, *args, **kwargs))


async def query(
    fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Ask a question in one reading session, in a thread."""
    return await _in_thread(lambda: _current().query(fn, *args, **kwargs))


async def run_in_thread(
    fn: Callable[Concatenate[Database, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Carry out an intention that manages its own transactions, in a thread."""
    return await _in_thread(lambda: fn(_current(), *args, **kwargs))


async def compute(fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Compute what takes long and needs no database, in a thread."""
    return await _in_thread(lambda: fn(*args, **kwargs))
