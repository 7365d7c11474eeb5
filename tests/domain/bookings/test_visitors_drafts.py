"""Drafts of people without an account: a browser's own, and handed over whole."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from portal_app.domain.accounts import service as accounts
from portal_app.domain.bookings import confirmation, draft_owners, drafts
from portal_app.domain.bookings.draft_owners import DRAFTS_BY_ADDRESS
from portal_app.domain.bookings.models import BookingDraft
from portal_app.domain.customers import locations
from portal_app.domain.sign_in import session_lookup
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed, NotFound, TooManyAttempts
from portal_app.kernel.ids import hash_secret
from tests.support.people import Person
from tests.support.people import new_customer as new_person
from tests.support.sample_business import (
    ANSWERS,
    CONTACT,
    HOME,
    NOW,
    TUESDAY_NINE,
    create_sample_business,
    new_customer,
)
from tests.support.snapshots import database_snapshot

pytestmark = [
    pytest.mark.each_database,
    pytest.mark.usefixtures("monday_morning"),
]

MINE, OTHERS = (
    Actor(address="203.0.113.7", visitor_hash=hash_secret(secret))
    for secret in ("mine", "others")
)


@pytest.fixture
def shop(db: Database) -> Database:
    db.call(create_sample_business)
    return db


def chosen_draft(
    db: Database,
    who: Actor = MINE,
    slug: str = "home-clean",
    starts_at: datetime = TUESDAY_NINE,
) -> str:
    """A draft with options, time and address."""
    draft = drafts.open_visitor_draft(db, who, slug).id
    if slug == "home-clean":
        db.call(drafts.choose_options, who, draft, ANSWERS)
    db.call(drafts.choose_time, who, draft, starts_at)
    db.call(drafts.choose_address, who, draft, replace(HOME, label="Home"))
    return draft


def test_a_visitor_walks_up_to_the_contact_step(shop: Database) -> None:
    draft = shop.query(drafts.get_draft, MINE, chosen_draft(shop))
    assert draft.done == ["options", "address", "time"]
    assert (draft.total, draft.contact_name) == ("$172.47", "")
    assert drafts.open_visitor_draft(shop, MINE, "home-clean").id == draft.id
    before = database_snapshot(shop)
    for step in (
        lambda: shop.call(drafts.choose_contact, MINE, draft.id, CONTACT),
        lambda: shop.call(drafts.choose_location, MINE, draft.id, "any"),
        lambda: confirmation.confirm(shop, MINE, draft.id, draft.shown),
    ):
        with pytest.raises(NotAllowed):
            step()
    assert database_snapshot(shop) == before


@pytest.mark.parametrize(
    "who",
    [
        OTHERS,
        Actor(audience=Audience.GUEST, visitor_hash=OTHERS.visitor_hash),
        Actor(),
        SYSTEM,
        replace(SYSTEM, visitor_hash=MINE.visitor_hash),
        Actor(audience=Audience.FIELDWORKER, visitor_hash=MINE.visitor_hash),
    ],
    ids=["another browser", "a guest", "no secret", "office", "office here", "worker"],
)
def test_nobody_else_finds_a_visitors_draft(shop: Database, who: Actor) -> None:
    draft = chosen_draft(shop)
    before = database_snapshot(shop)
    for ask in (
        lambda: shop.query(drafts.get_draft, who, draft),
        lambda: shop.call(drafts.choose_time, who, draft, TUESDAY_NINE),
        lambda: shop.call(drafts.clear_time, who, draft),
    ):
        with pytest.raises((NotFound, NotAllowed)):
            ask()
    assert database_snapshot(shop) == before


def test_a_customer_does_not_see_the_draft_of_the_same_browser(shop: Database) -> None:
    draft = chosen_draft(shop)
    maya = replace(shop.call(new_customer), visitor_hash=MINE.visitor_hash)
    with pytest.raises(NotFound):
        shop.query(drafts.get_draft, maya, draft)


def test_signing_in_takes_the_draft_along(shop: Database) -> None:
    """In one transaction, and a draft begun before of the same service gives way."""
    person = new_person(shop, "Victoria")
    first = redeemed(shop, person, "")
    old = shop.call(drafts.open_draft, first, "home-clean").id
    other = shop.call(drafts.open_draft, first, "dog-walk").id
    mine = chosen_draft(shop)
    theirs = chosen_draft(shop, OTHERS, "dog-walk", TUESDAY_NINE + timedelta(hours=5))

    who = redeemed(shop, person, MINE.visitor_hash)

    found = shop.query(drafts.get_draft, who, mine)
    assert found.done == ["options", "address", "time"]
    assert found.contact_name == person.name
    with shop.read() as tx:
        left = {row.id: row for row in tx.exec(select(BookingDraft))}
    assert set(left) == {mine, other, theirs}
    assert old not in left
    assert (left[mine].customer_id, left[mine].visitor_hash) == (who.customer_id, "")
    assert left[theirs].visitor_hash == OTHERS.visitor_hash
    with pytest.raises(NotFound):
        shop.query(drafts.get_draft, MINE, mine)
    ready = shop.call(drafts.choose_contact, who, mine, CONTACT)
    assert shop.query(locations.list_locations, who) == []
    confirmation.confirm(shop, who, mine, ready.shown)
    [place] = shop.query(locations.list_locations, who)
    assert (place.label, place.street) == ("Home", HOME.street)


def test_a_refused_sign_in_hands_nothing_over(shop: Database) -> None:
    chosen_draft(shop)
    before = database_snapshot(shop)
    with pytest.raises(NotFound):
        shop.call(draft_owners.redeem_ticket, MINE, "x", (), MINE.visitor_hash)
    assert database_snapshot(shop) == before


def test_what_is_confirmed_is_adopted_by_nobody(shop: Database) -> None:
    assert shop.call(draft_owners.adopt_drafts, "nobody", MINE.visitor_hash) == 0
    maya = shop.call(new_customer)
    assert shop.call(draft_owners.adopt_drafts, maya.account_id, "unknown") == 0


def test_a_network_begins_only_so_many(shop: Database) -> None:
    for number in range(DRAFTS_BY_ADDRESS.attempts):
        who = replace(MINE, visitor_hash=hash_secret(str(number)))
        drafts.open_visitor_draft(shop, who, "dog-walk")
    with pytest.raises(TooManyAttempts):
        drafts.open_visitor_draft(shop, MINE, "dog-walk")
    # Who has begun goes on.
    who = replace(MINE, visitor_hash=hash_secret("0"))
    assert drafts.open_visitor_draft(shop, who, "dog-walk").done == []
    with shop.read() as tx:
        assert len(tx.exec(select(BookingDraft)).all()) == DRAFTS_BY_ADDRESS.attempts


def test_visitors_drafts_are_kept_for_seven_days(shop: Database) -> None:
    mine = chosen_draft(shop)
    maya = shop.call(new_customer)
    hers = shop.call(drafts.open_draft, maya, "dog-walk").id
    with frozen(NOW + timedelta(days=7)):
        assert draft_owners.delete_stale_drafts(shop) == 0
    with frozen(NOW + timedelta(days=7, seconds=1)):
        assert draft_owners.delete_stale_drafts(shop) == 1
    with shop.read() as tx:
        assert tx.exec(select(BookingDraft.id)).all() == [hers]
        assert tx.get(BookingDraft, mine) is None


def redeemed(db: Database, person: Person, visitor_hash: str) -> Actor:
    """Sign in as in a browser with this secret."""
    stranger = Actor(address="203.0.113.9")
    ticket = accounts.sign_in(
        db, stranger, person.email, person.password, remember=False
    )
    opened = db.call(draft_owners.redeem_ticket, MINE, ticket, (), visitor_hash)
    return db.query(session_lookup.resolve_actor, hash_secret(opened.secret), "", "")
