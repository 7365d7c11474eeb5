"""Statements whose outcome is a number, and inserts that may meet a twin.

Both databases have ``INSERT … ON CONFLICT``, under different classes in
SQLAlchemy; here they are one.
"""

from collections.abc import Sequence

from sqlalchemy import CursorResult, Delete, Update, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def affected(tx: Session, statement: Update | Delete) -> int:
    """Execute a change and say how many rows it met."""
    result = tx.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0


def insert_into(
    tx: Session, table: type[SQLModel]
) -> postgresql.Insert | sqlite.Insert:
    """An ``INSERT`` of this database's kind, which knows ``on_conflict_…``."""
    if tx.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def insert_once(tx: Session, row: SQLModel, *unique: str) -> bool:
    """Insert a row unless one with the same unique values is there.

    On PostgreSQL this waits for a twin that another transaction has not
    committed yet, so that the answer is true when it is given.

    Args:
        tx: The transaction.
        row: The new row, whole; it does not become part of the session.
        unique: The columns of the unique constraint that guards it.

    Returns:
        Whether this call inserted it.
    """
    return insert_all_once(tx, [row], *unique) == 1


def insert_all_once(tx: Session, rows: Sequence[SQLModel], *unique: str) -> int:
    """As ``insert_once``, of several rows of one table; says how many were inserted."""
    statement = (
        insert_into(tx, type(rows[0]))
        .values([row.model_dump() for row in rows])
        .on_conflict_do_nothing(index_elements=list(unique))
        # The row count of an insert is not told by every driver.
        .returning(literal(1))
    )
    return len(tx.execute(statement).all())
