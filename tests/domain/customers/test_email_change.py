"""Changing the e-mail, and races for it."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import select

from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.rules import LinkInvalid, NoPassword
from portal_app.domain.customers import service
from portal_app.domain.customers.models import Customer
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    TooManyAttempts,
)
from tests.support.accounts import (
    FORM,
    OTHER_PASSWORD,
    PASSWORD,
    STRANGER,
    HashingCalls,
    at_once,
    newest_link,
    newest_token,
    open_business,
    sent,
    sign_in_here,
    stored,
)

pytestmark = pytest.mark.each_database

NEW = "maya.chen@example.com"


@pytest.fixture
def maya(db: Database, hashing: HashingCalls) -> Actor:
    open_business(db)
    service.add_active_customer(db, FORM)
    return sign_in_here(db)


def ask(db: Database, actor: Actor, email: str = NEW) -> str:
    service.change_email(db, actor, email, PASSWORD)
    return newest_link(db, "change_email")


def emails(db: Database) -> list[str]:
    with db.read() as tx:
        return sorted(tx.exec(select(Account.email)))


def test_it_is_proven_at_the_new_address_and_told_to_the_old(
    db: Database, maya: Actor
) -> None:
    token = ask(db, maya, " Maya.Chen@EXAMPLE.com")
    assert emails(db) == ["maya@example.com"]
    service.confirm_email(db, STRANGER, token)
    assert sent(db) == [("change_email", NEW), ("email_changed", "maya@example.com")]
    assert emails(db) == [NEW]
    assert db.query(service.profile, maya).email == NEW
    assert db.query(service.viewer, maya).email == NEW
    assert accounts.sign_in(db, STRANGER, NEW, PASSWORD, False)
    with pytest.raises(InvalidInput):
        accounts.sign_in(db, STRANGER, "maya@example.com", PASSWORD, False)


def test_a_link_counts_once(db: Database, maya: Actor) -> None:
    token = ask(db, maya)
    answers = at_once(*[partial(service.confirm_email, db, STRANGER, token)] * 5)
    assert answers.count(None) == 1
    assert [type(a) for a in answers if a is not None] == [LinkInvalid] * 4
    assert sent(db)[1:] == [("email_changed", "maya@example.com")]


def test_links_in_the_old_mailbox_are_worthless_afterwards(
    db: Database, maya: Actor
) -> None:
    accounts.request_reset(db, STRANGER, "maya@example.com")
    reset = newest_link(db, "reset_password")
    service.confirm_email(db, STRANGER, ask(db, maya))
    with pytest.raises(LinkInvalid):
        accounts.reset_password(db, STRANGER, reset, OTHER_PASSWORD)


def test_the_answer_does_not_tell_that_an_address_is_taken(
    db: Database, maya: Actor
) -> None:
    service.add_active_customer(db, replace(FORM, email="noah@example.com"))
    assert (
        service.change_email(db, maya, "noah@example.com", PASSWORD) is None  # type: ignore[func-returns-value]
    )
    assert sent(db) == [("email_taken", "noah@example.com")]
    assert emails(db) == ["maya@example.com", "noah@example.com"]


def test_an_address_that_got_an_owner_meanwhile_stays_theirs(
    db: Database, maya: Actor
) -> None:
    token = ask(db, maya)
    service.add_active_customer(db, replace(FORM, email=NEW, first_name="Other"))
    before, mails = stored(db), sent(db)
    with pytest.raises(Conflict):
        service.confirm_email(db, STRANGER, token)
    assert (stored(db), sent(db)) == (before, mails)


def test_who_only_signed_up_with_it_yields_to_who_proves_it(
    db: Database, maya: Actor
) -> None:
    """Otherwise anybody could block an address by signing up with it."""
    token = ask(db, maya)
    service.sign_up(db, STRANGER, replace(FORM, email=NEW, password=OTHER_PASSWORD))
    of_stranger = newest_token(db)
    service.confirm_email(db, STRANGER, token)
    assert emails(db) == [NEW]
    with db.read() as tx:
        assert len(tx.exec(select(Customer)).all()) == 1
    with pytest.raises(LinkInvalid):
        db.call(accounts.verify_email, STRANGER, of_stranger)
    assert accounts.sign_in(db, STRANGER, NEW, PASSWORD, False)


@pytest.mark.parametrize("round_", range(4))
def test_racing_a_sign_up_there_is_one_account_and_it_is_the_prover_s(
    db: Database, maya: Actor, round_: int
) -> None:
    token = ask(db, maya)
    form = replace(FORM, email=NEW, password=OTHER_PASSWORD)
    answers = at_once(
        partial(service.confirm_email, db, STRANGER, token),
        partial(service.sign_up, db, STRANGER, form),
        partial(service.sign_up, db, STRANGER, form),
    )
    assert answers == [None, None, None]
    assert emails(db) == [NEW]
    assert accounts.sign_in(db, STRANGER, NEW, PASSWORD, False)


def test_of_two_who_want_one_address_one_gets_it(db: Database, maya: Actor) -> None:
    service.add_active_customer(db, replace(FORM, email="noah@example.com"))
    noah = sign_in_here(db, "noah@example.com")
    tokens = [ask(db, maya), ask(db, noah)]
    answers = at_once(
        *[partial(service.confirm_email, db, STRANGER, token) for token in tokens]
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
        service.confirm_email(db, STRANGER, older)
    before = stored(db)
    with frozen(start + timedelta(hours=24)), pytest.raises(LinkInvalid):
        service.confirm_email(db, STRANGER, newer)
    assert stored(db) == before


@pytest.mark.parametrize(
    ("email", "password", "fields"),
    [
        ("no mail", PASSWORD, ["email"]),
        (" MAYA@example.com ", PASSWORD, ["email"]),
        (NEW, OTHER_PASSWORD, ["password"]),
        (NEW, "", ["password"]),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(
    db: Database, maya: Actor, email: str, password: str, fields: list[str]
) -> None:
    before = stored(db)
    with pytest.raises(InvalidInput) as refused:
        service.change_email(db, maya, email, password)
    assert list(refused.value.fields) == fields
    assert (stored(db), sent(db)) == (before, [])


def test_it_takes_a_password_and_an_account(db: Database, maya: Actor) -> None:
    with db.write() as tx:
        tx.exec(select(Account)).one().password_hash = None
    before = stored(db)
    with pytest.raises(NoPassword):
        service.change_email(db, maya, NEW, "")
    for actor in (STRANGER, Actor(audience=Audience.GUEST, booking_id="b")):
        with pytest.raises(NotAllowed):
            service.change_email(db, actor, NEW, PASSWORD)
    assert (stored(db), sent(db)) == (before, [])


def test_nobody_is_flooded(db: Database, maya: Actor) -> None:
    for _ in range(3):
        service.change_email(db, maya, "victim@example.com", PASSWORD)
    before, mails = stored(db), sent(db)
    with pytest.raises(TooManyAttempts):
        service.change_email(db, maya, "victim@example.com", PASSWORD)
    assert (stored(db), sent(db)) == (before, mails)
