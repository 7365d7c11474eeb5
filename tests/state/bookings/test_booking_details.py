"""Changing the details of a booking: two tabs, a double click, foreign ids."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlmodel import select

from portal_app.domain.bookings import confirmation
from portal_app.domain.bookings.models import Booking
from portal_app.domain.bookings.rules import DetailsForm
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.changes import Change
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.state.bookings.booking import BookingDetailsState, BookingState
from portal_app.state.dependents.dependent import DependentAddState
from tests.support.dependents import (
    add_pet,
    cat_form,
    define_dependent_types,
    define_walk_fields,
)
from tests.support.sample_business import (
    NOW,
    create_sample_business,
    new_customer,
    ready_walk_draft,
)
from tests.support.tabs import Tab
from tests.support.uploads import snapshot_without_attempts
from tests.support.wiring import wired


@dataclass(frozen=True)
class Scene:
    """Maya's walk for Rex, from the door."""

    db: Database
    maya: Actor
    rex: str
    tom: str
    number: str

    def tab(self, who: Actor | None = None) -> Tab:
        tab = Tab(f"/bookings/{self.number}", who or self.maya)
        tab.fire(BookingState.load)
        return tab


@pytest.fixture
def scene(sqlite_db: Database) -> Iterator[Scene]:
    with wired(database=sqlite_db), frozen(NOW):
        shop = sqlite_db.call(create_sample_business)
        sqlite_db.call(define_dependent_types)
        sqlite_db.call(define_walk_fields, shop.walk)
        maya = sqlite_db.call(new_customer)
        rex, tom = add_pet(sqlite_db, maya), add_pet(sqlite_db, maya, cat_form("Tom"))
        form = DetailsForm((rex,), {"meeting_point": "door"})
        draft = ready_walk_draft(sqlite_db, maya, form)
        number = confirmation.confirm(sqlite_db, maya, draft.id, draft.shown)
        yield Scene(sqlite_db, maya, rex, tom, number)


def filled(*ids: str, version: int = 1, request: str = "r1") -> dict[str, str]:
    return {
        "version": str(version),
        "request": request,
        "field.meeting_point": "park",
        "field.which_park": "Enmore Park",
        **{f"for.{one}": "on" for one in ids},
    }


def test_what_is_saved_is_shown(scene: Scene) -> None:
    tab = scene.tab()
    tab.fire(BookingDetailsState.begin)
    page, dialog = tab.state(BookingState), tab.state(BookingDetailsState)
    assert (page.asked.editable, page.asked.chosen) == (True, [scene.rex])
    tab.fire(BookingDetailsState.save, filled(scene.rex, scene.tom))
    assert page.booking is not None
    assert [one.name for one in page.booking.for_whom] == ["Rex", "Tom"]
    assert [event.text for event in page.booking.history[:2]] == [
        "Changed: “Where do we meet?”, “Which park?”.",
        "For Rex, Tom.",
    ]
    assert (page.asked.version, dialog.saved, dialog.errors) == (2, "r1", {})
    before = snapshot_without_attempts(scene.db)
    tab.fire(BookingDetailsState.save, filled(scene.tom))
    assert snapshot_without_attempts(scene.db) == before


def test_conflicting_save_shows_the_difference(scene: Scene) -> None:
    first, second = scene.tab(), scene.tab()
    first.fire(BookingDetailsState.save, filled(scene.tom))
    mine = {"version": "1", "request": "r2", "field.meeting_point": "door"}
    second.fire(BookingDetailsState.save, mine | {f"for.{scene.rex}": "on"})
    dialog = second.state(BookingDetailsState)
    assert (dialog.saved, dialog.seen) == ("", 2)
    assert dialog.changes == [
        Change("dependents", "Who is it for?", "Rex", "Tom"),
        Change("meeting_point", "Where do we meet?", "At the door", "In the park"),
    ]
    assert second.state(BookingState).asked.chosen == [scene.tom]
    again = mine | {"version": "2", "request": "r3", f"for.{scene.rex}": "on"}
    second.fire(BookingDetailsState.save, again)
    assert (dialog.saved, dialog.changes) == ("r3", [])
    assert second.state(BookingState).asked.chosen == [scene.rex]


def test_foreign_ids_get_the_answer_of_missing_ones(scene: Scene) -> None:
    noah = scene.db.call(new_customer, "noah@example.com")
    his = add_pet(scene.db, noah)
    before = snapshot_without_attempts(scene.db)
    told = []
    for one in (his, "0" * 26):
        tab = scene.tab()
        tab.fire(BookingDetailsState.save, filled(scene.rex, one))
        told.append(tab.state(BookingDetailsState).errors)
    assert told == [{"dependents": "Please choose again who it is for."}] * 2
    stranger = scene.tab(noah)
    stranger.fire(BookingDetailsState.save, filled(his))
    assert stranger.state(BookingState).booking is None
    assert stranger.state(BookingDetailsState).problem == (
        "This is not there any more. It may have been removed."
    )
    assert snapshot_without_attempts(scene.db) == before


def test_a_guest_is_offered_nothing_to_change(scene: Scene) -> None:
    with scene.db.read() as tx:
        row = tx.exec(select(Booking).where(Booking.number == scene.number)).one()
    guest = Actor(audience=Audience.GUEST, booking_id=row.id)
    page = scene.tab(guest).state(BookingState)
    assert page.booking is not None
    assert [one.name for one in page.booking.for_whom] == ["Rex"]
    assert page.booking.fields == []
    assert (page.asked.editable, page.asked.dependents) == (False, [])


def test_dependent_is_added_from_the_booking(scene: Scene) -> None:
    tab = scene.tab()
    here = f"/bookings/{scene.number}"
    assert tab.state(BookingState).adds == [
        ("Add a pet", f"/dependents/add?type=pet&next=%2Fbookings%2F{scene.number}")
    ]
    tab.go("/dependents/add", type="pet", next=here)
    tab.fire(DependentAddState.load)
    adding = tab.state(DependentAddState)
    assert adding.back == here
    form = {"name": "Ada", "request": "r1", "field.species": "cat"}
    tab.fire(DependentAddState.save, form)
    assert adding.leads.startswith(f"{here}?for=")
    ada = adding.leads.rpartition("=")[2]
    tab.go(here, **{"for": ada})
    tab.fire(BookingState.load)
    tab.fire(BookingDetailsState.begin)
    page = tab.state(BookingState)
    assert page.asked.chosen == [scene.rex, ada]
    # Whoever is left out after all stays out.
    tab.fire(BookingDetailsState.save, filled(scene.rex))
    tab.fire(BookingDetailsState.begin)
    assert page.asked.chosen == [scene.rex]


def test_address_ticks_only_own_dependents(scene: Scene) -> None:
    his = add_pet(scene.db, scene.db.call(new_customer, "noah@example.com"))
    for one in (his, "0" * 26, ""):
        tab = scene.tab()
        tab.go(f"/bookings/{scene.number}", **{"for": one})
        tab.fire(BookingState.load)
        assert tab.state(BookingState).asked.chosen == [scene.rex]
