"""The demo business for tests: loaded on a fixed day, its people signed in."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from portal_app.demo.load import PASSWORD
from portal_app.domain.accounts import service as accounts
from portal_app.domain.customers import service as customers
from portal_app.domain.tables import metadata
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.ids import hash_secret

# A Wednesday, noon in Sydney (daylight saving, UTC+11).
NOW = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)

MAYA = "maya@example.com"
NOAH = "noah@example.com"
OFFICE = "office@example.com"
SAM = "sam@example.com"


def signed_in(db: Database, email: str) -> Actor:
    """Sign in with the demo password, as a browser would."""
    stranger = Actor(address="203.0.113.9", device="test")
    ticket = accounts.sign_in(db, stranger, email, PASSWORD, remember=False)
    session = db.call(accounts.redeem_ticket, stranger, ticket)
    return db.query(
        customers.resolve_actor, hash_secret(session.secret), "203.0.113.9", "test"
    )


def row_counts(db: Database) -> dict[str, int]:
    """How many rows every table has."""

    def count(tx: Session) -> dict[str, int]:
        return {
            table.name: tx.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }

    return db.query(count)


def all_rows(db: Database) -> dict[str, list[tuple[Any, ...]]]:
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
