"""Free time, and claims on it.

A search only ever offers; whether somebody's time is still free is decided by the
database's guard when it is claimed, never by a check before.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from portal_app.domain.business import service as business
from portal_app.domain.catalogue.models import Service
from portal_app.domain.files import attachments
from portal_app.domain.scheduling import (
    claims,
    classes,
    holds,
    readings,
    rules,
    travel,
    visits,
)
from portal_app.domain.scheduling.claims import (
    ClaimedTask,
    ClaimedTime,
    SlotTaken,
    claim_time,
)
from portal_app.domain.scheduling.holds import HoldTerms
from portal_app.domain.scheduling.models import (
    Fieldworker,
    FieldworkerSkill,
    TimeClaim,
)
from portal_app.domain.scheduling.readings import (
    bookable_range,
    load_free_time_search,
)
from portal_app.domain.scheduling.rules import Span
from portal_app.domain.scheduling.search import FreeTimeSearch, Slot
from portal_app.domain.scheduling.views import FieldworkerView
from portal_app.domain.scheduling.visits import NO_NEEDS, Needs, Role, Task, Team
from portal_app.kernel.clock import day_bounds, utc_now
from portal_app.kernel.db import get_cached

__all__ = [
    "ClaimedTask",
    "ClaimedTime",
    "Slot",
    "SlotTaken",
    "bookable_range",
    "claim_time",
    "load_free_time_search",
]


def _is_employed() -> ColumnElement[bool]:
    return col(Fieldworker.archived_at).is_(None)


_NEAREST_WINDOWS = (timedelta(days=1), timedelta(days=7), None)
_SOON, _WINDOW_GROWTH = timedelta(days=7), 3


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
    needs: Needs = NO_NEEDS,
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
        needs: What else the visit needs.

    Raises:
        NotFound: If there is no such service.
    """
    if _is_class(tx, service_id):
        places = _places(service_id, fieldworker_id, needs, replaces, holder)
        zone = business.formats(tx).zone
        slots = classes.free_slots(tx, places, first_day, last_day)
        return sorted({slot.starts_at.astimezone(zone).date() for slot in slots})
    search = load_free_time_search(
        tx,
        service_id,
        minutes,
        first_day,
        last_day,
        fieldworker_id=fieldworker_id,
        replaces=replaces,
        holder=holder,
        needs=needs,
        with_claims=False,
    )
    if search is None:
        return []
    candidates = list(search.candidates)
    found: set[int] = set()
    if search.asked.only_role is None:
        readings.read_claims(tx, search, candidates)
        for (first, after_last), _ in search.ranges():
            found.update(search.days_between(first, after_last))
    else:
        possible = {
            day
            for candidate in candidates
            for day in search.days_of(candidate, ignore_claims=True)
        }
        # Most days are free with the first few: more are asked only as far as it
        # takes.
        for batch in _growing_batches(candidates):
            if found == possible:
                break
            readings.read_claims(tx, search, batch)
            for candidate in batch:
                found.update(search.days_of(candidate, ignore_claims=False))
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
    needs: Needs = NO_NEEDS,
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
        needs=needs,
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
    needs: Needs = NO_NEEDS,
) -> list[Slot]:
    """The free starts of a range of days, in order; read at once, as ``free_days``."""
    if _is_class(tx, service_id):
        places = _places(service_id, fieldworker_id, needs, replaces, holder)
        return classes.free_slots(tx, places, first_day, last_day)
    search = load_free_time_search(
        tx,
        service_id,
        minutes,
        first_day,
        last_day,
        fieldworker_id=fieldworker_id,
        replaces=replaces,
        holder=holder,
        needs=needs,
    )
    return [] if search is None else search.slots()


