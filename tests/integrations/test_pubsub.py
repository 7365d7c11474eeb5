"""What is published in one process is heard in all, and in this one without Redis."""

from contextlib import suppress
from queue import Empty, Queue

import pytest
from sqlmodel import Session

from portal_app.domain import topics
from portal_app.integrations.pubsub import ProcessPubSub, RedisPubSub
from portal_app.kernel.db import Database
from tests.support.ports import free_port
from tests.support.redis_server import redis_available, redis_database
from tests.support.wiring import wired

TRIES = 50


def test_a_process_hears_itself_once_it_is_stored(sqlite_db: Database) -> None:
    heard: list[frozenset[str]] = []
    pubsub = ProcessPubSub()
    pubsub.subscribe(heard.append)
    with wired(pubsub=pubsub):
        with sqlite_db.write() as tx:
            topics.publish(tx, ["one", "two"])
            with tx.begin_nested():
                topics.publish(tx, ["two", "three"])
            assert heard == []
        assert heard == [{"one", "two", "three"}]
        with pytest.raises(ZeroDivisionError):
            sqlite_db.call(_publish_and_fail)
    assert heard == [{"one", "two", "three"}]


def _publish_and_fail(tx: Session) -> None:
    topics.publish(tx, ["never"])
    raise ZeroDivisionError


@pytest.mark.skipif(not redis_available(), reason="Redis does not answer")
def test_every_process_hears_of_it_through_redis() -> None:
    with redis_database() as url:
        heard: Queue[frozenset[str]] = Queue()
        listening, telling = RedisPubSub.connect(url), RedisPubSub.connect(url)
        listening.subscribe(heard.put)
        for _ in range(TRIES):
            # Until the subscription stands, nothing is heard.
            telling.publish(["news"])
            with suppress(Empty):
                assert heard.get(timeout=0.1) == {"news"}
                break
        else:
            pytest.fail("nothing was heard")


def test_nothing_fails_while_redis_is_away() -> None:
    RedisPubSub.connect(f"redis://127.0.0.1:{free_port()}/0").publish(["news"])
