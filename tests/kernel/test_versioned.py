from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from portal_app.kernel.changes import Change, EditConflict
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.versioned import Field, Record, plain_text


@dataclass
class Dog:
    name: str = "Rex"
    weight: int = 5
    owners: list[str] = field(default_factory=list)
    version: int = 3


class Session:
    """Stands in for a session: which rows were written."""

    def __init__(self) -> None:
        self.rows: list[Dog] = []

    def add(self, row: Dog) -> None:
        self.rows.append(row)

    def flush(self) -> None:
        """Nothing to do."""


def check_name(text: str) -> str:
    if not text.strip():
        raise ValueError("Please enter a name.")
    return text.strip()


def check_weight(text: str) -> int:
    if not text.isdigit():
        raise InvalidInput({"weight": "Please enter a number.", "unit": "Kilograms?"})
    return int(text)


DOG = Record(
    "This dog",
    Field("name", "Name", check_name),
    Field("weight", "Weight", check_weight, lambda weight: f"{weight} kg"),
    Field("owner_count", "Owners", read=lambda row: len(row.owners)),
)


@dataclass(frozen=True)
class DogForm:
    name: str = " Rexi "
    weight: str = "6"
    owner_count: int = 0


@pytest.fixture
def tx() -> Any:
    return Session()


def test_what_was_typed_is_checked_field_by_field() -> None:
    assert DOG.check(DogForm()) == {"name": "Rexi", "weight": 6, "owner_count": 0}
    with pytest.raises(InvalidInput) as refused:
        DOG.check(DogForm(name=" ", weight="much"))
    assert refused.value.fields == {
        "name": "Please enter a name.",
        "weight": "Please enter a number.",
        "unit": "Kilograms?",
    }


def test_a_save_writes_the_columns_and_counts(tx: Any) -> None:
    row = Dog(owners=["Ann"])
    assert DOG.save(tx, row, DOG.check(DogForm()), 3)
    assert (row, tx.rows) == (Dog("Rexi", 6, ["Ann"], 4), [row])


def test_a_save_of_another_version_stores_nothing(tx: Any) -> None:
    row = Dog(owners=["Ann"])
    before = replace(row)
    with pytest.raises(EditConflict) as refused:
        DOG.save(tx, row, DOG.check(DogForm()), 2)
    assert (refused.value.version, refused.value.changes) == (
        3,
        [
            Change("name", "Name", "Rexi", "Rex"),
            Change("weight", "Weight", "6 kg", "5 kg"),
            Change("owner_count", "Owners", "0", "1"),
        ],
    )
    assert refused.value.message.startswith("This dog was changed somewhere else")
    assert not DOG.save(tx, row, DOG.values(row), 2)
    assert (row, tx.rows) == (before, [])


def test_given_values_replace_those_of_the_source() -> None:
    assert DOG.values(Dog(), weight=9) == {"name": "Rex", "weight": 9, "owner_count": 0}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "Yes"),
        (False, "No"),
        ("Rex", "Rex"),
        (12, "12"),
        (("Ann", "Tom"), "Ann, Tom"),
        ([], ""),
    ],
)
def test_plain_text(value: Any, text: str) -> None:
    assert plain_text(value) == text
