from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session, select

from portal_app.domain.business.models import Business
from portal_app.domain.fields import editing, service
from portal_app.domain.fields.definitions import Choice, Condition, Definition
from portal_app.domain.fields.models import FieldDefinition, FieldValue
from portal_app.domain.fields.service import CUSTOMERS, Subject
from portal_app.domain.fields.views import FieldView
from portal_app.domain.files import service as files
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.changes import Change
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed, NotFound
from portal_app.kernel.ids import new_id
from tests.support.handing_in import hand_in, kept
from tests.support.pictures import picture
from tests.support.shop import NOW, new_customer
from tests.support.statements import statements_of

PETS = service.of_dependent_type("01PETS")
REX = Subject("dependent", "01REX")
DOG, CAT = Choice("dog", "Dog"), Choice("cat", "Cat")
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
    key="tricks", name="Tricks", shown_when=Condition("species", ("dog",))
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
    service.define(tx, SYSTEM, PETS, PET)


@pytest.fixture
def maya(db: Database) -> Actor:
    db.call(open_shop)
    return db.call(new_customer)


def save(db: Database, actor: Actor, answers: dict[str, Any]) -> list[str]:
    return db.call(service.save, actor, PETS, REX, answers, owner=actor.customer_id)


def read(db: Database, audience: str = "customer") -> dict[str, FieldView]:
    views = db.query(service.form, audience, PETS, REX)
    return {view.key: view for view in views}


def test_what_was_entered_is_read_again(db: Database, maya: Actor) -> None:
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


def test_an_empty_form_follows_from_the_definitions(db: Database, maya: Actor) -> None:
    views = db.query(service.form, "customer", PETS, None)
    assert [(view.key, view.value, view.shown) for view in views] == [
        ("species", "", True),
        ("weight", "", True),
        ("tricks", "", False),
    ]


def test_a_refused_form_changes_nothing(db: Database, maya: Actor) -> None:
    save(db, maya, {"species": "dog"})
    before = kept(db)
    with pytest.raises(InvalidInput) as refusal:
        save(db, maya, {"species": "cat", "weight": "500", "secret": "x"})
    assert refusal.value.fields == {
        "weight": "Please enter a number from 0.5 to 120 kg.",
        "secret": "This field is not available.",
    }
    assert kept(db) == before


def test_the_office_sees_what_customers_do_not(db: Database, maya: Actor) -> None:
    db.call(service.save, SYSTEM, PETS, REX, {"secret": "Bites"}, owner=None)
    assert read(db, "office")["secret"].text == "Bites"
    assert "secret" not in read(db)
    assert "secret" not in read(db, "fieldworker")
    assert [view.editable for view in read(db, "fieldworker").values()] == [False] * 2


def test_hidden_values_are_kept_and_come_back(db: Database, maya: Actor) -> None:
    save(db, maya, {"species": "dog", "tricks": "Rolls over"})
    save(db, maya, {"species": "cat", "tricks": ""})
    assert read(db)["tricks"].shown is False
    assert list(read(db, "fieldworker")) == ["species", "weight"]
    save(db, maya, {"species": "dog"})
    assert read(db)["tricks"].text == "Rolls over"


def redefine(db: Database, *wanted: Definition) -> int:
    return db.call(service.define, SYSTEM, PETS, wanted)


