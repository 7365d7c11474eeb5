from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from portal_app.domain.rate_limits import limiter
from portal_app.domain.rate_limits.limiter import (
    AttemptCount,
    LimitKey,
    ReachedLimit,
    StoreUnavailable,
)
from portal_app.domain.rate_limits.models import AttemptWindow
from portal_app.domain.rate_limits.rules import Limit
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import TooManyAttempts
from tests.support.accounts import run_concurrently
from tests.support.wiring import wired

pytestmark = pytest.mark.each_database

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
THREE = Limit("three", 3, timedelta(minutes=10))
MAYA = LimitKey(THREE, "maya@example.com")
NETWORK = LimitKey(Limit("network", 2, timedelta(minutes=20)), "203.0.113.7")


def counted(db: Database, tried: LimitKey) -> int:
    with db.read() as tx:
        window = tx.get(AttemptWindow, tried.key_hash)
        return window.attempts if window else 0


def test_a_limit_refuses_and_says_how_long_to_wait(db: Database) -> None:
    with frozen(NOW):
        for _ in range(3):
            limiter.count_attempt(db, MAYA)
    with frozen(NOW + timedelta(minutes=4)), pytest.raises(TooManyAttempts) as refused:
        limiter.count_attempt(db, MAYA)
    assert refused.value.retry_after == 360
    assert refused.value.message == (
        "Too many attempts. Please wait about 6 minutes and try again."
    )


def test_refused_attempts_do_not_lengthen_the_wait(db: Database) -> None:
    with frozen(NOW):
        for _ in range(3):
            limiter.count_attempt(db, MAYA)
    with frozen(NOW + timedelta(minutes=10) - timedelta(microseconds=1)):
        for _ in range(5):
            with pytest.raises(TooManyAttempts) as refused:
                limiter.count_attempt(db, MAYA)
            assert refused.value.retry_after == 1
    with frozen(NOW + timedelta(minutes=10)):
        limiter.count_attempt(db, MAYA)
    assert counted(db, MAYA) == 1


def test_others_are_not_affected(db: Database) -> None:
    for _ in range(3):
        limiter.count_attempt(db, MAYA)
    limiter.count_attempt(db, LimitKey(THREE, "noah@example.com"))
    limiter.count_attempt(
        db, LimitKey(Limit("other", 3, THREE.window), "maya@example.com")
    )


def test_a_blocked_network_cannot_lock_accounts(db: Database) -> None:
    for _ in range(2):
        limiter.count_attempt(db, NETWORK, MAYA)
    for _ in range(9):
        with pytest.raises(TooManyAttempts):
            limiter.count_attempt(db, NETWORK, MAYA)
    assert counted(db, MAYA) == 2


def test_success_resets_the_own_key_and_undoes_one_shared_attempt(db: Database) -> None:
    for _ in range(2):
        limiter.count_attempt(db, NETWORK, MAYA)
    limiter.reset(db, MAYA)
    limiter.undo_last(db, NETWORK)
    assert (counted(db, MAYA), counted(db, NETWORK)) == (0, 1)
    for _ in range(3):
        limiter.undo_last(db, NETWORK)
    assert counted(db, NETWORK) == 0


def test_parallel_attempts_are_all_counted(db: Database) -> None:
    results = run_concurrently(*[lambda: limiter.count_attempt(db, MAYA)] * 12)
    refused = [result for result in results if isinstance(result, TooManyAttempts)]
    assert (results.count(None), len(refused)) == (3, 9)
    assert counted(db, MAYA) == 12


def test_keys_are_not_readable(db: Database) -> None:
    limiter.count_attempt(db, MAYA)
    with db.read() as tx:
        (key,) = tx.exec(select(AttemptWindow.key_hash)).all()
    assert len(key) == 64
    assert "maya" not in key


def test_windows_that_are_over_are_purged(db: Database) -> None:
    with frozen(NOW):
        limiter.count_attempt(db, NETWORK, MAYA)
    with frozen(NOW + timedelta(minutes=10) - timedelta(microseconds=1)):
        assert db.call(limiter.purge) == 0
    with frozen(NOW + timedelta(minutes=10)):
        assert db.call(limiter.purge) == 1
    assert (counted(db, MAYA), counted(db, NETWORK)) == (0, 1)


GROWING = LimitKey(
    Limit("growing", 2, timedelta(minutes=10), growth=2), "maya@example.com"
)


def use_up(db: Database, at: datetime) -> int:
    """Both attempts of a window, and the seconds that a third must wait."""
    with frozen(at):
        limiter.count_attempt(db, GROWING)
        limiter.count_attempt(db, GROWING)
        with pytest.raises(TooManyAttempts) as refused:
            limiter.count_attempt(db, GROWING)
    return refused.value.retry_after


def test_each_window_used_up_makes_the_next_twice_as_long(db: Database) -> None:
    at, waits = NOW, []
    for _ in range(5):
        waits.append(use_up(db, at))
        at += timedelta(seconds=waits[-1])
    assert waits == [600, 1200, 2400, 2400, 2400]


def test_an_unused_window_reduces_the_growth(db: Database) -> None:
    assert use_up(db, NOW) == 600
    calm = NOW + timedelta(minutes=10)
    with frozen(calm):
        limiter.count_attempt(db, GROWING)
    assert use_up(db, calm + timedelta(minutes=20)) == 600


def test_a_quiet_day_resets_the_growth(db: Database) -> None:
    assert use_up(db, NOW) == 600
    end = NOW + timedelta(minutes=10)
    with frozen(end + timedelta(hours=24) - timedelta(microseconds=1)):
        assert db.call(limiter.purge) == 0
    assert use_up(db, end + timedelta(hours=24)) == 600


def test_reaching_a_limit_is_reported_once(db: Database) -> None:
    with frozen(NOW):
        found = [limiter.check_limits(db, MAYA) for _ in range(5)]
    until = NOW + timedelta(minutes=10)
    assert found == [
        None,
        None,
        None,
        ReachedLimit("three", until, newly=True),
        ReachedLimit("three", until, newly=False),
    ]


def test_the_keys_of_a_caller() -> None:
    wide, near = Limit("wide", 9, timedelta(1)), Limit("near", 3, timedelta(1))
    assert [
        [tried.key for tried in limiter.caller_keys(Actor(address=address), wide, near)]
        for address in ("203.0.113.7", "2001:db8:1:2::3", "::ffff:203.0.113.7", "?")
    ] == [
        ["203.0.113.0/24", "203.0.113.7"],
        ["2001:db8:1::/48", "2001:db8:1:2::/64"],
        ["203.0.113.0/24", "203.0.113.7"],
        ["", ""],
    ]


class _Silent:
    """A store that does not answer."""

    def count(self, tried: LimitKey, now: datetime) -> AttemptCount:  # noqa: ARG002
        raise StoreUnavailable

    def forget(self, tried: LimitKey) -> None:  # noqa: ARG002
        raise StoreUnavailable

    def give_back(self, tried: LimitKey) -> None:  # noqa: ARG002
        raise StoreUnavailable


def test_the_database_counts_while_the_store_is_unavailable(db: Database) -> None:
    with wired(limit_store=_Silent()):
        for _ in range(3):
            limiter.count_attempt(db, MAYA)
        with pytest.raises(TooManyAttempts):
            limiter.count_attempt(db, MAYA)
        limiter.undo_last(db, MAYA)
        assert counted(db, MAYA) == 3
        limiter.reset(db, MAYA)
    assert counted(db, MAYA) == 0
