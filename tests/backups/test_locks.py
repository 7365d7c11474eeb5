"""Who uses a database keeps restores away, and a restore keeps everybody away."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from portal_app.backups import locks
from portal_app.kernel.db import Database, DatabaseUnavailable

pytestmark = pytest.mark.each_database

_RESTORING = "a backup is being restored; start again when that has ended"


@pytest.fixture
def other(db: Database) -> Iterator[Database]:
    """The same database, as another process opens it."""
    other = Database(db.url)
    yield other
    other.engine.dispose()


def ask(db: Database) -> int:
    """Use a connection, which stays open in the pool."""
    with db.read() as tx:
        return int(tx.execute(text("SELECT 1")).scalar_one())


def is_alone(db: Database) -> bool:
    """Whether it can be taken alone."""
    try:
        with locks.exclusive(db):
            return True
    except locks.InUse as refused:
        if str(refused) != locks.SERVING:
            raise
        return False


def test_several_use_it_and_nobody_is_alone(db: Database, other: Database) -> None:
    with locks.in_use(other):
        ask(other)
        with locks.in_use(db):
            assert ask(db) == 1
        assert is_alone(db) is False
    assert is_alone(db) is True


def test_one_is_alone_and_nobody_uses_it(db: Database, other: Database) -> None:
    with locks.exclusive(db):
        assert is_alone(other) is False
        if db.is_sqlite:
            with pytest.raises(locks.InUse) as refused, locks.in_use(other):
                pytest.fail("it is in use")
            assert str(refused.value) == _RESTORING
        else:
            with locks.in_use(other), pytest.raises(DatabaseUnavailable) as away:
                ask(other)
            assert away.value.reason == _RESTORING
        assert is_alone(other) is False
    with locks.in_use(other):
        assert ask(other) == 1
        assert is_alone(db) is False


def test_a_failure_gives_the_lock_back(db: Database, other: Database) -> None:
    def fail() -> None:
        ask(other)
        raise ZeroDivisionError

    for lock in (locks.exclusive, locks.in_use):
        with pytest.raises(ZeroDivisionError), lock(other):
            fail()
        assert is_alone(db) is True


def test_a_lost_connection_comes_back_with_its_lock(
    db: Database, other: Database
) -> None:
    with locks.in_use(other):
        if db.is_sqlite:
            other.engine.dispose()
        else:
            with other.read() as tx:
                lost = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with db.read() as tx:
                end = text("SELECT pg_terminate_backend(:pid, 5000)")
                assert tx.execute(end, {"pid": lost}).scalar_one() is True
        assert ask(other) == 1
        assert is_alone(db) is False
