"""What the wizard asks: for whom it is, and the service's own fields."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update

from portal_app.domain.bookings import service
from portal_app.domain.bookings.forgetting import forget_drafts
from portal_app.domain.bookings.models import (
    Booking,
    BookingDependent,
    BookingDraft,
    BookingEvent,
)
from portal_app.domain.bookings.rules import ContactForm, DetailsForm
from portal_app.domain.bookings.views import BookingView, DraftView
from portal_app.domain.catalogue import offering
from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.models import Dependent
from portal_app.domain.dependents.types import archive_type
from portal_app.domain.fields import service as fields
from portal_app.domain.fields.definitions import Definition
from portal_app.domain.fields.models import FieldValue
from portal_app.domain.files import service as files
from portal_app.domain.files.models import StoredFile
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotFound
from portal_app.kernel.ids import new_id
from tests.support.accounts import outbox
from tests.support.contacts import contact_of
from tests.support.handing_in import Shelf, hand_in, kept
from tests.support.household import (
    WALK_FIELDS,
    adopt,
    define_household,
    define_walk_fields,
    pet,
)
from tests.support.pictures import picture
from tests.support.shop import (
    ANSWERS,
    CONTACT,
    NOW,
    WALK,
    Shop,
    new_customer,
    open_shop,
    ready_draft,
    walk_for,
)

AT_THE_DOOR = {"meeting_point": "door"}
AGAIN = {"dependents": "Please choose again who it is for."}


@dataclass(frozen=True)
class Scene:
    """A shop that asks for walks, and two customers with pets."""

    shop: Shop
    maya: Actor
    rex: str
    tom: str
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
        yield Scene(
            shop,
            maya,
            adopt(db, maya),
            adopt(db, maya, pet("Tom")),
            noah,
            adopt(db, noah),
        )


def begin(db: Database, actor: Actor) -> str:
    return db.call(service.open_draft, actor, "dog-walk").id


def say(
    db: Database, actor: Actor, draft_id: str, *whom: str, **answers: Any
) -> DraftView:
    form = replace(CONTACT, details=DetailsForm(whom, answers))
    return db.call(service.choose_contact, actor, draft_id, form)


def values(db: Database) -> list[tuple[str, str]]:
    with db.read() as tx:
        rows = tx.exec(select(FieldValue).order_by(col(FieldValue.definition_id)))
        return [
            (row.subject_kind, row.text)
            for row in rows
            if row.subject_kind != "dependent"
        ]


def test_the_wizard_offers_ones_own_of_the_services_types(
    db: Database, scene: Scene
) -> None:
    db.call(dependents.add, scene.maya, "pool", pool(), "")
    away = adopt(db, scene.maya, pet("Away"))
    db.call(dependents.archive, scene.maya, away)
    asked = db.query(service.asked, scene.maya, begin(db, scene.maya))
    assert [one.slug for one in asked.types] == ["pet"]
    assert [one.name for one in asked.dependents] == ["Rex", "Tom"]
    assert asked.chosen == []
    # What only the office fills in is not asked here.
    assert [one.key for one in asked.fields] == [
        "meeting_point",
        "which_park",
        "photo",
        "consent",
    ]


def pool() -> dependents.DependentForm:
    return dependents.DependentForm(name="Blue", answers={"volume": "900"})


def test_a_service_that_is_for_nobody_by_name_asks_for_nobody(
    db: Database, scene: Scene
) -> None:
    draft = db.call(service.open_draft, scene.maya, "home-clean")
    asked = db.query(service.asked, scene.maya, draft.id)
    assert (asked.types, asked.dependents, asked.fields) == ([], [], [])
    db.call(archive_type, SYSTEM, "pet")
    asked = db.query(service.asked, scene.maya, begin(db, scene.maya))
    assert (asked.types, asked.dependents) == ([], [])


def test_what_is_asked_is_kept_on_the_draft(db: Database, scene: Scene) -> None:
    draft_id = begin(db, scene.maya)
    photo = hand_in(db, scene.maya, "field", content=picture("PNG"))
    draft = say(
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
    assert "contact" in draft.done
    assert [one.name for one in draft.for_whom] == ["Rex", "Tom"]
    assert {one.key: one.text or one.file.name for one in draft.fields} == {
        "meeting_point": "In the park",
        "which_park": "Enmore Park",
        "photo": "field.png",
        "consent": "Signed by Maya Chen on Monday, 2 November 2026",
    }
    assert db.query(service.draft, scene.maya, draft_id) == draft
    asked = db.query(service.asked, scene.maya, draft_id)
    assert (asked.chosen, asked.fields) == ([scene.rex, scene.tom], draft.fields)
    # The same again is no change, and takes the file into use once.
    before = kept(db)
    again = say(
        db, scene.maya, draft_id, scene.rex, scene.tom, photo=photo.id, **AT_THE_PARK
    )
    assert again == draft
    assert kept(db) == before


AT_THE_PARK = {"meeting_point": "park", "which_park": "Enmore Park"}


def test_everything_wrong_is_told_at_once(db: Database, scene: Scene) -> None:
    draft_id = begin(db, scene.maya)
    before = kept(db)
    form = ContactForm(
        name="",
        email="maya@example.com",
        details=DetailsForm((scene.his,), {"meeting_point": "park", "photo": "x"}),
    )
    with pytest.raises(InvalidInput) as refused:
        db.call(service.choose_contact, scene.maya, draft_id, form)
    assert refused.value.fields == {
        "name": "Please enter a name.",
        **AGAIN,
        "details.which_park": "Please fill this in.",
    }
    assert kept(db) == before


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
def test_answers_are_judged_by_what_is_asked(
    db: Database, scene: Scene, answers: dict[str, str], wrong: dict[str, str]
) -> None:
    draft_id = begin(db, scene.maya)
    before = kept(db)
    with pytest.raises(InvalidInput) as refused:
        say(db, scene.maya, draft_id, **answers)
    assert refused.value.fields == wrong
    assert kept(db) == before


def test_what_is_not_to_be_chosen_is_as_if_it_did_not_exist(
    db: Database, scene: Scene
) -> None:
    draft_id = begin(db, scene.maya)
    away = adopt(db, scene.maya, pet("Away"))
    db.call(dependents.archive, scene.maya, away)
    blue = db.call(dependents.add, scene.maya, "pool", pool(), "")
    before = kept(db)
    for one in (scene.his, new_id(), "", away, blue):
        with pytest.raises(InvalidInput) as refused:
            say(db, scene.maya, draft_id, scene.rex, one, **AT_THE_DOOR)
        assert refused.value.fields == AGAIN
    with pytest.raises(InvalidInput) as refused:
        say(db, scene.maya, draft_id, *(new_id() for _ in range(21)), **AT_THE_DOOR)
    assert refused.value.fields == {
        "dependents": "Please choose at most 20 for one booking."
    }
    assert kept(db) == before


def test_another_customers_file_is_as_if_it_did_not_exist(
    db: Database, scene: Scene
) -> None:
    draft_id = begin(db, scene.maya)
    his = hand_in(db, scene.noah, "field").id
    mine_as_picture = hand_in(db, scene.maya, "picture").id
    before = kept(db)
    for file_id in (his, mine_as_picture, new_id()):
        with pytest.raises(InvalidInput) as refused:
            say(db, scene.maya, draft_id, photo=file_id, **AT_THE_DOOR)
        assert refused.value.fields == {
            "details.photo": "We could not find that file. Please choose it again."
        }
    for draft_of_maya in (draft_id, "missing"):
        with pytest.raises(NotFound) as refusal:
            db.query(service.asked, scene.noah, draft_of_maya)
        assert refusal.value.message == "We could not find that booking."
    assert kept(db) == before


def test_an_answer_makes_an_older_overview_stale(db: Database, scene: Scene) -> None:
    first = walk_for(db, scene.maya, DetailsForm((scene.rex,), AT_THE_DOOR))
    second = say(db, scene.maya, first.id, scene.rex, **AT_THE_PARK)
    third = say(db, scene.maya, first.id, scene.tom, **AT_THE_PARK)
    assert [one.shown.version - first.shown.version for one in (second, third)] == [
        1,
        2,
    ]
    before = kept(db)
    for stale in (first, second):
        with pytest.raises(service.OverviewChanged):
            service.confirm(db, scene.maya, first.id, stale.shown)
    assert kept(db) == before


def test_confirming_makes_it_the_bookings(db: Database, scene: Scene) -> None:
    photo = hand_in(db, scene.maya, "field").id
    whom = DetailsForm((scene.tom, scene.rex), {**AT_THE_DOOR, "photo": photo})
    draft = walk_for(db, scene.maya, whom)
    assert {kind for kind, _ in values(db)} == {"draft"}
    number = service.confirm(db, scene.maya, draft.id, draft.shown)
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
    assert {kind for kind, _ in values(db)} == {"booking"}
    before = kept(db)
    assert service.confirm(db, scene.maya, draft.id, draft.shown) == number
    assert kept(db) == before


def test_the_mails_say_for_whom_and_the_office_reads_the_answers(
    db: Database, scene: Scene
) -> None:
    contact_of(db, scene.maya)
    photo = hand_in(db, scene.maya, "field").id
    answers = {**AT_THE_PARK, "photo": photo}
    draft = walk_for(db, scene.maya, DetailsForm((scene.rex, scene.tom), answers))
    service.confirm(db, scene.maya, draft.id, draft.shown)
    mails = {mail.kind: mail.payload for mail in outbox(db)}
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


def test_the_next_draft_begins_empty(db: Database, scene: Scene) -> None:
    draft = walk_for(db, scene.maya, DetailsForm((scene.rex,), AT_THE_DOOR))
    service.confirm(db, scene.maya, draft.id, draft.shown)
    new = db.call(service.open_draft, scene.maya, "dog-walk")
    assert new.for_whom == []
    assert [one.text for one in new.fields] == [""] * 4


def test_nobody_by_name_is_fine(db: Database, scene: Scene) -> None:
    draft = walk_for(db, scene.maya, DetailsForm((), AT_THE_DOOR))
    service.confirm(db, scene.maya, draft.id, draft.shown)
    with db.read() as tx:
        assert tx.exec(select(BookingDependent)).all() == []
        assert [event.what for event in tx.exec(select(BookingEvent))] == ["booked"]


def refused_at_contact(db: Database, actor: Actor, draft: DraftView) -> str:
    before = kept(db)
    with pytest.raises(InvalidInput) as refused:
        service.confirm(db, actor, draft.id, draft.shown)
    assert kept(db) == before
    assert list(refused.value.fields) == ["contact"]
    now = db.query(service.draft, actor, draft.id)
    assert (now.ready, now.notice) == (False, refused.value.fields["contact"])
    return refused.value.fields["contact"]


def test_who_was_archived_meanwhile_is_not_booked_for(
    db: Database, scene: Scene
) -> None:
    draft = walk_for(db, scene.maya, DetailsForm((scene.rex,), AT_THE_DOOR))
    db.call(dependents.archive, scene.maya, scene.rex)
    assert refused_at_contact(db, scene.maya, draft) == (
        "Rex cannot be chosen any more. Please look at “Contact details” again."
    )
    again = say(db, scene.maya, draft.id, scene.tom)
    number = service.confirm(db, scene.maya, draft.id, again.shown)
    assert [one.name for one in _booking(db, scene.maya, number).for_whom] == ["Tom"]


def test_who_became_somebody_elses_is_not_booked_for_nor_named(
    db: Database, scene: Scene
) -> None:
    draft = walk_for(db, scene.maya, DetailsForm((scene.rex,), AT_THE_DOOR))
    with db.write() as tx:
        tx.execute(
            update(Dependent)
            .where(col(Dependent.id) == scene.rex)
            .values(customer_id=scene.noah.customer_id, name="His secret")
        )
    assert refused_at_contact(db, scene.maya, draft) == (
        "One of those it is for cannot be chosen any more. "
        "Please look at “Contact details” again."
    )
    assert db.query(service.draft, scene.maya, draft.id).for_whom == []


def test_a_type_the_service_is_not_for_any_more(db: Database, scene: Scene) -> None:
    draft = walk_for(db, scene.maya, DetailsForm((scene.rex,), AT_THE_DOOR))
    only_pools = replace(WALK, dependent_types=("pool",))
    db.call(offering.define_service, SYSTEM, only_pools)
    assert refused_at_contact(db, scene.maya, draft).startswith("Rex cannot")


def test_a_field_made_required_meanwhile_is_asked_for(
    db: Database, scene: Scene
) -> None:
    draft = walk_for(db, scene.maya, DetailsForm((scene.rex,), AT_THE_DOOR))
    size = Definition(key="size", name="Size", required=True)
    db.call(fields.define, SYSTEM, fields.of_service(scene.shop.walk), [size])
    assert refused_at_contact(db, scene.maya, draft) == (
        "Please fill in “Size” under “Contact details”."
    )
    with pytest.raises(InvalidInput) as refused:
        say(db, scene.maya, draft.id, scene.rex)
    assert refused.value.fields == {"details.size": "Please fill this in."}
    again = say(db, scene.maya, draft.id, scene.rex, size="Tall")
    number = service.confirm(db, scene.maya, draft.id, again.shown)
    booked = _booking(db, scene.maya, number)
    assert {one.key: one.text for one in booked.fields}["size"] == "Tall"


def test_an_answer_that_fits_no_more_is_asked_for_again(
    db: Database, scene: Scene
) -> None:
    draft = walk_for(db, scene.maya, DetailsForm((), AT_THE_DOOR))
    number = replace(WALK_FIELDS[0], kind="number", choices=())
    free = replace(WALK_FIELDS[1], shown_when=None, required=False)
    scope = fields.of_service(scene.shop.walk)
    db.call(fields.define, SYSTEM, scope, [number, free])
    assert refused_at_contact(db, scene.maya, draft) == (
        "Please fill in “Where do we meet?” under “Contact details”."
    )


def test_a_draft_from_before_the_question_asks_it(db: Database, scene: Scene) -> None:
    draft = ready_draft(db, scene.maya, slug="home-clean", answers=ANSWERS)
    assert draft.ready
    db.call(define_walk_fields, scene.shop.cleaning)
    assert refused_at_contact(db, scene.maya, draft) == (
        "Please fill in “Where do we meet?” under “Contact details”."
    )


def test_files_of_an_open_draft_are_kept_and_of_a_deleted_one_are_not(
    db: Database, scene: Scene
) -> None:
    shelf = Shelf()
    photo = hand_in(db, scene.maya, "field", shelf=shelf).id
    waiting = walk_for(
        db, scene.maya, DetailsForm((scene.rex,), {**AT_THE_DOOR, "photo": photo})
    )
    booked = walk_for(db, scene.noah, DetailsForm((), AT_THE_DOOR))
    service.confirm(db, scene.noah, booked.id, booked.shown)
    with frozen(NOW + timedelta(days=2)):
        assert forget_drafts(db) == 0
        assert files.sweep(db, shelf) == 0
    assert len(shelf.contents) == 1
    with frozen(NOW + timedelta(days=31)):
        assert forget_drafts(db) == 1
        assert files.sweep(db, shelf) == 1
    assert shelf.contents == {}
    assert values(db) == [("booking", "At the door")]
    with db.read() as tx:
        assert [row.id for row in tx.exec(select(BookingDraft))] == [booked.id]
        assert tx.exec(select(StoredFile)).all() == []
    with pytest.raises(NotFound):
        db.query(service.draft, scene.maya, waiting.id)


def _booking(db: Database, actor: Actor, number: str) -> BookingView:
    return db.query(service.booking, actor, number)
