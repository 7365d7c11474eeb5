"""What changed, told to whoever looks at it just now.

The database is the truth: a topic only says where to look again. It is published once
the change is stored, to the tabs of all workers; one that is lost is made up for by
the next look.
"""

from collections.abc import Callable, Collection
from typing import Protocol

from sqlalchemy import event
from sqlmodel import Session

from portal_app.domain import wiring

Hearer = Callable[[frozenset[str]], None]

_TOPICS = "topics"


class PubSub(Protocol):
    """Tells topics to every process that listens."""

    def publish(self, topics: Collection[str]) -> None:
        """Tell them, as far as others can be reached; raises nothing."""

    def subscribe(self, hear: Hearer) -> None:
        """Call a function with what is published from now on, in any thread."""


def publish(tx: Session, topics: Collection[str]) -> None:
    """Tell these topics when the transaction is committed, each once."""
    if wiring.current().pubsub is None or not topics:
        return
    if _TOPICS not in tx.info:
        tx.info[_TOPICS] = set()
        event.listen(tx, "after_commit", _tell)
    tx.info[_TOPICS].update(topics)


def _tell(tx: Session) -> None:
    if tx.in_nested_transaction():
        return  # only a savepoint
    pubsub, found = wiring.current().pubsub, frozenset(tx.info[_TOPICS])
    tx.info[_TOPICS].clear()
    if pubsub is not None and found:
        pubsub.publish(found)
