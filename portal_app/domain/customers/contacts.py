"""A customer's further contacts, what they are notified of and what they may do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import and_, delete
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from portal_app.domain.business import service as businesses
from portal_app.domain.customers import contact_points, rules
from portal_app.domain.customers.contact_points import ContactPoints
from portal_app.domain.customers.models import SELF, Contact, ContactEmail, ContactPhone
from portal_app.domain.customers.owned_list import OwnedList
from portal_app.domain.customers.rules import (
    CONTACT_RIGHTS,
    CONTACT_ROLES,
    MAX_CONTACTS,
    NOTIFICATION_TOPICS,
    CheckedContact,
    ContactForm,
    check_contact,
    labels_of,
)
from portal_app.domain.customers.views import ContactView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.keys import required_request_key
from portal_app.kernel.ordering import next_position
from portal_app.kernel.statements import affected
from portal_app.kernel.versioned import Field, Record

BOOKING_UPDATES, INVOICES, QUOTES = "booking_updates", "invoices", "quotes"
VIEW, BOOK = "view", "book"


@dataclass(frozen=True, slots=True)
class NotifiedContact:
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
class AuthorisedContact:
    """A contact who may speak for the customer; ``phone`` in E.164 or empty."""

    name: str
    role: str
    phone: str


@dataclass(frozen=True, slots=True)
class CustomerContacts:
    """The contacts of a customer as they are now, in the customer's order.

    The customer is not among them: what is theirs goes to them anyway.
    """

    rows: list[tuple[Contact, list[ContactEmail], str]]

    def to_notify(self, topic: str) -> list[NotifiedContact]:
        """Who is told about ``booking_updates``, ``invoices`` or ``quotes``.

        A contact is told at the main email or, until that one is confirmed, at
        another that is. A mail says when somebody's home is open to a stranger, and
        the customer may have mistyped the address; so one that nobody confirmed
        gets nothing but the question whether it may be used. Somebody who has
        confirmed no email is therefore told nothing, and My Account says so.
        """
        told = []
        for contact, emails, _phone in self.rows:
            confirmed = next((one for one in emails if one.verified_at), None)
            if topic in contact.told_about and confirmed is not None:
                told.append(
                    NotifiedContact(
                        contact_id=contact.id,
                        name=contact_name(contact),
                        email=confirmed.email,
                        email_id=confirmed.id,
                        emails=tuple(one.email for one in emails),
                        may_view=allows(contact.may, contact.archived_at, VIEW),
                    )
                )
        return told

    def authorised(self) -> list[AuthorisedContact]:
        """Who may change or make the customer's appointments."""
        return [
            AuthorisedContact(
                contact_name(contact),
                CONTACT_ROLES.get(contact.role, contact.role),
                phone,
            )
            for contact, _emails, phone in self.rows
            if allows(contact.may, contact.archived_at, BOOK)
        ]


def active_contacts(tx: Session, customer_id: str) -> CustomerContacts:
    """A customer's contacts that were not removed; one query."""
    rows = tx.execute(
        select_columns(Contact, ContactEmail, col(ContactPhone.number))
        .outerjoin(ContactEmail, col(ContactEmail.contact_id) == col(Contact.id))
        .outerjoin(
            ContactPhone,
            and_(
                col(ContactPhone.contact_id) == col(Contact.id),
                col(ContactPhone.is_primary),
            ),
        )
        .where(
            col(Contact.customer_id) == customer_id,
            col(Contact.role) != SELF,
            col(Contact.archived_at).is_(None),
        )
        .order_by(
            col(Contact.position),
            col(Contact.id),
            col(ContactEmail.is_primary).desc(),
            col(ContactEmail.position),
        )
    )
    found: dict[str, tuple[Contact, list[ContactEmail], str]] = {}
    for contact, email, phone in rows:
        _, emails, _ = found.setdefault(contact.id, (contact, [], phone or ""))
        if email is not None:
            emails.append(email)
    return CustomerContacts(list(found.values()))


