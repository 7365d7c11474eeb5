from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal_app.domain.scheduling.rules import (
    LocalCalendar,
    Span,
    StartWindow,
    Visit,
    WeeklyHours,
    WorkPlan,
    free_ranges,
    least_busy_first,
    merge_spans,
    subtract_spans,
    to_instant,
    to_seconds,
)

SYDNEY = "Australia/Sydney"
BERLIN = "Europe/Berlin"
LORD_HOWE = "Australia/Lord_Howe"
FOREVER = StartWindow(earliest=0, latest=2**40, step=30)


def _offered(
    zone: str,
    day: date,
    hours: list[WeeklyHours],
    minutes: int,
    *,
    step: int = 30,
    busy: tuple[Span, ...] = (),
) -> list[str]:
    """The starts of one day as ``UTC hour:minute = wall hour:minute zone``."""
    calendar = LocalCalendar(ZoneInfo(zone), day, day)
    starts, _ = calendar.starts(step)
    found = []
    for first, after_last in free_ranges(
        starts,
        calendar.work(WorkPlan(tuple(hours))),
        sorted(busy),
        Visit(minutes),
        FOREVER,
    ):
        for start in starts[first:after_last]:
            instant = to_instant(start)
            local = instant.astimezone(ZoneInfo(zone))
            found.append(f"{instant:%d %H:%M} = {local:%H:%M %z}")
    return found


def _all_day(day: date) -> list[WeeklyHours]:
    return [WeeklyHours(day.weekday(), 0, 1440)]


def _hours(day: date, starts: int, ends: int) -> list[WeeklyHours]:
    return [WeeklyHours(day.weekday(), starts * 60, ends * 60)]


def test_working_hours_keep_their_wall_time_across_daylight_saving() -> None:
    # Clocks in Sydney go forward on 4 October 2026.
    saturday, monday = date(2026, 10, 3), date(2026, 10, 5)

    assert _offered(SYDNEY, saturday, _hours(saturday, 9, 10), 60) == [
        "02 23:00 = 09:00 +1000"
    ]
    assert _offered(SYDNEY, monday, _hours(monday, 9, 10), 60) == [
        "04 22:00 = 09:00 +1100"
    ]


@pytest.mark.parametrize(
    ("zone", "day", "offered"),
    [
        (
            SYDNEY,
            date(2026, 10, 4),
            [
                "03 15:00 = 01:00 +1000",
                "03 15:30 = 01:30 +1000",
                "03 16:00 = 03:00 +1100",
                "03 16:30 = 03:30 +1100",
            ],
        ),
        (
            BERLIN,
            date(2026, 3, 29),
            [
                "29 00:00 = 01:00 +0100",
                "29 00:30 = 01:30 +0100",
                "29 01:00 = 03:00 +0200",
                "29 01:30 = 03:30 +0200",
            ],
        ),
        (
            LORD_HOWE,
            date(2026, 10, 4),
            [
                "03 14:30 = 01:00 +1030",
                "03 15:00 = 01:30 +1030",
                "03 15:30 = 02:30 +1100",
                "03 16:00 = 03:00 +1100",
                "03 16:30 = 03:30 +1100",
            ],
        ),
    ],
)
def test_a_skipped_hour_is_never_offered(
    zone: str, day: date, offered: list[str]
) -> None:
    assert _offered(zone, day, _hours(day, 1, 4), 30) == offered


@pytest.mark.parametrize(
    ("zone", "day", "offered"),
    [
        (
            SYDNEY,
            date(2026, 4, 5),
            [
                "04 14:00 = 01:00 +1100",
                "04 14:30 = 01:30 +1100",
                "04 15:00 = 02:00 +1100",
                "04 15:30 = 02:30 +1100",
                "04 16:00 = 02:00 +1000",
                "04 16:30 = 02:30 +1000",
                "04 17:00 = 03:00 +1000",
                "04 17:30 = 03:30 +1000",
            ],
        ),
        (
            BERLIN,
            date(2026, 10, 25),
            [
                "24 23:00 = 01:00 +0200",
                "24 23:30 = 01:30 +0200",
                "25 00:00 = 02:00 +0200",
                "25 00:30 = 02:30 +0200",
                "25 01:00 = 02:00 +0100",
                "25 01:30 = 02:30 +0100",
                "25 02:00 = 03:00 +0100",
                "25 02:30 = 03:30 +0100",
            ],
        ),
        (
            LORD_HOWE,
            date(2026, 4, 5),
            [
                "04 14:00 = 01:00 +1100",
                "04 14:30 = 01:30 +1100",
                "04 15:00 = 01:30 +1030",
                "04 15:30 = 02:00 +1030",
                "04 16:00 = 02:30 +1030",
                "04 16:30 = 03:00 +1030",
                "04 17:00 = 03:30 +1030",
            ],
        ),
    ],
)
def test_an_hour_that_happens_twice_is_offered_as_two_instants(
    zone: str, day: date, offered: list[str]
) -> None:
    assert _offered(zone, day, _hours(day, 1, 4), 30) == offered


