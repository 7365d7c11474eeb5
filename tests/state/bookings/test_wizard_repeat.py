"""*Repeat this booking* in the wizard: looked at, changed, and confirmed."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import col, select

from portal_app.domain.bookings import draft_repetition
from portal_app.domain.bookings.draft_repetition import RepetitionForm
from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.features import Feature
from portal_app.state.bookings.wizard import BookingWizardState
from portal_app.state.bookings.wizard_repeat import WizardRepeatState
from portal_app.state.bookings.wizard_time import WizardTimeState
from tests.support.sample_business import NOW, create_sample_business, new_customer
from tests.support.series import book_once, repeating_draft, week
from tests.support.snapshots import database_snapshot
from tests.support.switches import switched_off
from tests.support.tabs import Tab, redirect_targets
from tests.support.wiring import wired

WALKING = "/book/dog-walk"


@pytest.fixture
def shop(sqlite_db: Database) -> Iterator[Database]:
    with wired(database=sqlite_db), frozen(NOW):
        sqlite_db.call(create_sample_business)
        yield sqlite_db


@pytest.fixture
def maya(shop: Database) -> Actor:
    return shop.call(new_customer)


def _open(who: Actor, draft_id: str, step: str = "time") -> Tab:
    tab = Tab(WALKING, who, step=step, draft=draft_id)
    for state in (BookingWizardState, WizardTimeState, WizardRepeatState):
        tab.fire(state.load)
    return tab


def _states(tab: Tab) -> list[str]:
    return [one.state for one in tab.state(WizardRepeatState).view.preview.visits]


def test_a_booking_is_made_to_repeat_and_every_date_is_shown(
    shop: Database, maya: Actor
) -> None:
    draft = repeating_draft(shop, maya, RepetitionForm())
    tab = _open(maya, draft.id)
    repeat = tab.state(WizardRepeatState)
    assert (repeat.view.offered, repeat.view.unit) == (True, "")
    tab.fire(WizardRepeatState.change, "unit", "weeks")
    assert repeat.view.preview.text == (
        "Every week on Tuesday, 10 visits, until 5 Jan 2027"
    )
    tab.fire(WizardRepeatState.change, "visits", "3")
    assert _states(tab) == ["free", "free", "free"]
    assert repeat.view.preview.total == "$75"
    tab.fire(WizardRepeatState.change, "every", "2")
    assert repeat.view.preview.text.startswith("Every 2 weeks on Tuesday, 3 visits")
    tab.fire(WizardRepeatState.change, "ends", "day")
    assert repeat.view.until == "2027-01-26"
    tab.fire(WizardRepeatState.change, "until", "2026-12-01")
    assert _states(tab) == ["free", "free", "free"]
    tab.fire(WizardRepeatState.change, "unit", "")
    assert _states(tab) == []


def test_what_does_not_fit_is_said_and_changes_nothing(
    shop: Database, maya: Actor
) -> None:
    draft = repeating_draft(shop, maya)
    tab = _open(maya, draft.id)
    before = database_snapshot(shop)
    tab.fire(WizardRepeatState.change, "visits", "99")
    repeat = tab.state(WizardRepeatState)
    assert repeat.errors == {"count": "Please choose 2 to 52 visits."}
    assert database_snapshot(shop) == before
    tab.fire(WizardRepeatState.change, "visits", "2")
    assert (repeat.errors, _states(tab)) == ({}, ["free", "free"])


def test_a_taken_date_keeps_from_going_on_until_it_is_settled(
    shop: Database, maya: Actor
) -> None:
    noah = shop.call(new_customer, "noah@example.com")
    book_once(shop, noah, week(1))
    book_once(shop, noah, week(2))
    draft = repeating_draft(shop, maya)
    tab = _open(maya, draft.id)
    assert _states(tab) == ["free", "taken", "taken", "free"]
    assert redirect_targets(tab.fire(WizardTimeState.next_from_time)) == []
    book = tab.state(BookingWizardState)
    assert book.problem.startswith("Some dates are taken.")

    tab.fire(WizardRepeatState.take_nearest, week(1).isoformat())
    tab.fire(WizardRepeatState.leave_out, week(2).isoformat())
    assert _states(tab) == ["free", "moved", "left_out", "free"]
    assert book.problem == ""
    assert redirect_targets(tab.fire(WizardTimeState.next_from_time)) == [
        f"{WALKING}?step=overview&draft={draft.id}"
    ]


def test_a_date_is_left_out_and_taken_back(shop: Database, maya: Actor) -> None:
    draft = repeating_draft(shop, maya)
    tab = _open(maya, draft.id)
    tab.fire(WizardRepeatState.leave_out, week(3).isoformat())
    assert _states(tab)[3] == "left_out"
    tab.fire(WizardRepeatState.take_back, week(3).isoformat())
    assert _states(tab)[3] == "free"
    before = database_snapshot(shop)
    for odd in ("", week(0).isoformat(), week(9).isoformat()):
        tab.fire(WizardRepeatState.leave_out, odd)
        tab.fire(WizardRepeatState.take_nearest, odd)
    assert database_snapshot(shop) == before


def test_another_time_is_another_series(shop: Database, maya: Actor) -> None:
    draft = repeating_draft(shop, maya)
    tab = _open(maya, draft.id)
    later = week(0) + timedelta(hours=1)
    tab.fire(WizardTimeState.pick_slot, later.isoformat())
    visits = tab.state(WizardRepeatState).view.preview.visits
    assert [one.time for one in visits] == ["10:00\u202fam"] * 4


def test_confirming_books_them_all(shop: Database, maya: Actor) -> None:
    draft = repeating_draft(shop, maya)
    tab = _open(maya, draft.id, "overview")
    assert tab.state(WizardRepeatState).view.preview.total == "$100"
    book = tab.state(BookingWizardState)
    tab.fire(BookingWizardState.confirm, dict(book.shown))
    assert (book.phase, book.step) == ("done", "done")
    with shop.read() as tx:
        assert len(tx.exec(select(Booking)).all()) == 4


def test_a_date_taken_meanwhile_leads_back_to_the_dates(
    shop: Database, maya: Actor
) -> None:
    draft = repeating_draft(shop, maya)
    tab = _open(maya, draft.id, "overview")
    noah = shop.call(new_customer, "noah@example.com")
    book_once(shop, noah, week(2))
    before = database_snapshot(shop)
    book = tab.state(BookingWizardState)
    sent = tab.fire(BookingWizardState.confirm, dict(book.shown))
    assert redirect_targets(sent) == [f"{WALKING}?step=time&draft={draft.id}"]
    assert book.problem.startswith("Sorry, one of the dates is not free any more")
    assert database_snapshot(shop) == before
    tab.go(WALKING, step="time", draft=draft.id)
    tab.fire(WizardRepeatState.load)
    assert _states(tab) == ["free", "free", "taken", "free"]


def test_what_is_switched_off_is_taken_out_of_the_draft(
    shop: Database, maya: Actor
) -> None:
    draft = repeating_draft(shop, maya)
    with switched_off(shop, Feature.REPEATING_BOOKINGS):
        tab = _open(maya, draft.id)
        view = tab.state(WizardRepeatState).view
        assert (view.offered, view.unit) == (False, "")
    with shop.read() as tx:
        kept = tx.exec(select(BookingDraft).where(col(BookingDraft.id) == draft.id))
        assert kept.one().repeat == {}


def test_clicks_elsewhere_change_nothing(shop: Database, maya: Actor) -> None:
    draft = repeating_draft(shop, maya)
    tab = _open(maya, draft.id, "overview")
    before = database_snapshot(shop)
    tab.fire(WizardRepeatState.change, "visits", "3")
    tab.fire(WizardRepeatState.leave_out, week(1).isoformat())
    assert database_snapshot(shop) == before
    assert shop.query(draft_repetition.repetition_view, maya, draft.id).preview.visits
