"""A time that is chosen is held for ten minutes, for whoever chose it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from portal_app.domain.bookings import confirmation, drafts
from portal_app.domain.bookings.draft_owners import delete_stale_drafts
from portal_app.domain.bookings.drafts import SlotGone
from portal_app.domain.bookings.models import Booking
from portal_app.domain.business.models import Business
from portal_app.domain.catalogue import definitions
from portal_app.domain.scheduling import claims, holds, roster
from portal_app.domain.scheduling.claims import FreedTime
from portal_app.domain.scheduling.models import FieldworkerSkill, TimeClaim
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support.sample_business import (
    ANSWERS,
    NOW,
    TUESDAY_NINE,
    WALK,
    SampleBusiness,
    create_sample_business,
    draft_before_contact,
    new_customer,
    ready_draft,
)
from tests.support.snapshots import database_snapshot

pytestmark = pytest.mark.each_database

MINUTE = timedelta(minutes=1)
OVER = NOW + 10 * MINUTE
"""The first instant at which nothing is held any more."""
JUST_BEFORE = OVER - timedelta(microseconds=1)
TUESDAY = TUESDAY_NINE.date() + timedelta(days=1)


@pytest.fixture
def shop(db: Database) -> SampleBusiness:
    return db.call(create_sample_business)


@pytest.fixture
def maya(db: Database, shop: SampleBusiness) -> Actor:
    return db.call(new_customer)


@pytest.fixture
def noah(db: Database, shop: SampleBusiness) -> Actor:
    return db.call(new_customer, "noah@example.com")


@pytest.fixture
def freed(monkeypatch: pytest.MonkeyPatch) -> list[FreedTime]:
    """What was freed, as it is told."""
    told: list[FreedTime] = []
    monkeypatch.setattr(
        claims, "_listeners", {lambda _tx, freed: told.extend(freed): None}
    )
    return told


def _after(minutes: int) -> datetime:
    return TUESDAY_NINE + minutes * MINUTE


def _offered(db: Database, actor: Actor, draft_id: str) -> list[datetime]:
    times = db.query(drafts.free_times, actor, draft_id, TUESDAY)
    return [datetime.fromisoformat(time.starts_at) for time in times]


def _held(db: Database) -> list[tuple[str, datetime, datetime | None]]:
    with db.read() as tx:
        rows = tx.exec(
            select(TimeClaim)
            .where(col(TimeClaim.released_at).is_(None))
            .order_by(col(TimeClaim.starts_at))
        )
        return [(row.holder, row.starts_at, row.expires_at) for row in rows]


def test_a_chosen_time_is_kept_from_others_and_not_from_oneself(
    db: Database, maya: Actor, noah: Actor
) -> None:
    with frozen(NOW):
        mine = ready_draft(db, maya)
        theirs = db.call(drafts.open_draft, noah, "dog-walk").id
        assert mine.held_until == OVER.isoformat()
        assert _offered(db, maya, mine.id)[0] == TUESDAY_NINE
        assert _offered(db, noah, theirs)[0] == _after(30)
        before = database_snapshot(db)
        with pytest.raises(SlotGone) as gone:
            db.call(drafts.choose_time, noah, theirs, TUESDAY_NINE)
        assert gone.value.times[0].starts_at == _after(30).isoformat()
        assert database_snapshot(db) == before
    with frozen(JUST_BEFORE):
        assert _offered(db, noah, theirs)[0] == _after(30)
    with frozen(OVER):
        assert _offered(db, noah, theirs)[0] == TUESDAY_NINE
        assert db.query(drafts.get_draft, maya, mine.id).held_until == ""
        # Nobody has swept yet.
        chosen = db.call(drafts.choose_time, noah, theirs, TUESDAY_NINE)
    assert chosen.held_until == (OVER + 10 * MINUTE).isoformat()
    assert _held(db) == [(theirs, TUESDAY_NINE, OVER + 10 * MINUTE)]


def test_a_hold_becomes_the_claim_of_the_booking(
    db: Database, shop: SampleBusiness, maya: Actor, freed: list[FreedTime]
) -> None:
    """Also where the business's notice has passed meanwhile."""
    with frozen(TUESDAY_NINE - timedelta(hours=2)):
        draft = ready_draft(db, maya)
        with db.read() as tx:
            [held] = tx.exec(select(TimeClaim)).all()
    with frozen(TUESDAY_NINE - timedelta(hours=1, minutes=51)):
        confirmation.confirm(db, maya, draft.id, draft.shown)
    with db.read() as tx:
        booking = tx.exec(select(Booking)).one()
        [claim] = tx.exec(select(TimeClaim)).all()
    assert (booking.claim_id, booking.fieldworker_id) == (held.id, shop.ana)
    assert (claim.holder, claim.held_by, claim.expires_at, claim.released_at) == (
        "",
        "",
        None,
        None,
    )
    assert (claim.starts_at, claim.service_id) == (TUESDAY_NINE, shop.walk)
    assert freed == []


