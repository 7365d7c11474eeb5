"""Fixtures every test may use: a database of its own, on each kind of server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal_app.kernel.db import Database
from tests.support.databases import (
    drop_postgresql_template,
    drop_sqlite_template,
    postgresql_database,
    postgresql_is_there,
    sqlite_database,
)

_KINDS = [
    "sqlite",
    pytest.param(
        "postgresql",
        marks=pytest.mark.skipif(
            not postgresql_is_there(),
            reason="PostgreSQL does not answer on 127.0.0.1:5432",
        ),
    ),
]


@pytest.fixture(params=_KINDS)
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database; each test runs once per kind of server."""
    opened = (
        sqlite_database(tmp_path)
        if request.param == "sqlite"
        else postgresql_database()
    )
    with opened as database:
        yield database


@pytest.fixture
def sqlite_db(tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated SQLite database, for what does not depend on the server."""
    with sqlite_database(tmp_path) as database:
        yield database


@pytest.fixture(scope="session", autouse=True)
def _templates() -> Iterator[None]:
    yield
    drop_postgresql_template()
    drop_sqlite_template()
