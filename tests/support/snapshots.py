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
