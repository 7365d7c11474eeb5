"""Which dependents fit a service."""

from dataclasses import replace
from typing import Any

import pytest

from portal_app.domain.catalogue.booked_for import (
    BookedFor,
    Misfit,
    booked_for_by_type,
    find_misfit,
    parse_booked_for,
)
from portal_app.domain.catalogue.checks import ServiceDefinition, service_faults
from portal_app.domain.fields.rules import (
    Definition,
    FieldChoice,
    FieldCondition,
    StoredValue,
)

SPECIES = Definition(
    key="species",
    name="Kind of animal",
    kind="choice",
    choices=(
        FieldChoice("dog", "Dog"),
        FieldChoice("cat", "Cat"),
        FieldChoice("rabbit", "Rabbit"),
    ),
)
VACCINATED = Definition(key="vaccinated", name="Vaccinated", kind="yes_no")
LIKES = Definition(
    key="likes",
    name="Likes",
    kind="choices",
    choices=(FieldChoice("dogs", "Dogs"), FieldChoice("cats", "Cats")),
)
DOGS = FieldCondition("species", ("dog",))


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("pet", BookedFor("pet")),
        ("pet: species = dog", BookedFor("pet", DOGS)),
        (
            "pet: species = dog, cat",
            BookedFor("pet", FieldCondition("species", ("dog", "cat"))),
        ),
        ("pet: species = ", BookedFor("pet", FieldCondition("species", ()))),
    ],
)
def test_an_entry_is_read_as_it_is_written(text: str, entry: BookedFor) -> None:
    assert parse_booked_for(text) == entry
    assert str(entry) == text


def test_blanks_do_not_matter_and_nonsense_is_none() -> None:
    assert parse_booked_for(" pet :species=dog ,cat") == BookedFor(
        "pet", FieldCondition("species", ("dog", "cat"))
    )
    assert parse_booked_for("pet: dogs") is None
    assert parse_booked_for("pet:") is None


def test_a_condition_that_cannot_be_read_shuts_nobody_out() -> None:
    assert booked_for_by_type(["pet: dogs", "pool"]) == {
        "pet": BookedFor("pet"),
        "pool": BookedFor("pool"),
    }


def _stored(field: Definition, value: Any) -> dict[str, StoredValue]:
    return {field.key: StoredValue(value, field.kind)}


@pytest.mark.parametrize(
    ("condition", "field", "value", "misfit"),
    [
        (DOGS, SPECIES, "dog", None),
        (DOGS, SPECIES, "cat", Misfit("Kind of animal", "Dog", "Cat")),
        (
            FieldCondition("species", ("dog", "rabbit")),
            SPECIES,
            "cat",
            Misfit("Kind of animal", "Dog or Rabbit", "Cat"),
        ),
        (None, SPECIES, "cat", None),
        (FieldCondition("vaccinated", ("yes",)), VACCINATED, True, None),
        (
            FieldCondition("vaccinated", ("yes",)),
            VACCINATED,
            False,
            Misfit("Vaccinated", "Yes", "No"),
        ),
        (FieldCondition("likes", ("dogs",)), LIKES, ["dogs", "cats"], None),
        (
            FieldCondition("likes", ("dogs",)),
            LIKES,
            ["cats"],
            Misfit("Likes", "Dogs", "Cats"),
        ),
    ],
)
def test_the_stored_answer_decides(
    condition: FieldCondition | None, field: Definition, value: Any, misfit: object
) -> None:
    assert find_misfit(condition, [field], _stored(field, value)) == misfit


RETIRED = replace(
    SPECIES,
    choices=(
        FieldChoice("dog", "Dog", retired=True),
        FieldChoice("cat", "Cat"),
        FieldChoice("hound", "Hound"),
    ),
)


@pytest.mark.parametrize(
    ("fields", "stored"),
    [
        ([SPECIES], {}),
        ([], _stored(SPECIES, "cat")),
        ([RETIRED], _stored(SPECIES, "cat")),
        ([replace(SPECIES, kind="text", choices=())], _stored(SPECIES, "cat")),
        ([replace(SPECIES, visible_to=frozenset({"office"}))], _stored(SPECIES, "cat")),
        (
            [
                VACCINATED,
                replace(SPECIES, shown_when=FieldCondition("vaccinated", ("yes",))),
            ],
            _stored(SPECIES, "cat") | _stored(VACCINATED, False),
        ),
    ],
    ids=[
        "no answer",
        "field archived",
        "choice retired",
        "another kind of field",
        "not shown to customers",
        "not asked of this one",
    ],
)
def test_nobody_is_shut_out_by_a_missing_answer(
    fields: list[Definition], stored: dict[str, StoredValue]
) -> None:
    assert find_misfit(DOGS, fields, stored) is None


def test_a_renamed_field_and_choice_still_decide() -> None:
    renamed = replace(
        SPECIES,
        name="Animal",
        choices=(FieldChoice("dog", "Hound"), FieldChoice("cat", "Tiger")),
    )
    assert find_misfit(DOGS, [renamed], _stored(SPECIES, "cat")) == Misfit(
        "Animal", "Hound", "Tiger"
    )


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        (("pet: species = dog", "pool"), None),
        (("pet: species = ",), "Please tick the answers it is for."),
        (("pet: dogs",), "Please choose again whom it is booked for."),
        (("pet", "pet: species = dog"), "A type is named twice."),
        (("pet: x = " + "y" * 400,), "Please choose again whom it is booked for."),
    ],
)
def test_whom_a_service_can_be_for(entries: tuple[str, ...], fault: str | None) -> None:
    service = ServiceDefinition(
        slug="walk",
        category_slug="pets",
        name="Walk",
        base_price_minor=100,
        duration_minutes=30,
        dependent_types=entries,
    )
    assert service_faults(service).get("dependent_types") == fault
