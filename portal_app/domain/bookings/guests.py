"""Guest access: email and booking number, or a link from a mail, open one booking.

A wrong pair gets one answer, whatever is wrong with it, after the same work: one
look-up by the number, two comparisons, one line in the log. A link serves one
purpose for a limited time and gives a guest session for its booking only, so that
a mail that is passed on opens no account. A contact's own link opens nothing once
the contact is removed or may not see bookings any more; that is checked when it is
used, so that nothing can be forgotten and a removal taken back is whole.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from portal_app.domain.accounts import security_log, sessions, sign_in_methods, tokens
from portal_app.domain.accounts.attempts import attempt_on_email
from portal_app.domain.accounts.rules import (
    BY_LINK,
    BY_NUMBER,
    NUMBER_BY_ADDRESS,
    NUMBER_BY_NETWORK,
    NUMBER_ON_EMAIL,
    NUMBER_ON_NUMBER,
    SIGN_IN,
    LinkInvalid,
    MethodDisabled,
    normal_email,
)
from portal_app.domain.accounts.tokens import TokenSubject
from portal_app.domain.bookings.models import Booking, BookingLink
from portal_app.domain.bookings.views import BookingLinkView, KnownPersonView
from portal_app.domain.business import service as business
from portal_app.domain.customers import contacts
from portal_app.domain.customers.models import Contact, Customer
from portal_app.domain.customers.rules import phone_text
from portal_app.domain.rate_limits import limiter
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed, NotFound
from portal_app.kernel.ids import hash_secret, new_secret, normalise_number
from portal_app.kernel.ownership import customer_of
from portal_app.kernel.statements import affected

_MAX_NUMBER_LENGTH = 40


@dataclass(frozen=True, slots=True)
class GuestTicket:
    """A ticket for a guest session, and where it leads.

    Attributes:
        ticket: For ``accounts.service.redeem_ticket``, good for 60 seconds.
        number: Of the one booking it opens.
    """

    ticket: str
    number: str


def known_person(tx: Session, actor: Actor) -> KnownPersonView:
    """Whom the booking of a guest was made for; empty for anybody else.

    It says no more than the booking itself, which the guest sees.
    """
    if actor.audience is not Audience.GUEST or actor.booking_id is None:
        return KnownPersonView()
    row = tx.get_one(Booking, actor.booking_id)
    first, _, last = row.contact_name.partition(" ")
    phone = phone_text(row.contact_phone, business.current_business(tx).country)
    return KnownPersonView(first, last, row.contact_email, phone)


def sign_in_by_number(
    db: Database, actor: Actor, email: str, number: str
) -> GuestTicket:
    """Let somebody who knows email and number of a booking see it.

    Args:
        db: The database.
        actor: Who asks; the network address limits the attempts.
        email: As typed: the one the booking was made with, or the customer's.
        number: As typed.

    Raises:
        InvalidInput: For a wrong pair, with no field named; for ``email`` or
            ``number`` only if it is empty or no email at all.
        TooManyAttempts: If a limit was reached.
        MethodDisabled: If the business has switched it off.
    """
    email = normal_email(email)
    if not number.strip():
        raise InvalidInput({"number": "Please enter your booking number."})
    number = normalise_number(number[:_MAX_NUMBER_LENGTH])
    if not db.query(sign_in_methods.is_enabled, BY_NUMBER):
        raise MethodDisabled
    attempt = attempt_on_email(
        db,
        actor,
        (NUMBER_BY_NETWORK, NUMBER_BY_ADDRESS),
        NUMBER_ON_EMAIL,
        email,
        (NUMBER_ON_NUMBER, number),
    )
    security_log.count_attempt(db, actor, number, *attempt.keys)
    found = db.call(_find_by_number, actor, email, number)
    if found is None:
        raise InvalidInput({}, "The email or the booking number is not right.")
    limiter.succeeded(db, attempt)
    return found


def guest_booking_number(tx: Session, actor: Actor) -> str:
    """The number of the one booking that a guest sees.

    Raises:
        NotAllowed: If the actor is no guest.
    """
    booking = tx.get(Booking, actor.booking_id) if actor.booking_id else None
    if booking is None:
        raise NotAllowed
    return booking.number


def _find_by_number(
    tx: Session, actor: Actor, email: str, number: str
) -> GuestTicket | None:
    row = tx.execute(
        select_columns(col(Booking.id), col(Booking.contact_email), col(Customer.email))
        .join(Customer, col(Customer.id) == col(Booking.customer_id))
        .where(col(Booking.number) == number)
    ).first()
    booking_id, *emails = row if row else ("", "", "")
    # Both are compared, whichever fits.
    right = sum(hmac.compare_digest(email.encode(), known.encode()) for known in emails)
    kind = "guest_sign_in" if right else "guest_sign_in_failed"
    security_log.record(tx, actor, kind, about=number, detail=email)
    if not right:
        return None
    subject = TokenSubject(
        booking_id=booking_id, method=BY_NUMBER, path=f"/bookings/{number}"
    )
    return GuestTicket(tokens.issue(tx, SIGN_IN, subject).secret, number)


VIEW_PURPOSE, CHANGE_PURPOSE = "view", "change"
_LINK_LIFETIME_AFTER_VISIT = timedelta(days=30)
_LINK_RETENTION = timedelta(days=30)
_MAX_LISTED_LINKS = 50


def create_link_path(
    tx: Session, booking: Booking, contact_id: str | None = None
) -> str:
    """Make a link for a mail, good until 30 days after the visit.

    A contact's own only shows the booking; the customer's also lets change it.

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
            purpose=VIEW_PURPOSE if contact_id else CHANGE_PURPOSE,
            token_hash=hash_secret(secret),
            created_at=utc_now(),
            expires_at=booking.ends_at + _LINK_LIFETIME_AFTER_VISIT,
        )
    )
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
    return db.call(_follow_link, actor, secret)


