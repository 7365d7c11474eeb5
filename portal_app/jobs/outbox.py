"""Delivering the outbox."""

from portal_app.domain.notifications import service as notifications
from portal_app.domain.notifications.service import Mailer
from portal_app.kernel.db import Database

_AT_ONCE = 100


def deliver_outbox(db: Database, mailer: Mailer) -> int:
    """Deliver the messages that are due; at most 100, so that others get a turn.

    Returns:
        How many were delivered.
    """
    return notifications.deliver_due(db, mailer, limit=_AT_ONCE)
