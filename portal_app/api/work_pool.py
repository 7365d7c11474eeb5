"""Threads of their own for work that takes long: few at once, others in order.

Such work must not take the threads that answer everybody else, and nobody waits
for it who has left.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from anyio import CancelScope, CapacityLimiter, create_task_group, to_thread
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from portal_app.kernel.errors import Unavailable

Result = TypeVar("Result")


class Busy(Unavailable):
    """So many wait already that one more would wait too long.

    Attributes:
        retry_after: The seconds after which to try again.
    """

    retry_after = 10

    def __init__(self) -> None:
        super().__init__(
            "Many people are asking for this just now. Please try again in a minute."
        )


class WorkPool:
    """Runs blocking functions, a few at a time.

    Args:
        at_once: How many run at the same time.
        waiting: How many may wait for their turn.
    """

    def __init__(self, at_once: int, waiting: int) -> None:
        self._limiter = CapacityLimiter(at_once)
        self._most = at_once + waiting
        self._here = 0

    async def run(self, function: Callable[..., Result], *arguments: object) -> Result:
        """Run a function in turn.

        Raises:
            Busy: If too many wait.
        """
        if self._here >= self._most:
            raise Busy
        self._here += 1
        try:
            return await to_thread.run_sync(
                partial(function, *arguments), limiter=self._limiter
            )
        finally:
            self._here -= 1

    async def run_for(
        self, receive: Receive, function: Callable[..., Result], *arguments: object
    ) -> Result:
        """Run a function in turn, unless the client leaves before.

        What runs already when the client leaves runs to its end.

        Args:
            receive: Of a request that has no body, or whose body was read.
            function: What to run.
            arguments: Of the function.

        Raises:
            Busy: If too many wait.
            ClientDisconnect: If the client left.
        """
        results: list[Result] = []
        errors: list[Exception] = []
        async with create_task_group() as group:
            group.start_soon(_cancel_when_gone, receive, group.cancel_scope)
            try:
                results.append(await self.run(function, *arguments))
            except Exception as error:
                errors.append(error)  # a group would wrap it
            group.cancel_scope.cancel()
        if errors:
            raise errors[0]
        if not results:
            raise ClientDisconnect
        return results[0]


async def _cancel_when_gone(receive: Receive, scope: CancelScope) -> None:
    # A request whose body nobody read yet has that first.
    for _ in range(2):
        message = await receive()
        if message["type"] == "http.disconnect":
            scope.cancel()
            return