def test_expiry_is_exact_at_confirmation(
    db: Database, maya: Actor, noah: Actor
) -> None:
    with frozen(NOW):
        mine = ready_draft(db, maya)
        theirs = db.call(drafts.open_draft, noah, "dog-walk")
    with frozen(JUST_BEFORE), pytest.raises(SlotGone):
        db.call(drafts.choose_time, noah, theirs.id, TUESDAY_NINE)
    with frozen(OVER):
        db.call(drafts.choose_time, noah, theirs.id, TUESDAY_NINE)
        before = database_snapshot(db)
        with pytest.raises(SlotGone):
            confirmation.confirm(db, maya, mine.id, mine.shown)
        assert database_snapshot(db) == before


def test_what_is_held_no_more_but_free_is_booked_all_the_same(
    db: Database, maya: Actor
) -> None:
    with frozen(NOW):
        draft = ready_draft(db, maya)
    with frozen(OVER):
        confirmation.confirm(db, maya, draft.id, draft.shown)
    assert _held(db) == [("", TUESDAY_NINE, None)]


def test_what_was_held_is_refused_where_nobody_works_any_more(
    db: Database, maya: Actor
) -> None:
    with frozen(NOW):
        draft = ready_draft(db, maya)
        away = TUESDAY_NINE, TUESDAY_NINE + timedelta(hours=4)
        db.call(roster.add_time_off, SYSTEM, None, *away)
        before = database_snapshot(db)
        with pytest.raises(SlotGone):
            confirmation.confirm(db, maya, draft.id, draft.shown)
    assert database_snapshot(db) == before


def test_another_time_gives_the_first_back(
    db: Database, shop: SampleBusiness, maya: Actor, freed: list[FreedTime]
) -> None:
    with frozen(NOW):
        draft_id = draft_before_contact(
            db, maya, slug="home-clean", answers={"bedrooms": "one"}
        )
    with frozen(NOW + MINUTE):
        # It overlaps what was held before, and is with the same person.
        db.call(drafts.choose_time, maya, draft_id, _after(30), shop.ana)
    assert _held(db) == [(draft_id, _after(30), OVER + MINUTE)]
    assert freed == [FreedTime(shop.ana, TUESDAY_NINE, _after(120))]
    with frozen(NOW + 2 * MINUTE):
        # The same again is not held for longer.
        db.call(drafts.choose_time, maya, draft_id, _after(30), shop.ana)
        assert _held(db) == [(draft_id, _after(30), OVER + MINUTE)]
        db.call(drafts.clear_time, maya, draft_id)
    assert _held(db) == []
    assert freed[1:] == [FreedTime(shop.ana, _after(30), _after(150))]


def test_a_refused_time_leaves_the_first_held(
    db: Database, shop: SampleBusiness, maya: Actor, freed: list[FreedTime]
) -> None:
    with frozen(NOW):
        draft_id = draft_before_contact(db, maya)
        db.call(claims.claim_time, shop.ana, _after(60), _after(90))
        before = database_snapshot(db)
        with pytest.raises(SlotGone):
            db.call(drafts.choose_time, maya, draft_id, _after(60))
    assert (database_snapshot(db), freed) == (before, [])


def test_a_longer_visit_is_held_as_long_as_before(
    db: Database, shop: SampleBusiness, maya: Actor
) -> None:
    cleaning = {"slug": "home-clean", "answers": {"bedrooms": "one"}}
    with frozen(NOW):
        draft_id = draft_before_contact(db, maya, **cleaning)
    with frozen(NOW + MINUTE):
        longer = db.call(drafts.choose_options, maya, draft_id, ANSWERS)
        assert longer.held_until == OVER.isoformat()
        with db.read() as tx:
            claim = tx.exec(
                select(TimeClaim).where(col(TimeClaim.released_at).is_(None))
            ).one()
        assert claim.ends_at == _after(225)
        db.call(drafts.choose_options, maya, draft_id, {"bedrooms": "one"})
        db.call(drafts.choose_time, maya, draft_id, TUESDAY_NINE, shop.ana)
        db.call(claims.claim_time, shop.ana, _after(120), _after(180))
        gone = db.call(drafts.choose_options, maya, draft_id, ANSWERS)
    assert (gone.starts_at, gone.notice) == ("", drafts.TIME_UNAVAILABLE)
    assert _held(db) == [("", _after(120), None)]


