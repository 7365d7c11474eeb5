"""The team as the office looks after it, and what it is asked before it saves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from portal_app.domain.accounts.models import Account
from portal_app.domain.bookings import outside_hours
from portal_app.domain.change_log.models import ChangeEntry
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.scheduling import (
    dates,
    public_holidays,
    roster,
    service,
    service_people,
    team,
    time_off,
)
from portal_app.domain.scheduling.dates import DateForm
from portal_app.domain.scheduling.holiday_calendar import HolidaysForm
from portal_app.domain.scheduling.models import TimeClaim
from portal_app.domain.scheduling.outside import LeavesBookings
from portal_app.domain.scheduling.team import BaseForm, HoursForm, ProfileForm
from portal_app.domain.scheduling.time_off import TimeOffForm
from portal_app.domain.scheduling.views import FieldworkerView, HolidayView, MemberView
from portal_app.domain.sign_in import invitations
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import EditConflict
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import (
    Conflict,
    DomainError,
    InvalidInput,
    NotAllowed,
    NotFound,
)
from tests.support.accounts import PASSWORD, STRANGER, newest_link, sent_messages
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    SampleBusiness,
    create_sample_business,
)
from tests.support.snapshots import database_snapshot

TUESDAY = date(2026, 11, 3)
NINE_TO_FIVE = {f"hours.every.{day}": "09:00-17:00" for day in range(5)}
KEY = "a" * 24
ACCEPTED = invitations.AcceptanceForm(password=PASSWORD)


@pytest.fixture
def shop(db: Database) -> SampleBusiness:
    return db.call(create_sample_business)


def claim(db: Database, shop: SampleBusiness, minutes: int = 0) -> str:
    """Ana has a walk of half an hour, so many minutes after nine on Tuesday."""
    starts_at = TUESDAY_NINE + timedelta(minutes=minutes)
    with frozen(NOW):
        return db.call(service.claim_slot, shop.walk, 30, starts_at).claim_id


def ana(db: Database, shop: SampleBusiness) -> MemberView:
    with frozen(NOW):
        return db.query(team.member, SYSTEM, shop.ana)


def do(db: Database, fn: Callable[..., Any], *args: Any, **more: Any) -> Any:
    with frozen(NOW):
        return db.call(fn, SYSTEM, *args, **more)


def logged(db: Database) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """The changes of fieldworkers: action, name, and label, before and after."""
    with db.read() as tx:
        rows = tx.exec(select(ChangeEntry).order_by(ChangeEntry.id)).all()  # type: ignore[arg-type]
    return [
        (
            row.action,
            row.thing_name,
            [(one["label"], one["before"], one["after"]) for one in row.differences],
        )
        for row in rows
        if row.differences or row.action != "added"
    ]


def free(db: Database, shop: SampleBusiness, day: date = TUESDAY) -> list[str]:
    """The free starts of the walk on a day, as minutes of UTC."""
    with frozen(NOW):
        slots = db.query(service.free_slots, shop.walk, 30, day)
    return [f"{slot.starts_at:%d %H:%M}" for slot in slots]


# --- Asking before bookings are left outside ----------------------------------------

Change = Callable[..., None]


def _hours(db: Database, shop: SampleBusiness, **more: Any) -> None:
    form = HoursForm(days=NINE_TO_FIVE | {"hours.every.1": "12:00-17:00"})
    do(db, team.save_hours, shop.ana, form, 1, **more)


def _other_week(db: Database, shop: SampleBusiness, **more: Any) -> None:
    form = HoursForm(
        days={f"hours.b.{day}": "09:00-17:00" for day in range(5)},
        by_weeks=True,
        this_week="a",
    )
    do(db, team.save_hours, shop.ana, form, 1, **more)


def _date(db: Database, shop: SampleBusiness, **more: Any) -> None:
    form = DateForm(day="2026-11-03", hours="12:00-17:00")
    do(db, dates.save_date, shop.ana, "", form, **more)


def _no_work(db: Database, shop: SampleBusiness, **more: Any) -> None:
    do(db, dates.save_date, shop.ana, "", DateForm(day="2026-11-03"), **more)


def _own_time_off(db: Database, shop: SampleBusiness, **more: Any) -> None:
    form = TimeOffForm(first="2026-11-03", starts="09:15", ends="09:20")
    do(db, time_off.save_time_off, shop.ana, "", form, **more)


def _everybodys_time_off(db: Database, shop: SampleBusiness, **more: Any) -> None:
    do(db, time_off.save_time_off, None, "", TimeOffForm(first="2026-11-03"), **more)


def _skill(db: Database, shop: SampleBusiness, **more: Any) -> None:
    do(db, team.save_skills, shop.ana, [shop.cleaning], 1, **more)


def _people(db: Database, shop: SampleBusiness, **more: Any) -> None:
    people: dict[str, list[str]] = {"added": [], "removed": [shop.ana]}
    do(db, service_people.change_people, shop.walk, **people, **more)


def _archive(db: Database, shop: SampleBusiness, **more: Any) -> None:
    do(db, team.archive_member, shop.ana, **more)


def _holidays(db: Database, shop: SampleBusiness, **more: Any) -> None:
    # Melbourne Cup Day is on the first Tuesday of November.
    form = HolidaysForm(country="AU", subdivision="VIC")
    do(db, public_holidays.save_holidays, form, **more)


@pytest.mark.parametrize(
    "change",
    [
        _hours,
        _other_week,
        _date,
        _no_work,
        _own_time_off,
        _everybodys_time_off,
        _skill,
        _people,
        _archive,
        _holidays,
    ],
)
def test_bookings_outside_the_new_hours_are_asked_about_and_stay(
    db: Database, shop: SampleBusiness, change: Change
) -> None:
    claim_id = claim(db, shop)
    before = database_snapshot(db)

    with pytest.raises(LeavesBookings) as asked:
        change(db, shop)

    assert asked.value.claim_ids == [claim_id]
    assert database_snapshot(db) == before
    with pytest.raises(LeavesBookings):
        change(db, shop, accepted="something else")
    assert database_snapshot(db) == before

    change(db, shop, accepted=asked.value.key)

    with db.read() as tx:
        assert tx.get_one(TimeClaim, claim_id).released_at is None
    assert "02 22:00" not in free(db, shop)


@pytest.mark.parametrize(
    "change", [_hours, _date, _own_time_off, _everybodys_time_off, _skill, _holidays]
)
def test_nothing_is_asked_where_no_booking_is_left_outside(
    db: Database, shop: SampleBusiness, change: Change
) -> None:
    if change is not _skill:
        starts_at = TUESDAY_NINE + timedelta(days=1, hours=4)
        with frozen(NOW):
            db.call(service.claim_slot, shop.walk, 30, starts_at)
    change(db, shop)


def test_what_was_outside_before_is_no_news(db: Database, shop: SampleBusiness) -> None:
    claim(db, shop)
    with pytest.raises(LeavesBookings) as asked:
        _no_work(db, shop)
    _no_work(db, shop, accepted=asked.value.key)

    _hours(db, shop)
    do(
        db,
        time_off.save_time_off,
        shop.ana,
        "",
        TimeOffForm(first="2026-11-03"),
    )


def test_a_date_that_goes_asks_as_well(db: Database, shop: SampleBusiness) -> None:
    saturday = date(2026, 11, 7)
    form = DateForm(day=saturday.isoformat(), hours="09:00-12:00", reason="Fair")
    do(db, dates.save_date, shop.ana, "", form)
    assert free(db, shop, saturday)[0] == "06 22:00"
    with frozen(NOW):
        db.call(
            service.claim_slot, shop.walk, 30, datetime(2026, 11, 6, 22, tzinfo=UTC)
        )
    [view] = ana(db, shop).dates
    assert (view.hours_text, view.reason) == ("9:00\u202fam – 12:00\u202fpm", "Fair")

    with pytest.raises(LeavesBookings) as asked:
        do(db, dates.remove_date, shop.ana, view.id)
    do(db, dates.remove_date, shop.ana, view.id, asked.value.key)

    assert ana(db, shop).dates == []
    assert free(db, shop, saturday) == []


def test_outside_bookings_are_for_the_office(
    db: Database, shop: SampleBusiness
) -> None:
    assert db.query(outside_hours.outside_bookings, SYSTEM, ["no"]) == []
    with pytest.raises(NotAllowed):
        db.query(
            outside_hours.outside_bookings, Actor(audience=Audience.CUSTOMER), ["no"]
        )


# --- What is stored, and offered ----------------------------------------------------


def test_hours_by_weeks_in_turn(db: Database, shop: SampleBusiness) -> None:
    form = HoursForm(
        days={
            **{f"hours.a.{day}": "09:00-10:00" for day in range(5)},
            "hours.b.1": "22:00-02:00",
            "hours.b.0": "09:00-10:00",
        },
        by_weeks=True,
        this_week="b",
    )
    do(db, team.save_hours, shop.ana, form, 1)

    member = ana(db, shop)
    assert member.by_weeks
    assert member.this_week == "b"
    assert member.hours["hours.b.1"] == "22:00-02:00"
    assert member.hours_lines == [
        "Mon: 9:00\u202fam – 10:00\u202fam",
        "Week A, Tue – Fri: 9:00\u202fam – 10:00\u202fam",
        "Week B, Tue: 10:00\u202fpm – 2:00\u202fam",
    ]
    # Sydney is eleven hours ahead: from 10 pm to 1:30 am.
    assert free(db, shop) == ["03 11:00", "03 11:30", "03 12:00", "03 12:30"]
    assert free(db, shop, TUESDAY + timedelta(days=1)) == [
        f"03 {clock}" for clock in ("13:00", "13:30", "14:00", "14:30")
    ]
    assert free(db, shop, TUESDAY + timedelta(days=7)) == ["09 22:00", "09 22:30"]
    # The Monday of NOW is in a week A, counted from 1 January 2024.
    assert logged(db) == [
        (
            "changed",
            "Ana",
            [
                (
                    "Weekly hours",
                    "Mon – Fri: 9:00\u202fam – 5:00\u202fpm",
                    "; ".join(member.hours_lines),
                ),
                ("Week A starts on", "2024-01-01", "2024-01-08"),
            ],
        )
    ]
    # The same in both weeks is the same every week.
    do(
        db,
        team.save_hours,
        shop.ana,
        HoursForm(
            days={f"hours.{week}.0": "09:00-10:00" for week in "ab"}, by_weeks=True
        ),
        2,
    )
    assert not ana(db, shop).by_weeks


def test_holidays_close_unless_they_are_worked(
    db: Database, shop: SampleBusiness
) -> None:
    form = HolidaysForm(country="AU", subdivision="VIC")
    do(db, public_holidays.save_holidays, form)
    assert free(db, shop) == []
    with frozen(NOW):
        held = db.query(public_holidays.holidays_for_office, SYSTEM)
    assert held.region == "Victoria, Australia"
    assert held.days[0] == HolidayView(
        "Melbourne Cup Day", "Tuesday, 3 November 2026", worked=False
    )

    worked = replace(form, worked=frozenset({"Melbourne Cup Day"}))
    do(db, public_holidays.save_holidays, worked, held.version)

    assert free(db, shop)[0] == "02 22:00"
    with pytest.raises(EditConflict):
        do(db, public_holidays.save_holidays, form, held.version)
    assert logged(db)[-1] == (
        "changed",
        "Victoria, Australia",
        [("Worked", "", "Melbourne Cup Day")],
    )


@pytest.mark.parametrize(
    "form",
    [
        HolidaysForm(country="XX"),
        HolidaysForm(country="AU", subdivision="BY"),
        HolidaysForm(subdivision="NSW"),
        HolidaysForm(country="AU", worked=frozenset({"x" * 5000})),
    ],
)
def test_holidays_that_are_none(
    db: Database, shop: SampleBusiness, form: HolidaysForm
) -> None:
    before = database_snapshot(db)
    with pytest.raises(InvalidInput):
        do(db, public_holidays.save_holidays, form)
    assert database_snapshot(db) == before


def test_time_off_by_day_and_by_hour(db: Database, shop: SampleBusiness) -> None:
    days = TimeOffForm(first="2026-11-03", last="2026-11-04", reason="Wedding")
    hours = TimeOffForm(first="2026-11-05", starts="09:00", ends="16:30")
    do(db, time_off.save_time_off, shop.ana, "", days)
    do(db, time_off.save_time_off, shop.ana, "", hours)
    do(db, time_off.save_time_off, shop.ana, "", hours)  # a second click

    first, second = ana(db, shop).time_off
    assert (first.text, first.whole_days) == ("Tue, 3 Nov – Wed, 4 Nov", True)
    assert (first.first, first.last) == ("2026-11-03", "2026-11-04")
    assert second.text == "Thu, 5 Nov, 9:00\u202fam – 4:30\u202fpm"
    assert (second.starts, second.ends) == ("09:00", "16:30")
    assert free(db, shop) == []
    assert free(db, shop, date(2026, 11, 5)) == ["05 05:30"]

    changed = replace(days, last="2026-11-03")
    do(db, time_off.save_time_off, shop.ana, first.id, changed, version=1)
    with pytest.raises(EditConflict):
        do(db, time_off.save_time_off, shop.ana, first.id, days, version=1)
    assert free(db, shop, date(2026, 11, 4))[0] == "03 22:00"
    with pytest.raises(NotFound):
        do(db, time_off.remove_time_off, None, first.id)
    do(db, time_off.remove_time_off, shop.ana, first.id)
    assert free(db, shop)[0] == "02 22:00"


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        (TimeOffForm(), ["first"]),
        (TimeOffForm(first="2026-11-03", last="2026-11-02"), ["last"]),
        (TimeOffForm(first="2026-11-03", starts="9", ends="25:00"), ["starts", "ends"]),
        (TimeOffForm(first="2026-11-03", starts="10:00", ends="10:00"), ["ends"]),
        (TimeOffForm(first="0001-01-01"), ["first"]),
        (TimeOffForm(first="2026-11-03", last="2100-01-01"), ["last"]),
        (TimeOffForm(first="2026-11-03", reason="x" * 121), ["reason"]),
    ],
)
def test_time_off_that_is_none(
    db: Database, shop: SampleBusiness, form: TimeOffForm, fields: list[str]
) -> None:
    before = database_snapshot(db)
    with pytest.raises(InvalidInput) as refused:
        do(db, time_off.save_time_off, None, "", form)
    assert list(refused.value.fields) == fields
    assert database_snapshot(db) == before


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        (DateForm(), ["day"]),
        (DateForm(day="9999-12-31", hours="x", reason="x" * 500), None),
        (DateForm(day="2026-11-03", hours="09:00-09:00"), ["hours"]),
    ],
)
def test_dates_that_are_none(
    db: Database, shop: SampleBusiness, form: DateForm, fields: list[str] | None
) -> None:
    before = database_snapshot(db)
    with pytest.raises(InvalidInput) as refused:
        do(db, dates.save_date, shop.ana, "", form)
    assert list(refused.value.fields) == (fields or ["day", "hours", "reason"])
    assert database_snapshot(db) == before


def test_a_date_has_hours_once(db: Database, shop: SampleBusiness) -> None:
    form = DateForm(day="2026-11-03", hours="09:00-10:00")
    do(db, dates.save_date, shop.ana, "", form)
    do(db, dates.save_date, shop.ana, "", form)  # a second click
    with pytest.raises(InvalidInput) as refused:
        do(db, dates.save_date, shop.ana, "", DateForm(day="2026-11-03"))
    assert refused.value.fields == {"day": "This day has hours of its own already."}
    assert free(db, shop) == ["02 22:00", "02 22:30"]


# --- People -------------------------------------------------------------------------


def test_who_does_a_service_is_said_of_the_service(
    db: Database, shop: SampleBusiness
) -> None:
    def change(added: list[str], removed: list[str]) -> None:
        do(
            db,
            service_people.change_people,
            shop.cleaning,
            added=added,
            removed=removed,
        )

    def names() -> list[str]:
        people = db.query(service_people.people_of_service, SYSTEM, shop.cleaning)
        return [one.name for one in people if one.does]

    before = names()
    change([], [shop.ana, shop.ben])
    assert names() == []
    change([shop.ben, "unknown"], [])
    change([shop.ben], [])
    assert names() == ["Ben"]
    told = [entry for entry in logged(db) if entry[2][0][0] == "Who does it"]
    assert told == [
        ("changed", "Home clean", [("Who does it", ", ".join(before), "")]),
        ("changed", "Home clean", [("Who does it", "", "Ben")]),
    ]
    assert [skill.name for skill in ana(db, shop).skills if skill.able] == ["Dog walk"]


def test_a_new_person_comes_last_and_once(db: Database, shop: SampleBusiness) -> None:
    form = ProfileForm(name=" Cleo\u200b ", bio="Kind.")
    cleo = do(db, team.add_member, form, KEY)
    assert do(db, team.add_member, form, KEY) == cleo
    do(db, team.save_skills, cleo, [shop.walk, "unknown"], 1)

    with frozen(NOW):
        rows = db.query(team.team_for_office, SYSTEM)
    assert [row.name for row in rows] == ["Ana", "Ben", "Cleo"]
    assert (rows[2].hours, rows[2].services) == ([], "1 service")
    assert db.query(service.fieldworkers_for, shop.walk) == [
        FieldworkerView(shop.ana, "Ana", "Ana is kind."),
        FieldworkerView(cleo, "Cleo", "Kind."),
    ]
    do(db, team.reorder_team, [cleo, shop.ana])
    with frozen(NOW):
        rows = db.query(team.team_for_office, SYSTEM)
    assert [row.name for row in rows] == ["Cleo", "Ben", "Ana"]
    do(db, team.reorder_team, [cleo, shop.ana])  # a second click
    assert [row for row in logged(db) if row[1] == "All of them"] == [
        (
            "changed",
            "All of them",
            [("Order", "Ana, Ben, Cleo", "Cleo, Ben, Ana")],
        )
    ]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "Please enter a name."),
        (" \u200b ", "Please enter a name."),
        ("ANA", "Somebody has this name already."),
        ("x" * 81, "Please use at most 80 characters."),
        ("A\x00na", "Please use only letters, numbers and signs."),
    ],
)
def test_names_that_are_none(
    db: Database, shop: SampleBusiness, name: str, problem: str
) -> None:
    before = database_snapshot(db)
    with pytest.raises(InvalidInput) as refused:
        do(db, team.add_member, ProfileForm(name=name), KEY)
    assert refused.value.fields == {"name": problem}
    with pytest.raises(InvalidInput):
        do(db, team.save_profile, shop.ben, ProfileForm(name=name), 1)
    assert database_snapshot(db) == before


@pytest.mark.parametrize("name", ["Zoë 🐝", "عائشة", "李 明", "O'Brien-Smith"])
def test_names_people_have(db: Database, shop: SampleBusiness, name: str) -> None:
    do(db, team.save_profile, shop.ana, ProfileForm(name=name), 1)
    assert ana(db, shop).name == name
    assert logged(db)[0][2][0] == ("Name", "Ana", name)


def test_two_who_edit_one_person_see_what_differs(
    db: Database, shop: SampleBusiness
) -> None:
    do(db, team.save_profile, shop.ana, ProfileForm(name="Anna", bio="One"), 1)
    with pytest.raises(EditConflict) as refused:
        do(db, team.save_profile, shop.ana, ProfileForm(name="Anna", bio="Two"), 1)
    assert [(one.label, one.yours, one.now) for one in refused.value.changes] == [
        ("About", "Two", "One")
    ]
    hours = HoursForm(days={"hours.every.0": "10:00-11:00"})
    with pytest.raises(EditConflict) as refused:
        do(db, team.save_hours, shop.ana, hours, 1)
    assert [one.label for one in refused.value.changes] == ["Weekly hours"]
    do(db, team.save_hours, shop.ana, hours, refused.value.version)


def test_an_archived_person_keeps_the_past_and_comes_back(
    db: Database, shop: SampleBusiness
) -> None:
    do(db, team.archive_member, shop.ana)
    do(db, team.archive_member, shop.ana)
    assert free(db, shop) == []
    assert db.query(service.fieldworkers_for, shop.walk) == []
    assert ana(db, shop).archived
    do(db, team.restore_member, shop.ana)
    assert free(db, shop)[0] == "02 22:00"
    assert [entry[0] for entry in logged(db)] == ["archived", "restored"]


HOME = AddressForm(
    street="1 Bay Street",
    town="Glebe",
    state="NSW",
    postcode="2037",
    country="AU",
    latitude="-33.88",
    longitude="151.18",
)


def test_a_base_with_its_radius(db: Database, shop: SampleBusiness) -> None:
    do(db, team.save_base, shop.ana, BaseForm(address=HOME, radius="15"), 1)
    member = ana(db, shop)
    assert member.base_lines == ["1 Bay Street", "Glebe NSW 2037"]
    assert member.base is not None
    assert (member.base.latitude, member.radius) == ("-33.880000", "15")
    do(db, team.save_base, shop.ana, BaseForm(), 2)
    assert ana(db, shop).base is None
    assert [one[0] for one in logged(db)[0][2]] == ["Address", "Pin", "Radius (km)"]


def test_two_who_move_one_base_see_what_differs(
    db: Database, shop: SampleBusiness
) -> None:
    do(db, team.save_base, shop.ana, BaseForm(address=HOME, radius="15"), 1)
    do(db, team.save_base, shop.ana, BaseForm(address=HOME, radius="15"), 1)
    before = database_snapshot(db)
    moved = replace(HOME, latitude="-33.87")
    with pytest.raises(EditConflict) as refused:
        do(db, team.save_base, shop.ana, BaseForm(address=moved, radius="15"), 1)
    assert [(one.label, one.yours, one.now) for one in refused.value.changes] == [
        ("Pin", "-33.87000, 151.18000", "-33.88000, 151.18000")
    ]
    assert database_snapshot(db) == before


@pytest.mark.parametrize("radius", ["-1", "0", "1e9", "1001", "ten", "1.5", "9" * 400])
def test_a_radius_that_is_none(db: Database, shop: SampleBusiness, radius: str) -> None:
    before = database_snapshot(db)
    with pytest.raises(InvalidInput) as refused:
        do(db, team.save_base, shop.ana, BaseForm(address=HOME, radius=radius), 1)
    assert refused.value.fields == {
        "radius": "Please enter whole kilometres, 1 to 1000."
    }
    with pytest.raises(InvalidInput) as refused:
        do(db, team.save_base, shop.ana, BaseForm(radius="5"), 1)
    assert list(refused.value.fields) == ["street"]
    assert database_snapshot(db) == before


INTENTIONS: list[Callable[[Session, Actor, SampleBusiness], object]] = [
    lambda tx, who, _: team.team_for_office(tx, who),
    lambda tx, who, shop: team.member(tx, who, shop.ana),
    lambda tx, who, _: team.add_member(tx, who, ProfileForm(name="X"), KEY),
    lambda tx, who, shop: team.save_profile(
        tx, who, shop.ana, ProfileForm(name="X"), 1
    ),
    lambda tx, who, shop: team.set_photo(tx, who, shop.ana, ""),
    lambda tx, who, shop: team.save_skills(tx, who, shop.ana, [], 1),
    lambda tx, who, shop: team.save_hours(tx, who, shop.ana, HoursForm(), 1),
    lambda tx, who, shop: team.save_base(tx, who, shop.ana, BaseForm(), 1),
    lambda tx, who, shop: team.archive_member(tx, who, shop.ana),
    lambda tx, who, shop: team.restore_member(tx, who, shop.ana),
    lambda tx, who, shop: team.reorder_team(tx, who, [shop.ben]),
    lambda tx, who, shop: team.invite_member(tx, who, shop.ana, "a@example.com"),
    lambda tx, who, shop: team.withdraw_invitation(tx, who, shop.ana),
    lambda tx, who, shop: dates.save_date(tx, who, shop.ana, "", DateForm()),
    lambda tx, who, shop: dates.remove_date(tx, who, shop.ana, "x"),
    lambda tx, who, _: time_off.save_time_off(tx, who, None, "", TimeOffForm()),
    lambda tx, who, _: time_off.remove_time_off(tx, who, None, "x"),
    lambda tx, who, _: public_holidays.holidays_for_office(tx, who),
    lambda tx, who, _: public_holidays.save_holidays(tx, who, HolidaysForm()),
    lambda tx, who, _: roster.define_fieldworker(
        tx, who, roster.FieldworkerDefinition("X")
    ),
]


@pytest.mark.parametrize("intention", INTENTIONS)
def test_the_team_is_the_offices(
    db: Database,
    shop: SampleBusiness,
    intention: Callable[[Session, Actor, SampleBusiness], object],
) -> None:
    before = database_snapshot(db)
    for audience in (Audience.PUBLIC, Audience.CUSTOMER, Audience.FIELDWORKER):
        with pytest.raises(NotAllowed):
            db.call(intention, Actor(audience=audience), shop)
    assert database_snapshot(db) == before


@pytest.mark.parametrize("intention", [*INTENTIONS[1:2], *INTENTIONS[3:10]])
def test_nobody_is_missing_in_another_way(
    db: Database,
    shop: SampleBusiness,
    intention: Callable[[Session, Actor, SampleBusiness], object],
) -> None:
    with pytest.raises(NotFound):
        db.call(intention, SYSTEM, replace(shop, ana="01MISSING"))


def test_an_invited_person_gets_the_account(db: Database, shop: SampleBusiness) -> None:
    with pytest.raises(InvalidInput):
        do(db, team.invite_member, shop.ana, "not an email")
    do(db, team.invite_member, shop.ana, "ana@example.com")
    assert sent_messages(db) == [("invitation", "ana@example.com")]
    assert ana(db, shop).invited == "ana@example.com"
    token = newest_link(db, "invitation")

    with frozen(NOW):
        invitations.accept(db, STRANGER, token, ACCEPTED)

    member = ana(db, shop)
    assert (member.account, member.invited) == ("ana@example.com", "")
    with db.read() as tx:
        assert [row.role for row in tx.exec(select(Account))] == ["fieldworker"]
    with pytest.raises(Conflict):
        do(db, team.invite_member, shop.ana, "b@example.com")


def test_archiving_ends_the_invitation(db: Database, shop: SampleBusiness) -> None:
    do(db, team.invite_member, shop.ana, "ana@example.com")
    token = newest_link(db, "invitation")
    do(db, team.archive_member, shop.ana)

    with frozen(NOW), pytest.raises(DomainError):
        invitations.accept(db, STRANGER, token, ACCEPTED)
    assert ana(db, shop).account == ""
