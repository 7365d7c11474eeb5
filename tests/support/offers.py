"""Services that belong to one test, with somebody of their own to do them."""

import secrets
from dataclasses import dataclass

from sqlmodel import Session

from portal_app.domain.catalogue import offering
from portal_app.domain.catalogue.offering import ServiceDefinition
from portal_app.domain.scheduling import rostering
from portal_app.domain.scheduling.rostering import FieldworkerDefinition, weekly
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.db import Database
from tests.support.household import define_walk_fields


@dataclass(frozen=True)
class Offer:
    """A service nobody else books, and the only person who does it."""

    slug: str
    name: str
    fieldworker: str


def one_a_day(database: Database) -> Offer:
    """A service of the demo business that is free once a day, at 9:00 am."""
    unique = secrets.token_hex(3)
    offer = Offer(f"long-day-{unique}", f"Long day {unique}", f"Robin {unique}")
    database.call(
        _define,
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


def a_walk_that_asks(database: Database) -> Offer:
    """A walk for pets that asks ``WALK_FIELDS``; the first of them is required."""
    unique = secrets.token_hex(3)
    offer = Offer(f"asking-walk-{unique}", f"Asking walk {unique}", f"Kim {unique}")
    service_id = database.call(
        _define,
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


def _define(tx: Session, offer: Offer, definition: ServiceDefinition) -> str:
    service_id = offering.define_service(tx, SYSTEM, definition)
    rostering.define_fieldworker(
        tx,
        SYSTEM,
        FieldworkerDefinition(
            name=offer.fieldworker,
            skills=(offer.slug,),
            hours=weekly(range(7), "09:00", "17:00"),
            position=99,
        ),
    )
    return service_id
