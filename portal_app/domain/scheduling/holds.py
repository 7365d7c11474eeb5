"""Holds: time that is kept for somebody while they decide, to the instant.

Each has a holder, such as a draft of a booking, and whoever holds it. A hold is not
extended: what is chosen anew is held anew, in its place. ``service.claim_slot``
makes holds and turns them into claims for good; here is the rest of their life.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, update
from sqlmodel import Session, col, select

from portal_app.domain.business.service_area import Place
from portal_app.domain.scheduling import claims
from portal_app.domain.scheduling.models import TimeClaim
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database

_SWEPT_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class HoldTerms:
    """For how long time is held, and by whom.

    Attributes:
        expires_at: The first instant at which it is not held any more.
        held_by: Who holds it, such as a customer: what their number is counted by.
    """

    expires_at: datetime
    held_by: str = ""


def held_until(tx: Session, holder: str) -> datetime | None:
    """Until when time is held for a holder; ``None`` if none is, or no more."""
    return tx.exec(
        select(func.min(TimeClaim.expires_at)).where(
            TimeClaim.holder == holder,
            col(TimeClaim.released_at).is_(None),
            col(TimeClaim.expires_at) > utc_now(),
        )
    ).one()


def count_by(tx: Session, held_by: str, *, besides: str) -> int:
    """For how many holders somebody holds time just now, one of them left out."""
    return tx.exec(
        select(func.count(func.distinct(TimeClaim.holder))).where(
            TimeClaim.held_by == held_by,
            TimeClaim.holder != besides,
            col(TimeClaim.released_at).is_(None),
            col(TimeClaim.expires_at) > utc_now(),
        )
    ).one()


def give_back(tx: Session, holders: Collection[str]) -> None:
    """Release what is held for these holders; what was booked stays."""
    if holders:
        claims.release(tx, claims_of(tx, holders))


def current_holds(tx: Session, holder: str, *, lock: bool = False) -> list[TimeClaim]:
    """What is held for a holder at this instant; locked if it is to be changed."""
    query = (
        select(TimeClaim)
        .where(
            TimeClaim.holder == holder,
            col(TimeClaim.released_at).is_(None),
            col(TimeClaim.expires_at) > utc_now(),
        )
        .order_by(col(TimeClaim.fieldworker_id), col(TimeClaim.starts_at))
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return list(tx.exec(query))


def keep_for_good(tx: Session, claim_ids: Collection[str], place: Place) -> None:
    """Make holds the claims of what is booked; the caller has locked them."""
    tx.execute(
        update(TimeClaim)
        .where(col(TimeClaim.id).in_(claim_ids))
        .values(
            expires_at=None,
            holder="",
            held_by="",
            latitude=place.latitude,
            longitude=place.longitude,
        )
    )


def claims_of(tx: Session, holders: Collection[str]) -> list[str]:
    """What is held for these holders, also if it is over but in the way."""
    return list(
        tx.exec(
            select(TimeClaim.id)
            .where(
                col(TimeClaim.holder).in_(holders),
                col(TimeClaim.released_at).is_(None),
                col(TimeClaim.expires_at).is_not(None),
            )
            .order_by(col(TimeClaim.fieldworker_id), col(TimeClaim.starts_at))
            .with_for_update()
        )
    )


def sweep(db: Database) -> int:
    """Release the holds that are over, and tell who waits for the time.

    Returns:
        How many.
    """
    swept = 0
    # Asked first: nearly always there is none, and writers would wait.
    while db.query(_is_any_over) and (count := db.call(_sweep_some)):
        swept += count
    return swept


def _is_any_over(tx: Session) -> bool:
    over = select(TimeClaim.id).where(*_over()).limit(1)
    return tx.exec(over).first() is not None


def _sweep_some(tx: Session) -> int:
    over = tx.exec(
        select(TimeClaim.id)
        .where(*_over())
        .order_by(col(TimeClaim.expires_at))
        .limit(_SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    return len(claims.release(tx, over))


def _over() -> tuple[ColumnElement[bool], ...]:
    return (
        col(TimeClaim.expires_at) <= utc_now(),
        col(TimeClaim.released_at).is_(None),
    )
