"""What runs without a browser, and how often.

The serving process starts a schedule with itself; ``jobs run`` runs one alone.
Several may run at once: every job keeps others apart by what it writes.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC
from threading import Event

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from portal_app.backups.retention import BackupFolder
from portal_app.backups.stored_files import BackedUpStorage
from portal_app.domain.notifications.outbox import Mailer
from portal_app.jobs.tasks import (
    delete_unused_files,
    deliver_outbox,
    expire_requests,
    extend_series,
    make_backup,
    purge_expired,
    send_document_reminders,
    send_reminders,
    sweep_holds,
    watch_quotes,
)
from portal_app.kernel.db import Database

log = structlog.get_logger("jobs")


@dataclass(frozen=True, slots=True)
class Job:
    """Something to run again and again.

    Attributes:
        name: For the log.
        every_seconds: From one start to the next; a run that takes longer
            skips the starts it missed.
        run: Takes nothing; what it raises is logged and does not stop the job.
    """

    name: str
    every_seconds: int
    run: Callable[[], object]


class Schedule:
    """Runs jobs in threads of their own, each at most once at a time."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._jobs = tuple(jobs)
        self._scheduler: BackgroundScheduler | None = None

    def start(self) -> None:
        """Start; a schedule that runs already is left alone."""
        if self._scheduler is not None:
            return
        # It warns whenever a run takes longer than its interval.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": None,
            },
        )
        for job in self._jobs:
            scheduler.add_job(
                _run_job, "interval", args=[job], seconds=job.every_seconds, id=job.name
            )
        scheduler.start()
        self._scheduler = scheduler

    def stop(self) -> None:
        """Stop, after what is running has ended; a stopped one is left alone."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
            self._scheduler = None

    def run_once(self) -> None:
        """Run every job once, here and now."""
        for job in self._jobs:
            _run_job(job)

    def run_until(self, stopped: Event) -> None:
        """Run until an event is set, as by a signal."""
        self.start()
        try:
            stopped.wait()
        finally:
            self.stop()


def portal_schedule(
    db: Database,
    mailer: Mailer,
    storage: BackedUpStorage,
    backups: BackupFolder | None = None,
) -> Schedule:
    """The jobs of the portal; ``backups`` says where backups go, if anywhere."""
    jobs = [
        Job("deliver outbox", 1, lambda: deliver_outbox(db, mailer)),
        Job("sweep holds", 1, lambda: sweep_holds(db)),
        Job("purge expired", 3600, lambda: purge_expired(db)),
        Job("extend series", 3600, lambda: extend_series(db)),
        Job("remind of documents", 900, lambda: send_document_reminders(db)),
        Job("watch quotes", 300, lambda: watch_quotes(db)),
        Job("remind of visits", 60, lambda: send_reminders(db)),
        Job("expire requests", 20, lambda: expire_requests(db)),
        Job("sweep files", 600, lambda: delete_unused_files(db, storage)),
    ]
    if backups is not None:
        jobs.append(Job("make backup", 900, lambda: make_backup(db, storage, backups)))
    return Schedule(jobs)


def _run_job(job: Job) -> None:
    try:
        job.run()
    except Exception:
        log.exception("job failed", job=job.name)
