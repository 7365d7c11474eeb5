"""What a service asks in the wizard: the dependents it is for, and its own fields.

The dependents are stored on the draft, the answers as field values about it. Both
are checked again when it is confirmed, and are copied to the booking.
"""

from sqlmodel import Session

from portal_app.domain.bookings import booking_dependents, rules
from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.domain.bookings.rules import DetailsForm
from portal_app.domain.bookings.views import BookingDependentView
from portal_app.domain.catalogue.models import Service
from portal_app.domain.dependents.service import eligible_dependents
from portal_app.domain.fields import rules as d
from portal_app.domain.fields import schema
from portal_app.domain.fields import values as fields
from portal_app.domain.fields.values import Subject
from portal_app.domain.fields.views import FieldView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput


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
        InvalidInput: For ``dependents``, and ``details.KEY`` for answers.
    """
    service = tx.get_one(Service, draft.service_id)
    wrong: dict[str, str] = {}
    changed: list[str] = []
    try:
        chosen = booking_dependents.chosen_dependents(
            tx, actor, service.dependent_types, form.dependents
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
            owner=draft.customer_id,
        )
    except InvalidInput as refused:
        wrong |= rules.answer_errors(refused.fields)
    if wrong:
        raise InvalidInput(wrong)
    return bool(changed)


def blocking_reason(tx: Session, draft: BookingDraft) -> str:
    """Why what was filled in cannot be booked any more.

    Empty if it can, or if nothing was filled in yet.
    """
    if not draft.contact:
        return ""
    if draft.dependent_ids:
        service = tx.get_one(Service, draft.service_id)
        found = eligible_dependents(tx, draft.customer_id, service.dependent_types)
        there = {one.id for one in found}
        gone = [one for one in draft.dependent_ids if one not in there]
        if gone:
            names = {one.id: one.name for one in dependents_of_draft(tx, draft)}
            return rules.unavailable_dependent_text(names.get(gone[0], ""))
    subject = Subject(rules.DRAFT_SUBJECT, draft.id)
    scope = schema.service_scope(draft.service_id)
    lacking = fields.missing_fields(tx, d.CUSTOMER, scope, subject)
    return rules.missing_answer_text(lacking[0]) if lacking else ""


def copy_to_booking(
    tx: Session, actor: Actor, draft: BookingDraft, booking: Booking
) -> None:
    """Make it the booking's; the caller has seen that there is no blocking_reason."""
    service = tx.get_one(Service, draft.service_id)
    chosen = booking_dependents.chosen_dependents(
        tx, actor, service.dependent_types, draft.dependent_ids
    )
    booking_dependents.set_booking_dependents(tx, actor, booking, chosen)
    fields.move_values(
        tx,
        Subject(rules.DRAFT_SUBJECT, draft.id),
        Subject(rules.BOOKING_SUBJECT, booking.id),
    )


def dependents_of_draft(tx: Session, draft: BookingDraft) -> list[BookingDependentView]:
    """Whom a draft is for."""
    names = dict.fromkeys(draft.dependent_ids, "")
    return booking_dependents.dependent_views(tx, draft.customer_id, names)


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
