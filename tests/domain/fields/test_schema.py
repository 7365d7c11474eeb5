"""What the office does by hand with fields; what was entered is always kept."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session, select

from portal_app.domain.business.models import Business
from portal_app.domain.fields import rules, schema, values
from portal_app.domain.fields.models import FieldDefinition
from portal_app.domain.fields.rules import FieldChoice
from portal_app.domain.fields.schema import CUSTOMER_SCOPE, ChoiceForm, FieldForm, Scope
from portal_app.domain.fields.values import Subject
from portal_app.domain.fields.views import (
    ChoiceDefinitionView,
    DefinitionView,
    FieldView,
)
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import Change, EditConflict
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from portal_app.kernel.ids import new_id
from tests.support.accounts import run_concurrently
from tests.support.sample_business import new_customer
from tests.support.snapshots import changed_columns
from tests.support.uploads import snapshot_without_attempts

pytestmark = pytest.mark.each_database

PETS = schema.dependent_type_scope("01PETS")
REX = Subject("dependent", "01REX")
EVERYBODY = frozenset({"customer", "fieldworker", "office"})
USUAL = {"visible_to": EVERYBODY, "editable_by": frozenset({"customer", "office"})}
SPECIES = FieldForm(
    name="Kind of animal",
    kind="choice",
    choices=(ChoiceForm("Dog"), ChoiceForm("Cat")),
    **USUAL,
)
WEIGHT = FieldForm(
    name="Weight",
    kind="number",
    unit="kg",
    minimum="0.5",
    maximum="120",
    decimals="1",
    required=True,
    shown_when="kind_of_animal",
    shown_values=("dog",),
    **USUAL,
)
NAME = FieldForm(name="Nickname", **USUAL)


@pytest.fixture
def maya(db: Database) -> Actor:
    def open_shop(tx: Session) -> None:
        tx.add(Business(name="B", timezone="Australia/Sydney", country="AU"))

    db.call(open_shop)
    for at, form in enumerate((SPECIES, WEIGHT)):
        add(db, form, f"first{at}")
    return db.call(new_customer)


def add(db: Database, form: FieldForm, request: str = "r1", scope: Scope = PETS) -> str:
    return db.call(schema.add_field, SYSTEM, scope, form, request)


def definition_list(db: Database, scope: Scope = PETS) -> list[DefinitionView]:
    return db.query(schema.definition_views, SYSTEM, scope)


def definition_view(db: Database, key: str) -> DefinitionView:
    return next(view for view in definition_list(db) if view.key == key)


def change(db: Database, key: str, form: FieldForm, version: int = 0) -> int:
    view = definition_view(db, key)
    return db.call(schema.change_field, SYSTEM, view.id, form, version or view.version)


def enter(db: Database, actor: Actor, **answers: Any) -> None:
    db.call(values.save_values, actor, PETS, REX, answers, owner=actor.customer_id)


def entered(db: Database, key: str) -> FieldView:
    views = db.query(values.field_views, "customer", PETS, REX)
    return next(view for view in views if view.key == key)


def refused_parts(call: Callable[[], Any]) -> dict[str, str]:
    with pytest.raises(InvalidInput) as error:
        call()
    return error.value.fields


def test_a_field_is_listed_with_all_its_parts(db: Database, maya: Actor) -> None:
    enter(db, maya, kind_of_animal="dog", weight="12.5")
    species, weight = definition_list(db)
    assert species == DefinitionView(
        id=species.id,
        key="kind_of_animal",
        name="Kind of animal",
        kind="choice",
        kind_name="One choice",
        choices=[
            ChoiceDefinitionView("dog", "Dog"),
            ChoiceDefinitionView("cat", "Cat"),
        ],
        visible_to=["customer", "fieldworker", "office"],
        editable_by=["customer", "office"],
        details="Dog, Cat",
        answers=1,
        version=1,
    )
    assert (weight.unit, weight.minimum, weight.maximum) == ("kg", "0.5", "120")
    assert (weight.decimals, weight.required, weight.answers) == ("1", True, 1)
    assert (weight.shown_when, weight.shown_values) == ("kind_of_animal", ["dog"])
    assert weight.condition == "When “Kind of animal” is Dog"
    assert weight.details == "From 0.5 to 120 kg · 1 decimal place"


@pytest.mark.parametrize(
    ("parts", "details"),
    [
        ({"kind": "number"}, "Whole numbers"),
        ({"kind": "number", "unit": "L"}, "In L · Whole numbers"),
        (
            {"kind": "number", "minimum": "1", "decimals": "2"},
            "At least 1 · 2 decimal places",
        ),
        ({"kind": "number", "maximum": "9"}, "At most 9 · Whole numbers"),
        ({"kind": "date", "period": "past"}, "Not in the future"),
        ({"kind": "date", "period": "future"}, "Not in the past"),
        ({"kind": "yes_no", "unit": "kg", "decimals": "x"}, ""),
        ({"kind": "text", "period": "past", "choices": (ChoiceForm("A"),)}, ""),
        ({"kind": "choices", "choices": (ChoiceForm("A"), ChoiceForm("B"))}, "A, B"),
        ({"kind": "long_text"}, ""),
        ({"kind": "file"}, ""),
        ({"kind": "signature"}, ""),
    ],
)
def test_every_kind_stores_only_its_own_parts(
    db: Database, maya: Actor, parts: dict[str, Any], details: str
) -> None:
    add(db, replace(NAME, **parts))
    view = definition_view(db, "nickname")
    assert (view.kind, view.details) == (parts["kind"], details)
    if parts["kind"] not in {"number", "date", "choices"}:
        assert (view.unit, view.decimals, view.period, view.choices) == ("", "", "", [])


@pytest.mark.parametrize(
    ("seen", "changed", "who"),
    [
        (EVERYBODY, {"customer", "office"}, ""),
        (EVERYBODY, set(), "Changed by nobody"),
        (EVERYBODY, {"office"}, "Changed by office"),
        (
            {"fieldworker", "office"},
            {"office"},
            "Seen by fieldworker, office · Changed by office",
        ),
        ({"customer", "office"}, {"customer", "office"}, "Seen by customer, office"),
    ],
)
def test_only_access_that_differs_from_the_default_is_listed(
    db: Database, maya: Actor, seen: set[str], changed: set[str], who: str
) -> None:
    seen_by, changed_by = frozenset(seen), frozenset(changed)
    add(db, replace(NAME, visible_to=seen_by, editable_by=changed_by))
    assert definition_view(db, "nickname").who == who


def test_a_field_is_added_once_with_a_unique_key(db: Database, maya: Actor) -> None:
    first = add(db, NAME)
    before = snapshot_without_attempts(db)
    assert add(db, NAME) == first
    assert snapshot_without_attempts(db) == before
    for at, name in enumerate(("Nickname", "name", "Picture ID", "猫")):
        add(db, replace(NAME, name=name), f"more{at}")
    assert [view.key for view in definition_list(db)] == [
        *("kind_of_animal", "weight", "nickname", "nickname_2"),
        *("name_2", "picture_id_2", "field"),
    ]
    # In another scope the key is free, and one that was archived is not.
    db.call(schema.archive_field, SYSTEM, first)
    add(db, NAME, "again")
    add(db, NAME, "elsewhere", CUSTOMER_SCOPE)
    assert [view.key for view in definition_list(db)][-2:] == ["nickname_3", "nickname"]
    assert [view.key for view in definition_list(db, CUSTOMER_SCOPE)] == ["nickname"]


def test_fields_added_concurrently_get_different_keys(
    db: Database, maya: Actor
) -> None:
    found = run_concurrently(lambda: add(db, NAME, "r1"), lambda: add(db, NAME, "r2"))
    assert len(set(map(str, found))) == 2
    assert sorted(view.key for view in definition_list(db))[1:] == [
        "nickname",
        "nickname_2",
        "weight",
    ]


def test_concurrent_duplicate_requests_add_one_field(db: Database, maya: Actor) -> None:
    first, second = run_concurrently(lambda: add(db, NAME), lambda: add(db, NAME))
    assert first == second
    assert len(definition_list(db)) == 3


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        (replace(NAME, name=" "), {"name": "A field needs a name."}),
        (
            replace(NAME, name="x" * 81, help="x" * 301),
            {
                "name": "Please use at most 80 characters.",
                "help": "Please use at most 300 characters.",
            },
        ),
        (
            replace(NAME, name="Re\x1bx"),
            {"name": "Please use only letters, numbers and signs."},
        ),
        (
            replace(NAME, kind="colour"),
            {
                "kind": "A field is one of: text, long_text, number, date, yes_no, "
                "choice, choices, file, signature."
            },
        ),
        (
            replace(WEIGHT, minimum="a lot", maximum="1e999999999", decimals="many"),
            {
                "minimum": "Please enter a number such as 12 or 12.5.",
                "maximum": "Please enter a number such as 12 or 12.5.",
                "decimals": "Please enter a number from 0 to 4.",
            },
        ),
        (
            replace(WEIGHT, minimum="120", maximum="0.5"),
            {"minimum": "The minimum is more than the maximum."},
        ),
        (replace(WEIGHT, decimals="9"), {"decimals": "Decimals are 0 to 4."}),
        (
            replace(NAME, kind="date", period="never"),
            {"period": "The period of a date is past or future."},
        ),
        (
            replace(NAME, kind="choice"),
            {"choices": "Please give at least one choice."},
        ),
        (
            replace(SPECIES, choices=(ChoiceForm("Dog"), ChoiceForm(" dog "))),
            {"choices.1": "There are two choices called “dog”."},
        ),
        (
            replace(
                SPECIES,
                name="",
                choices=(ChoiceForm(""),),
                shown_when="kind_of_animal",
            ),
            {
                "name": "A field needs a name.",
                "choices.0": "Please give a name of 1 to 80 characters.",
                "shown_when": "Please say at which value the field is shown.",
            },
        ),
        (
            replace(SPECIES, choices=(ChoiceForm("Dog"), ChoiceForm(" "))),
            {"choices.1": "Please give a name of 1 to 80 characters."},
        ),
        (
            replace(NAME, visible_to=frozenset(), editable_by=frozenset()),
            {"visible_to": "Somebody must see it: customer, fieldworker or office."},
        ),
        (
            replace(NAME, visible_to=frozenset({"office"})),
            {"editable_by": "Who may edit it must see it as well."},
        ),
        (
            replace(NAME, shown_when="weight", shown_values=("1",)),
            {"shown_when": "“Weight” has no answers to choose from any more."},
        ),
        (
            replace(NAME, shown_when="kind_of_animal", shown_values=("dog", "cow")),
            {
                "shown_when": "“Kind of animal” does not have that answer. "
                "Please choose again."
            },
        ),
        (
            replace(NAME, shown_when="kind_of_animal"),
            {"shown_when": "Please say at which value the field is shown."},
        ),
        (
            replace(NAME, shown_when="gone", shown_values=("dog",)),
            {"shown_when": "That field is not asked any more. Please choose another."},
        ),
    ],
)
def test_errors_are_reported_per_part(
    db: Database, maya: Actor, form: FieldForm, wrong: dict[str, str]
) -> None:
    before = snapshot_without_attempts(db)
    assert refused_parts(lambda: add(db, form)) == wrong
    assert snapshot_without_attempts(db) == before


def test_number_of_fields_is_limited(
    db: Database, maya: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_FIELDS", 2)
    before = snapshot_without_attempts(db)
    with pytest.raises(InvalidInput, match="at most 2 fields") as error:
        add(db, NAME)
    assert error.value.fields == {}
    assert snapshot_without_attempts(db) == before


def test_changing_a_range_keeps_values_outside_it(db: Database, maya: Actor) -> None:
    enter(db, maya, kind_of_animal="dog", weight="110")
    assert change(db, "weight", replace(WEIGHT, maximum="60")) == 2
    assert entered(db, "weight").text == "110 kg"
    enter(db, maya, weight="110")
    assert entered(db, "weight").value == "110"
    with pytest.raises(InvalidInput):
        enter(db, maya, weight="111")
    assert entered(db, "weight").value == "110"


def test_changing_a_kind_keeps_entered_values(db: Database, maya: Actor) -> None:
    enter(db, maya, kind_of_animal="dog", weight="12.5")
    change(db, "weight", replace(WEIGHT, kind="text"))
    view = definition_view(db, "weight")
    assert (view.unit, view.maximum, view.answers) == ("", "", 1)
    weight = entered(db, "weight")
    assert (weight.value, weight.earlier) == ("", "12.5 kg")
    change(db, "weight", WEIGHT)
    assert entered(db, "weight").value == "12.5"


def choices(db: Database) -> list[tuple[str, str, bool]]:
    return [
        (c.key, c.name, c.retired)
        for c in definition_view(db, "kind_of_animal").choices
    ]


def test_choices_can_be_renamed_retired_reordered_and_restored(
    db: Database, maya: Actor
) -> None:
    optional = replace(WEIGHT, shown_when="", shown_values=(), required=False)
    change(db, "weight", optional)
    enter(db, maya, kind_of_animal="dog")
    cat, dog = ChoiceForm("House cat", "cat"), ChoiceForm("Dog", "dog")
    change(db, "kind_of_animal", replace(SPECIES, choices=(cat, ChoiceForm("Bird"))))
    assert choices(db) == [
        ("cat", "House cat", False),
        ("bird", "Bird", False),
        ("dog", "Dog", True),
    ]
    assert entered(db, "kind_of_animal").text == "Dog"
    # The same name again is the same choice; a key that was never there is not.
    again = (ChoiceForm(" DOG "), cat, ChoiceForm("Fish", "shark"))
    change(db, "kind_of_animal", replace(SPECIES, choices=again))
    assert choices(db) == [
        ("dog", "DOG", False),
        ("cat", "House cat", False),
        ("fish", "Fish", False),
        ("bird", "Bird", True),
    ]
    assert entered(db, "kind_of_animal").text == "DOG"
    # A new choice called as another one was before it got a new name.
    renamed = (replace(dog, name="Hound"), ChoiceForm("Dog"))
    change(db, "kind_of_animal", replace(SPECIES, choices=renamed))
    assert choices(db)[:2] == [("dog", "Hound", False), ("dog_2", "Dog", False)]


def test_a_choice_used_by_a_condition_cannot_be_removed(
    db: Database, maya: Actor
) -> None:
    before = snapshot_without_attempts(db)
    words = "“Weight” is shown by an answer that would be gone. "
    words += "Please change that first."
    no_dog = replace(SPECIES, choices=(ChoiceForm("Cat", "cat"),))
    assert refused_parts(lambda: change(db, "kind_of_animal", no_dog)) == {
        "choices": words
    }
    text = replace(SPECIES, kind="text")
    assert refused_parts(lambda: change(db, "kind_of_animal", text)) == {"kind": words}
    assert snapshot_without_attempts(db) == before


def test_circular_conditions_are_refused(db: Database, maya: Actor) -> None:
    add(
        db,
        replace(
            NAME,
            kind="yes_no",
            shown_when="kind_of_animal",
            shown_values=("dog",),
        ),
    )
    before = snapshot_without_attempts(db)
    form = replace(SPECIES, shown_when="nickname", shown_values=("yes",))
    dog_and_cat = (ChoiceForm("Dog", "dog"), ChoiceForm("Cat", "cat"))
    form = replace(form, choices=dog_and_cat)
    assert refused_parts(lambda: change(db, "kind_of_animal", form)) == {
        "shown_when": "These fields would decide about each other in a circle."
    }
    itself = replace(form, shown_when="kind_of_animal", shown_values=("dog",))
    assert refused_parts(lambda: change(db, "kind_of_animal", itself)) == {
        "shown_when": "A field cannot decide about itself."
    }
    assert snapshot_without_attempts(db) == before


def test_a_stale_save_reports_what_changed(db: Database, maya: Actor) -> None:
    first = replace(WEIGHT, name="Weight in kilos", decimals="0", required=False)
    assert change(db, "weight", first, 1) == 2
    before = snapshot_without_attempts(db)
    second = replace(WEIGHT, shown_when="", shown_values=(), maximum="90")
    with pytest.raises(EditConflict) as error:
        change(db, "weight", second, 1)
    assert error.value.version == 2
    assert error.value.changes == [
        Change("name", "Name", "Weight", "Weight in kilos"),
        Change("maximum", "Maximum", "90", "120"),
        Change("decimals", "Decimal places", "1", "0"),
        Change("required", "Required", "Yes", "No"),
        Change("shown_when", "Shown", "Always", "When “Kind of animal” is Dog"),
    ]
    # What is so already is no conflict: a request that is repeated.
    assert change(db, "weight", first, 1) == 2
    assert snapshot_without_attempts(db) == before
    assert change(db, "weight", second, 2) == 3
    assert change(db, "weight", second, 3) == 3


def test_a_stale_save_does_not_restore_an_archived_field(
    db: Database, maya: Actor
) -> None:
    db.call(schema.archive_field, SYSTEM, definition_view(db, "weight").id)
    before = snapshot_without_attempts(db)
    with pytest.raises(EditConflict) as error:
        change(db, "weight", WEIGHT, 1)
    assert error.value.changes == [Change("in_use", "In use", "Yes", "No")]
    assert snapshot_without_attempts(db) == before
    change(db, "weight", WEIGHT, error.value.version)
    assert definition_view(db, "weight").archived is False


def test_fields_can_be_reordered(db: Database, maya: Actor) -> None:
    third, fourth = add(db, NAME, "r1"), add(db, NAME, "r2")
    other = add(db, NAME, "r3", CUSTOMER_SCOPE)
    db.call(schema.archive_field, SYSTEM, third)
    species, weight = (view.id for view in definition_list(db)[:2])
    wanted = [fourth, other, new_id(), weight, species]
    for _ in range(2):
        db.call(schema.reorder_fields, SYSTEM, PETS, wanted)
        assert [v.id for v in definition_list(db)] == [fourth, weight, species, third]
    db.call(schema.restore_field, SYSTEM, third)
    assert [v.id for v in definition_list(db)] == [fourth, weight, third, species]
    assert [view.key for view in db.query(schema.active_definitions, PETS)] == [
        *("nickname_2", "weight", "nickname", "kind_of_animal")
    ]
    with db.read() as tx:
        rows = {row.id: row.version for row in tx.exec(select(FieldDefinition))}
    assert [rows[moved] for moved in (species, weight, fourth)] == [1, 1, 1]


def test_a_field_used_by_a_condition_cannot_be_archived(
    db: Database, maya: Actor
) -> None:
    before = snapshot_without_attempts(db)
    with pytest.raises(Conflict) as error:
        db.call(schema.archive_field, SYSTEM, definition_view(db, "kind_of_animal").id)
    assert error.value.message == (
        "“Kind of animal” decides whether “Weight” is shown. Please change that first."
    )
    assert snapshot_without_attempts(db) == before


def test_a_field_whose_condition_is_archived_cannot_be_restored(
    db: Database, maya: Actor
) -> None:
    species, weight = definition_list(db)
    for view in (weight, species):
        for _ in range(2):
            db.call(schema.archive_field, SYSTEM, view.id)
    before = snapshot_without_attempts(db)
    with pytest.raises(Conflict) as error:
        db.call(schema.restore_field, SYSTEM, weight.id)
    assert error.value.message == (
        "“Weight” cannot be asked again as it is: "
        "That field is not asked any more. Please choose another."
    )
    assert snapshot_without_attempts(db) == before
    for view in (species, weight):
        for _ in range(2):
            db.call(schema.restore_field, SYSTEM, view.id)
    assert [(v.archived, v.version) for v in definition_list(db)] == [
        (False, 3),
        (False, 3),
    ]


def test_concurrent_archive_and_condition_leave_no_orphan(
    db: Database, maya: Actor
) -> None:
    """Whoever is second sees what the first did."""
    db.call(schema.archive_field, SYSTEM, definition_view(db, "weight").id)
    species = definition_view(db, "kind_of_animal").id
    follows = replace(NAME, shown_when="kind_of_animal", shown_values=("dog",))
    outcomes = run_concurrently(
        lambda: db.call(schema.archive_field, SYSTEM, species), lambda: add(db, follows)
    )
    assert sum(isinstance(found, Exception) for found in outcomes) == 1
    assert rules.definition_faults(db.query(schema.active_definitions, PETS)) == []


def test_only_the_office_may_change_fields(db: Database, maya: Actor) -> None:
    weight = definition_view(db, "weight")
    before = snapshot_without_attempts(db)
    others = (Audience.PUBLIC, Audience.GUEST, Audience.FIELDWORKER)
    for who in (maya, *(Actor(audience=audience) for audience in others)):
        for attempt in (
            lambda who=who: db.query(schema.definition_views, who, PETS),
            lambda who=who: db.call(schema.add_field, who, PETS, NAME, "r1"),
            lambda who=who: db.call(schema.change_field, who, weight.id, NAME, 1),
            lambda who=who: db.call(schema.reorder_fields, who, PETS, [weight.id]),
            lambda who=who: db.call(schema.archive_field, who, weight.id),
            lambda who=who: db.call(schema.restore_field, who, weight.id),
        ):
            with pytest.raises(NotAllowed):
                attempt()
    assert snapshot_without_attempts(db) == before


def test_an_unknown_field_is_not_found(db: Database, maya: Actor) -> None:
    before = snapshot_without_attempts(db)
    for attempt in (
        lambda: db.call(schema.change_field, SYSTEM, new_id(), NAME, 1),
        lambda: db.call(schema.archive_field, SYSTEM, new_id()),
        lambda: db.call(schema.restore_field, SYSTEM, new_id()),
    ):
        with pytest.raises(NotFound):
            attempt()
    for request in ("", "a b"):
        with pytest.raises(InvalidInput):
            add(db, NAME, request)
    assert snapshot_without_attempts(db) == before


def test_choices_of_a_pack_keep_their_keys(db: Database, maya: Actor) -> None:
    wanted = rules.Definition(
        key="coat", name="Coat", kind="choice", choices=(FieldChoice("s", "Short"),)
    )
    db.call(schema.define_fields, SYSTEM, PETS, [wanted])
    form = FieldForm(
        name="Coat",
        kind="choice",
        choices=(ChoiceForm("Very short", "s"), ChoiceForm("Long")),
        **USUAL,
    )
    change(db, "coat", form)
    assert [(c.key, c.name) for c in definition_view(db, "coat").choices] == [
        ("s", "Very short"),
        ("long", "Long"),
    ]


@pytest.mark.parametrize(
    ("form", "columns"),
    [
        (replace(NAME, help="As you call it."), {"help"}),
        (replace(NAME, name="Pet name"), {"name"}),
        (replace(NAME, required=True), {"required"}),
    ],
)
def test_one_changed_part_is_all_that_changes(
    db: Database, maya: Actor, form: FieldForm, columns: set[str]
) -> None:
    add(db, NAME)
    before = snapshot_without_attempts(db)
    change(db, "nickname", form)
    assert changed_columns(before, snapshot_without_attempts(db)) == {
        "+change_entry",
        *(f"field_definition.{name}" for name in (*columns, "version")),
    }
