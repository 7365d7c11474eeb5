"""Fixtures for races, which keep many connections busy and take guards off."""

import pytest

from portal_app.kernel.db import Database


@pytest.fixture
def db(own_db: Database) -> Database:
    """A database of the test's own."""
    return own_db
