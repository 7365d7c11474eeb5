"""Accounts for tests: a business, the outbox as sent, and counted hashing."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import asdict, dataclass, field
from threading import Barrier, current_thread
from typing import Any, TypeVar
from unittest.mock import patch

from argon2 import PasswordHasher
from sqlmodel import Session, col, select

from portal_app.domain.accounts import passwords
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import SecurityEvent
from portal_app.domain.business import service as businesses
from portal_app.domain.business.rules import BusinessForm, SwitchesForm
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.domain.sign_in import session_lookup
from portal_app.domain.sign_in.rules import SignUpForm
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.db import Database
from portal_app.kernel.ids import hash_secret
from tests.support.snapshots import database_snapshot

R = TypeVar("R")

PASSWORD = "sunny-otter-42"
OTHER_PASSWORD = "grumpy-badger-17"
STRANGER = Actor(address="203.0.113.7", device="Firefox")
BUSINESS = BusinessForm(
    name="Brightside",
    tagline="Home and pet care",
    email="hello@brightside.example.com",
    timezone="Australia/Sydney",
    currency="AUD",
    country="AU",
    locale="en_AU",
)
FORM = SignUpForm(
    first_name="Maya",
    last_name="Chen",
    email="maya@example.com",
    phone="0412 345 678",
    password=PASSWORD,
    terms=True,
)


def set_up_business(db: Database) -> None:
    """Set the business up."""
    db.call(businesses.save_business, SYSTEM, BUSINESS)


def outbox_messages(db: Database) -> list[OutboxMessage]:
    """What was enqueued, in order."""

    def read(tx: Session) -> list[OutboxMessage]:
        in_order = (col(OutboxMessage.created_at), col(OutboxMessage.id))
        return list(tx.exec(select(OutboxMessage).order_by(*in_order)))

    return db.query(read)


def sent_messages(db: Database) -> list[tuple[str, str]]:
    """Kind and recipient of what was enqueued, in order."""
    return [(message.kind, message.recipient) for message in outbox_messages(db)]


def newest_token(db: Database) -> str:
    """The token of the newest activation mail."""
    mails = [
        message for message in outbox_messages(db) if message.kind == "verify_email"
    ]
    return str(mails[-1].payload["path"]).removeprefix("/verify-email?token=")


def newest_link(db: Database, kind: str) -> str:
    """The secret in the link of the newest mail of a kind."""
    mails = [message for message in outbox_messages(db) if message.kind == kind]
    return str(mails[-1].payload["path"]).partition("=")[2]


def sign_in_customer(
    db: Database, email: str = FORM.email, password: str = PASSWORD
) -> Actor:
    """Somebody in a browser of their own, signed in by password."""
    ticket = accounts.sign_in(db, STRANGER, email, password, remember=False)
    return redeem_ticket(db, ticket)


def redeem_ticket(db: Database, ticket: str) -> Actor:
    """The actor of a browser that a ticket let in."""
    signed_in = db.call(accounts.redeem_ticket, STRANGER, ticket)
    return resolve_session(db, signed_in.secret)


def resolve_session(db: Database, secret: str) -> Actor:
    """Who a session cookie stands for now."""
    return db.query(
        session_lookup.resolve_actor,
        hash_secret(secret),
        STRANGER.address,
        STRANGER.device,
    )


def security_event_kinds(db: Database) -> list[str]:
    """The kinds of the security events, in order."""

    def read(tx: Session) -> list[str]:
        in_order = (col(SecurityEvent.at), col(SecurityEvent.id))
        return [
            event.kind for event in tx.exec(select(SecurityEvent).order_by(*in_order))
        ]

    return db.query(read)


def set_switches(db: Database, **values: object) -> None:
    """Change the business's switches."""
    now = db.query(businesses.switches)
    kept = {k: v for k, v in asdict(now).items() if k != "version"}
    form = SwitchesForm(**(kept | values))
    db.call(businesses.save_switches, SYSTEM, form, now.version)


def run_concurrently(*calls: Callable[[], R]) -> list[R | Exception]:
    """Run calls in threads that start together; what each gave or raised."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], R]) -> R | Exception:
        gate.wait()
        try:
            return call()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        # A thread starts with an empty context; it gets the test's clock.
        started = [pool.submit(copy_context().run, run, call) for call in calls]
        return [future.result() for future in started]


@dataclass
class HashingCalls:
    """How often passwords were hashed and compared: what takes time.

    ``threads`` are the pools, or other threads, that did it.
    """

    hashed: int = 0
    compared: int = 0
    threads: set[str] = field(default_factory=set)

    def reset(self) -> None:
        """Count from zero."""
        self.hashed = self.compared = 0


@contextmanager
def cheap_hashing() -> Iterator[HashingCalls]:
    """Argon2 with the least parameters, its calls counted."""
    real = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    calls = HashingCalls()

    class Counting:
        def hash(self, password: str) -> str:
            calls.hashed += 1
            calls.threads.add(current_thread().name.partition("_")[0])
            return real.hash(password)

        def verify(self, password_hash: str, password: str) -> bool:
            calls.compared += 1
            calls.threads.add(current_thread().name.partition("_")[0])
            return real.verify(password_hash, password)

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

    passwords._dummy_hash.cache_clear()
    with patch.object(passwords, "_hasher", Counting()):
        passwords._dummy_hash()
        calls.reset()
        yield calls
    passwords._dummy_hash.cache_clear()


def snapshot_without_logs(db: Database) -> dict[str, list[dict[str, Any]]]:
    """What a refused intention must leave alone: all but the counted attempts.

    The outbox is asked about by ``sent_messages``; the log tells of refusals as well.
    """
    apart = {"attempt_window", "outbox_message", "security_event"}
    return {
        name: rows for name, rows in database_snapshot(db).items() if name not in apart
    }
