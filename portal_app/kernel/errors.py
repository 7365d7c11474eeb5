"""The errors a domain raises on purpose, each with words for a person.

Beside them stands ``Unavailable``, for what is nobody's mistake. Everything else is
a bug: the log gets it, the person gets an apology.
"""

import errno
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

LOOKING_ONLY = "You are only looking: nothing can be changed."
UNEXPECTED_ERROR = "Something went wrong on our side. Please try again."
_NOTHING_STORED = "We cannot store anything just now. Please try again in a moment."
_CANNOT_STORE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


class DomainError(Exception):
    """A refusal a person can understand.

    Attributes:
        message: One sentence for the person, with no internals in it.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(DomainError):
    """Values that a person can correct.

    Attributes:
        fields: Field name to the sentence shown next to that field.
    """

    def __init__(
        self, fields: Mapping[str, str], message: str = "Please check the form."
    ) -> None:
        super().__init__(message)
        self.fields = dict(fields)


@contextmanager
def collected_refusals() -> Iterator[Callable[..., AbstractContextManager[None]]]:
    """Check several things, and refuse them all at once.

    Each check stands in a ``with`` of what this yields; a prefix goes before the
    names of its fields.

    Raises:
        InvalidInput: With what all of them refused, if any did.
    """
    wrong: dict[str, str] = {}

    @contextmanager
    def attempt(prefix: str = "") -> Iterator[None]:
        try:
            yield
        except InvalidInput as refused:
            wrong.update({f"{prefix}{key}": it for key, it in refused.fields.items()})

    yield attempt
    if wrong:
        raise InvalidInput(wrong)


class NotFound(DomainError):
    """A row that is missing or somebody else's: the answer is the same."""

    def __init__(self, message: str = "We could not find that.") -> None:
        super().__init__(message)


class NotAllowed(DomainError):
    """The actor's audience does not include this intention."""

    def __init__(self, message: str = "You are not allowed to do that.") -> None:
        super().__init__(message)


class Conflict(DomainError):
    """Somebody else was quicker, or the row changed since it was read."""


class TooManyAttempts(DomainError):
    """A rate limit.

    Attributes:
        retry_after: Seconds until another attempt can succeed.
    """

    def __init__(self, retry_after: int) -> None:
        minutes = max(1, round(retry_after / 60))
        unit = "minute" if minutes == 1 else "minutes"
        super().__init__(
            f"Too many attempts. Please wait about {minutes} {unit} and try again."
        )
        self.retry_after = retry_after


class Unavailable(Exception):
    """A part the portal needs does not answer, and may do so again in a moment.

    No refusal: nobody catches it on the way but who answers for the portal, and
    whoever that is offers to try again.

    Attributes:
        message: One sentence for the person, with no internals in it.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def outage_behind(error: BaseException) -> Unavailable | None:
    """The outage that made something fail: a part that is away, or a full disk.

    Returns:
        ``None`` if it was something else.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, Unavailable):
            return seen
        if isinstance(seen, OSError) and seen.errno in _CANNOT_STORE:
            return Unavailable(_NOTHING_STORED)
        seen = seen.__cause__ or seen.__context__
    return None
