"""Customers as the office writes them down, many at a time.

The same rules as in *Edit Info*. A customer that is made here has no account: it is
its owner's once the mailbox is proven (see ``merge``).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import parse_date
from sqlalchemy import insert, or_, update
from sqlmodel import Session, SQLModel, col, select

from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.rules import CUSTOMER, mailable_email
from portal_app.domain.business import service as businesses
from portal_app.domain.customers import addresses, profiles, rules
from portal_app.domain.customers.addresses import (
    ADDRESS_PARTS,
    Address,
    AddressForm,
    address_parts,
    place_key,
    validate_address,
)
from portal_app.domain.customers.models import (
    SELF,
    BillingAddress,
    Contact,
    ContactPhone,
    Customer,
    CustomerDetails,
    Location,
)
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.ids import new_id
from portal_app.kernel.ownership import require_office
from portal_app.kernel.text import is_readable, one_line

_MAX_COMPANY = 120
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Home:
    """Where the business is: phones and addresses are of there unless they say so.

    Attributes:
        country: ISO 3166 code.
        locale: By which people write days, languages and countries.
    """

    country: str
    locale: str


def home_of_business(tx: Session) -> Home:
    """Where the business is."""
    business = businesses.current_business(tx)
    return Home(business.country, business.locale)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRecord:
    """A customer in stored form.

    Attributes:
        phone: In E.164, or empty.
        company: The name of the business they are, or empty.
        birthday: In ISO 8601, or empty.
        language: A code, or empty.
        address: Where invoices go and, unless they say otherwise, jobs are done.
    """

    email: str
    first_name: str
    last_name: str = ""
    phone: str = ""
    company: str = ""
    birthday: str = ""
    language: str = ""
    address: Address | None = None

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "CustomerRecord":
        """The record that ``asdict`` made ``stored`` of."""
        address = stored["address"]
        return cls(**{**stored, "address": Address(**address) if address else None})


def check_record(texts: Mapping[str, str], home: Home) -> CustomerRecord:
    """Check what was written down of a customer.

    Args:
        texts: By the fields of ``record_texts``; what is missing is empty.
        home: Of the business.

    Raises:
        InvalidInput: With a sentence for each field that is wrong.
    """
    wrong: dict[str, str] = {}
    text = {name: texts.get(name, "") for name in _TEXTS}
    record = CustomerRecord(
        email=rules.value_or_empty(wrong, lambda: mailable_email(text["email"])),
        first_name=rules.check_name("first_name", text["first_name"], wrong),
        last_name=rules.check_optional_last_name(text["last_name"], wrong),
        phone=rules.value_or_empty(
            wrong, lambda: rules.phone_number(text["phone"], home.country)
        ),
        company=_check_company(text["company"], wrong),
        birthday=_check_birthday(text["birthday"], home.locale, wrong),
        language=_check_language(text["language"], home.locale, wrong),
        address=_check_address(text, home, wrong),
    )
    if wrong:
        raise InvalidInput(wrong)
    return record


def record_texts(record: CustomerRecord, home: Home) -> dict[str, str]:
    """A record as people of the business write it; ``check_record`` reads it back."""
    address = record.address
    parts = {name: getattr(address, name) if address else "" for name in ADDRESS_PARTS}
    if address:
        parts["country"] = addresses.country_name(address.country)
    return {
        "email": record.email,
        "first_name": record.first_name,
        "last_name": record.last_name,
        "phone": rules.phone_text(record.phone, home.country),
        "company": record.company,
        "birthday": record.birthday,
        "language": profiles.language_name(record.language, home.locale),
        **parts,
    }


_TEXTS = (
    *("email", "first_name", "last_name", "phone", "company", "birthday", "language"),
    *ADDRESS_PARTS,
)


def find_customers(
    tx: Session, emails: Collection[str]
) -> dict[str, tuple[str, CustomerRecord]]:
    """The customers of these emails: the id and what is stored, in a few queries.

    One with an account goes before one without. A sign-up whose mailbox nobody has
    proven yet may be anybody's: it is no customer here.
    """
    found: dict[str, Customer] = {}
    query = (
        select(Customer, Account.email)
        .outerjoin(Account, col(Account.id) == col(Customer.account_id))
        .where(
            or_(
                col(Customer.account_id).is_(None),
                col(Account.verified_at).is_not(None),
            )
        )
        .order_by(
            col(Customer.account_id).is_(None), col(Customer.created_at), Customer.id
        )
    )
    for column in (Account.email, Customer.email):
        for customer, login in tx.exec(query.where(col(column).in_(emails))):
            for email in (login, customer.email):
                if email in emails:
                    found.setdefault(email, customer)
    stored = _records(tx, {row.id: row for row in found.values()})
    return {
        email: (row.id, replace(stored[row.id], email=email))
        for email, row in found.items()
    }


def staff_emails(tx: Session, emails: Collection[str]) -> set[str]:
    """Which of these emails somebody of the staff logs in with."""
    return set(
        tx.exec(
            select(Account.email).where(
                col(Account.email).in_(emails), Account.role != CUSTOMER
            )
        )
    )


def all_customers(tx: Session) -> Iterator[tuple[str, CustomerRecord]]:
    """Every customer once, the oldest first, in batches."""
    last = ""
    while True:
        rows = tx.exec(
            select(Customer)
            .where(col(Customer.id) > last)
            .order_by(col(Customer.id))
            .limit(_BATCH)
        ).all()
        if not rows:
            return
        last = rows[-1].id
        known = find_customers(tx, {row.email for row in rows})
        for row in rows:
            found, record = known.get(row.email, ("", None))
            if found == row.id and record is not None:
                yield found, record
        tx.expunge_all()


def add_customers(
    tx: Session, actor: Actor, records: Iterable[CustomerRecord]
) -> list[str]:
    """Write customers down who are not there yet; their ids. Nobody is told.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    now = utc_now()
    ids: list[str] = []
    rows: dict[type[SQLModel], list[dict[str, Any]]] = {
        table: [] for table in (Customer, CustomerDetails, BillingAddress, Location)
    }
    for record in records:
        customer_id = new_id()
        ids.append(customer_id)
        own = {"customer_id": customer_id}
        rows[Customer].append(
            {
                "id": customer_id,
                "first_name": record.first_name,
                "last_name": record.last_name,
                "email": record.email,
                "phone": record.phone,
                "version": 1,
                "created_at": now,
            }
        )
        at_billing = {"booking_at_billing": record.address is not None}
        rows[CustomerDetails].append(own | _details(record) | at_billing)
        if record.address is not None:
            parts = own | address_parts(record.address)
            place = {
                "id": new_id(),
                "label": "",
                "place_key": place_key(record.address),
                "access_notes": "",
                "is_default": True,
                "version": 1,
                "created_at": now,
            }
            rows[BillingAddress].append(parts)
            rows[Location].append(parts | place)
    # Rows of the database instead of objects: ten thousand of those take a while,
    # in which on SQLite nobody else writes.
    for table, values in rows.items():
        if values:
            tx.execute(insert(table), values)
    return ids


