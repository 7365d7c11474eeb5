"""The work on an import until it can be looked at: its file read, its rows checked.

It goes step by step, each in a transaction of its own, so that it can be watched,
stopped, and taken up by another process where it was left.
"""

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from sqlalchemy import insert, or_, update
from sqlmodel import Session, col, func, select

from portal_app.domain.files import attachments
from portal_app.domain.files.protocols import Storage
from portal_app.domain.imports import checks, spreadsheets
from portal_app.domain.imports.kinds import Headings, match_headings
from portal_app.domain.imports.models import ImportRow, ImportRun
from portal_app.domain.imports.registry import kind_of
from portal_app.domain.imports.service import (
    CHECKING,
    FAILED,
    IMPORTING,
    READING,
    READY,
    WORKED_ON,
    end_import,
)
from portal_app.domain.imports.spreadsheets import UnreadableTable
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotFound
from portal_app.kernel.ids import new_id
from portal_app.kernel.statements import affected

_BATCH = 500
_LEASE = timedelta(seconds=30)
_IN_MEMORY = 1_000_000
_MOST_HEADINGS = 20
_EMPTY = "There are no rows in this file. Please fill in the template and try again."


class Step(StrEnum):
    """What a step of the work came to."""

    MORE = "more"
    """There is more to do."""
    ELSEWHERE = "elsewhere"
    """Somebody else is at it: look again in a moment."""
    OVER = "over"
    """There is nothing to do any more."""


class ImportWork:
    """The work of one process on one import. Close it in the end."""

    def __init__(self, db: Database, storage: Storage, import_id: str) -> None:
        self._db, self._storage, self._import_id = db, storage, import_id
        self._worker = new_id()
        self._file: IO[bytes] | None = None
        self._rows: Iterator[tuple[int, list[str]]] | None = None
        self._headings: Headings | None = None

    def step(self) -> Step:
        """Do the next piece, if nobody else does.

        Raises:
            StorageUnavailable: If the file cannot be read just now.
        """
        step, stage = self._db.call(_claim, self._import_id, self._worker)
        if step is not Step.MORE:
            return step
        try:
            if stage == CHECKING:
                return self._db.call(_check_next, self._import_id, self._worker)
            return self._read_next()
        except UnreadableTable as error:
            return self._fail(error.message)
        except NotFound:
            return self._fail("The file is gone. Please choose it again.")

    def close(self) -> None:
        """Let go of the file."""
        self._rows = None
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read_next(self) -> Step:
        if self._rows is None:
            self._rows = self._open()
        batch = list(islice(self._rows, _BATCH))
        if self._headings is None:
            raise UnreadableTable(_EMPTY)
        keys = self._headings.keys
        rows = [
            _new_row(
                self._import_id,
                number,
                {
                    key: _storable(text)
                    for key, text in zip(keys, row, strict=False)
                    if key
                },
            )
            for number, row in batch
        ]
        return self._db.call(
            _store_rows, self._import_id, self._worker, self._headings, rows
        )

    def _open(self) -> Iterator[tuple[int, list[str]]]:
        """The rows that are not stored yet; the headings are read."""
        media_type, key, last = self._db.query(_where_to_read, self._import_id)
        file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - see close
        self._file = file
        for piece in self._storage.read(key):
            file.write(piece)
        rows = spreadsheets.read_rows(file, media_type)
        first = next(rows, None)
        if first is not None:
            self._headings = self._match(first[1])
        return ((number, row) for number, row in rows if number > last)

    def _match(self, row: list[str]) -> Headings:
        with self._db.read() as tx:
            kind = kind_of(tx.get_one(ImportRun, self._import_id).kind)
        found = match_headings(kind, row)
        if found.missing:
            raise UnreadableTable(
                f"The first row must name the columns; we miss {_listed(found.missing)}"
                ". Please use the headings of the template."
            )
        if found.repeated:
            raise UnreadableTable(
                f"These columns are there twice: {_listed(found.repeated)}. "
                "Please leave one of each."
            )
        return found

    def _fail(self, sentence: str) -> Step:
        self._db.call(_end_as_failed, self._import_id, sentence)
        return Step.OVER


def _listed(names: list[str]) -> str:
    return ", ".join(f"“{name}”" for name in names[:_MOST_HEADINGS])


