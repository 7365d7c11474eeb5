"""Write an archive of everything; the portal may be serving meanwhile."""

import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Table

from portal_app import migrations
from portal_app.backups import rows
from portal_app.backups.archive import ArchiveWriter
from portal_app.backups.manifest import (
    FORMAT,
    PROGRAM,
    BackupError,
    Manifest,
    file_entry,
    table_entry,
)
from portal_app.backups.manifest import Table as TableContent
from portal_app.backups.stored_files import (
    FILE_TABLE,
    BackedUpStorage,
    NeededFile,
    needed_files,
)
from portal_app.domain.files.protocols import StorageUnavailable
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotFound

UNFINISHED = ".unfinished"


@dataclass(frozen=True, slots=True)
class Summary:
    """What is in an archive.

    Attributes:
        rows: Of all tables.
        files: How many of the storage's files are in it.
        missing_files: How many files were not in the storage any more.
        damaged_files: How many are in it as they were stored, which is not as they
            were handed in.
    """

    rows: int
    files: int
    missing_files: int
    damaged_files: int


def create_backup(
    database: Database,
    storage: BackedUpStorage,
    target: Path,
    *,
    passphrase: str | None = None,
    overwrite: bool = False,
) -> Summary:
    """Write everything into one new file, readable by its owner only.

    It is written beside the target and renamed at the end. The database is seen as
    at one instant; a file that is deleted meanwhile is left out, and noted.

    Args:
        database: The database, which may be in use.
        storage: Where the files are.
        target: Where the archive goes.
        passphrase: Encrypts the archive.
        overwrite: Whether a file that is there may be replaced.

    Raises:
        BackupError: If it cannot be written; nothing is left of it then.
    """
    try:
        _check_target(target, overwrite=overwrite)
        opened, name = tempfile.mkstemp(
            dir=target.parent, prefix=f"{target.name}.", suffix=UNFINISHED
        )
        unfinished = Path(name)
        try:
            with (
                os.fdopen(opened, "wb") as file,
                ArchiveWriter(file, passphrase) as archive,
            ):
                summary = _write(database, storage, archive)
                file.flush()
                os.fsync(file.fileno())
            _check_target(target, overwrite=overwrite)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BackupError(f"{target} cannot be written: {reason}") from None
    except StorageUnavailable:
        raise BackupError("the files cannot be read: the storage is away") from None
    return summary


def summary_of(manifest: Manifest) -> Summary:
    """What an archive contains."""
    unfit = list(manifest.unfit_files.values())
    return Summary(
        rows=sum(table.rows for table in manifest.tables.values()),
        files=len(manifest.entries) - len(manifest.tables),
        missing_files=unfit.count("missing"),
        damaged_files=unfit.count("damaged"),
    )


def _check_target(target: Path, *, overwrite: bool) -> None:
    if target.is_dir():
        raise BackupError(f"{target} is a folder; name a file in it")
    if target.exists() and not overwrite:
        raise BackupError(f"{target} exists already; --overwrite replaces it")


def _write(
    database: Database, storage: BackedUpStorage, archive: ArchiveWriter
) -> Summary:
    tables: dict[str, TableContent] = {}
    needed: list[NeededFile] = []
    with rows.snapshot(database) as connection:
        revision = migrations.revision_of(connection)
        found = rows.tables_of(connection)
        if revision is None or FILE_TABLE not in {table.name for table in found}:
            raise BackupError("the database is empty; there is nothing to keep")
        for table in found:
            tables[table.name] = _add_table(connection, table, archive, needed)
    unfit: dict[str, str] = {}
    stored = set(storage.list_keys())
    for file in needed:
        problem = _add_file(storage, file, archive, stored)
        if problem:
            unfit[file.key] = problem
    manifest = Manifest.model_validate(
        {
            "program": PROGRAM,
            "format": FORMAT,
            "revision": revision,
            "created_at": utc_now(),
            "database": "sqlite" if database.is_sqlite else "postgresql",
            "tables": tables,
            "entries": archive.entries,
            "unfit_files": unfit,
        }
    )
    archive.finish(manifest)
    return summary_of(manifest)


def _add_table(
    connection: Connection,
    table: Table,
    archive: ArchiveWriter,
    needed: list[NeededFile],
) -> TableContent:
    columns = [column.name for column in table.columns]
    count = 0

    def counted() -> Iterator[bytes]:
        nonlocal count
        for line in rows.lines(connection, table):
            count += 1
            if table.name == FILE_TABLE:
                needed.extend(needed_files(columns, [json.loads(line)]))
            yield line

    archive.add(table_entry(table.name), counted(), compress=True)
    return TableContent(columns=columns, rows=count)


def _add_file(
    storage: BackedUpStorage, file: NeededFile, archive: ArchiveWriter, stored: set[str]
) -> str | None:
    """Returns: What is wrong with the file, if anything."""
    if file.key not in stored:
        return "missing"
    try:
        pieces = storage.read(file.key)
    except NotFound:
        return "missing"
    # Pictures and documents are compressed as they are.
    entry = archive.add(file_entry(file.key), pieces, compress=False)
    return "damaged" if file.sha256 and entry.sha256 != file.sha256 else None
