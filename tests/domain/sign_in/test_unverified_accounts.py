"""Sign-ups that nobody activated are forgotten after 30 days."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from portal_app.domain.accounts import email_verification
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import Account
from portal_app.domain.bookings import confirmation
from portal_app.domain.sign_in import sign_up
from portal_app.domain.sign_in.sign_up import delete_unverified_accounts
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support import sample_business
from tests.support.accounts import (
    FORM,
    STRANGER,
    HashingCalls,
    newest_token,
    run_concurrently,
    set_up_business,
    sign_in_customer,
)
from tests.support.snapshots import database_snapshot

pytestmark = pytest.mark.each_database

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
END = NOW + timedelta(days=30)
AFTER = END + timedelta(microseconds=1)


@pytest.fixture
def open_portal(db: Database, hashing: HashingCalls) -> None:
    set_up_business(db)


def sign_up_at(db: Database, email: str = FORM.email, at: datetime = NOW) -> None:
    with frozen(at):
        sign_up.sign_up(db, STRANGER, replace(FORM, email=email))


def emails(db: Database) -> list[str]:
    """Of the accounts and of the customers that are there."""
    found = database_snapshot(db)
    assert [row["email"] for row in found["customer"]] == [
        row["email"] for row in found["account"]
    ]
    return [row["email"] for row in found["account"]]


@pytest.mark.usefixtures("open_portal")
def test_a_sign_up_nobody_activated_is_kept_for_thirty_days(db: Database) -> None:
    sign_up_at(db)
    before = database_snapshot(db)
    with frozen(END):
        assert delete_unverified_accounts(db) == 0
    assert database_snapshot(db) == before
    with frozen(AFTER):
        assert delete_unverified_accounts(db) == 1
        assert delete_unverified_accounts(db) == 0
    assert emails(db) == []
    assert database_snapshot(db)["account_token"] == []
    # The email is free again.
    sign_up_at(db, at=AFTER)
    assert emails(db) == [FORM.email]


@pytest.mark.usefixtures("open_portal")
def test_an_account_that_was_activated_is_kept(db: Database) -> None:
    sign_up_at(db)
    with frozen(NOW):
        db.call(email_verification.verify_email, STRANGER, newest_token(db))
    with frozen(AFTER):
        assert delete_unverified_accounts(db) == 0
        sign_in_customer(db)


@pytest.mark.usefixtures("open_portal")
def test_an_account_with_a_link_under_way_is_kept(db: Database) -> None:
    sign_up_at(db)
    sign_up_at(db, at=END - timedelta(hours=1))
    with frozen(AFTER):
        assert delete_unverified_accounts(db) == 0
        db.call(email_verification.verify_email, STRANGER, newest_token(db))
        assert delete_unverified_accounts(db) == 0
    assert emails(db) == [FORM.email]


@pytest.mark.usefixtures("open_portal")
def test_a_disabled_account_is_kept(db: Database) -> None:
    sign_up_at(db)
    (account,) = database_snapshot(db)["account"]
    db.call(lambda tx: setattr(tx.get_one(Account, account["id"]), "disabled_at", NOW))
    with frozen(AFTER):
        assert delete_unverified_accounts(db) == 0
    assert emails(db) == [FORM.email]


def test_a_customer_with_a_booking_is_kept_whole(db: Database) -> None:
    db.call(sample_business.create_sample_business)
    with frozen(sample_business.NOW):
        maya = db.call(sample_business.new_customer)
        draft = sample_business.ready_draft(db, maya)
        confirmation.confirm(db, maya, draft.id, draft.shown)
        db.call(sample_business.new_customer, "noah@example.com")
    before = database_snapshot(db)
    with frozen(sample_business.NOW + timedelta(days=31)):
        assert delete_unverified_accounts(db) == 1
    after = database_snapshot(db)
    assert emails(db) == ["maya@example.com"]
    for table in set(before) - {"account", "customer"}:
        assert after[table] == before[table]


@pytest.mark.usefixtures("open_portal")
def test_office_accounts_are_kept(db: Database) -> None:
    with frozen(NOW):
        account_id = db.call(
            accounts.create_with_hash, "office@example.com", "office", ""
        )
    db.call(lambda tx: setattr(tx.get_one(Account, account_id), "verified_at", None))
    before = database_snapshot(db)
    with frozen(AFTER):
        assert delete_unverified_accounts(db) == 0
    assert database_snapshot(db) == before


@pytest.mark.usefixtures("open_portal")
def test_many_accounts_are_deleted_in_batches(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_up, "_BATCH_SIZE", 2)
    for number in range(5):
        sign_up_at(db, f"one-{number}@example.com")
    with frozen(AFTER):
        found = run_concurrently(*[partial(delete_unverified_accounts, db)] * 3)
        assert sum(one for one in found if isinstance(one, int)) == 5
    assert emails(db) == []
