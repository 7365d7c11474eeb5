"""Turn an exception into words for a person, and log it."""

import asyncio

import structlog
from reflex.event import EventSpec

from portal_app.kernel.errors import UNEXPECTED_ERROR, DomainError
from portal_app.state.core import outages
from portal_app.state.core.toasts import toast

log = structlog.get_logger("events")
_MOST_REPORTED = 500
_telling: set[asyncio.Task[None]] = set()


def words_for(exception: Exception) -> str:
    """One sentence about an exception.

    A refusal of the domain speaks for itself, and so does an outage; everything else
    is a bug, logged whole and apologised for.
    """
    if isinstance(exception, DomainError):
        return exception.message
    outage = outages.outage_behind(exception)
    if outage is not None:
        log.warning("something does not answer", exc_info=exception)
        return outage.message
    log.error("handler failed", exc_info=exception)
    return UNEXPECTED_ERROR


def answer_exception(exception: Exception) -> EventSpec | None:
    """The message that stands for what a handler raised.

    ``None`` where a message cannot go the usual way: it is on its own way then.
    """
    words = words_for(exception)
    if outages.outage_behind(exception) is None:
        return toast("error", words)
    _tell(words)
    return None


def answer_failed_event(exception: Exception) -> EventSpec | None:
    """Answer an event that failed outside its handler, as without its state.

    Nothing follows the usual way: an event that says so would fail like this one.
    """
    _tell(words_for(exception))
    return None


def _tell(words: str) -> None:
    telling = asyncio.get_running_loop().create_task(outages.tell(words))
    # The loop itself only holds a weak reference.
    _telling.add(telling)
    telling.add_done_callback(_telling.discard)


def log_browser_error(exception: Exception) -> None:
    """Log what the browser reported about a failing page."""
    log.error("page failed in the browser", report=str(exception)[:_MOST_REPORTED])
