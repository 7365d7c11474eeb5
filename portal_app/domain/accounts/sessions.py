"""Sessions: a browser that is signed in.

The cookie holds 256 random bits, the database their hash. A session ends 12
hours after it was last used, 30 days when the person wished to be remembered.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col

from portal_app.domain.accounts.models import AccountSession
from portal_app.domain.accounts.rules import (
    REMEMBERED_LIFETIME,
    SEEN_EVERY,
    SESSION_LIFETIME,
)
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.ids import hash_secret, new_secret
from portal_app.kernel.statements import affected

_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session and the secret for its cookie."""

    id: str
    secret: str
    expires_at: datetime


def open_session(
    tx: Session, account_id: str, actor: Actor, *, remembered: bool
) -> Opened:
    """Sign a browser in."""
    secret = new_secret()
    now = utc_now()
    session = AccountSession(
        account_id=account_id,
        token_hash=hash_secret(secret),
        remembered=remembered,
        device=actor.device[:200],
        address=actor.address[:45],
        created_at=now,
        last_seen_at=now,
        expires_at=now + _lifetime(remembered),
    )
    tx.add(session)
    tx.flush()
    return Opened(session.id, secret, session.expires_at)


def revoke(tx: Session, session_id: str) -> None:
    """End a session now; one that has ended already stays as it is."""
    tx.execute(
        update(AccountSession)
        .where(
            col(AccountSession.id) == session_id,
            col(AccountSession.revoked_at).is_(None),
        )
        .values(revoked_at=utc_now())
    )


def is_seen_due(last_seen_at: datetime) -> bool:
    """Whether it is time to note that a session is in use: once a minute."""
    return utc_now() - last_seen_at >= SEEN_EVERY


def note_seen(tx: Session, session_id: str, address: str) -> None:
    """Note that a session is in use; its end moves accordingly."""
    now = utc_now()
    session = tx.get(AccountSession, session_id)
    if session is None or session.expires_at <= now:
        return
    # The condition keeps a sign-out that comes in between, and lets one of
    # several tabs do the work.
    tx.execute(
        update(AccountSession)
        .where(
            col(AccountSession.id) == session_id,
            col(AccountSession.revoked_at).is_(None),
            col(AccountSession.last_seen_at) <= now - SEEN_EVERY,
        )
        .values(
            last_seen_at=now,
            address=address[:45],
            expires_at=now + _lifetime(session.remembered),
        )
    )


def purge(tx: Session) -> int:
    """Delete sessions that ended more than 30 days ago; says how many."""
    before = utc_now() - _KEPT
    return affected(
        tx,
        delete(AccountSession).where(
            or_(
                col(AccountSession.expires_at) < before,
                col(AccountSession.revoked_at) < before,
            )
        ),
    )


def _lifetime(remembered: bool) -> timedelta:
    return REMEMBERED_LIFETIME if remembered else SESSION_LIFETIME
