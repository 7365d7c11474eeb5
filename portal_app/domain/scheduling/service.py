"""Free time, and claims on it.

A search only ever offers; whether somebody's time is still free is decided by the
database's guard when it is claimed, never by a check before.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
)
from sqlmodel import Session, col, select

from portal_app.domain.business import service as business
from portal_app.domain.catalogue.models import Service
from portal_app.domain.files import attachments
from portal_app.domain.scheduling import (
    claims,
    holds,
    holiday_calendar,
    readings,
    rules,
)
from portal_app.domain.scheduling.claims import SlotTaken, claim_time
from portal_app.domain.scheduling.holds import HoldTerms
from portal_app.domain.scheduling.models import (
    Fieldworker,
    FieldworkerSkill,
    TimeClaim,
)
from portal_app.domain.scheduling.rules import (
    LocalCalendar,
    Span,
    StartWindow,
    Visit,
)
from portal_app.domain.scheduling.views import FieldworkerView
from portal_app.kernel.clock import day_bounds, utc_now
from portal_app.kernel.db import get_cached
from portal_app.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Slot:
    """A start that is free, and who could come, in the business's order."""

    starts_at: datetime
    fieldworker_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FreeTimeSearch:
    """Everything a search needs, read from the database once.

    ``claims`` are of those candidates for whom they were read, within ``reach``; what
    is to be ``replaced`` or is held for ``holder`` is none of them.
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
    holder: str

    def read_claims(self, tx: Session, candidates: Sequence[str]) -> None:
        """Know what takes the time of these candidates."""
        self.claims.update(
            readings.claims_by_fieldworker(tx, candidates, self.holder, *self.reach)
        )
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
    holder: str = "",
    as_of: datetime | None = None,
    with_claims: bool = True,
) -> FreeTimeSearch | None:
    """Read what a search needs; ``None`` if nothing could be offered anyway.

    Without claims, they are left to be read by ``FreeTimeSearch.read_claims``. Notice
    and horizon are counted from ``as_of``, without one from now.
    """
    service = get_cached(tx, Service, service_id)
    if service is None or not service.active or service.archived_at is not None:
        raise NotFound("We do not offer that service.")
    settings = business.current_business(tx)
    zone = ZoneInfo(settings.timezone)
    asked_at = as_of or utc_now()
    first_bookable, last_bookable = bookable_range(tx, service_id, asked_at)
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
    names, plans = readings.plans_by_fieldworker(
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
    earliest = max(opens, asked_at + timedelta(minutes=lead))
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
        work=readings.work_by_fieldworker(calendar, plans, closed),
        time_off=readings.time_off_by_fieldworker(tx, candidates, *reach),
        reach=reach,
        claims={},
        replaced=claims.spans_of(tx, replaces),
        holder=holder,
    )
    if with_claims:
        search.read_claims(tx, candidates)
    return search


def bookable_range(
    tx: Session, service_id: str, as_of: datetime | None = None
) -> tuple[date, date]:
    """Today, or the day of ``as_of``, and the last day on which it can be booked.

    On the business's calendar; the service's own horizon goes before the business's.
    """
    settings = business.current_business(tx)
    service = get_cached(tx, Service, service_id)
    days = settings.horizon_days
    if service is not None and service.horizon_days is not None:
        days = service.horizon_days
    today = (as_of or utc_now()).astimezone(ZoneInfo(settings.timezone)).date()
    return today, today + timedelta(days=days)


def _is_employed() -> ColumnElement[bool]:
    return col(Fieldworker.archived_at).is_(None)


_NEAREST_WINDOWS = (timedelta(days=1), timedelta(days=7), None)
_SOON = timedelta(days=7)


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


def free_days(
    tx: Session,
    service_id: str,
    minutes: int,
    first_day: date,
    last_day: date,
    *,
    fieldworker_id: str | None = None,
    replaces: Collection[str] = (),
    holder: str = "",
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
        holder: For whom is asked: what is held for them is free.

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
        holder=holder,
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
    holder: str = "",
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
        holder=holder,
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
    holder: str = "",
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
        holder=holder,
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
    holder: str = "",
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
            tx,
            service_id,
            minutes,
            first,
            last,
            fieldworker_id=fieldworker_id,
            holder=holder,
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
    holder: str = "",
) -> bool:
    """Whether this start would be offered now, or is held; errors as ``free_days``."""
    wanted = _Wanted(service_id, minutes, starts_at, fieldworker_id)
    if holder and _fitting_hold(tx, wanted, holder) is not None:
        return True
    search = _search_for(tx, wanted, holder, replaces=replaces)
    return search is not None and any(
        slot.starts_at == starts_at for slot in search.slots()
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A visit at a time, with somebody in particular or with anyone."""

    service_id: str
    minutes: int
    starts_at: datetime
    fieldworker_id: str | None


