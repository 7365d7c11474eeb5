"""Handing files in, using them, reading them, and forgetting them.

Bytes never travel inside a transaction: a file is written down, its bytes are
stored, and only then is it marked as stored. What a crash leaves half-way,
``sweep`` removes.

A file is private: its customer, the office, and whoever handed it in may read
it; for everybody else it does not exist.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from sqlalchemy import and_, delete, func, or_, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.domain.accounts import attempts
from portal_app.domain.accounts.attempts import Try
from portal_app.domain.files import rules
from portal_app.domain.files.models import StoredFile
from portal_app.domain.files.rules import Purpose
from portal_app.domain.files.views import FileView
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, DomainError, NotAllowed, NotFound
from portal_app.kernel.ids import new_id
from portal_app.kernel.statements import affected

_MISSING = "We could not find that file."
_HEAD = 64
_TAIL = 1024
_PIECE = 256 * 1024
_SWEPT_AT_ONCE = 200
_FULL = "full"


class StorageUnavailable(DomainError):
    """The storage does not answer; trying again later may help."""

    def __init__(self) -> None:
        super().__init__("Files cannot be stored or read just now. Please try again.")


class Storage(Protocol):
    """Where bytes are kept; ``integrations.storage`` implements it.

    Keys are made here: lower-case letters, digits, ``/`` and ``.``. Every
    method raises ``StorageUnavailable`` if the storage does not answer.
    """

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        """Store bytes under a key that nothing was stored under before."""

    def read(self, key: str) -> Iterator[bytes]:
        """The bytes under a key, in pieces.

        Raises:
            NotFound: If there are none, before the first piece.
        """

    def delete(self, folder: str) -> None:
        """Delete every key below a folder; nothing there is fine."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture drawn anew: only its pixels are left, the right way up.

    ``small`` maps the edge length in pixels to the copy's bytes.
    """

    media_type: str
    width: int
    height: int
    content: bytes
    small: Mapping[int, bytes]


class Unreadable(Exception):
    """A picture that cannot be read: broken, cut off, or not one at all."""


class TooManyPixels(Exception):
    """A picture that would unfold to more pixels than anybody needs."""


class Images(Protocol):
    """What reads and draws pictures; ``integrations.images`` implements it."""

    def redraw(
        self,
        content: BinaryIO,
        media_type: str,
        *,
        largest: int,
        sizes: Sequence[int],
        square: bool,
    ) -> Drawing:
        """Draw a picture anew, with small copies.

        Raises:
            Unreadable: If it cannot be read as this media type.
            TooManyPixels: If it has more than ``rules.MAX_PIXELS``.
        """


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in; ``content`` can be read from any position.

    ``name`` is what the browser says and is not believed.
    """

    purpose: str
    name: str
    content: BinaryIO
    size: int


@dataclass(frozen=True, slots=True)
class Readable:
    """A file that the actor may read.

    Attributes:
        key: In the storage.
        etag: Changes with the content.
        name: To store it under.
    """

    key: str
    media_type: str
    etag: str
    name: str


def accept(
    db: Database, storage: Storage, images: Images, actor: Actor, upload: Upload
) -> FileView:
    """Take a file in. It is deleted after a day unless something attaches it.

    Pictures are drawn anew as WebP, upright and without what the camera wrote
    into them; PDFs are kept as they are.

    Args:
        db: The database; bytes are handled outside its transactions.
        storage: Where the bytes go.
        images: What draws pictures.
        actor: Anybody who is signed in; a customer's file becomes theirs.
        upload: The file.

    Raises:
        NotAllowed: If nobody is signed in.
        InvalidInput: For ``file``, with why it is not taken.
        Conflict: If the customer has stored as much as fits.
        TooManyAttempts: After 60 files within ten minutes.
        StorageUnavailable: If the bytes could not be stored.
    """
    if actor.account_id is None:
        raise NotAllowed("Please log in to hand in files.")
    purpose = rules.purpose_of(upload.purpose)
    attempts.take(db, Try(rules.UPLOADS, actor.account_id))
    drawing = _checked(images, purpose, upload)
    content: bytes | BinaryIO
    if drawing is None:
        digest = _digest(upload.content)
        upload.content.seek(0)
        content, size = upload.content, upload.size
    else:
        content, size = drawing.content, len(drawing.content)
        digest = hashlib.sha256(drawing.content).hexdigest()
    file_id = new_id()
    row = StoredFile(
        id=file_id,
        customer_id=actor.customer_id,
        account_id=actor.account_id,
        kind=upload.purpose,
        storage_key=f"{digest[:2]}/{file_id.lower()}",
        media_type=drawing.media_type if drawing else rules.PDF,
        size=size,
        sha256=digest,
        name=rules.display_name(upload.name, upload.purpose),
        width=drawing.width if drawing else 0,
        height=drawing.height if drawing else 0,
        sizes=sorted(drawing.small) if drawing else [],
        created_at=utc_now(),
    )
    view = view_of(row)
    folder = row.storage_key
    db.call(_write_down, row)
    for edge, small in (drawing.small if drawing else {}).items():
        storage.put(f"{folder}/{edge}", small)
    storage.put(f"{folder}/{_FULL}", content)
    db.call(_mark_stored, file_id)
    return view


