"""The office finds a customer, or writes a new one down, while on the phone."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from portal_app.domain.accounts.models import Account
from portal_app.domain.business import service as businesses
from portal_app.domain.customers import office_records
from portal_app.domain.customers.models import Customer
from portal_app.domain.customers.rules import phone_text
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput, NotFound
from portal_app.kernel.ownership import require_office
from portal_app.kernel.text import readable_line

_MOST_FOUND = 8
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class FoundCustomerView:
    """A customer that was found; ``id`` is empty for none."""

    id: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class NewCustomerForm:
    """A customer as typed. The fields' names are those of the form."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""


def find_customers(tx: Session, actor: Actor, text: str) -> list[FoundCustomerView]:
    """Customers whose name, email or phone contains each word of a text.

    A sign-up whose mailbox nobody has proven yet may be anybody's: it is none.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    home = businesses.current_business(tx).country
    rows = tx.exec(
        select(Customer)
        .outerjoin(Account, col(Account.id) == col(Customer.account_id))
        .where(_is_known(), *(_contains(word) for word in _words(text)))
        .order_by(col(Customer.first_name), col(Customer.last_name), col(Customer.id))
        .limit(_MOST_FOUND)
    )
    return [_view(row, home) for row in rows]


def found_customer(tx: Session, actor: Actor, customer_id: str) -> FoundCustomerView:
    """One of them.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such customer.
    """
    require_office(actor)
    row = tx.get(Customer, customer_id)
    if row is None:
        raise NotFound("We could not find that customer.")
    return _view(row, businesses.current_business(tx).country)


def add_customer(tx: Session, actor: Actor, form: NewCustomerForm) -> str:
    """Write a customer down, once; the id. Nobody is told.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each field that is wrong, or if somebody
            else has the email.
    """
    require_office(actor)
    home = office_records.home_of_business(tx)
    texts = {name: getattr(form, name) for name in form.__slots__}
    record = office_records.check_record(texts, home)
    known = office_records.find_customers(tx, [record.email]).get(record.email)
    if known is not None:
        customer_id, stored = known
        same = ("first_name", "last_name", "phone")
        if all(getattr(stored, name) == getattr(record, name) for name in same):
            return customer_id  # a second click
        name = f"{stored.first_name} {stored.last_name}".strip()
        raise InvalidInput({"email": f"{name} is a customer with this email already."})
    if office_records.staff_emails(tx, [record.email]):
        raise InvalidInput({"email": "Somebody who works here has this email."})
    return office_records.add_customers(tx, actor, [record])[0]


def _is_known() -> ColumnElement[bool]:
    return or_(
        col(Customer.account_id).is_(None),
        and_(col(Account.verified_at).is_not(None), col(Account.disabled_at).is_(None)),
    )


def _words(text: str) -> list[str]:
    """The words of a search; digits that stand together are one phone number."""
    line = readable_line(text)[:_LONGEST]
    digits = "".join(filter(str.isdecimal, line))
    if digits and not any(map(str.isalpha, line)):
        return [digits.lstrip("0")]
    return line.split()


def _contains(word: str) -> ColumnElement[bool]:
    columns = (Customer.first_name, Customer.last_name, Customer.email, Customer.phone)
    return or_(*(col(column).icontains(word, autoescape=True) for column in columns))


def _view(row: Customer, home: str) -> FoundCustomerView:
    return FoundCustomerView(
        id=row.id,
        name=f"{row.first_name} {row.last_name}".strip(),
        email=row.email,
        phone=phone_text(row.phone, home),
    )
