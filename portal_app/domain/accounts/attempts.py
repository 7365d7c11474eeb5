"""How often something was tried, counted where every worker sees it.

Fixed windows: the first attempt opens one, attempts within it are counted by
one atomic statement, and after its end the next attempt opens another. A
refused attempt does not make the wait longer. The keys are stored hashed.
"""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy import case, delete, update
from sqlmodel import Session, col

from portal_app.domain.accounts.models import AttemptWindow
from portal_app.domain.accounts.rules import Limit
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import TooManyAttempts
from portal_app.kernel.ids import hash_secret
from portal_app.kernel.statements import affected, insert_into


@dataclass(frozen=True, slots=True)
class Try:
    """Something that is tried against a limit: by whom, or on what."""

    limit: Limit
    key: str

    @property
    def key_hash(self) -> str:
        """What the window is found by."""
        return hash_secret(f"{self.limit.name}\n{self.key}")


def take(db: Database, *tries: Try) -> None:
    """Count an attempt, whatever becomes of it.

    Committed at once, also when it is refused. Name the widest key (the
    network) first: once one limit refuses, those after it are not counted, so
    that a blocked network cannot lock accounts.

    Raises:
        TooManyAttempts: If a limit was reached; a right password does not help.
    """
    refuse(db.call(count, *tries))


def count(tx: Session, *tries: Try) -> datetime | None:
    """Count an attempt as part of a transaction that will be committed.

    Returns:
        When to try again, if a limit was reached; the caller must not go on.
    """
    now = utc_now()
    for tried in tries:
        attempts, ends_at = _count_one(tx, tried, now)
        if attempts > tried.limit.attempts:
            return ends_at
    return None


def refuse(blocked_until: datetime | None) -> None:
    """Raise what ``count`` found.

    Raises:
        TooManyAttempts: If there is something to wait for.
    """
    if blocked_until is not None:
        left = (blocked_until - utc_now()).total_seconds()
        raise TooManyAttempts(max(1, ceil(left)))


def forget(tx: Session, tried: Try) -> None:
    """Start counting anew, after a success."""
    tx.execute(
        delete(AttemptWindow).where(col(AttemptWindow.key_hash) == tried.key_hash)
    )


def give_back(tx: Session, tried: Try) -> None:
    """Not count the last attempt, after a success.

    For keys that others share: a success of one's own must not clear what was
    counted against the whole network.
    """
    tx.execute(
        update(AttemptWindow)
        .where(
            col(AttemptWindow.key_hash) == tried.key_hash,
            col(AttemptWindow.attempts) > 0,
        )
        .values(attempts=AttemptWindow.attempts - 1)
    )


def purge(tx: Session) -> int:
    """Delete windows that are over; says how many."""
    return affected(
        tx, delete(AttemptWindow).where(col(AttemptWindow.ends_at) <= utc_now())
    )


def _count_one(tx: Session, tried: Try, now: datetime) -> tuple[int, datetime]:
    fresh_end = now + tried.limit.window
    over = col(AttemptWindow.ends_at) <= now
    statement = (
        insert_into(tx, AttemptWindow)
        .values(key_hash=tried.key_hash, starts_at=now, ends_at=fresh_end, attempts=1)
        .on_conflict_do_update(
            index_elements=["key_hash"],
            set_={
                "attempts": case((over, 1), else_=col(AttemptWindow.attempts) + 1),
                "starts_at": case((over, now), else_=col(AttemptWindow.starts_at)),
                "ends_at": case((over, fresh_end), else_=col(AttemptWindow.ends_at)),
            },
        )
        .returning(col(AttemptWindow.attempts), col(AttemptWindow.ends_at))
    )
    attempts, ends_at = tx.execute(statement).one()
    return attempts, ends_at
