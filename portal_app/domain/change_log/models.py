"""The table of changes: rows are added, never changed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import created_field, id_field, json_field


class ChangeEntry(SQLModel, table=True):
    """One change that one person made to one thing in one transaction.

    ``account_id`` is empty for the portal itself (jobs, command line); ``address``
    is the network address the request came from. ``thing_name`` is what the thing
    was called then. ``differences`` is a list of objects with ``label``, ``before``
    and ``after``, as a person reads them.
    """

    __tablename__ = "change_entry"
    __table_args__ = (
        CheckConstraint(
            "action IN ('added', 'changed', 'archived', 'restored', 'removed')",
            name="action",
        ),
        Index("ix_change_entry_at", "at", "id"),
        Index("ix_change_entry_account_id", "account_id", "at"),
        Index("ix_change_entry_thing", "thing_kind", "thing_id", "at"),
    )

    id: str = id_field()
    at: datetime = created_field()
    account_id: str | None = Field(default=None, max_length=26)
    address: str = Field(default="", max_length=64)
    action: str = Field(max_length=10)
    thing_kind: str = Field(max_length=30)
    thing_id: str = Field(max_length=26)
    thing_name: str = Field(max_length=200)
    differences: list[dict[str, str]] = json_field(list)