def claim_slot(
    tx: Session,
    service_id: str,
    minutes: int,
    starts_at: datetime,
    *,
    fieldworker_id: str | None = None,
    holder: str = "",
    hold: HoldTerms | None = None,
    replaces: Collection[str] = (),
    search: FreeTimeSearch | None = None,
) -> ClaimedTime:
    """Claim somebody's time for a visit, buffers included.

    Working hours, time off, lead time and horizon are looked at again, in this
    transaction: what was shown may be old. Existing claims are left to the guard.
    With nobody named, whoever has the least to do that day is tried first.

    What is held for the holder is used if it is just this time, with the notice and
    the horizon of when it was held; otherwise it is given back.

    Args:
        tx: The transaction in which the visit is booked.
        service_id: The service.
        minutes: The length of the visit, without buffers.
        starts_at: When the visit starts.
        fieldworker_id: Somebody in particular, or ``None`` for anyone.
        holder: For what time is or was held, such as the id of a draft.
        hold: How long to hold it; ``None`` to take it for good. A hold that is used
            stays as long as it was to stay.
        replaces: Claims that are given back for it, so that it may overlap them.
        search: Of these terms and days that hold the start, where several starts
            are claimed; read here otherwise.

    Raises:
        NotFound: If there is no such service.
        SlotTaken: If nobody's time could be claimed; what was held or claimed
            before is so still.
    """
    wanted = _Wanted(service_id, minutes, starts_at, fieldworker_id)
    held = _fitting_hold(tx, wanted, holder, lock=True) if holder else None
    if held is not None and hold is not None:
        return held
    if held is not None:
        holds.keep_for_good(tx, held.claim_id)
        claims.release(tx, replaces)
        return held
    with tx.begin_nested():
        given_back = [*replaces, *(holds.claims_of(tx, [holder]) if holder else ())]
        freed = claims.release_quietly(tx, given_back)
        claimed = _claim_anew(tx, wanted, holder, hold, search)
    claims.notify_freed(tx, freed)
    return claimed


def _claim_anew(
    tx: Session,
    wanted: _Wanted,
    holder: str,
    hold: HoldTerms | None,
    search: FreeTimeSearch | None,
) -> ClaimedTime:
    """Claim the time of the first who can come and is free.

    Raises:
        SlotTaken: If there is none.
    """
    start = rules.to_seconds(wanted.starts_at)
    if search is None:
        search = _search_for(tx, wanted, holder)
    if search is None or rules.to_instant(start) != wanted.starts_at:
        raise SlotTaken
    claim_starts, claim_ends = map(rules.to_instant, search.visit.span(start))
    terms: dict[str, Any] = {}
    if hold is not None:
        terms = {"holder": holder, **asdict(hold)}
    for candidate in search.claim_order(start, anyone=wanted.fieldworker_id is None):
        try:
            claim_id = claim_time(
                tx,
                candidate,
                claim_starts,
                claim_ends,
                service_id=wanted.service_id,
                **terms,
            )
        except SlotTaken:
            continue
        return ClaimedTime(claim_id, candidate, search.names[candidate])
    raise SlotTaken


def _fitting_hold(
    tx: Session, wanted: _Wanted, holder: str, *, lock: bool = False
) -> ClaimedTime | None:
    """What is held for the holder, if it is what is wanted and still can be had."""
    held = holds.current_hold(tx, holder, lock=lock)
    if (
        held is None
        or held.service_id != wanted.service_id
        or wanted.fieldworker_id not in (None, held.fieldworker_id)
        or wanted.starts_at < utc_now()
    ):
        return None
    search = _search_for(tx, wanted, holder, held)
    start = rules.to_seconds(wanted.starts_at)
    if search is None or search.visit.span(start) != (
        rules.to_seconds(held.starts_at),
        rules.to_seconds(held.ends_at),
    ):
        return None
    if held.fieldworker_id not in search.claim_order(start, anyone=False):
        return None
    name = search.names[held.fieldworker_id]
    return ClaimedTime(held.id, held.fieldworker_id, name)


def _search_for(
    tx: Session,
    wanted: _Wanted,
    holder: str,
    held: TimeClaim | None = None,
    *,
    replaces: Collection[str] = (),
) -> FreeTimeSearch | None:
    """A search of the day; where time is held, of who is held and as of then."""
    as_of = held.created_at if held else None
    zone = business.formats(tx).zone
    first, last = bookable_range(tx, wanted.service_id, as_of)
    if not day_bounds(first, zone)[0] <= wanted.starts_at < day_bounds(last, zone)[1]:
        return None  # also what no calendar of the zone could name
    day = wanted.starts_at.astimezone(zone).date()
    return load_free_time_search(
        tx,
        wanted.service_id,
        wanted.minutes,
        day,
        day,
        fieldworker_id=held.fieldworker_id if held else wanted.fieldworker_id,
        replaces=replaces,
        holder=holder,
        as_of=as_of,
        with_claims=held is None,
    )
