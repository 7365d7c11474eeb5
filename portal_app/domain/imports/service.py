"""Importing a file: begun, looked at, carried out, stopped.

The file is read and checked piece by piece (``work``), each piece in a transaction of
its own, so that the database holds how far it is. What is carried out is carried out
whole, in one transaction, and only if everything is as it was when it was checked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Difference, Thing
from portal_app.domain.files import attachments
from portal_app.domain.files.rules import TABLE
from portal_app.domain.imports import checks
from portal_app.domain.imports.checks import ADDED, CHANGED, REFUSED, UNCHANGED
from portal_app.domain.imports.kinds import Kind, Planned
from portal_app.domain.imports.models import ImportRow, ImportRun
from portal_app.domain.imports.registry import KINDS, kind_of
from portal_app.domain.imports.views import (
    CellView,
    ColumnView,
    ImportView,
    KindView,
    RowsPage,
    RowView,
)
from portal_app.domain.notifications import outbox as notifications
from portal_app.domain.notifications.outbox import Message
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.ownership import require_office
from portal_app.kernel.statements import affected

READING, CHECKING, READY = "reading", "checking", "ready"
IMPORTING, DONE, STOPPED, FAILED = "importing", "done", "stopped", "failed"
WORKED_ON = (READING, CHECKING)
OUTCOMES = (ADDED, CHANGED, UNCHANGED, REFUSED)

PAGE_SIZE = 25
_BATCH = 500
_RETENTION = timedelta(days=1)
_CARRYING_OUT = timedelta(minutes=15)
_OVER = "This import is over. Please begin a new one."

# What is being carried out, or shall be stopped, in this process: on SQLite nobody can
# write that down while a transaction is open.
_progress: dict[str, int] = {}
_stopping: set[str] = set()


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What was ticked when an import was carried out."""

    update_existing: bool
    mail: bool


class _Stopped(Exception):
    """Somebody stopped it; nothing was stored."""


class _Outdated(Exception):
    """What is there is not what was checked any more; nothing was stored."""


def kind_views() -> list[KindView]:
    """What can be imported and exported."""
    return [
        KindView(
            key=kind.key,
            title=kind.title,
            plural=kind.plural,
            note=kind.note,
            columns=[
                ColumnView(one.label, one.hint, one.required) for one in kind.columns
            ],
        )
        for kind in KINDS.values()
    ]


def begin(tx: Session, actor: Actor, kind_key: str, file_id: str) -> str:
    """Begin to import a file; the one that the actor had open is put away.

    Args:
        tx: The transaction.
        actor: The office.
        kind_key: What its rows are.
        file_id: Of a table that the actor handed in.

    Returns:
        The import's id.

    Raises:
        Conflict: If the actor's last import is being carried out just now.
        InvalidInput: For ``file``, if none was chosen.
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such kind or file.
    """
    require_office(actor)
    kind = kind_of(kind_key)
    if not file_id:
        raise InvalidInput({"file": "Please choose a file."})
    open_run = _own_run(tx, actor)
    if open_run is not None and open_run.stage == IMPORTING:
        raise Conflict("Your last import is being carried out. Please wait for it.")
    if open_run is not None:
        _forget(tx, open_run)
    file = attachments.attach(tx, actor, file_id, {TABLE}, customer_id=None)
    run = ImportRun(
        kind=kind.key,
        account_id=actor.account_id,
        file_id=file.id,
        file_name=file.name,
        created_at=utc_now(),
    )
    tx.add(run)
    tx.flush()
    return run.id


