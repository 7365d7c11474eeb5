"""A customer's own profile: texts, picture, billing address and custom fields."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from babel import Locale
from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.business.models import Business
from portal_app.domain.customers import contact_points, rules
from portal_app.domain.customers.addresses import (
    Address,
    AddressForm,
    Pin,
    address_lines,
    degrees_text,
    is_empty,
    pin_of,
    place_key,
    validate_address,
)
from portal_app.domain.customers.locations import save_location, saved_place
from portal_app.domain.customers.models import (
    EMPTY_ADDRESS,
    SELF,
    BillingAddress,
    Contact,
    Customer,
    CustomerDetails,
)
from portal_app.domain.customers.rules import (
    CheckedContactPoints,
    EmailEntry,
    PhoneEntry,
    check_contact_points,
    check_other_names,
)
from portal_app.domain.customers.views import (
    AddressView,
    EmailView,
    PhoneView,
    ProfileView,
)
from portal_app.domain.fields import values as fields
from portal_app.domain.fields.rules import CUSTOMER, Answers
from portal_app.domain.fields.schema import CUSTOMER_SCOPE, Scope
from portal_app.domain.fields.values import Subject
from portal_app.domain.fields.views import FieldView
from portal_app.domain.files import attachments
from portal_app.domain.files import rules as file_rules
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotFound
from portal_app.kernel.ownership import customer_of
from portal_app.kernel.text import one_line
from portal_app.kernel.versioned import Field, Record, is_current

PERSONAL, BUSINESS = "personal", "business"
LANGUAGES = (
    *("en", "ar", "zh", "nl", "fil", "fr", "de", "el", "hi", "id", "it", "ja"),
    *("ko", "pl", "pt", "pa", "ru", "es", "th", "tr", "uk", "vi"),
)
_MAX_AGE_YEARS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileForm:
    """*Edit Info* as typed. ``billing`` is left empty for no billing address."""

    kind: str = PERSONAL
    company: str = ""
    first_name: str = ""
    last_name: str = ""
    other_names: tuple[str, ...] = ()
    emails: tuple[EmailEntry, ...] = ()
    phones: tuple[PhoneEntry, ...] = ()
    birthday: str = ""
    language: str = ""
    billing: AddressForm = field(default_factory=AddressForm)
    booking_at_billing: bool = False


@dataclass(frozen=True, slots=True)
class _CheckedProfile:
    """*Edit Info* in stored form."""

    first_name: str
    last_name: str
    other_names: tuple[str, ...]
    kind: str
    company: str
    reach: CheckedContactPoints
    birthday: date | None
    language: str
    billing: Address | None
    pin: Pin
    booking_at_billing: bool


def _record(business: Business) -> Record:
    """The fields of *Edit Info*, as far as the business asks for them."""
    asked = {"birthday": business.asks_birthday, "language": business.asks_language}
    fields = (
        Field(
            "kind",
            "Profile",
            text=lambda it: "Business" if it == BUSINESS else "Personal",
        ),
        Field("company", "Business name"),
        Field("first_name", "First name"),
        Field("last_name", "Last name"),
        Field("other_names", "Other names"),
        Field(
            "emails",
            "Emails",
            text=_join_entries,
            read=lambda view: [(it.email, it.primary) for it in view.emails],
        ),
        Field(
            "phones",
            "Phones",
            text=_join_entries,
            read=lambda view: [(it.text, it.primary) for it in view.phones],
        ),
        Field("birthday", "Birthday"),
        Field(
            "language", "Language", text=lambda it: language_name(it, business.locale)
        ),
        Field("billing", "Billing address", read=lambda view: view.billing.lines),
        Field(
            "booking_at_billing",
            "Booking address",
            text=lambda it: "The billing address" if it else "Another one",
        ),
    )
    return Record("Your profile", *(it for it in fields if asked.get(it.name, True)))


def _values(checked: _CheckedProfile, home: str) -> dict[str, Any]:
    reach = checked.reach
    return {
        "kind": checked.kind,
        "company": checked.company,
        "first_name": checked.first_name,
        "last_name": checked.last_name,
        "other_names": checked.other_names,
        "emails": [(it, it == reach.primary_email) for it in reach.emails],
        "phones": [
            (rules.phone_text(it, home), it == reach.primary_phone)
            for it in reach.phones
        ],
        "birthday": checked.birthday.isoformat() if checked.birthday else "",
        "language": checked.language,
        "billing": address_lines(checked.billing, home) if checked.billing else [],
        "booking_at_billing": checked.booking_at_billing,
    }


def _join_entries(entries: Sequence[tuple[str, bool]]) -> str:
    main_first = sorted(entries, key=lambda entry: not entry[1])
    return ", ".join(text for text, _ in main_first)


def get_profile(tx: Session, actor: Actor) -> ProfileView:
    """The actor's own profile.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    customer = get_own_customer(tx, actor)
    business = businesses.current_business(tx)
    details = tx.get(CustomerDetails, customer.id) or CustomerDetails(
        customer_id=customer.id
    )
    myself = get_own_contact(tx, customer.id)
    emails, phones = _own_contact_points(tx, customer, myself, business.country)
    formats = businesses.formats(tx)
    return ProfileView(
        first_name=customer.first_name,
        last_name=customer.last_name,
        email=customer.email,
        phone=rules.phone_text(customer.phone, business.country),
        version=customer.version,
        kind=details.kind,
        company=details.company,
        other_names=list(myself.other_names) if myself else [],
        emails=emails,
        phones=phones,
        birthday=details.birthday.isoformat() if details.birthday else "",
        birthday_text=formats.day(details.birthday) if details.birthday else "",
        language=details.language,
        language_name=language_name(details.language, business.locale),
        picture_url=attachments.picture_url(details.picture_id),
        large_picture_url=attachments.picture_url(details.picture_id, 512),
        billing=address_view(tx.get(BillingAddress, customer.id), business.country),
        booking_at_billing=_books_at_billing(tx, actor, details),
        asks_birthday=business.asks_birthday,
        asks_language=business.asks_language,
    )


