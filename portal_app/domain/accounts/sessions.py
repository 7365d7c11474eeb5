"""Sessions: a browser that is signed in.

The cookie holds 256 random bits, the database their hash. How long after its
last use a session ends is for the business to say (``business.Switches``), and
longer when the person wished to be remembered. A guest's ends at a fixed time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col

from portal_app.domain.accounts.models import AccountSession, AccountToken
from portal_app.domain.accounts.rules import SEEN_EVERY
from portal_app.domain.accounts.tokens import Meaning
from portal_app.domain.business import service as businesses
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


def open_session(tx: Session, meaning: Meaning, actor: Actor) -> Opened:
    """Let a browser in: to an account, or a guest to one booking."""
    secret = new_secret()
    now = utc_now()
    guest = meaning.booking_id is not None
    session = AccountSession(
        account_id=meaning.account_id,
        booking_id=meaning.booking_id,
        link_id=meaning.link_id,
        contact_id=meaning.contact_id,
        way=meaning.way,
        token_hash=hash_secret(secret),
        remembered=meaning.remember and not guest,
        device=actor.device[:200],
        address=actor.address[:45],
        created_at=now,
        last_seen_at=now,
        expires_at=now + _lifetime(tx, guest=guest, remembered=meaning.remember),
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


def revoke_all(
    tx: Session,
    account_id: str,
    *,
    but: str | None = None,
    way: str | None = None,
) -> int:
    """End the sessions of an account now.

    Args:
        tx: The transaction.
        account_id: Whose.
        but: The session that stays.
        way: Only those that were opened by this way in.

    Returns:
        How many ended.
    """
    statement = update(AccountSession).where(
        col(AccountSession.account_id) == account_id,
        col(AccountSession.revoked_at).is_(None),
        col(AccountSession.expires_at) > utc_now(),
    )
    if but is not None:
        statement = statement.where(col(AccountSession.id) != but)
    if way is not None:
        statement = statement.where(col(AccountSession.way) == way)
    return affected(tx, statement.values(revoked_at=utc_now()))


def revoke_link(tx: Session, link_id: str) -> int:
    """End the guest sessions that a link in a mail opened; says how many."""
    tx.execute(
        update(AccountToken)
        .where(
            col(AccountToken.link_id) == link_id, col(AccountToken.used_at).is_(None)
        )
        .values(used_at=utc_now())
    )
    return affected(
        tx,
        update(AccountSession)
        .where(
            col(AccountSession.link_id) == link_id,
            col(AccountSession.revoked_at).is_(None),
        )
        .values(revoked_at=utc_now()),
    )


def is_seen_due(last_seen_at: datetime) -> bool:
    """Whether it is time to note that a session is in use: once a minute."""
    return utc_now() - last_seen_at >= SEEN_EVERY


def note_seen(tx: Session, session_id: str, address: str) -> None:
    """Note that a session is in use; its end moves accordingly, a guest's not."""
    now = utc_now()
    session = tx.get(AccountSession, session_id)
    if session is None or session.expires_at <= now:
        return
    guest = session.booking_id is not None
    ends_at = (
        session.expires_at
        if guest
        else now + _lifetime(tx, guest=False, remembered=session.remembered)
    )
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
            expires_at=ends_at,
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


def _lifetime(tx: Session, *, guest: bool, remembered: bool) -> timedelta:
    switches = businesses.switches(tx)
    if guest:
        return timedelta(minutes=switches.guest_session_minutes)
    if remembered:
        return timedelta(days=switches.remembered_days)
    return timedelta(hours=switches.session_hours)
