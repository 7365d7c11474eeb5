"""The emails and phones of a contact, their verification and opting out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import phonenumbers
from sqlalchemy import ColumnElement, delete, update
from sqlmodel import Session, col, select

from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.customers import rules
from portal_app.domain.customers.models import (
    SELF,
    Contact,
    ContactEmail,
    ContactPhone,
    ContactStop,
    Customer,
)
from portal_app.domain.customers.rules import CheckedContactPoints
from portal_app.domain.customers.views import EmailView, PhoneView
from portal_app.domain.notifications import outbox as notifications
from portal_app.domain.rate_limits import limiter
from portal_app.domain.rate_limits.limiter import LimitKey
from portal_app.domain.rate_limits.rules import Limit, target_limits
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotFound
from portal_app.kernel.ids import hash_secret, new_secret
from portal_app.kernel.ownership import customer_of, owned_by
from portal_app.kernel.statements import affected

VERIFICATION_LINK_LIFETIME = timedelta(hours=48)
STOP_LINK_LIFETIME = timedelta(days=400)
_BY_CUSTOMER = Limit("confirm email customer", 20, timedelta(days=1))
_ON_EMAIL = target_limits("confirm email address", 5, timedelta(days=1), strangers=20)


@dataclass(frozen=True, slots=True)
class ContactPoints:
    """What is stored of several contacts, by the contact's id."""

    emails: dict[str, list[EmailView]]
    phones: dict[str, list[PhoneView]]


def load_contact_points(
    tx: Session, contact_ids: Collection[str], home: str
) -> ContactPoints:
    """The emails and phones of contacts that the caller may see, in two queries."""
    emails: dict[str, list[EmailView]] = {}
    phones: dict[str, list[PhoneView]] = {}
    if contact_ids:
        for row in tx.exec(
            select(ContactEmail)
            .where(col(ContactEmail.contact_id).in_(contact_ids))
            .order_by(col(ContactEmail.position))
        ):
            emails.setdefault(row.contact_id, []).append(
                EmailView(
                    id=row.id,
                    email=row.email,
                    primary=row.is_primary,
                    verified=row.verified_at is not None,
                    stopped=row.stopped_at is not None,
                )
            )
        for phone in tx.exec(
            select(ContactPhone)
            .where(col(ContactPhone.contact_id).in_(contact_ids))
            .order_by(col(ContactPhone.position))
        ):
            phones.setdefault(phone.contact_id, []).append(
                phone_view(phone.number, home, primary=phone.is_primary)
            )
    return ContactPoints(emails, phones)


def phone_view(number: str, home: str, *, primary: bool = False) -> PhoneView:
    """A stored phone as a browser sees it."""
    country = home
    try:
        parsed = phonenumbers.parse(number, None)
        country = phonenumbers.region_code_for_number(parsed) or home
    except phonenumbers.NumberParseException:
        pass
    return PhoneView(
        number=rules.phone_text(number, country),
        country=country,
        text=rules.phone_text(number, home),
        primary=primary,
    )


def count_verification_mails(
    db: Database, actor: Actor, emails: Collection[str]
) -> None:
    """Count the mails that verifying these new emails will take.

    Raises:
        TooManyAttempts: If a customer, or an address, gets too many.
    """
    for email in emails:
        limiter.count_attempt(
            db,
            LimitKey(_BY_CUSTOMER, customer_of(actor)),
            *limiter.target_keys(_ON_EMAIL, email, customer_of(actor)),
        )


def unknown_emails(
    tx: Session, contact_id: str | None, reach: CheckedContactPoints
) -> list[str]:
    """Which of these emails a contact does not have yet."""
    if contact_id is None:
        return list(reach.emails)
    known = set(
        tx.exec(
            select(col(ContactEmail.email)).where(
                col(ContactEmail.contact_id) == contact_id
            )
        )
    )
    return [email for email in reach.emails if email not in known]


def save_contact_points(
    tx: Session,
    contact: Contact,
    reach: CheckedContactPoints,
    *,
    known_good: Collection[str] = (),
) -> None:
    """Make these the emails and phones of a contact, and mail the new emails.

    Args:
        tx: The transaction; it holds the contact or its customer.
        contact: In the database already.
        reach: Checked.
        known_good: Emails that need no mail, because the account has them.
    """
    # The partial index allows one main entry at any moment: none, then one.
    for table in (ContactEmail, ContactPhone):
        tx.execute(
            update(table)
            .where(col(table.contact_id) == contact.id)
            .values(is_primary=False)
        )
    tx.execute(
        delete(ContactEmail).where(
            col(ContactEmail.contact_id) == contact.id,
            col(ContactEmail.email).not_in(reach.emails),
        )
    )
    tx.execute(
        delete(ContactPhone).where(
            col(ContactPhone.contact_id) == contact.id,
            col(ContactPhone.number).not_in(reach.phones),
        )
    )
    tx.expire_all()
    emails = {
        row.email: row
        for row in tx.exec(
            select(ContactEmail).where(col(ContactEmail.contact_id) == contact.id)
        )
    }
    for at, email in enumerate(reach.emails):
        row = emails.get(email) or ContactEmail(
            customer_id=contact.customer_id,
            contact_id=contact.id,
            email=email,
            verified_at=utc_now() if email in known_good else None,
            created_at=utc_now(),
        )
        row.position, row.is_primary = at, email == reach.primary_email
        tx.add(row)
        if email not in emails and email not in known_good:
            _send_verification(tx, row)
    phones = {
        phone.number: phone
        for phone in tx.exec(
            select(ContactPhone).where(col(ContactPhone.contact_id) == contact.id)
        )
    }
    for at, number in enumerate(reach.phones):
        phone = phones.get(number) or ContactPhone(
            customer_id=contact.customer_id, contact_id=contact.id, number=number
        )
        phone.position, phone.is_primary = at, number == reach.primary_phone
        tx.add(phone)
    tx.flush()


