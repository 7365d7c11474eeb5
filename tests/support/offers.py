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
    database.call(_define, offer)
    return offer


def _define(tx: Session, offer: Offer) -> None:
    offering.define_service(
        tx,
        SYSTEM,
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
