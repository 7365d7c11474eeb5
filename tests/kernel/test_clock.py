from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from portal_app.kernel.clock import day_bounds, frozen, instants_of_wall_time, utc_now

SYDNEY = ZoneInfo("Australia/Sydney")


def test_an_ordinary_wall_time_is_one_instant() -> None:
    assert instants_of_wall_time(date(2026, 11, 24), time(9), SYDNEY) == [
        datetime(2026, 11, 23, 22, tzinfo=UTC)
    ]


def test_a_skipped_wall_time_is_no_instant() -> None:
    assert instants_of_wall_time(date(2026, 10, 4), time(2, 30), SYDNEY) == []


def test_a_repeated_wall_time_is_two_instants_in_order() -> None:
    assert instants_of_wall_time(date(2027, 4, 4), time(2, 30), SYDNEY) == [
        datetime(2027, 4, 3, 15, 30, tzinfo=UTC),
        datetime(2027, 4, 3, 16, 30, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 10, 4), 23), (date(2026, 10, 5), 24), (date(2027, 4, 4), 25)],
)
def test_a_day_is_as_long_as_its_clock_says(day: date, hours: int) -> None:
    start, end = day_bounds(day, SYDNEY)
    assert (end - start).total_seconds() == hours * 3600


def test_frozen_time_stands_still_and_ends() -> None:
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    with frozen(instant):
        assert utc_now() == instant
    assert utc_now() > instant