def next_free_slots(
    tx: Session, service_id: str, minutes: int, days: int
) -> list[tuple[date, list[Slot]]]:
    """The free starts of the next days that have some, at most so many days.

    Arguments and errors otherwise as ``free_days``.
    """
    first, last = bookable_range(tx, service_id)
    found: list[date] = []
    window = _SOON
    # What is soon is asked first, and no day twice.
    while len(found) < days and first <= last:
        until = min(last, first + window)
        found += free_days(tx, service_id, minutes, first, until)
        first, window = until + timedelta(days=1), window * _WINDOW_GROWTH
    found = found[:days]
    if not found:
        return []
    zone = business.formats(tx).zone
    slots = free_slots_between(tx, service_id, minutes, found[0], found[-1])
    by_day = groupby(slots, lambda slot: slot.starts_at.astimezone(zone).date())
    return [(day, list(theirs)) for day, theirs in by_day]


def nearest_slots(
    tx: Session,
    service_id: str,
    minutes: int,
    around: datetime,
    *,
    fieldworker_id: str | None = None,
    holder: str = "",
    needs: Needs = NO_NEEDS,
    limit: int = 3,
) -> list[Slot]:
    """Up to ``limit`` free starts closest to an instant, in order of time.

    Of two equally close ones the earlier counts as closer. Arguments and errors
    otherwise as ``free_days``.
    """
    zone = business.formats(tx).zone
    services = [service_id, *(one for one, _ in needs.more)]
    first_bookable, last_bookable = bookable_range(tx, *services)
    # An instant from a browser may be anywhere; what is nearest stays the same.
    around = max(around, day_bounds(first_bookable, zone)[0])
    around = min(around, day_bounds(last_bookable, zone)[1])
    if _is_class(tx, service_id):
        places = _places(service_id, fieldworker_id, needs, (), holder)
        slots = classes.free_slots(tx, places, first_bookable, last_bookable)
        slots.sort(key=lambda slot: (abs(slot.starts_at - around), slot.starts_at))
        return sorted(slots[:limit], key=lambda slot: slot.starts_at)
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
            needs=needs,
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
    needs: Needs = NO_NEEDS,
) -> bool:
    """Whether this start would be offered now, or is held; errors as ``free_days``."""
    wanted = _Wanted(service_id, minutes, starts_at, fieldworker_id, needs)
    if holder and _fitting_hold(tx, wanted, holder) is not None:
        return True
    if _is_class(tx, service_id):
        day = starts_at.astimezone(business.formats(tx).zone).date()
        places = _places(service_id, fieldworker_id, needs, replaces, holder)
        slots = classes.free_slots(tx, places, day, day)
        return any(slot.starts_at == starts_at for slot in slots)
    search = _search_for(tx, wanted, holder, replaces=replaces)
    return search is not None and any(
        slot.starts_at == starts_at for slot in search.slots()
    )


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


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A visit at a time, with somebody in particular or with anyone."""

    service_id: str
    minutes: int
    starts_at: datetime
    fieldworker_id: str | None
    needs: Needs

    @property
    def service_ids(self) -> list[str]:
        return [self.service_id, *(one for one, _ in self.needs.more)]

    def places(self, holder: str) -> classes.Wanted:
        return _places(self.service_id, self.fieldworker_id, self.needs, (), holder)


def _is_class(tx: Session, service_id: str) -> bool:
    row = get_cached(tx, Service, service_id)
    return row is not None and row.seats > 0


def _places(
    service_id: str,
    fieldworker_id: str | None,
    needs: Needs,
    replaces: Collection[str],
    holder: str,
) -> classes.Wanted:
    return classes.Wanted(service_id, needs.seats, fieldworker_id, holder, replaces)


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
    needs: Needs = NO_NEEDS,
    search: FreeTimeSearch | None = None,
) -> ClaimedTime:
    """Claim the time of whom a visit takes, buffers and ways included.

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
        needs: What else the visit needs.
        search: Of these terms and days that hold the start, where several starts
            are claimed; read here otherwise.

    Raises:
        NotFound: If there is no such service.
        SlotTaken: If nobody's time could be claimed; what was held or claimed
            before is so still.
    """
    wanted = _Wanted(service_id, minutes, starts_at, fieldworker_id, needs)
    held = _fitting_hold(tx, wanted, holder, lock=True) if holder else None
    if held is not None and hold is not None:
        return held
    if held is not None:
        holds.keep_for_good(tx, held.claim_ids, needs.place)
        claims.release(tx, replaces)
        return held
    with tx.begin_nested():
        # Whoever books a service that takes so many a day waits for the others.
        _lock_limited_services(tx, wanted.service_ids)
        given_back = [*replaces, *(holds.claims_of(tx, [holder]) if holder else ())]
        freed = claims.release_quietly(tx, given_back)
        claimed = _claim_anew(tx, wanted, holder, hold, search)
    claims.notify_freed(tx, freed)
    return claimed


def _lock_limited_services(tx: Session, service_ids: Collection[str]) -> None:
    limited = [
        one
        for one in service_ids
        if (row := get_cached(tx, Service, one)) and row.visits_per_day is not None
    ]
    if limited:
        tx.exec(
            select(Service.id)
            .where(col(Service.id).in_(limited))
            .order_by(col(Service.id))
            .with_for_update(key_share=True)
        ).all()


def _claim_anew(
    tx: Session,
    wanted: _Wanted,
    holder: str,
    hold: HoldTerms | None,
    search: FreeTimeSearch | None,
) -> ClaimedTime:
    """Claim the time of the first team that can come and is free.

    Raises:
        SlotTaken: If there is none.
    """
    terms: dict[str, Any] = {}
    if hold is not None:
        terms = {"holder": holder, **asdict(hold)}
    if _is_class(tx, wanted.service_id):
        return classes.claim_seats(tx, wanted.places(holder), wanted.starts_at, terms)
    start = rules.to_seconds(wanted.starts_at)
    if search is None:
        search = _search_for(tx, wanted, holder)
    if search is None or rules.to_instant(start) != wanted.starts_at:
        raise SlotTaken
    attempt = _Attempt(tx, search, start, terms)
    for team in search.asked.teams:
        able = [search.claim_order(role, start) for role in team]
        while people := visits.assign(able, wanted.fieldworker_id):
            try:
                with tx.begin_nested():
                    return attempt.claim_team(team, people)
            except _Taken as taken:
                able[taken.role].remove(people[taken.role])
    raise SlotTaken


class _Taken(SlotTaken):
    """Who was to do a role, by its place in the team, is not free."""

    def __init__(self, role: int) -> None:
        super().__init__()
        self.role = role


@dataclass(frozen=True, slots=True)
class _Attempt:
    """Claiming everybody's time for a visit; ``terms`` are those of a hold."""

    tx: Session
    search: FreeTimeSearch
    start: int
    terms: dict[str, Any]

    def claim_team(self, team: Team, people: Sequence[str]) -> ClaimedTime:
        """Claim in one order of people, so that no two wait in a circle.

        Raises:
            _Taken: If somebody is not free.
        """
        claimed: dict[int, list[ClaimedTask]] = {}
        for at in sorted(range(len(team)), key=lambda one: people[one]):
            try:
                claimed[at] = self._claim_role(team[at], people[at])
            except SlotTaken:
                raise _Taken(at) from None
        return ClaimedTime.of([task for at in sorted(claimed) for task in claimed[at]])

    def _claim_role(self, role: Role, who: str) -> list[ClaimedTask]:
        search, start, way = self.search, self.start, 0
        if search.travels or search.candidates[who].visits_per_day is not None:
            # What the guard does not know is looked at while nobody else claims.
            claims.lock_fieldworker(self.tx, who)
            readings.read_claims(self.tx, search, [who])
            if not search.can_start(who, role.visit, start):
                raise SlotTaken
        if search.travels:
            way = self._make_way(who, role.visit.span(start))
        found = []
        for task in role.tasks:
            begins, ends = task.span(start)
            claim_id = claim_time(
                self.tx,
                who,
                rules.to_instant(begins - way),
                rules.to_instant(ends),
                service_id=task.service_id,
                leading=task.leading,
                travel_minutes=way // 60,
                place=search.asked.place,
                **self.terms,
            )
            found.append(_claimed(search, claim_id, who, task, start))
            way = 0
        return found

    def _make_way(self, who: str, span: Span) -> int:
        """The way to a visit; the claim after it gets its own way from there."""
        search = self.search
        ways, place = search.ways_of(who), search.asked.place
        before, after = travel.neighbours(search.stops[who], span[0])
        if after is not None and span[1] >= ways.follows(after.begins):
            seconds = ways.seconds(place, after.place)
            claims.release_expired(
                self.tx, who, rules.to_instant(span[1]), rules.to_instant(after.begins)
            )
            self.tx.execute(
                update(TimeClaim)
                .where(col(TimeClaim.id) == after.claim_id)
                .values(
                    starts_at=rules.to_instant(after.begins - seconds),
                    travel_minutes=seconds // 60,
                )
            )
        return ways.to(place, span[0], before)


