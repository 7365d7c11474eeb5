from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from portal_app.domain.dependents import documents, rules, service, types
from portal_app.domain.dependents.models import Dependent
from portal_app.domain.dependents.rules import DependentForm, DocumentForm
from portal_app.domain.dependents.views import DependentPage
from portal_app.domain.fields import schema
from portal_app.domain.fields import values as fields
from portal_app.domain.fields.models import FieldDefinition
from portal_app.domain.files import attachments
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import Change, EditConflict
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from portal_app.kernel.ids import new_id
from tests.support.dependents import (
    PET,
    POOL,
    REX,
    add_pet,
    cat_form,
    define_dependent_types,
)
from tests.support.sample_business import NOW, create_sample_business, new_customer
from tests.support.snapshots import changed_columns
from tests.support.statements import statements_of
from tests.support.uploads import snapshot_without_attempts, upload_file

pytestmark = pytest.mark.each_database


@pytest.fixture
def maya(db: Database) -> Actor:
    db.call(create_sample_business)
    db.call(define_dependent_types)
    return db.call(new_customer)


@pytest.fixture
def noah(db: Database) -> Actor:
    return db.call(new_customer, "noah@example.com")


def names(page: DependentPage) -> list[str]:
    return [row.name for row in page.rows]


def test_the_business_names_the_types(db: Database, maya: Actor) -> None:
    assert [
        (one.slug, one.singular, one.plural, one.icon)
        for one in db.query(types.active_types)
    ] == [("pet", "Pet", "Pets", "paw-print"), ("pool", "Pool", "Pools", "waves")]
    assert db.query(types.menu_heading) == "Dependents"
    db.call(types.archive_type, SYSTEM, "pool")
    assert db.query(types.menu_heading) == "Pets"


def test_defining_a_type_twice_changes_nothing(db: Database, maya: Actor) -> None:
    before = snapshot_without_attempts(db)
    db.call(define_dependent_types)
    assert snapshot_without_attempts(db) == before


def test_an_invalid_type_is_refused(db: Database, maya: Actor) -> None:
    before = snapshot_without_attempts(db)
    vaccination = PET.documents[0]
    wrong = replace(
        PET,
        singular=" ",
        icon="Paw Print",
        documents=(
            vaccination,
            vaccination,
            replace(vaccination, key="x", expires="?"),
        ),
    )
    with pytest.raises(InvalidInput) as refusal:
        db.call(types.define_type, SYSTEM, wrong)
    assert refusal.value.fields == {
        "singular": "Please give a name of 1 to 40 characters.",
        "icon": "An icon is named such as paw-print.",
        "documents.vaccination": "Two documents have this key.",
        "documents.x": "A document expires always, sometimes or never.",
    }
    assert snapshot_without_attempts(db) == before


def test_only_the_office_defines_types(db: Database, maya: Actor) -> None:
    before = snapshot_without_attempts(db)
    for actor in (maya, Actor()):
        with pytest.raises(NotAllowed):
            db.call(types.define_type, actor, POOL)
        with pytest.raises(NotAllowed):
            db.call(types.archive_type, actor, "pool")
    with pytest.raises(NotFound):
        db.call(types.archive_type, SYSTEM, "boat")
    assert snapshot_without_attempts(db) == before


def test_the_form_lists_the_fields_of_the_type(db: Database, maya: Actor) -> None:
    views = db.query(service.blank_fields, maya, "pet")
    assert [view.key for view in views] == ["species", "breed", "weight"]
    for slug in ("boat", ""):
        with pytest.raises(NotFound):
            db.query(service.blank_fields, maya, slug)


def test_a_dependent_is_added_with_its_fields_and_picture(
    db: Database, maya: Actor
) -> None:
    picture = upload_file(db, maya)
    rex = add_pet(db, maya, replace(REX, picture_id=picture.id))
    view = db.query(service.get_dependent, maya, rex)
    assert (view.name, view.type.singular, view.version) == ("Rex", "Pet", 1)
    assert view.picture_url == f"/api/files/{picture.id}?size=512"
    assert [(field.name, field.text) for field in view.fields] == [
        ("Kind of animal", "Dog"),
        ("Breed", "Border Collie"),
        ("Weight", "18.5 kg"),
    ]
    assert view.missing == ["Vaccination certificate"]
    assert view.archived is False
    (row,) = db.query(service.list_dependents, maya).rows
    assert (row.name, row.type, row.icon, row.summary, row.notice) == (
        "Rex",
        "Pet",
        "paw-print",
        "Dog · Border Collie · 18.5 kg",
        "Vaccination certificate is missing",
    )
    assert row.picture_url == f"/api/files/{picture.id}?size=128"


