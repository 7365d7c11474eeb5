"""A business whose office imports."""

import pytest

from portal_app.kernel.db import Database
from tests.support.accounts import HashingCalls, set_up_business
from tests.support.imports import ImportDesk, office_actor
from tests.support.uploads import MemoryStorage


@pytest.fixture
def desk(db: Database, hashing: HashingCalls) -> ImportDesk:
    """Somebody of the office, with a storage for the files."""
    set_up_business(db)
    return ImportDesk(db, office_actor(db), MemoryStorage())
