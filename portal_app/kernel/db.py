"""The database: engine, transaction, and column types both databases share.

SQLite runs in WAL mode with foreign keys and a busy timeout; a write
transaction takes its lock when it begins (``BEGIN IMMEDIATE``), so that two
writers queue instead of failing half-way. PostgreSQL runs READ COMMITTED: what
is scarce is guarded by constraints, not by the isolation level.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import DateTime, Dialect, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

from portal_app.kernel.errors import Unavailable
from portal_app.kernel.postgres_silence import end_silence_after

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=SQLModel)

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_BUSY_TIMEOUT_MS = 10_000
_TRANSIENT_SQLSTATES = {"40001", "40P01"}  # serialization failure, deadlock
_MAX_TRIES = 5
# How PostgreSQL is waited for, in seconds. Somebody waits for the answer: a
# database that does not give one is away.
_CONNECT_SECONDS = 3
_POOL_SECONDS = 10
_UNACKNOWLEDGED_SECONDS = 10
# Longer than a statement may take; then the server itself must have stopped.
_SILENT_SECONDS = 5
# What is wrong with the database itself, and not with what it was asked.
_OUTAGE_SQLSTATES = (
    "08",  # the connection
    "25006",  # read-only
    "53",  # no disk, no memory, no more connections
    "57",  # shut down, starting up, or slower than the time it was given
    "58",  # the disk
)
_OUTAGE_SQLITE = (
    *("SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR"),
    *("SQLITE_NOTADB", "SQLITE_READONLY"),
)
_CANNOT_STORE = ("25006", "53100", "SQLITE_FULL", "SQLITE_READONLY")
_CACHED_ROWS = "cached_rows"


class DatabaseUnavailable(Unavailable):
    """The database does not answer, or cannot store anything.

    Attributes:
        reason: What it says itself, in one line, for whoever runs the portal.
    """

    def __init__(self, error: DBAPIError | PoolTimeout) -> None:
        super().__init__(
            "We cannot store anything just now. Please try again in a moment."
            if database_error_code(error).startswith(_CANNOT_STORE)
            else "We cannot reach our database just now. Please try again in a moment."
        )
        self.reason = database_error_text(error)


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return value.astimezone(UTC)

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        # PostgreSQL answers in the zone of the session.
        return value.astimezone(UTC)


class Database:
    """One database and the transactions on it.

    Args:
        url: A SQLAlchemy URL; ``sqlite:///…`` or ``postgresql+psycopg://…``.
        pool_size: Connections kept open (PostgreSQL).
        statement_seconds: How long one statement may take (PostgreSQL), and with
            five seconds more how long the server may say nothing; without one, as
            long as the server lets it.
    """

    def __init__(
        self, url: str, pool_size: int = 10, statement_seconds: int | None = None
    ) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        # What people typed must not reach the log with an error.
        options: dict[str, Any] = {"hide_parameters": True}
        if self.is_sqlite:
            options["connect_args"] = {
                "check_same_thread": False,
                "timeout": _BUSY_TIMEOUT_MS / 1000,
            }
        else:
            options.update(pool_size=pool_size, max_overflow=pool_size)
            # Connections that a restart of the database ended are replaced unseen.
            options["pool_pre_ping"] = True
            options["pool_timeout"] = _POOL_SECONDS
            options["connect_args"] = {
                "connect_timeout": _CONNECT_SECONDS,
                "tcp_user_timeout": _UNACKNOWLEDGED_SECONDS * 1000,
            }
        self.engine: Engine = create_engine(url, **options)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        elif statement_seconds is not None:
            event.listen(self.engine, "connect", _limit_statements(statement_seconds))
            end_silence_after(self.engine, statement_seconds + _SILENT_SECONDS)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; what it changes is never stored.

        Raises:
            DatabaseUnavailable: If the database does not answer.
        """
        with (
            _outages_named(),
            Session(self.engine, expire_on_commit=False) as session,
        ):
            try:
                yield session
            finally:
                # A rollback expires rows; those handed out must stay readable.
                session.expunge_all()
                session.rollback()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one transaction: committed at the end, or nothing happened.

        Raises:
            DatabaseUnavailable: If the database does not answer.
        """
        with _outages_named(), self._transaction() as session:
            yield session

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        engine = self.engine.execution_options(portal_write=True)
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def call(
        self,
        fn: Callable[Concatenate[Session, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Run one intention in one write transaction, again if it lost a race.

        A transient conflict (a deadlock, a serialization failure, a database
        that stayed locked) is tried up to five times; the intention must
        therefore do nothing outside the database.

        Args:
            fn: A domain function that takes the transaction first.
            args: Its further positional arguments.
            kwargs: Its keyword arguments.

        Returns:
            What ``fn`` returned, after the commit.

        Raises:
            DatabaseUnavailable: If the database does not answer.
        """
        with _outages_named():
            for attempt in range(1, _MAX_TRIES + 1):
                try:
                    with self._transaction() as tx:
                        return fn(tx, *args, **kwargs)
                except DBAPIError as error:
                    if attempt == _MAX_TRIES or not _is_transient(error):
                        raise
                    time.sleep(random.uniform(0.01, 0.05) * attempt)
        raise AssertionError("unreachable")

    def query(
        self,
        fn: Callable[Concatenate[Session, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Run one question in a reading session."""
        with self.read() as tx:
            return fn(tx, *args, **kwargs)


def database_error_text(error: DBAPIError | PoolTimeout) -> str:
    """What a database says itself, in one line: for the operator, not for logs."""
    if isinstance(error, PoolTimeout):
        return "every connection is busy"
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error).__name__


@contextmanager
def _outages_named() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        if not _is_outage(error):
            raise
        raise DatabaseUnavailable(error) from error


def _is_outage(error: DBAPIError | PoolTimeout) -> bool:
    if isinstance(error, PoolTimeout) or error.connection_invalidated:
        return True
    code = database_error_code(error)
    if code:
        return code.startswith((*_OUTAGE_SQLSTATES, *_OUTAGE_SQLITE))
    # The driver's own, without an answer of the server: there was none.
    return isinstance(error, OperationalError | InterfaceError)


def database_error_code(error: Exception) -> str:
    """The SQLSTATE of PostgreSQL, the name of SQLite's code, or nothing."""
    original = getattr(error, "orig", None) or error
    return str(
        getattr(original, "sqlstate", None)
        or getattr(original, "sqlite_errorname", None)
        or ""
    )


def _limit_statements(seconds: int) -> Callable[[Any, Any], None]:
    def limit(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{seconds}s'")
        connection.commit()

    return limit


def get_cached(tx: Session, table: type[M], key: object) -> M | None:
    """A row by its primary key, read at most once in a transaction.

    For the few rows that nearly every function reads. What this transaction writes
    to the row shows at once, and so does what a lock with ``populate_existing``
    finds; what others commit meanwhile does not.
    """
    row = tx.get(table, key)
    if row is not None:
        # A session refers to its rows weakly: unless something holds the row, the
        # next ``get`` reads it again.
        tx.info.setdefault(_CACHED_ROWS, {})[table, key] = row
    return row


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: _begin_sqlite does.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("portal_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _is_transient(error: DBAPIError) -> bool:
    sqlstate = getattr(error.orig, "sqlstate", None)
    return sqlstate in _TRANSIENT_SQLSTATES or "database is locked" in str(error.orig)
