"""What is known of a fieldworker, checked and stored in one way.

Packs, the demo business and the office's forms come here; ``define_fieldworker``
may be repeated: the same definition twice changes nothing.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue.models import Service
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Thing
from portal_app.domain.customers.addresses import (
    Address,
    AddressForm,
    address_lines,
    address_parts,
    is_empty,
    pin_of,
    validate_address,
)
from portal_app.domain.scheduling import hours as wall_hours
from portal_app.domain.scheduling.models import (
    Fieldworker,
    FieldworkerSkill,
    TimeOff,
    WorkingHours,
)
from portal_app.domain.scheduling.rules import FIRST_WEEK, WeeklyHours
from portal_app.kernel import archival
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import InvalidInput, NotFound
from portal_app.kernel.ownership import require_office
from portal_app.kernel.text import is_readable, one_line, paragraphs
from portal_app.kernel.versioned import Field, Record, Values

MAX_NAME = 80
MAX_BIO = 500
MAX_RADIUS_KM = 1000
MAX_VISITS_PER_DAY = 100
_FIRST_YEAR, _LAST_YEAR = 2000, 2200

NO_PERSON = "We could not find that person."
_DAY = "Please enter a day."
_UNREADABLE = "Please use only letters, numbers and signs."


@dataclass(frozen=True, slots=True)
class FieldworkerDefinition:
    """Somebody who does the jobs, known by name.

    ``skills`` are slugs of services; ``account_id`` lets the person sign in. What
    else there is, see ``models.Fieldworker``.
    """

    name: str
    bio: str = ""
    skills: tuple[str, ...] = ()
    hours: tuple[WeeklyHours, ...] = ()
    account_id: str | None = None
    position: int = 0
    active: bool = True
    first_week: date = FIRST_WEEK
    base: AddressForm = field(default_factory=AddressForm)
    radius_km: str = ""
    visits_per_day: str = ""


def weekly_hours(
    days: Sequence[int], starts: str, ends: str, week: int = 0
) -> tuple[WeeklyHours, ...]:
    """The same hours on several weekdays (0 is Monday), such as ``"08:30"``.

    Args:
        days: The weekdays.
        starts: When work starts on the wall clock.
        ends: When it ends; ``"24:00"`` is midnight.
        week: See ``WeeklyHours``.
    """
    return day_hours(days, f"{starts}-{ends}", week)


def day_hours(days: Sequence[int], text: str, week: int = 0) -> tuple[WeeklyHours, ...]:
    """The hours of several weekdays, such as ``07:00-11:30, 14:30-19:00``.

    Raises:
        InvalidInput: For ``hours``.
    """
    try:
        stretches = wall_hours.parse_stretches(text)
    except ValueError as error:
        raise InvalidInput({"hours": str(error)}) from None
    return tuple(
        WeeklyHours(day, *stretch, week) for day in days for stretch in stretches
    )


def check_name(text: str) -> str:
    """A fieldworker's name as stored.

    Raises:
        ValueError: With a sentence for the field.
    """
    name = one_line(text)
    if not name:
        raise ValueError("Please enter a name.")
    return _fitting(name, MAX_NAME)


def check_bio(text: str) -> str:
    """What customers read about a fieldworker, as stored; see ``check_name``."""
    return _fitting(paragraphs(text), MAX_BIO, lines=True)


def check_reason(text: str) -> str:
    """Why somebody is away, as stored; see ``check_name``."""
    return _fitting(one_line(text), 120)


def check_day(text: str) -> date:
    """A day on which somebody is away or works otherwise; see ``check_name``."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(_DAY) from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(_DAY)
    return day


def check_radius(text: str) -> int | None:
    """Whole kilometres, or ``None`` for anywhere; see ``check_name``."""
    words = f"Please enter whole kilometres, 1 to {MAX_RADIUS_KM}."
    return _optional_number(text, MAX_RADIUS_KM, words)


def check_visits_per_day(text: str) -> int | None:
    """How many visits fit a day, or ``None`` for any number; see ``check_name``."""
    words = f"Please enter a whole number, 1 to {MAX_VISITS_PER_DAY}."
    return _optional_number(text, MAX_VISITS_PER_DAY, words)


def _optional_number(text: str, most: int, words: str) -> int | None:
    digits = one_line(text)
    if not digits:
        return None
    usable = digits.isascii() and digits.isdecimal() and len(digits) <= 4
    if not usable or not 1 <= int(digits) <= most:
        raise ValueError(words)
    return int(digits)


def number_text(number: int | None) -> str:
    """A number as a form shows it; nothing for none."""
    return "" if number is None else str(number)


def _fitting(text: str, longest: int, *, lines: bool = False) -> str:
    if len(text) > longest:
        raise ValueError(f"Please use at most {longest} characters.")
    if not is_readable(text, lines=lines):
        raise ValueError(_UNREADABLE)
    return text


