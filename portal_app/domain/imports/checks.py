"""What the rows of a file would do: the dry run, a batch at a time."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sqlmodel import Session, col, func, select

from portal_app.domain.change_log.service import Difference
from portal_app.domain.imports.kinds import Cells, Checked, Existing, Kind
from portal_app.domain.imports.models import ImportRow
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.text import is_readable

ADDED, CHANGED, UNCHANGED, REFUSED = "added", "changed", "unchanged", "refused"

_MAX_KEY = 300
_MAX_SHOWN = 300
_UNSTORABLE = "This cell holds characters that cannot be stored."


def check_rows(
    tx: Session, kind: Kind, run_id: str, columns: Sequence[str], rows: list[ImportRow]
) -> None:
    """Write down the outcome of each of these rows, which follow one another.

    The rows before them were checked. A few queries, however many rows.
    """
    context = kind.load(tx)
    keys: dict[int, str] = {}
    for row in rows:
        row.errors, row.differences, row.record, row.outcome = {}, [], None, ""
        try:
            keys[row.number] = kind.key_of(context, row.cells)[:_MAX_KEY]
        except InvalidInput as error:
            row.errors = _beside_cells(kind, columns, error)
        row.key = keys.get(row.number, "")
    wanted = sorted(set(keys.values()))
    seen = _earlier_rows(tx, run_id, rows[0].number, wanted)
    there = kind.find(tx, context, wanted) if wanted else {}
    refusals = kind.refusals(tx, context, wanted) if wanted else {}
    for row in rows:
        existing = there.get(row.key) if row.key else None
        row.basis = basis_of(existing)
        given = {key: row.cells.get(key, "") for key in columns}
        errors = dict(row.errors)
        checked: Checked | None = None
        if row.key and row.key in seen:
            label = _label(kind, kind.identity)
            errors[kind.identity] = f"Row {seen[row.key]} has this {label} already."
        elif row.key in refusals:
            errors |= _beside_cells(kind, columns, refusals[row.key])
        if row.key:
            seen.setdefault(row.key, row.number)
        errors |= {
            key: _UNSTORABLE
            for key, text in given.items()
            if not is_readable(text.replace("\r", "\n"), lines=True)
        }
        try:
            checked = kind.check(context, whole_cells(kind, given, existing))
        except InvalidInput as error:
            errors = _beside_cells(kind, columns, error) | errors
        _conclude(kind, row, existing, checked, errors)
        tx.add(row)
    tx.flush()


def whole_cells(kind: Kind, given: Cells, existing: Existing | None) -> dict[str, str]:
    """The cells of a row, with what is there where the row says nothing.

    An empty cell says nothing, unless another one of its group says something.
    """
    whole = dict(existing.cells) if existing else {}
    said = {
        column.group
        for column in kind.columns
        if column.group and column.alone and given.get(column.key, "").strip()
    }
    for column in kind.columns:
        if column.key not in given:
            continue
        if given[column.key].strip() or column.group in said or existing is None:
            whole[column.key] = given[column.key]
    return whole


def basis_of(existing: Existing | None) -> str:
    """A digest of what is there, to know later whether it is there still."""
    if existing is None:
        return ""
    plain = json.dumps([existing.id, sorted(existing.cells.items())])
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _conclude(
    kind: Kind,
    row: ImportRow,
    existing: Existing | None,
    checked: Checked | None,
    errors: Mapping[str, str],
) -> None:
    typed = " ".join(row.cells.get(kind.identity, "").split())
    row.name = (checked.name if checked else typed or row.key)[:_MAX_SHOWN]
    row.errors = dict(errors)
    if errors or checked is None:
        row.outcome = REFUSED
        return
    row.record = checked.record
    if existing is None:
        row.outcome = ADDED
        return
    differences = [
        {"column": column.key, **asdict(difference)}
        for column in kind.columns
        if (difference := _difference(column.label, existing, checked, column.key))
    ]
    row.differences = differences
    row.outcome = CHANGED if differences else UNCHANGED


def _difference(
    label: str, existing: Existing, checked: Checked, key: str
) -> Difference | None:
    before, after = existing.cells.get(key, ""), checked.cells.get(key, "")
    return Difference(label, before, after) if before != after else None


def _beside_cells(
    kind: Kind, columns: Sequence[str], error: InvalidInput
) -> dict[str, str]:
    """The sentences of a refusal, each beside a column; unknown fields by the first."""
    found: dict[str, str] = {}
    for field, sentence in error.fields.items():
        place = next(
            (one.key for one in kind.columns if field in (one.key, *one.errors)),
            kind.identity,
        )
        if place in columns:
            found.setdefault(place, sentence)
        else:
            found.setdefault(kind.identity, f"{_label(kind, place)}: {sentence}")
    return found or {kind.identity: error.message}


def _label(kind: Kind, key: str) -> str:
    column = kind.column(key)
    return (
        column.label.lower()
        if column and key == kind.identity
        else (column.label if column else key)
    )


def _earlier_rows(
    tx: Session, run_id: str, before: int, keys: Sequence[str]
) -> dict[str, int]:
    """The first row before these that has a key, by key."""
    if not keys:
        return {}
    rows = tx.exec(
        select(ImportRow.key, func.min(ImportRow.number))
        .where(
            ImportRow.run_id == run_id,
            col(ImportRow.key).in_(keys),
            col(ImportRow.number) < before,
        )
        .group_by(ImportRow.key)
    )
    return dict(rows.all())
