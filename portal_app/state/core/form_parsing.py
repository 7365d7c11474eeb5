"""Parses what a browser sent into the values a domain call takes.

Anything may come; the domain judges it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from portal_app.domain.bookings.rules import DetailsForm
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.rules import EmailEntry, PhoneEntry
from portal_app.kernel.errors import DomainError, InvalidInput
from portal_app.kernel.ids import ID_LENGTH

# Above the longest text that the domain takes, so that nothing is cut unseen.
_MOST_CHARACTERS = 25_000


def texts(form: Any, *names: str) -> dict[str, str]:
    """These fields of a submitted form as texts; what is missing is empty."""
    given: Mapping[Any, Any] = form if isinstance(form, Mapping) else {}
    return {name: text(given.get(name)) for name in names}


def text(value: Any) -> str:
    """A text, cut at 25 thousand characters; anything else is an empty one."""
    return value[:_MOST_CHARACTERS] if isinstance(value, str) else ""


def instant(value: Any) -> datetime | None:
    """An aware instant in ISO 8601, or ``None``."""
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def day(value: Any) -> date | None:
    """A calendar day in ISO 8601, or ``None``."""
    try:
        return date.fromisoformat(text(value))
    except ValueError:
        return None


_MOST_DIGITS = 9


def field(form: Any, name: str) -> str:
    """What was typed into a field, untrimmed; empty for anything that is no text."""
    return texts(form, name)[name]


def page_number(asked: Any, last: int = 10_000) -> int:
    """The page of a list that the address asks for; anything odd is the first."""
    digits = text(asked)
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 6):
        return 1
    return min(max(1, int(digits)), last)


def ticked(form: Any, name: str) -> bool:
    """Whether a checkbox was ticked."""
    return field(form, name) == "on"


def number(form: Any, name: str) -> int:
    """A whole number from a hidden field; 0 for anything else."""
    digits = field(form, name)
    usable = digits.isascii() and digits.isdecimal() and len(digits) <= _MOST_DIGITS
    return int(digits) if usable else 0


def refusal(error: DomainError) -> tuple[dict[str, str], str]:
    """Say a refusal where it belongs.

    Args:
        error: What the domain raised.

    Returns:
        A sentence for each wrong field, and a sentence for the form as a whole
        that is empty when the fields say it all.
    """
    if isinstance(error, InvalidInput) and error.fields:
        return error.fields, ""
    return {}, error.message


_MOST_ROWS = 20
_ADDRESS_PARTS = (
    *("street", "unit", "town", "state", "postcode", "country"),
    *("latitude", "longitude"),
)


def emails(form: Any) -> tuple[EmailEntry, ...]:
    """The rows ``emails.0``, ``emails.1`` and so on."""
    return tuple(
        EmailEntry(text, primary=main) for text, _, main in _marked_rows(form, "emails")
    )


def phones(form: Any) -> tuple[PhoneEntry, ...]:
    """The rows ``phones.0``, ``phones.0.country`` and so on."""
    return tuple(
        PhoneEntry(text, field(form, f"{name}.country").upper()[:2], primary=main)
        for text, name, main in _marked_rows(form, "phones")
    )


def names(form: Any) -> tuple[str, ...]:
    """The rows ``other_names.0`` and so on."""
    return tuple(text for text, _, _ in _marked_rows(form, "other_names"))


def ticked_keys(form: Any, group: str, keys: Any) -> tuple[str, ...]:
    """Which of these keys are ticked, as the checkboxes ``group.key``."""
    return tuple(key for key in keys if ticked(form, f"{group}.{key}"))


def address(form: Any, **more: Any) -> AddressForm:
    """The fields of an address; ``more`` goes into the form as it is."""
    return AddressForm(**{part: field(form, part) for part in _ADDRESS_PARTS}, **more)


def ordered_rows(
    form: Any, name: str, first: str, *parts: str, most: int
) -> list[dict[str, str]]:
    """The rows ``name.0.PART``, ``name.1.PART`` and so on; each has the first part."""
    given = form if isinstance(form, dict) else {}
    return [
        {part: field(form, f"{name}.{at}.{part}") for part in (first, *parts)}
        for at in range(most)
        if f"{name}.{at}.{first}" in given
    ]


def ticked_group(form: Any, group: str, most: int) -> tuple[str, ...]:
    """Which checkboxes ``group.KEY`` are ticked, whatever keys there may be."""
    given = form if isinstance(form, dict) else {}
    start = f"{group}."
    found = (
        name.removeprefix(start)
        for name in given
        if isinstance(name, str) and name.startswith(start)
    )
    return tuple(key for key in found if ticked(form, f"{group}.{key}"))[:most]


def _marked_rows(form: Any, name: str) -> list[tuple[str, str, bool]]:
    main = field(form, f"{name}.primary") or "0"
    given = form if isinstance(form, dict) else {}
    return [
        (field(form, f"{name}.{at}"), f"{name}.{at}", main == str(at))
        for at in range(_MOST_ROWS)
        if f"{name}.{at}" in given
    ]


_FIELD, _CHOICES, _FOR = "field.", "choices.", "for."
_MOST_ANSWERS = 100
_LONGEST_KEY = 40


def answers(form: Any) -> dict[str, Any]:
    """The answers in a submitted form: field key to text, or to keys of choices.

    Whether they fit is for the domain to say; a field that was not shown is not
    among them.
    """
    given: Mapping[Any, Any] = form if isinstance(form, Mapping) else {}
    found: dict[str, Any] = {}
    for name, value in given.items():
        if not isinstance(name, str) or len(found) >= _MOST_ANSWERS:
            continue
        if name.startswith(_FIELD):
            found[name.removeprefix(_FIELD)[:_LONGEST_KEY]] = text(value)
        elif name.startswith(_CHOICES):
            key = name.removeprefix(_CHOICES)[:_LONGEST_KEY]
            found[key] = text(value).split()[:_MOST_ANSWERS]
    return found


def details_form(form: Any) -> DetailsForm:
    """Whom a booking is for, and the answers, in a form that asks for both."""
    given: Mapping[Any, Any] = form if isinstance(form, Mapping) else {}
    ticked = [
        name.removeprefix(_FOR)[:ID_LENGTH]
        for name, value in given.items()
        if isinstance(name, str) and name.startswith(_FOR) and value == "on"
    ]
    return DetailsForm(tuple(ticked[:_MOST_ANSWERS]), answers(form))
