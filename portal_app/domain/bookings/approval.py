"""Approval: bookings that the office confirms, within the time it promises.

The time of a request is claimed as that of any booking. The office approves or
declines it until ``Booking.answer_by``; a job says so where nobody did.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from portal_app.domain.bookings import rules, status
from portal_app.domain.bookings.changes import checked_reason
from portal_app.domain.bookings.models import Booking
from portal_app.domain.bookings.notifications import notify_changed
from portal_app.domain.business import booking_rules
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict
from portal_app.kernel.ownership import require_office

_BATCH_SIZE = 100


def answer_by(tx: Session, starts_at: datetime) -> datetime:
    """Until when a request that is made now is answered: before the visit starts."""
    promised = timedelta(hours=booking_rules.current_rules(tx).answer_hours)
    return min(utc_now() + promised, starts_at)


def approve(tx: Session, actor: Actor, number: str) -> None:
    """Confirm a request; a repetition changes nothing.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such booking.
        Conflict: If it was called off, or its time to be answered is over.
    """
    require_office(actor)
    row = status.locked_booking(tx, actor, number)
    if row.status == rules.PENDING:
        _require_in_time(row)
    if status.transition(tx, actor, row, rules.CONFIRMED):
        notify_changed(tx, actor, row, rules.APPROVED)


def decline(tx: Session, actor: Actor, number: str, reason: str) -> None:
    """Decline a request, with a reason; a repetition changes nothing.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such booking.
        InvalidInput: If there is no ``reason``.
        Conflict: If it was answered already, or its time to be answered is over.
    """
    require_office(actor)
    reason = checked_reason(reason)
    row = status.locked_booking(tx, actor, number)
    if row.status == rules.PENDING:
        _require_in_time(row)
    if status.transition(tx, actor, row, rules.DECLINED, {"reason": reason}):
        notify_changed(tx, actor, row, rules.DECLINED, reason=reason)


def expire_requests(db: Database) -> int:
    """Let requests that nobody answered lapse, and say so.

    Safe in several places at once: each request is locked, and looked at again.

    Args:
        db: The database; each request is a transaction of its own.

    Returns:
        How many lapsed.
    """
    expired = 0
    while due := db.query(_due):
        lapsed = sum(db.call(_expire, number) for number in due)
        expired += lapsed
        if not lapsed:
            break  # somebody else is at it
    return expired


def _due(tx: Session) -> list[str]:
    return list(
        tx.exec(
            select(Booking.number)
            .where(
                col(Booking.status) == rules.PENDING,
                col(Booking.answer_by) <= utc_now(),
            )
            .order_by(col(Booking.answer_by))
            .limit(_BATCH_SIZE)
        )
    )


def _expire(tx: Session, number: str) -> bool:
    row = status.locked_booking(tx, SYSTEM, number)
    is_due = row.answer_by is not None and row.answer_by <= utc_now()
    if row.status != rules.PENDING or not is_due:
        return False
    status.transition(tx, SYSTEM, row, rules.EXPIRED)
    notify_changed(tx, SYSTEM, row, rules.EXPIRED)
    return True


def _require_in_time(row: Booking) -> None:
    if row.answer_by is not None and row.answer_by <= utc_now():
        raise Conflict(rules.ENDED_TEXTS[rules.EXPIRED])
