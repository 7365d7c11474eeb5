from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session, select

from portal_app.domain.business.models import Business
from portal_app.domain.fields import schema, values
from portal_app.domain.fields.models import FieldDefinition, FieldValue
from portal_app.domain.fields.rules import Definition, FieldChoice, FieldCondition
from portal_app.domain.fields.schema import CUSTOMER_SCOPE
from portal_app.domain.fields.values import Subject
from portal_app.domain.fields.views import FieldView
from portal_app.domain.files import attachments
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.changes import Change
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed, NotFound
from portal_app.kernel.ids import new_id
from tests.support.pictures import picture
from tests.support.sample_business import NOW, new_customer
from tests.support.statements import statements_of
from tests.support.uploads import snapshot_without_attempts, upload_file

PETS = schema.dependent_type_scope("01PETS")
REX = Subject("dependent", "01REX")
DOG, CAT = FieldChoice("dog", "Dog"), FieldChoice("cat", "Cat")
SPECIES = Definition(
    key="species", name="Kind of animal", kind="choice", choices=(DOG, CAT)
)
WEIGHT = Definition(
    key="weight",
    name="Weight",
    kind="number",
    unit="kg",
    minimum=Decimal("0.5"),
    maximum=Decimal(120),
    decimals=1,
)
TRICKS = Definition(
    key="tricks", name="Tricks", shown_when=FieldCondition("species", ("dog",))
)
SECRET = Definition(
    key="secret",
    name="Office note",
    visible_to=frozenset({"office"}),
    editable_by=frozenset({"office"}),
)
PET = (SPECIES, WEIGHT, TRICKS, SECRET)


def open_shop(tx: Session) -> None:
    tx.add(
        Business(name="B", timezone="Australia/Sydney", country="AU", locale="en_AU")
    )
    tx.flush()
    schema.define_fields(tx, SYSTEM, PETS, PET)


@pytest.fixture
def maya(db: Database) -> Actor:
    db.call(open_shop)
    return db.call(new_customer)


def save(db: Database, actor: Actor, answers: dict[str, Any]) -> list[str]:
    return db.call(
        values.save_values, actor, PETS, REX, answers, owner=actor.customer_id
    )


def read(db: Database, audience: str = "customer") -> dict[str, FieldView]:
    views = db.query(values.field_views, audience, PETS, REX)
    return {view.key: view for view in views}


def test_saved_values_are_read_back(db: Database, maya: Actor) -> None:
    answers = {"species": "dog", "weight": "12.50", "tricks": "Rolls over"}
    assert save(db, maya, answers) == ["Kind of animal", "Weight", "Tricks"]
    assert save(db, maya, answers) == []
    views = read(db)
    assert list(views) == ["species", "weight", "tricks"]
    weight = views["weight"]
    assert (weight.value, weight.text, weight.unit) == ("12.5", "12.5 kg", "kg")
    assert (weight.minimum, weight.maximum, weight.step) == ("0.5", "120", "0.1")
    assert views["species"].text == "Dog"
    tricks = views["tricks"]
    assert (tricks.depends_on, tricks.depends_on_values, tricks.shown) == (
        "species",
        ["dog"],
        True,
    )
    assert [choice.name for choice in views["species"].choices] == ["Dog", "Cat"]


def test_an_empty_form_lists_the_definitions(db: Database, maya: Actor) -> None:
    views = db.query(values.field_views, "customer", PETS, None)
    assert [(view.key, view.value, view.shown) for view in views] == [
        ("species", "", True),
        ("weight", "", True),
        ("tricks", "", False),
    ]


def test_an_invalid_form_changes_nothing(db: Database, maya: Actor) -> None:
    save(db, maya, {"species": "dog"})
    before = snapshot_without_attempts(db)
    with pytest.raises(InvalidInput) as refusal:
        save(db, maya, {"species": "cat", "weight": "500", "secret": "x"})
    assert refusal.value.fields == {
        "weight": "Please enter a number from 0.5 to 120 kg.",
        "secret": "This field is not available.",
    }
    assert snapshot_without_attempts(db) == before


