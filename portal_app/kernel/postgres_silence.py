"""PostgreSQL that has stopped answering without closing its connections.

The server ends a statement that takes too long, and the network notices a host
that is gone. A server that hangs does neither: its machine goes on acknowledging,
and whoever waits would wait for ever.
"""

from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Engine, event

R = TypeVar("R")


def end_silence_after(engine: Engine, seconds: float) -> None:
    """Let the connections of an engine give up on a server that says nothing.

    A connection that was given up is closed, and replaced when it is needed next.

    Args:
        engine: Of a PostgreSQL database.
        seconds: How long one exchange may take, such as a statement or a commit;
            longer than the server itself lets a statement take.
    """

    class Connection(psycopg.Connection[Any]):
        """A connection whose every exchange has an end."""

        def wait(
            self, gen: Any, interval: float = 0.1, timeout: float | None = None
        ) -> Any:
            """As its parent; without an answer an ``OperationalError``."""
            if timeout is not None:
                return super().wait(gen, interval, timeout)
            deadline = monotonic() + seconds
            try:
                return super().wait(gen, interval, seconds)
            except psycopg.OperationalError:
                # Earlier it is what the server says. The timeout itself has a name
                # that psycopg keeps to itself.
                if monotonic() < deadline:
                    raise
                self.pgconn.finish()
                silence = f"no answer within {seconds:g} seconds"
                raise psycopg.OperationalError(silence) from None

    event.listen(engine, "do_connect", _connecting(Connection.connect))


def _connecting(connect: Callable[..., R]) -> Callable[..., R]:
    def do_connect(_dialect: Any, _record: Any, args: Any, options: Any) -> R:
        return connect(*args, **options)

    return do_connect
