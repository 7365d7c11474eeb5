"""Connecting and disconnecting providers in My Account."""

from dataclasses import replace
from functools import partial

import pytest
from sqlmodel import select

from portal_app.domain.accounts import service
from portal_app.domain.accounts.models import Account, Identity
from portal_app.domain.accounts.rules import ProviderProfile, WayClosed
from portal_app.domain.customers import service as customers
from portal_app.domain.customers.service import SignedInBy
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, NotAllowed, NotFound
from tests.support.accounts import (
    FORM,
    STRANGER,
    HashingCalls,
    at_once,
    logged,
    open_business,
    redeemed,
    sent,
    sign_in_here,
    stored,
    switch,
)

pytestmark = pytest.mark.each_database

GOOGLE = ProviderProfile("google", "g-1", "maya.private@example.com", True)
APPLE = replace(GOOGLE, provider="apple", subject="a-1")


@pytest.fixture
def maya(db: Database, hashing: HashingCalls) -> Actor:
    open_business(db)
    customers.add_active_customer(db, FORM)
    return sign_in_here(db)


def connected(db: Database) -> list[str]:
    with db.read() as tx:
        return sorted(tx.exec(select(Identity.provider)))


def without_password(db: Database) -> None:
    with db.write() as tx:
        tx.exec(select(Account)).one().password_hash = None


def test_what_is_connected_is_listed_and_tells_the_owner(
    db: Database, maya: Actor
) -> None:
    db.call(service.connect, maya, GOOGLE)
    view = db.query(service.ways_in, maya)
    assert (view.email, view.has_password) == ("maya@example.com", True)
    assert [(p.name, p.connected, p.removable, p.email) for p in view.providers] == [
        ("Google", True, True, "maya.private@example.com"),
        ("Apple", False, False, ""),
        ("Facebook", False, False, ""),
    ]
    assert sent(db) == [("ways_changed", "maya@example.com")]
    assert logged(db) == ["sign_in", "provider_connected"]


def test_connecting_twice_is_once(db: Database, maya: Actor) -> None:
    answers = at_once(*[partial(db.call, service.connect, maya, GOOGLE)] * 5)
    assert answers == [None] * 5
    assert connected(db) == ["google"]
    assert len(sent(db)) == 1


def test_an_identity_opens_one_account(db: Database, maya: Actor) -> None:
    noah = replace(FORM, email="noah@example.com")
    customers.add_active_customer(db, noah)
    other = sign_in_here(db, noah.email)
    answers = at_once(
        partial(db.call, service.connect, maya, GOOGLE),
        partial(db.call, service.connect, other, GOOGLE),
    )
    assert answers.count(None) == 1
    assert isinstance(next(a for a in answers if a is not None), Conflict)
    assert connected(db) == ["google"]


def test_one_of_each_provider(db: Database, maya: Actor) -> None:
    db.call(service.connect, maya, GOOGLE)
    before, mails = stored(db), sent(db)
    with pytest.raises(Conflict):
        db.call(service.connect, maya, replace(GOOGLE, subject="g-2"))
    assert (stored(db), sent(db)) == (before, mails)


def test_the_last_way_in_stays(db: Database, maya: Actor) -> None:
    db.call(service.connect, maya, GOOGLE)
    without_password(db)
    before, mails = stored(db), sent(db)
    with pytest.raises(Conflict):
        db.call(service.disconnect, maya, "google")
    assert (stored(db), sent(db)) == (before, mails)
    assert db.query(service.ways_in, maya).providers[0].removable is False


def test_of_two_last_ways_one_stays_however_close(db: Database, maya: Actor) -> None:
    db.call(service.connect, maya, GOOGLE)
    db.call(service.connect, maya, APPLE)
    without_password(db)
    answers = at_once(
        *[
            partial(db.call, service.disconnect, maya, provider)
            for provider in ("google", "apple") * 3
        ]
    )
    assert answers.count(None) == 1
    assert len(connected(db)) == 1


def test_a_way_that_is_switched_off_is_no_way_in(db: Database, maya: Actor) -> None:
    db.call(service.connect, maya, GOOGLE)
    db.call(service.connect, maya, APPLE)
    without_password(db)
    switch(db, apple=False)
    before = stored(db)
    with pytest.raises(Conflict):
        db.call(service.disconnect, maya, "google")
    assert stored(db) == before
    # What is switched off may go: it opens nothing.
    db.call(service.disconnect, maya, "apple")
    assert connected(db) == ["google"]


def test_what_is_not_connected_is_not_found(db: Database, maya: Actor) -> None:
    before = stored(db)
    for provider in ("google", "nonsense"):
        with pytest.raises(NotFound):
            db.call(service.disconnect, maya, provider)
    assert stored(db) == before


def test_sessions_of_the_way_end_with_it(db: Database, maya: Actor) -> None:
    db.call(service.connect, maya, GOOGLE)
    arrival = customers.arrive_by_provider(db, STRANGER, GOOGLE)
    assert isinstance(arrival, SignedInBy)
    by_google = redeemed(db, arrival.ticket)
    assert len(db.query(service.own_sessions, maya)) == 2
    db.call(service.disconnect, maya, "google")
    (left,) = db.query(service.own_sessions, maya)
    assert (left.current, left.way) == (True, "Password")
    assert by_google.session_id != left.id


def test_a_switched_off_provider_is_not_connected(db: Database, maya: Actor) -> None:
    switch(db, google=False)
    before = stored(db)
    with pytest.raises(WayClosed):
        db.call(service.connect, maya, GOOGLE)
    assert stored(db) == before
    assert db.query(service.ways_in, maya).providers[0].open is False


@pytest.mark.parametrize(
    "actor", [STRANGER, Actor(audience=Audience.GUEST, booking_id="b")]
)
def test_only_who_is_signed_in_with_an_account(
    db: Database, maya: Actor, actor: Actor
) -> None:
    before = stored(db)
    for call in (
        partial(db.query, service.ways_in, actor),
        partial(db.call, service.connect, actor, GOOGLE),
        partial(db.call, service.disconnect, actor, "google"),
        partial(db.query, service.own_sessions, actor),
        partial(db.call, service.end_session, actor, maya.session_id or ""),
        partial(db.call, service.end_other_sessions, actor),
        partial(db.query, service.security_log, actor),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert stored(db) == before
