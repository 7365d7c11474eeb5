"""Public holidays as the calendar has them, and on which of them nobody works.

Which days they are is the library's knowledge; the business says of which country and
part of it, and on which of them it works all the same. A holiday is known by its name,
so that what was said holds for every year. Where two fall on one day, people work if
the business works on both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

import holidays
from sqlmodel import Session

from portal_app.domain.scheduling.models import HolidayCalendar
from portal_app.kernel.db import get_cached

_LANGUAGE = "en_US"


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidaysForm:
    """Which holidays there are, and on which people work.

    Attributes:
        country: Two letters, or empty for no holidays at all.
        subdivision: One of the country's ``countries()``, or empty for all of it.
        worked: Names of holidays.
    """

    country: str = ""
    subdivision: str = ""
    worked: frozenset[str] = frozenset()


@cache
def countries() -> Mapping[str, tuple[str, ...]]:
    """The countries whose holidays are known, with their parts, by code."""
    known: dict[str, list[str]] = holidays.list_supported_countries(
        include_aliases=False
    )
    return {code: tuple(parts) for code, parts in known.items() if len(code) == 2}


@lru_cache(maxsize=64)
def holidays_of_year(
    country: str, subdivision: str, year: int
) -> Mapping[date, tuple[str, ...]]:
    """Names by day; worked out once per process. Empty for no country."""
    if country not in countries():
        return {}
    part = subdivision if subdivision in countries()[country] else None
    known: Any = holidays.country_holidays(country, subdiv=part, years=year)
    if _LANGUAGE in known.supported_languages:
        known = holidays.country_holidays(
            country, subdiv=part, years=year, language=_LANGUAGE
        )
    return {day: tuple(known.get_list(day)) for day in sorted(known)}


def holidays_between(
    form: HolidaysForm, first: date, last: date
) -> dict[date, tuple[str, ...]]:
    """Names by day, from ``first`` to ``last``, in order."""
    if not form.country:
        return {}
    return {
        day: names
        for year in range(first.year, last.year + 1)
        for day, names in holidays_of_year(form.country, form.subdivision, year).items()
        if first <= day <= last
    }


def closed_between(form: HolidaysForm, first: date, last: date) -> frozenset[date]:
    """The days from ``first`` to ``last`` on which nobody works by default."""
    return frozenset(
        day
        for day, names in holidays_between(form, first, last).items()
        if not form.worked.issuperset(names)
    )


def current_holidays(tx: Session) -> HolidaysForm:
    """What the business has said; read once in a transaction."""
    row = get_cached(tx, HolidayCalendar, 1)
    return HolidaysForm() if row is None else form_of(row)


def form_of(row: HolidayCalendar) -> HolidaysForm:
    """What a row says."""
    return HolidaysForm(
        country=row.country,
        subdivision=row.subdivision,
        worked=frozenset(row.worked),
    )
