"""Claims of visits for several people or services, with their ways and limits."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.business.models import Business
from portal_app.domain.business.service_area import Place
from portal_app.domain.catalogue.models import Service
from portal_app.domain.scheduling import claims, service
from portal_app.domain.scheduling.holds import HoldTerms
from portal_app.domain.scheduling.models import Fieldworker, TimeClaim
from portal_app.domain.scheduling.service import SlotTaken
from portal_app.domain.scheduling.visits import AT_ONCE, Needs
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    SampleBusiness,
    create_sample_business,
)

pytestmark = pytest.mark.each_database

TUESDAY = date(2026, 11, 3)
BONDI = Place("", -33.89, 151.27)
COOGEE = Place("", -33.92, 151.25)  # 3.8 km from Bondi: 12 minutes at 20 km/h
PARRAMATTA = Place("", -33.81, 151.00)  # 26.5 km from Bondi: 80 minutes


@pytest.fixture
def shop(db: Database) -> SampleBusiness:
    return db.call(create_sample_business)


def _at(minutes: int) -> datetime:
    return TUESDAY_NINE + timedelta(minutes=minutes)


def _change(db: Database, table: type, key: object, **values: object) -> None:
    def change(tx: Session) -> None:
        row = tx.get_one(table, key)
        for name, value in values.items():
            setattr(row, name, value)

    db.call(change)


def _claims(db: Database) -> list[tuple[str, int, int, int]]:
    """Whose active claims there are, from and to in minutes after nine, and ways."""

    def read(tx: Session) -> list[tuple[str, int, int, int]]:
        rows = tx.exec(
            select(TimeClaim)
            .where(col(TimeClaim.released_at).is_(None))
            .order_by(col(TimeClaim.starts_at), col(TimeClaim.fieldworker_id))
        )
        minute = timedelta(minutes=1)
        return [
            (
                row.fieldworker_id,
                (row.starts_at - TUESDAY_NINE) // minute,
                (row.ends_at - TUESDAY_NINE) // minute,
                row.travel_minutes,
            )
            for row in rows
        ]

    return db.query(read)


def test_a_service_for_two_takes_both_or_nobody(
    db: Database, shop: SampleBusiness
) -> None:
    _change(db, Service, shop.cleaning, people_needed=2)
    with frozen(NOW):
        claimed = db.call(service.claim_slot, shop.cleaning, 90, _at(0))
        both = [(shop.ana, 0, 120, 0), (shop.ben, 0, 120, 0)]
        assert claimed.names == ["Ana", "Ben"]
        assert _claims(db) == both
        db.call(service.claim_time, shop.ben, _at(180), _at(240))
        with pytest.raises(SlotTaken):
            db.call(service.claim_slot, shop.cleaning, 90, _at(150))
        slots = db.query(service.free_slots, shop.cleaning, 90, TUESDAY)
        assert _claims(db) == [*both, (shop.ben, 180, 240, 0)]
        db.call(claims.release, claimed.claim_ids)
        assert _claims(db) == [(shop.ben, 180, 240, 0)]
    assert [slot.starts_at for slot in slots] == [_at(240 + n * 30) for n in range(5)]


def test_a_hold_for_two_becomes_the_booking_of_both(
    db: Database, shop: SampleBusiness
) -> None:
    _change(db, Service, shop.cleaning, people_needed=2)
    hold = HoldTerms(NOW + timedelta(minutes=10), "maya")
    with frozen(NOW):
        held = db.call(
            service.claim_slot, shop.cleaning, 90, _at(0), holder="d", hold=hold
        )
        assert not db.query(service.is_free, shop.cleaning, 90, _at(0))
        assert db.query(service.is_free, shop.cleaning, 90, _at(0), holder="d")
        booked = db.call(service.claim_slot, shop.cleaning, 90, _at(0), holder="d")
    assert booked == held
    with frozen(NOW + timedelta(hours=1)):
        assert not db.query(service.is_free, shop.cleaning, 90, _at(0))


def test_one_person_does_services_in_turn_and_others_where_none_can(
    db: Database, shop: SampleBusiness
) -> None:
    needs = Needs(more=((shop.walk, 30),))
    with frozen(NOW):
        # Only Ana walks dogs; she cleans as well.
        same = db.call(service.claim_slot, shop.cleaning, 90, _at(0), needs=needs)
        assert same.names == ["Ana"]
        assert _claims(db) == [(shop.ana, 0, 90, 0), (shop.ana, 90, 120, 0)]
        db.call(service.claim_time, shop.ana, _at(120), _at(240))
        others = db.call(service.claim_slot, shop.cleaning, 90, _at(150), needs=needs)
    assert others.names == ["Ben", "Ana"]
    assert [(one.starts_at, one.ends_at) for one in others.others] == [
        (_at(240), _at(270))
    ]


def test_services_at_once_take_different_people(
    db: Database, shop: SampleBusiness
) -> None:
    needs = Needs(more=((shop.walk, 30),), mode=AT_ONCE)
    with frozen(NOW):
        claimed = db.call(service.claim_slot, shop.cleaning, 90, _at(0), needs=needs)
        with pytest.raises(SlotTaken):
            db.call(
                service.claim_slot,
                shop.walk,
                30,
                _at(180),
                fieldworker_id=shop.ben,
                needs=Needs(more=((shop.walk, 30),), mode=AT_ONCE),
            )
    assert claimed.names == ["Ben", "Ana"]
    assert _claims(db) == [(shop.ana, 0, 30, 0), (shop.ben, 0, 120, 0)]


def test_a_claim_begins_with_the_way_from_the_base_or_the_visit_before(
    db: Database, shop: SampleBusiness
) -> None:
    _change(db, Business, 1, travel_kmh=20)
    _change(
        db,
        Fieldworker,
        shop.ana,
        base_latitude=BONDI.latitude,
        base_longitude=BONDI.longitude,
    )
    coogee, parramatta = Needs(place=COOGEE), Needs(place=PARRAMATTA)
    with frozen(NOW):
        # Ways are work: who begins at nine cannot be there at nine.
        with pytest.raises(SlotTaken):
            db.call(service.claim_slot, shop.walk, 30, _at(0), needs=coogee)
        db.call(service.claim_slot, shop.walk, 30, _at(30), needs=coogee)
        db.call(service.claim_slot, shop.walk, 30, _at(210), needs=parramatta)
        assert _claims(db) == [(shop.ana, 18, 60, 12), (shop.ana, 131, 240, 79)]
        # Between them: three minutes on from Coogee, and 80 from Bondi to the next.
        slots = db.query(
            service.free_slots,
            shop.walk,
            30,
            TUESDAY,
            needs=Needs(place=BONDI),
        )
        free = [(one.starts_at - TUESDAY_NINE) // timedelta(minutes=1) for one in slots]
        assert free == [90, 330, 360, 390, 420, 450]
        db.call(service.claim_slot, shop.walk, 30, _at(90), needs=Needs(place=BONDI))
    assert _claims(db) == [
        (shop.ana, 18, 60, 12),
        (shop.ana, 78, 120, 12),
        (shop.ana, 130, 240, 80),
    ]


def test_places_that_are_not_known_take_no_way(
    db: Database, shop: SampleBusiness
) -> None:
    _change(db, Business, 1, travel_kmh=20)
    with frozen(NOW):
        db.call(service.claim_slot, shop.walk, 30, _at(0), needs=Needs(place=BONDI))
        db.call(service.claim_slot, shop.walk, 30, _at(30))
    assert _claims(db) == [(shop.ana, 0, 30, 0), (shop.ana, 30, 60, 0)]


def test_a_day_takes_so_many_visits_of_somebody(
    db: Database, shop: SampleBusiness
) -> None:
    _change(db, Fieldworker, shop.ana, visits_per_day=2)
    with frozen(NOW):
        for minutes in (0, 60):
            db.call(service.claim_slot, shop.walk, 30, _at(minutes))
        with pytest.raises(SlotTaken):
            db.call(service.claim_slot, shop.walk, 30, _at(120))
        first, last = date(2026, 11, 2), date(2026, 11, 5)
        days = db.query(service.free_days, shop.walk, 30, first, last)
        # The day after, and in place of one of the two, there is room.
        db.call(service.claim_slot, shop.walk, 30, _at(1440))
    assert [day.day for day in days] == [2, 4, 5]
    assert len(_claims(db)) == 3


def test_a_day_takes_so_many_visits_of_a_service(
    db: Database, shop: SampleBusiness
) -> None:
    _change(db, Service, shop.cleaning, visits_per_day=1, people_needed=2)
    with frozen(NOW):
        claimed = db.call(service.claim_slot, shop.cleaning, 90, _at(0))
        with pytest.raises(SlotTaken):
            db.call(service.claim_slot, shop.cleaning, 90, _at(240))
        moved = db.call(
            service.claim_slot,
            shop.cleaning,
            90,
            _at(240),
            replaces=claimed.claim_ids,
        )
    assert moved.names == ["Ana", "Ben"]
    assert _claims(db) == [(shop.ana, 240, 360, 0), (shop.ben, 240, 360, 0)]