def may_change(tx: Session, actor: Actor) -> bool:
    """Whether a guest came by a link that lets them change the booking."""
    link_id = sessions.link_of_session(tx, actor)
    link = tx.get(BookingLink, link_id) if link_id else None
    return link is not None and link.purpose == CHANGE_PURPOSE


def require_change_right(tx: Session, actor: Actor) -> None:
    """Let only those go on who may change what they see: no guest by the number.

    Raises:
        NotAllowed: With words for the guest.
    """
    if actor.audience is Audience.GUEST and not may_change(tx, actor):
        raise NotAllowed("Please use the link in your email.")


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
        .limit(_MAX_LISTED_LINKS)
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
            contact=contacts.contact_name(contact) if contact else "",
            active=link.switched_off_at is None
            and (
                contact is None
                or contacts.allows(contact.may, contact.archived_at, contacts.VIEW)
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
        sessions.revoke_link_sessions(tx, link_id)
        security_log.record(tx, actor, "link_switched_off", account_id=actor.account_id)


def purge_links(tx: Session) -> int:
    """Delete links that expired 30 days ago; says how many."""
    before = utc_now() - _LINK_RETENTION
    return affected(tx, delete(BookingLink).where(col(BookingLink.expires_at) < before))


def _follow_link(tx: Session, actor: Actor, secret: str) -> GuestTicket:
    now = utc_now()
    # In one statement, so that it cannot be switched off in between.
    row = tx.execute(
        update(BookingLink)
        .where(
            col(BookingLink.token_hash) == hash_secret(secret),
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
    if row is None or not _contact_may_view(tx, row.contact_id):
        raise LinkInvalid
    number = tx.get_one(Booking, row.booking_id).number
    security_log.record(tx, actor, "link_opened", about=number)
    subject = TokenSubject(
        booking_id=row.booking_id,
        link_id=row.id,
        contact_id=row.contact_id,
        method=BY_LINK,
        path=f"/bookings/{number}",
    )
    return GuestTicket(tokens.issue(tx, SIGN_IN, subject).secret, number)


def _contact_may_view(tx: Session, contact_id: str | None) -> bool:
    return contact_id is None or contacts.has_right(tx, contact_id, contacts.VIEW)
