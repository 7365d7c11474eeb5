"""What the office keeps in order: fields, types of dependents, policies."""

from typing import Any

import pytest

from portal_app.domain.business import policies
from portal_app.domain.dependents import types
from portal_app.domain.fields import schema
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed
from portal_app.state.catalogue.public_pages import PoliciesState
from portal_app.state.office.custom_fields import OfficeFieldsState
from portal_app.state.office.dependent_types import OfficeDependentTypesState
from portal_app.state.office.policies import OfficePoliciesState
from tests.support.accounts import snapshot_without_logs
from tests.support.tabs import Tab, redirect_targets

FIELD = {
    "name": "Weight",
    "kind": "number",
    "unit": "kg",
    "minimum": "0.5",
    "maximum": "120",
    "decimals": "1",
    "required": "on",
    "visible_to.customer": "on",
    "visible_to.office": "on",
    "editable_by.customer": "on",
    "choices.0.key": "",
    "choices.0.name": "left over",
}
CHOICE = {
    "name": "Kind of animal",
    "kind": "choice",
    "choices.0.key": "",
    "choices.0.name": "Dog",
    "choices.1.key": "",
    "choices.1.name": "Cat",
    "visible_to.customer": "on",
}
TYPE = {
    "singular": "Pet",
    "plural": "Pets",
    "icon": "dog",
    "documents.0.key": "",
    "documents.0.name": "Vaccination",
    "documents.0.help": "",
    "documents.0.expires": "always",
    "documents.0.required": "on",
}
POLICY = {"title": "Keys", "text": "In a safe."}
PAGES = (
    ("/office/fields", OfficeFieldsState, FIELD),
    ("/office/dependents", OfficeDependentTypesState, TYPE),
    ("/office/policies", OfficePoliciesState, POLICY),
)


def _tab(path: str, state: Any, **query: str) -> Tab:
    tab = Tab(path, SYSTEM, **query)
    tab.fire(state.load)
    return tab


def test_a_field_is_added_once_changed_moved_and_archived(database: Database) -> None:
    tab = _tab("/office/fields", OfficeFieldsState)
    for request in ("r1", "r1", "r2"):
        tab.fire(OfficeFieldsState.save, FIELD | {"request": request})
    state = tab.state(OfficeFieldsState)
    assert [field.key for field in state.items] == ["weight", "weight_2"]
    assert (state.saved, state.customers.count) == ("r2", 2)
    weight, other = state.items
    assert (weight.details, weight.required, weight.visible_to) == (
        "From 0.5 to 120 kg · 1 decimal place",
        True,
        ["customer", "office"],
    )
    change = FIELD | {"field": weight.id, "version": "1", "maximum": "60"}
    tab.fire(OfficeFieldsState.save, change | {"request": "r3"})
    assert tab.state(OfficeFieldsState).items[0].maximum == "60"
    tab.fire(OfficeFieldsState.move, other.id, -1)
    assert [f.id for f in tab.state(OfficeFieldsState).items] == [other.id, weight.id]
    tab.fire(OfficeFieldsState.archive, weight.id)
    state = tab.state(OfficeFieldsState)
    assert [field.id for field in state.archived] == [weight.id]
    assert (state.removed, state.removed_name) == (weight.id, "Weight")
    tab.fire(OfficeFieldsState.restore, weight.id)
    state = tab.state(OfficeFieldsState)
    assert (len(state.items), state.archived, state.removed) == (2, [], "")


def test_conflicting_save_shows_the_other_change(database: Database) -> None:
    first = _tab("/office/fields", OfficeFieldsState)
    first.fire(OfficeFieldsState.save, FIELD | {"request": "r1"})
    weight = first.state(OfficeFieldsState).items[0]
    second = _tab("/office/fields", OfficeFieldsState)
    which = FIELD | {"field": weight.id, "version": "1"}
    first.fire(OfficeFieldsState.save, which | {"unit": "lb", "request": "r2"})
    before = snapshot_without_logs(database)
    second.fire(OfficeFieldsState.save, which | {"maximum": "90", "request": "r3"})
    state = second.state(OfficeFieldsState)
    assert [(c.label, c.yours, c.now) for c in state.changes] == [
        ("Unit", "kg", "lb"),
        ("Maximum", "90", "120"),
    ]
    assert (state.seen, state.saved, state.items[0].unit) == (2, "", "lb")
    assert snapshot_without_logs(database) == before


def test_errors_appear_next_to_their_field(database: Database) -> None:
    tab = _tab("/office/fields", OfficeFieldsState)
    before = snapshot_without_logs(database)
    tab.fire(OfficeFieldsState.save, CHOICE | {"choices.1.name": "dog", "request": "r"})
    state = tab.state(OfficeFieldsState)
    assert state.errors == {"choices.1": "There are two choices called “dog”."}
    assert (state.problem, state.pending) == ("", False)
    tab.fire(OfficeFieldsState.save, {})
    assert snapshot_without_logs(database) == before


