"""Hours of work as people write and read them.

A stretch of work is a pair of minutes after midnight on the wall clock of the
business. It belongs to the day on which it begins: one that ends at 2 am the next day
ends at minute 1560. A day's stretches are written ``07:00-11:30, 14:30-19:00``; an end
that is not after its start is on the next day, and ``00:00`` as an end is midnight.

Weeks are A or B in turn, counted from a Monday of a week A. The number of a week in
the year would not do: after a year of 53 weeks two odd weeks follow each other.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from itertools import pairwise

from babel.dates import format_time, get_day_names

from portal_app.domain.scheduling.rules import (
    DAY_MINUTES,
    EVERY_WEEK,
    WEEK_A,
    WEEK_B,
    DayStretch,
    WeeklyHours,
)
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.text import code

MAX_STRETCHES = 8
"""How many stretches a day may have."""
WEEK_KEYS = {EVERY_WEEK: "every", WEEK_A: "a", WEEK_B: "b"}
"""What a week is called in the names of a form's fields."""

_WRITE = "Please write hours such as 07:00-11:30, 14:30-19:00."
_OVERLAP = "These hours overlap with others."
_STRETCH = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


def field_of(week: int, weekday: int) -> str:
    """The name of the form's field for a day: ``hours.every.0`` is every Monday."""
    return f"hours.{WEEK_KEYS[week]}.{weekday}"


def parse_stretches(text: str) -> tuple[DayStretch, ...]:
    """The stretches of one day, sorted; none for an empty text.

    Raises:
        ValueError: With a sentence for the field.
    """
    found = []
    for part in filter(None, (one.strip() for one in code(text).split(","))):
        match = _STRETCH.fullmatch(part)
        if match is None:
            raise ValueError(_WRITE)
        hour, minute, end_hour, end_minute = map(int, match.groups())
        starts, ends = hour * 60 + minute, end_hour * 60 + end_minute
        if minute > 59 or end_minute > 59 or starts >= DAY_MINUTES or ends > 1440:
            raise ValueError(_WRITE)
        if starts == ends != 0:
            raise ValueError("Please enter an end that is not the start.")
        found.append((starts, ends if ends > starts else ends + DAY_MINUTES))
    if len(found) > MAX_STRETCHES:
        raise ValueError(f"A day has at most {MAX_STRETCHES} stretches of work.")
    found.sort()
    if any(one[1] > other[0] for one, other in pairwise(found)):
        raise ValueError(_OVERLAP)
    return tuple(found)


def write_stretches(stretches: Iterable[DayStretch]) -> str:
    """The inverse of ``parse_stretches``."""
    return ", ".join(
        f"{_clock(starts)}-{_clock(ends % DAY_MINUTES)}" for starts, ends in stretches
    )


def parse_week(texts: Mapping[tuple[int, int], str]) -> tuple[WeeklyHours, ...]:
    """Weekly hours, as typed day by day.

    Args:
        texts: By week (``EVERY_WEEK``, ``WEEK_A``, ``WEEK_B``) and weekday; 0 is
            Monday.

    Raises:
        InvalidInput: With a sentence for each day's field that is wrong.
    """
    wrong: dict[str, str] = {}
    found: list[WeeklyHours] = []
    for (week, weekday), text in texts.items():
        try:
            stretches = parse_stretches(text)
        except ValueError as error:
            wrong[field_of(week, weekday)] = str(error)
        else:
            found += [WeeklyHours(weekday, *one, week) for one in stretches]
    if wrong:
        raise InvalidInput(wrong)
    return check_week(found)


