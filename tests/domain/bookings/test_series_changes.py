"""Moving and cancelling several visits of a series: as offered, all or nothing."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.bookings import changes, series_changes
from portal_app.domain.bookings.changes import OfferExpired
from portal_app.domain.bookings.models import Booking, BookingEvent, BookingSeries
from portal_app.domain.bookings.series_changes import ALL, FOLLOWING
from portal_app.domain.bookings.series_extension import extend_series
from portal_app.domain.bookings.series_views import SeriesOfferView
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.domain.scheduling.claims import SlotTaken
from portal_app.domain.scheduling.models import TimeClaim
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, NotAllowed, NotFound
from portal_app.kernel.features import Feature
from tests.support.sample_business import NOW, TUESDAY_NINE, new_customer
from tests.support.series import ENDLESS, book_once, book_series, week
from tests.support.snapshots import database_snapshot
from tests.support.switches import switched_off

pytestmark = [
    pytest.mark.each_database,
    pytest.mark.usefixtures("monday_morning"),
]

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


def _visits(db: Database) -> list[tuple[str, datetime]]:
    with db.read() as tx:
        rows = tx.exec(
            select(Booking)
            .where(col(Booking.series_id).is_not(None))
            .order_by(col(Booking.series_index))
        )
        return [(row.status, row.starts_at) for row in rows]


def _number(db: Database, index: int) -> str:
    with db.read() as tx:
        return tx.exec(
            select(Booking.number).where(Booking.series_index == index)
        ).one()


def _series(db: Database) -> BookingSeries:
    with db.read() as tx:
        return tx.exec(select(BookingSeries)).one()


def _news(tx: Session) -> list[OutboxMessage]:
    found = tx.exec(
        select(OutboxMessage).where(col(OutboxMessage.kind).like("booking_news%"))
    )
    return sorted(found, key=lambda one: one.kind)


def _cancel(db: Database, who: Actor, index: int, scope: str) -> SeriesOfferView:
    return db.call(series_changes.preview_cancellation, who, _number(db, index), scope)


def _move(db: Database, who: Actor, index: int, start: datetime) -> SeriesOfferView:
    return db.call(series_changes.preview_move, who, _number(db, index), start)


def _free_claims(db: Database) -> int:
    with db.read() as tx:
        rows = tx.exec(select(TimeClaim).where(col(TimeClaim.released_at).is_(None)))
        return len(rows.all())


def test_cancelling_this_and_the_following_frees_their_time(
    db: Database, maya: Actor
) -> None:
    book_series(db, maya)
    offer = _cancel(db, maya, 2, FOLLOWING)
    assert offer.dates == ["Tue, 17 Nov, 9:00\u202fam", "Tue, 24 Nov, 9:00\u202fam"]
    assert (offer.kept, offer.fee) == ([], "")
    assert [status for status, _ in _visits(db)] == ["confirmed"] * 4

    assert db.call(series_changes.take_offers, maya, offer.key) == _number(db, 2)

    assert [status for status, _ in _visits(db)] == [
        *("confirmed", "confirmed", "cancelled", "cancelled"),
    ]
    assert _free_claims(db) == 2
    with db.read() as tx:
        told, office = _news(tx)
        events = tx.exec(select(BookingEvent).where(BookingEvent.what == "cancelled"))
        assert len(events.all()) == 2
    assert told.payload["dates"] == office.payload["dates"] == offer.dates
    # A second click is the first.
    before = database_snapshot(db)
    db.call(series_changes.take_offers, maya, offer.key)
    assert database_snapshot(db) == before


def test_a_cancelled_series_does_not_grow(db: Database, maya: Actor) -> None:
    book_series(db, maya, ENDLESS)
    offer = _cancel(db, maya, 4, ALL)
    assert len(offer.dates) == 9
    db.call(series_changes.take_offers, maya, offer.key)
    assert {status for status, _ in _visits(db)} == {"cancelled"}
    assert _series(db).next_day is None
    with frozen(NOW + timedelta(weeks=2)):
        assert extend_series(db) == 0


def test_what_has_begun_is_not_among_them(db: Database, maya: Actor) -> None:
    book_series(db, maya)
    with frozen(week(1) + _HOUR):
        offer = _cancel(db, maya, 0, ALL)
        assert len(offer.dates) == 2
    with frozen(week(3) + _HOUR), pytest.raises(Conflict, match="no visit to come"):
        _cancel(db, maya, 3, ALL)


def test_an_offer_that_is_over_changes_nothing(db: Database, maya: Actor) -> None:
    book_series(db, maya)
    offer = _cancel(db, maya, 1, FOLLOWING)
    before = database_snapshot(db)
    with frozen(NOW + timedelta(minutes=15)), pytest.raises(OfferExpired):
        db.call(series_changes.take_offers, maya, offer.key)
    assert database_snapshot(db) == before


def test_a_visit_changed_meanwhile_changes_nothing(db: Database, maya: Actor) -> None:
    book_series(db, maya)
    offer = _cancel(db, maya, 1, FOLLOWING)
    one = db.call(changes.preview_cancellation, maya, _number(db, 3))
    db.call(changes.take_offer, maya, one.id)
    before = database_snapshot(db)
    with pytest.raises(Conflict):
        db.call(series_changes.take_offers, maya, offer.key)
    assert database_snapshot(db) == before


def test_the_following_are_moved_along_with_their_wall_time(
    db: Database, maya: Actor
) -> None:
    book_series(db, maya, ENDLESS)
    wednesday = week(3) + _DAY + _HOUR
    offer = _move(db, maya, 3, wednesday)
    assert offer.dates[0] == ("Tue, 24 Nov, 9:00\u202fam → Wed, 25 Nov, 10:00\u202fam")
    assert len(offer.dates) == 6
    db.call(series_changes.take_offers, maya, offer.key)

    assert [start for _, start in _visits(db)] == [
        *(week(index) for index in range(3)),
        *(week(index) + _DAY + _HOUR for index in range(3, 9)),
    ]
    series = _series(db)
    assert (series.anchor_index, series.anchor_day) == (3, date(2026, 11, 25))
    assert (series.wall_minutes, series.next_day) == (600, date(2027, 1, 6))
    assert _free_claims(db) == 9
    with db.read() as tx:
        assert [one.kind for one in _news(tx)] == [
            "booking_news",
            "booking_news_office",
        ]
    # What is booked later follows the new rule.
    with frozen(NOW + timedelta(weeks=2)):
        assert extend_series(db) == 2
    assert _visits(db)[-1] == ("confirmed", week(10) + _DAY + _HOUR)


def test_a_visit_can_come_to_where_another_one_was(db: Database, maya: Actor) -> None:
    book_series(db, maya)
    offer = _move(db, maya, 0, week(1))
    db.call(series_changes.take_offers, maya, offer.key)
    assert [start for _, start in _visits(db)] == [week(one) for one in range(1, 5)]
    assert _free_claims(db) == 4


def test_a_move_over_daylight_saving_keeps_the_wall_time(
    db: Database, maya: Actor
) -> None:
    tuesday = TUESDAY_NINE - timedelta(weeks=7) + _HOUR
    with frozen(tuesday - _DAY):
        book_series(db, maya, starts_at=tuesday)
        offer = _move(db, maya, 0, tuesday + _HOUR)
        db.call(series_changes.take_offers, maya, offer.key)
    assert [start.hour for _, start in _visits(db)] == [0, 0, 0, 23]


def test_a_date_on_which_nobody_is_free_gets_the_nearest_time(
    db: Database, maya: Actor
) -> None:
    book_series(db, maya)
    noah = db.call(new_customer, "noah@example.com")
    book_once(db, noah, week(2) + 3 * _HOUR)
    offer = _move(db, maya, 1, week(1) + 3 * _HOUR)
    assert offer.dates[1] == "Tue, 17 Nov, 9:00\u202fam → Tue, 17 Nov, 11:30\u202fam"
    db.call(series_changes.take_offers, maya, offer.key)
    assert _visits(db)[2] == ("confirmed", week(2) + timedelta(hours=2, minutes=30))


def test_a_new_time_taken_meanwhile_moves_nothing(db: Database, maya: Actor) -> None:
    book_series(db, maya)
    offer = _move(db, maya, 1, week(1) + 3 * _HOUR)
    noah = db.call(new_customer, "noah@example.com")
    book_once(db, noah, week(3) + 3 * _HOUR)
    before = database_snapshot(db)
    with pytest.raises(SlotTaken):
        db.call(series_changes.take_offers, maya, offer.key)
    assert database_snapshot(db) == before


def test_a_start_that_is_taken_is_not_offered(db: Database, maya: Actor) -> None:
    book_series(db, maya)
    noah = db.call(new_customer, "noah@example.com")
    book_once(db, noah, week(1) + 3 * _HOUR)
    before = database_snapshot(db)
    with pytest.raises(SlotTaken):
        _move(db, maya, 1, week(1) + 3 * _HOUR)
    with pytest.raises(Conflict, match="the time it is booked for"):
        _move(db, maya, 1, week(1))
    assert database_snapshot(db) == before


def test_nobody_else_changes_it(db: Database, maya: Actor) -> None:
    number = book_series(db, maya)
    offer = _cancel(db, maya, 0, ALL)
    noah = db.call(new_customer, "noah@example.com")
    once = book_once(db, maya, week(0) + 3 * _HOUR)
    before = database_snapshot(db)
    for who, which in ((noah, number), (maya, once), (maya, "B-0000-0000")):
        with pytest.raises(NotFound):
            db.call(series_changes.preview_cancellation, who, which, ALL)
    for who, key in ((noah, offer.key), (maya, ""), (maya, "nothing")):
        with pytest.raises(NotFound):
            db.call(series_changes.take_offers, who, key)
    with pytest.raises(NotAllowed):
        db.call(series_changes.take_offers, Actor(), offer.key)
    with switched_off(db, Feature.REPEATING_BOOKINGS), pytest.raises(NotAllowed):
        db.call(series_changes.preview_cancellation, maya, number, ALL)
    after = database_snapshot(db)
    assert after["booking"] == before["booking"]
    assert after["change_offer"] == before["change_offer"]
