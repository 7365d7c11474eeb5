"""Tables of accounts, their sessions and their single-use tokens."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import (
    created_field,
    id_field,
    instant_field,
    optional_instant_field,
)


class Account(SQLModel, table=True):
    """Somebody who can sign in. One account per normalised e-mail."""

    __table_args__ = (
        UniqueConstraint("email"),
        CheckConstraint("role IN ('customer', 'office', 'fieldworker')", name="role"),
    )

    id: str = id_field()
    email: str = Field(max_length=254)
    role: str = Field(max_length=16)
    password_hash: str | None = Field(default=None, max_length=256)
    verified_at: datetime | None = optional_instant_field()
    terms_accepted_at: datetime | None = optional_instant_field()
    disabled_at: datetime | None = optional_instant_field()
    created_at: datetime = created_field()


class AccountSession(SQLModel, table=True):
    """A browser that is signed in; the cookie holds the secret, here is its hash."""

    __tablename__ = "account_session"
    __table_args__ = (UniqueConstraint("token_hash"),)

    id: str = id_field()
    account_id: str = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    token_hash: str = Field(max_length=64)
    remembered: bool = False
    device: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=45)
    created_at: datetime = created_field()
    last_seen_at: datetime = instant_field()
    expires_at: datetime = instant_field(index=True)
    revoked_at: datetime | None = optional_instant_field()


class AccountToken(SQLModel, table=True):
    """A single-use secret sent to somebody, for one purpose, for a short time."""

    __tablename__ = "account_token"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("purpose IN ('verify_email', 'sign_in')", name="purpose"),
    )

    id: str = id_field()
    account_id: str = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    purpose: str = Field(max_length=24)
    token_hash: str = Field(max_length=64)
    remember: bool = False
    created_at: datetime = created_field()
    expires_at: datetime = instant_field(index=True)
    used_at: datetime | None = optional_instant_field()


class AttemptWindow(SQLModel, table=True):
    """How often something limited was tried in one window of time."""

    __tablename__ = "attempt_window"
    __table_args__ = (Index("ix_attempt_window_ends_at", "ends_at"),)

    key_hash: str = Field(primary_key=True, max_length=64)
    starts_at: datetime = instant_field()
    ends_at: datetime = instant_field()
    attempts: int = 0