def has_right(tx: Session, contact_id: str, right: str) -> bool:
    """Whether a contact may do something now."""
    row = tx.execute(
        select_columns(col(Contact.may), col(Contact.archived_at)).where(
            col(Contact.id) == contact_id
        )
    ).first()
    return row is not None and allows(row.may, row.archived_at, right)


def allows(rights: Collection[str], archived_at: datetime | None, right: str) -> bool:
    """Whether the columns of a contact allow something."""
    return archived_at is None and right in rights


def contact_name(contact: Contact) -> str:
    """What a contact is called."""
    return f"{contact.first_name} {contact.last_name}".strip()


_RESTORE_PERIOD = timedelta(days=1)
_CONTACTS = OwnedList(
    Contact,
    col(Contact.position),
    col(Contact.id),
    limit=MAX_CONTACTS,
    full="You have as many contacts as fit. Please remove one first.",
    only=col(Contact.role) != SELF,
)


def _record(tx: Session, home: str) -> Record:
    """What a contact consists of; ``home`` is the business's country."""

    def points(row: Contact) -> ContactPoints:
        return contact_points.load_contact_points(tx, [row.id], home)

    return Record(
        "This contact",
        Field("role", "Role", text=lambda role: CONTACT_ROLES.get(role, role)),
        Field("first_name", "First name"),
        Field("last_name", "Last name"),
        Field("other_names", "Other names"),
        Field(
            "emails",
            "Emails",
            text=_entries_text,
            read=lambda row: [
                (it.email, it.primary) for it in points(row).emails.get(row.id, [])
            ],
        ),
        Field(
            "phones",
            "Phones",
            text=_entries_text,
            read=lambda row: [
                (it.text, it.primary) for it in points(row).phones.get(row.id, [])
            ],
        ),
        Field(
            "told_about",
            "Told about",
            text=partial(labels_of, words=NOTIFICATION_TOPICS),
        ),
        Field("may", "May", text=partial(labels_of, words=CONTACT_RIGHTS)),
    )


def _values(checked: CheckedContact, home: str) -> dict[str, Any]:
    reach = checked.reach
    return {
        "role": checked.role,
        "first_name": checked.first_name,
        "last_name": checked.last_name,
        "other_names": list(checked.other_names),
        "emails": [(it, it == reach.primary_email) for it in reach.emails],
        "phones": [
            (rules.phone_text(it, home), it == reach.primary_phone)
            for it in reach.phones
        ],
        "told_about": list(checked.told_about),
        "may": list(checked.may),
    }


def _entries_text(entries: Sequence[tuple[str, bool]]) -> str:
    main = next((text for text, primary in entries if primary), "")
    texts = ", ".join(sorted(text for text, _ in entries))
    return f"{texts} (main: {main})" if main else texts


