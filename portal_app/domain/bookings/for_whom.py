"""For whom or what a booking is: what can be chosen, and what was."""

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import Session, col, select

from portal_app.domain.bookings import rules
from portal_app.domain.bookings.models import Booking, BookingDependent, BookingEvent
from portal_app.domain.bookings.views import ForWhomView
from portal_app.domain.dependents.listing import candidates
from portal_app.domain.dependents.models import Dependent, DependentType
from portal_app.domain.files import service as files
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.ownership import customer_of

FIELD = "dependents"
"""Where a form is told that the choice is wrong."""
_AGAIN = "Please choose again who it is for."


def chosen(
    tx: Session,
    actor: Actor,
    types: Sequence[str],
    dependent_ids: Sequence[str],
    *,
    named: Collection[str] = (),
) -> list[Dependent]:
    """Those that were chosen, each once, in the order they were chosen.

    Args:
        tx: The transaction.
        actor: A customer.
        types: Slugs of the types that can be chosen.
        dependent_ids: From the browser.
        named: Ids of those that the booking is for already; they can stay,
            whatever became of them.

    Raises:
        InvalidInput: For ``dependents``: if there are too many, or one is missing,
            somebody else's, archived or of another type.
    """
    wanted = list(dict.fromkeys(dependent_ids))
    if len(wanted) > rules.MAX_DEPENDENTS:
        most = f"Please choose at most {rules.MAX_DEPENDENTS} for one booking."
        raise InvalidInput({FIELD: most})
    if not wanted:
        return []
    found = {row.id: row for row in candidates(tx, customer_of(actor), types, named)}
    if not found.keys() >= set(wanted):
        raise InvalidInput({FIELD: _AGAIN})
    return [found[one] for one in wanted]


def name(
    tx: Session, actor: Actor, booking: Booking, dependents: Sequence[Dependent]
) -> bool:
    """Say for whom a booking is, instead of what was said before.

    Args:
        tx: The transaction.
        actor: A customer.
        booking: One of theirs; the caller holds it.
        dependents: From ``chosen``.

    Returns:
        Whether anything changed.
    """
    before = named(tx, booking.id)
    if {row.dependent_id for row in before} == {one.id for one in dependents}:
        return False
    for row in before:
        tx.delete(row)
    tx.flush()
    tx.add_all(
        BookingDependent(
            booking_id=booking.id,
            dependent_id=one.id,
            position=position,
            name=one.name,
        )
        for position, one in enumerate(dependents)
    )
    tx.add(
        BookingEvent(
            booking_id=booking.id,
            at=utc_now(),
            by=actor.audience.value,
            account_id=actor.account_id,
            what="dependents_named",
            detail={"names": ", ".join(one.name for one in dependents)},
        )
    )
    tx.flush()
    return True


def named(tx: Session, booking_id: str) -> list[BookingDependent]:
    """For whom a booking is, in order."""
    return list(
        tx.exec(
            select(BookingDependent)
            .where(col(BookingDependent.booking_id) == booking_id)
            .order_by(col(BookingDependent.position))
        )
    )


def views_of(
    tx: Session, customer_id: str, names: Mapping[str, str]
) -> list[ForWhomView]:
    """Dependents of a customer as they are drawn.

    Args:
        tx: The transaction.
        customer_id: Whose they are; what is not theirs is left out.
        names: Id to the name it goes by here, or an empty text for its own.
    """
    if not names:
        return []
    rows = tx.exec(
        select(Dependent, DependentType.icon)
        .join(DependentType, col(DependentType.id) == Dependent.type_id)
        .where(
            col(Dependent.id).in_(list(names)),
            col(Dependent.customer_id) == customer_id,
        )
    )
    found = {
        row.id: ForWhomView(
            id=row.id,
            name=names[row.id] or row.name,
            icon=icon,
            picture_url=files.picture_url(row.picture_id),
        )
        for row, icon in rows
    }
    return [found[one] for one in names if one in found]
