"""Confirming a draft, and completing an appointment that took place.

Booking, claim on a fieldworker's time, history and mails are one transaction. The
draft's id is the key: however often it is confirmed, there is one booking.
"""

from datetime import timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from portal_app.domain.accounts.rules import normal_email
from portal_app.domain.bookings import (
    approval,
    assignments,
    draft_details,
    history,
    rules,
    search_words,
    series,
    status,
)
from portal_app.domain.bookings.draft_owners import require_guests_welcome
from portal_app.domain.bookings.drafts import SlotGone, nearest_times, own_draft
from portal_app.domain.bookings.models import Booking, BookingDraft, BookingLine
from portal_app.domain.bookings.needs import needs_of
from portal_app.domain.bookings.notifications import (
    booking_facts,
    booking_texts,
    notify_booked,
    record_booked,
)
from portal_app.domain.bookings.rules import OverviewSnapshot
from portal_app.domain.bookings.series import SeriesPlace, SeriesVisit
from portal_app.domain.bookings.series_plan import FREE
from portal_app.domain.bookings.view_builders import (
    booking_of_draft,
    completed_steps,
    offer_of_draft,
    price_of_draft,
)
from portal_app.domain.business import service as business
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.models import Service
from portal_app.domain.catalogue.rules import PriceBreakdown
from portal_app.domain.customers import locations, registration
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.scheduling import service as scheduling
from portal_app.domain.scheduling.claims import SlotTaken
from portal_app.domain.scheduling.service import ClaimedTime
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.formats import duration_text
from portal_app.kernel.ids import new_number
from portal_app.kernel.ownership import require_office
from portal_app.kernel.statements import insert_once

_NUMBER_PREFIX = "B"
_NUMBER_TRIES = 5


class OverviewChanged(Conflict):
    """What would be booked is not what the overview showed: look again."""


def confirm(db: Database, actor: Actor, draft_id: str, shown: OverviewSnapshot) -> str:
    """Book what the overview showed, once; returns the booking's number.

    A repetition (double click, second tab, retry) returns the same number.

    Args:
        db: The database.
        actor: The customer.
        draft_id: The draft, which is also the idempotency key.
        shown: ``DraftView.shown`` of the overview the customer confirmed.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        InvalidInput: If a step is missing, or what was filled in there cannot be
            booked any more; the fields are names of steps.
        OverviewChanged: If price, duration or the draft are not as shown.
        SlotGone: If the time is neither held any more nor free, with up to three
            nearest free times. The draft keeps everything.
        VisitsTaken: If it repeats, and another of its dates is not free any more.
    """
    try:
        return db.call(confirm_at_once, actor, draft_id, shown)
    except SlotTaken:
        # The refused transaction is over: nothing waits for this search.
        raise SlotGone(db.query(nearest_times, actor, draft_id)) from None


def confirm_at_once(
    tx: Session, actor: Actor, draft_id: str, shown: OverviewSnapshot
) -> str:
    """As ``confirm``, as a part of a transaction, which a refusal leaves usable.

    Raises:
        SlotTaken: If the time is not free any more.
    """
    # The lock makes a second confirmation of the same draft wait for the first.
    draft = own_draft(tx, actor, draft_id, lock=True)
    if draft.closed_at is not None:
        booked = booking_of_draft(tx, draft)
        if booked is None:
            raise NotFound("We could not find that booking.")
        return booked.number
    if draft.customer_id is None:
        require_guests_welcome(tx, draft)
    service = tx.get_one(Service, draft.service_id)
    if not draft.agreed and not catalogue.is_bookable(service):
        raise Conflict("Sorry, we do not offer this service any more.")
    offer = offer_of_draft(tx, draft)
    price = price_of_draft(tx, draft, offer)
    details = draft_details.check_details(tx, draft)
    asked = draft_details.steps_of(tx, draft, offer)
    done = completed_steps(draft, asked, price, details.reasons)
    missing = [step for step in asked if step not in done]
    if missing or price is None or draft.starts_at is None:
        words = rules.MISSING_TEXTS | details.reasons
        raise InvalidInput({step: words[step] for step in missing})
    _require_unchanged_overview(tx, draft, price, shown)
    plan = series.checked_plan(tx, draft, price.minutes)
    customer_id = draft.customer_id or _guest(tx, draft)
    _save_new_place(tx, actor, draft)
    claimed = scheduling.claim_slot(
        tx,
        draft.service_id,
        price.minutes,
        draft.starts_at,
        fieldworker_id=draft.fieldworker_id,
        holder=draft.id,
        needs=needs_of(tx, draft),
    )
    begun = series.begin(tx, draft, plan) if plan else None
    place = SeriesPlace(begun.id, 0) if begun else None
    booking = _store_booking(
        tx, draft, service, price, claimed, customer_id=customer_id, place=place
    )
    facts = booking_facts(tx, booking, rules.joined_names(claimed.names))
    record_booked(tx, actor, booking, facts)
    answered = draft_details.copy_to_booking(
        tx, actor, draft, booking, details.dependents
    )
    names = [one.name for one in details.dependents]
    repeats: dict[str, Any] = {}
    if plan and begun:
        book = partial(book_visit, tx, actor, price)
        following = series.book_visits(
            tx, begun, draft, plan.of(FREE)[1:], minutes=price.minutes, book=book
        )
        draft_details.copy_to_visits(
            tx, actor, booking, following, details.dependents, answered=answered
        )
        repeats = series.mail_facts(tx, begun, [booking, *following])
    notify_booked(
        tx,
        booking,
        price,
        facts,
        dependents=names,
        answered=answered,
        repeats=repeats,
    )
    draft.closed_at = booking.created_at
    draft.updated_at = booking.created_at
    return booking.number


