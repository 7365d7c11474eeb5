"""Whether what the portal needs answers now, asked at most once every few seconds.

However many ask, each part is asked by one thread at a time: one that hangs keeps
that thread and no other, and counts as away meanwhile.
"""

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import redis
import structlog
from sqlalchemy import text
from sqlmodel import Session

from portal_app.kernel.db import Database
from portal_app.settings import Settings

log = structlog.get_logger("health")

DATABASE, REDIS, FILES = "database", "redis", "files"
_ANSWERING = frozenset({DATABASE, REDIS})
_KEPT_SECONDS = 2.0
_PATIENCE_SECONDS = 5.0
_REDIS_SECONDS = 2
_LEAST_FREE_BYTES = 32 * 1024 * 1024

Probe = Callable[[], None]
"""Returns if a part can be used, and raises whatever it likes if not."""


class NotWritable(Exception):
    """A folder in which nothing can be stored; the message says why."""


class Readiness:
    """Asks the parts, and remembers for a moment what they said.

    Args:
        probes: By the name of the part.
        clock: Seconds that only grow.
        patience: How many seconds a part is waited for.
    """

    def __init__(
        self,
        probes: Mapping[str, Probe],
        clock: Callable[[], float] = time.monotonic,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        self._probes = dict(probes)
        self._clock = clock
        self._patience = patience
        self._threads = {
            name: ThreadPoolExecutor(1, thread_name_prefix=f"ready-{name}")
            for name in probes
        }
        self._running: dict[str, asyncio.Future[None]] = {}
        self._known: tuple[float, frozenset[str]] | None = None
        self._asking: asyncio.Task[frozenset[str]] | None = None

    async def away(self, *, anew: bool = False) -> frozenset[str]:
        """The names of the parts that cannot be used now.

        Args:
            anew: Whether something just failed, so that what is known may be wrong.
        """
        if not anew and self._known and self._clock() - self._known[0] < _KEPT_SECONDS:
            return self._known[1]
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_all())
        return await asyncio.shield(self._asking)

    async def is_answering(self) -> bool:
        """Whether pages and clicks can be answered at all."""
        return not (await self.away() & _ANSWERING)

    async def is_answering_again(self) -> bool:
        """As ``is_answering``, asked anew by somebody who got no answer."""
        return not (await self.away(anew=True) & _ANSWERING)

    async def _ask_all(self) -> frozenset[str]:
        names = list(self._probes)
        usable = await asyncio.gather(*(self._ask(name) for name in names))
        found = frozenset(n for n, ok in zip(names, usable, strict=True) if not ok)
        self._known = (self._clock(), found)
        return found

    async def _ask(self, name: str) -> bool:
        running = self._running.get(name)
        if running is None or running.done():
            loop = asyncio.get_running_loop()
            running = loop.run_in_executor(self._threads[name], self._probes[name])
            running.add_done_callback(_take_outcome)
            self._running[name] = running
        try:
            await asyncio.wait_for(asyncio.shield(running), self._patience)
        except TimeoutError:
            log.warning("a part does not answer", part=name, reason="too slow")
            return False
        except Exception as error:
            log.warning("a part does not answer", part=name, exc_info=error)
            return False
        return True


def portal_readiness(database: Database, settings: Settings) -> Readiness:
    """The parts this portal needs: its database, Redis if used, room for files."""
    folders = [
        folder
        for folder in (
            settings.files_folder,
            Path(database.engine.url.database or ".").parent
            if database.is_sqlite
            else None,
        )
        if folder is not None
    ]

    def files() -> None:
        for folder in folders:
            check_writable(folder)

    probes: dict[str, Probe] = {
        DATABASE: lambda: database.query(_ping),
        FILES: files,
    }
    if settings.redis_url:
        client = redis.Redis.from_url(
            settings.redis_url,
            socket_timeout=_REDIS_SECONDS,
            socket_connect_timeout=_REDIS_SECONDS,
        )
        probes[REDIS] = lambda: _ping_redis(client)
    return Readiness(probes)


def check_writable(folder: Path) -> None:
    """See without writing whether files can be stored in a folder, or one above it.

    Raises:
        NotWritable: If it is read-only or nearly full.
    """
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent  # it is made when the first file comes
    disk = os.statvfs(folder)
    if disk.f_flag & os.ST_RDONLY or not os.access(folder, os.W_OK | os.X_OK):
        raise NotWritable("read-only")
    if disk.f_bavail * disk.f_frsize < _LEAST_FREE_BYTES:
        raise NotWritable("full")


def _ping(tx: Session) -> None:
    tx.execute(text("SELECT 1"))


def _ping_redis(client: redis.Redis) -> None:
    client.ping()


def _take_outcome(future: asyncio.Future[None]) -> None:
    """Look at an error that nobody may wait for any more."""
    if not future.cancelled():
        future.exception()
