"""Weeks A and B, hours over midnight, dates and holidays, against every minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal_app.domain.scheduling.rules import (
    DAY_MINUTES,
    EVERY_WEEK,
    FIRST_WEEK,
    WEEK_A,
    WEEK_B,
    DayStretch,
    LocalCalendar,
    Span,
    StartWindow,
    Visit,
    WeeklyHours,
    WorkPlan,
    free_ranges,
    to_instant,
    to_seconds,
)

MINUTE = timedelta(minutes=1)
FOREVER = StartWindow(0, 2**40, 30)
# Clocks change by an hour, by half an hour, at midnight, just before it, or never.
DAYS = [
    ("Australia/Sydney", date(2026, 4, 5)),
    ("Australia/Sydney", date(2026, 10, 4)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("Asia/Beirut", date(2026, 3, 29)),
    ("Asia/Beirut", date(2026, 10, 24)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Africa/Cairo", date(2026, 10, 29)),
    ("America/Nuuk", date(2026, 3, 28)),
    ("America/Nuuk", date(2026, 10, 24)),
    ("Antarctica/Troll", date(2026, 3, 29)),
    ("Asia/Kathmandu", date(2026, 6, 1)),
    ("Pacific/Kiritimati", date(2026, 12, 31)),
    ("UTC", date(2027, 1, 3)),  # the end of a year with 53 weeks
]
SHORT = st.integers(0, 95).flatmap(
    lambda start: st.tuples(
        st.just(start * 15), st.integers(start + 1, start + 96).map(lambda e: e * 15)
    )
)


@st.composite
def weekly(draw: st.DrawFn) -> WeeklyHours:
    starts, ends = draw(SHORT)
    week = draw(st.sampled_from([EVERY_WEEK, WEEK_A, WEEK_B]))
    return WeeklyHours(draw(st.integers(0, 6)), starts, ends, week)


offsets = st.integers(-3, 3)
plans = st.tuples(
    st.lists(weekly(), max_size=8),
    st.integers(-60, 60),
    st.dictionaries(offsets, st.lists(SHORT, max_size=2).map(tuple), max_size=3),
    st.sets(offsets, max_size=3),
)


def works_at(plan: WorkPlan, closed: set[date], day: date, minute: int) -> bool:
    """Whether somebody works when the wall says so, asked as plainly as can be."""
    for began, at in ((day, minute), (day - timedelta(days=1), minute + DAY_MINUTES)):
        if began in plan.exceptions:
            stretches = list(plan.exceptions[began])
        elif began in closed:
            stretches = []
        else:
            monday = began - timedelta(days=began.weekday())
            turns = (monday - plan.first_week).days // 7
            week = WEEK_A if turns % 2 == 0 else WEEK_B
            stretches = [
                (one.starts, one.ends)
                for one in plan.hours
                if one.weekday == began.weekday() and one.week in (EVERY_WEEK, week)
            ]
        if any(starts <= at < ends for starts, ends in stretches):
            return True
    return False


@given(
    where=st.sampled_from(DAYS),
    drawn=plans,
    busy=st.lists(st.tuples(st.integers(-2000, 3500), st.integers(1, 900)), max_size=6),
    visit=st.builds(
        Visit, st.integers(1, 500), st.sampled_from([0, 10]), st.sampled_from([0, 45])
    ),
    step=st.sampled_from([15, 30, 60]),
)
@example(
    where=DAYS[1],
    drawn=([WeeklyHours(5, 1320, 1320 + 480)], 0, {}, {0}),
    busy=[],
    visit=Visit(60),
    step=30,
)
@settings(max_examples=120, deadline=None)
def test_what_is_offered_is_what_looking_at_every_minute_finds(
    *,
    where: tuple[str, date],
    drawn: tuple[list[WeeklyHours], int, dict[int, tuple[DayStretch, ...]], set[int]],
    busy: list[Span],
    visit: Visit,
    step: int,
) -> None:
    zone, middle = ZoneInfo(where[0]), where[1]
    first, last = middle - timedelta(days=2), middle + timedelta(days=2)
    hours, weeks, exceptions, holidays = drawn
    plan = WorkPlan(
        tuple(hours),
        FIRST_WEEK + timedelta(weeks=weeks),
        {middle + timedelta(days=n): found for n, found in exceptions.items()},
    )
    closed = {middle + timedelta(days=n) for n in holidays}
    origin = datetime.combine(middle, time(), UTC)
    taken = [
        (origin + start * MINUTE, origin + (start + length) * MINUTE)
        for start, length in busy
    ]

    calendar = LocalCalendar(zone, first, last)
    starts, day_index = calendar.starts(step)
    offered = [
        (to_instant(starts[at]), calendar.days[day_index[at]])
        for low, high in free_ranges(
            starts,
            calendar.work(plan, frozenset(closed)),
            sorted((to_seconds(s), to_seconds(e)) for s, e in taken),
            visit,
            FOREVER,
        )
        for at in range(low, high)
    ]

    at = origin - timedelta(days=4)
    end = origin + timedelta(days=5)
    free: list[bool] = []
    marks: list[tuple[datetime, date, int]] = []
    index = 0
    while at < end:
        wall = at.astimezone(zone)
        day, minute = wall.date(), wall.hour * 60 + wall.minute
        known = first <= day <= last
        free.append(
            known
            and works_at(plan, closed, day, minute)
            and not any(start <= at < stop for start, stop in taken)
        )
        if known and minute % step == 0:
            marks.append((at, day, index))
        at += MINUTE
        index += 1
    # How long it is free from each minute on, counted from the end.
    run = [0] * (len(free) + 1)
    for place in range(len(free) - 1, -1, -1):
        run[place] = run[place + 1] + 1 if free[place] else 0
    expected = [
        (instant, day)
        for instant, day, place in marks
        if run[place - visit.before] >= visit.all_minutes
    ]
    assert offered == expected


def test_weeks_go_on_in_turn_over_the_end_of_a_year_with_53_weeks() -> None:
    plan = WorkPlan()
    mondays = [date(2026, 12, 21) + timedelta(weeks=n) for n in range(4)]

    assert [plan.week_of(day) for day in mondays] == [WEEK_B, WEEK_A, WEEK_B, WEEK_A]
    assert [day.isocalendar().week for day in mondays] == [52, 53, 1, 2]


def test_a_date_with_hours_of_its_own_wins_over_a_holiday() -> None:
    day = date(2026, 12, 25)
    plan = WorkPlan((WeeklyHours(4, 540, 1020),), exceptions={day: ((600, 720),)})
    calendar = LocalCalendar(ZoneInfo("UTC"), day, day)
    noon = to_seconds(datetime(2026, 12, 25, 12, tzinfo=UTC))

    assert calendar.work(plan, frozenset({day})) == [(noon - 7200, noon)]
    assert calendar.work(WorkPlan(plan.hours), frozenset({day})) == []


def test_what_began_before_a_holiday_goes_on_to_its_end() -> None:
    eve, day = date(2026, 12, 24), date(2026, 12, 25)
    plan = WorkPlan((WeeklyHours(3, 1320, 1560), WeeklyHours(4, 1320, 1560)))
    calendar = LocalCalendar(ZoneInfo("UTC"), eve, day)
    midnight = to_seconds(datetime(2026, 12, 25, tzinfo=UTC))

    assert calendar.work(plan, frozenset({day})) == [(midnight - 7200, midnight + 7200)]
    # The day alone knows what is left of the one before.
    alone = LocalCalendar(ZoneInfo("UTC"), day, day)
    assert alone.work(plan, frozenset({day})) == [(midnight, midnight + 7200)]
