"""Changing a draft: only an open one of the actor's, and every change counts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlmodel import Session

from portal_app.domain.bookings.models import BookingDraft
from portal_app.domain.bookings.ownership import draft_of
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict


@dataclass(slots=True)
class Beside:
    """Set ``changed`` if what is kept of the draft in other tables changed."""

    changed: bool = False


def draft_to_change(tx: Session, actor: Actor, draft_id: str) -> BookingDraft:
    """An open draft of this actor, held until the transaction ends.

    Raises:
        NotFound: If it is missing or somebody else's.
        NotAllowed: If nobody is signed in as a customer.
        Conflict: If it was confirmed already.
    """
    row = draft_of(tx, actor, draft_id, lock=True)
    if row.closed_at is not None:
        raise Conflict("This booking was confirmed already.")
    return row


@contextmanager
def changing(tx: Session, row: BookingDraft) -> Iterator[Beside]:
    """Count a new version if the draft is another one afterwards."""
    before = row.model_dump()
    beside = Beside()
    yield beside
    if beside.changed or row.model_dump() != before:
        row.version += 1
        row.updated_at = utc_now()
        tx.flush()
