"""The rows of a database as lines of JSON, which SQLite and PostgreSQL both read.

A database is rebuilt by its migrations, never by statements out of an archive;
only values come from there.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from typing import IO, Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    cast,
    insert,
    inspect,
    select,
)

from portal_app.backups.manifest import BackupError
from portal_app.kernel.db import Database

# What a column may be, so that each of its values has one form in an archive.
COLUMN_TYPES = (String, Integer, Boolean, Float, Date, DateTime, JSON)
_VERSION_TABLE = "alembic_version"
_BATCH_ROWS = 500
# No row is larger; a line beyond this is an attack on the memory.
_MAX_LINE_BYTES = 32 * 1024 * 1024


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """A connection that sees the database as it is at its first query."""
    engine = (
        database.engine
        if database.is_sqlite
        else database.engine.execution_options(isolation_level="REPEATABLE READ")
    )
    with engine.begin() as connection:
        yield connection


def tables_of(connection: Connection) -> list[Table]:
    """The database's own tables, those that others refer to first."""
    found = MetaData()
    names = [n for n in inspect(connection).get_table_names() if n != _VERSION_TABLE]
    found.reflect(connection, only=names)
    return found.sorted_tables


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """Every row as a line: its values in the order of the table's columns."""
    values = [
        # The text as it is: it tells JSON's null from SQL's.
        cast(column, Text) if isinstance(column.type, JSON) else column
        for column in table.columns
    ]
    query = select(*values).order_by(*table.primary_key.columns)
    found = connection.execute(query, execution_options={"yield_per": _BATCH_ROWS})
    for row in found:
        yield (
            json.dumps(
                [_stored(value) for value in row], ensure_ascii=False, allow_nan=False
            ).encode("utf-8", "surrogatepass")
            + b"\n"
        )


def parsed(source: IO[bytes], columns: int) -> Iterator[list[Any]]:
    """The rows out of an archive.

    Raises:
        BackupError: If a line is no row of so many plain values.
    """
    while line := source.readline(_MAX_LINE_BYTES):
        row = json.loads(line.decode("utf-8", "surrogatepass"))
        if not isinstance(row, list) or len(row) != columns:
            raise BackupError("a row has not the columns of its table")
        if not all(v is None or isinstance(v, str | int | float) for v in row):
            raise BackupError("a row has a value that no column takes")
        yield row


def load(connection: Connection, table: Table, rows: Iterator[list[Any]]) -> int:
    """Put rows into an empty table.

    Returns:
        How many.
    """
    if connection.dialect.name == "postgresql":
        return _copy(connection, table, rows)
    count = 0
    statement = insert(table).values(
        {
            column.name: bindparam(
                column.name,
                type_=Text() if isinstance(column.type, JSON) else column.type,
            )
            for column in table.columns
        }
    )
    while batch := list(islice(rows, _BATCH_ROWS)):
        connection.execute(
            statement,
            [
                {
                    column.name: _read(column, value)
                    for column, value in zip(table.columns, row, strict=True)
                }
                for row in batch
            ],
        )
        count += len(batch)
    return count


def _copy(connection: Connection, table: Table, rows: Iterator[list[Any]]) -> int:
    """As PostgreSQL reads fastest: it parses the text of any type itself."""
    count = 0
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in table.columns)
    driver: Any = connection.connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as target,
    ):
        for row in rows:
            target.write_row(row)
            count += 1
    return count


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value
        return aware.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _read(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat(value).astimezone(UTC)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value