def current_import(tx: Session, actor: Actor) -> ImportView:
    """The import that the actor began last, until they put it away.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    run = _own_run(tx, actor)
    return _view(run) if run else ImportView()


def read_rows(
    tx: Session, actor: Actor, import_id: str, outcome: str, page: int
) -> RowsPage:
    """One page of the rows with an outcome; all of them for an empty one.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If it is no import of theirs.
    """
    run = _require_run(tx, actor, import_id)
    kind = kind_of(run.kind)
    wanted = select(ImportRow).where(ImportRow.run_id == run.id)
    wanted = wanted.where(
        ImportRow.outcome == outcome if outcome else ImportRow.outcome != ""
    )
    total = tx.exec(select(func.count()).select_from(wanted.subquery())).one()
    page = min(max(1, page), max(1, -(-total // PAGE_SIZE)))
    rows = tx.exec(
        wanted.order_by(col(ImportRow.number))
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    ).all()
    return RowsPage(
        rows=[_row_view(kind, row) for row in rows],
        page=page,
        has_more=page * PAGE_SIZE < total,
        total=total,
    )


def stop(db: Database, actor: Actor, import_id: str) -> bool:
    """Stop an import, whatever it is at; nothing of it stays.

    Returns:
        Whether it was stopped; ``False`` if it was over.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If it is no import of theirs.
    """
    db.query(_require_run, actor, import_id)
    if import_id in _progress:
        _stopping.add(import_id)
        return True
    return db.call(_stop, actor, import_id)


def put_away(tx: Session, actor: Actor, import_id: str) -> None:
    """Show an import that is over no more. Safe to repeat.

    Raises:
        Conflict: If it is not over.
        NotAllowed: If the actor is not the office.
        NotFound: If it is no import of theirs.
    """
    run = _require_run(tx, actor, import_id)
    if run.finished_at is None:
        raise Conflict("Please stop the import first.")
    _forget(tx, run)


def carry_out(
    db: Database, actor: Actor, import_id: str, *, update_existing: bool, mail: bool
) -> bool:
    """Store what was checked, all of it or nothing, in one transaction.

    Args:
        db: The database.
        actor: The office.
        import_id: Of an import of theirs that is ready, with no row refused.
        update_existing: Whether what is there already is changed as the file says.
        mail: Whether those that are added are told, where the kind can tell them.

    Returns:
        Whether it was stored; ``False`` if somebody stopped it.

    Raises:
        Conflict: If it is not ready; or if what is there changed since it was
            checked: then it is checked again.
        InvalidInput: If rows are refused.
        NotAllowed: If the actor is not the office.
        NotFound: If it is no import of theirs.
    """
    run = db.call(_take_up, actor, import_id)
    _progress[run.id] = 0
    back_to, problem = READY, ""
    try:
        db.call(_store_all, db, actor, run, _Wishes(update_existing, mail))
    except _Stopped:
        return False
    except _Outdated:
        back_to = CHECKING
        raise Conflict(
            "Something changed since the file was checked, so nothing was imported. "
            "It is being checked again: please look at it once more."
        ) from None
    except InvalidInput as error:
        back_to, problem = READY, _sentence(error)
        raise
    finally:
        stopped = run.id in _stopping
        _progress.pop(run.id, None)
        _stopping.discard(run.id)
        # Where it was stored, the stage says so and this changes nothing.
        db.call(_give_back, run.id, STOPPED if stopped else back_to, problem)
    return True


def purge(tx: Session) -> int:
    """Delete imports that are over, or that nobody went on with, after a day."""
    now = utc_now()
    old = tx.exec(
        select(ImportRun).where(
            col(ImportRun.created_at) < now - _RETENTION,
            or_(col(ImportRun.stage) != IMPORTING, col(ImportRun.worker_until) < now),
        )
    ).all()
    for run in old:
        _forget(tx, run)
    return len(old)


# --- Carrying out -----------------------------------------------------------------


def _take_up(tx: Session, actor: Actor, import_id: str) -> ImportRun:
    run = _require_run(tx, actor, import_id)
    if run.stage == READY and run.refused:
        raise InvalidInput(
            {},
            "Some rows are refused, so nothing is imported. "
            "Please correct them in your file and choose it again.",
        )
    taken = affected(
        tx,
        update(ImportRun)
        .where(
            col(ImportRun.id) == run.id,
            col(ImportRun.stage) == READY,
            col(ImportRun.refused) == 0,
        )
        .values(
            stage=IMPORTING,
            worker_until=utc_now() + _CARRYING_OUT,
            problem="",
            stop_asked=False,
        ),
    )
    if not taken:
        raise Conflict(_OVER)
    return run


def _store_all(
    tx: Session,
    db: Database,
    actor: Actor,
    run: ImportRun,
    wishes: _Wishes,
) -> None:
    kind = kind_of(run.kind)
    last, done, changed = 0, 0, 0
    while True:
        rows = _stored_rows(tx, run.id, last)
        if not rows:
            break
        last = rows[-1].number
        planned = _planned(tx, kind, rows, wishes.update_existing)
        if planned:
            kind.apply(tx, actor, planned)
        _log_changes(tx, actor, kind, planned)
        if wishes.mail and kind.message is not None:
            new = [row for row in planned if row.existing is None]
            notifications.enqueue_all(tx, [_mail(kind, row, run.id) for row in new])
        tx.flush()
        tx.expunge_all()
        done += len(rows)
        changed += sum(row.existing is not None for row in planned)
        _progress[run.id] = done
        if run.id in _stopping or _is_stop_asked(db, run.id):
            _stopping.add(run.id)
            raise _Stopped
    _finish(tx, actor, kind, run, changed)


@dataclass(frozen=True, slots=True)
class _StoredRow:
    number: int
    outcome: str
    key: str
    name: str
    record: dict[str, Any] | None
    differences: list[dict[str, str]]
    basis: str


def _stored_rows(tx: Session, run_id: str, after: int) -> list[_StoredRow]:
    """The next rows, as plain values."""
    columns = [col(getattr(ImportRow, one.name)) for one in fields(_StoredRow)]
    rows = tx.execute(
        select_columns(*columns)
        .where(col(ImportRow.run_id) == run_id, col(ImportRow.number) > after)
        .order_by(col(ImportRow.number))
        .limit(_BATCH)
    )
    return [_StoredRow(*row) for row in rows]


def _planned(
    tx: Session, kind: Kind, rows: Sequence[_StoredRow], update_existing: bool
) -> list[Planned]:
    """The rows that change something, if everything is as it was."""
    context = kind.load(tx)
    keys = [row.key for row in rows]
    there = kind.find(tx, context, keys)
    refusals = kind.refusals(tx, context, keys)
    planned = []
    for row in rows:
        existing = there.get(row.key)
        if checks.basis_of(existing) != row.basis or row.key in refusals:
            raise _Outdated
        if row.outcome == UNCHANGED or (row.outcome == CHANGED and not update_existing):
            continue
        planned.append(
            Planned(
                number=row.number,
                key=row.key,
                name=row.name,
                record=row.record or {},
                existing=existing.id if existing else None,
                differences=[
                    Difference(one["label"], one["before"], one["after"])
                    for one in row.differences
                ],
            )
        )
    return planned


def _log_changes(
    tx: Session, actor: Actor, kind: Kind, planned: Sequence[Planned]
) -> None:
    """One entry for each thing that changed; what is new is counted in the import's."""
    if kind.logs_itself:
        return
    for row in planned:
        if row.existing is not None:
            thing = Thing(kind.noun.capitalize(), row.existing, row.name)
            change_log.record(tx, actor, "changed", thing, row.differences)