def _claimed(
    search: FreeTimeSearch, claim_id: str, who: str, task: Task, start: int
) -> ClaimedTask:
    begins = start + task.offset * 60
    return ClaimedTask(
        claim_id=claim_id,
        fieldworker_id=who,
        fieldworker_name=search.candidates[who].name,
        service_id=task.service_id,
        starts_at=rules.to_instant(begins),
        ends_at=rules.to_instant(begins + task.visit.minutes * 60),
    )


def _fitting_hold(
    tx: Session, wanted: _Wanted, holder: str, *, lock: bool = False
) -> ClaimedTime | None:
    """What is held for the holder, if it is what is wanted and still can be had."""
    held = holds.current_holds(tx, holder, lock=lock)
    people = {row.fieldworker_id for row in held}
    if (
        not held
        or wanted.fieldworker_id not in (None, *people)
        or wanted.starts_at < utc_now()
    ):
        return None
    if _is_class(tx, wanted.service_id):
        return classes.held_seats(tx, wanted.places(holder), wanted.starts_at, held)
    search = _search_for(tx, wanted, holder, held)
    start = rules.to_seconds(wanted.starts_at)
    if search is None or not search.may_start(start):
        return None
    for team in search.asked.teams:
        tasks = [task for role in team for task in role.tasks]
        if len(tasks) == len(held):
            found = [_held_for(search, task, start, held) for task in tasks]
            fitting = [one for one in found if one is not None]
            if len({one.claim_id for one in fitting}) == len(held):
                return ClaimedTime.of(fitting)
    return None


