from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from portal_app.domain.accounts import email_verification, rules
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import Account, AccountToken
from portal_app.domain.customers.models import Customer
from portal_app.domain.sign_in.rules import SignUpForm
from portal_app.domain.sign_in.sign_up import create_active_customer, sign_up
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, TooManyAttempts
from tests.support.accounts import (
    FORM,
    OTHER_PASSWORD,
    PASSWORD,
    STRANGER,
    HashingCalls,
    newest_token,
    outbox_messages,
    run_concurrently,
    sent_messages,
    set_up_business,
    snapshot_without_logs,
)

pytestmark = pytest.mark.each_database

EMAIL = FORM.email
AGAIN = replace(FORM, email="Maya@EXAMPLE.com")


@pytest.fixture(autouse=True)
def _business(db: Database, hashing: HashingCalls) -> None:
    set_up_business(db)


def people(db: Database) -> list[tuple[str, str, str, str]]:
    def read(tx: Session) -> list[tuple[str, str, str, str]]:
        return [
            (row.first_name, row.last_name, row.email, row.phone)
            for row in tx.exec(select(Customer))
        ]

    return db.query(read)


def count(db: Database, table: type[Account] | type[AccountToken]) -> int:
    with db.read() as tx:
        return len(tx.exec(select(table.id)).all())


def test_a_stranger_signs_up(db: Database) -> None:
    with frozen(utc_now()):
        sign_up(db, STRANGER, replace(FORM, email=" Maya@Example.com "))
        with db.read() as tx:
            account = tx.exec(select(Account)).one()
        assert account.terms_accepted_at == utc_now()
    assert (account.email, account.role, account.verified_at) == (
        EMAIL,
        "customer",
        None,
    )
    assert people(db) == [("Maya", "Chen", EMAIL, "+61412345678")]
    assert sent_messages(db) == [("verify_email", EMAIL)]


def test_the_answer_and_the_work_are_the_same_for_every_email(
    db: Database, hashing: HashingCalls
) -> None:
    create_active_customer(db, replace(FORM, email="active@example.com"))
    sign_up(db, STRANGER, replace(FORM, email="waiting@example.com"))
    work = {}
    for email in ("new@example.com", "active@example.com", "waiting@example.com"):
        for password in (PASSWORD, OTHER_PASSWORD):
            hashing.reset()
            form = replace(FORM, email=email, password=password)
            sign_up(db, STRANGER, form)
            work[email, password] = (hashing.hashed, hashing.compared)
    assert set(work.values()) == {(1, 1)}


def test_the_owner_of_an_active_account_is_notified_and_nothing_changes(
    db: Database,
) -> None:
    create_active_customer(db, FORM)
    before = snapshot_without_logs(db)
    form = replace(AGAIN, first_name="Eve", password=OTHER_PASSWORD, phone="")
    sign_up(db, STRANGER, form)
    assert snapshot_without_logs(db) == before
    assert sent_messages(db) == [("already_registered", EMAIL)]
    # What a stranger typed is in no mail of the owner's.
    assert "Eve" not in repr([message.payload for message in outbox_messages(db)])
    assert accounts.sign_in(db, STRANGER, EMAIL, PASSWORD, False)


def test_the_owner_is_notified_at_most_once_an_hour(db: Database) -> None:
    create_active_customer(db, FORM)
    for _ in range(3):
        sign_up(db, STRANGER, FORM)
    assert sent_messages(db) == [("already_registered", EMAIL)]


def test_a_double_click_has_one_effect(db: Database) -> None:
    sign_up(db, STRANGER, FORM)
    token = newest_token(db)
    sign_up(db, STRANGER, AGAIN)
    assert sent_messages(db) == [("verify_email", EMAIL)]
    assert (
        db.call(email_verification.verify_email, STRANGER, token)
        == email_verification.ACTIVATED
    )


def test_sign_ups_at_the_same_time_make_one_account(db: Database) -> None:
    signing_up = partial(sign_up, db, STRANGER, FORM)
    assert run_concurrently(*[signing_up] * 5) == [None] * 5
    assert (count(db, Account), len(people(db))) == (1, 1)
    assert sent_messages(db) == [("verify_email", EMAIL)]
    token = newest_token(db)
    assert (
        db.call(email_verification.verify_email, STRANGER, token)
        == email_verification.ACTIVATED
    )


