"""When somebody, or everybody, is away."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Difference, Thing
from portal_app.domain.scheduling import outside
from portal_app.domain.scheduling.models import TimeOff
from portal_app.domain.scheduling.roster import (
    check_day,
    check_reason,
    hold,
    stored_time_off,
    thing_of,
    whole_minutes,
)
from portal_app.domain.scheduling.rules import Span, to_seconds
from portal_app.domain.scheduling.views import TimeOffView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import day_bounds, instants_of_wall_time, today_in, utc_now
from portal_app.kernel.errors import InvalidInput, NotFound
from portal_app.kernel.formats import Formats
from portal_app.kernel.ownership import require_office, require_staff
from portal_app.kernel.versioned import Field, Record

MAX_DAYS = 1100
"""No time off is longer; whoever is away for longer is archived."""

_NOT_FOUND = "We could not find that time off."
_ORDER = "The end must be after the start."


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOffForm:
    """Time off as typed.

    Attributes:
        first: The first day, ISO 8601.
        last: The last day; empty for the same.
        starts: When it begins on the first day, ``HH:MM``; empty for the whole day.
        ends: When it ends on the last day; empty for the whole day.
        reason: For the office.
    """

    first: str = ""
    last: str = ""
    starts: str = ""
    ends: str = ""
    reason: str = ""


def time_off_views(
    tx: Session, actor: Actor, fieldworker_id: str | None
) -> list[TimeOffView]:
    """The time off of somebody, or what is everybody's; what is past comes last.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_staff(actor)
    rows = tx.exec(
        select(TimeOff)
        .where(
            TimeOff.fieldworker_id == fieldworker_id,
            TimeOff.ends_at > utc_now() - timedelta(days=90),
        )
        .order_by(col(TimeOff.starts_at), col(TimeOff.id))
        .limit(200)
    ).all()
    formats = businesses.formats(tx)
    found = [_view(row, formats) for row in rows]
    return sorted(found, key=lambda view: view.over)


def save_time_off(
    tx: Session,
    actor: Actor,
    fieldworker_id: str | None,
    time_off_id: str,
    form: TimeOffForm,
    *,
    version: int = 0,
    accepted: str = "",
) -> None:
    """Add time off (empty id), or change it.

    Args:
        tx: The transaction.
        actor: The office.
        fieldworker_id: Whose; ``None`` for everybody's.
        time_off_id: Among theirs, or empty.
        form: As typed.
        version: Of what was read.
        accepted: See ``outside.check``.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such person, or no such time off of theirs.
        InvalidInput: With a sentence for each field that is wrong.
        EditConflict: If it was changed since ``version`` to something else.
        LeavesBookings: If bookings are in it.
    """
    person = _held(tx, actor, fieldworker_id)
    row = _find(tx, fieldworker_id, time_off_id) if time_off_id else None
    formats = businesses.formats(tx)
    starts_at, ends_at, reason = _checked(form, formats.zone)
    values: dict[str, Any] = {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "reason": reason,
    }
    record = _record(formats)
    if row is not None and not record.is_current(row, values, version):
        return
    if row is None and stored_time_off(tx, fieldworker_id, starts_at, ends_at):
        return  # the same click twice
    before = outside.load_schedules(tx, fieldworker_id and [fieldworker_id])
    old = (to_seconds(row.starts_at), to_seconds(row.ends_at)) if row else None
    new = (to_seconds(starts_at), to_seconds(ends_at))
    after = {who: _with_time_off(one, old, new) for who, one in before.items()}
    outside.check(tx, before, after, accepted)
    if row is None:
        row = TimeOff(fieldworker_id=fieldworker_id, **values)
        tx.add(row)
        text = _text(row, formats)
        _log(tx, actor, person, [Difference("Time off", "", text)])
        tx.flush()
        return
    was = record.values(row)
    record.write(row, values)
    row.version += 1
    tx.flush()
    _log(tx, actor, person, change_log.differences(record, was, values))


def remove_time_off(
    tx: Session, actor: Actor, fieldworker_id: str | None, time_off_id: str
) -> None:
    """Take time off back.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such person, or no such time off of theirs.
    """
    person = _held(tx, actor, fieldworker_id)
    row = _find(tx, fieldworker_id, time_off_id)
    text = _text(row, businesses.formats(tx))
    tx.delete(row)
    tx.flush()
    _log(tx, actor, person, [Difference("Time off", text, "")])


def _held(tx: Session, actor: Actor, fieldworker_id: str | None) -> Thing:
    """Whose time off it is; changes of it come one after the other."""
    if fieldworker_id is None:
        require_office(actor)
        businesses.lock_business(tx)
        return Thing("Time off", "everybody", "Everybody")
    return thing_of(hold(tx, actor, fieldworker_id))


