"""Fixtures for the HTTP routes."""

from collections.abc import Iterator

import pytest

from tests.support.accounts import HashingCalls, quick_hashing


@pytest.fixture
def hashing() -> Iterator[HashingCalls]:
    """Quick password hashing, counted."""
    with quick_hashing() as calls:
        yield calls
