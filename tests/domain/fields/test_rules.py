from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from portal_app.domain.fields import rules
from portal_app.domain.fields.rules import (
    Definition,
    DefinitionFault,
    FieldChoice,
    FieldCondition,
    InvalidAnswer,
    StoredValue,
)
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.formats import Formats

TODAY = date(2026, 11, 24)
FORMATS = Formats("en_AU", "Australia/Sydney", "AUD")
DOG, CAT = FieldChoice("dog", "Dog"), FieldChoice("cat", "Cat")
FISH = FieldChoice("fish", "Fish", retired=True)

TEXT = Definition(key="breed", name="Breed")
LONG = Definition(key="notes", name="Notes", kind="long_text")
WEIGHT = Definition(
    key="weight",
    name="Weight",
    kind="number",
    unit="kg",
    minimum=Decimal("0.5"),
    maximum=Decimal(120),
    decimals=1,
)
COUNT = Definition(key="count", name="Count", kind="number")
AT_LEAST = Definition(key="volume", name="V", kind="number", minimum=Decimal(1))
AT_MOST = Definition(
    key="depth", name="D", kind="number", maximum=Decimal(4), unit="m", decimals=2
)
BORN = Definition(key="born", name="Born", kind="date", period="past")
DUE = Definition(key="due", name="Due", kind="date", period="future")
CHIPPED = Definition(key="chipped", name="Microchip", kind="yes_no")
SPECIES = Definition(
    key="species", name="Species", kind="choice", choices=(DOG, CAT, FISH)
)
LIKES = Definition(key="likes", name="Likes", kind="choices", choices=(DOG, CAT, FISH))
PHOTO = Definition(key="photo", name="Photo", kind="file")
SIGNED = Definition(key="consent", name="Consent", kind="signature")


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        (TEXT, "  Border \n Collie ", "Border Collie"),
        (TEXT, "Bergame\u0300", "Bergamè"),
        (TEXT, "   ", None),
        (TEXT, None, None),
        (TEXT, "x" * 200, "x" * 200),
        (LONG, "One\r\n\r\ntwo", "One\n\ntwo"),
        (WEIGHT, "12.50", "12.5"),
        (WEIGHT, "0.5", "0.5"),
        (WEIGHT, "12,5", "12.5"),
        (WEIGHT, "٣", "3"),
        (WEIGHT, "120", "120"),
        (WEIGHT, "1e1", "10"),
        (COUNT, "-3", "-3"),
        (COUNT, "-0", "0"),
        (COUNT, "12.0", "12"),
        (BORN, "2026-11-24", "2026-11-24"),
        (DUE, "2026-11-24", "2026-11-24"),
        (CHIPPED, "yes", True),
        (CHIPPED, "no", False),
        (CHIPPED, True, True),
        (CHIPPED, "", None),
        (SPECIES, "cat", "cat"),
        (LIKES, ["cat", "dog", "cat"], ["dog", "cat"]),
        (LIKES, [], None),
        (LIKES, "", None),
        (PHOTO, "01ABC", "01ABC"),
        (SIGNED, "typed: Maya   Chen", {"typed": "Maya Chen", "on": "2026-11-24"}),
        (SIGNED, "file:01ABC", {"file": "01ABC", "on": "2026-11-24"}),
        (SIGNED, "", None),
    ],
)
def test_answers_are_normalised(field: Definition, raw: Any, value: Any) -> None:
    assert rules.parse_answer(field, raw, None, TODAY) == value


