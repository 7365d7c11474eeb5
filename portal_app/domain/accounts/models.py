"""Tables of accounts, their ways in, their sessions and their tokens."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy import false as sa_false
from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import (
    created_field,
    id_field,
    instant_field,
    optional_instant_field,
)


class Account(SQLModel, table=True):
    """Somebody who can sign in. One account per normalised email.

    Attributes:
        office_role: What somebody of the office may do: ``owner``, ``office`` or
            ``reader``; empty for everybody else.
        name: Of somebody who works here; what customers are called is in their
            profile.
    """

    __table_args__ = (
        UniqueConstraint("email"),
        CheckConstraint("role IN ('customer', 'office', 'fieldworker')", name="role"),
        CheckConstraint(
            "office_role IN ('', 'owner', 'office', 'reader')", name="office_role"
        ),
        Index(
            "ix_account_unverified",
            "created_at",
            sqlite_where=text("verified_at IS NULL"),
            postgresql_where=text("verified_at IS NULL"),
        ),
    )

    id: str = id_field()
    email: str = Field(max_length=254)
    role: str = Field(max_length=16)
    office_role: str = Field(
        default="", max_length=16, sa_column_kwargs={"server_default": ""}
    )
    name: str = Field(
        default="", max_length=80, sa_column_kwargs={"server_default": ""}
    )
    password_hash: str | None = Field(default=None, max_length=256)
    verified_at: datetime | None = optional_instant_field()
    terms_accepted_at: datetime | None = optional_instant_field()
    disabled_at: datetime | None = optional_instant_field()
    created_at: datetime = created_field()


class Identity(SQLModel, table=True):
    """An account's way in by a provider, which knows the person as ``subject``.

    Only accounts whose mailbox was proven have one. ``email`` is what the
    provider said, to tell two of a person's own accounts there apart.
    """

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("provider", "subject"),
        UniqueConstraint("account_id", "provider"),
        CheckConstraint("provider IN ('google', 'apple', 'facebook')", name="provider"),
    )

    id: str = id_field()
    account_id: str = Field(foreign_key="account.id", ondelete="CASCADE")
    provider: str = Field(max_length=16)
    subject: str = Field(max_length=255)
    email: str = Field(default="", max_length=254)
    connected_at: datetime = instant_field()


class AccountSession(SQLModel, table=True):
    """A browser that is signed in; the cookie holds the secret, here is its hash.

    Either somebody with an account, or a guest who sees one booking; a guest who
    came by a link in a mail leaves when the link is switched off.

    Attributes:
        contact_id: The customer's contact who came by their own link: a guest for
            as long as the customer lets them see bookings.
        method: How it was opened: ``password``, a provider, ``number`` or ``link``.
        seen_customer_id: The customer as whom somebody of the office looks at the
            portal in this browser, for as long as they do.
    """

    __tablename__ = "account_session"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("(account_id IS NULL) <> (booking_id IS NULL)", name="whose"),
        Index("ix_account_session_booking_id", "booking_id"),
    )

    id: str = id_field()
    account_id: str | None = Field(
        default=None, foreign_key="account.id", index=True, ondelete="CASCADE"
    )
    booking_id: str | None = Field(
        default=None, foreign_key="booking.id", ondelete="CASCADE"
    )
    link_id: str | None = Field(
        default=None, foreign_key="booking_link.id", ondelete="CASCADE"
    )
    contact_id: str | None = Field(
        default=None, foreign_key="contact.id", ondelete="CASCADE"
    )
    method: str = Field(default="password", max_length=16)
    seen_customer_id: str | None = Field(default=None, max_length=26)
    token_hash: str = Field(max_length=64)
    remembered: bool = False
    device: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=45)
    created_at: datetime = created_field()
    last_seen_at: datetime = instant_field()
    expires_at: datetime = instant_field(index=True)
    revoked_at: datetime | None = optional_instant_field()


class AccountToken(SQLModel, table=True):
    """A single-use secret sent to somebody, for one purpose, for a short time.

    Attributes:
        contact_id: As ``AccountSession.contact_id``.
        email: The address that a change of email proves.
        second_factor: Whether a ticket was given for a code as well.
        method: What a ticket was given for; see ``AccountSession.method``.
        path: Where a ticket leads, if not wherever the person was.
    """

    __tablename__ = "account_token"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint(
            "purpose IN ('verify_email', 'sign_in', 'reset_password', 'change_email')",
            name="purpose",
        ),
        CheckConstraint("(account_id IS NULL) <> (booking_id IS NULL)", name="whose"),
    )

    id: str = id_field()
    account_id: str | None = Field(
        default=None, foreign_key="account.id", index=True, ondelete="CASCADE"
    )
    booking_id: str | None = Field(
        default=None, foreign_key="booking.id", ondelete="CASCADE"
    )
    link_id: str | None = Field(
        default=None, foreign_key="booking_link.id", ondelete="CASCADE"
    )
    contact_id: str | None = Field(
        default=None, foreign_key="contact.id", ondelete="CASCADE"
    )
    method: str = Field(default="password", max_length=16)
    email: str = Field(default="", max_length=254)
    path: str = Field(default="", max_length=80)
    purpose: str = Field(max_length=24)
    token_hash: str = Field(max_length=64)
    remember: bool = False
    second_factor: bool = Field(
        default=False, sa_column_kwargs={"server_default": sa_false()}
    )
    created_at: datetime = created_field()
    expires_at: datetime = instant_field(index=True)
    used_at: datetime | None = optional_instant_field()


class SecondFactor(SQLModel, table=True):
    """An authenticator app of somebody who works here.

    Attributes:
        secret: What app and portal share, encrypted with the portal's key.
        confirmed_at: When a first code of it was right; it counts from then on.
        last_step: The half minute of the newest code that was used (RFC 6238).
    """

    __tablename__ = "second_factor"

    account_id: str = Field(
        primary_key=True, foreign_key="account.id", ondelete="CASCADE"
    )
    secret: str = Field(max_length=200)
    confirmed_at: datetime | None = optional_instant_field()
    last_step: int = 0
    created_at: datetime = created_field()


class RecoveryCode(SQLModel, table=True):
    """A code on paper that stands once for one of the app."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)

    id: str = id_field()
    account_id: str = Field(foreign_key="account.id", ondelete="CASCADE")
    code_hash: str = Field(max_length=64)
    used_at: datetime | None = optional_instant_field()


