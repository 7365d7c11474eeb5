"""The details of a booking: who sees them, and who changes them until when."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.bookings import service
from portal_app.domain.bookings.models import Booking, BookingEvent
from portal_app.domain.bookings.rules import DetailsForm
from portal_app.domain.bookings.views import AskedView, ForWhomView
from portal_app.domain.dependents import service as dependents
from portal_app.domain.fields import service as fields
from portal_app.domain.fields.service import Subject
from portal_app.domain.files import service as files
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import Change, ChangedMeanwhile
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from portal_app.kernel.ids import new_id
from tests.support.handing_in import Shelf, hand_in, kept
from tests.support.household import adopt, define_household, define_walk_fields, pet
from tests.support.shop import (
    NOW,
    TUESDAY_NINE,
    Shop,
    new_customer,
    open_shop,
    walk_for,
)

AT_THE_DOOR = {"meeting_point": "door"}
AGAIN = {"dependents": "Please choose again who it is for."}
AFTERWARDS = TUESDAY_NINE + timedelta(minutes=30)


@dataclass(frozen=True)
class Scene:
    """Maya's walk for Rex, from the door; Tom stayed at home."""

    shop: Shop
    maya: Actor
    rex: str
    tom: str
    number: str
    noah: Actor
    his: str


@pytest.fixture
def scene(db: Database) -> Iterator[Scene]:
    with frozen(NOW):
        shop = db.call(open_shop)
        db.call(define_household)
        db.call(define_walk_fields, shop.walk)
        maya = db.call(new_customer)
        noah = db.call(new_customer, "noah@example.com")
        rex, tom = adopt(db, maya), adopt(db, maya, pet("Tom"))
        number = book(db, maya, rex)
        yield Scene(shop, maya, rex, tom, number, noah, adopt(db, noah))


def book(db: Database, actor: Actor, *whom: str, days: int = 0) -> str:
    starts_at = TUESDAY_NINE + timedelta(days=days)
    draft = walk_for(db, actor, DetailsForm(whom, AT_THE_DOOR), starts_at=starts_at)
    return service.confirm(db, actor, draft.id, draft.shown)


def change(
    db: Database, scene: Scene, *whom: str, version: int = 1, **answers: str
) -> int:
    return db.call(
        service.change_details,
        scene.maya,
        scene.number,
        DetailsForm(whom, answers),
        version,
    )


def events(db: Database, scene: Scene) -> list[str]:
    found = db.query(service.booking, scene.maya, scene.number).history
    return [f"{event.who}: {event.text}" for event in found][:-2]


def of_the_office(tx: Session, number: str, **answers: str) -> None:
    row = tx.exec(select(Booking).where(Booking.number == number)).one()
    scope, subject = fields.of_service(row.service_id), Subject("booking", row.id)
    fields.save(tx, SYSTEM, scope, subject, answers, owner=row.customer_id)


def guest_of(db: Database, number: str) -> Actor:
    with db.read() as tx:
        row = tx.exec(select(Booking).where(Booking.number == number)).one()
        return Actor(audience=Audience.GUEST, booking_id=row.id)


def test_the_customer_sees_what_customers_see(db: Database, scene: Scene) -> None:
    db.call(of_the_office, scene.number, verdict="Good dog", warning="Bites")
    view = db.query(service.booking, scene.maya, scene.number)
    assert view.for_whom == [ForWhomView(scene.rex, "Rex", "paw-print", "")]
    assert {one.key: one.text for one in view.fields if one.shown} == {
        "meeting_point": "At the door",
        "photo": "",
        "consent": "",
        "verdict": "Good dog",
    }


def test_a_guest_sees_names_and_no_answers(db: Database, scene: Scene) -> None:
    guest = guest_of(db, scene.number)
    view = db.query(service.booking, guest, scene.number)
    assert view.for_whom == [ForWhomView(name="Rex")]
    assert view.fields == []
    asked = db.query(service.details, guest, scene.number)
    assert asked == AskedView()
    before = kept(db)
    with pytest.raises(NotAllowed):
        db.call(service.change_details, guest, scene.number, DetailsForm(), 1)
    assert kept(db) == before


