"""The wizard: rebuilt from address, session and draft; clumsy hands change nothing."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import select

from portal_app.domain import wiring
from portal_app.domain.bookings import confirmation, drafts
from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.domain.catalogue import definitions
from portal_app.domain.customers import locations
from portal_app.domain.customers.models import Location
from portal_app.domain.scheduling import roster
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.state.bookings.wizard import BookingWizardState
from portal_app.state.bookings.wizard_details import (
    WizardContactState,
    WizardLocationState,
)
from portal_app.state.bookings.wizard_questions import WizardQuestionsState
from portal_app.state.bookings.wizard_time import WizardTimeState
from tests.domain.bookings.test_service_area import go_only_to
from tests.support.sample_business import (
    CLEANING,
    HOME,
    NOW,
    TUESDAY_NINE,
    WALK,
    create_sample_business,
    let_everybody_go,
    new_customer,
    ready_draft,
)
from tests.support.snapshots import database_snapshot
from tests.support.tabs import Tab, redirect_targets
from tests.support.wiring import wired

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
    with wired(database=sqlite_db), frozen(NOW):
        sqlite_db.call(create_sample_business)
        yield sqlite_db


def _open(who: Actor, path: str = CLEAN, **query: str) -> Tab:
    tab = Tab(path, who, **query)
    tab.fire(BookingWizardState.load)
    tab.fire(WizardTimeState.load)
    tab.fire(WizardLocationState.load)
    return tab


def _at_time(db: Database, who: Actor, slug: str = "dog-walk") -> Tab:
    draft = db.call(drafts.open_draft, who, slug).id
    db.call(drafts.choose_address, who, draft, HOME)
    return _open(who, f"/book/{slug}", step="time", draft=draft)


def _at(tab: Tab) -> tuple[str, str]:
    state = tab.state(BookingWizardState)
    return state.phase, state.step


def _overview(db: Database, who: Actor, **choices: Any) -> Tab:
    draft = ready_draft(db, who, **choices)
    return _open(who, WALKING, step="overview", draft=draft.id)


def test_who_only_looks_is_told_that_booking_would_begin_something(
    shop: Database,
) -> None:
    maya = shop.call(new_customer)
    looking = replace(maya, looking=True)
    before = database_snapshot(shop)
    assert _at(_open(looking)) == ("looking", "")
    assert _at(_open(looking, again="1", at=NINE)) == ("looking", "")
    assert database_snapshot(shop) == before
    # What the customer has begun can be looked at.
    draft = ready_draft(shop, maya)
    before = database_snapshot(shop)
    tab = _open(looking, WALKING, step="overview", draft=draft.id)
    assert _at(tab) == ("open", "overview")
    assert database_snapshot(shop) == before


def test_overview_says_which_deposit_is_asked(shop: Database) -> None:
    asking = replace(WALK, deposit_percent=20)
    shop.call(definitions.define_service, SYSTEM, asking)
    tab = _overview(shop, shop.call(new_customer))
    assert tab.state(BookingWizardState).deposit == (
        "A deposit of 20% ($5) is asked for this service. Nothing is paid here: we "
        "ask you for it."
    )


def _count(db: Database, table: type = Booking) -> int:
    with db.read() as tx:
        return len(tx.exec(select(table)).all())


def test_booking_from_first_step_to_confirmation(shop: Database) -> None:
    maya = shop.call(new_customer)
    tab = _open(maya)
    assert _at(tab) == ("open", "options")
    tab.fire(BookingWizardState.answer, "bedrooms", "three")
    tab.fire(BookingWizardState.tick, "extras", "oven", True)
    tab.fire(BookingWizardState.answer, "windows", "3")
    book = tab.state(BookingWizardState)
    assert (book.total, book.duration) == ("$172.47", "3 h 15 min")
    draft = book.draft_id
    sent = tab.fire(BookingWizardState.next_from_options)
    assert redirect_targets(sent) == [f"{CLEAN}?step=address&draft={draft}"]
    assert redirect_targets(tab.fire(WizardLocationState.submit, PLACE_FORM)) == [
        f"{CLEAN}?step=time&draft={draft}"
    ]

    tab.go(CLEAN, step="time", draft=draft)
    tab.fire(BookingWizardState.load)
    tab.fire(WizardTimeState.load)
    times = tab.state(WizardTimeState)
    assert times.month == "November 2026"
    assert [person.name for person in times.people] == ["Ana", "Ben"]
    tab.fire(WizardTimeState.pick_day, "2026-11-03")
    assert [(g.title, g.slots[0].label) for g in times.groups] == [
        ("Morning", "9:00\u202fam"),
        ("Afternoon", "12:00\u202fpm"),
    ]
    tab.fire(WizardTimeState.pick_slot, NINE)
    assert (book.day, book.time) == (
        "Tuesday, 3 November 2026",
        "9:00\u202fam – 12:15\u202fpm",
    )
    assert redirect_targets(tab.fire(WizardTimeState.next_from_time)) == [
        f"{CLEAN}?step=contact&draft={draft}"
    ]
    assert redirect_targets(tab.fire(WizardContactState.submit, CONTACT_FORM)) == [
        f"{CLEAN}?step=questions&draft={draft}"
    ]
    assert [(one.key, one.done) for one in book.steps] == [
        ("options", True),
        ("address", True),
        ("time", True),
        ("contact", True),
        ("questions", False),
        ("overview", False),
    ]
    notes = {"notes": "The side gate sticks."}
    assert redirect_targets(tab.fire(WizardQuestionsState.submit, notes)) == [
        f"{CLEAN}?step=overview&draft={draft}"
    ]
    assert redirect_targets(tab.fire(BookingWizardState.confirm, dict(book.shown))) == [
        f"{CLEAN}?step=done&draft={draft}"
    ]
    with shop.read() as tx:
        booking = tx.exec(select(Booking)).one()
    assert _at(tab) == ("done", "done")
    assert book.booked is not None
    assert book.booked.number == booking.number
    assert booking.starts_at == TUESDAY_NINE


def test_wizard_is_rebuilt_after_a_state_reset(shop: Database) -> None:
    maya = shop.call(new_customer)
    first = _open(maya)
    first.fire(BookingWizardState.answer, "bedrooms", "three")
    second = _open(maya, draft=first.state(BookingWizardState).draft_id)
    found = second.state(BookingWizardState)
    assert (found.draft_id, found.total) == (
        first.state(BookingWizardState).draft_id,
        "$125",
    )
    assert [choice.chosen for choice in found.questions[0].choices] == [False, True]
    assert _count(shop, BookingDraft) == 1


def test_partial_answers_are_saved(shop: Database) -> None:
    maya = shop.call(new_customer)
    tab = _open(maya)
    tab.fire(BookingWizardState.answer, "bedrooms", "")
    tab.fire(BookingWizardState.tick, "extras", "fridge", True)
    assert tab.state(BookingWizardState).total == ""
    again = _open(maya).state(BookingWizardState)
    assert [choice.chosen for choice in again.questions[1].choices] == [False, True]
    assert again.notice == ""


def test_only_what_changed_is_sent(shop: Database) -> None:
    tab = _open(shop.call(new_customer))
    tab.fire(BookingWizardState.answer, "bedrooms", "one")
    tab.root._clean()
    tab.fire(BookingWizardState.answer, "bedrooms", "three")
    sent = asyncio.run(tab.root._get_resolved_delta())
    [changed] = sent.values()
    names = {name.removesuffix("_rx_state_") for name in changed}
    assert names == {"lines", "total", "duration", "shown", "time_key"}


def test_steps_cannot_be_skipped(shop: Database) -> None:
    maya = shop.call(new_customer)
    tab = Tab(CLEAN, maya, step="overview")
    sent = tab.fire(BookingWizardState.load)
    draft = tab.state(BookingWizardState).draft_id
    assert redirect_targets(sent) == [f"{CLEAN}?step=address&draft={draft}"]
    assert _at(tab) == ("open", "address")
    tab.fire(BookingWizardState.confirm, {"version": 1, "total_minor": 0, "minutes": 0})
    tab.fire(WizardTimeState.pick_slot, NINE)
    tab.fire(WizardContactState.submit, CONTACT_FORM)
    tab.fire(WizardQuestionsState.submit, {"notes": "x"})
    found = shop.query(drafts.get_draft, maya, draft)
    assert (found.done, found.starts_at) == (["options"], "")
    assert _count(shop, Location) == 0


def test_missing_answers_are_reported_at_their_field(shop: Database) -> None:
    maya = shop.call(new_customer)
    tab = _open(maya)
    tab.fire(BookingWizardState.answer, "bedrooms", "")
    assert tab.fire(BookingWizardState.next_from_options) == []
    assert tab.state(BookingWizardState).errors == {"bedrooms": "Please choose one."}
    tab.fire(BookingWizardState.answer, "windows", "many")
    assert (
        tab.state(BookingWizardState).errors["windows"]
        == "Please enter a whole number."
    )
    tab.fire(BookingWizardState.tick, "windows", "each", True)
    state = tab.state(BookingWizardState)
    assert state.problem == "This option is not available."
    found = shop.query(drafts.get_draft, maya, state.draft_id)
    assert found.answers == {"extras": [], "windows": 0}


@pytest.mark.parametrize("nonsense", ["", "x", "x" * 20_000])
def test_malformed_input_is_refused(shop: Database, nonsense: str) -> None:
    maya = shop.call(new_customer)
    tab = _open(maya)
    tab.fire(BookingWizardState.answer, nonsense, nonsense)
    tab.fire(BookingWizardState.tick, nonsense, nonsense, True)
    tab.fire(BookingWizardState.answer, "bedrooms", nonsense)
    tab.fire(BookingWizardState.answer, "bedrooms", "one")
    tab.fire(BookingWizardState.next_from_options)
    tab.fire(WizardTimeState.load)
    for handler in (
        WizardTimeState.pick_day,
        WizardTimeState.pick_person,
        WizardTimeState.pick_slot,
        BookingWizardState.take_nearest_time,
    ):
        tab.fire(handler, nonsense)
    for submit in (
        WizardLocationState.submit,
        WizardContactState.submit,
        WizardQuestionsState.submit,
    ):
        tab.fire(submit, {nonsense: nonsense})
    tab.fire(BookingWizardState.confirm, {nonsense: 1})
    found = shop.query(drafts.get_draft, maya, tab.state(BookingWizardState).draft_id)
    assert (found.done, _at(tab)) == (["options"], ("open", "address"))
    assert _count(shop) == 0


def test_drafts_of_others_are_not_found(shop: Database) -> None:
    maya = shop.call(new_customer)
    theirs = ready_draft(shop, maya)
    noah = shop.call(new_customer, "noah@example.com")
    tab = _open(noah, WALKING, step="overview", draft=theirs.id)
    state = tab.state(BookingWizardState)
    assert state.draft_id not in {"", theirs.id}
    assert (state.step, state.address_lines) == ("address", [])


def test_a_second_click_on_confirm_is_the_same_booking(shop: Database) -> None:
    maya = shop.call(new_customer)
    tab = _overview(shop, maya)
    shown = dict(tab.state(BookingWizardState).shown)
    tab.fire(BookingWizardState.confirm, shown)
    assert tab.fire(BookingWizardState.confirm, shown) == []
    assert _count(shop) == 1


def test_new_visit_starts_a_new_draft(shop: Database) -> None:
    tab = _overview(shop, shop.call(new_customer))
    tab.fire(BookingWizardState.confirm, dict(tab.state(BookingWizardState).shown))
    booked = tab.state(BookingWizardState).draft_id
    tab.go(WALKING)
    tab.fire(BookingWizardState.load)
    state = tab.state(BookingWizardState)
    # This service has nothing to choose: its first step is the address.
    assert (_at(tab), state.before, state.booked) == (("open", "address"), "", None)
    assert state.draft_id != booked
    # Its own address still shows what was booked.
    tab.go(WALKING, step="done", draft=booked)
    tab.fire(BookingWizardState.load)
    assert _at(tab) == ("done", "done")


def test_another_tab_confirms_the_same_booking(shop: Database) -> None:
    maya = shop.call(new_customer)
    first = _overview(shop, maya)
    second = _overview(shop, maya)
    first.fire(BookingWizardState.confirm, dict(first.state(BookingWizardState).shown))
    second.fire(
        BookingWizardState.confirm, dict(second.state(BookingWizardState).shown)
    )
    booked = [tab.state(BookingWizardState).booked for tab in (first, second)]
    assert booked[0] == booked[1]
    assert booked[0] is not None
    reloaded = _open(
        maya, WALKING, step="overview", draft=first.state(BookingWizardState).draft_id
    )
    assert reloaded.state(BookingWizardState).booked == booked[0]
    assert _count(shop) == 1


def test_a_step_in_a_tab_after_another_confirmed_shows_the_booking(
    shop: Database,
) -> None:
    maya = shop.call(new_customer)
    draft = ready_draft(shop, maya)
    late = _open(maya, WALKING, step="contact", draft=draft.id)
    confirmation.confirm(shop, maya, draft.id, draft.shown)
    late.fire(WizardContactState.submit, CONTACT_FORM)
    assert _at(late) == ("done", "done")


def test_slot_taken_before_confirmation_offers_others(shop: Database) -> None:
    noah = shop.call(new_customer, "noah@example.com")
    tab = _overview(shop, shop.call(new_customer), hold=False)
    theirs = ready_draft(shop, noah)
    confirmation.confirm(shop, noah, theirs.id, theirs.shown)

    tab.fire(BookingWizardState.confirm, dict(tab.state(BookingWizardState).shown))

    book = tab.state(BookingWizardState)
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

    tab.fire(BookingWizardState.take_nearest_time, book.nearest[0].starts_at)
    assert (book.time, book.problem, book.nearest) == (
        "9:30\u202fam – 10:00\u202fam",
        "",
        [],
    )
    tab.fire(BookingWizardState.confirm, dict(book.shown))
    assert (_at(tab), _count(shop)) == (("done", "done"), 2)


def test_changed_price_is_shown_before_confirmation(shop: Database) -> None:
    tab = _overview(shop, shop.call(new_customer))
    before = dict(tab.state(BookingWizardState).shown)
    shop.call(definitions.define_service, SYSTEM, replace(WALK, base_price_minor=2900))
    tab.fire(BookingWizardState.confirm, before)
    book = tab.state(BookingWizardState)
    assert book.problem == (
        "The price has changed from $25 to $29. Please look at the overview again."
    )
    assert (book.total, _count(shop)) == ("$29", 0)
    tab.fire(BookingWizardState.confirm, dict(book.shown))
    assert _count(shop) == 1


def test_unseen_overview_cannot_be_confirmed(shop: Database) -> None:
    tab = _overview(shop, shop.call(new_customer))
    tab.fire(BookingWizardState.confirm, {"version": 1})
    assert (_count(shop), _at(tab)) == (0, ("open", "overview"))


FIRST = "2026-11-01T23:00:00+00:00"
"""Monday at 10:00 in Sydney, which the lead time leaves as the first."""


def _times(tab: Tab) -> tuple[str, str, str]:
    """The day shown, the choice shown, and the draft's: always one."""
    state = tab.state(WizardTimeState)
    draft = tab.state(BookingWizardState)
    with wiring.current().database.read() as tx:  # type: ignore[union-attr]
        stored = drafts.get_draft(tx, tab.who, draft.draft_id)
    assert state.slot == stored.starts_at
    assert (draft.day, draft.short_time) == (stored.day, stored.short_time)
    return state.day, state.slot, state.missing


