"""When somebody is free, decided without a database.

Inside, an instant is a whole number of seconds since 1970 (UTC) and a stretch of
time is a half-open pair of them. Only ``LocalCalendar`` knows that clocks on walls
jump: it turns wall time into stretches and start times once for a whole range of
days, so that the search itself is a sweep over sorted integers.

A working time is every instant at which the wall clock shows a time within the
hours. So an hour skipped by daylight saving does not exist, and an hour that
happens twice is worked twice.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from portal_app.kernel.clock import day_bounds

Span = tuple[int, int]
"""Seconds since 1970, from the first inclusively to the second exclusively."""

DayStretch = tuple[int, int]
"""Minutes after midnight on the wall, from and to; past midnight beyond 1440."""

DAY_MINUTES = 1440
EVERY_WEEK, WEEK_A, WEEK_B = 0, 1, 2
FIRST_WEEK = date(2024, 1, 1)
"""A Monday; the week of it is a week A unless somebody says otherwise."""

MAX_CLAIM_MINUTES = 7 * DAY_MINUTES
"""No claim is longer, so a search for claims is bounded at both ends."""


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """A weekly stretch of work: minutes after midnight on the wall; 0 is Monday.

    ``ends`` is beyond 1440 where it is on the next day; ``week`` says of which of
    two weeks in turn it is, or that it is of both.
    """

    weekday: int
    starts: int
    ends: int
    week: int = EVERY_WEEK


@dataclass(frozen=True, slots=True)
class WorkPlan:
    """When somebody works, by the calendar.

    Attributes:
        hours: The weekly hours.
        first_week: The Monday of a week A.
        exceptions: Days that have hours of their own, or none, whatever weekday or
            holiday they are.
    """

    hours: tuple[WeeklyHours, ...] = ()
    first_week: date = FIRST_WEEK
    exceptions: Mapping[date, tuple[DayStretch, ...]] = field(default_factory=dict)

    def week_of(self, day: date) -> int:
        """Which of the two weeks in turn a day is in."""
        weeks = (day.toordinal() - self.first_week.toordinal()) // 7
        return WEEK_B if weeks % 2 else WEEK_A

    def by_day(self) -> list[list[tuple[DayStretch, ...]]]:
        """The stretches of each weekday, in a week A and in a week B."""
        return [
            [
                tuple(
                    (one.starts, one.ends)
                    for one in self.hours
                    if one.weekday == weekday and one.week in (EVERY_WEEK, week)
                )
                for weekday in range(7)
            ]
            for week in (WEEK_A, WEEK_B)
        ]


@dataclass(frozen=True, slots=True)
class Visit:
    """What has to fit: minutes of the visit, and of the buffers around it.

    Buffers are work as well (travel, cleaning up): the whole of it lies within
    working hours and overlaps nothing.
    """

    minutes: int
    before: int = 0
    after: int = 0

    def span(self, start: int) -> Span:
        """What a visit that starts then takes of somebody's time."""
        return start - self.before * 60, start + (self.minutes + self.after) * 60

    @property
    def all_minutes(self) -> int:
        """Visit and buffers together."""
        return self.before + self.minutes + self.after


@dataclass(frozen=True, slots=True)
class StartWindow:
    """From which instant to which a visit may start, and at which steps.

    ``earliest`` and ``latest`` are instants (both may be used); ``step`` is
    minutes: start times are its multiples on the wall clock, from midnight.
    """

    earliest: int
    latest: int
    step: int


def to_seconds(instant: datetime) -> int:
    """The instant as the search counts it; fractions of a second are dropped."""
    return int(instant.timestamp())


def to_instant(seconds: int) -> datetime:
    """The aware UTC instant."""
    return datetime.fromtimestamp(seconds, UTC)


def as_stretches(stored: Iterable[Iterable[int]]) -> tuple[DayStretch, ...]:
    """The stretches that a row holds as lists."""
    return tuple((starts, ends) for starts, ends in stored)


@lru_cache(maxsize=64)
def calendar_of(zone: ZoneInfo, first: date, last: date) -> "LocalCalendar":
    """The calendar of a range of days; worked out once, as it is asked for again."""
    return LocalCalendar(zone, first, last)


