"""What the wizard asks: for whom it is, and the service's own fields."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update

from portal_app.domain.bookings import confirmation, drafts, queries
from portal_app.domain.bookings.draft_owners import delete_stale_drafts
from portal_app.domain.bookings.models import (
    Booking,
    BookingDependent,
    BookingDraft,
    BookingEvent,
)
from portal_app.domain.bookings.rules import BookingContactForm, DetailsForm
from portal_app.domain.bookings.views import BookingView, DraftView
from portal_app.domain.catalogue import definitions
from portal_app.domain.dependents import rules
from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.models import Dependent
from portal_app.domain.dependents.types import archive_type
from portal_app.domain.fields import schema
from portal_app.domain.fields.models import FieldValue
from portal_app.domain.fields.rules import Definition
from portal_app.domain.files import attachments
from portal_app.domain.files.models import StoredFile
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotFound
from portal_app.kernel.ids import new_id
from tests.support.accounts import outbox_messages
from tests.support.contacts import add_contact
from tests.support.dependents import (
    WALK_FIELDS,
    add_pet,
    cat_form,
    define_dependent_types,
    define_walk_fields,
)
from tests.support.pictures import picture
from tests.support.sample_business import (
    ANSWERS,
    CONTACT,
    NOW,
    TUESDAY_NINE,
    WALK,
    SampleBusiness,
    create_sample_business,
    new_customer,
    ready_draft,
    ready_walk_draft,
)
from tests.support.uploads import MemoryStorage, snapshot_without_attempts, upload_file

AT_THE_DOOR = {"meeting_point": "door"}
AGAIN = {"dependents": "Please choose again who it is for."}


@dataclass(frozen=True)
class DraftScene:
    """A shop that asks for walks, and two customers with pets."""

    shop: SampleBusiness
    maya: Actor
    rex: str
    tom: str
    noah: Actor
    his: str


@pytest.fixture
def scene(db: Database) -> Iterator[DraftScene]:
    with frozen(NOW):
        shop = db.call(create_sample_business)
        db.call(define_dependent_types)
        db.call(define_walk_fields, shop.walk)
        maya = db.call(new_customer)
        noah = db.call(new_customer, "noah@example.com")
        yield DraftScene(
            shop,
            maya,
            add_pet(db, maya),
            add_pet(db, maya, cat_form("Tom")),
            noah,
            add_pet(db, noah),
        )


def begin(db: Database, actor: Actor) -> str:
    return db.call(drafts.open_draft, actor, "dog-walk").id


def save_contact(
    db: Database, actor: Actor, draft_id: str, *whom: str, **answers: Any
) -> DraftView:
    form = replace(CONTACT, details=DetailsForm(whom, answers))
    return db.call(drafts.choose_contact, actor, draft_id, form)


def stored_values(db: Database) -> list[tuple[str, str]]:
    with db.read() as tx:
        rows = tx.exec(select(FieldValue).order_by(col(FieldValue.definition_id)))
        return [
            (row.subject_kind, row.text)
            for row in rows
            if row.subject_kind != "dependent"
        ]


def test_wizard_offers_own_dependents_of_the_service_types(
    db: Database, scene: DraftScene
) -> None:
    db.call(dependents.add_dependent, scene.maya, "pool", pool_form(), "")
    away = add_pet(db, scene.maya, cat_form("Away"))
    db.call(dependents.archive_dependent, scene.maya, away)
    draft = begin(db, scene.maya)
    asked = db.query(drafts.dependents_form, scene.maya, draft)
    assert [one.slug for one in asked.types] == ["pet"]
    assert [one.name for one in asked.dependents] == ["Rex", "Tom"]
    assert asked.chosen == []
    # What only the office fills in is not asked here.
    asked = db.query(drafts.questions_form, scene.maya, draft)
    assert [one.key for one in asked.fields] == [
        "meeting_point",
        "which_park",
        "photo",
        "consent",
    ]


def pool_form() -> rules.DependentForm:
    return rules.DependentForm(name="Blue", answers={"volume": "900"})


def test_service_without_dependent_types_asks_for_no_dependents(
    db: Database, scene: DraftScene
) -> None:
    draft = db.call(drafts.open_draft, scene.maya, "home-clean")
    assert draft.steps == ["options", "address", "time", "contact", "questions"]
    asked = db.query(drafts.dependents_form, scene.maya, draft.id)
    assert (asked.types, asked.dependents) == ([], [])
    assert db.query(drafts.questions_form, scene.maya, draft.id).fields == []
    walk = begin(db, scene.maya)
    found = db.query(drafts.get_draft, scene.maya, walk)
    assert found.steps == ["who", "address", "time", "contact", "questions"]
    db.call(archive_type, SYSTEM, "pet")
    found = db.query(drafts.get_draft, scene.maya, walk)
    assert found.steps == ["address", "time", "contact", "questions"]
    asked = db.query(drafts.dependents_form, scene.maya, walk)
    assert (asked.types, asked.dependents) == ([], [])


def test_details_are_stored_on_the_draft(db: Database, scene: DraftScene) -> None:
    draft_id = begin(db, scene.maya)
    photo = upload_file(db, scene.maya, "field", content=picture("PNG"))
    draft = save_contact(
        db,
        scene.maya,
        draft_id,
        scene.rex,
        scene.tom,
        scene.rex,
        meeting_point="park",
        which_park=" Enmore  Park ",
        photo=photo.id,
        consent="typed:Maya Chen",
    )
    assert draft.done == ["who", "contact", "questions"]
    assert [one.name for one in draft.for_whom] == ["Rex", "Tom"]
    assert {one.key: one.text or one.file.name for one in draft.fields} == {
        "meeting_point": "In the park",
        "which_park": "Enmore Park",
        "photo": "field.png",
        "consent": "Signed by Maya Chen on Monday, 2 November 2026",
    }
    assert db.query(drafts.get_draft, scene.maya, draft_id) == draft
    asked = db.query(drafts.dependents_form, scene.maya, draft_id)
    assert asked.chosen == [scene.rex, scene.tom]
    asked = db.query(drafts.questions_form, scene.maya, draft_id)
    assert asked.fields == draft.fields
    # The same again is no change, and takes the file into use once.
    before = snapshot_without_attempts(db)
    again = save_contact(
        db, scene.maya, draft_id, scene.rex, scene.tom, photo=photo.id, **AT_THE_PARK
    )
    assert again == draft
    assert snapshot_without_attempts(db) == before


AT_THE_PARK = {"meeting_point": "park", "which_park": "Enmore Park"}


def test_all_errors_are_reported_together(db: Database, scene: DraftScene) -> None:
    draft_id = begin(db, scene.maya)
    before = snapshot_without_attempts(db)
    form = BookingContactForm(
        name="",
        email="maya@example.com",
        details=DetailsForm((scene.his,), {"meeting_point": "park", "photo": "x"}),
    )
    with pytest.raises(InvalidInput) as refused:
        db.call(drafts.choose_contact, scene.maya, draft_id, form)
    assert refused.value.fields == {
        "name": "Please enter a name.",
        **AGAIN,
        "details.which_park": "Please fill this in.",
    }
    assert snapshot_without_attempts(db) == before


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({}, {"details.meeting_point": "Please choose one."}),
        (
            {"meeting_point": "moon"},
            {
                "details.meeting_point": (
                    "This choice is not available. Please choose another."
                )
            },
        ),
        (
            {**AT_THE_DOOR, "verdict": "Good dog"},
            {"details.verdict": "This field cannot be changed."},
        ),
        (
            {**AT_THE_DOOR, "warning": "x"},
            {"details.warning": "This field is not available."},
        ),
        (
            {**AT_THE_DOOR, "nonsense": "x"},
            {"details.nonsense": "This field is not available."},
        ),
    ],
)
def test_answers_are_validated_against_the_fields(
    db: Database, scene: DraftScene, answers: dict[str, str], wrong: dict[str, str]
) -> None:
    draft_id = begin(db, scene.maya)
    before = snapshot_without_attempts(db)
    with pytest.raises(InvalidInput) as refused:
        save_contact(db, scene.maya, draft_id, **answers)
    assert refused.value.fields == wrong
    assert snapshot_without_attempts(db) == before


def test_unavailable_dependent_is_refused_like_a_missing_one(
    db: Database, scene: DraftScene
) -> None:
    draft_id = begin(db, scene.maya)
    away = add_pet(db, scene.maya, cat_form("Away"))
    db.call(dependents.archive_dependent, scene.maya, away)
    blue = db.call(dependents.add_dependent, scene.maya, "pool", pool_form(), "")
    before = snapshot_without_attempts(db)
    for one in (scene.his, new_id(), "", away, blue):
        with pytest.raises(InvalidInput) as refused:
            save_contact(db, scene.maya, draft_id, scene.rex, one, **AT_THE_DOOR)
        assert refused.value.fields == AGAIN
    with pytest.raises(InvalidInput) as refused:
        save_contact(
            db, scene.maya, draft_id, *(new_id() for _ in range(21)), **AT_THE_DOOR
        )
    assert refused.value.fields == {
        "dependents": "Please choose at most 20 for one booking."
    }
    assert snapshot_without_attempts(db) == before


def test_another_customers_file_is_refused_like_a_missing_one(
    db: Database, scene: DraftScene
) -> None:
    draft_id = begin(db, scene.maya)
    his = upload_file(db, scene.noah, "field").id
    mine_as_picture = upload_file(db, scene.maya, "picture").id
    before = snapshot_without_attempts(db)
    for file_id in (his, mine_as_picture, new_id()):
        with pytest.raises(InvalidInput) as refused:
            save_contact(db, scene.maya, draft_id, photo=file_id, **AT_THE_DOOR)
        assert refused.value.fields == {
            "details.photo": "We could not find that file. Please choose it again."
        }
    for draft_of_maya in (draft_id, "missing"):
        for form in (drafts.dependents_form, drafts.questions_form):
            with pytest.raises(NotFound) as refusal:
                db.query(form, scene.noah, draft_of_maya)
            assert refusal.value.message == "We could not find that booking."
    assert snapshot_without_attempts(db) == before


def test_an_answer_makes_an_older_overview_stale(
    db: Database, scene: DraftScene
) -> None:
    first = ready_walk_draft(db, scene.maya, DetailsForm((scene.rex,), AT_THE_DOOR))
    second = save_contact(db, scene.maya, first.id, scene.rex, **AT_THE_PARK)
    third = save_contact(db, scene.maya, first.id, scene.tom, **AT_THE_PARK)
    assert [one.shown.version - first.shown.version for one in (second, third)] == [
        1,
        2,
    ]
    before = snapshot_without_attempts(db)
    for stale in (first, second):
        with pytest.raises(confirmation.OverviewChanged):
            confirmation.confirm(db, scene.maya, first.id, stale.shown)
    assert snapshot_without_attempts(db) == before


def test_confirming_copies_details_to_the_booking(
    db: Database, scene: DraftScene
) -> None:
    photo = upload_file(db, scene.maya, "field").id
    whom = DetailsForm((scene.tom, scene.rex), {**AT_THE_DOOR, "photo": photo})
    draft = ready_walk_draft(db, scene.maya, whom)
    assert {kind for kind, _ in stored_values(db)} == {"draft"}
    number = confirmation.confirm(db, scene.maya, draft.id, draft.shown)
    with db.read() as tx:
        booking = tx.exec(select(Booking)).one()
        named = tx.exec(
            select(BookingDependent).order_by(col(BookingDependent.position))
        ).all()
        events = tx.exec(select(BookingEvent).order_by(col(BookingEvent.id))).all()
        moved = tx.exec(
            select(FieldValue).where(FieldValue.subject_kind == "booking")
        ).all()
    assert [(row.booking_id, row.dependent_id, row.name) for row in named] == [
        (booking.id, scene.tom, "Tom"),
        (booking.id, scene.rex, "Rex"),
    ]
    assert [event.what for event in events] == ["booked", "dependents_named"]
    assert events[1].model_dump(exclude={"id", "booking_id"}) == {
        "at": NOW,
        "by": "customer",
        "account_id": scene.maya.account_id,
        "what": "dependents_named",
        "detail": {"names": "Tom, Rex"},
    }
    assert {(row.subject_id, row.text) for row in moved} == {
        (booking.id, "At the door"),
        (booking.id, "field.pdf"),
    }
    assert {kind for kind, _ in stored_values(db)} == {"booking"}
    before = snapshot_without_attempts(db)
    assert confirmation.confirm(db, scene.maya, draft.id, draft.shown) == number
    assert snapshot_without_attempts(db) == before


def test_mails_name_dependents_and_the_office_mail_has_the_answers(
    db: Database, scene: DraftScene
) -> None:
    add_contact(db, scene.maya)
    photo = upload_file(db, scene.maya, "field").id
    answers = {**AT_THE_PARK, "photo": photo}
    draft = ready_walk_draft(
        db, scene.maya, DetailsForm((scene.rex, scene.tom), answers)
    )
    confirmation.confirm(db, scene.maya, draft.id, draft.shown)
    mails = {mail.kind: mail.payload for mail in outbox_messages(db)}
    assert {
        kind: (mail.get("for_whom"), mail.get("answers"))
        for kind, mail in mails.items()
        if kind.startswith("booking_")
    } == {
        "booking_confirmed": ("Rex, Tom", None),
        "booking_received": (
            "Rex, Tom",
            [
                {"question": "Where do we meet?", "answer": "In the park"},
                {"question": "Which park?", "answer": "Enmore Park"},
                {"question": "Photo of the harness", "answer": "field.pdf"},
            ],
        ),
        "booking_told": (None, None),
    }


def test_next_draft_starts_empty(db: Database, scene: DraftScene) -> None:
    draft = ready_walk_draft(db, scene.maya, DetailsForm((scene.rex,), AT_THE_DOOR))
    confirmation.confirm(db, scene.maya, draft.id, draft.shown)
    new = db.call(drafts.open_draft, scene.maya, "dog-walk")
    assert new.for_whom == []
    assert [one.text for one in new.fields] == [""] * 4


def test_no_dependent_is_required(db: Database, scene: DraftScene) -> None:
    draft = ready_walk_draft(db, scene.maya, DetailsForm((), AT_THE_DOOR))
    confirmation.confirm(db, scene.maya, draft.id, draft.shown)
    with db.read() as tx:
        assert tx.exec(select(BookingDependent)).all() == []
        assert [event.what for event in tx.exec(select(BookingEvent))] == ["booked"]


def refused_at(step: str, db: Database, actor: Actor, draft: DraftView) -> str:
    before = snapshot_without_attempts(db)
    with pytest.raises(InvalidInput) as refused:
        confirmation.confirm(db, actor, draft.id, draft.shown)
    assert snapshot_without_attempts(db) == before
    assert list(refused.value.fields) == [step]
    now = db.query(drafts.get_draft, actor, draft.id)
    assert (now.ready, now.notice) == (False, refused.value.fields[step])
    return refused.value.fields[step]


def test_dependent_archived_meanwhile_blocks_the_booking(
    db: Database, scene: DraftScene
) -> None:
    draft = ready_walk_draft(db, scene.maya, DetailsForm((scene.rex,), AT_THE_DOOR))
    db.call(dependents.archive_dependent, scene.maya, scene.rex)
    assert refused_at("who", db, scene.maya, draft) == (
        "Rex cannot be chosen any more. Please look at “Who it is for” again."
    )
    again = save_contact(db, scene.maya, draft.id, scene.tom)
    number = confirmation.confirm(db, scene.maya, draft.id, again.shown)
    assert [one.name for one in _booking(db, scene.maya, number).for_whom] == ["Tom"]


def test_dependent_moved_to_another_customer_is_neither_booked_nor_named(
    db: Database, scene: DraftScene
) -> None:
    draft = ready_walk_draft(db, scene.maya, DetailsForm((scene.rex,), AT_THE_DOOR))
    with db.write() as tx:
        tx.execute(
            update(Dependent)
            .where(col(Dependent.id) == scene.rex)
            .values(customer_id=scene.noah.customer_id, name="His secret")
        )
    assert refused_at("who", db, scene.maya, draft) == (
        "One of those it is for cannot be chosen any more. "
        "Please look at “Who it is for” again."
    )
    assert db.query(drafts.get_draft, scene.maya, draft.id).for_whom == []


def test_dependent_type_removed_from_the_service_blocks_the_booking(
    db: Database, scene: DraftScene
) -> None:
    draft = ready_walk_draft(db, scene.maya, DetailsForm((scene.rex,), AT_THE_DOOR))
    only_pools = replace(WALK, dependent_types=("pool",))
    db.call(definitions.define_service, SYSTEM, only_pools)
    assert refused_at("who", db, scene.maya, draft).startswith("Rex cannot")


def test_field_made_required_meanwhile_blocks_the_booking(
    db: Database, scene: DraftScene
) -> None:
    draft = ready_walk_draft(db, scene.maya, DetailsForm((scene.rex,), AT_THE_DOOR))
    size = Definition(key="size", name="Size", required=True)
    db.call(schema.define_fields, SYSTEM, schema.service_scope(scene.shop.walk), [size])
    assert refused_at("questions", db, scene.maya, draft) == (
        "Please fill in “Size” under “Details”."
    )
    with pytest.raises(InvalidInput) as refused:
        save_contact(db, scene.maya, draft.id, scene.rex)
    assert refused.value.fields == {"details.size": "Please fill this in."}
    again = save_contact(db, scene.maya, draft.id, scene.rex, size="Tall")
    number = confirmation.confirm(db, scene.maya, draft.id, again.shown)
    booked = _booking(db, scene.maya, number)
    assert {one.key: one.text for one in booked.fields}["size"] == "Tall"


def test_answer_that_became_invalid_is_asked_again(
    db: Database, scene: DraftScene
) -> None:
    draft = ready_walk_draft(db, scene.maya, DetailsForm((), AT_THE_DOOR))
    number = replace(WALK_FIELDS[0], kind="number", choices=())
    free = replace(WALK_FIELDS[1], shown_when=None, required=False)
    scope = schema.service_scope(scene.shop.walk)
    db.call(schema.define_fields, SYSTEM, scope, [number, free])
    assert refused_at("questions", db, scene.maya, draft) == (
        "Please fill in “Where do we meet?” under “Details”."
    )


def test_draft_older_than_a_field_asks_for_it(db: Database, scene: DraftScene) -> None:
    draft = ready_draft(db, scene.maya, slug="home-clean", answers=ANSWERS)
    assert draft.ready
    db.call(define_walk_fields, scene.shop.cleaning)
    assert refused_at("questions", db, scene.maya, draft) == (
        "Please fill in “Where do we meet?” under “Details”."
    )


def test_files_of_a_deleted_draft_are_deleted(db: Database, scene: DraftScene) -> None:
    shelf = MemoryStorage()
    photo = upload_file(db, scene.maya, "field", shelf=shelf).id
    waiting = ready_walk_draft(
        db, scene.maya, DetailsForm((scene.rex,), {**AT_THE_DOOR, "photo": photo})
    )
    later = TUESDAY_NINE + timedelta(hours=1)
    booked = ready_walk_draft(
        db, scene.noah, DetailsForm((), AT_THE_DOOR), starts_at=later
    )
    confirmation.confirm(db, scene.noah, booked.id, booked.shown)
    with frozen(NOW + timedelta(days=2)):
        assert delete_stale_drafts(db) == 0
        assert attachments.delete_unused_files(db, shelf) == 0
    assert len(shelf.contents) == 1
    with frozen(NOW + timedelta(days=31)):
        assert delete_stale_drafts(db) == 1
        assert attachments.delete_unused_files(db, shelf) == 1
    assert shelf.contents == {}
    assert stored_values(db) == [("booking", "At the door")]
    with db.read() as tx:
        assert [row.id for row in tx.exec(select(BookingDraft))] == [booked.id]
        assert tx.exec(select(StoredFile)).all() == []
    with pytest.raises(NotFound):
        db.query(drafts.get_draft, scene.maya, waiting.id)


def _booking(db: Database, actor: Actor, number: str) -> BookingView:
    return db.query(queries.get_booking, actor, number)
