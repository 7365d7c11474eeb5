"""Moving and cancelling a booking, by the rules of the business.

A customer is shown first what a change costs. For some minutes that preview binds the
business: whoever takes it gets exactly that, though the notice passes meanwhile. Its
id is the key of the change, so that a double click is one.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from portal_app.domain.bookings import (
    assignments,
    guests,
    history,
    rules,
    series,
    status,
    views,
)
from portal_app.domain.bookings.booking_details import own_booking, readable_bookings
from portal_app.domain.bookings.models import Booking, ChangeOffer
from portal_app.domain.bookings.notifications import notify_changed
from portal_app.domain.bookings.view_builders import (
    as_booked,
    free_time_views,
    time_range_text,
)
from portal_app.domain.business import booking_rules, features, permissions
from portal_app.domain.business import service as business
from portal_app.domain.business.booking_rules import CANCELLING, MOVING
from portal_app.domain.scheduling import service as scheduling
from portal_app.domain.scheduling.claims import SlotTaken
from portal_app.domain.scheduling.service import ClaimedTime
from portal_app.domain.scheduling.views import FieldworkerView
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.features import Feature
from portal_app.kernel.ownership import require_office
from portal_app.kernel.statements import affected
from portal_app.kernel.text import one_line

OFFER_LIFETIME = timedelta(minutes=15)
MAX_REASON = 300
_CONFIRMED_BEFORE = timedelta(days=7)
_RETENTION = timedelta(days=30)
_FEATURES = {MOVING: Feature.RESCHEDULING, CANCELLING: Feature.CANCELLATION}
_DONE = {MOVING: "moved", CANCELLING: "cancelled"}


@dataclass(frozen=True, slots=True)
class NewTime:
    """The time of a move, with somebody in particular or anyone."""

    starts_at: datetime
    ends_at: datetime
    fieldworker_id: str | None


class OfferExpired(Conflict):
    """What was shown does not hold any more: look at it again."""


def change_options(tx: Session, actor: Actor, number: str) -> views.ChangeOptionsView:
    """What the customer may do about a booking now, and by which terms.

    Raises:
        NotFound: If it is missing or somebody else's.
        NotAllowed: If nobody is signed in as a customer or guest.
    """
    row = own_booking(tx, actor, number)
    now = utc_now()
    repeats = series.series_texts(tx, [row]).get(row.id, "")
    problems = {kind: problem_of(tx, actor, row, kind, now) for kind in _FEATURES}
    words = {kind: terms_words(tx, row, kind) for kind in _FEATURES}
    is_ahead = row.status in rules.OPEN and now < row.starts_at
    offered = {
        kind: is_ahead and permissions.is_on(tx, feature)
        for kind, feature in _FEATURES.items()
    }
    return views.ChangeOptionsView(
        may_move=not problems[MOVING],
        may_cancel=not problems[CANCELLING],
        move_text=(problems[MOVING] or words[MOVING]) if offered[MOVING] else "",
        cancel_text=(
            (problems[CANCELLING] or words[CANCELLING]) if offered[CANCELLING] else ""
        ),
        may_confirm=(
            row.status == rules.CONFIRMED
            and is_ahead
            and row.attending_at is None
            and row.starts_at - now <= _CONFIRMED_BEFORE
            and (actor.audience is not Audience.GUEST or guests.may_change(tx, actor))
        ),
        attends=is_ahead and row.attending_at is not None,
        series=repeats if is_ahead and actor.audience is Audience.CUSTOMER else "",
    )


def terms_words(tx: Session, row: Booking, kind: str) -> str:
    """By which terms a booking is changed, such as ``Free until …, then 50 %``."""
    if row.status == rules.PENDING:
        return "Free until it is confirmed"
    terms = booking_rules.current_rules(tx)
    formats = as_booked(business.formats(tx), row)
    if kind == MOVING and _is_past_free_moves(row, terms.free_moves):
        return terms.terms(kind).due_words(formats)
    return terms.terms(kind).words(formats, row.starts_at)


def fieldworkers(tx: Session, actor: Actor, number: str) -> list[FieldworkerView]:
    """Whom the customer may choose for a new time; errors as ``change_options``."""
    return scheduling.fieldworkers_for(tx, own_booking(tx, actor, number).service_id)


def bookable_range(tx: Session, actor: Actor, number: str) -> tuple[date, date]:
    """Today and the last day a booking can be moved to; errors as above."""
    return scheduling.bookable_range(tx, own_booking(tx, actor, number).service_id)


def free_days(
    tx: Session,
    actor: Actor,
    number: str,
    first_day: date,
    last_day: date,
    *,
    fieldworker_id: str | None = None,
) -> list[views.FreeDayView]:
    """The days of a range that a booking can be moved to; its own time is free."""
    row = own_booking(tx, actor, number)
    minutes, needs = assignments.visit_of(tx, row)
    formats = business.formats(tx)
    days = scheduling.free_days(
        tx,
        row.service_id,
        minutes,
        first_day,
        last_day,
        fieldworker_id=fieldworker_id,
        replaces=assignments.claim_ids(tx, row),
        needs=needs,
    )
    return [views.FreeDayView(day.isoformat(), formats.day(day)) for day in days]


def free_times(
    tx: Session,
    actor: Actor,
    number: str,
    day: date,
    *,
    fieldworker_id: str | None = None,
) -> list[views.FreeTimeView]:
    """The starts of one day that a booking can be moved to, but for its own."""
    row = own_booking(tx, actor, number)
    minutes, needs = assignments.visit_of(tx, row)
    offered = scheduling.free_slots(
        tx,
        row.service_id,
        minutes,
        day,
        fieldworker_id=fieldworker_id,
        replaces=assignments.claim_ids(tx, row),
        needs=needs,
    )
    others = [slot for slot in offered if slot.starts_at != row.starts_at]
    return free_time_views(business.formats(tx), others)


def preview_cancellation(
    tx: Session, actor: Actor, number: str
) -> views.ChangeOfferView:
    """What it costs to cancel now. It binds the business for 15 minutes.

    Raises:
        NotFound: If the booking is missing or somebody else's.
        Conflict: If it cannot be cancelled, with words.
    """
    row = own_booking(tx, actor, number)
    return make_offer(tx, actor, row, CANCELLING)


def preview_move(
    tx: Session,
    actor: Actor,
    number: str,
    starts_at: datetime,
    fieldworker_id: str | None = None,
) -> views.ChangeOfferView:
    """What it costs to move a booking to another time, if that is free.

    The price binds the business for 15 minutes; the time is claimed when it is taken.

    Args:
        tx: The transaction.
        actor: The customer, or a guest by a link that lets them.
        number: The booking's.
        starts_at: A start that ``free_times`` offered.
        fieldworker_id: Somebody in particular, or ``None`` for anyone.

    Raises:
        NotFound: If the booking is missing or somebody else's.
        Conflict: If it cannot be moved, with words.
        SlotTaken: If the time is not free (any more).
    """
    row = own_booking(tx, actor, number)
    minutes, needs = assignments.visit_of(tx, row)
    if starts_at == row.starts_at:
        raise Conflict("That is the time it is booked for.")
    if not scheduling.is_free(
        tx,
        row.service_id,
        minutes,
        starts_at,
        fieldworker_id=fieldworker_id,
        replaces=assignments.claim_ids(tx, row),
        needs=needs,
    ):
        raise SlotTaken
    ends_at = starts_at + (row.ends_at - row.starts_at)
    return make_offer(
        tx, actor, row, MOVING, NewTime(starts_at, ends_at, fieldworker_id)
    )


def take_offer(tx: Session, actor: Actor, offer_id: str) -> str:
    """Change the booking as the preview said, once; returns its number.

    Args:
        tx: The transaction.
        actor: Who was shown the preview.
        offer_id: Of ``preview_move`` or ``preview_cancellation``.

    Raises:
        NotFound: If there is no such preview of a booking of theirs.
        OfferExpired: If it does not bind any more.
        Conflict: If the booking cannot be changed any more, with words.
        SlotTaken: If the new time was taken meanwhile; nothing is changed then.
    """
    offer = tx.get(ChangeOffer, offer_id)
    number = tx.exec(
        select(Booking.number).where(
            col(Booking.id).in_(
                readable_bookings(actor).with_only_columns(col(Booking.id))
            ),
            col(Booking.id) == (offer.booking_id if offer else ""),
        )
    ).one_or_none()
    if offer is None or number is None:
        raise NotFound("We could not find that booking.")
    row = status.locked_booking(tx, actor, number)
    tx.refresh(offer)
    if offer.used_at is not None:
        return number  # a second click, or a replay after a lost connection
    use_offer(tx, actor, row, offer)
    if offer.starts_at is None:
        _cancel(tx, actor, row, offer.fee_minor)
    else:
        row.moves += 1
        move(
            tx,
            actor,
            row,
            offer.starts_at,
            offer.fieldworker_id,
            fee_minor=offer.fee_minor,
        )
    return number


def use_offer(tx: Session, actor: Actor, row: Booking, offer: ChangeOffer) -> None:
    """Charge what was offered; the change follows. The caller has locked the booking.

    Raises:
        OfferExpired: If it does not bind any more.
        Conflict: If the booking cannot be changed any more, with words.
    """
    now = utc_now()
    if problem := problem_of(tx, actor, row, offer.kind, now, costs=False):
        raise Conflict(problem)
    if offer.booking_version != row.version:
        raise OfferExpired("This booking was changed meanwhile. Please look again.")
    if offer.expires_at <= now:
        raise OfferExpired("This took a while. Please look again at what it costs.")
    offer.used_at = now
    row.fee_minor += offer.fee_minor
    tx.flush()


def cancel_by_office(
    tx: Session, actor: Actor, number: str, reason: str, *, with_fee: bool = False
) -> None:
    """Cancel whenever it has to be; a repetition changes nothing.

    Args:
        tx: The transaction.
        actor: The office.
        number: The booking's.
        reason: Which the customer reads.
        with_fee: Whether the customer bears the fee that is due now; without, the
            business does.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such booking.
        InvalidInput: If there is no ``reason``.
        Conflict: If it is over or was called off, with words.
    """
    require_office(actor)
    reason = checked_reason(reason)
    row = status.locked_booking(tx, actor, number)
    if row.status == rules.CANCELLED:
        return
    fee = (_fee(tx, row, CANCELLING, utc_now()) or 0) if with_fee else 0
    row.fee_minor += fee
    tx.flush()
    _cancel(tx, actor, row, fee, reason)


def checked_reason(reason: str) -> str:
    """Why the office does something, in a line.

    Raises:
        InvalidInput: If there is none, or it is too long.
    """
    reason = one_line(reason)
    if not reason:
        raise InvalidInput({"reason": "Please say why. The customer reads it."})
    if len(reason) > MAX_REASON:
        raise InvalidInput({"reason": f"Please use at most {MAX_REASON} characters."})
    return reason


def move(
    tx: Session,
    actor: Actor,
    row: Booking,
    starts_at: datetime,
    fieldworker_id: str | None,
    *,
    fee_minor: int = 0,
    reason: str = "",
) -> None:
    """Give a booking another time: claimed and given back at once, or nothing.

    Whether the actor may, is up to the caller, who has locked the booking.

    Raises:
        SlotTaken: If the time is not free; the transaction is to be given up then.
    """
    minutes, needs = assignments.visit_of(tx, row)
    claimed = scheduling.claim_slot(
        tx,
        row.service_id,
        minutes,
        starts_at,
        fieldworker_id=fieldworker_id,
        replaces=assignments.claim_ids(tx, row),
        needs=needs,
    )
    give_time(tx, actor, row, starts_at, claimed, fee_minor=fee_minor, reason=reason)


def give_time(
    tx: Session,
    actor: Actor,
    row: Booking,
    starts_at: datetime,
    claimed: ClaimedTime,
    *,
    fee_minor: int = 0,
    reason: str = "",
    tell: bool = True,
) -> None:
    """Give a locked booking the time that was claimed for it, and tell people."""
    formats = as_booked(business.formats(tx), row)
    before = _when(tx, row)
    fee = formats.money(fee_minor) if fee_minor else ""
    length = row.ends_at - row.starts_at
    is_moved = starts_at != row.starts_at
    if is_moved:
        row.attending_at = None
    row.claim_id, row.fieldworker_id = claimed.claim_id, claimed.fieldworker_id
    assignments.assign(tx, row, claimed.others)
    row.starts_at, row.ends_at = starts_at, starts_at + length
    row.version += 1
    tx.add(row)
    what = rules.MOVED if is_moved else rules.ASSIGNED
    told = {"fee": fee, "reason": reason}
    detail = {
        "before": before,
        "after": _when(tx, row),
        "fieldworker": rules.joined_names(claimed.names),
        **{name: text for name, text in told.items() if text},
    }
    history.record(tx, actor, row, what, detail)
    tx.flush()
    if tell:
        notify_changed(tx, actor, row, what, before=before if is_moved else "", **told)


def purge_offers(tx: Session) -> int:
    """Delete previews that expired 30 days ago; says how many."""
    before = utc_now() - _RETENTION
    return affected(tx, delete(ChangeOffer).where(col(ChangeOffer.expires_at) < before))


def make_offer(
    tx: Session,
    actor: Actor,
    row: Booking,
    kind: str,
    new: NewTime | None = None,
) -> views.ChangeOfferView:
    """Offer a change of a booking that the actor may read.

    Raises:
        Conflict: If it cannot be changed so, with words.
    """
    now = utc_now()
    if problem := problem_of(tx, actor, row, kind, now):
        raise Conflict(problem)
    fee = _fee(tx, row, kind, now) or 0
    offer = ChangeOffer(
        booking_id=row.id,
        kind=kind,
        booking_version=row.version,
        starts_at=new.starts_at if new else None,
        fieldworker_id=new.fieldworker_id if new else None,
        fee_minor=fee,
        created_at=now,
        # What has started is changed by nobody but the office.
        expires_at=min(now + OFFER_LIFETIME, row.starts_at),
    )
    tx.add(offer)
    tx.flush()
    formats = as_booked(business.formats(tx), row)
    rest = row.total_minor - fee
    return views.ChangeOfferView(
        id=offer.id,
        now=_when(tx, row),
        day=formats.day(new.starts_at) if new else "",
        time=time_range_text(formats, new.starts_at, new.ends_at) if new else "",
        fee=formats.money(fee) if fee else "",
        total=formats.money(row.total_minor),
        rest=formats.money(rest) if kind == CANCELLING and rest else "",
        words=terms_words(tx, row, kind),
        until=formats.time(offer.expires_at),
    )


def problem_of(
    tx: Session,
    actor: Actor,
    row: Booking,
    kind: str,
    now: datetime,
    *,
    costs: bool = True,
) -> str:
    """Why somebody cannot change a booking, in words; empty if they can.

    Without ``costs`` the notice is left aside: a preview binds the business.
    """
    feature, done = _FEATURES[kind], _DONE[kind]
    switched = permissions.current_features(tx)
    state = rules.booking_state(row.status, row.starts_at, row.ends_at, now)
    if not switched.is_on(feature):
        return features.TABLE[feature].closed_words
    if row.status not in rules.OPEN:
        return rules.ENDED_TEXTS[row.status]
    if now >= row.starts_at or row.status == rules.IN_PROGRESS:
        return "This appointment has started already."
    if not features.may(feature, state, switched):
        return f"This booking cannot be {done} here. Please ask us."
    if actor.audience is Audience.GUEST and not guests.may_change(tx, actor):
        return f"To have it {done}, please use the link in your email."
    is_late = costs and _fee(tx, row, kind, now) is None
    return f"This booking cannot be {done} any more. Please ask us." if is_late else ""


def _fee(tx: Session, row: Booking, kind: str, now: datetime) -> int | None:
    """What a change costs now; ``None`` where it is too late for it."""
    if row.status == rules.PENDING:
        return 0
    terms = booking_rules.current_rules(tx)
    due = kind == MOVING and _is_past_free_moves(row, terms.free_moves)
    return terms.terms(kind).fee_minor(row.total_minor, row.starts_at, now, due=due)


def _is_past_free_moves(row: Booking, free_moves: int) -> bool:
    return 0 < free_moves <= row.moves


def _cancel(
    tx: Session, actor: Actor, row: Booking, fee_minor: int, reason: str = ""
) -> None:
    fee = as_booked(business.formats(tx), row).money(fee_minor) if fee_minor else ""
    detail = {"fee": fee} if fee else {}
    detail |= {"reason": reason} if reason else {}
    if status.transition(tx, actor, row, rules.CANCELLED, detail):
        notify_changed(tx, actor, row, rules.CANCELLED, fee=fee, reason=reason)


def _when(tx: Session, row: Booking) -> str:
    formats = business.formats(tx)
    times = time_range_text(formats, row.starts_at, row.ends_at)
    return f"{formats.day(row.starts_at)}, {times}"
