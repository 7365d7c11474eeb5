"""Bring an archive back, whole or not at all; and try one without touching anything.

The order makes a kill at any moment leave the old portal or the new one:

1. The archive is read to its end and checked, and a SQLite database is built from
   it beside everything: its rows have to fit the tables, each other and the files.
2. The files are put into the storage under ``restoring/``, and a journal with the
   restoration's number.
3. The database is swapped in one step: by renaming the file (SQLite), or by one
   transaction (PostgreSQL). The number is in the new database.
4. The files are moved to their places, files that no row refers to are deleted, and
   the journal goes.

A kill before 3 leaves the old database with all of its files, after it the new one;
``settle``, which the portal calls before it serves, then undoes 2 or ends 4.
"""

import json
import os
import secrets
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import BinaryIO, cast

import psycopg
import structlog
from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from portal_app import migrations
from portal_app.backups import locks, rows
from portal_app.backups.archive import (
    NEWER,
    Archive,
    Passphrase,
    check_space,
    opened_archive,
    readable_archive,
)
from portal_app.backups.creation import Summary, summary_of
from portal_app.backups.manifest import (
    BackupError,
    file_entry,
    table_entry,
)
from portal_app.backups.stored_files import (
    FILE_TABLE,
    BackedUpStorage,
    is_file_folder,
    needed_files,
)
from portal_app.domain.files.models import StoredFile
from portal_app.domain.files.protocols import StorageUnavailable
from portal_app.kernel.db import Database

log = structlog.get_logger("backups")

_STAGE = "restoring"
_JOURNAL = f"{_STAGE}/journal"
_STAGED_FILES = f"{_STAGE}/files"
# Rows take more room in a database, with its indexes, than in an archive.
_ROOM_FACTOR = 4
_LOCK_TIMEOUT = "15s"
_GONE_SECONDS = 10
_LOOK_AGAIN_SECONDS = 0.1
_POSTGRESQL_MARK = "portal restoration "
_DATABASE_ERRORS = (
    SQLAlchemyError,
    sqlite3.Error,
    psycopg.Error,
    ValueError,
    TypeError,
    OverflowError,
)

Step = Callable[[str], None]


def _no_report(_step: str) -> None:
    """Nobody wants to know."""


def verify_backup(source: Path, passphrase: Passphrase) -> Summary:
    """Restore an archive into a database and a folder that are thrown away.

    Raises:
        BackupError: If it could not be restored.
    """
    with (
        tempfile.TemporaryDirectory(prefix="portal-backup-") as folder,
        _told_of(source),
        opened_archive(source, passphrase, Path(folder)) as archive,
    ):
        _rehearse(archive, Path(folder) / "portal.db", mark=1)
        return summary_of(archive.manifest)


def restore_backup(
    database: Database,
    storage: BackedUpStorage,
    source: Path,
    passphrase: Passphrase,
    report: Step = _no_report,
) -> Summary:
    """Replace everything by what an archive contains.

    Args:
        database: The database; whatever is in it is gone afterwards.
        storage: The files; those of the old database are deleted at the end.
        source: What ``create_backup`` wrote.
        passphrase: Asked if it is encrypted.
        report: Called with the name of each step before it begins.

    Raises:
        BackupError: If the archive cannot be used, or the portal is running;
            database and files are unchanged.
    """
    with locks.exclusive(database):
        _settle(database, storage)
        try:
            with _told_of(source):
                return _replace_all(database, storage, source, passphrase, report)
        finally:
            _settle(database, storage)


def _replace_all(
    database: Database,
    storage: BackedUpStorage,
    source: Path,
    passphrase: Passphrase,
    report: Step,
) -> Summary:
    report("check")
    place = _database_folder(database)
    with opened_archive(source, passphrase, place) as archive:
        if storage.folder is not None:
            sizes = (entry.size for entry in archive.manifest.entries.values())
            check_space(_existing(storage.folder), sum(sizes))
        # Never 0, which every database starts with.
        mark = secrets.randbelow(2**31 - 1) + 1
        swap = _swap_sqlite if database.is_sqlite else _swap_postgresql
        with swap(database, archive, mark, report) as commit:
            report("stage files")
            _stage(storage, archive, mark)
            report("swap")
            commit()
        report("place files")
        _settle(database, storage, report)
        return summary_of(archive.manifest)


