"""Free time, and claims on it.

A search only ever offers; whether somebody's time is still free is decided by the
database's guard when it is claimed, never by a check before.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    SQLColumnExpression,
    bindparam,
    cast,
    extract,
    or_,
    update,
)
from sqlalchemy import select as columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from portal_app.domain.business import service as business
from portal_app.domain.catalogue.models import Service
from portal_app.domain.files import attachments
from portal_app.domain.scheduling import holiday_calendar, rules
from portal_app.domain.scheduling.models import (
    CLAIM_GUARD,
    Fieldworker,
    FieldworkerSkill,
    HoursException,
    TimeClaim,
    TimeOff,
    WorkingHours,
)
from portal_app.domain.scheduling.rules import (
    LocalCalendar,
    Span,
    StartWindow,
    Visit,
    WeeklyHours,
    WorkPlan,
)
from portal_app.domain.scheduling.views import FieldworkerView
from portal_app.kernel.clock import day_bounds, today_in, utc_now
from portal_app.kernel.constraints import violated_constraint
from portal_app.kernel.db import get_cached
from portal_app.kernel.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class Slot:
    """A start that is free, and who could come, in the business's order."""

    starts_at: datetime
    fieldworker_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FreeTimeSearch:
    """Everything a search needs, read from the database once.

    ``claims`` are of those candidates for whom they were read, within ``reach``; what
    is to be ``replaced`` is none of them.
    """

    calendar: LocalCalendar
    starts: list[int]
    day_index: list[int]
    visit: Visit
    terms: StartWindow
    day: Span
    candidates: list[str]
    names: dict[str, str]
    work: dict[str, list[Span]]
    time_off: dict[str, list[Span]]
    reach: tuple[datetime, datetime]
    claims: dict[str, list[Span]]
    replaced: frozenset[tuple[str, Span]]

    def read_claims(self, tx: Session, candidates: Sequence[str]) -> None:
        """Know what takes the time of these candidates."""
        self.claims.update(_claims_by_fieldworker(tx, candidates, *self.reach))
        for candidate, span in self.replaced:
            if span in self.claims.get(candidate, ()):
                self.claims[candidate].remove(span)

    def free_days(
        self, fieldworker_id: str, *, ignore_claims: bool = False
    ) -> Iterator[int]:
        """The days, by index, on which a visit of this person's may start."""
        for first, after_last in self.free(fieldworker_id, ignore_claims=ignore_claims):
            yield from self.day_index[first:after_last]

    def free(
        self, fieldworker_id: str, *, ignore_claims: bool = False
    ) -> Iterator[tuple[int, int]]:
        """The half-open ranges of ``starts`` at which this person is free."""
        busy = self.time_off[fieldworker_id]
        if not ignore_claims:
            # Claims come sorted; sorting again is cheap, merging by hand is not.
            busy = sorted(busy + self.claims[fieldworker_id])
        return rules.free_ranges(
            self.starts, self.work[fieldworker_id], busy, self.visit, self.terms
        )

    def slots(self) -> list[Slot]:
        """Every free start with who could come, in order of time."""
        who: defaultdict[int, list[str]] = defaultdict(list)
        for candidate in self.candidates:
            for first, after_last in self.free(candidate):
                for index in range(first, after_last):
                    who[index].append(candidate)
        return [
            Slot(rules.to_instant(self.starts[index]), tuple(who[index]))
            for index in sorted(who)
        ]

    def nearest(self, wanted: int, limit: int) -> list[Slot]:
        """Up to ``limit`` free starts closest to an instant, the closest first.

        Of two equally close ones the earlier is closer.
        """
        ranges = {
            candidate: list(self.free(candidate)) for candidate in self.candidates
        }
        middle = bisect_left(self.starts, wanted)
        close = {
            index
            for theirs in ranges.values()
            for first, after_last in theirs
            # No start that is further off within one gap can be among the closest.
            for index in range(
                max(first, min(middle, after_last) - limit),
                min(after_last, max(middle, first) + limit),
            )
        }
        chosen = sorted(close, key=lambda at: (abs(self.starts[at] - wanted), at))
        return [
            Slot(
                rules.to_instant(self.starts[index]),
                tuple(
                    candidate
                    for candidate, theirs in ranges.items()
                    if any(first <= index < last for first, last in theirs)
                ),
            )
            for index in chosen[:limit]
        ]

    def claim_order(self, start: int, *, anyone: bool) -> list[str]:
        """Who might come then, in the order to be tried."""

        def can_start(candidate: str) -> bool:
            # Of many, those known to be taken are not worth an attempt; of one,
            # the guard alone speaks.
            ranges = self.free(candidate, ignore_claims=not anyone)
            return any(
                start in self.starts[first:after_last] for first, after_last in ranges
            )

        able = [candidate for candidate in self.candidates if can_start(candidate)]
        return rules.least_busy_first(able, self.claims, self.day)