def save_profile(db: Database, actor: Actor, form: ProfileForm, version: int) -> None:
    """Store *Edit Info*; a new email gets a mail that verifies it.

    Args:
        db: The database; mails are counted outside the transaction.
        actor: A customer.
        form: As typed.
        version: Of the profile that was read.

    Raises:
        NotAllowed: If the actor is no customer.
        InvalidInput: With a sentence for each field that is wrong.
        EditConflict: If the profile was changed since ``version``, unless it
            says what is asked for already, as after a request that came twice.
        TooManyAttempts: If too many new emails were to be verified.
    """
    new = db.query(_new_emails, actor, form, version)
    contact_points.count_verification_mails(db, actor, new)
    db.call(_save_checked, actor, form, version)


def languages(locale: str) -> list[tuple[str, str]]:
    """The languages to choose from: code and name, by name."""
    found = [(code, language_name(code, locale)) for code in LANGUAGES]
    return sorted(found, key=lambda language: language[1])


def language_name(code: str, locale: str) -> str:
    """A language as people of ``locale`` call it; empty for none."""
    if not code:
        return ""
    return str(Locale.parse(locale).languages.get(code, code))


def get_own_customer(tx: Session, actor: Actor, *, hold: bool = False) -> Customer:
    """The actor's own row.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    customer = tx.get(Customer, customer_of(actor), with_for_update=hold or None)
    if customer is None:
        raise NotFound
    return customer


def get_own_contact(tx: Session, customer_id: str) -> Contact | None:
    """The contact that is the customer, once there is one."""
    return tx.exec(
        select(Contact).where(
            col(Contact.customer_id) == customer_id, col(Contact.role) == SELF
        )
    ).first()


def address_view(row: BillingAddress | None, home: str) -> AddressView:
    """A billing address as a browser sees it; empty where there is none."""
    if row is None:
        return AddressView(country=home)
    return replace(
        stored_address_view(row.address, home),
        latitude=degrees_text(row.latitude),
        longitude=degrees_text(row.longitude),
    )


def stored_address_view(address: Address, home: str) -> AddressView:
    """An address as a browser sees it; ``home`` goes without saying."""
    texts = asdict(address)
    del texts["access_notes"]
    return AddressView(lines=address_lines(address, home), **texts)


def _books_at_billing(tx: Session, actor: Actor, details: CustomerDetails) -> bool:
    """Whether bookings are at the billing address: said so, and still saved."""
    row = tx.get(BillingAddress, details.customer_id)
    return (
        details.booking_at_billing
        and row is not None
        and saved_place(tx, actor, row.address) is not None
    )


def _own_contact_points(
    tx: Session, customer: Customer, myself: Contact | None, home: str
) -> tuple[list[EmailView], list[PhoneView]]:
    login = contact_points.login_email(tx, customer)
    if myself is None:
        email = EmailView("", customer.email, True, True, fixed=customer.email == login)
        phones = [contact_points.phone_view(customer.phone, home, primary=True)]
        return [email], phones if customer.phone else []
    found = contact_points.load_contact_points(tx, [myself.id], home)
    emails = [
        replace(email, fixed=email.email == login)
        for email in found.emails.get(myself.id, [])
    ]
    if not any(email.fixed for email in emails):
        # It was changed where one logs in, and is proven there.
        emails.insert(0, EmailView("", login, not emails, True, fixed=True))
    return emails, found.phones.get(myself.id, [])


def _check_form(tx: Session, customer: Customer, form: ProfileForm) -> _CheckedProfile:
    business = businesses.current_business(tx)
    wrong: dict[str, str] = {}
    first = last = ""
    try:
        first, last, _ = rules.check_profile(
            form.first_name, form.last_name, "", business.country
        )
    except InvalidInput as error:
        wrong |= error.fields
    others = check_other_names(form.other_names, wrong)
    reach = check_contact_points(form.emails, form.phones, business.country, wrong)
    login = contact_points.login_email(tx, customer)
    if login not in reach.emails and not any(key.startswith("emails") for key in wrong):
        wrong["emails.0"] = (
            f"You log in with {login}. Please keep it, "
            "or change the email you log in with first."
        )
    company = one_line(form.company) if form.kind == BUSINESS else ""
    if form.kind not in {PERSONAL, BUSINESS}:
        wrong["kind"] = "Please choose personal or business."
    elif form.kind == BUSINESS and not 0 < len(company) <= 120:
        wrong["company"] = "Please enter the name of the business."
    birthday = check_birthday(form.birthday, wrong)
    if form.language and form.language not in LANGUAGES:
        wrong["language"] = "Please choose a language from the list."
    billing = None
    if not is_empty(form.billing):
        try:
            billing = validate_address(form.billing)
        except InvalidInput as error:
            wrong |= error.fields
    if wrong:
        raise InvalidInput(wrong)
    return _CheckedProfile(
        first,
        last,
        others,
        form.kind,
        company,
        reach,
        birthday,
        form.language,
        billing,
        pin_of(form.billing) if billing else (None, None),
        form.booking_at_billing and billing is not None,
    )


def check_birthday(text: str, wrong: dict[str, str]) -> date | None:
    """A day in ISO 8601; what is wrong with it goes into ``wrong``."""
    if not text.strip():
        return None
    today = utc_now().date()
    try:
        birthday = date.fromisoformat(text.strip())
    except ValueError:
        birthday = None
    if birthday is None or not (today.year - _MAX_AGE_YEARS <= birthday.year):
        wrong["birthday"] = "Please enter a date such as 1990-03-21."
    elif birthday > today:
        wrong["birthday"] = "Please enter a date that is not in the future."
    return birthday


def _new_emails(
    tx: Session, actor: Actor, form: ProfileForm, version: int
) -> list[str]:
    customer = get_own_customer(tx, actor)
    checked = _check_form(tx, customer, form)
    if customer.version != version:
        return []
    myself = get_own_contact(tx, customer.id)
    known = {customer.email, contact_points.login_email(tx, customer)}
    new = contact_points.unknown_emails(
        tx, myself.id if myself else None, checked.reach
    )
    return [email for email in new if email not in known]


def _save_checked(tx: Session, actor: Actor, form: ProfileForm, version: int) -> None:
    customer = get_own_customer(tx, actor, hold=True)
    checked = _check_form(tx, customer, form)
    business = businesses.current_business(tx)
    if customer.version != version:
        values = _values(checked, business.country)
        _record(business).is_current(get_profile(tx, actor), values, version)
        return
    before = get_profile(tx, actor)
    login = contact_points.login_email(tx, customer)
    good = {customer.email, login}
    customer.first_name, customer.last_name = checked.first_name, checked.last_name
    customer.phone = checked.reach.primary_phone
    customer.version += 1
    tx.add(customer)
    _save_details(tx, customer, checked, business)
    myself = get_own_contact(tx, customer.id) or Contact(
        customer_id=customer.id, role=SELF, position=-1, created_at=utc_now()
    )
    myself.other_names = list(checked.other_names)
    tx.add(myself)
    tx.flush()
    contact_points.save_contact_points(tx, myself, checked.reach, known_good=good)
    _choose_verified_email(tx, actor, checked.reach, login)
    _save_billing(tx, actor, before, checked, form)


def _choose_verified_email(
    tx: Session, actor: Actor, reach: CheckedContactPoints, login: str
) -> None:
    """The main email once it is verified; until then one that is."""
    customer = get_own_customer(tx, actor)
    myself = get_own_contact(tx, customer.id)
    rows = contact_points.load_contact_points(
        tx, [myself.id] if myself else [], ""
    ).emails
    verified = {
        view.email for views in rows.values() for view in views if view.verified
    }
    if reach.primary_email in verified:
        customer.email = reach.primary_email
    elif customer.email not in verified:
        customer.email = login
    tx.add(customer)
    tx.flush()


def _save_details(
    tx: Session, customer: Customer, checked: _CheckedProfile, business: Business
) -> None:
    details = tx.get(CustomerDetails, customer.id) or CustomerDetails(
        customer_id=customer.id
    )
    details.kind, details.company = checked.kind, checked.company
    # What is not asked for any more stays as it was.
    if business.asks_birthday:
        details.birthday = checked.birthday
    if business.asks_language:
        details.language = checked.language
    details.booking_at_billing = checked.booking_at_billing
    tx.add(details)
    tx.flush()


def _save_billing(
    tx: Session,
    actor: Actor,
    before: ProfileView,
    checked: _CheckedProfile,
    form: ProfileForm,
) -> None:
    """Store the billing address, and a place there if this save asks for one.

    A place is saved when the tick is set, or the address moves under it; who only
    changes their name finds all places as they left them.
    """
    customer_id = customer_of(actor)
    row = tx.get(BillingAddress, customer_id)
    if checked.billing is None:
        if row is not None:
            tx.delete(row)
            tx.flush()
        return
    place = saved_place(tx, actor, row.address) if row else None
    moved = row is None or place_key(row.address) != place_key(checked.billing)
    row = row or BillingAddress(customer_id=customer_id, **EMPTY_ADDRESS)
    row.address = checked.billing
    if moved or (before.billing.latitude, before.billing.longitude) != (
        degrees_text(checked.pin[0]),
        degrees_text(checked.pin[1]),
    ):
        row.latitude, row.longitude = checked.pin
    tx.add(row)
    tx.flush()
    ticked = checked.booking_at_billing and not before.booking_at_billing
    if ticked or (checked.booking_at_billing and moved):
        becomes_default = ticked or (place is not None and place.is_default)
        save_location(tx, actor, replace(form.billing, is_default=becomes_default))


def set_picture(tx: Session, actor: Actor, file_id: str) -> None:
    """Give the customer a picture, replace it, or take it away (empty id).

    The picture before is deleted soon. Safe to repeat.

    Args:
        tx: The transaction.
        actor: A customer.
        file_id: Of a picture that this customer handed in, or empty.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If the file is not there, or not theirs to use.
    """
    customer = get_own_customer(tx, actor, hold=True)
    details = tx.get(CustomerDetails, customer.id) or CustomerDetails(
        customer_id=customer.id
    )
    if (details.picture_id or "") == file_id:
        return
    if file_id:
        attachments.attach(
            tx, actor, file_id, {file_rules.PICTURE}, customer_id=customer.id
        )
    before, details.picture_id = details.picture_id, file_id or None
    tx.add(details)
    tx.flush()
    attachments.release(tx, before)


def picture_url(tx: Session, customer_id: str) -> str:
    """The address of a customer's small picture, or an empty text."""
    details = tx.get(CustomerDetails, customer_id)
    return attachments.picture_url(details.picture_id) if details else ""