def test_concurrent_sign_ups_get_the_same_answer(db: Database) -> None:
    eve = replace(AGAIN, first_name="Eve", password=OTHER_PASSWORD)
    answers = run_concurrently(
        partial(sign_up, db, STRANGER, FORM),
        partial(sign_up, db, STRANGER, eve),
    )
    assert answers == [None, None]
    assert (count(db, Account), len(people(db))) == (1, 1)
    with db.read() as tx:
        assert tx.exec(select(Account.password_hash)).one() is None
    with pytest.raises(rules.PasswordNeeded):
        db.call(email_verification.verify_email, STRANGER, newest_token(db))


def test_the_same_person_later_gets_a_fresh_mail(db: Database) -> None:
    start = utc_now()
    with frozen(start):
        sign_up(db, STRANGER, FORM)
    older = newest_token(db)
    with frozen(start + timedelta(minutes=2)):
        sign_up(db, STRANGER, replace(FORM, last_name="Chen-Wu", phone=""))
        newer = newest_token(db)
        assert newer != older
        with pytest.raises(rules.LinkInvalid):
            db.call(email_verification.verify_email, STRANGER, older)
        assert (
            db.call(email_verification.verify_email, STRANGER, newer)
            == email_verification.ACTIVATED
        )
    assert people(db) == [("Maya", "Chen-Wu", EMAIL, "")]
    assert sent_messages(db) == [("verify_email", EMAIL)] * 2


def test_every_wrong_field_is_named_and_nothing_happens(
    db: Database, hashing: HashingCalls
) -> None:
    before = snapshot_without_logs(db)
    with pytest.raises(InvalidInput) as refused:
        sign_up(
            db,
            STRANGER,
            SignUpForm(
                first_name=" ",
                last_name="x" * 81,
                email="maya",
                phone="12",
                password="short",
                terms=False,
            ),
        )
    assert refused.value.fields == {
        "first_name": "Please enter your first name.",
        "last_name": "Please use at most 80 characters.",
        "email": "Please enter an email address such as maya@example.com.",
        "phone": "Please enter a phone number such as 0412 345 678.",
        "password": "Please use at least 10 characters.",
        "terms": "Please accept the terms to go on.",
    }
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, [])
    assert (hashing.hashed, hashing.compared) == (0, 0)


@pytest.mark.parametrize("exists", [True, False])
def test_an_email_is_limited_whether_it_has_an_account_or_not(
    db: Database, hashing: HashingCalls, exists: bool
) -> None:
    if exists:
        create_active_customer(db, FORM)
    for number in range(20):
        sign_up(db, Actor(address=f"198.{number // 5}.100.1"), FORM)
    before, mails = snapshot_without_logs(db), sent_messages(db)
    hashing.reset()
    elsewhere = Actor(address="198.51.100.1")
    with pytest.raises(TooManyAttempts):
        sign_up(db, elsewhere, AGAIN)
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, mails)
    assert (hashing.hashed, hashing.compared) == (0, 0)


def test_a_network_is_limited(db: Database) -> None:
    for number in range(60):
        form = replace(FORM, email=f"someone{number}@example.com")
        sign_up(db, STRANGER, form)
    with pytest.raises(TooManyAttempts):
        sign_up(db, STRANGER, FORM)
    assert count(db, Account) == 60
    sign_up(db, Actor(address="198.51.100.1"), FORM)
    assert count(db, Account) == 61


def test_an_active_customer_is_added_without_a_mail(db: Database) -> None:
    create_active_customer(db, FORM)
    assert people(db) == [("Maya", "Chen", EMAIL, "+61412345678")]
    assert sent_messages(db) == []
    assert accounts.sign_in(db, STRANGER, EMAIL, PASSWORD, False)
    before = snapshot_without_logs(db)
    with pytest.raises(Conflict):
        create_active_customer(db, AGAIN)
    assert snapshot_without_logs(db) == before
