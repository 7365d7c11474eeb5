from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from portal_app.domain.accounts import attempts
from portal_app.domain.accounts.attempts import Try
from portal_app.domain.accounts.models import AttemptWindow
from portal_app.domain.accounts.rules import Limit
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import TooManyAttempts
from tests.support.accounts import at_once

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
THREE = Limit("three", 3, timedelta(minutes=10))
MAYA = Try(THREE, "maya@example.com")
NETWORK = Try(Limit("network", 2, timedelta(minutes=20)), "203.0.113.7")


def counted(db: Database, tried: Try) -> int:
    with db.read() as tx:
        window = tx.get(AttemptWindow, tried.key_hash)
        return window.attempts if window else 0


def test_a_limit_refuses_and_says_how_long_to_wait(db: Database) -> None:
    with frozen(NOW):
        for _ in range(3):
            attempts.take(db, MAYA)
    with frozen(NOW + timedelta(minutes=4)), pytest.raises(TooManyAttempts) as refused:
        attempts.take(db, MAYA)
    assert refused.value.retry_after == 360
    assert refused.value.message == (
        "Too many attempts. Please wait about 6 minutes and try again."
    )


def test_refused_attempts_do_not_lengthen_the_wait(db: Database) -> None:
    with frozen(NOW):
        for _ in range(3):
            attempts.take(db, MAYA)
    with frozen(NOW + timedelta(minutes=10) - timedelta(microseconds=1)):
        for _ in range(5):
            with pytest.raises(TooManyAttempts) as refused:
                attempts.take(db, MAYA)
            assert refused.value.retry_after == 1
    with frozen(NOW + timedelta(minutes=10)):
        attempts.take(db, MAYA)
    assert counted(db, MAYA) == 1


def test_others_are_not_affected(db: Database) -> None:
    for _ in range(3):
        attempts.take(db, MAYA)
    attempts.take(db, Try(THREE, "noah@example.com"))
    attempts.take(db, Try(Limit("other", 3, THREE.window), "maya@example.com"))


def test_a_blocked_network_cannot_lock_accounts(db: Database) -> None:
    for _ in range(2):
        attempts.take(db, NETWORK, MAYA)
    for _ in range(9):
        with pytest.raises(TooManyAttempts):
            attempts.take(db, NETWORK, MAYA)
    assert counted(db, MAYA) == 2


def test_success_forgets_ones_own_and_gives_back_one_shared(db: Database) -> None:
    for _ in range(2):
        attempts.take(db, NETWORK, MAYA)
    db.call(attempts.forget, MAYA)
    db.call(attempts.give_back, NETWORK)
    assert (counted(db, MAYA), counted(db, NETWORK)) == (0, 1)
    for _ in range(3):
        db.call(attempts.give_back, NETWORK)
    assert counted(db, NETWORK) == 0


def test_parallel_attempts_are_all_counted(db: Database) -> None:
    results = at_once(*[lambda: attempts.take(db, MAYA)] * 12)
    refused = [result for result in results if isinstance(result, TooManyAttempts)]
    assert (results.count(None), len(refused)) == (3, 9)
    assert counted(db, MAYA) == 12


def test_keys_are_not_readable(db: Database) -> None:
    attempts.take(db, MAYA)
    with db.read() as tx:
        (key,) = tx.exec(select(AttemptWindow.key_hash)).all()
    assert len(key) == 64
    assert "maya" not in key


def test_windows_that_are_over_are_purged(db: Database) -> None:
    with frozen(NOW):
        attempts.take(db, NETWORK, MAYA)
    with frozen(NOW + timedelta(minutes=10) - timedelta(microseconds=1)):
        assert db.call(attempts.purge) == 0
    with frozen(NOW + timedelta(minutes=10)):
        assert db.call(attempts.purge) == 1
    assert (counted(db, MAYA), counted(db, NETWORK)) == (0, 1)
