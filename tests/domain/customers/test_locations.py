from dataclasses import replace
from functools import partial

import pytest

from portal_app.domain.customers import locations, towns
from portal_app.domain.customers.addresses import AddressForm
from portal_app.kernel.audiences import Actor
from portal_app.kernel.changes import Change, EditConflict
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotFound
from tests.support.accounts import snapshot_without_logs

pytestmark = pytest.mark.each_database

BONDI = AddressForm(
    street="12 Bay Street",
    town="Bondi",
    state="NSW",
    postcode="2026",
    country="AU",
    label="Home",
    access_notes="Ring twice",
)
COOGEE = replace(BONDI, street="3 Hill Road", town="Coogee", label="Beach house")


def test_a_place_is_changed_as_a_whole(db: Database, her: Actor) -> None:
    home = db.call(locations.save_location, her, BONDI)
    form = replace(
        BONDI, label="", access_notes="", latitude="-33.8915", longitude="151.2767"
    )
    db.call(locations.update_location, her, home, form, 1)
    (view,) = db.query(locations.list_locations, her)
    assert (view.label, view.access_notes, view.latitude, view.longitude) == (
        "",
        "",
        "-33.891500",
        "151.276700",
    )
    assert (view.is_default, view.version) == (True, 2)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [("", ""), ("91", "0"), ("0", "x"), ("nan", "0")]
)
def test_an_invalid_position_is_dropped(
    db: Database, her: Actor, latitude: str, longitude: str
) -> None:
    form = replace(BONDI, latitude=latitude, longitude=longitude)
    db.call(locations.save_location, her, form)
    (view,) = db.query(locations.list_locations, her)
    assert (view.latitude, view.longitude) == ("", "")


def test_an_update_cannot_duplicate_a_location(db: Database, her: Actor) -> None:
    db.call(locations.save_location, her, BONDI)
    beach = db.call(locations.save_location, her, COOGEE)
    before = snapshot_without_logs(db)
    with pytest.raises(InvalidInput) as refused:
        db.call(locations.update_location, her, beach, BONDI, 1)
    assert refused.value.fields == {"street": "This address is saved already."}
    assert snapshot_without_logs(db) == before


def test_the_second_save_gets_an_edit_conflict(db: Database, her: Actor) -> None:
    home = db.call(locations.save_location, her, BONDI)
    change = partial(db.call, locations.update_location, her, home)
    change(replace(BONDI, label="Our home"), 1)
    before = snapshot_without_logs(db)
    with pytest.raises(EditConflict) as refused:
        change(replace(BONDI, access_notes="Key under the mat"), 1)
    assert refused.value.changes == [
        Change("label", "Name of this place", "Home", "Our home"),
        Change("access_notes", "How to get in", "Key under the mat", "Ring twice"),
    ]
    change(replace(BONDI, label="Our home"), 1)
    assert snapshot_without_logs(db) == before


def test_a_removal_can_be_undone(db: Database, her: Actor) -> None:
    home = db.call(locations.save_location, her, BONDI)
    beach = db.call(locations.save_location, her, COOGEE)
    for _ in range(2):
        db.call(locations.remove_location, her, home)
    (view,) = db.query(locations.list_locations, her)
    assert (view.id, view.is_default) == (beach, True)
    for _ in range(2):
        db.call(locations.restore_location, her, home)
    views = db.query(locations.list_locations, her)
    assert [(one.id, one.is_default) for one in views] == [(beach, True), (home, False)]


def test_restoring_a_location_saved_again_does_not_duplicate_it(
    db: Database, her: Actor
) -> None:
    home = db.call(locations.save_location, her, BONDI)
    db.call(locations.remove_location, her, home)
    again = db.call(locations.save_location, her, BONDI)
    before = snapshot_without_logs(db)
    db.call(locations.restore_location, her, home)
    assert snapshot_without_logs(db) == before
    assert [view.id for view in db.query(locations.list_locations, her)] == [again]


