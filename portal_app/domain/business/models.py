"""Tables of the business: its settings (exactly one row) and its own words."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import false as sa_false
from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import (
    id_field,
    later_json_field,
    optional_instant_field,
)


class Business(SQLModel, table=True):
    """The business that this portal belongs to.

    Minutes and days are counted on the clock of ``timezone``. The pin (``latitude``,
    ``longitude``) is where the address is; the columns ``area_…`` are a
    ``service_area.ServiceArea``. ``tax_basis_points`` are
    hundredths of a percent; ``tax_included`` says whether prices hold it already,
    ``None`` as is usual in the country. ``booking_rules`` are a
    ``booking_rules.BookingRules``, ``features`` is what
    ``features.as_stored`` makes of what the office switched; each has a version of
    its own.
    """

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    name: str = Field(max_length=120)
    tagline: str = Field(default="", max_length=200)
    about: str = Field(default="", max_length=4000)
    email: str = Field(default="", max_length=254)
    phone: str = Field(default="", max_length=32)
    address: str = Field(default="", max_length=300)
    timezone: str = Field(default="UTC", max_length=64)
    currency: str = Field(default="USD", max_length=3)
    country: str = Field(default="US", max_length=2)
    locale: str = Field(default="en", max_length=16)
    accent_color: str = Field(default="#0f766e", max_length=7)
    logo_path: str = Field(default="", max_length=200)
    hero_path: str = Field(
        default="", max_length=200, sa_column_kwargs={"server_default": ""}
    )
    hero_alt: str = Field(
        default="", max_length=200, sa_column_kwargs={"server_default": ""}
    )
    opening_text: str = Field(
        default="", max_length=500, sa_column_kwargs={"server_default": ""}
    )
    footer_text: str = Field(
        default="", max_length=500, sa_column_kwargs={"server_default": ""}
    )
    latitude: float | None = None
    longitude: float | None = None
    area_kind: str = Field(
        default="", max_length=12, sa_column_kwargs={"server_default": ""}
    )
    area_kilometres: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    area_postcodes: str = Field(
        default="", max_length=2000, sa_column_kwargs={"server_default": ""}
    )
    quote_valid_days: int = Field(default=14, sa_column_kwargs={"server_default": "14"})
    lead_minutes: int = 120
    horizon_days: int = 60
    slot_step_minutes: int = 30
    travel_kmh: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    hold_minutes: int = Field(default=10, sa_column_kwargs={"server_default": "10"})
    google_sign_in: bool = True
    apple_sign_in: bool = True
    facebook_sign_in: bool = True
    booking_number_sign_in: bool = True
    guests_may_book: bool = Field(
        default=False, sa_column_kwargs={"server_default": sa_false()}
    )
    guest_session_minutes: int = 120
    session_hours: int = 12
    remembered_days: int = 30
    password_min_length: int = 10
    password_min_score: int = 2
    asks_birthday: bool = Field(
        default=False, sa_column_kwargs={"server_default": sa_false()}
    )
    asks_language: bool = Field(
        default=False, sa_column_kwargs={"server_default": sa_false()}
    )
    tax_basis_points: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    tax_included: bool | None = None
    second_factor_required: bool = Field(
        default=False, sa_column_kwargs={"server_default": sa_false()}
    )
    demo: bool = False
    version: int = 1
    features: dict[str, Any] = later_json_field()
    features_version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    booking_rules: dict[str, Any] = later_json_field()
    booking_rules_version: int = Field(
        default=1, sa_column_kwargs={"server_default": "1"}
    )


class Policy(SQLModel, table=True):
    """A text that customers agree to or can look up, such as how keys are kept.

    See ``policies.STANDARD_POLICIES`` for those that pages look for by their key.
    ``request_key`` is what the browser called the request that added it by hand.
    """

    __table_args__ = (
        UniqueConstraint("key"),
        Index("uq_policy_request_key", "request_key", unique=True),
    )

    id: str = id_field()
    key: str = Field(max_length=40)
    title: str = Field(max_length=80)
    text: str = Field(max_length=20_000)
    position: int = 0
    request_key: str | None = Field(default=None, max_length=64)
    archived_at: datetime | None = optional_instant_field()
    version: int = 1


class MessageTemplate(SQLModel, table=True):
    """A message the office writes often; see ``message_templates.PLACEHOLDERS``."""

    __tablename__ = "message_template"
    __table_args__ = (UniqueConstraint("key"),)

    id: str = id_field()
    key: str = Field(max_length=40)
    name: str = Field(max_length=80)
    subject: str = Field(default="", max_length=150)
    text: str = Field(max_length=4000)
    position: int = 0
    version: int = 1
