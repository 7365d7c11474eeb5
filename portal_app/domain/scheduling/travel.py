"""The way from one visit to the next, decided without a database.

Whoever does visits travels to each of them: from the visit before, or from their base
if it is the first of a day. A visit is the first where none ended on the same day nor
within ``NIGHT_SECONDS`` before, so that a shift over midnight is one. Where a place
is not known, the way takes no time.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from portal_app.domain.business.service_area import Place, distance_km
from portal_app.domain.scheduling.rules import Span, Visit, subtract_spans

NIGHT_SECONDS = 6 * 3600
NOWHERE = Place()
"""A place that is not known."""
_AGES = 10**11
"""Seconds further off than anything that is asked."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit that is claimed: where, and when, in seconds.

    The claim begins at ``leaves``, with the way there; the work at ``begins``.
    """

    leaves: int
    begins: int
    ends: int
    place: Place = NOWHERE
    claim_id: str = ""


@dataclass(frozen=True, slots=True)
class Ways:
    """What decides how long somebody's ways take.

    Attributes:
        kmh: How fast they are, as the crow flies.
        base: Where they start from.
        midnight: The first instant of the day that an instant is on.
    """

    kmh: int
    base: Place
    midnight: Callable[[int], int]

    def seconds(self, start: Place, end: Place) -> int:
        """How long a way takes, in whole minutes; nothing if a place is not known."""
        distance = distance_km(start, end)
        if distance is None:
            return 0
        # A metre is no minute.
        return ceil(round(distance / self.kmh * 60, 3)) * 60

    def follows(self, begins: int) -> int:
        """From when on a visit has ended that one which begins then follows."""
        return min(self.midnight(begins), begins - NIGHT_SECONDS)

    def to(self, place: Place, begins: int, before: Stop | None) -> int:
        """How long the way to a visit takes, after the stop before it if any."""
        if before is not None and before.ends >= self.follows(begins):
            return self.seconds(before.place, place)
        return self.seconds(self.base, place)


def neighbours(stops: Sequence[Stop], at: int) -> tuple[Stop | None, Stop | None]:
    """The stops before and after an instant that none of them takes."""
    after = bisect_right(stops, at, key=lambda stop: stop.begins)
    return (
        stops[after - 1] if after else None,
        stops[after] if after < len(stops) else None,
    )


def free_ranges(
    starts: Sequence[int],
    visit: Visit,
    place: Place,
    ways: Ways,
    *,
    work: Sequence[Span],
    away: Sequence[Span],
    stops: Sequence[Stop],
) -> Iterator[Span]:
    """Where a visit at a place can start, as ranges of indexes into ``starts``.

    The way to it is work as well; the way from it leads to the stop after it.

    Args:
        starts: Sorted instants that may be offered.
        visit: What has to fit.
        place: Where it is.
        ways: How long it takes to get there.
        work: Sorted, separate stretches of work.
        away: Time off.
        stops: What is claimed, sorted; none overlaps another.
    """
    busy = sorted([*away, *((stop.begins, stop.ends) for stop in stops)])
    before = visit.before * 60
    rest = (visit.minutes + visit.after) * 60
    for opens, closes in subtract_spans(work, busy):
        earlier, later = neighbours(stops, opens)
        for first, last in _beginnings(opens, earlier, place, ways):
            for soonest, latest in _endings(closes, later, place, ways):
                # Of the visit's start: the work begins before it and ends after it.
                low = max(first + before, soonest - rest)
                high = min(last + before, latest - rest)
                if low <= high:
                    at = bisect_left(starts, low)
                    end = bisect_right(starts, high)
                    if at < end:
                        yield at, end


def _beginnings(
    opens: int, earlier: Stop | None, place: Place, ways: Ways
) -> Iterator[Span]:
    """When work may begin after this stop: first and last instant."""
    alone = -_AGES
    if earlier is not None:
        alone = _end_of_day(earlier, ways)
        yield opens + ways.seconds(earlier.place, place), alone - 1
    yield max(alone, opens + ways.seconds(ways.base, place)), _AGES


def _end_of_day(stop: Stop, ways: Ways) -> int:
    """From when on a visit that begins does not follow the stop."""
    # A day has 23 to 25 hours.
    midnight = ways.midnight(ways.midnight(stop.ends) + 26 * 3600)
    return max(midnight, stop.ends + NIGHT_SECONDS + 1)


def _endings(
    closes: int, later: Stop | None, place: Place, ways: Ways
) -> Iterator[Span]:
    """When work may end before this stop: first and last instant."""
    if later is None:
        yield -_AGES, closes
        return
    followed = ways.follows(later.begins)
    # One that ended on another day does not change the way to the stop.
    yield -_AGES, min(closes, followed - 1, later.leaves)
    yield followed, min(closes, later.begins - ways.seconds(place, later.place))
