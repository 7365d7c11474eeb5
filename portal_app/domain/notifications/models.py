"""The outbox: what must leave the house, written with what caused it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import (
    created_field,
    id_field,
    instant_field,
    json_field,
    optional_instant_field,
)


class OutboxMessage(SQLModel, table=True):
    """One message to one recipient, delivered at least once.

    ``dedupe_key`` makes a repeated intention one message; ``due_at`` moves into
    the future with every failed attempt; a lease keeps two workers apart.
    ``reason`` is one of ``reasons`` and ``last_error`` what the server said, both of
    the last attempt; after ``expires_at`` the message makes no sense any more.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        Index("ix_outbox_message_due", "delivered_at", "due_at"),
        Index("ix_outbox_message_failed", "failed_at"),
    )

    id: str = id_field()
    kind: str = Field(max_length=40)
    dedupe_key: str = Field(max_length=120)
    recipient: str = Field(max_length=254)
    payload: dict[str, Any] = json_field()
    attempts: int = 0
    due_at: datetime = instant_field()
    leased_until: datetime | None = optional_instant_field()
    delivered_at: datetime | None = optional_instant_field()
    failed_at: datetime | None = optional_instant_field()
    expires_at: datetime | None = optional_instant_field()
    reason: str = Field(default="", max_length=40)
    last_error: str = Field(default="", max_length=200)
    created_at: datetime = created_field()