def test_a_repeated_request_adds_one_dependent(
    db: Database, maya: Actor, noah: Actor
) -> None:
    first = add_pet(db, maya, key="request-1")
    before = snapshot_without_attempts(db)
    assert add_pet(db, maya, key="request-1") == first
    assert snapshot_without_attempts(db) == before
    assert add_pet(db, maya, key="request-2") != first
    # Somebody else's requests are their own.
    assert add_pet(db, noah, key="request-1") != first


@pytest.mark.parametrize(
    ("form", "faults"),
    [
        (
            DependentForm(),
            {
                "name": "Please enter a name for the pet.",
                "species": "Please choose one.",
            },
        ),
        (cat_form("x" * 81), {"name": "Please use at most 80 characters."}),
        (
            cat_form("Re\x1bx"),
            {"name": "Please use only letters, numbers and signs."},
        ),
        (
            cat_form("Tom", weight="300"),
            {"weight": "Please enter a number from 0.5 to 120 kg."},
        ),
        (cat_form("Tom", temper="Bites"), {"temper": "This field is not available."}),
        (
            replace(cat_form("Tom"), picture_id="01NOTHING"),
            {"picture_id": "We could not find that picture. Please choose it again."},
        ),
    ],
)
def test_a_refused_dependent_changes_nothing(
    db: Database, maya: Actor, form: DependentForm, faults: dict[str, str]
) -> None:
    before = snapshot_without_attempts(db)
    with pytest.raises(InvalidInput) as refusal:
        add_pet(db, maya, form)
    assert refusal.value.fields == faults
    assert snapshot_without_attempts(db) == before


