"""Deleting files that nothing refers to."""

import structlog

from portal_app.domain.files import service as files
from portal_app.domain.files.service import Storage
from portal_app.kernel.db import Database

log = structlog.get_logger("jobs")


def sweep_files(db: Database, storage: Storage) -> int:
    """Delete what was removed, or handed in and not used within a day.

    Returns:
        How many were deleted.
    """
    swept = 0
    while some := files.sweep(db, storage):
        swept += some
    if swept:
        log.info("files swept", count=swept)
    return swept
