"""Services and fieldworkers from tables."""

from dataclasses import replace

import pytest

from portal_app.domain.catalogue import definitions
from portal_app.domain.catalogue.checks import CategoryDefinition
from portal_app.domain.imports import exports
from portal_app.domain.imports import service as imports
from portal_app.domain.scheduling import team
from portal_app.kernel.audiences import Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed
from tests.support.demo import NOW
from tests.support.imports import ImportDesk, csv_file, office_actor
from tests.support.snapshots import database_snapshot
from tests.support.uploads import MemoryStorage

SERVICES = ("Name", "Category", "Price", "Duration", "Published", "Deposit", "Address")
TEAM = ("Name", "About", "Services", "Monday", "Tuesday")


@pytest.fixture
def shop(desk: ImportDesk) -> ImportDesk:
    """A business with one category."""
    desk.db.call(
        definitions.define_category, desk.actor, CategoryDefinition("home", "Home")
    )
    return desk


def bring_in(
    desk: ImportDesk, kind: str, *rows: tuple[str, ...], **wishes: bool
) -> None:
    view = desk.check(csv_file(*rows), kind)
    assert view.stage == "ready", view.problem
    assert desk.refusals() == {}
    assert desk.carry_out(**wishes)


def services(desk: ImportDesk) -> dict[str, tuple[object, ...]]:
    return {
        row["name"]: (
            row["slug"],
            row["base_price_minor"],
            row["duration_minutes"],
            bool(row["active"]),
            row["deposit_minor"],
            row["deposit_percent"],
        )
        for row in database_snapshot(desk.db)["service"]
    }


