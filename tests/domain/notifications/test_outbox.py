from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from sqlmodel import Session

from portal_app.domain.business.views import Branding
from portal_app.domain.notifications.outbox import (
    DeliveryFailed,
    deliver_due,
    enqueue,
    purge,
)
from portal_app.domain.notifications.rules import retry_delay
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support.accounts import outbox_messages, run_concurrently, set_up_business

pytestmark = pytest.mark.each_database

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class RecordingMailer:
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
    set_up_business(db)


def enqueue_message(
    db: Database, key: str = "one", recipient: str = "maya@example.com"
) -> None:
    db.call(enqueue, "verify_email", recipient, {"path": "/x"}, key)


def test_a_message_is_delivered_once_and_its_payload_deleted(db: Database) -> None:
    postman = RecordingMailer()
    with frozen(NOW):
        enqueue_message(db)
        assert deliver_due(db, postman) == 1
        assert deliver_due(db, postman) == 0
    assert postman.got == [
        ("verify_email", "maya@example.com", {"path": "/x"}, "Brightside")
    ]
    (message,) = outbox_messages(db)
    assert postman.ids == [message.id]
    assert (message.delivered_at, message.payload, message.leased_until) == (
        NOW,
        {},
        None,
    )


def test_a_duplicate_key_enqueues_one_message(db: Database) -> None:
    enqueue_message(db)
    enqueue_message(db)
    enqueue_message(db, "two")
    assert [message.dedupe_key for message in outbox_messages(db)] == ["one", "two"]


def test_concurrent_duplicate_keys_enqueue_one_message(db: Database) -> None:
    assert run_concurrently(*[lambda: enqueue_message(db)] * 8) == [None] * 8
    assert len(outbox_messages(db)) == 1


def test_a_rolled_back_message_is_not_sent(db: Database) -> None:
    def intention(tx: Session) -> None:
        enqueue(tx, "verify_email", "maya@example.com", {}, "one")
        raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError):
        db.call(intention)
    postman = RecordingMailer()
    assert deliver_due(db, postman) == 0
    assert postman.got == []


def test_retries_back_off_and_end(db: Database) -> None:
    postman = RecordingMailer(*[DeliveryFailed("unreachable")] * 16)
    with frozen(NOW):
        enqueue_message(db)
    at = NOW
    for attempt in range(1, 16):
        with frozen(at):
            assert deliver_due(db, postman) == 0
        (message,) = outbox_messages(db)
        assert message.attempts == attempt
        assert message.due_at == at + retry_delay(attempt)
        assert (message.failed_at, message.reason) == (None, "unreachable")
        with frozen(message.due_at - timedelta(microseconds=1)):
            deliver_due(db, postman)
        assert len(postman.ids) == attempt
        at = message.due_at
    with frozen(at):
        deliver_due(db, postman)
    (message,) = outbox_messages(db)
    assert (message.attempts, message.failed_at) == (16, at)
    assert at - NOW == timedelta(hours=28, seconds=930)
    # It is kept, so that the office can send it again.
    assert message.payload == {"path": "/x"}
    with frozen(at + timedelta(days=1)):
        assert deliver_due(db, postman) == 0
    assert postman.ids == [message.id] * 16


def test_retry_delays_are_exact() -> None:
    assert [retry_delay(n).total_seconds() for n in range(1, 13)] == [
        30,
        60,
        120,
        240,
        480,
        960,
        1920,
        3840,
        7680,
        14400,
        14400,
        14400,
    ]


def test_a_permanent_failure_is_not_retried(db: Database) -> None:
    postman = RecordingMailer(
        DeliveryFailed(
            "unknown_address", permanent=True, code=550, detail="550 no" + "!" * 500
        )
    )
    with frozen(NOW):
        enqueue_message(db)
        deliver_due(db, postman)
    (message,) = outbox_messages(db)
    assert (message.attempts, message.failed_at) == (1, NOW)
    assert message.reason == "unknown_address"
    assert message.last_error == "550 no" + "!" * 194


def test_only_the_type_of_an_unexpected_error_is_stored(db: Database) -> None:
    enqueue_message(db)
    deliver_due(db, RecordingMailer(ValueError("about maya@example.com")))
    (message,) = outbox_messages(db)
    assert (message.reason, message.last_error) == ("not_written", "ValueError")


def test_a_failing_message_does_not_block_others(db: Database) -> None:
    enqueue_message(db, "one", "first@example.com")
    enqueue_message(db, "two", "second@example.com")
    postman = RecordingMailer(DeliveryFailed("away"))
    assert deliver_due(db, postman) == 1
    assert [recipient for _, recipient, *_ in postman.got] == ["second@example.com"]


