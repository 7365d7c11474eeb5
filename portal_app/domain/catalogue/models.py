"""Tables of what can be booked. Amounts are minor units of the business's currency."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import id_field, later_json_field


class Category(SQLModel, table=True):
    """A category of services."""

    __table_args__ = (UniqueConstraint("slug"),)

    id: str = id_field()
    slug: str = Field(max_length=60)
    name: str = Field(max_length=80)
    description: str = Field(default="", max_length=300)
    position: int = 0


class Service(SQLModel, table=True):
    """Something a customer books. Durations and buffers are minutes.

    ``dependent_types`` are the slugs of those it can be booked for, in order.
    """

    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint("duration_minutes > 0", name="duration"),
        CheckConstraint("base_price_minor >= 0", name="price"),
        CheckConstraint(
            "buffer_before_minutes >= 0 AND buffer_after_minutes >= 0", name="buffers"
        ),
        Index("ix_service_category_id", "category_id"),
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


class ServiceOption(SQLModel, table=True):
    """A question whose answer changes price and duration.

    ``kind``: ``single`` (one of the choices), ``several`` (any of them),
    ``quantity`` (a whole number of its one choice, ``min_quantity`` to
    ``max_quantity``).
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