def _log(
    tx: Session, actor: Actor, person: Thing, differences: list[Difference]
) -> None:
    change_log.record(tx, actor, "changed", person, differences)


def _find(tx: Session, fieldworker_id: str | None, time_off_id: str) -> TimeOff:
    row = tx.exec(
        select(TimeOff).where(
            TimeOff.id == time_off_id, TimeOff.fieldworker_id == fieldworker_id
        )
    ).first()
    if row is None:
        raise NotFound(_NOT_FOUND)
    return row


def _with_time_off(
    schedule: outside.Schedule, old: Span | None, new: Span
) -> outside.Schedule:
    spans = list(schedule.time_off)
    if old in spans:
        spans.remove(old)
    return replace(schedule, time_off=(*spans, new))


def _checked(form: TimeOffForm, zone: ZoneInfo) -> tuple[datetime, datetime, str]:
    typed = _TYPED.check(form)
    first, starts, ends = typed["first"], typed["starts"], typed["ends"]
    last = typed["last"] or first
    starts_at = (
        day_bounds(first, zone)[0]
        if starts is None
        else _instants(first, starts, zone)[0]
    )
    # An end that happens twice is the later one: whoever is away stays away.
    ends_at = (
        day_bounds(last, zone)[1] if ends is None else _instants(last, ends, zone)[-1]
    )
    if ends_at <= starts_at:
        raise InvalidInput({"last" if last < first or ends is None else "ends": _ORDER})
    if ends_at - starts_at > timedelta(days=MAX_DAYS):
        raise InvalidInput({"last": "Please enter at most three years."})
    return *whole_minutes(starts_at, ends_at), typed["reason"]


def _instants(day: date, wall: time, zone: ZoneInfo) -> list[datetime]:
    """As ``instants_of_wall_time``; what clocks skip is as if they did not yet."""
    skipped = datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)
    return instants_of_wall_time(day, wall, zone) or [skipped]


def _check_last(text: str) -> date | None:
    return check_day(text) if text.strip() else None


def _check_clock(text: str) -> time | None:
    if not text.strip():
        return None
    try:
        return time.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        raise ValueError("Please enter a time such as 13:30.") from None


_TYPED = Record(
    "This time off",
    Field("first", "First day", check_day),
    Field("last", "Last day", _check_last),
    Field("starts", "From", _check_clock),
    Field("ends", "Until", _check_clock),
    Field("reason", "Reason", check_reason),
)


def _record(formats: Formats) -> Record:
    def instant(value: datetime) -> str:
        return f"{formats.day(value)}, {formats.time(value)}"

    return Record(
        "This time off",
        Field("starts_at", "From", text=instant),
        Field("ends_at", "Until", text=instant),
        Field("reason", "Reason"),
    )


def _text(row: TimeOff, formats: Formats) -> str:
    zone = formats.zone
    last_moment = row.ends_at - timedelta(minutes=1)
    this_year = today_in(zone).year

    def day(instant: datetime) -> str:
        year = instant.astimezone(zone).year
        text = formats.short_day(instant)
        return text if year == this_year else f"{text} {year}"

    first, last = day(row.starts_at), day(last_moment)
    if _is_whole_days(row, zone):
        return first if first == last else f"{first} – {last}"
    if first == last:
        return f"{first}, {formats.time(row.starts_at)} – {formats.time(row.ends_at)}"
    return (
        f"{first}, {formats.time(row.starts_at)} – "
        f"{day(row.ends_at)}, {formats.time(row.ends_at)}"
    )


def _is_whole_days(row: TimeOff, zone: ZoneInfo) -> bool:
    first = row.starts_at.astimezone(zone).date()
    last = (row.ends_at - timedelta(minutes=1)).astimezone(zone).date()
    return (row.starts_at, row.ends_at) == (
        day_bounds(first, zone)[0],
        day_bounds(last, zone)[1],
    )


def _view(row: TimeOff, formats: Formats) -> TimeOffView:
    zone = formats.zone
    whole = _is_whole_days(row, zone)
    starts = row.starts_at.astimezone(zone)
    ends = row.ends_at.astimezone(zone)
    last = (row.ends_at - timedelta(minutes=1)).astimezone(zone) if whole else ends
    return TimeOffView(
        id=row.id,
        text=_text(row, formats),
        reason=row.reason,
        whole_days=whole,
        first=starts.date().isoformat(),
        last=last.date().isoformat(),
        starts="" if whole else f"{starts:%H:%M}",
        ends="" if whole else f"{ends:%H:%M}",
        over=row.ends_at <= utc_now(),
        version=row.version,
    )
