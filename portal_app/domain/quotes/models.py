"""Tables of quotes: the request, its versions, the decisions, and their history."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import (
    created_field,
    id_field,
    instant_field,
    json_field,
    optional_instant_field,
)


class Quote(SQLModel, table=True):
    """What a customer asks a price for. What exactly is in its draft.

    ``draft_id`` is the draft of the wizard that was sent: it is closed while the
    office answers, and opens again with the price that was accepted. ``sent_number``
    and ``expires_at`` are of the version that the customer has, if any; ``version``
    counts the changes of this row.
    """

    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("draft_id"),
        CheckConstraint(
            "status IN ('requested', 'sent', 'changes_asked', 'accepted', "
            "'declined', 'expired', 'turned_down')",
            name="status",
        ),
        Index("ix_quote_customer_id", "customer_id", "updated_at"),
        Index("ix_quote_status", "status", "updated_at"),
        Index("ix_quote_expires_at", "status", "expires_at"),
    )

    id: str = id_field()
    number: str = Field(max_length=12)
    customer_id: str = Field(foreign_key="customer.id")
    service_id: str = Field(foreign_key="service.id")
    draft_id: str = Field(foreign_key="booking_draft.id")
    status: str = Field(max_length=16)
    service_name: str = Field(max_length=100)
    contact_name: str = Field(max_length=161)
    contact_email: str = Field(max_length=254)
    preferred_times: str = Field(default="", max_length=500)
    sent_number: int = 0
    expires_at: datetime | None = optional_instant_field()
    warned_number: int = 0
    version: int = 1
    created_at: datetime = created_field()
    updated_at: datetime = created_field()


class QuoteVersion(SQLModel, table=True):
    """One answer of the office. It never changes once ``sent_at`` is set.

    Amounts are minor units of ``currency``. ``total_minor`` is what the customer
    pays; ``tax_minor`` of it is tax, which the lines hold if ``tax_included``.
    ``starts_at`` and ``fieldworker_id`` are a time that is proposed with the price.
    """

    __tablename__ = "quote_version"
    __table_args__ = (
        UniqueConstraint("quote_id", "number"),
        Index(
            "uq_quote_version_unsent",
            "quote_id",
            unique=True,
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("valid_days BETWEEN 1 AND 365", name="valid_days"),
    )

    id: str = id_field()
    quote_id: str = Field(foreign_key="quote.id", ondelete="CASCADE")
    number: int
    currency: str = Field(max_length=3)
    tax_basis_points: int = 0
    tax_included: bool = True
    tax_minor: int = 0
    total_minor: int = 0
    minutes: int
    valid_days: int
    notes: str = Field(default="", max_length=2000)
    starts_at: datetime | None = optional_instant_field()
    fieldworker_id: str | None = Field(default=None, foreign_key="fieldworker.id")
    sent_at: datetime | None = optional_instant_field()
    expires_at: datetime | None = optional_instant_field()
    version: int = 1
    created_at: datetime = created_field()


class QuoteLine(SQLModel, table=True):
    """One priced line of a version: quantity × unit = total, in minor units."""

    __tablename__ = "quote_line"
    __table_args__ = (
        UniqueConstraint("version_id", "position"),
        CheckConstraint("total_minor = quantity * unit_minor", name="total"),
    )

    id: str = id_field()
    version_id: str = Field(foreign_key="quote_version.id", ondelete="CASCADE")
    position: int
    description: str = Field(max_length=200)
    quantity: int
    unit_minor: int
    total_minor: int


class QuoteFile(SQLModel, table=True):
    """A file of a request or, with ``version_id``, of an answer.

    Several answers may have the same.
    """

    __tablename__ = "quote_file"
    __table_args__ = (
        Index("ix_quote_file_file_id", "file_id"),
        Index("ix_quote_file_quote_id", "quote_id", "version_id", "position"),
    )

    id: str = id_field()
    quote_id: str = Field(foreign_key="quote.id", ondelete="CASCADE")
    version_id: str | None = Field(
        default=None, foreign_key="quote_version.id", ondelete="CASCADE"
    )
    file_id: str = Field(foreign_key="stored_file.id", ondelete="CASCADE")
    position: int


class QuoteDecision(SQLModel, table=True):
    """What the customer decided about one version. There is one at most.

    ``signed_name`` was typed, or ``signature_id`` is the drawing; ``reason`` says
    why it was declined, or what should be different.
    """

    __tablename__ = "quote_decision"
    __table_args__ = (
        UniqueConstraint("version_id"),
        CheckConstraint("kind IN ('accepted', 'declined', 'changes')", name="kind"),
        Index("ix_quote_decision_quote_id", "quote_id"),
    )

    id: str = id_field()
    quote_id: str = Field(foreign_key="quote.id", ondelete="CASCADE")
    version_id: str = Field(foreign_key="quote_version.id", ondelete="CASCADE")
    kind: str = Field(max_length=16)
    at: datetime = instant_field()
    account_id: str | None = Field(default=None, foreign_key="account.id")
    by_link: bool = False
    signed_name: str = Field(default="", max_length=160)
    signature_id: str | None = Field(default=None, foreign_key="stored_file.id")
    reason: str = Field(default="", max_length=1000)


class QuoteEvent(SQLModel, table=True):
    """What happened to a quote: who, when, what."""

    __tablename__ = "quote_event"
    __table_args__ = (Index("ix_quote_event_quote_id", "quote_id", "at"),)

    id: str = id_field()
    quote_id: str = Field(foreign_key="quote.id", ondelete="CASCADE")
    at: datetime = instant_field()
    by: str = Field(max_length=16)
    account_id: str | None = Field(default=None, foreign_key="account.id")
    what: str = Field(max_length=40)
    detail: dict[str, Any] = json_field()


class QuoteLink(SQLModel, table=True):
    """A link in a mail that opens one quote, for whoever has the mail.

    The mail holds the secret, here is its hash.
    """

    __tablename__ = "quote_link"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_quote_link_quote_id", "quote_id"),
        Index("ix_quote_link_expires_at", "expires_at"),
    )

    id: str = id_field()
    quote_id: str = Field(foreign_key="quote.id", ondelete="CASCADE")
    token_hash: str = Field(max_length=64)
    created_at: datetime = created_field()
    expires_at: datetime = instant_field()


class QuoteTemplate(SQLModel, table=True):
    """An answer that the office gives often: its lines, length and words.

    ``lines`` are ``description``, ``quantity`` and ``unit_minor``.
    """

    __tablename__ = "quote_template"
    __table_args__ = (UniqueConstraint("name"),)

    id: str = id_field()
    name: str = Field(max_length=100)
    lines: list[dict[str, Any]] = json_field(list)
    minutes: int
    notes: str = Field(default="", max_length=2000)
    created_at: datetime = created_field()
