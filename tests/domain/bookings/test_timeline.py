from datetime import timedelta

import pytest

from portal_app.domain.bookings import service
from portal_app.domain.dependents import service as dependents
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed, NotFound
from portal_app.kernel.ids import new_id
from tests.support.handing_in import kept
from tests.support.household import adopt, define_household, pet
from tests.support.shop import (
    NOW,
    TUESDAY_NINE,
    new_customer,
    open_shop,
    ready_draft,
)


@pytest.fixture
def maya(db: Database) -> Actor:
    db.call(open_shop)
    db.call(define_household)
    return db.call(new_customer)


def book(db: Database, actor: Actor, days: int = 0) -> str:
    with frozen(NOW):
        draft = ready_draft(db, actor, starts_at=TUESDAY_NINE + timedelta(days=days))
        return service.confirm(db, actor, draft.id, draft.shown)


def test_a_booking_names_whom_it_is_for(db: Database, maya: Actor) -> None:
    number = book(db, maya)
    rex, tom = adopt(db, maya), adopt(db, maya, pet("Tom"))
    assert db.call(service.name_dependents, maya, number, [tom, rex, tom]) == [
        "Tom",
        "Rex",
    ]
    before = kept(db)
    db.call(service.name_dependents, maya, number, [tom, rex])
    assert kept(db) == before
    assert db.query(service.named_dependents, maya, number) == [
        (tom, "Tom"),
        (rex, "Rex"),
    ]
    texts = [event.text for event in db.query(service.booking, maya, number).history]
    assert texts[0] == "For Tom, Rex."
    assert db.call(service.name_dependents, maya, number, []) == []
    assert db.query(service.named_dependents, maya, number) == []


def test_each_dependent_has_a_timeline(db: Database, maya: Actor) -> None:
    rex, tom = adopt(db, maya), adopt(db, maya, pet("Tom"))
    first, second, third = (book(db, maya, days) for days in (0, 1, 2))
    db.call(service.name_dependents, maya, first, [rex])
    db.call(service.name_dependents, maya, third, [rex, tom])
    with frozen(NOW + timedelta(days=2)):
        past = db.query(service.timeline, maya, rex, "past")
        coming = db.query(service.timeline, maya, rex, "upcoming")
        of_tom = db.query(service.timeline, maya, tom)
    assert [row.number for row in past.rows] == [first]
    assert [row.number for row in coming.rows] == [third]
    assert (of_tom.total, of_tom.rows[0].service_name) == (1, "Dog walk")
    assert second not in {first, third}


def test_an_archived_dependent_keeps_its_bookings(db: Database, maya: Actor) -> None:
    rex = adopt(db, maya)
    number, other = book(db, maya), book(db, maya, 1)
    db.call(service.name_dependents, maya, number, [rex])
    db.call(dependents.archive, maya, rex)
    with frozen(NOW):
        assert db.query(service.timeline, maya, rex).total == 1
    assert db.call(service.name_dependents, maya, number, [rex]) == ["Rex"]
    with pytest.raises(NotFound):
        db.call(service.name_dependents, maya, other, [rex])


def test_another_customers_ids_are_as_if_they_did_not_exist(
    db: Database, maya: Actor
) -> None:
    noah = db.call(new_customer, "noah@example.com")
    rex, number = adopt(db, maya), book(db, maya)
    his_dog, his_booking = adopt(db, noah), book(db, noah, 1)
    before = kept(db)
    answers: dict[str, set[str]] = {"booking": set(), "dependent": set()}
    for one in (his_booking, "B-0000-0000", "", "%"):
        with pytest.raises(NotFound) as refusal:
            db.call(service.name_dependents, maya, one, [rex])
        answers["booking"].add(refusal.value.message)
        with pytest.raises(NotFound) as refusal:
            db.query(service.named_dependents, maya, one)
        answers["booking"].add(refusal.value.message)
    for one in (his_dog, new_id(), ""):
        with pytest.raises(NotFound) as refusal:
            db.call(service.name_dependents, maya, number, [rex, one])
        answers["dependent"].add(refusal.value.message)
        with pytest.raises(NotFound) as refusal:
            db.query(service.timeline, maya, one)
        answers["dependent"].add(refusal.value.message)
    assert answers == {
        "booking": {"We could not find that booking."},
        "dependent": {"We could not find that."},
    }
    assert kept(db) == before
    for call in (
        lambda: db.query(service.timeline, Actor(), rex),
        lambda: db.query(service.named_dependents, Actor(), number),
        lambda: db.call(service.name_dependents, Actor(), number, [rex]),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_too_many_for_one_booking(db: Database, maya: Actor) -> None:
    number = book(db, maya)
    with pytest.raises(InvalidInput) as refusal:
        db.call(service.name_dependents, maya, number, [new_id() for _ in range(21)])
    assert refusal.value.fields == {
        "dependents": "Please choose at most 20 for one booking."
    }


def test_an_unknown_list_is_refused(db: Database, maya: Actor) -> None:
    rex = adopt(db, maya)
    with pytest.raises(InvalidInput):
        db.query(service.timeline, maya, rex, "sometime")
