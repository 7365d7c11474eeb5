"""Files in storage: attached to what uses them, read, released, deleted."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, delete, or_, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.domain.business import permissions
from portal_app.domain.files import rules
from portal_app.domain.files.models import StoredFile
from portal_app.domain.files.protocols import Storage
from portal_app.domain.files.views import FileView
from portal_app.kernel.audiences import STAFF, Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed, NotFound
from portal_app.kernel.features import Feature
from portal_app.kernel.statements import affected

_NOT_FOUND = "We could not find that file."
_DELETE_BATCH_SIZE = 200


@dataclass(frozen=True, slots=True)
class ReadableFile:
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


def attach(
    tx: Session,
    actor: Actor,
    file_id: str,
    kinds: Collection[str],
    *,
    customer_id: str | None,
    features: Collection[Feature] = (),
    becomes: str = "",
) -> StoredFile:
    """Take a file into use, once: from now on it is kept.

    Args:
        tx: The transaction.
        actor: Who handed it in.
        file_id: From the browser.
        kinds: What it may have been handed in for.
        customer_id: Who may read it from now on, or ``None`` (the office).
        features: What it belongs to: while one of them is off, its customer
            cannot read it.
        becomes: The kind it is from now on, if another one.

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
        .values(
            attached_at=utc_now(),
            customer_id=customer_id,
            kind=becomes or StoredFile.kind,
            features=sorted(features),
        )
    )
    if affected(tx, statement) == 0:
        raise NotFound(_NOT_FOUND)
    row = tx.get(StoredFile, file_id, populate_existing=True)
    if row is None:
        raise NotFound(_NOT_FOUND)
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


def readable_file(
    tx: Session, actor: Actor, file_id: str, size: int | None = None
) -> ReadableFile:
    """A file that the actor may read.

    Args:
        tx: The transaction.
        actor: Who is asking.
        file_id: From the browser.
        size: Edge length in pixels of a small copy; the next larger one there
            is, or the full copy, is given.

    Raises:
        NotFound: If it is missing, not theirs to read, or of a feature that is off.
    """
    if actor.audience not in STAFF and _is_switched_off(tx, file_id):
        raise NotFound(_NOT_FOUND)
    return _stored_file(tx, _readable_query(actor), file_id, size)


def attached_file(tx: Session, file_id: str, size: int | None = None) -> ReadableFile:
    """A file in use; whoever calls this has authorised it.

    Raises:
        NotFound: If it is missing.
    """
    in_use = select(StoredFile).where(col(StoredFile.attached_at).is_not(None))
    return _stored_file(tx, in_use, file_id, size)


def _stored_file(
    tx: Session, among: SelectOfScalar[StoredFile], file_id: str, size: int | None
) -> ReadableFile:
    row = tx.exec(
        among.where(
            col(StoredFile.id) == file_id,
            col(StoredFile.stored_at).is_not(None),
            col(StoredFile.removed_at).is_(None),
        )
    ).first()
    if row is None:
        raise NotFound(_NOT_FOUND)
    fitting = [edge for edge in sorted(row.sizes) if size is not None and edge >= size]
    which = str(fitting[0]) if fitting else rules.FULL_SIZE
    return ReadableFile(
        key=f"{row.storage_key}/{which}",
        media_type=row.media_type,
        etag=f"{row.sha256[:32]}-{which}",
        name=rules.download_name(row.name, row.media_type),
    )


def stored_content(tx: Session, file_id: str) -> tuple[str, str]:
    """The media type of a file in use, and the key of its full copy.

    Whoever calls this took the id from a row of their own.

    Raises:
        NotFound: If it is missing or removed.
    """
    row = tx.get(StoredFile, file_id)
    if row is None or row.attached_at is None or row.removed_at is not None:
        raise NotFound(_NOT_FOUND)
    return row.media_type, full_size_key(row)


def _is_switched_off(tx: Session, file_id: str) -> bool:
    off = permissions.current_features(tx).off
    row = tx.get(StoredFile, file_id) if off else None
    return row is not None and any(feature in row.features for feature in off)


def file_view(row: StoredFile) -> FileView:
    """A file as a browser sees it; whoever calls this has authorised it."""
    url = f"/api/files/{row.id}"
    is_picture = row.media_type != rules.PDF
    return FileView(
        id=row.id,
        name=row.name,
        media_type=row.media_type,
        size=rules.size_text(row.size),
        url=url,
        thumbnail_url=f"{url}?size={rules.SMALL_SIZE}" if is_picture else "",
        is_picture=is_picture,
    )


def file_views(tx: Session, file_ids: Collection[str]) -> dict[str, FileView]:
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
    return {row.id: file_view(row) for row in rows}


def picture_url(file_id: str | None, size: int = rules.SMALL_SIZE) -> str:
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


def full_size_key(row: StoredFile) -> str:
    """The key of a file's full copy in the storage."""
    return f"{row.storage_key}/{rules.FULL_SIZE}"


def delete_unused_files(db: Database, storage: Storage) -> int:
    """Delete files that were removed, or not taken into use within a day.

    The bytes go first, so that an interruption leaves a row to try again with.

    Returns:
        How many were deleted; at most 200 in one go.
    """
    # What was not used is removed first: from then on nothing can attach it.
    db.call(_release_unused)
    to_sweep = db.query(_released_files)
    for file_id, folder in to_sweep:
        storage.delete(folder)
        db.call(_delete_row, file_id)
    return len(to_sweep)


def _readable_query(actor: Actor) -> SelectOfScalar[StoredFile]:
    query = select(StoredFile)
    of_the_team = col(StoredFile.kind) == rules.PORTRAIT
    if actor.account_id is None:
        return query.where(of_the_team)
    # What nothing refers to yet is its sender's alone.
    own_upload = and_(
        col(StoredFile.attached_at).is_(None),
        col(StoredFile.account_id) == actor.account_id,
    )
    if actor.audience in STAFF:
        return query.where(or_(own_upload, col(StoredFile.attached_at).is_not(None)))
    if actor.audience is Audience.CUSTOMER and actor.customer_id is not None:
        return query.where(
            or_(
                own_upload,
                of_the_team,
                and_(
                    col(StoredFile.attached_at).is_not(None),
                    col(StoredFile.customer_id) == actor.customer_id,
                ),
            )
        )
    return query.where(or_(own_upload, of_the_team))


def _release_unused(tx: Session) -> None:
    now = utc_now()
    tx.execute(
        update(StoredFile)
        .where(
            col(StoredFile.attached_at).is_(None),
            col(StoredFile.removed_at).is_(None),
            col(StoredFile.created_at) < now - rules.UNUSED_LIFETIME,
        )
        .values(removed_at=now)
    )


def _released_files(tx: Session) -> list[tuple[str, str]]:
    rows = tx.exec(
        select(col(StoredFile.id), col(StoredFile.storage_key))
        .where(col(StoredFile.removed_at).is_not(None))
        .order_by(col(StoredFile.removed_at), col(StoredFile.id))
        .limit(_DELETE_BATCH_SIZE)
    )
    return [(file_id, folder) for file_id, folder in rows]


def _delete_row(tx: Session, file_id: str) -> None:
    tx.execute(delete(StoredFile).where(col(StoredFile.id) == file_id))
