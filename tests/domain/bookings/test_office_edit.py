"""The office changes what was agreed, and says what became of a visit."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from portal_app.domain.bookings import (
    confirmation,
    office_actions,
    office_edit,
    office_list,
    office_view,
    rules,
)
from portal_app.domain.bookings.models import Booking
from portal_app.domain.bookings.office_edit import AgreedContactForm, LineForm
from portal_app.domain.bookings.office_list import BookingsFilter
from portal_app.domain.bookings.views import BookingLineFormView, OfficeBookingView
from portal_app.domain.customers.addresses import AddressForm
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import EditConflict
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.support.sample_business import HOME, NOW, TUESDAY_NINE, ready_draft
from tests.support.snapshots import database_snapshot

READER = Actor(Audience.READER)
CONTACT = AgreedContactForm(
    contact_name="Maya Chen",
    contact_email="maya@example.com",
    contact_phone="0491 570 156",
    notes="The dog is friendly.",
)
WALK = LineForm("Dog walk", "1", "25.00")


@pytest.fixture
def number(db: Database, maya: Actor) -> str:
    """Maya's walk on Tuesday at nine."""
    with frozen(NOW):
        draft = ready_draft(db, maya)
        return confirmation.confirm(db, maya, draft.id, draft.shown)


def record(db: Database, number: str) -> OfficeBookingView:
    with frozen(NOW):
        return db.query(office_view.office_booking, READER, number)


def texts(db: Database, number: str) -> list[str]:
    return [event.text for event in record(db, number).booking.history]


def test_the_contact_is_changed_for_this_booking(db: Database, number: str) -> None:
    form = replace(CONTACT, contact_name="Tom Chen", contact_phone="02 9876 5432")
    db.call(office_edit.save_contact, SYSTEM, number, form, 1)
    shown = record(db, number)
    assert (shown.booking.contact_name, shown.booking.contact_phone) == (
        "Tom Chen",
        "(02) 9876 5432",
    )
    assert (shown.customer, shown.version) == ("Maya Chen", 2)
    assert texts(db, number)[0] == "Changed: “Name”, “Phone”."
    with frozen(NOW):
        found = db.query(
            office_list.office_bookings, SYSTEM, BookingsFilter(text="tom 29876")
        )
    assert [row.number for row in found.rows] == [number]
    # The same once more changes nothing, whatever version it was read with.
    before = database_snapshot(db)
    for version in (1, 2):
        db.call(office_edit.save_contact, SYSTEM, number, form, version)
    assert database_snapshot(db) == before


def test_two_tabs_are_shown_what_differs(db: Database, number: str) -> None:
    tom = replace(CONTACT, contact_name="Tom Chen")
    db.call(office_edit.save_contact, SYSTEM, number, tom, 1)
    before = database_snapshot(db)
    with pytest.raises(EditConflict) as conflict:
        db.call(
            office_edit.save_contact, SYSTEM, number, replace(CONTACT, notes="New"), 1
        )
    assert [(one.label, one.yours, one.now) for one in conflict.value.changes] == [
        ("Name", "Maya Chen", "Tom Chen"),
        ("Notes", "New", "The dog is friendly."),
    ]
    with pytest.raises(EditConflict) as conflict:
        db.call(office_edit.save_lines, SYSTEM, number, [replace(WALK, unit="9")], 1)
    assert [(one.yours, one.now) for one in conflict.value.changes] == [
        ("1 × Dog walk ($9)", "1 × Dog walk ($25)")
    ]
    assert database_snapshot(db) == before


def test_the_address_is_changed_for_this_booking(db: Database, number: str) -> None:
    form = replace(HOME, street="1 Hill Road", unit="", access_notes="Gate 4711")
    db.call(office_edit.save_address, SYSTEM, number, form, 1)
    shown = record(db, number).booking
    assert shown.address_lines == ["1 Hill Road", "Bondi NSW 2026"]
    assert shown.access_notes == "Gate 4711"
    assert texts(db, number)[0] == "Changed: “Address”."
    with pytest.raises(EditConflict):
        db.call(office_edit.save_address, SYSTEM, number, HOME, 1)


def test_lines_are_added_and_the_total_follows(db: Database, number: str) -> None:
    assert record(db, number).lines == [BookingLineFormView("Dog walk", "1", "25.00")]
    lines = [WALK, LineForm(" Extra  dog", "2", "7.5"), LineForm()]
    db.call(office_edit.save_lines, SYSTEM, number, lines, 1)
    shown = record(db, number)
    assert shown.lines == [
        BookingLineFormView("Dog walk", "1", "25.00"),
        BookingLineFormView("Extra dog", "2", "7.50"),
    ]
    assert (shown.booking.total, shown.booking.duration) == ("$40", "30 min")
    assert texts(db, number)[0] == "Services changed: $25 became $40."
    before = database_snapshot(db)
    db.call(office_edit.save_lines, SYSTEM, number, lines, 1)
    assert database_snapshot(db) == before


