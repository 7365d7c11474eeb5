"""What the office does with a booking while it is under way, by one click."""

from collections.abc import Mapping

from sqlmodel import Session

from portal_app.domain.bookings import rules, status
from portal_app.domain.bookings.models import Booking
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import NotFound
from portal_app.kernel.ownership import require_office

START, COMPLETE, NO_SHOW = "start", "complete", "no_show"
_LEADS_TO: Mapping[str, str] = {
    START: rules.IN_PROGRESS,
    COMPLETE: rules.COMPLETED,
    NO_SHOW: rules.NO_SHOW,
}


def mark(tx: Session, actor: Actor, number: str, action: str) -> None:
    """Say that a visit began, was done, or that nobody was there.

    A repetition changes nothing.

    Args:
        tx: The transaction.
        actor: The office.
        number: The booking's.
        action: ``START``, ``COMPLETE`` or ``NO_SHOW``.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such booking, or no such action.
        Conflict: If that cannot become of it, with words.
    """
    require_office(actor)
    if action not in _LEADS_TO:
        raise NotFound("There is no such action.")
    row = status.locked_booking(tx, actor, number)
    status.transition(tx, actor, row, _LEADS_TO[action])


def possible_actions(row: Booking) -> list[str]:
    """Which of them the booking lets anybody do now."""
    now = utc_now()
    return [
        action
        for action, to in _LEADS_TO.items()
        if row.status != to
        and not rules.transition_problem(row.status, to, row.starts_at, now)
    ]
