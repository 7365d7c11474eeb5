"""The details of a confirmed booking: its dependents, and the answers to its fields."""

from functools import partial

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.domain.bookings import booking_dependents, history, rules
from portal_app.domain.bookings.models import Booking, BookingDependent
from portal_app.domain.bookings.rules import DetailsForm
from portal_app.domain.bookings.views import BookingDependentView, DetailsFormView
from portal_app.domain.business import permissions
from portal_app.domain.business.features import may
from portal_app.domain.catalogue.models import Service
from portal_app.domain.dependents.models import Dependent
from portal_app.domain.fields import rules as d
from portal_app.domain.fields import schema
from portal_app.domain.fields import values as fields
from portal_app.domain.fields.values import Subject
from portal_app.domain.fields.views import FieldView
from portal_app.kernel.audiences import STAFF, Actor, Audience
from portal_app.kernel.changes import Change
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.features import Feature
from portal_app.kernel.ids import normalise_number
from portal_app.kernel.ownership import owned_by
from portal_app.kernel.versioned import is_current

_DETAILS = (Feature.DEPENDENTS, Feature.CUSTOM_FIELDS)
_CLOSED = "This booking cannot be changed any more."
_DEPENDENTS_LABEL = "Who is it for?"


def details_form(
    tx: Session, actor: Actor, number: str, added: str = ""
) -> DetailsFormView:
    """What the customer can change of a booking's details.

    Nothing, for a guest and where the office lets nobody change anything (any more).
    ``added`` is the id of a dependent that was added just now.

    Raises:
        NotFound: If it is missing or somebody else's.
        NotAllowed: If nobody is signed in as a customer or guest.
    """
    row = own_booking(tx, actor, number)
    names, answers = (_may(tx, feature, row) for feature in _DETAILS)
    if actor.audience is not Audience.CUSTOMER or not (names or answers):
        return DetailsFormView()
    service = tx.get_one(Service, row.service_id)
    chosen = [
        one.dependent_id for one in booking_dependents.booked_dependents(tx, row.id)
    ]
    choice = (
        booking_dependents.choice_of_dependents(
            tx, actor, service, already_booked=chosen, added=added
        )
        if names
        else booking_dependents.DependentChoice()
    )
    types = booking_dependents.dependent_types_of(tx, service) if names else []
    asked = _field_views(tx, d.CUSTOMER, row) if answers else []
    return DetailsFormView(
        types=types,
        dependents=choice.rows,
        note=choice.note,
        chosen=chosen,
        fields=asked,
        editable=bool(types or choice.rows) or any(field.editable for field in asked),
        version=row.version,
    )


