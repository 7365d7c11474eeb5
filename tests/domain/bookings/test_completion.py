"""The end of an appointment."""

from datetime import timedelta

import pytest

from portal_app.domain.bookings import confirmation, queries
from portal_app.domain.bookings.views import BookingView
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, NotAllowed, NotFound
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    create_sample_business,
    new_customer,
    ready_draft,
)

AFTERWARDS = TUESDAY_NINE + timedelta(minutes=30)


def _booked(db: Database) -> tuple[Actor, str]:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        draft = ready_draft(db, maya)
        return maya, confirmation.confirm(db, maya, draft.id, draft.shown)


def _read(db: Database, actor: Actor, number: str) -> BookingView:
    return db.query(queries.get_booking, actor, number)


def test_the_office_completes_a_booking_once(db: Database) -> None:
    maya, number = _booked(db)
    with frozen(AFTERWARDS):
        db.call(confirmation.complete, SYSTEM, number.lower())
        db.call(confirmation.complete, SYSTEM, number)
    view = _read(db, maya, number)
    assert (view.status, view.status_text) == ("completed", "Completed")
    newest = view.history[0]
    assert (newest.who, newest.text) == ("The portal", "Completed.")
    assert len(view.history) == 2
    assert newest.at == AFTERWARDS.isoformat()
    assert db.query(queries.calendar_entry, maya, number).sequence == 1


def test_appointment_that_has_not_started_cannot_be_completed(db: Database) -> None:
    maya, number = _booked(db)
    before = _read(db, maya, number)
    with (
        frozen(TUESDAY_NINE - timedelta(seconds=1)),
        pytest.raises(Conflict, match="has not started yet"),
    ):
        db.call(confirmation.complete, SYSTEM, number)
    assert _read(db, maya, number) == before


@pytest.mark.parametrize("audience", [a for a in Audience if a is not Audience.OFFICE])
def test_only_the_office_completes_a_booking(
    sqlite_db: Database, audience: Audience
) -> None:
    maya, number = _booked(sqlite_db)
    before = _read(sqlite_db, maya, number)
    somebody = Actor(audience, maya.account_id, maya.customer_id)
    with frozen(AFTERWARDS), pytest.raises(NotAllowed):
        sqlite_db.call(confirmation.complete, somebody, number)
    assert _read(sqlite_db, maya, number) == before


def test_a_cancelled_booking_stays_cancelled(sqlite_db: Database) -> None:
    maya, number = _booked(sqlite_db)
    with sqlite_db.write() as tx:
        tx.connection().exec_driver_sql("UPDATE booking SET status = 'cancelled'")
    before = _read(sqlite_db, maya, number)
    with frozen(AFTERWARDS), pytest.raises(Conflict, match="was cancelled"):
        sqlite_db.call(confirmation.complete, SYSTEM, number)
    assert _read(sqlite_db, maya, number) == before


def test_completing_a_missing_booking_is_refused(sqlite_db: Database) -> None:
    with pytest.raises(NotFound):
        sqlite_db.call(confirmation.complete, SYSTEM, "B-0000-0000")
