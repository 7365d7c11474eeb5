"""Nobody restores a backup under a portal that serves, and nobody serves meanwhile.

SQLite is used by processes of one machine: they share a lock on a file beside the
database. PostgreSQL is used from many: each of their connections shares an advisory
lock, for as long as it is open. A restore takes the lock alone.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import psycopg
from sqlalchemy import event, text
from sqlalchemy.exc import SQLAlchemyError

from portal_app.backups.manifest import BackupError
from portal_app.kernel.db import Database

_ADVISORY_KEY = int.from_bytes(b"portal")
_RESTORING = "a backup is being restored; start again when that has ended"
SERVING = "the portal is running; stop it first, wherever it runs on this database"


class InUse(BackupError):
    """The other side has the lock."""


@contextmanager
def in_use(database: Database) -> Iterator[None]:
    """Keep restores away while this process, and what it forks, works.

    On PostgreSQL each connection counts, for as long as it is open; what is not in use
    when this ends is closed.

    Raises:
        InUse: If a backup is being restored (on PostgreSQL, connecting fails).
    """
    if database.is_sqlite:
        with _file_lock(database, fcntl.LOCK_SH, _RESTORING):
            yield
        return
    event.listen(database.engine, "connect", _share)
    database.engine.dispose()  # what is open already does not share
    try:
        yield
    finally:
        event.remove(database.engine, "connect", _share)
        database.engine.dispose()  # what is open still shares


@contextmanager
def exclusive(database: Database) -> Iterator[None]:
    """Keep everybody else away.

    Raises:
        InUse: If a portal serves, or another backup is being restored.
    """
    if database.is_sqlite:
        with _file_lock(database, fcntl.LOCK_EX, SERVING):
            yield
        return
    # The lock is the session's: closing the connection for good gives it back.
    with closing(database.engine.connect()) as connection:
        alone = connection.execute(
            text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_KEY}
        ).scalar_one()
        connection.commit()
        try:
            if not alone:
                raise InUse(SERVING)
            yield
        finally:
            with suppress(SQLAlchemyError):  # the connection may be broken by now
                # PostgreSQL sees that a connection was closed a moment later.
                connection.rollback()
                connection.execute(
                    text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_KEY}
                )
            connection.invalidate()


@contextmanager
def _file_lock(database: Database, kind: int, refusal: str) -> Iterator[None]:
    path = f"{database.engine.url.database}.lock"
    try:
        opened = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}") from None
    try:
        try:
            fcntl.flock(opened, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(refusal) from None
        yield
    finally:
        os.close(opened)


def _share(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock_shared(%s)", [_ADVISORY_KEY])
        shared = cursor.fetchone()[0]
    connection.commit()
    if not shared:
        connection.close()  # nobody else knows of it yet
        raise psycopg.OperationalError(_RESTORING)
