"""What an address brings along into a draft: answers, a time, a booking once more."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlmodel import Session

from portal_app.domain.bookings import draft_details, draft_holds, views
from portal_app.domain.bookings.draft_owners import is_visitor
from portal_app.domain.bookings.drafts import (
    TIME_UNAVAILABLE,
    drop_time,
    lock_undecided_draft,
    remove_unavailable_choices,
    versioned_change,
)
from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.domain.bookings.view_builders import (
    draft_view,
    offer_of_draft,
    price_of_draft,
)
from portal_app.domain.catalogue import rules as pricing
from portal_app.domain.customers.business_profiles import draft_snapshot
from portal_app.domain.scheduling import service as scheduling
from portal_app.domain.scheduling.claims import SlotTaken
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput, NotFound
from portal_app.kernel.ids import normalise_number
from portal_app.kernel.ownership import owned_by


@dataclass(frozen=True, slots=True)
class CarriedChoices:
    """What an address brings along into a draft; nothing of it is believed.

    Attributes:
        again: The number of a booking of the customer, to be booked once more.
        answers: As in ``catalogue.rules.Answers``.
        starts_at: An aware instant.
        fieldworker_id: Somebody in particular, or empty for anyone.
    """

    again: str = ""
    answers: pricing.Answers = field(default_factory=dict)
    starts_at: datetime | None = None
    fieldworker_id: str = ""


def carry(
    tx: Session, actor: Actor, draft_id: str, carried: CarriedChoices
) -> views.DraftView:
    """Put what an address brings along into a draft, as far as it can be had.

    What cannot is left as it was; ``notice`` says so of a time.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        Conflict: If it was confirmed already.
    """
    row = lock_undecided_draft(tx, actor, draft_id)
    notice = ""
    with versioned_change(tx, row) as related:
        if carried.again and not is_visitor(actor):
            related.changed = _copy_booking(tx, actor, row, carried.again)
        if carried.answers:
            offer = offer_of_draft(tx, row)
            with suppress(InvalidInput):
                row.options = pricing.normalise_answers(offer, carried.answers)
        notice = remove_unavailable_choices(tx, row)
        if carried.starts_at is not None:
            notice = _carry_time(tx, actor, row, carried)
    return draft_view(tx, row, notice)


def _carry_time(
    tx: Session, actor: Actor, row: BookingDraft, carried: CarriedChoices
) -> str:
    """Choose and hold the time, if it is free; words about it otherwise."""
    price, start = price_of_draft(tx, row), carried.starts_at
    if price is None or start is None:
        return ""
    person = _offered_person(tx, row, carried.fieldworker_id)
    try:
        draft_holds.hold_time(
            tx, actor, row, price.minutes, start, fieldworker_id=person
        )
    except SlotTaken:
        drop_time(tx, row)
        return TIME_UNAVAILABLE
    row.starts_at, row.fieldworker_id = start.astimezone(UTC), person
    return ""


def _offered_person(tx: Session, row: BookingDraft, wanted: str | None) -> str | None:
    """Somebody in particular, if they still do the draft's service; else anyone."""
    offered = {one.id for one in scheduling.fieldworkers_for(tx, row.service_id)}
    return wanted if wanted in offered else None


def _copy_booking(tx: Session, actor: Actor, row: BookingDraft, number: str) -> bool:
    """Fill a draft with what a booking of the same service was booked with.

    All but its time; what does not exist any more is left out.

    Returns:
        Whether answers to what the service asks were copied.
    """
    booked = tx.exec(
        owned_by(actor, Booking).where(
            Booking.number == normalise_number(number),
            Booking.service_id == row.service_id,
        )
    ).one_or_none()
    before = tx.get(BookingDraft, booked.draft_id) if booked else None
    if booked is None or before is None:
        return False
    drop_time(tx, row)
    with suppress(InvalidInput):
        row.options = pricing.normalise_answers(offer_of_draft(tx, row), before.options)
    row.fieldworker_id = _offered_person(tx, row, before.fieldworker_id)
    row.address, row.location_id = dict(booked.address), booked.location_id
    row.new_place = {}
    contact = dict(before.contact)
    if company := contact.pop("company", None):
        with suppress(InvalidInput, NotFound):
            contact["company"] = draft_snapshot(tx, actor, str(company.get("id", "")))
    row.contact, row.notes = contact, booked.notes
    return draft_details.copy_details(tx, actor, row, booked)
