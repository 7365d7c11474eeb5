from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from portal_app.domain.dependents import rules, service, types
from portal_app.domain.dependents.models import Dependent
from portal_app.domain.dependents.rules import DependentForm, DocumentForm
from portal_app.domain.dependents.views import DependentPage
from portal_app.domain.fields import service as fields
from portal_app.domain.fields.models import FieldDefinition
from portal_app.domain.files import service as files
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import Change, ChangedMeanwhile
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from portal_app.kernel.ids import new_id
from tests.support.handing_in import hand_in, kept
from tests.support.household import PET, POOL, REX, adopt, define_household, pet
from tests.support.shop import NOW, new_customer, open_shop
from tests.support.statements import statements_of

pytestmark = pytest.mark.each_database


@pytest.fixture
def maya(db: Database) -> Actor:
    db.call(open_shop)
    db.call(define_household)
    return db.call(new_customer)


@pytest.fixture
def noah(db: Database) -> Actor:
    return db.call(new_customer, "noah@example.com")


def names(page: DependentPage) -> list[str]:
    return [row.name for row in page.rows]


def test_the_business_names_the_types(db: Database, maya: Actor) -> None:
    assert [
        (one.slug, one.singular, one.plural, one.icon)
        for one in db.query(service.types)
    ] == [("pet", "Pet", "Pets", "paw-print"), ("pool", "Pool", "Pools", "waves")]
    assert db.query(service.heading) == "Dependents"
    db.call(types.archive_type, SYSTEM, "pool")
    assert db.query(service.heading) == "Pets"


def test_defining_a_type_twice_changes_nothing(db: Database, maya: Actor) -> None:
    before = kept(db)
    db.call(define_household)
    assert kept(db) == before


def test_a_wrong_type_is_refused(db: Database, maya: Actor) -> None:
    before = kept(db)
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
    assert kept(db) == before


def test_only_the_office_defines_types(db: Database, maya: Actor) -> None:
    before = kept(db)
    for actor in (maya, Actor()):
        with pytest.raises(NotAllowed):
            db.call(types.define_type, actor, POOL)
        with pytest.raises(NotAllowed):
            db.call(types.archive_type, actor, "pool")
    with pytest.raises(NotFound):
        db.call(types.archive_type, SYSTEM, "boat")
    assert kept(db) == before


def test_the_form_follows_from_the_type(db: Database, maya: Actor) -> None:
    views = db.query(service.blank, maya, "pet")
    assert [view.key for view in views] == ["species", "breed", "weight"]
    for slug in ("boat", ""):
        with pytest.raises(NotFound):
            db.query(service.blank, maya, slug)


def test_a_dependent_is_added_with_its_fields_and_picture(
    db: Database, maya: Actor
) -> None:
    picture = hand_in(db, maya)
    rex = adopt(db, maya, replace(REX, picture_id=picture.id))
    view = db.query(service.dependent, maya, rex)
    assert (view.name, view.type.singular, view.version) == ("Rex", "Pet", 1)
    assert view.picture_url == f"/api/files/{picture.id}?size=512"
    assert [(field.name, field.text) for field in view.fields] == [
        ("Kind of animal", "Dog"),
        ("Breed", "Border Collie"),
        ("Weight", "18.5 kg"),
    ]
    assert view.missing == ["Vaccination certificate"]
    assert view.archived is False
    (row,) = db.query(service.dependents, maya).rows
    assert (row.name, row.type, row.icon, row.summary, row.notice) == (
        "Rex",
        "Pet",
        "paw-print",
        "Dog · Border Collie · 18.5 kg",
        "Vaccination certificate is missing",
    )
    assert row.picture_url == f"/api/files/{picture.id}?size=128"


def test_a_repeated_request_adds_one(db: Database, maya: Actor, noah: Actor) -> None:
    first = adopt(db, maya, key="request-1")
    before = kept(db)
    assert adopt(db, maya, key="request-1") == first
    assert kept(db) == before
    assert adopt(db, maya, key="request-2") != first
    # Somebody else's requests are their own.
    assert adopt(db, noah, key="request-1") != first


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
        (pet("x" * 81), {"name": "Please use at most 80 characters."}),
        (pet("Re\u202ex"), {"name": "Please use only letters, numbers and signs."}),
        (
            pet("Tom", weight="300"),
            {"weight": "Please enter a number from 0.5 to 120 kg."},
        ),
        (pet("Tom", temper="Bites"), {"temper": "This field is not available."}),
        (
            replace(pet("Tom"), picture_id="01NOTHING"),
            {"picture_id": "We could not find that picture. Please choose it again."},
        ),
    ],
)
def test_a_refused_dependent_leaves_nothing(
    db: Database, maya: Actor, form: DependentForm, faults: dict[str, str]
) -> None:
    before = kept(db)
    with pytest.raises(InvalidInput) as refusal:
        adopt(db, maya, form)
    assert refusal.value.fields == faults
    assert kept(db) == before