def test_the_first_free_time_is_proposed_and_taken(shop: Database) -> None:
    tab = _at_time(shop, shop.call(new_customer))
    state = tab.state(WizardTimeState)
    assert _times(tab) == ("2026-11-02", FIRST, "")
    assert state.proposed is True
    assert [(one.weekday, one.number, one.month) for one in state.next_days[:6]] == [
        ("Mon", "2", "Nov"),
        ("Tue", "3", "Nov"),
        ("Wed", "4", "Nov"),
        ("Thu", "5", "Nov"),
        ("Fri", "6", "Nov"),
        ("Mon", "9", "Nov"),
    ]
    draft = tab.state(BookingWizardState).draft_id
    assert redirect_targets(tab.fire(WizardTimeState.next_from_time)) == [
        f"{WALKING}?step=contact&draft={draft}"
    ]


def test_another_day_gives_the_choice_up_and_next_asks(shop: Database) -> None:
    tab = _at_time(shop, shop.call(new_customer))
    tab.fire(WizardTimeState.pick_slot, FIRST)
    assert tab.state(WizardTimeState).proposed is False
    tab.fire(WizardTimeState.pick_day, "2026-11-03")
    assert _times(tab) == ("2026-11-03", "", "")
    assert tab.fire(WizardTimeState.next_from_time) == []
    assert _times(tab) == ("2026-11-03", "", "Please choose one of these times.")
    assert _at(tab) == ("open", "time")
    # A repeated load, as after a lost connection, does not choose in its place.
    tab.fire(WizardTimeState.load)
    assert _times(tab) == ("2026-11-03", "", "")
    tab.fire(WizardTimeState.pick_slot, NINE)
    assert _times(tab) == ("2026-11-03", NINE, "")


