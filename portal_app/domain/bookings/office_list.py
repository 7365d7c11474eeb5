"""All bookings, as the office looks through them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from portal_app.domain.bookings import rules, search_words
from portal_app.domain.bookings.models import Booking
from portal_app.domain.bookings.view_builders import as_booked, time_range_text
from portal_app.domain.bookings.views import (
    OfficeBookingRowView,
    OfficeBookingsPage,
    OfficeDayView,
)
from portal_app.domain.business import service as business
from portal_app.domain.catalogue.models import Service
from portal_app.domain.customers.models import Customer
from portal_app.domain.customers.rules import phone_text
from portal_app.domain.scheduling.models import Fieldworker
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import day_bounds, today_in
from portal_app.kernel.ids import normalise_number
from portal_app.kernel.ownership import require_staff

PAGE_SIZE = 25

_Row = tuple[Booking, Customer, str]


@dataclass(frozen=True, slots=True)
class BookingsFilter:
    """Which bookings are asked for; what is empty asks for all.

    Attributes:
        text: What is looked for: a number, a name, an email, a phone, a place.
        status: One of ``rules.STATUS_TEXTS``.
        service: The id of a service.
        fieldworker: The id of somebody of the team.
        first: The first day, on the business's clock.
        last: The last day.
        waits: Only those that wait for the office.
    """

    text: str = ""
    status: str = ""
    service: str = ""
    fieldworker: str = ""
    first: date | None = None
    last: date | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page begins: after, or before, the booking with this number."""

    number: str = ""
    before: bool = False


BEGINNING = Mark()


def office_bookings(
    tx: Session, actor: Actor, asked: BookingsFilter, mark: Mark = BEGINNING
) -> OfficeBookingsPage:
    """One page of bookings, at most 25.

    Where no day is asked for and nothing is looked for, they are those from today
    on. From a first day on they come soonest first, otherwise latest first.

    Args:
        tx: The transaction.
        actor: Somebody of the office.
        asked: Which bookings.
        mark: Where the page begins; at the beginning of the list without one.

    Raises:
        NotAllowed: If the actor is not of the office.
    """
    require_staff(actor)
    zone = business.formats(tx).zone
    first = asked.first
    if not (first or asked.last or asked.text or asked.waits):
        first = today_in(zone)
    soonest_first = first is not None or asked.waits
    conditions = _conditions(asked)
    if first is not None:
        conditions.append(col(Booking.starts_at) >= day_bounds(first, zone)[0])
    if asked.last is not None:
        conditions.append(col(Booking.starts_at) < day_bounds(asked.last, zone)[1])
    exact = _booking_of(tx, asked.text) if asked.text else None
    if exact is not None:
        conditions = [col(Booking.id) == exact.id]
    elif asked.text:
        conditions.append(search_words.matches(asked.text))
    start = _booking_of(tx, mark.number) if mark.number else None
    before = mark.before and start is not None
    ascending = soonest_first != before
    if start is not None:
        conditions.append(_beyond(start, ascending))
    rows = _read(tx, conditions, ascending=ascending)
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    return OfficeBookingsPage(
        rows=_row_views(tx, rows[::-1] if before else rows),
        has_more=more or before,
        has_previous=more if before else start is not None,
        since=first.isoformat() if first else "",
        soonest_first=soonest_first,
        services=_names(tx, Service),
        fieldworkers=_names(tx, Fieldworker),
        statuses=[list(pair) for pair in rules.STATUS_TEXTS.items()],
    )


_MOST_WAITING = 5


def office_day(tx: Session, actor: Actor) -> OfficeDayView:
    """Today's visits, and the first of what waits for the office.

    Raises:
        NotAllowed: If the actor is not of the office.
    """
    require_staff(actor)
    zone = business.formats(tx).zone
    start, end = day_bounds(today_in(zone), zone)
    today = _read(
        tx,
        [
            col(Booking.starts_at) >= start,
            col(Booking.starts_at) < end,
            col(Booking.status).not_in(rules.CALLED_OFF),
        ],
    )
    waiting = _read(tx, _conditions(BookingsFilter(waits=True)))
    return OfficeDayView(
        today=_row_views(tx, today[:PAGE_SIZE]),
        has_more_today=len(today) > PAGE_SIZE,
        waiting=_row_views(tx, waiting[:_MOST_WAITING]),
        has_more_waiting=len(waiting) > _MOST_WAITING,
    )


def _read(
    tx: Session, conditions: Sequence[ColumnElement[bool]], *, ascending: bool = True
) -> Sequence[_Row]:
    """The first bookings that fulfil these, and one more than fit on a page."""
    order = col(Booking.starts_at), col(Booking.id)
    return tx.exec(
        select(Booking, Customer, Fieldworker.name)
        .join(Customer, col(Customer.id) == Booking.customer_id)
        .join(Fieldworker, col(Fieldworker.id) == Booking.fieldworker_id)
        .where(*conditions)
        .order_by(*(one.asc() if ascending else one.desc() for one in order))
        .limit(PAGE_SIZE + 1)
    ).all()


def _conditions(asked: BookingsFilter) -> list[ColumnElement[bool]]:
    equal = {
        Booking.status: asked.status,
        Booking.service_id: asked.service,
        Booking.fieldworker_id: asked.fieldworker,
    }
    conditions = [col(column) == value for column, value in equal.items() if value]
    if asked.waits:
        conditions.append(col(Booking.status) == rules.PENDING)
    return conditions


def _booking_of(tx: Session, number: str) -> Booking | None:
    return tx.exec(
        select(Booking).where(Booking.number == normalise_number(number))
    ).one_or_none()


def _beyond(start: Booking, ascending: bool) -> ColumnElement[bool]:
    """What comes after a booking in the order in which the page is read."""
    at, ident = col(Booking.starts_at), col(Booking.id)
    if ascending:
        return and_(at >= start.starts_at, or_(at > start.starts_at, ident > start.id))
    return and_(at <= start.starts_at, or_(at < start.starts_at, ident < start.id))


def _names(tx: Session, table: type[Service] | type[Fieldworker]) -> list[list[str]]:
    """Ids and names of all there are, archived ones too: they have bookings."""
    rows = tx.exec(select(table.id, table.name).order_by(col(table.name)))
    return [[ident, name] for ident, name in rows]


def _row_views(tx: Session, rows: Sequence[_Row]) -> list[OfficeBookingRowView]:
    settings = business.current_business(tx)
    formats = business.formats(tx)

    def day(instant: datetime) -> str:
        this_year = instant.astimezone(formats.zone).year == today_in(formats.zone).year
        return (
            formats.short_day(instant) if this_year else formats.day_and_year(instant)
        )

    return [
        OfficeBookingRowView(
            number=row.number,
            status=row.status,
            day=day(row.starts_at),
            time=time_range_text(formats, row.starts_at, row.ends_at),
            customer=f"{customer.first_name} {customer.last_name}".strip()
            or row.contact_name,
            phone=phone_text(row.contact_phone or customer.phone, settings.country),
            service=row.service_name,
            fieldworker=fieldworker,
            place=str(row.address.get("town") or ""),
            total=as_booked(formats, row).money(row.total_minor),
        )
        for row, customer, fieldworker in rows
    ]
