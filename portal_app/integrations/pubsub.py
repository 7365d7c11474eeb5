"""Topics for the tabs of one process, or of all of them through Redis."""

import json
import threading
from collections.abc import Collection
from typing import Self

import redis
import structlog

from portal_app.domain.topics import Hearer

log = structlog.get_logger("pubsub")

_CHANNEL = "portal:topics"
_TIMEOUT_SECONDS = 1.0
_RETRY_SECONDS = 1.0


class ProcessPubSub:
    """Tells the hearers of this process."""

    def __init__(self) -> None:
        self._hearers: list[Hearer] = []

    def publish(self, topics: Collection[str]) -> None:
        """Tell the hearers at once."""
        for hear in self._hearers:
            hear(frozenset(topics))

    def subscribe(self, hear: Hearer) -> None:
        """Call a function with what is published from now on."""
        self._hearers.append(hear)


class RedisPubSub:
    """Tells the hearers of every process, each by one subscription.

    Args:
        publisher: The connection for telling.
        listener: The one that waits.
    """

    def __init__(self, publisher: redis.Redis, listener: redis.Redis) -> None:
        self._publisher = publisher
        self._listener = listener
        self._here = ProcessPubSub()
        self._thread: threading.Thread | None = None

    @classmethod
    def connect(cls, url: str) -> Self:
        """Use the Redis of an address; it is not asked before it is needed."""
        return cls(
            redis.Redis.from_url(
                url,
                socket_timeout=_TIMEOUT_SECONDS,
                socket_connect_timeout=_TIMEOUT_SECONDS,
            ),
            redis.Redis.from_url(url, socket_connect_timeout=_TIMEOUT_SECONDS),
        )

    def publish(self, topics: Collection[str]) -> None:
        """Tell every process; while Redis is away, nobody hears of it."""
        try:
            self._publisher.publish(_CHANNEL, json.dumps(sorted(topics)))
        except redis.RedisError:
            log.warning("topics were not told")

    def subscribe(self, hear: Hearer) -> None:
        """Call a function with what any process publishes from now on."""
        self._here.subscribe(hear)
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._listen, name="topics", daemon=True
            )
            self._thread.start()

    def _listen(self) -> None:
        pause = threading.Event()
        while True:
            try:
                with self._listener.pubsub(ignore_subscribe_messages=True) as channel:
                    channel.subscribe(_CHANNEL)
                    for message in channel.listen():
                        self._here.publish(json.loads(message["data"]))
            except redis.RedisError:
                log.warning("topics are not heard")
                pause.wait(_RETRY_SECONDS)