def change_customers(
    tx: Session, actor: Actor, records: Mapping[str, CustomerRecord]
) -> None:
    """Write anew what is stored of customers; the email stays.

    Args:
        tx: The transaction.
        actor: The office.
        records: By the customer's id; as many as fit into one query.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    ids = list(records)
    customers = tx.exec(
        select(Customer).where(col(Customer.id).in_(ids)).with_for_update()
    ).all()
    before = _records(tx, {row.id: row for row in customers})
    details = _by_customer(tx, CustomerDetails, ids)
    for customer in customers:
        record = records[customer.id]
        if replace(before[customer.id], email=record.email) == record:
            continue
        customer.first_name, customer.last_name = record.first_name, record.last_name
        customer.phone = record.phone
        customer.version += 1
        row = details.get(customer.id) or CustomerDetails(customer_id=customer.id)
        for name, value in _details(record).items():
            setattr(row, name, value)
        tx.add(customer)
        tx.add(row)
    tx.flush()
    _change_phones(
        tx,
        {
            key: record.phone
            for key, record in records.items()
            if key in before and record.phone != before[key].phone
        },
    )
    _change_addresses(
        tx,
        before,
        {
            key: record.address
            for key, record in records.items()
            if key in before
            and record.address is not None
            and record.address != before[key].address
        },
    )


def _records(
    tx: Session, customers: Mapping[str, Customer]
) -> dict[str, CustomerRecord]:
    ids = list(customers)
    details = _by_customer(tx, CustomerDetails, ids)
    billing = _by_customer(tx, BillingAddress, ids)
    places = _default_places(tx, ids)
    found = {}
    for key, row in customers.items():
        more = details.get(key) or CustomerDetails(customer_id=key)
        at = billing.get(key) or places.get(key)
        found[key] = CustomerRecord(
            email=row.email,
            first_name=row.first_name,
            last_name=row.last_name,
            phone=row.phone,
            company=more.company if more.kind == profiles.BUSINESS else "",
            birthday=more.birthday.isoformat() if more.birthday else "",
            language=more.language,
            address=at.address if at else None,
        )
    return found


def _by_customer(tx: Session, table: Any, ids: Sequence[str]) -> dict[str, Any]:
    rows = tx.exec(select(table).where(col(table.customer_id).in_(ids)))
    return {row.customer_id: row for row in rows}


def _default_places(tx: Session, ids: Sequence[str]) -> dict[str, Location]:
    rows = tx.exec(
        select(Location).where(
            col(Location.customer_id).in_(ids),
            col(Location.is_default),
            col(Location.archived_at).is_(None),
        )
    )
    return {row.customer_id: row for row in rows}


def _details(record: CustomerRecord) -> dict[str, Any]:
    birthday = date.fromisoformat(record.birthday) if record.birthday else None
    return {
        "kind": profiles.BUSINESS if record.company else profiles.PERSONAL,
        "company": record.company,
        "birthday": birthday,
        "language": record.language,
    }


def _change_phones(tx: Session, phones: Mapping[str, str]) -> None:
    """Keep the main phone among the customer's own contact points in step."""
    own = dict(
        tx.exec(
            select(Contact.customer_id, Contact.id).where(
                col(Contact.customer_id).in_(list(phones)), Contact.role == SELF
            )
        ).all()
    )
    if not own:
        return
    kept: dict[str, list[ContactPhone]] = {}
    for row in tx.exec(
        select(ContactPhone).where(col(ContactPhone.contact_id).in_(own.values()))
    ):
        kept.setdefault(row.customer_id, []).append(row)
    mains: list[ContactPhone] = []
    for customer_id, contact_id in own.items():
        rows, number = kept.get(customer_id, []), phones[customer_id]
        same = next((row for row in rows if row.number == number), None)
        before = next((row for row in rows if row.is_primary), None)
        mains.append(
            same
            or before
            or ContactPhone(
                customer_id=customer_id, contact_id=contact_id, number=number
            )
        )
    # The partial index allows one main phone at any moment: none, then one.
    tx.execute(
        update(ContactPhone)
        .where(col(ContactPhone.contact_id).in_(own.values()))
        .values(is_primary=False)
    )
    for main in mains:
        main.number, main.is_primary = phones[main.customer_id], True
        tx.add(main)
    tx.flush()


