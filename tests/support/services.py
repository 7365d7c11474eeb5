"""Services that belong to one test, each with its own fieldworker."""

import secrets
from dataclasses import dataclass

from sqlmodel import Session

from portal_app.domain.catalogue import definitions
from portal_app.domain.catalogue.definitions import ServiceDefinition
from portal_app.domain.scheduling import roster
from portal_app.domain.scheduling.roster import FieldworkerDefinition, weekly_hours
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.db import Database
from tests.support.dependents import define_walk_fields


@dataclass(frozen=True)
class DedicatedService:
    """A service nobody else books, and the only person who does it."""

    slug: str
    name: str
    fieldworker: str


def create_all_day_service(database: Database) -> DedicatedService:
    """A service of the demo business that is free once a day, at 9:00 am."""
    unique = secrets.token_hex(3)
    offer = DedicatedService(
        f"long-day-{unique}", f"Long day {unique}", f"Robin {unique}"
    )
    database.call(
        _define_service,
        offer,
        ServiceDefinition(
            slug=offer.slug,
            category_slug="pool-care",
            name=offer.name,
            base_price_minor=40_000,
            duration_minutes=8 * 60,
            summary="All day at your pool.",
            position=99,
        ),
    )
    return offer


def create_walk_with_fields(database: Database) -> DedicatedService:
    """A walk for pets that asks ``WALK_FIELDS``; the first of them is required."""
    unique = secrets.token_hex(3)
    offer = DedicatedService(
        f"asking-walk-{unique}", f"Asking walk {unique}", f"Kim {unique}"
    )
    service_id = database.call(
        _define_service,
        offer,
        ServiceDefinition(
            slug=offer.slug,
            category_slug="pet-care",
            name=offer.name,
            base_price_minor=3_000,
            duration_minutes=30,
            summary="A walk with questions.",
            dependent_types=("pet",),
            position=98,
        ),
    )
    database.call(define_walk_fields, service_id)
    return offer


def _define_service(
    tx: Session, offer: DedicatedService, definition: ServiceDefinition
) -> str:
    service_id = definitions.define_service(tx, SYSTEM, definition)
    roster.define_fieldworker(
        tx,
        SYSTEM,
        FieldworkerDefinition(
            name=offer.fieldworker,
            skills=(offer.slug,),
            hours=weekly_hours(range(7), "09:00", "17:00"),
            position=99,
        ),
    )
    return service_id
