"""A database that is away says so in one way, and is used again once it is back."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session, select

from portal_app.domain.accounts.models import Account
from portal_app.kernel import db as database_module
from portal_app.kernel.db import Database, DatabaseUnavailable
from tests.support.databases import (
    postgresql_available,
    postgresql_database,
    sqlite_database,
)
from tests.support.tcp_proxy import TcpProxy, tcp_proxy

AWAY = "We cannot reach our database just now. Please try again in a moment."
NOTHING_STORED = "We cannot store anything just now. Please try again in a moment."
needs_postgresql = pytest.mark.skipif(
    not postgresql_available(), reason="PostgreSQL does not answer on 127.0.0.1:5432"
)


@dataclass(frozen=True)
class Distant:
    """A PostgreSQL database behind a proxy, and the same without it."""

    database: Database
    direct: Database
    proxy: TcpProxy


@pytest.fixture
def distant() -> Iterator[Distant]:
    with postgresql_database() as direct, tcp_proxy(5432) as proxy:
        url = direct.engine.url.set(port=proxy.port).render_as_string(False)
        database = Database(url, statement_seconds=1)
        try:
            yield Distant(database, direct, proxy)
        finally:
            database.engine.dispose()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, distant: Distant) -> Iterator[Database]:
    monkeypatch.setattr(database_module, "_SILENT_SECONDS", 0.2)
    database = Database(distant.database.url, statement_seconds=1)
    try:
        yield database
    finally:
        database.engine.dispose()


def _add(tx: Session, email: str = "a@example.com") -> None:
    tx.add(Account(email=email, role="customer"))
    tx.flush()


def _add_until_full(tx: Session) -> None:
    with database_module._outages_named():
        for number in range(5000):
            _add(tx, f"{number}@example.com")


def _emails(database: Database) -> list[str]:
    return database.query(lambda tx: list(tx.exec(select(Account.email)).all()))


@needs_postgresql
def test_a_server_that_stops_without_closing_keeps_nobody_waiting(
    distant: Distant, impatient: Database
) -> None:
    impatient.call(_add)
    held = impatient.engine.connect()
    held.execute(text("SELECT 1"))
    distant.proxy.pause()
    attempts: tuple[Callable[[], object], ...] = (
        lambda: impatient.call(_add, "b@example.com"),
        lambda: _emails(impatient),
    )
    for attempt in attempts:
        begun = time.monotonic()
        with pytest.raises(DatabaseUnavailable) as outage:
            attempt()
        assert outage.value.message == AWAY
        # A connection of the pool, and the new one in its place.
        assert time.monotonic() - begun < 10
    with pytest.raises(OperationalError, match=r"no answer within 1\.2 seconds"):
        held.commit()
    held.invalidate()
    held.close()
    assert _emails(distant.direct) == ["a@example.com"]
    distant.proxy.resume()
    impatient.call(_add, "c@example.com")
    assert sorted(_emails(impatient)) == ["a@example.com", "c@example.com"]


@needs_postgresql
def test_a_database_that_goes_away_comes_back_by_itself(distant: Distant) -> None:
    distant.database.call(_add)
    distant.proxy.close()
    for attempt in (
        lambda: distant.database.call(_add, "b@example.com"),
        lambda: _emails(distant.database),
    ):
        with pytest.raises(DatabaseUnavailable) as outage:
            attempt()
        assert outage.value.message == AWAY
    assert _emails(distant.direct) == ["a@example.com"]
    distant.proxy.open()
    distant.database.call(_add, "c@example.com")
    assert sorted(_emails(distant.database)) == ["a@example.com", "c@example.com"]


@needs_postgresql
def test_a_connection_cut_in_a_transaction_stores_nothing(distant: Distant) -> None:
    def cut(tx: Session) -> None:
        _add(tx)
        distant.proxy.close()
        _add(tx, "b@example.com")

    with pytest.raises(DatabaseUnavailable, match=AWAY):
        distant.database.call(cut)
    assert _emails(distant.direct) == []


@needs_postgresql
def test_a_statement_that_takes_too_long_is_an_outage(distant: Distant) -> None:
    with pytest.raises(DatabaseUnavailable, match=AWAY):
        distant.database.query(lambda tx: tx.execute(text("SELECT pg_sleep(60)")))


@needs_postgresql
def test_all_connections_busy_is_an_outage(
    distant: Distant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "_POOL_SECONDS", 0)
    small = Database(distant.direct.url, pool_size=1)
    with small.read() as first, small.read() as second:
        first.execute(text("SELECT 1"))
        second.execute(text("SELECT 1"))
        with pytest.raises(DatabaseUnavailable) as outage:
            small.query(lambda tx: tx.execute(text("SELECT 1")))
    assert (outage.value.message, outage.value.reason) == (
        AWAY,
        "every connection is busy",
    )
    small.engine.dispose()


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with sqlite_database(tmp_path) as database, database.engine.connect() as held:
        # SQLite's own limit on the file, which it takes for a full disk.
        pages = held.exec_driver_sql("PRAGMA page_count").scalar_one()
        held.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        with Session(held) as tx, pytest.raises(DatabaseUnavailable) as outage:
            _add_until_full(tx)
        assert (outage.value.message, outage.value.reason) == (
            NOTHING_STORED,
            "database or disk is full",
        )
        held.rollback()
        assert _emails(database) == []


def test_a_read_only_database_answers_and_stores_nothing(tmp_path: Path) -> None:
    with sqlite_database(tmp_path) as writable:
        writable.call(_add)
        path = writable.engine.url.database
    database = Database(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert _emails(database) == ["a@example.com"]
    with pytest.raises(DatabaseUnavailable, match=NOTHING_STORED):
        database.call(_add, "b@example.com")
    assert _emails(database) == ["a@example.com"]
    database.engine.dispose()


@pytest.mark.each_database
def test_a_wrong_statement_is_no_outage(db: Database) -> None:
    with pytest.raises(DBAPIError):
        db.query(lambda tx: tx.execute(text("SELECT nothing FROM nowhere")))