def _change_addresses(
    tx: Session, before: Mapping[str, CustomerRecord], wanted: Mapping[str, Address]
) -> None:
    """Change billing addresses; the default place moves along if it was there."""
    ids = list(wanted)
    billing = _by_customer(tx, BillingAddress, ids)
    saved: dict[str, list[Location]] = {}
    for place in tx.exec(
        select(Location).where(
            col(Location.customer_id).in_(ids), col(Location.archived_at).is_(None)
        )
    ):
        saved.setdefault(place.customer_id, []).append(place)
    defaults: list[Location] = []
    for key, address in wanted.items():
        row = billing.get(key)
        if row is None:
            row = BillingAddress(customer_id=key, **address_parts(address))
        else:
            row.address = address
            row.latitude = row.longitude = None
        tx.add(row)
        places, old = saved.get(key, []), before[key].address
        default = next((one for one in places if one.is_default), None)
        moves = default is None or (
            old is not None and default.place_key == place_key(old)
        )
        if not moves:
            continue
        if default is not None:
            default.is_default = False
            default.version += 1
            tx.add(default)
        there = place_key(address)
        same = next((one for one in places if one.place_key == there), None)
        defaults.append(
            same
            or Location(
                customer_id=key,
                **address_parts(address),
                place_key=there,
                created_at=utc_now(),
            )
        )
    # The partial index allows one default at any moment: none, then one.
    tx.flush()
    for place in defaults:
        place.is_default = True
        tx.add(place)
    tx.flush()


def _check_company(text: str, wrong: dict[str, str]) -> str:
    company = one_line(text)
    if len(company) > _MAX_COMPANY:
        wrong["company"] = f"Please use at most {_MAX_COMPANY} characters."
    elif not is_readable(company):
        wrong["company"] = "Please use only letters and numbers."
    return company


def _check_birthday(text: str, locale: str, wrong: dict[str, str]) -> str:
    """A birthday in ISO 8601; written so, or as the business writes days."""
    typed = one_line(text)
    iso = typed
    if typed and "-" not in typed:
        with suppress(ValueError, IndexError):
            iso = parse_date(typed, locale=Locale.parse(locale)).isoformat()
    checked = profiles.check_birthday(iso, wrong)
    return checked.isoformat() if checked else ""


def _check_language(text: str, locale: str, wrong: dict[str, str]) -> str:
    """The code of a language that is given by code or name."""
    typed = one_line(text).casefold()
    code = _languages(locale).get(typed, "")
    if typed and not code:
        wrong["language"] = "Please write a language such as English, or its code."
    return code


@lru_cache(maxsize=4)
def _languages(locale: str) -> dict[str, str]:
    """Languages by whatever they are called, in lower case."""
    return {
        name.casefold(): code
        for code in profiles.LANGUAGES
        for name in (
            code,
            *(profiles.language_name(code, one) for one in ("en", locale)),
        )
    }


def _check_address(
    text: Mapping[str, str], home: Home, wrong: dict[str, str]
) -> Address | None:
    form = AddressForm(
        street=text["street"],
        unit=text["unit"],
        town=text["town"],
        state=text["state"],
        postcode=text["postcode"],
    )
    if addresses.is_empty(form):
        return None
    country = _country(text["country"], home)
    if country is None:
        wrong["country"] = "We do not know this country. Please write its name or code."
        country = home.country
    try:
        return validate_address(replace(form, country=country))
    except InvalidInput as error:
        # Of another country other things are wrong.
        if "country" not in wrong:
            wrong |= error.fields
        return None


def _country(text: str, home: Home) -> str | None:
    typed = one_line(text)
    if not typed:
        return home.country
    return _countries(home.locale).get(typed.casefold())


@lru_cache(maxsize=4)
def _countries(locale: str) -> dict[str, str]:
    """Countries by whatever they are called, in lower case."""
    return {
        name.casefold(): code
        for one in ("en", locale)
        for code, called in addresses.countries(one)
        for name in (code, called)
    }
