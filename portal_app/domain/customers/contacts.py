"""*More contacts*: others whom the business may reach about a customer's bookings."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from portal_app.domain.business import service as businesses
from portal_app.domain.customers import channels, rules
from portal_app.domain.customers.channels import Channels
from portal_app.domain.customers.contact_rights import name_of
from portal_app.domain.customers.contact_rules import (
    MAX_CONTACTS,
    MAY,
    ROLES,
    TOLD_ABOUT,
    CheckedContact,
    ContactForm,
    check_contact,
    words_for,
)
from portal_app.domain.customers.models import SELF, Contact
from portal_app.domain.customers.ownership import owned_by
from portal_app.domain.customers.profiles import own
from portal_app.domain.customers.views import ContactView
from portal_app.kernel import archiving
from portal_app.kernel.audiences import Actor
from portal_app.kernel.changes import ChangedMeanwhile, compare
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, NotFound
from portal_app.kernel.keys import request_key, required_request_key
from portal_app.kernel.ordering import next_place
from portal_app.kernel.statements import affected

_TAKEN_BACK_WITHIN = timedelta(days=1)
_FULL = "You have as many contacts as fit. Please remove one first."
LABELS = {
    "role": "Role",
    "first_name": "First name",
    "last_name": "Last name",
    "other_names": "Other names",
    "emails": "E-mails",
    "phones": "Phones",
    "told_about": "Told about",
    "may": "May",
}


def contacts(tx: Session, actor: Actor) -> list[ContactView]:
    """The customer's other contacts in their own order; three queries.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    rows = _others(tx, actor)
    home = businesses.current(tx).country
    found = channels.read(tx, [row.id for row in rows], home)
    return [_view(row, found) for row in rows]


def add_contact(db: Database, actor: Actor, form: ContactForm, request: str) -> None:
    """Add a contact, once per request; their e-mails are asked to verify.

    Args:
        db: The database; mails are counted outside the transaction.
        actor: A customer.
        form: As typed.
        request: What the browser calls this request.

    Raises:
        NotAllowed: If the actor is no customer.
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If there are as many contacts as fit.
        TooManyAttempts: If too many new e-mails were to be verified.
    """
    checked = db.query(_checked, form)
    if not db.query(_is_added, actor, request):
        channels.allow(db, actor, checked.reach.emails)
    db.call(_add, actor, checked, request)


def save_contact(
    db: Database, actor: Actor, contact_id: str, form: ContactForm, version: int
) -> None:
    """Change a contact.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there, or somebody else's.
        InvalidInput: With a sentence for each field that is wrong.
        ChangedMeanwhile: If it was changed since ``version`` to something else.
        TooManyAttempts: If too many new e-mails were to be verified.
    """
    checked = db.query(_checked, form)
    channels.allow(db, actor, db.query(_new_emails, actor, contact_id, checked))
    db.call(_save, actor, contact_id, checked, version)


def remove_contact(tx: Session, actor: Actor, contact_id: str) -> None:
    """Take a contact away; safe to repeat.

    From now on they are told nothing, and links of theirs open nothing. For a day
    it can be taken back, see ``restore_contact``; then ``purge`` forgets them.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there (any more), or somebody else's.
    """
    own(tx, actor, hold=True)
    row = _find(tx, actor, contact_id, removed=True)
    archiving.archive(tx, row)


def restore_contact(tx: Session, actor: Actor, contact_id: str) -> None:
    """Take a removal back, with every right the contact had. Safe to repeat.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If it is not there (any more), or somebody else's.
        Conflict: If there are as many contacts as fit.
    """
    own(tx, actor, hold=True)
    row = _find(tx, actor, contact_id, removed=True)
    if row.archived_at is None:
        return
    if len(_others(tx, actor)) >= MAX_CONTACTS:
        raise Conflict(_FULL)
    archiving.restore(tx, row)


