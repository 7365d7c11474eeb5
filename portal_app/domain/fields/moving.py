"""What becomes of values when the thing that they are about does not stay."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import update
from sqlmodel import Session, col, select

from portal_app.domain.fields import definitions as d
from portal_app.domain.fields.models import FieldValue
from portal_app.domain.files import service as files
from portal_app.kernel.statements import affected


class Subject(NamedTuple):
    """What fields are about, and its id.

    The kinds are ``customer``, ``dependent``, ``draft`` (a booking on its way) and
    ``booking``.
    """

    kind: str
    id: str


def move(tx: Session, subject: Subject, to: Subject) -> int:
    """Make what was entered for one subject that of another, which has nothing.

    Returns:
        How many values.
    """
    return affected(
        tx,
        update(FieldValue)
        .where(
            col(FieldValue.subject_kind) == subject.kind,
            col(FieldValue.subject_id) == subject.id,
        )
        .values(subject_kind=to.kind, subject_id=to.id),
    )


def forget(tx: Session, kind: str, ids: Collection[str]) -> None:
    """Delete what was entered about subjects that go away, and release its files.

    Args:
        tx: The transaction in which they go.
        kind: Of the subjects.
        ids: Theirs.
    """
    rows = tx.exec(
        select(FieldValue).where(
            col(FieldValue.subject_kind) == kind, col(FieldValue.subject_id).in_(ids)
        )
    )
    for row in rows:
        files.release(tx, file_of(row.kind, row.value))
        tx.delete(row)
    tx.flush()


def file_of(kind: str, value: object) -> str:
    """The id of the file that a value refers to, or an empty text."""
    if kind == d.FILE and isinstance(value, str):
        return value
    if kind == d.SIGNATURE and isinstance(value, dict):
        return str(value.get("file", ""))
    return ""
