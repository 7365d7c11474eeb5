"""The days and instants of a series, against a walk through the calendar."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_app.domain.bookings.repetition import (
    MONTH_DAYS,
    MONTH_WEEKDAYS,
    UNITS,
    WEEKS,
    Repetition,
    instant_of_visit,
    wall_of,
)
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.formats import Formats

FORMATS = Formats("en_AU", "Australia/Sydney", "AUD")
TUESDAY = date(2026, 11, 3)
ZONES = (
    "Australia/Sydney",
    "Australia/Lord_Howe",  # half an hour
    "America/New_York",
    "America/St_Johns",
    "Africa/Cairo",  # at midnight
    "Europe/Dublin",
    "Antarctica/Troll",  # two hours
    "Asia/Kolkata",
)


def _days(rule: Repetition, first: date, most: int = 12) -> list[str]:
    return [day.isoformat() for day in islice(rule.days(first), most)]


def _oracle(rule: Repetition, first: date, last: date) -> list[date]:
    """Every day is looked at, and asked whether it is one."""
    found = []
    day = first
    while day <= last and (rule.count is None or len(found) < rule.count):
        if rule.until is not None and day > rule.until:
            break
        months = (day.year - first.year) * 12 + day.month - first.month
        length = monthrange(day.year, day.month)[1]
        if rule.unit == WEEKS:
            is_one = (day - first).days % (7 * rule.every) == 0
        elif months % rule.every:
            is_one = False
        elif rule.unit == MONTH_DAYS:
            is_one = day.day == min(first.day, length)
        elif first.day > 28:
            is_one = day.weekday() == first.weekday() and day.day + 7 > length
        else:
            nth = (first.day - 1) // 7
            is_one = day.weekday() == first.weekday() and (day.day - 1) // 7 == nth
        if is_one:
            found.append(day)
        day += timedelta(days=1)
    return found


@given(
    unit=st.sampled_from(UNITS),
    every=st.integers(1, 12),
    count=st.none() | st.integers(1, 30),
    until=st.none() | st.integers(0, 900),
    first=st.dates(date(2020, 1, 1), date(2040, 12, 31)),
)
def test_the_days_are_those_that_a_walk_through_the_calendar_finds(
    unit: str, every: int, count: int | None, until: int | None, first: date
) -> None:
    ends = None if until is None else first + timedelta(days=until)
    rule = Repetition(unit, every, count, ends)
    last = first + timedelta(days=1000)

    found = []
    for day in rule.days(first):
        if day > last:
            break
        found.append(day)

    assert found == _oracle(rule, first, last)
    # The first visit is always one of them.
    assert found[0] == first


def test_a_day_that_a_month_does_not_have_is_its_last() -> None:
    assert _days(Repetition(MONTH_DAYS), date(2027, 12, 31), 4) == [
        *("2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"),
    ]
    assert _days(Repetition(MONTH_DAYS), date(2026, 12, 29), 3) == [
        *("2026-12-29", "2027-01-29", "2027-02-28"),
    ]


def test_a_fifth_weekday_is_the_last() -> None:
    assert _days(Repetition(MONTH_WEEKDAYS), date(2026, 12, 29), 3) == [
        *("2026-12-29", "2027-01-26", "2027-02-23"),
    ]
    # The fourth stays the fourth, though it was the last of its month.
    assert _days(Repetition(MONTH_WEEKDAYS), date(2026, 11, 24), 3) == [
        *("2026-11-24", "2026-12-22", "2027-01-26"),
    ]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Repetition(WEEKS), "Every week on Tuesday"),
        (
            Repetition(WEEKS, 2, count=10),
            "Every 2 weeks on Tuesday, 10 visits, until 9 Mar 2027",
        ),
        (
            Repetition(MONTH_DAYS, until=date(2027, 2, 28)),
            "Every month on day 3, 4 visits, until 3 Feb 2027",
        ),
        (Repetition(MONTH_WEEKDAYS, 3), "Every 3 months on the first Tuesday"),
        (
            Repetition(WEEKS, until=date(2026, 11, 9)),
            "Every week on Tuesday, 1 visit, until 3 Nov 2026",
        ),
    ],
)
def test_words(rule: Repetition, words: str) -> None:
    assert rule.text(TUESDAY, FORMATS) == words


def test_the_last_weekday_in_words() -> None:
    words = Repetition(MONTH_WEEKDAYS).text(date(2026, 12, 29), FORMATS)
    assert words == "Every month on the last Tuesday"


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        (Repetition("days"), "unit"),
        (Repetition(WEEKS, 0), "every"),
        (Repetition(WEEKS, 13), "every"),
        (Repetition(WEEKS, count=1), "count"),
        (Repetition(WEEKS, count=53), "count"),
        (Repetition(WEEKS, until=TUESDAY), "until"),
        (Repetition(WEEKS, until=date(2027, 11, 2)), "until"),
    ],
)
def test_what_cannot_be_is_refused(rule: Repetition, wrong: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rule.require_valid(TUESDAY)
    assert list(refused.value.fields) == [wrong]


def test_a_year_of_weeks_is_the_most() -> None:
    Repetition(WEEKS, count=52).require_valid(TUESDAY)
    Repetition(WEEKS, until=date(2027, 10, 26)).require_valid(TUESDAY)
    Repetition(WEEKS).require_valid(TUESDAY)


@pytest.mark.parametrize(
    "rule", [Repetition(WEEKS, 2), Repetition(MONTH_DAYS, 3, 8, TUESDAY)]
)
def test_what_is_stored_is_the_same_rule(rule: Repetition) -> None:
    assert Repetition.from_stored(rule.as_stored()) == rule


@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    day=st.dates(date(2020, 1, 1), date(2036, 12, 31)),
    minute=st.integers(0, 1439),
)
def test_a_visit_is_when_the_clock_shows_its_time(
    zone: ZoneInfo, day: date, minute: int
) -> None:
    wall = time(minute // 60, minute % 60)
    found = instant_of_visit(day, wall, zone)

    # Every minute of three days is looked at.
    midnight = datetime.combine(day, time(), tzinfo=UTC)
    shown = [
        midnight + timedelta(minutes=m)
        for m in range(-1440, 2 * 1440)
        if wall_of(midnight + timedelta(minutes=m), zone) == (day, wall)
    ]
    if shown:
        assert found == shown[0]
    else:
        # Skipped: as long after the jump as it would have been after its beginning.
        before = found - timedelta(hours=3)
        offset = before.astimezone(zone).utcoffset()
        assert offset is not None
        assert found == datetime.combine(day, wall, tzinfo=UTC) - offset


@pytest.mark.parametrize(
    ("zone", "day", "wall", "local"),
    [
        ("Australia/Sydney", date(2026, 10, 4), time(2, 30), "03:30+11:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "02:45+11:00"),
        ("America/New_York", date(2026, 3, 8), time(2, 0), "03:00-04:00"),
        ("Africa/Cairo", date(2026, 4, 24), time(0, 30), "01:30+03:00"),
        ("Antarctica/Troll", date(2026, 3, 29), time(2, 0), "04:00+02:00"),
        # Twice: the first.
        ("Australia/Sydney", date(2026, 4, 5), time(2, 30), "02:30+11:00"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "01:45+11:00"),
        ("America/New_York", date(2026, 11, 1), time(1, 30), "01:30-04:00"),
    ],
)
def test_the_odd_hours(zone: str, day: date, wall: time, local: str) -> None:
    found = instant_of_visit(day, wall, ZoneInfo(zone)).astimezone(ZoneInfo(zone))
    assert found.isoformat() == f"{day.isoformat()}T{local[:5]}:00{local[5:]}"


@pytest.mark.parametrize("zone", ZONES)
def test_the_wall_time_survives_a_year(zone: str) -> None:
    at = ZoneInfo(zone)
    for day in islice(Repetition(WEEKS).days(date(2026, 1, 6)), 52):
        assert wall_of(instant_of_visit(day, time(9, 0), at), at) == (day, time(9, 0))
