"""Tables of the fields a business defines and of what people entered."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import (
    created_field,
    id_field,
    instant_field,
    json_field,
    optional_instant_field,
)


class FieldDefinition(SQLModel, table=True):
    """A field that the business asks for; see ``rules.Definition`` for its parts.

    ``scope_kind`` and ``scope_id`` say of whom: every customer (no id), those
    who book a service, or dependents of a type. Choices that are no longer
    offered stay in ``choices`` as retired, so that old answers keep their words.
    ``request_key`` is what the browser called the request that added it by hand, so
    that a repeated request adds one.
    """

    __tablename__ = "field_definition"
    __table_args__ = (
        UniqueConstraint("scope_kind", "scope_id", "key"),
        Index("uq_field_definition_request_key", "request_key", unique=True),
        CheckConstraint(
            "scope_kind IN ('customer', 'service', 'dependent_type')", name="scope"
        ),
    )

    id: str = id_field()
    scope_kind: str = Field(max_length=16)
    scope_id: str = Field(default="", max_length=26)
    key: str = Field(max_length=40)
    name: str = Field(max_length=80)
    help: str = Field(default="", max_length=300)
    kind: str = Field(max_length=10)
    unit: str = Field(default="", max_length=20)
    minimum: str | None = Field(default=None, max_length=24)
    maximum: str | None = Field(default=None, max_length=24)
    decimals: int = 0
    period: str = Field(default="", max_length=6)
    choices: list[dict[str, Any]] = json_field(list)
    required: bool = False
    position: int = 0
    shown_when: dict[str, Any] = json_field()
    visible_to: list[str] = json_field(list)
    editable_by: list[str] = json_field(list)
    request_key: str | None = Field(default=None, max_length=64)
    archived_at: datetime | None = optional_instant_field()
    created_at: datetime = created_field()
    version: int = 1


class FieldValue(SQLModel, table=True):
    """What was entered into a field for one subject.

    ``kind``, ``unit`` and ``text`` are those of the moment it was entered: when
    the definition changes afterwards, they say what the value meant.
    """

    __tablename__ = "field_value"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "definition_id"),
        Index("ix_field_value_definition_id", "definition_id"),
    )

    id: str = id_field()
    subject_kind: str = Field(max_length=16)
    subject_id: str = Field(max_length=26)
    definition_id: str = Field(foreign_key="field_definition.id")
    value: Any = Field(sa_column=Column(JSON, nullable=False))
    kind: str = Field(max_length=10)
    unit: str = Field(default="", max_length=20)
    text: str = Field(default="", max_length=4000)
    account_id: str | None = Field(default=None, foreign_key="account.id")
    updated_at: datetime = instant_field()
