"""The wizard: rebuilt from address, session and draft; clumsy hands change nothing."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from portal_app.domain.bookings import service as bookings
from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.domain.catalogue import offering
from portal_app.domain.customers.models import Location
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.state import worker
from portal_app.state.book import BookState
from portal_app.state.book_contact import BookContactState
from portal_app.state.book_place import BookPlaceState
from portal_app.state.book_time import BookTimeState
from tests.support.contents import contents
from tests.support.shop import (
    CLEANING,
    HOME,
    NOW,
    TUESDAY_NINE,
    WALK,
    new_customer,
    open_shop,
    ready_draft,
)
from tests.support.tabs import Tab, redirects

NINE = TUESDAY_NINE.isoformat()
CLEAN, WALKING = "/book/home-clean", "/book/dog-walk"
CONTACT_FORM = {"name": "Maya Chen", "email": "maya@example.com", "phone": ""}
PLACE_FORM = {
    "location": "new",
    "street": HOME.street,
    "town": HOME.town,
    "state": HOME.state,
    "postcode": HOME.postcode,
    "country": HOME.country,
}


@pytest.fixture
def shop(sqlite_db: Database) -> Iterator[Database]:
    before = worker._database
    worker.use(sqlite_db)
    with frozen(NOW):
        sqlite_db.call(open_shop)
        yield sqlite_db
    worker._database = before


def _open(who: Actor, path: str = CLEAN, **query: str) -> Tab:
    tab = Tab(path, who, **query)
    tab.fire(BookState.load)
    tab.fire(BookTimeState.load)
    tab.fire(BookPlaceState.load)
    return tab


def _at(tab: Tab) -> tuple[str, str]:
    state = tab.state(BookState)
    return state.phase, state.step


def _overview(db: Database, who: Actor, **choices: Any) -> Tab:
    draft = ready_draft(db, who, **choices)
    return _open(who, WALKING, step="overview", draft=draft.id)


def _count(db: Database, table: type = Booking) -> int:
    with db.read() as tx:
        return len(tx.exec(select(table)).all())


def test_the_whole_way(shop: Database) -> None:
    maya = shop.call(new_customer)
    tab = _open(maya)
    assert _at(tab) == ("open", "options")
    tab.fire(BookState.answer, "bedrooms", "three")
    tab.fire(BookState.tick, "extras", "oven", True)
    tab.fire(BookState.answer, "windows", "3")
    book = tab.state(BookState)
    assert (book.total, book.duration) == ("$172.47", "3 h 15 min")
    draft = book.draft_id
    sent = tab.fire(BookState.next_from_options)
    assert redirects(sent) == [f"{CLEAN}?step=time&draft={draft}"]

    tab.go(CLEAN, step="time", draft=draft)
    tab.fire(BookState.load)
    tab.fire(BookTimeState.load)
    times = tab.state(BookTimeState)
    assert times.month == "November 2026"
    assert [person.name for person in times.people] == ["Ana", "Ben"]
    tab.fire(BookTimeState.pick_day, "2026-11-03")
    assert [(g.title, g.slots[0].label) for g in times.groups] == [
        ("Morning", "9:00\u202fam"),
        ("Afternoon", "12:00\u202fpm"),
    ]
    tab.fire(BookTimeState.pick_slot, NINE)
    assert (book.day, book.time) == (
        "Tuesday, 3 November 2026",
        "9:00\u202fam – 12:15\u202fpm",
    )
    assert redirects(tab.fire(BookTimeState.next_from_time)) == [
        f"{CLEAN}?step=address&draft={draft}"
    ]
    assert redirects(tab.fire(BookPlaceState.submit, PLACE_FORM)) == [
        f"{CLEAN}?step=contact&draft={draft}"
    ]
    assert redirects(tab.fire(BookContactState.submit, CONTACT_FORM)) == [
        f"{CLEAN}?step=overview&draft={draft}"
    ]
    assert redirects(tab.fire(BookState.confirm, dict(book.shown))) == [
        f"{CLEAN}?step=done&draft={draft}"
    ]
    with shop.read() as tx:
        booking = tx.exec(select(Booking)).one()
    assert _at(tab) == ("done", "done")
    assert book.booked is not None
    assert book.booked.number == booking.number
    assert booking.starts_at == TUESDAY_NINE


def test_a_server_that_forgot_everything_goes_on(shop: Database) -> None:
    maya = shop.call(new_customer)
    first = _open(maya)
    first.fire(BookState.answer, "bedrooms", "three")
    second = _open(maya, draft=first.state(BookState).draft_id)
    found = second.state(BookState)
    assert (found.draft_id, found.total) == (
        first.state(BookState).draft_id,
        "$125.00",
    )
    assert [choice.chosen for choice in found.questions[0].choices] == [False, True]
    assert _count(shop, BookingDraft) == 1


def test_answers_are_kept_before_all_are_given(shop: Database) -> None:
    maya = shop.call(new_customer)
    tab = _open(maya)
    tab.fire(BookState.tick, "extras", "fridge", True)
    assert tab.state(BookState).total == ""
    again = _open(maya).state(BookState)
    assert [choice.chosen for choice in again.questions[1].choices] == [False, True]
    assert again.notice == ""


def test_only_what_changed_is_sent(shop: Database) -> None:
    tab = _open(shop.call(new_customer))
    tab.fire(BookState.answer, "bedrooms", "one")
    tab.root._clean()
    tab.fire(BookState.answer, "bedrooms", "three")
    sent = asyncio.run(tab.root._get_resolved_delta())
    [changed] = sent.values()
    names = {name.removesuffix("_rx_state_") for name in changed}
    assert names == {"lines", "total", "duration", "shown", "time_key"}


def test_nobody_jumps_ahead(shop: Database) -> None:
    maya = shop.call(new_customer)
    tab = Tab(CLEAN, maya, step="overview")
    sent = tab.fire(BookState.load)
    draft = tab.state(BookState).draft_id
    assert redirects(sent) == [f"{CLEAN}?step=options&draft={draft}"]
    assert _at(tab) == ("open", "options")
    tab.fire(BookState.confirm, {"version": 1, "total_minor": 0, "minutes": 0})
    tab.fire(BookTimeState.pick_slot, NINE)
    tab.fire(BookPlaceState.submit, PLACE_FORM)
    tab.fire(BookContactState.submit, CONTACT_FORM)
    found = shop.query(bookings.draft, maya, draft)
    assert (found.done, found.starts_at, _count(shop, Location)) == ([], "", 0)


def test_what_is_missing_is_said_next_to_it(shop: Database) -> None:
    tab = _open(shop.call(new_customer))
    assert tab.fire(BookState.next_from_options) == []
    assert tab.state(BookState).errors == {"bedrooms": "Please choose one."}
    tab.fire(BookState.answer, "windows", "many")
    assert tab.state(BookState).errors["windows"] == "Please enter a whole number."


@pytest.mark.parametrize("nonsense", [None, 7, "x", [], {"a": 1}, "x" * 50_000])
def test_anything_can_come_from_a_browser(shop: Database, nonsense: Any) -> None:
    maya = shop.call(new_customer)
    tab = _open(maya)
    tab.fire(BookState.answer, nonsense, nonsense)
    tab.fire(BookState.tick, nonsense, nonsense, nonsense)
    tab.fire(BookState.answer, "bedrooms", nonsense)
    tab.fire(BookState.answer, "bedrooms", "one")
    tab.fire(BookState.next_from_options)
    tab.fire(BookTimeState.load)
    for handler in (
        BookTimeState.turn,
        BookTimeState.pick_day,
        BookTimeState.pick_person,
        BookTimeState.pick_slot,
        BookPlaceState.submit,
        BookContactState.submit,
        BookState.take_instead,
        BookState.confirm,
    ):
        tab.fire(handler, nonsense)
    found = shop.query(bookings.draft, maya, tab.state(BookState).draft_id)
    assert (found.done, _at(tab)) == (["options"], ("open", "time"))
    assert _count(shop) == 0


def test_somebody_elses_draft_is_as_good_as_none(shop: Database) -> None:
    maya = shop.call(new_customer)
    theirs = ready_draft(shop, maya)
    noah = shop.call(new_customer, "noah@example.com")
    tab = _open(noah, WALKING, step="overview", draft=theirs.id)
    state = tab.state(BookState)
    assert state.draft_id not in {"", theirs.id}
    assert (state.step, state.address_lines) == ("time", [])


def test_a_second_click_on_confirm_is_the_same_booking(shop: Database) -> None:
    maya = shop.call(new_customer)
    tab = _overview(shop, maya)
    shown = dict(tab.state(BookState).shown)
    tab.fire(BookState.confirm, shown)
    assert tab.fire(BookState.confirm, shown) == []
    assert _count(shop) == 1


def test_who_comes_anew_books_anew(shop: Database) -> None:
    tab = _overview(shop, shop.call(new_customer))
    tab.fire(BookState.confirm, dict(tab.state(BookState).shown))
    booked = tab.state(BookState).draft_id
    tab.go(WALKING)
    tab.fire(BookState.load)
    state = tab.state(BookState)
    assert (_at(tab), state.booked) == (("open", "options"), None)
    assert state.draft_id != booked
    # Its own address still shows what was booked.
    tab.go(WALKING, step="done", draft=booked)
    tab.fire(BookState.load)
    assert _at(tab) == ("done", "done")


def test_another_tab_confirms_the_same_booking(shop: Database) -> None:
    maya = shop.call(new_customer)
    first = _overview(shop, maya)
    second = _overview(shop, maya)
    first.fire(BookState.confirm, dict(first.state(BookState).shown))
    second.fire(BookState.confirm, dict(second.state(BookState).shown))
    booked = [tab.state(BookState).booked for tab in (first, second)]
    assert booked[0] == booked[1]
    assert booked[0] is not None
    reloaded = _open(
        maya, WALKING, step="overview", draft=first.state(BookState).draft_id
    )
    assert reloaded.state(BookState).booked == booked[0]
    assert _count(shop) == 1


def test_a_step_in_a_tab_after_another_confirmed_shows_the_booking(
    shop: Database,
) -> None:
    maya = shop.call(new_customer)
    draft = ready_draft(shop, maya)
    late = _open(maya, WALKING, step="contact", draft=draft.id)
    bookings.confirm(shop, maya, draft.id, draft.shown)
    late.fire(BookContactState.submit, CONTACT_FORM)
    assert _at(late) == ("done", "done")


def test_the_slot_went_meanwhile(shop: Database) -> None:
    noah = shop.call(new_customer, "noah@example.com")
    tab = _overview(shop, shop.call(new_customer))
    theirs = ready_draft(shop, noah)
    bookings.confirm(shop, noah, theirs.id, theirs.shown)

    tab.fire(BookState.confirm, dict(tab.state(BookState).shown))

    book = tab.state(BookState)
    assert book.problem == (
        "Sorry, that time has just been taken. These are the nearest free times."
    )
    assert [time.time for time in book.nearest] == [
        "9:30\u202fam",
        "10:00\u202fam",
        "10:30\u202fam",
    ]
    assert (_count(shop), _at(tab)) == (1, ("open", "overview"))
    assert book.contact_name == "Maya Chen"
    assert book.confirming is False

    tab.fire(BookState.take_instead, book.nearest[0].starts_at)
    assert (book.time, book.problem, book.nearest) == (
        "9:30\u202fam – 10:00\u202fam",
        "",
        [],
    )
    tab.fire(BookState.confirm, dict(book.shown))
    assert (_at(tab), _count(shop)) == (("done", "done"), 2)


def test_a_price_that_changed_is_told_and_shown_again(shop: Database) -> None:
    tab = _overview(shop, shop.call(new_customer))
    before = dict(tab.state(BookState).shown)
    shop.call(offering.define_service, SYSTEM, replace(WALK, base_price_minor=2900))
    tab.fire(BookState.confirm, before)
    book = tab.state(BookState)
    assert book.problem == (
        "The price has changed from $25.00 to $29.00. "
        "Please look at the overview again."
    )
    assert (book.total, _count(shop)) == ("$29.00", 0)
    tab.fire(BookState.confirm, dict(book.shown))
    assert _count(shop) == 1


def test_an_overview_never_shown_is_not_booked(shop: Database) -> None:
    tab = _overview(shop, shop.call(new_customer))
    tab.fire(BookState.confirm, {"version": True, "total_minor": "x"})
    assert (_count(shop), _at(tab)) == (0, ("open", "overview"))


def test_a_time_taken_while_looking_is_refused_in_words(shop: Database) -> None:
    maya = shop.call(new_customer)
    tab = _open(maya, WALKING, step="time")
    noah = shop.call(new_customer, "noah@example.com")
    theirs = ready_draft(shop, noah)
    bookings.confirm(shop, noah, theirs.id, theirs.shown)
    tab.fire(BookTimeState.pick_slot, NINE)
    assert tab.state(BookState).problem == (
        "Sorry, that time has just been taken. Please choose another."
    )
    times = tab.state(BookTimeState)
    assert (times.slot, tab.state(BookState).day) == ("", "")
    assert tab.fire(BookTimeState.next_from_time) == []


def test_another_person_keeps_the_time_if_it_is_free_with_them(shop: Database) -> None:
    maya = shop.call(new_customer)
    tab = _open(maya)
    tab.fire(BookState.answer, "bedrooms", "one")
    tab.fire(BookState.next_from_options)
    tab.fire(BookTimeState.load)
    tab.fire(BookTimeState.pick_day, "2026-11-03")
    tab.fire(BookTimeState.pick_slot, NINE)
    times = tab.state(BookTimeState)
    ben = times.people[1].id
    tab.fire(BookTimeState.pick_person, ben)
    assert (times.slot, tab.state(BookState).fieldworker) == (NINE, "Ben")


def test_a_saved_place_of_somebody_else_is_not_there(shop: Database) -> None:
    ready_draft(shop, shop.call(new_customer))
    with shop.read() as tx:
        theirs = tx.exec(select(Location)).one().id
    noah = shop.call(new_customer, "noah@example.com")
    draft = shop.call(bookings.open_draft, noah, "dog-walk").id
    shop.call(bookings.choose_time, noah, draft, TUESDAY_NINE)
    tab = _open(noah, WALKING, step="address", draft=draft)
    tab.fire(BookPlaceState.submit, {"location": theirs})
    assert tab.state(BookState).problem == "Please choose where to come."
    assert shop.query(bookings.draft, noah, draft).address_lines == []


def test_a_service_that_is_not_offered_is_missing(shop: Database) -> None:
    maya = shop.call(new_customer)
    before = contents(shop)
    tab = _open(maya, "/book/nothing")
    assert _at(tab) == ("missing", "")
    assert contents(shop) == before
    shop.call(offering.define_service, SYSTEM, replace(CLEANING, active=False))
    assert _at(_open(maya)) == ("missing", "")


def test_editing_from_the_overview_returns_to_it(shop: Database) -> None:
    maya = shop.call(new_customer)
    draft = ready_draft(shop, maya).id
    query = {"step": "contact", "draft": draft, "return": "overview"}
    tab = _open(maya, WALKING, **query)
    sent = tab.fire(BookContactState.submit, CONTACT_FORM)
    assert redirects(sent) == [f"{WALKING}?step=overview&draft={draft}"]
