from datetime import timedelta

import pytest

from portal_app.domain.bookings import confirmation, queries
from portal_app.domain.bookings.rules import DetailsForm
from portal_app.domain.dependents import service as dependents
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed, NotFound
from portal_app.kernel.ids import new_id
from tests.support.dependents import add_pet, cat_form, define_dependent_types
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    create_sample_business,
    new_customer,
    ready_walk_draft,
)
from tests.support.uploads import snapshot_without_attempts


@pytest.fixture
def maya(db: Database) -> Actor:
    db.call(create_sample_business)
    db.call(define_dependent_types)
    return db.call(new_customer)


def book(db: Database, actor: Actor, days: int = 0, whom: tuple[str, ...] = ()) -> str:
    with frozen(NOW):
        starts_at = TUESDAY_NINE + timedelta(days=days)
        draft = ready_walk_draft(db, actor, DetailsForm(whom), starts_at=starts_at)
        return confirmation.confirm(db, actor, draft.id, draft.shown)


def test_bookings_are_listed_by_dependent(db: Database, maya: Actor) -> None:
    rex, tom = add_pet(db, maya), add_pet(db, maya, cat_form("Tom"))
    first = book(db, maya, whom=(rex,))
    book(db, maya, 1)
    third = book(db, maya, 2, (rex, tom))
    with frozen(NOW + timedelta(days=2)):
        past = db.query(queries.dependent_bookings, maya, rex, "past")
        coming = db.query(queries.dependent_bookings, maya, rex, "upcoming")
        of_tom = db.query(queries.dependent_bookings, maya, tom)
    assert [row.number for row in past.rows] == [first]
    assert [row.number for row in coming.rows] == [third]
    assert (of_tom.total, of_tom.rows[0].service_name) == (1, "Dog walk")
    assert [row.for_whom for row in (*past.rows, *coming.rows)] == [
        "Rex",
        "Rex and Tom",
    ]


def test_an_archived_dependent_keeps_its_bookings(db: Database, maya: Actor) -> None:
    rex = add_pet(db, maya)
    book(db, maya, whom=(rex,))
    db.call(dependents.archive_dependent, maya, rex)
    with frozen(NOW):
        assert db.query(queries.dependent_bookings, maya, rex).total == 1


def test_another_customers_dependent_is_refused_like_a_missing_one(
    db: Database, maya: Actor
) -> None:
    noah = db.call(new_customer, "noah@example.com")
    his_dog = add_pet(db, noah)
    before = snapshot_without_attempts(db)
    answers = set()
    for one in (his_dog, new_id(), ""):
        with pytest.raises(NotFound) as refusal:
            db.query(queries.dependent_bookings, maya, one)
        answers.add(refusal.value.message)
    assert answers == {"We could not find that."}
    with pytest.raises(NotAllowed):
        db.query(queries.dependent_bookings, Actor(), his_dog)
    assert snapshot_without_attempts(db) == before


def test_an_unknown_list_is_refused(db: Database, maya: Actor) -> None:
    rex = add_pet(db, maya)
    with pytest.raises(InvalidInput):
        db.query(queries.dependent_bookings, maya, rex, "sometime")
