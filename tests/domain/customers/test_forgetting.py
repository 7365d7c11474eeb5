"""Sign-ups that nobody activated are forgotten after 30 days."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import Account
from portal_app.domain.bookings import service as bookings
from portal_app.domain.customers import forgetting
from portal_app.domain.customers import service as customers
from portal_app.domain.customers.forgetting import forget_unverified
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support import shop
from tests.support.accounts import (
    FORM,
    STRANGER,
    HashingCalls,
    at_once,
    newest_token,
    open_business,
    sign_in_here,
)
from tests.support.contents import contents

pytestmark = pytest.mark.each_database

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
END = NOW + timedelta(days=30)
AFTER = END + timedelta(microseconds=1)


@pytest.fixture
def open_portal(db: Database, hashing: HashingCalls) -> None:
    open_business(db)


def sign_up(db: Database, email: str = FORM.email, at: datetime = NOW) -> None:
    with frozen(at):
        customers.sign_up(db, STRANGER, replace(FORM, email=email))


def emails(db: Database) -> list[str]:
    """Of the accounts and of the customers that are there."""
    found = contents(db)
    assert [row["email"] for row in found["customer"]] == [
        row["email"] for row in found["account"]
    ]
    return [row["email"] for row in found["account"]]


@pytest.mark.usefixtures("open_portal")
def test_a_sign_up_nobody_activated_is_kept_for_thirty_days(db: Database) -> None:
    sign_up(db)
    before = contents(db)
    with frozen(END):
        assert forget_unverified(db) == 0
    assert contents(db) == before
    with frozen(AFTER):
        assert forget_unverified(db) == 1
        assert forget_unverified(db) == 0
    assert emails(db) == []
    assert contents(db)["account_token"] == []
    # The e-mail is free again.
    sign_up(db, at=AFTER)
    assert emails(db) == [FORM.email]


@pytest.mark.usefixtures("open_portal")
def test_an_account_that_was_activated_is_kept(db: Database) -> None:
    sign_up(db)
    with frozen(NOW):
        db.call(accounts.verify_email, STRANGER, newest_token(db))
    with frozen(AFTER):
        assert forget_unverified(db) == 0
        sign_in_here(db)


@pytest.mark.usefixtures("open_portal")
def test_an_account_with_a_link_under_way_is_kept(db: Database) -> None:
    sign_up(db)
    sign_up(db, at=END - timedelta(hours=1))
    with frozen(AFTER):
        assert forget_unverified(db) == 0
        db.call(accounts.verify_email, STRANGER, newest_token(db))
        assert forget_unverified(db) == 0
    assert emails(db) == [FORM.email]


@pytest.mark.usefixtures("open_portal")
def test_an_account_the_office_closed_stays_closed(db: Database) -> None:
    sign_up(db)
    (account,) = contents(db)["account"]
    db.call(lambda tx: setattr(tx.get_one(Account, account["id"]), "disabled_at", NOW))
    with frozen(AFTER):
        assert forget_unverified(db) == 0
    assert emails(db) == [FORM.email]


def test_a_customer_with_a_booking_is_kept_whole(db: Database) -> None:
    db.call(shop.open_shop)
    with frozen(shop.NOW):
        maya = db.call(shop.new_customer)
        draft = shop.ready_draft(db, maya)
        bookings.confirm(db, maya, draft.id, draft.shown)
        db.call(shop.new_customer, "noah@example.com")
    before = contents(db)
    with frozen(shop.NOW + timedelta(days=31)):
        assert forget_unverified(db) == 1
    after = contents(db)
    assert emails(db) == ["maya@example.com"]
    for table in set(before) - {"account", "customer"}:
        assert after[table] == before[table]


@pytest.mark.usefixtures("open_portal")
def test_office_accounts_are_kept(db: Database) -> None:
    with frozen(NOW):
        account_id = db.call(accounts.create, "office@example.com", "office", "")
    db.call(lambda tx: setattr(tx.get_one(Account, account_id), "verified_at", None))
    before = contents(db)
    with frozen(AFTER):
        assert forget_unverified(db) == 0
    assert contents(db) == before


@pytest.mark.usefixtures("open_portal")
def test_many_go_in_pieces_and_once_each(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "_AT_ONCE", 2)
    for number in range(5):
        sign_up(db, f"one-{number}@example.com")
    with frozen(AFTER):
        found = at_once(*[partial(forget_unverified, db)] * 3)
        assert sum(one for one in found if isinstance(one, int)) == 5
    assert emails(db) == []
