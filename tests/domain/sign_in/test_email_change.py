"""Changing the email, and races for it."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import select

from portal_app.domain.accounts import credentials, email_verification
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.rules import LinkInvalid, NoPassword
from portal_app.domain.customers import profiles
from portal_app.domain.customers.models import Customer
from portal_app.domain.sign_in import email_change, session_lookup, sign_up
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, TooManyAttempts
from tests.support.accounts import (
    FORM,
    OTHER_PASSWORD,
    PASSWORD,
    STRANGER,
    HashingCalls,
    newest_link,
    newest_token,
    run_concurrently,
    sent_messages,
    set_up_business,
    sign_in_customer,
    snapshot_without_logs,
)

pytestmark = pytest.mark.each_database

NEW = "maya.chen@example.com"


@pytest.fixture
def maya(db: Database, hashing: HashingCalls) -> Actor:
    set_up_business(db)
    sign_up.create_active_customer(db, FORM)
    return sign_in_customer(db)


def ask(db: Database, actor: Actor, email: str = NEW) -> str:
    email_change.change_email(db, actor, email, PASSWORD)
    return newest_link(db, "change_email")


def emails(db: Database) -> list[str]:
    with db.read() as tx:
        return sorted(tx.exec(select(Account.email)))


def test_the_new_email_is_verified_and_the_old_one_notified(
    db: Database, maya: Actor
) -> None:
    token = ask(db, maya, " Maya.Chen@EXAMPLE.com")
    assert emails(db) == ["maya@example.com"]
    email_change.confirm_email(db, STRANGER, token)
    assert sent_messages(db) == [
        ("change_email", NEW),
        ("email_changed", "maya@example.com"),
    ]
    assert emails(db) == [NEW]
    assert db.query(profiles.get_profile, maya).email == NEW
    assert db.query(session_lookup.current_viewer, maya).email == NEW
    assert accounts.sign_in(db, STRANGER, NEW, PASSWORD, False)
    with pytest.raises(InvalidInput):
        accounts.sign_in(db, STRANGER, "maya@example.com", PASSWORD, False)


def test_a_link_is_used_once(db: Database, maya: Actor) -> None:
    token = ask(db, maya)
    answers = run_concurrently(
        *[partial(email_change.confirm_email, db, STRANGER, token)] * 5
    )
    assert answers.count(None) == 1
    assert [type(a) for a in answers if a is not None] == [LinkInvalid] * 4
    assert sent_messages(db)[1:] == [("email_changed", "maya@example.com")]


def test_links_sent_to_the_old_email_are_revoked(db: Database, maya: Actor) -> None:
    credentials.request_reset(db, STRANGER, "maya@example.com")
    reset = newest_link(db, "reset_password")
    email_change.confirm_email(db, STRANGER, ask(db, maya))
    with pytest.raises(LinkInvalid):
        credentials.reset_password(db, STRANGER, reset, OTHER_PASSWORD)


def test_the_answer_does_not_reveal_taken_emails(db: Database, maya: Actor) -> None:
    sign_up.create_active_customer(db, replace(FORM, email="noah@example.com"))
    assert (
        email_change.change_email(db, maya, "noah@example.com", PASSWORD) is None  # type: ignore[func-returns-value]
    )
    assert sent_messages(db) == [("email_taken", "noah@example.com")]
    assert emails(db) == ["maya@example.com", "noah@example.com"]


def test_an_email_verified_by_another_account_is_not_taken(
    db: Database, maya: Actor
) -> None:
    token = ask(db, maya)
    sign_up.create_active_customer(db, replace(FORM, email=NEW, first_name="Other"))
    before, mails = snapshot_without_logs(db), sent_messages(db)
    with pytest.raises(Conflict):
        email_change.confirm_email(db, STRANGER, token)
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, mails)


def test_an_unverified_sign_up_yields_to_the_verified_change(
    db: Database, maya: Actor
) -> None:
    """Otherwise anybody could block an address by signing up with it."""
    token = ask(db, maya)
    sign_up.sign_up(db, STRANGER, replace(FORM, email=NEW, password=OTHER_PASSWORD))
    of_stranger = newest_token(db)
    email_change.confirm_email(db, STRANGER, token)
    assert emails(db) == [NEW]
    with db.read() as tx:
        assert len(tx.exec(select(Customer)).all()) == 1
    with pytest.raises(LinkInvalid):
        db.call(email_verification.verify_email, STRANGER, of_stranger)
    assert accounts.sign_in(db, STRANGER, NEW, PASSWORD, False)


@pytest.mark.parametrize("round_", range(4))
def test_a_race_with_a_sign_up_leaves_the_verified_account(
    db: Database, maya: Actor, round_: int
) -> None:
    token = ask(db, maya)
    form = replace(FORM, email=NEW, password=OTHER_PASSWORD)
    answers = run_concurrently(
        partial(email_change.confirm_email, db, STRANGER, token),
        partial(sign_up.sign_up, db, STRANGER, form),
        partial(sign_up.sign_up, db, STRANGER, form),
    )
    assert answers == [None, None, None]
    assert emails(db) == [NEW]
    assert accounts.sign_in(db, STRANGER, NEW, PASSWORD, False)


def test_one_of_two_changes_to_one_email_wins(db: Database, maya: Actor) -> None:
    sign_up.create_active_customer(db, replace(FORM, email="noah@example.com"))
    noah = sign_in_customer(db, "noah@example.com")
    tokens = [ask(db, maya), ask(db, noah)]
    answers = run_concurrently(
        *[partial(email_change.confirm_email, db, STRANGER, token) for token in tokens]
    )
    assert answers.count(None) == 1
    assert isinstance(next(a for a in answers if a is not None), Conflict)
    assert len(emails(db)) == 2
    assert emails(db).count(NEW) == 1


def test_only_the_newest_link_and_for_a_day(db: Database, maya: Actor) -> None:
    start = utc_now()
    with frozen(start):
        older = ask(db, maya)
        newer = ask(db, maya, "second@example.com")
    with pytest.raises(LinkInvalid):
        email_change.confirm_email(db, STRANGER, older)
    before = snapshot_without_logs(db)
    with frozen(start + timedelta(hours=24)), pytest.raises(LinkInvalid):
        email_change.confirm_email(db, STRANGER, newer)
    assert snapshot_without_logs(db) == before


@pytest.mark.parametrize(
    ("email", "password", "fields"),
    [
        ("no mail", PASSWORD, ["email"]),
        (" MAYA@example.com ", PASSWORD, ["email"]),
        (NEW, OTHER_PASSWORD, ["password"]),
        (NEW, "", ["password"]),
    ],
)
def test_invalid_input_is_named_and_changes_nothing(
    db: Database, maya: Actor, email: str, password: str, fields: list[str]
) -> None:
    before = snapshot_without_logs(db)
    with pytest.raises(InvalidInput) as refused:
        email_change.change_email(db, maya, email, password)
    assert list(refused.value.fields) == fields
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, [])


def test_a_password_and_an_account_are_required(db: Database, maya: Actor) -> None:
    with db.write() as tx:
        tx.exec(select(Account)).one().password_hash = None
    before = snapshot_without_logs(db)
    with pytest.raises(NoPassword):
        email_change.change_email(db, maya, NEW, "")
    for actor in (STRANGER, Actor(audience=Audience.GUEST, booking_id="b")):
        with pytest.raises(NotAllowed):
            email_change.change_email(db, actor, NEW, PASSWORD)
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, [])


def test_mails_are_limited(db: Database, maya: Actor) -> None:
    for _ in range(3):
        email_change.change_email(db, maya, "victim@example.com", PASSWORD)
    before, mails = snapshot_without_logs(db), sent_messages(db)
    with pytest.raises(TooManyAttempts):
        email_change.change_email(db, maya, "victim@example.com", PASSWORD)
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, mails)
