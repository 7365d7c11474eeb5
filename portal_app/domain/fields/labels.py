"""The names of a field's parts and values as the office reads them. Pure."""

from collections.abc import Collection, Mapping

from portal_app.domain.fields import rules as d
from portal_app.domain.fields.rules import Definition, FieldCondition
from portal_app.kernel.versioned import Field, Record

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
_YES_NO_LABELS = {d.YES: "Yes", d.NO: "No"}

DefinitionsByKey = Mapping[str, Definition]
"""The fields of a scope by their keys, archived ones included."""


def definition_record(others: DefinitionsByKey) -> Record:
    """The parts of a definition, in the order of its form."""

    def condition(shown_when: FieldCondition | None) -> str:
        return condition_text(shown_when, others) or "Always"

    return Record(
        "This field",
        Field("name", "Name"),
        Field("kind", "Kind", text=lambda kind: KIND_LABELS.get(kind, kind)),
        Field("help", "Help"),
        Field("unit", "Unit"),
        Field("minimum", "Minimum", text=limit_text),
        Field("maximum", "Maximum", text=limit_text),
        Field(
            "decimals",
            "Decimal places",
            read=lambda it: it.decimals if it.kind == d.NUMBER else None,
        ),
        Field("period", "Days", text=lambda period: PERIOD_LABELS.get(period, "")),
        Field("choices", "Choices", read=lambda it: [one.name for one in it.offered]),
        Field("required", "Required"),
        Field("shown_when", "Shown", text=condition),
        Field("visible_to", "Seen by", text=audiences_text),
        Field("editable_by", "Changed by", text=audiences_text),
        Field("in_use", "In use"),
    )


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
