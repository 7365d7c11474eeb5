"""The names of a field's parts and values as the office reads them. Pure."""

from collections.abc import Collection, Mapping

from portal_app.domain.fields import rules as d
from portal_app.domain.fields.rules import Definition, FieldCondition

KIND_LABELS = {
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
AUDIENCE_LABELS = {
    d.CUSTOMER: "Customer",
    d.FIELDWORKER: "Fieldworker",
    d.OFFICE: "Office",
}
PERIOD_LABELS = {d.PAST: "Not in the future", d.FUTURE: "Not in the past"}
PART_LABELS = {
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

_YES_NO_LABELS = {d.YES: "Yes", d.NO: "No"}

DefinitionsByKey = Mapping[str, Definition]
"""The fields of a scope by their keys, archived ones included."""


def part_texts(
    definition: Definition, others: DefinitionsByKey, *, in_use: bool
) -> dict[str, str]:
    """Every part of a definition as a person reads it, by the form's names."""
    number = definition.kind == d.NUMBER
    return {
        "name": definition.name,
        "kind": KIND_LABELS.get(definition.kind, definition.kind),
        "help": definition.help,
        "unit": definition.unit,
        "minimum": limit_text(definition.minimum),
        "maximum": limit_text(definition.maximum),
        "decimals": str(definition.decimals) if number else "",
        "period": PERIOD_LABELS.get(definition.period, ""),
        "choices": ", ".join(choice.name for choice in definition.offered),
        "required": _yes_no_text(definition.required),
        "shown_when": condition_text(definition.shown_when, others) or "Always",
        "visible_to": audiences_text(definition.visible_to),
        "editable_by": audiences_text(definition.editable_by),
        "in_use": _yes_no_text(in_use),
    }


def limit_text(number: object) -> str:
    """A limit as it is typed."""
    return "" if number is None else f"{number:f}"


def details_text(definition: Definition) -> str:
    """What else there is to say about its kind, in one line; may be empty."""
    if definition.kind == d.NUMBER:
        return " · ".join(
            filter(None, (_range_text(definition), _decimal_places_text(definition)))
        )
    if definition.kind == d.DATE:
        return PERIOD_LABELS.get(definition.period, "")
    return ", ".join(choice.name for choice in definition.offered)


def condition_text(shown_when: FieldCondition | None, others: DefinitionsByKey) -> str:
    """Such as ``When “Kind of animal” is Dog or Cat``; empty for always."""
    if shown_when is None:
        return ""
    decides = others.get(shown_when.key)
    names = {choice.key: choice.name for choice in decides.choices} if decides else {}
    names |= _YES_NO_LABELS if decides and decides.kind == d.YES_NO else {}
    values = " or ".join(names.get(value, value) for value in shown_when.values)
    return f"When “{decides.name if decides else shown_when.key}” is {values}"


def audiences_text(who: Collection[str]) -> str:
    """Such as ``Customer, Office``."""
    return ", ".join(words for one, words in AUDIENCE_LABELS.items() if one in who)


def access_text(definition: Definition) -> str:
    """Who sees and changes it, where that is not the usual; empty where it is."""
    seen, changed = definition.visible_to, definition.editable_by
    parts = []
    if seen != d.DEFAULT_VISIBLE_TO:
        parts.append(f"Seen by {audiences_text(seen).lower()}")
    if changed != d.DEFAULT_EDITABLE_BY:
        parts.append(f"Changed by {audiences_text(changed).lower() or 'nobody'}")
    return " · ".join(parts)


def _range_text(definition: Definition) -> str:
    low, high = limit_text(definition.minimum), limit_text(definition.maximum)
    unit = f" {definition.unit}" if definition.unit else ""
    if low and high:
        return f"From {low} to {high}{unit}"
    if low or high:
        return f"{'At least' if low else 'At most'} {low or high}{unit}"
    return f"In {definition.unit}" if unit else ""


def _decimal_places_text(definition: Definition) -> str:
    count = definition.decimals
    if count == 0:
        return "Whole numbers"
    return f"{count} decimal place{'' if count == 1 else 's'}"


def _yes_no_text(holds: bool) -> str:
    return "Yes" if holds else "No"
