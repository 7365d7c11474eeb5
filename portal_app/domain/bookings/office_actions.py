"""What the office does with a booking while it is under way, by one click."""

from collections.abc import Mapping

from sqlmodel import Session

from portal_app.domain.bookings import approval, rules, status
from portal_app.domain.bookings.models import Booking
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import NotFound
from portal_app.kernel.ownership import require_office

START, COMPLETE, NO_SHOW = "start", "complete", "no_show"
APPROVE, DECLINE, CANCEL = "approve", "decline", "cancel"
_LEADS_TO: Mapping[str, str] = {
    START: rules.IN_PROGRESS,
    COMPLETE: rules.COMPLETED,
    NO_SHOW: rules.NO_SHOW,
}


def mark(tx: Session, actor: Actor, number: str, action: str) -> None:
    """Approve a request, or say that a visit began, was done, or nobody was there.

    A repetition changes nothing.

    Args:
        tx: The transaction.
        actor: The office.
        number: The booking's.
        action: ``APPROVE``, ``START``, ``COMPLETE`` or ``NO_SHOW``.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such booking, or no such action.
        Conflict: If that cannot become of it, with words.
    """
    require_office(actor)
    if action == APPROVE:
        approval.approve(tx, actor, number)
        return
    if action not in _LEADS_TO:
        raise NotFound("There is no such action.")
    row = status.locked_booking(tx, actor, number)
    status.transition(tx, actor, row, _LEADS_TO[action])


def possible_actions(row: Booking) -> list[str]:
    """What the office can do with a booking now, all of the above."""
    now = utc_now()
    possible = {APPROVE: rules.CONFIRMED, DECLINE: rules.DECLINED}
    return [
        action
        for action, to in {**_LEADS_TO, **possible, CANCEL: rules.CANCELLED}.items()
        if row.status != to
        and not rules.transition_problem(row.status, to, row.starts_at, now)
    ]
