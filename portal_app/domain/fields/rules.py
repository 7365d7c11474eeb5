"""What a field may be and which answers fit it. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from graphlib import CycleError, TopologicalSorter
from typing import Any

from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.formats import Formats
from portal_app.kernel.ids import ID_LENGTH as _ID_LENGTH
from portal_app.kernel.text import decimal, is_readable, one_line, paragraphs

TEXT, LONG_TEXT, NUMBER, DATE, YES_NO = "text", "long_text", "number", "date", "yes_no"
CHOICE, CHOICES, FILE, SIGNATURE = "choice", "choices", "file", "signature"
KINDS = (TEXT, LONG_TEXT, NUMBER, DATE, YES_NO, CHOICE, CHOICES, FILE, SIGNATURE)
CUSTOMER, FIELDWORKER, OFFICE = "customer", "fieldworker", "office"
AUDIENCES = (CUSTOMER, FIELDWORKER, OFFICE)
DEFAULT_VISIBLE_TO = frozenset(AUDIENCES)
DEFAULT_EDITABLE_BY = frozenset({CUSTOMER, OFFICE})
PAST, FUTURE = "past", "future"
YES, NO = "yes", "no"

MAX_FIELDS = 60
CIRCULAR_CONDITIONS = "These fields would decide about each other in a circle."
_MAX_CHOICES = 100
MAX_DECIMALS = 4
_MAX_NUMBER = Decimal(10) ** 12
_KEY = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
_CONDITION = re.compile(r"\s*([a-z0-9_-]+)\s*=(.*)")
_CHOICE_KEY = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
RESERVED_KEYS = frozenset({"name", "picture_id"})
_MAX_PART_LENGTHS = {"name": 80, "help": 300, "unit": 20}


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """One answer to choose; a retired one is only kept where it was chosen."""

    key: str
    name: str
    retired: bool = False


@dataclass(frozen=True, slots=True)
class FieldCondition:
    """A field is shown while the field ``key`` has one of ``values``.

    Values are ``yes``, ``no``, or keys of choices.
    """

    key: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        """As it is written in a pack, such as ``species = dog, cat``."""
        return f"{self.key} = {', '.join(self.values)}"


def parse_condition(text: str) -> FieldCondition | None:
    """What ``FieldCondition`` writes; ``None`` if it cannot be read."""
    match = _CONDITION.fullmatch(text)
    if match is None:
        return None
    values = (value.strip() for value in match[2].split(","))
    return FieldCondition(match[1], tuple(value for value in values if value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A field that the business asks for.

    Attributes:
        key: Its name among the fields of its scope; never shown.
        kind: One of ``KINDS``.
        unit: Of a number, such as ``kg``.
        minimum: The least number.
        maximum: The greatest number.
        decimals: How many decimal places a number may have.
        period: ``past`` or ``future`` for a date that must not be on the other
            side of today; empty for any.
        choices: Of ``choice`` and ``choices``, in the order they are shown.
        shown_when: Shown only under this condition; ``None`` for always.
        visible_to: Who sees it: ``customer``, ``fieldworker``, ``office``.
        editable_by: Who may change it; they must see it as well.
        id: Of its row; empty while it has none.
    """

    key: str
    name: str
    kind: str = TEXT
    help: str = ""
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int = 0
    period: str = ""
    choices: tuple[FieldChoice, ...] = ()
    required: bool = False
    shown_when: FieldCondition | None = None
    visible_to: frozenset[str] = DEFAULT_VISIBLE_TO
    editable_by: frozenset[str] = DEFAULT_EDITABLE_BY
    id: str = ""

    @property
    def offered(self) -> tuple[FieldChoice, ...]:
        """The choices that can be chosen now."""
        return tuple(choice for choice in self.choices if not choice.retired)

    @property
    def answer_names(self) -> dict[str, str]:
        """What can be answered now, of those a condition may name, in words."""
        if self.kind == YES_NO:
            return {YES: "Yes", NO: "No"}
        if self.kind in {CHOICE, CHOICES}:
            return {choice.key: choice.name for choice in self.offered}
        return {}

    @property
    def possible(self) -> frozenset[str]:
        """The values another field's condition may name."""
        if self.kind == YES_NO:
            return frozenset({YES, NO})
        if self.kind in {CHOICE, CHOICES}:
            return frozenset(choice.key for choice in self.choices)
        return frozenset()


