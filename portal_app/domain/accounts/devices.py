"""Browsers that an account was entered from before.

A browser keeps a secret in a cookie of its own, which outlives the session. An
account that is entered without it tells its owner by mail; the first browser of
a new account is nobody's surprise.
"""

from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from portal_app.domain.accounts import security
from portal_app.domain.accounts.models import Account, KnownDevice
from portal_app.domain.accounts.wording import device_words, place_words
from portal_app.domain.business import service as businesses
from portal_app.domain.notifications import service as notifications
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.ids import hash_secret, new_secret
from portal_app.kernel.statements import affected

_KEPT = timedelta(days=400)


def recognise(tx: Session, account: Account, actor: Actor, device_secret: str) -> str:
    """Say whether an account knows this browser, and tell its owner if not.

    Args:
        tx: The transaction of the sign-in.
        account: Who signs in.
        actor: With address and device.
        device_secret: From the browser's cookie; empty without one.

    Returns:
        The secret for the cookie. One that the browser made up is never taken.
    """
    now = utc_now()
    known = tx.exec(
        select(KnownDevice).where(
            KnownDevice.account_id == account.id,
            KnownDevice.token_hash == hash_secret(device_secret),
        )
    ).first()
    if known is not None:
        known.last_seen_at = now
        tx.flush()
        return device_secret
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
        _tell(tx, account, actor, device.id)
    return secret


def purge(tx: Session) -> int:
    """Forget browsers that were not used for 400 days; says how many."""
    before = utc_now() - _KEPT
    return affected(
        tx, delete(KnownDevice).where(col(KnownDevice.last_seen_at) < before)
    )


def _tell(tx: Session, account: Account, actor: Actor, device_id: str) -> None:
    formats = businesses.formats(tx)
    now = utc_now()
    security.note(tx, actor, "new_device", account_id=account.id, about=account.email)
    notifications.enqueue(
        tx,
        "new_device",
        account.email,
        {
            "path": "/account",
            "device": device_words(actor.device),
            "place": place_words(actor.address) or "an unknown network",
            "when": f"{formats.day(now)}, {formats.time(now)} ({formats.clock})",
        },
        f"new_device:{device_id}",
    )
