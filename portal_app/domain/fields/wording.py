"""A definition in the words of the office. Pure."""

from collections.abc import Collection, Mapping

from portal_app.domain.fields import definitions as d
from portal_app.domain.fields.definitions import Condition, Definition

KINDS = {
    d.TEXT: "Short text",
    d.LONG_TEXT: "Long text",
    d.NUMBER: "Number",
    d.DATE: "Date",
    d.YES_NO: "Yes or no",
    d.CHOICE: "One choice",
    d.CHOICES: "Several choices",
    d.FILE: "File",
    d.SIGNATURE: "Signature",
}
PEOPLE = {d.CUSTOMER: "Customer", d.FIELDWORKER: "Fieldworker", d.OFFICE: "Office"}
PERIODS = {d.PAST: "Not in the future", d.FUTURE: "Not in the past"}
LABELS = {
    "name": "Name",
    "kind": "Kind",
    "help": "Help",
    "unit": "Unit",
    "minimum": "Minimum",
    "maximum": "Maximum",
    "decimals": "Decimal places",
    "period": "Days",
    "choices": "Choices",
    "required": "Required",
    "shown_when": "Shown",
    "visible_to": "Seen by",
    "editable_by": "Changed by",
    "in_use": "In use",
}
"""The parts of a form, in its order."""

_ANSWERS = {d.YES: "Yes", d.NO: "No"}

Others = Mapping[str, Definition]
"""The fields of a scope by their keys, archived ones included."""


def parts(definition: Definition, others: Others, *, in_use: bool) -> dict[str, str]:
    """Every part of a definition as a person reads it, by the form's names."""
    number = definition.kind == d.NUMBER
    return {
        "name": definition.name,
        "kind": KINDS.get(definition.kind, definition.kind),
        "help": definition.help,
        "unit": definition.unit,
        "minimum": plain(definition.minimum),
        "maximum": plain(definition.maximum),
        "decimals": str(definition.decimals) if number else "",
        "period": PERIODS.get(definition.period, ""),
        "choices": ", ".join(choice.name for choice in definition.offered),
        "required": _yes(definition.required),
        "shown_when": condition(definition.shown_when, others) or "Always",
        "visible_to": people(definition.visible_to),
        "editable_by": people(definition.editable_by),
        "in_use": _yes(in_use),
    }


def plain(number: object) -> str:
    """A limit as it is typed."""
    return "" if number is None else f"{number:f}"


def details(definition: Definition) -> str:
    """What else there is to say about its kind, in one line; may be empty."""
    if definition.kind == d.NUMBER:
        return " · ".join(filter(None, (_range(definition), _places(definition))))
    if definition.kind == d.DATE:
        return PERIODS.get(definition.period, "")
    return ", ".join(choice.name for choice in definition.offered)


def condition(shown_when: Condition | None, others: Others) -> str:
    """Such as ``When “Kind of animal” is Dog or Cat``; empty for always."""
    if shown_when is None:
        return ""
    decides = others.get(shown_when.key)
    names = {choice.key: choice.name for choice in decides.choices} if decides else {}
    names |= _ANSWERS if decides and decides.kind == d.YES_NO else {}
    values = " or ".join(names.get(value, value) for value in shown_when.values)
    return f"When “{decides.name if decides else shown_when.key}” is {values}"


def people(who: Collection[str]) -> str:
    """Such as ``Customer, Office``."""
    return ", ".join(words for one, words in PEOPLE.items() if one in who)


def who(definition: Definition) -> str:
    """Who sees and changes it, where that is not the usual; empty where it is."""
    seen, changed = definition.visible_to, definition.editable_by
    parts = []
    if seen != d.USUAL_VISIBLE:
        parts.append(f"Seen by {people(seen).lower()}")
    if changed != d.USUAL_EDITABLE:
        parts.append(f"Changed by {people(changed).lower() or 'nobody'}")
    return " · ".join(parts)


def _range(definition: Definition) -> str:
    low, high = plain(definition.minimum), plain(definition.maximum)
    unit = f" {definition.unit}" if definition.unit else ""
    if low and high:
        return f"From {low} to {high}{unit}"
    if low or high:
        return f"{'At least' if low else 'At most'} {low or high}{unit}"
    return f"In {definition.unit}" if unit else ""


def _places(definition: Definition) -> str:
    count = definition.decimals
    if count == 0:
        return "Whole numbers"
    return f"{count} decimal place{'' if count == 1 else 's'}"


def _yes(holds: bool) -> str:
    return "Yes" if holds else "No"
