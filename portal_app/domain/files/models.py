"""The table of files. Their bytes are in the storage, under keys of our own."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import (
    created_field,
    id_field,
    json_field,
    later_json_field,
    optional_instant_field,
)


class StoredFile(SQLModel, table=True):
    """A file somebody handed in.

    It lives in steps, so that a crash never leaves bytes nobody knows of:
    written here, stored (``stored_at``), taken into use by what refers to it
    (``attached_at``), removed (``removed_at``). ``service.sweep`` deletes what
    did not get to use within a day, and what was removed.

    Attributes:
        customer_id: The customer who may read it, or ``None`` (the office's).
        account_id: Who handed it in, and may use it until it is attached.
        kind: What it was handed in for, see ``rules.PURPOSES``.
        storage_key: The folder of its bytes in the storage.
        features: What it belongs to, see ``kernel.features``: while one of them is
            off, its customer cannot read it.
        sizes: Edge lengths in pixels of the small copies.
        size: Bytes of the full copy.
        sha256: Of the full copy, in hex.
        width: Pixels of the full copy, nought for what is not a picture.
        height: As ``width``.
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint("size >= 0 AND width >= 0 AND height >= 0", name="size"),
        Index("ix_stored_file_customer_id", "customer_id"),
        Index("ix_stored_file_removed_at", "removed_at"),
        Index("ix_stored_file_attached_at", "attached_at", "created_at"),
    )

    id: str = id_field()
    customer_id: str | None = Field(default=None, foreign_key="customer.id")
    account_id: str | None = Field(default=None, foreign_key="account.id")
    kind: str = Field(max_length=16)
    storage_key: str = Field(max_length=64)
    features: list[str] = later_json_field(list)
    media_type: str = Field(max_length=40)
    size: int
    sha256: str = Field(max_length=64)
    name: str = Field(max_length=120)
    width: int = 0
    height: int = 0
    sizes: list[int] = json_field(list)
    created_at: datetime = created_field()
    stored_at: datetime | None = optional_instant_field()
    attached_at: datetime | None = optional_instant_field()
    removed_at: datetime | None = optional_instant_field()
