"""What a service asks in the wizard: the dependents it is for, and its own fields.

The dependents are stored on the draft, the answers as field values about it. Both
are checked again when it is confirmed, and are copied to the booking.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from portal_app.domain.bookings import booking_dependents, rules
from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.domain.bookings.rules import DetailsForm
from portal_app.domain.bookings.views import BookingDependentView
from portal_app.domain.business import permissions
from portal_app.domain.business.features import TABLE
from portal_app.domain.catalogue.models import Service
from portal_app.domain.customers import profiles
from portal_app.domain.dependents.models import Dependent
from portal_app.domain.dependents.service import (
    candidate_dependents,
    eligible_dependents,
)
from portal_app.domain.fields import rules as d
from portal_app.domain.fields import schema
from portal_app.domain.fields import values as fields
from portal_app.domain.fields.values import Subject
from portal_app.domain.fields.views import FieldView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.features import Feature
from portal_app.kernel.ownership import customer_of


def save_details(
    tx: Session, actor: Actor, draft: BookingDraft, form: DetailsForm
) -> bool:
    """Store what was filled in.

    Args:
        tx: The transaction.
        actor: The customer.
        draft: Theirs; the caller holds it.
        form: As filled in.

    Returns:
        Whether an answer changed.

    Raises:
        InvalidInput: For ``dependents``, ``details.KEY`` for answers, and
            ``about_you.KEY`` for what the business asks of every customer.
    """
    service = tx.get_one(Service, draft.service_id)
    wrong: dict[str, str] = {}
    changed: list[str] = []
    try:
        chosen = booking_dependents.chosen_dependents(
            tx, actor, service, form.dependents
        )
        draft.dependent_ids = [one.id for one in chosen]
    except InvalidInput as refused:
        wrong |= refused.fields
    try:
        changed = fields.save_values(
            tx,
            actor,
            schema.service_scope(service.id),
            Subject(rules.DRAFT_SUBJECT, draft.id),
            form.answers,
            owner=customer_of(actor),
        )
    except InvalidInput as refused:
        wrong |= rules.answer_errors(refused.fields)
    try:
        profiles.answer_before_booking(tx, actor, form.about_you)
    except InvalidInput as refused:
        wrong |= rules.answer_errors(refused.fields, rules.ABOUT_YOU_PREFIX)
    if wrong:
        raise InvalidInput(wrong)
    return bool(changed)


@dataclass(frozen=True, slots=True)
class CheckedDetails:
    """The stored details of a draft, as they count now.

    Attributes:
        dependents: Those that were chosen, in the order they were chosen.
        blocking_reason: Why the details cannot be booked (any more); empty if they
            can, or if the step was not taken yet.
    """

    dependents: list[Dependent] = field(default_factory=list)
    blocking_reason: str = ""


def check_details(tx: Session, draft: BookingDraft) -> CheckedDetails:
    """Look at the stored details again: what they refer to may have changed."""
    if not draft.contact or draft.customer_id is None:
        return CheckedDetails()
    if closed := _switched_off(tx, draft):
        return CheckedDetails(blocking_reason=rules.look_again_text(closed))
    chosen: list[Dependent] = []
    if draft.dependent_ids:
        service = tx.get_one(Service, draft.service_id)
        found = candidate_dependents(tx, draft.customer_id, service.dependent_types)
        available = {one.row.id: one for one in found}
        missing = [one for one in draft.dependent_ids if one not in available]
        if missing:
            names = {one.id: one.name for one in dependents_of_draft(tx, draft)}
            reason = rules.unavailable_dependent_text(names.get(missing[0], ""))
            return CheckedDetails(blocking_reason=reason)
        for one in draft.dependent_ids:
            if reason := booking_dependents.misfit_of(service, available[one]):
                return CheckedDetails(blocking_reason=rules.look_again_text(reason))
        chosen = [available[one].row for one in draft.dependent_ids]
    subject = Subject(rules.DRAFT_SUBJECT, draft.id)
    scope = schema.service_scope(draft.service_id)
    asked = {subject: scope, **profiles.fields_subject(draft.customer_id)}
    unanswered = fields.missing_fields(tx, d.CUSTOMER, asked)
    reason = rules.missing_answer_text(unanswered[0]) if unanswered else ""
    return CheckedDetails(chosen, reason)


def _switched_off(tx: Session, draft: BookingDraft) -> str:
    """Why what was filled in is not offered any more; empty if it is."""
    features = permissions.current_features(tx)
    asked = {
        Feature.BUSINESS_PROFILES: bool(draft.contact.get("company")),
        Feature.DEPENDENTS: bool(draft.dependent_ids),
    }
    closed = (one for one in asked if asked[one] and not features.is_on(one))
    return next((TABLE[one].closed_words for one in closed), "")


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


def fields_of_draft(tx: Session, draft: BookingDraft) -> list[FieldView]:
    """What the customer is asked to fill in, with what is entered so far."""
    views = fields.field_views(
        tx,
        d.CUSTOMER,
        schema.service_scope(draft.service_id),
        Subject(rules.DRAFT_SUBJECT, draft.id),
    )
    # What others fill in is still empty, and says nothing.
    return [view for view in views if view.editable]