@pytest.mark.parametrize(
    ("locale", "raw", "before", "value", "text"),
    [
        ("de", "12,5", None, "12.5", "12,5"),
        ("de", "1.234,5", None, "1234.5", "1234,5"),
        ("de", "1.234", None, "1234", "1234"),
        ("de", "1,234", None, "1.234", "1,234"),
        # What the form showed is what it was.
        ("de", "1.234", "1.234", "1.234", "1,234"),
        ("en_AU", "1,234.5", None, "1234.5", "1234.5"),
        ("en_AU", "1,234", None, "1234", "1234"),
        ("en_AU", "1.234", None, "1.234", "1.234"),
        ("en_AU", "12,5", None, "12.5", "12.5"),
    ],
)
def test_numbers_are_read_as_the_business_writes_them(
    locale: str, raw: str, before: str | None, value: str, text: str
) -> None:
    field = replace(COUNT, decimals=3, minimum=None, maximum=None, unit="")
    formats = Formats(locale, "Europe/Berlin", "EUR")
    mark = formats.decimal_mark
    assert rules.parse_answer(field, raw, before, TODAY, mark) == value
    changes = rules.check_answers(
        [field], "customer", {field.key: raw}, {}, TODAY, decimal_mark=mark
    )
    if before is None:
        assert changes == {field.key: value}
    assert rules.display_text(field, value, formats) == text


@pytest.mark.parametrize(
    ("field", "raw", "sentence"),
    [
        (TEXT, "x" * 201, "Please use at most 200 characters."),
        (TEXT, "a\0b", "Please use only letters, numbers and signs."),
        (TEXT, ["a"], "Please fill this in again."),
        (TEXT, {"a": 1}, "Please fill this in again."),
        (TEXT, 7, "Please fill this in again."),
        (LONG, "x" * 4001, "Please use at most 4000 characters."),
        (WEIGHT, "heavy", "Please enter a number such as 12.5."),
        (WEIGHT, "NaN", "Please enter a number such as 12.5."),
        (WEIGHT, "Infinity", "Please enter a number such as 12.5."),
        (WEIGHT, "1_0", "Please enter a number such as 12.5."),
        (WEIGHT, "1e999999999", "Please enter a number such as 12.5."),
        (WEIGHT, "1e-999999999", "Please enter a number such as 12.5."),
        (WEIGHT, "0e-999999999", "Please enter a number such as 12.5."),
        (WEIGHT, "9" * 41, "Please enter a number such as 12.5."),
        (WEIGHT, "1,2.3.4", "Please enter a number such as 12.5."),
        (WEIGHT, "12.55", "Please use at most 1 decimal place."),
        (AT_MOST, "1.234", "Please use at most 2 decimal places."),
        (WEIGHT, "0.4", "Please enter a number from 0.5 to 120 kg."),
        (WEIGHT, "120.1", "Please enter a number from 0.5 to 120 kg."),
        (WEIGHT, "-1", "Please enter a number from 0.5 to 120 kg."),
        (COUNT, "1.5", "Please enter a whole number."),
        (COUNT, "x", "Please enter a number such as 12."),
        (AT_LEAST, "0", "Please enter at least 1."),
        (AT_MOST, "5", "Please enter at most 4 m."),
        (BORN, "2026-11-25", "Please enter a date that is not in the future."),
        (DUE, "2026-11-23", "Please enter a date that is not in the past."),
        (BORN, "24/11/2026", "Please enter a date such as 2026-11-24."),
        (BORN, "2026-02-30", "Please enter a date such as 2026-11-24."),
        (BORN, "20261124", "Please enter a date such as 2026-11-24."),
        (BORN, "0001-01-01", "Please enter a date such as 2026-11-24."),
        (CHIPPED, "maybe", "Please choose yes or no."),
        (
            SPECIES,
            "bird",
            "This choice is not available. Please choose another.",
        ),
        (
            SPECIES,
            "fish",
            "This choice is not available. Please choose another.",
        ),
        (
            LIKES,
            ["dog", "fish"],
            "This choice is not available. Please choose another.",
        ),
        (LIKES, "dog", "This choice is not available. Please choose another."),
        (LIKES, [["dog"]], "This choice is not available. Please choose another."),
        (SIGNED, "Maya", "Please sign here."),
        (SIGNED, "typed:  ", "Please sign here."),
        (SIGNED, "typed:" + "x" * 121, "Please use at most 120 characters."),
    ],
)
def test_an_invalid_answer_is_refused_with_a_message(
    field: Definition, raw: Any, sentence: str
) -> None:
    with pytest.raises(InvalidAnswer) as refusal:
        rules.parse_answer(field, raw, None, TODAY)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("field", "raw", "before"),
    [
        (TEXT, "x" * 300, "x" * 300),
        (WEIGHT, "130", "130"),
        (WEIGHT, "12.55", "12.55"),
        (BORN, "2026-12-01", "2026-12-01"),
        (SPECIES, "fish", "fish"),
        (LIKES, ["dog", "fish"], ["dog", "fish"]),
        (SIGNED, "typed:Maya", {"typed": "Maya", "on": "2020-01-01"}),
        (SIGNED, "file:01A", {"file": "01A", "on": "2020-01-01"}),
    ],
)
def test_a_value_valid_when_entered_is_kept(
    field: Definition, raw: Any, before: Any
) -> None:
    assert rules.parse_answer(field, raw, before, TODAY) == before


