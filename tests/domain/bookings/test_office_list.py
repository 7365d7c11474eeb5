"""The office's list of bookings, one booking there, and its notes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete
from sqlmodel import col, select

from portal_app.domain.bookings import (
    confirmation,
    office_list,
    office_notes,
    office_view,
    search_words,
)
from portal_app.domain.bookings.models import Booking, BookingNote, BookingWord
from portal_app.domain.bookings.office_list import BookingsFilter, Mark
from portal_app.domain.bookings.views import BookingNoteView, OfficeBookingRowView
from portal_app.domain.customers.models import Customer
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed, NotFound
from tests.support.sample_business import (
    CONTACT,
    NOW,
    TUESDAY_NINE,
    new_customer,
    ready_draft,
)
from tests.support.snapshots import database_snapshot
from tests.support.statements import statements_of

pytestmark = pytest.mark.each_database

READER = Actor(Audience.READER)
ALL = BookingsFilter(first=date(2026, 1, 1))
FIRST = Mark()
NOON = TUESDAY_NINE + timedelta(hours=3)
FRIDAY = TUESDAY_NINE + timedelta(days=3)

Book = Callable[..., str]


@pytest.fixture
def book(db: Database, maya: Actor) -> Book:
    """Book a walk, Maya's on Tuesday at nine unless told otherwise."""

    def booked(actor: Actor = maya, **choices: object) -> str:
        with frozen(NOW):
            draft = ready_draft(db, actor, **choices)
            return confirmation.confirm(db, actor, draft.id, draft.shown)

    return booked


def numbers(
    db: Database, asked: BookingsFilter = ALL, mark: Mark = FIRST, who: Actor = SYSTEM
) -> list[str]:
    with frozen(NOW):
        page = db.query(office_list.office_bookings, who, asked, mark)
    return [row.number for row in page.rows]


def test_a_booking_is_listed_with_whose_it_is(db: Database, book: Book) -> None:
    number = book()
    with frozen(NOW):
        page = db.query(office_list.office_bookings, READER, BookingsFilter())
    assert page.rows == [
        OfficeBookingRowView(
            number=number,
            status="confirmed",
            day="Tue, 3 Nov",
            time="9:00\u202fam – 9:30\u202fam",
            customer="Maya Chen",
            phone="0491 570 156",
            service="Dog walk",
            fieldworker="Ana",
            place="Bondi",
            total="$25",
        )
    ]
    assert (page.since, page.soonest_first) == ("2026-11-02", True)
    assert [name for _, name in page.services] == ["Dog walk", "Home clean"]
    assert [name for _, name in page.fieldworkers] == ["Ana", "Ben"]
    assert (page.has_more, page.has_previous) == (False, False)


def test_only_the_office_reads_it(db: Database, maya: Actor, book: Book) -> None:
    number = book()
    for who in (maya, Actor(), Actor(Audience.FIELDWORKER)):
        with pytest.raises(NotAllowed):
            db.query(office_list.office_bookings, who, ALL)
        with pytest.raises(NotAllowed):
            db.query(office_view.office_booking, who, number)


def test_each_filter_narrows_the_list(db: Database, book: Book) -> None:
    walk = book()
    clean = book(slug="home-clean", answers={"bedrooms": "one"}, starts_at=FRIDAY)
    with db.write() as tx:
        row = tx.exec(select(Booking).where(Booking.number == walk)).one()
        row.status = "pending"
        walk_service, ana = row.service_id, row.fieldworker_id
    assert numbers(db) == [walk, clean]
    assert numbers(db, replace(ALL, status="confirmed")) == [clean]
    assert numbers(db, replace(ALL, service=walk_service)) == [walk]
    assert walk in numbers(db, replace(ALL, fieldworker=ana))
    assert numbers(db, BookingsFilter(waits=True)) == [walk]
    tuesday, friday = date(2026, 11, 3), date(2026, 11, 6)
    assert numbers(db, BookingsFilter(last=tuesday)) == [walk]
    assert numbers(db, BookingsFilter(first=friday, last=friday)) == [clean]
    # Without a first day the latest are first.
    assert numbers(db, BookingsFilter(last=friday)) == [clean, walk]
    assert numbers(db, BookingsFilter(first=date(2026, 11, 7))) == []
    assert numbers(db, replace(ALL, status="x", service="y")) == []


