"""What the visit of a draft or a booking needs besides a service, length and time."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from portal_app.domain.bookings.models import BookingDraft
from portal_app.domain.business.service_area import Place
from portal_app.domain.catalogue.models import Service
from portal_app.domain.scheduling.visits import Needs


def needs_of(tx: Session, row: BookingDraft) -> Needs:
    """What is known of a draft by now; in a class everybody it is for has a place."""
    is_class = tx.get_one(Service, row.service_id).seats > 0
    return Needs(
        place=place_of(row.address),
        seats=max(1, len(row.dependent_ids)) if is_class else 1,
    )


def place_of(address: Mapping[str, Any]) -> Place:
    """Where a kept address is, if it has a pin."""
    latitude, longitude = (address.get(key) for key in ("latitude", "longitude"))
    if not latitude or not longitude:
        return Place()
    return Place("", float(latitude), float(longitude))
