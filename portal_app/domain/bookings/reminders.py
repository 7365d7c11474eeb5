"""Reminders of visits: at the times the business sets, once each.

What is reminded of is the visit at its time: one that is moved is reminded of anew,
one that is called off not at all. The row that says so is written with the mail, by
whichever job comes first.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlmodel import Session, col, select

from portal_app.domain.bookings import history, rules, status
from portal_app.domain.bookings.guests import create_link_path, require_change_right
from portal_app.domain.bookings.models import Booking, BookingReminder
from portal_app.domain.bookings.view_builders import (
    stored_address_lines,
    time_range_text,
)
from portal_app.domain.business import booking_rules
from portal_app.domain.business import service as business
from portal_app.domain.notifications import outbox
from portal_app.domain.notifications.outbox import Message
from portal_app.domain.scheduling.models import Fieldworker
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict

_BATCH_SIZE = 100
_MOST_LATE = timedelta(hours=12)


def send_reminders(db: Database) -> int:
    """Remind of every visit whose time to be reminded of has come.

    One that could not be sent in time, as while nothing ran, is sent up to 12 hours
    late, but never after half of the time before the visit.

    Args:
        db: The database; a transaction takes at most 100 visits.

    Returns:
        How many mails were written.
    """
    sent = 0
    while count := db.call(_send_batch):
        sent += count
    return sent


def confirm_attendance(tx: Session, actor: Actor, number: str) -> None:
    """Say that somebody will be there; a repetition changes nothing.

    Args:
        tx: The transaction.
        actor: The customer, or a guest by the link of a mail.
        number: The booking's.

    Raises:
        NotFound: If it is missing or somebody else's.
        NotAllowed: If a guest came by the number alone.
        Conflict: If it is not to come any more, or not confirmed yet.
    """
    row = status.locked_booking(tx, actor, number)
    require_change_right(tx, actor)
    if row.attending_at is not None:
        return
    now = utc_now()
    if row.status in rules.ENDED_TEXTS:
        raise Conflict(rules.ENDED_TEXTS[row.status])
    if row.status != rules.CONFIRMED or row.starts_at <= now:
        raise Conflict("This appointment cannot be confirmed now.")
    row.attending_at = now
    history.record(tx, actor, row, "attendance_confirmed")
    tx.flush()


def _send_batch(tx: Session) -> int:
    now = utc_now()
    times = booking_rules.current_rules(tx).reminders
    if not times:
        return 0
    rows = tx.exec(
        select(Booking, Fieldworker.name)
        .join(Fieldworker, col(Fieldworker.id) == col(Booking.fieldworker_id))
        .where(
            col(Booking.status) == rules.CONFIRMED,
            or_(*(_is_due(minutes, now) for minutes in times)),
        )
        .order_by(col(Booking.starts_at), col(Booking.id))
        .limit(_BATCH_SIZE)
        # One that is being moved or called off just now is looked at the next time.
        .with_for_update(skip_locked=True, of=Booking)
        .execution_options(populate_existing=True)
    ).all()
    messages = []
    for row, fieldworker in rows:
        minutes = _minutes_due(row, times, now)
        tx.add(
            BookingReminder(
                booking_id=row.id,
                starts_at=row.starts_at,
                minutes=minutes,
                sent_at=now,
            )
        )
        messages.append(_message(tx, row, fieldworker, minutes))
    tx.flush()
    outbox.enqueue_all(tx, messages)
    return len(rows)


def _late(minutes: int) -> timedelta:
    return min(_MOST_LATE, timedelta(minutes=minutes) / 2)


def _is_due(minutes: int, now: datetime) -> ColumnElement[bool]:
    before = timedelta(minutes=minutes)
    return and_(
        col(Booking.starts_at) <= now + before,
        col(Booking.starts_at) > now + before - _late(minutes),
        ~exists().where(
            col(BookingReminder.booking_id) == col(Booking.id),
            col(BookingReminder.starts_at) == col(Booking.starts_at),
            col(BookingReminder.minutes) == minutes,
        ),
    )


def _minutes_due(row: Booking, times: Sequence[int], now: datetime) -> int:
    """Which reminder it is; they are further apart than any may be late."""
    left = row.starts_at - now
    return next(
        minutes
        for minutes in times
        if timedelta(minutes=minutes) - _late(minutes)
        < left
        <= timedelta(minutes=minutes)
    )


def _message(tx: Session, row: Booking, fieldworker: str, minutes: int) -> Message:
    formats = business.formats(tx)
    country = business.current_business(tx).country
    return Message(
        "booking_reminder",
        row.contact_email,
        {
            "number": row.number,
            "service": row.service_name,
            "day": formats.day(row.starts_at),
            "time": time_range_text(formats, row.starts_at, row.ends_at),
            "fieldworker": fieldworker,
            "address_lines": stored_address_lines(row.address, country),
            "contact_name": row.contact_name,
            "path": create_link_path(tx, row),
        },
        f"booking_reminder:{row.id}:{row.starts_at.isoformat()}:{minutes}",
        # What comes after the visit has begun reminds nobody.
        expires_at=row.starts_at,
    )