def settle(database: Database, storage: BackedUpStorage) -> None:
    """End or undo a restoration that was interrupted.

    Not while somebody else works on this database: they have settled it before, or
    are at it. PostgreSQL may take a moment to see that a killed restoration is gone,
    so what it left is waited for. If the storage does not answer, it has to be done
    at the next start.
    """
    deadline = monotonic() + _GONE_SECONDS
    try:
        while True:
            try:
                with locks.exclusive(database):
                    _settle(database, storage)
                return
            except locks.InUse:
                if monotonic() > deadline or not any(storage.list_keys(_STAGE)):
                    return
                sleep(_LOOK_AGAIN_SECONDS)
    except StorageUnavailable:
        log.warning("an interrupted restoration, if any, waits for the storage")


@contextmanager
def _told_of(source: Path) -> Iterator[None]:
    try:
        yield
    except BackupError as error:
        raise BackupError(f"{source} cannot be restored: {error}") from None


# What an archive has to be good for


def _rehearse(archive: Archive, path: Path, mark: int) -> None:
    """Build a new SQLite database at ``path`` from an archive, and check it.

    Raises:
        BackupError: If the archive does not make a database that the portal can use.
    """
    manifest = archive.manifest
    if manifest.revision not in migrations.revisions():
        raise BackupError(NEWER)
    _check_files(archive)
    tables = (manifest.entries[table_entry(name)].size for name in manifest.tables)
    check_space(path.parent, _ROOM_FACTOR * sum(tables))
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)
    try:
        with _refused_by_database(), engine.connect() as connection:
            # Only the renamed file has to survive a power cut.
            connection.exec_driver_sql("PRAGMA synchronous=OFF")
            _build(connection, archive)
            connection.commit()
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise BackupError("a row refers to one that is not there")
            found = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
            if found != "ok":
                raise BackupError(f"its database is damaged: {found}")
            connection.exec_driver_sql(f"PRAGMA user_version={mark}")
            connection.commit()
    finally:
        engine.dispose()


def _check_files(archive: Archive) -> None:
    """The files of an archive are those that its rows refer to."""
    manifest = archive.manifest
    expected: dict[str, str] = {}
    for name, table in manifest.tables.items():
        if table_entry(name) not in manifest.entries:
            raise BackupError(f"the table {name} is missing")
        if name == FILE_TABLE:
            with readable_archive():
                found = _rows(archive, name)
                expected = {
                    file.key: file.sha256 for file in needed_files(table.columns, found)
                }
    if FILE_TABLE not in manifest.tables:
        raise BackupError(f"the table {FILE_TABLE} is missing")
    missing = {k for k, what in manifest.unfit_files.items() if what == "missing"}
    entries = {table_entry(name) for name in manifest.tables}
    entries |= {file_entry(key) for key in expected.keys() - missing}
    if entries != manifest.entries.keys():
        raise BackupError("its files are not those that its rows refer to")
    for key in expected.keys() - manifest.unfit_files.keys():
        digest = expected[key]
        if digest and manifest.entries[file_entry(key)].sha256 != digest:
            raise BackupError(f"the file {key} is not the one that was handed in")


def _rows(archive: Archive, table: str) -> Iterator[list[object]]:
    columns = archive.manifest.tables[table].columns
    with archive.stream(table_entry(table)) as source:
        yield from rows.parsed(source, len(columns))


def _build(connection: Connection, archive: Archive) -> None:
    """Make tables by the migrations, fill them, and bring them up to date."""
    manifest = archive.manifest
    migrations.upgrade(connection, manifest.revision)
    tables = {table.name: table for table in rows.tables_of(connection)}
    if {name: [c.name for c in table.columns] for name, table in tables.items()} != {
        name: table.columns for name, table in manifest.tables.items()
    }:
        raise BackupError("its tables are not those of its schema")
    for name, table in tables.items():
        with readable_archive():
            count = rows.load(connection, table, _rows(archive, name))
        if count != manifest.tables[name].rows:
            raise BackupError(f"the table {name} has {count} rows of others")
    migrations.upgrade(connection)


@contextmanager
def _refused_by_database() -> Iterator[None]:
    try:
        yield
    except _DATABASE_ERRORS as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()
        raise BackupError(
            f"the database refuses it: {reason[0] if reason else type(error).__name__}"
        ) from None


# The swap, which is one step on each database


