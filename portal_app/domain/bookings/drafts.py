"""Drafts: every step of the wizard, validated here.

A step may be repeated and taken back; the draft keeps the last answer. What was
chosen is checked again when it is confirmed.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.domain.accounts.rules import mailable_email
from portal_app.domain.bookings import (
    draft_details,
    draft_holds,
    draft_owners,
    rules,
    views,
)
from portal_app.domain.bookings.booking_dependents import (
    choice_of_dependents,
    dependent_types_of,
)
from portal_app.domain.bookings.draft_details import fields_of_draft
from portal_app.domain.bookings.draft_owners import (
    drafts_of,
    is_visitor,
    limit_keys,
    owner_of,
    require_guests_welcome,
)
from portal_app.domain.bookings.models import BookingDraft
from portal_app.domain.bookings.needs import needs_of
from portal_app.domain.bookings.rules import BookingContactForm, DetailsForm
from portal_app.domain.bookings.view_builders import (
    contact_of,
    draft_view,
    free_time_views,
    offer_of_draft,
    price_of_draft,
    stored_address,
)
from portal_app.domain.bookings.views import DetailsFormView
from portal_app.domain.business import service as business
from portal_app.domain.business.service_area import Place, serves
from portal_app.domain.catalogue import rules as pricing
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.models import Service
from portal_app.domain.customers import locations, profiles
from portal_app.domain.customers.addresses import (
    Address,
    AddressForm,
    pin_of,
    validate_address,
)
from portal_app.domain.customers.business_profiles import draft_snapshot
from portal_app.domain.customers.models import Customer
from portal_app.domain.customers.rules import (
    phone_number,
    phone_text,
)
from portal_app.domain.customers.views import LocationView
from portal_app.domain.rate_limits import limiter
from portal_app.domain.scheduling import holds, shop_window
from portal_app.domain.scheduling import service as scheduling
from portal_app.domain.scheduling.claims import SlotTaken
from portal_app.domain.scheduling.views import FieldworkerView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    collected_refusals,
)
from portal_app.kernel.ownership import customer_of
from portal_app.kernel.statements import insert_into
from portal_app.kernel.text import one_line


def dependents_form(
    tx: Session, actor: Actor, draft_id: str, added: str = ""
) -> DetailsFormView:
    """For whom or what the draft can be, with what was chosen so far.

    ``added`` is the id of a dependent that was added just now.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        NotAllowed: If nobody is signed in as a customer.
    """
    draft = own_draft(tx, actor, draft_id)
    service = tx.get_one(Service, draft.service_id)
    choice = choice_of_dependents(tx, actor, service, added=added)
    return DetailsFormView(
        types=dependent_types_of(tx, service),
        dependents=choice.rows,
        note=choice.note,
        chosen=list(draft.dependent_ids),
    )


def questions_form(tx: Session, actor: Actor, draft_id: str) -> DetailsFormView:
    """What the service asks, and every customer, with what was entered so far.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        NotAllowed: If nobody is signed in as a customer.
    """
    draft = own_draft(tx, actor, draft_id)
    return DetailsFormView(
        fields=fields_of_draft(tx, draft),
        about_you=[]
        if is_visitor(actor)
        else profiles.fields_asked_before_booking(tx, actor),
    )


def own_contact(tx: Session, actor: Actor) -> dict[str, str]:
    """The customer's own name, email and phone, as a form shows them.

    Raises:
        NotAllowed: If nobody is signed in as a customer.
    """
    found = contact_of(tx.get_one(Customer, customer_of(actor)))
    home = business.current_business(tx).country
    return {**found, "phone": phone_text(found["phone"], home)}


def own_draft(
    tx: Session, actor: Actor, draft_id: str, *, lock: bool = False
) -> BookingDraft:
    """A draft of this actor, as it is now.

    Args:
        tx: The transaction.
        actor: Who is asking.
        draft_id: From the browser.
        lock: Make other changes to the draft wait for this transaction.

    Raises:
        NotFound: If it is missing or somebody else's.
        NotAllowed: If nobody is signed in as a customer.
    """
    query = drafts_of(actor).where(BookingDraft.id == draft_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    draft = tx.exec(query).one_or_none()
    if draft is None:
        raise NotFound("We could not find that booking.")
    return draft


@dataclass(slots=True)
class RelatedChanges:
    """Set ``changed`` if what is kept of the draft in other tables changed."""

    changed: bool = False


def lock_open_draft(tx: Session, actor: Actor, draft_id: str) -> BookingDraft:
    """An open draft of this actor, held until the transaction ends.

    Raises:
        NotFound: If it is missing or somebody else's.
        NotAllowed: If nobody is signed in as a customer.
        Conflict: If it was confirmed already.
    """
    row = own_draft(tx, actor, draft_id, lock=True)
    if row.closed_at is not None:
        raise Conflict(
            "This request was sent already."
            if row.requested_at is not None
            else "This booking was confirmed already."
        )
    return row


def lock_undecided_draft(tx: Session, actor: Actor, draft_id: str) -> BookingDraft:
    """As ``lock_open_draft``, for what a price was not agreed for.

    Raises:
        Conflict: Also if the price is agreed: then what it is for stays.
    """
    row = lock_open_draft(tx, actor, draft_id)
    if row.agreed:
        number = rules.agreed_price(row.agreed).quote
        raise Conflict(
            f"What you get, where and for how much is agreed in quote {number}. "
            "Please ask for another quote to change it."
        )
    return row


@contextmanager
def versioned_change(tx: Session, row: BookingDraft) -> Iterator[RelatedChanges]:
    """Count a new version if the draft is another one afterwards."""
    before = row.model_dump()
    related = RelatedChanges()
    yield related
    if related.changed or row.model_dump() != before:
        row.version += 1
        row.updated_at = utc_now()
        tx.flush()


_OPTIONS_CHANGED = "The options of this service have changed. Please choose again."
TIME_UNAVAILABLE = "The time you chose is no longer available. Please choose another."


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

    A new one has the cheapest answers, which are what the price on the list is for.
    A time that is not free any more, or options that do not exist any more, are
    taken out, and ``notice`` says so.

    Raises:
        NotFound: If the service is not offered.
        NotAllowed: If nobody is signed in as a customer.
        OnRequest: If its price is on request, and quotes are switched off.
        NotOpenYet: If the business is not open yet.
    """
    owner = owner_of(actor)
    service = _service_to_begin(tx, actor, slug)
    open_one = _open_drafts(actor, service).with_for_update()
    draft = tx.exec(open_one).one_or_none()
    if draft is None:
        row = BookingDraft(**owner, service_id=service.id)
        offer = offer_of_draft(tx, row)
        row.options = pricing.normalise_answers(offer, pricing.cheapest_answers(offer))
        # Two tabs may begin at once; the second finds what the first began.
        tx.execute(
            insert_into(tx, BookingDraft)
            .values(**row.model_dump())
            .on_conflict_do_nothing()
        )
        draft = tx.exec(open_one).one()
    with versioned_change(tx, draft):
        notice = remove_unavailable_choices(tx, draft)
    return draft_view(tx, draft, notice)