def test_changing_a_kind_or_a_unit_keeps_what_was_entered(
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


def test_a_choice_that_is_no_longer_offered_keeps_its_name(
    db: Database, maya: Actor
) -> None:
    save(db, maya, {"species": "dog"})
    bird = Choice("bird", "Bird")
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


def test_archiving_a_field_keeps_what_was_entered(db: Database, maya: Actor) -> None:
    save(db, maya, {"weight": "12.5"})
    weight = next(
        one for one in db.query(service.definitions, PETS) if one.key == "weight"
    )
    db.call(editing.archive, SYSTEM, weight.id)
    db.call(editing.archive, SYSTEM, weight.id)
    assert "weight" not in read(db)
    with pytest.raises(InvalidInput):
        save(db, maya, {"weight": "13"})
    db.call(editing.restore, SYSTEM, weight.id)
    assert read(db)["weight"].text == "12.5 kg"


def test_defining_twice_changes_nothing(db: Database, maya: Actor) -> None:
    before = kept(db)
    assert redefine(db, *PET) == 0
    assert kept(db) == before
    assert redefine(db, replace(SPECIES, name="Animal"), *PET[1:]) == 1


def test_a_wrong_definition_changes_nothing(db: Database, maya: Actor) -> None:
    before = kept(db)
    with pytest.raises(InvalidInput) as refusal:
        redefine(db, replace(SPECIES, name="Animal"), replace(WEIGHT, decimals=9))
    assert refusal.value.fields == {"weight.decimals": "Decimals are 0 to 4."}
    assert kept(db) == before


def test_only_the_office_defines(db: Database, maya: Actor) -> None:
    before = kept(db)
    for actor in (maya, Actor()):
        with pytest.raises(NotAllowed):
            db.call(service.define, actor, PETS, PET)
    assert kept(db) == before


def test_scopes_are_kept_apart(db: Database, maya: Actor) -> None:
    other = service.of_dependent_type("01POOLS")
    db.call(service.define, SYSTEM, other, [Definition(key="weight", name="W")])
    db.call(service.define, SYSTEM, CUSTOMERS, [Definition(key="weight", name="W")])
    found = db.query(service.definitions_of, [PETS, other, CUSTOMERS])
    assert {scope: len(fields) for scope, fields in found.items()} == {
        PETS: 4,
        other: 1,
        CUSTOMERS: 1,
    }


PHOTO = Definition(key="photo", name="Photo", kind="file")
CONSENT = Definition(key="consent", name="Consent", kind="signature")


def test_a_file_is_taken_into_use_and_replaced(db: Database, maya: Actor) -> None:
    redefine(db, PHOTO)
    first, second = hand_in(db, maya, "field"), hand_in(db, maya, "field")
    save(db, maya, {"photo": first.id})
    view = read(db)["photo"]
    assert (view.value, view.file.name) == (first.id, "field.pdf")
    assert save(db, maya, {"photo": first.id}) == []
    save(db, maya, {"photo": second.id})
    assert [row.id for row in db.query(files.owned_files, maya)] == [second.id]
    save(db, maya, {"photo": ""})
    assert db.query(files.owned_files, maya) == []
    with db.read() as tx:
        assert tx.exec(select(FieldValue)).all() == []


def test_a_changed_file_field_names_its_earlier_file(db: Database, maya: Actor) -> None:
    redefine(db, PHOTO)
    file = hand_in(db, maya, "field", name="card.pdf")
    save(db, maya, {"photo": file.id})
    redefine(db, Definition(key="photo", name="Photo"))
    assert read(db)["photo"].earlier == "card.pdf"
    save(db, maya, {"photo": ""})
    assert [row.id for row in db.query(files.owned_files, maya)] == [file.id]
    save(db, maya, {"photo": "No photo"})
    assert db.query(files.owned_files, maya) == []


def test_another_customers_file_is_as_if_it_did_not_exist(
    db: Database, maya: Actor
) -> None:
    noah = db.call(new_customer, "noah@example.com")
    redefine(db, PHOTO, CONSENT)
    his = hand_in(db, noah, "field")
    his_drawing = hand_in(db, noah, "signature", content=picture("PNG"))
    wrong_kind = hand_in(db, maya, "picture")
    before, answers = kept(db), []
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
    assert kept(db) == before


def test_a_signature_is_drawn_or_typed(db: Database, maya: Actor) -> None:
    redefine(db, CONSENT)
    drawn = hand_in(db, maya, "signature", content=picture("PNG"))
    with frozen(NOW):
        save(db, maya, {"consent": f"file:{drawn.id}"})
        view = read(db)["consent"]
        assert view.text == "Signed on Monday, 2 November 2026"
        assert view.file.id == drawn.id
        assert save(db, maya, {"consent": view.value}) == []
        save(db, maya, {"consent": "typed:Maya Chen"})
    view = read(db)["consent"]
    assert view.text == "Signed by Maya Chen on Monday, 2 November 2026"
    assert db.query(files.owned_files, maya) == []


def test_a_file_in_a_field_of_the_office_is_not_the_customers(
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
    file = hand_in(db, office, "field")
    db.call(service.save, office, PETS, REX, {"photo": file.id}, owner=maya.customer_id)
    with pytest.raises(NotFound):
        db.query(files.readable, maya, file.id)
    assert db.query(files.readable, office, file.id).name == "field.pdf"


def test_differences_are_told_field_by_field(db: Database, maya: Actor) -> None:
    save(db, maya, {"species": "dog", "weight": "12.5", "tricks": "Sits"})
    answers = {"species": "cat", "weight": "heavy", "tricks": "Sits", "secret": "x"}
    assert db.query(service.differences, "customer", PETS, REX, answers) == [
        Change("species", "Kind of animal", "Cat", "Dog"),
        Change("weight", "Weight", "heavy", "12.5 kg"),
    ]


def test_forms_of_many_take_as_many_queries_as_one(db: Database, maya: Actor) -> None:
    subjects = {Subject("dependent", f"01D{number}"): PETS for number in range(30)}
    for subject in subjects:
        db.call(
            service.save,
            maya,
            PETS,
            subject,
            {"weight": "3"},
            owner=maya.customer_id,
        )
    with statements_of(db) as asked:
        found = db.query(service.forms, "customer", subjects)
    assert len(found) == 30
    assert all(views[1].text == "3 kg" for views in found.values())
    assert len(asked) == 3


def test_values_are_searched_where_they_may_be_seen(db: Database, maya: Actor) -> None:
    save(db, maya, {"species": "dog", "tricks": "100% Rolls"})
    db.call(service.save, SYSTEM, PETS, REX, {"secret": "Bites"}, owner=None)

    def search(audience: str, text: str) -> list[str]:
        with db.read() as tx:
            return list(tx.exec(service.matching(tx, audience, "dependent", text)))

    assert search("customer", "rolls") == ["01REX"]
    assert search("customer", "100%") == ["01REX"]
    assert search("customer", "1%0") == []
    assert search("customer", "bites") == []
    assert search("office", "bites") == ["01REX"]


def test_versions_count_changes(db: Database, maya: Actor) -> None:
    redefine(db, *PET)
    with db.read() as tx:
        assert set(tx.exec(select(FieldDefinition.version))) == {1}


def test_what_is_lacking_follows_the_definitions(db: Database) -> None:
    db.call(open_shop)
    maya = db.call(new_customer)
    assert db.query(service.lacking, "customer", PETS, REX) == []
    must = [replace(one, required=True) for one in (SPECIES, TRICKS, SECRET)]
    db.call(service.define, SYSTEM, PETS, must)
    assert db.query(service.lacking, "customer", PETS, REX) == ["Kind of animal"]
    assert db.query(service.lacking, "office", PETS, REX) == [
        "Kind of animal",
        "Office note",
    ]
    save(db, maya, {"species": "dog", "tricks": "Sit"})
    assert db.query(service.lacking, "customer", PETS, REX) == []
    number = replace(SPECIES, kind="number", choices=(), required=True)
    always = replace(TRICKS, shown_when=None)
    db.call(service.define, SYSTEM, PETS, [number, always])
    assert db.query(service.lacking, "customer", PETS, REX) == ["Kind of animal"]


def test_values_move_whole_or_are_forgotten_with_their_files(db: Database) -> None:
    db.call(open_shop)
    db.call(service.define, SYSTEM, PETS, [PHOTO])
    maya = db.call(new_customer)
    photo, other = hand_in(db, maya, "field"), hand_in(db, maya, "field")
    tom, kit = Subject("dependent", "01TOM"), Subject("dependent", "01KIT")
    owner = maya.customer_id
    save(db, maya, {"species": "dog", "photo": photo.id})
    cat = {"species": "cat", "photo": other.id}
    db.call(service.save, maya, PETS, kit, cat, owner=owner)
    assert db.call(service.move, REX, tom) == 2
    assert db.call(service.move, REX, tom) == 0
    assert {one.text for one in db.query(service.form, "customer", PETS, REX)} == {""}
    moved = {one.key: one for one in db.query(service.form, "customer", PETS, tom)}
    assert (moved["species"].text, moved["photo"].file.id) == ("Dog", photo.id)
    db.call(service.forget, "dependent", [tom.id])
    db.call(service.forget, "dependent", [tom.id, "01NOBODY"])
    with db.read() as tx:
        assert {row.subject_id for row in tx.exec(select(FieldValue))} == {kit.id}
        assert set(files.views_of(tx, [photo.id, other.id])) == {other.id}
