"""Booking the visits of a series whose days have come within the horizon.

A series knows its first visit that is not booked yet. Whoever extends it holds its
row, and every visit is there once (``uq_booking_visit``), so that several may try. A
date that is taken is left out, and the customer and the office are told of it, with
the nearest free time. Where the office approves bookings, each visit is a request,
and the office is told of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlmodel import Session, col, select

from portal_app.domain.bookings import rules, series, series_plan
from portal_app.domain.bookings.booking_dependents import booked_dependents
from portal_app.domain.bookings.confirmation import book_visit
from portal_app.domain.bookings.draft_details import copy_to_visits
from portal_app.domain.bookings.models import (
    Booking,
    BookingDraft,
    BookingLine,
    BookingSeries,
)
from portal_app.domain.bookings.needs import needs_of
from portal_app.domain.bookings.notifications import (
    notify_awaiting_answer,
    notify_changed,
)
from portal_app.domain.bookings.repetition import instant_of_visit
from portal_app.domain.bookings.series_plan import FREE, TAKEN, PlannedVisit, VisitTerms
from portal_app.domain.business import permissions
from portal_app.domain.business import service as business
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.models import Service
from portal_app.domain.catalogue.rules import PriceBreakdown, PriceLine
from portal_app.domain.dependents.models import Dependent
from portal_app.domain.scheduling import service as scheduling
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.db import Database
from portal_app.kernel.features import Feature

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class _Due:
    """The visits of a series that can be booked now, and what comes after them."""

    indexes: list[int]
    wanted: list[datetime]
    next_index: int
    next_day: date | None


def extend_series(db: Database) -> int:
    """Book what can be booked of every series; safe to repeat, and to run twice.

    Args:
        db: The database; each series is a transaction of its own.

    Returns:
        How many visits were booked.
    """
    return sum(db.call(_extend, one) for one in db.query(_due_series))


def _due_series(tx: Session) -> list[str]:
    """The series whose next day is within the horizon of their service."""
    if not permissions.is_on(tx, Feature.REPEATING_BOOKINGS):
        return []
    services = tx.exec(
        select(BookingSeries.service_id)
        .where(col(BookingSeries.next_day).is_not(None))
        .distinct()
    ).all()
    last_days = {one: scheduling.bookable_range(tx, one)[1] for one in services}
    rows = tx.exec(
        select(BookingSeries)
        .where(col(BookingSeries.next_day) <= max(last_days.values(), default=date.min))
        .order_by(col(BookingSeries.next_day), col(BookingSeries.id))
        .limit(_AT_ONCE)
    )
    return [one.id for one in rows if _is_due(one, last_days[one.service_id])]


def _is_due(row: BookingSeries, last_day: date) -> bool:
    return row.next_day is not None and row.next_day <= last_day


def _extend(tx: Session, series_id: str) -> int:
    row = tx.exec(
        select(BookingSeries)
        .where(BookingSeries.id == series_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    due = _due_visits(tx, row)
    if not due.indexes:
        return 0
    first = tx.exec(
        select(Booking)
        .where(Booking.series_id == row.id)
        .order_by(col(Booking.series_index))
        .limit(1)
    ).one()
    minutes = (first.ends_at - first.starts_at) // timedelta(minutes=1)
    scheduling.lock_fieldworkers(tx, row.service_id)
    visits = _look_at(tx, row, due, minutes)
    booked = _book(tx, row, first, minutes, [v for v in visits if v.state == FREE])
    taken = [visit for visit in visits if visit.state == TAKEN]
    row.left_out = [*row.left_out, *(visit.index for visit in taken)]
    row.next_index, row.next_day = due.next_index, due.next_day
    row.version += 1
    tx.add(row)
    tx.flush()
    if requested := [one for one in booked if one.status == rules.PENDING]:
        notify_awaiting_answer(tx, requested)
    if taken:
        _tell(tx, _latest(tx, row), taken)
    return len(booked)


def _due_visits(tx: Session, row: BookingSeries) -> _Due:
    zone = business.formats(tx).zone
    _, last_bookable = scheduling.bookable_range(tx, row.service_id)
    wall = series.wall_time(row)
    indexes: list[int] = []
    wanted: list[datetime] = []
    if row.next_day is not None:
        for index, day in series.days_of(row):
            # The one before is there to stay away from.
            if index >= row.next_index - 1:
                if day > last_bookable:
                    return _Due(indexes, wanted, index, day)
                wanted.append(instant_of_visit(day, wall, zone))
            if index >= row.next_index:
                indexes.append(index)
    following = indexes[-1] + 1 if indexes else row.next_index
    return _Due(indexes, wanted, following, None)


def _look_at(
    tx: Session, row: BookingSeries, due: _Due, minutes: int
) -> list[PlannedVisit]:
    if not catalogue.is_bookable(tx.get_one(Service, row.service_id)):
        return [
            PlannedVisit(index, instant, instant, TAKEN)
            for index, instant in zip(due.indexes, due.wanted[1:], strict=True)
        ]
    draft = tx.get_one(BookingDraft, row.draft_id)
    terms = VisitTerms(row.service_id, minutes, row.fieldworker_id, needs_of(tx, draft))
    return series_plan.look_at_visits(
        tx, terms, due.wanted, {}, first_index=due.indexes[0]
    )


def _book(
    tx: Session,
    row: BookingSeries,
    first: Booking,
    minutes: int,
    visits: Sequence[PlannedVisit],
) -> list[Booking]:
    """Book visits as the first one was: for whom, with what, for what it cost."""
    price = _price_as_booked(tx, first, minutes)
    booked = series.book_visits(
        tx,
        row,
        tx.get_one(BookingDraft, row.draft_id),
        visits,
        minutes=minutes,
        book=partial(book_visit, tx, SYSTEM, price),
    )
    ids = [one.dependent_id for one in booked_dependents(tx, first.id)]
    dependents = tx.exec(select(Dependent).where(col(Dependent.id).in_(ids))).all()
    copy_to_visits(tx, SYSTEM, first, booked, dependents, answered=bool(booked))
    return booked


def _price_as_booked(tx: Session, booking: Booking, minutes: int) -> PriceBreakdown:
    lines = tx.exec(
        select(BookingLine)
        .where(BookingLine.booking_id == booking.id)
        .order_by(col(BookingLine.position))
    )
    return PriceBreakdown(
        lines=tuple(
            PriceLine(one.description, one.quantity, one.unit_minor, one.minutes)
            for one in lines
        ),
        total_minor=booking.total_minor,
        minutes=minutes,
    )


def _latest(tx: Session, row: BookingSeries) -> Booking:
    return tx.exec(
        select(Booking)
        .where(Booking.series_id == row.id)
        .order_by(col(Booking.series_index).desc())
        .limit(1)
    ).one()


def _tell(tx: Session, booking: Booking, taken: Sequence[PlannedVisit]) -> None:
    formats = business.formats(tx)

    def words(instant: datetime) -> str:
        return f"{formats.short_day(instant)}, {formats.time(instant)}"

    dates = [
        f"{words(one.wanted)}: taken"
        + (f". Free: {words(one.nearest)}" if one.nearest else "")
        for one in taken
    ]
    # Each news of a booking is told once, by its version.
    booking.version += 1
    tx.add(booking)
    tx.flush()
    notify_changed(tx, SYSTEM, booking, rules.NOT_EXTENDED, dates=dates)
