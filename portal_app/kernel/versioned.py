"""Records that people edit in a form: what their fields are, and how one is saved.

A record declares each field once. Whoever saves sends back the version they read;
if the row has another one by now, nothing is stored and ``EditConflict`` says what
differs, unless the row says already what was asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlmodel import Session

from portal_app.kernel.changes import Change, EditConflict, compare
from portal_app.kernel.errors import InvalidInput

Values = Mapping[str, Any]
"""Stored values by the names of their fields."""


class Versioned(Protocol):
    """What people edit; ``version`` counts its changes."""

    @property
    def version(self) -> int:
        """How often it was changed."""


class VersionedRow(Protocol):
    """A row that people edit; ``version`` counts its changes."""

    version: int


def plain_text(value: Any) -> str:
    """A stored value as a person reads it: a text, a list of texts, yes or no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return ", ".join(value) if isinstance(value, list | tuple) else str(value)


def _as_typed(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record.

    Attributes:
        name: In the form, and of the row's attribute.
        label: What a person calls it.
        check: Makes what is stored of what was typed. Raises ``ValueError`` with a
            sentence for this field, or ``InvalidInput`` with several.
        text: Makes what a person reads of what is stored.
        read: Where the value comes from if not from the attribute ``name``; such a
            field is written by whoever saves the record.
    """

    name: str
    label: str
    check: Callable[[Any], Any] = _as_typed
    text: Callable[[Any], str] = plain_text
    read: Callable[[Any], Any] | None = None


class Record:
    """The fields of something that people edit, in the order of its form."""

    def __init__(self, title: str, *fields: Field) -> None:
        """``title`` begins a sentence: "This contact"."""
        self.title = title
        self.fields = fields

    def check(self, form: object) -> dict[str, Any]:
        """The stored values of what was typed.

        Raises:
            InvalidInput: With a sentence for each field that is wrong.
        """
        values: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for field in self.fields:
            try:
                values[field.name] = field.check(getattr(form, field.name))
            except InvalidInput as error:
                wrong |= error.fields
            except ValueError as error:
                wrong[field.name] = str(error)
        if wrong:
            raise InvalidInput(wrong)
        return values

    def values(self, source: object, **given: Any) -> dict[str, Any]:
        """What a row (or a view, or a definition) holds; ``given`` instead of it."""
        return {
            field.name: given[field.name]
            if field.name in given
            else field.read(source)
            if field.read
            else getattr(source, field.name)
            for field in self.fields
        }

    def compare(self, yours: Values, now: Values) -> list[Change]:
        """The fields that differ, as a person reads them."""
        return compare(
            {field.name: field.label for field in self.fields},
            {field.name: field.text(yours[field.name]) for field in self.fields},
            {field.name: field.text(now[field.name]) for field in self.fields},
        )

    def is_current(
        self, row: Versioned, values: Values, version: int, **given: Any
    ) -> bool:
        """As the function ``is_current``, for these values; ``given`` as ``values``."""
        return is_current(
            self.title,
            row,
            version,
            lambda: self.compare(values, self.values(row, **given)),
        )

    def write(self, row: object, values: Values) -> None:
        """Set what the row itself holds."""
        for field in self.fields:
            if field.read is None:
                setattr(row, field.name, values[field.name])

    def save(
        self, tx: Session, row: VersionedRow, values: Values, version: int
    ) -> bool:
        """Store values in a row; ``False`` if another save has done so already.

        Raises:
            EditConflict: If it was changed since ``version`` to something else.
        """
        if not self.is_current(row, values, version):
            return False
        self.write(row, values)
        row.version += 1
        tx.add(row)
        tx.flush()
        return True


def is_current(
    title: str, row: Versioned, version: int, changes: Callable[[], list[Change]]
) -> bool:
    """Whether a row is as it was read; ``False`` if it says what is wanted already.

    Args:
        title: What was changed, to begin a sentence with.
        row: As it is now, held by the transaction.
        version: As it was read.
        changes: Finds what differs from what is wanted.

    Raises:
        EditConflict: If it was changed since ``version`` to something else.
    """
    if row.version == version:
        return True
    if found := changes():
        raise EditConflict(title, found, row.version)
    return False
