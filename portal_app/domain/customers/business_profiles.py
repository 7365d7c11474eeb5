"""*Business profiles*: the companies for which a customer books."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from sqlmodel import Session, col

from portal_app.domain.accounts.rules import mailable_email
from portal_app.domain.business import permissions
from portal_app.domain.business import service as businesses
from portal_app.domain.business.features import TABLE
from portal_app.domain.customers import rules
from portal_app.domain.customers.addresses import (
    AddressForm,
    address_lines,
    validate_address,
)
from portal_app.domain.customers.models import EMPTY_ADDRESS, BusinessProfile
from portal_app.domain.customers.owned_list import OwnedList
from portal_app.domain.customers.profiles import stored_address_view
from portal_app.domain.customers.rules import check_name
from portal_app.domain.customers.views import (
    BusinessProfileView,
    CompanyContactView,
)
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import InvalidInput, NotFound
from portal_app.kernel.features import Feature
from portal_app.kernel.keys import required_request_key
from portal_app.kernel.text import is_readable, one_line
from portal_app.kernel.versioned import Field, Record

MAX_PROFILES = 20
MAX_CONTACTS = 10

_PROFILES = OwnedList(
    BusinessProfile,
    col(BusinessProfile.is_default).desc(),
    col(BusinessProfile.name),
    col(BusinessProfile.id),
    limit=MAX_PROFILES,
    full="You have as many profiles as fit. Please remove one first.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyContactForm:
    """Somebody to speak to at the company, as typed."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessProfileForm:
    """A business profile as typed. The fields' names are those of the form."""

    name: str = ""
    tax_number: str = ""
    billing_email: str = ""
    address: AddressForm = field(default_factory=AddressForm)
    contacts: tuple[CompanyContactForm, ...] = ()
    is_default: bool = False


def _record(home: str) -> Record:
    """What a business profile consists of; ``home`` is the business's country."""
    name, tax = "Please enter the name of the business.", "Please enter a tax number"
    return Record(
        "This business profile",
        Field("name", "Business name", partial(_line, 120, name, required=True)),
        Field(
            "tax_number",
            "Tax number",
            partial(_line, 40, f"{tax} of at most 40 characters."),
        ),
        Field("billing_email", "Billing email", _email),
        Field(
            "address",
            "Address",
            validate_address,
            lambda it: ", ".join(address_lines(it, home)),
        ),
        Field(
            "contacts",
            "Contacts",
            partial(_check_contacts, home),
            partial(_contacts_text, home),
        ),
        Field("is_default", "Used unless you choose another"),
    )


