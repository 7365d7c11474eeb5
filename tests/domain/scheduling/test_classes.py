"""Classes that the office schedules, and places in them."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.catalogue.models import Service
from portal_app.domain.scheduling import classes, service
from portal_app.domain.scheduling.classes import SessionForm
from portal_app.domain.scheduling.holds import HoldTerms
from portal_app.domain.scheduling.models import ClassSession, TimeClaim
from portal_app.domain.scheduling.service import Slot, SlotTaken
from portal_app.domain.scheduling.visits import Needs
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    SampleBusiness,
    create_sample_business,
)
from tests.support.snapshots import database_snapshot

pytestmark = pytest.mark.each_database

TUESDAY = date(2026, 11, 3)
WEEK = timedelta(days=7)
FORM = {"day": "2026-11-03", "starts": "09:00", "seats": "2"}


@pytest.fixture
def shop(db: Database) -> SampleBusiness:
    def build(tx: Session) -> SampleBusiness:
        built = create_sample_business(tx)
        tx.get_one(Service, built.walk).seats = 8
        return built

    return db.call(build)


def _schedule(db: Database, shop: SampleBusiness, **typed: str) -> int:
    form = SessionForm(**{**FORM, "fieldworker": shop.ana, **typed})
    return db.call(classes.schedule, SYSTEM, shop.walk, form)


def test_only_what_is_scheduled_is_offered_with_the_places_left(
    db: Database, shop: SampleBusiness
) -> None:
    with frozen(NOW):
        assert db.query(service.free_slots, shop.walk, 30, TUESDAY) == []
        assert _schedule(db, shop, weeks="3") == 3
        days = db.query(service.free_days, shop.walk, 30, TUESDAY, TUESDAY + 10 * WEEK)
        db.call(service.claim_slot, shop.walk, 30, TUESDAY_NINE)
        [slot] = db.query(service.free_slots, shop.walk, 30, TUESDAY)
        near = db.query(service.nearest_slots, shop.walk, 30, TUESDAY_NINE, limit=2)
        [(first, _), (second, _)] = db.query(service.next_free_slots, shop.walk, 30, 2)
    assert days == [TUESDAY, TUESDAY + WEEK, TUESDAY + 2 * WEEK]
    assert slot == Slot(TUESDAY_NINE, (shop.ana,), 1)
    assert [one.starts_at for one in near] == [TUESDAY_NINE, TUESDAY_NINE + WEEK]
    assert (first, second) == (TUESDAY, TUESDAY + WEEK)


def test_each_place_is_taken_once_and_given_back(
    db: Database, shop: SampleBusiness
) -> None:
    with frozen(NOW):
        _schedule(db, shop)
        two = db.call(
            service.claim_slot, shop.walk, 30, TUESDAY_NINE, needs=Needs(seats=2)
        )
        assert len(set(two.claim_ids)) == 2
        assert (two.names, two.fieldworker_id) == (["Ana"], shop.ana)
        assert not db.query(service.is_free, shop.walk, 30, TUESDAY_NINE)
        with pytest.raises(SlotTaken):
            db.call(service.claim_slot, shop.walk, 30, TUESDAY_NINE)
        # Whoever has both places may have one of them instead.
        moved = db.call(
            service.claim_slot, shop.walk, 30, TUESDAY_NINE, replaces=two.claim_ids
        )
        [slot] = db.query(service.free_slots, shop.walk, 30, TUESDAY)
    assert slot.places_left == 1
    assert len(moved.claim_ids) == 1


def test_a_place_is_held_and_free_again_to_the_instant(
    db: Database, shop: SampleBusiness
) -> None:
    until = NOW + timedelta(minutes=10)
    with frozen(NOW):
        _schedule(db, shop, seats="1")
        held = db.call(
            service.claim_slot,
            shop.walk,
            30,
            TUESDAY_NINE,
            holder="d",
            hold=HoldTerms(until, "maya"),
        )
        assert not db.query(service.is_free, shop.walk, 30, TUESDAY_NINE)
        assert db.query(service.is_free, shop.walk, 30, TUESDAY_NINE, holder="d")
    with frozen(until - timedelta(seconds=1)):
        kept = db.call(service.claim_slot, shop.walk, 30, TUESDAY_NINE, holder="d")
    assert kept == held

    def hold_again(tx: Session) -> None:
        row = tx.get_one(TimeClaim, kept.claim_id)
        row.expires_at, row.holder = until, "d"

    db.call(hold_again)
    with frozen(until):
        other = db.call(service.claim_slot, shop.walk, 30, TUESDAY_NINE)
    assert other.claim_id != kept.claim_id


def test_who_leads_a_class_is_taken_and_a_class_is_scheduled_once(
    db: Database, shop: SampleBusiness
) -> None:
    with frozen(NOW):
        assert (_schedule(db, shop, weeks="2"), _schedule(db, shop, weeks="2")) == (
            2,
            0,
        )
        with pytest.raises(SlotTaken):
            db.call(
                service.claim_slot,
                shop.cleaning,
                90,
                TUESDAY_NINE,
                fieldworker_id=shop.ana,
            )
        before = database_snapshot(db)
        with pytest.raises(Conflict, match="not free on Tuesday, 10 November 2026"):
            _schedule(db, shop, starts="08:45", day="2026-11-10")
        assert database_snapshot(db) == before


def test_a_class_that_somebody_booked_is_not_cancelled(
    db: Database, shop: SampleBusiness
) -> None:
    with frozen(NOW):
        _schedule(db, shop)
        [view] = db.query(classes.session_views, SYSTEM, shop.walk)
        assert (view.places, view.fieldworker) == ("0 of 2 places taken", "Ana")
        claimed = db.call(service.claim_slot, shop.walk, 30, TUESDAY_NINE)
        with pytest.raises(Conflict, match="1 place of this class"):
            db.call(classes.cancel, SYSTEM, view.id)
        db.call(
            service.claim_slot,
            shop.cleaning,
            90,
            TUESDAY_NINE + timedelta(hours=1),
            replaces=claimed.claim_ids,
        )
        db.call(classes.cancel, SYSTEM, view.id)
        db.call(classes.cancel, SYSTEM, view.id)
        assert db.query(classes.session_views, SYSTEM, shop.walk) == []
        assert not db.query(service.is_free, shop.walk, 30, TUESDAY_NINE)

    def active(tx: Session) -> list[str | None]:
        rows = tx.exec(
            select(TimeClaim.service_id).where(col(TimeClaim.released_at).is_(None))
        )
        return list(rows)

    assert db.query(active) == [shop.cleaning]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"day": "soon"}, "day"),
        ({"day": "2026-11-01"}, "day"),
        ({"starts": "noon"}, "starts"),
        ({"seats": "0"}, "seats"),
        ({"weeks": "53"}, "weeks"),
        ({"fieldworker": "nobody"}, "fieldworker"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(
    db: Database, shop: SampleBusiness, typed: dict[str, str], wrong: str
) -> None:
    with frozen(NOW), pytest.raises(InvalidInput) as refused:
        _schedule(db, shop, **typed)
    assert list(refused.value.fields) == [wrong]
    assert db.query(lambda tx: tx.exec(select(ClassSession)).all()) == []


def test_only_the_office_schedules(db: Database, shop: SampleBusiness) -> None:
    customer = Actor(audience=Audience.CUSTOMER, account_id="a", customer_id="c")
    for intention, *arguments in (
        (classes.schedule, shop.walk, SessionForm()),
        (classes.cancel, "x"),
        (classes.session_views, shop.walk),
    ):
        with pytest.raises(NotAllowed):
            db.call(intention, customer, *arguments)
