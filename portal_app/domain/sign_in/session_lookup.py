"""Who a session cookie stands for."""

from dataclasses import replace

from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from portal_app.domain.accounts import sessions, sign_in_methods
from portal_app.domain.accounts.models import Account, AccountSession, SecondFactor
from portal_app.domain.accounts.rules import FIELDWORKER, GUEST, OFFICE, OWNER, READER
from portal_app.domain.business import service as businesses
from portal_app.domain.customers.contacts import VIEW, has_right
from portal_app.domain.customers.models import Customer
from portal_app.domain.customers.profiles import picture_url
from portal_app.domain.sign_in.views import ViewerView
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database


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


def _resolve_with_last_seen(
    tx: Session, token_hash: str, address: str, device: str
) -> tuple[Actor, bool]:
    """The actor, and whether to note that the session is in use."""
    row = tx.execute(
        select_columns(
            col(AccountSession.id),
            col(AccountSession.last_seen_at),
            col(AccountSession.booking_id),
            col(AccountSession.contact_id),
            col(AccountSession.method),
            col(Account.id),
            col(Account.role),
            col(Account.office_role),
            col(Customer.id),
            col(AccountSession.seen_customer_id),
            col(SecondFactor.confirmed_at),
        )
        .select_from(AccountSession)
        .outerjoin(Account, col(Account.id) == col(AccountSession.account_id))
        .outerjoin(SecondFactor, col(SecondFactor.account_id) == col(Account.id))
        .outerjoin(Customer, col(Customer.account_id) == col(Account.id))
        .where(
            col(AccountSession.token_hash) == token_hash,
            col(AccountSession.revoked_at).is_(None),
            col(AccountSession.expires_at) > utc_now(),
            col(Account.disabled_at).is_(None),
        )
    ).first()
    nobody = Actor(address=address, device=device)
    if row is None:
        return nobody, False
    session_id, last_seen_at, booking_id, contact_id, method, *whose = row
    account_id, role, office_role, customer_id, seen_id, secured_at = whose
    # A guest leaves as soon as the business closes the way the guest came by, a
    # contact as soon as the customer lets them see bookings no more.
    if booking_id is not None and not sign_in_methods.is_enabled(tx, method):
        return nobody, False
    if contact_id is not None and not has_right(tx, contact_id, VIEW):
        return nobody, False
    actor = Actor(
        audience=_audience(tx, role, office_role, secured=secured_at is not None),
        account_id=account_id,
        customer_id=customer_id,
        booking_id=booking_id,
        is_owner=office_role == OWNER,
        session_id=session_id,
        address=address,
        device=device,
    )
    if seen_id is not None and actor.audience is Audience.OFFICE:
        actor = _as_seen(tx, actor, seen_id)
    return actor, sessions.is_last_seen_outdated(last_seen_at)


def _audience(
    tx: Session, role: str | None, office_role: str, *, secured: bool
) -> Audience:
    """What a session may do; an account that must be secured first, only that."""
    if role in {OFFICE, FIELDWORKER} and not secured:
        business = businesses.current_business(tx)
        if business.second_factor_required:
            return Audience.NEWCOMER
    return Audience.READER if office_role == READER else Audience(role or GUEST)


def _as_seen(tx: Session, actor: Actor, customer_id: str) -> Actor:
    """Somebody of the office as the customer they look as; themselves if it is gone."""
    customer = tx.get(Customer, customer_id)
    if customer is None or customer.account_id is None:
        return actor
    return replace(
        actor,
        audience=Audience.CUSTOMER,
        account_id=customer.account_id,
        customer_id=customer.id,
        is_owner=False,
        looking=True,
    )
