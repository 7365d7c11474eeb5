"""Instants and money as the business's customers write them."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    get_timezone_location,
)
from babel.numbers import get_decimal_symbol

from portal_app.kernel.clock import instants_of_wall_time
from portal_app.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Formats:
    """How one business writes time and money.

    Attributes:
        locale: A Babel locale such as ``en_AU``.
        timezone: The business's IANA zone; every instant is shown on its clock.
        currency: ISO 4217 code.
    """

    locale: str
    timezone: str
    currency: str

    @property
    def zone(self) -> ZoneInfo:
        """The business's zone."""
        return ZoneInfo(self.timezone)

    @property
    def decimal_mark(self) -> str:
        """What parts a number from its fraction here, "." or ","."""
        mark = get_decimal_symbol(self.locale)
        return mark if mark in {".", ","} else "."

    @property
    def clock(self) -> str:
        """Whose clock every time is on, such as ``Sydney time``."""
        city = get_timezone_location(
            self.timezone, locale=self.locale, return_city=True
        )
        return f"{city} time"

    def money(self, minor: int) -> str:
        """Minor units of the business's currency, such as ``$85``."""
        return Money(minor, self.currency).format(self.locale)

    def line_amount(self, minor: int) -> str:
        """What a line of a price adds; a word for what adds nothing."""
        return self.money(minor) if minor else "Included"

    def day(self, value: datetime | date) -> str:
        """A long day, such as ``Tuesday, 24 November 2026``."""
        text: str = format_date(self._local_day(value), "full", locale=self.locale)
        return text

    def short_day(self, value: datetime | date) -> str:
        """A short day, such as ``Tue, 24 Nov``."""
        text: str = format_skeleton("MMMEd", self._local_day(value), locale=self.locale)
        return text

    def day_and_year(self, value: datetime | date) -> str:
        """A day with its year and without its weekday, such as ``24 Nov 2026``."""
        text: str = format_date(self._local_day(value), "medium", locale=self.locale)
        return text

    def weekday(self, value: date) -> str:
        """The day of the week in short, such as ``Tue``."""
        text: str = format_date(value, "EEE", locale=self.locale)
        return text

    def long_weekday(self, value: date) -> str:
        """The day of the week, such as ``Tuesday``."""
        text: str = format_date(value, "EEEE", locale=self.locale)
        return text

    def short_month(self, value: date) -> str:
        """A month in short, such as ``Nov``."""
        text: str = format_date(value, "LLL", locale=self.locale)
        return text

    def month(self, value: date) -> str:
        """A month, such as ``November 2026``."""
        text: str = format_skeleton("yMMMM", value, locale=self.locale)
        return text

    def time(self, instant: datetime) -> str:
        """A time of day; with the zone's abbreviation when the hour happens twice."""
        local = instant.astimezone(self.zone)
        text: str = format_time(local, "short", tzinfo=self.zone, locale=self.locale)
        wall = local.time().replace(fold=0)
        if len(instants_of_wall_time(local.date(), wall, self.zone)) > 1:
            return f"{text} {local.tzname()}"
        return text

    def _local_day(self, value: datetime | date) -> date:
        if isinstance(value, datetime):
            return value.astimezone(self.zone).date()
        return value


def duration_text(minutes: int) -> str:
    """Whole minutes for people, such as ``1 h 30 min``."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} min")
    return " ".join(parts)
