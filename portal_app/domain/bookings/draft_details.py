"""What a service asks in the wizard: the dependents it is for, and its own fields.

The dependents are stored on the draft, the answers as field values about it. Both
are checked again when it is confirmed, and are copied to the booking.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal_app.domain.bookings import booking_dependents, rules
from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.domain.bookings.rules import DetailsForm
from portal_app.domain.bookings.views import BookingDependentView
from portal_app.domain.business import permissions
from portal_app.domain.business.features import TABLE
from portal_app.domain.catalogue.models import Service
from portal_app.domain.catalogue.rules import ON_REQUEST, Offer
from portal_app.domain.customers import profiles
from portal_app.domain.dependents.models import Dependent
from portal_app.domain.dependents.service import (
    candidate_dependents,
    document_gaps,
    eligible_dependents,
)
from portal_app.domain.dependents.views import DocumentGapView
from portal_app.domain.fields import rules as d
from portal_app.domain.fields import schema
from portal_app.domain.fields import values as fields
from portal_app.domain.fields.values import Subject
from portal_app.domain.fields.views import FieldView
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import collected_refusals
from portal_app.kernel.features import Feature
from portal_app.kernel.ownership import customer_of


def save_dependents(
    tx: Session, actor: Actor, draft: BookingDraft, dependent_ids: Sequence[str]
) -> None:
    """Store for whom a draft is; the caller holds it.

    Raises:
        InvalidInput: For ``dependents``.
    """
    service = tx.get_one(Service, draft.service_id)
    chosen = booking_dependents.chosen_dependents(tx, actor, service, dependent_ids)
    draft.dependent_ids = [one.id for one in chosen]
    _take_step(draft, rules.WHO)


def save_answers(
    tx: Session, actor: Actor, draft: BookingDraft, form: DetailsForm, notes: str
) -> bool:
    """Store what was answered; the caller holds the draft.

    Args:
        tx: The transaction.
        actor: The customer.
        draft: Theirs.
        form: As filled in.
        notes: What else is worth knowing, as typed.

    Returns:
        Whether an answer changed.

    Raises:
        InvalidInput: For ``notes``, ``details.KEY`` for answers, and
            ``about_you.KEY`` for what the business asks of every customer.
    """
    changed: list[str] = []
    with collected_refusals() as attempt:
        with attempt():
            draft.notes = rules.checked_notes(notes)
        with attempt(rules.ANSWER_PREFIX):
            changed = fields.save_values(
                tx,
                # Whoever has no account yet answers as customers do.
                replace(actor, audience=Audience.CUSTOMER),
                schema.service_scope(draft.service_id),
                Subject(rules.DRAFT_SUBJECT, draft.id),
                form.answers,
                owner=draft.customer_id,
            )
        if draft.customer_id is not None:
            with attempt(rules.ABOUT_YOU_PREFIX):
                profiles.answer_before_booking(tx, actor, form.about_you)
    _take_step(draft, rules.QUESTIONS)
    return bool(changed)


def _take_step(draft: BookingDraft, step: str) -> None:
    """Remember that a step was gone through whose answers may all be empty."""
    if step not in draft.steps_taken:
        draft.steps_taken = [*draft.steps_taken, step]


def steps_of(tx: Session, draft: BookingDraft, offer: Offer) -> list[str]:
    """What this draft is asked for: steps with only one answer are left out.

    Whoever has no account has no dependents to choose from.

    Args:
        tx: The transaction.
        draft: Which one.
        offer: Its service with its options.
    """
    service = tx.get_one(Service, draft.service_id)
    is_asked = dict.fromkeys(rules.STEPS, True)
    # What is agreed stays; a time is chosen once there is a price.
    agreed = bool(draft.agreed)
    is_asked[rules.OPTIONS] = bool(offer.options or draft.options) and not agreed
    is_asked[rules.ADDRESS] = not agreed
    is_asked[rules.TIME] = agreed or service.price_kind != ON_REQUEST
    is_asked[rules.WHO] = bool(draft.customer_id) and (
        bool(draft.dependent_ids) or _can_be_for_somebody(tx, draft, service)
    )
    return [step for step in rules.STEPS if is_asked[step]]


def _can_be_for_somebody(tx: Session, draft: BookingDraft, service: Service) -> bool:
    if not service.dependent_types or rules.WHO in draft.steps_taken:
        return bool(service.dependent_types)
    return bool(booking_dependents.dependent_types_of(tx, service))


@dataclass(frozen=True, slots=True)
class CheckedDetails:
    """The stored details of a draft, as they count now.

    Attributes:
        dependents: Those that were chosen, in the order they were chosen.
        reasons: Step to why what was said there does not count (any more); of steps
            that were taken.
    """

    dependents: list[Dependent] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)


def check_details(tx: Session, draft: BookingDraft) -> CheckedDetails:
    """Look at the stored details again: what they refer to may have changed."""
    features = permissions.current_features(tx)
    reasons: dict[str, str] = {}
    chosen: list[Dependent] = []
    if draft.dependent_ids:
        if not features.is_on(Feature.DEPENDENTS):
            reasons[rules.WHO] = _closed_words(Feature.DEPENDENTS, rules.WHO)
        else:
            chosen, reason = _check_dependents(tx, draft, draft.customer_id or "")
            if reason:
                reasons[rules.WHO] = reason
    has_company = bool(draft.contact.get("company"))
    if has_company and not features.is_on(Feature.BUSINESS_PROFILES):
        words = _closed_words(Feature.BUSINESS_PROFILES, rules.CONTACT)
        reasons[rules.CONTACT] = words
    if rules.QUESTIONS in draft.steps_taken:
        subject = Subject(rules.DRAFT_SUBJECT, draft.id)
        scope = schema.service_scope(draft.service_id)
        asked = {subject: scope}
        if draft.customer_id is not None:
            asked |= profiles.fields_subject(draft.customer_id)
        if unanswered := fields.missing_fields(tx, d.CUSTOMER, asked):
            reasons[rules.QUESTIONS] = rules.missing_answer_text(unanswered[0])
    return CheckedDetails(chosen, reasons)


def _check_dependents(
    tx: Session, draft: BookingDraft, customer_id: str
) -> tuple[list[Dependent], str]:
    """Those that were chosen, and why one of them does not count, if one does not."""
    service = tx.get_one(Service, draft.service_id)
    found = candidate_dependents(tx, customer_id, service.dependent_types)
    available = {one.row.id: one for one in found}
    missing = [one for one in draft.dependent_ids if one not in available]
    if missing:
        names = {one.id: one.name for one in dependents_of_draft(tx, draft)}
        return [], rules.unavailable_dependent_text(names.get(missing[0], ""))
    for one in draft.dependent_ids:
        if reason := booking_dependents.misfit_of(service, available[one]):
            return [], rules.look_again_text(reason, rules.WHO)
    return [available[one].row for one in draft.dependent_ids], ""


def _closed_words(feature: Feature, step: str) -> str:
    """Why what was filled in is not offered any more."""
    return rules.look_again_text(TABLE[feature].closed_words, step)


def copy_to_booking(
    tx: Session,
    actor: Actor,
    draft: BookingDraft,
    booking: Booking,
    dependents: Sequence[Dependent],
) -> bool:
    """Copy details to the booking; the caller has checked that nothing blocks it.

    Args:
        tx: The transaction.
        actor: The customer.
        draft: Theirs; the caller holds it.
        booking: New, made from the draft.
        dependents: Those of ``check_details``.

    Returns:
        Whether any field was answered.
    """
    booking_dependents.add_booking_dependents(tx, actor, booking, dependents)
    moved = fields.move_values(
        tx,
        Subject(rules.DRAFT_SUBJECT, draft.id),
        Subject(rules.BOOKING_SUBJECT, booking.id),
    )
    return moved > 0


def copy_to_visits(
    tx: Session,
    actor: Actor,
    first: Booking,
    visits: Sequence[Booking],
    dependents: Sequence[Dependent],
    *,
    answered: bool,
) -> None:
    """Copy details to the later visits of a series, but for files and signatures.

    Args:
        tx: The transaction.
        actor: Who books them.
        first: The booking that has them already.
        visits: New.
        dependents: Whom it is for.
        answered: Whether any field was answered.
    """
    for visit in visits:
        booking_dependents.add_booking_dependents(tx, actor, visit, dependents)
    if answered:
        fields.copy_values(
            tx,
            Subject(rules.BOOKING_SUBJECT, first.id),
            *(Subject(rules.BOOKING_SUBJECT, visit.id) for visit in visits),
        )


def copy_details(
    tx: Session, actor: Actor, draft: BookingDraft, booking: Booking
) -> bool:
    """Fill in a draft for whom a booking is, and what was answered for it.

    Whoever cannot be chosen any more is left out, and so are files and signatures:
    those were for that visit.

    Args:
        tx: The transaction.
        actor: The customer.
        draft: Theirs, of the same service; the caller holds it.
        booking: One of theirs.

    Returns:
        Whether anything was answered.
    """
    service = tx.get_one(Service, draft.service_id)
    there = booking_dependents.booked_dependents(tx, booking.id)
    found = eligible_dependents(tx, customer_of(actor), service.dependent_types)
    known = {one.id for one in found}
    draft.dependent_ids = [
        row.dependent_id for row in there if row.dependent_id in known
    ]
    _take_step(draft, rules.WHO)
    _take_step(draft, rules.QUESTIONS)
    fields.delete_values(tx, rules.DRAFT_SUBJECT, [draft.id])
    copied = fields.copy_values(
        tx,
        Subject(rules.BOOKING_SUBJECT, booking.id),
        Subject(rules.DRAFT_SUBJECT, draft.id),
    )
    return copied > 0


def dependents_of_draft(tx: Session, draft: BookingDraft) -> list[BookingDependentView]:
    """Whom a draft is for."""
    names = dict.fromkeys(draft.dependent_ids, "")
    return booking_dependents.dependent_views(tx, draft.customer_id or "", names)


def gaps_of_draft(
    tx: Session, draft: BookingDraft, zone: ZoneInfo
) -> list[DocumentGapView]:
    """What lacks of the papers of those it is for, on the day of the appointment."""
    starts_at = draft.starts_at or utc_now()
    return document_gaps(
        tx,
        draft.customer_id or "",
        draft.dependent_ids,
        starts_at.astimezone(zone).date(),
    )


def fields_of_draft(tx: Session, draft: BookingDraft) -> list[FieldView]:
    """What the customer is asked to fill in, with what is entered so far."""
    views = fields.field_views(
        tx,
        d.CUSTOMER,
        schema.service_scope(draft.service_id),
        Subject(rules.DRAFT_SUBJECT, draft.id),
    )
    # What others fill in is still empty, and says nothing; files need an account.
    closed = set() if draft.customer_id else {d.FILE, d.SIGNATURE}
    return [view for view in views if view.editable and view.kind not in closed]
