"""Series grow as the calendar opens; what cannot be booked is told."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.bookings import queries, rules
from portal_app.domain.bookings.draft_repetition import RepetitionForm
from portal_app.domain.bookings.models import (
    Booking,
    BookingDependent,
    BookingEvent,
    BookingLine,
    BookingSeries,
)
from portal_app.domain.bookings.repetition import WEEKS
from portal_app.domain.bookings.series_extension import extend_series
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.models import Service
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.features import Feature
from tests.support.sample_business import NOW, new_customer
from tests.support.series import ENDLESS, book_once, book_series, week
from tests.support.snapshots import database_snapshot
from tests.support.switches import switched_off

pytestmark = [
    pytest.mark.each_database,
    pytest.mark.usefixtures("monday_morning"),
]

# Nine visits are within the 60 days of the calendar; two more a fortnight later.
LATER = NOW + timedelta(weeks=2)


def _visits(tx: Session) -> list[tuple[int | None, datetime]]:
    rows = tx.exec(
        select(Booking)
        .where(col(Booking.series_id).is_not(None))
        .order_by(col(Booking.series_index))
    )
    return [(one.series_index, one.starts_at) for one in rows]


def _series(db: Database) -> BookingSeries:
    with db.read() as tx:
        return tx.exec(select(BookingSeries)).one()


def _walk(tx: Session) -> Service:
    return tx.exec(select(Service).where(Service.slug == "dog-walk")).one()


def _news(db: Database) -> list[OutboxMessage]:
    with db.read() as tx:
        found = tx.exec(
            select(OutboxMessage).where(col(OutboxMessage.kind).like("booking_news%"))
        )
        return sorted(found, key=lambda one: (one.kind, one.id))


def test_nothing_is_booked_before_the_calendar_opens(db: Database, maya: Actor) -> None:
    book_series(db, maya, ENDLESS)
    before = database_snapshot(db)
    assert extend_series(db) == 0
    assert database_snapshot(db) == before


def test_a_series_is_extended_as_far_as_the_horizon_once(
    db: Database, maya: Actor
) -> None:
    book_series(db, maya, ENDLESS)
    with frozen(LATER):
        assert extend_series(db) == 2
        with db.read() as tx:
            found = _visits(tx)
        assert found == [(index, week(index)) for index in range(11)]
        series = _series(db)
        assert (series.next_index, series.next_day) == (11, date(2027, 1, 19))
        before = database_snapshot(db)
        assert extend_series(db) == 0
    assert database_snapshot(db) == before
    # What was agreed needs no news.
    assert _news(db) == []


def test_a_later_visit_is_as_the_first_was_agreed(db: Database, maya: Actor) -> None:
    book_series(db, maya, ENDLESS)
    with db.write() as tx:
        tx.exec(
            select(Service).where(Service.slug == "dog-walk")
        ).one().base_price_minor = 9900
    with frozen(LATER):
        extend_series(db)
    with db.read() as tx:
        first, *_, last = tx.exec(select(Booking).order_by(col(Booking.series_index)))
        lines = tx.exec(select(BookingLine).where(BookingLine.booking_id == last.id))
        assert [one.total_minor for one in lines] == [2500]
        assert tx.exec(select(BookingDependent)).all() == []
    same = ("customer_id", "service_id", "address", "contact_email", "notes", "status")
    assert [getattr(last, name) for name in same] == [
        getattr(first, name) for name in same
    ]
    assert last.total_minor == first.total_minor == 2500


def test_a_series_that_ends_is_booked_to_its_end(db: Database, maya: Actor) -> None:
    book_series(db, maya, RepetitionForm(WEEKS, visits=10))
    assert (_series(db).next_index, _series(db).next_day) == (9, date(2027, 1, 5))
    with frozen(LATER):
        assert extend_series(db) == 1
    assert (_series(db).next_index, _series(db).next_day) == (10, None)


def test_a_taken_date_is_left_out_and_told(db: Database, maya: Actor) -> None:
    book_series(db, maya, ENDLESS)
    noah = db.call(new_customer, "noah@example.com")
    with frozen(LATER):
        book_once(db, noah, week(9))
        assert extend_series(db) == 1
        with db.read() as tx:
            assert _visits(tx)[-1] == (10, week(10))
            last = tx.exec(select(Booking).where(Booking.series_index == 10)).one()
        assert _series(db).left_out == [9]
        told, office = _news(db)
        assert (told.kind, told.recipient) == ("booking_news", "maya@example.com")
        assert (office.kind, office.recipient) == (
            "booking_news_office",
            "hello@brightside.example",
        )
        assert told.payload["number"] == office.payload["number"] == last.number
        assert told.payload["dates"] == [
            "Tue, 5 Jan, 9:00\u202fam: taken. Free: Tue, 5 Jan, 9:30\u202fam"
        ]
        assert extend_series(db) == 0
        assert len(_news(db)) == 2


def test_a_service_that_is_gone_is_told_as_well(db: Database, maya: Actor) -> None:
    book_series(db, maya, ENDLESS)
    with db.write() as tx:
        _walk(tx).active = False
    with frozen(LATER):
        assert extend_series(db) == 0
        assert _series(db).left_out == [9, 10]
        assert len(_news(db)) == 2


def test_what_is_switched_off_waits(db: Database, maya: Actor) -> None:
    number = book_series(db, maya, ENDLESS)
    with frozen(LATER):
        with switched_off(db, Feature.REPEATING_BOOKINGS):
            assert extend_series(db) == 0
            assert db.query(queries.get_booking, maya, number).series == ""
        assert extend_series(db) == 2


def test_bookings_say_which_visit_they_are(db: Database, maya: Actor) -> None:
    number = book_series(db, maya)
    found = db.query(queries.get_booking, maya, number)
    assert found.series == "Every week on Tuesday, visit 1 of 4"
    rows = db.query(queries.my_bookings, maya).rows
    assert [row.series for row in rows] == [
        f"Every week on Tuesday, visit {visit} of 4" for visit in (1, 2, 3, 4)
    ]


def test_without_an_end_there_is_no_last_visit(db: Database, maya: Actor) -> None:
    number = book_series(db, maya, ENDLESS)
    found = db.query(queries.get_booking, maya, number)
    assert found.series == "Every week on Tuesday, visit 1"
    once = book_once(db, maya, week(0) + timedelta(hours=3))
    assert db.query(queries.get_booking, maya, once).series == ""


def _histories(db: Database) -> list[tuple[str, list[str]]]:
    """The state of every visit, and what its history says, in order of time."""
    with db.read() as tx:
        found = []
        for one in tx.exec(select(Booking).order_by(col(Booking.series_index))):
            events = tx.exec(
                select(BookingEvent.what)
                .where(BookingEvent.booking_id == one.id)
                .order_by(col(BookingEvent.id))
            )
            found.append((one.status, list(events)))
        return found


def _by_office(tx: Session) -> None:
    _walk(tx).confirmation = catalogue.BY_OFFICE


def test_visits_that_the_office_approves_are_requested(
    db: Database, maya: Actor
) -> None:
    db.call(_by_office)
    book_series(db, maya)
    assert _histories(db) == [(rules.PENDING, ["requested"])] * 4
    # The mail about the first visit names them all.
    assert _news(db) == []


def test_the_office_hears_of_visits_that_wait_for_its_answer(
    db: Database, maya: Actor
) -> None:
    db.call(_by_office)
    book_series(db, maya, ENDLESS)
    with frozen(LATER):
        assert extend_series(db) == 2
        with db.read() as tx:
            *_, ninth, tenth = tx.exec(
                select(Booking.number).order_by(col(Booking.series_index))
            )
        assert _histories(db)[-2:] == [(rules.PENDING, ["requested"])] * 2
        (office,) = _news(db)
        assert (office.kind, office.recipient) == (
            "booking_news_office",
            "hello@brightside.example",
        )
        answer = "answer by Tue, 17 Nov, 8:00\u202fam"
        assert office.payload == {
            "news": "waits for your answer",
            "number": ninth,
            "service": "Dog walk",
            "day": "Tuesday, 5 January 2027",
            "time": "9:00\u202fam – 9:30\u202fam",
            "before": "",
            "reason": "",
            "fee": "",
            "contact_name": "Maya Chen",
            "dates": [
                f"Tue, 5 Jan, 9:00\u202fam: {ninth}, {answer}",
                f"Tue, 12 Jan, 9:00\u202fam: {tenth}, {answer}",
            ],
        }
        before = database_snapshot(db)
        assert extend_series(db) == 0
    assert database_snapshot(db) == before


def test_visits_that_were_booked_need_no_answer(db: Database, maya: Actor) -> None:
    book_series(db, maya, ENDLESS)
    with frozen(LATER):
        assert extend_series(db) == 2
    assert _histories(db) == [(rules.CONFIRMED, ["booked"])] * 11
    assert _news(db) == []


def test_taken_dates_and_requests_are_told_apart(db: Database, maya: Actor) -> None:
    db.call(_by_office)
    book_series(db, maya, ENDLESS)
    noah = db.call(new_customer, "noah@example.com")
    with frozen(LATER):
        book_once(db, noah, week(9))
        assert extend_series(db) == 1
    assert [(one.kind, one.payload["news"]) for one in _news(db)] == [
        ("booking_news", "has dates that are taken"),
        ("booking_news_office", "waits for your answer"),
        ("booking_news_office", "has dates that are taken"),
    ]
