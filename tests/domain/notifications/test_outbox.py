from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from sqlmodel import Session

from portal_app.domain.business.views import Branding
from portal_app.domain.notifications import service
from portal_app.domain.notifications.rules import wait_after
from portal_app.domain.notifications.service import DeliveryFailed
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support.accounts import at_once, open_business, outbox

pytestmark = pytest.mark.each_database

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Postman:
    """Keeps what it gets, or fails as it is told."""

    def __init__(self, *failures: Exception | None) -> None:
        self.got: list[tuple[str, str, dict[str, Any], str]] = []
        self.ids: list[str] = []
        self._failures: Iterator[Exception | None] = iter(failures)

    def send(
        self,
        kind: str,
        recipient: str,
        payload: dict[str, Any],
        business: Branding,
        *,
        message_id: str,
    ) -> None:
        self.ids.append(message_id)
        failure = next(self._failures, None)
        if failure:
            raise failure
        self.got.append((kind, recipient, payload, business.name))


@pytest.fixture(autouse=True)
def _business(db: Database) -> None:
    open_business(db)


def post(db: Database, key: str = "one", recipient: str = "maya@example.com") -> None:
    db.call(service.enqueue, "verify_email", recipient, {"path": "/x"}, key)


def test_a_message_is_delivered_once_and_its_text_forgotten(db: Database) -> None:
    postman = Postman()
    with frozen(NOW):
        post(db)
        assert service.deliver_due(db, postman) == 1
        assert service.deliver_due(db, postman) == 0
    assert postman.got == [
        ("verify_email", "maya@example.com", {"path": "/x"}, "Brightside")
    ]
    (message,) = outbox(db)
    assert postman.ids == [message.id]
    assert (message.delivered_at, message.payload, message.leased_until) == (
        NOW,
        {},
        None,
    )


def test_the_same_cause_twice_is_one_message(db: Database) -> None:
    post(db)
    post(db)
    post(db, "two")
    assert [message.dedupe_key for message in outbox(db)] == ["one", "two"]


def test_the_same_cause_at_the_same_time_is_one_message(db: Database) -> None:
    assert at_once(*[lambda: post(db)] * 8) == [None] * 8
    assert len(outbox(db)) == 1


def test_what_is_rolled_back_is_not_sent(db: Database) -> None:
    def intention(tx: Session) -> None:
        service.enqueue(tx, "verify_email", "maya@example.com", {}, "one")
        raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError):
        db.call(intention)
    postman = Postman()
    assert service.deliver_due(db, postman) == 0
    assert postman.got == []


def test_a_failure_waits_longer_each_time_and_then_gives_up(db: Database) -> None:
    postman = Postman(*[DeliveryFailed("server away")] * 8)
    with frozen(NOW):
        post(db)
    at = NOW
    for attempt in range(1, 8):
        with frozen(at):
            assert service.deliver_due(db, postman) == 0
        (message,) = outbox(db)
        assert message.attempts == attempt
        assert message.due_at == at + timedelta(seconds=30 * 2 ** (attempt - 1))
        assert (message.failed_at, message.last_error) == (None, "server away")
        with frozen(message.due_at - timedelta(microseconds=1)):
            service.deliver_due(db, postman)
        assert len(postman.ids) == attempt
        at = message.due_at
    with frozen(at):
        service.deliver_due(db, postman)
    (message,) = outbox(db)
    assert (message.attempts, message.failed_at, message.payload) == (8, at, {})
    with frozen(at + timedelta(days=1)):
        assert service.deliver_due(db, postman) == 0
    assert postman.ids == [message.id] * 8


def test_waits_are_exact() -> None:
    assert [wait_after(n).total_seconds() for n in range(1, 8)] == [
        30,
        60,
        120,
        240,
        480,
        960,
        1920,
    ]


def test_a_permanent_failure_is_not_tried_again(db: Database) -> None:
    postman = Postman(DeliveryFailed("no such mailbox", permanent=True))
    with frozen(NOW):
        post(db)
        service.deliver_due(db, postman)
    (message,) = outbox(db)
    assert (message.attempts, message.failed_at) == (1, NOW)
    assert message.last_error == "no such mailbox"


def test_of_a_strange_error_only_the_type_is_kept(db: Database) -> None:
    post(db)
    service.deliver_due(db, Postman(ValueError("about maya@example.com")))
    (message,) = outbox(db)
    assert message.last_error == "ValueError"


