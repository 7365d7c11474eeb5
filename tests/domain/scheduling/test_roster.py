from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.change_log.models import ChangeEntry
from portal_app.domain.scheduling import roster
from portal_app.domain.scheduling.hours import week_lines
from portal_app.domain.scheduling.models import (
    Fieldworker,
    FieldworkerSkill,
    TimeOff,
    WorkingHours,
)
from portal_app.domain.scheduling.roster import FieldworkerDefinition, weekly_hours
from portal_app.domain.scheduling.rules import WeeklyHours
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed, NotFound
from tests.support.accounts import BUSINESS
from tests.support.sample_business import (
    TUESDAY_NINE,
    create_sample_business,
    new_customer,
)

SAM = FieldworkerDefinition(
    name="Sam",
    bio="Ten years of pools.",
    skills=("home-clean",),
    hours=(
        *weekly_hours([0, 2], "08:00", "12:00"),
        *weekly_hours([0], "13:00", "24:00"),
    ),
    position=7,
)


def _all(tx: Session) -> list[object]:
    rows: list[object] = []
    for worker in tx.exec(select(Fieldworker).order_by(col(Fieldworker.name))):
        hours = tx.exec(
            select(WorkingHours)
            .where(WorkingHours.fieldworker_id == worker.id)
            .order_by(col(WorkingHours.weekday), col(WorkingHours.starts))
        )
        skills = tx.exec(
            select(FieldworkerSkill.service_id)
            .where(FieldworkerSkill.fieldworker_id == worker.id)
            .order_by(col(FieldworkerSkill.service_id))
        )
        rows.append(
            (
                worker.id,
                worker.name,
                worker.bio,
                worker.position,
                worker.archived_at is None,
                [(h.id, h.weekday, h.starts, h.ends) for h in hours],
                list(skills),
            )
        )
    return rows


def test_weekly_hours_in_words() -> None:
    assert weekly_hours([0, 6], "08:30", "24:00") == (
        WeeklyHours(0, 510, 1440),
        WeeklyHours(6, 510, 1440),
    )


def test_defining_a_fieldworker_twice_changes_nothing(db: Database) -> None:
    shop = db.call(create_sample_business)
    sam = db.call(roster.define_fieldworker, SYSTEM, SAM)
    before = db.query(_all)

    assert db.call(roster.define_fieldworker, SYSTEM, SAM) == sam

    assert db.query(_all) == before
    _id, name, bio, position, active, hours, skills = before[2]  # type: ignore[misc]
    assert (name, bio, position, active) == ("Sam", "Ten years of pools.", 7, True)
    assert [stretch[1:] for stretch in hours] == [
        (0, 480, 720),
        (0, 780, 1440),
        (2, 480, 720),
    ]
    assert skills == [shop.cleaning]


def test_hours_and_skills_become_exactly_those_named(db: Database) -> None:
    shop = db.call(create_sample_business)
    sam = db.call(roster.define_fieldworker, SYSTEM, SAM)
    changed = FieldworkerDefinition(
        "Sam",
        skills=("dog-walk",),
        hours=weekly_hours([2], "08:00", "12:00"),
        active=False,
    )

    assert db.call(roster.define_fieldworker, SYSTEM, changed) == sam

    row = db.query(_all)[2]
    assert row[:5] == (sam, "Sam", "", 0, False)  # type: ignore[index]
    assert [stretch[1:] for stretch in row[5]] == [(2, 480, 720)]  # type: ignore[index]
    assert row[6] == [shop.walk]  # type: ignore[index]


def test_what_a_definition_changes_is_written_down(db: Database) -> None:
    db.call(create_sample_business)
    db.call(roster.define_fieldworker, SYSTEM, SAM)
    changed = FieldworkerDefinition(
        "Sam",
        bio=SAM.bio,
        skills=("dog-walk", "home-clean"),
        hours=weekly_hours([2], "08:00", "12:00"),
        radius_km="30",
        active=False,
    )
    with db.read() as tx:
        known = set(tx.exec(select(ChangeEntry.id)))

    for definition in (changed, changed, replace(changed, active=True)):
        db.call(roster.define_fieldworker, SYSTEM, definition)

    with db.read() as tx:
        rows = tx.exec(
            select(ChangeEntry)
            .where(col(ChangeEntry.id).not_in(known))
            .order_by(col(ChangeEntry.id))
        ).all()
    told = [
        (row.action, row.thing_name, [tuple(one.values()) for one in row.differences])
        for row in rows
    ]
    before, after = (
        "; ".join(week_lines(one.hours, BUSINESS.locale)) for one in (SAM, changed)
    )
    assert told == [
        (
            "changed",
            "Sam",
            [
                ("Services", "Home clean", "Dog walk, Home clean"),
                ("Weekly hours", before, after),
                ("Radius (km)", "", "30"),
            ],
        ),
        ("archived", "Sam", []),
        ("restored", "Sam", []),
    ]


@pytest.mark.parametrize(
    ("definition", "fields"),
    [
        (
            FieldworkerDefinition("Ana", skills=("flying",)),
            {"skills": "There is no such service."},
        ),
        (
            FieldworkerDefinition("Ana", hours=(WeeklyHours(7, 0, 60),)),
            {"hours": "There is no such day."},
        ),
        (
            FieldworkerDefinition("Ana", hours=(WeeklyHours(0, 720, 720),)),
            {"hours.every.0": "Hours end within 24 hours."},
        ),
        (
            FieldworkerDefinition("  ", radius_km="5"),
            {"name": "Please enter a name."},
        ),
        (
            FieldworkerDefinition("Ana", radius_km="-5"),
            {"radius_km": "Please enter whole kilometres, 1 to 1000."},
        ),
        (
            FieldworkerDefinition(
                "Ana",
                hours=weekly_hours([0], "08:00", "12:00")
                + weekly_hours([0], "11:59", "13:00"),
            ),
            {"hours.every.0": "These hours overlap with others."},
        ),
    ],
)
def test_invalid_definition_changes_nothing(
    db: Database, definition: FieldworkerDefinition, fields: dict[str, str]
) -> None:
    db.call(create_sample_business)
    before = db.query(_all)

    with pytest.raises(InvalidInput) as refused:
        db.call(roster.define_fieldworker, SYSTEM, definition)

    assert refused.value.fields == fields
    assert db.query(_all) == before


def test_only_the_office_defines_fieldworkers_and_time_off(db: Database) -> None:
    shop = db.call(create_sample_business)
    customer = db.call(new_customer)
    before = db.query(_all)
    hour = timedelta(hours=1)

    with pytest.raises(NotAllowed):
        db.call(roster.define_fieldworker, customer, SAM)
    with pytest.raises(NotAllowed):
        db.call(
            roster.add_time_off,
            customer,
            shop.ana,
            TUESDAY_NINE,
            TUESDAY_NINE + hour,
        )
    with pytest.raises(NotFound):
        db.call(roster.add_time_off, SYSTEM, "no", TUESDAY_NINE, TUESDAY_NINE + hour)
    with pytest.raises(InvalidInput):
        db.call(roster.add_time_off, SYSTEM, None, TUESDAY_NINE, TUESDAY_NINE)

    assert db.query(_all) == before
    with db.read() as tx:
        assert tx.exec(select(TimeOff)).all() == []
