"""What dependents, their types and their papers may be. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.text import is_readable, one_line

ALWAYS, SOMETIMES, NEVER = "always", "sometimes", "never"
EXPIRIES = (ALWAYS, SOMETIMES, NEVER)
VALID, EXPIRES_SOON, EXPIRED = "valid", "soon", "expired"

SUBJECT_KIND = "dependent"
"""What dependents are called where values of fields are stored."""

PAGE_SIZE = 50
MAX_DEPENDENTS = 500
MAX_DOCUMENTS = 50
_EXPIRES_SOON_PERIOD = timedelta(days=30)
AFTER_EXPIRY = "ended"
# The last day of a paper is one on which it still holds.
_REMINDER_OFFSETS = {
    "month": _EXPIRES_SOON_PERIOD,
    "week": timedelta(days=7),
    AFTER_EXPIRY: timedelta(days=-1),
}
_REMINDER_GRACE_DAYS = 2
_MAX_NAME = 80
_MAX_KEY_LENGTH = 40
_KEY = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
_EARLIEST_EXPIRY, _LATEST_EXPIRY = date(1990, 1, 1), date(2150, 12, 31)


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A paper that dependents of a type have.

    ``expires`` says whether it has an end: ``always``, ``sometimes``,
    ``never``. A required one is asked for until there is one that holds.
    """

    key: str
    name: str
    help: str = ""
    expires: str = SOMETIMES
    required: bool = False
    retired: bool = False


@dataclass(frozen=True, slots=True)
class TypeDefinition:
    """A type of dependent, known by its slug."""

    slug: str
    singular: str
    plural: str
    icon: str = ""
    documents: tuple[DocumentKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DependentForm:
    """A dependent as typed.

    ``answers`` maps a field's key to what its input holds, see
    ``fields.views.FieldView``; ``picture_id`` is a file that was handed in as a
    picture, or empty.
    """

    name: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    picture_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentForm:
    """A paper as typed: ``kind`` of the type or a ``name``, a file, an ISO date."""

    kind: str = ""
    name: str = ""
    file_id: str = ""
    expires_on: str = ""


@dataclass(frozen=True, slots=True)
class DocumentValues:
    """A checked paper in stored form."""

    kind: str
    name: str
    expires_on: date | None


def type_faults(definition: TypeDefinition) -> dict[str, str]:
    """What is wrong with a type: part to sentence; of a paper ``documents.KEY``."""
    faults: dict[str, str] = {}
    if not _is_key(definition.slug):
        faults["slug"] = "A key is made of lower-case letters, digits and hyphens."
    for part in ("singular", "plural"):
        text = getattr(definition, part).strip()
        if not 0 < len(text) <= _MAX_KEY_LENGTH:
            faults[part] = f"Please give a name of 1 to {_MAX_KEY_LENGTH} characters."
    if definition.icon and not _is_key(definition.icon):
        faults["icon"] = "An icon is named such as paw-print."
    seen: set[str] = set()
    for kind in definition.documents:
        place = f"documents.{kind.key}"
        if not _is_key(kind.key):
            faults[place] = "A key is made of lower-case letters, digits and hyphens."
        elif kind.key in seen:
            faults[place] = "Two documents have this key."
        elif not 0 < len(kind.name.strip()) <= _MAX_NAME:
            faults[place] = f"Please give a name of 1 to {_MAX_NAME} characters."
        elif kind.expires not in EXPIRIES:
            faults[place] = "A document expires always, sometimes or never."
        seen.add(kind.key)
    return faults


def check_name(text: str, singular: str) -> str:
    """A dependent's name in stored form.

    Raises:
        InvalidInput: For ``name``.
    """
    name = one_line(text)
    if not name:
        raise InvalidInput({"name": f"Please enter a name for the {singular.lower()}."})
    _check_line("name", name)
    return name


def check_document(form: DocumentForm, kinds: Sequence[DocumentKind]) -> DocumentValues:
    """A paper in stored form.

    Args:
        form: As typed.
        kinds: Those of the type, and the retired one it had before.

    Raises:
        InvalidInput: With a sentence for each field that is wrong.
    """
    wrong: dict[str, str] = {}
    name = one_line(form.name)
    kind = next((one for one in kinds if one.key == form.kind), None)
    if form.kind and kind is None:
        wrong["kind"] = "Please choose a kind of document."
    elif not form.kind and not name:
        wrong["name"] = "Please say what this document is."
    try:
        _check_line("name", name)
    except InvalidInput as error:
        wrong |= error.fields
    if not form.file_id:
        wrong["file_id"] = "Please choose a file."
    expires_on = _parse_expiry(form.expires_on, kind, wrong)
    if wrong:
        raise InvalidInput(wrong)
    return DocumentValues(form.kind, name, expires_on)


def expiry_status(expires_on: date | None, today: date) -> str:
    """``valid``, ``soon`` (within 30 days), ``expired``; empty without an end."""
    if expires_on is None:
        return ""
    if expires_on < today:
        return EXPIRED
    return EXPIRES_SOON if expires_on <= today + _EXPIRES_SOON_PERIOD else VALID


def expiries_to_remind(today: date) -> dict[date, str]:
    """The ends of papers that are told of today, each with the step it is told in.

    Each step has two days more, for when nothing ran on its own day. What is
    written down of mails sent lasts for longer than that, so none is sent twice.
    """
    return {
        today + before - timedelta(days=late): step
        for step, before in _REMINDER_OFFSETS.items()
        for late in range(_REMINDER_GRACE_DAYS + 1)
    }


def _parse_expiry(
    typed: str, kind: DocumentKind | None, wrong: dict[str, str]
) -> date | None:
    text = typed.strip()
    expires = kind.expires if kind else SOMETIMES
    if not text or expires == NEVER:
        if expires == ALWAYS:
            wrong["expires_on"] = "Please enter the day on which it expires."
        return None
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None or not _EARLIEST_EXPIRY <= day <= _LATEST_EXPIRY:
        wrong["expires_on"] = "Please enter a date such as 2027-03-31."
    return day


def _check_line(part: str, text: str) -> None:
    if len(text) > _MAX_NAME:
        raise InvalidInput({part: f"Please use at most {_MAX_NAME} characters."})
    if not is_readable(text):
        raise InvalidInput({part: "Please use only letters, numbers and signs."})


def _is_key(text: str) -> bool:
    return len(text) <= _MAX_KEY_LENGTH and _KEY.fullmatch(text) is not None
