"""Time that the office gives by hand, whatever hours and notice say.

What is overridden is named and asked about first. The guard on time is never
overridden: nobody is at two places at once.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from portal_app.domain.business import service as business
from portal_app.domain.catalogue.models import Service
from portal_app.domain.scheduling import holiday_calendar, outside, rules
from portal_app.domain.scheduling.models import Fieldworker
from portal_app.domain.scheduling.rules import LocalCalendar, Span
from portal_app.domain.scheduling.service import bookable_range
from portal_app.kernel.clock import day_bounds, utc_now
from portal_app.kernel.errors import Conflict, InvalidInput
from portal_app.kernel.formats import duration_text


@dataclass(frozen=True, slots=True)
class Wanted:
    """A visit by somebody in particular, as the office wants it.

    Attributes:
        service_id: The service, for its buffers and notice.
        minutes: The length of the visit, without buffers.
        starts_at: When it starts.
        fieldworker_id: Who comes.
    """

    service_id: str
    minutes: int
    starts_at: datetime
    fieldworker_id: str


class Overrides(Conflict):
    """It would override something; nothing was stored.

    Attributes:
        warnings: What, one sentence each.
        key: Says that somebody saw just these; going on with it overrides them.
    """

    def __init__(self, warnings: Sequence[str]) -> None:
        super().__init__(" ".join(warnings))
        self.warnings = list(warnings)
        self.key = hashlib.sha256("\n".join(warnings).encode()).hexdigest()[:32]


def claimed_span(tx: Session, wanted: Wanted) -> tuple[datetime, datetime]:
    """From when to when the visit takes time, buffers included."""
    service = tx.get_one(Service, wanted.service_id)
    before = timedelta(minutes=service.buffer_before_minutes)
    length = timedelta(minutes=wanted.minutes + service.buffer_after_minutes)
    return wanted.starts_at - before, wanted.starts_at + length


def chosen_person(tx: Session, fieldworker_id: str) -> Fieldworker:
    """Somebody of the team who takes bookings.

    Raises:
        InvalidInput: For ``fieldworker``.
    """
    person = tx.exec(
        select(Fieldworker).where(
            Fieldworker.id == fieldworker_id, col(Fieldworker.archived_at).is_(None)
        )
    ).one_or_none()
    if person is None:
        raise InvalidInput({"fieldworker": "Please choose who comes."})
    return person


def require_accepted(tx: Session, wanted: Wanted, accepted: str) -> None:
    """Go on if nothing is overridden, or if somebody saw what is.

    Args:
        tx: The transaction.
        wanted: The visit.
        accepted: ``Overrides.key`` of what the person saw, or empty.

    Raises:
        InvalidInput: If nobody is named who takes bookings.
        Overrides: Otherwise.
    """
    found = Overrides(overridden(tx, wanted))
    if found.warnings and found.key != accepted:
        raise found


def overridden(tx: Session, wanted: Wanted) -> list[str]:
    """What a visit would override, one sentence each.

    Raises:
        InvalidInput: If nobody is named who takes bookings.
    """
    person = chosen_person(tx, wanted.fieldworker_id)
    service = tx.get_one(Service, wanted.service_id)
    return [
        *_of_notice(tx, service, wanted),
        *_of_hours(tx, person.name, service, wanted),
    ]


def _of_notice(tx: Session, service: Service, wanted: Wanted) -> list[str]:
    settings, formats = business.current_business(tx), business.formats(tx)
    notice = settings.lead_minutes
    if service.lead_minutes is not None:
        notice = service.lead_minutes
    now = utc_now()
    if wanted.starts_at < now:
        return ["That time has passed."]
    if wanted.starts_at < now + timedelta(minutes=notice):
        return [f"That is sooner than the notice of {duration_text(notice)}."]
    _, last = bookable_range(tx, service.id)
    if wanted.starts_at >= day_bounds(last, formats.zone)[1]:
        return [f"Bookings are taken until {formats.day(last)} only."]
    return []


def _of_hours(tx: Session, name: str, service: Service, wanted: Wanted) -> list[str]:
    schedule = outside.load_schedules(tx, [wanted.fieldworker_id])[
        wanted.fieldworker_id
    ]
    zone = business.formats(tx).zone
    start, end = claimed_span(tx, wanted)
    day = timedelta(days=1)
    first = start.astimezone(zone).date() - day
    last = end.astimezone(zone).date() + day
    closed = holiday_calendar.closed_between(
        holiday_calendar.current_holidays(tx), first - day, last
    )
    work = LocalCalendar(zone, first, last).work(schedule.plan, closed)
    visit = rules.to_seconds(start), rules.to_seconds(end)
    found = []
    if service.id not in schedule.skills:
        found.append(f"{name} does not do “{service.name}”.")
    if not _is_within(visit, work):
        found.append(f"{name} does not work then.")
    if any(away[0] < visit[1] and visit[0] < away[1] for away in schedule.time_off):
        found.append(f"{name} is away then.")
    return found


def _is_within(visit: Span, stretches: Sequence[Span]) -> bool:
    starts = [start for start, _ in stretches]
    at = bisect_right(starts, visit[0]) - 1
    return at >= 0 and visit[1] <= stretches[at][1]
