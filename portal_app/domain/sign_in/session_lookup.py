"""Who a session cookie stands for."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from portal_app.domain.accounts import sessions, sign_in_methods
from portal_app.domain.accounts.models import Account, AccountSession, SecondFactor
from portal_app.domain.accounts.rules import FIELDWORKER, GUEST, OFFICE, OWNER, READER
from portal_app.domain.business import service as businesses
from portal_app.domain.customers.contacts import VIEW, allows
from portal_app.domain.customers.models import Contact, Customer
from portal_app.domain.customers.profiles import picture_url
from portal_app.domain.sign_in.views import ViewerView
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database

_Seen = aliased(Customer)
_LIVE_SESSIONS: Any = (
    select_columns(
        col(AccountSession.token_hash),
        col(AccountSession.id),
        col(AccountSession.last_seen_at),
        col(AccountSession.booking_id),
        col(AccountSession.contact_id),
        col(AccountSession.method),
        col(Account.id).label("account_id"),
        col(Account.role),
        col(Account.office_role),
        col(Customer.id).label("customer_id"),
        col(SecondFactor.confirmed_at),
        col(Contact.may),
        col(Contact.archived_at),
        _Seen.id.label("seen_id"),  # type: ignore[attr-defined]
        _Seen.account_id.label("seen_account_id"),  # type: ignore[union-attr]
    )
    .select_from(AccountSession)
    .outerjoin(Account, col(Account.id) == col(AccountSession.account_id))
    .outerjoin(SecondFactor, col(SecondFactor.account_id) == col(Account.id))
    .outerjoin(Customer, col(Customer.account_id) == col(Account.id))
    .outerjoin(Contact, col(Contact.id) == col(AccountSession.contact_id))
    .outerjoin(_Seen, col(_Seen.id) == col(AccountSession.seen_customer_id))
    .where(col(AccountSession.revoked_at).is_(None), col(Account.disabled_at).is_(None))
)
"""Whatever decides who a session stands for, of those that may not have expired."""


def resolve_actor(tx: Session, token_hash: str, address: str, device: str) -> Actor:
    """Who a session cookie stands for, now. Reads only.

    Args:
        tx: The transaction.
        token_hash: The hash of the cookie's secret.
        address: The network address of the request.
        device: The browser's name for itself.

    Returns:
        A public actor if the session is unknown, expired or revoked, or its
        account is disabled.
    """
    return _resolve_with_last_seen(tx, token_hash, address, device)[0]


def resolve_session(db: Database, token_hash: str, address: str, device: str) -> Actor:
    """As ``resolve_actor``, and note once a minute that the session is in use.

    Its end moves with it, so something that every event passes must call this.
    """
    actor, seen_due = db.query(_resolve_with_last_seen, token_hash, address, device)
    if seen_due and actor.session_id is not None:
        db.call(sessions.update_last_seen, actor.session_id, address)
    return actor


def current_viewer(tx: Session, actor: Actor) -> ViewerView:
    """Who is looking, for the header and the menu."""
    if actor.booking_id is not None:
        return ViewerView(name="Guest", role=GUEST)
    if actor.account_id is None:
        return ViewerView()
    account = tx.get(Account, actor.account_id)
    if account is None:
        return ViewerView()
    customer = tx.get(Customer, actor.customer_id) if actor.customer_id else None
    name = (
        f"{customer.first_name} {customer.last_name}".strip()
        if customer
        else account.name or account.role.capitalize()
    )
    return ViewerView(
        signed_in=True,
        name=name,
        email=account.email,
        picture_url=picture_url(tx, customer.id) if customer else "",
        role=account.role,
        looking=actor.looking,
        reads_only=account.office_role == READER,
    )


def resolve_actors(tx: Session, token_hashes: Collection[str]) -> dict[str, Actor]:
    """Who these sessions stand for, now, by their hashes; in one query.

    Those that ended are left out.
    """
    rows = tx.execute(
        _LIVE_SESSIONS.where(
            col(AccountSession.token_hash).in_(token_hashes),
            col(AccountSession.expires_at) > utc_now(),
        )
    )
    found = {row.token_hash: _actor_of(tx, row) for row in rows}
    return {token_hash: actor for token_hash, actor in found.items() if actor}


def _resolve_with_last_seen(
    tx: Session, token_hash: str, address: str, device: str
) -> tuple[Actor, bool]:
    """The actor, and whether to note that the session is in use."""
    row = tx.execute(
        _LIVE_SESSIONS.where(
            col(AccountSession.token_hash) == token_hash,
            col(AccountSession.expires_at) > utc_now(),
        )
    ).first()
    actor = None if row is None else _actor_of(tx, row)
    if row is None or actor is None:
        return Actor(address=address, device=device), False
    return (
        replace(actor, address=address, device=device),
        sessions.is_last_seen_outdated(row.last_seen_at),
    )


def _actor_of(tx: Session, row: Any) -> Actor | None:
    """Who a row of ``_LIVE_SESSIONS`` stands for.

    A guest leaves as soon as the business closes the way the guest came by, a contact
    as soon as the customer lets them see bookings no more.
    """
    if row.booking_id is not None and not sign_in_methods.is_enabled(tx, row.method):
        return None
    if row.contact_id is not None and not allows(row.may or (), row.archived_at, VIEW):
        return None
    actor = Actor(
        audience=_audience(
            tx, row.role, row.office_role, secured=row.confirmed_at is not None
        ),
        account_id=row.account_id,
        customer_id=row.customer_id,
        booking_id=row.booking_id,
        is_owner=row.office_role == OWNER,
        session_id=row.id,
    )
    if actor.audience is not Audience.OFFICE or row.seen_account_id is None:
        return actor
    # Somebody of the office, as the customer they look as; themselves if it is gone.
    return replace(
        actor,
        audience=Audience.CUSTOMER,
        account_id=row.seen_account_id,
        customer_id=row.seen_id,
        is_owner=False,
        looking=True,
    )


def _audience(
    tx: Session, role: str | None, office_role: str, *, secured: bool
) -> Audience:
    """What a session may do; an account that must be secured first, only that."""
    if role in {OFFICE, FIELDWORKER} and not secured:
        business = businesses.current_business(tx)
        if business.second_factor_required:
            return Audience.NEWCOMER
    return Audience.READER if office_role == READER else Audience(role or GUEST)
