"""Parses the fields of a submitted form into the values a domain call takes.

They are texts, by the handlers' signatures; the domain judges what they say.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from portal_app.domain.bookings.rules import DetailsForm
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.rules import EmailEntry, PhoneEntry
from portal_app.kernel.errors import DomainError, InvalidInput
from portal_app.kernel.ids import ID_LENGTH

Form = Mapping[str, str]


def texts(form: Form, *names: str) -> dict[str, str]:
    """These fields of a submitted form; what is missing is empty."""
    return {name: field(form, name) for name in names}


def instant(text: str) -> datetime | None:
    """An aware instant in ISO 8601, or ``None``."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def day(text: str) -> date | None:
    """A calendar day in ISO 8601, or ``None``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


_MOST_DIGITS = 9


def field(form: Form, name: str) -> str:
    """What was typed into a field, untrimmed; empty where it is missing."""
    return form.get(name, "")


def page_number(digits: str, last: int = 10_000) -> int:
    """The page of a list that the address asks for; anything odd is the first."""
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 6):
        return 1
    return min(max(1, int(digits)), last)


def ticked(form: Form, name: str) -> bool:
    """Whether a checkbox was ticked."""
    return field(form, name) == "on"


def number(form: Form, name: str) -> int:
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


def emails(form: Form) -> tuple[EmailEntry, ...]:
    """The rows ``emails.0``, ``emails.1`` and so on."""
    return tuple(
        EmailEntry(text, primary=main) for text, _, main in _marked_rows(form, "emails")
    )


def phones(form: Form) -> tuple[PhoneEntry, ...]:
    """The rows ``phones.0``, ``phones.0.country`` and so on."""
    return tuple(
        PhoneEntry(text, field(form, f"{name}.country").upper()[:2], primary=main)
        for text, name, main in _marked_rows(form, "phones")
    )


def names(form: Form) -> tuple[str, ...]:
    """The rows ``other_names.0`` and so on."""
    return tuple(text for text, _, _ in _marked_rows(form, "other_names"))


def ticked_keys(form: Form, group: str, keys: Iterable[str]) -> tuple[str, ...]:
    """Which of these keys are ticked, as the checkboxes ``group.key``."""
    return tuple(key for key in keys if ticked(form, f"{group}.{key}"))


def address(form: Form, **more: Any) -> AddressForm:
    """The fields of an address; ``more`` goes into the form as it is."""
    return AddressForm(**{part: field(form, part) for part in _ADDRESS_PARTS}, **more)


def ordered_rows(
    form: Form, name: str, first: str, *parts: str, most: int
) -> list[dict[str, str]]:
    """The rows ``name.0.PART``, ``name.1.PART`` and so on; each has the first part."""
    return [
        {part: field(form, f"{name}.{at}.{part}") for part in (first, *parts)}
        for at in range(most)
        if f"{name}.{at}.{first}" in form
    ]


def ticked_group(form: Form, group: str, most: int) -> tuple[str, ...]:
    """Which checkboxes ``group.KEY`` are ticked, whatever keys there may be."""
    start = f"{group}."
    found = (name.removeprefix(start) for name in form if name.startswith(start))
    return tuple(key for key in found if ticked(form, f"{group}.{key}"))[:most]


def _marked_rows(form: Form, name: str) -> list[tuple[str, str, bool]]:
    main = field(form, f"{name}.primary") or "0"
    return [
        (field(form, f"{name}.{at}"), f"{name}.{at}", main == str(at))
        for at in range(_MOST_ROWS)
        if f"{name}.{at}" in form
    ]


_FIELD, _CHOICES, _FOR = "field.", "choices.", "for."
_ABOUT_YOU = "about_you."
_MOST_ANSWERS = 100
_LONGEST_KEY = 40


def answers(form: Form, part: str = "") -> dict[str, Any]:
    """The answers in a submitted form: field key to text, or to keys of choices.

    Whether they fit is for the domain to say; a field that was not shown is not
    among them. ``part`` is what their names begin with, where the form has several.
    """
    field_name, choices_name = f"{part}{_FIELD}", f"{part}{_CHOICES}"
    found: dict[str, Any] = {}
    for name, value in form.items():
        if len(found) >= _MOST_ANSWERS:
            break
        if name.startswith(field_name):
            found[name.removeprefix(field_name)[:_LONGEST_KEY]] = value
        elif name.startswith(choices_name):
            key = name.removeprefix(choices_name)[:_LONGEST_KEY]
            found[key] = value.split()[:_MOST_ANSWERS]
    return found


def details_form(form: Form) -> DetailsForm:
    """Whom a booking is for, and the answers, in a form that asks for both."""
    ticked = [
        name.removeprefix(_FOR)[:ID_LENGTH]
        for name, value in form.items()
        if name.startswith(_FOR) and value == "on"
    ]
    return DetailsForm(
        tuple(ticked[:_MOST_ANSWERS]), answers(form), answers(form, _ABOUT_YOU)
    )
