"""The mails about quotes: to the office, to the customer, to their contacts."""

from dataclasses import replace

from sqlmodel import Session

from portal_app.domain.bookings import requests as drafts
from portal_app.domain.business import service as business
from portal_app.domain.customers import contact_points
from portal_app.domain.customers.contacts import QUOTES, active_contacts
from portal_app.domain.notifications import outbox
from portal_app.domain.notifications.outbox import Message
from portal_app.domain.quotes import rules, versions
from portal_app.domain.quotes.access import OFFICE_PREFIX, create_link_path
from portal_app.domain.quotes.models import Quote, QuoteVersion
from portal_app.kernel.audiences import Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.formats import duration_text

_DECISION_TEXTS = {
    rules.ACCEPTED: "accepted",
    rules.DECLINED: "declined",
    rules.CHANGES: "changes asked for",
}


def tell_office_of_request(tx: Session, quote: Quote) -> None:
    """Somebody asks for a price."""
    asked = drafts.request_view(tx, Audience.OFFICE, quote.draft_id)
    settings = business.current_business(tx)
    if not settings.email:
        return
    payload = {
        "path": f"{OFFICE_PREFIX}{quote.number}",
        "number": quote.number,
        "service": quote.service_name,
        "choices": asked.choices,
        "address_lines": asked.address_lines,
        "access_notes": asked.access_notes,
        "contact_name": asked.contact_name,
        "contact_email": asked.contact_email,
        "contact_phone": asked.contact_phone,
        "company": asked.company,
        "for_whom": asked.for_whom,
        "answers": [
            {"question": one.name, "answer": one.text or one.file.name}
            for one in asked.answers
        ],
        "preferred_times": quote.preferred_times,
        "notes": asked.notes,
    }
    key = f"quote_requested:{quote.id}"
    outbox.enqueue(tx, "quote_requested", settings.email, payload, key)


def tell_customer_of_quote(tx: Session, quote: Quote, version: QuoteVersion) -> None:
    """The office has answered. Contacts who hear of quotes are told that, no more."""
    assert version.expires_at is not None
    payload = _quote_payload(tx, quote, version)
    key = f"quote_sent:{quote.id}:{version.number}"
    message = Message(
        "quote_sent", quote.contact_email, payload, key, version.expires_at
    )
    outbox.enqueue_all(tx, [message, *_contact_messages(tx, quote, version)])


def warn_customer(tx: Session, quote: Quote, version: QuoteVersion) -> bool:
    """The quote runs out before long; says whether this call stored the mail."""
    key = f"quote_expires:{quote.id}:{version.number}"
    payload = _quote_payload(tx, quote, version)
    return outbox.enqueue(
        tx,
        "quote_expires",
        quote.contact_email,
        payload,
        key,
        expires_at=version.expires_at,
    )


def tell_customer_of_refusal(tx: Session, quote: Quote, reason: str) -> None:
    """There will be no quote."""
    payload = {
        "path": create_link_path(tx, quote, utc_now()),
        "number": quote.number,
        "service": quote.service_name,
        "contact_name": quote.contact_name,
        "reason": reason,
    }
    key = f"quote_turned_down:{quote.id}"
    outbox.enqueue(tx, "quote_turned_down", quote.contact_email, payload, key)


def tell_office_of_decision(
    tx: Session, quote: Quote, version: QuoteVersion, kind: str, reason: str = ""
) -> None:
    """The customer has decided."""
    settings = business.current_business(tx)
    if not settings.email:
        return
    formats = replace(business.formats(tx), currency=version.currency)
    payload = {
        "path": f"{OFFICE_PREFIX}{quote.number}",
        "number": quote.number,
        "version": version.number,
        "service": quote.service_name,
        "customer": quote.contact_name,
        "decided": _DECISION_TEXTS[kind],
        "total": formats.money(version.total_minor),
        "reason": reason,
    }
    key = f"quote_decided:{quote.id}:{version.number}"
    outbox.enqueue(tx, "quote_decided", settings.email, payload, key)


def _quote_payload(
    tx: Session, quote: Quote, version: QuoteVersion
) -> dict[str, object]:
    assert version.expires_at is not None
    [view] = versions.version_views(tx, quote, [version], {}, with_signature=False)
    return {
        "path": create_link_path(tx, quote, version.expires_at),
        "number": quote.number,
        "version": version.number,
        "service": quote.service_name,
        "contact_name": quote.contact_name,
        "lines": [
            {"description": one.description, "amount": one.amount} for one in view.lines
        ],
        "total": " ".join(filter(None, (view.total, view.tax_note))),
        "duration": duration_text(version.minutes),
        "notes": version.notes,
        "expires": view.expires,
        "day": view.day,
        "time": view.time,
        "fieldworker": view.fieldworker,
    }


def _contact_messages(
    tx: Session, quote: Quote, version: QuoteVersion
) -> list[Message]:
    return [
        Message(
            "quote_told",
            contact.email,
            {
                "customer": quote.contact_name,
                "contact": contact.name,
                "service": quote.service_name,
                "stop_path": contact_points.create_stop_link(tx, contact.email_id),
            },
            f"quote_told:{quote.id}:{version.number}:{contact.contact_id}",
        )
        for contact in active_contacts(tx, quote.customer_id).to_notify(QUOTES)
        if quote.contact_email not in contact.emails
    ]
