"""What becomes of a booking: the one way from one status to another."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session, col, select

from portal_app.domain.bookings import assignments, history, rules
from portal_app.domain.bookings.booking_details import readable_bookings
from portal_app.domain.bookings.models import Booking
from portal_app.domain.scheduling import claims
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict, NotFound
from portal_app.kernel.ids import normalise_number

_APPROVAL = (rules.PENDING, rules.CONFIRMED)

StatusListener = Callable[[Session, Booking, str], None]

# Which they are is in ``domain.listeners``; a dict keeps their order, and each once.
_listeners: dict[StatusListener, None] = {}


def on_changed(listener: StatusListener) -> None:
    """Call a function at every change with transaction, booking and former status."""
    _listeners[listener] = None


def locked_booking(tx: Session, actor: Actor, number: str) -> Booking:
    """The booking with this number as it is now; until the end nobody changes it.

    Args:
        tx: The transaction.
        actor: The office for any, a customer for their own, a guest for theirs.
        number: As a person may type it.

    Raises:
        NotFound: If it is missing or somebody else's.
        NotAllowed: If the actor is nobody who has bookings.
    """
    is_office = actor.audience is Audience.OFFICE
    found = select(Booking) if is_office else readable_bookings(actor)
    row = tx.exec(
        found.where(col(Booking.number) == normalise_number(number))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound("We could not find that booking.")
    return row


def transition(
    tx: Session,
    actor: Actor,
    booking: Booking,
    to: str,
    detail: dict[str, Any] | None = None,
) -> bool:
    """Let a booking become something else, with an entry in its history.

    Time that becomes free is given back. Whether the actor may ask for it, and who
    is told, is up to the function of their intention.

    Args:
        tx: The transaction.
        actor: Who did it, for the history.
        booking: It is locked and read again here.
        to: A status, see ``rules.TRANSITIONS``.
        detail: What the history says besides, such as a ``reason``.

    Returns:
        Whether it changed; not if it was that already.

    Raises:
        Conflict: If that cannot become of it, with words.
    """
    tx.refresh(booking, with_for_update=True)
    before = booking.status
    if before == to:
        return False
    now = utc_now()
    problem = rules.transition_problem(before, to, booking.starts_at, now)
    if problem:
        raise Conflict(problem)
    what = rules.APPROVED if (before, to) == _APPROVAL else to
    booking.status = to
    booking.version += 1
    tx.add(booking)
    history.record(tx, actor, booking, what, detail)
    tx.flush()
    if to in rules.CALLED_OFF:
        claims.release(tx, assignments.claim_ids(tx, booking))
    for listener in _listeners:
        listener(tx, booking, before)
    return True
