"""Deleting what has served its time."""

import structlog

from portal_app.domain.accounts import (
    attempts,
    devices,
    offers,
    provider_flows,
    security,
    sessions,
    tokens,
)
from portal_app.domain.bookings import links
from portal_app.domain.bookings.forgetting import forget_drafts
from portal_app.domain.customers import channels, contacts
from portal_app.domain.customers.forgetting import forget_unverified
from portal_app.domain.notifications import service as notifications
from portal_app.kernel.db import Database

log = structlog.get_logger("jobs")


def purge_expired(db: Database) -> dict[str, int]:
    """Delete what is over, from attempts to drafts that nobody went on with.

    Each kind in transactions of its own; safe to repeat.

    Returns:
        How many rows of each kind were deleted.
    """
    deleted = {
        "attempt_windows": db.call(attempts.purge),
        "tokens": db.call(tokens.purge),
        "sessions": db.call(sessions.purge),
        "provider_flows": db.call(provider_flows.purge),
        "offers": db.call(offers.purge),
        "devices": db.call(devices.purge),
        "security_events": db.call(security.purge),
        "booking_links": db.call(links.purge),
        "drafts": forget_drafts(db),
        "unverified_accounts": forget_unverified(db),
        "removed_contacts": db.call(contacts.purge),
        "contact_stops": db.call(channels.purge),
        "messages": db.call(notifications.purge),
    }
    if any(deleted.values()):
        log.info("purged", **deleted)
    return deleted