def _held_for(
    search: FreeTimeSearch, task: Task, start: int, held: Sequence[TimeClaim]
) -> ClaimedTask | None:
    """The hold of who does a task, if it is in their hours."""
    begins, ends = task.span(start)
    place = search.asked.place
    for row in held:
        who = row.fieldworker_id
        leaves = rules.to_seconds(row.starts_at)
        if (
            (row.service_id, row.leading) == (task.service_id, task.leading)
            and (
                not search.kmh
                or (row.latitude, row.longitude) == (place.latitude, place.longitude)
            )
            and (leaves + row.travel_minutes * 60, rules.to_seconds(row.ends_at))
            == (begins, ends)
            and who in search.candidates
            and task.service_id in search.candidates[who].skills
            and search.is_at_work(who, (leaves, ends))
        ):
            return _claimed(search, row.id, who, task, start)
    return None


def _search_for(
    tx: Session,
    wanted: _Wanted,
    holder: str,
    held: Sequence[TimeClaim] = (),
    *,
    replaces: Collection[str] = (),
) -> FreeTimeSearch | None:
    """A search of the day; where time is held, as of then."""
    as_of = min((row.created_at for row in held), default=None)
    zone = business.formats(tx).zone
    first, last = bookable_range(tx, *wanted.service_ids, as_of=as_of)
    if not day_bounds(first, zone)[0] <= wanted.starts_at < day_bounds(last, zone)[1]:
        return None  # also what no calendar of the zone could name
    day = wanted.starts_at.astimezone(zone).date()
    return load_free_time_search(
        tx,
        wanted.service_id,
        wanted.minutes,
        day,
        day,
        fieldworker_id=wanted.fieldworker_id,
        needs=wanted.needs,
        replaces=replaces,
        holder=holder,
        as_of=as_of,
        with_claims=not held,
    )