def test_the_office_sees_fields_hidden_from_customers(
    db: Database, maya: Actor
) -> None:
    db.call(values.save_values, SYSTEM, PETS, REX, {"secret": "Bites"}, owner=None)
    assert read(db, "office")["secret"].text == "Bites"
    assert "secret" not in read(db)
    assert "secret" not in read(db, "fieldworker")
    assert [view.editable for view in read(db, "fieldworker").values()] == [False] * 2


def test_hidden_values_are_kept_and_shown_again(db: Database, maya: Actor) -> None:
    save(db, maya, {"species": "dog", "tricks": "Rolls over"})
    save(db, maya, {"species": "cat", "tricks": ""})
    assert read(db)["tricks"].shown is False
    assert list(read(db, "fieldworker")) == ["species", "weight"]
    save(db, maya, {"species": "dog"})
    assert read(db)["tricks"].text == "Rolls over"


def redefine(db: Database, *wanted: Definition) -> int:
    return db.call(schema.define_fields, SYSTEM, PETS, wanted)


def test_changing_a_kind_or_unit_keeps_entered_values(
    db: Database, maya: Actor
) -> None:
    save(db, maya, {"weight": "12.5", "species": "dog"})
    redefine(db, replace(WEIGHT, unit="lb", minimum=None, maximum=None))
    weight = read(db)["weight"]
    assert (weight.value, weight.text, weight.earlier) == ("", "", "12.5 kg")
    save(db, maya, {"weight": ""})
    redefine(db, Definition(key="weight", name="Weight"))
    assert read(db)["weight"].earlier == "12.5 kg"
    redefine(db, WEIGHT)
    weight = read(db)["weight"]
    assert (weight.value, weight.earlier) == ("12.5", "")


def test_a_retired_choice_keeps_its_name(db: Database, maya: Actor) -> None:
    save(db, maya, {"species": "dog"})
    bird = FieldChoice("bird", "Bird")
    no_tricks = replace(TRICKS, shown_when=None)
    redefine(db, replace(SPECIES, choices=(CAT, bird)), no_tricks)
    species = read(db)["species"]
    assert (species.value, species.text) == ("dog", "Dog")
    assert [choice.key for choice in species.choices] == ["cat", "bird", "dog"]
    assert save(db, maya, {"species": "dog"}) == []
    save(db, maya, {"species": "bird"})
    assert [choice.key for choice in read(db)["species"].choices] == ["cat", "bird"]
    with pytest.raises(InvalidInput):
        save(db, maya, {"species": "dog"})


def test_archiving_a_field_keeps_its_values(db: Database, maya: Actor) -> None:
    save(db, maya, {"weight": "12.5"})
    weight = next(
        one for one in db.query(schema.active_definitions, PETS) if one.key == "weight"
    )
    db.call(schema.archive_field, SYSTEM, weight.id)
    db.call(schema.archive_field, SYSTEM, weight.id)
    assert "weight" not in read(db)
    with pytest.raises(InvalidInput):
        save(db, maya, {"weight": "13"})
    db.call(schema.restore_field, SYSTEM, weight.id)
    assert read(db)["weight"].text == "12.5 kg"


def test_defining_twice_changes_nothing(db: Database, maya: Actor) -> None:
    before = snapshot_without_attempts(db)
    assert redefine(db, *PET) == 0
    assert snapshot_without_attempts(db) == before
    assert redefine(db, replace(SPECIES, name="Animal"), *PET[1:]) == 1


def test_an_invalid_definition_changes_nothing(db: Database, maya: Actor) -> None:
    before = snapshot_without_attempts(db)
    with pytest.raises(InvalidInput) as refusal:
        redefine(db, replace(SPECIES, name="Animal"), replace(WEIGHT, decimals=9))
    assert refusal.value.fields == {"weight.decimals": "Decimals are 0 to 4."}
    assert snapshot_without_attempts(db) == before


def test_only_the_office_may_define_fields(db: Database, maya: Actor) -> None:
    before = snapshot_without_attempts(db)
    for actor in (maya, Actor()):
        with pytest.raises(NotAllowed):
            db.call(schema.define_fields, actor, PETS, PET)
    assert snapshot_without_attempts(db) == before


