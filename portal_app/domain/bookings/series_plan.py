"""The visits of a series before they are booked: which are free, and what else is.

A visit whose time is taken is offered the nearest free one that is nearer to it than
to its neighbours, so that two visits never end up beside each other. Days that cannot
be booked yet are planned: the job books them when the calendar opens.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlmodel import Session

from portal_app.domain.bookings.repetition import (
    Repetition,
    instant_of_visit,
    wall_of,
)
from portal_app.domain.business import service as business
from portal_app.domain.scheduling import service as scheduling
from portal_app.domain.scheduling.visits import NO_NEEDS, Needs

FREE, TAKEN, LEFT_OUT, LATER = "free", "taken", "left_out", "later"
"""What a visit of a plan is: to be booked, in conflict, skipped, or not open yet."""

LEAVE_OUT = ""
"""Chosen for a visit that is not wanted."""

Choices = Mapping[str, str]
"""By the instant that a visit has by the rule: another instant, or ``LEAVE_OUT``."""


@dataclass(frozen=True, slots=True)
class VisitTerms:
    """What every visit of a series takes.

    Attributes:
        service_id: The service.
        minutes: The length of a visit, without buffers.
        fieldworker_id: Somebody in particular, or ``None`` for anyone.
        needs: What else a visit needs.
    """

    service_id: str
    minutes: int
    fieldworker_id: str | None = None
    needs: Needs = NO_NEEDS


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """One visit of a plan.

    Attributes:
        index: Its place in the series, from 0.
        wanted: When it is by the rule.
        starts_at: When it is to be: as wanted, or as it was chosen instead.
        state: ``FREE``, ``TAKEN``, ``LEFT_OUT`` or ``LATER``.
        nearest: The nearest free time, where the wanted one is taken.
    """

    index: int
    wanted: datetime
    starts_at: datetime
    state: str
    nearest: datetime | None = None

    @property
    def is_moved(self) -> bool:
        """Whether it is at another time than by the rule."""
        return self.state == FREE and self.starts_at != self.wanted


@dataclass(frozen=True, slots=True)
class Plan:
    """The visits of a series, as far as they can be named.

    Attributes:
        visits: All of them; of a series without an end, those that can be booked.
        next_index: The first visit that cannot be booked yet.
        next_day: Its day; ``None`` if there is none.
    """

    visits: list[PlannedVisit]
    next_index: int
    next_day: date | None

    def of(self, state: str) -> list[PlannedVisit]:
        """Its visits that are in this state."""
        return [visit for visit in self.visits if visit.state == state]


def plan_series(
    tx: Session,
    terms: VisitTerms,
    rule: Repetition,
    first_at: datetime,
    choices: Choices,
) -> Plan:
    """Look at every visit of a series that begins at an instant.

    Args:
        tx: The transaction.
        terms: What each takes.
        rule: How it repeats.
        first_at: The first visit. It is the caller's to claim, and is not looked at.
        choices: What was chosen where the time is taken.
    """
    zone = business.formats(tx).zone
    first_day, wall = wall_of(first_at, zone)
    _, last_bookable = scheduling.bookable_range(tx, terms.service_id)
    wanted = [first_at]
    following: date | None = None
    later: list[datetime] = []
    for index, day in enumerate(rule.days(first_day)):
        if index == 0:
            continue
        instant = instant_of_visit(day, wall, zone)
        if day <= last_bookable:
            wanted.append(instant)
            continue
        following = following or day
        if rule.is_open:
            break
        later.append(instant)
    first = PlannedVisit(0, first_at, first_at, FREE)
    visits = [first, *look_at_visits(tx, terms, wanted, choices, first_index=1)]
    visits += [
        PlannedVisit(len(wanted) + at, instant, instant, LATER)
        for at, instant in enumerate(later)
    ]
    return Plan(visits, len(wanted), following)


def look_at_visits(
    tx: Session,
    terms: VisitTerms,
    wanted: Sequence[datetime],
    choices: Choices,
    *,
    first_index: int,
    replaces: Collection[str] = (),
) -> list[PlannedVisit]:
    """Which of these visits can be booked; free time is read once for all.

    Args:
        tx: The transaction.
        terms: What each takes.
        wanted: When they are by the rule, and the visit before them first.
        choices: What was chosen instead.
        first_index: That of the second of ``wanted``.
        replaces: Claims whose time counts as free.
    """
    if len(wanted) < 2:
        return []
    zone = business.formats(tx).zone
    reaches = _reaches(wanted, terms.minutes)
    free = [
        slot.starts_at
        for slot in scheduling.free_slots_between(
            tx,
            terms.service_id,
            terms.minutes,
            (wanted[1] - reaches[1]).astimezone(zone).date(),
            (wanted[-1] + reaches[-1]).astimezone(zone).date(),
            fieldworker_id=terms.fieldworker_id,
            needs=terms.needs,
            replaces=replaces,
        )
    ]
    return [
        _look_at(first_index + at, instant, choices, free, reach)
        for at, (instant, reach) in enumerate(zip(wanted[1:], reaches[1:], strict=True))
    ]


def _look_at(
    index: int,
    wanted: datetime,
    choices: Choices,
    free: Sequence[datetime],
    reach: timedelta,
) -> PlannedVisit:
    chosen = choices.get(wanted.isoformat())
    if chosen == LEAVE_OUT:
        return PlannedVisit(index, wanted, wanted, LEFT_OUT)
    starts_at = wanted
    if chosen is not None:
        instead = datetime.fromisoformat(chosen)
        if abs(instead - wanted) < reach:
            starts_at = instead
    if _is_in(free, starts_at):
        return PlannedVisit(index, wanted, starts_at, FREE)
    nearest = _nearest(free, wanted)
    if nearest is not None and abs(nearest - wanted) >= reach:
        nearest = None
    return PlannedVisit(index, wanted, wanted, TAKEN, nearest)


def _is_in(free: Sequence[datetime], instant: datetime) -> bool:
    at = bisect_left(free, instant)
    return at < len(free) and free[at] == instant


def _nearest(free: Sequence[datetime], wanted: datetime) -> datetime | None:
    """The free time closest to an instant; of two the earlier."""
    at = bisect_left(free, wanted)
    return min(
        free[max(0, at - 1) : at + 1],
        key=lambda one: abs(one - wanted),
        default=None,
    )


def _reaches(wanted: Sequence[datetime], minutes: int) -> list[timedelta]:
    """How far from its time each visit may be, so that it stays off its neighbours."""
    gaps = [after - before for before, after in pairwise(wanted)]
    length = timedelta(minutes=minutes)
    return [min(around) / 2 - length for around in _around(gaps)]


def _around(gaps: Sequence[timedelta]) -> Iterator[Sequence[timedelta]]:
    """The gaps before and after each visit; at both ends there is one."""
    for at in range(len(gaps) + 1):
        yield gaps[max(0, at - 1) : at + 1]
