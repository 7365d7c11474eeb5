"""*Business profiles*: the companies for which a customer books."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from portal_app.domain.accounts.rules import normal_email
from portal_app.domain.business import service as businesses
from portal_app.domain.customers import rules
from portal_app.domain.customers.addresses import (
    Address,
    AddressForm,
    address_lines,
    validate_address,
)
from portal_app.domain.customers.models import BusinessProfile
from portal_app.domain.customers.profiles import get_own_customer
from portal_app.domain.customers.rules import check_name
from portal_app.domain.customers.views import (
    AddressView,
    BusinessProfileView,
    CompanyContactView,
)
from portal_app.kernel.audiences import Actor
from portal_app.kernel.changes import EditConflict, compare
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.keys import required_request_key
from portal_app.kernel.ownership import owned_by

MAX_PROFILES = 20
MAX_CONTACTS = 10
LABELS = {
    "name": "Business name",
    "tax_number": "Tax number",
    "billing_email": "Billing e-mail",
    "address": "Address",
    "contacts": "Contacts",
    "is_default": "Chosen by itself",
}


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


@dataclass(frozen=True, slots=True)
class _CheckedBusinessProfile:
    name: str
    tax_number: str
    billing_email: str
    address: Address
    contacts: list[dict[str, str]]


def list_business_profiles(tx: Session, actor: Actor) -> list[BusinessProfileView]:
    """The customer's business profiles, the default first, then by name.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    home = businesses.current_business(tx).country
    rows = tx.exec(
        owned_by(actor, BusinessProfile)
        .where(col(BusinessProfile.archived_at).is_(None))
        .order_by(
            col(BusinessProfile.is_default).desc(),
            col(BusinessProfile.name),
            col(BusinessProfile.id),
        )
    )
    return [view_of(row, home) for row in rows]


def booking_snapshot(tx: Session, actor: Actor, profile_id: str) -> dict[str, Any]:
    """What a booking keeps of a business profile: texts, as they are now.

    Returns:
        ``name``, ``tax_number``, ``billing_email`` and ``lines``, the address.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there, removed, or somebody else's.
    """
    row = _find(tx, actor, profile_id)
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
            else's.
    """
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
    customer = get_own_customer(tx, actor, hold=True)
    checked = _check_form(form, businesses.current_business(tx).country)
    key = required_request_key(request)
    rows = tx.exec(owned_by(actor, BusinessProfile)).all()
    if any(row.request_key == key for row in rows):
        return
    if sum(row.archived_at is None for row in rows) >= MAX_PROFILES:
        raise Conflict("You have as many profiles as fit. Please remove one first.")
    if form.is_default:
        _clear_default(tx, customer.id)
    row = BusinessProfile(
        customer_id=customer.id,
        **_columns(checked),
        is_default=form.is_default,
        request_key=key,
        created_at=utc_now(),
    )
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
        ChangedMeanwhile: If it was changed since ``version`` to something else.
    """
    customer = get_own_customer(tx, actor, hold=True)
    row = _find(tx, actor, profile_id)
    home = businesses.current_business(tx).country
    checked = _check_form(form, home)
    if row.version != version:
        wanted = BusinessProfile(
            customer_id=customer.id, **_columns(checked), is_default=form.is_default
        )
        yours, now = (
            _comparable_texts(view_of(wanted, home)),
            _comparable_texts(view_of(row, home)),
        )
        changes = compare(LABELS, yours, now)
        if changes:
            raise EditConflict("This business profile", changes, row.version)
        return
    if form.is_default and not row.is_default:
        _clear_default(tx, customer.id)
    for name, value in _columns(checked).items():
        setattr(row, name, value)
    row.is_default = form.is_default
    row.version += 1
    tx.add(row)
    tx.flush()


def remove_business_profile(tx: Session, actor: Actor, profile_id: str) -> None:
    """Offer a business profile no more; old documents keep it. Safe to repeat.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there, or somebody else's.
    """
    _set_archived(tx, actor, profile_id, archived=True)


def restore_business_profile(tx: Session, actor: Actor, profile_id: str) -> None:
    """Take a removal back; it is no default any more. Safe to repeat.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there, or somebody else's.
    """
    _set_archived(tx, actor, profile_id, archived=False)


