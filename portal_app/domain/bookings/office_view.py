"""One booking, as the office sees it."""

from sqlmodel import Session, select

from portal_app.domain.bookings import (
    office_actions,
    office_edit,
    office_moves,
    office_notes,
    queries,
    rules,
)
from portal_app.domain.bookings.models import Booking
from portal_app.domain.bookings.views import OfficeBookingView
from portal_app.domain.business import service as business
from portal_app.domain.customers.models import Customer
from portal_app.domain.customers.rules import phone_text
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import NotFound
from portal_app.kernel.ids import normalise_number
from portal_app.kernel.ownership import require_staff


def office_booking(tx: Session, actor: Actor, number: str) -> OfficeBookingView:
    """A booking with its history, whose it is, and what the office wrote down.

    Args:
        tx: The transaction.
        actor: Somebody of the office.
        number: As a person may type it.

    Raises:
        NotAllowed: If the actor is not of the office.
        NotFound: If there is no such booking.
    """
    row = find_booking(tx, actor, number)
    home = business.current_business(tx).country
    customer = tx.get_one(Customer, row.customer_id)
    return OfficeBookingView(
        booking=queries.booking_view(tx, actor, row),
        customer=f"{customer.first_name} {customer.last_name}".strip(),
        customer_email=customer.email,
        customer_phone=phone_text(customer.phone, home),
        has_account=customer.account_id is not None,
        version=row.version,
        actions=office_actions.possible_actions(row),
        editable=row.status not in rules.CALLED_OFF,
        lines=office_edit.line_form_views(tx, row),
        move=office_moves.move_form_view(tx, row),
        office_notes=office_notes.notes_of(tx, row.id),
    )


def find_booking(tx: Session, actor: Actor, number: str) -> Booking:
    """Any booking, for whoever may see what the office sees.

    Raises:
        NotAllowed: If the actor is not of the office.
        NotFound: If there is no such booking.
    """
    require_staff(actor)
    row = tx.exec(
        select(Booking).where(Booking.number == normalise_number(number))
    ).one_or_none()
    if row is None:
        raise NotFound("We could not find that booking.")
    return row
