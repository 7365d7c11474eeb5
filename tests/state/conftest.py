"""Fixtures for states: a business, and the database their handlers work on."""

from collections.abc import Iterator

import pytest

from portal_app.kernel.db import Database
from portal_app.state import worker
from tests.support.accounts import HashingCalls, open_business, quick_hashing


@pytest.fixture
def hashing() -> Iterator[HashingCalls]:
    """Quick password hashing, counted."""
    with quick_hashing() as calls:
        yield calls


@pytest.fixture
def database(sqlite_db: Database, hashing: HashingCalls) -> Iterator[Database]:
    """A business's database, which the handlers of this process use."""
    open_business(sqlite_db)
    before = worker._database
    worker.use(sqlite_db)
    yield sqlite_db
    worker._database = before
