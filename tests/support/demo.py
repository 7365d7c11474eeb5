"""The demo business for tests: loaded once per run, its people signed in."""

import fcntl
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from portal_app.demo.customers import DemoStorage
from portal_app.demo.loader import PASSWORD, load_demo
from portal_app.domain.accounts import service as accounts
from portal_app.domain.sign_in import session_lookup
from portal_app.domain.tables import metadata
from portal_app.integrations.images import PillowImages
from portal_app.integrations.storage import FsspecStorage
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.ids import hash_secret
from tests.support.databases import sqlite_database

# A Wednesday, noon in Sydney (daylight saving, UTC+11).
NOW = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)

MAYA = "maya@example.com"
NOAH = "noah@example.com"
OFFICE = "office@example.com"
SAM = "sam@example.com"


@dataclass(frozen=True)
class LoadedDemo:
    """A SQLite file with the demo business in it, and the folder of its files."""

    database: Path
    files: Path


def loaded_demo(
    factory: pytest.TempPathFactory, now: datetime | None = None
) -> LoadedDemo:
    """The demo business to copy; the first of a run's processes that asks loads it.

    Args:
        factory: Says where this run's files are.
        now: The instant its dates are counted from, without photos and documents;
            by default the current one, and with them, as a server loads it.
    """
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / f"demo-{f'{now:%Y%m%dT%H%M}' if now else 'today'}"
    demo = LoadedDemo(folder / "portal.db", folder / "files")
    with (shared / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a loading that failed
            folder.mkdir()
            demo_storage = DemoStorage(FsspecStorage(str(demo.files)), PillowImages())
            with sqlite_database(folder) as db:
                load_demo(db, now, None if now else demo_storage)
            (folder / "complete").touch()
    return demo


def sign_in_demo_user(db: Database, email: str) -> Actor:
    """Sign in with the demo password, as a browser would."""
    stranger = Actor(address="203.0.113.9", device="test")
    ticket = accounts.sign_in(db, stranger, email, PASSWORD, remember=False)
    session = db.call(accounts.redeem_ticket, stranger, ticket)
    return db.query(
        session_lookup.resolve_actor, hash_secret(session.secret), "203.0.113.9", "test"
    )


def row_counts(db: Database) -> dict[str, int]:
    """How many rows every table has."""

    def count(tx: Session) -> dict[str, int]:
        return {
            table.name: tx.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }

    return db.query(count)


def ordered_rows(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in order of its key."""

    def read(tx: Session) -> dict[str, list[tuple[Any, ...]]]:
        return {
            table.name: [
                tuple(row)
                for row in tx.execute(
                    table.select().order_by(*table.primary_key.columns)
                )
            ]
            for table in metadata.sorted_tables
        }

    return db.query(read)