def test_a_time_lost_to_a_longer_visit_is_asked_for_again(shop: Database) -> None:
    maya = shop.call(new_customer)
    late = datetime(2026, 11, 3, 4, tzinfo=UTC)  # three in the afternoon
    draft = ready_draft(
        shop, maya, slug="home-clean", answers={"bedrooms": "one"}, starts_at=late
    )
    tab = _open(maya, CLEAN, step="options", draft=draft.id)
    words = "The time you chose is no longer available. Please choose another."
    book = tab.state(BookingWizardState)
    tab.fire(BookingWizardState.answer, "bedrooms", "three")
    assert (book.notice, book.day) == (words, "")
    tab.fire(BookingWizardState.tick, "extras", "oven", True)
    assert book.notice == ""
    tab.fire(BookingWizardState.next_from_options)
    tab.fire(WizardLocationState.submit, PLACE_FORM)
    tab.fire(WizardTimeState.load)
    # Nothing is put in its place, and it is said why none is chosen.
    state = tab.state(WizardTimeState)
    assert (state.slot, state.proposed, state.missing) == ("", False, words)
    assert state.groups != []
    assert tab.fire(WizardTimeState.next_from_time) == []
    assert _at(tab) == ("open", "time")
    tab.fire(WizardTimeState.pick_slot, state.groups[0].slots[0].value)
    assert (state.slot, state.missing) == (state.groups[0].slots[0].value, "")
    assert book._lost_time is False


