"""A draft says which required papers lack on the day of the appointment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from portal_app.domain.bookings import confirmation, drafts
from portal_app.domain.bookings.rules import DetailsForm
from portal_app.domain.dependents import documents
from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.rules import DocumentForm
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support.dependents import add_pet, cat_form, define_dependent_types
from tests.support.sample_business import (
    NOW,
    create_sample_business,
    new_customer,
    ready_walk_draft,
)
from tests.support.uploads import upload_file

# The visit is on the day after.
TODAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)


@dataclass(frozen=True)
class Scene:
    """A customer with two pets."""

    maya: Actor
    rex: str
    tom: str


@pytest.fixture
def scene(db: Database) -> Iterator[Scene]:
    with frozen(NOW):
        db.call(create_sample_business)
        db.call(define_dependent_types)
        maya = db.call(new_customer)
        yield Scene(maya, add_pet(db, maya), add_pet(db, maya, cat_form("Tom")))


def add_paper(
    db: Database, maya: Actor, pet: str, expires_on: date, kind: str = "vaccination"
) -> None:
    form = DocumentForm(
        kind=kind,
        file_id=upload_file(db, maya, "document").id,
        expires_on=expires_on.isoformat(),
    )
    db.call(documents.add_document, maya, pet, form)


def gaps_for(db: Database, scene: Scene, *pets: str) -> list[tuple[str, str, str]]:
    draft = ready_walk_draft(db, scene.maya, DetailsForm(pets, {}))
    assert draft.ready
    return [(one.dependent_id, one.name, one.text) for one in draft.gaps]


@pytest.mark.parametrize(
    ("expires_on", "words"),
    [
        (TODAY - timedelta(days=1), "has expired"),
        (TODAY, "expires on Monday, 2 November 2026, before the appointment"),
        (TUESDAY, ""),
    ],
)
def test_a_paper_has_to_hold_on_the_day(
    db: Database, scene: Scene, expires_on: date, words: str
) -> None:
    add_paper(db, scene.maya, scene.rex, expires_on)
    said = [(scene.rex, "Rex", f"Vaccination certificate {words}")] if words else []
    assert gaps_for(db, scene, scene.rex) == said


def test_each_of_those_it_is_for_is_told_of(db: Database, scene: Scene) -> None:
    add_paper(db, scene.maya, scene.rex, TODAY)
    missing = (scene.tom, "Tom", "Vaccination certificate is missing")
    lapses = "expires on Monday, 2 November 2026, before the appointment"
    assert gaps_for(db, scene, scene.tom, scene.rex) == [
        missing,
        (scene.rex, "Rex", f"Vaccination certificate {lapses}"),
    ]
    # One that was renewed holds.
    add_paper(db, scene.maya, scene.rex, TUESDAY + timedelta(days=300))
    assert gaps_for(db, scene, scene.tom, scene.rex) == [missing]
    assert gaps_for(db, scene) == []


def test_without_a_time_what_lacks_today_counts(db: Database, scene: Scene) -> None:
    add_paper(db, scene.maya, scene.rex, TODAY)
    draft = db.call(drafts.open_draft, scene.maya, "dog-walk").id
    chosen = [scene.rex, scene.tom]
    found = db.call(drafts.choose_dependents, scene.maya, draft, chosen)
    assert [one.text for one in found.gaps] == ["Vaccination certificate is missing"]
    assert [one.name for one in found.gaps] == ["Tom"]


def test_who_is_out_of_use_is_not_told_of(db: Database, scene: Scene) -> None:
    draft = ready_walk_draft(db, scene.maya, DetailsForm((scene.rex,), {}))
    assert [one.name for one in draft.gaps] == ["Rex"]
    db.call(dependents.archive_dependent, scene.maya, scene.rex)
    assert db.query(drafts.get_draft, scene.maya, draft.id).gaps == []


def test_what_lacks_does_not_keep_from_booking(db: Database, scene: Scene) -> None:
    draft = ready_walk_draft(db, scene.maya, DetailsForm((scene.rex,), {}))
    assert draft.gaps
    assert confirmation.confirm(db, scene.maya, draft.id, draft.shown)


def test_papers_of_others_are_not_told_of(db: Database, scene: Scene) -> None:
    noah = db.call(new_customer, "noah@example.com")
    theirs = noah.customer_id or ""
    ids = [scene.rex]
    assert db.query(dependents.document_gaps, theirs, ids, TUESDAY) == []
    own = scene.maya.customer_id or ""
    assert len(db.query(dependents.document_gaps, own, ids, TUESDAY)) == 1
