from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any, BinaryIO

import pytest
from sqlmodel import Session, select

from portal_app.domain.accounts.models import Account
from portal_app.domain.files import attachments, rules, uploads
from portal_app.domain.files.attachments import ReadableFile
from portal_app.domain.files.models import StoredFile
from portal_app.domain.files.protocols import StorageUnavailable
from portal_app.domain.files.uploads import Upload
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import (
    Conflict,
    DomainError,
    InvalidInput,
    NotAllowed,
    NotFound,
    TooManyAttempts,
)
from portal_app.kernel.ids import new_id
from tests.support.pictures import HTML, PDF, decompression_bomb, picture
from tests.support.sample_business import NOW, new_customer
from tests.support.uploads import (
    IMAGES,
    MemoryStorage,
    snapshot_without_attempts,
    upload_file,
)

pytestmark = pytest.mark.each_database


@pytest.fixture
def maya(db: Database) -> Actor:
    return db.call(new_customer)


@pytest.fixture
def noah(db: Database) -> Actor:
    return db.call(new_customer, "noah@example.com")


def staff(tx: Session, role: str) -> Actor:
    account = Account(email=f"{role}@example.com", role=role)
    tx.add(account)
    tx.flush()
    return Actor(audience=Audience(role), account_id=account.id)


def attach_file(
    db: Database, actor: Actor, file_id: str, kind: str = "picture"
) -> None:
    db.call(attachments.attach, actor, file_id, {kind}, customer_id=actor.customer_id)


def rows(db: Database) -> list[StoredFile]:
    with db.read() as tx:
        return list(tx.exec(select(StoredFile)))


def test_a_picture_is_stored_in_several_sizes(db: Database, maya: Actor) -> None:
    shelf = MemoryStorage()
    view = upload_file(
        db, maya, content=picture("JPEG"), name="C:\\Rex.JPG", shelf=shelf
    )
    assert view.name == "Rex.JPG"
    assert view.media_type == "image/webp"
    assert view.url == f"/api/files/{view.id}"
    assert view.thumbnail_url == f"/api/files/{view.id}?size=128"
    (row,) = rows(db)
    assert (row.customer_id, row.account_id) == (maya.customer_id, maya.account_id)
    assert (row.width, row.height, row.sizes) == (300, 200, [64, 128, 512])
    assert (row.attached_at, row.removed_at) == (None, None)
    assert row.stored_at is not None
    assert sorted(shelf.contents) == sorted(
        f"{row.storage_key}/{which}" for which in ("64", "128", "512", "full")
    )
    assert row.size == len(shelf.contents[f"{row.storage_key}/full"])


def test_a_pdf_is_stored_unchanged(db: Database, maya: Actor) -> None:
    shelf = MemoryStorage()
    view = upload_file(db, maya, "document", content=PDF, name="Card.pdf", shelf=shelf)
    (row,) = rows(db)
    assert shelf.contents == {f"{row.storage_key}/full": PDF}
    assert (view.media_type, view.thumbnail_url, view.is_picture, view.size) == (
        "application/pdf",
        "",
        False,
        f"{len(PDF)} bytes",
    )


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (
            Upload("picture", "a.jpg", BytesIO(HTML), len(HTML)),
            "We cannot take this file. "
            "Please choose a JPEG, PNG, WebP or HEIC picture.",
        ),
        (
            Upload("picture", "a.png", BytesIO(decompression_bomb()), 50_000),
            "This picture has more than 65 million pixels. "
            "Please choose a smaller one.",
        ),
        (
            Upload("picture", "a.png", BytesIO(picture("PNG")[:80]), 80),
            "This picture cannot be read; it may be damaged. "
            "Please choose another one.",
        ),
        (
            Upload("picture", "a.png", BytesIO(picture("PNG")), 10_000_001),
            "This file is larger than 10 MB. Please choose a smaller one.",
        ),
        (
            Upload("document", "a.pdf", BytesIO(PDF), 20_000_001),
            "This file is larger than 20 MB. Please choose a smaller one.",
        ),
        (
            Upload("document", "a.pdf", BytesIO(PDF[:-8]), len(PDF) - 8),
            "This PDF is not complete. Please save it again and try anew.",
        ),
        (
            Upload("cartoon", "a.png", BytesIO(picture("PNG")), 900),
            "Files are not taken for this.",
        ),
    ],
)
def test_a_refused_file_stores_nothing(
    db: Database, maya: Actor, upload: Upload, sentence: str
) -> None:
    before, shelf = snapshot_without_attempts(db), MemoryStorage()
    with pytest.raises(InvalidInput) as refusal:
        uploads.accept_upload(db, shelf, IMAGES, maya, upload)
    assert refusal.value.message == sentence
    assert (snapshot_without_attempts(db), shelf.contents) == (before, {})


