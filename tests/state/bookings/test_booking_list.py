"""*My Bookings*: two lists, in the address, one's own only."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from portal_app.domain.bookings import confirmation
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.state.bookings.booking_list import BookingsState
from portal_app.state.bookings.home import HomeState
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    create_sample_business,
    new_customer,
    ready_draft,
)
from tests.support.tabs import Tab
from tests.support.wiring import wired


@pytest.fixture
def shop(sqlite_db: Database) -> Iterator[Database]:
    with wired(database=sqlite_db), frozen(NOW):
        sqlite_db.call(create_sample_business)
        yield sqlite_db


def _listed(tab: Tab) -> BookingsState:
    tab.fire(BookingsState.load)
    return tab.state(BookingsState)


def test_finished_bookings_move_to_past(shop: Database) -> None:
    maya = shop.call(new_customer)
    draft = ready_draft(shop, maya)
    number = confirmation.confirm(shop, maya, draft.id, draft.shown)
    upcoming = _listed(Tab("/bookings", maya))
    assert ([row.number for row in upcoming.rows], upcoming.shown) == (
        [number],
        "upcoming",
    )
    assert _listed(Tab("/bookings", maya, when="past")).total == 0
    with frozen(TUESDAY_NINE + timedelta(hours=1)):
        assert _listed(Tab("/bookings", maya)).total == 0
        past = _listed(Tab("/bookings", maya, when="past"))
    assert [row.number for row in past.rows] == [number]


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "99999999999", "7"])
def test_a_page_that_is_not_there_is_the_first(shop: Database, page: str) -> None:
    maya = shop.call(new_customer)
    draft = ready_draft(shop, maya)
    confirmation.confirm(shop, maya, draft.id, draft.shown)
    shown = _listed(Tab("/bookings", maya, page=page, when="soon"))
    assert (shown.when, shown.page, shown.summary) == ("upcoming", 1, "1 to 1 of 1")


def test_bookings_of_others_are_not_listed(shop: Database) -> None:
    maya = shop.call(new_customer)
    draft = ready_draft(shop, maya)
    confirmation.confirm(shop, maya, draft.id, draft.shown)
    noah = shop.call(new_customer, "noah@example.com")
    assert _listed(Tab("/bookings", noah)).rows == []


@pytest.mark.parametrize(
    ("asked", "sort", "asked_sort"),
    [
        ({}, "soonest", ""),
        ({"when": "past"}, "latest", ""),
        ({"when": "past", "sort": "price"}, "price", "price"),
        ({"sort": "number"}, "soonest", ""),
    ],
)
def test_the_order_is_in_the_address(
    shop: Database, asked: dict[str, str], sort: str, asked_sort: str
) -> None:
    shown = _listed(Tab("/bookings", shop.call(new_customer), **asked))
    assert (shown.sort, shown.asked_sort) == (sort, asked_sort)


def test_the_home_page_has_shortcuts_for_a_customer_only(shop: Database) -> None:
    maya = shop.call(new_customer)
    draft = ready_draft(shop, maya)
    number = confirmation.confirm(shop, maya, draft.id, draft.shown)
    for who, numbers in ((maya, [number]), (Actor(), []), (SYSTEM, [])):
        tab = Tab("/", who)
        tab.fire(HomeState.load)
        home = tab.state(HomeState)
        assert [row.number for row in home.bookings.upcoming] == numbers
        assert home.loaded