@pytest.mark.parametrize(
    "asked",
    [
        *("Chen", "maya che", "MAYÁ", "maya@example.com", "maya@ex"),
        *("0491 570 156", "+61 491 570 156", "0491570", "491570156"),
        *("Ocean", "ocean street 12", "Bondi", "2026 bondi"),
    ],
)
def test_a_booking_is_found_by_people_phone_and_place(
    db: Database, book: Book, asked: str
) -> None:
    number = book()
    other = db.call(new_customer, "noah@example.com")
    contact = replace(CONTACT, name="Noah Reid", email="n@example.com", phone="")
    theirs = book(other, starts_at=NOON, contact=contact)
    with db.write() as tx:
        row = tx.exec(select(Booking).where(Booking.number == theirs)).one()
        row.address = {**row.address, "street": "1 Hill Road", "town": "Manly"}
        row.address = {**row.address, "postcode": "2095", "unit": ""}
        customer = tx.get_one(Customer, row.customer_id)
        customer.first_name, customer.last_name, customer.phone = "Noah", "Reid", ""
        tx.flush()
        tx.exec(delete(BookingWord).where(col(BookingWord.booking_id) == row.id))
        search_words.store_words(tx, row)
    assert numbers(db, BookingsFilter(text=asked)) == [number]


@pytest.mark.parametrize("spell", [str, str.lower, lambda it: it.replace("-", "")])
def test_a_number_finds_its_booking_alone(
    db: Database, book: Book, spell: Callable[[str], str]
) -> None:
    number = book()
    book(starts_at=NOON)
    assert numbers(db, BookingsFilter(text=spell(number))) == [number]
    assert numbers(db, BookingsFilter(text=number[:8])) == [number]


@pytest.mark.parametrize("asked", ["nobody", "maya nobody", "?!", "aya", "%", "_"])
def test_what_nothing_begins_with_finds_nothing(
    db: Database, book: Book, asked: str
) -> None:
    book()
    assert numbers(db, BookingsFilter(text=asked)) == []


def test_pages_are_turned_by_the_booking_they_end_with(
    db: Database, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office_list, "PAGE_SIZE", 2)
    five = [book(starts_at=TUESDAY_NINE + timedelta(hours=hour)) for hour in range(5)]
    assert numbers(db) == five[:2]
    assert numbers(db, mark=Mark(five[1])) == five[2:4]
    assert numbers(db, mark=Mark(five[3])) == five[4:]
    assert numbers(db, mark=Mark(five[4], before=True)) == five[2:4]
    assert numbers(db, mark=Mark(five[2], before=True)) == five[:2]
    latest = BookingsFilter(last=date(2026, 12, 1))
    assert numbers(db, latest, Mark(five[3])) == [five[2], five[1]]
    # A booking that is gone begins the list anew.
    assert numbers(db, mark=Mark("B-0000-0000")) == five[:2]
    with frozen(NOW):
        pages = [
            db.query(office_list.office_bookings, SYSTEM, ALL, mark)
            for mark in (Mark(), Mark(five[1]), Mark(five[3]), Mark(five[2], True))
        ]
    assert [(one.has_previous, one.has_more) for one in pages] == [
        (False, True),
        (True, True),
        (True, False),
        (False, True),
    ]


def test_the_list_asks_as_often_for_many_bookings_as_for_one(
    db: Database, book: Book
) -> None:
    def asked() -> int:
        with frozen(NOW), statements_of(db) as statements:
            db.query(office_list.office_bookings, SYSTEM, BookingsFilter(text="maya"))
        return len(statements)

    book()
    once = asked()
    book(starts_at=NOON)
    assert asked() == once


