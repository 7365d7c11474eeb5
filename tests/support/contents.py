"""What is in a database, so that a test can say that nothing changed."""

import hashlib

from sqlalchemy import select

from portal_app.domain.tables import metadata
from portal_app.kernel.db import Database

_MAY_CHANGE = {"attempt_window", "account_session", "outbox_message"}


def digest(database: Database) -> dict[str, str]:
    """A digest of every table that a refused intention must leave alone."""
    found = {}
    with database.read() as tx:
        for table in metadata.sorted_tables:
            if table.name in _MAY_CHANGE:
                continue
            key = list(table.primary_key.columns)
            rows = tx.execute(select(table).order_by(*key)).all()
            text = repr([tuple(row) for row in rows])
            found[table.name] = hashlib.sha256(text.encode()).hexdigest()
    return found