def _finish(
    tx: Session, actor: Actor, kind: Kind, run: ImportRun, changed: int
) -> None:
    stored = affected(
        tx,
        update(ImportRun)
        .where(col(ImportRun.id) == run.id, col(ImportRun.stage) == IMPORTING)
        .values(
            stage=DONE,
            changed=changed,
            unchanged=run.total - run.added - changed,
            finished_at=utc_now(),
            worker_until=None,
        ),
    )
    if not stored:
        raise Conflict(_OVER)
    tx.execute(delete(ImportRow).where(col(ImportRow.run_id) == run.id))
    attachments.release(tx, run.file_id)
    counts = [("Added", run.added), ("Changed", changed)]
    change_log.record(
        tx,
        actor,
        "added",
        Thing("Import", run.id, f"{kind.title} from {run.file_name}"),
        [Difference(label, "", str(count)) for label, count in counts if count],
    )


def _mail(kind: Kind, row: Planned, run_id: str) -> Message:
    assert kind.message is not None
    return Message(kind.message, row.key, {"path": "/signup"}, f"{run_id}:{row.key}")


def _give_back(tx: Session, run_id: str, stage: str, problem: str) -> None:
    """End the carrying out of what was not stored."""
    run = tx.get(ImportRun, run_id, with_for_update=True, populate_existing=True)
    if run is None or run.stage != IMPORTING:
        return
    run.worker_until, run.problem, run.stop_asked = None, problem, False
    if stage == STOPPED:
        end_import(tx, run, STOPPED)
        return
    run.stage = stage
    if stage == CHECKING:
        run.is_stale = True
        run.checked = run.added = run.changed = run.unchanged = run.refused = 0
        tx.execute(
            update(ImportRow).where(col(ImportRow.run_id) == run.id).values(outcome="")
        )
    tx.add(run)
    tx.flush()


