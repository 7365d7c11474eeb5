import pytest

from portal_app.domain.customers.rules import person_name, phone_number, phone_text
from portal_app.kernel.errors import InvalidInput


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Maya", "Maya"),
        ("  Anna   Lena ", "Anna Lena"),
        ("O’Neil", "O’Neil"),
        ("D'Arcy-Smith Jr.", "D'Arcy-Smith Jr."),
        ("Jose\u0301", "José"),
        ("明美", "明美"),
        ("محمد", "محمد"),
        ("श्री\u200d", "श्री"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("Maya\u202e", "Maya"),
        ("Ma\u200bya", "Maya"),
        ("Sok Chan s/o Tan", "Sok Chan s/o Tan"),
        ("Maya 👩\u200d⚕\ufe0f", "Maya 👩\u200d⚕\ufe0f"),
        ("x" * 80, "x" * 80),
        ("Two\nLines", "Two Lines"),
    ],
)
def test_names(typed: str, stored: str) -> None:
    assert person_name("first_name", typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "Ma\x00ya",
        "Ma\x1bya",
        "<b>Maya</b>",
        "http://example.com",
        "maya@example.com",
        "\ue000",
    ],
)
def test_invalid_names(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        person_name("last_name", typed)
    assert refused.value.fields == {
        "last_name": "Please use only letters in your last name."
    }


@pytest.mark.parametrize(
    ("typed", "country", "stored"),
    [
        ("", "AU", ""),
        ("   ", "AU", ""),
        ("0412 345 678", "AU", "+61412345678"),
        ("(02) 9374 4000", "AU", "+61293744000"),
        ("+61 412 345 678", "AU", "+61412345678"),
        ("+49 30 901820", "AU", "+4930901820"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("(02) 9374 4000 ext. 12", "AU", "+61293744000;ext=12"),
        ("+1 415 555 2671 x4711", "AU", "+14155552671;ext=4711"),
        ("\u202a0412 345 678\u202c", "AU", "+61412345678"),
    ],
)
def test_phone_numbers(typed: str, country: str, stored: str) -> None:
    assert phone_number(typed, country) == stored


@pytest.mark.parametrize(
    "typed", ["12", "call me", "0412 345 67", "+999 123", "1" * 60]
)
def test_invalid_phone_numbers(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        phone_number(typed, "AU")
    assert refused.value.fields == {
        "phone": "Please enter a phone number such as 0412 345 678."
    }


@pytest.mark.parametrize(
    ("stored", "country", "text"),
    [
        ("", "AU", ""),
        ("+61412345678", "AU", "0412 345 678"),
        ("+61412345678", "NZ", "+61 412 345 678"),
        ("+14155552671", "US", "(415) 555-2671"),
    ],
)
def test_phone_text(stored: str, country: str, text: str) -> None:
    assert phone_text(stored, country) == text
