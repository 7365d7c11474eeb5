"""Every value that a row may have has a form in an archive."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import JSON, Boolean, Date, DateTime, Float, Integer, String
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import select

from portal_app.backups import rows
from portal_app.backups.restoration import restore_backup
from portal_app.domain.customers.models import Customer
from portal_app.domain.notifications import outbox as notifications
from portal_app.domain.tables import metadata
from portal_app.integrations.storage import FsspecStorage
from portal_app.kernel.db import Database
from tests.support.archives import small_portal, tree
from tests.support.databases import (
    postgresql_available,
    postgresql_database,
    sqlite_database,
)
from tests.support.people import new_customer
from tests.support.snapshots import database_snapshot

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


# What the text that PostgreSQL copies from gives a meaning of its own, and more.
NAMES = ["\\N", "\\.", "tab\tline\nend\r", '"quoted", {1}', "Zo\u00eb \U0001f436", ""]


@pytest.fixture
def elsewhere(db: Database, tmp_path: Path) -> Iterator[Database]:
    """A database of the other kind."""
    (tmp_path / "elsewhere").mkdir()
    with (
        postgresql_database() if db.is_sqlite else sqlite_database(tmp_path)
    ) as database:
        yield database


@pytest.mark.skipif(
    not postgresql_available(),
    reason="PostgreSQL does not answer on 127.0.0.1:5432",
)
def test_rows_move_to_the_other_kind_of_database(
    db: Database, elsewhere: Database, tmp_path: Path
) -> None:
    portal = small_portal(db, tmp_path / "portal")
    for number, name in enumerate(NAMES):
        person = new_customer(db)
        with db.write() as tx:
            customer = tx.exec(
                select(Customer).where(Customer.last_name == person.last_name)
            ).one()
            customer.first_name = name
        payload = {"path": f"/login?next={name}"}
        address = f"{number}@example.com"
        db.call(notifications.enqueue, "already_registered", address, payload, address)
    archive = portal.back_up()
    files = FsspecStorage(str(tmp_path / "elsewhere" / "files"))
    restore_backup(elsewhere, files, archive, lambda: "")
    assert database_snapshot(elsewhere) == portal.rows()
    assert tree(tmp_path / "elsewhere" / "files") == portal.files()