def test_an_anonymous_upload_is_refused(db: Database) -> None:
    with pytest.raises(NotAllowed):
        upload_file(db, Actor())
    assert rows(db) == []


def test_number_of_files_per_customer_is_limited(
    db: Database, maya: Actor, noah: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_FILES", 1)
    first = upload_file(db, maya)
    with pytest.raises(Conflict) as refusal:
        upload_file(db, maya)
    assert refusal.value.message == (
        "You have stored as many files as fit. Please remove one first."
    )
    assert len(rows(db)) == 1
    upload_file(db, noah)
    db.call(attachments.release, first.id)
    upload_file(db, maya)


def test_stored_bytes_per_customer_are_limited(
    db: Database, maya: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_file(db, maya, "document")
    attach_file(db, maya, rows(db)[0].id, "document")
    monkeypatch.setattr(rules, "MAX_STORED_BYTES", 2 * len(PDF) - 1)
    before, shelf = snapshot_without_attempts(db), MemoryStorage()
    with pytest.raises(Conflict) as refusal:
        upload_file(db, maya, "document", shelf=shelf)
    assert refusal.value.message == (
        "You have stored as many files as fit. Please remove one first."
    )
    assert (snapshot_without_attempts(db), shelf.contents) == (before, {})
    monkeypatch.setattr(rules, "MAX_STORED_BYTES", 2 * len(PDF))
    upload_file(db, maya, "document")


@pytest.mark.parametrize(
    ("bound", "value"),
    [("MAX_UNUSED_FILES", 2), ("MAX_UNUSED_BYTES", 3 * len(PDF) - 1)],
)
def test_number_of_unused_files_is_limited(
    db: Database,
    maya: Actor,
    noah: Actor,
    *,
    monkeypatch: pytest.MonkeyPatch,
    bound: str,
    value: int,
) -> None:
    monkeypatch.setattr(rules, bound, value)
    first, second = (upload_file(db, maya, "document") for _ in range(2))

    def refused() -> None:
        before, shelf = snapshot_without_attempts(db), MemoryStorage()
        with pytest.raises(Conflict) as refusal:
            upload_file(db, maya, "document", shelf=shelf)
        assert refusal.value.message == (
            "You have handed in many files that are not used yet. "
            "Please save what you have begun, or try again later."
        )
        assert (snapshot_without_attempts(db), shelf.contents) == (before, {})

    refused()
    upload_file(db, noah, "document")
    attach_file(db, maya, first.id, "document")
    upload_file(db, maya, "document")
    attach_file(db, maya, second.id, "document")
    # What is removed is there until it is swept.
    db.call(attachments.release, first.id)
    refused()
    assert attachments.delete_unused_files(db, MemoryStorage()) == 1
    upload_file(db, maya, "document")


def test_office_files_do_not_count_against_the_customer_quota(
    db: Database, maya: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_FILES", 1)
    office = db.call(staff, "office")
    for _ in range(2):
        given = upload_file(db, office)
        db.call(
            attachments.attach,
            office,
            given.id,
            {"picture"},
            customer_id=maya.customer_id,
        )
    upload_file(db, maya)


def test_uploads_are_rate_limited(db: Database, maya: Actor) -> None:
    with frozen(NOW):
        for _ in range(60):
            with pytest.raises(InvalidInput):
                upload_file(db, maya, content=HTML)
        with pytest.raises(TooManyAttempts):
            upload_file(db, maya)
    assert rows(db) == []


def read(
    db: Database, actor: Actor, file_id: str, size: int | None = None
) -> ReadableFile:
    return db.query(attachments.readable_file, actor, file_id, size)


def test_a_file_is_readable_by_its_customer_and_the_office(
    db: Database, maya: Actor, noah: Actor
) -> None:
    office = db.call(staff, "office")
    sam = db.call(staff, "fieldworker")
    view = upload_file(db, maya, name="Rex.png")
    attach_file(db, maya, view.id)
    found = read(db, maya, view.id)
    assert (found.media_type, found.name) == ("image/webp", "Rex.webp")
    assert read(db, office, view.id) == found
    answers = []
    for actor, file_id in (
        (noah, view.id),
        (sam, view.id),
        (Actor(), view.id),
        (maya, new_id()),
        (maya, "../../etc/passwd"),
        (maya, ""),
    ):
        with pytest.raises(NotFound) as refusal:
            read(db, actor, file_id)
        answers.append(refusal.value.message)
    assert answers == ["We could not find that file."] * 6


def test_the_next_larger_size_is_served(db: Database, maya: Actor) -> None:
    view = upload_file(db, maya)
    keys = [
        read(db, maya, view.id, size).key.rpartition("/")[2]
        for size in (None, 1, 64, 65, 512, 513)
    ]
    assert keys == ["full", "64", "64", "128", "512", "full"]
    etags = {read(db, maya, view.id, size).etag for size in (None, 64, 128)}
    assert len(etags) == 3


def test_an_unattached_file_is_readable_by_its_uploader_only(
    db: Database, maya: Actor, noah: Actor
) -> None:
    office = db.call(staff, "office")
    view = upload_file(db, maya)
    read(db, maya, view.id)
    for actor in (office, noah):
        with pytest.raises(NotFound):
            read(db, actor, view.id)


def test_an_office_file_is_attached_with_or_without_a_customer(
    db: Database, maya: Actor
) -> None:
    office = db.call(staff, "office")
    given, kept = upload_file(db, office), upload_file(db, office)
    db.call(
        attachments.attach, office, given.id, {"picture"}, customer_id=maya.customer_id
    )
    db.call(attachments.attach, office, kept.id, {"picture"}, customer_id=None)
    read(db, maya, given.id)
    read(db, office, kept.id)
    with pytest.raises(NotFound):
        read(db, maya, kept.id)


def test_a_portrait_of_the_team_is_for_everybody(db: Database, maya: Actor) -> None:
    office = db.call(staff, "office")
    view = upload_file(db, office)
    with pytest.raises(NotFound):
        read(db, Actor(), view.id)
    db.call(
        attachments.attach,
        office,
        view.id,
        {"picture"},
        customer_id=None,
        becomes="portrait",
    )
    for who in (Actor(), maya, office, db.call(staff, "fieldworker")):
        read(db, who, view.id)
    db.call(attachments.release, view.id)
    with pytest.raises(NotFound):
        read(db, Actor(), view.id)


def test_a_file_is_attached_once_and_only_by_its_uploader(
    db: Database, maya: Actor, noah: Actor
) -> None:
    view = upload_file(db, maya)
    before = snapshot_without_attempts(db)
    answers = []

    def refused(actor: Actor, file_id: str, kind: str = "picture") -> None:
        with pytest.raises(NotFound) as refusal:
            attach_file(db, actor, file_id, kind)
        answers.append(refusal.value.message)

    refused(noah, view.id)
    refused(maya, new_id())
    refused(maya, view.id, "document")
    refused(Actor(), view.id)
    assert snapshot_without_attempts(db) == before
    attach_file(db, maya, view.id)
    after = snapshot_without_attempts(db)
    refused(maya, view.id)
    assert snapshot_without_attempts(db) == after
    assert answers == ["We could not find that file."] * 5


def test_a_released_file_is_not_readable(db: Database, maya: Actor) -> None:
    view = upload_file(db, maya)
    attach_file(db, maya, view.id)
    db.call(attachments.release, view.id)
    with pytest.raises(NotFound):
        read(db, maya, view.id)
    with pytest.raises(NotFound):
        attach_file(db, maya, view.id)
    assert db.query(attachments.file_views, [view.id]) == {}
    assert db.query(attachments.owned_files, maya) == []


def test_files_are_listed_for_their_owner_only(
    db: Database, maya: Actor, noah: Actor
) -> None:
    used, unused = upload_file(db, maya), upload_file(db, maya)
    attach_file(db, maya, used.id)
    assert [row.id for row in db.query(attachments.owned_files, maya)] == [used.id]
    assert db.query(attachments.owned_files, noah) == []
    assert unused.id != used.id
    with pytest.raises(NotAllowed):
        db.query(attachments.owned_files, Actor())


def test_released_and_unused_files_are_deleted(db: Database, maya: Actor) -> None:
    shelf = MemoryStorage()
    with frozen(NOW):
        used, removed, unused = (upload_file(db, maya, shelf=shelf) for _ in range(3))
        attach_file(db, maya, used.id)
        attach_file(db, maya, removed.id)
        db.call(attachments.release, removed.id)
    with frozen(NOW + timedelta(hours=23)):
        fresh = upload_file(db, maya, shelf=shelf)
        assert attachments.delete_unused_files(db, shelf) == 1
        assert {row.id for row in rows(db)} == {used.id, unused.id, fresh.id}
    with frozen(NOW + timedelta(hours=25)):
        assert attachments.delete_unused_files(db, shelf) == 1
        assert attachments.delete_unused_files(db, shelf) == 0
    left = rows(db)
    assert {row.id for row in left} == {used.id, fresh.id}
    assert {key.rpartition("/")[0] for key in shelf.contents} == {
        row.storage_key for row in left
    }


class BrokenStorage(MemoryStorage):
    def put(self, _key: str, _content: bytes | BinaryIO) -> None:
        raise StorageUnavailable

    def delete(self, _folder: str) -> None:
        raise StorageUnavailable


class FullStorage(MemoryStorage):
    """Has room for the small copies of a picture, and not for the picture."""

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        if key.endswith("/full"):
            raise StorageUnavailable
        super().put(key, content)


def test_an_upload_that_fits_only_in_part_leaves_nothing(
    db: Database, maya: Actor
) -> None:
    before = snapshot_without_attempts(db)
    shelf = FullStorage()
    with pytest.raises(StorageUnavailable, match=r"^Files cannot be stored"):
        upload_file(db, maya, shelf=shelf)
    assert shelf.contents == {}
    assert snapshot_without_attempts(db) == before


def test_a_storage_failure_leaves_no_usable_file(db: Database, maya: Actor) -> None:
    with frozen(NOW):
        with pytest.raises(StorageUnavailable):
            upload_file(db, maya, shelf=BrokenStorage())
        (row,) = rows(db)
        assert row.stored_at is None
        refusals: list[Callable[[], Any]] = [
            lambda: read(db, maya, row.id),
            lambda: attach_file(db, maya, row.id),
        ]
        for refused in refusals:
            with pytest.raises(NotFound):
                refused()
    with frozen(NOW + timedelta(days=2)):
        with pytest.raises(DomainError):
            attachments.delete_unused_files(db, BrokenStorage())
        assert len(rows(db)) == 1
        assert attachments.delete_unused_files(db, MemoryStorage()) == 1
    assert rows(db) == []