def test_another_month_takes_the_list_along(shop: Database) -> None:
    tab = _at_time(shop, shop.call(new_customer))
    state = tab.state(WizardTimeState)
    tab.fire(WizardTimeState.turn, 1)
    assert (state.month, state.day_text) == (
        "December 2026",
        "Tuesday, 1 December 2026",
    )
    assert _times(tab) == ("2026-12-01", "", "")
    tab.fire(WizardTimeState.turn, -1)
    assert _times(tab) == ("2026-11-02", "", "")
    # A day of the strip that is in another month than the one shown.
    tab.fire(WizardTimeState.pick_day, "2026-12-04")
    assert (state.month, _times(tab)) == ("December 2026", ("2026-12-04", "", ""))


def test_a_month_without_free_time_says_so(shop: Database) -> None:
    tab = _at_time(shop, shop.call(new_customer))
    december = (datetime(2026, 11, 30, tzinfo=UTC), datetime(2027, 1, 2, tzinfo=UTC))
    shop.call(roster.add_time_off, SYSTEM, None, *december)
    tab.fire(WizardTimeState.turn, 1)
    state = tab.state(WizardTimeState)
    assert (state.month, state.groups) == ("December 2026", [])
    assert state.free_text == "No free times in December 2026"
    assert _times(tab) == ("", "", "")
    assert tab.fire(WizardTimeState.next_from_time) == []
    assert state.missing == "Please choose a day with free times."


