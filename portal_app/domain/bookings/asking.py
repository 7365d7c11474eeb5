"""What a service asks in the wizard: for whom it is, and its own fields.

Whom it is for is kept on the draft, the answers as values of fields about it. Both
are looked at again when it is confirmed, and become the booking's.
"""

from sqlmodel import Session

from portal_app.domain.bookings import for_whom, rules
from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.domain.bookings.ownership import draft_of
from portal_app.domain.bookings.rules import DetailsForm
from portal_app.domain.bookings.views import AskedView, ForWhomView
from portal_app.domain.catalogue.models import Service
from portal_app.domain.dependents import listing, types
from portal_app.domain.dependents.views import TypeView
from portal_app.domain.fields import definitions as d
from portal_app.domain.fields import service as fields
from portal_app.domain.fields.service import Subject
from portal_app.domain.fields.views import FieldView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput


def asked(tx: Session, actor: Actor, draft_id: str) -> AskedView:
    """What the wizard asks, with what was entered so far.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        NotAllowed: If nobody is signed in as a customer.
    """
    draft = draft_of(tx, actor, draft_id)
    service = tx.get_one(Service, draft.service_id)
    return AskedView(
        types=types_of(tx, service),
        dependents=listing.choosable(tx, actor, service.dependent_types),
        chosen=list(draft.dependent_ids),
        fields=fields_of(tx, draft),
        answered=bool(draft.contact),
    )


def keep(tx: Session, actor: Actor, draft: BookingDraft, form: DetailsForm) -> bool:
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
        chosen = for_whom.chosen(tx, actor, service.dependent_types, form.dependents)
        draft.dependent_ids = [one.id for one in chosen]
    except InvalidInput as refused:
        wrong |= refused.fields
    try:
        changed = fields.save(
            tx,
            actor,
            fields.of_service(service.id),
            Subject(rules.DRAFT, draft.id),
            form.answers,
            owner=draft.customer_id,
        )
    except InvalidInput as refused:
        wrong |= rules.answer_faults(refused.fields)
    if wrong:
        raise InvalidInput(wrong)
    return bool(changed)


def objection(tx: Session, draft: BookingDraft) -> str:
    """Why what was filled in cannot be booked any more.

    Empty if it can, or if nothing was filled in yet.
    """
    if not draft.contact:
        return ""
    if draft.dependent_ids:
        service = tx.get_one(Service, draft.service_id)
        found = listing.candidates(tx, draft.customer_id, service.dependent_types)
        there = {one.id for one in found}
        gone = [one for one in draft.dependent_ids if one not in there]
        if gone:
            names = {one.id: one.name for one in whom(tx, draft)}
            return rules.gone_text(names.get(gone[0], ""))
    subject = Subject(rules.DRAFT, draft.id)
    scope = fields.of_service(draft.service_id)
    lacking = fields.lacking(tx, d.CUSTOMER, scope, subject)
    return rules.lacking_text(lacking[0]) if lacking else ""


def hand_over(tx: Session, actor: Actor, draft: BookingDraft, booking: Booking) -> None:
    """Make it the booking's; the caller has seen that there is no objection."""
    service = tx.get_one(Service, draft.service_id)
    chosen = for_whom.chosen(tx, actor, service.dependent_types, draft.dependent_ids)
    for_whom.name(tx, actor, booking, chosen)
    fields.move(tx, Subject(rules.DRAFT, draft.id), Subject(rules.BOOKING, booking.id))


def whom(tx: Session, draft: BookingDraft) -> list[ForWhomView]:
    """Whom a draft is for."""
    names = dict.fromkeys(draft.dependent_ids, "")
    return for_whom.views_of(tx, draft.customer_id, names)


def fields_of(tx: Session, draft: BookingDraft) -> list[FieldView]:
    """What the customer is asked to fill in, with what is entered so far."""
    views = fields.form(
        tx,
        d.CUSTOMER,
        fields.of_service(draft.service_id),
        Subject(rules.DRAFT, draft.id),
    )
    # What others fill in is still empty, and says nothing.
    return [view for view in views if view.editable]


def types_of(tx: Session, service: Service) -> list[TypeView]:
    """The types in use that a service is for, in the service's order."""
    offered = {view.slug: view for view in types.types(tx)}
    return [offered[slug] for slug in service.dependent_types if slug in offered]