def test_locations_of_others_are_not_found(
    db: Database, her: Actor, him: Actor
) -> None:
    home = db.call(locations.save_location, her, BONDI)
    before = snapshot_without_logs(db)
    answers = set()
    for location_id in (home, "missing"):
        for attempt in (
            partial(locations.update_location, form=BONDI, version=1),
            locations.remove_location,
            locations.restore_location,
        ):
            with pytest.raises(NotFound) as refused:
                db.call(attempt, him, location_id=location_id)
            answers.add(refused.value.message)
    assert len(answers) == 1
    assert snapshot_without_logs(db) == before


def test_towns_are_those_of_the_state() -> None:
    assert "Newcastle" in towns.towns("AU", "NSW")
    assert "Newcastle" not in towns.towns("AU", "VIC")
    assert "Zürich" in towns.towns("CH")
    assert towns.towns("XX") == []
    assert len(towns.towns("US")) <= towns.MAX_SUGGESTIONS


def test_towns_are_found_by_how_they_begin() -> None:
    assert [(t.name, t.state) for t in towns.search("newcas", "AU")][:1] == [
        ("Newcastle", "NSW")
    ]
    assert [t.country for t in towns.search("zuric", "AU")][:1] == ["CH"]
    assert towns.search("x", "AU") == []
    assert towns.search("2204", "AU") == []


@pytest.mark.parametrize(
    ("typed", "country", "first"),
    [
        ("Newtown", "AU", [("Newtown", "NSW", "AU"), ("Newtown", "VIC", "AU")]),
        ("Bondi", "AU", [("Bondi", "NSW", "AU"), ("Bondi Beach", "NSW", "AU")]),
        ("newcas", "GB", [("Newcastle upon Tyne", "", "GB")]),
        ("münchen", "AU", [("München", "", "DE")]),
        ("Munich", "AU", [("Munich", "", "DE")]),
        ("koln", "DE", [("Köln", "", "DE")]),
        ("Köln", "AU", [("Köln", "", "DE")]),
        ("rome", "IT", [("Rome", "", "IT")]),
    ],
)
def test_towns_are_found_in_the_country_and_by_other_names(
    typed: str, country: str, first: list[tuple[str, str, str]]
) -> None:
    found = towns.search(typed, country)
    names = [(town.name, town.state, town.country) for town in found]
    assert names[: len(first)] == first


@pytest.mark.parametrize(
    ("address", "typed", "states"),
    [
        ("27 Sydenham Road, Marrickville NSW 2204", "Newtown", ["NSW", "QLD"]),
        ("5 Malop Street, Geelong VIC 3220", "newtown", ["VIC", "NSW"]),
        ("1 Adelaide Street, Brisbane City QLD 4000", "Richmond", ["NSW", "VIC"]),
        # What only begins like this is still ordered by size.
        ("5 Malop Street, Geelong VIC 3220", "newcas", ["NSW"]),
        ("nowhere", "Newtown", ["NSW", "VIC"]),
    ],
)
def test_of_towns_of_one_name_the_nearest_comes_first(
    address: str, typed: str, states: list[str]
) -> None:
    found = towns.search(typed, "AU", near=towns.position_of(address, "AU"))
    assert [town.state for town in found][: len(states)] == states


def test_an_address_is_in_the_town_it_names_last() -> None:
    sydney = towns.find_town("Marrickville", "NSW", "AU")
    assert sydney is not None
    found = towns.position_of("27 Sydenham Road, Marrickville NSW 2204", "AU")
    assert found == (sydney.latitude, sydney.longitude)
    assert towns.position_of("", "AU") is None
    assert towns.position_of("1 Main Street", "XX") is None


def test_a_town_has_a_position() -> None:
    found = towns.find_town("sydney", "NSW", "AU")
    assert found is not None
    assert (round(found.latitude), round(found.longitude)) == (-34, 151)
    assert towns.find_town("Nowhere at all", "", "AU") is None
