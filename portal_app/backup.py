"""Keep the whole portal in one file, and bring it back.

The archive is a ``.tar.gz`` with ``backup.json`` (which kind of database, when),
the database itself, and the folder of uploaded files. SQLite is copied by its
online backup, PostgreSQL by its own client, so both may be in use meanwhile; to
restore, stop the portal first.
"""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from contextlib import closing
from pathlib import Path

from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database

_MANIFEST = "backup.json"
_FILES = "files"
_SQLITE_COPY = "portal.db"
_POSTGRESQL_DUMP = "portal.dump"
_UNREADABLE_ERRORS = (tarfile.ReadError, zlib.error, EOFError, KeyError, TypeError)


class BackupError(Exception):
    """Nothing was kept or restored; the message is the one line to print."""


def create_backup(database: Database, files: Path, target: Path) -> None:
    """Write everything into one new file; an existing one is replaced at the end.

    Args:
        database: The database, which may be in use.
        files: The folder of uploaded files; it need not exist.
        target: Where the archive goes.

    Raises:
        BackupError: If it cannot be written.
    """
    about = {
        "database": _kind(database),
        "taken_at": utc_now().isoformat(timespec="seconds"),
    }
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / _copy_name(database)
            if database.is_sqlite:
                _copy_sqlite(_sqlite_file(database), copy)
            else:
                _run_client(database, "pg_dump", "--format=custom", f"--file={copy}")
            # Nobody else may read what customers told us.
            opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with (
                os.fdopen(opened, "wb") as file,
                tarfile.open(fileobj=file, mode="w:gz") as archive,
            ):
                _add_text(archive, _MANIFEST, json.dumps(about))
                archive.add(copy, arcname=copy.name)
                if files.is_dir():
                    archive.add(files, arcname=_FILES)
        unfinished.replace(target)
    except (OSError, sqlite3.Error) as error:
        unfinished.unlink(missing_ok=True)
        raise BackupError(
            f"{target} could not be written: {_error_text(error)}"
        ) from None


def restore_backup(database: Database, files: Path, source: Path) -> None:
    """Replace the whole database, and the files, by those of an archive.

    Args:
        database: The database; whatever is in it is gone afterwards.
        files: The folder of uploaded files; replaced if the archive has one.
        source: What ``create_backup`` wrote.

    Raises:
        BackupError: If the archive cannot be used; the database is unchanged.
    """
    try:
        with tempfile.TemporaryDirectory() as folder:
            unpacked = Path(folder)
            with tarfile.open(source) as archive:
                archive.extractall(unpacked, filter="data")
            about = json.loads((unpacked / _MANIFEST).read_text())
            _refuse_other_kind(database, str(about["database"]))
            copy = unpacked / _copy_name(database)
            if database.is_sqlite:
                _check_sqlite(copy)
                database.engine.dispose()
                _copy_sqlite(copy, _sqlite_file(database))
            else:
                _restore_postgresql(database, copy)
            if (unpacked / _FILES).is_dir():
                shutil.rmtree(files, ignore_errors=True)
                shutil.copytree(unpacked / _FILES, files)
    except (
        OSError,
        EOFError,
        zlib.error,
        tarfile.TarError,
        ValueError,
        KeyError,
        TypeError,
        sqlite3.Error,
    ) as error:
        raise BackupError(
            f"{source} could not be restored: {_error_text(error)}"
        ) from None


def _error_text(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, _UNREADABLE_ERRORS):
        return "it is no backup of the portal"
    return (str(error) or type(error).__name__).splitlines()[0]


def _kind(database: Database) -> str:
    return "sqlite" if database.is_sqlite else "postgresql"


def _copy_name(database: Database) -> str:
    return _SQLITE_COPY if database.is_sqlite else _POSTGRESQL_DUMP


def _refuse_other_kind(database: Database, kind: str) -> None:
    if kind != _kind(database):
        raise BackupError(
            f"this backup is of a {kind} database, "
            f"PORTAL_DATABASE_URL names a {_kind(database)} one"
        )


def _sqlite_file(database: Database) -> Path:
    return Path(database.engine.url.database or "")


def _copy_sqlite(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(source)) as origin,
        closing(sqlite3.connect(target)) as copy,
    ):
        origin.backup(copy)


def _check_sqlite(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        verdict = connection.execute("PRAGMA quick_check").fetchone()[0]
    if verdict != "ok":
        raise ValueError(f"its database is damaged: {verdict}")


def _restore_postgresql(database: Database, dump: Path) -> None:
    script = dump.with_suffix(".sql")
    _run_client(database, "pg_restore", "--no-owner", f"--file={script}", str(dump))
    # One transaction: either all of it is replaced or nothing.
    _run_client(
        database,
        "psql",
        "--quiet",
        "--no-psqlrc",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        "--command=DROP SCHEMA public CASCADE",
        "--command=CREATE SCHEMA public",
        f"--file={script}",
    )


def _run_client(database: Database, command: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs on the database."""
    if shutil.which(command) is None:
        raise BackupError(
            f"{command} is needed for PostgreSQL; "
            "install your system's PostgreSQL client (postgresql-client)"
        )
    url = database.engine.url
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    address = url.set(drivername="postgresql", password=None)
    connect = (
        []
        if command == "pg_restore"  # it only writes a script here
        else [f"--dbname={address.render_as_string(hide_password=False)}"]
    )
    finished = subprocess.run(  # noqa: S603 - fixed programs, no shell
        [command, *connect, *arguments],
        env={**os.environ, **password, "PGOPTIONS": "-c client_min_messages=error"},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        lines = finished.stderr.strip().splitlines() or ["no reason given"]
        raise BackupError(f"{command}: {lines[0]}")


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    member = tarfile.TarInfo(name)
    member.size = len(content)
    member.mtime = int(utc_now().timestamp())
    member.mode = 0o600
    archive.addfile(member, io.BytesIO(content))
