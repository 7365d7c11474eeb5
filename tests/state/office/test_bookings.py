"""The office's bookings: the list by its address, one booking, its notes."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from portal_app.domain.bookings import confirmation, office_list
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.state.office.booking import OfficeBookingState
from portal_app.state.office.booking_move import OfficeBookingMoveState
from portal_app.state.office.bookings import OfficeBookingsState
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    create_sample_business,
    new_customer,
    ready_draft,
)
from tests.support.tabs import Tab, redirect_targets
from tests.support.wiring import wired

LEA = Actor(Audience.OFFICE, address="198.51.100.7")
LIST = "/office/bookings"


@pytest.fixture
def numbers(sqlite_db: Database) -> Iterator[list[str]]:
    """Two walks of Maya's, on Tuesday at nine and at noon."""
    with wired(database=sqlite_db), frozen(NOW):
        sqlite_db.call(create_sample_business)
        maya = sqlite_db.call(new_customer)
        booked = []
        for starts_at in (TUESDAY_NINE, TUESDAY_NINE + timedelta(hours=3)):
            draft = ready_draft(sqlite_db, maya, starts_at=starts_at)
            booked.append(confirmation.confirm(sqlite_db, maya, draft.id, draft.shown))
        yield booked


def listed(**query: str) -> tuple[OfficeBookingsState, list[str]]:
    tab = Tab(LIST, LEA, **query)
    tab.fire(OfficeBookingsState.load)
    state = tab.state(OfficeBookingsState)
    return state, [row.number for row in state.found.rows]


def test_the_address_says_which_bookings_are_listed(numbers: list[str]) -> None:
    state, found = listed()
    assert (found, state.asked, state.loaded) == (numbers, "", True)
    state, found = listed(find="maya", to="2026-11-03", **{"from": "soon"})
    assert found == numbers[::-1]
    assert (state.given["find"], state.given["from"]) == ("maya", "")
    assert listed(find="nobody")[1] == []
    assert listed(waits="on")[1] == []
    # Whatever else an address says is nothing.
    assert listed(after="x" * 500, page="7")[1] == numbers


def test_narrowing_and_turning_lead_to_addresses(
    numbers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office_list, "PAGE_SIZE", 1)
    tab = Tab(LIST, LEA)
    tab.fire(OfficeBookingsState.load)
    told = tab.fire(OfficeBookingsState.turn, True)
    assert redirect_targets(told) == [f"{LIST}?after={numbers[0]}"]
    assert listed(after=numbers[0])[1] == numbers[1:]
    tab = Tab(LIST, LEA, after=numbers[0], status="confirmed")
    tab.fire(OfficeBookingsState.load)
    told = tab.fire(OfficeBookingsState.turn, False)
    assert redirect_targets(told) == [f"{LIST}?status=confirmed&before={numbers[1]}"]
    told = tab.fire(OfficeBookingsState.narrow, {"find": "a&b", "waits": "on"})
    assert redirect_targets(told) == [f"{LIST}?find=a%26b&waits=on"]
    assert redirect_targets(tab.fire(OfficeBookingsState.narrow, {})) == [LIST]


def test_a_note_is_kept_once_and_taken_away(numbers: list[str]) -> None:
    tab = Tab(f"{LIST}/{numbers[0]}", LEA)
    tab.fire(OfficeBookingState.load)
    form = {"note": "Key is in the safe.", "request": "r1", "version": "0"}
    for _ in range(2):
        tab.fire(OfficeBookingState.add_note, form)
    state = tab.state(OfficeBookingState)
    assert state.record is not None
    (note,) = state.record.office_notes
    assert note.text == "Key is in the safe."
    tab.fire(OfficeBookingState.add_note, {"note": "", "request": "r2"})
    assert state.errors == {"note": "Please write something down."}
    tab.fire(OfficeBookingState.remove_note, note.id)
    assert state.record.office_notes == []


def test_an_unknown_number_is_said_so(numbers: list[str]) -> None:
    tab = Tab(f"{LIST}/B-0000-0000", LEA)
    tab.fire(OfficeBookingState.load)
    state = tab.state(OfficeBookingState)
    assert (state.record, state.path) == (None, f"{LIST}/B-0000-0000")


def test_what_was_agreed_is_edited_part_by_part(numbers: list[str]) -> None:
    tab = Tab(f"{LIST}/{numbers[0]}", LEA)
    tab.fire(OfficeBookingState.load)
    state = tab.state(OfficeBookingState)
    lines = {"lines.0.description": "Dog walk", "lines.0.unit": "25"}
    lines |= {"lines.1.description": "Towel", "lines.1.unit": "4.5"}
    forms = (
        (OfficeBookingState.save_lines, lines),
        (
            OfficeBookingState.save_contact,
            {"contact_name": "Tom Chen", "contact_email": "tom@example.com"},
        ),
        (
            OfficeBookingState.save_address,
            {"street": "1 Hill Road", "town": "Manly", "state": "NSW"}
            | {"postcode": "2095", "country": "AU", "access_notes": "Gate 7"},
        ),
    )
    for version, (handler, form) in enumerate(forms, start=1):
        sent = {**form, "request": f"r{version}", "version": str(version)}
        tab.fire(handler, sent)
        assert (state.errors, state.problem) == ({}, "")
    assert state.record is not None
    booking = state.record.booking
    assert (booking.total, booking.contact_name, booking.access_notes) == (
        "$29.50",
        "Tom Chen",
        "Gate 7",
    )
    # Another tab, which has read the first version.
    late = {"contact_name": "Ann", "contact_email": "a@example.com", "request": "r9"}
    tab.fire(OfficeBookingState.save_contact, {**late, "version": "1"})
    assert [change.label for change in state.changes] == ["Name", "Email"]


def test_a_visit_is_marked_or_the_reason_is_told(numbers: list[str]) -> None:
    tab = Tab(f"{LIST}/{numbers[0]}", LEA)
    tab.fire(OfficeBookingState.mark, "complete")
    state = tab.state(OfficeBookingState)
    assert state.record is not None
    assert state.record.booking.status == "confirmed"
    tab.fire(OfficeBookingState.mark, "start")
    tab.fire(OfficeBookingState.mark, "complete")
    assert (state.record.booking.status, state.record.actions) == ("completed", [])


def test_moving_asks_before_it_overrides_and_then_does(numbers: list[str]) -> None:
    tab = Tab(f"{LIST}/{numbers[0]}", LEA)
    tab.fire(OfficeBookingMoveState.begin)
    state, booking = tab.state(OfficeBookingMoveState), tab.state(OfficeBookingState)
    assert booking.record is not None
    form = {
        "day": "2026-11-03",
        "time": "08:00",
        "fieldworker": booking.record.move.fieldworker,
        "version": "1",
        "request": "r1",
    }
    tab.fire(OfficeBookingMoveState.save, form)
    assert (state.warnings, state.problem) == (["Ana does not work then."], "")
    assert booking.record.move.time == "09:00"
    tab.fire(OfficeBookingMoveState.save, {**form, "accepted": state.asks})
    assert (state.asks, state.warnings, state.problem) == ("", [], "")
    assert booking.record.move.time == "08:00"
    # Noon is taken.
    late = {**form, "time": "12:15", "version": "2", "request": "r2"}
    tab.fire(OfficeBookingMoveState.save, late)
    assert state.problem == "Ana has something else then."