@dataclass(frozen=True, slots=True)
class DefinitionFault:
    """What is wrong with a definition: which field, which part, in words."""

    key: str
    part: str
    sentence: str


def definition_faults(definitions: Sequence[Definition]) -> list[DefinitionFault]:
    """Everything that is wrong with the fields of one scope."""
    faults: list[DefinitionFault] = []
    by_key: dict[str, Definition] = {}
    for definition in definitions:
        if definition.key in by_key:
            faults.append(
                DefinitionFault(definition.key, "key", "Two fields have this key.")
            )
        by_key[definition.key] = definition
        faults += [
            DefinitionFault(definition.key, part, sentence)
            for part, sentence in _own_faults(definition).items()
        ]
        faults += _kind_faults(definition)
    if len(by_key) > MAX_FIELDS:
        faults.append(
            DefinitionFault("", "fields", f"There can be at most {MAX_FIELDS} fields.")
        )
    for definition in definitions:
        fault = _condition_fault_text(definition, by_key)
        if fault:
            faults.append(DefinitionFault(definition.key, "shown_when", fault))
    if not any(fault.part == "shown_when" for fault in faults):
        try:
            in_dependency_order(definitions)
        except CycleError as error:
            key = str(error.args[1][0])
            faults.append(DefinitionFault(key, "shown_when", CIRCULAR_CONDITIONS))
    return faults


def in_dependency_order(definitions: Sequence[Definition]) -> list[Definition]:
    """The fields so that each comes after the one that decides about it.

    Raises:
        CycleError: If they decide about each other in a circle.
    """
    by_key = {definition.key: definition for definition in definitions}
    graph = {
        key: [definition.shown_when.key]
        if definition.shown_when and definition.shown_when.key in by_key
        else []
        for key, definition in by_key.items()
    }
    return [by_key[key] for key in TopologicalSorter(graph).static_order()]


def merge_retired_choices(
    before: Sequence[FieldChoice], offered: Sequence[FieldChoice]
) -> tuple[FieldChoice, ...]:
    """The new choices, followed by those that were offered before, as retired."""
    kept = {choice.key for choice in offered}
    retired = [
        FieldChoice(choice.key, choice.name, retired=True)
        for choice in before
        if choice.key not in kept
    ]
    return (*offered, *retired)


def is_key(text: str) -> bool:
    """Whether a text can be a key: lower case, digits, ``_`` or ``-`` between."""
    return len(text) <= 40 and _KEY.fullmatch(text) is not None


def is_choice_key(text: str) -> bool:
    """Whether a text can be the key of a choice; it may begin with a digit."""
    return len(text) <= 40 and _CHOICE_KEY.fullmatch(text) is not None


def _own_faults(definition: Definition) -> dict[str, str]:
    faults: dict[str, str] = {}
    if not is_key(definition.key):
        faults["key"] = (
            "A key is made of lower-case letters, digits and underscores, "
            "such as last_checkup."
        )
    elif definition.key in RESERVED_KEYS:
        faults["key"] = "This key is taken by the form itself."
    if not definition.name.strip():
        faults["name"] = "A field needs a name."
    for part, limit in _MAX_PART_LENGTHS.items():
        if len(getattr(definition, part)) > limit:
            faults[part] = f"Please use at most {limit} characters."
    if not definition.visible_to:
        faults["visible_to"] = "Somebody must see it: customer, fieldworker or office."
    for part in ("visible_to", "editable_by"):
        unknown = sorted(getattr(definition, part) - set(AUDIENCES))
        if unknown:
            faults[part] = (
                f"There is no “{unknown[0]}”: it takes customer, fieldworker, office."
            )
    if not definition.editable_by <= definition.visible_to:
        faults.setdefault("editable_by", "Who may edit it must see it as well.")
    return faults


