"""Private addresses by which a calendar program reads somebody's bookings.

Who has the address reads, without logging in; so it is shown once, stored hashed,
and can be made anew, after which the old one is worth nothing.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from portal_app.domain.bookings import assignments, rules
from portal_app.domain.bookings.models import (
    Booking,
    BookingAssignment,
    BookingEvent,
    CalendarFeed,
)
from portal_app.domain.bookings.view_builders import stored_address_lines
from portal_app.domain.bookings.views import CalendarEntry
from portal_app.domain.business import service as business
from portal_app.domain.scheduling.models import Fieldworker
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import NotFound
from portal_app.kernel.ids import hash_secret, new_secret
from portal_app.kernel.ownership import customer_of, require_office

_KEPT = timedelta(days=90)
_MOST = 1000


def create_customer_feed(tx: Session, actor: Actor) -> str:
    """Make the customer's address, or make it anew; returns its path.

    Raises:
        NotAllowed: If nobody is signed in as a customer.
    """
    customer_id = customer_of(actor)
    row = tx.exec(
        select(CalendarFeed).where(CalendarFeed.customer_id == customer_id)
    ).one_or_none()
    return _renew(tx, row or CalendarFeed(customer_id=customer_id, token_hash=""))


def create_fieldworker_feed(tx: Session, actor: Actor, fieldworker_id: str) -> str:
    """As ``create_customer_feed``, of somebody of the team.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such fieldworker.
    """
    require_office(actor)
    if tx.get(Fieldworker, fieldworker_id) is None:
        raise NotFound("We could not find that person.")
    row = tx.exec(
        select(CalendarFeed).where(CalendarFeed.fieldworker_id == fieldworker_id)
    ).one_or_none()
    return _renew(tx, row or CalendarFeed(fieldworker_id=fieldworker_id, token_hash=""))


def feed_entries(tx: Session, secret: str) -> list[CalendarEntry]:
    """The bookings behind an address, of the last 90 days and all to come.

    Raises:
        NotFound: If the address is unknown, or was made anew since.
    """
    feed = tx.exec(
        select(CalendarFeed).where(CalendarFeed.token_hash == hash_secret(secret))
    ).one_or_none()
    if feed is None:
        raise NotFound("There is no such calendar.")
    rows = tx.exec(
        select(Booking, Fieldworker.name)
        .join(Fieldworker, col(Fieldworker.id) == col(Booking.fieldworker_id))
        .where(_is_in(feed), col(Booking.starts_at) > utc_now() - _KEPT)
        .order_by(col(Booking.starts_at), col(Booking.id))
        .limit(_MOST)
    ).all()
    changed = _last_changes(tx, [row.id for row, _ in rows])
    others = assignments.names_of_others(tx, [row for row, _ in rows])
    settings = business.current_business(tx)
    for_staff = feed.fieldworker_id is not None
    return [
        CalendarEntry(
            uid=row.number,
            sequence=row.version - 1,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            changed_at=changed.get(row.id, row.created_at),
            cancelled=row.status in rules.CALLED_OFF,
            pending=row.status == rules.PENDING,
            title=(
                f"{row.service_name} – "
                f"{row.contact_name if for_staff else settings.name}"
            ),
            place=", ".join(stored_address_lines(row.address, settings.country)),
            description=(
                f"Booking {row.number} with "
                f"{rules.joined_names([name, *others.get(row.id, [])])}."
            ),
            timezone=settings.timezone,
            number=row.number,
            business_name=settings.name,
            business_email=settings.email,
        )
        for row, name in rows
    ]


def _is_in(feed: CalendarFeed) -> ColumnElement[bool]:
    if feed.customer_id is not None:
        return col(Booking.customer_id) == feed.customer_id
    helps = select(BookingAssignment.booking_id).where(
        BookingAssignment.fieldworker_id == feed.fieldworker_id
    )
    return or_(
        col(Booking.fieldworker_id) == feed.fieldworker_id, col(Booking.id).in_(helps)
    )


def _last_changes(tx: Session, booking_ids: list[str]) -> dict[str, datetime]:
    rows = tx.exec(
        select(BookingEvent.booking_id, func.max(BookingEvent.at))
        .where(col(BookingEvent.booking_id).in_(booking_ids))
        .group_by(col(BookingEvent.booking_id))
    )
    return dict(rows.all())


def _renew(tx: Session, row: CalendarFeed) -> str:
    secret = new_secret()
    row.token_hash, row.created_at = hash_secret(secret), utc_now()
    tx.add(row)
    tx.flush()
    return f"/api/calendar/feed/{secret}.ics"
