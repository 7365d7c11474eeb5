"""Time that is taken, held for a while, and given back.

A claim with ``expires_at`` is a hold: it is kept for its ``holder`` until then, to
the instant. The database's guard does not know what time it is, so a hold that is
over stays in its way until it is released: by whoever claims that time next, or by
the job that sweeps.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from portal_app.domain import topics
from portal_app.domain.business import service as business
from portal_app.domain.business.service_area import Place
from portal_app.domain.scheduling import rules
from portal_app.domain.scheduling.models import CLAIM_GUARD, Fieldworker, TimeClaim
from portal_app.domain.scheduling.travel import NOWHERE
from portal_app.kernel.clock import utc_now
from portal_app.kernel.constraints import violated_constraint
from portal_app.kernel.errors import Conflict


class SlotTaken(Conflict):
    """The time is not free, or not free any more."""

    def __init__(self) -> None:
        super().__init__("That time is no longer available.")


@dataclass(frozen=True, slots=True)
class FreedTime:
    """Somebody's time that is free again, buffers included."""

    fieldworker_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ClaimedTask:
    """What somebody was claimed for: from when to when, without buffers."""

    claim_id: str
    fieldworker_id: str
    fieldworker_name: str
    service_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ClaimedTime:
    """Claims that were won: that of who leads, and what others or it do besides."""

    claim_id: str
    fieldworker_id: str
    fieldworker_name: str
    others: tuple[ClaimedTask, ...] = ()

    @classmethod
    def of(cls, tasks: Sequence[ClaimedTask]) -> "ClaimedTime":
        """What these tasks are together; the first is who leads."""
        first, *others = tasks
        return cls(
            first.claim_id, first.fieldworker_id, first.fieldworker_name, tuple(others)
        )

    @property
    def names(self) -> list[str]:
        """Who comes, each once."""
        named = {self.fieldworker_id: self.fieldworker_name} | {
            one.fieldworker_id: one.fieldworker_name for one in self.others
        }
        return list(named.values())

    @property
    def claim_ids(self) -> list[str]:
        """All of the claims."""
        return [self.claim_id, *(one.claim_id for one in self.others)]


FreedListener = Callable[[Session, Sequence[FreedTime]], None]

# Which they are is in ``domain.listeners``; a dict keeps their order, and each once.
_listeners: dict[FreedListener, None] = {}


def on_freed(listener: FreedListener) -> None:
    """Call a function with the transaction and the time, whenever time is freed."""
    _listeners[listener] = None


def notify_freed(tx: Session, freed: Sequence[FreedTime]) -> None:
    """Say that time is free again, as part of the transaction that frees it."""
    if freed:
        for listener in _listeners:
            listener(tx, freed)


def claim_time(
    tx: Session,
    fieldworker_id: str,
    starts_at: datetime,
    ends_at: datetime,
    *,
    service_id: str | None = None,
    holder: str = "",
    held_by: str = "",
    expires_at: datetime | None = None,
    leading: bool = True,
    travel_minutes: int = 0,
    place: Place = NOWHERE,
) -> str:
    """Take this time of a fieldworker, or nothing; returns the claim's id.

    Args:
        tx: The transaction; it stays usable after a refusal.
        fieldworker_id: Whose time.
        starts_at: From when, buffers included.
        ends_at: Until when, exclusively, buffers included.
        service_id: What for, if it is for a visit.
        holder: What it is held for, of a hold.
        held_by: Who holds it, of a hold.
        expires_at: Until when it is held; ``None`` for good.
        leading: See ``TimeClaim``; so the next two.
        travel_minutes: How much of the time is the way there.
        place: Where the visit is.

    Raises:
        SlotTaken: If the database's guard found an overlapping claim.
        ValueError: If the time is longer than any claim may be.
    """
    if ends_at - starts_at > timedelta(minutes=rules.MAX_CLAIM_MINUTES):
        raise ValueError("a claim of more than seven days")
    row = TimeClaim(
        fieldworker_id=fieldworker_id,
        starts_at=starts_at,
        ends_at=ends_at,
        service_id=service_id,
        holder=holder,
        held_by=held_by,
        expires_at=expires_at,
        leading=leading,
        travel_minutes=travel_minutes,
        latitude=place.latitude,
        longitude=place.longitude,
    )
    try:
        with tx.begin_nested():
            # A refusal gives the lock back with the savepoint.
            lock_fieldworker(tx, fieldworker_id)
            release_expired(tx, fieldworker_id, starts_at, ends_at)
            tx.add(row)
            tx.flush()
            _publish(tx, fieldworker_id, starts_at, ends_at)
    except IntegrityError as error:
        if violated_constraint(error) == CLAIM_GUARD:
            raise SlotTaken from None
        raise
    return row.id


