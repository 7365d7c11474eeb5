"""A Redis database for one test run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import redis

SERVER = "redis://127.0.0.1:6379"
_DATABASE = 15
_REQUIRED = os.environ.get("PORTAL_TEST_SERVICES") == "required"


@cache
def redis_available() -> bool:
    """Whether the Redis server for tests answers.

    Raises:
        RuntimeError: If it does not although ``PORTAL_TEST_SERVICES=required``.
    """
    try:
        redis.Redis.from_url(SERVER, socket_connect_timeout=2).ping()
    except redis.RedisError:
        if _REQUIRED:
            raise RuntimeError("Redis must answer on 127.0.0.1:6379") from None
        return False
    return True


@contextmanager
def redis_database() -> Iterator[str]:
    """The address of an empty Redis database that is emptied afterwards."""
    url = f"{SERVER}/{_DATABASE}"
    client = redis.Redis.from_url(url)
    client.flushdb()
    try:
        yield url
    finally:
        client.flushdb()
        client.close()