FIELDS_SUBJECT = "customer"


def list_custom_fields(tx: Session, actor: Actor) -> tuple[list[FieldView], int]:
    """The fields with what the customer entered, and the version to send back.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    customer = get_own_customer(tx, actor)
    subject = Subject(FIELDS_SUBJECT, customer.id)
    return fields.field_views(
        tx, actor.audience.value, CUSTOMER_SCOPE, subject
    ), customer.version


def save_custom_fields(
    tx: Session, actor: Actor, answers: Answers, version: int
) -> None:
    """Store what the customer entered; a field that is not named keeps its value.

    Args:
        tx: The transaction.
        actor: A customer.
        answers: What was sent.
        version: Of the customer that was read.

    Raises:
        NotAllowed: If the actor is no customer.
        InvalidInput: With a sentence for each field that is wrong.
        EditConflict: If the customer was changed since ``version`` and a field
            differs.
    """
    customer = get_own_customer(tx, actor, hold=True)
    subject = Subject(FIELDS_SUBJECT, customer_of(actor))
    differences = partial(
        fields.differences, tx, actor.audience.value, CUSTOMER_SCOPE, subject, answers
    )
    if not is_current("This", customer, version, differences):
        return
    _store_answers(tx, actor, customer, answers)


def fields_asked_before_booking(tx: Session, actor: Actor) -> list[FieldView]:
    """The required fields that the customer has not answered yet.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    subject = Subject(FIELDS_SUBJECT, customer_of(actor))
    return fields.unanswered_views(tx, CUSTOMER, CUSTOMER_SCOPE, subject)


def fields_subject(customer_id: str) -> dict[Subject, Scope]:
    """What is asked of a customer, for ``fields.values.missing_fields``."""
    return {Subject(FIELDS_SUBJECT, customer_id): CUSTOMER_SCOPE}


def answer_before_booking(tx: Session, actor: Actor, answers: Answers) -> None:
    """Store what the customer answered while booking; other answers stay.

    Raises:
        NotAllowed: If the actor is no customer.
        InvalidInput: With a sentence for each field that is wrong, or required and
            still without an answer.
    """
    _store_answers(tx, actor, get_own_customer(tx, actor, hold=True), answers)


def _store_answers(
    tx: Session, actor: Actor, customer: Customer, answers: Answers
) -> None:
    subject = Subject(FIELDS_SUBJECT, customer.id)
    if fields.save_values(
        tx, actor, CUSTOMER_SCOPE, subject, answers, owner=customer.id
    ):
        customer.version += 1
        tx.add(customer)
        tx.flush()