def test_a_visit_lasts_its_minutes_whatever_the_clock_does() -> None:
    # From 01:00 to 04:00 on the wall there are two hours on the day of the gap
    # and four on the day with the hour that happens twice.
    gap, twice = date(2026, 10, 4), date(2026, 4, 5)

    assert _offered(SYDNEY, gap, _hours(gap, 1, 4), 120) == ["03 15:00 = 01:00 +1000"]
    assert _offered(SYDNEY, gap, _hours(gap, 1, 4), 121) == []
    assert _offered(SYDNEY, twice, _hours(twice, 1, 4), 240) == [
        "04 14:00 = 01:00 +1100"
    ]


def test_hours_that_end_inside_the_repeated_hour_are_worked_both_times() -> None:
    day = date(2026, 4, 5)
    hours = [WeeklyHours(6, 120, 150)]

    assert _offered(SYDNEY, day, hours, 30) == [
        "04 15:00 = 02:00 +1100",
        "04 16:00 = 02:00 +1000",
    ]


def test_a_day_without_midnight_begins_at_one() -> None:
    # Clocks in Cairo went from 24:00 to 01:00 on 24 April 2026.
    day = date(2026, 4, 24)

    assert _offered("Africa/Cairo", day, _all_day(day), 30, step=60)[:2] == [
        "23 22:00 = 01:00 +0300",
        "23 23:00 = 02:00 +0300",
    ]
    assert len(_offered("Africa/Cairo", day, _all_day(day), 30, step=60)) == 23


def test_a_visit_may_pass_midnight_into_the_hours_of_the_next_day() -> None:
    zone = ZoneInfo(SYDNEY)
    calendar = LocalCalendar(zone, date(2026, 6, 1), date(2026, 6, 2))
    hours = [WeeklyHours(0, 1320, 1440), WeeklyHours(1, 0, 60)]

    work = calendar.work(WorkPlan(tuple(hours)))

    midnight = to_seconds(datetime(2026, 6, 1, 14, 0, tzinfo=UTC))
    assert work == [(midnight - 7200, midnight + 3600)]


def test_buffers_lie_within_the_hours_and_keep_claims_apart() -> None:
    day = date(2026, 6, 1)
    calendar = LocalCalendar(ZoneInfo("UTC"), day, day)
    starts, _ = calendar.starts(15)
    nine = to_seconds(datetime(2026, 6, 1, 9, 0, tzinfo=UTC))
    work = [(nine, nine + 4 * 3600)]
    busy = [(nine + 7200, nine + 7200 + 900)]
    visit = Visit(minutes=30, before=15, after=30)

    ranges = free_ranges(starts, work, busy, visit, FOREVER)

    assert [(s - nine) // 60 for a, b in ranges for s in starts[a:b]] == [
        *[15, 30, 45, 60],
        *[150, 165, 180],
    ]


def test_the_earliest_and_the_latest_start_may_be_used() -> None:
    starts = list(range(0, 36000, 1800))
    terms = StartWindow(earliest=3600, latest=7200, step=30)

    ranges = free_ranges(starts, [(0, 36000)], [], Visit(30), terms)

    assert [starts[a:b] for a, b in ranges] == [[3600, 5400, 7200]]


def test_gaps_of_overlapping_and_far_reaching_busy_times() -> None:
    work = [(0, 50), (60, 120), (130, 140)]

    assert list(subtract_spans(work, [(0, 100), (10, 20), (105, 110)])) == [
        (100, 105),
        (110, 120),
        (130, 140),
    ]
    assert list(subtract_spans(work, [])) == work
    assert list(subtract_spans(work, [(-10, 200)])) == []
    assert list(subtract_spans(work, [(50, 60), (120, 130)])) == work


