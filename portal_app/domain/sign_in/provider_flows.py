"""A sign-in at a provider, from the click until the answer.

An answer counts once, within ten minutes, and only in the browser that began:
the browser keeps one secret in a cookie, the provider's page carries another in
``state``. Only their hashes are stored. What else a flow needs, the PKCE verifier
and the nonce, follows from both secrets, so nobody who reads the database can
finish somebody else's sign-in.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from portal_app.domain.accounts import sign_in_methods
from portal_app.domain.rate_limits import limiter
from portal_app.domain.rate_limits.limiter import LimitKey
from portal_app.domain.rate_limits.rules import Limit, network_of
from portal_app.domain.sign_in.models import ProviderFlow
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import DomainError, NotAllowed
from portal_app.kernel.ids import hash_secret, new_secret
from portal_app.kernel.paths import MOST_PATH
from portal_app.kernel.statements import affected
from portal_app.kernel.text import is_readable, one_line

FLOW_LIFETIME = timedelta(minutes=10)
_RETENTION = timedelta(days=1)
_MOST_NAME = 80
_BY_NETWORK = Limit("provider address", 60, timedelta(minutes=15))


class RefusalReason(StrEnum):
    """Why an answer does not count."""

    STRANGE = "strange"
    EXPIRED = "expired"
    REPLAYED = "replayed"


class FlowRefused(DomainError):
    """An answer that does not belong to a sign-in of this browser, now."""

    def __init__(self, reason: RefusalReason) -> None:
        super().__init__("Please begin again on the log-in page.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Flow:
    """What a sign-in was begun for.

    Attributes:
        next_path: Where the person goes on.
        account_id: Whose account shall be connected; ``None`` for a sign-in.
        first_name: What the provider's page said.
        last_name: As ``first_name``.
    """

    next_path: str
    account_id: str | None
    first_name: str
    last_name: str


def begin(
    db: Database,
    actor: Actor,
    provider: str,
    browser_secret: str,
    next_path: str,
    *,
    connect: bool = False,
) -> str:
    """Begin a sign-in, or the connecting of a provider.

    Args:
        db: The database; the count of attempts is kept whatever happens.
        actor: Who asks.
        provider: ``google``, ``apple`` or ``facebook``.
        browser_secret: What the browser's cookie holds.
        next_path: Where the person goes on; a path of this portal.
        connect: Connect the provider to the actor's account.

    Returns:
        The ``state`` for the provider's page.

    Raises:
        WayClosed: If the business switched the provider off.
        NotAllowed: If nobody is signed in whose account could be connected.
        TooManyAttempts: If this network began too many.
    """
    if connect and actor.account_id is None:
        raise NotAllowed
    db.query(sign_in_methods.require_enabled, provider)
    limiter.count_attempt(db, LimitKey(_BY_NETWORK, network_of(actor.address)))
    state, now = new_secret(), utc_now()

    def store(tx: Session) -> None:
        tx.add(
            ProviderFlow(
                provider=provider,
                state_hash=hash_secret(state),
                browser_hash=hash_secret(browser_secret),
                account_id=actor.account_id if connect else None,
                next_path=next_path if len(next_path) <= MOST_PATH else "",
                created_at=now,
                expires_at=now + FLOW_LIFETIME,
            )
        )

    db.call(store)
    return state


def save_name(
    tx: Session, provider: str, state: str, first_name: str, last_name: str
) -> None:
    """Keep the name that a provider's form brought until the flow is finished."""
    tx.execute(
        update(ProviderFlow)
        .where(
            col(ProviderFlow.state_hash) == hash_secret(state),
            col(ProviderFlow.provider) == provider,
            col(ProviderFlow.used_at).is_(None),
            col(ProviderFlow.expires_at) > utc_now(),
        )
        .values(
            first_name=_one_line(first_name)[:_MOST_NAME],
            last_name=_one_line(last_name)[:_MOST_NAME],
        )
    )


def finish(tx: Session, provider: str, state: str, browser_secret: str) -> Flow:
    """Use a flow up, in one statement: of two answers, one counts.

    Raises:
        FlowRefused: If there is no such flow in this browser, or it was used, or
            it took too long.
    """
    now = utc_now()
    row = tx.execute(
        update(ProviderFlow)
        .where(
            col(ProviderFlow.state_hash) == hash_secret(state),
            col(ProviderFlow.browser_hash) == hash_secret(browser_secret),
            col(ProviderFlow.provider) == provider,
            col(ProviderFlow.used_at).is_(None),
            col(ProviderFlow.expires_at) > now,
        )
        .values(used_at=now)
        .returning(
            col(ProviderFlow.next_path),
            col(ProviderFlow.account_id),
            col(ProviderFlow.first_name),
            col(ProviderFlow.last_name),
        )
    ).first()
    if row is None:
        raise FlowRefused(_refusal_reason(tx, provider, state, browser_secret))
    return Flow(*row)


def verifier_of(state: str, browser_secret: str) -> str:
    """The PKCE code verifier of a flow (RFC 7636: 43 unreserved characters)."""
    return _derived(b"verifier", state, browser_secret)


def nonce_of(state: str, browser_secret: str) -> str:
    """The nonce of a flow, which the provider's id token must repeat."""
    return _derived(b"nonce", state, browser_secret)


def purge(tx: Session) -> int:
    """Delete flows that ended more than a day ago; says how many."""
    before = utc_now() - _RETENTION
    return affected(
        tx, delete(ProviderFlow).where(col(ProviderFlow.expires_at) < before)
    )


def _refusal_reason(
    tx: Session, provider: str, state: str, browser_secret: str
) -> RefusalReason:
    flow = tx.exec(
        select(ProviderFlow).where(
            ProviderFlow.state_hash == hash_secret(state),
            ProviderFlow.browser_hash == hash_secret(browser_secret),
            ProviderFlow.provider == provider,
        )
    ).first()
    if flow is None:
        return RefusalReason.STRANGE
    return RefusalReason.EXPIRED if flow.used_at is None else RefusalReason.REPLAYED


def _derived(purpose: bytes, state: str, browser_secret: str) -> str:
    digest = hmac.new(
        browser_secret.encode(), purpose + b"\n" + state.encode(), hashlib.sha256
    ).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _one_line(text: str) -> str:
    return one_line(text) if is_readable(text) else ""
