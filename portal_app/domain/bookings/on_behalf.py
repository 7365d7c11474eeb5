"""The office books for a customer, who is on the phone: by the customer's own wizard.

The draft is the customer's, marked as the office's: the customer does not see it.
Whoever of the office opens the wizard with such a draft acts as the customer there,
and nowhere else (ADR 45).
"""

from dataclasses import dataclass, replace

from sqlmodel import Session

from portal_app.domain.bookings import drafts
from portal_app.domain.bookings.models import BookingDraft
from portal_app.domain.business import service as business
from portal_app.domain.customers.models import Customer
from portal_app.domain.customers.rules import phone_text
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.errors import NotFound
from portal_app.kernel.ownership import require_office


@dataclass(frozen=True, slots=True)
class BookedForView:
    """For whom the office books; empty for whoever books for themselves."""

    name: str = ""
    phone: str = ""


def acting_for(tx: Session, actor: Actor, draft_id: str) -> Actor:
    """Somebody of the office as the customer of a draft that the office opened.

    Args:
        tx: The transaction.
        actor: Who asks.
        draft_id: As the address names it.

    Returns:
        The actor as they are, if it is no such draft, or they may change nothing.
    """
    if actor.audience is not Audience.OFFICE or not draft_id:
        return actor
    draft = tx.get(BookingDraft, draft_id)
    if draft is None or not draft.by_office or draft.customer_id is None:
        return actor
    return _as_customer(actor, draft.customer_id)


def open_for(tx: Session, actor: Actor, customer_id: str, slug: str) -> str:
    """Begin to book a service for a customer, or go on with it; the draft's id.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such customer, or the service is not offered.
        OnRequest: If its price is on request.
    """
    require_office(actor)
    if tx.get(Customer, customer_id) is None:
        raise NotFound("We could not find that customer.")
    return drafts.open_draft(tx, _as_customer(actor, customer_id), slug).id


def booked_for(tx: Session, actor: Actor) -> BookedForView:
    """For whom it is, for the head of the wizard."""
    if not actor.on_behalf:
        return BookedForView()
    customer = tx.get_one(Customer, actor.customer_id)
    home = business.current_business(tx).country
    return BookedForView(
        f"{customer.first_name} {customer.last_name}".strip(),
        phone_text(customer.phone, home),
    )


def _as_customer(actor: Actor, customer_id: str) -> Actor:
    return replace(
        actor,
        audience=Audience.CUSTOMER,
        customer_id=customer_id,
        is_owner=False,
        on_behalf=True,
    )
