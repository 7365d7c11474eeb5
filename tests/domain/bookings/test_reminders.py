"""Reminders of visits: at the times the business sets, once each."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from portal_app.domain.bookings import (
    changes,
    confirmation,
    guests,
    queries,
    reminders,
    rules,
)
from portal_app.domain.bookings.models import Booking
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, NotAllowed, NotFound
from tests.support.accounts import STRANGER, outbox_messages, redeem_ticket
from tests.support.booking_rules import set_rules
from tests.support.sample_business import (
    CONTACT,
    TUESDAY_NINE,
    new_customer,
    ready_draft,
)
from tests.support.snapshots import database_snapshot

pytestmark = [pytest.mark.each_database, pytest.mark.usefixtures("monday_morning")]

SECOND = timedelta(seconds=1)
DAY, TWO_HOURS = TUESDAY_NINE - timedelta(days=1), TUESDAY_NINE - timedelta(hours=2)


@pytest.fixture
def number(db: Database, maya: Actor) -> str:
    set_rules(db, reminders=(1440, 120))
    draft = ready_draft(db, maya)
    return confirmation.confirm(db, maya, draft.id, draft.shown)


def sent_at(db: Database, instant: datetime) -> int:
    with frozen(instant):
        return reminders.send_reminders(db)


def mails(db: Database) -> list[OutboxMessage]:
    return [one for one in outbox_messages(db) if one.kind == "booking_reminder"]


def test_each_reminder_is_sent_once_at_its_time(
    db: Database, maya: Actor, number: str
) -> None:
    assert sent_at(db, DAY - SECOND) == 0
    assert [sent_at(db, DAY), sent_at(db, DAY + SECOND)] == [1, 0]
    assert sent_at(db, TWO_HOURS - SECOND) == 0
    assert [sent_at(db, TWO_HOURS), sent_at(db, TWO_HOURS)] == [1, 0]
    assert sent_at(db, TUESDAY_NINE) == 0
    assert [one.recipient for one in mails(db)] == ["maya@example.com"] * 2
    payload = mails(db)[0].payload
    assert payload.pop("path").startswith("/login/booking?link=")
    assert payload == {
        "number": number,
        "service": "Dog walk",
        "day": "Tuesday, 3 November 2026",
        "time": "9:00\u202fam – 9:30\u202fam",
        "fieldworker": "Ana",
        "address_lines": ["Unit 3, 12 Ocean Street", "Bondi NSW 2026"],
        "contact_name": "Maya Chen",
    }


def test_a_late_job_reminds_only_while_it_helps(
    db: Database, maya: Actor, number: str
) -> None:
    assert sent_at(db, DAY + timedelta(hours=12)) == 0
    assert sent_at(db, DAY + timedelta(hours=12) - SECOND) == 1
    assert sent_at(db, TUESDAY_NINE - timedelta(hours=1)) == 0
    assert sent_at(db, TUESDAY_NINE - timedelta(hours=1) - SECOND) == 1


def test_nobody_is_reminded_of_a_time_that_was_left(
    db: Database, maya: Actor, number: str
) -> None:
    assert sent_at(db, DAY) == 1
    later = TUESDAY_NINE + timedelta(hours=3)
    with frozen(DAY + timedelta(minutes=1)):
        offer = db.call(changes.preview_move, maya, number, later)
        db.call(changes.take_offer, maya, offer.id)
    assert sent_at(db, TWO_HOURS) == 0
    assert sent_at(db, DAY + timedelta(hours=3)) == 1
    assert sent_at(db, later - timedelta(hours=2)) == 1
    assert mails(db)[-1].payload["time"] == "12:00\u202fpm – 12:30\u202fpm"


@pytest.mark.parametrize("status", sorted(set(rules.STATUS_TEXTS) - {rules.CONFIRMED}))
def test_only_what_is_confirmed_is_reminded_of(
    db: Database, maya: Actor, number: str, status: str
) -> None:
    def change(tx: Session) -> None:
        tx.exec(select(Booking)).one().status = status

    db.call(change)
    before = database_snapshot(db)
    assert sent_at(db, DAY) == 0
    assert database_snapshot(db) == before


def test_the_link_confirms_and_the_number_does_not(
    db: Database, maya: Actor, number: str
) -> None:
    sent_at(db, DAY)
    secret = str(mails(db)[0].payload["path"]).partition("link=")[2]
    by_number = redeem_ticket(
        db, guests.sign_in_by_number(db, STRANGER, CONTACT.email, number).ticket
    )
    other = db.call(new_customer, "noah@example.com")
    before = database_snapshot(db)
    with pytest.raises(NotAllowed, match="use the link"):
        db.call(reminders.confirm_attendance, by_number, number)
    with pytest.raises(NotFound):
        db.call(reminders.confirm_attendance, other, number)
    assert database_snapshot(db) == before
    guest = redeem_ticket(db, guests.open_link(db, STRANGER, secret).ticket)
    assert db.query(changes.change_options, guest, number).may_confirm
    for _ in range(2):
        db.call(reminders.confirm_attendance, guest, number)
    options = db.query(changes.change_options, maya, number)
    assert (options.may_confirm, options.attends) == (False, True)
    view = db.query(queries.get_booking, maya, number)
    assert [one.text for one in view.history][:-1] == ["Somebody will be there."]


def test_what_is_over_or_moved_is_not_confirmed(
    db: Database, maya: Actor, number: str
) -> None:
    db.call(reminders.confirm_attendance, maya, number)
    later = TUESDAY_NINE + timedelta(hours=3)
    offer = db.call(changes.preview_move, maya, number, later)
    db.call(changes.take_offer, maya, offer.id)
    assert not db.query(changes.change_options, maya, number).attends
    with frozen(later), pytest.raises(Conflict, match="cannot be confirmed now"):
        db.call(reminders.confirm_attendance, maya, number)
    offer = db.call(changes.preview_cancellation, maya, number)
    db.call(changes.take_offer, maya, offer.id)
    with pytest.raises(Conflict, match="was cancelled"):
        db.call(reminders.confirm_attendance, maya, number)
