"""Who may open a quote: its customer, and whoever has the link of its mail.

A link opens one quote, for as long as it can be decided on and a while after. Like
the mail it stands in it is a key: whoever has it may read the quote and decide, by
a press of a button; opening it changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from portal_app.domain.quotes import rules
from portal_app.domain.quotes.models import Quote, QuoteLink
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import NotFound
from portal_app.kernel.ids import hash_secret, new_secret, normalise_number
from portal_app.kernel.ownership import owned_by, require_staff
from portal_app.kernel.statements import affected

QUOTE_PREFIX = "/quotes/"
OFFICE_PREFIX = "/office/quotes/"
LINK_PARAMETER = "link"
_MISSING = "We could not find that quote."


@dataclass(frozen=True, slots=True)
class Opened:
    """A quote that somebody may read and decide on.

    Attributes:
        quote: The row.
        by_link: Whether they have the link, and are not known to be its customer.
        customer: Who acts: the customer.
    """

    quote: Quote
    by_link: bool
    customer: Actor


def open_quote(
    tx: Session, actor: Actor, number: str, secret: str, *, lock: bool = False
) -> Opened:
    """A quote of the actor, or the one that a link opens.

    Args:
        tx: The transaction.
        actor: Who is asking; anybody.
        number: As a person may type it.
        secret: Of a link, or empty.
        lock: Make other changes to the quote wait for this transaction.

    Raises:
        NotFound: If it is missing, somebody else's, or the link does not open it.
    """
    known = normalise_number(number)
    if actor.audience is Audience.CUSTOMER:
        found = _first(tx, owned_by(actor, Quote).where(Quote.number == known), lock)
        if found is not None:
            return Opened(found, False, actor)
    if secret:
        by_link = (
            select(Quote)
            .join(QuoteLink, col(QuoteLink.quote_id) == col(Quote.id))
            .where(
                Quote.number == known,
                QuoteLink.token_hash == hash_secret(secret),
                col(QuoteLink.expires_at) > utc_now(),
            )
        )
        found = _first(tx, by_link, lock)
        if found is not None:
            customer = Actor(
                audience=Audience.CUSTOMER,
                customer_id=found.customer_id,
                address=actor.address,
                device=actor.device,
            )
            return Opened(found, True, customer)
    raise NotFound(_MISSING)


def office_quote(
    tx: Session, actor: Actor, number: str, *, lock: bool = False
) -> Quote:
    """Any quote, for the office.

    Raises:
        NotAllowed: If the actor is not of the office.
        NotFound: If there is none.
    """
    require_staff(actor)
    found = _first(
        tx, select(Quote).where(Quote.number == normalise_number(number)), lock
    )
    if found is None:
        raise NotFound(_MISSING)
    return found


def create_link_path(tx: Session, quote: Quote, expires_at: datetime) -> str:
    """Make a link for a mail; returns its path with the secret, stored nowhere else.

    Args:
        tx: The transaction that stores the mail.
        quote: What it opens.
        expires_at: When the quote that the mail is about does.
    """
    secret = new_secret()
    tx.add(
        QuoteLink(
            quote_id=quote.id,
            token_hash=hash_secret(secret),
            created_at=utc_now(),
            expires_at=expires_at + rules.LINK_LIFETIME_AFTER_EXPIRY,
        )
    )
    return f"{QUOTE_PREFIX}{quote.number}?{LINK_PARAMETER}={secret}"


def purge_links(tx: Session) -> int:
    """Delete links that open nothing any more; says how many."""
    return affected(tx, delete(QuoteLink).where(col(QuoteLink.expires_at) < utc_now()))


def _first(tx: Session, query, lock: bool) -> Quote | None:  # type: ignore[no-untyped-def]
    if lock:
        query = query.with_for_update(of=Quote)
    found: Quote | None = tx.exec(
        query.execution_options(populate_existing=True)
    ).one_or_none()
    return found