def test_number_of_dependents_is_limited(
    db: Database, maya: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_DEPENDENTS", 1)
    add_pet(db, maya)
    with pytest.raises(Conflict):
        add_pet(db, maya)
    assert db.query(service.list_dependents, maya).total == 1


def test_a_change_increments_the_version(db: Database, maya: Actor) -> None:
    rex = add_pet(db, maya)
    form = replace(REX, name="Rexi", answers={"weight": "19"})
    assert db.call(service.save_dependent, maya, rex, form, 1) == 2
    assert db.call(service.save_dependent, maya, rex, form, 2) == 2
    view = db.query(service.get_dependent, maya, rex)
    assert (view.name, view.fields[2].text, view.version) == ("Rexi", "19 kg", 2)


def test_a_stale_save_reports_what_changed(db: Database, maya: Actor) -> None:
    rex = add_pet(db, maya)
    first = DependentForm(name="Rexi", answers=dict(REX.answers) | {"weight": "19"})
    second = DependentForm(
        name="Rex", answers=dict(REX.answers) | {"weight": "20", "breed": "Collie"}
    )
    db.call(service.save_dependent, maya, rex, first, 1)
    before = snapshot_without_attempts(db)
    with pytest.raises(EditConflict) as refusal:
        db.call(service.save_dependent, maya, rex, second, 1)
    assert refusal.value.changes == [
        Change("name", "Name", "Rex", "Rexi"),
        Change("breed", "Breed", "Collie", "Border Collie"),
        Change("weight", "Weight", "20 kg", "19 kg"),
    ]
    assert refusal.value.version == 2
    assert refusal.value.message == (
        "Rexi was changed somewhere else in the meantime. "
        "Nothing was saved. Please compare and save again."
    )
    assert snapshot_without_attempts(db) == before
    # A repeated save of what is stored already is no conflict.
    assert db.call(service.save_dependent, maya, rex, first, 1) == 2
    assert db.call(service.save_dependent, maya, rex, second, 2) == 3


def test_a_refused_change_changes_nothing(db: Database, maya: Actor) -> None:
    rex = add_pet(db, maya)
    before = snapshot_without_attempts(db)
    with pytest.raises(InvalidInput) as refusal:
        db.call(
            service.save_dependent, maya, rex, DependentForm(answers={"weight": "x"}), 1
        )
    assert refusal.value.fields == {
        "name": "Please enter a name for the pet.",
        "weight": "Please enter a number such as 12.5.",
    }
    assert snapshot_without_attempts(db) == before


def test_a_picture_is_replaced_and_removed(db: Database, maya: Actor) -> None:
    rex = add_pet(db, maya)
    first, second = upload_file(db, maya), upload_file(db, maya)
    assert db.call(service.set_picture, maya, rex, first.id).version == 2
    assert db.call(service.set_picture, maya, rex, first.id).version == 2
    view = db.call(service.set_picture, maya, rex, second.id)
    assert view.picture_url == f"/api/files/{second.id}?size=512"
    assert [row.id for row in db.query(attachments.owned_files, maya)] == [second.id]
    view = db.call(service.set_picture, maya, rex, "")
    assert (view.picture_url, view.version) == ("", 4)
    assert db.query(attachments.owned_files, maya) == []


def test_archiving_keeps_everything(db: Database, maya: Actor) -> None:
    rex = add_pet(db, maya)
    tom = add_pet(db, maya, cat_form("Tom"))
    db.call(service.archive_dependent, maya, rex)
    db.call(service.archive_dependent, maya, rex)
    assert names(db.query(service.list_dependents, maya)) == ["Tom"]
    assert names(db.query(service.list_dependents, maya, archived=True)) == ["Rex"]
    view = db.query(service.get_dependent, maya, rex)
    assert (view.archived, view.fields[1].text, view.version) == (
        True,
        "Border Collie",
        2,
    )
    db.call(service.restore_dependent, maya, rex)
    db.call(service.restore_dependent, maya, rex)
    assert names(db.query(service.list_dependents, maya)) == ["Rex", "Tom"]
    assert tom != rex


def test_an_archived_type_keeps_its_dependents(db: Database, maya: Actor) -> None:
    rex = add_pet(db, maya)
    db.call(types.archive_type, SYSTEM, "pet")
    assert db.query(service.get_dependent, maya, rex).name == "Rex"
    assert [one.slug for one in db.query(service.list_dependents, maya).types] == [
        "pet",
        "pool",
    ]
    with pytest.raises(NotFound):
        add_pet(db, maya)


def test_dependents_are_searched_and_filtered(
    db: Database, maya: Actor, noah: Actor
) -> None:
    for number in range(55):
        add_pet(db, maya, cat_form(f"Cat {number:02}"))
    add_pet(db, maya)
    add_pet(db, noah)
    pool = DependentForm(name="rear pool", answers={"volume": "45000"})
    db.call(service.add_dependent, maya, "pool", pool, "")
    first = db.query(service.list_dependents, maya)
    assert (first.total, first.page, first.has_more, len(first.rows)) == (
        57,
        1,
        True,
        50,
    )
    assert [(one.plural, one.count) for one in first.types] == [
        ("Pets", 56),
        ("Pools", 1),
    ]
    last = db.query(service.list_dependents, maya, page=2)
    assert (last.has_more, names(last)[-2:]) == (False, ["rear pool", "Rex"])

    def found(**how: Any) -> list[str]:
        return names(db.query(service.list_dependents, maya, **how))

    assert found(search="  collie ") == ["Rex"]
    assert found(search="border DOG") == ["Rex"]
    assert found(search="45000") == ["rear pool"]
    assert found(search="%") == []
    assert found(search="_") == []
    assert found(search="re", type_slug="pool") == ["rear pool"]
    assert found(type_slug="boat") == []
    assert found(search="re", archived=True) == []
    assert len(found(page=-3)) == 50


def test_query_count_is_independent_of_the_list_length(
    db: Database, maya: Actor
) -> None:
    add_pet(db, maya)
    with statements_of(db) as of_one:
        db.query(service.list_dependents, maya)
    for number in range(10):
        add_pet(db, maya, cat_form(f"Cat {number}"))
    with statements_of(db) as of_many:
        db.query(service.list_dependents, maya)
    assert len(of_many) == len(of_one) == 7


def test_office_only_fields_are_not_searched(db: Database, maya: Actor) -> None:
    rex = add_pet(db, maya)
    with db.read() as tx:
        type_id = tx.exec(select(Dependent.type_id)).one()
    db.call(
        fields.save_values,
        SYSTEM,
        schema.dependent_type_scope(type_id),
        fields.Subject("dependent", rex),
        {"temper": "Bites"},
        owner=None,
    )
    assert db.query(service.list_dependents, maya, search="bites").total == 0


def test_another_customers_dependents_are_not_found(
    db: Database, maya: Actor, noah: Actor
) -> None:
    his = add_pet(db, noah)
    paper = upload_file(db, noah, "document")
    document = db.call(
        documents.add_document,
        noah,
        his,
        DocumentForm(kind="vaccination", file_id=paper.id, expires_on="2027-01-01"),
    )
    own_file = upload_file(db, maya)
    own_paper = upload_file(db, maya, "document")
    form = DocumentForm(kind="insurance", file_id=own_paper.id)
    calls: list[Callable[[str, str], Any]] = [
        lambda one, _: db.query(service.get_dependent, maya, one),
        lambda one, _: db.call(service.save_dependent, maya, one, REX, 1),
        lambda one, _: db.call(service.set_picture, maya, one, own_file.id),
        lambda one, _: db.call(service.set_picture, maya, one, ""),
        lambda one, _: db.call(service.archive_dependent, maya, one),
        lambda one, _: db.call(service.restore_dependent, maya, one),
        lambda one, _: db.call(documents.add_document, maya, one, form),
        lambda _, doc: db.call(documents.save_document, maya, doc, form, 1),
        lambda _, doc: db.call(documents.remove_document, maya, doc),
    ]
    before = snapshot_without_attempts(db)
    for call in calls:
        answers = set()
        for one, doc in ((his, document), (new_id(), new_id()), ("", ""), ("'", "%")):
            with pytest.raises(NotFound) as refusal:
                call(one, doc)
            answers.add(refusal.value.message)
        assert answers == {"We could not find that."}
    assert snapshot_without_attempts(db) == before
    assert db.query(service.list_dependents, maya).total == 0


def test_another_customers_picture_is_not_found(
    db: Database, maya: Actor, noah: Actor
) -> None:
    rex = add_pet(db, maya)
    theirs = upload_file(db, noah)
    before, answers = snapshot_without_attempts(db), []
    for file_id in (theirs.id, new_id()):
        with pytest.raises(InvalidInput) as refusal:
            db.call(service.set_picture, maya, rex, file_id)
        answers.append(refusal.value.fields)
    assert answers[0] == answers[1]
    assert snapshot_without_attempts(db) == before


@pytest.mark.parametrize(
    "actor",
    [
        Actor(),
        Actor(audience=Audience.OFFICE),
        Actor(audience=Audience.FIELDWORKER),
        Actor(audience=Audience.GUEST),
        Actor(audience=Audience.CUSTOMER),
    ],
)
def test_only_customers_have_dependents(
    db: Database, maya: Actor, actor: Actor
) -> None:
    rex = add_pet(db, maya)
    with pytest.raises(NotAllowed):
        db.query(service.list_dependents, actor)
    with pytest.raises(NotAllowed):
        db.query(service.get_dependent, actor, rex)
    with pytest.raises(NotAllowed):
        db.query(service.blank_fields, actor, "pet")
    with pytest.raises(NotAllowed):
        add_pet(db, actor)


def test_a_value_outlives_its_definition(db: Database, maya: Actor) -> None:
    rex = add_pet(db, maya)
    with db.write() as tx:
        weight = tx.exec(
            select(FieldDefinition).where(FieldDefinition.key == "weight")
        ).one()
        weight.unit = "lb"
    (weight_view,) = [
        field
        for field in db.query(service.get_dependent, maya, rex).fields
        if field.key == "weight"
    ]
    assert (weight_view.text, weight_view.earlier) == ("", "18.5 kg")


def test_today_is_in_the_business_time_zone(db: Database, maya: Actor) -> None:
    rex = add_pet(db, maya)
    paper = upload_file(db, maya, "document")
    form = DocumentForm(kind="vaccination", file_id=paper.id, expires_on="2026-11-01")
    db.call(documents.add_document, maya, rex, form)
    # At NOW it is 1 November in London, and 2 November already in Sydney.
    with frozen(NOW):
        (document,) = db.query(service.get_dependent, maya, rex).documents
    assert document.status == "expired"


@pytest.mark.parametrize(
    ("form", "columns"),
    [
        (replace(REX, name="Max"), {"dependent.name", "dependent.version"}),
        (
            replace(REX, answers={**REX.answers, "weight": "19"}),
            {
                "field_value.value",
                "field_value.text",
                "field_value.updated_at",
                "dependent.version",
            },
        ),
        (
            replace(REX, answers={"weight": ""}),
            {"-field_value", "dependent.version"},
        ),
    ],
)
def test_one_changed_field_is_all_that_changes(
    db: Database, maya: Actor, form: DependentForm, columns: set[str]
) -> None:
    rex = add_pet(db, maya, key="r1")
    add_pet(db, maya, cat_form("Tom"), key="r2")
    before = snapshot_without_attempts(db)
    db.call(service.save_dependent, maya, rex, form, 1)
    assert changed_columns(before, snapshot_without_attempts(db)) == columns
