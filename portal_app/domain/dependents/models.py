"""Tables of whom or what a customer books for."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import (
    created_field,
    id_field,
    json_field,
    optional_instant_field,
)


class DependentType(SQLModel, table=True):
    """What the business calls them, such as Pet and Pets, and which papers they have.

    ``documents`` are ``rules.DocumentKind``; those that are no longer asked for
    stay as retired. ``request_key`` is what the browser called the request that
    added it by hand.
    """

    __tablename__ = "dependent_type"
    __table_args__ = (
        UniqueConstraint("slug"),
        Index("uq_dependent_type_request_key", "request_key", unique=True),
    )

    id: str = id_field()
    slug: str = Field(max_length=40)
    singular: str = Field(max_length=40)
    plural: str = Field(max_length=40)
    icon: str = Field(default="", max_length=40)
    documents: list[dict[str, Any]] = json_field(list)
    position: int = 0
    request_key: str | None = Field(default=None, max_length=64)
    archived_at: datetime | None = optional_instant_field()
    version: int = 1


class Dependent(SQLModel, table=True):
    """A pet, a child, a car, a pool of one customer.

    ``version`` grows with every change of its name, picture or fields.
    ``request_key`` is what the browser called the request that added it, so that
    a repeated request adds one.
    """

    __table_args__ = (
        UniqueConstraint("customer_id", "request_key"),
        Index("ix_dependent_customer_id", "customer_id", "archived_at"),
        Index("ix_dependent_type_id", "type_id"),
    )

    id: str = id_field()
    customer_id: str = Field(foreign_key="customer.id")
    type_id: str = Field(foreign_key="dependent_type.id")
    name: str = Field(max_length=80)
    picture_id: str | None = Field(
        default=None, foreign_key="stored_file.id", ondelete="SET NULL"
    )
    request_key: str = Field(max_length=64)
    created_at: datetime = created_field()
    archived_at: datetime | None = optional_instant_field()
    version: int = 1


class DependentDocument(SQLModel, table=True):
    """A paper of a dependent: a file, what it is, and until when it holds.

    ``kind`` is the key of one of the type's documents, or empty for another.
    """

    __tablename__ = "dependent_document"
    __table_args__ = (
        CheckConstraint("kind <> '' OR name <> ''", name="named"),
        Index("ix_dependent_document_dependent_id", "dependent_id"),
        Index("ix_dependent_document_expires_on", "expires_on"),
    )

    id: str = id_field()
    dependent_id: str = Field(foreign_key="dependent.id", ondelete="CASCADE")
    kind: str = Field(default="", max_length=40)
    name: str = Field(default="", max_length=80)
    file_id: str = Field(foreign_key="stored_file.id")
    expires_on: date | None = None
    created_at: datetime = created_field()
    version: int = 1
