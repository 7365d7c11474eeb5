import pytest
from sqlalchemy.exc import IntegrityError

from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.rules import CUSTOMER
from portal_app.kernel.clock import utc_now
from portal_app.kernel.constraints import violated_constraint
from portal_app.kernel.db import Database
from tests.support.snapshots import database_snapshot

pytestmark = pytest.mark.each_database


def _insert(db: Database, email: str) -> None:
    with db.write() as tx:
        tx.add(Account(email=email, role=CUSTOMER, created_at=utc_now()))


def test_the_database_refuses_a_second_account_of_an_email(db: Database) -> None:
    _insert(db, "maya@example.com")
    before = database_snapshot(db)
    with pytest.raises(IntegrityError) as refused:
        _insert(db, "maya@example.com")
    assert violated_constraint(refused.value) == "uq_account_email"
    assert database_snapshot(db) == before
