"""Whether the portal can do its job: asked seldom, and never by a crowd of threads."""

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette

from portal_app.api import readiness
from portal_app.api.health import health_routes
from portal_app.api.readiness import (
    NotWritable,
    Readiness,
    check_writable,
    portal_readiness,
)
from portal_app.kernel.db import Database
from portal_app.settings import Settings
from tests.support.asgi import request


class Part:
    """Something the portal needs, which counts how often it is asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked = 0

    def __call__(self) -> None:
        self.asked += 1
        if self.error:
            raise self.error


def _health(parts: Readiness, path: str = "/api/health") -> tuple[int, object, str]:
    answer = request(Starlette(routes=health_routes(parts)), "GET", path)
    return answer.status_code, answer.json(), answer.headers.get("retry-after", "")


def test_ready_only_when_every_part_is() -> None:
    broken = Part(OSError("no"))
    assert _health(Readiness({"database": Part(), "files": Part()})) == (
        200,
        {"status": "ok"},
        "",
    )
    away = Readiness({"database": Part(), "redis": broken, "files": broken})
    assert _health(away) == (
        503,
        {"status": "unavailable", "away": ["files", "redis"]},
        "5",
    )
    assert _health(away, "/api/health/live") == (200, {"status": "ok"}, "")


def test_parts_are_asked_once_in_two_seconds_whoever_asks() -> None:
    part, now = Part(), [100.0]
    ready = Readiness({"database": part}, clock=lambda: now[0])

    async def many() -> None:
        await asyncio.gather(*(ready.away() for _ in range(50)))

    asyncio.run(many())
    now[0] = 101.9
    asyncio.run(many())
    assert part.asked == 1
    now[0] = 102.1
    part.error = OSError("gone")
    assert asyncio.run(ready.away()) == {"database"}
    assert part.asked == 2
    now[0] = 105.0
    part.error = None
    assert asyncio.run(ready.away()) == frozenset()


def test_whoever_got_no_answer_is_not_told_what_was_true_before() -> None:
    part = Part()
    ready = Readiness({"database": part}, clock=lambda: 0.0)
    assert asyncio.run(ready.is_answering())
    part.error = OSError("gone")
    assert asyncio.run(ready.is_answering())
    assert not asyncio.run(ready.is_answering_again())
    assert not asyncio.run(ready.is_answering())


def test_a_part_that_hangs_keeps_one_thread_and_counts_as_away() -> None:
    hung, now = threading.Event(), [0.0]
    started = []

    def hang() -> None:
        started.append(None)
        hung.wait(30)

    ready = Readiness({"database": hang}, clock=lambda: now[0], patience=0.05)

    async def asked_again_and_again() -> list[frozenset[str]]:
        found = []
        for _ in range(4):
            found.append(await ready.away())
            now[0] += 10
        hung.set()
        return found

    assert asyncio.run(asked_again_and_again()) == [{"database"}] * 4
    assert len(started) == 1


@pytest.mark.parametrize(
    ("away", "answering"),
    [("files", True), ("database", False), ("redis", False)],
)
def test_a_full_disk_closes_no_pages(away: str, answering: bool) -> None:
    ready = Readiness({away: Part(OSError("no"))})
    assert asyncio.run(ready.is_answering()) is answering


def _disk(flags: int = 0, free: int = 10**9) -> Callable[[object], object]:
    return lambda _folder: SimpleNamespace(f_flag=flags, f_bavail=free, f_frsize=1)


def test_a_folder_that_nothing_can_be_stored_in_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = tmp_path / "not" / "made" / "yet"
    check_writable(later)
    for disk, words in (
        (_disk(flags=os.ST_RDONLY), "read-only"),
        (_disk(free=1000), "full"),
    ):
        monkeypatch.setattr(readiness.os, "statvfs", disk)
        with pytest.raises(NotWritable, match=words):
            check_writable(later)
    assert list(tmp_path.iterdir()) == []


def test_the_portal_asks_for_what_it_uses(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(
        _env_file=None,
        storage_url=str(tmp_path / "files"),
        redis_url="redis://127.0.0.1:1/0",
    )
    assert asyncio.run(portal_readiness(sqlite_db, settings).away()) == {"redis"}
    alone = Settings(_env_file=None, storage_url=str(tmp_path / "files"))
    assert asyncio.run(portal_readiness(sqlite_db, alone).away()) == frozenset()
    monkeypatch.setattr(readiness.os, "statvfs", _disk(free=0))
    assert asyncio.run(portal_readiness(sqlite_db, alone).away()) == {"files"}
