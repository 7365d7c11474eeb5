"""Sessions of signed-in browsers and the devices that an account knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from portal_app.domain.accounts import security_log
from portal_app.domain.accounts.models import (
    Account,
    AccountSession,
    AccountToken,
    KnownDevice,
)
from portal_app.domain.accounts.rules import (
    LAST_SEEN_INTERVAL,
    SIGN_IN_METHODS,
    device_text,
    network_text,
)
from portal_app.domain.accounts.tokens import TokenSubject
from portal_app.domain.accounts.views import SessionView
from portal_app.domain.business import service as businesses
from portal_app.domain.notifications import outbox as notifications
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import NotAllowed, NotFound
from portal_app.kernel.ids import hash_secret, new_secret
from portal_app.kernel.statements import affected

_SESSION_RETENTION = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A new session and the secret for its cookie."""

    id: str
    secret: str
    expires_at: datetime


def open_session(tx: Session, meaning: TokenSubject, actor: Actor) -> OpenedSession:
    """Let a browser in: to an account, or a guest to one booking."""
    secret = new_secret()
    now = utc_now()
    guest = meaning.booking_id is not None
    session = AccountSession(
        account_id=meaning.account_id,
        booking_id=meaning.booking_id,
        link_id=meaning.link_id,
        contact_id=meaning.contact_id,
        method=meaning.method,
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
    return OpenedSession(session.id, secret, session.expires_at)


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
    method: str | None = None,
) -> int:
    """End the sessions of an account now.

    Args:
        tx: The transaction.
        account_id: Whose.
        but: The session that stays.
        method: Only those that were opened by this method.

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
    if method is not None:
        statement = statement.where(col(AccountSession.method) == method)
    return affected(tx, statement.values(revoked_at=utc_now()))


def link_of_session(tx: Session, actor: Actor) -> str | None:
    """The link in a mail by which a guest came; ``None`` for all others."""
    row = tx.get(AccountSession, actor.session_id) if actor.session_id else None
    return row.link_id if row else None


def revoke_link_sessions(tx: Session, link_id: str) -> int:
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


def is_last_seen_outdated(last_seen_at: datetime) -> bool:
    """Whether it is time to note that a session is in use: once a minute."""
    return utc_now() - last_seen_at >= LAST_SEEN_INTERVAL


def update_last_seen(tx: Session, session_id: str, address: str) -> None:
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
            col(AccountSession.last_seen_at) <= now - LAST_SEEN_INTERVAL,
        )
        .values(
            last_seen_at=now,
            address=address[:45],
            expires_at=ends_at,
        )
    )


def purge(tx: Session) -> int:
    """Delete sessions that ended more than 30 days ago; says how many."""
    before = utc_now() - _SESSION_RETENTION
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


def set_seen_customer(tx: Session, session_id: str, customer_id: str | None) -> bool:
    """Say as which customer a session of the office looks at the portal, if any.

    Returns:
        Whether that is new.
    """
    statement = update(AccountSession).where(
        col(AccountSession.id) == session_id,
        col(AccountSession.revoked_at).is_(None),
        col(AccountSession.seen_customer_id).is_distinct_from(customer_id),
    )
    return affected(tx, statement.values(seen_customer_id=customer_id)) > 0


def seen_customer_of(tx: Session, session_id: str) -> tuple[str, str] | None:
    """The account behind a session that looks as a customer, and that customer."""
    row = tx.get(AccountSession, session_id)
    if row is None or row.account_id is None or row.seen_customer_id is None:
        return None
    return row.account_id, row.seen_customer_id


_MAX_LISTED = 50


def require_account(actor: Actor) -> str:
    """The account that is asking.

    Raises:
        NotAllowed: If nobody is signed in with an account.
    """
    if actor.account_id is None:
        raise NotAllowed
    return actor.account_id


def list_sessions(tx: Session, actor: Actor) -> list[SessionView]:
    """The browsers in which the actor is signed in: this one, then latest first.

    Raises:
        NotAllowed: If nobody is signed in with an account.
    """
    found = tx.exec(
        select(AccountSession)
        .where(
            AccountSession.account_id == require_account(actor),
            col(AccountSession.revoked_at).is_(None),
            col(AccountSession.expires_at) > utc_now(),
        )
        .order_by(
            (col(AccountSession.id) == actor.session_id).desc(),
            col(AccountSession.last_seen_at).desc(),
            col(AccountSession.id).desc(),
        )
        .limit(_MAX_LISTED)
    ).all()
    formats = businesses.formats(tx)
    return [
        SessionView(
            id=session.id,
            device=device_text(session.device),
            place=network_text(session.address),
            last_seen=(
                f"{formats.short_day(session.last_seen_at)}, "
                f"{formats.time(session.last_seen_at)}"
            ),
            last_seen_at=session.last_seen_at.isoformat(),
            signed_in=formats.day(session.created_at),
            method=SIGN_IN_METHODS[session.method],
            remembered=session.remembered,
            current=session.id == actor.session_id,
        )
        for session in found
    ]


def end_session(tx: Session, actor: Actor, session_id: str) -> None:
    """Sign one of the actor's browsers out, from its next event on.

    Args:
        tx: The transaction.
        actor: Who is signed in.
        session_id: From ``list_sessions``.

    Raises:
        NotAllowed: If nobody is signed in with an account.
        NotFound: If it is somebody else's, or over.
    """
    ended = affected(
        tx,
        update(AccountSession)
        .where(
            col(AccountSession.id) == session_id,
            col(AccountSession.account_id) == require_account(actor),
            col(AccountSession.revoked_at).is_(None),
        )
        .values(revoked_at=utc_now()),
    )
    if not ended:
        raise NotFound("That session is over already.")
    security_log.record(
        tx, actor, "sessions_ended", account_id=actor.account_id, detail="One."
    )


def end_other_sessions(tx: Session, actor: Actor) -> int:
    """Sign the actor out everywhere but here; says in how many browsers.

    Raises:
        NotAllowed: If nobody is signed in with an account.
    """
    ended = revoke_all(tx, require_account(actor), but=actor.session_id)
    if ended:
        security_log.record(
            tx,
            actor,
            "sessions_ended",
            account_id=actor.account_id,
            detail=f"All others: {ended}.",
        )
    return ended


_DEVICE_RETENTION = timedelta(days=400)


def recognise_device(
    tx: Session, account: Account, actor: Actor, device_secrets: Sequence[str]
) -> str:
    """Say whether an account knows this browser, and tell its owner if not.

    Args:
        tx: The transaction of the sign-in.
        account: Who signs in.
        actor: With address and device.
        device_secrets: From the browser's cookie, one for each account that signs
            in there.

    Returns:
        The one of this account, old or new. One that the browser made up is never
        taken.
    """
    now = utc_now()
    by_hash = {hash_secret(secret): secret for secret in device_secrets}
    known = tx.exec(
        select(KnownDevice).where(
            KnownDevice.account_id == account.id,
            col(KnownDevice.token_hash).in_(by_hash),
        )
    ).first()
    if known is not None:
        known.last_seen_at = now
        tx.flush()
        return by_hash[known.token_hash]
    others = tx.exec(
        select(KnownDevice.id).where(KnownDevice.account_id == account.id).limit(1)
    ).first()
    secret = new_secret()
    device = KnownDevice(
        account_id=account.id,
        token_hash=hash_secret(secret),
        created_at=now,
        last_seen_at=now,
    )
    tx.add(device)
    tx.flush()
    if others is not None:
        _notify_owner(tx, account, actor, device.id)
    return secret


def known_browser(tx: Session, actor: Actor, email: str) -> str:
    """What the account of an email knows the actor's browser by.

    Args:
        tx: The transaction.
        actor: Who asks.
        email: In its normal form.

    Returns:
        A text for this session, or this device; empty for a stranger's browser,
        and for every browser if the email has no account.
    """
    if actor.device_hashes:
        device = tx.exec(
            select(KnownDevice.id)
            .join(Account, col(Account.id) == col(KnownDevice.account_id))
            .where(
                Account.email == email,
                col(KnownDevice.token_hash).in_(actor.device_hashes),
            )
        ).first()
        if device is not None:
            return f"device {device}"
    if actor.account_id is not None and actor.session_id is not None:
        account = tx.get(Account, actor.account_id)
        if account is not None and account.email == email:
            return f"session {actor.session_id}"
    return ""


def forget_devices(tx: Session, account_id: str, *, but: Sequence[str]) -> None:
    """Have an account know no browser any more, but those of these hashes."""
    tx.execute(
        delete(KnownDevice).where(
            col(KnownDevice.account_id) == account_id,
            col(KnownDevice.token_hash).not_in(but),
        )
    )


def purge_devices(tx: Session) -> int:
    """Forget browsers that were not used for 400 days; says how many."""
    before = utc_now() - _DEVICE_RETENTION
    return affected(
        tx, delete(KnownDevice).where(col(KnownDevice.last_seen_at) < before)
    )


def _notify_owner(tx: Session, account: Account, actor: Actor, device_id: str) -> None:
    formats = businesses.formats(tx)
    now = utc_now()
    security_log.record(
        tx, actor, "new_device", account_id=account.id, about=account.email
    )
    notifications.enqueue(
        tx,
        "new_device",
        account.email,
        {
            "path": "/account/security",
            "device": device_text(actor.device),
            "place": network_text(actor.address) or "an unknown network",
            "when": f"{formats.day(now)}, {formats.time(now)} ({formats.clock})",
        },
        f"new_device:{device_id}",
    )
