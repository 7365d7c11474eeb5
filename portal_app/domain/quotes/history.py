"""The history of a quote: who did what, and when."""

from typing import Any

from sqlmodel import Session, col, select

from portal_app.domain.business import service as business
from portal_app.domain.quotes import rules
from portal_app.domain.quotes.models import Quote, QuoteEvent
from portal_app.domain.quotes.views import QuoteEventView
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import utc_now

_CUSTOMER, _OFFICE, _PORTAL = "customer", "office", "system"


def record(tx: Session, actor: Actor, quote: Quote, what: str, **detail: Any) -> None:
    """Write an entry, and count the change of the row.

    Args:
        tx: The transaction.
        actor: Who did it.
        quote: The caller holds it.
        what: As ``rules.event_text`` reads it.
        **detail: Likewise.
    """
    now = utc_now()
    by = _PORTAL if actor is SYSTEM else actor.audience.value
    tx.add(
        QuoteEvent(
            quote_id=quote.id,
            at=now,
            by=by,
            account_id=actor.account_id,
            what=what,
            detail=detail,
        )
    )
    quote.updated_at = now
    quote.version += 1
    tx.add(quote)
    tx.flush()


def event_views(tx: Session, quote: Quote, *, for_office: bool) -> list[QuoteEventView]:
    """What happened, latest first."""
    formats = business.formats(tx)
    customer = quote.contact_name if for_office else "You"
    who = {_CUSTOMER: customer, _OFFICE: "The office"}
    events = tx.exec(
        select(QuoteEvent)
        .where(QuoteEvent.quote_id == quote.id)
        .order_by(col(QuoteEvent.at).desc(), col(QuoteEvent.id).desc())
    )
    return [
        QuoteEventView(
            when=f"{formats.day(event.at)}, {formats.time(event.at)}",
            who=who.get(event.by, "The portal"),
            text=rules.event_text(event.what, event.detail),
        )
        for event in events
    ]
