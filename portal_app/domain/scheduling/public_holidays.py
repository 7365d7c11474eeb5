"""Which public holidays the business keeps, as the office says it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pycountry
from babel import Locale
from sqlmodel import Session

from portal_app.domain.business import service as businesses
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Thing
from portal_app.domain.scheduling import outside
from portal_app.domain.scheduling.holiday_calendar import (
    HolidaysForm,
    closed_between,
    countries,
    form_of,
    holidays_between,
)
from portal_app.domain.scheduling.models import HolidayCalendar
from portal_app.domain.scheduling.views import HolidaysView, HolidayView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import today_in
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.ownership import require_office, require_staff
from portal_app.kernel.versioned import Field, Record

_MAX_WORKED = 200
_MAX_NAME = 120
_YEAR = timedelta(days=366)


def _country_name(code: str) -> str:
    return str(Locale("en").territories.get(code, code)) if code else ""


_RECORD = Record(
    "The choice of public holidays",
    Field("country", "Country", text=_country_name),
    Field("subdivision", "Region"),
    Field("worked", "Worked"),
)


def country_choices(locale: str) -> list[tuple[str, str]]:
    """The countries to choose from: code and name, by name."""
    names = Locale.parse(locale).territories
    found = [(code, str(names.get(code, code))) for code in countries()]
    return sorted(found, key=lambda pair: pair[1])


def subdivision_choices(country: str) -> list[tuple[str, str]]:
    """The parts of a country whose holidays differ: key and name, by name."""
    lookup: Any = pycountry.subdivisions  # its methods are untyped
    found = []
    for part in countries().get(country, ()):
        known = lookup.get(code=f"{country}-{part}")
        found.append((part, str(known.name) if known else part))
    return sorted(found, key=lambda pair: pair[1])


def holidays_for_office(tx: Session, actor: Actor) -> HolidaysView:
    """The holidays of the next twelve months, as the office set them.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_staff(actor)
    row = tx.get(HolidayCalendar, 1)
    form = HolidaysForm() if row is None else form_of(row)
    return HolidaysView(
        country=form.country,
        subdivision=form.subdivision,
        region=_region_name(form),
        days=upcoming(tx, form),
        version=row.version if row else 0,
    )


def upcoming(tx: Session, form: HolidaysForm) -> list[HolidayView]:
    """The holidays of the next twelve months, each name once, the soonest first."""
    formats = businesses.formats(tx)
    today = today_in(formats.zone)
    found: dict[str, date] = {}
    for day, names in holidays_between(form, today, today + _YEAR).items():
        for name in names:
            found.setdefault(name, day)
    return [
        HolidayView(name, formats.day(day), name in form.worked)
        for name, day in found.items()
    ]


def save_holidays(
    tx: Session,
    actor: Actor,
    form: HolidaysForm,
    version: int | None = None,
    *,
    accepted: str = "",
) -> None:
    """Say which holidays there are, and on which of them people work.

    Args:
        tx: The transaction.
        actor: The office, or the portal itself.
        form: As it shall be.
        version: As it was read; ``None`` to write over any.
        accepted: See ``outside.check``.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each field that is wrong.
        EditConflict: If it was changed since ``version`` to something else.
        LeavesBookings: If bookings are on days that become holidays.
    """
    require_office(actor)
    businesses.lock_business(tx)
    _check(form)
    row = tx.get(HolidayCalendar, 1, populate_existing=True)
    before = HolidaysForm() if row is None else form_of(row)
    row = row or HolidayCalendar(version=0)
    values = _values(form)
    if version is not None and not _RECORD.is_current(row, values, version):
        return
    schedules = outside.load_schedules(tx)
    closed = closed_between(form, *outside.days_of_claims(tx, schedules))
    after = {who: replace(one, closed=closed) for who, one in schedules.items()}
    outside.check(tx, schedules, after, accepted)
    differences = change_log.differences(_RECORD, _values(before), values)
    if not differences:
        return
    _RECORD.write(row, values)
    row.version += 1
    tx.add(row)
    tx.flush()
    thing = Thing("Public holidays", "1", _region_name(form) or "None")
    change_log.record(tx, actor, "changed", thing, differences)


def _check(form: HolidaysForm) -> None:
    if form.country and form.country not in countries():
        raise InvalidInput({"country": "Please choose a country from the list."})
    parts = countries().get(form.country, ())
    if form.subdivision and form.subdivision not in parts:
        raise InvalidInput({"subdivision": "Please choose a region from the list."})
    if len(form.worked) > _MAX_WORKED or any(len(n) > _MAX_NAME for n in form.worked):
        raise InvalidInput({"worked": "Please choose holidays from the list."})


def _values(form: HolidaysForm) -> dict[str, Any]:
    return {
        "country": form.country,
        "subdivision": form.subdivision,
        "worked": sorted(form.worked),
    }


def _region_name(form: HolidaysForm) -> str:
    parts = dict(subdivision_choices(form.country))
    names = (parts.get(form.subdivision, ""), _country_name(form.country))
    return ", ".join(filter(None, names))
