"""When a message is tried again, and when it is given up."""

from datetime import timedelta

MAX_ATTEMPTS = 8
LEASE = timedelta(minutes=5)
"""How long a worker has for one message before another may take it."""

RETENTION = timedelta(days=30)

_FIRST_RETRY_DELAY = timedelta(seconds=30)


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 30 s, doubled each time.

    Args:
        attempts: At least 1.
    """
    doubled: timedelta = _FIRST_RETRY_DELAY * 2 ** (attempts - 1)
    return doubled
