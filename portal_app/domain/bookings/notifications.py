"""The first entry of a booking's history, and the mails about what becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from portal_app.domain.bookings import booking_details, rules
from portal_app.domain.bookings.guests import create_link_path
from portal_app.domain.bookings.models import Booking, BookingEvent
from portal_app.domain.bookings.view_builders import (
    instant_text,
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
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
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
    texts = booking_texts(tx, booking, fieldworker)
    everybody = active_contacts(tx, booking.customer_id)
    notified = [
        one
        for one in everybody.to_notify(BOOKING_UPDATES)
        # Of a request they hear when it is confirmed.
        if booking.answer_by is None and booking.contact_email not in one.emails
    ]
    name = ""
    if notified:
        customer = tx.get_one(Customer, booking.customer_id)
        name = f"{customer.first_name} {customer.last_name}".strip()
    return BookingFacts(texts, everybody, notified, name)


def booking_texts(tx: Session, booking: Booking, fieldworker: str) -> dict[str, str]:
    """Day, time, fieldworker and total, in words."""
    formats = business.formats(tx)
    return {
        "day": formats.day(booking.starts_at),
        "time": time_range_text(formats, booking.starts_at, booking.ends_at),
        "fieldworker": fieldworker,
        "total": formats.money(booking.total_minor),
    }


def record_booked(
    tx: Session, actor: Actor, booking: Booking, facts: BookingFacts
) -> None:
    """Begin the history of a booking."""
    tx.add(
        BookingEvent(
            booking_id=booking.id,
            at=booking.created_at,
            by="office" if actor.on_behalf else "customer",
            account_id=actor.account_id,
            what="booked" if booking.answer_by is None else "requested",
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
    repeats: Mapping[str, Any],
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
        repeats: Of ``series.mail_facts``, if it begins a series.
    """
    settings = business.current_business(tx)
    formats = business.formats(tx)
    address = stored_address_lines(booking.address, settings.country)
    payload = {
        **facts.texts,
        **repeats,
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
        "answer_by": instant_text(formats, booking.answer_by),
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


@dataclass(frozen=True, slots=True)
class _News:
    """What is said of something that became of a booking.

    Attributes:
        verb: After the name of the booking, as in "was moved".
        text: A sentence for the customer.
    """

    verb: str
    text: str


_NEWS = {
    rules.MOVED: _News("was moved", "it has a new time."),
    rules.ASSIGNED: _News(
        "was given to somebody else", "another one of us comes at the same time."
    ),
    rules.NOT_EXTENDED: _News(
        "has dates that are taken",
        "nobody is free at these dates, and they are not booked. All others are. "
        "Please choose another time for them, or ask us.",
    ),
    rules.SERIES_CANCELLED: _News("was cancelled", "nobody will come at these dates."),
    rules.SERIES_MOVED: _News("was moved", "these dates have a new time."),
    rules.CANCELLED: _News("was cancelled", "nobody will come."),
    rules.APPROVED: _News("is confirmed", "we have confirmed your request."),
    rules.DECLINED: _News("was declined", "we are sorry that we cannot come then."),
    rules.EXPIRED: _News(
        "was not confirmed",
        "we are sorry: nobody answered your request in time, and the time is free "
        "again. Please choose another one, or ask us.",
    ),
}


def notify_changed(
    tx: Session,
    actor: Actor,
    booking: Booking,
    what: str,
    *,
    before: str = "",
    fee: str = "",
    reason: str = "",
    dates: Sequence[str] = (),
) -> None:
    """Write the mails about something that became of a booking.

    The customer and the contacts who are told of bookings get one; the office does
    where somebody else did it.

    Args:
        tx: The transaction.
        actor: Who did it.
        booking: As it is now; each version is told of once.
        what: ``moved``, or what the history calls it.
        before: When it was, of a move.
        fee: What it costs, in words.
        reason: Why, in words.
        dates: Of a series: those that it is about, in words.
    """
    news = _NEWS[what]
    settings = business.current_business(tx)
    everybody = active_contacts(tx, booking.customer_id)
    payload = _news_payload(
        tx, booking, news.verb, before=before, reason=reason, dates=dates
    )
    key = f"booking_news:{booking.id}:{booking.version}"
    messages = [
        Message(
            "booking_news",
            booking.contact_email,
            payload
            | {
                "text": news.text,
                "fee": fee,
                "contact_name": booking.contact_name,
                "path": create_link_path(tx, booking),
            },
            key,
        )
    ]
    by_office = actor.audience is Audience.OFFICE and actor is not SYSTEM
    if settings.email and not by_office:
        told = payload | {"fee": fee, "contact_name": booking.contact_name}
        messages.append(
            Message("booking_news_office", settings.email, told, f"{key}:office")
        )
    notified = [
        one
        for one in everybody.to_notify(BOOKING_UPDATES)
        if booking.contact_email not in one.emails
    ]
    customer = tx.get_one(Customer, booking.customer_id)
    for contact in notified:
        told = payload | {
            "customer": f"{customer.first_name} {customer.last_name}".strip(),
            "contact": contact.name,
            "stop_path": contact_points.create_stop_link(tx, contact.email_id),
        }
        del told["reason"], told["number"]
        if contact.may_view:
            told["number"] = booking.number
            told["path"] = create_link_path(tx, booking, contact.contact_id)
        messages.append(
            Message(
                "booking_news_told",
                contact.email,
                told,
                f"{key}:{contact.contact_id}",
            )
        )
    outbox.enqueue_all(tx, messages)


def notify_awaiting_answer(tx: Session, visits: Sequence[Booking]) -> None:
    """Tell the office of visits of one series that wait for its answer.

    Args:
        tx: The transaction.
        visits: In order of time, at least one; each is told of once.
    """
    settings = business.current_business(tx)
    if not settings.email:
        return
    formats, first = business.formats(tx), visits[0]
    dates = [
        f"{formats.short_day(one.starts_at)}, {formats.time(one.starts_at)}: "
        f"{one.number}, answer by {instant_text(formats, one.answer_by)}"
        for one in visits
    ]
    payload = _news_payload(tx, first, "waits for your answer", dates=dates)
    key = f"booking_awaiting:{first.id}"
    told = payload | {"fee": "", "contact_name": first.contact_name}
    outbox.enqueue_all(tx, [Message("booking_news_office", settings.email, told, key)])


def _news_payload(
    tx: Session,
    booking: Booking,
    verb: str,
    *,
    before: str = "",
    reason: str = "",
    dates: Sequence[str] = (),
) -> dict[str, Any]:
    """What everybody reads who is told of something that became of a booking."""
    formats = business.formats(tx)
    return {
        "news": verb,
        "number": booking.number,
        "service": booking.service_name,
        "day": formats.day(booking.starts_at),
        "time": time_range_text(formats, booking.starts_at, booking.ends_at),
        "before": before,
        "reason": reason,
        "dates": list(dates),
    }
