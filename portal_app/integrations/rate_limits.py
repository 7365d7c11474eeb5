"""Rate-limit counters in Redis, shared by all workers."""

from datetime import UTC, datetime, timedelta
from typing import Self

import redis

from portal_app.domain.rate_limits.limiter import (
    AttemptCount,
    LimitKey,
    StoreUnavailable,
)
from portal_app.domain.rate_limits.rules import QUIET_PERIOD

_PREFIX = "portal:attempts:"
_TIMEOUT_SECONDS = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# Instants in microseconds; the numbers stay below 2^53, where Lua is exact.
_COUNT_SCRIPT = """
local found = redis.call('HMGET', KEYS[1], 'ends', 'attempts', 'strikes')
local ends, attempts = tonumber(found[1]), tonumber(found[2])
local strikes = tonumber(found[3])
local now, most, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local growth, quiet = tonumber(ARGV[4]), tonumber(ARGV[5])
if ends and ends > now then
  attempts = attempts + 1
else
  if not ends or ends <= now - quiet then
    strikes = 0
  elseif attempts >= most then
    strikes = math.min(strikes + 1, growth)
  else
    strikes = math.max(strikes - 1, 0)
  end
  attempts = 1
  ends = now + window * 2 ^ strikes
end
redis.call('HSET', KEYS[1], 'ends', string.format('%.0f', ends),
  'attempts', attempts, 'strikes', strikes)
redis.call('PEXPIRE', KEYS[1],
  string.format('%.0f', math.ceil((ends - now + (growth > 0 and quiet or 0)) / 1000)))
return {attempts, string.format('%.0f', ends)}
"""
_UNDO_SCRIPT = """
if (tonumber(redis.call('HGET', KEYS[1], 'attempts')) or 0) > 0 then
  redis.call('HINCRBY', KEYS[1], 'attempts', -1)
end
return 0
"""


class RedisLimitStore:
    """Counts attempts in Redis; see ``accounts.attempts.AttemptStore``.

    Args:
        client: A connection that decodes answers.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._count = client.register_script(_COUNT_SCRIPT)
        self._give_back = client.register_script(_UNDO_SCRIPT)

    @classmethod
    def connect(cls, url: str) -> Self:
        """Count in the Redis of an address; it is not asked before it is needed.

        A second of patience: while it does not answer, the database counts.
        """
        return cls(
            redis.Redis.from_url(
                url,
                decode_responses=True,
                socket_timeout=_TIMEOUT_SECONDS,
                socket_connect_timeout=_TIMEOUT_SECONDS,
            )
        )

    def count(self, tried: LimitKey, now: datetime) -> AttemptCount:
        """Count one attempt.

        Raises:
            StoreUnavailable: If Redis does not answer.
        """
        limit = tried.limit
        try:
            attempts, ends = self._count(
                keys=[_key(tried)],
                args=[
                    (now - _EPOCH) // _MICROSECOND,
                    limit.attempts,
                    limit.window // _MICROSECOND,
                    limit.growth,
                    QUIET_PERIOD // _MICROSECOND,
                ],
            )
        except redis.RedisError:
            raise StoreUnavailable from None
        return AttemptCount(int(attempts), _EPOCH + int(ends) * _MICROSECOND)

    def forget(self, tried: LimitKey) -> None:
        """Start counting anew; raises as ``count``."""
        try:
            self._client.delete(_key(tried))
        except redis.RedisError:
            raise StoreUnavailable from None

    def give_back(self, tried: LimitKey) -> None:
        """Not count the last attempt; raises as ``count``."""
        try:
            self._give_back(keys=[_key(tried)])
        except redis.RedisError:
            raise StoreUnavailable from None


def _key(tried: LimitKey) -> str:
    return f"{_PREFIX}{tried.key_hash}"
