"""Whose a draft is: a customer's or, before there is an account, a browser's.

A browser proves that a draft is its own by a random secret in a cookie that no
script can read; here is its hash (ADR 32). Whoever signs in in that
browser goes on with it. Drafts that nobody goes on with are deleted.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, delete, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.rules import CUSTOMER
from portal_app.domain.accounts.views import SignedIn
from portal_app.domain.bookings import rules
from portal_app.domain.bookings.models import BookingDraft
from portal_app.domain.business.service import current_business
from portal_app.domain.customers import merge
from portal_app.domain.customers.models import Customer
from portal_app.domain.fields import rules as d
from portal_app.domain.fields import schema
from portal_app.domain.fields import values as fields
from portal_app.domain.rate_limits import limiter
from portal_app.domain.rate_limits.rules import Limit
from portal_app.domain.scheduling import holds
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed
from portal_app.kernel.ownership import customer_of

_HOUR = timedelta(hours=1)
VISITOR_RETENTION = timedelta(days=7)
"""How long a draft of a visitor is kept after its last change."""

DRAFTS_BY_NETWORK = Limit("visitor draft network", 600, _HOUR)
DRAFTS_BY_ADDRESS = Limit("visitor draft address", 120, _HOUR)


def is_visitor(actor: Actor) -> bool:
    """Whether somebody who is no customer yet may keep drafts in this browser."""
    return bool(actor.visitor_hash) and actor.audience in {
        Audience.PUBLIC,
        Audience.GUEST,
    }


def drafts_of(actor: Actor) -> SelectOfScalar[BookingDraft]:
    """The drafts that belong to the actor: the start of every read.

    Raises:
        NotAllowed: If the actor is no customer, and the browser has no secret.
    """
    return select(BookingDraft).filter_by(**owner_of(actor))


def owner_of(actor: Actor) -> dict[str, Any]:
    """The columns of a draft that say whose it is.

    Raises:
        NotAllowed: As ``drafts_of``.
    """
    if is_visitor(actor):
        hashed = actor.visitor_hash
        return {"customer_id": None, "visitor_hash": hashed, "by_office": False}
    customer_id = customer_of(actor)
    return {
        "customer_id": customer_id,
        "visitor_hash": "",
        "by_office": actor.on_behalf,
    }


def limit_keys(actor: Actor) -> tuple[limiter.LimitKey, ...]:
    """What a new draft of a visitor counts against."""
    return limiter.caller_keys(actor, DRAFTS_BY_NETWORK, DRAFTS_BY_ADDRESS)


def guests_are_welcome(tx: Session, draft: BookingDraft) -> bool:
    """Whether this can be booked without an account.

    Not where the service needs a file: those are handed in with an account only.
    """
    if not current_business(tx).guests_may_book:
        return False
    scope = schema.service_scope(draft.service_id)
    asked = schema.active_definitions_by_scope(tx, [scope])[scope]
    return not any(
        field.required and field.kind in {d.FILE, d.SIGNATURE} for field in asked
    )


def require_guests_welcome(tx: Session, draft: BookingDraft) -> None:
    """Refuse a visitor where nobody books without an account.

    Raises:
        NotAllowed: With words for the visitor.
    """
    if not guests_are_welcome(tx, draft):
        raise NotAllowed("Please sign up or log in to book this.")


def redeem_ticket(
    tx: Session,
    actor: Actor,
    ticket: str,
    device_secrets: tuple[str, ...],
    visitor_hash: str,
) -> SignedIn:
    """As ``accounts.service.redeem_ticket``; the browser's drafts go along.

    Args:
        tx: One transaction: who is signed in has the drafts.
        actor: Who asks.
        ticket: Single use.
        device_secrets: From the browser's own cookie.
        visitor_hash: Of the browser's secret for drafts; empty without one.

    Raises:
        NotFound: If the ticket is unknown, used or expired.
    """
    signed_in = accounts.redeem_ticket(tx, actor, ticket, device_secrets)
    if signed_in.role == CUSTOMER and signed_in.account_id:
        if visitor_hash:
            adopt_drafts(tx, signed_in.account_id, visitor_hash)
        _find_guest_bookings(tx, signed_in.account_id)
    return signed_in


def _find_guest_bookings(tx: Session, account_id: str) -> None:
    """Give what was booked as a guest to the account of that email.

    Nobody logs in before their email was proven.
    """
    email = tx.exec(
        select(Customer.email).where(Customer.account_id == account_id)
    ).one_or_none()
    if email and merge.has_unclaimed_customer(tx, email):
        merge.merge_customers(tx, account_id, email)


def adopt_drafts(tx: Session, account_id: str, visitor_hash: str) -> int:
    """Give the open drafts of a browser to the customer of an account; how many.

    One of the same service that the customer had begun before gives way: what was
    chosen last is what somebody came back for.
    """
    customer_id = tx.exec(
        select(Customer.id).where(Customer.account_id == account_id)
    ).one_or_none()
    if customer_id is None:
        return 0
    rows = tx.exec(
        select(BookingDraft)
        .where(
            BookingDraft.visitor_hash == visitor_hash,
            col(BookingDraft.customer_id).is_(None),
            col(BookingDraft.closed_at).is_(None),
        )
        .with_for_update()
    ).all()
    if not rows:
        return 0
    replaced = tx.exec(
        select(BookingDraft.id)
        .where(
            BookingDraft.customer_id == customer_id,
            col(BookingDraft.by_office).is_(False),
            col(BookingDraft.service_id).in_([row.service_id for row in rows]),
            col(BookingDraft.closed_at).is_(None),
            col(BookingDraft.requested_at).is_(None),
        )
        .with_for_update()
    ).all()
    delete_drafts(tx, replaced)
    for row in rows:
        row.customer_id, row.visitor_hash = customer_id, ""
        row.version += 1
        row.updated_at = utc_now()
    tx.flush()
    return len(rows)


def delete_drafts(tx: Session, ids: Collection[str]) -> None:
    """Delete drafts, with what was answered and held for them; the caller locks."""
    if ids:
        holds.give_back(tx, ids)
        fields.delete_values(tx, rules.DRAFT_SUBJECT, ids)
        tx.execute(delete(BookingDraft).where(col(BookingDraft.id).in_(ids)))


_RETENTION = timedelta(days=30)
_STALE_BATCH_SIZE = 200


def delete_stale_drafts(db: Database) -> int:
    """Delete open drafts that were not changed for 30 days, visitors' for 7.

    What was booked keeps its draft, by which a repeated confirmation is known.

    Args:
        db: The database; a transaction takes at most 200 drafts.

    Returns:
        How many.
    """
    forgotten = 0
    while count := db.call(_delete_stale_batch):
        forgotten += count
    return forgotten


def _delete_stale_batch(tx: Session) -> int:
    now = utc_now()
    # One that is being changed or confirmed just now is left alone.
    ids = tx.exec(
        select(col(BookingDraft.id))
        .where(
            col(BookingDraft.closed_at).is_(None),
            col(BookingDraft.requested_at).is_(None),
            or_(
                col(BookingDraft.updated_at) < now - _RETENTION,
                and_(
                    col(BookingDraft.customer_id).is_(None),
                    col(BookingDraft.updated_at) < now - VISITOR_RETENTION,
                ),
            ),
        )
        .order_by(col(BookingDraft.updated_at))
        .limit(_STALE_BATCH_SIZE)
        .with_for_update(skip_locked=True)
    ).all()
    delete_drafts(tx, ids)
    return len(ids)
