"""Every handler ends as one that did its work, whatever happened in it.

With Redis, Reflex throws away what a handler set before it raised, and sends none
of it: what ``finally`` put right is lost, and a button that was shown as busy stays
so. So nothing is raised out of a handler. What it raised becomes the event that says
so, the handler ends normally, and all that it set is stored and sent.
"""

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from functools import wraps
from typing import Any


def always_answered(fn: Callable[..., Any]) -> Callable[..., Any]:
    """A handler that answers with a message where the given one would raise.

    Args:
        fn: A function, a coroutine function, or a generator function of either kind.

    Returns:
        A handler of the same kind, but for errors.
    """
    if inspect.isasyncgenfunction(fn):

        @wraps(fn)
        async def async_steps(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            try:
                async with aclosing(fn(*args, **kwargs)) as steps:
                    async for step in steps:
                        yield step
            except Exception as error:
                yield _answer(error)

        return async_steps

    if inspect.iscoroutinefunction(fn):

        @wraps(fn)
        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            try:
                return await fn(*args, **kwargs)
            except Exception as error:
                return _answer(error)

        return coroutine

    if inspect.isgeneratorfunction(fn):

        @wraps(fn)
        def steps(*args: Any, **kwargs: Any) -> Iterator[Any]:
            try:
                return (yield from fn(*args, **kwargs))
            except Exception as error:
                return _answer(error)

        return steps

    @wraps(fn)
    def function(*args: Any, **kwargs: Any) -> Any:
        try:
            return fn(*args, **kwargs)
        except Exception as error:
            return _answer(error)

    return function


def _answer(error: Exception) -> Any:
    # The message is a handler itself, so it cannot be imported before this module.
    from portal_app.state.core import error_handlers  # noqa: PLC0415

    return error_handlers.answer_exception(error)
