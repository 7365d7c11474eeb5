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


def archive(tx: Session, row: Archivable) -> bool:
    """Put a row away as of now; ``False`` if it is away already."""
    if row.archived_at is not None:
        return False
    _set_archived_at(tx, row, utc_now())
    return True


def restore(tx: Session, row: Archivable) -> bool:
    """Take a row out again; ``False`` if it is in use already."""
    if row.archived_at is None:
        return False
    _set_archived_at(tx, row, None)
    return True


def _set_archived_at(tx: Session, row: Archivable, at: datetime | None) -> None:
    row.archived_at = at
    row.version += 1
    tx.add(row)
    tx.flush()
