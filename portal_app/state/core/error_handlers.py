"""Turn an exception of a handler into a toast, and log it."""

import structlog
from reflex.event import EventSpec

from portal_app.kernel.errors import DomainError
from portal_app.state.core.toasts import toast

log = structlog.get_logger("events")
_UNEXPECTED_ERROR = "Something went wrong on our side. Please try again."


def answer_exception(exception: Exception) -> EventSpec | None:
    """Turn what a handler raised into a toast.

    A refusal of the domain speaks for itself; everything else is a bug, logged
    whole and apologised for.

    Args:
        exception: What the handler raised.

    Returns:
        The toast.
    """
    if isinstance(exception, DomainError):
        return toast("error", exception.message)
    log.error("handler failed", exc_info=exception)
    return toast("error", _UNEXPECTED_ERROR)


def log_browser_error(exception: Exception) -> None:
    """Log what the browser reported about a failing page."""
    log.error("page failed in the browser", report=str(exception)[:2000])
