"""Tables of customers and the places they book for."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal_app.domain.customers.addresses import (
    ADDRESS_PARTS,
    Address,
    Pin,
    address_parts,
)
from portal_app.kernel.columns import (
    created_field,
    id_field,
    instant_field,
    json_field,
    optional_instant_field,
)

SELF = "self"
"""The role of the contact that is the customer."""


EMPTY_ADDRESS: dict[str, Any] = {
    "street": "",
    "town": "",
    "postcode": "",
    "country": "",
}
"""What a row is made with before its ``address`` is set."""


class AddressColumns(SQLModel):
    """The columns of an address, read and written as one value."""

    street: str = Field(max_length=120)
    unit: str = Field(default="", max_length=40)
    town: str = Field(max_length=80)
    state: str = Field(default="", max_length=80)
    postcode: str = Field(max_length=16)
    country: str = Field(max_length=2)

    @property
    def address(self) -> Address:
        """The address without notes on how to get in."""
        return Address(**{name: getattr(self, name) for name in ADDRESS_PARTS})

    @address.setter
    def address(self, address: Address) -> None:
        for name, part in address_parts(address).items():
            setattr(self, name, part)


class Customer(SQLModel, table=True):
    """A person who books. ``version`` grows with every change to the profile."""

    __table_args__ = (UniqueConstraint("account_id"),)

    id: str = id_field()
    account_id: str | None = Field(default=None, foreign_key="account.id")
    first_name: str = Field(max_length=80)
    last_name: str = Field(max_length=80)
    email: str = Field(max_length=254, index=True)
    phone: str = Field(default="", max_length=32)
    version: int = 1
    created_at: datetime = created_field()


class Location(AddressColumns, table=True):
    """A saved place of a customer, once; at most one default among them.

    ``place_key`` is equal for two spellings of one place (``addresses.place_key``).
    Archived rows count for neither. ``latitude`` and ``longitude`` are the pin, in
    degrees (WGS 84), both or neither.
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
    place_key: str = Field(max_length=64)
    access_notes: str = Field(default="", max_length=500)
    latitude: float | None = None
    longitude: float | None = None
    is_default: bool = False
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    created_at: datetime = created_field()
    archived_at: datetime | None = optional_instant_field()

    @property
    def pin(self) -> Pin:
        """Latitude and longitude."""
        return self.latitude, self.longitude

    @pin.setter
    def pin(self, pin: Pin) -> None:
        self.latitude, self.longitude = pin


class CustomerDetails(SQLModel, table=True):
    """What a customer may tell about themselves beyond name, email and phone.

    Changes count in ``Customer.version``; the picture does not.

    Attributes:
        kind: ``personal`` or ``business``.
        company: The business's name where ``kind`` says so.
        language: A language code such as ``en``, or empty.
        picture_id: A file of the customer, see ``files``.
        booking_at_billing: Whether the customer said that bookings are at the
            billing address; true only as long as that place is saved.
    """

    __tablename__ = "customer_details"
    __table_args__ = (CheckConstraint("kind IN ('personal', 'business')", name="kind"),)

    customer_id: str = Field(
        primary_key=True, foreign_key="customer.id", ondelete="CASCADE"
    )
    kind: str = Field(default="personal", max_length=10)
    company: str = Field(default="", max_length=120)
    birthday: date | None = None
    language: str = Field(default="", max_length=12)
    picture_id: str | None = Field(
        default=None, foreign_key="stored_file.id", ondelete="SET NULL"
    )
    booking_at_billing: bool = False


class BillingAddress(AddressColumns, table=True):
    """Where a customer's invoices go; at most one. Counts in ``Customer.version``."""

    __tablename__ = "billing_address"

    customer_id: str = Field(
        primary_key=True, foreign_key="customer.id", ondelete="CASCADE"
    )
    latitude: float | None = None
    longitude: float | None = None