def _is_stop_asked(db: Database, run_id: str) -> bool:
    """Whether another process was told to stop it."""

    def read(tx: Session) -> bool:
        asked = tx.exec(select(ImportRun.stop_asked).where(ImportRun.id == run_id))
        return bool(asked.first())

    return db.query(read)


def _stop(tx: Session, actor: Actor, import_id: str) -> bool:
    run = _require_run(tx, actor, import_id, hold=True)
    if run.stage == IMPORTING:
        run.stop_asked = True
        tx.add(run)
        tx.flush()
        return True
    if run.finished_at is not None:
        return False
    end_import(tx, run, STOPPED)
    return True


def end_import(tx: Session, run: ImportRun, stage: str, problem: str = "") -> None:
    """Take an import's rows and file away; what it was stays for a day."""
    tx.execute(delete(ImportRow).where(col(ImportRow.run_id) == run.id))
    attachments.release(tx, run.file_id)
    run.stage, run.problem, run.finished_at = stage, problem, utc_now()
    run.worker = run.worker_until = None
    tx.add(run)
    tx.flush()


def _forget(tx: Session, run: ImportRun) -> None:
    attachments.release(tx, run.file_id)
    tx.delete(run)
    tx.flush()


# --- Reading ----------------------------------------------------------------------


def _own_run(tx: Session, actor: Actor) -> ImportRun | None:
    return tx.exec(
        select(ImportRun)
        .where(ImportRun.account_id == actor.account_id)
        .order_by(col(ImportRun.created_at).desc(), col(ImportRun.id).desc())
        .limit(1)
    ).first()


def _require_run(
    tx: Session, actor: Actor, import_id: str, *, hold: bool = False
) -> ImportRun:
    require_office(actor)
    query = select(ImportRun).where(
        ImportRun.id == import_id, ImportRun.account_id == actor.account_id
    )
    run = tx.exec(query.with_for_update() if hold else query).first()
    if run is None or run.account_id is None:
        raise NotFound
    return run


def _sentence(error: InvalidInput) -> str:
    return next(iter(error.fields.values()), error.message)


def _view(run: ImportRun) -> ImportView:
    kind = KINDS.get(run.kind)
    plural = kind.plural if kind else ""
    done = {
        READING: 0,
        CHECKING: run.checked,
        IMPORTING: _progress.get(run.id, 0),
    }.get(run.stage, run.total)
    return ImportView(
        id=run.id,
        kind=run.kind,
        title=kind.title if kind else "",
        plural=plural,
        file_name=run.file_name,
        stage=run.stage,
        is_busy=run.stage in (*WORKED_ON, IMPORTING),
        words=_words(run, done),
        percent=done * 100 // run.total if run.total else 0,
        problem=run.problem,
        unknown=", ".join(run.unknown),
        was_outdated=run.is_stale,
        total=run.total,
        added=run.added,
        changed=run.changed,
        unchanged=run.unchanged,
        refused=run.refused,
        can_mail=kind is not None and kind.message is not None and run.added > 0,
    )


def _words(run: ImportRun, done: int) -> str:
    if run.stage == READING:
        return f"Reading the file: {run.total:,} rows so far."
    verb = {CHECKING: "checked", IMPORTING: "imported"}.get(run.stage)
    return f"{done:,} of {run.total:,} rows {verb}." if verb else ""


def _row_view(kind: Kind, row: ImportRow) -> RowView:
    return RowView(
        number=row.number,
        name=row.name,
        key=row.key,
        outcome=row.outcome,
        cells=_cell_views(kind, row),
    )


def _cell_views(kind: Kind, row: ImportRow) -> list[CellView]:
    """The cells that matter: wrong ones, changed ones, or whatever is added."""
    if row.outcome == CHANGED:
        return [
            CellView(one["label"], one["after"], one["before"])
            for one in row.differences
        ]
    if row.outcome == UNCHANGED:
        return []
    return [
        CellView(
            column.label,
            row.cells.get(column.key, ""),
            error=row.errors.get(column.key, ""),
        )
        for column in kind.columns
        if (row.cells.get(column.key) or column.key in row.errors)
        and (row.outcome == ADDED or column.key in row.errors)
    ]
