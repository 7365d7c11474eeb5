from datetime import timedelta

import pytest

from portal_app.domain.bookings import service
from portal_app.domain.bookings.rules import DetailsForm
from portal_app.domain.dependents import service as dependents
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed, NotFound
from portal_app.kernel.ids import new_id
from tests.support.handing_in import kept
from tests.support.household import adopt, define_household, pet
from tests.support.shop import NOW, TUESDAY_NINE, new_customer, open_shop, walk_for


@pytest.fixture
def maya(db: Database) -> Actor:
    db.call(open_shop)
    db.call(define_household)
    return db.call(new_customer)


def book(db: Database, actor: Actor, days: int = 0, whom: tuple[str, ...] = ()) -> str:
    with frozen(NOW):
        starts_at = TUESDAY_NINE + timedelta(days=days)
        draft = walk_for(db, actor, DetailsForm(whom), starts_at=starts_at)
        return service.confirm(db, actor, draft.id, draft.shown)


def test_each_dependent_has_a_timeline(db: Database, maya: Actor) -> None:
    rex, tom = adopt(db, maya), adopt(db, maya, pet("Tom"))
    first = book(db, maya, whom=(rex,))
    book(db, maya, 1)
    third = book(db, maya, 2, (rex, tom))
    with frozen(NOW + timedelta(days=2)):
        past = db.query(service.timeline, maya, rex, "past")
        coming = db.query(service.timeline, maya, rex, "upcoming")
        of_tom = db.query(service.timeline, maya, tom)
    assert [row.number for row in past.rows] == [first]
    assert [row.number for row in coming.rows] == [third]
    assert (of_tom.total, of_tom.rows[0].service_name) == (1, "Dog walk")


def test_an_archived_dependent_keeps_its_bookings(db: Database, maya: Actor) -> None:
    rex = adopt(db, maya)
    book(db, maya, whom=(rex,))
    db.call(dependents.archive, maya, rex)
    with frozen(NOW):
        assert db.query(service.timeline, maya, rex).total == 1


def test_another_customers_dependent_is_as_if_it_did_not_exist(
    db: Database, maya: Actor
) -> None:
    noah = db.call(new_customer, "noah@example.com")
    his_dog = adopt(db, noah)
    before = kept(db)
    answers = set()
    for one in (his_dog, new_id(), ""):
        with pytest.raises(NotFound) as refusal:
            db.query(service.timeline, maya, one)
        answers.add(refusal.value.message)
    assert answers == {"We could not find that."}
    with pytest.raises(NotAllowed):
        db.query(service.timeline, Actor(), his_dog)
    assert kept(db) == before


def test_an_unknown_list_is_refused(db: Database, maya: Actor) -> None:
    rex = adopt(db, maya)
    with pytest.raises(InvalidInput):
        db.query(service.timeline, maya, rex, "sometime")
