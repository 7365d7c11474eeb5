"""Tables of bookings, the drafts they grow from, and their history."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import (
    created_field,
    id_field,
    instant_field,
    json_field,
    later_json_field,
    optional_instant_field,
)
from portal_app.kernel.db import UTCDateTime

# Compared byte by byte on either database, so that a range is a prefix.
SEARCH_WORD = String(64).with_variant(String(64, collation="C"), "postgresql")


class Booking(SQLModel, table=True):
    """An appointment. What it was booked with is kept here as it was then.

    ``company`` is the business profile it was booked with, as it was then, or
    empty. ``total_minor`` is in minor units of ``currency``; ``starts_at`` and
    ``ends_at`` are the customer's appointment, without buffers (those are in the
    claim). ``status`` is changed by ``status.transition`` only; a pending one is
    answered by the office until ``answer_by``. ``attending_at`` is when the customer
    said that somebody will be there. ``fee_minor`` is what its changes
    cost besides the price, or of a cancelled one instead of it; ``moves`` counts how
    often its customer moved it.
    """

    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("draft_id"),
        UniqueConstraint("claim_id"),
        CheckConstraint(
            "status IN ('pending', 'confirmed', 'in_progress', 'completed', 'no_show', "
            "'cancelled', 'declined', 'expired')",
            name="status",
        ),
        CheckConstraint("starts_at < ends_at", name="span"),
        Index("ix_booking_customer_id", "customer_id", "starts_at"),
        Index("ix_booking_fieldworker_id", "fieldworker_id", "starts_at"),
        Index("ix_booking_answer_by", "status", "answer_by"),
        Index("ix_booking_service_id", "service_id", "starts_at"),
        Index("ix_booking_status", "status", "starts_at"),
        Index("ix_booking_starts_at", "starts_at", "id"),
        # Every visit of a series is booked once, whoever extends it.
        Index("uq_booking_visit", "series_id", "series_index", unique=True),
    )

    id: str = id_field()
    number: str = Field(max_length=12)
    customer_id: str = Field(foreign_key="customer.id")
    service_id: str = Field(foreign_key="service.id")
    fieldworker_id: str = Field(foreign_key="fieldworker.id")
    claim_id: str = Field(foreign_key="time_claim.id")
    draft_id: str = Field(max_length=26)
    status: str = Field(max_length=16)
    answer_by: datetime | None = optional_instant_field()
    attending_at: datetime | None = optional_instant_field()
    starts_at: datetime = instant_field()
    ends_at: datetime = instant_field()
    service_name: str = Field(max_length=100)
    currency: str = Field(max_length=3)
    total_minor: int
    fee_minor: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    moves: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    contact_name: str = Field(max_length=161)
    contact_email: str = Field(max_length=254)
    contact_phone: str = Field(default="", max_length=32)
    company: dict[str, Any] = later_json_field()
    location_id: str | None = Field(default=None, foreign_key="location.id")
    address: dict[str, Any] = json_field()
    notes: str = Field(default="", max_length=2000)
    series_id: str | None = Field(default=None, foreign_key="booking_series.id")
    series_index: int | None = None
    version: int = 1
    created_at: datetime = created_field()


class BookingSeries(SQLModel, table=True):
    """A booking that repeats; its visits are bookings, each by its index from 0.

    What each is booked with is the draft of the first: service, options, where, who
    is asked for, and answers.

    Attributes:
        draft_id: Of the first visit.
        rule: A ``repetition.Repetition``, counted from the first visit.
        anchor_index: The visit from which the days are counted, since it was moved
            with all that follow.
        anchor_day: The day of that visit, by the calendar of the business.
        wall_minutes: When the visits begin: minutes after midnight on its clock.
        fieldworker_id: Who comes; ``None`` for anyone.
        next_index: The first visit that is not booked yet.
        next_day: Its day; ``None`` if there is none, or no more.
        left_out: Indexes of the visits that are not booked, by choice or because
            nobody was free.
    """

    __tablename__ = "booking_series"
    __table_args__ = (
        UniqueConstraint("draft_id"),
        CheckConstraint("wall_minutes BETWEEN 0 AND 1439", name="wall"),
        Index("ix_booking_series_customer_id", "customer_id"),
        Index("ix_booking_series_next_day", "next_day"),
    )

    id: str = id_field()
    customer_id: str = Field(foreign_key="customer.id")
    service_id: str = Field(foreign_key="service.id")
    draft_id: str = Field(foreign_key="booking_draft.id")
    rule: dict[str, Any] = json_field()
    anchor_index: int = 0
    anchor_day: date
    wall_minutes: int
    fieldworker_id: str | None = Field(default=None, foreign_key="fieldworker.id")
    next_index: int
    next_day: date | None = None
    left_out: list[int] = json_field(list)
    version: int = 1
    created_at: datetime = created_field()


class BookingAssignment(SQLModel, table=True):
    """What else is claimed for a booking: further people, services or places.

    ``starts_at`` and ``ends_at`` are without buffers, as the booking's own.
    """

    __tablename__ = "booking_assignment"
    __table_args__ = (
        UniqueConstraint("claim_id"),
        UniqueConstraint("booking_id", "position"),
        Index("ix_booking_assignment_fieldworker_id", "fieldworker_id", "starts_at"),
    )

    id: str = id_field()
    booking_id: str = Field(foreign_key="booking.id", ondelete="CASCADE")
    claim_id: str = Field(foreign_key="time_claim.id")
    fieldworker_id: str = Field(foreign_key="fieldworker.id")
    service_id: str = Field(foreign_key="service.id")
    starts_at: datetime = instant_field()
    ends_at: datetime = instant_field()
    position: int


class BookingLine(SQLModel, table=True):
    """One priced line of a booking: quantity × unit = total, in minor units."""

    __tablename__ = "booking_line"
    __table_args__ = (UniqueConstraint("booking_id", "position"),)

    id: str = id_field()
    booking_id: str = Field(foreign_key="booking.id", ondelete="CASCADE")
    position: int
    description: str = Field(max_length=200)
    quantity: int
    unit_minor: int
    total_minor: int
    minutes: int


class BookingEvent(SQLModel, table=True):
    """What happened to a booking: who, when, what."""

    __tablename__ = "booking_event"
    __table_args__ = (Index("ix_booking_event_booking_id", "booking_id", "at"),)

    id: str = id_field()
    booking_id: str = Field(foreign_key="booking.id", ondelete="CASCADE")
    at: datetime = instant_field()
    by: str = Field(max_length=16)
    account_id: str | None = Field(default=None, foreign_key="account.id")
    what: str = Field(max_length=40)
    detail: dict[str, Any] = json_field()


class BookingWord(SQLModel, table=True):
    """A word by which the office finds a booking; see ``search_words``."""

    __tablename__ = "booking_word"
    __table_args__ = (Index("ix_booking_word_booking_id", "booking_id"),)

    word: str = Field(sa_type=SEARCH_WORD, primary_key=True)
    booking_id: str = Field(
        foreign_key="booking.id", primary_key=True, ondelete="CASCADE"
    )


class BookingNote(SQLModel, table=True):
    """What the office wrote down about a booking, for itself alone."""

    __tablename__ = "booking_note"
    __table_args__ = (
        UniqueConstraint("booking_id", "request_key"),
        Index("ix_booking_note_booking_id", "booking_id", "at"),
    )

    id: str = id_field()
    booking_id: str = Field(foreign_key="booking.id", ondelete="CASCADE")
    request_key: str = Field(max_length=64)
    at: datetime = instant_field()
    account_id: str | None = Field(default=None, foreign_key="account.id")
    text: str = Field(max_length=2000)


class BookingDependent(SQLModel, table=True):
    """For whom or what a booking is; ``name`` is as it was when it was said."""

    __tablename__ = "booking_dependent"
    __table_args__ = (Index("ix_booking_dependent_dependent_id", "dependent_id"),)

    booking_id: str = Field(
        foreign_key="booking.id", primary_key=True, ondelete="CASCADE"
    )
    dependent_id: str = Field(foreign_key="dependent.id", primary_key=True)
    position: int = 0
    name: str = Field(max_length=80)


class BookingLink(SQLModel, table=True):
    """A link in a mail that opens one booking, to see it or also to change it.

    The mail holds the secret, here is its hash. It may be followed until it
    expires or is switched off. A contact's own link (``contact_id``) opens it for
    as long as the customer lets the contact see bookings.
    """

    __tablename__ = "booking_link"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("purpose IN ('view', 'change')", name="purpose"),
        Index("ix_booking_link_booking_id", "booking_id"),
    )

    id: str = id_field()
    booking_id: str = Field(foreign_key="booking.id", ondelete="CASCADE")
    contact_id: str | None = Field(
        default=None, foreign_key="contact.id", ondelete="CASCADE"
    )
    purpose: str = Field(max_length=16)
    token_hash: str = Field(max_length=64)
    created_at: datetime = created_field()
    expires_at: datetime = instant_field(index=True)
    switched_off_at: datetime | None = optional_instant_field()
    last_used_at: datetime | None = optional_instant_field()


class ChangeOffer(SQLModel, table=True):
    """What a change of a booking costs, as it was shown: until it expires, that is it.

    Its id is the key of the change: however often it is taken, there is one. It is
    for the booking as it was (``booking_version``). ``starts_at`` is the new time of
    a move, with somebody in particular (``fieldworker_id``) or anyone.
    """

    __tablename__ = "change_offer"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'move' AND starts_at IS NOT NULL) "
            "OR (kind = 'cancel' AND starts_at IS NULL)",
            name="kind",
        ),
        Index("ix_change_offer_booking_id", "booking_id"),
        Index("ix_change_offer_expires_at", "expires_at"),
    )

    id: str = id_field()
    booking_id: str = Field(foreign_key="booking.id", ondelete="CASCADE")
    kind: str = Field(max_length=8)
    booking_version: int
    starts_at: datetime | None = optional_instant_field()
    fieldworker_id: str | None = Field(default=None, foreign_key="fieldworker.id")
    fee_minor: int
    created_at: datetime = created_field()
    expires_at: datetime = instant_field()
    used_at: datetime | None = optional_instant_field()


class CalendarFeed(SQLModel, table=True):
    """The private address of a calendar: of a customer or of a fieldworker.

    The address holds the secret, here is its hash.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (
        UniqueConstraint("customer_id"),
        UniqueConstraint("fieldworker_id"),
        UniqueConstraint("token_hash"),
        CheckConstraint(
            "(customer_id IS NULL) <> (fieldworker_id IS NULL)", name="owner"
        ),
    )

    id: str = id_field()
    customer_id: str | None = Field(
        default=None, foreign_key="customer.id", ondelete="CASCADE"
    )
    fieldworker_id: str | None = Field(
        default=None, foreign_key="fieldworker.id", ondelete="CASCADE"
    )
    token_hash: str = Field(max_length=64)
    created_at: datetime = created_field()


