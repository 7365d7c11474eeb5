"""*Dependents*: found, added once, changed safely, and nobody else's."""

import pytest

from portal_app.domain.dependents import service as dependents
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotFound
from portal_app.state.core.form_parsing import answers
from portal_app.state.dependents.dependent import (
    DependentAddState,
    DependentState,
    _in_days,
)
from portal_app.state.dependents.dependent_list import DependentsState
from tests.support.dependents import add_pet, cat_form, define_dependent_types
from tests.support.people import actor_of, new_customer, session_cookie
from tests.support.tabs import Tab, redirect_targets
from tests.support.uploads import snapshot_without_attempts, upload_file

REX = {"name": "Rex", "field.species": "dog", "field.breed": "Kelpie"}


@pytest.fixture
def ada(database: Database) -> Actor:
    database.call(define_dependent_types)
    return _customer(database)


def _customer(database: Database) -> Actor:
    return actor_of(database, session_cookie(database, new_customer(database)))


def _open(who: Actor, dependent_id: str) -> Tab:
    tab = Tab(f"/dependents/{dependent_id}", who)
    tab.fire(DependentState.load)
    return tab


def test_answers_are_parsed_by_field_name() -> None:
    form = {
        "name": "Rex",
        "field.species": "dog",
        "choices.food": "meat fish",
        "choices.none": "",
    }
    assert answers(form) == {
        "species": "dog",
        "food": ["meat", "fish"],
        "none": [],
    }
    assert answers({}) == {}
    assert len(answers({f"field.f{at}": "x" for at in range(500)})) == 100


def test_address_selects_what_is_listed(database: Database, ada: Actor) -> None:
    add_pet(database, ada, cat_form("Tom"), key="1")
    add_pet(database, ada, cat_form("Rex", species="dog"), key="2")
    away = add_pet(database, ada, cat_form("Old"), key="3")
    database.call(dependents.archive_dependent, ada, away)

    def names(**query: str) -> list[str]:
        tab = Tab("/dependents", ada, **query)
        tab.fire(DependentsState.load)
        return [row.name for row in tab.state(DependentsState).rows]

    assert names() == ["Rex", "Tom"]
    assert names(q="dog") == ["Rex"]
    assert names(type="pool") == []
    assert names(show="archived") == ["Old"]
    assert names(page="7") == ["Rex", "Tom"]
    assert names(page="nonsense") == ["Rex", "Tom"]


def test_a_search_keeps_the_rest_of_the_address(ada: Actor) -> None:
    tab = Tab("/dependents", ada, type="pet", page="2")
    tab.fire(DependentsState.load)
    assert redirect_targets(tab.fire(DependentsState.find, " Rex & Co ")) == [
        "/dependents?q=Rex+%26+Co&type=pet"
    ]
    assert redirect_targets(tab.fire(DependentsState.pick, "")) == ["/dependents"]


def test_archiving_in_the_list_can_be_undone(database: Database, ada: Actor) -> None:
    rex = add_pet(database, ada)
    tab = Tab("/dependents", ada)
    tab.fire(DependentsState.load)
    tab.fire(DependentsState.archive, rex)
    state = tab.state(DependentsState)
    assert (state.rows, state.archived_id, state.archived_name) == ([], rex, "Rex")
    tab.fire(DependentsState.restore, rex)
    assert ([row.name for row in state.rows], state.archived_id) == (["Rex"], "")


def test_adding_shows_the_fields_of_the_type(ada: Actor) -> None:
    tab = Tab("/dependents/add", ada, type="pet")
    tab.fire(DependentAddState.load)
    state = tab.state(DependentAddState)
    assert state.kind.singular == "Pet"
    assert [field.key for field in state.fields] == ["species", "breed", "weight"]
    choosing = Tab("/dependents/add", ada)
    choosing.fire(DependentAddState.load)
    state = choosing.state(DependentAddState)
    assert (state.kind.slug, [kind.slug for kind in state.kinds]) == (
        "",
        ["pet", "pool"],
    )


def test_adding_twice_adds_once(database: Database, ada: Actor) -> None:
    form = REX | {"request": "r1"}
    for _ in range(2):  # the second is a server that forgot, and a replay
        tab = Tab("/dependents/add", ada, type="pet")
        tab.fire(DependentAddState.load)
        tab.fire(DependentAddState.save, form)
        state = tab.state(DependentAddState)
        (row,) = database.query(dependents.list_dependents, ada).rows
        assert (state.saved, state.leads) == ("r1", f"/dependents/{row.id}")
        assert tab.fire(DependentAddState.save, form) == []