def test_what_is_refused_changes_nothing(
    db: Database, maya: Actor, number: str
) -> None:
    before = database_snapshot(db)
    wrong = AgreedContactForm("", "no email", "12", "x" * 2001)
    with pytest.raises(InvalidInput) as refused:
        db.call(office_edit.save_contact, SYSTEM, number, wrong, 1)
    assert set(refused.value.fields) == {
        "contact_name",
        "contact_email",
        "contact_phone",
        "notes",
    }
    with pytest.raises(InvalidInput) as refused:
        db.call(office_edit.save_address, SYSTEM, number, AddressForm(), 1)
    assert {"street", "town", "country"} <= set(refused.value.fields)
    bad = [LineForm("", "0", "-1"), LineForm("x" * 201, "x", "y")]
    with pytest.raises(InvalidInput) as refused:
        db.call(office_edit.save_lines, SYSTEM, number, bad, 1)
    assert set(refused.value.fields) == {
        f"lines.{at}.{part}"
        for at in (0, 1)
        for part in ("description", "quantity", "unit")
    }
    with pytest.raises(InvalidInput) as refused:
        db.call(office_edit.save_lines, SYSTEM, number, [LineForm()], 1)
    assert set(refused.value.fields) == {"lines"}
    for who in (maya, READER, Actor(Audience.FIELDWORKER)):
        with pytest.raises(NotAllowed):
            db.call(office_edit.save_contact, who, number, CONTACT, 1)
        with pytest.raises(NotAllowed):
            db.call(office_edit.save_address, who, number, HOME, 1)
        with pytest.raises(NotAllowed):
            db.call(office_edit.save_lines, who, number, [WALK], 1)
        with pytest.raises(NotAllowed):
            db.call(office_actions.mark, who, number, "start")
    for save, form in (
        (office_edit.save_contact, CONTACT),
        (office_edit.save_address, HOME),
        (office_edit.save_lines, [WALK]),
    ):
        with pytest.raises(NotFound):
            db.call(save, SYSTEM, "B-0000-0000", form, 1)  # type: ignore[arg-type]
    assert database_snapshot(db) == before


@pytest.mark.parametrize(
    ("standing", "possible"),
    [
        ((rules.CONFIRMED, -60), ["start", "cancel"]),
        ((rules.CONFIRMED, 10), ["start", "complete", "no_show", "cancel"]),
        ((rules.IN_PROGRESS, -60), ["complete", "no_show", "cancel"]),
        ((rules.PENDING, 10), ["approve", "decline", "cancel"]),
        ((rules.COMPLETED, 10), []),
        ((rules.CANCELLED, -60), []),
    ],
)
def test_what_can_be_done_depends_on_where_it_stands(
    db: Database,
    number: str,
    standing: tuple[str, int],
    possible: list[str],
) -> None:
    status, minutes = standing
    become(db, number, status)
    with frozen(TUESDAY_NINE + timedelta(minutes=minutes)):
        shown = db.query(office_view.office_booking, READER, number)
        assert shown.actions == possible
        before = database_snapshot(db)
        for action in {"start", "complete", "no_show"} - set(possible):
            if rules_to(action) == status:
                db.call(office_actions.mark, SYSTEM, number, action)
            else:
                with pytest.raises(Conflict):
                    db.call(office_actions.mark, SYSTEM, number, action)
    assert shown.editable == (status != rules.CANCELLED)
    assert database_snapshot(db) == before


def rules_to(action: str) -> str:
    return {
        "start": rules.IN_PROGRESS,
        "complete": rules.COMPLETED,
        "no_show": rules.NO_SHOW,
    }[action]


def become(db: Database, number: str, status: str) -> None:
    """Let a booking have a status, whatever it had."""
    with db.write() as tx:
        row = tx.exec(select(Booking).where(Booking.number == number)).one()
        row.status = status


def test_a_visit_is_started_and_completed_once(db: Database, number: str) -> None:
    with frozen(TUESDAY_NINE - timedelta(minutes=5)):
        for action in ("start", "start", "complete", "complete"):
            db.call(office_actions.mark, SYSTEM, number, action)
    shown = record(db, number)
    assert (shown.booking.status, shown.version) == (rules.COMPLETED, 3)
    assert texts(db, number)[:2] == ["Completed.", "Started."]


def test_a_booking_that_was_called_off_is_not_edited(db: Database, number: str) -> None:
    become(db, number, rules.CANCELLED)
    before = database_snapshot(db)
    with pytest.raises(Conflict):
        db.call(office_edit.save_contact, SYSTEM, number, CONTACT, 1)
    assert database_snapshot(db) == before