def list_contacts(tx: Session, actor: Actor) -> list[ContactView]:
    """The customer's other contacts in their own order; three queries.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    rows = _CONTACTS.rows(tx, actor)
    home = businesses.current_business(tx).country
    found = contact_points.load_contact_points(tx, [row.id for row in rows], home)
    return [_contact_view(row, found) for row in rows]


def add_contact(db: Database, actor: Actor, form: ContactForm, request: str) -> None:
    """Add a contact, once per request; their emails are asked to verify.

    Args:
        db: The database; mails are counted outside the transaction.
        actor: A customer.
        form: As typed.
        request: What the browser calls this request.

    Raises:
        NotAllowed: If the actor is no customer.
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If there are as many contacts as fit.
        TooManyAttempts: If too many new emails were to be verified.
    """
    checked = db.query(_check_form, form)
    if not db.query(_CONTACTS.is_added, actor, request):
        contact_points.count_verification_mails(db, actor, checked.reach.emails)
    db.call(_insert_contact, actor, checked, request)


def update_contact(
    db: Database, actor: Actor, contact_id: str, form: ContactForm, version: int
) -> None:
    """Change a contact.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there, or somebody else's.
        InvalidInput: With a sentence for each field that is wrong.
        EditConflict: If it was changed since ``version`` to something else.
        TooManyAttempts: If too many new emails were to be verified.
    """
    checked = db.query(_check_form, form)
    contact_points.count_verification_mails(
        db, actor, db.query(_new_emails, actor, contact_id, checked)
    )
    db.call(_update_contact, actor, contact_id, checked, version)


def remove_contact(tx: Session, actor: Actor, contact_id: str) -> None:
    """Take a contact away; safe to repeat.

    From now on they are told nothing, and links of theirs open nothing. For a day
    it can be taken back, see ``restore_contact``; then ``purge`` forgets them.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there (any more), or somebody else's.
    """
    _CONTACTS.remove(tx, actor, contact_id)


def restore_contact(tx: Session, actor: Actor, contact_id: str) -> None:
    """Take a removal back, with every right the contact had. Safe to repeat.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there (any more), or somebody else's.
        Conflict: If there are as many contacts as fit.
    """
    _CONTACTS.restore(tx, actor, contact_id)


def order_contacts(tx: Session, actor: Actor, contact_ids: Sequence[str]) -> None:
    """Put the contacts into this order; those not named come last, as they were.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    _CONTACTS.hold(tx, actor)
    wanted = {contact_id: at for at, contact_id in enumerate(contact_ids)}
    in_order = sorted(
        _CONTACTS.rows(tx, actor), key=lambda row: wanted.get(row.id, len(wanted))
    )
    for at, row in enumerate(in_order):
        row.position = at
        tx.add(row)
    tx.flush()


def purge(tx: Session) -> int:
    """Delete contacts who were removed more than a day ago; says how many."""
    before = utc_now() - _RESTORE_PERIOD
    return affected(tx, delete(Contact).where(col(Contact.archived_at) < before))


def _check_form(tx: Session, form: ContactForm) -> CheckedContact:
    return check_contact(form, businesses.current_business(tx).country)


def _new_emails(
    tx: Session, actor: Actor, contact_id: str, checked: CheckedContact
) -> list[str]:
    _CONTACTS.find(tx, actor, contact_id)
    return contact_points.unknown_emails(tx, contact_id, checked.reach)


def _insert_contact(
    tx: Session, actor: Actor, checked: CheckedContact, request: str
) -> None:
    customer_id = _CONTACTS.hold(tx, actor)
    if _CONTACTS.is_added(tx, actor, request):
        return
    key = required_request_key(request)
    others = _CONTACTS.rows(tx, actor)
    _CONTACTS.check_room(others)
    row = Contact(
        customer_id=customer_id,
        role=checked.role,
        position=next_position(row.position for row in others),
        request_key=key,
        created_at=utc_now(),
    )
    home = businesses.current_business(tx).country
    _record(tx, home).write(row, _values(checked, home))
    tx.add(row)
    tx.flush()
    contact_points.save_contact_points(tx, row, checked.reach)


def _update_contact(
    tx: Session, actor: Actor, contact_id: str, checked: CheckedContact, version: int
) -> None:
    _CONTACTS.hold(tx, actor)
    row = _CONTACTS.find(tx, actor, contact_id)
    home = businesses.current_business(tx).country
    if _record(tx, home).save(tx, row, _values(checked, home), version):
        contact_points.save_contact_points(tx, row, checked.reach)


def _contact_view(row: Contact, found: ContactPoints) -> ContactView:
    return ContactView(
        id=row.id,
        role=row.role,
        role_name=CONTACT_ROLES.get(row.role, row.role),
        name=contact_name(row),
        first_name=row.first_name,
        last_name=row.last_name,
        other_names=list(row.other_names),
        emails=found.emails.get(row.id, []),
        phones=found.phones.get(row.id, []),
        told_about=list(row.told_about),
        told_about_text=labels_of(row.told_about, NOTIFICATION_TOPICS),
        may=list(row.may),
        may_text=labels_of(row.may, CONTACT_RIGHTS),
        version=row.version,
    )
