from dataclasses import replace
from functools import partial

import pytest

from portal_app.domain.customers import places, towns
from portal_app.domain.customers.addresses import AddressForm
from portal_app.kernel.audiences import Actor
from portal_app.kernel.changes import Change, ChangedMeanwhile
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotFound
from tests.support.accounts import stored

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
    home = db.call(places.save_location, her, BONDI)
    form = replace(
        BONDI, label="", access_notes="", latitude="-33.8915", longitude="151.2767"
    )
    db.call(places.change_location, her, home, form, 1)
    (view,) = db.query(places.locations, her)
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
def test_a_pin_that_makes_no_sense_is_none(
    db: Database, her: Actor, latitude: str, longitude: str
) -> None:
    form = replace(BONDI, latitude=latitude, longitude=longitude)
    db.call(places.save_location, her, form)
    (view,) = db.query(places.locations, her)
    assert (view.latitude, view.longitude) == ("", "")


def test_one_place_never_becomes_two_of_the_same(db: Database, her: Actor) -> None:
    db.call(places.save_location, her, BONDI)
    beach = db.call(places.save_location, her, COOGEE)
    before = stored(db)
    with pytest.raises(InvalidInput) as refused:
        db.call(places.change_location, her, beach, BONDI, 1)
    assert refused.value.fields == {"street": "This address is saved already."}
    assert stored(db) == before


def test_who_saves_second_is_shown_what_differs(db: Database, her: Actor) -> None:
    home = db.call(places.save_location, her, BONDI)
    change = partial(db.call, places.change_location, her, home)
    change(replace(BONDI, label="Our home"), 1)
    before = stored(db)
    with pytest.raises(ChangedMeanwhile) as refused:
        change(replace(BONDI, access_notes="Key under the mat"), 1)
    assert refused.value.changes == [
        Change("label", "Name of this place", "Home", "Our home"),
        Change("access_notes", "How to get in", "Key under the mat", "Ring twice"),
    ]
    change(replace(BONDI, label="Our home"), 1)
    assert stored(db) == before


def test_a_removal_can_be_undone(db: Database, her: Actor) -> None:
    home = db.call(places.save_location, her, BONDI)
    beach = db.call(places.save_location, her, COOGEE)
    for _ in range(2):
        db.call(places.remove_location, her, home)
    (view,) = db.query(places.locations, her)
    assert (view.id, view.is_default) == (beach, True)
    for _ in range(2):
        db.call(places.restore_location, her, home)
    views = db.query(places.locations, her)
    assert [(one.id, one.is_default) for one in views] == [(beach, True), (home, False)]


def test_what_was_saved_again_is_not_restored_twice(db: Database, her: Actor) -> None:
    home = db.call(places.save_location, her, BONDI)
    db.call(places.remove_location, her, home)
    again = db.call(places.save_location, her, BONDI)
    before = stored(db)
    db.call(places.restore_location, her, home)
    assert stored(db) == before
    assert [view.id for view in db.query(places.locations, her)] == [again]


def test_places_of_others_are_as_if_they_were_not(
    db: Database, her: Actor, him: Actor
) -> None:
    home = db.call(places.save_location, her, BONDI)
    before = stored(db)
    answers = set()
    for location_id in (home, "missing"):
        for attempt in (
            partial(places.change_location, form=BONDI, version=1),
            places.remove_location,
            places.restore_location,
        ):
            with pytest.raises(NotFound) as refused:
                db.call(attempt, him, location_id=location_id)
            answers.add(refused.value.message)
    assert len(answers) == 1
    assert stored(db) == before


def test_towns_are_those_of_the_state() -> None:
    assert "Newcastle" in towns.towns("AU", "NSW")
    assert "Newcastle" not in towns.towns("AU", "VIC")
    assert "Zürich" in towns.towns("CH")
    assert towns.towns("XX") == []
    assert len(towns.towns("US")) <= towns.MOST_SUGGESTIONS


def test_towns_are_found_by_how_they_begin() -> None:
    assert [(t.name, t.state) for t in towns.find("newcas", "AU")][:1] == [
        ("Newcastle", "NSW")
    ]
    assert [t.country for t in towns.find("zuric", "AU")][:1] == ["CH"]
    assert towns.find("x", "AU") == []
    found = towns.locate("sydney", "NSW", "AU")
    assert found is not None
    assert (round(found.latitude), round(found.longitude)) == (-34, 151)
    assert towns.locate("Nowhere at all", "", "AU") is None
