"""Redis counts as the database does; the same attempts are tried on both."""

import os
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import redis

from portal_app.domain.rate_limits import limiter
from portal_app.domain.rate_limits.limiter import LimitKey, StoreUnavailable
from portal_app.domain.rate_limits.rules import Limit
from portal_app.integrations.rate_limits import RedisLimitStore
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import TooManyAttempts
from tests.support.accounts import run_concurrently
from tests.support.ports import free_port
from tests.support.wiring import wired

URL = "redis://127.0.0.1:6379/0"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
REQUIRED = os.environ.get("PORTAL_TEST_SERVICES") == "required"


def _answers() -> bool:
    try:
        return bool(redis.Redis.from_url(URL, socket_connect_timeout=2).ping())
    except redis.RedisError:
        return REQUIRED


pytestmark = pytest.mark.skipif(not _answers(), reason="Redis does not answer")


@pytest.fixture
def store() -> RedisLimitStore:
    return RedisLimitStore.connect(URL)


@pytest.fixture
def tried(store: RedisLimitStore) -> Iterator[Callable[..., LimitKey]]:
    """Makes tries under keys of this test, which it removes again."""
    made: list[LimitKey] = []

    def make(most: int, minutes: int, growth: int = 0) -> LimitKey:
        limit = Limit("test", most, timedelta(minutes=minutes), growth)
        made.append(LimitKey(limit, secrets.token_hex(8)))
        return made[-1]

    yield make
    for one in made:
        store.forget(one)


def test_the_same_attempts_get_the_same_answers(
    sqlite_db: Database, store: RedisLimitStore, tried: Callable[..., LimitKey]
) -> None:
    growing = tried(2, 10, growth=2)
    minutes = (0, 1, 2, 10, 11, 12, 31, 71, 72, 200, 201, 202, 203, 1700, 1701, 1702)

    def told() -> list[tuple[int, bool] | None]:
        answers = []
        for minute in minutes:
            with frozen(NOW + timedelta(minutes=minute)):
                blocked = limiter.check_limits(sqlite_db, growing)
            answers.append(
                ((blocked.until - NOW) // timedelta(minutes=1), blocked.newly)
                if blocked
                else None
            )
        return answers

    in_database = told()
    with wired(limit_store=store):
        in_redis = told()
    assert in_redis == in_database
    assert in_redis[:8] == [
        None, None, (10, True), None, None, (30, True), None, None,
    ]  # fmt: skip


def test_parallel_attempts_are_all_counted(
    store: RedisLimitStore, tried: Callable[..., LimitKey]
) -> None:
    three = tried(3, 10)
    answers = run_concurrently(*[partial(store.count, three, NOW)] * 12)
    assert sorted(answer.attempts for answer in answers) == list(range(1, 13))  # type: ignore[union-attr]


def test_reset_and_undo(store: RedisLimitStore, tried: Callable[..., LimitKey]) -> None:
    three = tried(3, 10)
    for _ in range(2):
        store.count(three, NOW)
    store.give_back(three)
    assert store.count(three, NOW).attempts == 2
    store.forget(three)
    store.give_back(three)
    assert store.count(three, NOW).attempts == 1
    for _ in range(3):
        store.give_back(three)
    assert store.count(three, NOW).attempts == 1


def test_two_workers_agree(tried: Callable[..., LimitKey], sqlite_db: Database) -> None:
    three = tried(3, 10)
    workers = [RedisLimitStore.connect(URL), RedisLimitStore.connect(URL)]
    for number in range(3):
        with wired(limit_store=workers[number % 2]):
            limiter.count_attempt(sqlite_db, three)
    with wired(limit_store=workers[1]), pytest.raises(TooManyAttempts):
        limiter.count_attempt(sqlite_db, three)


def test_keys_are_hashed_and_expire(
    store: RedisLimitStore, tried: Callable[..., LimitKey]
) -> None:
    three = tried(3, 10)
    store.count(three, NOW)
    name = f"portal:attempts:{three.key_hash}"
    left = redis.Redis.from_url(URL).pttl(name)
    assert three.key not in name
    assert 599_000 < left <= 600_000


def test_an_unreachable_redis_is_unavailable() -> None:
    gone = RedisLimitStore.connect(f"redis://127.0.0.1:{free_port()}/0")
    one = LimitKey(Limit("test", 1, timedelta(minutes=1)), "x")
    for ask in (
        partial(gone.count, one, NOW),
        partial(gone.forget, one),
        partial(gone.give_back, one),
    ):
        with pytest.raises(StoreUnavailable):
            ask()