def test_what_can_be_changed(db: Database, scene: Scene) -> None:
    asked = db.query(service.details, scene.maya, scene.number)
    assert (asked.editable, asked.version) == (True, 1)
    assert [one.slug for one in asked.types] == ["pet"]
    assert [one.name for one in asked.dependents] == ["Rex", "Tom"]
    assert asked.chosen == [scene.rex]
    assert [(one.key, one.editable) for one in asked.fields] == [
        ("meeting_point", True),
        ("which_park", True),
        ("photo", True),
        ("consent", True),
        ("verdict", False),
    ]


def test_for_whom_can_be_said_later_even_if_nothing_else_is_asked(
    db: Database,
) -> None:
    with frozen(NOW):
        db.call(open_shop)
        db.call(define_household)
        maya = db.call(new_customer)
        draft = walk_for(db, maya, DetailsForm())
        number = service.confirm(db, maya, draft.id, draft.shown)
        asked = db.query(service.details, maya, number)
    assert (asked.dependents, asked.fields) == ([], [])
    assert [one.slug for one in asked.types] == ["pet"]
    assert asked.editable is True


def test_changes_are_stored_and_told(db: Database, scene: Scene) -> None:
    park = {"meeting_point": "park", "which_park": "Enmore Park"}
    assert change(db, scene, scene.tom, scene.rex, **park) == 2
    view = db.query(service.booking, scene.maya, scene.number)
    assert [one.name for one in view.for_whom] == ["Tom", "Rex"]
    assert {one.key: one.text for one in view.fields if one.text} == {
        "meeting_point": "In the park",
        "which_park": "Enmore Park",
    }
    assert events(db, scene) == [
        "You: Changed: “Where do we meet?”, “Which park?”.",
        "You: For Tom, Rex.",
    ]
    assert change(db, scene, version=2) == 3
    assert db.query(service.booking, scene.maya, scene.number).for_whom == []
    assert events(db, scene)[0] == "You: For nobody by name."


def test_the_same_again_changes_nothing(db: Database, scene: Scene) -> None:
    before = kept(db)
    assert change(db, scene, scene.rex, **AT_THE_DOOR) == 1
    assert change(db, scene, scene.rex, version=0, **AT_THE_DOOR) == 1
    assert kept(db) == before


def test_two_tabs(db: Database, scene: Scene) -> None:
    change(db, scene, scene.tom, meeting_point="park", which_park="Enmore Park")
    before = kept(db)
    with pytest.raises(ChangedMeanwhile) as refused:
        change(db, scene, scene.rex, **AT_THE_DOOR)
    assert refused.value.changes == [
        Change("dependents", "Who is it for?", "Rex", "Tom"),
        Change("meeting_point", "Where do we meet?", "At the door", "In the park"),
    ]
    assert refused.value.version == 2
    assert kept(db) == before
    assert change(db, scene, scene.rex, version=2, **AT_THE_DOOR) == 3


def test_a_file_is_replaced_and_the_old_one_goes(db: Database, scene: Scene) -> None:
    shelf = Shelf()
    first, second = (hand_in(db, scene.maya, "field", shelf=shelf) for _ in range(2))
    change(db, scene, scene.rex, photo=first.id)
    change(db, scene, scene.rex, photo=second.id, version=2)
    with frozen(NOW + timedelta(days=2)):
        assert files.sweep(db, shelf) == 1
    view = db.query(service.booking, scene.maya, scene.number)
    assert [one.file.id for one in view.fields if one.file.id] == [second.id]


def test_who_was_archived_can_stay_but_not_come(db: Database, scene: Scene) -> None:
    for one in (scene.rex, scene.tom):
        db.call(dependents.archive, scene.maya, one)
    asked = db.query(service.details, scene.maya, scene.number)
    assert [one.name for one in asked.dependents] == ["Rex"]
    assert change(db, scene, scene.rex, **AT_THE_DOOR) == 1
    before = kept(db)
    with pytest.raises(InvalidInput) as refused:
        change(db, scene, scene.rex, scene.tom)
    assert refused.value.fields == AGAIN
    assert kept(db) == before


