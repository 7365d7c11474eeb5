"""Everything a search for free time needs, read in a few queries."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    SQLColumnExpression,
    cast,
    extract,
    or_,
)
from sqlmodel import Session, col, select

from portal_app.domain.business import service as business
from portal_app.domain.catalogue.models import Service
from portal_app.domain.scheduling import rules
from portal_app.domain.scheduling.models import (
    Fieldworker,
    FieldworkerSkill,
    TimeClaim,
    TimeOff,
    WorkingHours,
)
from portal_app.domain.scheduling.rules import Span, Terms, Visit, WallCalendar
from portal_app.kernel.clock import day_bounds, utc_now
from portal_app.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Slot:
    """A start that is free, and who could come, in the business's order."""

    starts_at: datetime
    fieldworker_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """Everything a search needs, read from the database once."""

    calendar: WallCalendar
    starts: list[int]
    day_index: list[int]
    visit: Visit
    terms: Terms
    day: Span
    candidates: list[str]
    work: dict[str, list[Span]]
    time_off: dict[str, list[Span]]
    claims: dict[str, list[Span]]

    def free(
        self, fieldworker_id: str, *, whatever_is_claimed: bool = False
    ) -> Iterator[tuple[int, int]]:
        """The half-open ranges of ``starts`` at which this person is free."""
        busy = self.time_off[fieldworker_id]
        if not whatever_is_claimed:
            # Claims come sorted; sorting again is cheap, merging by hand is not.
            busy = sorted(busy + self.claims[fieldworker_id])
        return rules.free_ranges(
            self.starts, self.work[fieldworker_id], busy, self.visit, self.terms
        )

    def slots(self) -> list[Slot]:
        """Every free start with who could come, in order of time."""
        who: defaultdict[int, list[str]] = defaultdict(list)
        for candidate in self.candidates:
            for first, after_last in self.free(candidate):
                for index in range(first, after_last):
                    who[index].append(candidate)
        return [
            Slot(rules.to_instant(self.starts[index]), tuple(who[index]))
            for index in sorted(who)
        ]

    def claimable(self, start: int, *, anyone: bool) -> list[str]:
        """Who might come then, in the order to be tried."""

        def offers(candidate: str) -> bool:
            # Of many, those known to be taken are not worth an attempt; of one,
            # the guard alone speaks.
            ranges = self.free(candidate, whatever_is_claimed=not anyone)
            return any(
                start in self.starts[first:after_last] for first, after_last in ranges
            )

        able = [candidate for candidate in self.candidates if offers(candidate)]
        return rules.fair_order(able, self.claims, self.day)


