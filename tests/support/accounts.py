"""Accounts for tests: a business, the outbox as sent, and counted hashing."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Barrier
from typing import Any, TypeVar
from unittest.mock import patch

from argon2 import PasswordHasher
from sqlmodel import Session, col, select

from portal_app.domain.accounts import passwords
from portal_app.domain.business import service as businesses
from portal_app.domain.business.rules import BusinessForm
from portal_app.domain.customers.rules import SignUpForm
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.db import Database
from tests.support.contents import contents

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


def open_business(db: Database) -> None:
    """Set the business up."""
    db.call(businesses.save, SYSTEM, BUSINESS)


def outbox(db: Database) -> list[OutboxMessage]:
    """What was enqueued, in order."""

    def read(tx: Session) -> list[OutboxMessage]:
        in_order = (col(OutboxMessage.created_at), col(OutboxMessage.id))
        return list(tx.exec(select(OutboxMessage).order_by(*in_order)))

    return db.query(read)


def sent(db: Database) -> list[tuple[str, str]]:
    """Kind and recipient of what was enqueued, in order."""
    return [(message.kind, message.recipient) for message in outbox(db)]


def newest_token(db: Database) -> str:
    """The token of the newest activation mail."""
    mails = [message for message in outbox(db) if message.kind == "verify_email"]
    return str(mails[-1].payload["path"]).removeprefix("/verify-email?token=")


def at_once(*calls: Callable[[], R]) -> list[R | Exception]:
    """Run calls in threads that start together; what each gave or raised."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], R]) -> R | Exception:
        gate.wait()
        try:
            return call()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@dataclass
class HashingCalls:
    """How often passwords were hashed and compared: what takes time."""

    hashed: int = 0
    compared: int = 0

    def reset(self) -> None:
        """Count from zero."""
        self.hashed = self.compared = 0


@contextmanager
def quick_hashing() -> Iterator[HashingCalls]:
    """Argon2 with the least parameters, its calls counted."""
    real = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    calls = HashingCalls()

    class Counting:
        def hash(self, password: str) -> str:
            calls.hashed += 1
            return real.hash(password)

        def verify(self, password_hash: str, password: str) -> bool:
            calls.compared += 1
            return real.verify(password_hash, password)

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

    passwords._nobodys_hash.cache_clear()
    with patch.object(passwords, "_hasher", Counting()):
        passwords._nobodys_hash()
        calls.reset()
        yield calls
    passwords._nobodys_hash.cache_clear()


def stored(db: Database) -> dict[str, list[dict[str, Any]]]:
    """What a refused intention must leave alone: all but the counted attempts.

    The outbox is asked about by ``sent``.
    """
    apart = {"attempt_window", "outbox_message"}
    return {name: rows for name, rows in contents(db).items() if name not in apart}
