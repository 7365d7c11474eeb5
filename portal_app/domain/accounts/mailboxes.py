"""What else follows from the proof that a mailbox is a person's own.

Other packages keep what is addressed to a mailbox before anybody proved it, such
as bookings made without an account; they listen here.
"""

from collections.abc import Callable

from sqlmodel import Session

Listener = Callable[[Session, str, str], None]

_listeners: list[Listener] = []


def whenever_proven(listener: Listener) -> Listener:
    """Call a function with transaction, account id and e-mail at every proof."""
    _listeners.append(listener)
    return listener


def proven(tx: Session, account_id: str, email: str) -> None:
    """Say that the mailbox of an account is its owner's, as part of a transaction."""
    for listener in _listeners:
        listener(tx, account_id, email)
