"""The outbox: written with what caused it, delivered at least once.

A message is stored in the transaction of the intention that causes it, so that
there is never one without the other. A job leases messages one at a time,
hands each to the mailer outside any transaction, and notes the outcome. A
worker that dies in between leaves a lease that runs out; the message is then
sent again under the same id, by which the receiver recognises it.

What a message said is forgotten once it is delivered: payloads hold links that
must not be readable in the database for longer than needed. One that was given up
keeps it for as long as the office may send it again (see ``undelivered``): until its
links have run out, 30 days at most.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import structlog
from sqlalchemy import delete, or_, select, update
from sqlmodel import Session, col

from portal_app.domain.business import service as businesses
from portal_app.domain.business.views import Branding
from portal_app.domain.notifications import reasons
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.domain.notifications.rules import (
    LEASE,
    MAX_ATTEMPTS,
    RETENTION,
    retry_delay,
)
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.statements import affected, insert_all_once

log = structlog.get_logger("outbox")

_MAX_DETAIL = 200

_suppressed: ContextVar[bool] = ContextVar("silent", default=False)


class DeliveryFailed(Exception):
    """A mailer could not hand a message over.

    Attributes:
        reason: One of ``reasons``.
        permanent: Whether trying again is pointless.
        code: The server's reply code, or 0.
        detail: What the server said, for the office; may hold the address, so it is
            never logged.
    """

    def __init__(
        self, reason: str, *, permanent: bool = False, code: int = 0, detail: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.code = code
        self.detail = detail


class Mailer(Protocol):
    """What delivers a message; ``integrations.mail`` implements it."""

    def send(
        self,
        kind: str,
        recipient: str,
        payload: dict[str, Any],
        business: Branding,
        *,
        message_id: str,
    ) -> None:
        """Hand one message over.

        Args:
            kind: Which message, such as ``verify_email``.
            recipient: An email address.
            payload: What the message is about.
            business: In whose name it is sent.
            message_id: The same for every attempt to send the same message.

        Raises:
            DeliveryFailed: If it could not be handed over.
        """


@dataclass(frozen=True, slots=True)
class _Lease:
    id: str
    kind: str
    recipient: str
    payload: dict[str, Any]
    attempt: int
    until: datetime
    business: Branding


@contextmanager
def notifications_suppressed() -> Iterator[None]:
    """Within it, in this thread, ``enqueue`` stores nothing.

    For what people did not do just now: loading demo or imported data runs the
    same intentions, but nobody is waiting for their mails.
    """
    token = _suppressed.set(True)
    try:
        yield
    finally:
        _suppressed.reset(token)


@dataclass(frozen=True, slots=True)
class Message:
    """What ``enqueue`` stores.

    Attributes:
        kind: Which message, such as ``verify_email``.
        recipient: An email address in its normal form.
        payload: JSON values that the message is about.
        dedupe_key: Names the cause; the same key twice is one message, for as long
            as the message is kept.
        expires_at: When the link in it runs out, after which it is not sent.
    """

    kind: str
    recipient: str
    payload: dict[str, Any]
    dedupe_key: str
    expires_at: datetime | None = None


def enqueue(
    tx: Session,
    kind: str,
    recipient: str,
    payload: dict[str, Any],
    dedupe_key: str,
    *,
    expires_at: datetime | None = None,
) -> bool:
    """Store a message, see ``Message``, to be delivered after the commit.

    Returns:
        Whether this call stored it.
    """
    message = Message(kind, recipient, payload, dedupe_key, expires_at)
    return enqueue_all(tx, [message]) == 1


def enqueue_all(tx: Session, messages: Iterable[Message]) -> int:
    """Store messages in one statement; says how many were not stored before."""
    if _suppressed.get():
        return 0
    now = utc_now()
    rows = [
        OutboxMessage(
            kind=one.kind,
            dedupe_key=one.dedupe_key,
            recipient=one.recipient,
            payload=one.payload,
            expires_at=one.expires_at,
            due_at=now,
            created_at=now,
        )
        for one in messages
    ]
    return insert_all_once(tx, rows, "dedupe_key") if rows else 0


def deliver_due(db: Database, mailer: Mailer, limit: int = 20) -> int:
    """Deliver what is due, oldest first.

    Safe to run in several workers at once: a lease keeps them apart.

    Args:
        db: The database.
        mailer: Where messages go; called outside any transaction.
        limit: How many messages to try at most.

    Returns:
        How many were delivered.
    """
    delivered = 0
    for _ in range(limit):
        # Most looks find nothing; those must not queue for the write lock.
        if not db.query(_has_due_message):
            break
        lease = db.call(_lease_next)
        if lease is None:
            break
        delivered += _deliver(db, mailer, lease)
    return delivered


def purge(tx: Session) -> int:
    """Delete messages that were delivered or given up more than 30 days ago.

    What messages said that were given up goes as soon as their links have run out.

    Returns:
        How many were deleted.
    """
    now = utc_now()
    tx.execute(
        update(OutboxMessage)
        .where(
            col(OutboxMessage.failed_at).is_not(None),
            col(OutboxMessage.expires_at) <= now,
        )
        .values(payload={})
    )
    before = now - RETENTION
    return affected(
        tx,
        delete(OutboxMessage).where(
            or_(
                col(OutboxMessage.delivered_at) < before,
                col(OutboxMessage.failed_at) < before,
            )
        ),
    )


def _due(now: datetime) -> Any:
    return (
        select(OutboxMessage)
        .where(
            col(OutboxMessage.delivered_at).is_(None),
            col(OutboxMessage.failed_at).is_(None),
            col(OutboxMessage.due_at) <= now,
            or_(
                col(OutboxMessage.leased_until).is_(None),
                col(OutboxMessage.leased_until) <= now,
            ),
        )
        .order_by(col(OutboxMessage.due_at), col(OutboxMessage.id))
        .limit(1)
    )


def _has_due_message(tx: Session) -> bool:
    return tx.execute(_due(utc_now())).first() is not None


def _lease_next(tx: Session) -> _Lease | None:
    now = utc_now()
    due = _due(now).with_for_update(skip_locked=True)
    message: OutboxMessage | None = tx.execute(due).scalars().first()
    if message is None:
        return None
    expired = message.expires_at is not None and message.expires_at <= now
    if expired or message.attempts >= MAX_ATTEMPTS:
        # Else every worker that took it died before it could say why.
        message.reason = reasons.LINK_EXPIRED if expired else reasons.INTERRUPTED
        message.failed_at = now
        tx.flush()
        return _lease_next(tx)
    until = now + LEASE
    message.leased_until = until
    # Counted before the attempt, so that one that kills the worker counts too.
    message.attempts += 1
    return _Lease(
        id=message.id,
        kind=message.kind,
        recipient=message.recipient,
        payload=dict(message.payload),
        attempt=message.attempts,
        until=until,
        business=businesses.branding(tx),
    )


def _deliver(db: Database, mailer: Mailer, lease: _Lease) -> bool:
    try:
        mailer.send(
            lease.kind,
            lease.recipient,
            lease.payload,
            lease.business,
            message_id=lease.id,
        )
    except DeliveryFailed as error:
        db.call(_record_failure, lease, error)
        return False
    except Exception as error:
        # Only the type: the text of a stranger's error may hold an address.
        failure = DeliveryFailed(reasons.NOT_WRITTEN, detail=type(error).__name__)
        db.call(_record_failure, lease, failure)
        return False
    db.call(_record_delivery, lease)
    log.info("delivered", kind=lease.kind, message=lease.id, attempt=lease.attempt)
    return True


def _record_delivery(tx: Session, lease: _Lease) -> None:
    tx.execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == lease.id)
        .values(
            delivered_at=utc_now(),
            leased_until=None,
            payload={},
            reason="",
            last_error="",
        )
    )


def _record_failure(tx: Session, lease: _Lease, failure: DeliveryFailed) -> None:
    now = utc_now()
    given_up = failure.permanent or lease.attempt >= MAX_ATTEMPTS
    values: dict[str, Any] = {
        "leased_until": None,
        "reason": failure.reason,
        "last_error": failure.detail[:_MAX_DETAIL],
    }
    if given_up:
        values["failed_at"] = now
    else:
        values["due_at"] = now + retry_delay(lease.attempt)
    tx.execute(
        update(OutboxMessage)
        .where(
            col(OutboxMessage.id) == lease.id,
            # Another worker may have taken over after the lease ran out.
            col(OutboxMessage.leased_until) == lease.until,
        )
        .values(**values)
    )
    log.warning(
        "not delivered",
        kind=lease.kind,
        message=lease.id,
        attempt=lease.attempt,
        reason=failure.reason,
        code=failure.code,
        given_up=given_up,
    )
