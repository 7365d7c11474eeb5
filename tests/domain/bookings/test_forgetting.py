"""Drafts that nobody goes on with are forgotten after 30 days, with all they hold."""

from datetime import timedelta
from functools import partial

import pytest

from portal_app.domain.bookings import forgetting, service
from portal_app.domain.bookings.forgetting import forget_drafts
from portal_app.domain.fields import service as fields
from portal_app.domain.fields.definitions import Definition
from portal_app.domain.fields.service import Subject
from portal_app.domain.files import service as files
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotFound
from tests.support.accounts import at_once
from tests.support.contents import contents
from tests.support.handing_in import Shelf, hand_in
from tests.support.shop import NOW, Shop, new_customer, open_shop, ready_draft

pytestmark = pytest.mark.each_database

END = NOW + timedelta(days=30)
AFTER = END + timedelta(microseconds=1)


@pytest.fixture
def shop(db: Database) -> Shop:
    return db.call(open_shop)


@pytest.fixture
def maya(db: Database, shop: Shop) -> Actor:
    return db.call(new_customer)


def begin(db: Database, actor: Actor, slug: str = "dog-walk") -> str:
    with frozen(NOW):
        return db.call(service.open_draft, actor, slug).id


def test_an_open_draft_is_kept_for_thirty_days(db: Database, maya: Actor) -> None:
    draft_id = begin(db, maya)
    before = contents(db)
    with frozen(END):
        assert forget_drafts(db) == 0
    assert contents(db) == before
    with frozen(AFTER):
        assert forget_drafts(db) == 1
        assert forget_drafts(db) == 0
    assert contents(db)["booking_draft"] == []
    with pytest.raises(NotFound):
        db.query(service.draft, maya, draft_id)
    assert begin(db, maya) != draft_id


def test_a_draft_that_was_changed_since_is_kept(db: Database, maya: Actor) -> None:
    draft_id = begin(db, maya, "home-clean")
    with frozen(NOW + timedelta(days=1)):
        db.call(service.answer_option, maya, draft_id, "bedrooms", "three")
    with frozen(AFTER):
        assert forget_drafts(db) == 0
    with frozen(AFTER + timedelta(days=1)):
        assert forget_drafts(db) == 1


def test_a_draft_that_was_booked_is_kept(db: Database, maya: Actor) -> None:
    with frozen(NOW):
        draft = ready_draft(db, maya)
        number = service.confirm(db, maya, draft.id, draft.shown)
    with frozen(NOW + timedelta(days=400)):
        assert forget_drafts(db) == 0
        assert service.confirm(db, maya, draft.id, draft.shown) == number


def test_its_answers_and_files_go_with_it_and_no_others(
    db: Database, maya: Actor, shop: Shop
) -> None:
    shelf = Shelf()
    asked = (Definition(key="plan", name="Plan of the house", kind="file"),)
    scope = fields.of_service(shop.cleaning)
    db.call(fields.define, SYSTEM, scope, asked)
    draft_id = begin(db, maya, "home-clean")
    kept = []
    for subject in (Subject("draft", draft_id), Subject("booking", draft_id)):
        with frozen(NOW):
            plan = hand_in(db, maya, "field", shelf=shelf).id
            db.call(
                fields.save,
                maya,
                scope,
                subject,
                {"plan": plan},
                owner=maya.customer_id,
            )
        kept.append(plan)
    with frozen(AFTER):
        assert forget_drafts(db) == 1
        assert [row.id for row in db.query(files.owned_files, maya)] == kept[1:]
        assert files.sweep(db, shelf) == 1
    (value,) = contents(db)["field_value"]
    assert value["subject_kind"] == "booking"


def test_many_go_in_pieces(
    db: Database, maya: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "_AT_ONCE", 2)
    for number in range(5):
        begin(db, db.call(new_customer, f"one-{number}@example.com"))
    with frozen(AFTER):
        assert forget_drafts(db) == 5


def test_two_workers_at_once_forget_each_once(db: Database, maya: Actor) -> None:
    for number in range(4):
        begin(db, db.call(new_customer, f"one-{number}@example.com"))
    with frozen(AFTER):
        found = at_once(*[partial(forget_drafts, db)] * 3)
        assert sum(one for one in found if isinstance(one, int)) == 4
    assert contents(db)["booking_draft"] == []