@pytest.mark.parametrize(
    ("field", "value", "text", "sent"),
    [
        (TEXT, "Collie", "Collie", "Collie"),
        (WEIGHT, "12.5", "12.5 kg", "12.5"),
        (COUNT, "3", "3", "3"),
        (BORN, "2020-02-29", "Saturday, 29 February 2020", "2020-02-29"),
        (CHIPPED, True, "Yes", "yes"),
        (CHIPPED, False, "No", "no"),
        (SPECIES, "fish", "Fish", "fish"),
        (LIKES, ["dog", "fish"], "Dog, Fish", ""),
        (PHOTO, "01A", "", "01A"),
        (
            SIGNED,
            {"typed": "Maya", "on": "2026-11-24"},
            "Signed by Maya on Tuesday, 24 November 2026",
            "typed:Maya",
        ),
        (
            SIGNED,
            {"file": "01A", "on": "2026-11-24"},
            "Signed on Tuesday, 24 November 2026",
            "file:01A",
        ),
        (TEXT, None, "", ""),
    ],
)
def test_display_text_and_input_value(
    field: Definition, value: Any, text: str, sent: str
) -> None:
    assert rules.display_text(field, value, FORMATS) == text
    assert rules.input_value(field, value) == sent


ALLERGIC = Definition(key="allergic", name="Allergies?", kind="yes_no", required=True)
WHICH = Definition(
    key="which",
    name="Which?",
    kind="choices",
    required=True,
    choices=(FieldChoice("nuts", "Nuts"), FieldChoice("other", "Other")),
    shown_when=FieldCondition("allergic", ("yes",)),
)
OTHER = Definition(
    key="other",
    name="Which other?",
    required=True,
    shown_when=FieldCondition("which", ("other",)),
)
OFFICE_NOTE = Definition(
    key="note",
    name="Note",
    required=True,
    visible_to=frozenset({"office"}),
    editable_by=frozenset({"office"}),
)
RATING = Definition(key="rating", name="Rating", editable_by=frozenset({"office"}))
CHILD = (OTHER, WHICH, ALLERGIC, OFFICE_NOTE, RATING)
SET = {
    "allergic": StoredValue(True, "yes_no"),
    "which": StoredValue(["other"], "choices"),
    "other": StoredValue("Kiwi", "text"),
}


def check(
    answers: dict[str, Any],
    stored: dict[str, StoredValue] | None = None,
    audience: str = "customer",
) -> dict[str, Any]:
    return rules.check_answers(CHILD, audience, answers, stored or {}, TODAY)


def faults(
    answers: dict[str, Any],
    stored: dict[str, StoredValue] | None = None,
    audience: str = "customer",
) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refusal:
        check(answers, stored, audience)
    return refusal.value.fields


def test_a_hidden_field_is_not_required() -> None:
    assert check({"allergic": "no"}) == {"allergic": False}


def test_a_shown_field_is_required() -> None:
    assert faults({}) == {"allergic": "Please choose yes or no."}
    assert faults({"allergic": "yes"}) == {"which": "Please choose at least one."}
    assert faults({"allergic": "yes", "which": ["nuts", "other"], "other": " "}) == {
        "other": "Please fill this in."
    }
    assert check({"allergic": "yes", "which": ["other"], "other": "Kiwi"}) == {
        "allergic": True,
        "which": ["other"],
        "other": "Kiwi",
    }


