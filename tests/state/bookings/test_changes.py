"""Moving and cancelling a booking on its pages."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from portal_app.domain.bookings import changes, confirmation, queries
from portal_app.domain.bookings.models import Booking
from portal_app.domain.business.booking_rules import PERCENT, REFUSED
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.state.bookings.booking import BookingCancelState, BookingState
from portal_app.state.bookings.move import BookingMoveState
from tests.support.booking_rules import set_rules
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    create_sample_business,
    new_customer,
    ready_draft,
)
from tests.support.tabs import Tab
from tests.support.wiring import wired

TEN = TUESDAY_NINE + timedelta(hours=1)


@pytest.fixture
def maya(sqlite_db: Database) -> Iterator[Actor]:
    with wired(database=sqlite_db), frozen(NOW):
        sqlite_db.call(create_sample_business)
        yield sqlite_db.call(new_customer)


@pytest.fixture
def number(sqlite_db: Database, maya: Actor) -> str:
    draft = ready_draft(sqlite_db, maya)
    return confirmation.confirm(sqlite_db, maya, draft.id, draft.shown)


def _row(tx: Session) -> Booking:
    return tx.exec(select(Booking)).one()


def test_cancelling_in_the_dialog_is_one(
    sqlite_db: Database, maya: Actor, number: str
) -> None:
    set_rules(sqlite_db, cancel_hours=48, cancel_fee=PERCENT, cancel_percent=50)
    tab = Tab(f"/bookings/{number}", maya)
    tab.fire(BookingState.load)
    assert tab.state(BookingState).options.may_cancel
    tab.fire(BookingCancelState.begin)
    offer = tab.state(BookingCancelState).offer
    assert (offer.fee, offer.rest, offer.total) == ("$12.50", "$12.50", "$25")
    for _ in range(2):
        tab.fire(BookingCancelState.save, {"request": "r1", "version": "0"})
    shown = tab.state(BookingState)
    assert shown.booking is not None
    assert (shown.booking.status, shown.booking.fee) == ("cancelled", "$12.50")
    assert shown.options.cancel_text == ""
    row = sqlite_db.query(_row)
    assert (row.status, row.version, row.fee_minor) == ("cancelled", 2, 1250)


def test_an_offer_that_ran_out_is_made_again(
    sqlite_db: Database, maya: Actor, number: str
) -> None:
    tab = Tab(f"/bookings/{number}", maya)
    tab.fire(BookingState.load)
    tab.fire(BookingCancelState.begin)
    first = tab.state(BookingCancelState).offer.id
    with frozen(NOW + changes.OFFER_LIFETIME):
        tab.fire(BookingCancelState.save, {"request": "r1"})
        dialog = tab.state(BookingCancelState)
        assert dialog.problem == (
            "This took a while. Please look again at what it costs."
        )
        assert dialog.offer.id != first
        assert sqlite_db.query(_row).status == "confirmed"
        tab.fire(BookingCancelState.save, {"request": "r2"})
    assert sqlite_db.query(_row).status == "cancelled"


def test_moving_to_a_time_that_is_shown(
    sqlite_db: Database, maya: Actor, number: str
) -> None:
    tab = Tab(f"/bookings/{number}/reschedule", maya)
    tab.fire(BookingMoveState.load)
    page = tab.state(BookingMoveState)
    assert (page.problem, page.shown_for, page.slot) == ("", number, "")
    tab.fire(BookingMoveState.review)
    assert tab.state(BookingMoveState).missing == "Please choose one of these times."
    tab.fire(BookingMoveState.pick_day, "2026-11-03")
    tab.fire(BookingMoveState.pick_slot, TEN.isoformat())
    tab.fire(BookingMoveState.review)
    offer = tab.state(BookingMoveState).offer
    assert offer.now == "Tuesday, 3 November 2026, 9:00\u202fam – 9:30\u202fam"
    assert (offer.day, offer.time, offer.fee) == (
        "Tuesday, 3 November 2026",
        "10:00\u202fam – 10:30\u202fam",
        "",
    )
    for _ in range(2):
        tab.fire(BookingMoveState.confirm, offer.id)
    row = sqlite_db.query(_row)
    assert (row.starts_at, row.moves, row.version) == (TEN, 1, 2)


def test_a_time_that_was_taken_is_asked_for_again(
    sqlite_db: Database, maya: Actor, number: str
) -> None:
    tab = Tab(f"/bookings/{number}/reschedule", maya)
    tab.fire(BookingMoveState.load)
    tab.fire(BookingMoveState.pick_day, "2026-11-03")
    tab.fire(BookingMoveState.pick_slot, TEN.isoformat())
    tab.fire(BookingMoveState.review)
    offer = tab.state(BookingMoveState).offer
    noah = sqlite_db.call(new_customer, "noah@example.com")
    draft = ready_draft(sqlite_db, noah, starts_at=TEN)
    confirmation.confirm(sqlite_db, noah, draft.id, draft.shown)
    tab.fire(BookingMoveState.confirm, offer.id)
    page = tab.state(BookingMoveState)
    assert (page.offer.id, page.slot, page.pending) == ("", "", False)
    assert page.missing.startswith("Sorry, that time has just been taken.")
    of_maya = sqlite_db.query(queries.get_booking, maya, number)
    assert of_maya.starts_at == TUESDAY_NINE.isoformat()


def test_what_cannot_be_moved_says_why(
    sqlite_db: Database, maya: Actor, number: str
) -> None:
    set_rules(sqlite_db, move_hours=48, move_fee=REFUSED)
    tab = Tab(f"/bookings/{number}/reschedule", maya)
    tab.fire(BookingMoveState.load)
    page = tab.state(BookingMoveState)
    assert page.problem == "This booking cannot be moved any more. Please ask us."
    assert page.groups == []
    noah = sqlite_db.call(new_customer, "noah@example.com")
    other = Tab(f"/bookings/{number}/reschedule", noah)
    other.fire(BookingMoveState.load)
    assert other.state(BookingMoveState).problem == "We could not find that booking."
