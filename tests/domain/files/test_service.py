from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any, BinaryIO

import pytest
from sqlmodel import Session, select

from portal_app.domain.accounts.models import Account
from portal_app.domain.files import rules, service
from portal_app.domain.files.models import StoredFile
from portal_app.domain.files.service import Readable, StorageUnavailable, Upload
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
from tests.support.handing_in import IMAGES, Shelf, hand_in, kept
from tests.support.pictures import HTML, PDF, picture, png_bomb
from tests.support.shop import NOW, new_customer

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


def use(db: Database, actor: Actor, file_id: str, kind: str = "picture") -> None:
    db.call(service.attach, actor, file_id, {kind}, customer_id=actor.customer_id)


def rows(db: Database) -> list[StoredFile]:
    with db.read() as tx:
        return list(tx.exec(select(StoredFile)))


def test_a_picture_is_kept_in_several_sizes(db: Database, maya: Actor) -> None:
    shelf = Shelf()
    view = hand_in(db, maya, content=picture("JPEG"), name="C:\\Rex.JPG", shelf=shelf)
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


def test_a_pdf_is_kept_as_it_is(db: Database, maya: Actor) -> None:
    shelf = Shelf()
    view = hand_in(db, maya, "document", content=PDF, name="Card.pdf", shelf=shelf)
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
            Upload("picture", "a.png", BytesIO(png_bomb()), 50_000),
            "This picture has more than 50 million pixels. "
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
def test_a_refused_file_leaves_nothing(
    db: Database, maya: Actor, upload: Upload, sentence: str
) -> None:
    before, shelf = kept(db), Shelf()
    with pytest.raises(InvalidInput) as refusal:
        service.accept(db, shelf, IMAGES, maya, upload)
    assert refusal.value.message == sentence
    assert (kept(db), shelf.contents) == (before, {})


def test_a_stranger_hands_in_nothing(db: Database) -> None:
    with pytest.raises(NotAllowed):
        hand_in(db, Actor())
    assert rows(db) == []