def test_an_expired_lease_is_taken_over(db: Database) -> None:
    class Died(BaseException):
        pass

    class Dying:
        def send(self, *_args: object, **_more: object) -> None:
            raise Died

    with frozen(NOW):
        enqueue_message(db)
        with pytest.raises(Died):
            deliver_due(db, Dying())
    postman = RecordingMailer()
    with frozen(NOW + timedelta(minutes=5) - timedelta(microseconds=1)):
        assert deliver_due(db, postman) == 0
    with frozen(NOW + timedelta(minutes=5)):
        assert deliver_due(db, postman) == 1
    (message,) = outbox_messages(db)
    assert (message.attempts, len(postman.got)) == (2, 1)


def test_a_message_that_crashes_every_worker_is_abandoned(db: Database) -> None:
    class Died(BaseException):
        pass

    class Dying:
        def send(self, *_args: object, **_more: object) -> None:
            raise Died

    with frozen(NOW):
        enqueue_message(db)
    with frozen(NOW + timedelta(microseconds=1)):
        enqueue_message(db, "harmless")
    for attempt in range(16):
        with frozen(NOW + timedelta(minutes=5 * attempt)), pytest.raises(Died):
            deliver_due(db, Dying(), limit=1)
    postman = RecordingMailer()
    with frozen(NOW + timedelta(days=1)):
        assert deliver_due(db, postman) == 1
    deadly, harmless = outbox_messages(db)
    assert (deadly.failed_at, deadly.attempts) == (NOW + timedelta(days=1), 16)
    assert deadly.reason == "interrupted"
    assert postman.ids == [harmless.id]


def test_an_expired_worker_does_not_overwrite_a_delivery(db: Database) -> None:
    fast = RecordingMailer()

    class Slow:
        def send(self, *_args: object, **_more: object) -> None:
            with frozen(NOW + timedelta(minutes=6)):
                assert deliver_due(db, fast) == 1
            raise DeliveryFailed("too late")

    with frozen(NOW):
        enqueue_message(db)
        assert deliver_due(db, Slow()) == 0
    (message,) = outbox_messages(db)
    assert message.delivered_at == NOW + timedelta(minutes=6)
    assert (message.attempts, message.last_error) == (2, "")


def test_several_workers_share_the_work(db: Database) -> None:
    for number in range(12):
        enqueue_message(db, str(number))
    together = Event()

    class Waiting(RecordingMailer):
        def send(self, *args: Any, **more: Any) -> None:
            together.set()
            super().send(*args, **more)

    postmen = [Waiting() for _ in range(4)]
    counts = run_concurrently(
        *[lambda postman=postman: deliver_due(db, postman) for postman in postmen]
    )
    assert sum(count for count in counts if isinstance(count, int)) == 12
    ids = [message_id for postman in postmen for message_id in postman.ids]
    assert sorted(ids) == sorted(message.id for message in outbox_messages(db))
    assert len(set(ids)) == 12


def test_nothing_is_sent_inside_a_transaction(sqlite_db: Database) -> None:
    set_up_business(sqlite_db)
    enqueue_message(sqlite_db)

    class Writing(RecordingMailer):
        def send(self, *args: Any, **more: Any) -> None:
            # Would wait for the lock forever inside a transaction.
            enqueue_message(sqlite_db, "while sending")
            super().send(*args, **more)

    assert deliver_due(sqlite_db, Writing(), limit=1) == 1
    assert len(outbox_messages(sqlite_db)) == 2


def test_old_messages_are_purged(db: Database) -> None:
    with frozen(NOW):
        enqueue_message(db)
        enqueue_message(db, "given up")
    with frozen(NOW + timedelta(microseconds=1)):
        enqueue_message(db, "waiting")
    with frozen(NOW + timedelta(microseconds=2)):
        failures = (None, DeliveryFailed("no", permanent=True))
        deliver_due(db, RecordingMailer(*failures), limit=2)
    with frozen(NOW + timedelta(days=30, microseconds=2)):
        assert db.call(purge) == 0
    with frozen(NOW + timedelta(days=30, microseconds=3)):
        assert db.call(purge) == 2
    assert [message.dedupe_key for message in outbox_messages(db)] == ["waiting"]


def test_a_message_whose_link_has_run_out_is_not_sent(db: Database) -> None:
    postman = RecordingMailer(DeliveryFailed("unreachable"))
    with frozen(NOW):
        db.call(
            enqueue,
            "reset_password",
            "maya@example.com",
            {"path": "/x"},
            "one",
            expires_at=NOW + timedelta(minutes=1),
        )
        assert deliver_due(db, postman) == 0
    with frozen(NOW + timedelta(minutes=1)):
        assert deliver_due(db, postman) == 0
        db.call(purge)
    (message,) = outbox_messages(db)
    assert len(postman.ids) == 1
    assert (message.reason, message.failed_at, message.payload) == (
        "link_expired",
        NOW + timedelta(minutes=1),
        {},
    )
