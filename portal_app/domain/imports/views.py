"""What the office sees of an import."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column: its heading, what may stand in it, whether a file must have it."""

    label: str = ""
    hint: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class KindView:
    """A kind of thing that can be imported: its name, and its columns in words.

    ``note`` is what else whoever fills in a template must know.
    """

    key: str = ""
    title: str = ""
    plural: str = ""
    note: str = ""
    columns: list[ColumnView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import.

    Attributes:
        id: Empty if there is none.
        kind: Its key; ``plural`` what its rows are, as in "customers".
        stage: As ``ImportRun.stage``.
        is_busy: Whether somebody works on it, or should.
        words: Where it stands, in a sentence.
        percent: How much of the stage is done, 0 to 100.
        unknown: Headings that were left out, in words; empty for none.
        was_outdated: Whether what was there changed after the first check.
        added: How many rows add something; so the others.
        can_mail: Whether those that are added can be told by mail.
    """

    id: str = ""
    kind: str = ""
    title: str = ""
    plural: str = ""
    file_name: str = ""
    stage: str = ""
    is_busy: bool = False
    words: str = ""
    percent: int = 0
    problem: str = ""
    unknown: str = ""
    was_outdated: bool = False
    total: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    can_mail: bool = False


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell: its heading, what it says, what was there, why it is refused."""

    label: str = ""
    text: str = ""
    before: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the file with its outcome and the cells that matter for it."""

    number: int = 0
    name: str = ""
    key: str = ""
    outcome: str = ""
    cells: list[CellView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RowsPage:
    """One page of rows."""

    rows: list[RowView] = field(default_factory=list)
    page: int = 1
    has_more: bool = False
    total: int = 0
