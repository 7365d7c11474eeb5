"""The history of a booking: who did what, and when."""

from typing import Any

from sqlmodel import Session

from portal_app.domain.bookings.models import Booking, BookingEvent
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.clock import utc_now


def record(
    tx: Session,
    actor: Actor,
    booking: Booking,
    what: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write an entry; ``what`` and ``detail`` as ``rules.event_text`` reads them."""
    tx.add(
        BookingEvent(
            booking_id=booking.id,
            at=utc_now(),
            by=_who(actor),
            account_id=actor.account_id,
            what=what,
            detail=detail or {},
        )
    )


def _who(actor: Actor) -> str:
    """What the history calls somebody."""
    if actor is SYSTEM:
        return "system"
    return Audience.OFFICE.value if actor.on_behalf else actor.audience.value
