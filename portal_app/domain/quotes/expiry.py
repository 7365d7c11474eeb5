"""Quotes that run out: the customer is warned before, and the quote is closed."""

from sqlmodel import Session, col, select

from portal_app.domain.business import permissions
from portal_app.domain.quotes import history, notifications, rules
from portal_app.domain.quotes.models import Quote, QuoteVersion
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.features import Feature

_BATCH_SIZE = 100


def close_expired(db: Database) -> int:
    """Mark the quotes that ran out; says how many.

    Whether one can be accepted is decided by the clock, not by this.

    Args:
        db: The database; a transaction takes at most 100 quotes.
    """
    closed = 0
    while count := db.call(_close_batch):
        closed += count
    return closed


def warn_of_expiry(db: Database) -> int:
    """Mail the customers whose quotes run out within two days, once per version.

    Nobody is told while quotes are switched off.

    Args:
        db: The database; a transaction takes at most 100 quotes.

    Returns:
        How many mails were written.
    """
    warned = 0
    while count := db.call(_warn_batch):
        warned += count
    return warned


def _close_batch(tx: Session) -> int:
    rows = tx.exec(
        select(Quote)
        .where(Quote.status == rules.SENT, col(Quote.expires_at) <= utc_now())
        .order_by(col(Quote.expires_at))
        .limit(_BATCH_SIZE)
        .with_for_update(skip_locked=True)
    ).all()
    for quote in rows:
        quote.status = rules.EXPIRED
        history.record(tx, SYSTEM, quote, "expired", number=quote.sent_number)
    return len(rows)


def _warn_batch(tx: Session) -> int:
    if not permissions.is_on(tx, Feature.QUOTES):
        return 0
    now = utc_now()
    rows = tx.exec(
        select(Quote, QuoteVersion)
        .join(
            QuoteVersion,
            (col(QuoteVersion.quote_id) == col(Quote.id))
            & (col(QuoteVersion.number) == col(Quote.sent_number)),
        )
        .where(
            Quote.status == rules.SENT,
            col(Quote.expires_at) > now,
            col(Quote.expires_at) <= now + rules.WARNED_BEFORE,
            col(Quote.warned_number) < col(Quote.sent_number),
            # What was valid for so short a time was announced with that.
            col(QuoteVersion.sent_at) <= now - rules.WARNED_BEFORE,
        )
        .order_by(col(Quote.expires_at))
        .limit(_BATCH_SIZE)
        .with_for_update(skip_locked=True, of=Quote)
    ).all()
    for quote, version in rows:
        quote.warned_number = version.number
        tx.add(quote)
        notifications.warn_customer(tx, quote, version)
    tx.flush()
    return len(rows)
