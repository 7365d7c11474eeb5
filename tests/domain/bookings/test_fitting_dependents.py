"""A service that is only for some of a type: who is offered, and who is refused."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from sqlmodel import select

from portal_app.domain.bookings import booking_details, confirmation, drafts
from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.domain.bookings.rules import DetailsForm
from portal_app.domain.catalogue import definitions
from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.rules import DependentForm
from portal_app.domain.fields import schema
from portal_app.domain.fields.models import FieldDefinition
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput
from tests.support.dependents import add_pet, cat_form, define_dependent_types
from tests.support.sample_business import (
    CONTACT,
    NOW,
    WALK,
    create_sample_business,
    new_customer,
    ready_walk_draft,
)
from tests.support.statements import statements_of
from tests.support.uploads import snapshot_without_attempts

ONLY = "Dog walk is only for pets whose “Kind of animal” is Dog."
TOM = f"{ONLY} For Tom it says Cat."
DOGS = replace(WALK, dependent_types=("pet: species = dog",))


@dataclass(frozen=True)
class FittingScene:
    """A walk for dogs, and a customer with a dog and a cat."""

    maya: Actor
    rex: str
    tom: str


@pytest.fixture
def scene(db: Database) -> Iterator[FittingScene]:
    with frozen(NOW):
        db.call(create_sample_business)
        db.call(define_dependent_types)
        maya = db.call(new_customer)
        yield FittingScene(maya, add_pet(db, maya), add_pet(db, maya, cat_form("Tom")))


def only_dogs(db: Database) -> None:
    db.call(definitions.define_service, SYSTEM, DOGS)


def offered(db: Database, actor: Actor, added: str = "") -> tuple[list[str], str]:
    draft = db.call(drafts.open_draft, actor, "dog-walk").id
    asked = db.query(drafts.dependents_form, actor, draft, added)
    return [one.name for one in asked.dependents], asked.note


def test_only_those_who_fit_are_offered(db: Database, scene: FittingScene) -> None:
    assert offered(db, scene.maya) == (["Rex", "Tom"], "")
    only_dogs(db)
    assert offered(db, scene.maya) == (["Rex"], ONLY)
    assert offered(db, scene.maya, scene.tom) == (["Rex"], TOM)
    assert offered(db, scene.maya, scene.rex) == (["Rex"], ONLY)
    assert offered(db, scene.maya, "nobody") == (["Rex"], ONLY)


def test_who_did_not_answer_is_offered(db: Database, scene: FittingScene) -> None:
    only_dogs(db)
    with db.read() as tx:
        [species] = tx.exec(
            select(FieldDefinition).where(FieldDefinition.key == "species")
        )
    scope = schema.Scope(species.scope_kind, species.scope_id)
    fields = db.query(schema.active_definitions_by_scope, [scope])[scope]
    [asked] = [one for one in fields if one.key == "species"]
    db.call(schema.define_fields, SYSTEM, scope, [replace(asked, required=False)])
    add_pet(db, scene.maya, DependentForm(name="Ann"))
    assert offered(db, scene.maya) == (["Ann", "Rex"], ONLY)


def test_an_archived_field_shuts_nobody_out(db: Database, scene: FittingScene) -> None:
    only_dogs(db)
    with db.read() as tx:
        found = tx.exec(
            select(FieldDefinition).where(FieldDefinition.key.in_(["breed", "species"]))  # type: ignore[attr-defined]
        ).all()
    for row in sorted(found, key=lambda one: one.key):
        db.call(schema.archive_field, SYSTEM, row.id)
    assert offered(db, scene.maya) == (["Rex", "Tom"], "")


def test_the_number_of_queries_does_not_grow(db: Database, scene: FittingScene) -> None:
    only_dogs(db)
    counts = []
    for _ in range(2):
        with statements_of(db) as found, db.read() as tx:
            dependents.eligible_dependents(
                tx, str(scene.maya.customer_id), DOGS.dependent_types
            )
        counts.append(len(found))
        for at in range(5):
            add_pet(db, scene.maya, cat_form(f"Cat {at}"), key=f"{at}")
    assert counts[0] == counts[1]


def test_a_misfit_is_refused_and_nothing_is_stored(
    db: Database, scene: FittingScene
) -> None:
    only_dogs(db)
    draft = ready_walk_draft(db, scene.maya, DetailsForm((scene.rex,)))
    before = snapshot_without_attempts(db)
    form = replace(CONTACT, details=DetailsForm((scene.rex, scene.tom)))
    with pytest.raises(InvalidInput) as refused:
        db.call(drafts.choose_contact, scene.maya, draft.id, form)
    assert refused.value.fields == {"dependents": TOM}
    assert snapshot_without_attempts(db) == before


def test_a_draft_chosen_before_is_blocked_and_not_booked(
    db: Database, scene: FittingScene
) -> None:
    draft = ready_walk_draft(db, scene.maya, DetailsForm((scene.tom,)))
    only_dogs(db)
    words = f"{TOM} Please look at “Who it is for” again."
    before = snapshot_without_attempts(db)
    with pytest.raises(InvalidInput) as refused:
        confirmation.confirm(db, scene.maya, draft.id, draft.shown)
    assert refused.value.fields == {"who": words}
    assert snapshot_without_attempts(db) == before
    shown = db.query(drafts.get_draft, scene.maya, draft.id)
    assert (shown.ready, shown.notice) == (False, words)
    with db.read() as tx:
        assert tx.exec(select(Booking)).all() == []
        assert tx.exec(select(BookingDraft.dependent_ids)).all() == [[scene.tom]]


def test_a_booking_keeps_whom_it_is_for_and_takes_no_other_misfit(
    db: Database, scene: FittingScene
) -> None:
    draft = ready_walk_draft(db, scene.maya, DetailsForm((scene.tom,)))
    number = confirmation.confirm(db, scene.maya, draft.id, draft.shown)
    only_dogs(db)
    eve = add_pet(db, scene.maya, cat_form("Eve"), key="eve")
    asked = db.query(booking_details.details_form, scene.maya, number, eve)
    assert [one.name for one in asked.dependents] == ["Rex", "Tom"]
    assert asked.note == f"{ONLY} For Eve it says Cat."
    before = snapshot_without_attempts(db)
    change = booking_details.change_details
    with pytest.raises(InvalidInput) as refused:
        db.call(change, scene.maya, number, DetailsForm((scene.tom, eve)), 1)
    assert refused.value.fields == {"dependents": f"{ONLY} For Eve it says Cat."}
    assert snapshot_without_attempts(db) == before
    both = DetailsForm((scene.tom, scene.rex))
    assert db.call(change, scene.maya, number, both, 1) == 2