def open_visitor_draft(db: Database, actor: Actor, slug: str) -> views.DraftView:
    """As ``open_draft``, for a browser that nobody has signed in with.

    Raises:
        NotFound: If the service is not offered.
        NotAllowed: If the browser has no secret to keep drafts by.
        NotOpenYet: If the business is not open yet.
        TooManyAttempts: If its network began too many.
    """
    if not db.query(_has_open_draft, actor, slug):
        limiter.count_attempt(db, *limit_keys(actor))
    return db.call(open_draft, actor, slug)


def _has_open_draft(tx: Session, actor: Actor, slug: str) -> bool:
    service = _service_to_begin(tx, actor, slug)
    return tx.exec(_open_drafts(actor, service)).first() is not None


def _service_to_begin(tx: Session, actor: Actor, slug: str) -> Service:
    service = catalogue.service_to_begin(tx, slug)
    shop_window.require_open(tx, actor)
    return service


def _open_drafts(actor: Actor, service: Service) -> SelectOfScalar[BookingDraft]:
    """The actor's open drafts of a service: one at most."""
    return drafts_of(actor).where(
        BookingDraft.service_id == service.id,
        col(BookingDraft.closed_at).is_(None),
        col(BookingDraft.requested_at).is_(None),
    )


def get_draft(tx: Session, actor: Actor, draft_id: str) -> views.DraftView:
    """A draft as it stands; once confirmed, ``number`` tells the booking's.

    Raises:
        NotFound: If it is missing or somebody else's.
    """
    return draft_view(tx, own_draft(tx, actor, draft_id))


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
    row = lock_undecided_draft(tx, actor, draft_id)
    with versioned_change(tx, row):
        row.options = pricing.normalise_answers(offer_of_draft(tx, row), answers)
        notice = remove_unavailable_choices(tx, row)
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
        answer: As in ``catalogue.rules.Answers``.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        Conflict: If it was confirmed already.
        InvalidInput: If there is no such option or it is answered wrongly.
    """
    row = lock_undecided_draft(tx, actor, draft_id)
    answers = {**row.options, option_key: answer}
    with versioned_change(tx, row):
        row.options = pricing.normalise_partial_answers(
            offer_of_draft(tx, row), answers
        )
        notice = remove_unavailable_choices(tx, row)
    return draft_view(tx, row, notice)


def choose_time(
    tx: Session,
    actor: Actor,
    draft_id: str,
    starts_at: datetime,
    fieldworker_id: str | None = None,
    *,
    hold: bool = True,
) -> views.DraftView:
    """Choose a free start, and hold it for some minutes.

    What was held before is given back. Once it is not held any more, confirming
    decides.

    Args:
        tx: The transaction.
        actor: The customer.
        draft_id: The draft.
        starts_at: An aware instant that was offered.
        fieldworker_id: Somebody in particular, or ``None`` for anyone.
        hold: ``False`` for what is only proposed.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        Conflict: If it was confirmed already.
        InvalidInput: If the options are not complete.
        SlotGone: If the start is not free (any more); with the nearest that are.
    """
    row = lock_open_draft(tx, actor, draft_id)
    minutes = _require_price(tx, row).minutes
    asked_for = fieldworker_id or None
    if starts_at.tzinfo is None:
        raise InvalidInput({"time": rules.MISSING_TEXTS["time"]})
    try:
        if hold:
            draft_holds.hold_time(
                tx, actor, row, minutes, starts_at, fieldworker_id=asked_for
            )
        else:
            draft_holds.require_free(
                tx, row, minutes, starts_at, fieldworker_id=asked_for
            )
    except SlotTaken:
        raise SlotGone(
            _nearest_time_views(tx, row, minutes, starts_at, asked_for)
        ) from None
    with versioned_change(tx, row):
        row.starts_at = starts_at.astimezone(UTC)
        row.fieldworker_id = asked_for
    return draft_view(tx, row)


def clear_time(tx: Session, actor: Actor, draft_id: str) -> views.DraftView:
    """Take back the time that was chosen; who was asked for stays.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        Conflict: If it was confirmed already.
    """
    row = lock_open_draft(tx, actor, draft_id)
    with versioned_change(tx, row):
        drop_time(tx, row)
    return draft_view(tx, row)


def saved_places(tx: Session, actor: Actor) -> views.SavedPlacesView:
    """Where the actor may want to be visited, and where the business does not go.

    Whoever has no account has saved none.
    """
    if actor.customer_id is None:
        return views.SavedPlacesView()
    area = business.area_of(tx)
    places = locations.list_locations(tx, actor)
    outside = [one.id for one in places if not serves(area, _place_of(one))]
    return views.SavedPlacesView(places, outside)


def _place_of(saved: LocationView) -> Place:
    if not saved.latitude:
        return Place(saved.postcode)
    return Place(saved.postcode, float(saved.latitude), float(saved.longitude))


def choose_location(
    tx: Session, actor: Actor, draft_id: str, location_id: str
) -> views.DraftView:
    """Choose one of the customer's saved places.

    Raises:
        NotFound: If draft or place are missing or somebody else's.
        Conflict: If the draft was confirmed already.
        InvalidInput: If the business does not go there.
    """
    row = lock_undecided_draft(tx, actor, draft_id)
    address = locations.location_address(tx, actor, location_id)
    pin = locations.location_pin(tx, actor, location_id)
    _require_served(tx, address, *pin)
    with versioned_change(tx, row):
        row.address = stored_address(address, pin)
        row.location_id, row.new_place = location_id, {}
        notice = _check_way(tx, row)
    return draft_view(tx, row, notice)


def choose_address(
    tx: Session, actor: Actor, draft_id: str, form: AddressForm
) -> views.DraftView:
    """Say where to come; confirming saves the place for the next time.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        Conflict: If it was confirmed already.
        InvalidInput: With a sentence for each field that is wrong, or one in all if
            the business does not go there.
    """
    row = lock_undecided_draft(tx, actor, draft_id)
    with versioned_change(tx, row):
        address, pin = validate_address(form), pin_of(form)
        _require_served(tx, address, *pin)
        row.address = stored_address(address, pin)
        row.location_id, row.new_place = None, {"label": one_line(form.label)}
        notice = _check_way(tx, row)
    return draft_view(tx, row, notice)


def _check_way(tx: Session, row: BookingDraft) -> str:
    """Where ways take time, take out one that nobody can be there at; says so."""
    if not business.current_business(tx).travel_kmh:
        return ""
    return remove_unavailable_choices(tx, row)


def _require_served(
    tx: Session, address: Address, latitude: float | None, longitude: float | None
) -> None:
    """Refuse an address outside the service area.

    Raises:
        InvalidInput: With a sentence for the customer.
    """
    place = Place(address.postcode, latitude, longitude)
    if not serves(business.area_of(tx), place):
        raise InvalidInput({}, rules.not_served_text(address.town))


def fieldworkers(tx: Session, actor: Actor, draft_id: str) -> list[FieldworkerView]:
    """Whom the customer may choose for this visit, in the business's order.

    Raises:
        NotFound: If the draft is missing or somebody else's.
    """
    return scheduling.fieldworkers_for(tx, own_draft(tx, actor, draft_id).service_id)


def bookable_range(tx: Session, actor: Actor, draft_id: str) -> tuple[date, date]:
    """Today and the last day this visit can be on.

    Raises:
        NotFound: If the draft is missing or somebody else's.
    """
    return scheduling.bookable_range(tx, own_draft(tx, actor, draft_id).service_id)


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
    row = own_draft(tx, actor, draft_id)
    minutes = _require_price(tx, row).minutes
    formats = business.formats(tx)
    days = scheduling.free_days(
        tx,
        row.service_id,
        minutes,
        first_day,
        last_day,
        fieldworker_id=fieldworker_id,
        holder=row.id,
        needs=needs_of(tx, row),
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
    row = own_draft(tx, actor, draft_id)
    minutes = _require_price(tx, row).minutes
    offered = scheduling.free_slots(
        tx,
        row.service_id,
        minutes,
        day,
        fieldworker_id=fieldworker_id,
        holder=row.id,
        needs=needs_of(tx, row),
    )
    return free_time_views(business.formats(tx), offered)


def nearest_times(tx: Session, actor: Actor, draft_id: str) -> list[views.FreeTimeView]:
    """Up to three free times nearest to the chosen one, for the same fieldworker.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        InvalidInput: If the options are not complete.
    """
    row = own_draft(tx, actor, draft_id)
    minutes = _require_price(tx, row).minutes
    around = row.starts_at or utc_now()
    return _nearest_time_views(tx, row, minutes, around, row.fieldworker_id)


def drop_time(tx: Session, row: BookingDraft) -> None:
    """Choose no time, and give back what was held."""
    row.starts_at = None
    holds.give_back(tx, [row.id])


def _service_of(tx: Session, row: BookingDraft) -> Service:
    return tx.get_one(Service, row.service_id)


def remove_unavailable_choices(tx: Session, row: BookingDraft) -> str:
    """Take out what is not to be had any more; returns words about it."""
    notice = ""
    price = price_of_draft(tx, row)
    if price is None and not _options_are_still_valid(tx, row):
        row.options, notice = {}, _OPTIONS_CHANGED
    if row.starts_at is not None and (
        price is None or not draft_holds.still_free(tx, row, price.minutes)
    ):
        drop_time(tx, row)
        notice = notice or TIME_UNAVAILABLE
    return notice


def _options_are_still_valid(tx: Session, row: BookingDraft) -> bool:
    try:
        pricing.normalise_partial_answers(offer_of_draft(tx, row), row.options)
    except InvalidInput:
        return False
    return True


def _require_price(tx: Session, row: BookingDraft) -> pricing.PriceBreakdown:
    price = price_of_draft(tx, row)
    if price is None:
        raise InvalidInput({"options": rules.MISSING_TEXTS["options"]})
    return price


def _nearest_time_views(
    tx: Session,
    row: BookingDraft,
    minutes: int,
    around: datetime,
    fieldworker_id: str | None,
) -> list[views.FreeTimeView]:
    offered = scheduling.nearest_slots(
        tx,
        row.service_id,
        minutes,
        around,
        fieldworker_id=fieldworker_id,
        holder=row.id,
        needs=needs_of(tx, row),
    )
    return free_time_views(business.formats(tx), offered)


_REPEATS = (
    "A booking that repeats needs an account. Please sign up or log in, or choose "
    "one visit."
)


def guests_are_welcome(tx: Session, actor: Actor, draft_id: str) -> bool:
    """Whether a draft can be booked without an account.

    Raises:
        NotFound: If it is missing or somebody else's.
    """
    return draft_owners.guests_are_welcome(tx, own_draft(tx, actor, draft_id))


def choose_dependents(
    tx: Session, actor: Actor, draft_id: str, dependent_ids: Sequence[str]
) -> views.DraftView:
    """Say for whom or what it is; nobody in particular is an answer.

    If the visit becomes too long for the time already chosen, that time is taken
    out, and ``notice`` says so.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        Conflict: If it was confirmed already.
        InvalidInput: For ``dependents``.
    """
    row = lock_open_draft(tx, actor, draft_id)
    with versioned_change(tx, row):
        draft_details.save_dependents(tx, actor, row, dependent_ids)
        notice = remove_unavailable_choices(tx, row)
    return draft_view(tx, row, notice)


def choose_contact(
    tx: Session, actor: Actor, draft_id: str, form: BookingContactForm
) -> views.DraftView:
    """Say whom to ask for; with ``details`` also what the steps around it ask.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        Conflict: If it was confirmed already.
        InvalidInput: With a sentence for each of ``name``, ``email``, ``phone`` and
            ``company`` that is wrong, and as ``choose_dependents`` and
            ``answer_questions``.
    """
    row = lock_open_draft(tx, actor, draft_id)
    details = form.details
    if is_visitor(actor):
        require_guests_welcome(tx, row)
        if row.repeat:
            raise InvalidInput({}, _REPEATS)
    with versioned_change(tx, row) as related, collected_refusals() as attempt:
        with attempt():
            contact = _checked_contact(tx, form)
            if form.company:
                contact["company"] = draft_snapshot(tx, actor, form.company)
            row.contact = contact
        if details is not None:
            with attempt():
                draft_details.save_dependents(tx, actor, row, details.dependents)
            with attempt():
                related.changed = draft_details.save_answers(
                    tx, actor, row, details, form.notes
                )
        notice = remove_unavailable_choices(tx, row)
    return draft_view(tx, row, notice)


def answer_questions(
    tx: Session, actor: Actor, draft_id: str, form: DetailsForm, notes: str
) -> views.DraftView:
    """Answer what the service asks, and say what else is worth knowing.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        Conflict: If it was confirmed already.
        InvalidInput: With a sentence for each of ``notes``, ``details.KEY`` and
            ``about_you.KEY`` that is wrong.
    """
    row = lock_open_draft(tx, actor, draft_id)
    with versioned_change(tx, row) as related:
        related.changed = draft_details.save_answers(tx, actor, row, form, notes)
    return draft_view(tx, row)


def _checked_contact(tx: Session, form: BookingContactForm) -> dict[str, Any]:
    name = email = phone = ""
    with collected_refusals() as attempt:
        with attempt():
            name = rules.checked_name(form.name)
        with attempt():
            email = mailable_email(form.email)
        with attempt():
            phone = phone_number(form.phone, business.current_business(tx).country)
    return {"name": name, "email": email, "phone": phone}
