"""What the guard on time does not know: limits of a day, ways, and teams, at once."""

from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.business.models import Business
from portal_app.domain.business.service_area import Place
from portal_app.domain.catalogue.models import Service
from portal_app.domain.scheduling import service
from portal_app.domain.scheduling.models import Fieldworker, TimeClaim
from portal_app.domain.scheduling.service import SlotTaken
from portal_app.domain.scheduling.visits import NO_NEEDS, Needs
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.concurrency.threads import run_concurrently
from tests.support.sample_business import NOW, TUESDAY_NINE, create_sample_business

pytestmark = pytest.mark.each_database

PLACES = [Place("", -33.89 - step / 50, 151.27) for step in range(4)]


def _try(
    db: Database, service_id: str, half_hour: int, needs: Needs = NO_NEEDS
) -> bool:
    start = TUESDAY_NINE + timedelta(minutes=30 * half_hour)
    try:
        db.call(service.claim_slot, service_id, 30, start, needs=needs)
    except SlotTaken:
        return False
    return True


def _rows(db: Database) -> list[TimeClaim]:
    return db.query(
        lambda tx: list(
            tx.exec(
                select(TimeClaim).order_by(
                    col(TimeClaim.fieldworker_id), col(TimeClaim.starts_at)
                )
            )
        )
    )


def test_a_day_never_takes_more_visits_than_it_may(db: Database) -> None:
    shop = db.call(create_sample_business)

    def limit(tx: Session) -> None:
        tx.get_one(Fieldworker, shop.ana).visits_per_day = 3
        tx.get_one(Service, shop.cleaning).visits_per_day = 2

    db.call(limit)
    with frozen(NOW):
        walks = run_concurrently([partial(_try, db, shop.walk, at) for at in range(8)])
        cleans = run_concurrently(
            [partial(_try, db, shop.cleaning, at) for at in range(0, 14, 2)]
        )
    assert (sum(walks), sum(cleans)) == (3, 2)
    assert len(_rows(db)) == 5


def test_visits_for_two_never_take_one(db: Database) -> None:
    shop = db.call(create_sample_business)

    def for_two(tx: Session) -> None:
        tx.get_one(Service, shop.cleaning).people_needed = 2

    db.call(for_two)
    with frozen(NOW):
        won = run_concurrently(
            [
                partial(_try, db, one, at)
                for at in range(6)
                for one in (shop.cleaning, shop.walk)
            ]
        )
    rows = _rows(db)
    cleaned = [row for row in rows if row.service_id == shop.cleaning]
    spans = sorted((row.starts_at, row.ends_at) for row in cleaned)
    assert spans[::2] == spans[1::2]
    assert len(rows) == sum(won[1::2]) + 2 * sum(won[::2])


def test_ways_are_kept_between_visits_that_are_claimed_at_once(db: Database) -> None:
    shop = db.call(create_sample_business)

    def travel(tx: Session) -> None:
        tx.get_one(Business, 1).travel_kmh = 10

    db.call(travel)
    with frozen(NOW):
        won = run_concurrently(
            [
                partial(_try, db, shop.walk, at, Needs(place=PLACES[at % 4]))
                for at in range(12)
            ]
        )
    rows = _rows(db)
    assert len(rows) == sum(won) > 1
    for one, other in pairwise(rows):
        assert one.ends_at <= other.starts_at
        steps = abs(one.latitude - other.latitude) * 50  # type: ignore[operator]
        # A step is 2.22 km.
        assert other.travel_minutes >= 13 * round(steps)
