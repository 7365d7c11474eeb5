"""What a kind of thing says about itself so that its rows can be imported.

The mechanism (``checks``, ``service``, ``exports``) knows no kind; a kind is a small
description: its columns, how a row is told from others, checked, found and applied.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from portal_app.domain.change_log.service import Difference
from portal_app.domain.imports.spreadsheets import MAX_ROWS
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput

Cells = Mapping[str, str]
"""Column key to text, as a person would type it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a kind.

    Attributes:
        key: As the kind's checks call it.
        label: Its heading.
        required: Whether a file must have it.
        hint: What may stand in it.
        also: Other headings that mean it.
        group: Columns that are one value together, such as an address: where one of
            them is given, an empty one is empty and not left as it was.
        alone: Whether it means something where the others of its group are empty.
        errors: Other fields of the checks whose sentences belong beside it.
    """

    key: str
    label: str
    required: bool = False
    hint: str = ""
    also: tuple[str, ...] = ()
    group: str = ""
    alone: bool = True
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Existing:
    """A thing that is there.

    Attributes:
        id: Of its row.
        cells: As an export writes it.
    """

    id: str
    cells: Cells


@dataclass(frozen=True, slots=True)
class Checked:
    """What a row means.

    Attributes:
        name: What a person calls the thing.
        cells: As an export would write what is to be stored.
        record: What is to be stored, as JSON; for ``Kind.apply``.
    """

    name: str
    cells: Cells
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Planned:
    """A row to be applied.

    Attributes:
        existing: The id of what is changed; ``None`` for something new.
        differences: Between what is there and what is to be.
    """

    number: int
    key: str
    name: str
    record: dict[str, Any]
    existing: str | None
    differences: Sequence[Difference] = field(default=())


def _none(
    _tx: Session, _context: Any, _keys: Sequence[str]
) -> Mapping[str, InvalidInput]:
    return {}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that can be imported and exported.

    Attributes:
        key: In addresses and in the database.
        title: "Customers".
        noun: One of them, in the middle of a sentence.
        plural: Several of them.
        columns: In the order of an export.
        identity: The column that tells one from another.
        load: Reads what checks need to know, once for a batch of rows.
        key_of: The key of a row's cells. Raises ``InvalidInput``.
        find: What is there under these keys.
        check: What a row of whole cells means. Raises ``InvalidInput`` with fields
            that are columns.
        apply: Stores a batch; what it raises ends the import.
        export: Everything that is there, in a lasting order.
        refusals: Which keys may not be imported, and why.
        logs_itself: Whether ``apply`` writes to the change log what it changes.
        most: How many rows a file may have.
        note: What else whoever fills in the template must know.
        message: The mail for whoever is added, to their key, if there is one.
    """

    key: str
    title: str
    noun: str
    plural: str
    columns: tuple[Column, ...]
    identity: str
    load: Callable[[Session], Any]
    key_of: Callable[[Any, Cells], str]
    find: Callable[[Session, Any, Sequence[str]], Mapping[str, Existing]]
    check: Callable[[Any, Cells], Checked]
    apply: Callable[[Session, Actor, Sequence[Planned]], None]
    export: Callable[[Session, Any], Iterator[Existing]]
    refusals: Callable[[Session, Any, Sequence[str]], Mapping[str, InvalidInput]] = (
        _none
    )
    logs_itself: bool = False
    message: str | None = None
    most: int = MAX_ROWS
    note: str = ""

    def column(self, key: str) -> Column | None:
        """A column by its key."""
        return next((one for one in self.columns if one.key == key), None)


@dataclass(frozen=True, slots=True)
class Headings:
    """Which column of a file is which of a kind.

    Attributes:
        keys: For each column of the file its key, or an empty text.
        unknown: Headings that mean nothing here.
        repeated: Labels of columns that are there twice.
        missing: Labels of required columns that are not there.
    """

    keys: list[str]
    unknown: list[str]
    repeated: list[str]
    missing: list[str]


def match_headings(kind: Kind, row: Sequence[str]) -> Headings:
    """Find the columns of a file by their headings, in any order and spelling."""
    known = {
        _plain(name): column.key
        for column in kind.columns
        for name in (column.label, column.key, *column.also)
    }
    keys, unknown, repeated = [], [], []
    for text in row:
        key = known.get(_plain(text), "")
        if key in keys and key:
            repeated.append(text.strip()[:80])
            key = ""
        elif not key and text.strip():
            unknown.append(text.strip()[:80])
        keys.append(key)
    missing = [
        one.label for one in kind.columns if one.required and one.key not in keys
    ]
    return Headings(keys, unknown, repeated, missing)


def _plain(text: str) -> str:
    composed = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "", composed)