def test_touching_and_overlapping_stretches_are_joined() -> None:
    assert merge_spans([(5, 7), (0, 3), (3, 4), (6, 9), (6, 7)]) == [(0, 4), (5, 9)]


def test_whoever_has_least_to_do_that_day_comes_first_and_equals_keep_order() -> None:
    claims = {"a": [(0, 10)], "b": [(-100, 5)], "d": [(95, 300)]}

    assert least_busy_first(["a", "b", "c", "d"], claims, (0, 100)) == [
        "c",
        "b",
        "d",
        "a",
    ]


DAYS = [
    (SYDNEY, date(2026, 4, 5)),
    (SYDNEY, date(2026, 10, 4)),
    (BERLIN, date(2026, 3, 29)),
    (BERLIN, date(2026, 10, 25)),
    (LORD_HOWE, date(2026, 4, 5)),
    (LORD_HOWE, date(2026, 10, 4)),
    ("America/St_Johns", date(2026, 6, 1)),
    ("Africa/Cairo", date(2026, 4, 24)),
]


@st.composite
def _weekly_hours(draw: st.DrawFn) -> WeeklyHours:
    starts = draw(st.integers(0, 95)) * 15
    ends = draw(st.integers(starts // 15 + 1, 96)) * 15
    return WeeklyHours(draw(st.integers(0, 6)), starts, ends)


@given(
    where=st.sampled_from(DAYS),
    hours=st.lists(_weekly_hours(), min_size=1, max_size=10),
    busy=st.lists(
        st.tuples(st.integers(-1500, 3500), st.integers(1, 900)), max_size=12
    ),
    visit=st.builds(
        Visit, st.integers(1, 300), st.sampled_from([0, 10]), st.sampled_from([0, 45])
    ),
    step=st.sampled_from([15, 30, 45, 60]),
    window=st.tuples(st.integers(-1500, 3500), st.integers(0, 4000)),
)
@example(
    where=DAYS[0],
    hours=[WeeklyHours(6, 0, 1440)],
    busy=[(120, 30)],
    visit=Visit(60),
    step=30,
    window=(-1500, 6000),
)
@settings(max_examples=150, deadline=None)
def test_the_sweep_offers_exactly_what_looking_at_every_minute_does(
    *,
    where: tuple[str, date],
    hours: list[WeeklyHours],
    busy: list[tuple[int, int]],
    visit: Visit,
    step: int,
    window: tuple[int, int],
) -> None:
    zone, middle = ZoneInfo(where[0]), where[1]
    first, last = middle - timedelta(days=1), middle + timedelta(days=1)
    origin = datetime.combine(middle, time(), UTC)
    taken = [
        (origin + timedelta(minutes=s), origin + timedelta(minutes=s + n))
        for s, n in busy
    ]
    earliest = origin + timedelta(minutes=window[0])
    latest = earliest + timedelta(minutes=window[1])

    calendar = LocalCalendar(zone, first, last)
    starts, _ = calendar.starts(step)
    swept = [
        to_instant(start)
        for a, b in free_ranges(
            starts,
            calendar.work(WorkPlan(tuple(hours))),
            sorted((to_seconds(s), to_seconds(e)) for s, e in taken),
            visit,
            StartWindow(to_seconds(earliest), to_seconds(latest), step),
        )
        for start in starts[a:b]
    ]

    # The oracle: every minute of the days, looked up on the wall clock.
    minute = timedelta(minutes=1)
    free: set[datetime] = set()
    marks: list[datetime] = []
    at = origin - timedelta(days=3)
    while at < origin + timedelta(days=4):
        local = at.astimezone(zone)
        wall = local.hour * 60 + local.minute
        if first <= local.date() <= last:
            works = any(
                h.weekday == local.weekday() and h.starts <= wall < h.ends
                for h in hours
            )
            if works and not any(s <= at < e for s, e in taken):
                free.add(at)
            if wall % step == 0:
                marks.append(at)
        at += minute
    looked_up = [
        mark
        for mark in marks
        if earliest <= mark <= latest
        and all(
            mark + minute * offset in free
            for offset in range(-visit.before, visit.minutes + visit.after)
        )
    ]
    assert swept == looked_up