def list_business_profiles(tx: Session, actor: Actor) -> list[BusinessProfileView]:
    """The customer's business profiles, the default first, then by name.

    None while they are switched off.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    rows = _PROFILES.rows(tx, actor)
    if not permissions.is_on(tx, Feature.BUSINESS_PROFILES):
        return []
    home = businesses.current_business(tx).country
    return [view_of(row, home) for row in rows]


def booking_snapshot(tx: Session, actor: Actor, profile_id: str) -> dict[str, Any]:
    """What a booking keeps of a business profile: texts, as they are now.

    Returns:
        ``name``, ``tax_number``, ``billing_email`` and ``lines``, the address.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there, removed, or somebody else's.
    """
    row = _PROFILES.find(tx, actor, profile_id)
    home = businesses.current_business(tx).country
    return {
        "name": row.name,
        "tax_number": row.tax_number,
        "billing_email": row.billing_email,
        "lines": view_of(row, home).address.lines,
    }


def draft_snapshot(tx: Session, actor: Actor, profile_id: str) -> dict[str, Any]:
    """What a draft keeps of the business profile somebody chose, with its ``id``.

    Raises:
        NotAllowed: If the actor is no customer.
        InvalidInput: For ``company``, if it is not there, removed, or somebody
            else's, and while profiles are switched off.
    """
    if not permissions.is_on(tx, Feature.BUSINESS_PROFILES):
        closed = TABLE[Feature.BUSINESS_PROFILES].closed_words
        raise InvalidInput({"company": closed}, closed)
    try:
        return {"id": profile_id, **booking_snapshot(tx, actor, profile_id)}
    except NotFound:
        raise InvalidInput({"company": "Please choose a business profile."}) from None


def add_business_profile(
    tx: Session, actor: Actor, form: BusinessProfileForm, request: str
) -> None:
    """Add a business profile, once per request.

    Raises:
        NotAllowed: If the actor is no customer.
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If there are as many as fit.
    """
    customer_id = _PROFILES.hold(tx, actor)
    record = _record(businesses.current_business(tx).country)
    values = record.check(form)
    key = required_request_key(request)
    if _PROFILES.is_added(tx, actor, request):
        return
    _PROFILES.check_room(_PROFILES.rows(tx, actor))
    if form.is_default:
        _PROFILES.clear_default(tx, customer_id)
    row = BusinessProfile(
        customer_id=customer_id,
        name="",
        billing_email="",
        **EMPTY_ADDRESS,
        request_key=key,
        created_at=utc_now(),
    )
    record.write(row, values)
    tx.add(row)
    tx.flush()


def update_business_profile(
    tx: Session, actor: Actor, profile_id: str, form: BusinessProfileForm, version: int
) -> None:
    """Change a business profile. Bookings made keep what they were made with.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there, removed, or somebody else's.
        InvalidInput: With a sentence for each field that is wrong.
        EditConflict: If it was changed since ``version`` to something else.
    """
    customer_id = _PROFILES.hold(tx, actor)
    row = _PROFILES.find(tx, actor, profile_id)
    record = _record(businesses.current_business(tx).country)
    values = record.check(form)
    if not record.is_current(row, values, version):
        return
    if form.is_default and not row.is_default:
        _PROFILES.clear_default(tx, customer_id)
    record.save(tx, row, values, version)


def remove_business_profile(tx: Session, actor: Actor, profile_id: str) -> None:
    """Offer a business profile no more; old documents keep it. Safe to repeat.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there, or somebody else's.
    """
    _PROFILES.remove(tx, actor, profile_id).is_default = False


def restore_business_profile(tx: Session, actor: Actor, profile_id: str) -> None:
    """Take a removal back; it is no default any more. Safe to repeat.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there, or somebody else's.
        Conflict: If there are as many as fit.
    """
    _PROFILES.restore(tx, actor, profile_id)


def view_of(row: BusinessProfile, home: str) -> BusinessProfileView:
    """A business profile as a browser sees it."""
    return BusinessProfileView(
        id=row.id,
        name=row.name,
        tax_number=row.tax_number,
        billing_email=row.billing_email,
        address=stored_address_view(row.address, home),
        contacts=_contact_views(row.contacts, home),
        is_default=row.is_default,
        version=row.version,
    )


def _contact_views(
    contacts: Sequence[dict[str, Any]], home: str
) -> list[CompanyContactView]:
    return [
        CompanyContactView(
            name=str(contact.get("name", "")),
            email=str(contact.get("email", "")),
            phone=rules.phone_text(str(contact.get("phone", "")), home),
        )
        for contact in contacts
    ]


def _line(limit: int, fault: str, text: str, *, required: bool = False) -> str:
    line = one_line(text)
    if len(line) > limit or (required and not line):
        raise ValueError(fault)
    if not is_readable(line):
        raise ValueError("Please use only letters and numbers." if required else fault)
    return line


def _email(text: str) -> str:
    try:
        return mailable_email(text)
    except InvalidInput as error:
        raise ValueError(error.fields["email"]) from None


def _check_contacts(
    home: str, forms: Sequence[CompanyContactForm]
) -> list[dict[str, str]]:
    wrong: dict[str, str] = {}
    contacts = [
        checked
        for at, contact in enumerate(forms)
        if (checked := _check_contact(at, contact, home, wrong))
    ]
    if len(contacts) > MAX_CONTACTS:
        wrong[f"contacts.{MAX_CONTACTS}"] = f"At most {MAX_CONTACTS} contacts fit."
    if wrong:
        raise InvalidInput(wrong)
    return contacts


def _check_contact(
    at: int, form: CompanyContactForm, home: str, wrong: dict[str, str]
) -> dict[str, str] | None:
    if not any(text.strip() for text in asdict(form).values()):
        return None
    faults: dict[str, str] = {}
    found = {
        "name": check_name("name", form.name, faults),
        "email": "",
        "phone": "",
    }
    try:
        found["email"] = mailable_email(form.email) if form.email.strip() else ""
    except InvalidInput as error:
        faults |= error.fields
    try:
        found["phone"] = rules.phone_number(form.phone, home)
    except InvalidInput as error:
        faults |= error.fields
    for words in list(faults.values())[:1]:
        wrong[f"contacts.{at}"] = words
    return found


def _contacts_text(home: str, contacts: Sequence[dict[str, str]]) -> str:
    views = _contact_views(contacts, home)
    return "; ".join(
        " ".join(part for part in (one.name, one.email, one.phone) if part)
        for one in views
    )
