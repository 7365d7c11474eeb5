"""Moving and cancelling several visits of a series at once, or none.

Each visit gets an offer of its own, as in ``changes``: what was shown binds, by the
rules of the business for that visit. They are taken together, in one transaction.

Moving a visit *and those that follow* begins the rule anew from its new day and wall
time: moved to Wednesday at ten, all that follow are on Wednesdays at ten, also where
one had been moved by itself, and daylight saving changes nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from portal_app.domain.bookings import (
    assignments,
    changes,
    rules,
    series,
    series_plan,
)
from portal_app.domain.bookings.booking_details import own_booking, readable_bookings
from portal_app.domain.bookings.changes import NewTime
from portal_app.domain.bookings.models import Booking, BookingSeries, ChangeOffer
from portal_app.domain.bookings.notifications import notify_changed
from portal_app.domain.bookings.repetition import (
    Repetition,
    instant_of_visit,
    wall_of,
)
from portal_app.domain.bookings.series_plan import TAKEN, VisitTerms
from portal_app.domain.bookings.series_views import SeriesOfferView
from portal_app.domain.bookings.status import transition
from portal_app.domain.bookings.view_builders import as_booked
from portal_app.domain.business import permissions
from portal_app.domain.business import service as business
from portal_app.domain.business.booking_rules import CANCELLING, MOVING
from portal_app.domain.scheduling import claims
from portal_app.domain.scheduling import service as scheduling
from portal_app.domain.scheduling.claims import SlotTaken
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict, NotFound
from portal_app.kernel.features import Feature
from portal_app.kernel.ownership import customer_of

FOLLOWING, ALL = "following", "all"
"""A visit and those after it, or all that are still to come."""


def preview_cancellation(
    tx: Session, actor: Actor, number: str, scope: str
) -> SeriesOfferView:
    """What it costs to cancel several visits now; the series ends with them.

    Those that cannot be cancelled any more stay, and are named.

    Args:
        tx: The transaction.
        actor: The customer.
        number: Of one visit.
        scope: ``FOLLOWING`` or ``ALL``.

    Raises:
        NotFound: If the booking is missing or somebody else's, or no visit of a series.
        Conflict: If none of them can be cancelled, with words.
    """
    row, _ = _visit(tx, actor, number)
    now = utc_now()
    kept: list[str] = []
    offers = []
    problem = "There is no visit to come."
    for one in _to_come(tx, actor, row, scope):
        problem = changes.problem_of(tx, actor, one, CANCELLING, now)
        if problem:
            kept.append(f"{_when(tx, one.starts_at)}: {problem}")
            continue
        offers.append((changes.make_offer(tx, actor, one, CANCELLING), one.starts_at))
    if not offers:
        raise Conflict(problem)
    dates = [_when(tx, starts_at) for _, starts_at in offers]
    return _offered(tx, row, [offer.id for offer, _ in offers], dates, kept)


def preview_move(
    tx: Session,
    actor: Actor,
    number: str,
    starts_at: datetime,
    fieldworker_id: str | None = None,
) -> SeriesOfferView:
    """What it costs to move a visit and those that follow.

    A date on which nobody is free then gets the nearest time that is.

    Args:
        tx: The transaction.
        actor: The customer.
        number: Of the visit.
        starts_at: Its new time.
        fieldworker_id: Who comes from then on, or ``None`` for anyone.

    Raises:
        NotFound: If the booking is missing or somebody else's, or no visit of a series.
        Conflict: If one of them cannot be moved, with words.
        SlotTaken: If the new time is not free (any more).
    """
    row, repeats = _visit(tx, actor, number)
    affected = _to_come(tx, actor, row, FOLLOWING)
    if problem := changes.problem_of(tx, actor, row, MOVING, utc_now()):
        raise Conflict(problem)
    if starts_at == row.starts_at:
        raise Conflict("That is the time it is booked for.")
    minutes, needs = assignments.visit_of(tx, row)
    claim_ids = assignments.claim_ids_of(tx, affected)
    if not scheduling.is_free(
        tx,
        row.service_id,
        minutes,
        starts_at,
        fieldworker_id=fieldworker_id,
        replaces=claim_ids,
        needs=needs,
    ):
        raise SlotTaken
    begun = _begun_anew(tx, repeats, row, starts_at, fieldworker_id)
    zone, wall = business.formats(tx).zone, series.wall_time(begun)
    days = dict(_days_until(begun, affected[-1].series_index or 0))
    following = [one for one in affected[1:] if one.series_index in days]
    wanted = [starts_at] + [
        instant_of_visit(days[one.series_index or 0], wall, zone) for one in following
    ]
    planned = series_plan.look_at_visits(
        tx,
        VisitTerms(row.service_id, minutes, fieldworker_id, needs),
        wanted,
        {},
        first_index=1,
        replaces=claim_ids,
    )
    nobody = [one for one in planned if one.state == TAKEN and one.nearest is None]
    if nobody:
        raise Conflict(
            f"Nobody is free around {_when(tx, nobody[0].wanted)}. Please choose "
            "another time, or move this visit only."
        )
    starts = [starts_at, *(one.nearest or one.starts_at for one in planned)]
    ids, dates = [], []
    for one, start in zip([row, *following], starts, strict=True):
        new = NewTime(start, start + (one.ends_at - one.starts_at), fieldworker_id)
        ids.append(changes.make_offer(tx, actor, one, MOVING, new).id)
        dates.append(f"{_when(tx, one.starts_at)} → {_when(tx, start)}")
    return _offered(tx, row, ids, dates, [])


def take_offers(tx: Session, actor: Actor, key: str) -> str:
    """Change all visits as the preview said, once; returns the first one's number.

    Args:
        tx: The transaction.
        actor: Who was shown the preview.
        key: ``SeriesOfferView.key``.

    Raises:
        NotFound: If these are no offers for visits of a series of theirs.
        OfferExpired: If one does not bind any more.
        Conflict: If one cannot be changed any more, with words.
        SlotTaken: If a new time was taken meanwhile; nothing is changed then.
    """
    customer_of(actor)
    offer_ids = set(key.split())
    offers = {
        one.booking_id: one
        for one in tx.exec(
            select(ChangeOffer).where(col(ChangeOffer.id).in_(offer_ids))
        )
    }
    rows = tx.exec(
        readable_bookings(actor)
        .where(col(Booking.id).in_(offers), col(Booking.series_id).is_not(None))
        .order_by(col(Booking.starts_at), col(Booking.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not rows or len(rows) != len(offer_ids):
        raise NotFound("We could not find that booking.")
    repeats = tx.exec(
        select(BookingSeries)
        .where(BookingSeries.id == rows[0].series_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    for one in offers.values():
        tx.refresh(one)
    if all(one.used_at is not None for one in offers.values()):
        return rows[0].number  # a second click, or a replay
    for row in rows:
        changes.use_offer(tx, actor, row, offers[row.id])
    if offers[rows[0].id].starts_at is None:
        _cancel(tx, actor, repeats, rows, offers)
    else:
        _move(tx, actor, repeats, rows, offers)
    repeats.version += 1
    tx.add(repeats)
    tx.flush()
    return rows[0].number


def _cancel(
    tx: Session,
    actor: Actor,
    repeats: BookingSeries,
    rows: Sequence[Booking],
    offers: dict[str, ChangeOffer],
) -> None:
    formats = as_booked(business.formats(tx), rows[0])
    for row in rows:
        fee = offers[row.id].fee_minor
        detail = {"fee": formats.money(fee)} if fee else {}
        transition(tx, actor, row, rules.CANCELLED, detail)
    repeats.next_day = None
    fees = sum(one.fee_minor for one in offers.values())
    notify_changed(
        tx,
        actor,
        rows[0],
        rules.SERIES_CANCELLED,
        fee=formats.money(fees) if fees else "",
        dates=[_when(tx, row.starts_at) for row in rows],
    )


def _move(
    tx: Session,
    actor: Actor,
    repeats: BookingSeries,
    rows: Sequence[Booking],
    offers: dict[str, ChangeOffer],
) -> None:
    first = rows[0]
    new = offers[first.id]
    starts = [offers[row.id].starts_at or row.starts_at for row in rows]
    begun = _begun_anew(tx, repeats, first, starts[0], new.fieldworker_id)
    scheduling.lock_fieldworkers(tx, first.service_id)
    # All at once: a visit may come to where another one was.
    minutes, needs = assignments.visit_of(tx, first)
    freed = claims.release_quietly(tx, assignments.claim_ids_of(tx, rows))
    terms = VisitTerms(first.service_id, minutes, new.fieldworker_id, needs)
    before = [_when(tx, row.starts_at) for row in rows]
    claimed = series.claim_visits(tx, terms, starts)
    claims.notify_freed(tx, freed)
    for row, start, time in zip(rows, starts, claimed, strict=True):
        row.moves += 1
        fee = offers[row.id].fee_minor
        changes.give_time(tx, actor, row, start, time, fee_minor=fee, tell=False)
    for name in ("rule", "anchor_index", "anchor_day", "wall_minutes"):
        setattr(repeats, name, getattr(begun, name))
    repeats.fieldworker_id = new.fieldworker_id
    if repeats.next_day is not None:
        days = dict(_days_until(repeats, repeats.next_index))
        repeats.next_day = days.get(repeats.next_index)
    formats = as_booked(business.formats(tx), first)
    fees = sum(one.fee_minor for one in offers.values())
    notify_changed(
        tx,
        actor,
        first,
        rules.SERIES_MOVED,
        fee=formats.money(fees) if fees else "",
        dates=[
            f"{was} → {_when(tx, start)}"
            for was, start in zip(before, starts, strict=True)
        ],
    )


def _begun_anew(
    tx: Session,
    repeats: BookingSeries,
    row: Booking,
    starts_at: datetime,
    fieldworker_id: str | None,
) -> BookingSeries:
    """The series as it is counted from a visit that has a new time; not stored."""
    zone = business.formats(tx).zone
    day, wall = wall_of(starts_at, zone)
    before, _ = wall_of(row.starts_at, zone)
    rule = Repetition.from_stored(repeats.rule)
    if rule.until is not None:
        rule = replace(rule, until=max(rule.until + (day - before), day))
    return BookingSeries(
        customer_id=repeats.customer_id,
        service_id=repeats.service_id,
        draft_id=repeats.draft_id,
        rule=rule.as_stored(),
        anchor_index=row.series_index or 0,
        anchor_day=day,
        wall_minutes=wall.hour * 60 + wall.minute,
        fieldworker_id=fieldworker_id,
        next_index=repeats.next_index,
    )


def _days_until(repeats: BookingSeries, last_index: int) -> list[tuple[int, date]]:
    found = []
    for index, day in series.days_of(repeats):
        if index > last_index:
            break
        found.append((index, day))
    return found


def _visit(tx: Session, actor: Actor, number: str) -> tuple[Booking, BookingSeries]:
    """A visit that the actor may read, and its series.

    Raises:
        NotFound: If it is missing or somebody else's, or no visit of a series.
        NotAllowed: If bookings do not repeat here, or for anybody but customers.
    """
    customer_of(actor)
    permissions.require_feature(tx, actor, Feature.REPEATING_BOOKINGS)
    row = own_booking(tx, actor, number)
    repeats = tx.get(BookingSeries, row.series_id) if row.series_id else None
    if repeats is None:
        raise NotFound("This booking does not repeat.")
    return row, repeats


def _to_come(tx: Session, actor: Actor, row: Booking, scope: str) -> list[Booking]:
    """The visits that have not begun and were not called off, in their order."""
    first = (row.series_index or 0) if scope == FOLLOWING else 0
    found = tx.exec(
        readable_bookings(actor)
        .where(
            col(Booking.series_id) == row.series_id,
            col(Booking.series_index) >= first,
            col(Booking.status).in_([rules.PENDING, rules.CONFIRMED]),
            col(Booking.starts_at) > utc_now(),
        )
        .order_by(col(Booking.series_index))
    )
    return list(found)


def _offered(
    tx: Session, row: Booking, ids: list[str], dates: list[str], kept: list[str]
) -> SeriesOfferView:
    formats = as_booked(business.formats(tx), row)
    offers = tx.exec(select(ChangeOffer).where(col(ChangeOffer.id).in_(ids))).all()
    fees = sum(one.fee_minor for one in offers)
    return SeriesOfferView(
        key=" ".join(ids),
        dates=dates,
        kept=kept,
        fee=formats.money(fees) if fees else "",
        until=formats.time(min(one.expires_at for one in offers)),
    )


def _when(tx: Session, instant: datetime) -> str:
    formats = business.formats(tx)
    return f"{formats.short_day(instant)}, {formats.time(instant)}"
