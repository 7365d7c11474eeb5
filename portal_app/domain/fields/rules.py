"""Whether what was entered fits a field, in exact words. Pure."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from portal_app.domain.fields import definitions as d
from portal_app.domain.fields.definitions import Definition
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.formats import Formats
from portal_app.kernel.ids import ID_LENGTH as _ID_LENGTH

MAX_LENGTHS = {d.TEXT: 200, d.LONG_TEXT: 4000}
_MAX_TYPED = 40
_DIGITS = 12
_MAX_SIGNATURE = 120
_FIRST_YEAR, _LAST_YEAR = 1850, 2200
_NOT_OFFERED = "This choice is not available. Please choose another."
_MISSING = {
    d.DATE: "Please enter a date.",
    d.YES_NO: "Please choose yes or no.",
    d.CHOICE: "Please choose one.",
    d.CHOICES: "Please choose at least one.",
    d.FILE: "Please choose a file.",
    d.SIGNATURE: "Please sign here.",
    d.NUMBER: "Please enter a number.",
}

Answers = Mapping[str, Any]
"""A field's key to what a browser sends for it; nothing about it is believed."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A stored value with the kind and unit it was entered under, and its words."""

    value: Any
    kind: str
    unit: str = ""
    text: str = ""


Stored = Mapping[str, Entered]
"""A field's key to what is stored for it."""


class BadAnswer(Exception):
    """Words for the person, next to the field."""


