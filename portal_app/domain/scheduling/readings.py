"""What a search for free time reads from the database, in few queries."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

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
from sqlalchemy.orm import aliased
from sqlmodel import Session

from portal_app.domain.business import service as business
from portal_app.domain.business.service_area import Place
from portal_app.domain.catalogue.models import Service
from portal_app.domain.scheduling import holiday_calendar, rules, visits
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
    StartWindow,
    Visit,
    WeeklyHours,
    WorkPlan,
)
from portal_app.domain.scheduling.search import Asked, Candidate, FreeTimeSearch
from portal_app.domain.scheduling.travel import Stop
from portal_app.domain.scheduling.visits import NO_NEEDS, Needs, Part
from portal_app.kernel.clock import day_bounds, utc_now
from portal_app.kernel.db import get_cached
from portal_app.kernel.errors import NotFound


def load_free_time_search(
    tx: Session,
    service_id: str,
    minutes: int,
    first_day: date,
    last_day: date,
    *,
    fieldworker_id: str | None,
    needs: Needs = NO_NEEDS,
    replaces: Collection[str] = (),
    holder: str = "",
    as_of: datetime | None = None,
    with_claims: bool = True,
) -> FreeTimeSearch | None:
    """Read what a search needs; ``None`` if nothing could be offered anyway.

    Without claims, they are left to be read by ``read_claims``. Notice and horizon are
    counted from ``as_of``, without one from now.

    Raises:
        NotFound: If one of the services is not offered.
    """
    settings = business.current_business(tx)
    zone = ZoneInfo(settings.timezone)
    parts = parts_of(tx, service_id, minutes, needs)
    asked_at = as_of or utc_now()
    services = [part.service_id for part in parts]
    first_bookable, last_bookable = bookable_range(tx, *services, as_of=asked_at)
    first, last = max(first_day, first_bookable), min(last_day, last_bookable)
    teams = visits.teams(parts, needs.mode)
    spans = [role.visit for team in teams for role in team]
    if (
        first > last
        or min(part.visit.minutes for part in parts) <= 0
        or max(one.all_minutes for one in spans) > rules.MAX_CLAIM_MINUTES
    ):
        return None
    asked = Asked(teams, needs.place, fieldworker_id, holder, frozenset(replaces))
    before = max(one.before for one in spans)
    after = max(one.minutes + one.after for one in spans)
    # A visit may begin on the last day and end after it, its buffer may begin
    # before the first.
    margin = timedelta(days=1 + (max(before, 0) + after) // rules.DAY_MINUTES)
    calendar = rules.calendar_of(zone, first - margin, last + margin)
    closed = holiday_calendar.closed_between(
        holiday_calendar.current_holidays(tx), first - 2 * margin, last + margin
    )
    candidates, plans = _candidates(
        tx,
        services,
        # Others may be needed besides who is asked for.
        fieldworker_id if asked.only_role else None,
        (first - 2 * margin, last + margin),
    )
    starts, day_index = calendar.starts(settings.slot_step_minutes)
    opens, _ = day_bounds(first, zone)
    _, closes = day_bounds(last, zone)
    # What a visit that starts on these days can meet.
    reach = (
        opens - timedelta(minutes=max(before, 0)),
        closes + timedelta(minutes=after),
    )
    if settings.travel_kmh:
        # The visits before and after it, too.
        reach = (reach[0] - timedelta(days=1), reach[1] + timedelta(days=1))
    notice = timedelta(minutes=notice_minutes(tx, services))
    earliest = max(opens, asked_at + notice)
    # The first whole second at which the lead time has passed.
    earliest_second = -int(-earliest.timestamp() // 1)
    search = FreeTimeSearch(
        calendar=calendar,
        starts=starts,
        day_index=day_index,
        asked=asked,
        terms=StartWindow(
            earliest_second, rules.to_seconds(closes) - 1, settings.slot_step_minutes
        ),
        day=(rules.to_seconds(opens), rules.to_seconds(closes)),
        candidates=candidates,
        work=_work_by_fieldworker(calendar, plans, closed),
        time_off=_time_off_by_fieldworker(tx, list(candidates), *reach),
        reach=reach,
        kmh=settings.travel_kmh,
    )
    _read_service_limits(tx, search, services)
    if with_claims:
        read_claims(tx, search, list(candidates))
    return search


def parts_of(
    tx: Session, service_id: str, minutes: int, needs: Needs = NO_NEEDS
) -> list[Part]:
    """The services of a visit, as they are done.

    Raises:
        NotFound: If one of them is not offered.
    """
    found = []
    for one, length in ((service_id, minutes), *needs.more):
        row = get_cached(tx, Service, one)
        if row is None or not row.active or row.archived_at is not None:
            raise NotFound("We do not offer that service.")
        visit = Visit(length, row.buffer_before_minutes, row.buffer_after_minutes)
        found.append(Part(one, visit, row.people_needed))
    return found


def bookable_range(
    tx: Session, *service_ids: str, as_of: datetime | None = None
) -> tuple[date, date]:
    """Today, or the day of ``as_of``, and the last day on which it can be booked.

    On the business's calendar; a service's own horizon goes before the business's, and
    of several services the nearest counts.
    """
    settings = business.current_business(tx)
    days = [
        settings.horizon_days if row.horizon_days is None else row.horizon_days
        for row in _services(tx, service_ids)
    ]
    today = (as_of or utc_now()).astimezone(ZoneInfo(settings.timezone)).date()
    return today, today + timedelta(days=min(days, default=settings.horizon_days))


def notice_minutes(tx: Session, service_ids: Iterable[str]) -> int:
    """How long before its start a visit must be booked; the longest of its services."""
    usual = business.current_business(tx).lead_minutes
    return max(
        usual if row.lead_minutes is None else row.lead_minutes
        for row in _services(tx, service_ids)
    )


def _services(tx: Session, service_ids: Iterable[str]) -> Iterator[Service]:
    for one in service_ids:
        row = get_cached(tx, Service, one)
        if row is not None:
            yield row


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
        _skills.service_id,
        _people.visits_per_day,
        _people.base_latitude,
        _people.base_longitude,
        _people.first_week,
    )
    .join(_skills.fieldworker_id.table, _skills.fieldworker_id == _people.id)
    .where(
        _skills.service_id.in_(bindparam("services", expanding=True)),
        _people.archived_at.is_(None),
    )
    .order_by(_people.position, _people.name, _people.id)
)
_PERSON = _PEOPLE.where(_people.id == bindparam("fieldworker"))
_HOURS = columns(
    _hours.fieldworker_id, _hours.weekday, _hours.starts, _hours.ends, _hours.week
).where(_hours.fieldworker_id.in_(bindparam("people", expanding=True)))
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
_COUNTS = and_(
    _taken.released_at.is_(None),
    or_(
        _taken.expires_at.is_(None),
        and_(
            _taken.expires_at > bindparam("now"),
            _taken.holder != bindparam("holder"),
        ),
    ),
)
_STAYS = _taken.id.not_in(bindparam("replaces", expanding=True))
_ENDS = (
    _taken.fieldworker_id.in_(bindparam("people", expanding=True)),
    _taken.ends_at > bindparam("start"),
    _taken.ends_at < bindparam("longest_end"),
    _taken.starts_at < bindparam("end"),
)
_later: Any = aliased(TimeClaim.__table__).c  # type: ignore[attr-defined]
# Active claims on one person do not overlap, so of those that end later only the first
# can begin before that: nothing of the weeks after it is looked at.
_FIRST_LATER = columns(
    columns(_later.id)
    .where(
        _later.fieldworker_id == _people.id,
        _later.released_at.is_(None),
        _later.ends_at > bindparam("end"),
    )
    .order_by(_later.ends_at)
    .limit(1)
    .scalar_subquery()
).where(_people.id.in_(bindparam("people", expanding=True)))
_SPANS = columns(
    _taken.fieldworker_id,
    _epoch_seconds(_taken.starts_at),
    _epoch_seconds(_taken.ends_at),
)
_CLAIMS = _SPANS.where(
    _taken.fieldworker_id.in_(bindparam("people", expanding=True)),
    _taken.ends_at > bindparam("start"),
    _taken.ends_at <= bindparam("end"),
    _COUNTS,
).union_all(
    _SPANS.where(
        _taken.id.in_(_FIRST_LATER), _taken.starts_at < bindparam("end"), _COUNTS
    )
)
_STOPS = (
    columns(
        _taken.fieldworker_id,
        _epoch_seconds(_taken.starts_at),
        _epoch_seconds(_taken.ends_at),
        _taken.travel_minutes,
        _taken.latitude,
        _taken.longitude,
        _taken.id,
    )
    .where(*_ENDS, _COUNTS, _taken.session_id.is_(None))
    .order_by(_taken.fieldworker_id, _taken.ends_at)
)
_begins = _epoch_seconds(_taken.starts_at) + _taken.travel_minutes * 60
_VISITS_OF_PEOPLE = columns(_taken.fieldworker_id, _begins).where(
    *_ENDS, _COUNTS, _taken.service_id.is_not(None), _taken.session_id.is_(None), _STAYS
)
_VISITS_OF_SERVICES = columns(_taken.service_id, _begins).where(
    _taken.service_id.in_(bindparam("services", expanding=True)),
    _taken.starts_at > bindparam("start"),
    _taken.starts_at < bindparam("end"),
    _taken.leading,
    _COUNTS,
    _STAYS,
)


def _candidates(
    tx: Session,
    service_ids: Sequence[str],
    fieldworker_id: str | None,
    days: tuple[date, date],
) -> tuple[dict[str, Candidate], dict[str, WorkPlan]]:
    """Who does these services, in the business's order, and when they work.

    Only the named one, if any; of the dates with hours of their own, those between
    two days.
    """
    found: dict[str, Candidate] = {}
    first_weeks: dict[str, date] = {}
    asked = {"services": service_ids, "fieldworker": fieldworker_id}
    query = _PEOPLE if fieldworker_id is None else _PERSON
    connection = tx.connection()
    rows = connection.execute(query, asked).all()
    for who, name, skill, most, latitude, longitude, week in rows:
        known = found.get(who)
        skills = {skill} if known is None else {*known.skills, skill}
        base = Place("", latitude, longitude)
        found[who] = Candidate(who, name, frozenset(skills), most, base)
        first_weeks[who] = week
    hours: dict[str, list[tuple[int, int, int, int]]] = {who: [] for who in found}
    for who, *stretch in connection.execute(_HOURS, {"people": list(found)}).all():
        hours[who].append(tuple(stretch))
    exceptions: dict[str, dict[date, tuple[rules.DayStretch, ...]]] = {}
    within = {"people": list(found), "first": days[0], "last": days[1]}
    for who, day, stretches in connection.execute(_EXCEPTIONS, within):
        exceptions.setdefault(who, {})[day] = rules.as_stretches(stretches)
    return found, {
        who: WorkPlan(
            _weekly(tuple(sorted(hours[who]))),
            first_weeks[who],
            exceptions.get(who, {}),
        )
        for who in found
    }


@lru_cache(maxsize=512)
def _weekly(
    stretches: tuple[tuple[int, int, int, int], ...],
) -> tuple[WeeklyHours, ...]:
    """The weekly hours of rows; many people work alike."""
    return tuple(WeeklyHours(*one) for one in stretches)


def _work_by_fieldworker(
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


def _time_off_by_fieldworker(
    tx: Session, candidates: list[str], start: datetime, end: datetime
) -> dict[str, list[Span]]:
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


def read_claims(
    tx: Session, search: FreeTimeSearch, candidates: Collection[str]
) -> None:
    """Let a search know what takes the time of these candidates.

    Thousands of rows: the database counts the seconds, which is twice as fast as
    building aware datetimes first, and answers from the covering index alone.
    """
    for who in candidates:
        search.claims[who] = []
        search.stops[who] = []
    within = _within(search, candidates)
    if search.travels or search.asked.replaces:
        for who, leaves, ends, way, *place, claim_id in tx.connection().execute(
            _STOPS, within
        ):
            if claim_id in search.asked.replaces:
                continue
            search.claims[who].append((leaves, ends))
            search.stops[who].append(
                Stop(leaves, leaves + way * 60, ends, Place("", *place), claim_id)
            )
    else:
        claims = search.claims
        for who, starts_at, ends_at in tx.connection().execute(_CLAIMS, within).all():
            claims[who].append((starts_at, ends_at))
        for spans in claims.values():
            spans.sort()
    _read_limits(tx, search, candidates)


def _read_limits(
    tx: Session, search: FreeTimeSearch, candidates: Collection[str]
) -> None:
    most = {
        who: limit
        for who in candidates
        if (limit := search.candidates[who].visits_per_day) is not None
    }
    if not most:
        return
    rows = tx.connection().execute(_VISITS_OF_PEOPLE, _within(search, list(most)))
    search.full.update(_full_days(search, most, rows))


def _read_service_limits(
    tx: Session, search: FreeTimeSearch, service_ids: Sequence[str]
) -> None:
    most = {
        row.id: row.visits_per_day
        for row in _services(tx, service_ids)
        if row.visits_per_day is not None
    }
    if not most:
        return
    start, end = search.reach
    within = {
        "services": list(most),
        "start": start - timedelta(days=1),
        "end": end,
        "now": utc_now(),
        "holder": search.asked.holder,
        "replaces": list(search.asked.replaces),
    }
    rows = tx.connection().execute(_VISITS_OF_SERVICES, within)
    full = _full_days(search, most, rows).values()
    search.closed.extend(sorted({span for spans in full for span in spans}))


def _full_days(
    search: FreeTimeSearch, most: dict[str, int], rows: Iterable[Any]
) -> dict[str, list[Span]]:
    """The days that are full of visits, by whom or what they are limited for.

    A visit is on the day on which the work of it begins.
    """
    counts = Counter((key, search.calendar.day_at(begins)) for key, begins in rows)
    found: dict[str, list[Span]] = {key: [] for key in most}
    for (key, day), count in sorted(counts.items()):
        if count >= most[key]:
            found[key].append(search.starts_of(day))
    return found


def _within(search: FreeTimeSearch, candidates: Collection[str]) -> dict[str, Any]:
    start, end = search.reach
    return {
        "people": list(candidates),
        "start": start,
        "end": end,
        "longest_end": end + timedelta(minutes=rules.MAX_CLAIM_MINUTES),
        "now": utc_now(),
        "holder": search.asked.holder,
        "replaces": list(search.asked.replaces),
    }
