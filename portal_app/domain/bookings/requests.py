"""Drafts of services whose price is on request: sent, answered, booked.

A draft that was sent is closed while the office answers. With the price that was
agreed it opens again: what it is for stays, and a time is still to be chosen.
``domain.quotes`` has the answers and decisions.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from portal_app.domain.bookings import confirmation, draft_details, rules
from portal_app.domain.bookings.drafts import lock_open_draft
from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.domain.bookings.rules import AgreedPrice, OverviewSnapshot
from portal_app.domain.bookings.view_builders import (
    completed_steps,
    offer_of_draft,
    price_of_draft,
    stored_address_lines,
)
from portal_app.domain.business import permissions
from portal_app.domain.business import service as business
from portal_app.domain.catalogue import rules as pricing
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.models import Service
from portal_app.domain.customers.rules import phone_text
from portal_app.domain.fields import rules as d
from portal_app.domain.fields import schema
from portal_app.domain.fields import values as fields
from portal_app.domain.fields.values import Subject
from portal_app.domain.fields.views import FieldView
from portal_app.kernel.audiences import STAFF, Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict, InvalidInput
from portal_app.kernel.features import Feature
from portal_app.kernel.ownership import customer_of


@dataclass(frozen=True, slots=True)
class SentDraft:
    """What a request is kept with."""

    customer_id: str
    service_id: str
    service_name: str
    contact_name: str
    contact_email: str


@dataclass(frozen=True, slots=True)
class RequestView:
    """What a price is asked for, in words.

    Attributes:
        choices: What was chosen of the options.
        minutes: How long a visit with these takes by the catalogue.
        for_whom: The names of those it is for.
        answers: What the service asks, with what was entered; not for guests.
    """

    service_name: str = ""
    service_slug: str = ""
    choices: list[str] = field(default_factory=list)
    minutes: int = 0
    address_lines: list[str] = field(default_factory=list)
    access_notes: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    company: str = ""
    notes: str = ""
    for_whom: str = ""
    answers: list[FieldView] = field(default_factory=list)


def send_draft(tx: Session, actor: Actor, draft_id: str, version: int) -> SentDraft:
    """Close a draft that asks for a price.

    Args:
        tx: The transaction.
        actor: The customer.
        draft_id: Theirs.
        version: Of the overview that was looked at.

    Raises:
        NotFound: If it is missing or somebody else's.
        Conflict: If it was sent already, has a price, was changed in another window,
            or quotes are switched off.
        InvalidInput: If a step is missing; the fields are names of steps.
    """
    customer_of(actor)
    permissions.require_feature(tx, actor, Feature.QUOTES)
    row = lock_open_draft(tx, actor, draft_id)
    service = tx.get_one(Service, row.service_id)
    if service.price_kind != pricing.ON_REQUEST or row.agreed:
        raise Conflict("This service has a price: you can book it.")
    if row.version != version:
        raise Conflict(
            "This request was changed in another window. "
            "Please look at the overview again."
        )
    reasons = draft_details.check_details(tx, row).reasons
    offer = offer_of_draft(tx, row)
    asked = draft_details.steps_of(tx, row, offer)
    done = completed_steps(row, asked, price_of_draft(tx, row, offer), reasons)
    if missing := [step for step in asked if step not in done]:
        words = rules.MISSING_TEXTS | reasons
        raise InvalidInput({step: words[step] for step in missing})
    now = utc_now()
    row.starts_at = None
    row.requested_at = row.closed_at = row.updated_at = now
    row.version += 1
    tx.flush()
    assert row.customer_id is not None
    return SentDraft(
        row.customer_id,
        service.id,
        service.name,
        row.contact["name"],
        row.contact["email"],
    )


def request_view(tx: Session, audience: Audience, draft_id: str) -> RequestView:
    """What was asked for. Whoever calls this has authorised it."""
    row = tx.get_one(BookingDraft, draft_id)
    settings = business.current_business(tx)
    service = tx.get_one(Service, row.service_id)
    try:
        asked = pricing.price(offer_of_draft(tx, row), row.options)
        choices = [
            catalogue.line_text(line.description, line.quantity)
            for line in asked.lines[1:]
        ]
        minutes = asked.minutes
    except InvalidInput:
        # The options are others by now.
        choices, minutes = [], service.duration_minutes
    who = {Audience.CUSTOMER: d.CUSTOMER} | dict.fromkeys(STAFF, d.OFFICE)
    answers = (
        fields.field_views(
            tx,
            who[audience],
            schema.service_scope(row.service_id),
            Subject(rules.DRAFT_SUBJECT, row.id),
        )
        if audience in who
        else []
    )
    contact = row.contact
    names = [one.name for one in draft_details.dependents_of_draft(tx, row)]
    return RequestView(
        service_name=service.name,
        service_slug=service.slug,
        choices=choices,
        minutes=minutes,
        address_lines=stored_address_lines(row.address, settings.country),
        access_notes=str(row.address.get("access_notes") or ""),
        contact_name=contact["name"],
        contact_email=contact["email"],
        contact_phone=phone_text(contact["phone"], settings.country),
        company=str(contact.get("company", {}).get("name", "")),
        notes=row.notes,
        for_whom=rules.joined_names(names),
        answers=[one for one in answers if one.is_filled_in],
    )


def agree(tx: Session, draft_id: str, price: AgreedPrice) -> None:
    """Open a request again, with its price; the caller holds what it is about."""
    row = _locked(tx, draft_id)
    row.agreed = price.as_stored()
    row.closed_at = None
    row.updated_at = utc_now()
    row.version += 1
    tx.flush()


def book_agreed(
    tx: Session,
    actor: Actor,
    draft_id: str,
    starts_at: datetime,
    fieldworker_id: str | None,
) -> str:
    """Book a time with the price that was agreed; returns the booking's number.

    Args:
        tx: The transaction; it stays usable after a refusal.
        actor: The customer.
        draft_id: Theirs.
        starts_at: When the visit starts.
        fieldworker_id: Somebody in particular, or ``None`` for anyone.

    Raises:
        SlotTaken: If the time is not free; then none is chosen.
        InvalidInput: If a step is missing, or does not count any more.
    """
    row = _locked(tx, draft_id)
    price = rules.agreed_price(row.agreed).breakdown
    row.starts_at = starts_at.astimezone(UTC)
    row.fieldworker_id = fieldworker_id
    tx.flush()
    shown = OverviewSnapshot(row.version, price.total_minor, price.minutes)
    try:
        return confirmation.confirm_at_once(tx, actor, draft_id, shown)
    except (Conflict, InvalidInput):
        row.starts_at = None
        tx.flush()
        raise


def numbers_of_drafts(tx: Session, draft_ids: Collection[str]) -> dict[str, str]:
    """The numbers of the bookings that grew from drafts, by the drafts' ids."""
    if not draft_ids:
        return {}
    found = tx.exec(
        select(Booking.draft_id, Booking.number).where(
            col(Booking.draft_id).in_(draft_ids)
        )
    )
    return dict(found.all())


def _locked(tx: Session, draft_id: str) -> BookingDraft:
    return tx.exec(
        select(BookingDraft)
        .where(BookingDraft.id == draft_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