def _kind_faults(definition: Definition) -> list[DefinitionFault]:
    found: list[tuple[str, str]] = []
    if definition.kind not in KINDS:
        kinds = ", ".join(KINDS)
        return [DefinitionFault(definition.key, "kind", f"A field is one of: {kinds}.")]
    found += _number_faults(definition)
    if definition.period and definition.kind != DATE:
        found.append(("period", "Only a date has a period."))
    if definition.period not in {"", PAST, FUTURE}:
        found.append(("period", "The period of a date is past or future."))
    found += _choice_faults(definition)
    return [DefinitionFault(definition.key, part, words) for part, words in found]


def _number_faults(definition: Definition) -> list[tuple[str, str]]:
    if definition.kind != NUMBER:
        return [
            (part, f"Only a number has a {part}.")
            for part in ("unit", "minimum", "maximum")
            if getattr(definition, part) not in ("", None)
        ]
    found = []
    low, high = definition.minimum, definition.maximum
    if not 0 <= definition.decimals <= MAX_DECIMALS:
        found.append(("decimals", f"Decimals are 0 to {MAX_DECIMALS}."))
    for part, limit in (("minimum", low), ("maximum", high)):
        if limit is not None and not (limit.is_finite() and abs(limit) <= _MAX_NUMBER):
            found.append((part, "This number is too large."))
            return found
    if low is not None and high is not None and low > high:
        found.append(("minimum", "The minimum is more than the maximum."))
    return found


def _choice_faults(definition: Definition) -> list[tuple[str, str]]:
    offered = definition.offered
    if definition.kind not in {CHOICE, CHOICES}:
        return [("choices", "Only a choice has choices.")] if offered else []
    keys = [choice.key for choice in definition.choices]
    checks = (
        (bool(offered), "Please give at least one choice."),
        (len(offered) <= _MAX_CHOICES, f"There can be at most {_MAX_CHOICES} choices."),
        (len(set(keys)) == len(keys), "Two choices have the same key."),
        (
            all(is_choice_key(choice.key) for choice in offered),
            "A choice's key is made of lower-case letters and digits.",
        ),
        (
            all(0 < len(choice.name.strip()) <= 80 for choice in offered),
            "A choice's name has 1 to 80 characters.",
        ),
    )
    return [("choices", words) for holds, words in checks if not holds][:1]


def condition_fault(condition: FieldCondition, fields: Sequence[Definition]) -> str:
    """Why these fields can never decide as a condition says; empty if they can."""
    decides = next((one for one in fields if one.key == condition.key), None)
    if decides is None:
        return f"There is no field “{condition.key}” here."
    unknown = [value for value in condition.values if value not in decides.possible]
    if not decides.possible:
        return (
            f"“{condition.key}” cannot decide about this: "
            "it takes a yes_no, choice or choices field."
        )
    if unknown:
        return f"“{condition.key}” never has the value “{unknown[0]}”."
    return ""


def _condition_fault_text(definition: Definition, by_key: dict[str, Definition]) -> str:
    condition = definition.shown_when
    if condition is None:
        return ""
    if by_key.get(condition.key) is definition:
        return "A field cannot decide about itself."
    fault = condition_fault(condition, list(by_key.values()))
    if fault or condition.values:
        return fault
    return "Please say at which value the field is shown."


MAX_TEXT_LENGTHS = {TEXT: 200, LONG_TEXT: 4000}
_MAX_NUMBER_LENGTH = 40
_MAX_DIGITS = 12
_MAX_SIGNATURE = 120
_FIRST_YEAR, _LAST_YEAR = 1850, 2200
_CHOICE_NOT_AVAILABLE = "This choice is not available. Please choose another."
_REQUIRED_MESSAGES = {
    DATE: "Please enter a date.",
    YES_NO: "Please choose yes or no.",
    CHOICE: "Please choose one.",
    CHOICES: "Please choose at least one.",
    FILE: "Please choose a file.",
    SIGNATURE: "Please sign here.",
    NUMBER: "Please enter a number.",
}

