"""Handing files in and reading them, by HTTP, honestly and otherwise."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from portal_app.api.files import file_routes
from portal_app.api.uploads import upload_routes
from portal_app.domain.files import attachments
from portal_app.domain.files.models import StoredFile
from portal_app.domain.files.protocols import StorageUnavailable
from portal_app.integrations.images import PillowImages
from portal_app.integrations.storage import FsspecStorage
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.ids import new_id
from portal_app.settings import Settings
from tests.support.accounts import set_up_business
from tests.support.asgi import ORIGIN, request
from tests.support.people import actor_of, new_customer, session_cookie
from tests.support.pictures import (
    HTML,
    PDF,
    RED,
    SVG,
    decode_picture,
    decompression_bomb,
    is_near_colour,
    picture,
    rotated_photo,
)
from tests.support.uploads import snapshot_without_attempts

MISSING = (404, "We could not find that file.")


@dataclass
class Browser:
    """What one signed-in browser can send."""

    app: Starlette
    database: Database
    folder: Path
    cookie: str

    def send(
        self,
        content: bytes,
        name: str = "a.jpg",
        purpose: str = "picture",
        **headers: str,
    ) -> Any:
        sent = {"origin": ORIGIN, "cookie": self.cookie} | headers
        return request(
            self.app,
            "POST",
            f"/api/uploads?purpose={purpose}",
            files={"file": (name, content, "image/jpeg")},
            headers=sent,
        )

    def get(self, url: str, **headers: str) -> Any:
        return request(self.app, "GET", url, headers={"cookie": self.cookie} | headers)

    def stored(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]


@pytest.fixture
def maya(sqlite_db: Database, tmp_path: Path, hashing: object) -> Browser:
    set_up_business(sqlite_db)
    settings = Settings(_env_file=None, port=3000)
    folder = tmp_path / "files"
    storage = FsspecStorage(str(folder))
    app = Starlette(
        routes=[
            *upload_routes(sqlite_db, settings, storage, PillowImages()),
            *file_routes(sqlite_db, settings, storage),
        ]
    )
    cookie = session_cookie(sqlite_db, new_customer(sqlite_db))
    return Browser(app, sqlite_db, folder, cookie)


@pytest.fixture
def noah(maya: Browser) -> Browser:
    cookie = session_cookie(maya.database, new_customer(maya.database))
    return Browser(maya.app, maya.database, maya.folder, cookie)


def keep(browser: Browser, file_id: str, kind: str = "picture") -> None:
    actor = actor_of(browser.database, browser.cookie)
    browser.database.call(
        attachments.attach, actor, file_id, {kind}, customer_id=actor.customer_id
    )


def test_a_storage_that_is_away_says_when_to_come_back(
    maya: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = maya.send(rotated_photo()).json()["url"]
    kept = maya.stored()

    def away(*_arguments: object) -> None:
        raise StorageUnavailable

    for method in ("read", "put"):
        monkeypatch.setattr(FsspecStorage, method, away)
    for answer in (maya.get(url), maya.send(rotated_photo())):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert maya.stored() == kept


def test_a_picture_comes_back_upright_small_and_bare(maya: Browser) -> None:
    answer = maya.send(rotated_photo(), "Rex am Strand.jpg")
    assert answer.status_code == 201
    said = answer.json()
    assert said == {
        "id": said["id"],
        "name": "Rex am Strand.jpg",
        "url": f"/api/files/{said['id']}",
        "thumbnail_url": f"/api/files/{said['id']}?size=128",
        "media_type": "image/webp",
        "size": said["size"],
    }
    full = maya.get(said["url"])
    assert (full.status_code, full.headers["content-type"]) == (200, "image/webp")
    assert decode_picture(full.content).size == (200, 300)
    assert b"Secret" not in full.content
    assert decode_picture(maya.get(said["thumbnail_url"]).content).size == (128, 128)


def test_what_the_camera_wrote_down_is_in_no_copy(maya: Browser) -> None:
    said = maya.send(rotated_photo(), "as-it-is.jpg").json()
    copies = {path.name: path.read_bytes() for path in maya.stored()}
    assert sorted(copies) == ["128", "512", "64", "full"]
    for content in copies.values():
        assert b"Secret" not in content
        image = decode_picture(content)
        assert dict(image.getexif()) == {}
        assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)
        # Upright: its top half is red.
        assert is_near_colour(
            image.getpixel((image.width // 2, image.height // 8)), RED
        )
    for size in ("", "?size=64", "?size=128", "?size=512"):
        served = maya.get(said["url"] + size).content
        assert served == copies[size.removeprefix("?size=") or "full"]


def test_what_is_served_is_private_and_never_runs(maya: Browser) -> None:
    url = maya.send(picture(), "Zoë.jpg").json()["url"]
    headers = maya.get(url).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "private, no-cache"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["content-disposition"] == (
        "inline; filename=\"Zo_.webp\"; filename*=UTF-8''Zo%C3%AB.webp"
    )
    pdf = maya.send(PDF, "a;x=.pdf", "document").json()["url"]
    answer = maya.get(pdf)
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"a;x=.pdf\"; filename*=UTF-8''a%3Bx%3D.pdf"
    )


def test_an_unchanged_file_is_not_sent_again_but_asked_for(
    maya: Browser, noah: Browser
) -> None:
    url = maya.send(picture()).json()["url"]
    etag = maya.get(url).headers["etag"]
    again = maya.get(url, **{"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert noah.get(url, **{"if-none-match": etag}).status_code == 404
    assert maya.get(f"{url}?size=64", **{"if-none-match": etag}).status_code == 200


@pytest.mark.parametrize(
    "query", ["?size=0", "?size=-1", "?size=abc", "?size=99999999", "?size=²", "?size="]
)
def test_invalid_sizes_are_ignored(maya: Browser, query: str) -> None:
    url = maya.send(picture()).json()["url"]
    assert maya.get(url + query).status_code == 200


def test_a_file_of_another_customer_is_not_found(maya: Browser, noah: Browser) -> None:
    url = maya.send(picture()).json()["url"]
    keep(maya, url.rpartition("/")[2])
    assert maya.get(url).status_code == 200
    stranger = Browser(maya.app, maya.database, maya.folder, "")
    expired = Browser(maya.app, maya.database, maya.folder, "portal=gone")
    answers = [
        noah.get(url),
        noah.get(f"/api/files/{new_id()}"),
        noah.get("/api/files/..%2f..%2fetc%2fpasswd"),
        noah.get("/api/files/x%00"),
        stranger.get(url),
        expired.get(url),
    ]
    assert {(answer.status_code, answer.text) for answer in answers[:2]} == {MISSING}
    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].headers == answers[1].headers == answers[4].headers
    small = {
        (answer.status_code, answer.text, answer.headers["content-type"])
        for somebody in (noah, stranger)
        for size in ("", "?size=64", "?size=512")
        for file in (url, f"/api/files/{new_id()}")
        for answer in [somebody.get(file + size)]
    }
    assert small == {(*MISSING, "text/plain; charset=utf-8")}


@pytest.mark.parametrize(
    ("content", "how", "status", "message"),
    [
        (
            HTML,
            ("a.jpg", "picture"),
            422,
            "We cannot take this file. "
            "Please choose a JPEG, PNG, WebP or HEIC picture.",
        ),
        (
            SVG,
            ("a.svg", "picture"),
            422,
            "We cannot take this file. "
            "Please choose a JPEG, PNG, WebP or HEIC picture.",
        ),
        (
            b"",
            ("a.jpg", "picture"),
            422,
            "This file is empty. Please choose another one.",
        ),
        (picture(), ("a.jpg", ""), 422, "Files are not taken for this."),
        (picture(), ("a.jpg", "../x"), 422, "Files are not taken for this."),
        (
            picture() + b"\0" * 10_100_000,
            ("a.jpg", "picture"),
            413,
            "This file is larger than 10 MB. Please choose a smaller one.",
        ),
    ],
)
def test_a_refusal_is_in_words_and_leaves_nothing(
    maya: Browser, content: bytes, how: tuple[str, str], status: int, message: str
) -> None:
    before = snapshot_without_attempts(maya.database)
    answer = maya.send(content, *how)
    assert (answer.status_code, answer.json()) == (status, {"message": message})
    assert (snapshot_without_attempts(maya.database), maya.stored()) == (before, [])


TAKEN = "We cannot take this file. Please choose a JPEG, PNG, WebP or HEIC picture."
LARGE = "This file is larger than 10 MB. Please choose a smaller one."
PIXELS = "This picture has more than 65 million pixels. Please choose a smaller one."
BROKEN = "This picture cannot be read; it may be damaged. Please choose another one."
EMPTY = "This file is empty. Please choose another one."


@pytest.mark.parametrize(
    ("name", "content", "message", "status"),
    [
        ("picture.jpg", SVG, TAKEN, 422),
        ("page.jpg", HTML, TAKEN, 422),
        ("large.jpg", picture() + bytes(50_000_000), LARGE, 413),
        ("bomb.png", decompression_bomb(), PIXELS, 422),
        ("half.jpg", picture(size=(900, 600))[:4000], BROKEN, 422),
        ("half.heic", picture("HEIF")[:300], BROKEN, 422),
        ("nothing.jpg", b"", EMPTY, 422),
        ("moving.gif", picture("GIF"), TAKEN, 422),
        ("moving.jpg", picture("GIF"), TAKEN, 422),
        ("scan.tiff", picture("TIFF"), TAKEN, 422),
        ("paper.pdf", PDF, TAKEN, 422),
    ],
)
def test_no_kind_of_wrong_picture_gets_in(
    maya: Browser, name: str, content: bytes, message: str, status: int
) -> None:
    before = snapshot_without_attempts(maya.database)
    answer = maya.send(content, name)
    assert (answer.status_code, answer.json()) == (status, {"message": message})
    assert (snapshot_without_attempts(maya.database), maya.stored()) == (before, [])


def test_who_handed_in_too_much_is_told_so(maya: Browser) -> None:
    first = maya.send(picture()).json()["id"]
    with maya.database.write() as tx:
        row = tx.get_one(StoredFile, first)
        for _ in range(60):
            unused = row.model_dump() | {"id": new_id(), "created_at": utc_now()}
            tx.add(StoredFile(**unused))
    before = (snapshot_without_attempts(maya.database), maya.stored())
    answer = maya.send(picture())
    assert (answer.status_code, answer.json()) == (
        409,
        {
            "message": "You have handed in many files that are not used yet. "
            "Please save what you have begun, or try again later."
        },
    )
    assert (snapshot_without_attempts(maya.database), maya.stored()) == before


def test_a_picture_that_is_a_script_as_well_is_only_a_picture_afterwards(
    maya: Browser,
) -> None:
    answer = maya.send(picture("JPEG", comment=b"<?php evil ?>") + HTML)
    served = maya.get(answer.json()["url"])
    assert b"evil" not in served.content
    assert b"script" not in served.content


def test_names_never_become_paths(maya: Browser, tmp_path: Path) -> None:
    answer = maya.send(picture(), "../../../../tmp/evil.jpg")
    assert answer.json()["name"] == "evil.jpg"
    for path in maya.stored():
        assert maya.folder in path.resolve().parents
        assert "evil" not in str(path.relative_to(maya.folder))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"cookie": ""}, 401),
        ({"cookie": "portal=forged"}, 401),
    ],
)
def test_only_signed_in_people_on_our_pages_upload(
    maya: Browser, headers: dict[str, str], status: int
) -> None:
    before = snapshot_without_attempts(maya.database)
    answer = maya.send(picture(), **headers)
    assert answer.status_code == status
    assert (snapshot_without_attempts(maya.database), maya.stored()) == (before, [])


def test_an_upload_without_origin_is_refused(maya: Browser) -> None:
    answer = request(
        maya.app,
        "POST",
        "/api/uploads?purpose=picture",
        files={"file": ("a.jpg", picture())},
        headers={"cookie": maya.cookie},
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"garbage", "multipart/form-data; boundary=x"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
        (b"a=1", "application/x-www-form-urlencoded"),
    ],
)
def test_a_broken_form_is_refused(maya: Browser, body: bytes, kind: str) -> None:
    answer = request(
        maya.app,
        "POST",
        "/api/uploads?purpose=picture",
        content=body,
        headers={"origin": ORIGIN, "cookie": maya.cookie, "content-type": kind},
    )
    assert answer.status_code in {400, 422}
    assert answer.json()["message"] in {
        "The file did not arrive whole. Please try again.",
        "Please choose a file.",
    }
    assert maya.stored() == []


def test_two_files_at_once_are_refused(maya: Browser) -> None:
    answer = request(
        maya.app,
        "POST",
        "/api/uploads?purpose=picture",
        files=[("file", ("a.jpg", picture())), ("file", ("b.jpg", picture()))],
        headers={"origin": ORIGIN, "cookie": maya.cookie},
    )
    assert answer.status_code == 400
    assert maya.stored() == []


class Flood:
    """A client that sends 50 MB without saying how much is to come."""

    piece = b"\0" * 64 * 1024

    def __init__(self, declared: int | None = None) -> None:
        self.sent = 0
        self.declared = declared
        self.answers: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        head = b""
        if self.sent == 0:
            head = (
                b'--x\r\ncontent-disposition: form-data; name="file"; '
                b'filename="a.jpg"\r\n\r\n\xff\xd8\xff'
            )
        self.sent += len(self.piece)
        more = self.sent < 50_000_000
        return {"type": "http.request", "body": head + self.piece, "more_body": more}

    async def send(self, message: dict[str, Any]) -> None:
        self.answers.append(message)

    def run(self, browser: Browser) -> None:
        asyncio.run(self.send_by(browser))

    async def send_by(self, browser: Browser) -> None:
        headers = [
            (b"origin", ORIGIN.encode()),
            (b"cookie", browser.cookie.encode()),
            (b"content-type", b"multipart/form-data; boundary=x"),
        ]
        if self.declared is not None:
            headers.append((b"content-length", str(self.declared).encode()))
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/api/uploads",
            "query_string": b"purpose=picture",
            "headers": headers,
            "client": ("127.0.0.1", 1),
        }
        await browser.app(scope, self.receive, self.send)


def test_an_oversized_upload_is_cut_off_while_streaming(maya: Browser) -> None:
    before = snapshot_without_attempts(maya.database)
    flood = Flood()
    flood.run(maya)
    start = flood.answers[0]
    assert start["status"] == 413
    assert (b"connection", b"close") in start["headers"]
    assert 10_000_000 < flood.sent < 10_000_000 + 3 * len(Flood.piece)
    assert (snapshot_without_attempts(maya.database), maya.stored()) == (before, [])


def test_a_declared_oversized_upload_is_not_read(maya: Browser) -> None:
    flood = Flood(declared=50_000_000)
    flood.run(maya)
    assert flood.answers[0]["status"] == 413
    assert flood.sent == 0


def test_an_understated_upload_is_cut_off(maya: Browser) -> None:
    flood = Flood(declared=1000)
    flood.run(maya)
    assert flood.answers[0]["status"] == 413
    assert flood.sent < 10_000_000 + 3 * len(Flood.piece)


def test_an_upload_by_a_stranger_is_not_read(maya: Browser) -> None:
    flood = Flood()
    flood.run(Browser(maya.app, maya.database, maya.folder, ""))
    assert flood.answers[0]["status"] == 401
    assert flood.sent == 0


class Slow(Flood):
    """A client that begins to send a broken picture, and waits with its end."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.rest = asyncio.Event(), asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if self.sent == 0:
            return await super().receive()
        self.begun.set()
        await self.rest.wait()
        return {"type": "http.request", "body": b"\r\n--x--\r\n", "more_body": False}

    @property
    def status(self) -> int:
        return int(self.answers[0]["status"])


def test_concurrent_uploads_per_account_are_limited(
    maya: Browser, noah: Browser
) -> None:
    async def scene() -> None:
        eight = [Slow() for _ in range(8)]
        sending = [asyncio.create_task(slow.send_by(maya)) for slow in eight]
        for slow in eight:
            await slow.begun.wait()
        ninth, somebody_elses = Slow(), Slow()
        await ninth.send_by(maya)
        assert (ninth.status, ninth.sent) == (429, 0)
        assert b"Please wait until your other files have" in ninth.answers[1]["body"]
        somebody_elses.rest.set()
        await somebody_elses.send_by(noah)
        assert somebody_elses.status == 422
        for slow in eight:
            slow.rest.set()
        await asyncio.gather(*sending)
        assert [slow.status for slow in eight] == [422] * 8
        afterwards = Slow()
        afterwards.rest.set()
        await afterwards.send_by(maya)
        assert afterwards.status == 422

    before = snapshot_without_attempts(maya.database)
    asyncio.run(scene())
    assert (snapshot_without_attempts(maya.database), maya.stored()) == (before, [])
