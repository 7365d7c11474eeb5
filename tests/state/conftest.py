"""Fixtures for states: a business, and the database their handlers work on."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from portal_app.domain.sign_in import honeypot
from portal_app.kernel.db import Database
from tests.support.accounts import HashingCalls, cheap_hashing, set_up_business
from tests.support.wiring import wired


@pytest.fixture
def hashing() -> Iterator[HashingCalls]:
    """Quick password hashing, counted; what a handler hashes has threads of its own."""
    with cheap_hashing() as calls:
        yield calls
    assert "domain" not in calls.threads


@pytest.fixture
def database(sqlite_db: Database, hashing: HashingCalls) -> Iterator[Database]:
    """A business's database, which the handlers of this process use."""
    set_up_business(sqlite_db)
    with wired(database=sqlite_db):
        yield sqlite_db


@pytest.fixture(autouse=True)
def people_take_their_time(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let five seconds pass between opening a form and sending it.

    Not for a test marked ``at_once``, which is about that very time.
    """
    if request.node.get_closest_marker("at_once") is None:
        monkeypatch.setattr(honeypot, "_stamp_age", lambda _stamp: timedelta(seconds=5))
