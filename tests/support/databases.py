"""Databases for tests: one of each kind per process, or one of a test's own.

Making a PostgreSQL database takes half a second, emptying one a few milliseconds.
So a process makes one, and empties it after each test; a SQLite database is a
file in memory that is replaced. Both keep their engine, and with it the
statements that SQLAlchemy compiled.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg

from portal_app.domain.tables import metadata
from portal_app.kernel.db import Database
from portal_app.migrations import migrate

_SERVER = "host=127.0.0.1 port=5432 user=postgres connect_timeout=2"
_REQUIRED = os.environ.get("PORTAL_TEST_SERVICES") == "required"
_MEMORY = Path("/dev/shm")
# Patience with what a test left behind, before its connections are cut.
_LOCK_TIMEOUT = "5s"


@cache
def postgresql_available() -> bool:
    """Whether the PostgreSQL server for tests answers.

    Raises:
        RuntimeError: If it does not although ``PORTAL_TEST_SERVICES=required``.
    """
    try:
        psycopg.connect(f"{_SERVER} dbname=postgres").close()
    except psycopg.OperationalError:
        if _REQUIRED:
            raise RuntimeError("PostgreSQL must answer on 127.0.0.1:5432") from None
        return False
    return True


def _url(name: str) -> str:
    return f"postgresql+psycopg://postgres@127.0.0.1:5432/{name}"


def _administer(*statements: str) -> None:
    with psycopg.connect(f"{_SERVER} dbname=postgres", autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _drop(name: str) -> None:
    _administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@cache
def _postgresql_template() -> str:
    name = f"portal_template_{os.getpid()}_{secrets.token_hex(4)}"
    _administer(f"CREATE DATABASE {name}")
    database = Database(_url(name), pool_size=1)
    migrate(database)
    database.engine.dispose()
    return name


def _copy_of_the_template() -> str:
    name = f"portal_test_{os.getpid()}_{secrets.token_hex(4)}"
    _administer(
        f"CREATE DATABASE {name} TEMPLATE {_postgresql_template()}",
        # Nobody needs the rows after a power cut.
        f"ALTER DATABASE {name} SET synchronous_commit = off",
    )
    return name


@contextmanager
def postgresql_database() -> Iterator[Database]:
    """A migrated PostgreSQL database that is dropped afterwards."""
    name = _copy_of_the_template()
    database = Database(_url(name), pool_size=20)
    try:
        yield database
    finally:
        database.engine.dispose()
        _drop(name)


class _Emptied:
    """This process's PostgreSQL database, and a connection that empties it."""

    def __init__(self) -> None:
        self.name = _copy_of_the_template()
        self.database = Database(_url(self.name))
        self._connection = psycopg.connect(
            f"{_SERVER} dbname={self.name}", autocommit=True
        )
        # Triggers and foreign keys, also those that forbid deletion, stay silent.
        self._connection.execute("SET session_replication_role = replica")
        self._connection.execute(f"SET lock_timeout = '{_LOCK_TIMEOUT}'")
        sequences = self._connection.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename) "
            "FROM pg_sequences"
        ).fetchall()
        self._wipe = "; ".join(
            [f'DELETE FROM "{table.name}"' for table in metadata.sorted_tables]
            + [f"ALTER SEQUENCE {name} RESTART" for (name,) in sequences]
        )

    def empty(self) -> None:
        """Delete every row, in one transaction."""
        self._connection.execute(self._wipe)

    def remove(self) -> None:
        """Drop the database."""
        self._connection.close()
        self.database.engine.dispose()
        _drop(self.name)


@cache
def _emptied() -> _Emptied:
    return _Emptied()


@contextmanager
def shared_postgresql_database() -> Iterator[Database]:
    """This process's migrated PostgreSQL database, emptied afterwards."""
    shared = _emptied()
    try:
        yield shared.database
    finally:
        try:
            shared.empty()
        except psycopg.Error:
            # A test that failed may hold a lock for good; the next gets another.
            shared.remove()
            _emptied.cache_clear()


@cache
def _memory_folder() -> Path:
    within = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix="portal-tests-", dir=within))


@cache
def _sqlite_template() -> Path:
    path = _memory_folder() / "template.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.engine.dispose()
    return path


@contextmanager
def sqlite_database(folder: Path) -> Iterator[Database]:
    """A migrated SQLite database in ``folder``."""
    path = folder / "portal.db"
    shutil.copy(_sqlite_template(), path)
    database = Database(f"sqlite:///{path}")
    try:
        yield database
    finally:
        database.engine.dispose()


@cache
def _replaced() -> tuple[Path, Database]:
    path = _memory_folder() / "portal.db"
    return path, Database(f"sqlite:///{path}")


@contextmanager
def shared_sqlite_database(content: Path | None = None) -> Iterator[Database]:
    """This process's SQLite database, with what another test left replaced.

    Args:
        content: The database file it starts as; by default an empty, migrated one.
    """
    path, database = _replaced()
    for end in ("", "-wal", "-shm"):
        # What still has the old file open must not write into the new one.
        path.with_name(path.name + end).unlink(missing_ok=True)
    shutil.copy(content or _sqlite_template(), path)
    try:
        yield database
    finally:
        database.engine.dispose()


def remove_databases() -> None:
    """Remove what this process made."""
    if _emptied.cache_info().currsize:
        _emptied().remove()
        _emptied.cache_clear()
    if _postgresql_template.cache_info().currsize:
        _drop(_postgresql_template())
        _postgresql_template.cache_clear()
    if _replaced.cache_info().currsize:
        _replaced()[1].engine.dispose()
        _replaced.cache_clear()
    _sqlite_template.cache_clear()
    if _memory_folder.cache_info().currsize:
        shutil.rmtree(_memory_folder(), ignore_errors=True)
        _memory_folder.cache_clear()