def test_hiding_a_field_keeps_its_value() -> None:
    assert check({"allergic": "no", "which": ["nonsense"], "other": "x"}, SET) == {
        "allergic": False
    }


def test_only_differences_are_changes() -> None:
    assert check({"allergic": "yes", "which": ["other"], "other": "Kiwi"}, SET) == {}
    assert check({"other": "Banana"}, SET) == {"other": "Banana"}
    assert check({}, SET) == {}
    assert faults({"other": ""}, SET) == {"other": "Please fill this in."}


def test_an_invisible_field_is_treated_as_missing() -> None:
    assert faults({"allergic": "no", "note": "x", "nonsense": "x", "rating": "5"}) == {
        "note": "This field is not available.",
        "rating": "This field cannot be changed.",
        "nonsense": "This field is not available.",
    }


def test_only_editable_fields_are_required() -> None:
    assert check({"note": "x", "rating": "5"}, SET, "office") == {
        "note": "x",
        "rating": "5",
    }
    assert faults({}, SET, "office") == {"note": "Please fill this in."}
    assert check({}, {}, "fieldworker") == {}


def test_saving_an_empty_field_keeps_an_earlier_value() -> None:
    weight = Definition(key="weight", name="Weight", kind="number", unit="kg")
    stored = {"weight": StoredValue("about 12", "text", "", "about 12")}
    assert (
        rules.check_answers((weight,), "customer", {"weight": ""}, stored, TODAY) == {}
    )
    assert rules.check_answers(
        (weight,), "customer", {"weight": "12"}, stored, TODAY
    ) == {"weight": "12"}


@pytest.mark.parametrize(
    ("field", "entered", "fits"),
    [
        (TEXT, StoredValue("x", "long_text"), True),
        (LONG, StoredValue("x", "text"), True),
        (TEXT, StoredValue("12", "number"), False),
        (WEIGHT, StoredValue("12", "number", "kg"), True),
        (WEIGHT, StoredValue("12", "number", "lb"), False),
        (WEIGHT, StoredValue("500", "number", "kg"), True),
        (SPECIES, StoredValue("fish", "choice"), True),
        (SPECIES, StoredValue("bird", "choice"), False),
        (LIKES, StoredValue("dog", "choice"), False),
        (CHIPPED, StoredValue("yes", "text"), False),
    ],
)
def test_a_stored_value_is_compatible_while_its_meaning_is_unchanged(
    field: Definition, entered: StoredValue, fits: bool
) -> None:
    assert rules.is_compatible(field, entered) is fits