class LocalCalendar:
    """A range of days on the clock of a zone. What it answers is never changed.

    Args:
        zone: The business's zone.
        first: The first day.
        last: The last day, inclusively.
    """

    def __init__(self, zone: ZoneInfo, first: date, last: date) -> None:
        self.zone = zone
        count = (last - first).days + 1
        self.days = [first + timedelta(days=i) for i in range(count)]
        self._segments = [list(_offset_segments(day, zone)) for day in self.days]
        # The day before has no time in this range, but what began on it may.
        days = [first - timedelta(days=1), *self.days]
        self._calendar = [
            (day, day.toordinal(), day.weekday(), segments)
            for day, segments in zip(days, [[], *self._segments], strict=True)
        ]
        self._starts: dict[int, tuple[list[int], list[int]]] = {}
        self._midnights = [to_seconds(day_bounds(day, zone)[0]) for day in self.days]

    def work(self, plan: WorkPlan, closed: Set[date] = frozenset()) -> list[Span]:
        """The stretches worked in these days, sorted, touching ones joined.

        Args:
            plan: Somebody's hours.
            closed: Days on which nobody works who has no hours of their own for it.
                What began on the evening before goes on to its end.
        """
        by_day, exceptions = plan.by_day(), plan.exceptions
        first_week = plan.first_week.toordinal()
        found: list[Span] = []
        # What began on the day before and is not over at midnight.
        late: Sequence[DayStretch] = ()
        for day, ordinal, weekday, segments in self._calendar:
            if day in exceptions:
                today = exceptions[day]
            elif day in closed:
                today = ()
            else:
                today = by_day[(ordinal - first_week) // 7 % 2][weekday]
            for stretches, earlier in ((late, DAY_MINUTES), (today, 0)):
                for starts, ends in stretches:
                    for midnight, opens, closes in segments:
                        start = max(opens, midnight + (starts - earlier) * 60)
                        end = min(closes, midnight + (ends - earlier) * 60)
                        if start < end:
                            found.append((start, end))
            late = [one for one in today if one[1] > DAY_MINUTES]
        return merge_spans(found)

    def day_at(self, instant: int) -> int:
        """The index of the day that an instant is on; that of the last one, later."""
        return bisect_right(self._midnights, instant) - 1

    def midnight(self, instant: int) -> int:
        """The first instant of the day that an instant is on."""
        at = self.day_at(instant)
        if 0 <= at < len(self._midnights) - 1:
            return self._midnights[at]
        day = to_instant(instant).astimezone(self.zone).date()
        return to_seconds(day_bounds(day, self.zone)[0])

    def starts(self, step: int) -> tuple[list[int], list[int]]:
        """Every instant at which the wall clock shows a multiple of ``step``.

        Returns:
            The instants in order, and for each the index of its day.
        """
        if step not in self._starts:
            self._starts[step] = self._find_starts(step)
        return self._starts[step]

    def _find_starts(self, step: int) -> tuple[list[int], list[int]]:
        instants: list[int] = []
        days: list[int] = []
        width = step * 60
        for index, segments in enumerate(self._segments):
            for midnight, opens, closes in segments:
                first = midnight + -(-(opens - midnight) // width) * width
                new = range(first, closes, width)
                instants.extend(new)
                days.extend([index] * len(new))
        return instants, days


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """The same time as sorted stretches that neither overlap nor touch."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            if end > found[-1][1]:
                found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def subtract_spans(
    work: Sequence[Span], busy: Sequence[Span], least: int = 1
) -> Iterator[Span]:
    """What is left of ``work`` without ``busy``; ``busy`` is sorted by its starts.

    Only stretches of at least so many seconds.
    """
    index, count = 0, len(busy)
    for start, end in work:
        at = start
        while index < count:
            taken, until = busy[index]
            if taken >= end:
                break
            if taken - at >= least:
                yield at, taken
            at = max(at, until)
            if until > end:
                break  # it reaches into the next stretch of work
            index += 1
        if end - at >= least:
            yield at, end


def free_ranges(
    starts: Sequence[int],
    work: Sequence[Span],
    busy: Sequence[Span],
    visit: Visit,
    terms: StartWindow,
) -> Iterator[tuple[int, int]]:
    """Where a visit can start, as half-open ranges of indexes into ``starts``.

    Args:
        starts: Sorted instants that may be offered.
        work: Sorted, separate stretches of work.
        busy: Claims and time off, sorted by their starts; they may overlap.
        visit: What has to fit.
        terms: The earliest and latest start.
    """
    before = visit.before * 60
    rest = (visit.minutes + visit.after) * 60
    # The narrowing by lead time and horizon is done once, not for every gap.
    low = bisect_left(starts, terms.earliest)
    high = bisect_right(starts, terms.latest)
    for opens, closes in subtract_spans(work, busy, before + rest):
        first = bisect_left(starts, opens + before, low, high)
        after_last = bisect_right(starts, closes - rest, first, high)
        if first < after_last:
            yield first, after_last


def least_busy_first(
    candidates: Sequence[str], claims: dict[str, list[Span]], day: Span
) -> list[str]:
    """Candidates by how much of the day is taken already, least first.

    Equals keep the order they came in.
    """

    def busy_seconds(fieldworker_id: str) -> int:
        spans = claims.get(fieldworker_id, ())
        return sum(max(0, min(e, day[1]) - max(s, day[0])) for s, e in spans)

    return sorted(candidates, key=busy_seconds)


def _offset_segments(day: date, zone: ZoneInfo) -> Iterator[tuple[int, int, int]]:
    """The stretches of a day in which the zone's offset stays the same.

    Each is (the instant midnight would have had at that offset, its first
    instant, its end); a usual day has one.
    """
    starts, ends = (to_seconds(instant) for instant in day_bounds(day, zone))
    naive_midnight = to_seconds(datetime(day.year, day.month, day.day, tzinfo=UTC))
    at = starts
    while at < ends:
        offset = _utc_offset(at, zone)
        until = _next_offset_change(at, ends, zone)
        yield naive_midnight - offset, at, until
        at = until


def _utc_offset(instant: int, zone: ZoneInfo) -> int:
    shift = to_instant(instant).astimezone(zone).utcoffset()
    assert shift is not None
    return int(shift.total_seconds())


def _next_offset_change(start: int, end: int, zone: ZoneInfo) -> int:
    """The first instant after ``start`` with another offset, at most ``end``."""
    offset = _utc_offset(start, zone)
    if _utc_offset(end - 1, zone) == offset:
        return end
    low, high = start, end - 1
    while high - low > 1:
        middle = (low + high) // 2
        if _utc_offset(middle, zone) == offset:
            low = middle
        else:
            high = middle
    return high
