"""The way between visits, against looking at every start by itself."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal_app.domain.business.service_area import Place
from portal_app.domain.scheduling import travel
from portal_app.domain.scheduling.rules import Span, Visit, to_instant, to_seconds
from portal_app.domain.scheduling.travel import NIGHT_SECONDS, Stop, Ways
from portal_app.kernel.clock import day_bounds

HOME = Place("", -33.89, 151.27)
NEAR = Place("", -33.90, 151.27)
FAR = Place("", -33.80, 151.00)
NOWHERE = Place()
ZONE = ZoneInfo("Australia/Sydney")
# The clocks go forward on the 4th.
FIRST = to_seconds(day_bounds(date(2026, 10, 3), ZONE)[0])
HOUR = 3600


def midnight(instant: int) -> int:
    day = to_instant(instant).astimezone(ZONE).date()
    return to_seconds(day_bounds(day, ZONE)[0])


WAYS = Ways(30, HOME, midnight)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (HOME, HOME, 0),
        # 1.11 km at 30 km/h: two minutes and a bit.
        (HOME, NEAR, 3),
        (HOME, FAR, 54),
        (HOME, NOWHERE, 0),
        (NOWHERE, FAR, 0),
    ],
)
def test_a_way_takes_whole_minutes_and_none_where_a_place_is_unknown(
    start: Place, end: Place, minutes: int
) -> None:
    assert WAYS.seconds(start, end) == minutes * 60
    assert WAYS.seconds(end, start) == minutes * 60


def _stop(hours: float, length: float, place: Place, way: int = 0) -> Stop:
    begins = FIRST + int(hours * HOUR)
    return Stop(begins - way * 60, begins, begins + int(length * HOUR), place)


def test_the_first_visit_of_a_day_is_reached_from_the_base() -> None:
    yesterday = _stop(10, 1, FAR)
    tonight = _stop(23, 1, FAR)

    assert WAYS.to(NEAR, FIRST + 12 * HOUR, yesterday) == 55 * 60
    assert WAYS.to(NEAR, FIRST + 36 * HOUR, yesterday) == 3 * 60
    # A shift over midnight is one.
    assert WAYS.to(NEAR, FIRST + 25 * HOUR, tonight) == 55 * 60
    assert WAYS.to(NEAR, FIRST + 25 * HOUR, None) == 3 * 60


places = st.sampled_from([HOME, NEAR, FAR, NOWHERE])


def _fits(
    begins: int,
    ends: int,
    place: Place,
    ways: Ways,
    *,
    work: list[Span],
    away: list[Span],
    stops: list[Stop],
) -> bool:
    """Whether work from then until then is possible; looks at everything."""
    before = max((one for one in stops if one.ends <= begins), default=None, key=_ends)
    after = min((one for one in stops if one.begins >= ends), default=None, key=_begins)
    leaves = begins - ways.to(place, begins, before)
    if before is not None and leaves < before.ends:
        return False
    if not any(opens <= leaves and ends <= closes for opens, closes in work):
        return False
    if any(start < ends and leaves < end for start, end in away):
        return False
    if any(one.begins < ends and begins < one.ends for one in stops):
        return False
    if after is None:
        return True
    follows = midnight(after.begins) <= ends or after.begins - NIGHT_SECONDS <= ends
    way = ways.seconds(place, after.place)
    return ends + way <= after.begins if follows else ends <= after.leaves


def _ends(stop: Stop) -> int:
    return stop.ends


def _begins(stop: Stop) -> int:
    return stop.begins


@given(
    gaps=st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 12), places, st.integers(0, 4)),
        max_size=6,
    ),
    spans=st.lists(
        st.tuples(st.integers(0, 90), st.integers(1, 60)), min_size=1, max_size=3
    ),
    away=st.none() | st.tuples(st.integers(0, 140), st.integers(1, 12)),
    place=places,
    base=places,
    visit=st.tuples(
        st.sampled_from([15, 60, 180]),
        st.sampled_from([0, 20]),
        st.sampled_from([0, 30]),
    ),
    kmh=st.sampled_from([5, 30, 80]),
)
@settings(deadline=None)
def test_ranges_are_just_the_starts_that_fit(
    *,
    gaps: list[tuple[int, int, Place, int]],
    spans: list[tuple[int, int]],
    away: tuple[int, int] | None,
    place: Place,
    base: Place,
    visit: tuple[int, int, int],
    kmh: int,
) -> None:
    quarter = 900
    stops: list[Stop] = []
    at = FIRST
    for gap, length, where, way in gaps:
        begins = at + gap * quarter
        leaves = max(at, begins - way * quarter)
        stops.append(Stop(leaves, begins, begins + length * quarter, where))
        at = stops[-1].ends
    work: list[Span] = []
    for start, length in sorted(spans):
        opens = FIRST + start * 2 * quarter
        if not work or opens > work[-1][1]:
            work.append((opens, opens + length * 2 * quarter))
    off = [(FIRST + away[0] * 1800, FIRST + (away[0] + away[1]) * 1800)] if away else []
    wanted = Visit(*visit)
    ways = Ways(kmh, base, midnight)
    starts = list(range(FIRST - 8 * quarter, FIRST + 400 * quarter, quarter))
    found = {
        starts[index]
        for first, last in travel.free_ranges(
            starts, wanted, place, ways, work=work, away=off, stops=stops
        )
        for index in range(first, last)
    }
    assert found == {
        start
        for start in starts
        if _fits(*wanted.span(start), place, ways, work=work, away=off, stops=stops)
    }


def test_days_are_those_of_the_zone() -> None:
    assert to_instant(FIRST) == datetime(2026, 10, 2, 14, tzinfo=UTC)
