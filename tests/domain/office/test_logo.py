"""The logo is a picture of the office's own, public while it is the logo."""

import pytest

from portal_app.domain.accounts import service as accounts
from portal_app.domain.business import service as businesses
from portal_app.domain.office.logo import logo_file, set_logo
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed, NotFound
from tests.support.accounts import PASSWORD, set_up_business, snapshot_without_logs
from tests.support.uploads import upload_file


def test_a_logo_is_set_replaced_and_removed(db: Database) -> None:
    set_up_business(db)
    account = accounts.create_account(db, "lea@example.com", "office", PASSWORD)
    lea = Actor(Audience.OFFICE, account_id=account)
    first, second = (upload_file(db, lea).id for _ in range(2))
    with pytest.raises(NotFound):
        db.query(logo_file, first)
    for _ in range(2):  # a second click
        db.call(set_logo, lea, first)
    path = f"/api/brand/{first}.webp"
    assert db.query(businesses.business_view).logo_url == path
    assert db.query(logo_file, first).media_type == "image/webp"
    before = snapshot_without_logs(db)
    for audience in set(Audience) - {Audience.OFFICE}:
        with pytest.raises(NotAllowed):
            db.call(set_logo, Actor(audience, account_id=account), second)
    with pytest.raises(NotFound):
        db.call(set_logo, Actor(Audience.OFFICE, account_id="x"), second)
    assert snapshot_without_logs(db) == before
    db.call(set_logo, lea, second)
    for gone in (first, "", "x"):
        with pytest.raises(NotFound):
            db.query(logo_file, gone)
    # The form of the business keeps the logo.
    form, version = db.query(businesses.settings_form)
    db.call(businesses.save_business, lea, form, version)
    assert db.query(logo_file, second).key
    db.call(set_logo, lea, "")
    assert db.query(businesses.business_view).logo_url == ""
    with pytest.raises(NotFound):
        db.query(logo_file, second)
