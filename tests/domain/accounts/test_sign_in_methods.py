"""Connecting and disconnecting providers in My Account."""

from dataclasses import replace
from functools import partial

import pytest
from sqlmodel import select

from portal_app.domain.accounts import security_log, sessions, sign_in_methods
from portal_app.domain.accounts.models import Account, Identity
from portal_app.domain.accounts.rules import MethodDisabled, ProviderProfile
from portal_app.domain.sign_in import sign_up as customers
from portal_app.domain.sign_in import social_sign_in
from portal_app.domain.sign_in.social_sign_in import SignedInByProvider
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, NotAllowed, NotFound
from tests.support.accounts import (
    FORM,
    STRANGER,
    HashingCalls,
    redeem_ticket,
    run_concurrently,
    security_event_kinds,
    sent_messages,
    set_switches,
    set_up_business,
    sign_in_customer,
    snapshot_without_logs,
)

pytestmark = pytest.mark.each_database

GOOGLE = ProviderProfile("google", "g-1", "maya.private@example.com", True)
APPLE = replace(GOOGLE, provider="apple", subject="a-1")


@pytest.fixture
def maya(db: Database, hashing: HashingCalls) -> Actor:
    set_up_business(db)
    customers.create_active_customer(db, FORM)
    return sign_in_customer(db)


def connected(db: Database) -> list[str]:
    with db.read() as tx:
        return sorted(tx.exec(select(Identity.provider)))


def without_password(db: Database) -> None:
    with db.write() as tx:
        tx.exec(select(Account)).one().password_hash = None


def test_a_connected_provider_is_listed_and_the_owner_notified(
    db: Database, maya: Actor
) -> None:
    db.call(sign_in_methods.connect, maya, GOOGLE)
    view = db.query(sign_in_methods.list_methods, maya)
    assert (view.email, view.has_password) == ("maya@example.com", True)
    assert [(p.name, p.connected, p.removable, p.email) for p in view.providers] == [
        ("Google", True, True, "maya.private@example.com"),
        ("Apple", False, False, ""),
        ("Facebook", False, False, ""),
    ]
    assert sent_messages(db) == [("ways_changed", "maya@example.com")]
    assert security_event_kinds(db) == ["sign_in", "provider_connected"]


def test_connecting_twice_is_once(db: Database, maya: Actor) -> None:
    answers = run_concurrently(
        *[partial(db.call, sign_in_methods.connect, maya, GOOGLE)] * 5
    )
    assert answers == [None] * 5
    assert connected(db) == ["google"]
    assert len(sent_messages(db)) == 1


def test_an_identity_opens_one_account(db: Database, maya: Actor) -> None:
    noah = replace(FORM, email="noah@example.com")
    customers.create_active_customer(db, noah)
    other = sign_in_customer(db, noah.email)
    answers = run_concurrently(
        partial(db.call, sign_in_methods.connect, maya, GOOGLE),
        partial(db.call, sign_in_methods.connect, other, GOOGLE),
    )
    assert answers.count(None) == 1
    assert isinstance(next(a for a in answers if a is not None), Conflict)
    assert connected(db) == ["google"]


def test_an_account_has_at_most_one_identity_per_provider(
    db: Database, maya: Actor
) -> None:
    db.call(sign_in_methods.connect, maya, GOOGLE)
    before, mails = snapshot_without_logs(db), sent_messages(db)
    with pytest.raises(Conflict):
        db.call(sign_in_methods.connect, maya, replace(GOOGLE, subject="g-2"))
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, mails)


def test_the_last_sign_in_method_cannot_be_removed(db: Database, maya: Actor) -> None:
    db.call(sign_in_methods.connect, maya, GOOGLE)
    without_password(db)
    before, mails = snapshot_without_logs(db), sent_messages(db)
    with pytest.raises(Conflict):
        db.call(sign_in_methods.disconnect, maya, "google")
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, mails)
    assert db.query(sign_in_methods.list_methods, maya).providers[0].removable is False


def test_concurrent_removals_leave_one_sign_in_method(
    db: Database, maya: Actor
) -> None:
    db.call(sign_in_methods.connect, maya, GOOGLE)
    db.call(sign_in_methods.connect, maya, APPLE)
    without_password(db)
    answers = run_concurrently(
        *[
            partial(db.call, sign_in_methods.disconnect, maya, provider)
            for provider in ("google", "apple") * 3
        ]
    )
    assert answers.count(None) == 1
    assert len(connected(db)) == 1


def test_a_disabled_method_does_not_count_as_a_sign_in_method(
    db: Database, maya: Actor
) -> None:
    db.call(sign_in_methods.connect, maya, GOOGLE)
    db.call(sign_in_methods.connect, maya, APPLE)
    without_password(db)
    set_switches(db, apple=False)
    before = snapshot_without_logs(db)
    with pytest.raises(Conflict):
        db.call(sign_in_methods.disconnect, maya, "google")
    assert snapshot_without_logs(db) == before
    # What is switched off may go: it opens nothing.
    db.call(sign_in_methods.disconnect, maya, "apple")
    assert connected(db) == ["google"]


def test_disconnecting_an_unknown_provider_is_not_found(
    db: Database, maya: Actor
) -> None:
    before = snapshot_without_logs(db)
    for provider in ("google", "nonsense"):
        with pytest.raises(NotFound):
            db.call(sign_in_methods.disconnect, maya, provider)
    assert snapshot_without_logs(db) == before


def test_disconnecting_ends_the_sessions_of_that_method(
    db: Database, maya: Actor
) -> None:
    db.call(sign_in_methods.connect, maya, GOOGLE)
    arrival = social_sign_in.sign_in_by_provider(db, STRANGER, GOOGLE)
    assert isinstance(arrival, SignedInByProvider)
    by_google = redeem_ticket(db, arrival.ticket)
    assert len(db.query(sessions.list_sessions, maya)) == 2
    db.call(sign_in_methods.disconnect, maya, "google")
    (left,) = db.query(sessions.list_sessions, maya)
    assert (left.current, left.method) == (True, "Password")
    assert by_google.session_id != left.id


def test_a_switched_off_provider_is_not_connected(db: Database, maya: Actor) -> None:
    set_switches(db, google=False)
    before = snapshot_without_logs(db)
    with pytest.raises(MethodDisabled):
        db.call(sign_in_methods.connect, maya, GOOGLE)
    assert snapshot_without_logs(db) == before
    assert db.query(sign_in_methods.list_methods, maya).providers[0].open is False


@pytest.mark.parametrize(
    "actor", [STRANGER, Actor(audience=Audience.GUEST, booking_id="b")]
)
def test_only_account_holders_manage_sign_in_methods(
    db: Database, maya: Actor, actor: Actor
) -> None:
    before = snapshot_without_logs(db)
    for call in (
        partial(db.query, sign_in_methods.list_methods, actor),
        partial(db.call, sign_in_methods.connect, actor, GOOGLE),
        partial(db.call, sign_in_methods.disconnect, actor, "google"),
        partial(db.query, sessions.list_sessions, actor),
        partial(db.call, sessions.end_session, actor, maya.session_id or ""),
        partial(db.call, sessions.end_other_sessions, actor),
        partial(db.query, security_log.read_page, actor),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert snapshot_without_logs(db) == before
