"""Logo and home picture: of the office's own, public while they are in use."""

from dataclasses import replace

import pytest
from sqlmodel import col, select

from portal_app.domain.accounts import service as accounts
from portal_app.domain.business import service as businesses
from portal_app.domain.change_log.models import ChangeEntry
from portal_app.domain.office.brand_pictures import brand_file, set_hero, set_logo
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed, NotFound
from tests.support.accounts import (
    BUSINESS,
    PASSWORD,
    set_up_business,
    snapshot_without_logs,
)
from tests.support.snapshots import changed_columns
from tests.support.uploads import upload_file


def test_a_logo_is_set_replaced_and_removed(db: Database) -> None:
    set_up_business(db)
    account = accounts.create_account(db, "lea@example.com", "office", PASSWORD)
    lea = Actor(Audience.OFFICE, account_id=account)
    first, second = (upload_file(db, lea).id for _ in range(2))
    with pytest.raises(NotFound):
        db.query(brand_file, first)
    for _ in range(2):  # a second click
        db.call(set_logo, lea, first)
    path = f"/api/brand/{first}.webp"
    assert db.query(businesses.business_view).logo_url == path
    assert db.query(brand_file, first).media_type == "image/webp"
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
            db.query(brand_file, gone)
    # The form of the business keeps the logo.
    form, version = db.query(businesses.settings_form)
    db.call(businesses.save_business, lea, form, version)
    assert db.query(brand_file, second).key
    db.call(set_logo, lea, "")
    assert db.query(businesses.business_view).logo_url == ""
    with pytest.raises(NotFound):
        db.query(brand_file, second)


def test_a_save_of_all_settings_leaves_the_pictures(db: Database) -> None:
    set_up_business(db)
    account = accounts.create_account(db, "lea@example.com", "office", PASSWORD)
    lea = Actor(Audience.OFFICE, account_id=account)
    logo, hero = upload_file(db, lea).id, upload_file(db, lea, "photo").id
    db.call(set_logo, lea, logo)
    db.call(set_hero, lea, hero)
    before = snapshot_without_logs(db)
    # As a pack or the demo does it: a form that nobody filled from what is there.
    db.call(businesses.save_business, lea, replace(BUSINESS, name="Sunny Side"))
    assert changed_columns(before, snapshot_without_logs(db)) == {
        *("business.name", "business.version", "+change_entry")
    }
    assert [db.query(brand_file, one).media_type for one in (logo, hero)] == [
        *("image/webp", "image/webp")
    ]


def test_the_home_page_has_a_picture_of_its_own(db: Database) -> None:
    set_up_business(db)
    account = accounts.create_account(db, "lea@example.com", "office", PASSWORD)
    lea = Actor(Audience.OFFICE, account_id=account)
    logo = upload_file(db, lea).id
    photo, other = (upload_file(db, lea, "photo").id for _ in range(2))
    db.call(set_logo, lea, logo)
    before = snapshot_without_logs(db)
    with pytest.raises(NotFound):  # cut for a logo
        db.call(set_hero, lea, upload_file(db, lea).id)
    for audience in set(Audience) - {Audience.OFFICE}:
        with pytest.raises(NotAllowed):
            db.call(set_hero, Actor(audience, account_id=account), photo)
    assert snapshot_without_logs(db)["business"] == before["business"]
    for _ in range(2):  # a second click
        db.call(set_hero, lea, photo)
    view = db.query(businesses.business_view)
    assert (view.hero_url, view.logo_url) == (
        f"/api/brand/{photo}.webp",
        f"/api/brand/{logo}.webp",
    )
    large, small = (
        db.query(brand_file, name).key for name in (photo, f"{photo}-small")
    )
    assert large != small
    assert db.query(brand_file, logo).key
    db.call(set_hero, lea, other)
    with pytest.raises(NotFound):
        db.query(brand_file, photo)
    db.call(set_hero, lea, "")
    assert db.query(businesses.business_view).hero_url == ""
    with db.read() as tx:
        entries = tx.exec(select(ChangeEntry).order_by(col(ChangeEntry.id))).all()
    assert [
        tuple(one.values())
        for entry in entries
        for one in entry.differences
        if one["label"] == "Picture of the home page"
    ] == [
        ("Picture of the home page", "", "A picture"),
        ("Picture of the home page", "A picture", "Another picture"),
        ("Picture of the home page", "A picture", ""),
    ]
