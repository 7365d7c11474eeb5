"""The time that is held for a draft while its owner fills in the rest."""

from datetime import datetime, timedelta

from sqlmodel import Session

from portal_app.domain.bookings.draft_owners import is_visitor
from portal_app.domain.bookings.models import BookingDraft
from portal_app.domain.bookings.needs import needs_of
from portal_app.domain.business import service as business
from portal_app.domain.rate_limits.rules import network_of
from portal_app.domain.scheduling import holds
from portal_app.domain.scheduling import service as scheduling
from portal_app.domain.scheduling.claims import SlotTaken
from portal_app.domain.scheduling.holds import HoldTerms
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.ids import hash_secret
from portal_app.kernel.ownership import customer_of

MOST_OF_CUSTOMER = 3
"""For how many drafts a customer holds time at once."""

MOST_OF_ADDRESS = 6
"""For how many drafts all visitors from one address do."""


def hold_time(
    tx: Session,
    actor: Actor,
    row: BookingDraft,
    minutes: int,
    starts_at: datetime,
    *,
    fieldworker_id: str | None,
) -> None:
    """Hold a time for a draft, in place of what was held for it before.

    Whoever holds as much as they may can choose all the same: then confirming
    decides, as if the time was not held any more.

    Raises:
        SlotTaken: If it is not free; what was held is so still.
    """
    held_by, most = _counted_by(actor)
    if holds.count_by(tx, held_by, besides=row.id) >= most:
        require_free(tx, row, minutes, starts_at, fieldworker_id=fieldworker_id)
        return
    kept = timedelta(minutes=business.current_business(tx).hold_minutes)
    scheduling.claim_slot(
        tx,
        row.service_id,
        minutes,
        starts_at,
        fieldworker_id=fieldworker_id,
        holder=row.id,
        needs=needs_of(tx, row),
        hold=HoldTerms(utc_now() + kept, held_by),
    )


def require_free(
    tx: Session,
    row: BookingDraft,
    minutes: int,
    starts_at: datetime,
    *,
    fieldworker_id: str | None,
) -> None:
    """Choose a time without holding it; what was held before is given back.

    Raises:
        SlotTaken: If it is not free; what was held is so still.
    """
    if not scheduling.is_free(
        tx,
        row.service_id,
        minutes,
        starts_at,
        fieldworker_id=fieldworker_id,
        holder=row.id,
        needs=needs_of(tx, row),
    ):
        raise SlotTaken
    holds.give_back(tx, [row.id])


def still_free(tx: Session, row: BookingDraft, minutes: int) -> bool:
    """Whether the chosen time can be had for so many minutes.

    If it is held, it is from now on for as many minutes.
    """
    assert row.starts_at is not None
    held = next(iter(holds.current_holds(tx, row.id, lock=True)), None)
    if held is None or held.expires_at is None:
        return scheduling.is_free(
            tx,
            row.service_id,
            minutes,
            row.starts_at,
            fieldworker_id=row.fieldworker_id,
            holder=row.id,
            needs=needs_of(tx, row),
        )
    try:
        scheduling.claim_slot(
            tx,
            row.service_id,
            minutes,
            row.starts_at,
            fieldworker_id=row.fieldworker_id,
            holder=row.id,
            needs=needs_of(tx, row),
            hold=HoldTerms(held.expires_at, held.held_by),
        )
    except SlotTaken:
        return False
    return True


def _counted_by(actor: Actor) -> tuple[str, int]:
    """Whose holds are counted together, and how many there may be."""
    if is_visitor(actor):
        # A browser could forget its secret and begin anew.
        return hash_secret(network_of(actor.address)), MOST_OF_ADDRESS
    return customer_of(actor), MOST_OF_CUSTOMER