def test_errors_appear_next_to_their_field(database: Database, ada: Actor) -> None:
    tab = Tab("/dependents/add", ada, type="pet")
    tab.fire(DependentAddState.load)
    before = snapshot_without_attempts(database)
    form = {"name": " ", "field.species": "", "field.weight": "500", "request": "r1"}
    assert tab.fire(DependentAddState.save, form) == []
    state = tab.state(DependentAddState)
    assert state.errors == {
        "name": "Please enter a name for the pet.",
        "species": "Please choose one.",
        "weight": "Please enter a number from 0.5 to 120 kg.",
    }
    assert (state.saved, state.pending) == ("", False)
    assert snapshot_without_attempts(database) == before


def test_two_tabs_never_silently_overwrite_each_other(
    database: Database, ada: Actor
) -> None:
    rex = add_pet(database, ada)
    one, two = _open(ada, rex), _open(ada, rex)
    version = str(one.state(DependentState).dependent.version)
    two.fire(
        DependentState.save,
        REX | {"field.breed": "Poodle", "version": version, "request": "r2"},
    )
    before = snapshot_without_attempts(database)
    mine = REX | {"field.breed": "Kelpie", "version": version, "request": "r1"}
    assert one.fire(DependentState.save, mine) == []
    state = one.state(DependentState)
    assert [(c.label, c.yours, c.now) for c in state.changes] == [
        ("Breed", "Kelpie", "Poodle")
    ]
    assert (state.saved, state.pending) == ("", False)
    assert snapshot_without_attempts(database) == before
    one.fire(DependentState.save, mine | {"version": str(state.seen), "request": "r3"})
    assert state.saved == "r3"
    texts = {field.key: field.text for field in state.dependent.fields}
    assert texts["breed"] == "Kelpie"


def test_a_document_is_added_changed_and_removed(
    database: Database, ada: Actor
) -> None:
    tab = _open(ada, add_pet(database, ada))
    state = tab.state(DependentState)
    assert state.dependent.missing == ["Vaccination certificate"]
    form = {
        "kind": "vaccination",
        "file_id": upload_file(database, ada, "document").id,
        "expires_on": "2100-03-01",
        "request": "d1",
    }
    tab.fire(DependentState.save_document, form | {"expires_on": ""})
    assert state.errors == {"expires_on": "Please enter the day on which it expires."}
    tab.fire(DependentState.save_document, form)
    (document,) = state.dependent.documents
    assert (state.saved, state.dependent.missing) == ("d1", [])
    assert state.ends == {document.id: "Valid"}
    change = form | {
        "document": document.id,
        "version": str(document.version),
        "expires_on": "2020-03-01",
        "request": "d2",
    }
    tab.fire(DependentState.save_document, change)
    assert state.ends == {document.id: "Expired"}
    tab.fire(DependentState.remove_document, document.id)
    assert state.dependent.documents == []


def test_a_photo_is_used_at_once_and_taken_away(database: Database, ada: Actor) -> None:
    tab = _open(ada, add_pet(database, ada))
    photo = upload_file(database, ada).id
    tab.fire(DependentState.set_picture, photo)
    state = tab.state(DependentState)
    assert state.dependent.picture_url == f"/api/files/{photo}?size=512"
    tab.fire(DependentState.set_picture, "")
    assert state.dependent.picture_url == ""


@pytest.mark.parametrize("whose", ["somebody else's", "nobody's"])
def test_dependents_of_others_are_not_found(
    database: Database, ada: Actor, whose: str
) -> None:
    grace = _customer(database)
    rex = add_pet(database, grace)
    wanted = rex if whose == "somebody else's" else "01JC0000000000000000000000"
    tab = _open(ada, wanted)
    state = tab.state(DependentState)
    assert (state.dependent, state.path) == (None, f"/dependents/{wanted}")
    before = snapshot_without_attempts(database)
    form = REX | {"version": "1", "request": "r1"}
    assert tab.fire(DependentState.save, form) == []
    assert (state.problem, state.errors) == (
        "This is not there any more. It may have been removed.",
        {},
    )
    paper = {"kind": "vaccination", "file_id": "x", "request": "r2"}
    assert tab.fire(DependentState.save_document, paper) == []
    assert state.problem == "This is not there any more. It may have been removed."
    for handler, arguments in (
        (DependentState.archive, ()),
        (DependentState.restore, ()),
        (DependentState.set_picture, ("",)),
        (DependentState.remove_document, (wanted,)),
        (DependentsState.archive, (wanted,)),
        (DependentsState.restore, (wanted,)),
    ):
        with pytest.raises(NotFound, match=r"^We could not find that\.$"):
            tab.fire(handler, *arguments)
    assert snapshot_without_attempts(database) == before


def test_document_expiry_text() -> None:
    assert [_in_days(days) for days in (-1, 0, 1, 12, 60, 61)] == [
        "Expired",
        "Expires today",
        "Expires tomorrow",
        "Expires in 12 days",
        "Expires in 60 days",
        "Valid",
    ]
