"""Counts attempts against rate limits, in the database or a shared store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Protocol

import structlog
from sqlalchemy import Case, and_, case, delete, literal, not_, update
from sqlmodel import Session, col

from portal_app.domain import wiring
from portal_app.domain.rate_limits.models import AttemptWindow
from portal_app.domain.rate_limits.rules import (
    QUIET_PERIOD,
    Limit,
    TargetLimits,
    neighbourhood_of,
    network_of,
)
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database, UTCDateTime
from portal_app.kernel.errors import TooManyAttempts
from portal_app.kernel.ids import hash_secret
from portal_app.kernel.statements import affected, insert_into

log = structlog.get_logger("attempts")


@dataclass(frozen=True, slots=True)
class LimitKey:
    """Something that is tried against a limit: by whom, or on what."""

    limit: Limit
    key: str

    @property
    def key_hash(self) -> str:
        """What the window is found by."""
        return hash_secret(f"{self.limit.name}\n{self.key}")


@dataclass(frozen=True, slots=True)
class Attempt:
    """Everything that one attempt counts against.

    Attributes:
        circles: Who asks, the widest first; what was counted there is given back
            after a success, never cleared.
        own: What only this caller, or this browser, has tried; cleared by a success.
        shared: What others try as well; given back like the circles.
    """

    circles: tuple[LimitKey, ...]
    own: tuple[LimitKey, ...]
    shared: tuple[LimitKey, ...] = ()

    @property
    def target(self) -> tuple[LimitKey, ...]:
        """What is counted on whom or what was tried.

        The own keys come first: a caller who is refused by them does not use up
        what all share.
        """
        return (*self.own, *self.shared)

    @property
    def keys(self) -> tuple[LimitKey, ...]:
        """All of them, in the order in which they are counted."""
        return (*self.circles, *self.target)


@dataclass(frozen=True, slots=True)
class AttemptCount:
    """A window after an attempt was counted."""

    attempts: int
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ReachedLimit:
    """A limit that was reached.

    Attributes:
        limit: The limit's name.
        until: When to try again.
        newly: Whether this attempt is the first that it refuses.
    """

    limit: str
    until: datetime
    newly: bool


class StoreUnavailable(Exception):
    """A store does not answer; the database counts meanwhile."""


class LimitStore(Protocol):
    """Where attempts are counted instead of the database."""

    def count(self, tried: LimitKey, now: datetime) -> AttemptCount:
        """Count one attempt.

        Raises:
            StoreUnavailable: If the store does not answer.
        """

    def forget(self, tried: LimitKey) -> None:
        """Start counting anew; raises as ``count``."""

    def give_back(self, tried: LimitKey) -> None:
        """Not count the last attempt; raises as ``count``."""


def caller_keys(
    actor: Actor, by_network: Limit, by_address: Limit
) -> tuple[LimitKey, LimitKey]:
    """Who asks, as two circles: the neighbourhood, and the address."""
    return (
        LimitKey(by_network, neighbourhood_of(actor.address)),
        LimitKey(by_address, network_of(actor.address)),
    )


def target_keys(
    limits: TargetLimits, target: str, caller: str
) -> tuple[LimitKey, LimitKey]:
    """What is tried, by one caller and by all.

    Args:
        limits: On the target.
        target: What is tried.
        caller: Who tries: a neighbourhood, or an account.
    """
    return (
        LimitKey(limits.by_caller, f"{target}\n{caller}"),
        LimitKey(limits.by_strangers, target),
    )


def attempt_on(
    actor: Actor,
    circles: tuple[Limit, Limit],
    *targets: tuple[TargetLimits, str],
    known_browser: str = "",
) -> Attempt:
    """What an attempt of this caller on these targets counts against.

    A browser that the targets know is counted by itself, apart from the world's
    attempts and from its network's: nobody else can use up its limit, and whoever
    stole it has no more attempts than anybody.

    Args:
        actor: Who asks.
        circles: The limits by network and by address.
        targets: What is tried, each with its limits.
        known_browser: What the targets know the browser by; empty for a stranger.
    """
    if known_browser:
        return Attempt(
            circles=(),
            own=tuple(
                LimitKey(limits.by_known_browser, f"{target}\n{known_browser}")
                for limits, target in targets
            ),
        )
    caller = neighbourhood_of(actor.address)
    pairs = [target_keys(limits, target, caller) for limits, target in targets]
    return Attempt(
        circles=caller_keys(actor, *circles),
        own=tuple(own for own, _ in pairs),
        shared=tuple(shared for _, shared in pairs),
    )


def count_attempt(db: Database, *tries: LimitKey) -> None:
    """Count an attempt, whatever becomes of it.

    Committed at once, also when it is refused. Name the widest key (the
    network) first: once one limit refuses, those after it are not counted, so
    that a blocked network cannot lock accounts.

    Raises:
        TooManyAttempts: If a limit was reached; a right password does not help.
    """
    raise_if_reached(check_limits(db, *tries))


def check_limits(db: Database, *tries: LimitKey) -> ReachedLimit | None:
    """As ``count_attempt``, but says which limit was reached."""
    now = utc_now()
    store = wiring.current().limit_store
    if store is not None:
        try:
            return _first_reached(tries, lambda tried: store.count(tried, now))
        except StoreUnavailable:
            log.warning("attempts are counted in the database")
    return db.call(_count_in_database, tries, now)


def raise_if_reached(blocked: ReachedLimit | None) -> None:
    """Raise what ``check_limits`` found.

    Raises:
        TooManyAttempts: If there is something to wait for.
    """
    if blocked is not None:
        left = (blocked.until - utc_now()).total_seconds()
        raise TooManyAttempts(max(1, ceil(left)))


def succeeded(db: Database, attempt: Attempt) -> None:
    """Not count an attempt that succeeded, and clear what the caller failed before."""
    undo_last(db, *attempt.circles, *attempt.shared)
    reset(db, *attempt.own)


def reset(db: Database, *tries: LimitKey) -> None:
    """Start counting anew."""
    store = wiring.current().limit_store
    if store is not None:
        try:
            for tried in tries:
                store.forget(tried)
        except StoreUnavailable:
            log.warning("attempts are counted in the database")
        else:
            return
    db.call(_reset_in_database, tries)


def undo_last(db: Database, *tries: LimitKey) -> None:
    """Not count the last attempt, after a success.

    For keys that others share: a success of one's own must not clear what was
    counted against the whole network.
    """
    store = wiring.current().limit_store
    if store is not None:
        try:
            for tried in tries:
                store.give_back(tried)
        except StoreUnavailable:
            log.warning("attempts are counted in the database")
        else:
            return
    db.call(_undo_in_database, tries)


def purge(tx: Session) -> int:
    """Delete windows that are over and forgotten; says how many."""
    return affected(
        tx, delete(AttemptWindow).where(col(AttemptWindow.forgotten_at) <= utc_now())
    )


def _first_reached(
    tries: Sequence[LimitKey], count: Callable[[LimitKey], AttemptCount]
) -> ReachedLimit | None:
    for tried in tries:
        counted = count(tried)
        if counted.attempts > tried.limit.attempts:
            newly = counted.attempts == tried.limit.attempts + 1
            return ReachedLimit(tried.limit.name, counted.ends_at, newly)
    return None


def _count_in_database(
    tx: Session, tries: Sequence[LimitKey], now: datetime
) -> ReachedLimit | None:
    return _first_reached(tries, lambda tried: _count_one_in_database(tx, tried, now))


def _reset_in_database(tx: Session, tries: Sequence[LimitKey]) -> None:
    hashes = [tried.key_hash for tried in tries]
    tx.execute(delete(AttemptWindow).where(col(AttemptWindow.key_hash).in_(hashes)))


def _undo_in_database(tx: Session, tries: Sequence[LimitKey]) -> None:
    for tried in tries:
        tx.execute(
            update(AttemptWindow)
            .where(
                col(AttemptWindow.key_hash) == tried.key_hash,
                col(AttemptWindow.attempts) > 0,
            )
            .values(attempts=AttemptWindow.attempts - 1)
        )


def _count_one_in_database(tx: Session, tried: LimitKey, now: datetime) -> AttemptCount:
    limit = tried.limit
    attempts, strikes = col(AttemptWindow.attempts), col(AttemptWindow.strikes)
    over = col(AttemptWindow.ends_at) <= now
    recent = col(AttemptWindow.ends_at) > now - QUIET_PERIOD
    struck = case(
        (not_(over), strikes),
        (not_(recent), 0),
        (and_(attempts >= limit.attempts, strikes < limit.growth), strikes + 1),
        (attempts >= limit.attempts, strikes),
        (strikes > 0, strikes - 1),
        else_=0,
    )

    def by_strikes(ends: list[datetime]) -> Case[Any]:
        """The instant for each number of strikes a limit can have."""
        *fewer, most = [literal(end, UTCDateTime) for end in ends]
        return case(
            *((struck == number, end) for number, end in enumerate(fewer)),
            # Never met; a CASE has at least one.
            (struck < 0, most),
            else_=most,
        )

    ends = [now + limit.window * 2**number for number in range(limit.growth + 1)]
    kept = [end + (QUIET_PERIOD if limit.growth else timedelta()) for end in ends]
    statement = (
        insert_into(tx, AttemptWindow)
        .values(
            key_hash=tried.key_hash,
            starts_at=now,
            ends_at=ends[0],
            attempts=1,
            strikes=0,
            forgotten_at=kept[0],
        )
        .on_conflict_do_update(
            index_elements=["key_hash"],
            set_={
                "attempts": case((over, 1), else_=attempts + 1),
                "strikes": struck,
                "starts_at": case(
                    (over, literal(now, UTCDateTime)),
                    else_=col(AttemptWindow.starts_at),
                ),
                "ends_at": case(
                    (over, by_strikes(ends)), else_=col(AttemptWindow.ends_at)
                ),
                "forgotten_at": case(
                    (over, by_strikes(kept)), else_=col(AttemptWindow.forgotten_at)
                ),
            },
        )
        .returning(col(AttemptWindow.attempts), col(AttemptWindow.ends_at))
    )
    count, ends_at = tx.execute(statement).one()
    return AttemptCount(count, ends_at)
