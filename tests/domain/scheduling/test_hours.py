"""Hours as people write and read them."""

import pytest

from portal_app.domain.scheduling.hours import (
    check_week,
    parse_stretches,
    parse_week,
    stretches_text,
    week_lines,
    write_stretches,
)
from portal_app.domain.scheduling.rules import WEEK_A, WEEK_B, WeeklyHours
from portal_app.kernel.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "stretches", "written"),
    [
        ("", (), ""),
        ("07:00-11:30, 14:30-19:00", ((420, 690), (870, 1140)), None),
        (
            "14:00-15:00,9:00-10:00",
            ((540, 600), (840, 900)),
            "09:00-10:00, 14:00-15:00",
        ),
        ("22:00-02:00", ((1320, 1560),), None),
        ("18:00-00:00", ((1080, 1440),), None),
        ("18:00-24:00", ((1080, 1440),), "18:00-00:00"),
        ("00:00-00:00", ((0, 1440),), None),
        ("٠٩:٠٠–١٧:٠٠", ((540, 1020),), "09:00-17:00"),
    ],
)
def test_the_hours_of_a_day(
    text: str, stretches: tuple[tuple[int, int], ...], written: str | None
) -> None:
    assert parse_stretches(text) == stretches
    assert write_stretches(stretches) == (text if written is None else written)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nine to five", "Please write hours such as 07:00-11:30, 14:30-19:00."),
        ("07:00-", "Please write hours such as 07:00-11:30, 14:30-19:00."),
        ("25:00-26:00", "Please write hours such as 07:00-11:30, 14:30-19:00."),
        ("09:60-10:00", "Please write hours such as 07:00-11:30, 14:30-19:00."),
        ("-1:00-10:00", "Please write hours such as 07:00-11:30, 14:30-19:00."),
        ("09:00-09:00", "Please enter an end that is not the start."),
        ("09:00-12:00, 11:59-13:00", "These hours overlap with others."),
        (
            ", ".join(f"{n:02}:00-{n:02}:30" for n in range(9)),
            "A day has at most 8 stretches of work.",
        ),
        ("9" * 5000, "Please write hours such as 07:00-11:30, 14:30-19:00."),
    ],
)
def test_hours_that_are_none(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=r".+") as refused:
        parse_stretches(text)
    assert str(refused.value) == problem


def test_each_wrong_day_is_told_beside_it() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_week({(0, 0): "x", (0, 1): "09:00-10:00", (0, 6): "09:00-09:00"})
    assert sorted(refused.value.fields) == ["hours.every.0", "hours.every.6"]


@pytest.mark.parametrize(
    ("hours", "wrong"),
    [
        # Sunday night reaches into Monday.
        ([WeeklyHours(6, 1320, 1560), WeeklyHours(0, 60, 600)], ["hours.every.0"]),
        ([WeeklyHours(6, 1320, 1500), WeeklyHours(0, 60, 600)], []),
        # Of two weeks in turn, the Sunday of one is followed by the other's Monday.
        (
            [WeeklyHours(6, 1320, 1560, WEEK_A), WeeklyHours(0, 60, 600, WEEK_A)],
            [],
        ),
        (
            [WeeklyHours(6, 1320, 1560, WEEK_A), WeeklyHours(0, 60, 600, WEEK_B)],
            ["hours.b.0"],
        ),
        (
            [WeeklyHours(2, 540, 600), WeeklyHours(2, 570, 700, WEEK_B)],
            ["hours.b.2"],
        ),
        ([WeeklyHours(2, 540, 540 + 1441)], ["hours.every.2"]),
        ([WeeklyHours(2, 1440, 1500)], ["hours.every.2"]),
        ([WeeklyHours(2, 0, 1440)], []),
    ],
)
def test_hours_do_not_overlap_over_midnight(
    hours: list[WeeklyHours], wrong: list[str]
) -> None:
    found: list[str] = []
    try:
        check_week(hours)
    except InvalidInput as refused:
        found = list(refused.fields)
    assert found == wrong


def test_hours_in_words() -> None:
    hours = [
        *(WeeklyHours(day, 540, 1020) for day in range(5)),
        WeeklyHours(4, 1320, 1560),
    ]
    assert week_lines(hours, "en_AU") == [
        "Mon – Thu: 9:00\u202fam – 5:00\u202fpm",
        "Fri: 9:00\u202fam – 5:00\u202fpm, 10:00\u202fpm – 2:00\u202fam",
    ]
    assert week_lines([WeeklyHours(6, 0, 1440, WEEK_B)], "de") == [
        "Week B, So.: 00:00 – 00:00"
    ]
    assert week_lines([], "en_AU") == []
    assert stretches_text(((600, 720),), "de") == "10:00 – 12:00"
