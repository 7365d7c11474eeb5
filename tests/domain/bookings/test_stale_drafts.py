"""Drafts that nobody goes on with are forgotten after 30 days, with all they hold."""

from datetime import timedelta
from functools import partial

import pytest

from portal_app.domain.bookings import confirmation, draft_owners, drafts
from portal_app.domain.bookings.draft_owners import delete_stale_drafts
from portal_app.domain.fields import schema
from portal_app.domain.fields import values as fields
from portal_app.domain.fields.rules import Definition
from portal_app.domain.fields.values import Subject
from portal_app.domain.files import attachments
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotFound
from tests.support.accounts import run_concurrently
from tests.support.sample_business import (
    NOW,
    SampleBusiness,
    create_sample_business,
    new_customer,
    ready_draft,
)
from tests.support.snapshots import database_snapshot
from tests.support.uploads import MemoryStorage, upload_file

pytestmark = pytest.mark.each_database

END = NOW + timedelta(days=30)
AFTER = END + timedelta(microseconds=1)


@pytest.fixture
def shop(db: Database) -> SampleBusiness:
    return db.call(create_sample_business)


@pytest.fixture
def maya(db: Database, shop: SampleBusiness) -> Actor:
    return db.call(new_customer)


def begin(db: Database, actor: Actor, slug: str = "dog-walk") -> str:
    with frozen(NOW):
        return db.call(drafts.open_draft, actor, slug).id


def test_open_draft_is_deleted_after_thirty_days(db: Database, maya: Actor) -> None:
    draft_id = begin(db, maya)
    before = database_snapshot(db)
    with frozen(END):
        assert delete_stale_drafts(db) == 0
    assert database_snapshot(db) == before
    with frozen(AFTER):
        assert delete_stale_drafts(db) == 1
        assert delete_stale_drafts(db) == 0
    assert database_snapshot(db)["booking_draft"] == []
    with pytest.raises(NotFound):
        db.query(drafts.get_draft, maya, draft_id)
    assert begin(db, maya) != draft_id


def test_a_draft_that_was_changed_since_is_kept(db: Database, maya: Actor) -> None:
    draft_id = begin(db, maya, "home-clean")
    with frozen(NOW + timedelta(days=1)):
        db.call(drafts.answer_option, maya, draft_id, "bedrooms", "three")
    with frozen(AFTER):
        assert delete_stale_drafts(db) == 0
    with frozen(AFTER + timedelta(days=1)):
        assert delete_stale_drafts(db) == 1


def test_a_draft_that_was_booked_is_kept(db: Database, maya: Actor) -> None:
    with frozen(NOW):
        draft = ready_draft(db, maya)
        number = confirmation.confirm(db, maya, draft.id, draft.shown)
    with frozen(NOW + timedelta(days=400)):
        assert delete_stale_drafts(db) == 0
        assert confirmation.confirm(db, maya, draft.id, draft.shown) == number


def test_answers_and_files_of_the_draft_are_deleted_with_it(
    db: Database, maya: Actor, shop: SampleBusiness
) -> None:
    shelf = MemoryStorage()
    asked = (Definition(key="plan", name="Plan of the house", kind="file"),)
    scope = schema.service_scope(shop.cleaning)
    db.call(schema.define_fields, SYSTEM, scope, asked)
    draft_id = begin(db, maya, "home-clean")
    kept = []
    for subject in (Subject("draft", draft_id), Subject("booking", draft_id)):
        with frozen(NOW):
            plan = upload_file(db, maya, "field", shelf=shelf).id
            db.call(
                fields.save_values,
                maya,
                scope,
                subject,
                {"plan": plan},
                owner=maya.customer_id,
            )
        kept.append(plan)
    with frozen(AFTER):
        assert delete_stale_drafts(db) == 1
        assert [row.id for row in db.query(attachments.owned_files, maya)] == kept[1:]
        assert attachments.delete_unused_files(db, shelf) == 1
    (value,) = database_snapshot(db)["field_value"]
    assert value["subject_kind"] == "booking"


def test_many_drafts_are_deleted_in_batches(
    db: Database, maya: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_owners, "_STALE_BATCH_SIZE", 2)
    for number in range(5):
        begin(db, db.call(new_customer, f"one-{number}@example.com"))
    with frozen(AFTER):
        assert delete_stale_drafts(db) == 5


def test_concurrent_workers_delete_each_draft_once(db: Database, maya: Actor) -> None:
    for number in range(4):
        begin(db, db.call(new_customer, f"one-{number}@example.com"))
    with frozen(AFTER):
        found = run_concurrently(*[partial(delete_stale_drafts, db)] * 3)
        assert sum(one for one in found if isinstance(one, int)) == 4
    assert database_snapshot(db)["booking_draft"] == []