def test_a_customer_fits_so_many_files(
    db: Database, maya: Actor, noah: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_FILES", 1)
    first = hand_in(db, maya)
    with pytest.raises(Conflict) as refusal:
        hand_in(db, maya)
    assert refusal.value.message == (
        "You have stored as many files as fit. Please remove one first."
    )
    assert len(rows(db)) == 1
    hand_in(db, noah)
    db.call(service.release, first.id)
    hand_in(db, maya)


def test_so_many_bytes_fit(
    db: Database, maya: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(db, maya, "document")
    use(db, maya, rows(db)[0].id, "document")
    monkeypatch.setattr(rules, "MAX_STORED_BYTES", 2 * len(PDF) - 1)
    before, shelf = kept(db), Shelf()
    with pytest.raises(Conflict) as refusal:
        hand_in(db, maya, "document", shelf=shelf)
    assert refusal.value.message == (
        "You have stored as many files as fit. Please remove one first."
    )
    assert (kept(db), shelf.contents) == (before, {})
    monkeypatch.setattr(rules, "MAX_STORED_BYTES", 2 * len(PDF))
    hand_in(db, maya, "document")


@pytest.mark.parametrize(
    ("bound", "value"),
    [("MAX_UNUSED_FILES", 2), ("MAX_UNUSED_BYTES", 3 * len(PDF) - 1)],
)
def test_so_many_files_wait_to_be_used(
    db: Database,
    maya: Actor,
    noah: Actor,
    *,
    monkeypatch: pytest.MonkeyPatch,
    bound: str,
    value: int,
) -> None:
    monkeypatch.setattr(rules, bound, value)
    first, second = (hand_in(db, maya, "document") for _ in range(2))

    def refused() -> None:
        before, shelf = kept(db), Shelf()
        with pytest.raises(Conflict) as refusal:
            hand_in(db, maya, "document", shelf=shelf)
        assert refusal.value.message == (
            "You have handed in many files that are not used yet. "
            "Please save what you have begun, or try again later."
        )
        assert (kept(db), shelf.contents) == (before, {})

    refused()
    hand_in(db, noah, "document")
    use(db, maya, first.id, "document")
    hand_in(db, maya, "document")
    use(db, maya, second.id, "document")
    # What is removed is there until it is swept.
    db.call(service.release, first.id)
    refused()
    assert service.sweep(db, Shelf()) == 1
    hand_in(db, maya, "document")


def test_what_the_office_gave_takes_none_of_the_customers_room(
    db: Database, maya: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_FILES", 1)
    office = db.call(staff, "office")
    for _ in range(2):
        given = hand_in(db, office)
        db.call(
            service.attach, office, given.id, {"picture"}, customer_id=maya.customer_id
        )
    hand_in(db, maya)


def test_files_are_counted_against_a_limit(db: Database, maya: Actor) -> None:
    with frozen(NOW):
        for _ in range(60):
            with pytest.raises(InvalidInput):
                hand_in(db, maya, content=HTML)
        with pytest.raises(TooManyAttempts):
            hand_in(db, maya)
    assert rows(db) == []


def read(db: Database, actor: Actor, file_id: str, size: int | None = None) -> Readable:
    return db.query(service.readable, actor, file_id, size)


def test_a_file_is_read_by_its_customer_and_the_office(
    db: Database, maya: Actor, noah: Actor
) -> None:
    office = db.call(staff, "office")
    sam = db.call(staff, "fieldworker")
    view = hand_in(db, maya, name="Rex.png")
    use(db, maya, view.id)
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


def test_the_next_larger_copy_is_given(db: Database, maya: Actor) -> None:
    view = hand_in(db, maya)
    keys = [
        read(db, maya, view.id, size).key.rpartition("/")[2]
        for size in (None, 1, 64, 65, 512, 513)
    ]
    assert keys == ["full", "64", "64", "128", "512", "full"]
    etags = {read(db, maya, view.id, size).etag for size in (None, 64, 128)}
    assert len(etags) == 3


def test_what_nothing_uses_yet_is_its_senders_alone(
    db: Database, maya: Actor, noah: Actor
) -> None:
    office = db.call(staff, "office")
    view = hand_in(db, maya)
    read(db, maya, view.id)
    for actor in (office, noah):
        with pytest.raises(NotFound):
            read(db, actor, view.id)


def test_the_office_gives_a_file_to_a_customer_or_keeps_it(
    db: Database, maya: Actor
) -> None:
    office = db.call(staff, "office")
    given, kept = hand_in(db, office), hand_in(db, office)
    db.call(service.attach, office, given.id, {"picture"}, customer_id=maya.customer_id)
    db.call(service.attach, office, kept.id, {"picture"}, customer_id=None)
    read(db, maya, given.id)
    read(db, office, kept.id)
    with pytest.raises(NotFound):
        read(db, maya, kept.id)


def test_a_file_is_taken_into_use_once_and_only_by_its_sender(
    db: Database, maya: Actor, noah: Actor
) -> None:
    view = hand_in(db, maya)
    before = kept(db)
    answers = []

    def refused(actor: Actor, file_id: str, kind: str = "picture") -> None:
        with pytest.raises(NotFound) as refusal:
            use(db, actor, file_id, kind)
        answers.append(refusal.value.message)

    refused(noah, view.id)
    refused(maya, new_id())
    refused(maya, view.id, "document")
    refused(Actor(), view.id)
    assert kept(db) == before
    use(db, maya, view.id)
    after = kept(db)
    refused(maya, view.id)
    assert kept(db) == after
    assert answers == ["We could not find that file."] * 5


def test_a_removed_file_is_read_by_nobody(db: Database, maya: Actor) -> None:
    view = hand_in(db, maya)
    use(db, maya, view.id)
    db.call(service.release, view.id)
    with pytest.raises(NotFound):
        read(db, maya, view.id)
    with pytest.raises(NotFound):
        use(db, maya, view.id)
    assert db.query(service.views_of, [view.id]) == {}
    assert db.query(service.owned_files, maya) == []


def test_own_files_are_listed_for_their_owner_only(
    db: Database, maya: Actor, noah: Actor
) -> None:
    used, unused = hand_in(db, maya), hand_in(db, maya)
    use(db, maya, used.id)
    assert [row.id for row in db.query(service.owned_files, maya)] == [used.id]
    assert db.query(service.owned_files, noah) == []
    assert unused.id != used.id
    with pytest.raises(NotAllowed):
        db.query(service.owned_files, Actor())


def test_sweeping_deletes_what_is_removed_or_was_never_used(
    db: Database, maya: Actor
) -> None:
    shelf = Shelf()
    with frozen(NOW):
        used, removed, unused = (hand_in(db, maya, shelf=shelf) for _ in range(3))
        use(db, maya, used.id)
        use(db, maya, removed.id)
        db.call(service.release, removed.id)
    with frozen(NOW + timedelta(hours=23)):
        fresh = hand_in(db, maya, shelf=shelf)
        assert service.sweep(db, shelf) == 1
        assert {row.id for row in rows(db)} == {used.id, unused.id, fresh.id}
    with frozen(NOW + timedelta(hours=25)):
        assert service.sweep(db, shelf) == 1
        assert service.sweep(db, shelf) == 0
    left = rows(db)
    assert {row.id for row in left} == {used.id, fresh.id}
    assert {key.rpartition("/")[0] for key in shelf.contents} == {
        row.storage_key for row in left
    }


class Broken(Shelf):
    def put(self, _key: str, _content: bytes | BinaryIO) -> None:
        raise StorageUnavailable

    def delete(self, _folder: str) -> None:
        raise StorageUnavailable


def test_a_storage_that_fails_half_way_leaves_nothing_to_use(
    db: Database, maya: Actor
) -> None:
    with frozen(NOW):
        with pytest.raises(StorageUnavailable):
            hand_in(db, maya, shelf=Broken())
        (row,) = rows(db)
        assert row.stored_at is None
        refusals: list[Callable[[], Any]] = [
            lambda: read(db, maya, row.id),
            lambda: use(db, maya, row.id),
        ]
        for refused in refusals:
            with pytest.raises(NotFound):
                refused()
    with frozen(NOW + timedelta(days=2)):
        with pytest.raises(DomainError):
            service.sweep(db, Broken())
        assert len(rows(db)) == 1
        assert service.sweep(db, Shelf()) == 1
    assert rows(db) == []
