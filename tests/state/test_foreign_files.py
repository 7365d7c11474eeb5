"""Somebody else's file, named by a forged form, is as if it did not exist."""

from typing import Any

import pytest

from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.rules import DependentForm, TypeDefinition
from portal_app.domain.dependents.types import define_type
from portal_app.domain.fields import schema
from portal_app.domain.fields.rules import Definition
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import DomainError
from portal_app.kernel.ids import new_id
from portal_app.state.account.profile import AccountFieldsState, AccountState
from portal_app.state.dependents.dependent import DependentAddState, DependentState
from tests.support.people import actor_of, new_customer, session_cookie
from tests.support.tabs import Tab
from tests.support.uploads import snapshot_without_attempts, upload_file

NOT_FOUND = "We could not find that file. Please choose it again."
NOT_CHOSEN = "We could not find that picture. Please choose it again."
VEHICLE = TypeDefinition("vehicle", "Vehicle", "Vehicles", "car")
DAMAGE = Definition(key="damage", name="Damage", kind="file")


def _customer(database: Database, name: str = "Ada") -> Actor:
    person = new_customer(database, name)
    return actor_of(database, session_cookie(database, person))


@pytest.fixture
def ada(database: Database) -> Actor:
    type_id = database.call(define_type, SYSTEM, VEHICLE, 0)
    scope = schema.dependent_type_scope(type_id)
    database.call(schema.define_fields, SYSTEM, scope, (DAMAGE,))
    database.call(schema.define_fields, SYSTEM, schema.CUSTOMER_SCOPE, (DAMAGE,))
    return _customer(database)


@pytest.fixture
def van(database: Database, ada: Actor) -> str:
    """A vehicle of Ada's, with a picture of its own."""
    form = DependentForm(name="Van", answers={})
    van: str = database.call(dependents.add_dependent, ada, "vehicle", form, "r0")
    mine = upload_file(database, ada).id
    database.call(dependents.set_picture, ada, van, mine)
    return van


def _ids(database: Database, purpose: str) -> tuple[str, ...]:
    """One of somebody else's, one of nobody's, and what is no id at all."""
    grace = _customer(database, "Grace")
    return upload_file(database, grace, purpose).id, new_id(), "../../etc/passwd"


@pytest.mark.parametrize("whose", ["one's own", "a dependent's"])
def test_somebody_elses_picture_is_like_none(
    database: Database, ada: Actor, van: str, whose: str
) -> None:
    tab = Tab("/account" if whose == "one's own" else f"/dependents/{van}", ada)
    if whose == "one's own":
        tab.fire(AccountState.use_picture, upload_file(database, ada).id)
    ids = _ids(database, "picture")
    before, told = snapshot_without_attempts(database), []
    for file_id in ids:
        handler: Any = (
            AccountState.use_picture
            if whose == "one's own"
            else DependentState.set_picture
        )
        with pytest.raises(DomainError) as refusal:
            tab.fire(handler, file_id)
        told.append(refusal.value.message)
    assert len(set(told)) == 1
    assert told[0] in {"We could not find that file.", NOT_CHOSEN}
    assert snapshot_without_attempts(database) == before


def test_somebody_elses_file_in_a_form_is_like_none(
    database: Database, ada: Actor, van: str
) -> None:
    ids = _ids(database, "field")
    pictures = _ids(database, "picture")
    papers = _ids(database, "document")
    before = snapshot_without_attempts(database)
    add = Tab("/dependents/add", ada, type="vehicle")
    add.fire(DependentAddState.load)
    change = Tab(f"/dependents/{van}", ada)
    change.fire(DependentState.load)
    version = str(change.state(DependentState).dependent.version)
    own = Tab("/account", ada)
    own.fire(AccountFieldsState.load)
    asked = str(own.state(AccountFieldsState).version)

    def refused(tab: Tab, state: Any, handler: Any, form: dict[str, str]) -> Any:
        tab.fire(handler, form | {"request": new_id()})
        found = tab.state(state)
        assert (found.saved, found.problem, found.pending) == ("", "", False)
        return found.errors

    for file_id in ids:
        typed = {"name": "Another", "field.damage": file_id, "version": version}
        assert refused(change, DependentState, DependentState.save, typed) == {
            "damage": NOT_FOUND
        }
        assert refused(add, DependentAddState, DependentAddState.save, typed) == {
            "damage": NOT_FOUND
        }
        answer = {"field.damage": file_id, "version": asked}
        assert refused(own, AccountFieldsState, AccountFieldsState.save, answer) == {
            "damage": NOT_FOUND
        }
    for file_id in pictures:
        typed = {"name": "Another", "picture_id": file_id}
        assert refused(add, DependentAddState, DependentAddState.save, typed) == {
            "picture_id": NOT_CHOSEN
        }
    for file_id in papers:
        paper = {"name": "Letter", "file_id": file_id, "expires_on": "2031-01-01"}
        handler = DependentState.save_document
        assert refused(change, DependentState, handler, paper) == {"file_id": NOT_FOUND}
    assert snapshot_without_attempts(database) == before
