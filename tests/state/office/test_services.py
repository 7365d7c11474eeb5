"""The office's services, their editor, the categories and the tax."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue import services
from portal_app.domain.catalogue.definitions import (
    CategoryDefinition,
    ServiceDefinition,
    define_category,
    define_service,
)
from portal_app.domain.change_log.models import ChangeEntry
from portal_app.domain.dependents import types
from portal_app.domain.scheduling import roster
from portal_app.domain.scheduling import service as scheduling
from portal_app.domain.scheduling.roster import FieldworkerDefinition
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.db import Database
from portal_app.state.office.service_editor import OfficeServiceState
from portal_app.state.office.services import (
    OfficeCategoriesState,
    OfficeServicesState,
    OfficeTaxState,
)
from tests.support.accounts import snapshot_without_logs
from tests.support.dependents import define_dependent_types
from tests.support.tabs import Tab, redirect_targets

FORM = {
    "name": "Cat visit",
    "slug": "cat-visit",
    "summary": "We look in.",
    "price_kind": "fixed",
    "price": "20",
    "price_unit": "per visit",
    "duration": "30",
    "deposit_kind": "none",
    "confirmation": "instant",
    "published": "on",
    "people_before": "",
    "options.0.key": "",
    "options.0.name": "Litter",
    "options.0.kind": "single",
    "options.0.required": "",
    "options.0.choices.0.key": "",
    "options.0.choices.0.name": "Change it",
    "options.0.choices.0.price": "5",
    "options.0.choices.0.minutes": "10",
}


def _services(tx: Session) -> dict[str, str]:
    define_category(tx, SYSTEM, CategoryDefinition("pets", "Pets"))
    define_category(tx, SYSTEM, CategoryDefinition("home", "Home", position=1))
    for at, (slug, category) in enumerate(
        (("walk", "pets"), ("clean", "home"), ("groom", "pets"))
    ):
        definition = ServiceDefinition(
            slug, category, slug.title(), 2500, 30, position=at
        )
        define_service(tx, SYSTEM, definition)
    worker = FieldworkerDefinition(name="Ana", skills=("walk",))
    ana = roster.define_fieldworker(tx, SYSTEM, worker)
    ids = {row.slug: row.id for row in catalogue.services_in_use(tx)}
    return ids | {"ana": ana}


def _list() -> Tab:
    tab = Tab("/office/services", SYSTEM)
    tab.fire(OfficeServicesState.load)
    return tab


def _editor(service_id: str) -> Tab:
    tab = Tab(f"/office/services/{service_id}", SYSTEM)
    tab.fire(OfficeServiceState.load)
    return tab


def _shelves(tab: Tab) -> list[tuple[str, list[str]]]:
    shelves = tab.state(OfficeServicesState).shelves
    return [(one.name, [it.name for it in one.services]) for one in shelves]


def test_services_are_added_placed_duplicated_archived_and_restored(
    database: Database,
) -> None:
    ids = database.call(_services)
    tab = _list()
    assert _shelves(tab) == [("Pets", ["Walk", "Groom"]), ("Home", ["Clean"])]
    pets = tab.state(OfficeServicesState).choices[0][0]
    form = {"name": "Feed", "category": pets, "request": "r1"}
    [target] = redirect_targets(tab.fire(OfficeServicesState.save, form))
    assert tab.fire(OfficeServicesState.save, form) == []
    assert target.startswith("/office/services/")
    tab.fire(OfficeServicesState.place, ids["groom"], 0)
    tab.fire(OfficeServicesState.place, ids["walk"], 99)
    tab.fire(OfficeServicesState.place, "none", 0)
    assert _shelves(tab)[0] == ("Pets", ["Groom", "Feed", "Walk"])
    tab.fire(OfficeServicesState.duplicate, ids["walk"])
    tab.fire(OfficeServicesState.archive, ids["walk"])
    state = tab.state(OfficeServicesState)
    assert (state.removed_name, [one.name for one in state.archived]) == (
        "Walk",
        ["Walk"],
    )
    assert _shelves(tab)[0] == ("Pets", ["Groom", "Feed", "Walk (copy)"])
    tab.fire(OfficeServicesState.restore, ids["walk"])
    assert tab.state(OfficeServicesState).archived == []


def test_whoever_works_alone_does_what_is_added(database: Database) -> None:
    ids = database.call(_services)
    tab = _list()
    pets = tab.state(OfficeServicesState).choices[0][0]
    form = {"name": "Feed", "category": pets, "request": "r1"}
    [target] = redirect_targets(tab.fire(OfficeServicesState.save, form))
    feed = target.removeprefix("/office/services/")
    [copy] = redirect_targets(tab.fire(OfficeServicesState.duplicate, ids["clean"]))
    for added in (feed, copy.removeprefix("/office/services/")):
        editor = _editor(added).state(OfficeServiceState)
        assert editor.doing == [ids["ana"]]
        assert [(one.name, one.does) for one in editor.people] == [("Ana", True)]
    # What was on offer before is as it was.
    assert _editor(ids["clean"]).state(OfficeServiceState).doing == []

    # A click that is repeated gives nothing back that was taken meanwhile.
    without = FieldworkerDefinition(name="Ana", skills=("walk",))
    database.call(roster.define_fieldworker, SYSTEM, without)
    tab.fire(OfficeServicesState.save, form)
    assert _editor(feed).state(OfficeServiceState).doing == []

    database.call(roster.define_fieldworker, SYSTEM, FieldworkerDefinition(name="Ben"))
    form = {"name": "Brush", "category": pets, "request": "r2"}
    [target] = redirect_targets(tab.fire(OfficeServicesState.save, form))
    brush = _editor(target.removeprefix("/office/services/"))
    people = brush.state(OfficeServiceState).people
    assert [(one.name, one.does) for one in people] == [("Ana", False), ("Ben", False)]


def test_a_service_is_edited_previewed_and_saved_once(database: Database) -> None:
    ids = database.call(_services)
    tab = _editor(ids["walk"])
    state = tab.state(OfficeServiceState)
    assert (state.found, state.form.price, state.doing) == (True, "25.00", [ids["ana"]])
    typed = FORM | {
        "category": state.form.category,
        "people_before": ids["ana"],
        "version": str(state.form.version),
    }
    before = snapshot_without_logs(database)
    tab.fire(OfficeServiceState.preview, typed | {"price": "odd"})
    state = tab.state(OfficeServiceState)
    assert (state.page.service.name, state.page.service.from_price) == (
        "Cat visit",
        "$0",
    )
    assert snapshot_without_logs(database) == before

    tab.fire(OfficeServiceState.save, typed | {"price": "-1", "request": "r1"})
    state = tab.state(OfficeServiceState)
    assert state.errors == {"price": "A price cannot be negative."}
    assert (state.saved, snapshot_without_logs(database)) == ("", before)

    for _ in range(2):
        tab.fire(OfficeServiceState.save, typed | {"request": "r2"})
    state = tab.state(OfficeServiceState)
    assert (state.saved, state.form.version, state.doing) == ("r2", 2, [])
    view = database.query(catalogue.service_view, "cat-visit")
    assert (view.from_price, view.options[0].choices[0].price) == ("$20", "+$5")
    found = database.query(
        lambda tx: tx.exec(
            select(ChangeEntry)
            .where(ChangeEntry.thing_id == ids["walk"])
            .order_by(col(ChangeEntry.id))
        ).all()
    )
    assert found[-1].differences == [
        {"label": "Who does it", "before": "Ana", "after": ""}
    ]


def test_a_service_is_for_some_of_a_type(database: Database) -> None:
    ids = database.call(_services)
    database.call(define_dependent_types)
    tab = _editor(ids["walk"])
    state = tab.state(OfficeServiceState)
    assert [(one.slug, one.ticked, one.shown_when) for one in state.types] == [
        ("pet", False, ""),
        ("pool", False, ""),
    ]
    # What only the staff sees decides nothing, nor what has no answers to choose from.
    assert [field.key for one in state.types for field in one.fields] == ["species"]
    typed = FORM | {"category": state.form.category, "types.pet": "on"}
    typed |= {"when.pet": "species", "when.pool": "", "answers.pool.x": "on"}
    before = snapshot_without_logs(database)
    tab.fire(OfficeServiceState.save, typed | {"version": "1", "request": "r1"})
    state = tab.state(OfficeServiceState)
    assert state.errors == {"dependent_types": "Please tick the answers it is for."}
    assert snapshot_without_logs(database) == before

    typed |= {"answers.pet.dog": "on"}
    tab.fire(OfficeServiceState.save, typed | {"version": "1", "request": "r2"})
    state = tab.state(OfficeServiceState)
    assert (state.errors, state.saved) == ({}, "r2")
    assert state.form.dependent_types == ["pet: species = dog"]
    assert [
        (one.slug, one.ticked, one.shown_when, one.shown_values) for one in state.types
    ] == [("pet", True, "species", ["dog"]), ("pool", False, "", [])]

    typed |= {"when.pet": "", "types.pool": "on"}
    tab.fire(OfficeServiceState.save, typed | {"version": "2", "request": "r3"})
    assert tab.state(OfficeServiceState).form.dependent_types == ["pet", "pool"]
    found = database.query(
        lambda tx: tx.exec(
            select(ChangeEntry)
            .where(ChangeEntry.thing_id == ids["walk"])
            .order_by(col(ChangeEntry.id))
        ).all()
    )
    assert found[-1].differences == [
        {"label": "Booked for", "before": "pet: species = dog", "after": "pet; pool"}
    ]


def test_an_archived_type_stays_and_is_there_when_it_is_restored(
    database: Database,
) -> None:
    ids = database.call(_services)
    database.call(define_dependent_types)
    tab = _editor(ids["walk"])
    typed = FORM | {"category": tab.state(OfficeServiceState).form.category}
    typed |= {"types.pet": "on", "when.pet": "species", "answers.pet.dog": "on"}
    typed |= {"types.pool": "on", "version": "1", "request": "r1"}
    tab.fire(OfficeServiceState.save, typed)
    database.call(types.archive_type, SYSTEM, "pet")

    tab = _editor(ids["walk"])
    assert [one.slug for one in tab.state(OfficeServiceState).types] == ["pool"]
    typed = FORM | {"category": typed["category"], "version": "2", "price": "21"}
    tab.fire(OfficeServiceState.save, typed | {"request": "r2"})
    state = tab.state(OfficeServiceState)
    assert (state.errors, state.saved) == ({}, "r2")
    assert state.form.dependent_types == ["pet: species = dog"]
    database.call(types.restore_type, SYSTEM, "pet")
    tab = _editor(ids["walk"])
    shown = tab.state(OfficeServiceState).types
    assert [(one.slug, one.ticked, one.shown_values) for one in shown] == [
        ("pet", True, ["dog"]),
        ("pool", False, []),
    ]


def test_two_editors_lose_nothing(database: Database) -> None:
    ids = database.call(_services)
    first, second = _editor(ids["walk"]), _editor(ids["walk"])
    shown = first.state(OfficeServiceState).form
    typed = FORM | {"category": shown.category, "version": "1"}
    first.fire(OfficeServiceState.save, typed | {"request": "r1"})
    second.fire(OfficeServiceState.save, typed | {"price": "22", "request": "r2"})
    state = second.state(OfficeServiceState)
    assert [(one.label, one.yours, one.now) for one in state.changes] == [
        ("Amount", "$22", "$20")
    ]
    assert (state.seen, state.saved, state.form.price) == (2, "", "25.00")
    again = typed | {"price": "22", "version": "2", "request": "r3"}
    second.fire(OfficeServiceState.save, again)
    assert second.state(OfficeServiceState).form.price == "22.00"


def test_an_unknown_service_is_said_to_be_none(database: Database) -> None:
    tab = _editor("none")
    assert tab.state(OfficeServiceState).found is False
    tab.fire(OfficeServiceState.save, FORM | {"request": "r1"})
    assert tab.state(OfficeServiceState).problem == (
        "This is not there any more. It may have been removed."
    )


def test_a_service_is_archived_and_restored_from_its_editor(
    database: Database,
) -> None:
    ids = database.call(_services)
    tab = _editor(ids["walk"])
    tab.fire(OfficeServiceState.archive)
    assert tab.state(OfficeServiceState).form.archived
    tab.fire(OfficeServiceState.restore)
    assert not tab.state(OfficeServiceState).form.archived


def test_categories_and_tax_are_kept(database: Database) -> None:
    database.call(_services)
    tab = Tab("/office/services", SYSTEM)
    tab.fire(OfficeCategoriesState.load)
    tab.fire(OfficeTaxState.load)
    form: dict[str, Any] = {"name": "Pool", "description": "", "request": "r1"}
    tab.fire(OfficeCategoriesState.save, form)
    pool = tab.state(OfficeCategoriesState).items[-1]
    change = {"category_id": pool.id, "name": "Pools", "version": "1", "request": "r2"}
    tab.fire(OfficeCategoriesState.save, change)
    tab.fire(OfficeCategoriesState.move, pool.id, -1)
    names = [one.name for one in tab.state(OfficeCategoriesState).items]
    assert names == ["Pets", "Pools", "Home"]
    version = str(tab.state(OfficeTaxState).tax.version)
    wrong = {"percent": "x", "included": "", "version": version, "request": "r3"}
    tab.fire(OfficeTaxState.save, wrong)
    assert tab.state(OfficeTaxState).errors == {"percent": "Please enter a number."}
    tab.fire(OfficeTaxState.save, wrong | {"percent": "10", "request": "r4"})
    assert tab.state(OfficeTaxState).tax.text == "10%, included in your prices"
    assert len(database.query(services.service_entries, SYSTEM)) == 3


def test_taking_somebody_off_asks_about_their_bookings(database: Database) -> None:
    ids = database.call(_services)
    starts = datetime(2035, 3, 6, 22, tzinfo=UTC)  # a Wednesday, 9 am in Sydney
    ends = starts + timedelta(minutes=30)
    every_day = roster.weekly_hours(range(7), "00:00", "24:00")
    definition = FieldworkerDefinition("Ana", skills=("walk",), hours=every_day)
    database.call(roster.define_fieldworker, SYSTEM, definition)
    claim = {"service_id": ids["walk"]}
    database.call(scheduling.claim_time, ids["ana"], starts, ends, **claim)
    tab = _editor(ids["walk"])
    shown = tab.state(OfficeServiceState).form
    typed = FORM | {"category": shown.category, "people_before": ids["ana"]}
    typed |= {"version": str(shown.version), "request": "r1"}
    before = snapshot_without_logs(database)

    tab.fire(OfficeServiceState.save, typed)
    state = tab.state(OfficeServiceState)
    assert (state.outside_count, state.problem, state.saved) == (1, "", "")
    assert snapshot_without_logs(database) == before

    tab.fire(OfficeServiceState.save, typed | {"accepted": state.asks})
    state = tab.state(OfficeServiceState)
    assert (state.asks, state.saved, state.doing) == ("", "r1", [])