Answers = Mapping[str, Any]
"""A field's key to what a browser sends for it; nothing about it is believed."""


@dataclass(frozen=True, slots=True)
class StoredValue:
    """A stored value with the kind and unit it was entered under, and its words."""

    value: Any
    kind: str
    unit: str = ""
    text: str = ""


StoredValues = Mapping[str, StoredValue]
"""A field's key to what is stored for it."""


class InvalidAnswer(Exception):
    """Words for the person, next to the field."""


def check_answers(
    fields: Sequence[Definition],
    audience: str,
    answers: Answers,
    stored: StoredValues,
    today: date,
    *,
    decimal_mark: str = ".",
) -> dict[str, Any]:
    """Check answers against all fields of a form at once.

    A field without an answer keeps what is stored. A field that is not shown
    keeps it as well, whatever was sent, and need not be filled in. An empty
    answer removes what is stored, unless that is an earlier value that no longer
    fits: it stays until something is entered.

    Args:
        fields: The fields of the scope.
        audience: Who is entering: ``customer``, ``fieldworker`` or ``office``.
        answers: What was sent.
        stored: What is stored.
        today: On the business's calendar.
        decimal_mark: As the business writes numbers, "." or ",".

    Returns:
        What changes: key to the new value, ``None`` for removed.

    Raises:
        InvalidInput: With a sentence for each field that is wrong.
    """
    faults = _forbidden_answers(fields, audience, answers)
    final = fitting_values(fields, stored)
    changes: dict[str, Any] = {}
    shown: dict[str, bool] = {}
    for field in in_dependency_order(fields):
        shown[field.key] = is_shown(field, final, shown)
        if not shown[field.key] or audience not in field.editable_by:
            continue
        before = final.get(field.key)
        if field.key in answers and field.key not in faults:
            try:
                after = parse_answer(
                    field, answers[field.key], before, today, decimal_mark
                )
            except InvalidAnswer as bad:
                faults[field.key] = str(bad)
                final.pop(field.key, None)
                continue
            if after != before:
                changes[field.key] = final[field.key] = after
        if field.required and final.get(field.key) is None:
            faults[field.key] = _REQUIRED_MESSAGES.get(
                field.kind, "Please fill this in."
            )
    if faults:
        order = [field.key for field in fields]
        raise InvalidInput(
            dict(
                sorted(
                    faults.items(),
                    key=lambda fault: (
                        order.index(fault[0]) if fault[0] in order else len(order)
                    ),
                )
            )
        )
    return changes


def is_shown(
    field: Definition, values: Mapping[str, Any], shown: Mapping[str, bool]
) -> bool:
    """Whether a field is shown, given the values and what else is shown."""
    condition = field.shown_when
    if condition is None:
        return True
    if not shown.get(condition.key, False):
        return False
    return bool(set(_choice_keys(values.get(condition.key))) & set(condition.values))


def shown_fields(
    fields: Sequence[Definition], values: Mapping[str, Any]
) -> dict[str, bool]:
    """For each field, whether it is shown with these values."""
    shown: dict[str, bool] = {}
    for field in in_dependency_order(fields):
        shown[field.key] = is_shown(field, values, shown)
    return shown


def said_values(
    fields: Sequence[Definition], stored: StoredValues, key: str
) -> tuple[str, ...]:
    """What a field says of those a condition may name; nothing while it is hidden."""
    final = fitting_values(fields, stored)
    if not shown_fields(fields, final).get(key):
        return ()
    return tuple(_choice_keys(final.get(key)))


def fitting_values(
    fields: Sequence[Definition], stored: StoredValues
) -> dict[str, Any]:
    """What is stored and still means what the fields ask for now."""
    return {
        field.key: stored[field.key].value
        for field in fields
        if field.key in stored and is_compatible(field, stored[field.key])
    }


def is_compatible(field: Definition, entered: StoredValue) -> bool:
    """Whether a stored value still means what the field asks for now.

    A text is a text, long or short; another unit is another number.
    """
    texts = {TEXT, LONG_TEXT}
    if entered.kind != field.kind and not {entered.kind, field.kind} <= texts:
        return False
    if field.kind == NUMBER:
        return entered.unit == field.unit
    if field.kind in {CHOICE, CHOICES}:
        return set(_choice_keys(entered.value)) <= field.possible
    return True