class BookingReminder(SQLModel, table=True):
    """A reminder that was sent: once for a visit at its time, whoever runs the job."""

    __tablename__ = "booking_reminder"

    booking_id: str = Field(
        foreign_key="booking.id", primary_key=True, ondelete="CASCADE"
    )
    starts_at: datetime = Field(sa_type=UTCDateTime, primary_key=True)
    minutes: int = Field(primary_key=True)
    sent_at: datetime = instant_field()


class BookingDraft(SQLModel, table=True):
    """A booking on its way through the wizard; its id is the idempotency key.

    A customer has at most one open draft per service, so that a reload, a
    second tab or another device finds it again; so has a browser of somebody who has
    not signed in yet (``visitor_hash``), and so has the office for a customer
    (``by_office``), who does not see it. ``version`` grows with every step, so that
    an overview read before another tab's change cannot be confirmed.
    ``dependent_ids`` are whom it is for; what the service asks besides is kept by
    ``domain.fields``. ``new_place`` is what a new address has besides: it becomes a
    saved place when the draft is confirmed. ``repeat`` is how it repeats, if it does,
    see ``draft_repetition``. ``steps_taken`` are the steps gone through whose answers
    may all be empty. One that was sent to ask for a price has ``requested_at``; it is
    closed until a price is agreed, which is then in ``agreed`` (see
    ``rules.AgreedPrice``).
    """

    __tablename__ = "booking_draft"
    __table_args__ = (
        CheckConstraint("(customer_id IS NULL) <> (visitor_hash = '')", name="owner"),
        Index(
            "uq_booking_draft_visitor",
            "visitor_hash",
            "service_id",
            unique=True,
            sqlite_where=text("visitor_hash <> '' AND closed_at IS NULL"),
            postgresql_where=text("visitor_hash <> '' AND closed_at IS NULL"),
        ),
        Index(
            "uq_booking_draft_open",
            "customer_id",
            "service_id",
            "by_office",
            unique=True,
            sqlite_where=text("closed_at IS NULL AND requested_at IS NULL"),
            postgresql_where=text("closed_at IS NULL AND requested_at IS NULL"),
        ),
        Index("ix_booking_draft_updated_at", "updated_at"),
    )

    id: str = id_field()
    customer_id: str | None = Field(
        default=None, foreign_key="customer.id", ondelete="CASCADE"
    )
    visitor_hash: str = Field(
        default="", max_length=64, sa_column_kwargs={"server_default": ""}
    )
    by_office: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    service_id: str = Field(foreign_key="service.id")
    options: dict[str, Any] = json_field()
    fieldworker_id: str | None = Field(default=None, foreign_key="fieldworker.id")
    starts_at: datetime | None = optional_instant_field()
    address: dict[str, Any] = json_field()
    new_place: dict[str, Any] = later_json_field()
    location_id: str | None = Field(default=None, foreign_key="location.id")
    contact: dict[str, Any] = json_field()
    notes: str = Field(default="", max_length=2000)
    dependent_ids: list[str] = later_json_field(list)
    repeat: dict[str, Any] = later_json_field()
    requested_at: datetime | None = optional_instant_field()
    agreed: dict[str, Any] = later_json_field()
    steps_taken: list[str] = later_json_field(list)
    version: int = 1
    created_at: datetime = created_field()
    updated_at: datetime = created_field()
    closed_at: datetime | None = optional_instant_field()
