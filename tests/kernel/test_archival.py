from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from portal_app.kernel import archival
from portal_app.kernel.clock import frozen
from tests.support.sample_business import NOW


@dataclass
class Row:
    archived_at: datetime | None = None
    version: int = 1


class Written:
    """Stands in for a session: which rows were written."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def add(self, row: Row) -> None:
        self.rows.append(row)

    def flush(self) -> None:
        """Nothing to do."""


@pytest.fixture
def tx() -> Any:
    return Written()


def test_archive_and_restore_are_idempotent(tx: Any) -> None:
    row = Row()
    with frozen(NOW):
        archival.archive(tx, row)
        archival.archive(tx, row)
    assert (row, tx.rows) == (Row(NOW, 2), [row])
    archival.restore(tx, row)
    archival.restore(tx, row)
    assert (row, tx.rows) == (Row(None, 3), [row, row])
