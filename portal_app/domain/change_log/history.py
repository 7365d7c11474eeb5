"""Reading what was changed; by whom is told by ids, see ``domain.office``."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.domain.change_log.models import ChangeEntry
from portal_app.domain.change_log.service import Difference, Thing
from portal_app.kernel.db import Database

_BATCH_SIZE = 500


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are asked for; whatever is empty asks for all.

    Attributes:
        account_id: Who changed something; ``None`` for the portal itself.
        by_anybody: Whether ``account_id`` does not matter.
        kind: Of the things.
        thing_id: One of them.
        since: Not before this instant.
        until: Before this instant.
    """

    account_id: str | None = None
    by_anybody: bool = True
    kind: str = ""
    thing_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One change; see ``models.ChangeEntry``."""

    id: str
    at: datetime
    account_id: str | None
    address: str
    action: str
    thing: Thing
    differences: tuple[Difference, ...]


def find_entries(tx: Session, wanted: Filter, skip: int, most: int) -> list[Entry]:
    """Some of the entries asked for, latest first.

    Args:
        tx: The transaction.
        wanted: Which.
        skip: How many of the latest are left out.
        most: How many there are at most.
    """
    rows = tx.exec(_latest_first(wanted).offset(skip).limit(most))
    return [_entry(row) for row in rows]


def all_entries(db: Database, wanted: Filter) -> Iterator[list[Entry]]:
    """Every entry asked for, latest first, in batches that are read as needed."""
    before: tuple[datetime, str] | None = None
    while True:
        found = db.query(_batch, wanted, before)
        if found:
            yield found
        if len(found) < _BATCH_SIZE:
            return
        before = (found[-1].at, found[-1].id)


def people(tx: Session) -> list[str | None]:
    """The accounts of everybody who changed something; ``None`` for the portal."""
    return list(tx.exec(select(ChangeEntry.account_id).distinct()))


def kinds(tx: Session) -> list[str]:
    """The kinds of things that were changed, in order of the alphabet."""
    return sorted(tx.exec(select(ChangeEntry.thing_kind).distinct()))


def latest_name(tx: Session, kind: str, thing_id: str) -> str:
    """What a thing was called when it was changed last; empty if it never was."""
    found = tx.execute(
        select_columns(col(ChangeEntry.thing_name))
        .where(
            col(ChangeEntry.thing_kind) == kind, col(ChangeEntry.thing_id) == thing_id
        )
        .order_by(col(ChangeEntry.at).desc(), col(ChangeEntry.id).desc())
        .limit(1)
    ).scalar()
    return found or ""


def _batch(
    tx: Session, wanted: Filter, before: tuple[datetime, str] | None
) -> list[Entry]:
    found = _latest_first(wanted)
    if before is not None:
        at, entry_id = before
        found = found.where(
            or_(
                col(ChangeEntry.at) < at,
                and_(col(ChangeEntry.at) == at, col(ChangeEntry.id) < entry_id),
            )
        )
    return [_entry(row) for row in tx.exec(found.limit(_BATCH_SIZE))]


def _latest_first(wanted: Filter) -> SelectOfScalar[ChangeEntry]:
    return (
        select(ChangeEntry)
        .where(*_conditions(wanted))
        .order_by(col(ChangeEntry.at).desc(), col(ChangeEntry.id).desc())
    )


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if not wanted.by_anybody:
        found.append(col(ChangeEntry.account_id) == wanted.account_id)
    if wanted.kind:
        found.append(col(ChangeEntry.thing_kind) == wanted.kind)
    if wanted.thing_id:
        found.append(col(ChangeEntry.thing_id) == wanted.thing_id)
    if wanted.since is not None:
        found.append(col(ChangeEntry.at) >= wanted.since)
    if wanted.until is not None:
        found.append(col(ChangeEntry.at) < wanted.until)
    return found


def _entry(row: ChangeEntry) -> Entry:
    return Entry(
        id=row.id,
        at=row.at,
        account_id=row.account_id,
        address=row.address,
        action=row.action,
        thing=Thing(row.thing_kind, row.thing_id, row.thing_name),
        differences=tuple(Difference(**one) for one in row.differences),
    )