@contextmanager
def _swap_sqlite(
    database: Database, archive: Archive, mark: int, report: Step
) -> Iterator[Callable[[], None]]:
    current = Path(database.engine.url.database or "")
    new = _new_file(current)
    new.unlink(missing_ok=True)

    def commit() -> None:
        database.engine.dispose()
        try:
            with closing(sqlite3.connect(current)) as connection:
                # A journal of the old file must not be applied to the new one.
                connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as error:
            raise BackupError(f"the database is in use: {error}") from None
        _flush(new)
        report("rename")
        new.replace(current)
        _flush(current.parent)

    try:
        report("build")
        _rehearse(archive, new, mark)
        yield commit
    finally:
        new.unlink(missing_ok=True)


@contextmanager
def _swap_postgresql(
    database: Database, archive: Archive, mark: int, report: Step
) -> Iterator[Callable[[], None]]:
    report("build")
    with tempfile.TemporaryDirectory(prefix="portal-backup-") as folder:
        _rehearse(archive, Path(folder) / "portal.db", mark)

    def commit() -> None:
        with _refused_by_database(), database.engine.begin() as connection:
            for statement in (
                f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'",
                "DROP SCHEMA public CASCADE",
                "CREATE SCHEMA public",
                f"COMMENT ON SCHEMA public IS '{_POSTGRESQL_MARK}{mark}'",
            ):
                connection.exec_driver_sql(statement)
            _build(connection, archive)
            report("commit")
        # Connections remember types by numbers that are others now.
        database.engine.dispose()

    yield commit


def _database_folder(database: Database) -> Path:
    """Where a SQLite database is built: beside the one that it replaces, or aside."""
    if database.is_sqlite:
        return Path(database.engine.url.database or "").resolve().parent
    return Path(tempfile.gettempdir())


def _new_file(current: Path) -> Path:
    return current.with_name(f"{current.name}.restoring")


def _flush(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


# The files


def _stage(storage: BackedUpStorage, archive: Archive, mark: int) -> None:
    prefix = file_entry("")
    for name in archive.manifest.entries:
        if name.startswith(prefix):
            key = name.removeprefix(prefix)
            with archive.stream(name) as content:
                storage.put(f"{_STAGED_FILES}/{key}", cast(BinaryIO, content))
    storage.put(_JOURNAL, json.dumps({"mark": mark}).encode())


def _settle(
    database: Database, storage: BackedUpStorage, report: Step = _no_report
) -> None:
    """Whatever was begun is ended, or undone: the database in force says which."""
    if database.is_sqlite:
        _new_file(Path(database.engine.url.database or "")).unlink(missing_ok=True)
    staged = set(storage.list_keys(_STAGE))
    if not staged:
        return
    mark = _journal_mark(storage) if _JOURNAL in staged else None
    if mark is not None and mark == _mark_in_force(database):
        for key in sorted(staged - {_JOURNAL}):
            storage.move(key, key.removeprefix(f"{_STAGED_FILES}/"))
        report("delete old files")
        _delete_unknown(database, storage)
    report("clean up")
    # The journal goes last: until then all of this can be done again.
    storage.delete(_STAGED_FILES)
    storage.delete(_STAGE)


def _journal_mark(storage: BackedUpStorage) -> int | None:
    try:
        mark = json.loads(b"".join(storage.read(_JOURNAL)))["mark"]
    except (ValueError, KeyError, TypeError):
        return None  # it was being written, so nothing was swapped yet
    return mark if isinstance(mark, int) else None


def _mark_in_force(database: Database) -> int | None:
    with database.engine.connect() as connection:
        if database.is_sqlite:
            mark = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            return int(mark)
        comment = connection.execute(
            text("SELECT obj_description('public'::regnamespace, 'pg_namespace')")
        ).scalar_one()
    number = str(comment or "").removeprefix(_POSTGRESQL_MARK)
    return int(number) if number.isdigit() else None


def _delete_unknown(database: Database, storage: BackedUpStorage) -> None:
    """Delete the files that no row knows of; what is not the portal's stays."""
    with database.read() as tx:
        known = set(tx.execute(select(StoredFile.storage_key)).scalars())
    folders = {key.rpartition("/")[0] for key in storage.list_keys()}
    for folder in sorted(folders - known):
        if is_file_folder(folder):
            storage.delete(folder)


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())