@pytest.mark.parametrize(
    ("field", "part", "sentence"),
    [
        (
            Definition(key="Last Checkup", name="x"),
            "key",
            "A key is made of lower-case letters, digits and underscores, "
            "such as last_checkup.",
        ),
        (
            Definition(key="name", name="Name"),
            "key",
            "This key is taken by the form itself.",
        ),
        (Definition(key="a", name=" "), "name", "A field needs a name."),
        (
            Definition(key="a", name="x" * 81),
            "name",
            "Please use at most 80 characters.",
        ),
        (
            Definition(key="a", name="A", kind="colour"),
            "kind",
            "A field is one of: text, long_text, number, date, yes_no, choice, "
            "choices, file, signature.",
        ),
        (Definition(key="a", name="A", unit="kg"), "unit", "Only a number has a unit."),
        (
            Definition(key="a", name="A", kind="date", minimum=Decimal(1)),
            "minimum",
            "Only a number has a minimum.",
        ),
        (
            Definition(
                key="a",
                name="A",
                kind="number",
                minimum=Decimal(2),
                maximum=Decimal(1),
            ),
            "minimum",
            "The minimum is more than the maximum.",
        ),
        (
            Definition(key="a", name="A", kind="number", decimals=5),
            "decimals",
            "Decimals are 0 to 4.",
        ),
        (
            Definition(key="a", name="A", kind="number", maximum=Decimal("NaN")),
            "maximum",
            "This number is too large.",
        ),
        (
            Definition(key="a", name="A", period="past"),
            "period",
            "Only a date has a period.",
        ),
        (
            Definition(key="a", name="A", kind="date", period="soon"),
            "period",
            "The period of a date is past or future.",
        ),
        (
            Definition(key="a", name="A", kind="choice"),
            "choices",
            "Please give at least one choice.",
        ),
        (
            Definition(key="a", name="A", choices=(DOG,)),
            "choices",
            "Only a choice has choices.",
        ),
        (
            Definition(key="a", name="A", kind="choice", choices=(DOG, DOG)),
            "choices",
            "Two choices have the same key.",
        ),
        (
            Definition(
                key="a", name="A", kind="choice", choices=(FieldChoice("A b", "x"),)
            ),
            "choices",
            "A choice's key is made of lower-case letters and digits.",
        ),
        (
            Definition(key="a", name="A", visible_to=frozenset()),
            "visible_to",
            "Somebody must see it: customer, fieldworker or office.",
        ),
        (
            Definition(key="a", name="A", visible_to=frozenset({"boss", "customer"})),
            "visible_to",
            "There is no “boss”: it takes customer, fieldworker, office.",
        ),
        (
            Definition(key="a", name="A", visible_to=frozenset({"office"})),
            "editable_by",
            "Who may edit it must see it as well.",
        ),
        (
            Definition(key="a", name="A", shown_when=FieldCondition("b", ("yes",))),
            "shown_when",
            "There is no field “b” here.",
        ),
        (
            Definition(
                key="a",
                name="A",
                kind="yes_no",
                shown_when=FieldCondition("a", ("yes",)),
            ),
            "shown_when",
            "A field cannot decide about itself.",
        ),
    ],
)
def test_an_invalid_definition_is_refused(
    field: Definition, part: str, sentence: str
) -> None:
    assert DefinitionFault(field.key, part, sentence) in rules.definition_faults(
        [field]
    )


def test_fields_are_checked_together() -> None:
    text = Definition(key="b", name="B")
    yes = Definition(key="c", name="C", kind="yes_no")
    asks = [
        Definition(key="a", name="A", shown_when=FieldCondition("b", ("yes",))),
        Definition(key="d", name="D", shown_when=FieldCondition("c", ("maybe",))),
        Definition(key="e", name="E", shown_when=FieldCondition("c", ())),
        yes,
        text,
        text,
    ]
    assert rules.definition_faults(asks) == [
        DefinitionFault("b", "key", "Two fields have this key."),
        DefinitionFault(
            "a",
            "shown_when",
            "“b” cannot decide about this: it takes a yes_no, choice or choices field.",
        ),
        DefinitionFault("d", "shown_when", "“c” never has the value “maybe”."),
        DefinitionFault(
            "e", "shown_when", "Please say at which value the field is shown."
        ),
    ]


def test_circular_conditions_are_a_fault() -> None:
    first = Definition(
        key="a", name="A", kind="yes_no", shown_when=FieldCondition("b", ("yes",))
    )
    second = Definition(
        key="b", name="B", kind="yes_no", shown_when=FieldCondition("a", ("yes",))
    )
    (fault,) = rules.definition_faults([first, second])
    assert (fault.part, fault.sentence) == (
        "shown_when",
        "These fields would decide about each other in a circle.",
    )
    assert rules.definition_faults(CHILD) == []


def test_removed_choices_are_retired() -> None:
    assert rules.merge_retired_choices(
        (DOG, CAT), (CAT, FieldChoice("bird", "Bird"))
    ) == (
        CAT,
        FieldChoice("bird", "Bird"),
        FieldChoice("dog", "Dog", retired=True),
    )
    assert rules.merge_retired_choices(
        (DOG, FISH), (DOG, FieldChoice("fish", "Fish"))
    ) == (
        DOG,
        FieldChoice("fish", "Fish"),
    )
