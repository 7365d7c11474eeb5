"""A booking booked once more, and choices that an address brings along."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal_app.domain.bookings import carried_choices, confirmation, drafts
from portal_app.domain.bookings.carried_choices import CarriedChoices
from portal_app.domain.bookings.rules import DetailsForm
from portal_app.domain.catalogue import definitions
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.db import Database
from tests.support.dependents import REX, add_pet, define_dependent_types
from tests.support.sample_business import (
    ANSWERS,
    CLEANING,
    CONTACT,
    TUESDAY_NINE,
    new_customer,
    ready_draft,
)
from tests.support.snapshots import database_snapshot

pytestmark = pytest.mark.usefixtures("monday_morning")


def _booked(db: Database, who: Actor, **choices: object) -> str:
    draft = ready_draft(db, who, **choices)
    return confirmation.confirm(db, who, draft.id, draft.shown)


def test_everything_but_the_time_is_as_it_was(db: Database, maya: Actor) -> None:
    number = _booked(db, maya, slug="home-clean", answers=ANSWERS)
    draft = db.call(drafts.open_draft, maya, "home-clean")
    again = db.call(
        carried_choices.carry, maya, draft.id, CarriedChoices(again=number.lower())
    )
    assert again.done == ["options", "address", "contact", "questions"]
    assert again.answers == ANSWERS
    assert again.address.street == "12 Ocean Street"
    assert again.location_id
    assert (again.contact_name, again.contact_email) == (
        "Maya Chen",
        "maya@example.com",
    )
    assert (again.starts_at, again.notes, again.notice) == (
        "",
        "The dog is friendly.",
        "",
    )


def test_the_same_dependents_are_chosen(db: Database, maya: Actor) -> None:
    db.call(define_dependent_types)
    rex, tom = (add_pet(db, maya, replace(REX, name=name)) for name in ("Rex", "Tom"))
    contact = replace(CONTACT, details=DetailsForm(dependents=(tom, rex)))
    number = _booked(db, maya, contact=contact)
    draft = db.call(drafts.open_draft, maya, "dog-walk")
    again = db.call(carried_choices.carry, maya, draft.id, CarriedChoices(again=number))
    assert [one.id for one in again.for_whom] == [tom, rex]


def test_options_that_are_gone_are_left_out(db: Database, maya: Actor) -> None:
    number = _booked(db, maya, slug="home-clean", answers=ANSWERS)
    fewer = replace(CLEANING, options=CLEANING.options[:1])
    db.call(definitions.define_service, SYSTEM, fewer)
    draft = db.call(drafts.open_draft, maya, "home-clean")
    again = db.call(carried_choices.carry, maya, draft.id, CarriedChoices(again=number))
    assert again.answers == {"bedrooms": "one"}
    assert "options" in again.done


def test_bookings_of_others_bring_nothing_along(db: Database, maya: Actor) -> None:
    number = _booked(db, maya, slug="home-clean", answers=ANSWERS)
    noah = db.call(new_customer, "noah@example.com")
    draft = db.call(drafts.open_draft, noah, "home-clean")
    before = database_snapshot(db)
    for wanted in (number, "B-0000-0000", "x"):
        db.call(carried_choices.carry, noah, draft.id, CarriedChoices(again=wanted))
    assert database_snapshot(db) == before


def test_options_and_time_come_with_the_address(db: Database, maya: Actor) -> None:
    draft = db.call(drafts.open_draft, maya, "home-clean")
    carried = CarriedChoices(answers=ANSWERS, starts_at=TUESDAY_NINE)
    found = db.call(carried_choices.carry, maya, draft.id, carried)
    assert (found.answers, found.starts_at) == (ANSWERS, TUESDAY_NINE.isoformat())
    assert found.fieldworker == "Anyone"


@pytest.mark.parametrize(
    "carried",
    [
        CarriedChoices(answers={"bedrooms": "twelve"}),
        CarriedChoices(answers={"garden": ["x"], "windows": "y"}),
        CarriedChoices(again="x" * 40),
    ],
)
def test_nonsense_of_an_address_changes_nothing(
    db: Database, maya: Actor, carried: CarriedChoices
) -> None:
    draft = db.call(drafts.open_draft, maya, "home-clean")
    before = database_snapshot(db)
    assert db.call(carried_choices.carry, maya, draft.id, carried) == draft
    assert database_snapshot(db) == before


@pytest.mark.parametrize(
    "start",
    [
        TUESDAY_NINE + timedelta(minutes=1),
        datetime(2020, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, tzinfo=UTC),
    ],
)
def test_a_time_that_is_not_free_is_said_to_be_gone(
    db: Database, maya: Actor, start: datetime
) -> None:
    draft = db.call(drafts.open_draft, maya, "dog-walk")
    found = db.call(
        carried_choices.carry, maya, draft.id, CarriedChoices(starts_at=start)
    )
    assert found == replace(
        draft,
        notice="The time you chose is no longer available. Please choose another.",
    )
