"""Of many files at the same time few are read, and the others wait in order."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from portal_app.api import uploads as upload_api
from portal_app.api.uploads import upload_routes
from portal_app.domain.files.protocols import ReencodedImage, TooCostlyImage
from portal_app.integrations.storage import FsspecStorage
from portal_app.kernel.db import Database
from portal_app.settings import Settings
from tests.support.accounts import set_up_business
from tests.support.asgi import ORIGIN
from tests.support.people import new_customer, session_cookie
from tests.support.pictures import picture
from tests.support.uploads import snapshot_without_attempts

BUSY = (
    b'{"message":"Many files are being read just now. Please try again in a minute."}'
)
COSTLY = (
    b'{"message":"This picture takes too much memory or time to read. '
    b'Please choose a smaller one, or save it as a JPEG."}'
)


class HeldImages:
    """Draws pictures when a test lets it."""

    def __init__(self) -> None:
        self.may_draw = threading.Event()
        self.costly = False
        self.begun = self.drawing = self.most_at_once = 0
        self._lock = threading.Lock()

    def reencode(self, *_: Any, **__: Any) -> ReencodedImage:
        with self._lock:
            self.begun += 1
            self.drawing += 1
            self.most_at_once = max(self.most_at_once, self.drawing)
        assert self.may_draw.wait(60)
        with self._lock:
            self.drawing -= 1
        if self.costly:
            raise TooCostlyImage
        return ReencodedImage("image/webp", 1, 1, b"drawn", {128: b"small"})


class Sender:
    """A browser that sends a picture, and may leave while it waits."""

    def __init__(self, cookie: str) -> None:
        self.left = asyncio.Event()
        self.answers: list[dict[str, Any]] = []
        head = (
            b'--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n'
        )
        self._body: bytes | None = head + picture() + b"\r\n--x--\r\n"
        self.scope = {
            "type": "http",
            "method": "POST",
            "path": "/api/uploads",
            "query_string": b"purpose=picture",
            "headers": [
                (b"origin", ORIGIN.encode()),
                (b"cookie", cookie.encode()),
                (b"content-type", b"multipart/form-data; boundary=x"),
            ],
            "client": ("127.0.0.1", 1),
        }

    async def receive(self) -> dict[str, Any]:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.answers.append(message)

    @property
    def status(self) -> int:
        return int(self.answers[0]["status"])


class Scene:
    def __init__(self, db: Database, folder: Path) -> None:
        settings = Settings(_env_file=None, port=3000)
        self.db, self.folder, self.images = db, folder, HeldImages()
        storage = FsspecStorage(str(folder))
        self.app = Starlette(
            routes=[*upload_routes(db, settings, storage, self.images)]
        )

    def sender(self) -> Sender:
        return Sender(session_cookie(self.db, new_customer(self.db)))

    def start(self, sender: Sender) -> "asyncio.Task[None]":
        return asyncio.create_task(
            self.app(sender.scope, sender.receive, sender.send)  # type: ignore[arg-type]
        )

    def stored(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]


@pytest.fixture
def scene(sqlite_db: Database, tmp_path: Path, hashing: object) -> Scene:
    set_up_business(sqlite_db)
    return Scene(sqlite_db, tmp_path / "files")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0)


def test_two_pictures_are_drawn_at_once_and_who_left_is_left_out(scene: Scene) -> None:
    senders = [scene.sender() for _ in range(6)]

    async def play() -> None:
        tasks = [scene.start(sender) for sender in senders]
        await until(lambda: scene.images.begun == 2)
        leaving = [sender for sender in senders if not sender.answers][-2:]
        for sender in leaving:
            sender.left.set()
        await until(lambda: sum(task.done() for task in tasks) >= 1)
        scene.images.may_draw.set()
        await asyncio.gather(*tasks)

    asyncio.run(play())
    statuses = [sender.status for sender in senders]
    assert scene.images.most_at_once == 2
    # Who left in the middle of drawing may still have been served.
    assert statuses.count(201) == scene.images.begun
    assert statuses.count(400) == 6 - scene.images.begun >= 1
    assert len(scene.stored()) == 2 * scene.images.begun


def test_beyond_a_bound_nobody_waits(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_api, "_WAITING", 1)
    crowded = Scene(scene.db, scene.folder)
    senders = [scene.sender() for _ in range(4)]
    before = snapshot_without_attempts(scene.db)

    async def play() -> None:
        tasks = [crowded.start(sender) for sender in senders]
        await until(lambda: sum(task.done() for task in tasks) == 1)
        [refused] = [sender for sender in senders if sender.answers]
        assert (refused.status, refused.answers[1]["body"]) == (503, BUSY)
        assert (b"retry-after", b"10") in refused.answers[0]["headers"]
        assert (snapshot_without_attempts(scene.db), scene.stored()) == (before, [])
        crowded.images.may_draw.set()
        await asyncio.gather(*tasks)
        assert sorted(sender.status for sender in senders) == [201, 201, 201, 503]

    asyncio.run(play())


def test_a_picture_that_takes_too_much_is_refused_in_words(scene: Scene) -> None:
    before = snapshot_without_attempts(scene.db)
    scene.images.costly = True
    scene.images.may_draw.set()

    async def play() -> None:
        sender = scene.sender()
        before.update(snapshot_without_attempts(scene.db))
        await scene.start(sender)
        assert (sender.status, sender.answers[1]["body"]) == (422, COSTLY)

    asyncio.run(play())
    assert (snapshot_without_attempts(scene.db), scene.stored()) == (before, [])
