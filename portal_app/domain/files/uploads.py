"""Uploads: checked by their bytes, images re-encoded, recorded, stored."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, case, delete, func, not_, or_, select, update
from sqlmodel import Session, col

from portal_app.domain.accounts.models import Account
from portal_app.domain.files import rules
from portal_app.domain.files.attachments import file_view
from portal_app.domain.files.models import StoredFile
from portal_app.domain.files.protocols import (
    ImageProcessor,
    ReencodedImage,
    Storage,
    StorageUnavailable,
    TooCostlyImage,
    TooManyPixels,
    UnreadableImage,
)
from portal_app.domain.files.rules import FULL_SIZE, Purpose
from portal_app.domain.files.views import FileView
from portal_app.domain.rate_limits import limiter
from portal_app.domain.rate_limits.limiter import LimitKey
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, NotAllowed
from portal_app.kernel.ids import new_id
from portal_app.kernel.ownership import require_office

_HEAD_BYTES = 64
_TAIL_BYTES = 1024
_TEXT_HEAD_BYTES = 64 * 1024
_CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in; ``content`` can be read from any position.

    ``name`` is what the browser says and is not believed.
    """

    purpose: str
    name: str
    content: BinaryIO
    size: int


def accept_upload(
    db: Database, storage: Storage, images: ImageProcessor, actor: Actor, upload: Upload
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
        NotAllowed: If nobody is signed in, or it is for the office to hand in.
        InvalidInput: For ``file``, with why it is not taken.
        Conflict: If the customer has stored as much as fits, or has handed in as
            much as may wait to be used.
        TooManyAttempts: After 60 files within ten minutes.
        StorageUnavailable: If the bytes could not be stored.
    """
    if actor.account_id is None:
        raise NotAllowed("Please log in to hand in files.")
    purpose = rules.purpose_of(upload.purpose)
    if purpose.for_office:
        require_office(actor)
    limiter.count_attempt(db, LimitKey(rules.UPLOAD_LIMIT, actor.account_id))
    came_as, drawing = _checked_content(images, purpose, upload)
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
        media_type=drawing.media_type if drawing else came_as,
        size=size,
        sha256=digest,
        name=rules.stored_name(upload.name, upload.purpose, came_as),
        width=drawing.width if drawing else 0,
        height=drawing.height if drawing else 0,
        sizes=sorted(drawing.small) if drawing else [],
        created_at=utc_now(),
    )
    view = file_view(row)
    folder = row.storage_key
    db.call(_insert_row, row)
    try:
        for edge, small in (drawing.small if drawing else {}).items():
            storage.put(f"{folder}/{edge}", small)
        storage.put(f"{folder}/{FULL_SIZE}", content)
    except StorageUnavailable:
        # The row goes with the bytes; while those cannot go, it names them for the job.
        with suppress(StorageUnavailable):
            storage.delete(folder)
            db.call(_forget_row, file_id)
        raise
    db.call(_mark_stored, file_id)
    return view


def _checked_content(
    images: ImageProcessor, purpose: Purpose, upload: Upload
) -> tuple[str, ReencodedImage | None]:
    """What the file is, and the picture drawn anew, or ``None`` for what is none."""
    if upload.size > purpose.max_bytes:
        raise rules.refusal(rules.too_large_message(purpose))
    upload.content.seek(0)
    head = upload.content.read(_HEAD_BYTES)
    if purpose.media_types == rules.TABLES:
        upload.content.seek(0)
        head = upload.content.read(_TEXT_HEAD_BYTES)
        return rules.check_table(head, upload.content), None
    media_type = rules.check_type(purpose, head)
    if media_type == rules.PDF:
        upload.content.seek(max(0, upload.size - _TAIL_BYTES))
        rules.check_pdf(upload.content.read())
        return media_type, None
    upload.content.seek(0)
    with _image_errors_as_refusals():
        drawing = images.reencode(
            upload.content,
            media_type,
            largest=purpose.largest,
            sizes=purpose.sizes,
            square=purpose.square,
        )
    return media_type, drawing


def _digest(content: BinaryIO) -> str:
    digest = hashlib.sha256()
    content.seek(0)
    while piece := content.read(_CHUNK_BYTES):
        digest.update(piece)
    return digest.hexdigest()


@contextmanager
def _image_errors_as_refusals() -> Iterator[None]:
    try:
        yield
    except UnreadableImage:
        raise rules.refusal(
            "This picture cannot be read; it may be damaged. Please choose another one."
        ) from None
    except TooManyPixels:
        millions = rules.MAX_PIXELS // 1_000_000
        raise rules.refusal(
            f"This picture has more than {millions} million pixels. "
            "Please choose a smaller one."
        ) from None
    except TooCostlyImage:
        raise rules.refusal(
            "This picture takes too much memory or time to read. "
            "Please choose a smaller one, or save it as a JPEG."
        ) from None


def _insert_row(tx: Session, row: StoredFile) -> None:
    if row.customer_id is not None:
        # Held, so that of several files at the same instant each counts the others.
        tx.get(Account, row.account_id, with_for_update={"key_share": True})
        _check_quota(tx, row)
    tx.add(StoredFile(**row.model_dump()))
    tx.flush()


def _forget_row(tx: Session, file_id: str) -> None:
    tx.execute(delete(StoredFile).where(col(StoredFile.id) == file_id))


def _check_quota(tx: Session, row: StoredFile) -> None:
    """Refuse what one customer must not fill the storage with.

    What was removed counts until its bytes are gone; what others, such as the
    office, gave to the customer does not.
    """
    there = col(StoredFile.removed_at).is_(None)
    unused = or_(col(StoredFile.attached_at).is_(None), not_(there))

    def counted(which: ColumnElement[bool]) -> tuple[Any, Any]:
        return (
            func.coalesce(func.sum(case((which, 1), else_=0)), 0),
            func.coalesce(func.sum(case((which, StoredFile.size), else_=0)), 0),
        )

    files, size, waiting, waiting_size = tx.execute(
        select(*counted(there), *counted(unused)).where(
            col(StoredFile.customer_id) == row.customer_id,
            col(StoredFile.account_id) == row.account_id,
        )
    ).one()
    if files >= rules.MAX_FILES or size + row.size > rules.MAX_STORED_BYTES:
        raise Conflict("You have stored as many files as fit. Please remove one first.")
    if (
        waiting >= rules.MAX_UNUSED_FILES
        or waiting_size + row.size > rules.MAX_UNUSED_BYTES
    ):
        raise Conflict(
            "You have handed in many files that are not used yet. "
            "Please save what you have begun, or try again later."
        )


def _mark_stored(tx: Session, file_id: str) -> None:
    tx.execute(
        update(StoredFile)
        .where(col(StoredFile.id) == file_id)
        .values(stored_at=utc_now())
    )