def _storable(text: str) -> str:
    """A text that every database keeps; what it cannot is refused later, as U+FFFD."""
    plain = text.replace("\0", "\1")
    return plain.encode("utf-8", "replace").decode("utf-8")


def _new_row(import_id: str, number: int, cells: dict[str, str]) -> dict[str, Any]:
    """A row of the table that is not checked yet."""
    return {
        "run_id": import_id,
        "number": number,
        "outcome": "",
        "key": "",
        "name": "",
        "cells": cells,
        "record": None,
        "differences": [],
        "errors": {},
        "basis": "",
    }


def _claim(tx: Session, import_id: str, worker: str) -> tuple[Step, str]:
    """Take the import for half a minute, unless somebody else has it."""
    run = tx.get(ImportRun, import_id)
    now = utc_now()
    if run is None or run.stage not in (*WORKED_ON, IMPORTING):
        return Step.OVER, ""
    if run.stage == IMPORTING:
        # What was being carried out by a process that is gone never was.
        tx.execute(
            update(ImportRun)
            .where(
                col(ImportRun.id) == import_id,
                col(ImportRun.stage) == IMPORTING,
                col(ImportRun.worker_until) < now,
            )
            .values(stage=READY, worker=None, worker_until=None)
        )
        return Step.ELSEWHERE, ""
    taken = affected(
        tx,
        update(ImportRun)
        .where(
            col(ImportRun.id) == import_id,
            col(ImportRun.stage).in_(WORKED_ON),
            or_(
                col(ImportRun.worker).is_(None),
                col(ImportRun.worker) == worker,
                col(ImportRun.worker_until) < now,
            ),
        )
        .values(worker=worker, worker_until=now + _LEASE),
    )
    return (Step.MORE, run.stage) if taken else (Step.ELSEWHERE, "")


def _held_run(tx: Session, import_id: str, worker: str, stage: str) -> ImportRun | None:
    """The import if this worker has it still, held until the end of the transaction."""
    return tx.exec(
        select(ImportRun)
        .where(
            ImportRun.id == import_id,
            ImportRun.worker == worker,
            ImportRun.stage == stage,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def _where_to_read(tx: Session, import_id: str) -> tuple[str, str, int]:
    run = tx.get_one(ImportRun, import_id)
    media_type, key = attachments.stored_content(tx, run.file_id or "")
    last = tx.exec(
        select(func.max(ImportRow.number)).where(ImportRow.run_id == import_id)
    ).one()
    return media_type, key, last or 0


def _store_rows(
    tx: Session,
    import_id: str,
    worker: str,
    headings: Headings,
    rows: list[dict[str, Any]],
) -> Step:
    run = _held_run(tx, import_id, worker, READING)
    if run is None:
        return Step.ELSEWHERE
    if run.total + len(rows) > (most := kind_of(run.kind).most):
        raise UnreadableTable(f"There can be at most {most:,} rows in this file.")
    if rows:
        tx.execute(insert(ImportRow), rows)
    run.total += len(rows)
    run.columns = [key for key in headings.keys if key]
    run.unknown = headings.unknown[:_MOST_HEADINGS]
    if len(rows) < _BATCH:
        if not run.total:
            raise UnreadableTable(_EMPTY)
        run.stage, run.worker = CHECKING, None
    tx.add(run)
    tx.flush()
    return Step.MORE


def _check_next(tx: Session, import_id: str, worker: str) -> Step:
    run = _held_run(tx, import_id, worker, CHECKING)
    if run is None:
        return Step.ELSEWHERE
    rows = list(
        tx.exec(
            select(ImportRow)
            .where(ImportRow.run_id == import_id, ImportRow.outcome == "")
            .order_by(col(ImportRow.number))
            .limit(_BATCH)
        )
    )
    if rows:
        checks.check_rows(tx, kind_of(run.kind), import_id, run.columns, rows)
        for row in rows:
            setattr(run, row.outcome, getattr(run, row.outcome) + 1)
        run.checked += len(rows)
    if len(rows) < _BATCH:
        run.stage, run.worker, run.worker_until = READY, None, None
    tx.add(run)
    tx.flush()
    return Step.OVER if run.stage == READY else Step.MORE


def _end_as_failed(tx: Session, import_id: str, problem: str) -> None:
    run = tx.get(ImportRun, import_id, with_for_update=True, populate_existing=True)
    if run is not None and run.stage in WORKED_ON:
        end_import(tx, run, FAILED, problem)
