"""The tasks of the schedule: outbox, reminders, unused files, retention, backups."""

import structlog

from portal_app.backups.manifest import BackupError
from portal_app.backups.retention import BackupFolder
from portal_app.backups.stored_files import BackedUpStorage
from portal_app.domain.accounts import second_factor, security_log, sessions, tokens
from portal_app.domain.bookings import approval, changes, guests, series_extension
from portal_app.domain.bookings import reminders as visit_reminders
from portal_app.domain.bookings.draft_owners import delete_stale_drafts
from portal_app.domain.customers import contact_points, contacts
from portal_app.domain.dependents import reminders
from portal_app.domain.files import attachments
from portal_app.domain.files.protocols import Storage
from portal_app.domain.imports import service as imports
from portal_app.domain.notifications import outbox as notifications
from portal_app.domain.notifications.outbox import Mailer
from portal_app.domain.quotes import access, expiry
from portal_app.domain.rate_limits import limiter
from portal_app.domain.scheduling import holds
from portal_app.domain.sign_in import pending_identities, provider_flows
from portal_app.domain.sign_in.sign_up import delete_unverified_accounts
from portal_app.kernel.db import Database

log = structlog.get_logger("jobs")


def _noted(event: str, count: int, of: str = "count") -> int:
    """The count, logged unless nothing was done."""
    if count:
        log.info(event, **{of: count})
    return count


def delete_unused_files(db: Database, storage: Storage) -> int:
    """Delete what was removed, or handed in and not used within a day.

    Returns:
        How many were deleted.
    """
    swept = 0
    while some := attachments.delete_unused_files(db, storage):
        swept += some
    return _noted("files swept", swept)


_OUTBOX_BATCH_SIZE = 100


def deliver_outbox(db: Database, mailer: Mailer) -> int:
    """Deliver the messages that are due; at most 100, so that others get a turn.

    Returns:
        How many were delivered.
    """
    return notifications.deliver_due(db, mailer, limit=_OUTBOX_BATCH_SIZE)


def sweep_holds(db: Database) -> int:
    """Give back the time of holds that are over.

    Returns:
        How many.
    """
    return _noted("holds swept", holds.sweep(db))


def send_document_reminders(db: Database) -> int:
    """Tell customers of dependents' documents that expire, or just have.

    Returns:
        How many mails were written.
    """
    written = reminders.remind_of_expiring_documents(db)
    return _noted("reminded of documents", written)


def watch_quotes(db: Database) -> int:
    """Close the quotes that ran out, and warn of those that will.

    Returns:
        How many were closed or warned of.
    """
    closed, warned = expiry.close_expired(db), expiry.warn_of_expiry(db)
    if closed or warned:
        log.info("quotes watched", closed=closed, warned=warned)
    return closed + warned


def send_reminders(db: Database) -> int:
    """Remind customers of their visits, at the times the business sets.

    Returns:
        How many mails were written.
    """
    return _noted("reminded of visits", visit_reminders.send_reminders(db))


def expire_requests(db: Database) -> int:
    """Let requests for bookings lapse that the office did not answer in time.

    Returns:
        How many.
    """
    return _noted("requests expired", approval.expire_requests(db))


def extend_series(db: Database) -> int:
    """Book the visits of repeating bookings whose days can be booked now.

    Returns:
        How many.
    """
    booked = series_extension.extend_series(db)
    return _noted("series extended", booked, of="visits")


def make_backup(db: Database, storage: BackedUpStorage, backups: BackupFolder) -> None:
    """Make the day's backup if it is due; what keeps it from being made is logged."""
    try:
        backups.make_if_due(db, storage)
    except BackupError as error:
        log.error("no backup was made", reason=str(error))


def purge_expired(db: Database) -> dict[str, int]:
    """Delete what is over, from attempts to drafts that nobody went on with.

    Each kind in transactions of its own; safe to repeat.

    Returns:
        How many rows of each kind were deleted.
    """
    deleted = {
        "attempt_windows": db.call(limiter.purge),
        "tokens": db.call(tokens.purge),
        "code_requests": db.call(second_factor.purge),
        "sessions": db.call(sessions.purge),
        "provider_flows": db.call(provider_flows.purge),
        "offers": db.call(pending_identities.purge),
        "devices": db.call(sessions.purge_devices),
        "security_events": db.call(security_log.purge),
        "booking_links": db.call(guests.purge_links),
        "change_offers": db.call(changes.purge_offers),
        "quote_links": db.call(access.purge_links),
        "drafts": delete_stale_drafts(db),
        "unverified_accounts": delete_unverified_accounts(db),
        "removed_contacts": db.call(contacts.purge),
        "contact_stops": db.call(contact_points.purge_stop_links),
        "imports": db.call(imports.purge),
        "messages": db.call(notifications.purge),
    }
    if any(deleted.values()):
        log.info("purged", **deleted)
    return deleted
