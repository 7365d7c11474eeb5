"""Tables of what can be booked. Amounts are minor units of the business's currency."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, true
from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import (
    id_field,
    later_json_field,
    optional_instant_field,
)


def _later_field(default: Any, stored: Any, **more: Any) -> Any:
    """A column that came to a table with rows in it."""
    return Field(default=default, sa_column_kwargs={"server_default": stored}, **more)


class Category(SQLModel, table=True):
    """A category of services.

    ``request_key`` is what the browser called the request that added it by hand.
    """

    __table_args__ = (
        UniqueConstraint("slug"),
        Index("uq_category_request_key", "request_key", unique=True),
    )

    id: str = id_field()
    slug: str = Field(max_length=60)
    name: str = Field(max_length=80)
    description: str = Field(default="", max_length=300)
    position: int = 0
    request_key: str | None = Field(default=None, max_length=64)
    archived_at: datetime | None = optional_instant_field()
    version: int = _later_field(1, "1")


class Service(SQLModel, table=True):
    """Something a customer books. Durations and buffers are minutes.

    Attributes:
        image: The address of its first photo, and ``image_alt`` what that shows.
        price_kind: See ``rules.PriceKind``.
        base_price_minor: As ``price_kind`` says: of a visit, or of an hour.
        tax_basis_points: Hundredths of a percent; ``None`` for the business's rate.
        lead_minutes: Notice; ``None`` for the business's.
        horizon_days: How far ahead it can be booked; ``None`` for the business's.
        active: Whether it is published; otherwise it is a draft.
        dependent_types: Whom it can be booked for, as ``BookedFor`` is written.
        giftable: Whether it may be given as a voucher.
        repeats: Whether a booking of it may repeat; classes never do.
        deposit_minor: What is paid in advance; or ``deposit_percent`` of the price.
        confirmation: ``instant``, or ``office`` where the office approves.
        people_needed: How many do a visit together.
        seats: Of a class: how many can book the same time; 0 for what is none.
        visits_per_day: How many there are in a day at most; ``None`` for any number.
        dependent_minutes: What each dependent but the first adds to a visit.
        dependent_price_minor: What each of them adds to the price.
        request_key: What the browser called the request that added it by hand.
    """

    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint("duration_minutes > 0", name="duration"),
        CheckConstraint("base_price_minor >= 0", name="price"),
        CheckConstraint(
            "buffer_before_minutes >= 0 AND buffer_after_minutes >= 0", name="buffers"
        ),
        Index("ix_service_category_id", "category_id"),
        Index("uq_service_request_key", "request_key", unique=True),
    )

    id: str = id_field()
    slug: str = Field(max_length=60)
    category_id: str = Field(foreign_key="category.id")
    name: str = Field(max_length=100)
    summary: str = Field(default="", max_length=200)
    description: str = Field(default="", max_length=6000)
    included: str = Field(default="", max_length=3000)
    what_is_needed: str = Field(default="", max_length=3000)
    image: str = Field(default="", max_length=200)
    image_alt: str = Field(default="", max_length=200)
    base_price_minor: int
    price_unit: str = Field(default="per visit", max_length=40)
    duration_minutes: int
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    lead_minutes: int | None = None
    active: bool = True
    position: int = 0
    dependent_types: list[str] = later_json_field(list)
    price_kind: str = _later_field("from", "from", max_length=10)
    tax_basis_points: int | None = None
    horizon_days: int | None = None
    giftable: bool = _later_field(True, true())
    repeats: bool = _later_field(True, true())
    deposit_minor: int = _later_field(0, "0")
    deposit_percent: int = _later_field(0, "0")
    confirmation: str = _later_field("instant", "instant", max_length=10)
    people_needed: int = _later_field(1, "1")
    seats: int = _later_field(0, "0")
    visits_per_day: int | None = None
    dependent_minutes: int = _later_field(0, "0")
    dependent_price_minor: int = _later_field(0, "0")
    request_key: str | None = Field(default=None, max_length=64)
    archived_at: datetime | None = optional_instant_field()
    version: int = _later_field(1, "1")


class FormerSlug(SQLModel, table=True):
    """An address that a service had; it leads to where the service is now."""

    __tablename__ = "former_slug"
    __table_args__ = (Index("ix_former_slug_service_id", "service_id"),)

    slug: str = Field(primary_key=True, max_length=60)
    service_id: str = Field(foreign_key="service.id", ondelete="CASCADE")


class ServicePhoto(SQLModel, table=True):
    """A photo of a service.

    Either a picture that comes with the portal, at ``path``, or a file that was
    handed in.
    """

    __tablename__ = "service_photo"
    __table_args__ = (
        CheckConstraint("(path = '') = (file_id IS NOT NULL)", name="source"),
        Index("ix_service_photo_service_id", "service_id"),
        Index("ix_service_photo_file_id", "file_id"),
    )

    id: str = id_field()
    service_id: str = Field(foreign_key="service.id", ondelete="CASCADE")
    path: str = Field(default="", max_length=200)
    file_id: str | None = Field(default=None, foreign_key="stored_file.id")
    alt: str = Field(default="", max_length=200)
    position: int = 0


class ServiceOption(SQLModel, table=True):
    """A question whose answer changes price and duration.

    ``kind``: ``single`` (one of the choices), ``several`` (any of them),
    ``quantity`` (a whole number of its one choice, ``min_quantity`` to
    ``max_quantity``). ``required`` says whether it must be answered; ``None`` as is
    usual for its kind.
    """

    __tablename__ = "service_option"
    __table_args__ = (
        CheckConstraint("kind IN ('single', 'several', 'quantity')", name="kind"),
        CheckConstraint(
            "0 <= min_quantity AND min_quantity <= max_quantity", name="quantity"
        ),
        UniqueConstraint("service_id", "key"),
    )

    id: str = id_field()
    service_id: str = Field(foreign_key="service.id", ondelete="CASCADE")
    key: str = Field(max_length=40)
    name: str = Field(max_length=80)
    help: str = Field(default="", max_length=200)
    kind: str = Field(max_length=10)
    min_quantity: int = 0
    max_quantity: int = 1
    required: bool | None = None
    position: int = 0


class OptionChoice(SQLModel, table=True):
    """One answer to an option; for ``quantity``, what one unit adds."""

    __tablename__ = "option_choice"
    __table_args__ = (UniqueConstraint("option_id", "key"),)

    id: str = id_field()
    option_id: str = Field(foreign_key="service_option.id", ondelete="CASCADE")
    key: str = Field(max_length=40)
    name: str = Field(max_length=80)
    price_minor: int = 0
    minutes: int = 0
    position: int = 0
