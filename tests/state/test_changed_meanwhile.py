"""Whatever has a form: who saves second is shown what changed, and decides."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from portal_app.domain.fields import schema
from portal_app.domain.fields.rules import Definition
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.changes import Change
from portal_app.kernel.db import Database
from portal_app.state.account.business_profiles import AccountBusinessProfilesState
from portal_app.state.account.contacts import AccountContactsState
from portal_app.state.account.locations import AccountLocationsState
from portal_app.state.account.profile import AccountFieldsState, AccountState
from portal_app.state.dependents.dependent import DependentState
from portal_app.state.office.custom_fields import OfficeFieldsState
from portal_app.state.office.dependent_types import OfficeDependentTypesState
from portal_app.state.office.policies import OfficePoliciesState
from portal_app.state.office.settings import OfficeSettingsState
from tests.support.accounts import snapshot_without_logs
from tests.support.dependents import add_pet, define_dependent_types
from tests.support.people import actor_of, new_customer, session_cookie
from tests.support.tabs import Tab
from tests.support.uploads import upload_file

ADDRESS = {
    "street": "12 Bay Street",
    "town": "Bondi",
    "state": "NSW",
    "postcode": "2026",
    "country": "AU",
}
IDS = ("contact", "company", "place", "document")
GONE = "This is not there any more. It may have been removed."


@dataclass(frozen=True)
class Kind:
    """One kind of form.

    Attributes:
        prepare: Stores something; its page's address, and the form that fills in
            what is stored.
        name: The field that two tabs change, and what people call it.
        shown: What the page has in that field.
        remove: Removes it, where that can be done.
    """

    state: Any
    prepare: Callable[[Database, Actor], tuple[str, dict[str, str]]]
    name: tuple[str, str]
    shown: Callable[[Any], Any]
    save: str = "save"
    remove: str = ""
    office: bool = False
    texts: tuple[str, str] = ("Slow", "Quick")


def _first(state: Any) -> Any:
    return state.items[0]


def _profile(database: Database, who: Actor) -> tuple[str, dict[str, str]]:
    tab = Tab("/account", who)
    tab.fire(AccountState.load)
    profile = tab.state(AccountState).profile
    return "/account", {
        "kind": "personal",
        "first_name": profile.first_name,
        "last_name": profile.last_name,
        "emails.0": profile.email,
        "emails.primary": "0",
        "country": "AU",
        "booking_at_billing": "on",
        "version": str(profile.version),
    }


def _added(
    state: Any, path: str, field: str, form: dict[str, str]
) -> Callable[[Database, Actor], tuple[str, dict[str, str]]]:
    """Add one by its page."""

    def prepare(database: Database, who: Actor) -> tuple[str, dict[str, str]]:
        tab = Tab(path, who)
        tab.fire(state.load)
        tab.fire(state.save, form | {"request": "r0"})
        (item,) = tab.state(state).items
        return path, form | {field: item.id, "version": str(item.version)}

    return prepare


def _answers(database: Database, who: Actor) -> tuple[str, dict[str, str]]:
    asked = (Definition(key="gate", name="Gate code"),)
    database.call(schema.define_fields, SYSTEM, schema.CUSTOMER_SCOPE, asked)
    tab = Tab("/account", who)
    tab.fire(AccountFieldsState.load)
    return "/account", {"version": str(tab.state(AccountFieldsState).version)}


def _dependent(database: Database, who: Actor) -> tuple[str, dict[str, str]]:
    database.call(define_dependent_types)
    rex = add_pet(database, who)
    form = {"name": "Rex", "field.species": "dog", "field.breed": "Kelpie"}
    return f"/dependents/{rex}", form | {"version": "1"}


def _document(database: Database, who: Actor) -> tuple[str, dict[str, str]]:
    path, _ = _dependent(database, who)
    form = {"name": "Pedigree", "file_id": upload_file(database, who, "document").id}
    tab = Tab(path, who)
    tab.fire(DependentState.load)
    tab.fire(DependentState.save_document, form | {"request": "r0"})
    (paper,) = tab.state(DependentState).dependent.documents
    return path, form | {"document": paper.id, "version": str(paper.version)}


def _switches(database: Database, who: Actor) -> tuple[str, dict[str, str]]:
    tab = Tab("/office/settings", who)
    tab.fire(OfficeSettingsState.load)
    return "/office/settings", {
        "guest_session_minutes": "60",
        "session_hours": "4",
        "remembered_days": "10",
        "password_min_length": "12",
        "password_min_score": "3",
        "version": str(tab.state(OfficeSettingsState).version),
    }


KINDS = {
    "profile": Kind(
        AccountState,
        _profile,
        ("first_name", "First name"),
        lambda state: state.profile.first_name,
    ),
    "contact": Kind(
        AccountContactsState,
        _added(
            AccountContactsState,
            "/account",
            "contact",
            {
                "role": "partner",
                "first_name": "Tom",
                "phones.0": "0412 345 678",
                "phones.0.country": "AU",
            },
        ),
        ("first_name", "First name"),
        lambda state: _first(state).first_name,
        remove="remove",
    ),
    "business profile": Kind(
        AccountBusinessProfilesState,
        _added(
            AccountBusinessProfilesState,
            "/account",
            "company",
            ADDRESS | {"name": "Bay Studio", "billing_email": "a@bay.example.com"},
        ),
        ("name", "Business name"),
        lambda state: _first(state).name,
        remove="remove",
    ),
    "location": Kind(
        AccountLocationsState,
        _added(AccountLocationsState, "/account", "place", ADDRESS | {"label": "Home"}),
        ("label", "Name of this place"),
        lambda state: _first(state).label,
        remove="remove",
    ),
    "answers": Kind(
        AccountFieldsState,
        _answers,
        ("field.gate", "Gate code"),
        lambda state: state.fields[0].text,
    ),
    "dependent": Kind(
        DependentState,
        _dependent,
        ("name", "Name"),
        lambda state: state.dependent.name,
    ),
    "document": Kind(
        DependentState,
        _document,
        ("name", "Name"),
        lambda state: state.dependent.documents[0].title,
        save="save_document",
        remove="remove_document",
    ),
    "field": Kind(
        OfficeFieldsState,
        _added(
            OfficeFieldsState,
            "/office/fields",
            "field",
            {
                "name": "Weight",
                "kind": "number",
                "unit": "kg",
                "visible_to.customer": "on",
                "editable_by.customer": "on",
            },
        ),
        ("unit", "Unit"),
        lambda state: _first(state).unit,
        office=True,
    ),
    "type of dependents": Kind(
        OfficeDependentTypesState,
        _added(
            OfficeDependentTypesState,
            "/office/dependents",
            "type",
            {"singular": "Pet", "plural": "Pets", "icon": "dog"},
        ),
        ("singular", "One of them"),
        lambda state: _first(state).singular,
        office=True,
    ),
    "policy": Kind(
        OfficePoliciesState,
        _added(
            OfficePoliciesState,
            "/office/policies",
            "policy",
            {"title": "Keys", "text": "In a safe."},
        ),
        ("title", "Title"),
        lambda state: _first(state).title,
        office=True,
    ),
    "settings": Kind(
        OfficeSettingsState,
        _switches,
        ("session_hours", "Without “Remember me” (hours)"),
        lambda state: str(state.session_hours),
        office=True,
        texts=("9", "7"),
    ),
}


@pytest.fixture(params=KINDS.values(), ids=KINDS.keys())
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


def _who(database: Database, kind: Kind) -> Actor:
    if kind.office:
        return SYSTEM
    return actor_of(database, session_cookie(database, new_customer(database)))


def _open(kind: Kind, path: str, who: Actor) -> Tab:
    tab = Tab(path, who)
    tab.fire(kind.state.load)
    return tab


def test_who_saves_second_is_shown_what_changed_and_decides(
    database: Database, kind: Kind
) -> None:
    who = _who(database, kind)
    path, form = kind.prepare(database, who)
    field, label = kind.name
    slow, quick = kind.texts
    save = getattr(kind.state, kind.save)
    one, two = _open(kind, path, who), _open(kind, path, who)
    two.fire(save, form | {field: quick, "request": "r1"})
    assert two.state(kind.state).changes == []
    before = snapshot_without_logs(database)
    one.fire(save, form | {field: slow, "request": "r2"})
    state = one.state(kind.state)
    assert state.changes == [Change(field.rpartition(".")[2], label, slow, quick)]
    assert (state.problem, state.errors, state.pending) == ("", {}, False)
    assert snapshot_without_logs(database) == before
    # What is saved now can be taken: the page has it already.
    if kind.state is not OfficeSettingsState:
        assert (state.saved, kind.shown(state)) in {("", quick), ("r0", quick)}
    # Whoever has seen it and saves again keeps what they typed.
    again = form | {field: slow, "version": str(state.seen), "request": "r3"}
    one.fire(save, again)
    state = one.state(kind.state)
    assert (state.changes, state.problem, kind.shown(state)) == ([], "", slow)
    assert kind.shown(_open(kind, path, who).state(kind.state)) == slow


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.remove])
def test_what_was_removed_in_another_tab_is_not_saved(
    database: Database, name: str
) -> None:
    kind = KINDS[name]
    who = _who(database, kind)
    path, form = kind.prepare(database, who)
    field, _ = kind.name
    one, two = _open(kind, path, who), _open(kind, path, who)
    which = next(form[name] for name in IDS if name in form)
    two.fire(getattr(kind.state, kind.remove), which)
    before = snapshot_without_logs(database)
    one.fire(getattr(kind.state, kind.save), form | {field: "Slow", "request": "r2"})
    assert one.state(kind.state).problem == GONE
    assert snapshot_without_logs(database) == before
