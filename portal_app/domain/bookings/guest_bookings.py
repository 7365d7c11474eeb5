"""Booking as a guest: with name and email, without an account.

The booking belongs to a customer of its own. Whether the email has an account is
neither told nor changed; whoever proves the email finds the booking (ADR 46).
"""

from datetime import timedelta

from sqlmodel import Session

from portal_app.domain.accounts import tokens
from portal_app.domain.accounts.rules import BY_LINK, SIGN_IN
from portal_app.domain.accounts.tokens import TokenSubject
from portal_app.domain.bookings import confirmation
from portal_app.domain.bookings.drafts import own_draft
from portal_app.domain.bookings.guests import GuestTicket
from portal_app.domain.bookings.rules import OverviewSnapshot
from portal_app.domain.bookings.view_builders import booking_of_draft
from portal_app.domain.rate_limits import limiter
from portal_app.domain.rate_limits.limiter import LimitKey
from portal_app.domain.rate_limits.rules import Limit
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotFound

_HOUR = timedelta(hours=1)
GUESTS_BY_NETWORK = Limit("guest booking network", 60, _HOUR)
GUESTS_BY_ADDRESS = Limit("guest booking address", 20, _HOUR)
GUESTS_BY_EMAIL = Limit("guest booking email", 6, _HOUR)


def confirm_as_guest(
    db: Database, actor: Actor, draft_id: str, shown: OverviewSnapshot
) -> GuestTicket:
    """As ``confirmation.confirm``, and let the browser see that booking only.

    Raises:
        NotAllowed: If guests may not book.
        TooManyAttempts: If a network, or for an email, too much was booked.
    """
    email = db.query(_contact_email, actor, draft_id)
    keys = limiter.caller_keys(actor, GUESTS_BY_NETWORK, GUESTS_BY_ADDRESS)
    limiter.count_attempt(db, *keys, LimitKey(GUESTS_BY_EMAIL, email))
    confirmation.confirm(db, actor, draft_id, shown)
    return db.call(ticket_for_draft, actor, draft_id)


def _contact_email(tx: Session, actor: Actor, draft_id: str) -> str:
    return str(own_draft(tx, actor, draft_id).contact.get("email", ""))


def ticket_for_draft(tx: Session, actor: Actor, draft_id: str) -> GuestTicket:
    """Let the browser that booked something see it again.

    Raises:
        NotFound: If the draft is missing, somebody else's, or not booked.
    """
    booking = booking_of_draft(tx, own_draft(tx, actor, draft_id))
    if booking is None:
        raise NotFound("We could not find that booking.")
    subject = TokenSubject(
        booking_id=booking.id, method=BY_LINK, path=f"/bookings/{booking.number}"
    )
    return GuestTicket(tokens.issue(tx, SIGN_IN, subject).secret, booking.number)
