"""The wizard: a draft, and each of its steps, validated here.

A step may be repeated and taken back; the draft keeps the last answer. What was
chosen is looked at again when it is confirmed.
"""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session, col

from portal_app.domain.bookings import rules, views
from portal_app.domain.bookings.changing import changing, draft_to_change
from portal_app.domain.bookings.models import BookingDraft
from portal_app.domain.bookings.ownership import draft_of
from portal_app.domain.bookings.presenting import draft_view, priced, time_views
from portal_app.domain.business import service as business
from portal_app.domain.catalogue import rules as pricing
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.models import Service
from portal_app.domain.customers import places
from portal_app.domain.customers.addresses import (
    AddressForm,
    validate_address,
)
from portal_app.domain.customers.ownership import customer_of, owned_by
from portal_app.domain.scheduling import service as scheduling
from portal_app.domain.scheduling.views import FieldworkerView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict, InvalidInput
from portal_app.kernel.statements import insert_into

_OPTIONS_CHANGED = "The options of this service have changed. Please choose again."
_TIME_LOST = "The time you chose is no longer available. Please choose another."


class SlotGone(Conflict):
    """The chosen time is not free any more; nothing else of the draft is lost.

    Attributes:
        times: Up to three free times nearest to it, in order of time.
    """

    def __init__(self, times: list[views.FreeTimeView]) -> None:
        super().__init__(
            "Sorry, that time has just been taken. These are the nearest free times."
            if times
            else "Sorry, that time has just been taken. Please choose another day."
        )
        self.times = times


def open_draft(tx: Session, actor: Actor, slug: str) -> views.DraftView:
    """Begin to book a service, or find the open draft again.

    A time that is not free any more, or options that do not exist any more, are
    taken out, and ``notice`` says so.

    Raises:
        NotFound: If the service is not offered.
        NotAllowed: If nobody is signed in as a customer.
    """
    customer_id = customer_of(actor)
    service = catalogue.active_service(tx, slug)
    open_one = (
        owned_by(actor, BookingDraft)
        .where(BookingDraft.service_id == service.id)
        .where(col(BookingDraft.closed_at).is_(None))
        .with_for_update()
    )
    draft = tx.exec(open_one).one_or_none()
    if draft is None:
        row = BookingDraft(customer_id=customer_id, service_id=service.id)
        # Two tabs may begin at once; the second finds what the first began.
        tx.execute(
            insert_into(tx, BookingDraft)
            .values(**row.model_dump())
            .on_conflict_do_nothing()
        )
        draft = tx.exec(open_one).one()
    with changing(tx, draft):
        notice = _refresh(tx, draft, service)
    return draft_view(tx, draft, notice)


def draft(tx: Session, actor: Actor, draft_id: str) -> views.DraftView:
    """A draft as it stands; once confirmed, ``number`` tells the booking's.

    Raises:
        NotFound: If it is missing or somebody else's.
    """
    return draft_view(tx, draft_of(tx, actor, draft_id))


def choose_options(
    tx: Session, actor: Actor, draft_id: str, answers: pricing.Answers
) -> views.DraftView:
    """Answer the service's options.

    If the visit becomes too long for the time already chosen, that time is taken
    out, and ``notice`` says so.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        Conflict: If it was confirmed already.
        InvalidInput: With a sentence for each option answered wrongly.
    """
    row = draft_to_change(tx, actor, draft_id)
    service = _service_of(tx, row)
    with changing(tx, row):
        row.options = pricing.normalise(catalogue.offer_of(tx, service), answers)
        notice = _refresh(tx, row, service)
    return draft_view(tx, row, notice)


def answer_option(
    tx: Session, actor: Actor, draft_id: str, option_key: str, answer: Any
) -> views.DraftView:
    """Answer one option and keep it, whether or not the others are answered yet.

    Args:
        tx: The transaction.
        actor: The customer.
        draft_id: The draft.
        option_key: Which option.
        answer: As in ``pricing.Answers``.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        Conflict: If it was confirmed already.
        InvalidInput: If there is no such option or it is answered wrongly.
    """
    row = draft_to_change(tx, actor, draft_id)
    service = _service_of(tx, row)
    answers = {**row.options, option_key: answer}
    with changing(tx, row):
        row.options = pricing.normalise_some(catalogue.offer_of(tx, service), answers)
        notice = _refresh(tx, row, service)
    return draft_view(tx, row, notice)


def choose_time(
    tx: Session,
    actor: Actor,
    draft_id: str,
    starts_at: datetime,
    fieldworker_id: str | None = None,
) -> views.DraftView:
    """Choose a free start. It is not held: confirming decides.

    Args:
        tx: The transaction.
        actor: The customer.
        draft_id: The draft.
        starts_at: An aware instant that was offered.
        fieldworker_id: Somebody in particular, or ``None`` for anyone.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        Conflict: If it was confirmed already.
        InvalidInput: If the options are not complete.
        SlotGone: If the start is not free (any more); with the nearest that are.
    """
    row = draft_to_change(tx, actor, draft_id)
    minutes = _priced_or_refuse(tx, row).minutes
    asked_for = fieldworker_id or None
    if starts_at.tzinfo is None:
        raise InvalidInput({"time": rules.MISSING["time"]})
    if not scheduling.is_free(
        tx, row.service_id, minutes, starts_at, fieldworker_id=asked_for
    ):
        raise SlotGone(_nearest(tx, row.service_id, minutes, starts_at, asked_for))
    with changing(tx, row):
        row.starts_at = starts_at.astimezone(UTC)
        row.fieldworker_id = asked_for
    return draft_view(tx, row)


