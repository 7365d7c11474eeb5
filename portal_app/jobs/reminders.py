"""Telling people of what draws near."""

import structlog

from portal_app.domain.dependents import service as dependents
from portal_app.kernel.db import Database

log = structlog.get_logger("jobs")


def remind_of_documents(db: Database) -> int:
    """Tell customers of dependents' documents that expire, or just have.

    Returns:
        How many mails were written.
    """
    written = dependents.remind_of_ends(db)
    if written:
        log.info("reminded of documents", count=written)
    return written