def test_so_many_fit(
    db: Database, maya: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_DEPENDENTS", 1)
    adopt(db, maya)
    with pytest.raises(Conflict):
        adopt(db, maya)
    assert db.query(service.dependents, maya).total == 1


def test_a_change_is_saved_and_counted(db: Database, maya: Actor) -> None:
    rex = adopt(db, maya)
    form = replace(REX, name="Rexi", answers={"weight": "19"})
    assert db.call(service.save, maya, rex, form, 1) == 2
    assert db.call(service.save, maya, rex, form, 2) == 2
    view = db.query(service.dependent, maya, rex)
    assert (view.name, view.fields[2].text, view.version) == ("Rexi", "19 kg", 2)


def test_two_tabs_do_not_silently_overwrite_each_other(
    db: Database, maya: Actor
) -> None:
    rex = adopt(db, maya)
    first = DependentForm(name="Rexi", answers=dict(REX.answers) | {"weight": "19"})
    second = DependentForm(
        name="Rex", answers=dict(REX.answers) | {"weight": "20", "breed": "Collie"}
    )
    db.call(service.save, maya, rex, first, 1)
    before = kept(db)
    with pytest.raises(ChangedMeanwhile) as refusal:
        db.call(service.save, maya, rex, second, 1)
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
    assert kept(db) == before
    # A repeated save of what is stored already is no conflict.
    assert db.call(service.save, maya, rex, first, 1) == 2
    assert db.call(service.save, maya, rex, second, 2) == 3


def test_a_refused_change_leaves_nothing(db: Database, maya: Actor) -> None:
    rex = adopt(db, maya)
    before = kept(db)
    with pytest.raises(InvalidInput) as refusal:
        db.call(service.save, maya, rex, DependentForm(answers={"weight": "x"}), 1)
    assert refusal.value.fields == {
        "name": "Please enter a name for the pet.",
        "weight": "Please enter a number such as 12.5.",
    }
    assert kept(db) == before


def test_a_picture_is_replaced_and_taken_away(db: Database, maya: Actor) -> None:
    rex = adopt(db, maya)
    first, second = hand_in(db, maya), hand_in(db, maya)
    assert db.call(service.set_picture, maya, rex, first.id).version == 2
    assert db.call(service.set_picture, maya, rex, first.id).version == 2
    view = db.call(service.set_picture, maya, rex, second.id)
    assert view.picture_url == f"/api/files/{second.id}?size=512"
    assert [row.id for row in db.query(files.owned_files, maya)] == [second.id]
    view = db.call(service.set_picture, maya, rex, "")
    assert (view.picture_url, view.version) == ("", 4)
    assert db.query(files.owned_files, maya) == []


def test_archiving_keeps_everything(db: Database, maya: Actor) -> None:
    rex = adopt(db, maya)
    tom = adopt(db, maya, pet("Tom"))
    db.call(service.archive, maya, rex)
    db.call(service.archive, maya, rex)
    assert names(db.query(service.dependents, maya)) == ["Tom"]
    assert names(db.query(service.dependents, maya, archived=True)) == ["Rex"]
    view = db.query(service.dependent, maya, rex)
    assert (view.archived, view.fields[1].text, view.version) == (
        True,
        "Border Collie",
        2,
    )
    db.call(service.restore, maya, rex)
    db.call(service.restore, maya, rex)
    assert names(db.query(service.dependents, maya)) == ["Rex", "Tom"]
    assert tom != rex


def test_an_archived_type_keeps_its_dependents(db: Database, maya: Actor) -> None:
    rex = adopt(db, maya)
    db.call(types.archive_type, SYSTEM, "pet")
    assert db.query(service.dependent, maya, rex).name == "Rex"
    assert [one.slug for one in db.query(service.dependents, maya).types] == [
        "pet",
        "pool",
    ]
    with pytest.raises(NotFound):
        adopt(db, maya)


def test_one_customer_with_many_searches_and_filters(
    db: Database, maya: Actor, noah: Actor
) -> None:
    for number in range(55):
        adopt(db, maya, pet(f"Cat {number:02}"))
    adopt(db, maya)
    adopt(db, noah)
    pool = DependentForm(name="rear pool", answers={"volume": "45000"})
    db.call(service.add, maya, "pool", pool, "")
    first = db.query(service.dependents, maya)
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
    last = db.query(service.dependents, maya, page=2)
    assert (last.has_more, names(last)[-2:]) == (False, ["rear pool", "Rex"])

    def found(**how: Any) -> list[str]:
        return names(db.query(service.dependents, maya, **how))

    assert found(search="  collie ") == ["Rex"]
    assert found(search="border DOG") == ["Rex"]
    assert found(search="45000") == ["rear pool"]
    assert found(search="%") == []
    assert found(search="_") == []
    assert found(search="re", type_slug="pool") == ["rear pool"]
    assert found(type_slug="boat") == []
    assert found(search="re", archived=True) == []
    assert len(found(page=-3)) == 50


def test_a_list_takes_the_same_queries_however_long(db: Database, maya: Actor) -> None:
    adopt(db, maya)
    with statements_of(db) as of_one:
        db.query(service.dependents, maya)
    for number in range(10):
        adopt(db, maya, pet(f"Cat {number}"))
    with statements_of(db) as of_many:
        db.query(service.dependents, maya)
    assert len(of_many) == len(of_one) == 8


def test_what_the_office_keeps_to_itself_is_not_searched(
    db: Database, maya: Actor
) -> None:
    rex = adopt(db, maya)
    with db.read() as tx:
        type_id = tx.exec(select(Dependent.type_id)).one()
    db.call(
        fields.save,
        SYSTEM,
        fields.of_dependent_type(type_id),
        fields.Subject("dependent", rex),
        {"temper": "Bites"},
        owner=None,
    )
    assert db.query(service.dependents, maya, search="bites").total == 0


def test_another_customers_ids_are_as_if_they_did_not_exist(
    db: Database, maya: Actor, noah: Actor
) -> None:
    his = adopt(db, noah)
    paper = hand_in(db, noah, "document")
    document = db.call(
        service.add_document,
        noah,
        his,
        DocumentForm(kind="vaccination", file_id=paper.id, expires_on="2027-01-01"),
    )
    own_file = hand_in(db, maya)
    own_paper = hand_in(db, maya, "document")
    form = DocumentForm(kind="insurance", file_id=own_paper.id)
    calls: list[Callable[[str, str], Any]] = [
        lambda one, _: db.query(service.dependent, maya, one),
        lambda one, _: db.call(service.save, maya, one, REX, 1),
        lambda one, _: db.call(service.set_picture, maya, one, own_file.id),
        lambda one, _: db.call(service.set_picture, maya, one, ""),
        lambda one, _: db.call(service.archive, maya, one),
        lambda one, _: db.call(service.restore, maya, one),
        lambda one, _: db.call(service.add_document, maya, one, form),
        lambda _, doc: db.call(service.save_document, maya, doc, form, 1),
        lambda _, doc: db.call(service.remove_document, maya, doc),
    ]
    before = kept(db)
    for call in calls:
        answers = set()
        for one, doc in ((his, document), (new_id(), new_id()), ("", ""), ("'", "%")):
            with pytest.raises(NotFound) as refusal:
                call(one, doc)
            answers.add(refusal.value.message)
        assert answers == {"We could not find that."}
    assert kept(db) == before
    assert db.query(service.dependents, maya).total == 0


def test_another_customers_picture_is_as_if_it_did_not_exist(
    db: Database, maya: Actor, noah: Actor
) -> None:
    rex = adopt(db, maya)
    theirs = hand_in(db, noah)
    before, answers = kept(db), []
    for file_id in (theirs.id, new_id()):
        with pytest.raises(InvalidInput) as refusal:
            db.call(service.set_picture, maya, rex, file_id)
        answers.append(refusal.value.fields)
    assert answers[0] == answers[1]
    assert kept(db) == before


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
    rex = adopt(db, maya)
    with pytest.raises(NotAllowed):
        db.query(service.dependents, actor)
    with pytest.raises(NotAllowed):
        db.query(service.dependent, actor, rex)
    with pytest.raises(NotAllowed):
        db.query(service.blank, actor, "pet")
    with pytest.raises(NotAllowed):
        adopt(db, actor)


def test_an_entered_field_outlives_its_definition(db: Database, maya: Actor) -> None:
    rex = adopt(db, maya)
    with db.write() as tx:
        weight = tx.exec(
            select(FieldDefinition).where(FieldDefinition.key == "weight")
        ).one()
        weight.unit = "lb"
    (weight_view,) = [
        field
        for field in db.query(service.dependent, maya, rex).fields
        if field.key == "weight"
    ]
    assert (weight_view.text, weight_view.earlier) == ("", "18.5 kg")


def test_the_day_is_that_of_the_business(db: Database, maya: Actor) -> None:
    rex = adopt(db, maya)
    paper = hand_in(db, maya, "document")
    form = DocumentForm(kind="vaccination", file_id=paper.id, expires_on="2026-11-01")
    db.call(service.add_document, maya, rex, form)
    # At NOW it is 1 November in London, and 2 November already in Sydney.
    with frozen(NOW):
        (document,) = db.query(service.dependent, maya, rex).documents
    assert document.status == "expired"
