"""What a search of free time reads, each at once for everybody it asks about."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    SQLColumnExpression,
    and_,
    bindparam,
    cast,
    extract,
    or_,
)
from sqlalchemy import select as columns
from sqlmodel import Session

from portal_app.domain.scheduling import rules
from portal_app.domain.scheduling.models import (
    Fieldworker,
    FieldworkerSkill,
    HoursException,
    TimeClaim,
    TimeOff,
    WorkingHours,
)
from portal_app.domain.scheduling.rules import (
    LocalCalendar,
    Span,
    WeeklyHours,
    WorkPlan,
)
from portal_app.kernel.clock import utc_now


def _epoch_seconds(column: SQLColumnExpression[datetime]) -> ColumnElement[int]:
    return cast(extract("epoch", column), BigInteger)


# Each is asked at every step of the wizard: built once, and read past the session's
# machinery, which would take longer than the database.
_people: Any = Fieldworker.__table__.c  # type: ignore[attr-defined]
_skills: Any = FieldworkerSkill.__table__.c  # type: ignore[attr-defined]
_hours: Any = WorkingHours.__table__.c  # type: ignore[attr-defined]
_dates: Any = HoursException.__table__.c  # type: ignore[attr-defined]
_away: Any = TimeOff.__table__.c  # type: ignore[attr-defined]
_taken: Any = TimeClaim.__table__.c  # type: ignore[attr-defined]
_PEOPLE = (
    columns(
        _people.id,
        _people.name,
        _people.first_week,
        _hours.weekday,
        _hours.starts,
        _hours.ends,
        _hours.week,
    )
    .join(_skills.fieldworker_id.table, _skills.fieldworker_id == _people.id)
    .outerjoin(_hours.fieldworker_id.table, _hours.fieldworker_id == _people.id)
    .where(
        _skills.service_id == bindparam("service"),
        _people.archived_at.is_(None),
    )
    .order_by(_people.position, _people.name, _people.id)
)
_PERSON = _PEOPLE.where(_people.id == bindparam("fieldworker"))
_EXCEPTIONS = columns(
    _dates.fieldworker_id,
    _dates.day,
    _dates.stretches,
).where(
    _dates.fieldworker_id.in_(bindparam("people", expanding=True)),
    _dates.day.between(bindparam("first"), bindparam("last")),
)
_TIME_OFF = columns(_away.fieldworker_id, _away.starts_at, _away.ends_at).where(
    _away.ends_at > bindparam("start"),
    _away.starts_at < bindparam("end"),
    or_(
        _away.fieldworker_id.is_(None),
        _away.fieldworker_id.in_(bindparam("people", expanding=True)),
    ),
)
_CLAIMS = (
    columns(
        _taken.fieldworker_id,
        _epoch_seconds(_taken.starts_at),
        _epoch_seconds(_taken.ends_at),
    )
    .where(
        _taken.fieldworker_id.in_(bindparam("people", expanding=True)),
        _taken.released_at.is_(None),
        _taken.ends_at > bindparam("start"),
        _taken.ends_at < bindparam("longest_end"),
        _taken.starts_at < bindparam("end"),
        or_(
            _taken.expires_at.is_(None),
            and_(
                _taken.expires_at > bindparam("now"),
                _taken.holder != bindparam("holder"),
            ),
        ),
    )
    .order_by(_taken.fieldworker_id, _taken.ends_at)
)


def plans_by_fieldworker(
    tx: Session, service_id: str, fieldworker_id: str | None, first: date, last: date
) -> tuple[dict[str, str], dict[str, WorkPlan]]:
    """Names and plans of who does this service, in the business's order.

    Only of the named one, if any; of the dates with hours of their own, those
    between two days.
    """
    names: dict[str, str] = {}
    first_weeks: dict[str, date] = {}
    hours: dict[str, list[tuple[int, int, int, int]]] = {}
    asked = {"service": service_id, "fieldworker": fieldworker_id}
    query = _PEOPLE if fieldworker_id is None else _PERSON
    for who, name, first_week, *stretch in tx.connection().execute(query, asked).all():
        names[who], first_weeks[who] = name, first_week
        theirs = hours.setdefault(who, [])
        if stretch[0] is not None:
            theirs.append(tuple(stretch))
    exceptions: dict[str, dict[date, tuple[rules.DayStretch, ...]]] = {}
    within = {"people": list(names), "first": first, "last": last}
    for who, day, stretches in tx.connection().execute(_EXCEPTIONS, within):
        exceptions.setdefault(who, {})[day] = rules.as_stretches(stretches)
    return names, {
        who: WorkPlan(
            tuple(WeeklyHours(*one) for one in sorted(hours[who])),
            first_weeks[who],
            exceptions.get(who, {}),
        )
        for who in names
    }


def work_by_fieldworker(
    calendar: LocalCalendar, plans: dict[str, WorkPlan], closed: frozenset[date]
) -> dict[str, list[Span]]:
    """When each of them works; worked out once for those who work alike."""
    known: dict[tuple[tuple[WeeklyHours, ...], int], list[Span]] = {}
    found: dict[str, list[Span]] = {}
    for who, plan in plans.items():
        if plan.exceptions:
            found[who] = calendar.work(plan, closed)
            continue
        alike = plan.hours, plan.week_of(calendar.days[0])
        if alike not in known:
            known[alike] = calendar.work(plan, closed)
        found[who] = known[alike]
    return found


def time_off_by_fieldworker(
    tx: Session, candidates: list[str], start: datetime, end: datetime
) -> dict[str, list[Span]]:
    """When each of them is away, sorted."""
    found: dict[str, list[Span]] = {candidate: [] for candidate in candidates}
    rows = tx.connection().execute(
        _TIME_OFF, {"people": candidates, "start": start, "end": end}
    )
    for who, starts_at, ends_at in rows:
        span = (rules.to_seconds(starts_at), rules.to_seconds(ends_at))
        for candidate in candidates if who is None else [who]:
            found[candidate].append(span)
    for spans in found.values():
        spans.sort()
    return found


def claims_by_fieldworker(
    tx: Session,
    candidates: Sequence[str],
    holder: str,
    start: datetime,
    end: datetime,
) -> dict[str, list[Span]]:
    """Active claims that reach into the range, sorted; no hold of the holder's own.

    Thousands of rows: the database counts the seconds, which is twice as fast as
    building aware datetimes first, and answers from the covering index alone.
    """
    found: dict[str, list[Span]] = {candidate: [] for candidate in candidates}
    longest = timedelta(minutes=rules.MAX_CLAIM_MINUTES)
    within = {
        "people": candidates,
        "start": start,
        "end": end,
        "longest_end": end + longest,
        "now": utc_now(),
        "holder": holder,
    }
    rows = tx.connection().execute(_CLAIMS, within).all()
    for who, starts_at, ends_at in rows:
        found[who].append((starts_at, ends_at))
    return found
