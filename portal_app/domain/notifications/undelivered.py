"""Mails that were given up: what the office sees of them, and sending them again."""

from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.notifications.kinds import kind_of
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.domain.notifications.reasons import words_of
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict, NotFound
from portal_app.kernel.ownership import require_office, require_staff

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class UndeliveredMail:
    """A mail that was given up, as the office sees it.

    Attributes:
        what: Its kind in words.
        at: When it was given up, as ISO text.
        when: The same in words.
        reason: Why, in words.
        answer: What the mail server said, if anything.
        expired: What to do where the link in it has run out; it cannot be sent again
            then. Empty where it can.
    """

    id: str
    recipient: str
    what: str
    at: str
    when: str
    reason: str
    answer: str = ""
    expired: str = ""


@dataclass(frozen=True, slots=True)
class UndeliveredPage:
    """One page of what was given up, latest first, at most 50 rows.

    Attributes:
        waiting: How many others failed so far and are tried again by themselves.
        waiting_reason: Why the latest of those failed, in words.
    """

    rows: list[UndeliveredMail] = field(default_factory=list)
    page: int = 1
    has_more: bool = False
    waiting: int = 0
    waiting_reason: str = ""


def read_page(tx: Session, actor: Actor, page: int = 1) -> UndeliveredPage:
    """One page of the mails that were given up.

    Args:
        tx: The transaction.
        actor: The office.
        page: Counted from 1; one after the last is the last.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    last = max(1, ceil(count(tx, actor) / PAGE_SIZE))
    page = min(max(1, page), last)
    found = tx.exec(
        select(OutboxMessage)
        .where(col(OutboxMessage.failed_at).is_not(None))
        .order_by(col(OutboxMessage.failed_at).desc(), col(OutboxMessage.id).desc())
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    ).all()
    waiting, reason = _waiting(tx)
    return UndeliveredPage(
        rows=[_view(tx, message) for message in found],
        page=page,
        has_more=page < last,
        waiting=waiting,
        waiting_reason=reason,
    )


def count(tx: Session, actor: Actor) -> int:
    """How many mails were given up and not sent again.

    Raises:
        NotAllowed: If the actor may not see what the office sees.
    """
    require_staff(actor)
    given_up = col(OutboxMessage.failed_at).is_not(None)
    return tx.exec(select(func.count()).where(given_up)).one()


def send_again(tx: Session, actor: Actor, message_id: str) -> None:
    """Let a mail that was given up be tried anew. Safe to repeat.

    It keeps its ``Message-ID``, by which a mailbox that has it already knows it.

    Raises:
        Conflict: If the link in it has run out.
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such mail.
    """
    require_office(actor)
    message = tx.get(
        OutboxMessage, message_id, with_for_update=True, populate_existing=True
    )
    if message is None:
        raise NotFound
    if message.failed_at is None:
        return
    now = utc_now()
    if expired := _expired(message, now):
        raise Conflict(expired)
    tx.execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == message_id)
        .values(
            failed_at=None,
            leased_until=None,
            attempts=0,
            due_at=now,
            reason="",
            last_error="",
        )
    )


def _view(tx: Session, message: OutboxMessage) -> UndeliveredMail:
    formats = businesses.formats(tx)
    at = message.failed_at or message.created_at
    return UndeliveredMail(
        id=message.id,
        recipient=message.recipient,
        what=kind_of(message.kind).words,
        at=at.isoformat(),
        when=f"{formats.short_day(at)}, {formats.time(at)}",
        reason=words_of(message.reason),
        answer=message.last_error,
        expired=_expired(message, utc_now()),
    )


def _expired(message: OutboxMessage, now: datetime) -> str:
    # Those given up before the portal kept what they say have nothing left to send.
    over = message.expires_at is not None and message.expires_at <= now
    if not over and message.payload:
        return ""
    return f"The link in it has run out. {kind_of(message.kind).renewal}".strip()


def _waiting(tx: Session) -> tuple[int, str]:
    waiting = (
        col(OutboxMessage.failed_at).is_(None),
        col(OutboxMessage.delivered_at).is_(None),
        col(OutboxMessage.reason) != "",
    )
    number = tx.exec(select(func.count()).where(*waiting)).one()
    latest = tx.exec(
        select(col(OutboxMessage.reason))
        .where(*waiting)
        .order_by(col(OutboxMessage.due_at).desc())
        .limit(1)
    ).first()
    return number, words_of(latest) if latest else ""
