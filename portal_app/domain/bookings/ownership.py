"""Finding a draft of the actor, the booking that grew from it, and bookings."""

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.domain.customers.ownership import owned_by
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.errors import NotFound


def draft_of(
    tx: Session, actor: Actor, draft_id: str, *, lock: bool = False
) -> BookingDraft:
    """A draft of this actor, as it is now.

    Args:
        tx: The transaction.
        actor: Who is asking.
        draft_id: From the browser.
        lock: Make other changes to the draft wait for this transaction.

    Raises:
        NotFound: If it is missing or somebody else's.
        NotAllowed: If nobody is signed in as a customer.
    """
    query = owned_by(actor, BookingDraft).where(BookingDraft.id == draft_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    draft = tx.exec(query).one_or_none()
    if draft is None:
        raise NotFound("We could not find that booking.")
    return draft


def booking_from(tx: Session, draft: BookingDraft) -> Booking | None:
    """The booking that grew from a draft, if it was confirmed."""
    return tx.exec(
        select(Booking).where(col(Booking.draft_id) == draft.id)
    ).one_or_none()


def readable_by(actor: Actor) -> SelectOfScalar[Booking]:
    """The bookings that the actor may read: a customer's own, a guest's one.

    Raises:
        NotAllowed: If it is neither a customer nor a guest.
    """
    if actor.audience is Audience.GUEST and actor.booking_id is not None:
        return select(Booking).where(col(Booking.id) == actor.booking_id)
    return owned_by(actor, Booking)
