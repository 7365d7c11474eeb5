"""Structured logs: JSON lines in production, readable lines in demo mode.

What is logged are ids, kinds and counts; never an address, a name, a token or
what somebody typed.
"""

import logging

import structlog

from portal_app.settings import Settings


def configure_logs(settings: Settings) -> None:
    """Set up structlog for this process."""
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
        cache_logger_on_first_use=True,
    )