def change_details(
    tx: Session, actor: Actor, number: str, form: DetailsForm, version: int
) -> int:
    """Say anew for whom a booking is, and answer what the service asks.

    Those it is for already can stay when they were archived, but not be added.

    Args:
        tx: The transaction.
        actor: A customer.
        number: Of one of their bookings.
        form: As filled in; a field that is not named keeps its answer.
        version: Of the booking that was read.

    Returns:
        The new version; the same if nothing differs.

    Raises:
        NotFound: If the booking is missing or somebody else's.
        Conflict: If it is over, or was cancelled, or what differs may not be changed.
        InvalidInput: For ``dependents``, and ``details.KEY`` for answers.
        EditConflict: If it was changed since ``version`` and differs.
    """
    row = tx.exec(
        owned_by(actor, Booking)
        .where(col(Booking.number) == normalise_number(number))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound("We could not find that booking.")
    names, answers = (_may(tx, feature, row) for feature in _DETAILS)
    if not (names or answers) or (form.answers and not answers):
        raise Conflict(_CLOSED)
    wrong: dict[str, str] = {}
    already_booked = booking_dependents.booked_dependents(tx, row.id)
    booked_ids = {one.dependent_id for one in already_booked}
    if not names and not booked_ids >= set(form.dependents):
        raise Conflict(_CLOSED)
    chosen: list[Dependent] | None = None
    try:
        if names:
            chosen = _chosen_dependents(tx, actor, row, form, already_booked)
    except InvalidInput as refused:
        wrong |= refused.fields
    differences = partial(_differences, tx, row, chosen, form, already_booked)
    if not wrong and not is_current("This booking", row, version, differences):
        return row.version
    changed_fields: list[str] = []
    try:
        changed_fields = fields.save_values(
            tx,
            actor,
            schema.service_scope(row.service_id),
            Subject(rules.BOOKING_SUBJECT, row.id),
            form.answers,
            owner=row.customer_id,
        )
    except InvalidInput as refused:
        wrong |= rules.answer_errors(refused.fields)
    if wrong:
        raise InvalidInput(wrong)
    dependents_changed = (
        chosen is not None
        and booking_dependents.set_booking_dependents(tx, actor, row, chosen)
    )
    if changed_fields:
        named = ", ".join(f"“{one}”" for one in changed_fields)
        history.record(tx, actor, row, "details_changed", {"fields": named})
    if changed_fields or dependents_changed:
        row.version += 1
        tx.flush()
    return row.version


def dependents_of_booking(
    tx: Session, actor: Actor, row: Booking
) -> list[BookingDependentView]:
    """Whom a booking is for, by the names they had then; to a guest only those."""
    if not permissions.is_on(tx, Feature.DEPENDENTS):
        return []
    already_booked = booking_dependents.booked_dependents(tx, row.id)
    if actor.audience is not Audience.CUSTOMER:
        return [BookingDependentView(name=one.name) for one in already_booked]
    names = {one.dependent_id: one.name for one in already_booked}
    return booking_dependents.dependent_views(tx, row.customer_id, names)


def visible_answers(tx: Session, actor: Actor, row: Booking) -> list[FieldView]:
    """What a booking's customer sees of what the service asks; a guest nothing.

    Of a booking that is over, what was not answered is left out; so it is for the
    office.
    """
    if actor.audience in STAFF:
        return answered_fields(tx, d.OFFICE, row)
    if actor.audience is not Audience.CUSTOMER:
        return []
    return (
        _field_views(tx, d.CUSTOMER, row)
        if _may(tx, Feature.CUSTOM_FIELDS, row)
        else answered_fields(tx, d.CUSTOMER, row)
    )


def answered_fields(tx: Session, audience: str, row: Booking) -> list[FieldView]:
    """What was answered, as far as an audience may read it."""
    return [one for one in _field_views(tx, audience, row) if one.is_filled_in]


def own_booking(tx: Session, actor: Actor, number: str) -> Booking:
    """A booking that the actor may read.

    Raises:
        NotFound: If it is missing or somebody else's.
        NotAllowed: If nobody is signed in as a customer or guest.
    """
    row = tx.exec(
        readable_bookings(actor).where(Booking.number == normalise_number(number))
    ).one_or_none()
    if row is None:
        raise NotFound("We could not find that booking.")
    return row


def _may(tx: Session, feature: Feature, row: Booking) -> bool:
    state = rules.booking_state(row.status, row.starts_at, row.ends_at, utc_now())
    return may(feature, state, permissions.current_features(tx))


def _field_views(tx: Session, audience: str, row: Booking) -> list[FieldView]:
    subject = Subject(rules.BOOKING_SUBJECT, row.id)
    return fields.field_views(
        tx, audience, schema.service_scope(row.service_id), subject
    )


def _chosen_dependents(
    tx: Session,
    actor: Actor,
    row: Booking,
    form: DetailsForm,
    already_booked: list[BookingDependent],
) -> list[Dependent]:
    service = tx.get_one(Service, row.service_id)
    ids = [one.dependent_id for one in already_booked]
    return booking_dependents.chosen_dependents(
        tx, actor, service, form.dependents, already_booked=ids
    )


def _differences(
    tx: Session,
    row: Booking,
    chosen: list[Dependent] | None,
    form: DetailsForm,
    already_booked: list[BookingDependent],
) -> list[Change]:
    found: list[Change] = []
    if chosen is not None and {one.dependent_id for one in already_booked} != {
        one.id for one in chosen
    }:
        yours = ", ".join(one.name for one in chosen)
        now = ", ".join(one.name for one in already_booked)
        found.append(
            Change(booking_dependents.FORM_FIELD, _DEPENDENTS_LABEL, yours, now)
        )
    scope = schema.service_scope(row.service_id)
    subject = Subject(rules.BOOKING_SUBJECT, row.id)
    return found + fields.differences(tx, d.CUSTOMER, scope, subject, form.answers)


def readable_bookings(actor: Actor) -> SelectOfScalar[Booking]:
    """The bookings that the actor may read: a customer's own, a guest's one.

    Raises:
        NotAllowed: If it is neither a customer nor a guest.
    """
    if actor.audience is Audience.GUEST and actor.booking_id is not None:
        return select(Booking).where(col(Booking.id) == actor.booking_id)
    return owned_by(actor, Booking)
