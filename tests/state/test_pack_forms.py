"""The customer's forms follow from each pack that comes with the portal."""

from typing import Any

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.dependents import types
from portal_app.domain.dependents.models import Dependent
from portal_app.domain.fields.models import FieldDefinition, FieldValue
from portal_app.domain.fields.views import FieldView
from portal_app.domain.packs import service as packs
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.db import Database
from portal_app.state.account.profile import AccountFieldsState
from portal_app.state.dependents.dependent import DependentAddState, DependentState
from portal_app.state.dependents.dependent_list import DependentsState
from tests.support.pack_answers import DAY, LATER_DAY, answers_to, words_of
from tests.support.packs import PackField, ShippedPack, read_shipped_pack
from tests.support.people import actor_of, new_customer, session_cookie
from tests.support.tabs import Tab
from tests.support.uploads import upload_file

DAYS = {DAY: "Tuesday, 3 March 2020", LATER_DAY: "Monday, 3 March 2031"}


@pytest.fixture(params=packs.shipped_packs())
def pack(request: pytest.FixtureRequest, database: Database) -> ShippedPack:
    """What the file of a pack says that was imported."""
    name = str(request.param)
    text = packs.shipped_pack_text(name)
    assert database.call(packs.import_pack, SYSTEM, text).changed
    return read_shipped_pack(name)


@pytest.fixture
def who(database: Database, pack: ShippedPack) -> Actor:
    del pack
    return actor_of(database, session_cookie(database, new_customer(database)))


def _form(
    database: Database, who: Actor, asked: list[PackField], answers: dict[str, str]
) -> dict[str, str]:
    """The answers as the fields of the form send them."""
    sent = {}
    for one in asked:
        if one.key not in answers:
            continue
        answer = answers[one.key]
        if one.kind == "file":
            answer = upload_file(database, who, "field", name=answer).id
        elif one.kind == "signature":
            answer = f"typed:{answer}"
        kind = "choices" if one.kind == "choices" else "field"
        sent[f"{kind}.{one.key}"] = answer
    return sent


def _expect(shown: list[FieldView], words: dict[str, str]) -> None:
    facts = {field.name: field.text or field.file.name for field in shown}
    for name, said in words.items():
        assert said in facts[name], f"{name}: {facts[name]}"


def _kept(database: Database, subject: str) -> set[str]:
    def read(tx: Session) -> set[str]:
        rows = tx.exec(
            select(FieldDefinition.key)
            .join(FieldValue, col(FieldDefinition.id) == FieldValue.definition_id)
            .where(FieldValue.subject_id == subject)
        )
        return set(rows)

    return database.query(read)


def _saved(state: Any) -> tuple[str, str, dict[str, str]]:
    return state.saved, state.problem, state.errors


def test_customers_answer_about_themselves(
    database: Database, pack: ShippedPack, who: Actor
) -> None:
    tab = Tab("/account", who)
    tab.fire(AccountFieldsState.begin)
    state = tab.state(AccountFieldsState)
    editable = [one.key for one in pack.customer if one.editable]
    assert [field.key for field in state.fields if field.editable] == editable
    answers = answers_to(pack.customer)
    form = _form(database, who, pack.customer, answers)
    form |= {"version": str(state.version), "request": "r1"}
    tab.fire(AccountFieldsState.save, form)
    assert _saved(state) == ("r1", "", {})
    later = Tab("/account", who)
    later.fire(AccountFieldsState.load)
    shown = later.state(AccountFieldsState).fields
    _expect(shown, words_of(pack.customer, answers, DAYS))
    assert _kept(database, str(who.customer_id)) == set(answers)


def test_customers_add_what_they_book_for(
    database: Database, pack: ShippedPack, who: Actor
) -> None:
    assert database.query(types.menu_heading) == pack.plural
    tab = Tab("/dependents/add", who, type=pack.type_key)
    tab.fire(DependentAddState.load)
    state = tab.state(DependentAddState)
    assert (state.kind.singular, state.kind.plural) == (pack.singular, pack.plural)
    editable = [one.key for one in pack.dependent if one.editable]
    assert [field.key for field in state.fields if field.editable] == editable
    answers = answers_to(pack.dependent)
    form = _form(database, who, pack.dependent, answers)
    tab.fire(DependentAddState.save, form | {"name": "Our first", "request": "r1"})
    assert _saved(state) == ("r1", "", {})
    listed = Tab("/dependents", who)
    listed.fire(DependentsState.load)
    (row,) = listed.state(DependentsState).rows
    assert row.name == "Our first"
    page = Tab(f"/dependents/{row.id}", who)
    page.fire(DependentState.load)
    shown = page.state(DependentState).dependent
    assert shown is not None
    _expect(shown.fields, words_of(pack.dependent, answers, DAYS))
    with database.read() as tx:
        it = tx.exec(select(Dependent.id)).one()
    assert _kept(database, it) == set(answers)