def view_of(row: BusinessProfile, home: str) -> BusinessProfileView:
    """A business profile as a browser sees it."""
    plain = Address(
        street=row.street,
        unit=row.unit,
        town=row.town,
        state=row.state,
        postcode=row.postcode,
        country=row.country,
    )
    return BusinessProfileView(
        id=row.id,
        name=row.name,
        tax_number=row.tax_number,
        billing_email=row.billing_email,
        address=AddressView(lines=address_lines(plain, home), **_address_fields(plain)),
        contacts=[
            CompanyContactView(
                name=str(contact.get("name", "")),
                email=str(contact.get("email", "")),
                phone=rules.phone_text(str(contact.get("phone", "")), home),
            )
            for contact in row.contacts
        ],
        is_default=row.is_default,
        version=row.version,
    )


def _address_fields(address: Address) -> dict[str, str]:
    names = ("street", "unit", "town", "state", "postcode", "country")
    return {name: getattr(address, name) for name in names}


def _find(
    tx: Session, actor: Actor, profile_id: str, *, removed: bool = False
) -> BusinessProfile:
    query = owned_by(actor, BusinessProfile).where(
        col(BusinessProfile.id) == profile_id
    )
    if not removed:
        query = query.where(col(BusinessProfile.archived_at).is_(None))
    row = tx.exec(query).first()
    if row is None:
        raise NotFound
    return row


def _set_archived(
    tx: Session, actor: Actor, profile_id: str, *, archived: bool
) -> None:
    get_own_customer(tx, actor, hold=True)
    row = _find(tx, actor, profile_id, removed=True)
    if archived == (row.archived_at is not None):
        return
    row.archived_at = utc_now() if archived else None
    row.is_default = False
    row.version += 1
    tx.add(row)
    tx.flush()


def _clear_default(tx: Session, customer_id: str) -> None:
    tx.execute(
        update(BusinessProfile)
        .where(col(BusinessProfile.customer_id) == customer_id)
        .values(is_default=False)
    )


def _check_form(form: BusinessProfileForm, home: str) -> _CheckedBusinessProfile:
    wrong: dict[str, str] = {}
    name = _line(form.name)
    tax_number = _line(form.tax_number)
    if not 0 < len(name) <= 120:
        wrong["name"] = "Please enter the name of the business."
    elif not all(map(rules.is_printable, name)):
        wrong["name"] = "Please use only letters and numbers."
    if len(tax_number) > 40 or not all(map(rules.is_printable, tax_number)):
        wrong["tax_number"] = "Please enter a tax number of at most 40 characters."
    email = ""
    try:
        email = normal_email(form.billing_email)
    except InvalidInput as error:
        wrong["billing_email"] = error.fields["email"]
    address: Address | None = None
    try:
        address = validate_address(form.address)
    except InvalidInput as error:
        wrong |= error.fields
    contacts = [
        checked
        for at, contact in enumerate(form.contacts)
        if (checked := _check_contact(at, contact, home, wrong))
    ]
    if len(contacts) > MAX_CONTACTS:
        wrong[f"contacts.{MAX_CONTACTS}"] = f"At most {MAX_CONTACTS} contacts fit."
    if wrong or address is None:
        raise InvalidInput(wrong)
    return _CheckedBusinessProfile(name, tax_number, email, address, contacts)


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
        found["email"] = normal_email(form.email) if form.email.strip() else ""
    except InvalidInput as error:
        faults |= error.fields
    try:
        found["phone"] = rules.phone_number(form.phone, home)
    except InvalidInput as error:
        faults |= error.fields
    for words in list(faults.values())[:1]:
        wrong[f"contacts.{at}"] = words
    return found


def _columns(checked: _CheckedBusinessProfile) -> Mapping[str, Any]:
    return {
        "name": checked.name,
        "tax_number": checked.tax_number,
        "billing_email": checked.billing_email,
        **_address_fields(checked.address),
        "contacts": checked.contacts,
    }


def _comparable_texts(view: BusinessProfileView) -> dict[str, str]:
    return {
        "name": view.name,
        "tax_number": view.tax_number,
        "billing_email": view.billing_email,
        "address": ", ".join(view.address.lines),
        "contacts": "; ".join(
            " ".join(part for part in (one.name, one.email, one.phone) if part)
            for one in view.contacts
        ),
        "is_default": "Yes" if view.is_default else "No",
    }


def _line(text: str) -> str:
    return " ".join(text.split())