def check(
    fields: Sequence[Definition],
    audience: str,
    answers: Answers,
    stored: Stored,
    today: date,
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

    Returns:
        What changes: key to the new value, ``None`` for removed.

    Raises:
        InvalidInput: With a sentence for each field that is wrong.
    """
    faults = _not_theirs(fields, audience, answers)
    final: dict[str, Any] = {
        field.key: stored[field.key].value
        for field in fields
        if field.key in stored and fits(field, stored[field.key])
    }
    changes: dict[str, Any] = {}
    shown: dict[str, bool] = {}
    for field in d.in_order(fields):
        shown[field.key] = is_shown(field, final, shown)
        if not shown[field.key] or audience not in field.editable_by:
            continue
        before = final.get(field.key)
        if field.key in answers and field.key not in faults:
            try:
                after = parse(field, answers[field.key], before, today)
            except BadAnswer as bad:
                faults[field.key] = str(bad)
                final.pop(field.key, None)
                continue
            if after != before:
                changes[field.key] = final[field.key] = after
        if field.required and final.get(field.key) is None:
            faults[field.key] = _MISSING.get(field.kind, "Please fill this in.")
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
    return bool(set(_as_keys(values.get(condition.key))) & set(condition.values))


def shown_fields(
    fields: Sequence[Definition], values: Mapping[str, Any]
) -> dict[str, bool]:
    """For each field, whether it is shown with these values."""
    shown: dict[str, bool] = {}
    for field in d.in_order(fields):
        shown[field.key] = is_shown(field, values, shown)
    return shown


def fits(field: Definition, entered: Entered) -> bool:
    """Whether a stored value still means what the field asks for now.

    A text is a text, long or short; another unit is another number.
    """
    texts = {d.TEXT, d.LONG_TEXT}
    if entered.kind != field.kind and not {entered.kind, field.kind} <= texts:
        return False
    if field.kind == d.NUMBER:
        return entered.unit == field.unit
    if field.kind in {d.CHOICE, d.CHOICES}:
        return set(_as_keys(entered.value)) <= field.possible
    return True


def parse(field: Definition, raw: Any, before: Any, today: date) -> Any:
    """What to store for an answer; ``None`` for an empty one.

    Args:
        field: The field.
        raw: From a browser.
        before: What is stored and fits, or ``None``.
        today: On the business's calendar.

    Raises:
        BadAnswer: With a sentence for the person.
    """
    if field.kind == d.CHOICES:
        return _choices(field, raw, before)
    if isinstance(raw, bool) and field.kind == d.YES_NO:
        return raw
    if raw is not None and not isinstance(raw, str):
        raise BadAnswer("Please fill this in again.")
    text = unicodedata.normalize("NFC", raw or "").strip()
    return _PARSERS[field.kind](field, text, before, today) if text else None


def input_value(field: Definition, value: Any) -> str:
    """What goes into the input for a stored value; sent back, nothing changes."""
    if value is None or field.kind == d.CHOICES:
        return ""
    if isinstance(value, bool):
        return d.YES if value else d.NO
    if isinstance(value, dict):
        if value.get("file"):
            return f"file:{value['file']}"
        return f"typed:{value.get('typed', '')}"
    return str(value)


def text_of(field: Definition, value: Any, formats: Formats | None = None) -> str:
    """A stored value as a person reads it; a file is named elsewhere.

    Args:
        field: A definition that the value fits.
        value: As stored.
        formats: For dates; ISO without.
    """
    if value is None or field.kind == d.FILE:
        return ""
    text = str(value)
    if field.kind == d.YES_NO:
        text = "Yes" if value else "No"
    elif field.kind in {d.CHOICE, d.CHOICES}:
        names = {choice.key: choice.name for choice in field.choices}
        text = ", ".join(names.get(key, key) for key in _as_keys(value))
    elif field.kind == d.NUMBER:
        text = f"{value} {field.unit}".strip()
    elif field.kind == d.DATE:
        text = _day(text, formats)
    elif field.kind == d.SIGNATURE:
        by = f" by {value['typed']}" if value.get("typed") else ""
        text = f"Signed{by} on {_day(str(value.get('on')), formats)}"
    return text


def _not_theirs(
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


def _as_keys(value: Any) -> list[str]:
    if isinstance(value, bool):
        return [d.YES if value else d.NO]
    if isinstance(value, list):
        return [str(key) for key in value]
    return [] if value is None else [str(value)]


def _text(field: Definition, text: str, before: Any, _today: date) -> str:
    limit = MAX_LENGTHS[field.kind]
    if field.kind == d.TEXT:
        text = " ".join(text.split())
    text = text.replace("\r\n", "\n")
    if text == before:
        return text  # it was longer when it was entered
    if len(text) > limit:
        raise BadAnswer(f"Please use at most {limit} characters.")
    if any(
        unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"}
        and character not in "\n\t"
        for character in text
    ):
        raise BadAnswer("Please use only letters, numbers and signs.")
    return text


def _number(field: Definition, text: str, before: Any, _today: date) -> str:
    number: Decimal | None = None
    if len(text) <= _MAX_TYPED and text.isascii() and "_" not in text:
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = None
    # The exponent first: a short text can mean a number of a million digits.
    if number is None or not number.is_finite() or abs(number.adjusted()) > _DIGITS:
        example = "12" if field.decimals == 0 else "12.5"
        raise BadAnswer(f"Please enter a number such as {example}.")
    stored = _plain(number)
    if stored == before:
        return stored
    if -_exponent(number) > field.decimals:
        if field.decimals == 0:
            raise BadAnswer("Please enter a whole number.")
        places = "place" if field.decimals == 1 else "places"
        raise BadAnswer(f"Please use at most {field.decimals} decimal {places}.")
    low, high = field.minimum, field.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise BadAnswer(_range_text(field))
    return stored


def _range_text(field: Definition) -> str:
    unit = f" {field.unit}" if field.unit else ""
    if field.minimum is None and field.maximum is not None:
        return f"Please enter at most {_plain(field.maximum)}{unit}."
    if field.maximum is None and field.minimum is not None:
        return f"Please enter at least {_plain(field.minimum)}{unit}."
    low, high = field.minimum or Decimal(), field.maximum or Decimal()
    return f"Please enter a number from {_plain(low)} to {_plain(high)}{unit}."


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _plain(number: Decimal) -> str:
    text = f"{number.normalize():f}"
    return "0" if text == "-0" else text


def _date(field: Definition, text: str, before: Any, today: date) -> str:
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise BadAnswer(f"Please enter a date such as {today.isoformat()}.")
    stored = day.isoformat()
    if stored == before:
        return stored  # it was in time when it was entered
    if field.period == d.PAST and day > today:
        raise BadAnswer("Please enter a date that is not in the future.")
    if field.period == d.FUTURE and day < today:
        raise BadAnswer("Please enter a date that is not in the past.")
    return stored


def _choice(field: Definition, key: str, before: Any, _today: date) -> str:
    offered = {choice.key for choice in field.offered}
    if key not in offered and key != before:
        raise BadAnswer(_NOT_OFFERED)
    return key


def _yes_no(_field: Definition, text: str, _before: Any, _today: date) -> bool:
    if text not in {d.YES, d.NO}:
        raise BadAnswer("Please choose yes or no.")
    return text == d.YES


def _file(_field: Definition, text: str, _before: Any, _today: date) -> str:
    return text[:_ID_LENGTH]


def _choices(field: Definition, raw: Any, before: Any) -> list[str] | None:
    if raw is None or raw == "":
        return None
    if not isinstance(raw, list | tuple):
        raise BadAnswer(_NOT_OFFERED)
    allowed = {choice.key for choice in field.offered} | set(_as_keys(before))
    if any(not isinstance(key, str) or key not in allowed for key in raw):
        raise BadAnswer(_NOT_OFFERED)
    return [choice.key for choice in field.choices if choice.key in set(raw)] or None


def _signature(
    _field: Definition, text: str, before: Any, today: date
) -> dict[str, str]:
    kind, _, what = text.partition(":")
    what = " ".join(what.split())
    if kind not in {"file", "typed"} or not what:
        raise BadAnswer("Please sign here.")
    if len(what) > _MAX_SIGNATURE:
        raise BadAnswer(f"Please use at most {_MAX_SIGNATURE} characters.")
    if isinstance(before, dict) and before.get(kind) == what:
        return before
    return {kind: what, "on": today.isoformat()}


def _day(iso: str, formats: Formats | None) -> str:
    return formats.day(date.fromisoformat(iso)) if formats else iso


_PARSERS: dict[str, Callable[[Definition, str, Any, date], Any]] = {
    d.TEXT: _text,
    d.LONG_TEXT: _text,
    d.NUMBER: _number,
    d.DATE: _date,
    d.YES_NO: _yes_no,
    d.CHOICE: _choice,
    d.FILE: _file,
    d.SIGNATURE: _signature,
}
