"""Guests: e-mail and booking number open exactly one booking, for a while.

A wrong pair gets one answer, whatever is wrong with it, after the same work: one
look-up by the number, two comparisons, one line in the log.
"""

import hmac
from dataclasses import dataclass

from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from portal_app.domain.accounts import attempts, identities, security, tokens
from portal_app.domain.accounts.attempts import Try
from portal_app.domain.accounts.rules import (
    BY_NUMBER,
    NUMBER_BY_ADDRESS,
    NUMBER_BY_EMAIL,
    NUMBER_BY_NETWORK,
    NUMBER_BY_NUMBER,
    SIGN_IN,
    WayClosed,
    normal_email,
)
from portal_app.domain.accounts.tokens import Meaning
from portal_app.domain.bookings.models import Booking
from portal_app.domain.customers.models import Customer
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed
from portal_app.kernel.ids import normalise_number

_MOST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class GuestTicket:
    """A ticket for a guest session, and where it leads.

    Attributes:
        ticket: For ``accounts.service.redeem_ticket``, good for 60 seconds.
        number: Of the one booking it opens.
    """

    ticket: str
    number: str


def sign_in_by_number(
    db: Database, actor: Actor, email: str, number: str
) -> GuestTicket:
    """Let somebody who knows e-mail and number of a booking see it.

    Args:
        db: The database.
        actor: Who asks; the network address limits the attempts.
        email: As typed: the one the booking was made with, or the customer's.
        number: As typed.

    Raises:
        InvalidInput: For a wrong pair, with no field named; for ``email`` or
            ``number`` only if it is empty or no e-mail at all.
        TooManyAttempts: If a limit was reached.
        WayClosed: If the business has switched it off.
    """
    email = normal_email(email)
    if not number.strip():
        raise InvalidInput({"number": "Please enter your booking number."})
    number = normalise_number(number[:_MOST_NUMBER])
    if not db.query(identities.may_enter, BY_NUMBER):
        raise WayClosed
    circles = attempts.around(actor, NUMBER_BY_NETWORK, NUMBER_BY_ADDRESS)
    by_email, by_number = Try(NUMBER_BY_EMAIL, email), Try(NUMBER_BY_NUMBER, number)
    security.take(db, actor, number, *circles, by_email, by_number)
    found = db.call(_look_up, actor, email, number)
    if found is None:
        raise InvalidInput({}, "The e-mail or the booking number is not right.")
    attempts.give_back(db, *circles)
    attempts.forget(db, by_email)
    attempts.forget(db, by_number)
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


def _look_up(tx: Session, actor: Actor, email: str, number: str) -> GuestTicket | None:
    row = tx.execute(
        select_columns(col(Booking.id), col(Booking.contact_email), col(Customer.email))
        .join(Customer, col(Customer.id) == col(Booking.customer_id))
        .where(col(Booking.number) == number)
    ).first()
    booking_id, *emails = row if row else ("", "", "")
    # Both are compared, whichever fits.
    right = sum(hmac.compare_digest(email.encode(), known.encode()) for known in emails)
    kind = "guest_sign_in" if right else "guest_sign_in_failed"
    security.note(tx, actor, kind, about=number, detail=email)
    if not right:
        return None
    meaning = Meaning(booking_id=booking_id, way=BY_NUMBER, path=f"/bookings/{number}")
    return GuestTicket(tokens.issue(tx, SIGN_IN, meaning).secret, number)
