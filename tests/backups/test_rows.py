"""Every value that a row may have has a form in an archive."""

import pytest
from sqlalchemy import JSON, Boolean, Date, DateTime, Float, Integer, String
from sqlalchemy.types import TypeDecorator, TypeEngine

from portal_app.backups import rows
from portal_app.domain.tables import metadata
from portal_app.kernel.db import Database

pytestmark = pytest.mark.each_database


def without_form(name: str, kind: TypeEngine[object]) -> list[str]:
    """A column whose type no archive has a form for."""
    while isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    return [] if isinstance(kind, rows.COLUMN_TYPES) else [f"{name}: {kind!r}"]


def test_every_column_has_a_form(db: Database) -> None:
    """A type that is new needs one in ``backups/rows.py``, then a place here."""
    assert set(rows.COLUMN_TYPES) == {
        String,
        Integer,
        Boolean,
        Float,
        Date,
        DateTime,
        JSON,
    }
    with db.engine.connect() as connection:
        found = rows.tables_of(connection)
    declared = [
        bad
        for table in metadata.sorted_tables
        for column in table.columns
        for bad in without_form(str(column), column.type)
    ]
    stored = [
        bad
        for table in found
        for column in table.columns
        for bad in without_form(str(column), column.type)
    ]
    assert declared == []
    assert stored == []
    assert {table.name for table in found} >= set(metadata.tables)
