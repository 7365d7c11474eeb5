"""Bookings that a change leaves outside somebody's hours: asked about, never moved.

Whoever changes hours, dates, time off, holidays or skills says how things are before
and after. Claims that fitted before and would not any more are put before the person,
once; they stay as they are. What did not fit before is no news.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.scheduling import holiday_calendar, roster
from portal_app.domain.scheduling.models import (
    Fieldworker,
    FieldworkerSkill,
    HoursException,
    TimeClaim,
    TimeOff,
)
from portal_app.domain.scheduling.rules import (
    LocalCalendar,
    Span,
    WorkPlan,
    as_stretches,
    subtract_spans,
    to_instant,
    to_seconds,
)
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that is not over."""

    id: str
    service_id: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Schedule:
    """What decides whether somebody's claims fit.

    Attributes:
        plan: When they work.
        time_off: Their own and everybody's.
        skills: Ids of services.
        closed: Days on which nobody works by default.
        works: ``False`` for who is archived.
        claims: Their claims that are not over.
    """

    plan: WorkPlan
    time_off: tuple[Span, ...] = ()
    skills: frozenset[str] = frozenset()
    closed: frozenset[date] = frozenset()
    works: bool = True
    claims: tuple[Claim, ...] = ()


class LeavesBookings(Conflict):
    """Bookings would be outside the hours; nothing was stored.

    Attributes:
        claim_ids: What the bookings claim, in order of time.
        key: Says that somebody saw just these; saving with it goes on.
    """

    def __init__(self, claim_ids: list[str]) -> None:
        super().__init__("Bookings would be outside the hours.")
        self.claim_ids = claim_ids
        self.key = _key_of(claim_ids)


Change = Callable[[Schedule], Schedule]
Schedules = Mapping[str, Schedule]


def check(tx: Session, before: Schedules, after: Schedules, accepted: str) -> None:
    """Go on if nothing new is outside the hours, or if somebody saw what is.

    Args:
        tx: The transaction.
        before: By fieldworker, as it is.
        after: The same people, as it shall be.
        accepted: The ``key`` of the claims that the person saw, or empty.

    Raises:
        LeavesBookings: Otherwise.
    """
    zone = businesses.formats(tx).zone
    found: list[Claim] = []
    for who, was in before.items():
        if was.claims:
            calendar = LocalCalendar(zone, *_days_of(was.claims, zone))
            left = _fitting(was, calendar) - _fitting(after[who], calendar)
            found += [one for one in was.claims if one.id in left]
    ids = [one.id for one in sorted(found, key=lambda one: (one.span, one.id))]
    if ids and accepted != _key_of(ids):
        raise LeavesBookings(ids)


def check_one(tx: Session, fieldworker_id: str, change: Change, accepted: str) -> None:
    """As ``check``, of a change to one fieldworker."""
    before = load_schedules(tx, [fieldworker_id])
    after = {who: change(schedule) for who, schedule in before.items()}
    check(tx, before, after, accepted)


def load_schedules(
    tx: Session, fieldworker_ids: Collection[str] | None = None
) -> dict[str, Schedule]:
    """The schedules of these people, or of everybody."""
    people = select(Fieldworker)
    if fieldworker_ids is not None:
        people = people.where(col(Fieldworker.id).in_(fieldworker_ids))
    rows = {row.id: row for row in tx.exec(people)}
    plans = load_plans(tx, rows)
    now = utc_now()
    claims: dict[str, list[Claim]] = {who: [] for who in rows}
    for claim in tx.exec(
        select(TimeClaim).where(
            col(TimeClaim.fieldworker_id).in_(rows),
            col(TimeClaim.released_at).is_(None),
            # What is only held is looked at again when it is booked.
            col(TimeClaim.expires_at).is_(None),
            TimeClaim.ends_at > now,
        )
    ):
        span = to_seconds(claim.starts_at), to_seconds(claim.ends_at)
        claims[claim.fieldworker_id].append(Claim(claim.id, claim.service_id, span))
    off: dict[str | None, list[Span]] = {}
    for away in tx.exec(select(TimeOff).where(TimeOff.ends_at > now)):
        span = to_seconds(away.starts_at), to_seconds(away.ends_at)
        off.setdefault(away.fieldworker_id, []).append(span)
    skills: dict[str, set[str]] = {who: set() for who in rows}
    for skill in tx.exec(
        select(FieldworkerSkill).where(col(FieldworkerSkill.fieldworker_id).in_(rows))
    ):
        skills[skill.fieldworker_id].add(skill.service_id)
    schedules = {
        who: Schedule(
            plan=plans[who],
            time_off=tuple(off.get(who, []) + off.get(None, [])),
            skills=frozenset(skills[who]),
            works=row.archived_at is None,
            claims=tuple(claims[who]),
        )
        for who, row in rows.items()
    }
    holidays = holiday_calendar.current_holidays(tx)
    closed = holiday_calendar.closed_between(holidays, *days_of_claims(tx, schedules))
    return {who: replace(one, closed=closed) for who, one in schedules.items()}


def days_of_claims(tx: Session, schedules: Schedules) -> tuple[date, date]:
    """The first and the last day that a claim can touch."""
    zone = businesses.formats(tx).zone
    return _days_of([claim for one in schedules.values() for claim in one.claims], zone)


def load_plans(tx: Session, people: Mapping[str, Fieldworker]) -> dict[str, WorkPlan]:
    """The weekly hours and dates of these people."""
    hours = roster.hours_by_person(tx, people)
    dates: dict[str, dict[date, tuple[tuple[int, int], ...]]] = {
        who: {} for who in people
    }
    for day in tx.exec(
        select(HoursException).where(col(HoursException.fieldworker_id).in_(people))
    ):
        dates[day.fieldworker_id][day.day] = as_stretches(day.stretches)
    return {
        who: WorkPlan(hours.get(who, ()), row.first_week, dates[who])
        for who, row in people.items()
    }


def _fitting(schedule: Schedule, calendar: LocalCalendar) -> set[str]:
    """The claims that lie within the hours, by their ids."""
    if not schedule.works:
        return set()
    free = list(
        subtract_spans(
            calendar.work(schedule.plan, schedule.closed), sorted(schedule.time_off)
        )
    )
    starts = [start for start, _ in free]
    fitting = set()
    for claim in schedule.claims:
        at = bisect_right(starts, claim.span[0]) - 1
        skilled = claim.service_id is None or claim.service_id in schedule.skills
        if at >= 0 and claim.span[1] <= free[at][1] and skilled:
            fitting.add(claim.id)
    return fitting


def _days_of(claims: Collection[Claim], zone: ZoneInfo) -> tuple[date, date]:
    first = min((claim.span[0] for claim in claims), default=to_seconds(utc_now()))
    last = max((claim.span[1] for claim in claims), default=first)
    day = timedelta(days=1)
    return (
        to_instant(first).astimezone(zone).date() - day,
        to_instant(last).astimezone(zone).date() + day,
    )


def _key_of(claim_ids: Iterable[str]) -> str:
    return hashlib.sha256(" ".join(sorted(claim_ids)).encode()).hexdigest()[:32]
