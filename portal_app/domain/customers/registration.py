"""The customer of an account: made with it, changed and removed with it."""

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from portal_app.domain.customers.models import SELF, Contact, ContactEmail, Customer
from portal_app.kernel.clock import utc_now

_MOST_NAME = 80


def save_customer(
    tx: Session,
    account_id: str,
    email: str,
    *,
    first_name: str,
    last_name: str,
    phone: str,
) -> str:
    """Make the customer of an account, or write the name and phone anew; its id.

    Args:
        tx: The transaction.
        account_id: Whose.
        email: The account's, for a customer that is made.
        first_name: Checked, as all of these.
        last_name: May be empty.
        phone: In E.164, or empty.
    """
    customer = tx.exec(
        select(Customer).where(Customer.account_id == account_id)
    ).first() or Customer(
        account_id=account_id,
        first_name="",
        last_name="",
        email=email,
        created_at=utc_now(),
    )
    customer.first_name = first_name
    customer.last_name = last_name
    customer.phone = phone
    tx.add(customer)
    tx.flush()
    return customer.id


def add_guest(tx: Session, name: str, email: str) -> str:
    """Make a customer without an account for one booking; its id.

    It has nothing that could change an account of that email when the two become
    one (``merge``): how to reach a guest is kept with the booking.

    Args:
        tx: The transaction that books.
        name: Checked.
        email: In its normal form.
    """
    first, _, last = name.partition(" ")
    guest = Customer(
        first_name=first[:_MOST_NAME],
        last_name=last[:_MOST_NAME],
        email=email,
        created_at=utc_now(),
    )
    tx.add(guest)
    tx.flush()
    return guest.id


def delete_customer(tx: Session, account_id: str) -> None:
    """Delete the customer of an account that was never used.

    Raises:
        IntegrityError: If something refers to it.
    """
    tx.execute(delete(Customer).where(col(Customer.account_id) == account_id))


def replace_email(tx: Session, account_id: str, old: str, new: str) -> None:
    """Write a proven email in the place of the old one, wherever it is listed."""
    tx.execute(
        update(Customer)
        .where(col(Customer.account_id) == account_id)
        .values(email=new, version=Customer.version + 1)
    )
    own = (
        select(ContactEmail)
        .join(Contact, col(Contact.id) == col(ContactEmail.contact_id))
        .join(Customer, col(Customer.id) == col(Contact.customer_id))
        .where(Customer.account_id == account_id, Contact.role == SELF)
    )
    rows = {row.email: row for row in tx.exec(own)}
    replaced = rows.get(old)
    if replaced is None:
        return
    if new in rows:
        tx.delete(rows[new])
        tx.flush()
    replaced.email, replaced.verified_at = new, utc_now()
    replaced.token_hash = replaced.token_expires_at = None
    tx.flush()