def test_a_replayed_next_does_not_take_a_time_nobody_saw(shop: Database) -> None:
    maya = shop.call(new_customer)
    draft = shop.call(drafts.open_draft, maya, "dog-walk").id
    shop.call(drafts.choose_address, maya, draft, HOME)
    # The server that had shown the step was restarted.
    tab = Tab(WALKING, maya, step="time", draft=draft)
    assert redirect_targets(tab.fire(WizardTimeState.next_from_time)) == []
    assert _times(tab) == ("2026-11-02", "", "Please choose one of these times.")


def test_slot_taken_while_choosing_is_reported(shop: Database) -> None:
    maya = shop.call(new_customer)
    tab = _at_time(shop, maya)
    tab.fire(WizardTimeState.pick_day, "2026-11-03")
    noah = shop.call(new_customer, "noah@example.com")
    theirs = ready_draft(shop, noah)
    confirmation.confirm(shop, noah, theirs.id, theirs.shown)
    tab.fire(WizardTimeState.pick_slot, NINE)
    taken = "Sorry, that time has just been taken. Please choose another."
    assert _times(tab) == ("2026-11-03", "", taken)
    assert tab.fire(WizardTimeState.next_from_time) == []


def test_a_time_vanishes_when_another_takes_it_and_comes_back(shop: Database) -> None:
    tab = _at_time(shop, shop.call(new_customer))
    tab.fire(WizardTimeState.pick_day, "2026-11-03")
    state = tab.state(WizardTimeState)
    looks, count = state.looks, len(state._starts())
    noah = shop.call(new_customer, "noah@example.com")
    theirs = ready_draft(shop, noah)
    tab.fire(WizardTimeState.refresh)
    assert NINE not in state._starts()
    # What is drawn stays where it is.
    assert (len(state._starts()), state.looks) == (count - 1, looks)
    shop.call(drafts.clear_time, noah, theirs.id)
    tab.fire(WizardTimeState.refresh)
    assert (NINE in state._starts(), len(state._starts())) == (True, count)


