"""Many people, or one with many fingers, change a booking at the same instant."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from portal_app.domain.bookings import approval, changes, confirmation, reminders
from portal_app.domain.bookings.models import Booking, BookingEvent
from portal_app.domain.catalogue.models import Service
from portal_app.domain.scheduling.models import TimeClaim
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict
from tests.concurrency.threads import run_concurrently
from tests.support.accounts import outbox_messages
from tests.support.booking_rules import set_rules
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    create_sample_business,
    new_customer,
    ready_draft,
)

pytestmark = pytest.mark.each_database

TEN = TUESDAY_NINE + timedelta(hours=1)
FINGERS = 8


def _book(db: Database, email: str, hours: int = 0) -> tuple[Actor, str]:
    who = db.call(new_customer, email)
    draft = ready_draft(db, who, starts_at=TUESDAY_NINE + timedelta(hours=hours))
    return who, confirmation.confirm(db, who, draft.id, draft.shown)


def _take(db: Database, who: Actor, offer_id: str) -> str:
    try:
        return db.call(changes.take_offer, who, offer_id)
    except Conflict as refused:
        return type(refused).__name__


def _rows(tx: Session) -> tuple[list[Booking], list[str], list[TimeClaim]]:
    return (
        list(tx.exec(select(Booking))),
        sorted(tx.exec(select(BookingEvent.what)).all()),
        list(tx.exec(select(TimeClaim).where(TimeClaim.released_at == None))),  # noqa: E711
    )


def test_many_clicks_are_one_move(db: Database) -> None:
    with frozen(NOW):
        db.call(create_sample_business)
        maya, number = _book(db, "maya@example.com")
        offer = db.call(changes.preview_move, maya, number, TEN)
        answers = run_concurrently([partial(_take, db, maya, offer.id)] * FINGERS)
    assert answers == [number] * FINGERS
    [booking], events, [claim] = db.query(_rows)
    assert (booking.starts_at, booking.version, booking.moves) == (TEN, 2, 1)
    assert (claim.id, events) == (booking.claim_id, ["booked", "moved"])
    kinds = Counter(mail.kind for mail in outbox_messages(db))
    assert kinds["booking_news"] == 1


def test_of_a_move_and_a_cancellation_one_wins(db: Database) -> None:
    with frozen(NOW):
        db.call(create_sample_business)
        maya, number = _book(db, "maya@example.com")
        offers = [
            db.call(changes.preview_move, maya, number, TEN).id,
            db.call(changes.preview_cancellation, maya, number).id,
        ]
        answers = run_concurrently([partial(_take, db, maya, one) for one in offers])
    [booking], events, claims = db.query(_rows)
    assert answers.count(number) == 1
    assert booking.version == 2
    if answers[0] == number:
        assert (answers[1], events[1:]) == ("OfferExpired", ["moved"])
        assert [one.id for one in claims] == [booking.claim_id]
    else:
        assert (answers[0], events[1:]) == ("Conflict", ["cancelled"])
        assert claims == []


def test_a_free_hour_goes_to_one_of_many_who_move_there(db: Database) -> None:
    with frozen(NOW):
        db.call(create_sample_business)
        people = [_book(db, f"p{index}@example.com", index) for index in range(4)]
        noon = TUESDAY_NINE + timedelta(hours=6)
        offers = [
            (who, db.call(changes.preview_move, who, number, noon).id)
            for who, number in people
        ]
        answers = run_concurrently([partial(_take, db, *one) for one in offers])
    bookings, _, claims = db.query(_rows)
    assert sorted(one.starts_at == noon for one in bookings) == [False] * 3 + [True]
    assert answers.count("SlotTaken") == 3
    assert {one.id for one in claims} == {one.claim_id for one in bookings}


def _answer(db: Database, call: Callable[..., object], *args: object) -> str:
    try:
        call(*args)
    except Conflict as refused:
        return refused.message
    return ""


def test_a_request_gets_one_answer(db: Database) -> None:
    """Two of the office, the customer and two job runners at the same instant."""
    office = Actor(Audience.OFFICE)
    with frozen(NOW):
        db.call(create_sample_business)
        db.call(_let_the_office_confirm)
        maya, number = _book(db, "maya@example.com")
        offer = db.call(changes.preview_cancellation, maya, number).id
        run_concurrently(
            [
                partial(_answer, db, db.call, approval.approve, office, number),
                partial(_answer, db, db.call, approval.approve, office, number),
                partial(_answer, db, db.call, approval.decline, office, number, "No"),
                partial(_answer, db, db.call, changes.take_offer, maya, offer),
            ]
        )
    [booking], events, claims = db.query(_rows)
    news = [mail for mail in outbox_messages(db) if mail.kind == "booking_news"]
    assert booking.status in {"confirmed", "declined", "cancelled"}
    # What was approved can be cancelled; nothing else gets two answers.
    assert len(events) == booking.version == len(news) + 1
    assert len(claims) == (booking.status == "confirmed")


def test_two_job_runners_let_a_request_lapse_once(db: Database) -> None:
    with frozen(NOW):
        db.call(create_sample_business)
        db.call(_let_the_office_confirm)
        _book(db, "maya@example.com")
    with frozen(NOW + timedelta(hours=24)):
        counts = run_concurrently([partial(approval.expire_requests, db)] * 2)
    assert sum(counts) == 1
    [booking], events, claims = db.query(_rows)
    assert (booking.status, events, claims) == (
        "expired",
        ["expired", "requested"],
        [],
    )


def _let_the_office_confirm(tx: Session) -> None:
    walk = select(Service).where(Service.slug == "dog-walk")
    tx.exec(walk).one().confirmation = "office"


def test_two_job_runners_remind_once(db: Database) -> None:
    with frozen(NOW):
        db.call(create_sample_business)
        set_rules(db, reminders=(1440,))
        for hours in range(3):
            _book(db, f"p{hours}@example.com", hours)
    with frozen(TUESDAY_NINE - timedelta(hours=20)):
        counts = run_concurrently([partial(reminders.send_reminders, db)] * 4)
    assert sum(counts) == 3
    kinds = Counter(mail.kind for mail in outbox_messages(db))
    assert kinds["booking_reminder"] == 3
