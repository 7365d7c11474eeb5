"""Tables of customers and the places they book for."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import created_field, id_field, optional_instant_field


class Customer(SQLModel, table=True):
    """A person who books. ``version`` grows with every change to the profile."""

    __table_args__ = (UniqueConstraint("account_id"),)

    id: str = id_field()
    account_id: str | None = Field(default=None, foreign_key="account.id")
    first_name: str = Field(max_length=80)
    last_name: str = Field(max_length=80)
    email: str = Field(max_length=254, index=True)
    phone: str = Field(default="", max_length=20)
    version: int = 1
    created_at: datetime = created_field()


class Location(SQLModel, table=True):
    """A saved place of a customer, once; at most one default among them.

    ``place_key`` is equal for two spellings of one place (``addresses.place_key``).
    Archived rows count for neither.
    """

    __table_args__ = (
        Index("ix_location_customer_id", "customer_id"),
        Index(
            "uq_location_default",
            "customer_id",
            unique=True,
            sqlite_where=text("is_default AND archived_at IS NULL"),
            postgresql_where=text("is_default AND archived_at IS NULL"),
        ),
        Index(
            "uq_location_place",
            "customer_id",
            "place_key",
            unique=True,
            sqlite_where=text("archived_at IS NULL"),
            postgresql_where=text("archived_at IS NULL"),
        ),
    )

    id: str = id_field()
    customer_id: str = Field(foreign_key="customer.id", ondelete="CASCADE")
    label: str = Field(default="", max_length=60)
    street: str = Field(max_length=120)
    unit: str = Field(default="", max_length=40)
    town: str = Field(max_length=80)
    state: str = Field(default="", max_length=80)
    postcode: str = Field(max_length=16)
    country: str = Field(max_length=2)
    place_key: str = Field(max_length=64)
    access_notes: str = Field(default="", max_length=500)
    is_default: bool = False
    created_at: datetime = created_field()
    archived_at: datetime | None = optional_instant_field()
