"""Structured logs: JSON lines in production, readable lines in demo mode.

What is logged are ids, kinds and counts; never an address, a name, a token or
what somebody typed.
"""

import logging
import re

import structlog

from portal_app.settings import Settings

_NOISY_LOGGERS = ("reflex.app", "reflex_base.event.processor.base_state_processor")
# They log the addresses they ask for, with what is looked for in them.
_HTTP_CLIENT_LOGGERS = ("httpx2", "httpcore2")
_TYPED_INPUT = re.compile(r"\s*(Event data:| with value ).*", re.S)


class RedactingFilter(logging.Filter):
    """Cuts the payload off Reflex's warnings about an event it cannot read.

    They would write passwords and addresses into the log.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten a record; every record goes on."""
        record.msg = _TYPED_INPUT.sub("", record.getMessage())
        record.args = ()
        return True


def configure_logs(settings: Settings) -> None:
    """Set up structlog for this process; doing it again holds for every logger."""
    renderer = (
        structlog.processors.JSONRenderer()
        if settings.env == "production"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    for name in _HTTP_CLIENT_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _NOISY_LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(f, RedactingFilter) for f in logger.filters):
            logger.addFilter(RedactingFilter())