def check_base(form: AddressForm) -> dict[str, Any]:
    """Where somebody starts from: columns of ``Fieldworker``.

    Raises:
        InvalidInput: With a sentence for each field that is wrong.
    """
    if is_empty(form):
        return {"base": {}, "base_latitude": None, "base_longitude": None}
    address = validate_address(form)
    latitude, longitude = pin_of(form)
    return {
        "base": address_parts(address),
        "base_latitude": latitude,
        "base_longitude": longitude,
    }


def base_lines(base: dict[str, Any], home_country: str = "") -> list[str]:
    """The address of a base, line by line; nothing where there is none."""
    return address_lines(Address(**base), home_country) if base else []


def _pin_text(pin: tuple[float | None, float | None]) -> str:
    return "" if pin[0] is None else f"{pin[0]:.5f}, {pin[1]:.5f}"


PROFILE = Record(
    "This person",
    Field("name", "Name", check_name),
    Field("bio", "About", check_bio),
    Field("visits_per_day", "Visits a day at most", check_visits_per_day),
)
BASE = Record(
    "The base",
    Field("base", "Address", text=lambda base: ", ".join(base_lines(base))),
    Field(
        "pin",
        "Pin",
        text=_pin_text,
        read=lambda row: (row.base_latitude, row.base_longitude),
    ),
    Field("radius_km", "Radius (km)"),
)
SKILLS = Record("What this person does", Field("skills", "Services"))


def hours_record(locale: str) -> Record:
    """The weekly hours, which the change log writes as the business does."""
    return Record(
        "The hours",
        Field(
            "hours",
            "Weekly hours",
            text=lambda hours: "; ".join(wall_hours.week_lines(hours, locale)),
        ),
        Field("first_week", "Week A starts on", text=lambda day: day.isoformat()),
    )


