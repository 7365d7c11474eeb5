"""Dates on which somebody has other hours than in other weeks, or none."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Difference
from portal_app.domain.scheduling import hours as wall_hours
from portal_app.domain.scheduling import outside
from portal_app.domain.scheduling.models import HoursException
from portal_app.domain.scheduling.roster import check_day, check_reason, hold, thing_of
from portal_app.domain.scheduling.rules import DayStretch, as_stretches
from portal_app.domain.scheduling.views import DateView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import today_in
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.formats import Formats
from portal_app.kernel.ownership import require_staff
from portal_app.kernel.versioned import Field, Record

MAX_DATES = 400
_NOT_WORKING = "Not working"
_NOT_FOUND = "We could not find that day."
_TYPED = Record(
    "This day",
    Field("day", "Day", check_day),
    Field("hours", "Hours", wall_hours.parse_stretches),
    Field("reason", "Reason", check_reason),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateForm:
    """A date as typed: ISO 8601, hours as ``hours.parse_stretches`` reads them.

    No hours are a day on which they do not work.
    """

    day: str = ""
    hours: str = ""
    reason: str = ""


def date_views(tx: Session, actor: Actor, fieldworker_id: str) -> list[DateView]:
    """The dates of somebody from today on, in order.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_staff(actor)
    formats = businesses.formats(tx)
    rows = tx.exec(
        select(HoursException)
        .where(
            HoursException.fieldworker_id == fieldworker_id,
            HoursException.day >= today_in(formats.zone),
        )
        .order_by(col(HoursException.day))
    )
    return [
        DateView(
            id=row.id,
            day=row.day.isoformat(),
            day_text=formats.day(row.day),
            hours=wall_hours.write_stretches(as_stretches(row.stretches)),
            hours_text=_hours_text(row.stretches, formats),
            reason=row.reason,
            version=row.version,
        )
        for row in rows
    ]


def save_date(
    tx: Session,
    actor: Actor,
    fieldworker_id: str,
    date_id: str,
    form: DateForm,
    *,
    version: int = 0,
    accepted: str = "",
) -> None:
    """Give a date hours of its own (empty id), or change them.

    Such a date wins over a public holiday; time off wins over it.

    Args:
        tx: The transaction.
        actor: The office.
        fieldworker_id: Whose.
        date_id: Among theirs, or empty.
        form: As typed.
        version: Of what was read.
        accepted: See ``outside.check``.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such person, or no such date of theirs.
        InvalidInput: With a sentence for each field that is wrong.
        EditConflict: If it was changed since ``version`` to something else.
        LeavesBookings: If bookings would be outside the hours of that date.
    """
    person = hold(tx, actor, fieldworker_id)
    formats = businesses.formats(tx)
    typed = _TYPED.check(form)
    day, stretches = typed["day"], typed["hours"]
    rows = _rows(tx, fieldworker_id)
    row = _find(rows, date_id) if date_id else None
    stored = [list(one) for one in stretches]
    values: dict[str, Any] = {
        "day": day,
        "stretches": stored,
        "reason": typed["reason"],
    }
    record = _record(formats)
    twin = next(
        (one for one in rows.values() if one.day == day and one is not row), None
    )
    if twin is not None:
        if row is None and record.values(twin) == values:
            return  # the same click twice
        raise InvalidInput({"day": "This day has hours of its own already."})
    if row is not None and not record.is_current(row, values, version):
        return
    if row is None and len(rows) >= MAX_DATES:
        raise Conflict(f"There can be at most {MAX_DATES} such days.")
    old_day = row.day if row else None

    def changed(schedule: outside.Schedule) -> outside.Schedule:
        return _with_dates(schedule, old_day, {day: stretches})

    outside.check_one(tx, fieldworker_id, changed, accepted)
    if row is None:
        row = HoursException(fieldworker_id=fieldworker_id, **values)
        tx.add(row)
        differences = [Difference(formats.day(day), "", _hours_text(stored, formats))]
    else:
        was = record.values(row)
        record.write(row, values)
        row.version += 1
        differences = change_log.differences(record, was, values)
    tx.flush()
    change_log.record(tx, actor, "changed", thing_of(person), differences)


def remove_date(
    tx: Session, actor: Actor, fieldworker_id: str, date_id: str, accepted: str = ""
) -> None:
    """Let a date have the hours that it has in other weeks.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such person, or no such date of theirs.
        LeavesBookings: If bookings would be outside the hours of that date.
    """
    person = hold(tx, actor, fieldworker_id)
    formats = businesses.formats(tx)
    row = _find(_rows(tx, fieldworker_id), date_id)

    def changed(schedule: outside.Schedule) -> outside.Schedule:
        return _with_dates(schedule, row.day, {})

    outside.check_one(tx, fieldworker_id, changed, accepted)
    text = _hours_text(row.stretches, formats)
    tx.delete(row)
    tx.flush()
    change_log.record(
        tx,
        actor,
        "changed",
        thing_of(person),
        [Difference(formats.day(row.day), text, "As in other weeks")],
    )


def _rows(tx: Session, fieldworker_id: str) -> dict[str, HoursException]:
    rows = tx.exec(
        select(HoursException).where(HoursException.fieldworker_id == fieldworker_id)
    )
    return {row.id: row for row in rows}


def _find(rows: Mapping[str, HoursException], date_id: str) -> HoursException:
    if date_id not in rows:
        raise NotFound(_NOT_FOUND)
    return rows[date_id]


def _with_dates(
    schedule: outside.Schedule,
    without: date | None,
    more: dict[date, tuple[DayStretch, ...]],
) -> outside.Schedule:
    plan = schedule.plan
    kept = {day: one for day, one in plan.exceptions.items() if day != without}
    return replace(schedule, plan=replace(plan, exceptions=kept | more))


def _hours_text(stretches: Any, formats: Formats) -> str:
    found = as_stretches(stretches)
    return wall_hours.stretches_text(found, formats.locale) or _NOT_WORKING


def _record(formats: Formats) -> Record:
    return Record(
        "This day",
        Field("day", "Day", text=formats.day),
        Field("stretches", "Hours", text=lambda it: _hours_text(it, formats)),
        Field("reason", "Reason"),
    )