class Contact(SQLModel, table=True):
    """Somebody who may be reached about a customer's bookings.

    The customer is one of them (``role`` is ``self``), from the first change of
    their own emails or phones on; their names are in ``Customer`` and only the
    further ones here.

    Attributes:
        other_names: Further names, in the order they were given.
        told_about: ``booking_updates``, ``invoices``, ``quotes``.
        may: ``view`` and ``book``.
        position: In the customer's own order.
        request_key: What the browser called the request that added it.
        archived_at: Removed, and for a day there to be taken back; nobody may do
            anything by it any more.
    """

    __table_args__ = (
        UniqueConstraint("customer_id", "request_key"),
        Index("ix_contact_customer_id", "customer_id", "position"),
        Index("ix_contact_archived_at", "archived_at"),
        Index(
            "uq_contact_self",
            "customer_id",
            unique=True,
            sqlite_where=text("role = 'self'"),
            postgresql_where=text("role = 'self'"),
        ),
    )

    id: str = id_field()
    customer_id: str = Field(foreign_key="customer.id", ondelete="CASCADE")
    role: str = Field(max_length=16)
    first_name: str = Field(default="", max_length=80)
    last_name: str = Field(default="", max_length=80)
    other_names: list[str] = json_field(list)
    told_about: list[str] = json_field(list)
    may: list[str] = json_field(list)
    position: int = 0
    request_key: str | None = Field(default=None, max_length=64)
    version: int = 1
    created_at: datetime = created_field()
    archived_at: datetime | None = optional_instant_field()


class ContactEmail(SQLModel, table=True):
    """An email of a contact; nothing is sent to it before it is verified.

    Attributes:
        token_hash: Of the link in the mail that verifies it.
        stopped_at: Whoever reads it wanted no more mails; it is not verified then.
    """

    __tablename__ = "contact_email"
    __table_args__ = (
        UniqueConstraint("contact_id", "email"),
        UniqueConstraint("token_hash"),
        Index("ix_contact_email_customer_id", "customer_id"),
        Index(
            "uq_contact_email_primary",
            "contact_id",
            unique=True,
            sqlite_where=text("is_primary"),
            postgresql_where=text("is_primary"),
        ),
    )

    id: str = id_field()
    customer_id: str = Field(foreign_key="customer.id", ondelete="CASCADE")
    contact_id: str = Field(foreign_key="contact.id", ondelete="CASCADE")
    email: str = Field(max_length=254)
    is_primary: bool = False
    position: int = 0
    verified_at: datetime | None = optional_instant_field()
    token_hash: str | None = Field(default=None, max_length=64)
    token_expires_at: datetime | None = optional_instant_field()
    stopped_at: datetime | None = optional_instant_field()
    created_at: datetime = created_field()


class ContactStop(SQLModel, table=True):
    """A link by which whoever reads a contact's email stops the mails to it.

    Every mail has its own; here is the hash of its secret.
    """

    __tablename__ = "contact_stop"
    __table_args__ = (UniqueConstraint("token_hash"),)

    id: str = id_field()
    email_id: str = Field(
        foreign_key="contact_email.id", ondelete="CASCADE", index=True
    )
    token_hash: str = Field(max_length=64)
    expires_at: datetime = instant_field(index=True)


class ContactPhone(SQLModel, table=True):
    """A phone number of a contact, in E.164."""

    __tablename__ = "contact_phone"
    __table_args__ = (
        UniqueConstraint("contact_id", "number"),
        Index("ix_contact_phone_customer_id", "customer_id"),
        Index(
            "uq_contact_phone_primary",
            "contact_id",
            unique=True,
            sqlite_where=text("is_primary"),
            postgresql_where=text("is_primary"),
        ),
    )

    id: str = id_field()
    customer_id: str = Field(foreign_key="customer.id", ondelete="CASCADE")
    contact_id: str = Field(foreign_key="contact.id", ondelete="CASCADE")
    number: str = Field(max_length=32)
    is_primary: bool = False
    position: int = 0


class BusinessProfile(AddressColumns, table=True):
    """A company for which a customer books; at most one default among them.

    Archived ones stay for the documents that name them.

    Attributes:
        contacts: ``{"name", "email", "phone"}`` each, phones in E.164.
        request_key: What the browser called the request that added it.
    """

    __tablename__ = "business_profile"
    __table_args__ = (
        UniqueConstraint("customer_id", "request_key"),
        Index("ix_business_profile_customer_id", "customer_id", "archived_at"),
        Index(
            "uq_business_profile_default",
            "customer_id",
            unique=True,
            sqlite_where=text("is_default AND archived_at IS NULL"),
            postgresql_where=text("is_default AND archived_at IS NULL"),
        ),
    )

    id: str = id_field()
    customer_id: str = Field(foreign_key="customer.id")
    name: str = Field(max_length=120)
    tax_number: str = Field(default="", max_length=40)
    billing_email: str = Field(max_length=254)
    contacts: list[dict[str, Any]] = json_field(list)
    is_default: bool = False
    request_key: str | None = Field(default=None, max_length=64)
    version: int = 1
    created_at: datetime = created_field()
    archived_at: datetime | None = optional_instant_field()