def search_free_time(
    tx: Session,
    service_id: str,
    minutes: int,
    first_day: date,
    last_day: date,
    *,
    fieldworker_id: str | None,
) -> Search | None:
    """Read what a search needs; ``None`` if nothing could be offered anyway."""
    service = tx.get(Service, service_id)
    if service is None or not service.active:
        raise NotFound("We do not offer that service.")
    settings = business.current(tx)
    zone = ZoneInfo(settings.timezone)
    first_bookable, last_bookable = bookable_days(tx)
    first, last = max(first_day, first_bookable), min(last_day, last_bookable)
    visit = Visit(minutes, service.buffer_before_minutes, service.buffer_after_minutes)
    if first > last or minutes <= 0 or visit.all_minutes > rules.MAX_CLAIM_MINUTES:
        return None
    candidates = [row.id for row in candidates_for(tx, service_id, fieldworker_id)]
    # A visit may begin on the last day and end after it, its buffer may begin
    # before the first.
    margin = timedelta(days=1 + visit.all_minutes // rules.DAY_MINUTES)
    calendar = WallCalendar(zone, first - margin, last + margin)
    starts, day_index = calendar.starts(settings.slot_step_minutes)
    range_start, _ = day_bounds(first - margin, zone)
    _, range_end = day_bounds(last + margin, zone)
    opens, _ = day_bounds(first, zone)
    _, closes = day_bounds(last, zone)
    lead = settings.lead_minutes
    if service.lead_minutes is not None:
        lead = service.lead_minutes
    earliest = max(opens, utc_now() + timedelta(minutes=lead))
    # The first whole second at which the lead time has passed.
    earliest_second = -int(-earliest.timestamp() // 1)
    hours = _hours(tx, candidates)
    return Search(
        calendar=calendar,
        starts=starts,
        day_index=day_index,
        visit=visit,
        terms=Terms(
            earliest_second, rules.to_seconds(closes) - 1, settings.slot_step_minutes
        ),
        day=(rules.to_seconds(opens), rules.to_seconds(closes)),
        candidates=candidates,
        work={candidate: calendar.work(hours[candidate]) for candidate in candidates},
        time_off=_time_off(tx, candidates, range_start, range_end),
        claims=_claims(tx, candidates, range_start, range_end),
    )


def bookable_days(tx: Session) -> tuple[date, date]:
    """Today and the last day of the horizon on the business's calendar."""
    settings = business.current(tx)
    today = utc_now().astimezone(ZoneInfo(settings.timezone)).date()
    return today, today + timedelta(days=settings.horizon_days)


def candidates_for(
    tx: Session, service_id: str, fieldworker_id: str | None
) -> list[Fieldworker]:
    """Who does this service, in the business's order; only the named one, if any."""
    query = (
        select(Fieldworker)
        .join(FieldworkerSkill, col(FieldworkerSkill.fieldworker_id) == Fieldworker.id)
        .where(FieldworkerSkill.service_id == service_id, col(Fieldworker.active))
        .order_by(col(Fieldworker.position), col(Fieldworker.name), col(Fieldworker.id))
    )
    if fieldworker_id is not None:
        query = query.where(Fieldworker.id == fieldworker_id)
    return list(tx.exec(query))


def _hours(tx: Session, candidates: list[str]) -> dict[str, list[rules.WeeklyHours]]:
    found: dict[str, list[rules.WeeklyHours]] = {c: [] for c in candidates}
    for row in tx.exec(
        select(WorkingHours).where(col(WorkingHours.fieldworker_id).in_(candidates))
    ):
        found[row.fieldworker_id].append(
            rules.WeeklyHours(row.weekday, row.starts, row.ends)
        )
    return found


def _time_off(
    tx: Session, candidates: list[str], start: datetime, end: datetime
) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {candidate: [] for candidate in candidates}
    rows = tx.exec(
        select(TimeOff.fieldworker_id, TimeOff.starts_at, TimeOff.ends_at)
        .where(TimeOff.ends_at > start, TimeOff.starts_at < end)
        .where(
            or_(
                col(TimeOff.fieldworker_id).is_(None),
                col(TimeOff.fieldworker_id).in_(candidates),
            )
        )
    ).all()
    for who, starts_at, ends_at in rows:
        span = (rules.to_seconds(starts_at), rules.to_seconds(ends_at))
        for candidate in candidates if who is None else [who]:
            found[candidate].append(span)
    for spans in found.values():
        spans.sort()
    return found


def _claims(
    tx: Session, candidates: list[str], start: datetime, end: datetime
) -> dict[str, list[Span]]:
    """Active claims that reach into the range, sorted.

    Thousands of rows: the database counts the seconds, which is twice as fast as
    building aware datetimes first, and answers from the covering index alone.
    """
    found: dict[str, list[Span]] = {candidate: [] for candidate in candidates}
    longest = timedelta(minutes=rules.MAX_CLAIM_MINUTES)
    rows = tx.exec(
        select(
            TimeClaim.fieldworker_id,
            _seconds(col(TimeClaim.starts_at)),
            _seconds(col(TimeClaim.ends_at)),
        )
        .where(col(TimeClaim.fieldworker_id).in_(candidates))
        .where(col(TimeClaim.released_at).is_(None))
        .where(TimeClaim.ends_at > start, TimeClaim.ends_at < end + longest)
        .where(TimeClaim.starts_at < end)
        .order_by(col(TimeClaim.fieldworker_id), col(TimeClaim.ends_at))
    ).all()
    for who, starts_at, ends_at in rows:
        found[who].append((starts_at, ends_at))
    return found


def _seconds(column: SQLColumnExpression[datetime]) -> ColumnElement[int]:
    return cast(extract("epoch", column), BigInteger)
