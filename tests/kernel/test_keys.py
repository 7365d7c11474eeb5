import pytest

from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.keys import (
    key_of,
    keys_for,
    request_key,
    required_request_key,
    unique_key,
)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Kind of animal", "kind_of_animal"),
        ("  Größe (in cm)?  ", "groe_in_cm"),
        ("2nd dog", "2nd_dog"),
        ("名前", ""),
        ("x" * 39 + " yes", "x" * 39),
    ],
)
def test_key_of_a_name(name: str, key: str) -> None:
    assert key_of(name) == key


def test_a_key_is_free_and_begins_with_a_letter() -> None:
    assert unique_key("Weight", set(), otherwise="field") == "weight"
    assert unique_key("Weight", {"weight"}, otherwise="field") == "weight_2"
    assert unique_key("Weight", {"weight", "weight_2"}, otherwise="field") == "weight_3"
    assert unique_key("2nd dog", set(), otherwise="field") == "field_2nd_dog"
    assert unique_key("名前", {"field"}, otherwise="field") == "field_2"
    assert unique_key("A pet", set(), otherwise="type", separator="-") == "a-pet"
    long = "x" * 60
    assert unique_key(long, {"x" * 40}, otherwise="field") == "x" * 38 + "_2"


@pytest.mark.parametrize(
    ("text", "key"),
    [(" abc1 ", "abc1"), ("", None), ("a b", None), ("é", None), ("x" * 65, None)],
)
def test_request_keys(text: str, key: str | None) -> None:
    assert request_key(text) == key


def test_a_required_request_key_is_required() -> None:
    assert required_request_key(" abc1 ") == "abc1"
    with pytest.raises(InvalidInput, match="Please open the form again") as refused:
        required_request_key("a b")
    assert refused.value.fields == {}


def test_edited_rows_keep_their_keys() -> None:
    known = {"dog": "Dog", "cat": "Cat", "s": "Small"}

    def keys(*typed: tuple[str, str]) -> list[str]:
        return keys_for(typed, known, otherwise="choice")

    assert keys(("cat", "House cat"), ("dog", "Dog")) == ["cat", "dog"]
    assert keys(("", "SMALL"), ("", "Bird"), ("", "Bird")) == ["s", "bird", "bird_2"]
    # Another one under the old name of one that was renamed; a key sent twice.
    assert keys(("dog", "Hound"), ("", "Dog"), ("dog", "Puppy")) == [
        "dog",
        "dog_2",
        "puppy",
    ]
    assert keys(("shark", "Fish"), ("", "2")) == ["fish", "choice_2"]
