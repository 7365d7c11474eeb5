"""What a browser sent, brought into the shape a domain call expects.

Anything can come: no form at all, numbers for texts, megabytes. Whether a value
is right is for the domain to say; here it only becomes a value of the right type.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

# Above the longest text that the domain takes, so that nothing is cut unseen.
_MOST_CHARACTERS = 25_000


def texts(form: Any, *names: str) -> dict[str, str]:
    """These fields of a submitted form as texts; what is missing is empty."""
    given: Mapping[Any, Any] = form if isinstance(form, Mapping) else {}
    return {name: text(given.get(name)) for name in names}


def text(value: Any) -> str:
    """A text, cut at 25 thousand characters; anything else is an empty one."""
    return value[:_MOST_CHARACTERS] if isinstance(value, str) else ""


def instant(value: Any) -> datetime | None:
    """An aware instant in ISO 8601, or ``None``."""
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def day(value: Any) -> date | None:
    """A calendar day in ISO 8601, or ``None``."""
    try:
        return date.fromisoformat(text(value))
    except ValueError:
        return None