def attach(
    tx: Session,
    actor: Actor,
    file_id: str,
    kinds: Collection[str],
    *,
    customer_id: str | None,
) -> StoredFile:
    """Take a file into use, once: from now on it is kept.

    Args:
        tx: The transaction.
        actor: Who handed it in.
        file_id: From the browser.
        kinds: What it may have been handed in for.
        customer_id: Who may read it from now on, or ``None`` (the office).

    Raises:
        NotFound: If it is missing, somebody else's, of another kind, removed,
            or in use already.
    """
    statement = (
        update(StoredFile)
        .where(
            col(StoredFile.id) == file_id,
            col(StoredFile.account_id) == actor.account_id,
            col(StoredFile.account_id).is_not(None),
            col(StoredFile.kind).in_(kinds),
            col(StoredFile.stored_at).is_not(None),
            col(StoredFile.attached_at).is_(None),
            col(StoredFile.removed_at).is_(None),
        )
        .values(attached_at=utc_now(), customer_id=customer_id)
    )
    if affected(tx, statement) == 0:
        raise NotFound(_MISSING)
    row = tx.get(StoredFile, file_id, populate_existing=True)
    if row is None:
        raise NotFound(_MISSING)
    return row


def release(tx: Session, file_id: str | None) -> None:
    """Take a file out of use: nobody reads it any more, its bytes are deleted soon.

    Args:
        tx: The transaction.
        file_id: From a row that referred to it; ``None`` is fine.
    """
    if file_id:
        tx.execute(
            update(StoredFile)
            .where(col(StoredFile.id) == file_id, col(StoredFile.removed_at).is_(None))
            .values(removed_at=utc_now())
        )


def readable(
    tx: Session, actor: Actor, file_id: str, size: int | None = None
) -> Readable:
    """A file that the actor may read.

    Args:
        tx: The transaction.
        actor: Who is asking.
        file_id: From the browser.
        size: Edge length in pixels of a small copy; the next larger one there
            is, or the full copy, is given.

    Raises:
        NotFound: If it is missing, or not theirs to read.
    """
    row = tx.exec(
        _readable_by(actor).where(
            col(StoredFile.id) == file_id,
            col(StoredFile.stored_at).is_not(None),
            col(StoredFile.removed_at).is_(None),
        )
    ).first()
    if row is None:
        raise NotFound(_MISSING)
    fitting = [edge for edge in sorted(row.sizes) if size is not None and edge >= size]
    which = str(fitting[0]) if fitting else _FULL
    return Readable(
        key=f"{row.storage_key}/{which}",
        media_type=row.media_type,
        etag=f"{row.sha256[:32]}-{which}",
        name=rules.download_name(row.name, row.media_type),
    )


def view_of(row: StoredFile) -> FileView:
    """A file as a browser sees it; whoever calls this has authorised it."""
    url = f"/api/files/{row.id}"
    is_picture = row.media_type != rules.PDF
    return FileView(
        id=row.id,
        name=row.name,
        media_type=row.media_type,
        size=rules.size_text(row.size),
        url=url,
        thumbnail_url=f"{url}?size={rules.SMALL}" if is_picture else "",
        is_picture=is_picture,
    )


def views_of(tx: Session, file_ids: Collection[str]) -> dict[str, FileView]:
    """The files of these ids that are not removed, in one query.

    Whoever calls this took the ids from rows that the actor may see.
    """
    if not file_ids:
        return {}
    rows = tx.exec(
        select(StoredFile).where(
            col(StoredFile.id).in_(file_ids), col(StoredFile.removed_at).is_(None)
        )
    )
    return {row.id: view_of(row) for row in rows}


def picture_url(file_id: str | None, size: int = rules.SMALL) -> str:
    """The address of a picture's small copy, or an empty text for no picture."""
    return f"/api/files/{file_id}?size={size}" if file_id else ""