def test_a_proposed_time_is_not_held(db: Database, maya: Actor) -> None:
    with frozen(NOW):
        draft_id = draft_before_contact(db, maya)
        proposed = db.call(drafts.choose_time, maya, draft_id, _after(60), hold=False)
    assert (proposed.starts_at, proposed.held_until) == (_after(60).isoformat(), "")
    assert _held(db) == []


def test_the_business_says_for_how_long(db: Database, maya: Actor) -> None:
    with db.write() as tx:
        tx.get_one(Business, 1).hold_minutes = 3
    with frozen(NOW):
        draft = ready_draft(db, maya)
    assert draft.held_until == (NOW + 3 * MINUTE).isoformat()


def _walks(db: Database, shop: SampleBusiness, count: int) -> list[str]:
    """Services like the walk, which Ana does."""
    slugs = [f"walk-{index}" for index in range(count)]
    for slug in slugs:
        service = replace(WALK, slug=slug, name=slug)
        service_id = db.call(definitions.define_service, SYSTEM, service)
        with db.write() as tx:
            tx.add(FieldworkerSkill(fieldworker_id=shop.ana, service_id=service_id))
    return slugs


def test_a_customer_holds_three_times_at_once_and_can_choose_more(
    db: Database, shop: SampleBusiness, maya: Actor
) -> None:
    with frozen(NOW):
        views = [
            ready_draft(db, maya, slug=slug, starts_at=_after(60 * index))
            for index, slug in enumerate(_walks(db, shop, 4))
        ]
    assert [bool(view.held_until) for view in views] == [True, True, True, False]
    assert views[3].starts_at == _after(180).isoformat()
    with frozen(OVER):
        again = db.call(drafts.choose_time, maya, views[3].id, _after(180))
        assert again.held_until == (OVER + 10 * MINUTE).isoformat()


def test_visitors_of_one_address_hold_six_times_at_once(
    db: Database, shop: SampleBusiness
) -> None:
    visitors = [
        Actor(visitor_hash=str(index) * 64, address="203.0.113.7") for index in range(7)
    ]
    elsewhere = Actor(visitor_hash="a" * 64, address="198.51.100.7")
    with frozen(NOW):
        held = []
        for index, visitor in enumerate([*visitors, elsewhere]):
            draft = drafts.open_visitor_draft(db, visitor, "dog-walk")
            chosen = db.call(drafts.choose_time, visitor, draft.id, _after(30 * index))
            held.append(bool(chosen.held_until))
    assert held == [True] * 6 + [False, True]


def test_the_sweep_gives_back_what_is_over(
    db: Database, shop: SampleBusiness, maya: Actor, freed: list[FreedTime]
) -> None:
    with frozen(NOW):
        ready_draft(db, maya)
    with frozen(JUST_BEFORE):
        assert holds.sweep(db) == 0
    with frozen(OVER):
        assert (holds.sweep(db), holds.sweep(db)) == (1, 0)
    assert freed == [FreedTime(shop.ana, TUESDAY_NINE, _after(30))]
    assert _held(db) == []
    # The draft has lost nothing.
    with frozen(OVER):
        again = db.call(drafts.open_draft, maya, "dog-walk")
    assert (again.starts_at, again.ready) == (TUESDAY_NINE.isoformat(), True)


def test_a_deleted_draft_gives_its_time_back(
    db: Database, shop: SampleBusiness, maya: Actor, freed: list[FreedTime]
) -> None:
    with db.write() as tx:
        tx.get_one(Business, 1).hold_minutes = 60 * 24 * 40
    with frozen(NOW):
        ready_draft(db, maya, starts_at=TUESDAY_NINE + timedelta(days=35))
    with frozen(NOW + timedelta(days=31)):
        assert delete_stale_drafts(db) == 1
    assert _held(db) == []
    assert [one.fieldworker_id for one in freed] == [shop.ana]
