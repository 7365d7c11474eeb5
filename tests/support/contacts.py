"""Contacts of a customer, made by the services that people use."""

from dataclasses import replace

from portal_app.domain.customers import contact_points, contacts
from portal_app.domain.customers.rules import ContactForm, EmailEntry, PhoneEntry
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.ids import new_id
from tests.support.accounts import outbox_messages

TOM = ContactForm(
    role="partner",
    first_name="Tom",
    last_name="Chen",
    emails=(EmailEntry("tom@example.com"),),
    phones=(PhoneEntry("0412 345 679"),),
    told_about=("booking_updates",),
    may=("view",),
)
ANN = replace(
    TOM,
    role="receptionist",
    first_name="Ann",
    last_name="",
    emails=(EmailEntry("ann@example.com"),),
    phones=(),
    may=(),
)


def add_contact(
    db: Database, actor: Actor, form: ContactForm = TOM, *, confirmed: bool = True
) -> str:
    """Add a contact, whose emails they confirm; returns the id."""
    contacts.add_contact(db, actor, form, new_id())
    if confirmed:
        for email in form.emails:
            confirm_email(db, email.email)
    return db.query(contacts.list_contacts, actor)[-1].id


def confirm_email(db: Database, email: str) -> None:
    """Press the button behind the newest link to an email."""
    db.call(contact_points.verify_contact_email, confirmation_secret(db, email))


def confirmation_secret(db: Database, email: str) -> str:
    """The secret of the newest link that asks an email to be confirmed."""
    mails = [
        mail
        for mail in outbox_messages(db)
        if (mail.kind, mail.recipient) == ("verify_contact", email)
    ]
    return str(mails[-1].payload["path"]).partition("token=")[2]