def parse_answer(
    field: Definition, raw: Any, before: Any, today: date, decimal_mark: str = "."
) -> Any:
    """What to store for an answer; ``None`` for an empty one.

    Args:
        field: The field.
        raw: From a browser.
        before: What is stored and fits, or ``None``.
        today: On the business's calendar.
        decimal_mark: As the business writes numbers, "." or ",".

    Raises:
        InvalidAnswer: With a sentence for the person.
    """
    if field.kind == CHOICES:
        return _parse_choices(field, raw, before)
    if isinstance(raw, bool) and field.kind == YES_NO:
        return raw
    if raw is not None and not isinstance(raw, str):
        raise InvalidAnswer("Please fill this in again.")
    text = paragraphs(raw or "")
    if field.kind == NUMBER:
        return _parse_number(field, text, before, decimal_mark) if text else None
    return _PARSERS[field.kind](field, text, before, today) if text else None


def input_value(field: Definition, value: Any) -> str:
    """What goes into the input for a stored value; sent back, nothing changes."""
    if value is None or field.kind == CHOICES:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, dict):
        if value.get("file"):
            return f"file:{value['file']}"
        return f"typed:{value.get('typed', '')}"
    return str(value)


def display_text(field: Definition, value: Any, formats: Formats | None = None) -> str:
    """A stored value as a person reads it; a file is named elsewhere.

    Args:
        field: A definition that the value fits.
        value: As stored.
        formats: For dates and numbers; as they are stored without.
    """
    if value is None or field.kind == FILE:
        return ""
    text = str(value)
    if field.kind == YES_NO:
        text = "Yes" if value else "No"
    elif field.kind in {CHOICE, CHOICES}:
        names = {choice.key: choice.name for choice in field.choices}
        text = ", ".join(names.get(key, key) for key in _choice_keys(value))
    elif field.kind == NUMBER:
        if formats is not None:
            text = text.replace(".", formats.decimal_mark)
        text = f"{text} {field.unit}".strip()
    elif field.kind == DATE:
        text = _day_text(text, formats)
    elif field.kind == SIGNATURE:
        by = f" by {value['typed']}" if value.get("typed") else ""
        text = f"Signed{by} on {_day_text(str(value.get('on')), formats)}"
    return text


def _forbidden_answers(
    fields: Sequence[Definition], audience: str, answers: Answers
) -> dict[str, str]:
    by_key = {field.key: field for field in fields}
    faults = {}
    for key in answers:
        field = by_key.get(key)
        # A field one may not see is as if it did not exist.
        if field is None or audience not in field.visible_to:
            faults[str(key)[:40]] = "This field is not available."
        elif audience not in field.editable_by:
            faults[key] = "This field cannot be changed."
    return faults


def _choice_keys(value: Any) -> list[str]:
    if isinstance(value, bool):
        return [YES if value else NO]
    if isinstance(value, list):
        return [str(key) for key in value]
    return [] if value is None else [str(value)]


def _parse_text(field: Definition, text: str, before: Any, _today: date) -> str:
    limit = MAX_TEXT_LENGTHS[field.kind]
    if field.kind == TEXT:
        text = one_line(text)
    if text == before:
        return text  # it was longer when it was entered
    if len(text) > limit:
        raise InvalidAnswer(f"Please use at most {limit} characters.")
    if not is_readable(text, lines=True):
        raise InvalidAnswer("Please use only letters, numbers and signs.")
    return text