def resend_verification(db: Database, actor: Actor, email_id: str) -> str:
    """Send a fresh link to an email that is not verified; returns the email.

    Raises:
        NotFound: If it is not there, somebody else's, or verified already.
        TooManyAttempts: If it was sent too often.
    """
    email = db.query(_find_unverified, actor, email_id).email
    count_verification_mails(db, actor, [email])
    db.call(_resend_verification, actor, email_id)
    return email


def verify_contact_email(tx: Session, secret: str) -> str:
    """Verify an email by the link from its mail; returns the email.

    Used twice by the same person, it answers the same as the first time.

    Raises:
        LinkInvalid: If it is unknown, expired or replaced, or its contact removed.
    """
    now = utc_now()
    row = tx.exec(
        select(ContactEmail).where(
            col(ContactEmail.token_hash) == hash_secret(secret),
            _belongs_to_active_contact(),
        )
    ).first()
    if row is None or row.token_expires_at is None or row.token_expires_at <= now:
        raise LinkInvalid
    if row.verified_at is None:
        affected(
            tx,
            update(ContactEmail)
            .where(
                col(ContactEmail.id) == row.id, col(ContactEmail.verified_at).is_(None)
            )
            .values(verified_at=now, stopped_at=None),
        )
        _sync_customer_email(tx, row)
    return row.email


def create_stop_link(tx: Session, email_id: str) -> str:
    """Make a link for a mail to a contact, by which they stop such mails.

    Args:
        tx: The transaction that stores the mail.
        email_id: Of the contact's email that it goes to.

    Returns:
        The path with the secret, which is stored nowhere else.
    """
    secret = new_secret()
    tx.add(
        ContactStop(
            email_id=email_id,
            token_hash=hash_secret(secret),
            expires_at=utc_now() + STOP_LINK_LIFETIME,
        )
    )
    return f"/stop-mails?token={secret}"


def stop_mails(tx: Session, secret: str) -> str:
    """Send nothing more to a contact's email; returns the email. Safe to repeat.

    Until it is confirmed anew, which the customer may ask for, it is as good as
    one that nobody confirmed.

    Args:
        tx: The transaction.
        secret: From the link of a mail. Only a POST may ask.

    Raises:
        LinkInvalid: If it is unknown or expired, or the email taken away.
    """
    now = utc_now()
    row = tx.exec(
        select(ContactEmail)
        .join(ContactStop, col(ContactStop.email_id) == ContactEmail.id)
        .where(
            col(ContactStop.token_hash) == hash_secret(secret),
            col(ContactStop.expires_at) > now,
        )
    ).first()
    if row is None:
        raise LinkInvalid
    tx.execute(
        update(ContactEmail)
        .where(col(ContactEmail.id) == row.id, col(ContactEmail.stopped_at).is_(None))
        # The link that confirmed it must not undo this.
        .values(stopped_at=now, verified_at=None, token_hash=None)
    )
    return row.email


def purge_stop_links(tx: Session) -> int:
    """Delete links to stop mails that have expired; says how many."""
    return affected(
        tx, delete(ContactStop).where(col(ContactStop.expires_at) < utc_now())
    )


def _sync_customer_email(tx: Session, row: ContactEmail) -> None:
    contact = tx.get(Contact, row.contact_id)
    if row.is_primary and contact is not None and contact.role == SELF:
        tx.execute(
            update(Customer)
            .where(col(Customer.id) == row.customer_id)
            .values(email=row.email, version=Customer.version + 1)
        )


def login_email(tx: Session, customer: Customer) -> str:
    """The email that the customer's account logs in with."""
    account = tx.get(Account, customer.account_id) if customer.account_id else None
    return account.email if account is not None else customer.email


def _find_unverified(tx: Session, actor: Actor, email_id: str) -> ContactEmail:
    row = tx.exec(
        owned_by(actor, ContactEmail).where(
            col(ContactEmail.id) == email_id,
            col(ContactEmail.verified_at).is_(None),
            _belongs_to_active_contact(),
        )
    ).first()
    if row is None:
        raise NotFound
    return row


def _belongs_to_active_contact() -> ColumnElement[bool]:
    """Whether an email belongs to a contact who was not removed."""
    there = select(col(Contact.id)).where(col(Contact.archived_at).is_(None))
    return col(ContactEmail.contact_id).in_(there)


def _resend_verification(tx: Session, actor: Actor, email_id: str) -> None:
    _send_verification(tx, _find_unverified(tx, actor, email_id))


def _send_verification(tx: Session, row: ContactEmail) -> None:
    """Put the mail with a fresh link into the outbox; an older link ends."""
    secret = new_secret()
    row.token_hash = hash_secret(secret)
    row.token_expires_at = utc_now() + VERIFICATION_LINK_LIFETIME
    tx.add(row)
    tx.flush()
    customer = tx.get(Customer, row.customer_id)
    name = f"{customer.first_name} {customer.last_name}".strip() if customer else ""
    notifications.enqueue(
        tx,
        "verify_contact",
        row.email,
        {"path": f"/verify-contact?token={secret}", "customer": name.strip()},
        f"verify_contact:{row.token_hash[:40]}",
        expires_at=row.token_expires_at,
    )
