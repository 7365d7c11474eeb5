"""Free time, and claiming it.

A search only ever offers; whether somebody's time is still there is decided by
the database's guard when it is claimed, never by a look before.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from portal_app.domain.business import service as business
from portal_app.domain.scheduling import rules
from portal_app.domain.scheduling.models import CLAIM_GUARD, Fieldworker, TimeClaim
from portal_app.domain.scheduling.searching import (
    Slot,
    bookable_days,
    candidates_for,
    search_free_time,
)
from portal_app.domain.scheduling.views import FieldworkerView
from portal_app.kernel.clock import day_bounds
from portal_app.kernel.errors import Conflict
from portal_app.kernel.violations import violated

_NEAREST_WINDOW = timedelta(days=7)


class SlotTaken(Conflict):
    """The time is not free, or not free any more."""

    def __init__(self) -> None:
        super().__init__("That time is no longer available.")


@dataclass(frozen=True, slots=True)
class Taken:
    """A claim that was won."""

    claim_id: str
    fieldworker_id: str


def fieldworkers_for(tx: Session, service_id: str) -> list[FieldworkerView]:
    """Who does this service, in the business's order."""
    return [
        FieldworkerView(id=row.id, name=row.name, bio=row.bio)
        for row in candidates_for(tx, service_id, None)
    ]


def month(
    tx: Session,
    service_id: str,
    minutes: int,
    first_day: date,
    last_day: date,
    *,
    fieldworker_id: str | None = None,
) -> list[date]:
    """The days on which a visit of so many minutes can start.

    Args:
        tx: The transaction.
        service_id: The service, for its skills, buffers and lead time.
        minutes: The length of the visit, without buffers.
        first_day: The first day on the business's calendar.
        last_day: The last day, inclusively; days that cannot be booked yet or
            any more are left out.
        fieldworker_id: Somebody in particular, or ``None`` for anyone.

    Raises:
        NotFound: If there is no such service.
    """
    search = search_free_time(
        tx, service_id, minutes, first_day, last_day, fieldworker_id=fieldworker_id
    )
    if search is None:
        return []
    found: set[int] = set()
    for candidate in search.candidates:
        for first, after_last in search.free(candidate):
            found.update(search.day_index[first:after_last])
    return [search.calendar.days[index] for index in sorted(found)]


def slots(
    tx: Session,
    service_id: str,
    minutes: int,
    day: date,
    *,
    fieldworker_id: str | None = None,
) -> list[Slot]:
    """The free starts of one day, in order; arguments and errors as ``month``."""
    search = search_free_time(
        tx, service_id, minutes, day, day, fieldworker_id=fieldworker_id
    )
    return [] if search is None else search.slots()


def nearest(
    tx: Session,
    service_id: str,
    minutes: int,
    around: datetime,
    *,
    fieldworker_id: str | None = None,
    limit: int = 3,
) -> list[Slot]:
    """Up to ``limit`` free starts closest to an instant, in order of time.

    Of two equally close ones the earlier counts as closer. Arguments and errors
    otherwise as ``month``.
    """
    zone = business.formats(tx).zone
    first_bookable, last_bookable = bookable_days(tx)
    # An instant from a browser may be anywhere; what is nearest stays the same.
    around = max(around, day_bounds(first_bookable, zone)[0])
    around = min(around, day_bounds(last_bookable, zone)[1])
    wanted = rules.to_seconds(around)
    middle = around.astimezone(zone).date()
    found: list[Slot] = []
    for window in (_NEAREST_WINDOW, None):
        first, last = first_bookable, last_bookable
        if window is not None:
            first, last = max(first, middle - window), min(last, middle + window)
        search = search_free_time(
            tx, service_id, minutes, first, last, fieldworker_id=fieldworker_id
        )
        found = [] if search is None else search.slots()
        if len(found) >= limit:
            break
    found.sort(key=lambda slot: abs(rules.to_seconds(slot.starts_at) - wanted))
    return sorted(found[:limit], key=lambda slot: slot.starts_at)


def is_free(
    tx: Session,
    service_id: str,
    minutes: int,
    starts_at: datetime,
    *,
    fieldworker_id: str | None = None,
) -> bool:
    """Whether this start would be offered now; arguments and errors as ``month``."""
    zone = business.formats(tx).zone
    first, last = bookable_days(tx)
    if not day_bounds(first, zone)[0] <= starts_at < day_bounds(last, zone)[1]:
        return False
    day = starts_at.astimezone(zone).date()
    offered = slots(tx, service_id, minutes, day, fieldworker_id=fieldworker_id)
    return any(slot.starts_at == starts_at for slot in offered)


def take(
    tx: Session,
    service_id: str,
    minutes: int,
    starts_at: datetime,
    *,
    fieldworker_id: str | None = None,
) -> Taken:
    """Claim somebody's time for a visit, buffers included.

    Working hours, time off, lead time and horizon are looked at again, in this
    transaction: what was shown may be old. Existing claims are left to the guard.
    With nobody named, whoever has the least to do that day is tried first.

    Args:
        tx: The transaction in which the visit is booked.
        service_id: The service.
        minutes: The length of the visit, without buffers.
        starts_at: When the visit starts.
        fieldworker_id: Somebody in particular, or ``None`` for anyone.

    Raises:
        NotFound: If there is no such service.
        SlotTaken: If nobody's time could be claimed.
    """
    zone = business.formats(tx).zone
    day = starts_at.astimezone(zone).date()
    search = search_free_time(
        tx, service_id, minutes, day, day, fieldworker_id=fieldworker_id
    )
    if search is None:
        raise SlotTaken
    start = rules.to_seconds(starts_at)
    if rules.to_instant(start) != starts_at:
        raise SlotTaken
    claim_starts, claim_ends = map(rules.to_instant, search.visit.span(start))
    for candidate in search.claimable(start, anyone=fieldworker_id is None):
        try:
            claim_id = claim(tx, candidate, claim_starts, claim_ends)
        except SlotTaken:
            continue
        return Taken(claim_id, candidate)
    raise SlotTaken


def claim(
    tx: Session, fieldworker_id: str, starts_at: datetime, ends_at: datetime
) -> str:
    """Take this time of a fieldworker, or nothing; returns the claim's id.

    Args:
        tx: The transaction; it stays usable after a refusal.
        fieldworker_id: Whose time.
        starts_at: From when, buffers included.
        ends_at: Until when, exclusively, buffers included.

    Raises:
        SlotTaken: If the database's guard found an overlapping claim.
        ValueError: If the time is longer than any claim may be.
    """
    if ends_at - starts_at > timedelta(minutes=rules.MAX_CLAIM_MINUTES):
        raise ValueError("a claim of more than seven days")
    row = TimeClaim(fieldworker_id=fieldworker_id, starts_at=starts_at, ends_at=ends_at)
    try:
        with tx.begin_nested():
            # Claims on one fieldworker queue here. The guard would refuse the
            # later ones without it, but PostgreSQL resolves two exclusion checks
            # that wait for each other only as a deadlock, after a second. A
            # refusal gives the lock back with the savepoint.
            tx.exec(
                select(Fieldworker.id)
                .where(Fieldworker.id == fieldworker_id)
                .with_for_update(key_share=True)
            ).one()
            tx.add(row)
            tx.flush()
    except IntegrityError as error:
        if violated(error) == CLAIM_GUARD:
            raise SlotTaken from None
        raise
    return row.id
