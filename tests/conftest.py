"""Fixtures every test may use: an empty database, and quick passwords."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher

from portal_app.domain import listeners
from portal_app.domain.accounts import passwords
from portal_app.kernel.db import Database
from tests.support.budget import Budget
from tests.support.databases import (
    postgresql_available,
    postgresql_database,
    remove_databases,
    shared_postgresql_database,
    shared_sqlite_database,
    sqlite_database,
)
from tests.support.demo import NOW, loaded_demo

_KINDS = [
    "sqlite",
    pytest.param(
        "postgresql",
        marks=pytest.mark.skipif(
            not postgresql_available(),
            reason="PostgreSQL does not answer on 127.0.0.1:5432",
        ),
    ),
]


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Budget(config), "budget")
    listeners.connect()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    asked = [name for name in ("own_db", "db") if name in metafunc.fixturenames]
    if asked and metafunc.definition.get_closest_marker("each_database"):
        # Where both are asked for, ``db`` is another name of ``own_db``.
        metafunc.parametrize(asked[0], _KINDS, indirect=True)


@pytest.fixture
def db(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty, migrated database that this process's tests share in turn.

    SQLite, unless the test or its module is marked ``each_database``: then the
    test runs on SQLite and on PostgreSQL. Mark what the two may do differently:
    constraints and guards, locks, upserts, what only one transaction may win,
    search and order of texts, SQL written by hand, migrations. What a rule
    decides or a view says is the same on both.
    """
    on_sqlite = getattr(request, "param", "sqlite") == "sqlite"
    with (
        shared_sqlite_database() if on_sqlite else shared_postgresql_database()
    ) as database:
        yield database


@pytest.fixture
def own_db(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """As ``db``, but a database of this test alone, which costs half a second.

    For a test that changes the schema, takes a guard off, keeps many connections
    busy, or copies and replaces the database as a whole.
    """
    on_sqlite = getattr(request, "param", "sqlite") == "sqlite"
    with (
        sqlite_database(tmp_path_factory.mktemp("own"))
        if on_sqlite
        else postgresql_database()
    ) as database:
        yield database


@pytest.fixture
def sqlite_db() -> Iterator[Database]:
    """As ``db``, and SQLite in any case, also where the module asks for both."""
    with shared_sqlite_database() as database:
        yield database


@pytest.fixture
def demo_db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The demo business, loaded at ``tests.support.demo.NOW``; without files.

    A copy of what one test of the run loaded: for what the business contains, not
    for how it is loaded.
    """
    content = loaded_demo(tmp_path_factory, NOW).database
    with shared_sqlite_database(content) as database:
        yield database


@pytest.fixture(scope="session", autouse=True)
def _databases() -> Iterator[None]:
    yield
    remove_databases()


_PRODUCTS_HASHER = passwords._hasher


@pytest.fixture
def product_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords as the product does."""
    monkeypatch.setattr(passwords, "_hasher", _PRODUCTS_HASHER)


@pytest.fixture(scope="session", autouse=True)
def _cheap_hashes() -> Iterator[None]:
    """Let a password hash cost nothing; servers keep the product's parameters."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._dummy_hash.cache_clear()
    with patch.object(passwords, "_hasher", cheap):
        yield
    passwords._dummy_hash.cache_clear()