def lock_fieldworker(tx: Session, fieldworker_id: str) -> None:
    """Let claims on one fieldworker queue, until the end of the transaction.

    The guard would refuse the later ones without it, but PostgreSQL resolves two
    exclusion checks that wait for each other only as a deadlock, after a second.
    """
    tx.exec(
        select(Fieldworker.id)
        .where(Fieldworker.id == fieldworker_id)
        .with_for_update(key_share=True)
    ).one()


def release_expired(
    tx: Session, fieldworker_id: str, starts_at: datetime, ends_at: datetime
) -> None:
    """Release the holds that are over and would be in the way.

    Nobody is told: the time is taken again at once.
    """
    now = utc_now()
    tx.execute(
        update(TimeClaim)
        .where(
            col(TimeClaim.fieldworker_id) == fieldworker_id,
            col(TimeClaim.released_at).is_(None),
            col(TimeClaim.ends_at) > starts_at,
            col(TimeClaim.starts_at) < ends_at,
            col(TimeClaim.expires_at) <= now,
        )
        .values(released_at=now)
    )


def release_expired_seats(tx: Session, session_id: str) -> None:
    """Release the holds of places in a class that are over; nobody is told."""
    now = utc_now()
    tx.execute(
        update(TimeClaim)
        .where(
            col(TimeClaim.session_id) == session_id,
            col(TimeClaim.released_at).is_(None),
            col(TimeClaim.expires_at) <= now,
        )
        .values(released_at=now)
    )


def day_topic(fieldworker_id: str, day: date) -> str:
    """What is published when somebody's time of a day is taken or freed.

    Args:
        fieldworker_id: Whose time.
        day: On the business's calendar.
    """
    return f"time {fieldworker_id} {day.isoformat()}"


def _publish(
    tx: Session, fieldworker_id: str, starts_at: datetime, ends_at: datetime
) -> None:
    zone = business.formats(tx).zone
    first = starts_at.astimezone(zone).date()
    days = (ends_at.astimezone(zone).date() - first).days + 1
    topics.publish(
        tx,
        [day_topic(fieldworker_id, first + timedelta(days=i)) for i in range(days)],
    )


def release(tx: Session, claim_ids: Collection[str]) -> list[FreedTime]:
    """Give back time, and tell who waits for it; what is given back already stays so.

    Returns:
        What was taken until now.
    """
    freed = release_quietly(tx, claim_ids)
    notify_freed(tx, freed)
    return freed


def release_quietly(tx: Session, claim_ids: Collection[str]) -> list[FreedTime]:
    """As ``release``; ``notify_freed`` is left to the caller, who claims first."""
    if not claim_ids:
        return []
    # In the order in which everybody locks, so that nobody waits in a circle.
    rows = tx.exec(
        select(TimeClaim)
        .where(
            col(TimeClaim.id).in_(claim_ids),
            col(TimeClaim.released_at).is_(None),
        )
        .order_by(col(TimeClaim.fieldworker_id), col(TimeClaim.starts_at))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    now = utc_now()
    for row in rows:
        row.released_at = now
        _publish(tx, row.fieldworker_id, row.starts_at, row.ends_at)
    tx.flush()
    return [FreedTime(row.fieldworker_id, row.starts_at, row.ends_at) for row in rows]
