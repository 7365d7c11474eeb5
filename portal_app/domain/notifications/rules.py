"""When a message is tried again, and when it is given up."""

from datetime import timedelta

MAX_ATTEMPTS = 16
"""A day and four hours: as long as a mail server may be away."""

LEASE = timedelta(minutes=5)
"""How long a worker has for one message before another may take it."""

RETENTION = timedelta(days=30)

_FIRST_RETRY_DELAY = timedelta(seconds=30)
_LONGEST_RETRY_DELAY = timedelta(hours=4)


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 30 s, doubled up to 4 hours.

    Args:
        attempts: At least 1.
    """
    doubled: timedelta = _FIRST_RETRY_DELAY * 2 ** (attempts - 1)
    return min(doubled, _LONGEST_RETRY_DELAY)
