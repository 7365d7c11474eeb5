"""Drafts that nobody goes on with are forgotten, with what hangs on them."""

from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from portal_app.domain.bookings.models import BookingDraft
from portal_app.domain.fields import service as fields
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database

_KEPT = timedelta(days=30)
_AT_ONCE = 200


def forget_drafts(db: Database) -> int:
    """Delete open drafts that were not changed for 30 days.

    What was booked keeps its draft, by which a repeated confirmation is known.

    Args:
        db: The database; a transaction takes at most 200 drafts.

    Returns:
        How many.
    """
    forgotten = 0
    while count := db.call(_forget_some):
        forgotten += count
    return forgotten


def _forget_some(tx: Session) -> int:
    # One that is being changed or confirmed just now is left alone.
    ids = tx.exec(
        select(col(BookingDraft.id))
        .where(
            col(BookingDraft.closed_at).is_(None),
            col(BookingDraft.updated_at) < utc_now() - _KEPT,
        )
        .order_by(col(BookingDraft.updated_at))
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    if ids:
        fields.forget(tx, "draft", ids)
        tx.execute(delete(BookingDraft).where(col(BookingDraft.id).in_(ids)))
    return len(ids)
