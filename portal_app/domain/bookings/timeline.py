"""For whom or what a booking is, and the bookings of one dependent."""

from collections.abc import Sequence

from sqlalchemy import and_
from sqlmodel import Session, col, select

from portal_app.domain.bookings import rules, views
from portal_app.domain.bookings.models import Booking, BookingDependent, BookingEvent
from portal_app.domain.bookings.reading import page_of
from portal_app.domain.dependents.models import Dependent
from portal_app.domain.dependents.ownership import own_dependent
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import InvalidInput, NotFound
from portal_app.kernel.ids import normalise_number
from portal_app.kernel.ownership import owned_by

MAX_DEPENDENTS = 20


def name_dependents(
    tx: Session, actor: Actor, number: str, dependent_ids: Sequence[str]
) -> list[str]:
    """Say for whom or what a booking is, instead of what was said before.

    Safe to repeat. Those that were archived can stay but not be added.

    Args:
        tx: The transaction.
        actor: A customer.
        number: Of one of their bookings.
        dependent_ids: Of their dependents; none for nobody by name.

    Returns:
        The names, in order.

    Raises:
        NotFound: If the booking or a dependent is missing or somebody else's.
        InvalidInput: If there are more than 20.
    """
    booking = tx.exec(
        owned_by(actor, Booking)
        .where(col(Booking.number) == normalise_number(number))
        .with_for_update()
    ).first()
    if booking is None:
        raise NotFound("We could not find that booking.")
    wanted = list(dict.fromkeys(dependent_ids))
    if len(wanted) > MAX_DEPENDENTS:
        raise InvalidInput(
            {"dependents": f"Please choose at most {MAX_DEPENDENTS} for one booking."}
        )
    named = {row.dependent_id: row for row in _links(tx, booking.id)}
    own = {
        row.id: row
        for row in tx.exec(
            owned_by(actor, Dependent).where(col(Dependent.id).in_(wanted))
        )
        if row.archived_at is None or row.id in named
    }
    if len(own) < len(wanted):
        raise NotFound("We could not find that.")
    if list(named) == wanted:
        return [row.name for row in named.values()]
    for row in named.values():
        tx.delete(row)
    tx.flush()
    links = [
        BookingDependent(
            booking_id=booking.id,
            dependent_id=one,
            position=position,
            name=own[one].name,
        )
        for position, one in enumerate(wanted)
    ]
    names = [link.name for link in links]
    tx.add_all(links)
    tx.add(
        BookingEvent(
            booking_id=booking.id,
            at=utc_now(),
            by=actor.audience.value,
            account_id=actor.account_id,
            what="dependents_named",
            detail={"names": ", ".join(names)},
        )
    )
    tx.flush()
    return names


def named_dependents(tx: Session, actor: Actor, number: str) -> list[tuple[str, str]]:
    """For whom or what a booking is: id, and name as it was when it was said.

    Raises:
        NotFound: If the booking is missing or somebody else's.
    """
    booking = tx.exec(
        owned_by(actor, Booking).where(col(Booking.number) == normalise_number(number))
    ).first()
    if booking is None:
        raise NotFound("We could not find that booking.")
    return [(row.dependent_id, row.name) for row in _links(tx, booking.id)]


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


def _links(tx: Session, booking_id: str) -> list[BookingDependent]:
    return list(
        tx.exec(
            select(BookingDependent)
            .where(col(BookingDependent.booking_id) == booking_id)
            .order_by(col(BookingDependent.position))
        )
    )
