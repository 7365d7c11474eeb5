"""Links in mails: each opens one booking, for one purpose, for a limited time.

Following one gives a guest session for that booking and nothing else, so that a
mail that is passed on opens no account. The customer sees all of them in My
Account and can switch each off. A contact's own link opens nothing either once
the contact is removed or may not see bookings any more: that is looked at when it
is used, so that nothing can be forgotten and a removal taken back is whole.
"""

from datetime import timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from portal_app.domain.accounts import security, sessions, tokens
from portal_app.domain.accounts.rules import BY_LINK, SIGN_IN, LinkInvalid
from portal_app.domain.accounts.tokens import Meaning
from portal_app.domain.bookings.guests import GuestTicket
from portal_app.domain.bookings.models import Booking, BookingLink
from portal_app.domain.bookings.views import BookingLinkView
from portal_app.domain.business import service as business
from portal_app.domain.customers import contact_rights
from portal_app.domain.customers.models import Contact
from portal_app.domain.customers.ownership import customer_of
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotFound
from portal_app.kernel.ids import hash_secret, new_secret
from portal_app.kernel.statements import affected

VIEW = "view"
_AFTER_THE_VISIT = timedelta(days=30)
_KEPT = timedelta(days=30)
_MOST = 50


def link_path(tx: Session, booking: Booking, contact_id: str | None = None) -> str:
    """Make a link for a mail, good until 30 days after the visit.

    Args:
        tx: The transaction that stores the mail.
        booking: What it opens.
        contact_id: The customer's contact whose own it is.

    Returns:
        The path with the secret, which is stored nowhere else.
    """
    secret = new_secret()
    tx.add(
        BookingLink(
            booking_id=booking.id,
            contact_id=contact_id,
            purpose=VIEW,
            token_hash=hash_secret(secret),
            created_at=utc_now(),
            expires_at=booking.ends_at + _AFTER_THE_VISIT,
        )
    )
    tx.flush()
    return f"/login/booking?link={secret}"


def open_link(db: Database, actor: Actor, secret: str) -> GuestTicket:
    """Follow a link from a mail. Only a POST may ask.

    Args:
        db: The database.
        actor: Who asks; anybody who has the link.
        secret: From the link.

    Raises:
        LinkInvalid: If it is unknown, expired or switched off.
    """
    return db.call(_open, actor, secret)


def booking_links(tx: Session, actor: Actor) -> list[BookingLinkView]:
    """The links to the customer's bookings that were mailed, latest first.

    Those that expired are not told any more; at most 50.

    Raises:
        NotAllowed: If nobody is signed in as a customer.
    """
    found = tx.exec(
        select(BookingLink, Booking, Contact)
        .join(Booking, col(Booking.id) == BookingLink.booking_id)
        .outerjoin(Contact, col(Contact.id) == BookingLink.contact_id)
        .where(
            Booking.customer_id == customer_of(actor),
            col(BookingLink.expires_at) > utc_now(),
        )
        .order_by(col(BookingLink.created_at).desc(), col(BookingLink.id).desc())
        .limit(_MOST)
    ).all()
    formats = business.formats(tx)
    return [
        BookingLinkView(
            id=link.id,
            number=booking.number,
            service=booking.service_name,
            created=formats.day(link.created_at),
            expires=formats.day(link.expires_at),
            last_used=(
                f"{formats.short_day(link.last_used_at)}, "
                f"{formats.time(link.last_used_at)}"
                if link.last_used_at
                else ""
            ),
            contact=contact_rights.name_of(contact) if contact else "",
            active=link.switched_off_at is None
            and (
                contact is None
                or contact_rights.may(
                    contact.may, contact.archived_at, contact_rights.VIEW
                )
            ),
        )
        for link, booking, contact in found
    ]


def switch_off_link(tx: Session, actor: Actor, link_id: str) -> None:
    """Make a link worthless; guests who came by it are out from the next event on.

    Args:
        tx: The transaction.
        actor: The customer.
        link_id: From ``booking_links``; one that is off already stays so.

    Raises:
        NotAllowed: If nobody is signed in as a customer.
        NotFound: If it is missing or somebody else's.
    """
    link = tx.exec(
        select(BookingLink)
        .join(Booking, col(Booking.id) == BookingLink.booking_id)
        .where(BookingLink.id == link_id, Booking.customer_id == customer_of(actor))
    ).one_or_none()
    if link is None:
        raise NotFound("We could not find that link.")
    switched = affected(
        tx,
        update(BookingLink)
        .where(
            col(BookingLink.id) == link_id, col(BookingLink.switched_off_at).is_(None)
        )
        .values(switched_off_at=utc_now()),
    )
    if switched:
        sessions.revoke_link(tx, link_id)
        security.note(tx, actor, "link_switched_off", account_id=actor.account_id)


def purge(tx: Session) -> int:
    """Delete links that expired 30 days ago; says how many."""
    before = utc_now() - _KEPT
    return affected(tx, delete(BookingLink).where(col(BookingLink.expires_at) < before))


def _open(tx: Session, actor: Actor, secret: str) -> GuestTicket:
    now = utc_now()
    # In one statement, so that it cannot be switched off in between.
    row = tx.execute(
        update(BookingLink)
        .where(
            col(BookingLink.token_hash) == hash_secret(secret),
            col(BookingLink.purpose) == VIEW,
            col(BookingLink.switched_off_at).is_(None),
            col(BookingLink.expires_at) > now,
        )
        .values(last_used_at=now)
        .returning(
            col(BookingLink.id),
            col(BookingLink.booking_id),
            col(BookingLink.contact_id),
        )
    ).first()
    if row is None or not _is_allowed(tx, row.contact_id):
        raise LinkInvalid
    number = tx.get_one(Booking, row.booking_id).number
    security.note(tx, actor, "link_opened", about=number)
    meaning = Meaning(
        booking_id=row.booking_id,
        link_id=row.id,
        contact_id=row.contact_id,
        way=BY_LINK,
        path=f"/bookings/{number}",
    )
    return GuestTicket(tokens.issue(tx, SIGN_IN, meaning).secret, number)


def _is_allowed(tx: Session, contact_id: str | None) -> bool:
    return contact_id is None or contact_rights.may_still(
        tx, contact_id, contact_rights.VIEW
    )