def check_week(hours: Iterable[WeeklyHours]) -> tuple[WeeklyHours, ...]:
    """Weekly hours in order, none of which overlap, over midnight included.

    Raises:
        InvalidInput: With a sentence for the field of each day that is wrong.
    """
    ordered = in_order(set(hours))
    wrong: dict[str, str] = {}
    for one in ordered:
        if one.week not in WEEK_KEYS or not 0 <= one.weekday <= 6:
            raise InvalidInput({"hours": "There is no such day."})
        if not 0 <= one.starts < DAY_MINUTES or not (
            0 < one.ends - one.starts <= DAY_MINUTES
        ):
            wrong[field_of(one.week, one.weekday)] = "Hours end within 24 hours."
    # Two weeks in turn, once around: what ends on Monday began on Sunday.
    cycle = (
        sorted(
            (day * DAY_MINUTES + one.starts, day * DAY_MINUTES + one.ends, one)
            for one in ordered
            for day in _days_of_two_weeks(one)
        )
        if not wrong
        else []
    )
    around = 14 * DAY_MINUTES
    for at, (starts, _, one) in enumerate(cycle):
        before = cycle[at - 1]
        ends = before[1] - (around if at == 0 else 0)
        if len(cycle) > 1 and ends > starts:
            wrong[field_of(one.week, one.weekday)] = _OVERLAP
    if wrong:
        raise InvalidInput(wrong)
    return ordered


def in_order(hours: Iterable[WeeklyHours]) -> tuple[WeeklyHours, ...]:
    """Weekly hours by week, weekday and start."""
    return tuple(sorted(hours, key=lambda one: (one.week, one.weekday, one.starts)))


def write_week(hours: Sequence[WeeklyHours]) -> dict[str, str]:
    """The text of every field that a form may show, by its name.

    Who begins to tell weeks apart begins with the same in both, and whoever stops
    keeps week A.
    """
    return {
        field_of(week, day): write_stretches(_of_day(hours, week or WEEK_A, day))
        for week in WEEK_KEYS
        for day in range(7)
    }


def _days_of_two_weeks(one: WeeklyHours) -> list[int]:
    weeks = {EVERY_WEEK: (0, 7), WEEK_A: (0,), WEEK_B: (7,)}[one.week]
    return [week + one.weekday for week in weeks]


def stretches_text(stretches: Iterable[DayStretch], locale: str) -> str:
    """The hours of a day as people read them: ``7:00 am – 11:30 am, …``."""
    return ", ".join(
        f"{_wall(starts, locale)} – {_wall(ends, locale)}" for starts, ends in stretches
    )


def week_lines(hours: Sequence[WeeklyHours], locale: str) -> list[str]:
    """Weekly hours as people read them, days with the same hours together.

    Returns:
        Such as ``Mon – Fri: 9:00 am – 5:00 pm``; what is not the same every week
        comes last and says of which week it is.
    """
    names = get_day_names("abbreviated", locale=locale)
    days = {
        week: [stretches_text(_of_day(hours, week, day), locale) for day in range(7)]
        for week in (WEEK_A, WEEK_B)
    }
    same = [one == other for one, other in zip(*days.values(), strict=True)]
    found = _lines("", days[WEEK_A], same, names)
    for week, texts in days.items():
        start = f"Week {WEEK_KEYS[week].upper()}, "
        found += _lines(start, texts, [not it for it in same], names)
    return found


def _of_day(hours: Sequence[WeeklyHours], week: int, day: int) -> list[DayStretch]:
    return sorted(
        (one.starts, one.ends)
        for one in hours
        if one.weekday == day and one.week in (EVERY_WEEK, week)
    )


def _lines(
    start: str, texts: Sequence[str], told: Sequence[bool], names: Mapping[int, str]
) -> list[str]:
    """A line for each run of days that are told and have the same hours."""
    found: list[str] = []
    first = 0
    while first < 7:
        last, run = first, (told[first], texts[first])
        while last < 6 and (told[last + 1], texts[last + 1]) == run:
            last += 1
        if told[first] and texts[first]:
            called = names[first] + (f" – {names[last]}" if last > first else "")
            found.append(f"{start}{called}: {texts[first]}")
        first = last + 1
    return found


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _wall(minutes: int, locale: str) -> str:
    wall = time(minutes // 60 % 24, minutes % 60)
    return str(format_time(wall, "short", locale=locale))
