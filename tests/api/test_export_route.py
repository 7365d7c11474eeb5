"""The route that sends one's own data: once each, few at a time, while it is taken."""

import asyncio
import io
import threading
import zipfile
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from portal_app.api.account_export import ONE_DOWNLOAD, export_routes
from portal_app.domain.files import attachments
from portal_app.domain.files.protocols import StorageUnavailable
from portal_app.domain.rate_limits import limiter
from portal_app.domain.rate_limits.limiter import LimitKey
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.settings import Settings
from tests.support.accounts import set_up_business
from tests.support.asgi import ORIGIN
from tests.support.people import actor_of, new_customer, session_cookie
from tests.support.uploads import MemoryStorage, upload_file

EXPORT = "/api/account/export.zip"
ON_ITS_WAY = (
    "Your data is on its way already. "
    "Please wait until that download has ended, then try again."
)
BUSY = "Many people are downloading their data just now. Please try again in a minute."
PIECE = b"\x89" * 100_000


class HeldStorage(MemoryStorage):
    """A storage that reads on only when a test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.pieces_read = self.waiting = 0
        self.away_after: int | None = None

    def read(self, _key: str) -> Iterator[bytes]:
        for _ in range(20):
            if self.pieces_read == self.away_after:
                raise StorageUnavailable
            with self._lock:
                self.waiting += 1
            assert self.may_go_on.wait(60)
            with self._lock:
                self.waiting -= 1
                self.pieces_read += 1
            yield PIECE


async def other_work(_request: Request) -> Response:
    """What all other routes do: a moment in one of the threads for everybody."""
    return PlainTextResponse(await run_in_threadpool(str, 1))


class Scene:
    """The route, and customers with a file each."""

    def __init__(self, db: Database) -> None:
        self.db, self.storage = db, HeldStorage()
        self.app, self.other_worker = self._worker(), self._worker()

    def _worker(self) -> Starlette:
        settings = Settings(_env_file=None, port=3000)
        routes = [
            *export_routes(self.db, settings, self.storage),
            Route("/other", other_work),
        ]
        return Starlette(routes=routes)

    def customer(self) -> str:
        cookie = session_cookie(self.db, new_customer(self.db))
        actor = actor_of(self.db, cookie)
        file = upload_file(self.db, actor, "document", shelf=self.storage)
        self.db.call(
            attachments.attach,
            actor,
            file.id,
            {"document"},
            customer_id=actor.customer_id,
        )
        return cookie

    async def ask(
        self, cookie: str, path: str = EXPORT, worker: Starlette | None = None
    ) -> httpx.Response:
        transport = httpx.ASGITransport(worker or self.app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            return await client.get(path, headers={"cookie": cookie})


@pytest.fixture
def scene(sqlite_db: Database, hashing: object) -> Scene:
    set_up_business(sqlite_db)
    return Scene(sqlite_db)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0)


def run(play: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(play())  # type: ignore[arg-type]


def test_what_is_compressed_is_not_compressed_again(scene: Scene) -> None:
    answer = asyncio.run(scene.ask(scene.customer()))
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "application/zip",
    )
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        data, file = archive.infolist()
        assert archive.testzip() is None
        assert archive.read(file) == PIECE * 20
    assert data.compress_size < data.file_size
    # Deflate's own bytes around what is merely stored.
    assert 0 < file.compress_size - file.file_size < 1000


def test_each_account_has_one_download_at_a_time(scene: Scene) -> None:
    cookie = scene.customer()

    async def play() -> None:
        scene.storage.may_go_on.clear()
        first = asyncio.create_task(scene.ask(cookie))
        await until(lambda: scene.storage.waiting == 1)
        refused = await asyncio.gather(*(scene.ask(cookie) for _ in range(44)))
        told = {
            (one.status_code, one.text, one.headers["retry-after"]) for one in refused
        }
        assert told == {(429, ON_ITS_WAY, "10")}
        assert scene.storage.pieces_read == 0
        scene.storage.may_go_on.set()
        assert (await first).status_code == 200
        assert (await scene.ask(cookie)).status_code == 200
        assert scene.storage.pieces_read == 40

    run(play)


def test_all_workers_together_send_an_account_one_download(scene: Scene) -> None:
    cookie, somebody_else = scene.customer(), scene.customer()

    async def play() -> None:
        scene.storage.may_go_on.clear()
        first = asyncio.create_task(scene.ask(cookie))
        await until(lambda: scene.storage.waiting == 1)
        for _ in range(2):  # a refusal does not end what is on its way
            refused = await scene.ask(cookie, worker=scene.other_worker)
            assert (refused.status_code, refused.text) == (429, ON_ITS_WAY)
        assert scene.storage.pieces_read == 0
        scene.storage.may_go_on.set()
        assert (await first).status_code == 200
        for who in (cookie, somebody_else):
            answer = await scene.ask(who, worker=scene.other_worker)
            assert answer.status_code == 200
        assert scene.storage.pieces_read == 60

    run(play)


def test_a_worker_that_died_locks_nobody_out_for_long(scene: Scene) -> None:
    cookie = scene.customer()
    account = actor_of(scene.db, cookie).account_id
    assert account is not None
    began = utc_now()
    with frozen(began):
        limiter.count_attempt(scene.db, LimitKey(ONE_DOWNLOAD, account))
    with frozen(began + timedelta(minutes=10) - timedelta(microseconds=1)):
        assert asyncio.run(scene.ask(cookie)).status_code == 429
    with frozen(began + timedelta(minutes=10)):
        assert asyncio.run(scene.ask(cookie)).status_code == 200
        assert asyncio.run(scene.ask(cookie)).status_code == 200


def test_many_downloads_leave_threads_for_everybody_else(scene: Scene) -> None:
    cookies = [scene.customer() for _ in range(9)]

    async def play() -> None:
        scene.storage.may_go_on.clear()
        waiting = [asyncio.create_task(scene.ask(cookie)) for cookie in cookies[:8]]
        await until(lambda: scene.storage.waiting == 2)
        ninth = await scene.ask(cookies[8])
        assert (ninth.status_code, ninth.text) == (503, BUSY)
        others = await asyncio.gather(*(scene.ask("", "/other") for _ in range(50)))
        assert {one.text for one in others} == {"1"}
        # Two of them are worked on, as before; the others wait their turn.
        assert scene.storage.waiting == 2
        assert scene.storage.pieces_read == 0
        scene.storage.may_go_on.set()
        answers = await asyncio.gather(*waiting)
        assert {one.status_code for one in answers} == {200}

    run(play)


class Reader:
    """A browser that takes some pieces of an answer and leaves."""

    def __init__(self, cookie: str, pieces: int) -> None:
        self._pieces = pieces
        self._left = asyncio.Event()
        self._asked = False
        self.taken: list[dict[str, Any]] = []
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": EXPORT,
            "query_string": b"",
            "headers": [(b"cookie", cookie.encode())],
            "client": ("127.0.0.1", 1),
        }

    async def receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.taken.append(message)
        if len(self.taken) > self._pieces:
            self._left.set()
            await asyncio.Event().wait()  # a server that nobody reads from


def test_a_browser_that_leaves_stops_its_download(scene: Scene) -> None:
    cookie = scene.customer()

    async def play() -> None:
        reader = Reader(cookie, pieces=3)
        await scene.app(reader.scope, reader.receive, reader.send)
        assert reader.taken[-1]["more_body"]
        # No more than one piece was read ahead.
        assert scene.storage.pieces_read <= 5
        assert (await scene.ask(cookie)).status_code == 200
        again = await scene.ask(cookie, worker=scene.other_worker)
        assert again.status_code == 200

    run(play)


def test_a_storage_that_is_away_is_told_before_the_download(scene: Scene) -> None:
    cookie = scene.customer()
    scene.storage.away_after = 0
    answer = asyncio.run(scene.ask(cookie))
    assert (answer.status_code, answer.text) == (503, StorageUnavailable().message)
    scene.storage.away_after = None
    assert asyncio.run(scene.ask(cookie)).status_code == 200


def test_half_a_download_does_not_look_like_a_whole_one(scene: Scene) -> None:
    cookie = scene.customer()
    scene.storage.away_after = 5

    async def play() -> None:
        reader = Reader(cookie, pieces=100)
        await scene.app(reader.scope, reader.receive, reader.send)
        assert reader.taken[-1]["more_body"]

    run(play)


def test_only_asking_for_the_headers_makes_nothing(scene: Scene) -> None:
    cookie = scene.customer()

    async def play() -> None:
        reader = Reader(cookie, pieces=100)
        scope = {**reader.scope, "method": "HEAD"}
        await scene.app(scope, reader.receive, reader.send)
        assert reader.taken[0]["status"] == 200
        assert not reader.taken[-1]["more_body"]
        assert scene.storage.pieces_read == 0

    run(play)
