"""How a booking repeats: its days by the calendar, and the instants of its visits.

Two hours of a year need a decision:

- **The hour that daylight saving skips.** The clock on the wall never shows that
  time, so the visit begins as long after the clocks went forward as its time is
  after the hour's beginning: 2:30 becomes 3:30. That is how calendars read it
  (RFC 5545, 3.3.5). It is one visit's time only; the next is at 2:30 again.
- **The hour that happens twice.** The visit is in the first of the two. Only the
  first visit of a series may be in the second one: it is where it was chosen.

Two months need one too: a day that a month does not have, as the 31st, is its last
day; and who begins on a fifth Tuesday means the last of each month.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any, Self
from zoneinfo import ZoneInfo

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.formats import Formats

WEEKS, MONTH_DAYS, MONTH_WEEKDAYS = "weeks", "month_days", "month_weekdays"
UNITS = (WEEKS, MONTH_DAYS, MONTH_WEEKDAYS)
"""By the week, by the day of the month, or by its first, second … Tuesday."""

MOST_EVERY = 12
MOST_VISITS = 52
"""A series that ends has no more visits: a year, every week."""

_SURELY_IN_EVERY_MONTH = 28
_LAST = 5
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", _LAST: "last"}


@dataclass(frozen=True, slots=True)
class Repetition:
    """How a booking repeats, counted from its first visit.

    Attributes:
        unit: One of ``UNITS``.
        every: Each week or month, or every so many, 1 to 12.
        count: How many visits there are in all, or ``None``.
        until: The last day there may be one, or ``None``. With neither, the series
            has no end; with both, what comes first ends it.
    """

    unit: str
    every: int = 1
    count: int | None = None
    until: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has no end."""
        return self.count is None and self.until is None

    def days(self, first: date) -> Iterator[date]:
        """The days of its visits, in order, from the first; they may never end."""
        rule = rrule(
            WEEKLY if self.unit == WEEKS else MONTHLY,
            dtstart=datetime.combine(first, time()),
            interval=self.every,
            count=self.count,
            **self._within_month(first),
        )
        for found in rule:
            if self.until is not None and found.date() > self.until:
                return
            yield found.date()

    def _within_month(self, first: date) -> dict[str, Any]:
        if self.unit == MONTH_DAYS:
            # The latest of these days that the month has.
            days = range(min(first.day, _SURELY_IN_EVERY_MONTH), first.day + 1)
            return {"bymonthday": tuple(days), "bysetpos": -1}
        if self.unit == MONTH_WEEKDAYS:
            nth = _nth_of_month(first)
            which = -1 if nth == _LAST else nth
            return {"byweekday": weekday(first.weekday(), which)}
        return {}

    def text(self, first: date, formats: Formats) -> str:
        """In words, such as ``Every 2 weeks on Tuesday, 10 visits, until 6 Apr 2027``.

        Args:
            first: The day of the first visit.
            formats: The business's.
        """
        parts = [self.often_text(first, formats)]
        if not self.is_open:
            days = list(islice(self.days(first), MOST_VISITS + 1))
            parts += [visits_text(len(days)), f"until {formats.day_and_year(days[-1])}"]
        return ", ".join(parts)

    def often_text(self, first: date, formats: Formats) -> str:
        """How often, in words, such as ``Every 2 weeks on Tuesday``."""
        noun = "week" if self.unit == WEEKS else "month"
        often = f"Every {noun}" if self.every == 1 else f"Every {self.every} {noun}s"
        return f"{often} on {self._day_text(first, formats)}"

    def _day_text(self, first: date, formats: Formats) -> str:
        if self.unit == WEEKS:
            return formats.long_weekday(first)
        if self.unit == MONTH_DAYS:
            return f"day {first.day}"
        nth = _ORDINALS[_nth_of_month(first)]
        return f"the {nth} {formats.long_weekday(first)}"

    def require_valid(self, first: date) -> None:
        """Refuse what cannot be.

        Args:
            first: The day of the first visit.

        Raises:
            InvalidInput: For ``unit``, ``every``, ``count`` and ``until``.
        """
        wrong: dict[str, str] = {}
        if self.unit not in UNITS:
            wrong["unit"] = "Please choose how it repeats."
        if not 1 <= self.every <= MOST_EVERY:
            wrong["every"] = f"Please choose 1 to {MOST_EVERY}."
        if self.count is not None and not 2 <= self.count <= MOST_VISITS:
            wrong["count"] = f"Please choose 2 to {MOST_VISITS} visits."
        if self.until is not None and self.until <= first:
            wrong["until"] = "Please choose a day after the first visit."
        if not wrong and self.until is not None:
            visits = len(list(islice(self.days(first), MOST_VISITS + 1)))
            if visits > MOST_VISITS:
                wrong["until"] = (
                    f"Please choose an earlier day: there can be {MOST_VISITS} visits."
                )
        if wrong:
            raise InvalidInput(wrong)

    def as_stored(self) -> dict[str, Any]:
        """As a document."""
        return {
            "unit": self.unit,
            "every": self.every,
            "count": self.count,
            "until": self.until.isoformat() if self.until else None,
        }

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """What ``as_stored`` wrote."""
        until = stored["until"]
        return cls(
            unit=stored["unit"],
            every=stored["every"],
            count=stored["count"],
            until=date.fromisoformat(until) if until else None,
        )


def visits_text(count: int) -> str:
    """How many visits, in words."""
    return "1 visit" if count == 1 else f"{count} visits"


def instant_of_visit(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """When a visit of a series begins, in UTC; see above for the two odd hours.

    Args:
        day: By the calendar of the zone.
        wall: On the clock of the zone; naive.
        zone: The business's.
    """
    # ``fold`` 0 is the earlier of two, and the offset before a gap.
    return datetime.combine(day, wall.replace(fold=0), tzinfo=zone).astimezone(UTC)


def wall_of(instant: datetime, zone: ZoneInfo) -> tuple[date, time]:
    """The day and the time that the clock of a zone shows at an instant."""
    local = instant.astimezone(zone)
    return local.date(), local.time().replace(fold=0)


def _nth_of_month(day: date) -> int:
    """Which of its weekdays in the month a day is; the fifth is the last."""
    return (day.day - 1) // 7 + 1
