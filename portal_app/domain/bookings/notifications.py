"""The first entry of a booking's history, and the mails about it."""

from sqlmodel import Session

from portal_app.domain.bookings import booking_dependents, booking_details
from portal_app.domain.bookings.guests import create_link_path
from portal_app.domain.bookings.models import Booking, BookingEvent
from portal_app.domain.bookings.view_builders import (
    stored_address_lines,
    time_range_text,
)
from portal_app.domain.business import service as business
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.rules import PriceBreakdown
from portal_app.domain.customers import contact_points, contacts
from portal_app.domain.customers.contacts import BOOKING_UPDATES, NotifiedContact
from portal_app.domain.customers.models import Customer
from portal_app.domain.customers.rules import phone_text
from portal_app.domain.fields.rules import OFFICE
from portal_app.domain.notifications import outbox as notifications
from portal_app.domain.scheduling.models import Fieldworker
from portal_app.kernel.audiences import Actor
from portal_app.kernel.formats import duration_text


def record_booked(tx: Session, actor: Actor, booking: Booking) -> None:
    """Begin the history of a booking."""
    told = [contact.name for contact in _contacts_to_notify(tx, booking)]
    tx.add(
        BookingEvent(
            booking_id=booking.id,
            at=booking.created_at,
            by="customer",
            account_id=actor.account_id,
            what="booked",
            detail=_booking_texts(tx, booking) | {"told": told},
        )
    )
    tx.flush()


def notify_booked(tx: Session, booking: Booking, price: PriceBreakdown) -> None:
    """Write the mails, with every text they need.

    The customer, at the booking's contact e-mail, and the office read everything.
    A contact who is told about bookings reads service, day and time; the rest is
    behind a link of their own, if the customer lets them see bookings.
    """
    settings = business.current_business(tx)
    formats = business.formats(tx)
    address = stored_address_lines(booking.address, settings.country)
    texts = _booking_texts(tx, booking)
    payload = {
        **texts,
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
        "for_whom": ", ".join(
            one.name for one in booking_dependents.booked_dependents(tx, booking.id)
        ),
        "notes": booking.notes,
    }
    # The customer's mail opens the booking by itself, whoever it was written to.
    path = create_link_path(tx, booking)
    notifications.enqueue(
        tx,
        "booking_confirmed",
        booking.contact_email,
        payload | {"path": path},
        f"booking_confirmed:{booking.id}",
    )
    if settings.email:
        # No link: the office has no page of a booking, it would send them home.
        notifications.enqueue(
            tx,
            "booking_received",
            settings.email,
            payload
            | {
                "speakers": _authorised_contacts(tx, booking, settings.country),
                "answers": _office_answers(tx, booking),
            },
            f"booking_received:{booking.id}",
        )
    for contact in _contacts_to_notify(tx, booking):
        _notify_contact(tx, booking, contact, texts)


def _booking_texts(tx: Session, booking: Booking) -> dict[str, str]:
    formats = business.formats(tx)
    return {
        "day": formats.day(booking.starts_at),
        "time": time_range_text(formats, booking.starts_at, booking.ends_at),
        "fieldworker": tx.get_one(Fieldworker, booking.fieldworker_id).name,
        "total": formats.money(booking.total_minor),
    }


def _office_answers(tx: Session, booking: Booking) -> list[dict[str, str]]:
    """What the service asked and the office may read."""
    return [
        {"question": one.name, "answer": one.text or one.file.name}
        for one in booking_details.answered_fields(tx, OFFICE, booking)
    ]


def _contacts_to_notify(tx: Session, booking: Booking) -> list[NotifiedContact]:
    """Whoever is to be told, but for the one whom the confirmation reaches."""
    found = contacts.contacts_to_notify(tx, booking.customer_id, BOOKING_UPDATES)
    return [one for one in found if booking.contact_email not in one.emails]


def _notify_contact(
    tx: Session, booking: Booking, contact: NotifiedContact, texts: dict[str, str]
) -> None:
    customer = tx.get_one(Customer, booking.customer_id)
    payload = {
        "customer": f"{customer.first_name} {customer.last_name}".strip(),
        "contact": contact.name,
        "service": booking.service_name,
        "day": texts["day"],
        "time": texts["time"],
        "stop_path": contact_points.create_stop_link(tx, contact.email_id),
    }
    if contact.may_view:
        payload["number"] = booking.number
        payload["path"] = create_link_path(tx, booking, contact.contact_id)
    notifications.enqueue(
        tx,
        "booking_told",
        contact.email,
        payload,
        f"booking_told:{booking.id}:{contact.contact_id}",
    )


def _authorised_contacts(
    tx: Session, booking: Booking, country: str
) -> list[dict[str, str]]:
    """Who may speak for the customer, and the phone they would call from."""
    return [
        {
            "who": f"{one.name}, {one.role}",
            "phone": phone_text(one.phone, country),
        }
        for one in contacts.authorised_contacts(tx, booking.customer_id)
    ]