def test_a_choice_that_was_not_held_and_is_taken_is_asked_for_again(
    shop: Database,
) -> None:
    maya = shop.call(new_customer)
    draft = ready_draft(shop, maya, hold=False)
    tab = _open(maya, WALKING, step="time", draft=draft.id)
    tab.fire(WizardTimeState.load)
    ready_draft(shop, shop.call(new_customer, "noah@example.com"))
    tab.fire(WizardTimeState.refresh)
    taken = "Sorry, that time has just been taken. Please choose another."
    assert _times(tab) == ("2026-11-03", "", taken)


def test_a_proposed_time_is_held_by_going_on(shop: Database) -> None:
    tab = _at_time(shop, shop.call(new_customer))
    book = tab.state(BookingWizardState)
    assert (tab.state(WizardTimeState).proposed, book.held_until) == (True, "")
    assert redirect_targets(tab.fire(WizardTimeState.next_from_time)) != []
    assert (book.held_until_text, book.held_seconds) == ("8:10\u202fam", 600)


def test_changing_fieldworker_keeps_a_time_that_is_free(shop: Database) -> None:
    maya = shop.call(new_customer)
    tab = _at_time(shop, maya, "home-clean")
    tab.fire(WizardTimeState.pick_day, "2026-11-03")
    tab.fire(WizardTimeState.pick_slot, NINE)
    times = tab.state(WizardTimeState)
    ben = times.people[1].id
    tab.fire(WizardTimeState.pick_person, ben)
    assert (times.slot, tab.state(BookingWizardState).fieldworker) == (NINE, "Ben")


