"""What several rows of a form say: e-mails, phones, names, choices, an address."""

from typing import Any

from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.contact_rules import EmailEntry, PhoneEntry
from portal_app.state import forms

_MOST = 20
_ADDRESS = (
    *("street", "unit", "town", "state", "postcode", "country"),
    *("latitude", "longitude"),
)


def emails(form: Any) -> tuple[EmailEntry, ...]:
    """The rows ``emails.0``, ``emails.1`` and so on."""
    return tuple(
        EmailEntry(text, primary=main) for text, _, main in _rows(form, "emails")
    )


def phones(form: Any) -> tuple[PhoneEntry, ...]:
    """The rows ``phones.0``, ``phones.0.country`` and so on."""
    return tuple(
        PhoneEntry(text, forms.field(form, f"{name}.country").upper()[:2], primary=main)
        for text, name, main in _rows(form, "phones")
    )


def names(form: Any) -> tuple[str, ...]:
    """The rows ``other_names.0`` and so on."""
    return tuple(text for text, _, _ in _rows(form, "other_names"))


def ticked_of(form: Any, group: str, keys: Any) -> tuple[str, ...]:
    """Which of these keys are ticked, as the checkboxes ``group.key``."""
    return tuple(key for key in keys if forms.ticked(form, f"{group}.{key}"))


def address(form: Any, **more: Any) -> AddressForm:
    """The fields of an address; ``more`` goes into the form as it is."""
    return AddressForm(**{part: forms.field(form, part) for part in _ADDRESS}, **more)


def ordered(
    form: Any, name: str, first: str, *parts: str, most: int
) -> list[dict[str, str]]:
    """The rows ``name.0.PART``, ``name.1.PART`` and so on; each has the first part."""
    given = form if isinstance(form, dict) else {}
    return [
        {part: forms.field(form, f"{name}.{at}.{part}") for part in (first, *parts)}
        for at in range(most)
        if f"{name}.{at}.{first}" in given
    ]


def ticked_in(form: Any, group: str, most: int) -> tuple[str, ...]:
    """Which checkboxes ``group.KEY`` are ticked, whatever keys there may be."""
    given = form if isinstance(form, dict) else {}
    start = f"{group}."
    found = (
        name.removeprefix(start)
        for name in given
        if isinstance(name, str) and name.startswith(start)
    )
    return tuple(key for key in found if forms.ticked(form, f"{group}.{key}"))[:most]


def _rows(form: Any, name: str) -> list[tuple[str, str, bool]]:
    main = forms.field(form, f"{name}.primary") or "0"
    given = form if isinstance(form, dict) else {}
    return [
        (forms.field(form, f"{name}.{at}"), f"{name}.{at}", main == str(at))
        for at in range(_MOST)
        if f"{name}.{at}" in given
    ]
