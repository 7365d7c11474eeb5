"""Links in mails: one booking, for a time, until they are switched off."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import select

from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.bookings import links, service
from portal_app.domain.bookings.models import BookingLink
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed, NotFound
from portal_app.kernel.ids import hash_secret
from tests.support.accounts import (
    STRANGER,
    logged,
    newest_link,
    outbox,
    redeemed,
    resolved,
    stored,
    switch,
)
from tests.support.shop import NOW, TUESDAY_NINE, new_customer, open_shop, ready_draft

ENDS = TUESDAY_NINE + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with frozen(NOW):
        yield


@pytest.fixture
def maya(db: Database) -> Actor:
    db.call(open_shop)
    return db.call(new_customer)


@pytest.fixture
def number(db: Database, maya: Actor) -> str:
    draft = ready_draft(db, maya)
    return service.confirm(db, maya, draft.id, draft.shown)


def link(db: Database) -> str:
    return newest_link(db, "booking_confirmed")


def test_the_mail_s_link_opens_its_booking_again_and_again(
    db: Database, maya: Actor, number: str
) -> None:
    for _ in range(2):
        ticket = service.open_link(db, STRANGER, link(db))
        actor = redeemed(db, ticket.ticket)
        assert (ticket.number, actor.audience) == (number, Audience.GUEST)
        assert db.query(service.booking, actor, number).number == number
        with pytest.raises(NotAllowed):
            db.query(service.my_bookings, actor)
    assert logged(db) == ["link_opened"] * 2


def test_only_the_customer_s_mail_has_one(
    db: Database, maya: Actor, number: str
) -> None:
    paths = {mail.kind: mail.payload.get("path") for mail in outbox(db)}
    assert paths == {
        "booking_received": None,
        "booking_confirmed": f"/login/booking?link={link(db)}",
    }
    with db.read() as tx:
        row = tx.exec(select(BookingLink)).one()
    assert (row.token_hash, row.expires_at) == (
        hash_secret(link(db)),
        ENDS + timedelta(days=30),
    )
    assert link(db) not in repr(row)


def test_it_expires_thirty_days_after_the_visit(
    db: Database, maya: Actor, number: str
) -> None:
    end = ENDS + timedelta(days=30)
    before = stored(db)
    with frozen(end), pytest.raises(LinkInvalid):
        service.open_link(db, STRANGER, link(db))
    assert stored(db) == before
    with frozen(end):
        assert db.query(service.booking_links, maya) == []
    with frozen(end - timedelta(microseconds=1)):
        assert service.open_link(db, STRANGER, link(db)).number == number
    with frozen(end + timedelta(days=30, microseconds=1)):
        assert db.call(links.purge) == 1


def test_it_is_listed_and_switched_off_with_who_came_by_it(
    db: Database, maya: Actor, number: str
) -> None:
    secret = link(db)
    ticket = service.open_link(db, STRANGER, secret).ticket
    signed_in = db.call(accounts.redeem_ticket, STRANGER, ticket)
    pending = service.open_link(db, STRANGER, secret).ticket
    (view,) = db.query(service.booking_links, maya)
    assert (view.number, view.service, view.active) == (number, "Dog walk", True)
    assert (view.created, view.last_used) == (
        "Monday, 2 November 2026",
        "Mon, 2 Nov, 8:00\u202fam",
    )
    db.call(service.switch_off_link, maya, view.id)
    assert resolved(db, signed_in.secret).audience is Audience.PUBLIC
    with pytest.raises(NotFound):
        db.call(accounts.redeem_ticket, STRANGER, pending)
    with pytest.raises(LinkInvalid):
        service.open_link(db, STRANGER, secret)
    db.call(service.switch_off_link, maya, view.id)
    (view,) = db.query(service.booking_links, maya)
    assert view.active is False
    assert logged(db) == ["link_opened", "link_opened", "link_switched_off"]


def test_somebody_else_s_link_is_not_there(
    db: Database, maya: Actor, number: str
) -> None:
    noah = db.call(new_customer, "noah@example.com")
    (view,) = db.query(service.booking_links, maya)
    assert db.query(service.booking_links, noah) == []
    guest = redeemed(db, service.open_link(db, STRANGER, link(db)).ticket)
    before = stored(db)
    for link_id in (view.id, "nonsense"):
        with pytest.raises(NotFound):
            db.call(service.switch_off_link, noah, link_id)
    for actor in (guest, STRANGER):
        with pytest.raises(NotAllowed):
            db.call(service.switch_off_link, actor, view.id)
    assert stored(db) == before


@pytest.mark.parametrize("secret", ["", "nonsense", "ключ", "x" * 10_000])
def test_what_is_no_link(db: Database, maya: Actor, number: str, secret: str) -> None:
    before = stored(db)
    with pytest.raises(LinkInvalid):
        service.open_link(db, STRANGER, secret)
    assert stored(db) == before


def test_it_is_no_other_secret(db: Database, maya: Actor, number: str) -> None:
    """A link opens no account, resets nothing and verifies nothing."""
    secret = link(db)
    before = stored(db)
    for attempt, error in (
        (partial(db.call, accounts.redeem_ticket, STRANGER, secret), NotFound),
        (partial(db.call, accounts.verify_email, STRANGER, secret), LinkInvalid),
        (
            partial(accounts.reset_password, db, STRANGER, secret, "sunny-otter-42"),
            LinkInvalid,
        ),
    ):
        with pytest.raises(error):
            attempt()
    assert stored(db) == before


def test_it_is_a_way_of_its_own(db: Database, maya: Actor, number: str) -> None:
    switch(db, booking_number=False)
    actor = redeemed(db, service.open_link(db, STRANGER, link(db)).ticket)
    assert actor.audience is Audience.GUEST