def test_next_free_takes_the_first_time_there_is(shop: Database) -> None:
    tab = _at_time(shop, shop.call(new_customer))
    state = tab.state(WizardTimeState)
    tab.fire(WizardTimeState.turn, 1)
    assert _times(tab) == ("2026-12-01", "", "")
    tab.fire(WizardTimeState.pick_next_free)
    assert (state.month, state.zone) == ("November 2026", "Australia/Sydney")
    assert _times(tab) == ("2026-11-02", FIRST, "")
    # Without any, it says so.
    year = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 11, 1, tzinfo=UTC))
    shop.call(roster.add_time_off, SYSTEM, None, *year)
    tab.fire(WizardTimeState.pick_next_free)
    assert _times(tab) == ("", "", "")
    assert (state.groups, state.free_text) == ([], "No free times in November 2026")


def test_saved_places_outside_the_area_are_marked(shop: Database) -> None:
    maya = shop.call(new_customer)
    away = replace(HOME, street="1 Hoddle Street", state="VIC", postcode="3000")
    elsewhere = shop.call(locations.save_location, maya, away)
    draft = shop.call(drafts.open_draft, maya, "dog-walk").id
    go_only_to(shop, "2000-2999")
    tab = _open(maya, WALKING, step="address", draft=draft)
    step = tab.state(WizardLocationState)
    assert (step.outside, step.chosen) == ([elsewhere], "new")
    tab.fire(WizardLocationState.submit, {"location": elsewhere})
    assert (_at(tab), tab.state(BookingWizardState).problem) == (
        ("open", "address"),
        "Sorry, we do not come to this address in Bondi. Please choose another one, "
        "or ask us.",
    )
    # The first place that is served is proposed, though another one comes first.
    home = shop.call(locations.save_location, maya, HOME)
    step = _open(maya, WALKING, step="address", draft=draft).state(WizardLocationState)
    assert ([one.id for one in step.places], step.chosen) == ([elsewhere, home], home)
    assert step.outside == [elsewhere]


def test_locations_of_others_are_not_found(shop: Database) -> None:
    theirs = shop.call(locations.save_location, shop.call(new_customer), HOME)
    noah = shop.call(new_customer, "noah@example.com")
    draft = shop.call(drafts.open_draft, noah, "dog-walk").id
    shop.call(drafts.choose_time, noah, draft, TUESDAY_NINE)
    tab = _open(noah, WALKING, step="address", draft=draft)
    tab.fire(WizardLocationState.submit, {"location": theirs})
    assert tab.state(BookingWizardState).problem == "Please choose where to come."
    assert shop.query(drafts.get_draft, noah, draft).address_lines == []


def test_a_service_that_is_not_offered_is_missing(shop: Database) -> None:
    maya = shop.call(new_customer)
    before = database_snapshot(shop)
    tab = _open(maya, "/book/nothing")
    assert _at(tab) == ("missing", "")
    assert database_snapshot(shop) == before
    shop.call(definitions.define_service, SYSTEM, replace(CLEANING, active=False))
    assert _at(_open(maya)) == ("missing", "")


def test_before_the_business_opens_the_page_of_the_service_says_so(
    shop: Database,
) -> None:
    maya = shop.call(new_customer)
    draft = ready_draft(shop, maya).id
    shop.call(let_everybody_go)
    before = database_snapshot(shop)
    for path, query in ((CLEAN, {}), (WALKING, {"draft": draft, "step": "overview"})):
        tab = Tab(path, maya, **query)
        sent = tab.fire(BookingWizardState.load)
        assert redirect_targets(sent) == [path.replace("/book/", "/services/")]
        assert _at(tab) == ("", "")
    assert database_snapshot(shop) == before


def test_editing_from_the_overview_returns_to_it(shop: Database) -> None:
    maya = shop.call(new_customer)
    draft = ready_draft(shop, maya).id
    tab = _open(maya, WALKING, step="contact", draft=draft)
    sent = tab.fire(WizardContactState.submit, CONTACT_FORM)
    assert redirect_targets(sent) == [f"{WALKING}?step=overview&draft={draft}"]