def test_address_selects_whose_fields_are_shown(database: Database) -> None:
    types_tab = _tab("/office/dependents", OfficeDependentTypesState)
    types_tab.fire(OfficeDependentTypesState.save, TYPE | {"request": "r0"})
    tab = _tab("/office/fields", OfficeFieldsState, type="pet")
    state = tab.state(OfficeFieldsState)
    assert (state.asked.name, state.asked.when) == (
        "Pets",
        "Asked about every pet, besides its name.",
    )
    tab.fire(OfficeFieldsState.save, CHOICE | {"request": "r1"})
    follows = {"shown_when": "kind_of_animal", "shown_values.dog": "on"}
    tab.fire(OfficeFieldsState.save, FIELD | follows | {"request": "r2"})
    state = tab.state(OfficeFieldsState)
    assert [field.condition for field in state.items] == [
        "",
        "When “Kind of animal” is Dog",
    ]
    assert (state.customers.count, [one.count for one in state.types]) == (0, [2])
    assert redirect_targets(tab.fire(OfficeFieldsState.turn, "/office/fields")) == [
        "/office/fields"
    ]
    assert tab.fire(OfficeFieldsState.turn, "https://example.com") == []
    for missing in ({"type": "boat"}, {"service": "boat"}):
        gone = _tab("/office/fields", OfficeFieldsState, **missing)
        found = gone.state(OfficeFieldsState)
        assert (found.asked.name, found.items) == ("", [])
        gone.fire(OfficeFieldsState.save, FIELD | {"request": "r9"})
        assert gone.state(OfficeFieldsState).problem == (
            "This is not there any more. It may have been removed."
        )
    assert database.query(schema.active_definitions, schema.CUSTOMER_SCOPE) == []


def test_types_are_added_once_changed_moved_and_archived(database: Database) -> None:
    tab = _tab("/office/dependents", OfficeDependentTypesState)
    for request, name in (("r1", "Pet"), ("r1", "Pet"), ("r2", "Boat")):
        form = TYPE | {"singular": name, "request": request}
        tab.fire(OfficeDependentTypesState.save, form)
    state = tab.state(OfficeDependentTypesState)
    assert [one.id for one in state.items] == ["pet", "boat"]
    [paper] = state.items[0].documents
    assert (paper.key, paper.expires, paper.required) == ("vaccination", "always", True)
    change = TYPE | {"type": "pet", "version": "1", "documents.0.key": "vaccination"}
    change |= {"documents.0.name": "Certificate", "plural": "Animals", "request": "r3"}
    tab.fire(OfficeDependentTypesState.save, change)
    tab.fire(OfficeDependentTypesState.move, "boat", -1)
    state = tab.state(OfficeDependentTypesState)
    assert [one.plural for one in state.items] == ["Pets", "Animals"]
    assert state.items[1].documents[0].key == "vaccination"
    tab.fire(OfficeDependentTypesState.archive, "pet")
    assert [one.slug for one in database.query(types.active_types)] == ["boat"]
    assert tab.state(OfficeDependentTypesState).removed_name == "Animals"
    tab.fire(OfficeDependentTypesState.restore, "pet")
    assert [one.slug for one in database.query(types.active_types)] == ["boat", "pet"]


def test_policies_are_written_moved_and_archived(database: Database) -> None:
    tab = _tab("/office/policies", OfficePoliciesState)
    for request in ("r1", "r1"):
        tab.fire(OfficePoliciesState.save, POLICY | {"request": request})
    terms = {"policy": "terms", "title": "Terms", "text": "x" * 20_000, "version": "0"}
    tab.fire(OfficePoliciesState.save, terms | {"request": "r2"})
    state = tab.state(OfficePoliciesState)
    assert [policy.id for policy in state.items] == ["keys", "terms"]
    assert [policy.id for policy in state.unwritten] == ["cancellation"]
    assert database.query(policies.policy_paragraphs, "terms") == ["x" * 20_000]
    tab.fire(OfficePoliciesState.move, "terms", -1)
    tab.fire(OfficePoliciesState.archive, "keys")
    state = tab.state(OfficePoliciesState)
    assert (state.removed, state.removed_name) == ("keys", "Keys")
    reader = Tab("/policies")
    reader.fire(PoliciesState.load)
    assert [p.title for p in reader.state(PoliciesState).policies] == ["Terms"]
    tab.fire(OfficePoliciesState.restore, "keys")
    reader.fire(PoliciesState.load)
    found = reader.state(PoliciesState).policies
    assert [policy.title for policy in found] == ["Terms", "Keys"]


@pytest.mark.parametrize(("path", "state", "form"), PAGES)
def test_saving_a_removed_entry_is_reported(
    database: Database, path: str, state: Any, form: dict[str, str]
) -> None:
    tab = _tab(path, state)
    before = snapshot_without_logs(database)
    which = {"field": "gone", "type": "gone", "policy": "gone", "version": "1"}
    tab.fire(state.save, form | which)
    assert tab.state(state).problem == (
        "This is not there any more. It may have been removed."
    )
    tab.fire(state.move, "gone", 1)
    assert snapshot_without_logs(database) == before


@pytest.mark.parametrize("audience", [a for a in Audience if a is not Audience.OFFICE])
@pytest.mark.parametrize(("path", "state", "form"), PAGES)
def test_domain_refuses_non_office_actors_too(
    database: Database, audience: Audience, path: str, state: Any, form: dict[str, str]
) -> None:
    """What the gate stops is tried in the browser's tests; here, what if it did not."""
    tab = Tab(path, Actor(audience=audience))
    before = snapshot_without_logs(database)
    if audience is Audience.READER:
        tab.fire(state.load)
    else:
        with pytest.raises(NotAllowed):
            tab.fire(state.load)
    for handler, arguments in (
        (state.archive, ("terms",)),
        (state.restore, ("terms",)),
    ):
        with pytest.raises(NotAllowed):
            tab.fire(handler, *arguments)
    tab.fire(state.save, form | {"request": "r1"})
    assert tab.state(state).problem == "You are not allowed to do that."
    assert snapshot_without_logs(database) == before