@pytest.mark.parametrize("kind", ["services", "team", "customers"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_demo_business_reads_back_as_it_is(
    demo_db: Database, kind: str, ending: str
) -> None:
    desk = ImportDesk(
        demo_db, office_actor(demo_db, "olga@example.com"), MemoryStorage()
    )
    with exports.export_file(demo_db, desk.actor, kind, ending, template=False) as file:
        content = file.read()
    before = database_snapshot(demo_db)
    view = desk.check(content, kind)
    assert desk.refusals() == {}
    assert desk.differences() == {}
    assert (view.stage, view.unchanged) == ("ready", view.total)
    assert view.total > 1
    assert desk.carry_out(update=True)
    after = database_snapshot(demo_db)
    for table in ("import_run", "stored_file", "attempt_window", "change_entry"):
        del before[table], after[table]
    assert after == before


def test_services_are_added_as_forms_would(shop: ImportDesk) -> None:
    bring_in(
        shop,
        "services",
        SERVICES,
        ("Deep clean", "home", "1,250.50", "150", "", "20%", ""),
        ("Deep-Clean", "HOME", "85", "60", "yes", "25", ""),
    )
    assert services(shop) == {
        "Deep clean": ("deep-clean", 125050, 150, False, 0, 20),
        "Deep-Clean": ("deep-clean-2", 8500, 60, True, 2500, 0),
    }
    log = database_snapshot(shop.db)["change_entry"]
    assert [(row["action"], row["thing_kind"]) for row in log][-3:] == [
        ("added", "Service"),
        ("added", "Service"),
        ("added", "Import"),
    ]


def test_a_service_of_the_same_name_is_changed_when_asked(shop: ImportDesk) -> None:
    bring_in(shop, "services", SERVICES, ("Deep clean", "Home", "85", "60", "yes"))
    change = (("Name", "Price", "Notice"), ("deep  CLEAN", "95", "1.5"))
    shop.check(csv_file(*change), "services")
    assert shop.differences() == {
        2: [
            ("Name", "Deep clean", "deep CLEAN"),
            ("Price", "85.00", "95.00"),
            ("Notice (hours)", "", "1.5"),
        ]
    }
    assert shop.carry_out()
    assert services(shop)["Deep clean"][1] == 8500
    bring_in(shop, "services", *change, update=True)
    assert services(shop) == {"deep CLEAN": ("deep-clean", 9500, 60, True, 0, 0)}
    assert database_snapshot(shop.db)["service"][0]["lead_minutes"] == 90


def test_refused_services_say_why(shop: ImportDesk) -> None:
    before = services(shop)
    shop.check(
        csv_file(
            (*SERVICES, "Price kind", "Tax (%)"),
            ("", "Home", "1", "1"),
            ("A", "Moon", "-5", "0"),
            ("B", "Home", "1e9", "99999999999"),
            ("C", "Home", "", "", "perhaps", "lots", "Not A Slug!", "Free", "101"),
            ("D" * 101, "", "\u0661\u0662", "60"),
        ),
        "services",
    )
    refusals = shop.refusals()
    assert refusals[2] == {"Name": "Please enter a name."}
    assert refusals[3]["Price"] == "A price cannot be negative."
    assert refusals[3]["Category"].startswith("There is no category “Moon”")
    assert refusals[3]["Duration (minutes)"].startswith("Please enter 1 to")
    assert set(refusals[4]) == {"Price", "Duration (minutes)"}
    assert refusals[5] == {
        "Price": "Please enter an amount.",
        "Duration (minutes)": "Please enter a whole number.",
        "Published": "Please write Yes or No.",
        "Deposit": "Please enter a number.",
        "Address": "Please use small letters, digits and hyphens, such as deep-clean.",
        "Price kind": "Please write one of these: Fixed, From, Per hour, On request.",
        "Tax (%)": "Please enter 0 to 100 percent.",
    }
    assert refusals[6] == {
        "Name": "Please use at most 100 characters.",
        "Category": "Please enter a category.",
    }
    assert services(shop) == before


def test_two_rows_with_one_address_store_nothing(shop: ImportDesk) -> None:
    row = ("Home", "1", "60", "", "", "same")
    shop.check(csv_file(SERVICES, ("A", *row), ("B", *row)), "services")
    with pytest.raises(InvalidInput):
        shop.carry_out()
    assert services(shop) == {}
    assert "Another service has the address of “B”" in shop.now().problem


def test_more_services_than_fit_are_refused(shop: ImportDesk) -> None:
    rows = [(f"S{at}", "Home", "1", "60") for at in range(301)]
    view = shop.check(csv_file(SERVICES, *rows), "services")
    assert (view.stage, view.problem) == (
        "failed",
        "There can be at most 300 rows in this file.",
    )


def test_the_team_is_added_and_changed(shop: ImportDesk) -> None:
    bring_in(
        shop,
        "services",
        SERVICES,
        ("Deep clean", "Home", "85", "60", "yes"),
        ("Windows, big", "Home", "85", "60", "yes"),
    )
    bring_in(
        shop,
        "team",
        TEAM,
        ("Sam", "Cleans\nwell", "deep clean; Windows, big", "9:00-12:00,13:00-17:00"),
        ("Zoë", "", "", "A: 22:00-02:00; B: 08:00-12:00", "10:00-12:00"),
    )
    found = database_snapshot(shop.db)
    assert [row["name"] for row in found["fieldworker"]] == ["Sam", "Zoë"]
    hours = {
        (r["weekday"], r["starts"], r["ends"], r["week"])
        for r in found["working_hours"]
    }
    assert hours == {
        *((0, 540, 720, 0), (0, 780, 1020, 0)),
        *((0, 1320, 1560, 1), (0, 480, 720, 2), (1, 600, 720, 0)),
    }
    assert len(found["fieldworker_skill"]) == 2
    shop.check(csv_file(TEAM, ("SAM", "", "Deep clean", "", "08:00-09:00")), "team")
    assert shop.differences() == {
        2: [
            ("Name", "Sam", "SAM"),
            ("Services", "Deep clean; Windows, big", "Deep clean"),
            ("Monday", "09:00-12:00, 13:00-17:00", ""),
            ("Tuesday", "", "08:00-09:00"),
        ]
    }
    assert shop.carry_out(update=True)
    after = database_snapshot(shop.db)
    assert len(after["fieldworker_skill"]) == 1
    assert (1, 480, 540) in {
        (row["weekday"], row["starts"], row["ends"]) for row in after["working_hours"]
    }


def test_hours_that_leave_bookings_outside_are_not_stored(demo_db: Database) -> None:
    actor = office_actor(demo_db, "olga@example.com")
    desk = ImportDesk(demo_db, actor, MemoryStorage())
    with frozen(NOW):
        names = [row["name"] for row in database_snapshot(demo_db)["fieldworker"]]
        rows = [(name, "03:00-03:01", *[""] * 6) for name in names]
        head = ("Name", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
        desk.check(csv_file((*head, "Saturday", "Sunday"), *rows), "team")
        before = database_snapshot(demo_db)
        with pytest.raises(InvalidInput):
            desk.carry_out(update=True)
        after = database_snapshot(demo_db)
    assert "bookings that would be outside" in desk.now().problem
    for found in (before, after):
        del found["import_run"]
    assert after == before


def test_refused_fieldworkers_say_why(shop: ImportDesk) -> None:
    shop.check(
        csv_file(
            TEAM,
            ("Sam", "", "Flying", "25:00-26:00"),
            ("Zoë", "x" * 501, "", "09:00-12:00, 11:00-13:00"),
            ("", "", "", ""),
            ("Noah", "", "", "20:00-10:00", "09:00-12:00"),
        ),
        "team",
    )
    refusals = shop.refusals()
    assert refusals[2] == {
        "Services": "There is no service “Flying”.",
        "Monday": "Please write hours such as 07:00-11:30, 14:30-19:00.",
    }
    assert set(refusals[3]) == {"About", "Monday"}
    assert set(refusals[5]) == {"Tuesday"}
    assert database_snapshot(shop.db)["fieldworker"] == []


def test_archived_things_are_not_brought_back_by_a_table(shop: ImportDesk) -> None:
    bring_in(shop, "team", TEAM, ("Sam", "", "", "09:00-12:00"))
    sam = database_snapshot(shop.db)["fieldworker"][0]["id"]
    shop.db.call(team.archive_member, shop.actor, sam)
    shop.check(csv_file(TEAM, ("sam", "", "", "09:00-12:00")), "team")
    assert shop.refusals() == {
        2: {"Name": "Somebody of this name is archived. Please restore them first."}
    }


@pytest.mark.parametrize("kind", ["services", "team"])
def test_only_the_office_may(shop: ImportDesk, kind: str) -> None:
    shop.check(csv_file(TEAM, ("Sam", "", "", "09:00-12:00")), "team")
    before = database_snapshot(shop.db)
    for audience in (Audience.CUSTOMER, Audience.FIELDWORKER, Audience.READER):
        who = replace(shop.actor, audience=audience)
        with pytest.raises(NotAllowed):
            exports.export_file(shop.db, who, kind, "csv", template=False)
        with pytest.raises(NotAllowed):
            imports.carry_out(
                shop.db, who, shop.now().id, update_existing=True, mail=False
            )
    assert database_snapshot(shop.db) == before