def order_contacts(tx: Session, actor: Actor, contact_ids: Sequence[str]) -> None:
    """Put the contacts into this order; those not named come last, as they were.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    own(tx, actor, hold=True)
    wanted = {contact_id: at for at, contact_id in enumerate(contact_ids)}
    in_order = sorted(
        _others(tx, actor), key=lambda row: wanted.get(row.id, len(wanted))
    )
    for at, row in enumerate(in_order):
        row.position = at
        tx.add(row)
    tx.flush()


def purge(tx: Session) -> int:
    """Delete contacts who were removed more than a day ago; says how many."""
    before = utc_now() - _TAKEN_BACK_WITHIN
    return affected(tx, delete(Contact).where(col(Contact.archived_at) < before))


def _checked(tx: Session, form: ContactForm) -> CheckedContact:
    return check_contact(form, businesses.current(tx).country)


def _is_added(tx: Session, actor: Actor, request: str) -> bool:
    key = request_key(request)
    query = owned_by(actor, Contact).where(col(Contact.request_key) == key)
    return key is not None and tx.exec(query).first() is not None


def _new_emails(
    tx: Session, actor: Actor, contact_id: str, checked: CheckedContact
) -> list[str]:
    _find(tx, actor, contact_id)
    return channels.unknown(tx, contact_id, checked.reach)


def _add(tx: Session, actor: Actor, checked: CheckedContact, request: str) -> None:
    customer = own(tx, actor, hold=True)
    if _is_added(tx, actor, request):
        return
    key = required_request_key(request)
    others = _others(tx, actor)
    if len(others) >= MAX_CONTACTS:
        raise Conflict(_FULL)
    row = Contact(
        customer_id=customer.id,
        role=checked.role,
        position=next_place(row.position for row in others),
        request_key=key,
        created_at=utc_now(),
    )
    _fill(row, checked)
    tx.add(row)
    tx.flush()
    channels.store(tx, row, checked.reach)


def _save(
    tx: Session, actor: Actor, contact_id: str, checked: CheckedContact, version: int
) -> None:
    own(tx, actor, hold=True)
    row = _find(tx, actor, contact_id)
    if row.version != version:
        home = businesses.current(tx).country
        now = _view(row, channels.read(tx, [row.id], home))
        changes = compare(LABELS, _texts(checked, home), _texts_of_view(now))
        if changes:
            raise ChangedMeanwhile("This contact", changes, row.version)
        return
    _fill(row, checked)
    row.version += 1
    tx.add(row)
    tx.flush()
    channels.store(tx, row, checked.reach)


def _others(tx: Session, actor: Actor) -> list[Contact]:
    return list(
        tx.exec(
            owned_by(actor, Contact)
            .where(col(Contact.role) != SELF, col(Contact.archived_at).is_(None))
            .order_by(col(Contact.position), col(Contact.id))
        )
    )


def _find(
    tx: Session, actor: Actor, contact_id: str, *, removed: bool = False
) -> Contact:
    query = owned_by(actor, Contact).where(
        col(Contact.id) == contact_id, col(Contact.role) != SELF
    )
    if not removed:
        query = query.where(col(Contact.archived_at).is_(None))
    row = tx.exec(query).first()
    if row is None:
        raise NotFound
    return row


def _fill(row: Contact, checked: CheckedContact) -> None:
    row.role = checked.role
    row.first_name, row.last_name = checked.first_name, checked.last_name
    row.other_names = list(checked.other_names)
    row.told_about, row.may = list(checked.told_about), list(checked.may)


def _view(row: Contact, found: Channels) -> ContactView:
    return ContactView(
        id=row.id,
        role=row.role,
        role_name=ROLES.get(row.role, row.role),
        name=name_of(row),
        first_name=row.first_name,
        last_name=row.last_name,
        other_names=list(row.other_names),
        emails=found.emails.get(row.id, []),
        phones=found.phones.get(row.id, []),
        told_about=list(row.told_about),
        told_about_text=words_for(row.told_about, TOLD_ABOUT),
        may=list(row.may),
        may_text=words_for(row.may, MAY),
        version=row.version,
    )


def _texts(checked: CheckedContact, home: str) -> dict[str, str]:
    reach = checked.reach
    phones = {number: rules.phone_text(number, home) for number in reach.phones}
    return {
        "role": ROLES[checked.role],
        "first_name": checked.first_name,
        "last_name": checked.last_name,
        "other_names": ", ".join(checked.other_names),
        "emails": ", ".join(sorted(reach.emails)) + _main(reach.primary_email),
        "phones": ", ".join(sorted(phones.values()))
        + _main(phones.get(reach.primary_phone, "")),
        "told_about": words_for(checked.told_about, TOLD_ABOUT),
        "may": words_for(checked.may, MAY),
    }


def _texts_of_view(view: ContactView) -> dict[str, str]:
    emails = sorted(email.email for email in view.emails)
    phones = sorted(phone.text for phone in view.phones)
    main_email = next((email.email for email in view.emails if email.primary), "")
    main_phone = next((phone.text for phone in view.phones if phone.primary), "")
    return {
        "role": view.role_name,
        "first_name": view.first_name,
        "last_name": view.last_name,
        "other_names": ", ".join(view.other_names),
        "emails": ", ".join(emails) + _main(main_email),
        "phones": ", ".join(phones) + _main(main_phone),
        "told_about": view.told_about_text,
        "may": view.may_text,
    }


def _main(entry: str) -> str:
    return f" (main: {entry})" if entry else ""
