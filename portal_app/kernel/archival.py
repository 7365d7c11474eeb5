"""Archiving rows instead of deleting them, and restoring them."""

from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from portal_app.kernel.clock import utc_now


class Archivable(Protocol):
    """A row that can be put away; ``version`` counts its changes."""

    archived_at: datetime | None
    version: int


def is_in_use(row: Archivable) -> bool:
    """Whether a row is not archived."""
    return row.archived_at is None


def archive(tx: Session, row: Archivable) -> None:
    """Put a row away as of now; one that is away stays as it is."""
    if row.archived_at is None:
        _set_archived_at(tx, row, utc_now())


def restore(tx: Session, row: Archivable) -> None:
    """Take a row out again; one that is in use stays as it is."""
    if row.archived_at is not None:
        _set_archived_at(tx, row, None)


def _set_archived_at(tx: Session, row: Archivable, at: datetime | None) -> None:
    row.archived_at = at
    row.version += 1
    tx.add(row)
    tx.flush()