def test_scopes_are_independent(db: Database, maya: Actor) -> None:
    other = schema.dependent_type_scope("01POOLS")
    db.call(schema.define_fields, SYSTEM, other, [Definition(key="weight", name="W")])
    db.call(
        schema.define_fields,
        SYSTEM,
        CUSTOMER_SCOPE,
        [Definition(key="weight", name="W")],
    )
    found = db.query(schema.active_definitions_by_scope, [PETS, other, CUSTOMER_SCOPE])
    assert {scope: len(fields) for scope, fields in found.items()} == {
        PETS: 4,
        other: 1,
        CUSTOMER_SCOPE: 1,
    }


PHOTO = Definition(key="photo", name="Photo", kind="file")
CONSENT = Definition(key="consent", name="Consent", kind="signature")


def test_a_file_is_attached_and_replaced(db: Database, maya: Actor) -> None:
    redefine(db, PHOTO)
    first, second = upload_file(db, maya, "field"), upload_file(db, maya, "field")
    save(db, maya, {"photo": first.id})
    view = read(db)["photo"]
    assert (view.value, view.file.name) == (first.id, "field.pdf")
    assert save(db, maya, {"photo": first.id}) == []
    save(db, maya, {"photo": second.id})
    assert [row.id for row in db.query(attachments.owned_files, maya)] == [second.id]
    save(db, maya, {"photo": ""})
    assert db.query(attachments.owned_files, maya) == []
    with db.read() as tx:
        assert tx.exec(select(FieldValue)).all() == []


def test_a_changed_file_field_names_its_earlier_file(db: Database, maya: Actor) -> None:
    redefine(db, PHOTO)
    file = upload_file(db, maya, "field", name="card.pdf")
    save(db, maya, {"photo": file.id})
    redefine(db, Definition(key="photo", name="Photo"))
    assert read(db)["photo"].earlier == "card.pdf"
    save(db, maya, {"photo": ""})
    assert [row.id for row in db.query(attachments.owned_files, maya)] == [file.id]
    save(db, maya, {"photo": "No photo"})
    assert db.query(attachments.owned_files, maya) == []


def test_another_customers_file_is_not_found(db: Database, maya: Actor) -> None:
    noah = db.call(new_customer, "noah@example.com")
    redefine(db, PHOTO, CONSENT)
    his = upload_file(db, noah, "field")
    his_drawing = upload_file(db, noah, "signature", content=picture("PNG"))
    wrong_kind = upload_file(db, maya, "picture")
    before, answers = snapshot_without_attempts(db), []
    for answer in (
        {"photo": his.id},
        {"photo": new_id()},
        {"photo": wrong_kind.id},
        {"consent": f"file:{his_drawing.id}"},
        {"consent": f"file:{new_id()}"},
    ):
        with pytest.raises(InvalidInput) as refusal:
            save(db, maya, answer)
        answers.append(list(refusal.value.fields.values()))
    assert answers == [["We could not find that file. Please choose it again."]] * 5
    assert snapshot_without_attempts(db) == before


def test_a_signature_can_be_drawn_or_typed(db: Database, maya: Actor) -> None:
    redefine(db, CONSENT)
    drawn = upload_file(db, maya, "signature", content=picture("PNG"))
    with frozen(NOW):
        save(db, maya, {"consent": f"file:{drawn.id}"})
        view = read(db)["consent"]
        assert view.text == "Signed on Monday, 2 November 2026"
        assert view.file.id == drawn.id
        assert save(db, maya, {"consent": view.value}) == []
        save(db, maya, {"consent": "typed:Maya Chen"})
    view = read(db)["consent"]
    assert view.text == "Signed by Maya Chen on Monday, 2 November 2026"
    assert db.query(attachments.owned_files, maya) == []


def test_a_file_in_an_office_field_is_not_readable_by_the_customer(
    db: Database, maya: Actor
) -> None:
    redefine(
        db,
        replace(
            PHOTO, visible_to=frozenset({"office"}), editable_by=frozenset({"office"})
        ),
    )
    with db.write() as tx:
        office = replace(SYSTEM, account_id=maya.account_id)
        tx.flush()
    file = upload_file(db, office, "field")
    db.call(
        values.save_values,
        office,
        PETS,
        REX,
        {"photo": file.id},
        owner=maya.customer_id,
    )
    with pytest.raises(NotFound):
        db.query(attachments.readable_file, maya, file.id)
    assert db.query(attachments.readable_file, office, file.id).name == "field.pdf"


