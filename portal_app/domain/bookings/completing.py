"""The end of an appointment that took place."""

from datetime import datetime

from sqlmodel import Session, col, select

from portal_app.domain.bookings.models import Booking, BookingEvent
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict, NotAllowed, NotFound
from portal_app.kernel.ids import normalise_number


def complete(tx: Session, actor: Actor, number: str) -> None:
    """Say that the work of a booking was done; a repetition changes nothing.

    Args:
        tx: The transaction.
        actor: The office.
        number: The booking's, as a person may type it.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such booking.
        Conflict: If it was cancelled, or has not started yet.
    """
    if actor.audience is not Audience.OFFICE:
        raise NotAllowed
    row = tx.exec(
        select(Booking)
        .where(col(Booking.number) == normalise_number(number))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound("We could not find that booking.")
    if row.status == "completed":
        return
    now = utc_now()
    _refuse_what_did_not_happen(row, now)
    row.status = "completed"
    row.version += 1
    tx.add(row)
    tx.add(
        BookingEvent(
            booking_id=row.id,
            at=now,
            by=actor.audience.value,
            account_id=actor.account_id,
            what="completed",
        )
    )
    tx.flush()


def _refuse_what_did_not_happen(row: Booking, now: datetime) -> None:
    if row.status == "cancelled":
        raise Conflict("This booking was cancelled.")
    if row.starts_at > now:
        raise Conflict("This appointment has not started yet.")
