"""What the browser may know of a customer."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class EmailView:
    """An email of a contact; nothing is sent to it before it is ``verified``.

    ``fixed`` is the one the customer logs in with: it cannot be taken away here.
    ``stopped`` says that whoever reads it wanted no more mails.
    """

    id: str = ""
    email: str = ""
    primary: bool = False
    verified: bool = False
    fixed: bool = False
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class PhoneView:
    """A phone, written as people in its ``country`` (ISO code) write it.

    ``text`` is as people in the business's country write it.
    """

    number: str = ""
    country: str = ""
    text: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class AddressView:
    """An address; ``lines`` is empty where there is none, the pin too."""

    lines: list[str] = field(default_factory=list)
    street: str = ""
    unit: str = ""
    town: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    latitude: str = ""
    longitude: str = ""


@dataclass(frozen=True, slots=True)
class PlaceSuggestionView:
    """A town or an address that was found, as the fields of a form take it.

    Attributes:
        label: As a person reads it.
        source: Whose data it is, as they want it said; empty for a town.
    """

    label: str = ""
    street: str = ""
    town: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    latitude: str = ""
    longitude: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class ProfileView:
    """A customer's own profile.

    ``email`` and ``phone`` are the main ones, the phone written as people in the
    business's country write it; ``version`` goes back with a change.

    Attributes:
        kind: ``personal`` or ``business``.
        birthday: ISO, or empty.
        birthday_text: As a person reads it.
        language: A code; ``language_name`` as a person reads it.
        booking_at_billing: Whether the billing address is where bookings are.
        asks_birthday: Whether the business asks for it; so ``asks_language``.
    """

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    version: int = 0
    kind: str = "personal"
    company: str = ""
    other_names: list[str] = field(default_factory=list)
    emails: list[EmailView] = field(default_factory=list)
    phones: list[PhoneView] = field(default_factory=list)
    birthday: str = ""
    birthday_text: str = ""
    language: str = ""
    language_name: str = ""
    picture_url: str = ""
    large_picture_url: str = ""
    billing: AddressView = field(default_factory=AddressView)
    booking_at_billing: bool = False
    asks_birthday: bool = False
    asks_language: bool = False


@dataclass(frozen=True, slots=True)
class ContactView:
    """Another contact of a customer, with its role and rights in words."""

    id: str = ""
    role: str = ""
    role_name: str = ""
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    other_names: list[str] = field(default_factory=list)
    emails: list[EmailView] = field(default_factory=list)
    phones: list[PhoneView] = field(default_factory=list)
    told_about: list[str] = field(default_factory=list)
    told_about_text: str = ""
    may: list[str] = field(default_factory=list)
    may_text: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class CompanyContactView:
    """Somebody to speak to at a company."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class BusinessProfileView:
    """A company for which a customer books."""

    id: str = ""
    name: str = ""
    tax_number: str = ""
    billing_email: str = ""
    address: AddressView = field(default_factory=AddressView)
    contacts: list[CompanyContactView] = field(default_factory=list)
    is_default: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class LocationView:
    """A saved place; ``lines`` is the address as on an envelope."""

    id: str = ""
    label: str = ""
    lines: list[str] = field(default_factory=list)
    street: str = ""
    unit: str = ""
    town: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    access_notes: str = ""
    is_default: bool = False
    latitude: str = ""
    longitude: str = ""
    version: int = 0
