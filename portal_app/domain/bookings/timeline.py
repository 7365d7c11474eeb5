"""The bookings of one dependent."""

from sqlalchemy import and_
from sqlmodel import Session, col, select

from portal_app.domain.bookings import rules, views
from portal_app.domain.bookings.models import Booking, BookingDependent
from portal_app.domain.bookings.reading import page_of
from portal_app.domain.dependents.ownership import own_dependent
from portal_app.kernel.audiences import Actor


def timeline(
    tx: Session,
    actor: Actor,
    dependent_id: str,
    when: str = rules.UPCOMING,
    page: int = 1,
) -> views.BookingPage:
    """One page of the bookings of a dependent, at most 20.

    Args:
        tx: The transaction.
        actor: A customer.
        dependent_id: One of theirs, archived or not.
        when: ``upcoming`` (soonest first) or ``past`` (latest first).
        page: Counted from 1.

    Raises:
        NotFound: If the dependent is missing or somebody else's.
        InvalidInput: If ``when`` is neither.
    """
    row = own_dependent(tx, actor, dependent_id)
    of_it = select(col(BookingDependent.booking_id)).where(
        col(BookingDependent.dependent_id) == row.id
    )
    whose = and_(
        col(Booking.customer_id) == row.customer_id, col(Booking.id).in_(of_it)
    )
    return page_of(tx, whose, when, page)
