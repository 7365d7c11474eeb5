"""The first entry of a booking's history, and the mails about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from portal_app.domain.bookings import booking_details
from portal_app.domain.bookings.guests import create_link_path
from portal_app.domain.bookings.models import Booking, BookingEvent
from portal_app.domain.bookings.view_builders import (
    stored_address_lines,
    time_range_text,
)
from portal_app.domain.business import service as business
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.rules import PriceBreakdown
from portal_app.domain.customers import contact_points
from portal_app.domain.customers.contacts import (
    BOOKING_UPDATES,
    CustomerContacts,
    NotifiedContact,
    active_contacts,
)
from portal_app.domain.customers.models import Customer
from portal_app.domain.customers.rules import phone_text
from portal_app.domain.fields.rules import OFFICE
from portal_app.domain.notifications import outbox
from portal_app.domain.notifications.outbox import Message
from portal_app.kernel.audiences import Actor
from portal_app.kernel.formats import duration_text


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """What the history and the mails say about a new booking, read once.

    Attributes:
        texts: Day, time, fieldworker and total, in words.
        contacts: Of the customer.
        notified: Those who are told, but for the one whom the confirmation reaches.
        customer: The customer's name, if anybody else is told.
    """

    texts: dict[str, str]
    contacts: CustomerContacts
    notified: list[NotifiedContact]
    customer: str


def booking_facts(tx: Session, booking: Booking, fieldworker: str) -> BookingFacts:
    """Read them; ``fieldworker`` is the name of who comes."""
    formats = business.formats(tx)
    texts = {
        "day": formats.day(booking.starts_at),
        "time": time_range_text(formats, booking.starts_at, booking.ends_at),
        "fieldworker": fieldworker,
        "total": formats.money(booking.total_minor),
    }
    everybody = active_contacts(tx, booking.customer_id)
    notified = [
        one
        for one in everybody.to_notify(BOOKING_UPDATES)
        if booking.contact_email not in one.emails
    ]
    name = ""
    if notified:
        customer = tx.get_one(Customer, booking.customer_id)
        name = f"{customer.first_name} {customer.last_name}".strip()
    return BookingFacts(texts, everybody, notified, name)


def record_booked(
    tx: Session, actor: Actor, booking: Booking, facts: BookingFacts
) -> None:
    """Begin the history of a booking."""
    tx.add(
        BookingEvent(
            booking_id=booking.id,
            at=booking.created_at,
            by="customer",
            account_id=actor.account_id,
            what="booked",
            detail=facts.texts | {"told": [one.name for one in facts.notified]},
        )
    )


def notify_booked(
    tx: Session,
    booking: Booking,
    price: PriceBreakdown,
    facts: BookingFacts,
    *,
    dependents: Sequence[str],
    answered: bool,
) -> None:
    """Write the mails, with every text they need.

    The customer, at the booking's contact email, and the office read everything.
    A contact who is told about bookings reads service, day and time; the rest is
    behind a link of their own, if the customer lets them see bookings.

    Args:
        tx: The transaction.
        booking: What was booked.
        price: What it costs.
        facts: Of ``booking_facts``.
        dependents: The names of whom it is for.
        answered: Whether any field of the service was answered.
    """
    settings = business.current_business(tx)
    formats = business.formats(tx)
    address = stored_address_lines(booking.address, settings.country)
    payload = {
        **facts.texts,
        "number": booking.number,
        "service": booking.service_name,
        "duration": duration_text(price.minutes),
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "timezone": settings.timezone,
        "lines": [
            {"description": line.description, "amount": line.amount}
            for line in catalogue.line_views(formats, price.lines)
        ],
        "place": ", ".join(address),
        "address_lines": address,
        "access_notes": str(booking.address.get("access_notes") or ""),
        "contact_name": booking.contact_name,
        "contact_email": booking.contact_email,
        "contact_phone": phone_text(booking.contact_phone, settings.country),
        "company": str(booking.company.get("name", "")),
        "company_tax_number": str(booking.company.get("tax_number", "")),
        "for_whom": ", ".join(dependents),
        "notes": booking.notes,
    }
    # The customer's mail opens the booking by itself, whoever it was written to.
    path = create_link_path(tx, booking)
    messages = [
        Message(
            "booking_confirmed",
            booking.contact_email,
            payload | {"path": path},
            f"booking_confirmed:{booking.id}",
        )
    ]
    if settings.email:
        # No link: the office has no page of a booking, it would send them home.
        office = payload | {
            "speakers": _authorised_contacts(facts.contacts, settings.country),
            "answers": _office_answers(tx, booking) if answered else [],
        }
        messages.append(
            Message(
                "booking_received",
                settings.email,
                office,
                f"booking_received:{booking.id}",
            )
        )
    messages += _contact_messages(tx, booking, facts)
    outbox.enqueue_all(tx, messages)


def _office_answers(tx: Session, booking: Booking) -> list[dict[str, str]]:
    """What the service asked and the office may read."""
    return [
        {"question": one.name, "answer": one.text or one.file.name}
        for one in booking_details.answered_fields(tx, OFFICE, booking)
    ]


def _contact_messages(
    tx: Session, booking: Booking, facts: BookingFacts
) -> list[Message]:
    messages = []
    for contact in facts.notified:
        payload = {
            "customer": facts.customer,
            "contact": contact.name,
            "service": booking.service_name,
            "day": facts.texts["day"],
            "time": facts.texts["time"],
            "stop_path": contact_points.create_stop_link(tx, contact.email_id),
        }
        if contact.may_view:
            payload["number"] = booking.number
            payload["path"] = create_link_path(tx, booking, contact.contact_id)
        key = f"booking_told:{booking.id}:{contact.contact_id}"
        messages.append(Message("booking_told", contact.email, payload, key))
    return messages


def _authorised_contacts(
    contacts: CustomerContacts, country: str
) -> list[dict[str, str]]:
    """Who may speak for the customer, and the phone they would call from."""
    return [
        {
            "who": f"{one.name}, {one.role}",
            "phone": phone_text(one.phone, country),
        }
        for one in contacts.authorised()
    ]
