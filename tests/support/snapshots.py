"""Everything a database holds, to show that a refusal changed nothing."""

from typing import Any

from sqlalchemy import select

from portal_app.domain.tables import metadata
from portal_app.kernel.db import Database


def database_snapshot(db: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, by table."""
    with db.read() as tx:
        return {
            table.name: [
                dict(row._mapping)
                for row in tx.execute(
                    select(table).order_by(*table.primary_key.columns)
                )
            ]
            for table in metadata.sorted_tables
        }


def changed_columns(
    before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]
) -> set[str]:
    """What differs between two snapshots: ``table.column``, ``+table``, ``-table``."""
    found = set()
    for table in metadata.sorted_tables:
        keys = [column.name for column in table.primary_key.columns]
        old, new = (
            {tuple(row[key] for key in keys): row for row in rows.get(table.name, ())}
            for rows in (before, after)
        )
        found |= {f"+{table.name}" for key in new if key not in old}
        found |= {f"-{table.name}" for key in old if key not in new}
        found |= {
            f"{table.name}.{column}"
            for key in old.keys() & new.keys()
            for column in old[key]
            if old[key][column] != new[key][column]
        }
    return found