class CodeRequest(SQLModel, table=True):
    """A log-in that waits for its code; the browser's cookie holds the secret."""

    __tablename__ = "code_request"
    __table_args__ = (UniqueConstraint("token_hash"),)

    id: str = id_field()
    account_id: str = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    method: str = Field(max_length=16)
    remember: bool = False
    token_hash: str = Field(max_length=64)
    created_at: datetime = created_field()
    expires_at: datetime = instant_field(index=True)
    used_at: datetime | None = optional_instant_field()


class KnownDevice(SQLModel, table=True):
    """A browser that somebody signed in with before; it holds the secret."""

    __tablename__ = "known_device"
    __table_args__ = (UniqueConstraint("account_id", "token_hash"),)

    id: str = id_field()
    account_id: str = Field(foreign_key="account.id", ondelete="CASCADE")
    token_hash: str = Field(max_length=64)
    created_at: datetime = created_field()
    last_seen_at: datetime = instant_field(index=True)


class SecurityEvent(SQLModel, table=True):
    """Something about getting in that the office may have to look at.

    Attributes:
        about: The email or booking number it was tried with, or empty.
        address: The network address it came from.
        detail: Words for the office, never a secret.
    """

    __tablename__ = "security_event"
    __table_args__ = (Index("ix_security_event_account_id", "account_id", "at"),)

    id: str = id_field()
    at: datetime = instant_field(index=True)
    kind: str = Field(max_length=32, index=True)
    account_id: str | None = Field(
        default=None, foreign_key="account.id", ondelete="SET NULL"
    )
    about: str = Field(default="", max_length=254)
    address: str = Field(default="", max_length=45)
    device: str = Field(default="", max_length=200)
    detail: str = Field(default="", max_length=200)
