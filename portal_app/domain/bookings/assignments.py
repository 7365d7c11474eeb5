"""Who else a booking takes, where it is for several people, services or places.

The first person is the booking's own; the others are here.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from portal_app.domain.bookings.models import Booking, BookingAssignment
from portal_app.domain.bookings.needs import place_of
from portal_app.domain.scheduling.claims import ClaimedTask
from portal_app.domain.scheduling.models import Fieldworker
from portal_app.domain.scheduling.visits import AT_ONCE, IN_TURN, Needs


def assign(tx: Session, booking: Booking, others: Sequence[ClaimedTask]) -> None:
    """Let these be who does a booking besides its first person, and nobody else."""
    tx.execute(
        delete(BookingAssignment).where(col(BookingAssignment.booking_id) == booking.id)
    )
    tx.add_all(
        BookingAssignment(
            booking_id=booking.id,
            claim_id=one.claim_id,
            fieldworker_id=one.fieldworker_id,
            service_id=one.service_id,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            position=position,
        )
        for position, one in enumerate(others, 1)
    )
    tx.flush()


def claim_ids(tx: Session, booking: Booking) -> list[str]:
    """Everything that is claimed for a booking."""
    return claim_ids_of(tx, [booking])


def claim_ids_of(tx: Session, bookings: Collection[Booking]) -> list[str]:
    """Everything that is claimed for these bookings, in one query."""
    others = tx.exec(
        select(BookingAssignment.claim_id)
        .where(col(BookingAssignment.booking_id).in_([one.id for one in bookings]))
        .order_by(col(BookingAssignment.booking_id), col(BookingAssignment.position))
    )
    return [*(one.claim_id for one in bookings), *others]


def tasks_of(tx: Session, booking: Booking) -> list[ClaimedTask]:
    """What is claimed for a booking besides its own time."""
    rows = _rows(tx, booking)
    people = select(Fieldworker.id, Fieldworker.name).where(
        col(Fieldworker.id).in_({row.fieldworker_id for row in rows})
    )
    names = dict(tx.exec(people).all())
    return [
        ClaimedTask(
            claim_id=row.claim_id,
            fieldworker_id=row.fieldworker_id,
            fieldworker_name=names[row.fieldworker_id],
            service_id=row.service_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )
        for row in rows
    ]


def visit_of(tx: Session, booking: Booking) -> tuple[int, Needs]:
    """How long a booking's own service takes, and what its visit needs besides."""
    rows = _rows(tx, booking)
    others = [row for row in rows if row.service_id != booking.service_id]
    more = {row.service_id: _minutes(row.starts_at, row.ends_at) for row in others}
    at_once = any(row.starts_at == booking.starts_at for row in others)
    minutes = _minutes(booking.starts_at, booking.ends_at)
    return minutes if at_once else minutes - sum(more.values()), Needs(
        more=tuple(more.items()),
        mode=AT_ONCE if at_once else IN_TURN,
        place=place_of(booking.address),
        seats=1 + len(rows) - len(others),
    )


def names_of_others(tx: Session, bookings: Collection[Booking]) -> dict[str, list[str]]:
    """Who comes besides the first person, each once, by booking; in one query."""
    first = {row.id: row.fieldworker_id for row in bookings}
    rows = tx.exec(
        select(BookingAssignment.booking_id, Fieldworker.id, Fieldworker.name)
        .join(Fieldworker, col(Fieldworker.id) == BookingAssignment.fieldworker_id)
        .where(col(BookingAssignment.booking_id).in_(first))
        .order_by(col(BookingAssignment.position))
    ).all()
    found: dict[str, dict[str, str]] = {booking: {} for booking in first}
    for booking, who, name in rows:
        if who != first[booking]:
            found[booking][who] = name
    return {booking: list(names.values()) for booking, names in found.items()}


def _rows(tx: Session, booking: Booking) -> list[BookingAssignment]:
    return list(
        tx.exec(
            select(BookingAssignment)
            .where(BookingAssignment.booking_id == booking.id)
            .order_by(col(BookingAssignment.position))
        )
    )


def _minutes(starts_at: datetime, ends_at: datetime) -> int:
    return (ends_at - starts_at) // timedelta(minutes=1)
