"""The rules about bookings, as the office types them."""

from collections.abc import Iterator

import pytest

from portal_app.domain.business import booking_rules
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database
from portal_app.state.office.booking_rules import OfficeBookingRulesState
from tests.support.sample_business import create_sample_business
from tests.support.tabs import Tab
from tests.support.wiring import wired

LEA = Actor(Audience.OFFICE)
TYPED = {
    "request": "r1",
    "move_hours": "4",
    "move_fee": "refused",
    "free_moves": "2",
    "cancel_hours": "48",
    "cancel_fee": "flat",
    "cancel_amount": "12,345.50",
    "answer_hours": "6",
    "reminder.2880": "on",
    "reminder.120": "on",
}


@pytest.fixture
def tab(sqlite_db: Database) -> Iterator[Tab]:
    with wired(database=sqlite_db):
        sqlite_db.call(create_sample_business)
        tab = Tab("/office/booking-rules", LEA)
        tab.fire(OfficeBookingRulesState.load)
        yield tab


def test_what_is_typed_is_stored(sqlite_db: Database, tab: Tab) -> None:
    version = str(tab.state(OfficeBookingRulesState).version)
    tab.fire(OfficeBookingRulesState.save, TYPED | {"version": version})
    stored = sqlite_db.query(booking_rules.current_rules)
    assert stored == booking_rules.BookingRules(
        move_hours=4,
        move_fee="refused",
        free_moves=2,
        cancel_hours=48,
        cancel_fee="flat",
        cancel_amount=1234550,
        answer_hours=6,
        reminders=(2880, 120),
        version=2,
    )
    form = tab.state(OfficeBookingRulesState).form
    assert (form.cancel_amount, form.cancel_percent, form.reminders) == (
        "12345.50",
        "",
        ["reminder.2880", "reminder.120"],
    )


def test_an_amount_that_is_none_is_said_beside_it(
    sqlite_db: Database, tab: Tab
) -> None:
    before = sqlite_db.query(booking_rules.current_rules)
    wrong = TYPED | {"cancel_amount": "much", "version": str(before.version)}
    tab.fire(OfficeBookingRulesState.save, wrong)
    assert set(tab.state(OfficeBookingRulesState).errors) == {"cancel_amount"}
    assert sqlite_db.query(booking_rules.current_rules) == before