def test_the_day_begins_with_todays_visits_and_what_waits(
    db: Database, book: Book
) -> None:
    early, late = book(), book(starts_at=NOON)
    off, friday = book(starts_at=NOON + timedelta(hours=1)), book(starts_at=FRIDAY)
    with db.write() as tx:
        for number, status in ((off, "cancelled"), (friday, "pending")):
            row = tx.exec(select(Booking).where(Booking.number == number)).one()
            row.status = status
    with frozen(NOON):
        day = db.query(office_list.office_day, READER)
    assert [row.number for row in day.today] == [early, late]
    assert [row.number for row in day.waiting] == [friday]
    assert (day.has_more_today, day.has_more_waiting) == (False, False)
    with pytest.raises(NotAllowed):
        db.query(office_list.office_day, Actor())


def test_the_office_sees_a_booking_with_its_customer(
    db: Database, maya: Actor, book: Book
) -> None:
    number = book()
    with frozen(NOW):
        record = db.query(office_view.office_booking, READER, number.lower())
    assert (record.customer, record.customer_email, record.customer_phone) == (
        "Maya Chen",
        "maya@example.com",
        "0491 570 156",
    )
    assert (record.has_account, record.office_notes) == (True, [])
    assert record.booking.number == number
    assert [event.who for event in record.booking.history] == ["The customer"]
    with pytest.raises(NotFound):
        db.query(office_view.office_booking, READER, "B-0000-0000")


def test_notes_are_written_once_and_removed(db: Database, book: Book) -> None:
    number = book()
    with frozen(NOW):
        for request in ("r1", "r1"):
            db.call(office_notes.add_note, SYSTEM, number, " Key is \nhere ", request)
        db.call(office_notes.add_note, SYSTEM, number, "Second", "r2")
        second, first = db.query(
            office_view.office_booking, READER, number
        ).office_notes
    assert first == BookingNoteView(
        id=first.id,
        when="Mon, 2 Nov, 8:00\u202fam",
        who="The office",
        text="Key is\nhere",
    )
    db.call(office_notes.remove_note, SYSTEM, number, first.id)
    db.call(office_notes.remove_note, SYSTEM, number, first.id)
    with db.read() as tx:
        assert [row.text for row in tx.exec(select(BookingNote))] == ["Second"]
    other = book(starts_at=NOON)
    db.call(office_notes.remove_note, SYSTEM, other, second.id)
    with db.read() as tx:
        assert len(tx.exec(select(BookingNote)).all()) == 1


def test_a_note_that_is_refused_changes_nothing(
    db: Database, maya: Actor, book: Book
) -> None:
    number = book()
    before = database_snapshot(db)
    for text in ("", " \n", "x" * 2001, "\ue000"):
        with pytest.raises(InvalidInput) as refused:
            db.call(office_notes.add_note, SYSTEM, number, text, "r1")
        assert set(refused.value.fields) == {"note"}
    for who in (maya, READER):
        with pytest.raises(NotAllowed):
            db.call(office_notes.add_note, who, number, "Hello", "r1")
        with pytest.raises(NotAllowed):
            db.call(office_notes.remove_note, who, number, "x")
    with pytest.raises(NotFound):
        db.call(office_notes.add_note, SYSTEM, "B-0000-0000", "Hello", "r1")
    assert database_snapshot(db) == before


def test_words_go_with_their_booking(db: Database, book: Book) -> None:
    number = book()
    with db.read() as tx:
        booking = tx.exec(select(Booking).where(Booking.number == number)).one()
        words = set(tx.exec(select(BookingWord.word)))
    assert {"maya", "chen", "maya@example.com", "491570156", "bondi"} <= words
    assert booking.number.replace("-", "").casefold() in words