def _parse_number(field: Definition, text: str, before: Any, decimal_mark: str) -> str:
    if text == before:
        return text  # as the form showed it
    number: Decimal | None = None
    plain = decimal(text, decimal_mark)
    if len(plain) <= _MAX_NUMBER_LENGTH and plain.isascii() and "_" not in plain:
        try:
            number = Decimal(plain)
        except InvalidOperation:
            number = None
    # The exponent first: a short text can mean a number of a million digits.
    if number is None or not number.is_finite() or abs(number.adjusted()) > _MAX_DIGITS:
        example = "12" if field.decimals == 0 else "12.5"
        raise InvalidAnswer(f"Please enter a number such as {example}.")
    stored = _plain_number(number)
    if stored == before:
        return stored
    if -_decimal_exponent(number) > field.decimals:
        if field.decimals == 0:
            raise InvalidAnswer("Please enter a whole number.")
        places = "place" if field.decimals == 1 else "places"
        raise InvalidAnswer(f"Please use at most {field.decimals} decimal {places}.")
    low, high = field.minimum, field.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise InvalidAnswer(_range_text(field))
    return stored


def _range_text(field: Definition) -> str:
    unit = f" {field.unit}" if field.unit else ""
    if field.minimum is None and field.maximum is not None:
        return f"Please enter at most {_plain_number(field.maximum)}{unit}."
    if field.maximum is None and field.minimum is not None:
        return f"Please enter at least {_plain_number(field.minimum)}{unit}."
    low, high = field.minimum or Decimal(), field.maximum or Decimal()
    least, most = _plain_number(low), _plain_number(high)
    return f"Please enter a number from {least} to {most}{unit}."


def _decimal_exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _plain_number(number: Decimal) -> str:
    text = f"{number.normalize():f}"
    return "0" if text == "-0" else text


def _parse_date(field: Definition, text: str, before: Any, today: date) -> str:
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise InvalidAnswer(f"Please enter a date such as {today.isoformat()}.")
    stored = day.isoformat()
    if stored == before:
        return stored  # it was in time when it was entered
    if field.period == PAST and day > today:
        raise InvalidAnswer("Please enter a date that is not in the future.")
    if field.period == FUTURE and day < today:
        raise InvalidAnswer("Please enter a date that is not in the past.")
    return stored


def _parse_choice(field: Definition, key: str, before: Any, _today: date) -> str:
    offered = {choice.key for choice in field.offered}
    if key not in offered and key != before:
        raise InvalidAnswer(_CHOICE_NOT_AVAILABLE)
    return key


def _parse_yes_no(_field: Definition, text: str, _before: Any, _today: date) -> bool:
    if text not in {YES, NO}:
        raise InvalidAnswer("Please choose yes or no.")
    return text == YES


def _parse_file(_field: Definition, text: str, _before: Any, _today: date) -> str:
    return text[:_ID_LENGTH]


def _parse_choices(field: Definition, raw: Any, before: Any) -> list[str] | None:
    if raw is None or raw == "":
        return None
    if not isinstance(raw, list | tuple):
        raise InvalidAnswer(_CHOICE_NOT_AVAILABLE)
    allowed = {choice.key for choice in field.offered} | set(_choice_keys(before))
    if any(not isinstance(key, str) or key not in allowed for key in raw):
        raise InvalidAnswer(_CHOICE_NOT_AVAILABLE)
    return [choice.key for choice in field.choices if choice.key in set(raw)] or None


def _parse_signature(
    _field: Definition, text: str, before: Any, today: date
) -> dict[str, str]:
    kind, _, what = text.partition(":")
    what = one_line(what)
    if kind not in {"file", "typed"} or not what:
        raise InvalidAnswer("Please sign here.")
    if len(what) > _MAX_SIGNATURE:
        raise InvalidAnswer(f"Please use at most {_MAX_SIGNATURE} characters.")
    if isinstance(before, dict) and before.get(kind) == what:
        return before
    return {kind: what, "on": today.isoformat()}


def _day_text(iso: str, formats: Formats | None) -> str:
    return formats.day(date.fromisoformat(iso)) if formats else iso


_PARSERS: dict[str, Callable[[Definition, str, Any, date], Any]] = {
    TEXT: _parse_text,
    LONG_TEXT: _parse_text,
    DATE: _parse_date,
    YES_NO: _parse_yes_no,
    CHOICE: _parse_choice,
    FILE: _parse_file,
    SIGNATURE: _parse_signature,
}
