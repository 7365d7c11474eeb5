"""Telling of a booking: its history, and a mail to everybody it concerns."""

from sqlmodel import Session

from portal_app.domain.bookings import details, for_whom
from portal_app.domain.bookings.links import link_path
from portal_app.domain.bookings.models import Booking, BookingEvent
from portal_app.domain.bookings.presenting import lines_of, time_text
from portal_app.domain.business import service as business
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.rules import Priced
from portal_app.domain.customers import channels
from portal_app.domain.customers import service as customers
from portal_app.domain.customers.contact_rights import BOOKING_UPDATES, ToldContact
from portal_app.domain.customers.models import Customer
from portal_app.domain.customers.rules import phone_text
from portal_app.domain.fields.definitions import OFFICE
from portal_app.domain.notifications import service as notifications
from portal_app.domain.scheduling.models import Fieldworker
from portal_app.kernel.audiences import Actor
from portal_app.kernel.formats import duration_text


def note_booked(tx: Session, actor: Actor, booking: Booking) -> None:
    """Begin the history of a booking."""
    told = [contact.name for contact in _told_contacts(tx, booking)]
    tx.add(
        BookingEvent(
            booking_id=booking.id,
            at=booking.created_at,
            by="customer",
            account_id=actor.account_id,
            what="booked",
            detail=_texts(tx, booking) | {"told": told},
        )
    )
    tx.flush()


def tell_booked(tx: Session, booking: Booking, price: Priced) -> None:
    """Write the mails, with every text they need.

    The customer, at the booking's contact e-mail, and the office read everything.
    A contact who is told about bookings reads service, day and time; the rest is
    behind a link of their own, if the customer lets them see bookings.
    """
    settings = business.current(tx)
    formats = business.formats(tx)
    address = lines_of(booking.address, settings.country)
    texts = _texts(tx, booking)
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
        "for_whom": ", ".join(one.name for one in for_whom.named(tx, booking.id)),
        "notes": booking.notes,
    }
    # The customer's mail opens the booking by itself, whoever it was written to.
    path = link_path(tx, booking)
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
                "speakers": _speakers(tx, booking, settings.country),
                "answers": _answers(tx, booking),
            },
            f"booking_received:{booking.id}",
        )
    for contact in _told_contacts(tx, booking):
        _tell_contact(tx, booking, contact, texts)


def _texts(tx: Session, booking: Booking) -> dict[str, str]:
    formats = business.formats(tx)
    return {
        "day": formats.day(booking.starts_at),
        "time": time_text(formats, booking.starts_at, booking.ends_at),
        "fieldworker": tx.get_one(Fieldworker, booking.fieldworker_id).name,
        "total": formats.money(booking.total_minor),
    }


def _answers(tx: Session, booking: Booking) -> list[dict[str, str]]:
    """What the service asked and the office may read."""
    return [
        {"question": one.name, "answer": one.text or one.file.name}
        for one in details.given(tx, OFFICE, booking)
    ]


def _told_contacts(tx: Session, booking: Booking) -> list[ToldContact]:
    """Whoever is to be told, but for the one whom the confirmation reaches."""
    found = customers.told_about(tx, booking.customer_id, BOOKING_UPDATES)
    return [one for one in found if booking.contact_email not in one.emails]


def _tell_contact(
    tx: Session, booking: Booking, contact: ToldContact, texts: dict[str, str]
) -> None:
    customer = tx.get_one(Customer, booking.customer_id)
    payload = {
        "customer": f"{customer.first_name} {customer.last_name}".strip(),
        "contact": contact.name,
        "service": booking.service_name,
        "day": texts["day"],
        "time": texts["time"],
        "stop_path": channels.stop_path(tx, contact.email_id),
    }
    if contact.may_view:
        payload["number"] = booking.number
        payload["path"] = link_path(tx, booking, contact.contact_id)
    notifications.enqueue(
        tx,
        "booking_told",
        contact.email,
        payload,
        f"booking_told:{booking.id}:{contact.contact_id}",
    )


def _speakers(tx: Session, booking: Booking, country: str) -> list[dict[str, str]]:
    """Who may speak for the customer, and the phone they would call from."""
    return [
        {
            "who": f"{one.name}, {one.role}",
            "phone": phone_text(one.phone, country),
        }
        for one in customers.speakers(tx, booking.customer_id)
    ]