def choose_location(
    tx: Session, actor: Actor, draft_id: str, location_id: str
) -> views.DraftView:
    """Choose one of the customer's saved places.

    Raises:
        NotFound: If draft or place are missing or somebody else's.
        Conflict: If the draft was confirmed already.
    """
    row = draft_to_change(tx, actor, draft_id)
    with changing(tx, row):
        row.address = asdict(places.address_of(tx, actor, location_id))
        row.location_id = location_id
    return draft_view(tx, row)


def choose_address(
    tx: Session, actor: Actor, draft_id: str, form: AddressForm
) -> views.DraftView:
    """Say where to come; the place is saved for the next time.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        Conflict: If it was confirmed already, or no more places can be saved.
        InvalidInput: With a sentence for each field that is wrong.
    """
    row = draft_to_change(tx, actor, draft_id)
    with changing(tx, row):
        row.address = asdict(validate_address(form))
        row.location_id = places.save_location(tx, actor, form)
    return draft_view(tx, row)


def fieldworkers(tx: Session, actor: Actor, draft_id: str) -> list[FieldworkerView]:
    """Whom the customer may choose for this visit, in the business's order.

    Raises:
        NotFound: If the draft is missing or somebody else's.
    """
    return scheduling.fieldworkers_for(tx, draft_of(tx, actor, draft_id).service_id)


def free_days(
    tx: Session,
    actor: Actor,
    draft_id: str,
    first_day: date,
    last_day: date,
    *,
    fieldworker_id: str | None = None,
) -> list[views.FreeDayView]:
    """The days, of a range, on which this visit can start.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        InvalidInput: If the options are not complete.
    """
    row = draft_of(tx, actor, draft_id)
    minutes = _priced_or_refuse(tx, row).minutes
    formats = business.formats(tx)
    days = scheduling.month(
        tx,
        row.service_id,
        minutes,
        first_day,
        last_day,
        fieldworker_id=fieldworker_id,
    )
    return [views.FreeDayView(day.isoformat(), formats.day(day)) for day in days]


def free_times(
    tx: Session,
    actor: Actor,
    draft_id: str,
    day: date,
    *,
    fieldworker_id: str | None = None,
) -> list[views.FreeTimeView]:
    """The starts of one day that are free for this visit; errors as ``free_days``."""
    row = draft_of(tx, actor, draft_id)
    minutes = _priced_or_refuse(tx, row).minutes
    offered = scheduling.slots(
        tx, row.service_id, minutes, day, fieldworker_id=fieldworker_id
    )
    return time_views(business.formats(tx), offered)


def nearest_times(tx: Session, actor: Actor, draft_id: str) -> list[views.FreeTimeView]:
    """Up to three free times nearest to the chosen one, for the same fieldworker.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        InvalidInput: If the options are not complete.
    """
    row = draft_of(tx, actor, draft_id)
    minutes = _priced_or_refuse(tx, row).minutes
    around = row.starts_at or utc_now()
    return _nearest(tx, row.service_id, minutes, around, row.fieldworker_id)


def _service_of(tx: Session, row: BookingDraft) -> Service:
    return tx.get_one(Service, row.service_id)


def _refresh(tx: Session, row: BookingDraft, service: Service) -> str:
    """Take out what is not to be had any more; returns words about it."""
    notice = ""
    price = priced(tx, row)
    if price is None and not _may_be_completed(tx, row, service):
        row.options, notice = {}, _OPTIONS_CHANGED
    if row.starts_at is not None and (
        price is None
        or not scheduling.is_free(
            tx,
            service.id,
            price.minutes,
            row.starts_at,
            fieldworker_id=row.fieldworker_id,
        )
    ):
        row.starts_at = None
        notice = notice or _TIME_LOST
    return notice


def _may_be_completed(tx: Session, row: BookingDraft, service: Service) -> bool:
    try:
        pricing.normalise_some(catalogue.offer_of(tx, service), row.options)
    except InvalidInput:
        return False
    return True


def _priced_or_refuse(tx: Session, row: BookingDraft) -> pricing.Priced:
    price = priced(tx, row)
    if price is None:
        raise InvalidInput({"options": rules.MISSING["options"]})
    return price


def _nearest(
    tx: Session,
    service_id: str,
    minutes: int,
    around: datetime,
    fieldworker_id: str | None,
) -> list[views.FreeTimeView]:
    offered = scheduling.nearest(
        tx, service_id, minutes, around, fieldworker_id=fieldworker_id
    )
    return time_views(business.formats(tx), offered)
