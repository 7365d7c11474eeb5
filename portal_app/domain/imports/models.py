"""Tables of imports: what one is about, and the rows of its file while it is open."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index
from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import (
    created_field,
    id_field,
    json_field,
    optional_instant_field,
)


class ImportRun(SQLModel, table=True):
    """One file that somebody of the office imports.

    Attributes:
        kind: What its rows are; a key of ``registry.KINDS``.
        stage: ``reading`` the file, ``checking`` its rows, ``ready`` to be looked at,
            ``importing``, and in the end ``done``, ``stopped`` or ``failed``.
        problem: Why it failed or could not be carried out, in words.
        columns: Keys of the columns that the file has.
        unknown: Headings of the file that are none of ours.
        is_stale: What was there changed after a first check, so it was done again.
        worker: Who works on it, until ``worker_until``.
        stop_asked: Somebody wants it stopped.
    """

    __tablename__ = "import_run"
    __table_args__ = (
        CheckConstraint(
            "stage IN ('reading', 'checking', 'ready', 'importing', 'done', "
            "'stopped', 'failed')",
            name="stage",
        ),
        Index("ix_import_run_account_id", "account_id", "created_at"),
    )

    id: str = id_field()
    kind: str = Field(max_length=20)
    account_id: str | None = Field(
        default=None, foreign_key="account.id", ondelete="SET NULL"
    )
    file_id: str | None = Field(
        default=None, foreign_key="stored_file.id", ondelete="SET NULL"
    )
    file_name: str = Field(max_length=120)
    stage: str = Field(default="reading", max_length=10)
    problem: str = Field(default="", max_length=400)
    columns: list[str] = json_field(list)
    unknown: list[str] = json_field(list)
    total: int = 0
    checked: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    is_stale: bool = False
    worker: str | None = Field(default=None, max_length=26)
    worker_until: datetime | None = optional_instant_field()
    stop_asked: bool = False
    created_at: datetime = created_field()
    finished_at: datetime | None = optional_instant_field()


class ImportRow(SQLModel, table=True):
    """A row of the file, what it would do, or why it is refused.

    Attributes:
        number: Of the row in the file, from 1.
        outcome: ``added``, ``changed``, ``unchanged`` or ``refused``; empty until it
            was checked.
        key: What tells the thing from others of its kind, such as an email.
        name: What a person calls it.
        cells: Column key to what the file says.
        record: What is to be stored, as its kind checked it.
        differences: ``column``, ``label``, ``before`` and ``after`` of each change.
        errors: Column key to why its cell is refused.
        basis: A digest of what was there when it was checked.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('', 'added', 'changed', 'unchanged', 'refused')",
            name="outcome",
        ),
        Index("ix_import_row_outcome", "run_id", "outcome", "number"),
        Index("ix_import_row_key", "run_id", "key"),
    )

    run_id: str = Field(
        foreign_key="import_run.id", primary_key=True, ondelete="CASCADE"
    )
    number: int = Field(primary_key=True)
    outcome: str = Field(default="", max_length=10)
    key: str = Field(default="", max_length=300)
    name: str = Field(default="", max_length=300)
    cells: dict[str, str] = json_field(dict)
    record: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSON, nullable=True)
    )
    differences: list[dict[str, str]] = json_field(list)
    errors: dict[str, str] = json_field(dict)
    basis: str = Field(default="", max_length=64)
