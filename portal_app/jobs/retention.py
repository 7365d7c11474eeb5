"""Deleting what has served its time."""

import structlog

from portal_app.domain.accounts import attempts, sessions, tokens
from portal_app.domain.notifications import service as notifications
from portal_app.kernel.db import Database

log = structlog.get_logger("jobs")


def purge_expired(db: Database) -> dict[str, int]:
    """Delete attempt windows that are over, and old tokens, sessions and messages.

    Each kind in a transaction of its own; safe to repeat.

    Returns:
        How many rows of each kind were deleted.
    """
    deleted = {
        "attempt_windows": db.call(attempts.purge),
        "tokens": db.call(tokens.purge),
        "sessions": db.call(sessions.purge),
        "messages": db.call(notifications.purge),
    }
    if any(deleted.values()):
        log.info("purged", **deleted)
    return deleted
