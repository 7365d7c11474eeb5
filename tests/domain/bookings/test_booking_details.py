"""The details of a booking: who sees them, and who changes them until when."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.bookings import booking_details, confirmation, queries
from portal_app.domain.bookings.models import Booking, BookingEvent
from portal_app.domain.bookings.rules import DetailsForm
from portal_app.domain.bookings.views import BookingDependentView, DetailsFormView
from portal_app.domain.dependents import service as dependents
from portal_app.domain.fields import schema
from portal_app.domain.fields import values as fields
from portal_app.domain.fields.values import Subject
from portal_app.domain.files import attachments
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import Change, EditConflict
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from portal_app.kernel.ids import new_id
from tests.support.dependents import (
    add_pet,
    cat_form,
    define_dependent_types,
    define_walk_fields,
)
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    SampleBusiness,
    create_sample_business,
    new_customer,
    ready_walk_draft,
)
from tests.support.uploads import MemoryStorage, snapshot_without_attempts, upload_file

AT_THE_DOOR = {"meeting_point": "door"}
AGAIN = {"dependents": "Please choose again who it is for."}
AFTERWARDS = TUESDAY_NINE + timedelta(minutes=30)


@dataclass(frozen=True)
class BookingScene:
    """Maya's walk for Rex, from the door; Tom stayed at home."""

    shop: SampleBusiness
    maya: Actor
    rex: str
    tom: str
    number: str
    noah: Actor
    his: str


@pytest.fixture
def scene(db: Database) -> Iterator[BookingScene]:
    with frozen(NOW):
        shop = db.call(create_sample_business)
        db.call(define_dependent_types)
        db.call(define_walk_fields, shop.walk)
        maya = db.call(new_customer)
        noah = db.call(new_customer, "noah@example.com")
        rex, tom = add_pet(db, maya), add_pet(db, maya, cat_form("Tom"))
        number = book(db, maya, rex)
        yield BookingScene(shop, maya, rex, tom, number, noah, add_pet(db, noah))


def book(db: Database, actor: Actor, *whom: str, days: int = 0) -> str:
    starts_at = TUESDAY_NINE + timedelta(days=days)
    draft = ready_walk_draft(
        db, actor, DetailsForm(whom, AT_THE_DOOR), starts_at=starts_at
    )
    return confirmation.confirm(db, actor, draft.id, draft.shown)


def change(
    db: Database, scene: BookingScene, *whom: str, version: int = 1, **answers: str
) -> int:
    return db.call(
        booking_details.change_details,
        scene.maya,
        scene.number,
        DetailsForm(whom, answers),
        version,
    )


def events(db: Database, scene: BookingScene) -> list[str]:
    found = db.query(queries.get_booking, scene.maya, scene.number).history
    return [f"{event.who}: {event.text}" for event in found][:-2]


def save_office_answers(tx: Session, number: str, **answers: str) -> None:
    row = tx.exec(select(Booking).where(Booking.number == number)).one()
    scope, subject = schema.service_scope(row.service_id), Subject("booking", row.id)
    fields.save_values(tx, SYSTEM, scope, subject, answers, owner=row.customer_id)


def guest_of(db: Database, number: str) -> Actor:
    with db.read() as tx:
        row = tx.exec(select(Booking).where(Booking.number == number)).one()
        return Actor(audience=Audience.GUEST, booking_id=row.id)


def test_customer_sees_fields_for_customers_only(
    db: Database, scene: BookingScene
) -> None:
    db.call(save_office_answers, scene.number, verdict="Good dog", warning="Bites")
    view = db.query(queries.get_booking, scene.maya, scene.number)
    assert view.for_whom == [BookingDependentView(scene.rex, "Rex", "paw-print", "")]
    assert {one.key: one.text for one in view.fields if one.shown} == {
        "meeting_point": "At the door",
        "photo": "",
        "consent": "",
        "verdict": "Good dog",
    }


def test_a_guest_sees_names_and_no_answers(db: Database, scene: BookingScene) -> None:
    guest = guest_of(db, scene.number)
    view = db.query(queries.get_booking, guest, scene.number)
    assert view.for_whom == [BookingDependentView(name="Rex")]
    assert view.fields == []
    asked = db.query(booking_details.details_form, guest, scene.number)
    assert asked == DetailsFormView()
    before = snapshot_without_attempts(db)
    with pytest.raises(NotAllowed):
        db.call(booking_details.change_details, guest, scene.number, DetailsForm(), 1)
    assert snapshot_without_attempts(db) == before


def test_details_form_of_a_booking(db: Database, scene: BookingScene) -> None:
    asked = db.query(booking_details.details_form, scene.maya, scene.number)
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


def test_dependents_can_be_set_later_without_fields(
    db: Database,
) -> None:
    with frozen(NOW):
        db.call(create_sample_business)
        db.call(define_dependent_types)
        maya = db.call(new_customer)
        draft = ready_walk_draft(db, maya, DetailsForm())
        number = confirmation.confirm(db, maya, draft.id, draft.shown)
        asked = db.query(booking_details.details_form, maya, number)
    assert (asked.dependents, asked.fields) == ([], [])
    assert [one.slug for one in asked.types] == ["pet"]
    assert asked.editable is True


def test_changes_are_stored_and_in_the_history(
    db: Database, scene: BookingScene
) -> None:
    park = {"meeting_point": "park", "which_park": "Enmore Park"}
    assert change(db, scene, scene.tom, scene.rex, **park) == 2
    view = db.query(queries.get_booking, scene.maya, scene.number)
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
    assert db.query(queries.get_booking, scene.maya, scene.number).for_whom == []
    assert events(db, scene)[0] == "You: For no one in particular."