def book_visit(
    tx: Session, actor: Actor, price: PriceBreakdown, visit: SeriesVisit
) -> Booking:
    """Book a later visit of a series; whom it is for and the mails follow.

    Args:
        tx: The transaction.
        actor: Who books it.
        price: What it costs.
        visit: With what, and when; its time is claimed.
    """
    service = tx.get_one(Service, visit.draft.service_id)
    booking = _store_booking(
        tx,
        visit.draft,
        service,
        price,
        visit.claimed,
        customer_id=visit.draft.customer_id or "",
        place=visit.place,
    )
    texts = booking_texts(tx, booking, rules.joined_names(visit.claimed.names))
    what = "booked" if booking.answer_by is None else "requested"
    history.record(tx, actor, booking, what, texts)
    return booking


def _require_unchanged_overview(
    tx: Session, draft: BookingDraft, price: PriceBreakdown, shown: OverviewSnapshot
) -> None:
    if draft.version != shown.version:
        raise OverviewChanged(
            "This booking was changed in another window. "
            "Please look at the overview again."
        )
    if price.total_minor != shown.total_minor:
        formats = business.formats(tx)
        raise OverviewChanged(
            f"The price has changed from {formats.money(shown.total_minor)} "
            f"to {formats.money(price.total_minor)}. "
            "Please look at the overview again."
        )
    if price.minutes != shown.minutes:
        raise OverviewChanged(
            f"The visit now takes {duration_text(price.minutes)} "
            f"instead of {duration_text(shown.minutes)}. "
            "Please look at the overview again."
        )


def _guest(tx: Session, draft: BookingDraft) -> str:
    """The customer of a booking that somebody makes without an account."""
    contact = draft.contact
    return registration.add_guest(tx, contact["name"], normal_email(contact["email"]))


def _save_new_place(tx: Session, actor: Actor, draft: BookingDraft) -> None:
    """Save an address that was typed, now that somebody comes there.

    Nobody is refused a booking because no more places fit.
    """
    if not draft.new_place:
        return
    if draft.customer_id is None:
        draft.new_place = {}  # a guest keeps no places
        return
    form = AddressForm(**draft.address, **draft.new_place)
    try:
        draft.location_id = locations.save_location(tx, actor, form)
    except Conflict:
        draft.location_id = None
    draft.new_place = {}


def _store_booking(
    tx: Session,
    draft: BookingDraft,
    service: Service,
    price: PriceBreakdown,
    claimed: ClaimedTime,
    *,
    customer_id: str,
    place: SeriesPlace | None,
) -> Booking:
    assert draft.starts_at is not None
    is_request = service.confirmation == catalogue.BY_OFFICE and not draft.by_office
    values: dict[str, Any] = {
        "customer_id": customer_id,
        "service_id": service.id,
        "fieldworker_id": claimed.fieldworker_id,
        "claim_id": claimed.claim_id,
        "draft_id": draft.id,
        "status": rules.PENDING if is_request else rules.CONFIRMED,
        "answer_by": approval.answer_by(tx, draft.starts_at) if is_request else None,
        "starts_at": draft.starts_at,
        "ends_at": draft.starts_at + timedelta(minutes=price.minutes),
        "service_name": service.name,
        "currency": rules.agreed_price(draft.agreed).currency
        if draft.agreed
        else business.formats(tx).currency,
        "total_minor": price.total_minor,
        "contact_name": draft.contact["name"],
        "contact_email": draft.contact["email"],
        "contact_phone": draft.contact["phone"],
        "company": dict(draft.contact.get("company") or {}),
        "location_id": draft.location_id,
        "address": dict(draft.address),
        "notes": draft.notes,
        "series_id": place.series_id if place else None,
        "series_index": place.index if place else None,
        "created_at": utc_now(),
    }
    booking = _insert_with_new_number(tx, values)
    tx.add_all(
        BookingLine(
            booking_id=booking.id,
            position=position,
            description=line.description,
            quantity=line.quantity,
            unit_minor=line.unit_minor,
            total_minor=line.total_minor,
            minutes=line.minutes,
        )
        for position, line in enumerate(price.lines)
    )
    search_words.store_words(tx, booking)
    if claimed.others:
        assignments.assign(tx, booking, claimed.others)
    return booking


def _insert_with_new_number(tx: Session, values: dict[str, Any]) -> Booking:
    for _ in range(_NUMBER_TRIES):
        booking = Booking(number=new_number(_NUMBER_PREFIX), **values)
        if insert_once(tx, booking, "number"):
            return booking
    raise RuntimeError("no free booking number found")


def complete(tx: Session, actor: Actor, number: str) -> None:
    """Say that the work of a booking was done; a repetition changes nothing.

    Args:
        tx: The transaction.
        actor: The office.
        number: The booking's, as a person may type it.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such booking.
        Conflict: If it was called off, or has not started yet.
    """
    require_office(actor)
    row = status.locked_booking(tx, actor, number)
    status.transition(tx, actor, row, rules.COMPLETED)
