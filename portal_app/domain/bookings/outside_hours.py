"""The bookings that a change of somebody's hours would leave outside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_
from sqlmodel import Session, col, select

from portal_app.domain.bookings.models import Booking, BookingAssignment
from portal_app.domain.bookings.view_builders import time_range_text
from portal_app.domain.business import service as businesses
from portal_app.domain.scheduling.models import Fieldworker
from portal_app.kernel.audiences import Actor
from portal_app.kernel.ownership import require_office

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class OutsideBookingView:
    """Such a booking, as the office is asked about it."""

    number: str
    service: str
    when: str
    who: str
    fieldworker: str


def outside_bookings(
    tx: Session, actor: Actor, claim_ids: Sequence[str]
) -> list[OutsideBookingView]:
    """The first 20 bookings of these claims on time, in order of time.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    formats = businesses.formats(tx)
    rows = tx.exec(
        select(Booking, Fieldworker.name)
        .join(Fieldworker, col(Fieldworker.id) == Booking.fieldworker_id)
        .where(
            or_(
                col(Booking.claim_id).in_(claim_ids),
                col(Booking.id).in_(
                    select(BookingAssignment.booking_id).where(
                        col(BookingAssignment.claim_id).in_(claim_ids)
                    )
                ),
            )
        )
        .order_by(col(Booking.starts_at), col(Booking.id))
        .limit(MOST_SHOWN)
    ).all()
    return [
        OutsideBookingView(
            number=row.number,
            service=row.service_name,
            when=(
                f"{formats.short_day(row.starts_at)}, "
                f"{time_range_text(formats, row.starts_at, row.ends_at)}"
            ),
            who=row.contact_name,
            fieldworker=name,
        )
        for row, name in rows
    ]
