"""Holding, confirming and giving back at once: time and places are taken once."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from itertools import pairwise
from random import Random

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.catalogue.models import Service
from portal_app.domain.scheduling import claims, classes, holds, service
from portal_app.domain.scheduling.classes import SessionForm
from portal_app.domain.scheduling.holds import HoldTerms
from portal_app.domain.scheduling.models import TimeClaim
from portal_app.domain.scheduling.service import SlotTaken
from portal_app.domain.scheduling.visits import Needs
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.concurrency.threads import run_concurrently
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    SampleBusiness,
    create_sample_business,
)

pytestmark = pytest.mark.each_database

SEATS, PEOPLE, STEPS = 4, 8, 6


def _shop(tx: Session) -> SampleBusiness:
    shop = create_sample_business(tx)
    tx.get_one(Service, shop.walk).seats = SEATS
    form = SessionForm(day="2026-11-03", starts="09:00", fieldworker=shop.ana)
    with frozen(NOW):
        classes.schedule(tx, SYSTEM, shop.walk, form)
    return shop


def _live(db: Database, shop: SampleBusiness, seed: int) -> None:
    """What somebody might do, one thing after the other."""
    chance = Random(seed)
    mine: list[str] = []
    for step in range(STEPS):
        holder, later = f"{seed}.{step}", timedelta(minutes=10 * step)
        wanted = chance.choice([(shop.walk, 30, 0), (shop.cleaning, 90, 60)])
        service_id, minutes, after = wanted
        start = TUESDAY_NINE + timedelta(minutes=after * chance.randint(1, 5))
        take = partial(
            db.call,
            service.claim_slot,
            service_id,
            minutes,
            start,
            needs=Needs(seats=chance.randint(1, 2)),
        )
        with frozen(NOW + later):
            try:
                if chance.random() < 0.5:
                    until = NOW + later + timedelta(minutes=15)
                    take(holder=holder, hold=HoldTerms(until, str(seed)))
                    if chance.random() < 0.3:
                        db.call(holds.give_back, [holder])
                        continue
                mine = take(holder=holder, replaces=mine).claim_ids
            except SlotTaken:
                continue
            if chance.random() < 0.3:
                db.call(claims.release, mine)
                mine = []


def _active(tx: Session) -> Sequence[TimeClaim]:
    return tx.exec(
        select(TimeClaim)
        .where(col(TimeClaim.released_at).is_(None))
        .order_by(col(TimeClaim.fieldworker_id), col(TimeClaim.starts_at))
    ).all()


def test_time_and_places_are_taken_once_whatever_happens_at_once(db: Database) -> None:
    shop = db.call(_shop)
    run_concurrently([partial(_live, db, shop, seed) for seed in range(PEOPLE)])

    rows = db.query(_active)
    seats = [row.seat for row in rows if row.session_id]
    assert len(seats) == len(set(seats)) <= SEATS
    assert set(seats) <= set(range(1, SEATS + 1))
    others = [row for row in rows if not row.session_id]
    assert len(others) > 1
    for one, other in pairwise(others):
        same = one.fieldworker_id == other.fieldworker_id
        assert not same or one.ends_at <= other.starts_at
