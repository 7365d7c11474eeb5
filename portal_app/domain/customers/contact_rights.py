"""What a customer's contacts are told about and may do, for whatever happens.

Bookings ask here, quotes and invoices will: who hears of it, who may speak for
the customer, and whether somebody may still see what they were given a link to.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from portal_app.domain.customers.contact_rules import ROLES
from portal_app.domain.customers.models import (
    SELF,
    Contact,
    ContactEmail,
    ContactPhone,
)

BOOKING_UPDATES, INVOICES, QUOTES = "booking_updates", "invoices", "quotes"
VIEW, BOOK = "view", "book"


@dataclass(frozen=True, slots=True)
class ToldContact:
    """A contact who is told, and where mails to them may go.

    Attributes:
        contact_id: For links of their own.
        email: Where to; it was confirmed.
        email_id: For the link that stops the mails.
        emails: All of theirs, to see whether they hear of it anyway.
        may_view: Whether they may see bookings.
    """

    contact_id: str
    name: str
    email: str
    email_id: str
    emails: tuple[str, ...]
    may_view: bool


@dataclass(frozen=True, slots=True)
class Speaker:
    """A contact who may speak for the customer; ``phone`` in E.164 or empty."""

    name: str
    role: str
    phone: str


def told_about(tx: Session, customer_id: str, topic: str) -> list[ToldContact]:
    """Who of a customer's contacts is told about something, in the customer's order.

    The customer is not among them: what is theirs goes to them anyway.

    A contact is told at the main e-mail or, until that one is confirmed, at
    another that is. A mail says when somebody's home is open to a stranger, and
    the customer may have mistyped the address; so one that nobody confirmed gets
    nothing but the question whether it may be used. Somebody who has confirmed no
    e-mail is therefore told nothing, and My Account says so.

    Args:
        tx: The transaction of what happened.
        customer_id: To whom it happened.
        topic: ``booking_updates``, ``invoices`` or ``quotes``.
    """
    rows = tx.execute(
        select_columns(Contact, ContactEmail)
        .join(ContactEmail, col(ContactEmail.contact_id) == col(Contact.id))
        .where(*_of(customer_id))
        .order_by(
            col(Contact.position),
            col(Contact.id),
            col(ContactEmail.is_primary).desc(),
            col(ContactEmail.position),
        )
    ).all()
    people: dict[str, Contact] = {}
    emails: dict[str, list[ContactEmail]] = {}
    for contact, email in rows:
        people[contact.id] = contact
        emails.setdefault(contact.id, []).append(email)
    told = []
    for contact in people.values():
        theirs = emails[contact.id]
        confirmed = next((one for one in theirs if one.verified_at is not None), None)
        if topic in contact.told_about and confirmed is not None:
            told.append(
                ToldContact(
                    contact_id=contact.id,
                    name=name_of(contact),
                    email=confirmed.email,
                    email_id=confirmed.id,
                    emails=tuple(one.email for one in theirs),
                    may_view=may(contact.may, contact.archived_at, VIEW),
                )
            )
    return told


def speakers(tx: Session, customer_id: str) -> list[Speaker]:
    """Who may change or make a customer's appointments, in the customer's order."""
    rows = tx.execute(
        select_columns(Contact, col(ContactPhone.number))
        .outerjoin(
            ContactPhone,
            and_(
                col(ContactPhone.contact_id) == col(Contact.id),
                col(ContactPhone.is_primary),
            ),
        )
        .where(*_of(customer_id))
        .order_by(col(Contact.position), col(Contact.id))
    )
    return [
        Speaker(name_of(contact), ROLES.get(contact.role, contact.role), phone or "")
        for contact, phone in rows
        if may(contact.may, contact.archived_at, BOOK)
    ]


def may_still(tx: Session, contact_id: str, right: str) -> bool:
    """Whether a contact may do something now."""
    row = tx.execute(
        select_columns(col(Contact.may), col(Contact.archived_at)).where(
            col(Contact.id) == contact_id
        )
    ).first()
    return row is not None and may(row.may, row.archived_at, right)


def may(rights: Collection[str], archived_at: datetime | None, right: str) -> bool:
    """Whether the columns of a contact allow something."""
    return archived_at is None and right in rights


def name_of(contact: Contact) -> str:
    """What a contact is called."""
    return f"{contact.first_name} {contact.last_name}".strip()


def _of(customer_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Contact.customer_id) == customer_id,
        col(Contact.role) != SELF,
        col(Contact.archived_at).is_(None),
    )