def test_one_bad_message_does_not_hold_up_the_others(db: Database) -> None:
    post(db, "one", "first@example.com")
    post(db, "two", "second@example.com")
    postman = Postman(DeliveryFailed("away"))
    assert service.deliver_due(db, postman) == 1
    assert [recipient for _, recipient, *_ in postman.got] == ["second@example.com"]


def test_a_worker_that_died_is_replaced_when_its_lease_ends(db: Database) -> None:
    class Died(BaseException):
        pass

    class Dying:
        def send(self, *_args: object, **_more: object) -> None:
            raise Died

    with frozen(NOW):
        post(db)
        with pytest.raises(Died):
            service.deliver_due(db, Dying())
    postman = Postman()
    with frozen(NOW + timedelta(minutes=5) - timedelta(microseconds=1)):
        assert service.deliver_due(db, postman) == 0
    with frozen(NOW + timedelta(minutes=5)):
        assert service.deliver_due(db, postman) == 1
    (message,) = outbox(db)
    assert (message.attempts, len(postman.got)) == (2, 1)


def test_a_message_that_kills_every_worker_is_given_up(db: Database) -> None:
    class Died(BaseException):
        pass

    class Dying:
        def send(self, *_args: object, **_more: object) -> None:
            raise Died

    with frozen(NOW):
        post(db)
    with frozen(NOW + timedelta(microseconds=1)):
        post(db, "harmless")
    for attempt in range(8):
        with frozen(NOW + timedelta(minutes=5 * attempt)), pytest.raises(Died):
            service.deliver_due(db, Dying(), limit=1)
    postman = Postman()
    with frozen(NOW + timedelta(days=1)):
        assert service.deliver_due(db, postman) == 1
    deadly, harmless = outbox(db)
    assert (deadly.failed_at, deadly.attempts) == (NOW + timedelta(days=1), 8)
    assert postman.ids == [harmless.id]


def test_a_slow_worker_does_not_spoil_what_another_delivered(db: Database) -> None:
    fast = Postman()

    class Slow:
        def send(self, *_args: object, **_more: object) -> None:
            with frozen(NOW + timedelta(minutes=6)):
                assert service.deliver_due(db, fast) == 1
            raise DeliveryFailed("too late")

    with frozen(NOW):
        post(db)
        assert service.deliver_due(db, Slow()) == 0
    (message,) = outbox(db)
    assert message.delivered_at == NOW + timedelta(minutes=6)
    assert (message.attempts, message.last_error) == (2, "")


def test_several_workers_share_the_work(db: Database) -> None:
    for number in range(12):
        post(db, str(number))
    together = Event()

    class Waiting(Postman):
        def send(self, *args: Any, **more: Any) -> None:
            together.set()
            super().send(*args, **more)

    postmen = [Waiting() for _ in range(4)]
    counts = at_once(
        *[
            lambda postman=postman: service.deliver_due(db, postman)
            for postman in postmen
        ]
    )
    assert sum(count for count in counts if isinstance(count, int)) == 12
    ids = [message_id for postman in postmen for message_id in postman.ids]
    assert sorted(ids) == sorted(message.id for message in outbox(db))
    assert len(set(ids)) == 12


def test_nothing_is_sent_inside_a_transaction(sqlite_db: Database) -> None:
    open_business(sqlite_db)
    post(sqlite_db)

    class Writing(Postman):
        def send(self, *args: Any, **more: Any) -> None:
            # Would wait for the lock forever inside a transaction.
            post(sqlite_db, "while sending")
            super().send(*args, **more)

    assert service.deliver_due(sqlite_db, Writing(), limit=1) == 1
    assert len(outbox(sqlite_db)) == 2


def test_old_messages_are_purged(db: Database) -> None:
    with frozen(NOW):
        post(db)
        post(db, "given up")
    with frozen(NOW + timedelta(microseconds=1)):
        post(db, "waiting")
    with frozen(NOW + timedelta(microseconds=2)):
        failures = (None, DeliveryFailed("no", permanent=True))
        service.deliver_due(db, Postman(*failures), limit=2)
    with frozen(NOW + timedelta(days=30, microseconds=2)):
        assert db.call(service.purge) == 0
    with frozen(NOW + timedelta(days=30, microseconds=3)):
        assert db.call(service.purge) == 2
    assert [message.dedupe_key for message in outbox(db)] == ["waiting"]
