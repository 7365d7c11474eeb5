"""The office moves a booking, or has somebody else come, by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from portal_app.domain.bookings import (
    confirmation,
    office_moves,
    office_view,
)
from portal_app.domain.bookings.models import Booking
from portal_app.domain.bookings.office_moves import MoveForm
from portal_app.domain.bookings.views import OfficeBookingView
from portal_app.domain.scheduling.by_hand import Overrides
from portal_app.domain.scheduling.models import Fieldworker, TimeClaim
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import EditConflict
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.support.accounts import sent_messages
from tests.support.sample_business import NOW, TUESDAY_NINE, ready_draft
from tests.support.snapshots import database_snapshot

pytestmark = pytest.mark.each_database

READER = Actor(Audience.READER)


@pytest.fixture
def number(db: Database, maya: Actor) -> str:
    """Maya's walk with Ana on Tuesday at nine."""
    with frozen(NOW):
        draft = ready_draft(db, maya)
        return confirmation.confirm(db, maya, draft.id, draft.shown)


@pytest.fixture
def team(db: Database) -> dict[str, str]:
    """The ids of the team by their names."""
    with db.read() as tx:
        return {row.name: row.id for row in tx.exec(select(Fieldworker))}


def move(
    db: Database, number: str, form: MoveForm, version: int = 1, accepted: str = ""
) -> None:
    with frozen(NOW):
        db.call(
            office_moves.move_by_hand, SYSTEM, number, form, version, accepted=accepted
        )


def record(db: Database, number: str) -> OfficeBookingView:
    with frozen(NOW):
        return db.query(office_view.office_booking, READER, number)


def taken(db: Database) -> list[tuple[str, int]]:
    """Whose time is taken, and minutes after Tuesday at nine."""
    with db.read() as tx:
        rows = tx.exec(
            select(Fieldworker.name, TimeClaim.starts_at)
            .join(Fieldworker, col(Fieldworker.id) == TimeClaim.fieldworker_id)
            .where(col(TimeClaim.released_at).is_(None))
            .order_by(col(TimeClaim.starts_at))
        )
        minute = timedelta(minutes=1)
        return [(name, (start - TUESDAY_NINE) // minute) for name, start in rows]


def test_a_booking_is_moved_and_its_customer_told(
    db: Database, number: str, team: dict[str, str]
) -> None:
    before = sent_messages(db)
    form = MoveForm("2026-11-03", "09:15", team["Ana"], " The van is  late ")
    move(db, number, form)
    shown = record(db, number)
    assert (shown.booking.time, shown.version) == ("9:15\u202fam – 9:45\u202fam", 2)
    assert (shown.move.day, shown.move.time) == ("2026-11-03", "09:15")
    assert taken(db) == [("Ana", 15)]
    assert "Reason: The van is late" in shown.booking.history[0].text
    assert shown.booking.history[0].text.startswith("Moved from Tuesday")
    assert sent_messages(db)[len(before) :] == [
        ("booking_news", "maya@example.com"),
        # It was moved by the system, not by somebody of the office.
        ("booking_news_office", "hello@brightside.example"),
    ]
    # A second click, whatever version it was read with.
    snapshot = database_snapshot(db)
    move(db, number, form)
    move(db, number, form, version=2)
    assert database_snapshot(db) == snapshot


def test_somebody_else_comes_once_the_office_saw_what_is_overridden(
    db: Database, number: str, team: dict[str, str]
) -> None:
    snapshot = database_snapshot(db)
    form = MoveForm("2026-11-03", "09:00", team["Ben"])
    with pytest.raises(Overrides) as asked:
        move(db, number, form)
    assert asked.value.warnings == ["Ben does not do “Dog walk”."]
    assert database_snapshot(db) == snapshot
    # What was accepted is this, and nothing else.
    early = replace(form, time="07:00")
    with pytest.raises(Overrides) as more:
        move(db, number, early, accepted=asked.value.key)
    assert more.value.warnings == [
        "Ben does not do “Dog walk”.",
        "Ben does not work then.",
    ]
    assert database_snapshot(db) == snapshot
    move(db, number, form, accepted=asked.value.key)
    shown = record(db, number)
    assert (shown.booking.fieldworker, taken(db)) == ("Ben", [("Ben", 0)])
    assert shown.booking.history[0].text == "Given to Ben."


def test_the_guard_on_time_is_never_overridden(
    db: Database, maya: Actor, number: str, team: dict[str, str]
) -> None:
    with frozen(NOW):
        draft = ready_draft(db, maya, starts_at=TUESDAY_NINE + timedelta(hours=1))
        confirmation.confirm(db, maya, draft.id, draft.shown)
    snapshot = database_snapshot(db)
    with pytest.raises(Conflict) as refused:
        move(db, number, MoveForm("2026-11-03", "09:45", team["Ana"]))
    assert refused.value.message == "Ana has something else then."
    assert database_snapshot(db) == snapshot
    assert taken(db) == [("Ana", 0), ("Ana", 60)]


def test_two_tabs_are_shown_what_differs(
    db: Database, number: str, team: dict[str, str]
) -> None:
    move(db, number, MoveForm("2026-11-03", "11:00", team["Ana"]))
    snapshot = database_snapshot(db)
    with pytest.raises(EditConflict) as conflict:
        move(db, number, MoveForm("2026-11-03", "12:00", team["Ana"]))
    assert [(one.label, one.now) for one in conflict.value.changes] == [
        ("When", "Tuesday, 3 November 2026, 11:00\u202fam")
    ]
    assert database_snapshot(db) == snapshot


def test_what_is_refused_changes_nothing(
    db: Database, maya: Actor, number: str, team: dict[str, str]
) -> None:
    good = MoveForm("2026-11-03", "10:00", team["Ana"])
    snapshot = database_snapshot(db)
    for wrong, field in (
        (replace(good, day="soon"), "day"),
        (replace(good, day="9999-12-31"), "day"),
        (replace(good, time="25:00"), "time"),
        (replace(good, time="10:00Z"), "time"),
        # The clock goes forward at two.
        (replace(good, day="2027-10-03", time="02:30"), "time"),
        (replace(good, fieldworker="nobody"), "fieldworker"),
        (replace(good, reason="x" * 301), "reason"),
    ):
        with pytest.raises(InvalidInput) as refused:
            move(db, number, wrong)
        assert set(refused.value.fields) == {field}
    with pytest.raises(NotFound):
        move(db, "B-0000-0000", good)
    for who in (maya, READER, Actor(Audience.FIELDWORKER)):
        with pytest.raises(NotAllowed):
            db.call(office_moves.move_by_hand, who, number, good, 1)
    assert database_snapshot(db) == snapshot


@pytest.mark.parametrize("status", ["cancelled", "completed", "no_show", "declined"])
def test_what_is_over_is_not_moved(
    db: Database, number: str, team: dict[str, str], status: str
) -> None:
    with db.write() as tx:
        tx.exec(select(Booking).where(Booking.number == number)).one().status = status
    snapshot = database_snapshot(db)
    assert not record(db, number).move.possible
    with pytest.raises(Conflict):
        move(db, number, MoveForm("2026-11-03", "10:00", team["Ana"]))
    assert database_snapshot(db) == snapshot
