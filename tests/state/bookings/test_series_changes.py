"""Several visits of a series, cancelled on the booking and moved while rescheduling."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import col, select

from portal_app.domain.bookings.models import Booking
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.state.bookings.booking import BookingState, SeriesCancelState
from portal_app.state.bookings.move import BookingMoveState
from tests.support.sample_business import NOW, create_sample_business, new_customer
from tests.support.series import book_once, book_series, week
from tests.support.snapshots import database_snapshot
from tests.support.tabs import Tab, redirect_targets
from tests.support.wiring import wired


@pytest.fixture
def shop(sqlite_db: Database) -> Iterator[Database]:
    with wired(database=sqlite_db), frozen(NOW):
        sqlite_db.call(create_sample_business)
        yield sqlite_db


@pytest.fixture
def maya(shop: Database) -> Actor:
    return shop.call(new_customer)


def _starts(db: Database, status: str = "confirmed") -> list[str]:
    with db.read() as tx:
        found = tx.exec(
            select(Booking.starts_at)
            .where(Booking.status == status)
            .order_by(col(Booking.starts_at))
        )
        return [at.isoformat() for at in found]


def test_all_that_are_to_come_are_cancelled(shop: Database, maya: Actor) -> None:
    number = book_series(shop, maya)
    tab = Tab(f"/bookings/{number}", maya)
    tab.fire(BookingState.load)
    options = tab.state(BookingState).options
    assert options.series == "Every week on Tuesday, visit 1 of 4"
    tab.fire(SeriesCancelState.begin)
    dialog = tab.state(SeriesCancelState)
    assert (dialog.scope, len(dialog.offer.dates)) == ("following", 4)
    tab.fire(SeriesCancelState.choose, "all")
    assert (dialog.scope, len(dialog.offer.dates)) == ("all", 4)
    tab.fire(SeriesCancelState.save, {"request": "one"})
    assert (dialog.problem, _starts(shop)) == ("", [])
    assert len(_starts(shop, "cancelled")) == 4
    assert tab.state(BookingState).options.series == ""


def test_what_was_offered_too_long_ago_is_offered_again(
    shop: Database, maya: Actor
) -> None:
    number = book_series(shop, maya)
    tab = Tab(f"/bookings/{number}", maya)
    tab.fire(SeriesCancelState.begin)
    dialog = tab.state(SeriesCancelState)
    first = dialog.offer.key
    with frozen(NOW + timedelta(minutes=16)):
        tab.fire(SeriesCancelState.save, {"request": "one"})
    assert dialog.problem.startswith("This took a while.")
    assert dialog.offer.key not in ("", first)
    assert len(_starts(shop)) == 4


def test_the_visits_that_follow_are_moved_along(shop: Database, maya: Actor) -> None:
    number = book_series(shop, maya)
    tab = Tab(f"/bookings/{number}/reschedule", maya)
    tab.fire(BookingMoveState.load)
    move = tab.state(BookingMoveState)
    later = week(0) + timedelta(hours=2)
    tab.fire(BookingMoveState.pick_day, "2026-11-03")
    tab.fire(BookingMoveState.pick_slot, later.isoformat())
    tab.fire(BookingMoveState.move_following, True)
    tab.fire(BookingMoveState.review)
    assert len(move.series_offer.dates) == 4
    sent = tab.fire(BookingMoveState.confirm, move.series_offer.key)
    assert redirect_targets(sent) == [f"/bookings/{number}"]
    assert _starts(shop) == [
        (week(index) + timedelta(hours=2)).isoformat() for index in range(4)
    ]


def test_only_what_repeats_has_visits_that_follow(shop: Database, maya: Actor) -> None:
    number = book_once(shop, maya, week(0))
    tab = Tab(f"/bookings/{number}/reschedule", maya)
    tab.fire(BookingMoveState.load)
    tab.fire(BookingMoveState.move_following, True)
    assert tab.state(BookingMoveState).following is False
    tab = Tab(f"/bookings/{number}", maya)
    before = database_snapshot(shop)
    tab.fire(SeriesCancelState.begin)
    tab.fire(SeriesCancelState.save, {"request": "one"})
    assert tab.state(SeriesCancelState).problem
    assert database_snapshot(shop) == before
