"""Databases for tests: migrated once as a template, copied for every test."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg

from portal_app.kernel.db import Database
from portal_app.migrations import migrate

_SERVER = "host=127.0.0.1 port=5432 user=postgres dbname=postgres connect_timeout=2"
_REQUIRED = os.environ.get("PORTAL_TEST_SERVICES") == "required"


@cache
def postgresql_is_there() -> bool:
    """Whether the PostgreSQL server for tests answers.

    Raises:
        RuntimeError: If it does not although ``PORTAL_TEST_SERVICES=required``.
    """
    try:
        psycopg.connect(_SERVER).close()
    except psycopg.OperationalError:
        if _REQUIRED:
            raise RuntimeError("PostgreSQL must answer on 127.0.0.1:5432") from None
        return False
    return True


def _url(name: str) -> str:
    return f"postgresql+psycopg://postgres@127.0.0.1:5432/{name}"


def _administer(statement: str) -> None:
    with psycopg.connect(_SERVER, autocommit=True) as connection:
        connection.execute(statement)


@cache
def _postgresql_template() -> str:
    name = f"portal_template_{os.getpid()}_{secrets.token_hex(4)}"
    _administer(f"CREATE DATABASE {name}")
    database = Database(_url(name), pool_size=1)
    migrate(database)
    database.engine.dispose()
    return name


def drop_postgresql_template() -> None:
    """Remove this process's template, if one was made."""
    if _postgresql_template.cache_info().currsize:
        _administer(f"DROP DATABASE {_postgresql_template()} WITH (FORCE)")
        _postgresql_template.cache_clear()


@contextmanager
def postgresql_database() -> Iterator[Database]:
    """A migrated PostgreSQL database that is dropped afterwards."""
    name = f"portal_test_{os.getpid()}_{secrets.token_hex(4)}"
    _administer(f"CREATE DATABASE {name} TEMPLATE {_postgresql_template()}")
    database = Database(_url(name), pool_size=20)
    try:
        yield database
    finally:
        database.engine.dispose()
        _administer(f"DROP DATABASE {name} WITH (FORCE)")


@cache
def _sqlite_template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="portal-template-"))
    path = folder / "template.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.engine.dispose()
    return path


def drop_sqlite_template() -> None:
    """Remove this process's template, if one was made."""
    if _sqlite_template.cache_info().currsize:
        shutil.rmtree(_sqlite_template().parent)
        _sqlite_template.cache_clear()


@contextmanager
def sqlite_database(folder: Path) -> Iterator[Database]:
    """A migrated SQLite database in ``folder``."""
    path = folder / "portal.db"
    shutil.copy(_sqlite_template(), path)
    database = Database(f"sqlite:///{path}")
    try:
        yield database
    finally:
        database.engine.dispose()
