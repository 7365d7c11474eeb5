"""One booking: a missing number and somebody else's are the same."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import select

from portal_app.domain.bookings import confirmation
from portal_app.domain.bookings.models import Booking
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.state.bookings.booking import BookingState
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
def number(sqlite_db: Database) -> Iterator[str]:
    with wired(database=sqlite_db), frozen(NOW):
        sqlite_db.call(create_sample_business)
        maya = sqlite_db.call(new_customer)
        draft = ready_draft(sqlite_db, maya)
        yield confirmation.confirm(sqlite_db, maya, draft.id, draft.shown)


def _shown(tab: Tab) -> BookingState:
    tab.fire(BookingState.load)
    return tab.state(BookingState)


def test_the_booking_with_everything(sqlite_db: Database, number: str) -> None:
    maya = _owner(sqlite_db, number)
    # As somebody may type it into the address bar.
    shown = _shown(Tab(f"/bookings/{number.lower()}", maya))
    booking = shown.booking
    assert booking is not None
    assert (booking.number, booking.service_name, booking.fieldworker) == (
        number,
        "Dog walk",
        "Ana",
    )
    assert booking.address_lines == ["Unit 3, 12 Ocean Street", "Bondi NSW 2026"]
    assert [event.who for event in booking.history] == ["You"]
    assert (shown.clock, shown.path) == (
        "Sydney time",
        f"/bookings/{number.lower()}",
    )


def test_missing_and_foreign_bookings_look_the_same(
    sqlite_db: Database, number: str
) -> None:
    noah = sqlite_db.call(new_customer, "noah@example.com")
    foreign = _shown(Tab(f"/bookings/{number}", noah))
    missing = _shown(Tab("/bookings/B-0000-0000", noah))
    nonsense = _shown(Tab("/bookings/%00%F0", noah))
    assert [s.booking for s in (foreign, missing, nonsense)] == [None, None, None]
    assert [s.clock for s in (foreign, missing, nonsense)] == ["", "", ""]


def test_a_guest_sees_the_one_booking(sqlite_db: Database, number: str) -> None:
    maya = _owner(sqlite_db, number)
    draft = ready_draft(sqlite_db, maya, starts_at=TUESDAY_NINE + timedelta(hours=2))
    other = confirmation.confirm(sqlite_db, maya, draft.id, draft.shown)
    with sqlite_db.read() as tx:
        row = tx.exec(select(Booking).where(Booking.number == number)).one()
    guest = Actor(audience=Audience.GUEST, booking_id=row.id)
    shown = _shown(Tab(f"/bookings/{number}", guest)).booking
    assert shown is not None
    assert shown.number == number
    assert _shown(Tab(f"/bookings/{other}", guest)).booking is None


def _owner(db: Database, number: str) -> Actor:
    with db.read() as tx:
        row = tx.exec(select(Booking).where(Booking.number == number)).one()
    return Actor(audience=Audience.CUSTOMER, customer_id=row.customer_id)