def owned_files(tx: Session, actor: Actor) -> list[StoredFile]:
    """Every file in use that a customer owns, oldest first; for their download.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    if actor.audience is not Audience.CUSTOMER or actor.customer_id is None:
        raise NotAllowed
    return list(
        tx.exec(
            select(StoredFile)
            .where(
                col(StoredFile.customer_id) == actor.customer_id,
                col(StoredFile.attached_at).is_not(None),
                col(StoredFile.stored_at).is_not(None),
                col(StoredFile.removed_at).is_(None),
            )
            .order_by(col(StoredFile.created_at), col(StoredFile.id))
        )
    )


def full_key(row: StoredFile) -> str:
    """The key of a file's full copy in the storage."""
    return f"{row.storage_key}/{_FULL}"


def sweep(db: Database, storage: Storage) -> int:
    """Delete files that were removed, or not taken into use within a day.

    The bytes go first, so that an interruption leaves a row to try again with.

    Returns:
        How many were deleted; at most 200 in one go.
    """
    # What was not used is removed first: from then on nothing can attach it.
    db.call(_give_up_unused)
    to_sweep = db.query(_removed)
    for file_id, folder in to_sweep:
        storage.delete(folder)
        db.call(_forget, file_id)
    return len(to_sweep)


def _checked(images: Images, purpose: Purpose, upload: Upload) -> Drawing | None:
    """The picture drawn anew, or ``None`` for a PDF."""
    if upload.size > purpose.max_bytes:
        raise rules.refused(rules.too_large(purpose))
    upload.content.seek(0)
    head = upload.content.read(_HEAD)
    media_type = rules.check_type(purpose, upload.name, head)
    if media_type == rules.PDF:
        upload.content.seek(max(0, upload.size - _TAIL))
        rules.check_pdf(upload.content.read())
        return None
    upload.content.seek(0)
    with _in_words():
        return images.redraw(
            upload.content,
            media_type,
            largest=purpose.largest,
            sizes=purpose.sizes,
            square=purpose.square,
        )


def _digest(content: BinaryIO) -> str:
    digest = hashlib.sha256()
    content.seek(0)
    while piece := content.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except Unreadable:
        raise rules.refused(
            "This picture cannot be read; it may be damaged. Please choose another one."
        ) from None
    except TooManyPixels:
        millions = rules.MAX_PIXELS // 1_000_000
        raise rules.refused(
            f"This picture has more than {millions} million pixels. "
            "Please choose a smaller one."
        ) from None


def _readable_by(actor: Actor) -> SelectOfScalar[StoredFile]:
    query = select(StoredFile)
    if actor.account_id is None:
        raise NotFound(_MISSING)
    # What nothing refers to yet is its sender's alone.
    own_upload = and_(
        col(StoredFile.attached_at).is_(None),
        col(StoredFile.account_id) == actor.account_id,
    )
    if actor.audience is Audience.OFFICE:
        return query.where(or_(own_upload, col(StoredFile.attached_at).is_not(None)))
    if actor.audience is Audience.CUSTOMER and actor.customer_id is not None:
        return query.where(
            or_(
                own_upload,
                and_(
                    col(StoredFile.attached_at).is_not(None),
                    col(StoredFile.customer_id) == actor.customer_id,
                ),
            )
        )
    return query.where(own_upload)


def _write_down(tx: Session, row: StoredFile) -> None:
    if row.customer_id is not None:
        files, size = tx.exec(
            select(
                func.count(col(StoredFile.id)),
                func.coalesce(func.sum(col(StoredFile.size)), 0),
            ).where(
                col(StoredFile.customer_id) == row.customer_id,
                col(StoredFile.removed_at).is_(None),
            )
        ).one()
        if files >= rules.MAX_FILES or size + row.size > rules.MAX_STORED_BYTES:
            raise Conflict(
                "You have stored as many files as fit. Please remove one first."
            )
    tx.add(StoredFile(**row.model_dump()))
    tx.flush()


def _mark_stored(tx: Session, file_id: str) -> None:
    tx.execute(
        update(StoredFile)
        .where(col(StoredFile.id) == file_id)
        .values(stored_at=utc_now())
    )


def _give_up_unused(tx: Session) -> None:
    now = utc_now()
    tx.execute(
        update(StoredFile)
        .where(
            col(StoredFile.attached_at).is_(None),
            col(StoredFile.removed_at).is_(None),
            col(StoredFile.created_at) < now - rules.KEPT_UNUSED,
        )
        .values(removed_at=now)
    )


def _removed(tx: Session) -> list[tuple[str, str]]:
    rows = tx.exec(
        select(col(StoredFile.id), col(StoredFile.storage_key))
        .where(col(StoredFile.removed_at).is_not(None))
        .order_by(col(StoredFile.removed_at), col(StoredFile.id))
        .limit(_SWEPT_AT_ONCE)
    )
    return [(file_id, folder) for file_id, folder in rows]


def _forget(tx: Session, file_id: str) -> None:
    tx.execute(delete(StoredFile).where(col(StoredFile.id) == file_id))