def load_free_time_search(
    tx: Session,
    service_id: str,
    minutes: int,
    first_day: date,
    last_day: date,
    *,
    fieldworker_id: str | None,
    replaces: Collection[str] = (),
    with_claims: bool = True,
) -> FreeTimeSearch | None:
    """Read what a search needs; ``None`` if nothing could be offered anyway.

    Without claims, they are left to be read by ``FreeTimeSearch.read_claims``.
    """
    service = get_cached(tx, Service, service_id)
    if service is None or not service.active or service.archived_at is not None:
        raise NotFound("We do not offer that service.")
    settings = business.current_business(tx)
    zone = ZoneInfo(settings.timezone)
    first_bookable, last_bookable = bookable_range(tx, service_id)
    first, last = max(first_day, first_bookable), min(last_day, last_bookable)
    visit = Visit(minutes, service.buffer_before_minutes, service.buffer_after_minutes)
    if first > last or minutes <= 0 or visit.all_minutes > rules.MAX_CLAIM_MINUTES:
        return None
    # A visit may begin on the last day and end after it, its buffer may begin
    # before the first.
    margin = timedelta(days=1 + visit.all_minutes // rules.DAY_MINUTES)
    calendar = rules.calendar_of(zone, first - margin, last + margin)
    closed = holiday_calendar.closed_between(
        holiday_calendar.current_holidays(tx), first - 2 * margin, last + margin
    )
    names, plans = _plans_by_fieldworker(
        tx, service_id, fieldworker_id, first - 2 * margin, last + margin
    )
    candidates = list(names)
    starts, day_index = calendar.starts(settings.slot_step_minutes)
    opens, _ = day_bounds(first, zone)
    _, closes = day_bounds(last, zone)
    # What a visit that starts on these days can meet.
    reach = (
        opens - timedelta(minutes=visit.before),
        closes + timedelta(minutes=visit.minutes + visit.after),
    )
    lead = settings.lead_minutes
    if service.lead_minutes is not None:
        lead = service.lead_minutes
    earliest = max(opens, utc_now() + timedelta(minutes=lead))
    # The first whole second at which the lead time has passed.
    earliest_second = -int(-earliest.timestamp() // 1)
    search = FreeTimeSearch(
        calendar=calendar,
        starts=starts,
        day_index=day_index,
        visit=visit,
        terms=StartWindow(
            earliest_second, rules.to_seconds(closes) - 1, settings.slot_step_minutes
        ),
        day=(rules.to_seconds(opens), rules.to_seconds(closes)),
        candidates=candidates,
        names=names,
        work=_work_by_fieldworker(calendar, plans, closed),
        time_off=_time_off_by_fieldworker(tx, candidates, *reach),
        reach=reach,
        claims={},
        replaced=_spans_of(tx, replaces),
    )
    if with_claims:
        search.read_claims(tx, candidates)
    return search


def _spans_of(tx: Session, claim_ids: Collection[str]) -> frozenset[tuple[str, Span]]:
    """Whose time these claims take, and which."""
    if not claim_ids:
        return frozenset()
    rows = tx.exec(select(TimeClaim).where(col(TimeClaim.id).in_(claim_ids)))
    return frozenset(
        (
            row.fieldworker_id,
            (rules.to_seconds(row.starts_at), rules.to_seconds(row.ends_at)),
        )
        for row in rows
    )


def bookable_range(tx: Session, service_id: str) -> tuple[date, date]:
    """Today and the last day on which a service can be booked.

    On the business's calendar; the service's own horizon goes before the business's.
    """
    settings = business.current_business(tx)
    service = get_cached(tx, Service, service_id)
    days = settings.horizon_days
    if service is not None and service.horizon_days is not None:
        days = service.horizon_days
    today = today_in(ZoneInfo(settings.timezone))
    return today, today + timedelta(days=days)


def _is_employed() -> ColumnElement[bool]:
    return col(Fieldworker.archived_at).is_(None)


def _epoch_seconds(column: SQLColumnExpression[datetime]) -> ColumnElement[int]:
    return cast(extract("epoch", column), BigInteger)


# Each is asked at every step of the wizard: built once, and read past the session's
# machinery, which would take longer than the database.
_people: Any = Fieldworker.__table__.c  # type: ignore[attr-defined]
_skills: Any = FieldworkerSkill.__table__.c  # type: ignore[attr-defined]
_hours: Any = WorkingHours.__table__.c  # type: ignore[attr-defined]
_dates: Any = HoursException.__table__.c  # type: ignore[attr-defined]
_away: Any = TimeOff.__table__.c  # type: ignore[attr-defined]
_taken: Any = TimeClaim.__table__.c  # type: ignore[attr-defined]
_PEOPLE = (
    columns(
        _people.id,
        _people.name,
        _people.first_week,
        _hours.weekday,
        _hours.starts,
        _hours.ends,
        _hours.week,
    )
    .join(_skills.fieldworker_id.table, _skills.fieldworker_id == _people.id)
    .outerjoin(_hours.fieldworker_id.table, _hours.fieldworker_id == _people.id)
    .where(
        _skills.service_id == bindparam("service"),
        _people.archived_at.is_(None),
    )
    .order_by(_people.position, _people.name, _people.id)
)
_PERSON = _PEOPLE.where(_people.id == bindparam("fieldworker"))
_EXCEPTIONS = columns(
    _dates.fieldworker_id,
    _dates.day,
    _dates.stretches,
).where(
    _dates.fieldworker_id.in_(bindparam("people", expanding=True)),
    _dates.day.between(bindparam("first"), bindparam("last")),
)
_TIME_OFF = columns(_away.fieldworker_id, _away.starts_at, _away.ends_at).where(
    _away.ends_at > bindparam("start"),
    _away.starts_at < bindparam("end"),
    or_(
        _away.fieldworker_id.is_(None),
        _away.fieldworker_id.in_(bindparam("people", expanding=True)),
    ),
)
_CLAIMS = (
    columns(
        _taken.fieldworker_id,
        _epoch_seconds(_taken.starts_at),
        _epoch_seconds(_taken.ends_at),
    )
    .where(
        _taken.fieldworker_id.in_(bindparam("people", expanding=True)),
        _taken.released_at.is_(None),
        _taken.ends_at > bindparam("start"),
        _taken.ends_at < bindparam("longest_end"),
        _taken.starts_at < bindparam("end"),
    )
    .order_by(_taken.fieldworker_id, _taken.ends_at)
)


def _plans_by_fieldworker(
    tx: Session, service_id: str, fieldworker_id: str | None, first: date, last: date
) -> tuple[dict[str, str], dict[str, WorkPlan]]:
    """Names and plans of who does this service, in the business's order.

    Only of the named one, if any; of the dates with hours of their own, those
    between two days.
    """
    names: dict[str, str] = {}
    first_weeks: dict[str, date] = {}
    hours: dict[str, list[tuple[int, int, int, int]]] = {}
    asked = {"service": service_id, "fieldworker": fieldworker_id}
    query = _PEOPLE if fieldworker_id is None else _PERSON
    for who, name, first_week, *stretch in tx.connection().execute(query, asked).all():
        names[who], first_weeks[who] = name, first_week
        theirs = hours.setdefault(who, [])
        if stretch[0] is not None:
            theirs.append(tuple(stretch))
    exceptions: dict[str, dict[date, tuple[rules.DayStretch, ...]]] = {}
    within = {"people": list(names), "first": first, "last": last}
    for who, day, stretches in tx.connection().execute(_EXCEPTIONS, within):
        exceptions.setdefault(who, {})[day] = rules.as_stretches(stretches)
    return names, {
        who: WorkPlan(
            tuple(WeeklyHours(*one) for one in sorted(hours[who])),
            first_weeks[who],
            exceptions.get(who, {}),
        )
        for who in names
    }


def _work_by_fieldworker(
    calendar: LocalCalendar, plans: dict[str, WorkPlan], closed: frozenset[date]
) -> dict[str, list[Span]]:
    """When each of them works; worked out once for those who work alike."""
    known: dict[tuple[tuple[WeeklyHours, ...], int], list[Span]] = {}
    found: dict[str, list[Span]] = {}
    for who, plan in plans.items():
        if plan.exceptions:
            found[who] = calendar.work(plan, closed)
            continue
        alike = plan.hours, plan.week_of(calendar.days[0])
        if alike not in known:
            known[alike] = calendar.work(plan, closed)
        found[who] = known[alike]
    return found


def _time_off_by_fieldworker(
    tx: Session, candidates: list[str], start: datetime, end: datetime
) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {candidate: [] for candidate in candidates}
    rows = tx.connection().execute(
        _TIME_OFF, {"people": candidates, "start": start, "end": end}
    )
    for who, starts_at, ends_at in rows:
        span = (rules.to_seconds(starts_at), rules.to_seconds(ends_at))
        for candidate in candidates if who is None else [who]:
            found[candidate].append(span)
    for spans in found.values():
        spans.sort()
    return found


def _claims_by_fieldworker(
    tx: Session, candidates: Sequence[str], start: datetime, end: datetime
) -> dict[str, list[Span]]:
    """Active claims that reach into the range, sorted.

    Thousands of rows: the database counts the seconds, which is twice as fast as
    building aware datetimes first, and answers from the covering index alone.
    """
    found: dict[str, list[Span]] = {candidate: [] for candidate in candidates}
    longest = timedelta(minutes=rules.MAX_CLAIM_MINUTES)
    within = {
        "people": candidates,
        "start": start,
        "end": end,
        "longest_end": end + longest,
    }
    rows = tx.connection().execute(_CLAIMS, within).all()
    for who, starts_at, ends_at in rows:
        found[who].append((starts_at, ends_at))
    return found


_NEAREST_WINDOWS = (timedelta(days=1), timedelta(days=7), None)
_SOON = timedelta(days=7)


class SlotTaken(Conflict):
    """The time is not free, or not free any more."""

    def __init__(self) -> None:
        super().__init__("That time is no longer available.")


@dataclass(frozen=True, slots=True)
class ClaimedTime:
    """A claim that was won."""

    claim_id: str
    fieldworker_id: str
    fieldworker_name: str


def fieldworkers_for(tx: Session, service_id: str) -> list[FieldworkerView]:
    """Who does this service, in the business's order."""
    rows = tx.exec(
        select(Fieldworker)
        .join(FieldworkerSkill, col(FieldworkerSkill.fieldworker_id) == Fieldworker.id)
        .where(col(FieldworkerSkill.service_id) == service_id, _is_employed())
        .order_by(col(Fieldworker.position), col(Fieldworker.name), col(Fieldworker.id))
    )
    return [
        FieldworkerView(
            id=row.id,
            name=row.name,
            bio=row.bio,
            photo_url=attachments.picture_url(row.photo_id),
        )
        for row in rows
    ]


def fieldworker_name(tx: Session, account_id: str) -> str:
    """The name of the fieldworker whose account this is; empty if there is none."""
    found = tx.exec(
        select(Fieldworker.name).where(col(Fieldworker.account_id) == account_id)
    ).one_or_none()
    return found or ""


def free_days(
    tx: Session,
    service_id: str,
    minutes: int,
    first_day: date,
    last_day: date,
    *,
    fieldworker_id: str | None = None,
    replaces: Collection[str] = (),
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
        replaces: Claims that would be given back for the visit: their time is free.

    Raises:
        NotFound: If there is no such service.
    """
    search = load_free_time_search(
        tx,
        service_id,
        minutes,
        first_day,
        last_day,
        fieldworker_id=fieldworker_id,
        replaces=replaces,
        with_claims=False,
    )
    if search is None:
        return []
    possible = {
        day
        for candidate in search.candidates
        for day in search.free_days(candidate, ignore_claims=True)
    }
    found: set[int] = set()
    # Most days are free with the first few: more are asked only as far as it takes.
    for batch in _growing_batches(search.candidates):
        if found == possible:
            break
        search.read_claims(tx, batch)
        for candidate in batch:
            found.update(search.free_days(candidate))
    return [search.calendar.days[index] for index in sorted(found)]


_FIRST_BATCH, _BATCH_GROWTH = 4, 3


def _growing_batches(candidates: Sequence[str]) -> Iterator[Sequence[str]]:
    at, size = 0, _FIRST_BATCH
    while at < len(candidates):
        yield candidates[at : at + size]
        at, size = at + size, size * _BATCH_GROWTH


def free_slots(
    tx: Session,
    service_id: str,
    minutes: int,
    day: date,
    *,
    fieldworker_id: str | None = None,
    replaces: Collection[str] = (),
) -> list[Slot]:
    """The free starts of one day, in order; arguments and errors as ``free_days``."""
    return free_slots_between(
        tx,
        service_id,
        minutes,
        day,
        day,
        fieldworker_id=fieldworker_id,
        replaces=replaces,
    )


def free_slots_between(
    tx: Session,
    service_id: str,
    minutes: int,
    first_day: date,
    last_day: date,
    *,
    fieldworker_id: str | None = None,
    replaces: Collection[str] = (),
) -> list[Slot]:
    """The free starts of a range of days, in order; read at once, as ``free_days``."""
    search = load_free_time_search(
        tx,
        service_id,
        minutes,
        first_day,
        last_day,
        fieldworker_id=fieldworker_id,
        replaces=replaces,
    )
    return [] if search is None else search.slots()


def lock_fieldworkers(tx: Session, service_id: str) -> None:
    """Let who wants the time of those who do a service wait for this transaction.

    For who claims several times at once: two of them would wait for each other.
    """
    tx.exec(
        select(Fieldworker.id)
        .where(
            col(Fieldworker.id).in_(
                select(FieldworkerSkill.fieldworker_id).where(
                    FieldworkerSkill.service_id == service_id
                )
            )
        )
        .order_by(col(Fieldworker.id))
        .with_for_update(key_share=True)
    ).all()


def next_free_slots(
    tx: Session, service_id: str, minutes: int, days: int
) -> list[tuple[date, list[Slot]]]:
    """The free starts of the next days that have some, at most so many days.

    Arguments and errors otherwise as ``free_days``.
    """
    first, last = bookable_range(tx, service_id)
    found = free_days(tx, service_id, minutes, first, min(last, first + _SOON))
    if len(found) < days:
        found = free_days(tx, service_id, minutes, first, last)
    found = found[:days]
    if not found:
        return []
    search = load_free_time_search(
        tx, service_id, minutes, found[0], found[-1], fieldworker_id=None
    )
    zone = business.formats(tx).zone
    by_day = groupby(
        [] if search is None else search.slots(),
        lambda slot: slot.starts_at.astimezone(zone).date(),
    )
    return [(day, list(slots)) for day, slots in by_day]


def nearest_slots(
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
    otherwise as ``free_days``.
    """
    zone = business.formats(tx).zone
    first_bookable, last_bookable = bookable_range(tx, service_id)
    # An instant from a browser may be anywhere; what is nearest stays the same.
    around = max(around, day_bounds(first_bookable, zone)[0])
    around = min(around, day_bounds(last_bookable, zone)[1])
    wanted = rules.to_seconds(around)
    middle = around.astimezone(zone).date()
    found: list[Slot] = []
    for window in _NEAREST_WINDOWS:
        first, last = first_bookable, last_bookable
        if window is not None:
            first, last = max(first, middle - window), min(last, middle + window)
        search = load_free_time_search(
            tx, service_id, minutes, first, last, fieldworker_id=fieldworker_id
        )
        found = [] if search is None else search.nearest(wanted, limit)
        whole = (first, last) == (first_bookable, last_bookable)
        # A day may be short of some hours.
        known = timedelta() if window is None else window - timedelta(hours=3)
        full = len(found) == limit
        if whole or (full and abs(found[-1].starts_at - around) <= known):
            break  # nothing outside the window is closer
    return sorted(found, key=lambda slot: slot.starts_at)


def is_free(
    tx: Session,
    service_id: str,
    minutes: int,
    starts_at: datetime,
    *,
    fieldworker_id: str | None = None,
    replaces: Collection[str] = (),
) -> bool:
    """Whether this start would be offered now; errors as ``free_days``."""
    zone = business.formats(tx).zone
    first, last = bookable_range(tx, service_id)
    if not day_bounds(first, zone)[0] <= starts_at < day_bounds(last, zone)[1]:
        return False
    day = starts_at.astimezone(zone).date()
    offered = free_slots(
        tx, service_id, minutes, day, fieldworker_id=fieldworker_id, replaces=replaces
    )
    return any(slot.starts_at == starts_at for slot in offered)


def claim_slot(
    tx: Session,
    service_id: str,
    minutes: int,
    starts_at: datetime,
    *,
    fieldworker_id: str | None = None,
    replaces: Collection[str] = (),
    search: FreeTimeSearch | None = None,
) -> ClaimedTime:
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
        replaces: Claims that are given back for it, so that it may overlap them.
        search: Of these terms and days that hold the start, where several starts
            are claimed; read here otherwise.

    Raises:
        NotFound: If there is no such service.
        SlotTaken: If nobody's time could be claimed; a transaction that ``replaces``
            something is to be given up then.
    """
    release(tx, replaces)
    zone = business.formats(tx).zone
    day = starts_at.astimezone(zone).date()
    if search is None:
        search = load_free_time_search(
            tx, service_id, minutes, day, day, fieldworker_id=fieldworker_id
        )
    if search is None:
        raise SlotTaken
    start = rules.to_seconds(starts_at)
    if rules.to_instant(start) != starts_at:
        raise SlotTaken
    claim_starts, claim_ends = map(rules.to_instant, search.visit.span(start))
    for candidate in search.claim_order(start, anyone=fieldworker_id is None):
        try:
            claim_id = claim_time(
                tx, candidate, claim_starts, claim_ends, service_id=service_id
            )
        except SlotTaken:
            continue
        return ClaimedTime(claim_id, candidate, search.names[candidate])
    raise SlotTaken


def claim_time(
    tx: Session,
    fieldworker_id: str,
    starts_at: datetime,
    ends_at: datetime,
    *,
    service_id: str | None = None,
) -> str:
    """Take this time of a fieldworker, or nothing; returns the claim's id.

    Args:
        tx: The transaction; it stays usable after a refusal.
        fieldworker_id: Whose time.
        starts_at: From when, buffers included.
        ends_at: Until when, exclusively, buffers included.
        service_id: What for, if it is for a visit.

    Raises:
        SlotTaken: If the database's guard found an overlapping claim.
        ValueError: If the time is longer than any claim may be.
    """
    if ends_at - starts_at > timedelta(minutes=rules.MAX_CLAIM_MINUTES):
        raise ValueError("a claim of more than seven days")
    row = TimeClaim(
        fieldworker_id=fieldworker_id,
        starts_at=starts_at,
        ends_at=ends_at,
        service_id=service_id,
    )
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
        if violated_constraint(error) == CLAIM_GUARD:
            raise SlotTaken from None
        raise
    return row.id


def release(tx: Session, claim_ids: Collection[str]) -> None:
    """Give time back; what was given back already stays so."""
    if not claim_ids:
        return
    tx.execute(
        update(TimeClaim)
        .where(col(TimeClaim.id).in_(claim_ids), col(TimeClaim.released_at).is_(None))
        .values(released_at=utc_now())
    )