def define_fieldworker(
    tx: Session, actor: Actor, definition: FieldworkerDefinition
) -> str:
    """Employ somebody, or change the one of this name; returns the id.

    Skills and hours become exactly those named.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each field that is wrong.
    """
    require_office(actor)
    profile = PROFILE.check(definition)
    hours = wall_hours.check_week(definition.hours)
    base = check_base(definition.base)
    base["radius_km"] = _for_field("radius_km", check_radius, definition.radius_km)
    skills = dict(
        tx.exec(
            select(Service.id, Service.name).where(
                col(Service.slug).in_(definition.skills)
            )
        ).all()
    )
    if len(skills) != len(set(definition.skills)):
        raise InvalidInput({"skills": "There is no such service."})
    row = named(tx, profile["name"])
    new = row is None
    row = row or Fieldworker(name=profile["name"])
    before = None if new else _state_of(tx, row)
    values = {
        **profile,
        **base,
        "account_id": definition.account_id,
        "position": definition.position,
        "first_week": definition.first_week,
    }
    changed = new or any(getattr(row, name) != it for name, it in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    moved = definition.active != archival.is_in_use(row)
    if moved:
        row.archived_at = None if definition.active else utc_now()
        changed = True
    tx.add(row)
    tx.flush()
    changed |= set_skills(tx, row.id, set(skills))
    changed |= set_hours(tx, row.id, hours)
    if changed and not new:
        row.version += 1
        tx.flush()
    if before is None:
        change_log.record(tx, actor, "added", thing_of(row))
        return row.id
    record = _whole_record(locale_of(tx))
    differences = change_log.differences(record, before, _state_of(tx, row))
    change_log.record(tx, actor, "changed", thing_of(row), differences)
    if moved:
        change_log.record(
            tx, actor, "restored" if definition.active else "archived", thing_of(row)
        )
    return row.id


def _whole_record(locale: str) -> Record:
    """All that a definition says of somebody and that people read."""
    parts = (PROFILE, SKILLS, hours_record(locale), BASE)
    return Record("This person", *[one for part in parts for one in part.fields])


def _state_of(tx: Session, row: Fieldworker) -> Values:
    """What ``_whole_record`` compares, as it is now."""
    skills = tx.exec(
        select(Service.name)
        .join(FieldworkerSkill, col(FieldworkerSkill.service_id) == col(Service.id))
        .where(FieldworkerSkill.fieldworker_id == row.id)
        .order_by(col(Service.name))
    ).all()
    hours = stored_hours(tx, row.id)
    return _whole_record(locale_of(tx)).values(row, skills=list(skills), hours=hours)


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
    starts_at, ends_at = whole_minutes(starts_at, ends_at)
    row = stored_time_off(tx, fieldworker_id, starts_at, ends_at)
    if row is None:
        row = TimeOff(
            fieldworker_id=fieldworker_id, starts_at=starts_at, ends_at=ends_at
        )
        tx.add(row)
    row.reason = reason
    tx.flush()
    return row.id


def stored_time_off(
    tx: Session, fieldworker_id: str | None, starts_at: datetime, ends_at: datetime
) -> TimeOff | None:
    """The time off of just this stretch, if there is any."""
    return tx.exec(
        select(TimeOff).where(
            TimeOff.fieldworker_id == fieldworker_id,
            TimeOff.starts_at == starts_at,
            TimeOff.ends_at == ends_at,
        )
    ).first()


def whole_minutes(starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    """A stretch of time, widened to whole minutes.

    Raises:
        InvalidInput: If it does not end after it starts.
    """
    starts_at = starts_at.astimezone(UTC).replace(second=0, microsecond=0)
    whole = ends_at.astimezone(UTC).replace(second=0, microsecond=0)
    ends_at = whole if whole == ends_at else whole + timedelta(minutes=1)
    if ends_at <= starts_at:
        raise InvalidInput({"ends_at": "The end must be after the start."})
    return starts_at, ends_at


def _for_field(name: str, check: Callable[[str], Any], text: str) -> Any:
    try:
        return check(text)
    except ValueError as error:
        raise InvalidInput({name: str(error)}) from None


def hold(tx: Session, actor: Actor, fieldworker_id: str) -> Fieldworker:
    """Somebody whom the office changes, held until the end of the transaction.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such person.
    """
    require_office(actor)
    row = tx.get(
        Fieldworker, fieldworker_id, with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound(NO_PERSON)
    return row


def thing_of(row: Fieldworker) -> Thing:
    """A fieldworker in the change log."""
    return Thing("Fieldworker", row.id, row.name)


def named(tx: Session, name: str) -> Fieldworker | None:
    """The fieldworker of this name, archived or not; case does not count."""
    known = tx.exec(select(Fieldworker.id, Fieldworker.name)).all()
    found = [who for who, called in known if called.casefold() == name.casefold()]
    return tx.get(Fieldworker, found[0]) if found else None


def working_people(tx: Session) -> list[tuple[str, set[str]]]:
    """Who has hours in which to work, and the ids of the services each does."""
    rows = tx.exec(
        select(Fieldworker.id, Fieldworker.name, FieldworkerSkill.service_id)
        .outerjoin(
            FieldworkerSkill,
            col(FieldworkerSkill.fieldworker_id) == col(Fieldworker.id),
        )
        .where(_is_working())
        .order_by(col(Fieldworker.position), col(Fieldworker.name), col(Fieldworker.id))
    ).all()
    found: dict[str, tuple[str, set[str]]] = {}
    for who, name, skill in rows:
        found.setdefault(who, (name, set()))[1].update(filter(None, [skill]))
    return list(found.values())


def services_done() -> SelectOfScalar[str]:
    """Selects the ids of services that somebody does who has hours to work in."""
    return (
        select(FieldworkerSkill.service_id)
        .join(Fieldworker, col(Fieldworker.id) == col(FieldworkerSkill.fieldworker_id))
        .where(_is_working())
    )


def _is_working() -> ColumnElement[bool]:
    return and_(
        col(Fieldworker.archived_at).is_(None),
        col(Fieldworker.id).in_(select(WorkingHours.fieldworker_id)),
    )


def stored_hours(tx: Session, fieldworker_id: str) -> tuple[WeeklyHours, ...]:
    """The weekly hours of somebody, in order."""
    return hours_by_person(tx, [fieldworker_id]).get(fieldworker_id, ())


def hours_by_person(
    tx: Session, fieldworker_ids: Collection[str] | None = None
) -> dict[str, tuple[WeeklyHours, ...]]:
    """The weekly hours of these people, or of everybody; of who has any, in order."""
    query = select(WorkingHours)
    if fieldworker_ids is not None:
        query = query.where(col(WorkingHours.fieldworker_id).in_(fieldworker_ids))
    found: dict[str, list[WeeklyHours]] = {}
    for row in tx.exec(query):
        found.setdefault(row.fieldworker_id, []).append(_hours_of(row))
    return {who: wall_hours.in_order(theirs) for who, theirs in found.items()}


def _hours_of(row: WorkingHours) -> WeeklyHours:
    return WeeklyHours(row.weekday, row.starts, row.ends, row.week)


def set_skills(tx: Session, fieldworker_id: str, service_ids: set[str]) -> bool:
    """Let somebody do exactly these services; whether that is a change."""
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
    return existing.keys() != service_ids


def set_hours(tx: Session, fieldworker_id: str, hours: Sequence[WeeklyHours]) -> bool:
    """Let somebody work exactly these hours; whether that is a change."""
    wanted = set(hours)
    existing = {
        _hours_of(row): row
        for row in tx.exec(
            select(WorkingHours).where(WorkingHours.fieldworker_id == fieldworker_id)
        )
    }
    for stretch in existing.keys() - wanted:
        tx.delete(existing[stretch])
    for stretch in hours:
        if stretch not in existing:
            tx.add(
                WorkingHours(
                    fieldworker_id=fieldworker_id,
                    weekday=stretch.weekday,
                    starts=stretch.starts,
                    ends=stretch.ends,
                    week=stretch.week,
                )
            )
    tx.flush()
    return existing.keys() != wanted


def locale_of(tx: Session) -> str:
    """The locale in which the business writes hours."""
    return businesses.current_business(tx).locale


def fieldworker_name(tx: Session, account_id: str) -> str:
    """The name of the fieldworker whose account this is; empty if there is none."""
    found = tx.exec(
        select(Fieldworker.name).where(col(Fieldworker.account_id) == account_id)
    ).one_or_none()
    return found or ""
