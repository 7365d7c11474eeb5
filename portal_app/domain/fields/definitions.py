"""What a field is, and which fields make sense together. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter

TEXT, LONG_TEXT, NUMBER, DATE, YES_NO = "text", "long_text", "number", "date", "yes_no"
CHOICE, CHOICES, FILE, SIGNATURE = "choice", "choices", "file", "signature"
KINDS = (TEXT, LONG_TEXT, NUMBER, DATE, YES_NO, CHOICE, CHOICES, FILE, SIGNATURE)
CUSTOMER, FIELDWORKER, OFFICE = "customer", "fieldworker", "office"
PEOPLE = (CUSTOMER, FIELDWORKER, OFFICE)
USUAL_VISIBLE = frozenset(PEOPLE)
USUAL_EDITABLE = frozenset({CUSTOMER, OFFICE})
PAST, FUTURE = "past", "future"
YES, NO = "yes", "no"

MAX_FIELDS = 60
CIRCLE = "These fields would decide about each other in a circle."
_MAX_CHOICES = 100
MAX_DECIMALS = 4
_LARGEST = Decimal(10) ** 12
_KEY = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
_CHOICE_KEY = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
TAKEN = frozenset({"name", "picture_id"})
_LENGTHS = {"name": 80, "help": 300, "unit": 20}


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose; a retired one is only kept where it was chosen."""

    key: str
    name: str
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A field is shown while the field ``key`` has one of ``values``.

    Values are ``yes``, ``no``, or keys of choices.
    """

    key: str
    values: tuple[str, ...]


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
    choices: tuple[Choice, ...] = ()
    required: bool = False
    shown_when: Condition | None = None
    visible_to: frozenset[str] = USUAL_VISIBLE
    editable_by: frozenset[str] = USUAL_EDITABLE
    id: str = ""

    @property
    def offered(self) -> tuple[Choice, ...]:
        """The choices that can be chosen now."""
        return tuple(choice for choice in self.choices if not choice.retired)

    @property
    def possible(self) -> frozenset[str]:
        """The values another field's condition may name."""
        if self.kind == YES_NO:
            return frozenset({YES, NO})
        if self.kind in {CHOICE, CHOICES}:
            return frozenset(choice.key for choice in self.choices)
        return frozenset()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a definition: which field, which part, in words."""

    key: str
    part: str
    sentence: str


def faults_of(definitions: Sequence[Definition]) -> list[Fault]:
    """Everything that is wrong with the fields of one scope."""
    faults: list[Fault] = []
    by_key: dict[str, Definition] = {}
    for definition in definitions:
        if definition.key in by_key:
            faults.append(Fault(definition.key, "key", "Two fields have this key."))
        by_key[definition.key] = definition
        faults += [
            Fault(definition.key, part, sentence)
            for part, sentence in _own_faults(definition).items()
        ]
        faults += _kind_faults(definition)
    if len(by_key) > MAX_FIELDS:
        faults.append(Fault("", "fields", f"There can be at most {MAX_FIELDS} fields."))
    for definition in definitions:
        fault = _condition_fault(definition, by_key)
        if fault:
            faults.append(Fault(definition.key, "shown_when", fault))
    if not any(fault.part == "shown_when" for fault in faults):
        try:
            in_order(definitions)
        except CycleError as error:
            key = str(error.args[1][0])
            faults.append(Fault(key, "shown_when", CIRCLE))
    return faults


def in_order(definitions: Sequence[Definition]) -> list[Definition]:
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


def with_retired(
    before: Sequence[Choice], offered: Sequence[Choice]
) -> tuple[Choice, ...]:
    """The new choices, followed by those that were offered before, as retired."""
    kept = {choice.key for choice in offered}
    retired = [
        Choice(choice.key, choice.name, retired=True)
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
    elif definition.key in TAKEN:
        faults["key"] = "This key is taken by the form itself."
    if not definition.name.strip():
        faults["name"] = "A field needs a name."
    for part, limit in _LENGTHS.items():
        if len(getattr(definition, part)) > limit:
            faults[part] = f"Please use at most {limit} characters."
    if not definition.visible_to:
        faults["visible_to"] = "Somebody must see it: customer, fieldworker or office."
    for part in ("visible_to", "editable_by"):
        unknown = sorted(getattr(definition, part) - set(PEOPLE))
        if unknown:
            faults[part] = (
                f"There is no “{unknown[0]}”: it takes customer, fieldworker, office."
            )
    if not definition.editable_by <= definition.visible_to:
        faults.setdefault("editable_by", "Who may edit it must see it as well.")
    return faults


def _kind_faults(definition: Definition) -> list[Fault]:
    found: list[tuple[str, str]] = []
    if definition.kind not in KINDS:
        kinds = ", ".join(KINDS)
        return [Fault(definition.key, "kind", f"A field is one of: {kinds}.")]
    found += _number_faults(definition)
    if definition.period and definition.kind != DATE:
        found.append(("period", "Only a date has a period."))
    if definition.period not in {"", PAST, FUTURE}:
        found.append(("period", "The period of a date is past or future."))
    found += _choice_faults(definition)
    return [Fault(definition.key, part, words) for part, words in found]


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
        if limit is not None and not (limit.is_finite() and abs(limit) <= _LARGEST):
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


def _condition_fault(definition: Definition, by_key: dict[str, Definition]) -> str:
    condition = definition.shown_when
    if condition is None:
        return ""
    decides = by_key.get(condition.key)
    if decides is None:
        return f"There is no field “{condition.key}” here."
    unknown = [value for value in condition.values if value not in decides.possible]
    if decides is definition:
        words = "A field cannot decide about itself."
    elif not decides.possible:
        words = (
            f"“{condition.key}” cannot decide about this field: "
            "it takes a yes_no, choice or choices field."
        )
    elif unknown:
        words = f"“{condition.key}” never has the value “{unknown[0]}”."
    elif not condition.values:
        words = "Please say at which value the field is shown."
    else:
        words = ""
    return words
