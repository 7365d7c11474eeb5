"""Fixtures for the HTTP routes."""

from collections.abc import Iterator

import pytest

from tests.support.accounts import HashingCalls, cheap_hashing


@pytest.fixture
def hashing() -> Iterator[HashingCalls]:
    """Quick password hashing, counted."""
    with cheap_hashing() as calls:
        yield calls
