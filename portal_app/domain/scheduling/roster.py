"""How the office defines fieldworkers, their working hours and their time off.

Everything may be repeated: the same definition twice changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, select

from portal_app.domain.catalogue.models import Service
from portal_app.domain.scheduling.models import (
    Fieldworker,
    FieldworkerSkill,
    TimeOff,
    WorkingHours,
)
from portal_app.domain.scheduling.rules import DAY_MINUTES, WeeklyHours
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput, NotFound
from portal_app.kernel.ownership import require_office


@dataclass(frozen=True, slots=True)
class FieldworkerDefinition:
    """Somebody who does the jobs, known by name.

    ``skills`` are slugs of services; ``account_id`` lets the person sign in.
    """

    name: str
    bio: str = ""
    skills: tuple[str, ...] = ()
    hours: tuple[WeeklyHours, ...] = ()
    account_id: str | None = None
    position: int = 0
    active: bool = True


def weekly_hours(
    days: Iterable[int], starts: str, ends: str
) -> tuple[WeeklyHours, ...]:
    """The same hours on several weekdays (0 is Monday), such as ``"08:30"``.

    Args:
        days: The weekdays.
        starts: When work starts on the wall clock.
        ends: When it ends; ``"24:00"`` is midnight.
    """

    def minutes(text: str) -> int:
        hour, _, minute = text.partition(":")
        return int(hour) * 60 + int(minute)

    return tuple(WeeklyHours(day, minutes(starts), minutes(ends)) for day in days)


def define_fieldworker(
    tx: Session, actor: Actor, definition: FieldworkerDefinition
) -> str:
    """Employ somebody, or change the one of this name; returns the id.

    Skills and hours become exactly those named.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: If hours overlap or are outside the day, or a service is
            unknown.
    """
    require_office(actor)
    _check_hours(definition.hours)
    skills = set(
        tx.exec(select(Service.id).where(col(Service.slug).in_(definition.skills)))
    )
    if len(skills) != len(set(definition.skills)):
        raise InvalidInput({"skills": "There is no such service."})
    row = tx.exec(
        select(Fieldworker).where(Fieldworker.name == definition.name)
    ).one_or_none()
    if row is None:
        row = Fieldworker(name=definition.name)
        tx.add(row)
    row.bio = definition.bio
    row.account_id = definition.account_id
    row.position = definition.position
    row.active = definition.active
    tx.flush()
    _set_skills(tx, row.id, skills)
    _set_hours(tx, row.id, set(definition.hours))
    return row.id


def add_time_off(
    tx: Session,
    actor: Actor,
    fieldworker_id: str | None,
    starts_at: datetime,
    ends_at: datetime,
    *,
    reason: str = "",
) -> str:
    """Mark a stretch in which somebody, or with ``None`` everybody, is away.

    It is widened to whole minutes. Bookings that exist stay; nothing new is
    booked into it, not even by somebody who already saw the time as free.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such fieldworker.
        InvalidInput: If it does not end after it starts.
    """
    require_office(actor)
    if fieldworker_id is not None and tx.get(Fieldworker, fieldworker_id) is None:
        raise NotFound
    starts_at = starts_at.astimezone(UTC).replace(second=0, microsecond=0)
    whole = ends_at.astimezone(UTC).replace(second=0, microsecond=0)
    ends_at = whole if whole == ends_at else whole + timedelta(minutes=1)
    if ends_at <= starts_at:
        raise InvalidInput({"ends_at": "The end must be after the start."})
    row = tx.exec(
        select(TimeOff).where(
            TimeOff.fieldworker_id == fieldworker_id,
            TimeOff.starts_at == starts_at,
            TimeOff.ends_at == ends_at,
        )
    ).first()
    if row is None:
        row = TimeOff(
            fieldworker_id=fieldworker_id, starts_at=starts_at, ends_at=ends_at
        )
        tx.add(row)
    row.reason = reason
    tx.flush()
    return row.id


def _check_hours(hours: Iterable[WeeklyHours]) -> None:
    last: WeeklyHours | None = None
    for stretch in sorted(hours, key=lambda h: (h.weekday, h.starts)):
        if not 0 <= stretch.weekday <= 6:
            raise InvalidInput({"hours": "There is no such weekday."})
        if not 0 <= stretch.starts < stretch.ends <= DAY_MINUTES:
            raise InvalidInput({"hours": "Hours end after they start, on one day."})
        if last and last.weekday == stretch.weekday and stretch.starts < last.ends:
            raise InvalidInput({"hours": "Hours of one day overlap."})
        last = stretch


def _set_skills(tx: Session, fieldworker_id: str, service_ids: set[str]) -> None:
    existing = {
        row.service_id: row
        for row in tx.exec(
            select(FieldworkerSkill).where(
                FieldworkerSkill.fieldworker_id == fieldworker_id
            )
        )
    }
    for service_id in existing.keys() - service_ids:
        tx.delete(existing[service_id])
    for service_id in sorted(service_ids - existing.keys()):
        tx.add(FieldworkerSkill(fieldworker_id=fieldworker_id, service_id=service_id))
    tx.flush()


def _set_hours(tx: Session, fieldworker_id: str, hours: set[WeeklyHours]) -> None:
    existing = {
        WeeklyHours(row.weekday, row.starts, row.ends): row
        for row in tx.exec(
            select(WorkingHours).where(WorkingHours.fieldworker_id == fieldworker_id)
        )
    }
    for stretch in existing.keys() - hours:
        tx.delete(existing[stretch])
    for stretch in sorted(hours - existing.keys(), key=lambda h: (h.weekday, h.starts)):
        tx.add(
            WorkingHours(
                fieldworker_id=fieldworker_id,
                weekday=stretch.weekday,
                starts=stretch.starts,
                ends=stretch.ends,
            )
        )
    tx.flush()