def test_differences_are_reported_per_field(db: Database, maya: Actor) -> None:
    save(db, maya, {"species": "dog", "weight": "12.5", "tricks": "Sits"})
    answers = {"species": "cat", "weight": "heavy", "tricks": "Sits", "secret": "x"}
    assert db.query(values.differences, "customer", PETS, REX, answers) == [
        Change("species", "Kind of animal", "Cat", "Dog"),
        Change("weight", "Weight", "heavy", "12.5 kg"),
    ]


def test_query_count_is_independent_of_the_number_of_subjects(
    db: Database, maya: Actor
) -> None:
    subjects = {Subject("dependent", f"01D{number}"): PETS for number in range(30)}
    for subject in subjects:
        db.call(
            values.save_values,
            maya,
            PETS,
            subject,
            {"weight": "3"},
            owner=maya.customer_id,
        )
    with statements_of(db) as asked:
        found = db.query(values.field_views_by_subject, "customer", subjects)
    assert len(found) == 30
    assert all(views[1].text == "3 kg" for views in found.values())
    assert len(asked) == 3


def test_only_visible_values_are_searched(db: Database, maya: Actor) -> None:
    save(db, maya, {"species": "dog", "tricks": "100% Rolls"})
    db.call(values.save_values, SYSTEM, PETS, REX, {"secret": "Bites"}, owner=None)

    def search(audience: str, text: str) -> list[str]:
        with db.read() as tx:
            return list(
                tx.exec(values.subjects_matching(tx, audience, "dependent", text))
            )

    assert search("customer", "rolls") == ["01REX"]
    assert search("customer", "100%") == ["01REX"]
    assert search("customer", "1%0") == []
    assert search("customer", "bites") == []
    assert search("office", "bites") == ["01REX"]


def test_versions_count_changes(db: Database, maya: Actor) -> None:
    redefine(db, *PET)
    with db.read() as tx:
        assert set(tx.exec(select(FieldDefinition.version))) == {1}


def test_missing_fields_follow_the_definitions(db: Database) -> None:
    db.call(open_shop)
    maya = db.call(new_customer)
    assert db.query(values.missing_fields, "customer", {REX: PETS}) == []
    must = [replace(one, required=True) for one in (SPECIES, TRICKS, SECRET)]
    db.call(schema.define_fields, SYSTEM, PETS, must)
    assert db.query(values.missing_fields, "customer", {REX: PETS}) == [
        "Kind of animal"
    ]
    assert db.query(values.missing_fields, "office", {REX: PETS}) == [
        "Kind of animal",
        "Office note",
    ]
    save(db, maya, {"species": "dog", "tricks": "Sit"})
    assert db.query(values.missing_fields, "customer", {REX: PETS}) == []
    number = replace(SPECIES, kind="number", choices=(), required=True)
    always = replace(TRICKS, shown_when=None)
    db.call(schema.define_fields, SYSTEM, PETS, [number, always])
    assert db.query(values.missing_fields, "customer", {REX: PETS}) == [
        "Kind of animal"
    ]


def test_values_are_moved_or_deleted_with_their_files(db: Database) -> None:
    db.call(open_shop)
    db.call(schema.define_fields, SYSTEM, PETS, [PHOTO])
    maya = db.call(new_customer)
    photo, other = upload_file(db, maya, "field"), upload_file(db, maya, "field")
    tom, kit = Subject("dependent", "01TOM"), Subject("dependent", "01KIT")
    owner = maya.customer_id
    save(db, maya, {"species": "dog", "photo": photo.id})
    cat = {"species": "cat", "photo": other.id}
    db.call(values.save_values, maya, PETS, kit, cat, owner=owner)
    assert db.call(values.move_values, REX, tom) == 2
    assert db.call(values.move_values, REX, tom) == 0
    assert {
        one.text for one in db.query(values.field_views, "customer", PETS, REX)
    } == {""}
    moved = {
        one.key: one for one in db.query(values.field_views, "customer", PETS, tom)
    }
    assert (moved["species"].text, moved["photo"].file.id) == ("Dog", photo.id)
    db.call(values.delete_values, "dependent", [tom.id])
    db.call(values.delete_values, "dependent", [tom.id, "01NOBODY"])
    with db.read() as tx:
        assert {row.subject_id for row in tx.exec(select(FieldValue))} == {kit.id}
        assert set(attachments.file_views(tx, [photo.id, other.id])) == {other.id}
