"""Two customers of one business, signed in."""

from dataclasses import replace

import pytest

from portal_app.domain.accounts import service as accounts
from portal_app.domain.sign_in import session_lookup, sign_up
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.ids import hash_secret
from tests.support.accounts import (
    FORM,
    PASSWORD,
    STRANGER,
    HashingCalls,
    set_up_business,
)


def _signed_in(db: Database, email: str) -> Actor:
    ticket = accounts.sign_in(db, STRANGER, email, PASSWORD, False)
    secret = db.call(accounts.redeem_ticket, STRANGER, ticket).secret
    return session_lookup.resolve_session(
        db, hash_secret(secret), "203.0.113.7", "Firefox"
    )


@pytest.fixture
def her(db: Database, hashing: HashingCalls) -> Actor:
    """Maya, a customer."""
    set_up_business(db)
    sign_up.create_active_customer(db, FORM)
    return _signed_in(db, FORM.email)


@pytest.fixture
def him(db: Database, her: Actor) -> Actor:
    """Noah, another customer."""
    noah = replace(FORM, first_name="Noah", email="noah@example.com", phone="")
    sign_up.create_active_customer(db, noah)
    return _signed_in(db, "noah@example.com")