def test_what_is_wrong_is_told_at_once_and_changes_nothing(
    db: Database, scene: Scene
) -> None:
    before = kept(db)
    with pytest.raises(InvalidInput) as refused:
        change(db, scene, scene.his, meeting_point="", verdict="Best dog")
    assert refused.value.fields == AGAIN | {
        "details.meeting_point": "Please choose one.",
        "details.verdict": "This field cannot be changed.",
    }
    assert kept(db) == before


def test_other_peoples_things_are_as_if_they_did_not_exist(
    db: Database, scene: Scene
) -> None:
    his_file = hand_in(db, scene.noah, "field").id
    before = kept(db)
    answers = set()
    for number in (scene.number, "B-0000-0000", "", "%"):
        for ask in (
            lambda number=number: db.query(service.details, scene.noah, number),
            lambda number=number: db.call(
                service.change_details, scene.noah, number, DetailsForm(), 1
            ),
        ):
            with pytest.raises(NotFound) as refusal:
                ask()
            answers.add(refusal.value.message)
    assert answers == {"We could not find that booking."}
    for one in (scene.his, new_id(), ""):
        with pytest.raises(InvalidInput) as refused:
            change(db, scene, scene.rex, one)
        assert refused.value.fields == AGAIN
    for file_id in (his_file, new_id()):
        with pytest.raises(InvalidInput) as refused:
            change(db, scene, scene.rex, photo=file_id)
        assert refused.value.fields == {
            "details.photo": "We could not find that file. Please choose it again."
        }
    for actor in (Actor(), SYSTEM):
        with pytest.raises(NotAllowed):
            db.call(service.change_details, actor, scene.number, DetailsForm(), 1)
    assert kept(db) == before


def _cancel(tx: Session, number: str) -> None:
    row = tx.exec(select(Booking).where(Booking.number == number)).one()
    row.status = "cancelled"


def test_what_is_over_or_cancelled_stays_as_it_is(db: Database, scene: Scene) -> None:
    other = book(db, scene.maya, scene.tom, days=1)
    db.call(_cancel, other)
    before = kept(db)
    for number, now in ((scene.number, AFTERWARDS), (other, NOW)):
        with frozen(now):
            asked = db.query(service.details, scene.maya, number)
            assert asked == AskedView()
            form = DetailsForm((scene.rex, scene.tom), {"meeting_point": "park"})
            with pytest.raises(Conflict) as refused:
                db.call(service.change_details, scene.maya, number, form, 1)
            assert refused.value.message == "This booking cannot be changed any more."
    assert kept(db) == before
    with frozen(AFTERWARDS):
        shown = db.query(service.booking, scene.maya, scene.number).fields
    # What nobody answered is no news about a walk that is over.
    assert [one.key for one in shown] == ["meeting_point"]


def test_until_the_end_it_can_be_changed(db: Database, scene: Scene) -> None:
    with frozen(AFTERWARDS - timedelta(seconds=1)):
        assert change(db, scene, scene.tom) == 2


def test_a_name_is_as_it_was_when_it_was_said(db: Database, scene: Scene) -> None:
    form = replace(pet("Rexina"), answers={"species": "dog"})
    db.call(dependents.save, scene.maya, scene.rex, form, 1)
    view = db.query(service.booking, scene.maya, scene.number)
    assert [one.name for one in view.for_whom] == ["Rex"]


def test_the_event_says_who_did_it(db: Database, scene: Scene) -> None:
    change(db, scene, scene.rex, consent="typed:Maya Chen")
    with db.read() as tx:
        last = tx.exec(
            select(BookingEvent).order_by(col(BookingEvent.id).desc())
        ).first()
    assert last is not None
    assert last.model_dump(exclude={"id", "booking_id"}) == {
        "at": NOW,
        "by": "customer",
        "account_id": scene.maya.account_id,
        "what": "details_changed",
        "detail": {"fields": "“Consent”"},
    }