def test_repeated_change_has_no_effect(db: Database, scene: BookingScene) -> None:
    before = snapshot_without_attempts(db)
    assert change(db, scene, scene.rex, **AT_THE_DOOR) == 1
    assert change(db, scene, scene.rex, version=0, **AT_THE_DOOR) == 1
    assert snapshot_without_attempts(db) == before


def test_concurrent_change_in_two_tabs_is_refused(
    db: Database, scene: BookingScene
) -> None:
    change(db, scene, scene.tom, meeting_point="park", which_park="Enmore Park")
    before = snapshot_without_attempts(db)
    with pytest.raises(EditConflict) as refused:
        change(db, scene, scene.rex, **AT_THE_DOOR)
    assert refused.value.changes == [
        Change("dependents", "Who is it for?", "Rex", "Tom"),
        Change("meeting_point", "Where do we meet?", "At the door", "In the park"),
    ]
    assert refused.value.version == 2
    assert snapshot_without_attempts(db) == before
    assert change(db, scene, scene.rex, version=2, **AT_THE_DOOR) == 3


def test_replaced_file_is_deleted(db: Database, scene: BookingScene) -> None:
    shelf = MemoryStorage()
    first, second = (
        upload_file(db, scene.maya, "field", shelf=shelf) for _ in range(2)
    )
    change(db, scene, scene.rex, photo=first.id)
    change(db, scene, scene.rex, photo=second.id, version=2)
    with frozen(NOW + timedelta(days=2)):
        assert attachments.delete_unused_files(db, shelf) == 1
    view = db.query(queries.get_booking, scene.maya, scene.number)
    assert [one.file.id for one in view.fields if one.file.id] == [second.id]


def test_archived_dependent_can_stay_but_not_be_added(
    db: Database, scene: BookingScene
) -> None:
    for one in (scene.rex, scene.tom):
        db.call(dependents.archive_dependent, scene.maya, one)
    asked = db.query(booking_details.details_form, scene.maya, scene.number)
    assert [one.name for one in asked.dependents] == ["Rex"]
    assert change(db, scene, scene.rex, **AT_THE_DOOR) == 1
    before = snapshot_without_attempts(db)
    with pytest.raises(InvalidInput) as refused:
        change(db, scene, scene.rex, scene.tom)
    assert refused.value.fields == AGAIN
    assert snapshot_without_attempts(db) == before


def test_all_errors_are_reported_together_and_change_nothing(
    db: Database, scene: BookingScene
) -> None:
    before = snapshot_without_attempts(db)
    with pytest.raises(InvalidInput) as refused:
        change(db, scene, scene.his, meeting_point="", verdict="Best dog")
    assert refused.value.fields == AGAIN | {
        "details.meeting_point": "Please choose one.",
        "details.verdict": "This field cannot be changed.",
    }
    assert snapshot_without_attempts(db) == before


def test_what_belongs_to_others_is_refused_like_what_is_missing(
    db: Database, scene: BookingScene
) -> None:
    his_file = upload_file(db, scene.noah, "field").id
    before = snapshot_without_attempts(db)
    answers = set()
    for number in (scene.number, "B-0000-0000", "", "%"):
        for ask in (
            lambda number=number: db.query(
                booking_details.details_form, scene.noah, number
            ),
            lambda number=number: db.call(
                booking_details.change_details, scene.noah, number, DetailsForm(), 1
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
            db.call(
                booking_details.change_details, actor, scene.number, DetailsForm(), 1
            )
    assert snapshot_without_attempts(db) == before


def _cancel(tx: Session, number: str) -> None:
    row = tx.exec(select(Booking).where(Booking.number == number)).one()
    row.status = "cancelled"


def test_past_and_cancelled_bookings_cannot_be_changed(
    db: Database, scene: BookingScene
) -> None:
    other = book(db, scene.maya, scene.tom, days=1)
    db.call(_cancel, other)
    before = snapshot_without_attempts(db)
    for number, now in ((scene.number, AFTERWARDS), (other, NOW)):
        with frozen(now):
            asked = db.query(booking_details.details_form, scene.maya, number)
            assert asked == DetailsFormView()
            form = DetailsForm((scene.rex, scene.tom), {"meeting_point": "park"})
            with pytest.raises(Conflict) as refused:
                db.call(booking_details.change_details, scene.maya, number, form, 1)
            assert refused.value.message == "This booking cannot be changed any more."
    assert snapshot_without_attempts(db) == before
    with frozen(AFTERWARDS):
        shown = db.query(queries.get_booking, scene.maya, scene.number).fields
    # What nobody answered is no news about a walk that is over.
    assert [one.key for one in shown] == ["meeting_point"]


def test_booking_can_be_changed_until_it_ends(
    db: Database, scene: BookingScene
) -> None:
    with frozen(AFTERWARDS - timedelta(seconds=1)):
        assert change(db, scene, scene.tom) == 2


def test_dependent_name_is_kept_as_it_was_at_booking(
    db: Database, scene: BookingScene
) -> None:
    form = replace(cat_form("Rexina"), answers={"species": "dog"})
    db.call(dependents.save_dependent, scene.maya, scene.rex, form, 1)
    view = db.query(queries.get_booking, scene.maya, scene.number)
    assert [one.name for one in view.for_whom] == ["Rex"]


def test_event_names_the_account(db: Database, scene: BookingScene) -> None:
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
