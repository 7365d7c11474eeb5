import gc
import threading
from datetime import datetime

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from portal_app.domain.accounts.models import Account, AccountSession
from portal_app.domain.business.models import Business
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database, get_cached
from tests.support.statements import statements_of

pytestmark = pytest.mark.each_database


def _account(email: str) -> Account:
    return Account(email=email, role="customer")


def test_foreign_keys_are_enforced(db: Database) -> None:
    orphan = AccountSession(
        account_id="nobody",
        token_hash="x",
        last_seen_at=utc_now(),
        expires_at=utc_now(),
    )
    with pytest.raises(IntegrityError), db.write() as tx:
        tx.add(orphan)
    with db.read() as tx:
        assert tx.exec(select(AccountSession)).all() == []


def test_a_naive_instant_is_refused(db: Database) -> None:
    row = _account("a@example.com")
    row.created_at = datetime(2026, 1, 1)  # noqa: DTZ001 - the refusal is the test
    with pytest.raises(Exception, match="naive datetime"), db.write() as tx:
        tx.add(row)
    with db.read() as tx:
        assert tx.exec(select(Account)).all() == []


def test_instants_come_back_aware_and_equal(db: Database) -> None:
    row = _account("a@example.com")
    with db.write() as tx:
        tx.add(row)
    with db.read() as tx:
        stored = tx.exec(select(Account)).one()
    assert stored.created_at == row.created_at
    assert stored.created_at.utcoffset() is not None


def test_a_failed_transaction_leaves_nothing(db: Database) -> None:
    def fail(tx: Session) -> None:
        tx.add(_account("a@example.com"))
        tx.flush()
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        db.call(fail)
    with db.read() as tx:
        assert tx.exec(select(Account)).all() == []


def test_parallel_writers_queue_and_all_succeed(db: Database) -> None:
    def read_then_write(tx: Session, number: int) -> None:
        tx.exec(select(Account)).all()
        tx.add(_account(f"{number}@example.com"))

    threads = [
        threading.Thread(target=db.call, args=(read_then_write, number))
        for number in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.read() as tx:
        assert len(tx.exec(select(Account)).all()) == 16


def test_sqlite_runs_in_wal_mode(sqlite_db: Database) -> None:
    with sqlite_db.read() as tx:
        assert tx.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert tx.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_a_cached_row_is_read_once_and_shows_what_the_transaction_writes(
    db: Database,
) -> None:
    with db.write() as tx:
        tx.add(Business(name="Before"))
    with statements_of(db) as executed, db.write() as tx:
        for _ in range(3):
            gc.collect()
            assert get_cached(tx, Business, 1) is not None
        assert len(executed) == 1
        tx.execute(update(Business).values(name="After"))
        row = get_cached(tx, Business, 1)
        assert row is not None
        assert row.name == "After"
    with db.read() as tx:
        assert tx.get_one(Business, 1).name == "After"


def test_a_lock_refreshes_a_cached_row(db: Database) -> None:
    with db.write() as tx:
        tx.add(Business(name="Before"))
    with db.write() as tx:
        assert get_cached(tx, Business, 1) is not None
        # As if somebody else had: the session does not know of it.
        tx.connection().execute(text("UPDATE business SET name = 'After'"))
        row = tx.get(Business, 1, with_for_update=True, populate_existing=True)
        assert row is not None
        assert row.name == "After"
        assert get_cached(tx, Business, 1) is row


def test_a_missing_row_is_not_cached(db: Database) -> None:
    with db.write() as tx:
        assert get_cached(tx, Business, 1) is None
        tx.add(Business(name="New"))
        tx.flush()
        assert get_cached(tx, Business, 1) is not None
