"""Fieldworkers as rows of a table, told from each other by their names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlmodel import Session

from portal_app.domain.imports.cells import key_of_name
from portal_app.domain.imports.kinds import (
    Cells,
    Checked,
    Column,
    Existing,
    Kind,
    Planned,
)
from portal_app.domain.imports.names import ByName, name_key
from portal_app.domain.scheduling import bulk, hours, roster
from portal_app.domain.scheduling.bulk import Member
from portal_app.domain.scheduling.rules import EVERY_WEEK, WEEK_A, WEEK_B, WeeklyHours
from portal_app.domain.scheduling.team import MAX_PEOPLE
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.text import one_line

_DAYS = (
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)
_WEEKS = {"": EVERY_WEEK, "A": WEEK_A, "B": WEEK_B}
_SERVICES = re.compile(r"[;\n]")


@dataclass(frozen=True, slots=True)
class _Context:
    members: ByName[Member]
    services: Mapping[str, str]


def _load(tx: Session) -> _Context:
    return _Context(
        members=ByName.of(bulk.all_members(tx), lambda one: one.name),
        services=bulk.service_names(tx),
    )


def _find(
    _tx: Session, context: _Context, keys: Sequence[str]
) -> Mapping[str, Existing]:
    found = context.members.among(keys)
    return {key: _existing(context, one) for key, one in found.items()}


def _refusals(
    _tx: Session, context: _Context, keys: Sequence[str]
) -> Mapping[str, InvalidInput]:
    words = "Somebody of this name is archived. Please restore them first."
    return context.members.refusals(keys, words)


def _existing(context: _Context, member: Member) -> Existing:
    return Existing(member.id, _texts(context, member))


def _texts(context: _Context, member: Member) -> dict[str, str]:
    able = [name for key, name in context.services.items() if key in member.skills]
    return {
        "name": member.name,
        "bio": member.bio,
        "visits_per_day": roster.number_text(member.visits_per_day),
        "services": "; ".join(able),
        **{key: _day_text(member.hours, at) for at, key in enumerate(_DAYS)},
    }


def _day_text(weekly: Sequence[WeeklyHours], day: int) -> str:
    """The hours of a weekday; where weeks differ ``A: 07:00-11:00; B: …``."""
    parts = []
    for name, week in _WEEKS.items():
        text = hours.write_stretches(
            sorted(
                (one.starts, one.ends)
                for one in weekly
                if one.weekday == day and one.week == week
            )
        )
        if text:
            parts.append(f"{name}: {text}" if name else text)
    return "; ".join(parts)


def _day_hours(text: str, day: int) -> list[WeeklyHours]:
    found = []
    for part in filter(None, (one.strip() for one in one_line(text).split(";"))):
        named = re.match(r"([ABab])\s*:\s*(?=\D|\d{1,2}:)", part)
        week = _WEEKS[named[1].upper()] if named else EVERY_WEEK
        stretches = hours.parse_stretches(part[named.end() :] if named else part)
        found += [WeeklyHours(day, *one, week) for one in stretches]
    return found


def _check(context: _Context, cells: Cells) -> Checked:
    now = context.members.get(cells.get("name", ""))
    wrong: dict[str, str] = {}
    texts = {"name": "", "bio": ""}
    for key, check in (("name", roster.check_name), ("bio", roster.check_bio)):
        try:
            texts[key] = check(cells.get(key, ""))
        except ValueError as error:
            wrong[key] = str(error)
    limit = None
    try:
        limit = roster.check_visits_per_day(cells.get("visits_per_day", ""))
    except ValueError as error:
        wrong["visits_per_day"] = str(error)
    weekly: list[WeeklyHours] = []
    for at, key in enumerate(_DAYS):
        try:
            weekly += _day_hours(cells.get(key, ""), at)
        except ValueError as error:
            wrong[key] = str(error)
    if not wrong:
        try:
            weekly = list(hours.check_week(weekly))
        except InvalidInput as error:
            wrong |= {_day_of(field): words for field, words in error.fields.items()}
    skills = _skills(context, cells.get("services", ""), now, wrong)
    if wrong:
        raise InvalidInput(wrong)
    member = Member(
        id=now.id if now else "",
        name=texts["name"],
        bio=texts["bio"],
        visits_per_day=limit,
        skills=skills,
        hours=tuple(weekly),
    )
    record = asdict(member)
    record["hours"] = [[h.weekday, h.starts, h.ends, h.week] for h in member.hours]
    record["skills"] = list(skills)
    return Checked(name=member.name, cells=_texts(context, member), record=record)


def _day_of(field: str) -> str:
    last = field.rpartition(".")[2]
    return _DAYS[int(last)] if last.isdecimal() else _DAYS[0]


def _skills(
    context: _Context, text: str, now: Member | None, wrong: dict[str, str]
) -> tuple[str, ...]:
    """The services of a cell; those that cannot be said stay as they are."""
    known = {key_of_name(name): key for key, name in context.services.items()}
    found, missing = set(), []
    for part in _SERVICES.split(text):
        if not (name := key_of_name(part)):
            continue
        if name in known:
            found.add(known[name])
        else:
            missing.append(one_line(part))
    if missing:
        wrong["services"] = f"There is no service “{missing[0][:60]}”."
    kept = {one for one in now.skills if one not in context.services} if now else set()
    return tuple(sorted(found | kept))


def _apply(tx: Session, actor: Actor, rows: Sequence[Planned]) -> None:
    bulk.store_members(
        tx,
        actor,
        [
            Member(
                id=row.existing or "",
                name=row.record["name"],
                bio=row.record["bio"],
                visits_per_day=row.record["visits_per_day"],
                skills=tuple(row.record["skills"]),
                hours=tuple(WeeklyHours(*one) for one in row.record["hours"]),
            )
            for row in rows
        ],
    )


def _export(_tx: Session, context: _Context) -> Iterator[Existing]:
    for member in context.members.in_use.values():
        yield _existing(context, member)


TEAM = Kind(
    key="team",
    title="Team",
    noun="fieldworker",
    plural="fieldworkers",
    columns=(
        Column("name", "Name", required=True, hint="Tells one person from another"),
        Column("bio", "About", hint="What customers read", also=("Bio",)),
        Column(
            "visits_per_day",
            "Visits a day at most",
            hint="Any number if it is empty",
        ),
        Column("services", "Services", hint="Names, with semicolons", also=("Skills",)),
        *(
            Column(key, key.capitalize(), hint="Such as 07:00-11:30", group="hours")
            for key in _DAYS
        ),
    ),
    identity="name",
    load=_load,
    key_of=name_key,
    find=_find,
    refusals=_refusals,
    check=_check,
    apply=_apply,
    export=_export,
    logs_itself=True,
    most=MAX_PEOPLE,
    note=(
        "Services are parted by semicolons, hours are written as 07:00-11:30, "
        "14:30-19:00, and where weeks differ as A: 07:00-11:30; B: 12:00-16:00. "
        "Nobody is invited by an import."
    ),
)
