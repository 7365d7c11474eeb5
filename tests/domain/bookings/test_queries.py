from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from portal_app.domain.bookings import confirmation, drafts, queries
from portal_app.domain.bookings.models import Booking
from portal_app.domain.bookings.views import (
    BookedServiceView,
    BookingAddressView,
    BookingEventView,
    BookingPage,
    BookingRowView,
    BookingView,
    CalendarEntry,
    HomeBookingsView,
)
from portal_app.domain.business.models import Business
from portal_app.domain.catalogue import definitions
from portal_app.domain.catalogue.models import Service
from portal_app.domain.catalogue.rules import PricedChoice
from portal_app.domain.catalogue.views import LineView
from portal_app.domain.customers import locations
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.models import Location
from portal_app.domain.scheduling import service as scheduling
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed, NotFound
from tests.support.sample_business import (
    ANSWERS,
    CLEANING,
    HOME,
    NOW,
    TUESDAY_NINE,
    SampleBusiness,
    create_sample_business,
    new_customer,
    ready_draft,
)
from tests.support.snapshots import database_snapshot
from tests.support.statements import statements_of

pytestmark = pytest.mark.each_database


MAPS = "https://www.google.com/maps/dir/?api=1&destination="


NONE = (None, None)


def _after(minutes: int) -> datetime:
    return TUESDAY_NINE + timedelta(minutes=minutes)


def _booked(db: Database, actor: Actor) -> str:
    with frozen(NOW):
        draft = ready_draft(db, actor, slug="home-clean", answers=ANSWERS)
        return confirmation.confirm(db, actor, draft.id, draft.shown)


def _row(tx: Session, shop: SampleBusiness, actor: Actor, index: int) -> None:
    """A booking of half an hour, ``index`` hours after Tuesday at nine."""
    assert actor.customer_id is not None
    starts = _after(60 * index)
    tx.add(
        Booking(
            number=f"B-{index + 500:08}",
            customer_id=actor.customer_id,
            service_id=shop.walk,
            fieldworker_id=shop.ana,
            claim_id=scheduling.claim_time(
                tx, shop.ana, starts, _after(60 * index + 30)
            ),
            draft_id=f"{actor.customer_id[:20]}{index}",
            status="confirmed",
            starts_at=starts,
            ends_at=_after(60 * index + 30),
            service_name="Dog walk",
            currency="AUD",
            total_minor=2500,
            contact_name="Maya Chen",
            contact_email="maya@example.com",
        )
    )
    tx.flush()


def _rows(tx: Session, shop: SampleBusiness, actor: Actor, indexes: list[int]) -> None:
    for index in indexes:
        _row(tx, shop, actor, index)


def _starts(page: BookingPage) -> list[int]:
    return _starts_of(page.rows)


def _starts_of(rows: list[BookingRowView]) -> list[int]:
    return [
        (datetime.fromisoformat(row.starts_at) - TUESDAY_NINE) // timedelta(hours=1)
        for row in rows
    ]


def test_a_booking_is_shown_as_it_was_booked(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    number = _booked(db, maya)
    bedrooms, *_ = CLEANING.options
    db.call(
        definitions.define_service,
        SYSTEM,
        replace(
            CLEANING,
            name="Spring clean",
            base_price_minor=1,
            image="/clean.webp",
            image_alt="A clean kitchen",
            options=(replace(bedrooms, choices=(PricedChoice("x", "X"),)),),
        ),
    )
    db.call(lambda tx: setattr(tx.get_one(Business, 1), "currency", "USD"))

    with frozen(NOW):
        view = db.query(queries.get_booking, maya, number)

    assert view == BookingView(
        number=number,
        status="confirmed",
        status_text="Confirmed",
        upcoming=True,
        service_name="Home clean",
        service_slug="home-clean",
        image="/clean.webp",
        image_alt="A clean kitchen",
        starts_at="2026-11-02T22:00:00+00:00",
        ends_at="2026-11-03T01:15:00+00:00",
        day="Tuesday, 3 November 2026",
        time="9:00\u202fam – 12:15\u202fpm",
        duration="3 h 15 min",
        fieldworker="Ana",
        lines=[
            LineView("Home clean", "$85"),
            LineView("Bedrooms: 3 bedrooms", "$40"),
            LineView("Extras: Oven", "$35.50"),
            LineView("Windows × 3", "$11.97"),
        ],
        total="$172.47",
        address_lines=["Unit 3, 12 Ocean Street", "Bondi NSW 2026"],
        access_notes="Ring twice",
        contact_name="Maya Chen",
        contact_email="maya@example.com",
        contact_phone="0491 570 156",
        notes="The dog is friendly.",
        history=[
            BookingEventView(
                at="2026-11-01T21:00:00+00:00",
                when="Monday, 2 November 2026, 8:00\u202fam",
                who="You",
                text=(
                    "Booked for Tuesday, 3 November 2026, "
                    "9:00\u202fam – 12:15\u202fpm, with Ana, for $172.47."
                ),
            )
        ],
        place=BookingAddressView(
            street="12 Ocean Street",
            unit="3",
            town="Bondi",
            state="NSW",
            postcode="2026",
            country="AU",
            access_notes="Ring twice",
        ),
        directions=(f"{MAPS}Unit+3%2C+12+Ocean+Street%2C+Bondi+NSW+2026%2C+Australia"),
        bookable=True,
    )


def test_a_booking_keeps_the_pin_it_was_made_with(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    typed = AddressForm(
        street="1 Hall Street",
        town="Bondi",
        state="NSW",
        postcode="2026",
        country="AU",
        latitude="-33.890842",
        longitude="151.274292",
    )
    with frozen(NOW):
        first = ready_draft(db, maya)
        first = db.call(drafts.choose_address, maya, first.id, typed)
        assert (first.address.latitude, first.address.longitude) == (
            "-33.890842",
            "151.274292",
        )
        numbers = [confirmation.confirm(db, maya, first.id, first.shown)]
        # The same place, saved; and with its pin taken away after that.
        second = ready_draft(db, maya, starts_at=_after(300))
        [saved] = [one.id for one in db.query(locations.list_locations, maya)]
        second = db.call(drafts.choose_location, maya, second.id, saved)
        numbers.append(confirmation.confirm(db, maya, second.id, second.shown))
        db.call(lambda tx: setattr(tx.get_one(Location, saved), "pin", NONE))
        views = [db.query(queries.get_booking, maya, number) for number in numbers]

    for view in views:
        assert view.address_lines == ["1 Hall Street", "Bondi NSW 2026"]
        assert view.directions == f"{MAPS}-33.890842%2C151.274292"
        assert (view.place.latitude, view.place.longitude) == (
            "-33.890842",
            "151.274292",
        )


def test_a_booking_is_listed_with_its_texts(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    number = _booked(db, maya)

    with frozen(NOW):
        page = db.query(queries.my_bookings, maya)

    assert page == BookingPage(
        rows=[
            BookingRowView(
                number=number,
                status="confirmed",
                status_text="Confirmed",
                service_name="Home clean",
                service_slug="home-clean",
                image="",
                image_alt="",
                starts_at="2026-11-02T22:00:00+00:00",
                ends_at="2026-11-03T01:15:00+00:00",
                day="Tuesday, 3 November 2026",
                short_day="Tue, 3 Nov",
                time="9:00\u202fam – 12:15\u202fpm",
                duration="3 h 15 min",
                fieldworker="Ana",
                place="Unit 3, 12 Ocean Street, Bondi NSW 2026",
                total="$172.47",
                for_whom="Maya Chen",
                next_action="calendar",
            )
        ],
        page=1,
        has_more=False,
        total=1,
    )


def test_a_booking_is_upcoming_until_the_instant_it_ends(db: Database) -> None:
    shop = db.call(create_sample_business)
    maya = db.call(new_customer)
    db.call(_rows, shop, maya, [2, 0, 3, 1])
    end_of_second = _after(90)

    with frozen(end_of_second - timedelta(microseconds=1)):
        upcoming = db.query(queries.my_bookings, maya, "upcoming")
        past = db.query(queries.my_bookings, maya, "past")
        assert (_starts(upcoming), _starts(past)) == ([1, 2, 3], [0])
    with frozen(end_of_second):
        upcoming = db.query(queries.my_bookings, maya, "upcoming")
        past = db.query(queries.my_bookings, maya, "past")
        assert (_starts(upcoming), _starts(past)) == ([2, 3], [1, 0])


def test_bookings_come_in_pages_of_twenty(db: Database) -> None:
    shop = db.call(create_sample_business)
    maya = db.call(new_customer)
    noah = db.call(new_customer, "noah@example.com")
    db.call(_rows, shop, maya, list(range(-41, 20)))
    db.call(_rows, shop, noah, [20, -42])

    with frozen(TUESDAY_NINE):
        past = [
            db.query(queries.my_bookings, maya, "past", page) for page in (1, 2, 3, 4)
        ]
        upcoming = [
            db.query(queries.my_bookings, maya, "upcoming", page) for page in (-5, 2)
        ]

    assert [_starts(page) for page in past] == [
        list(range(-1, -21, -1)),
        list(range(-21, -41, -1)),
        [-41],
        [],
    ]
    assert [(p.page, p.has_more, p.total) for p in past] == [
        (1, True, 41),
        (2, True, 41),
        (3, False, 41),
        (4, False, 41),
    ]
    assert [_starts(page) for page in upcoming] == [list(range(20)), []]
    assert [(p.page, p.has_more, p.total) for p in upcoming] == [
        (1, False, 20),
        (2, False, 20),
    ]


def test_unknown_list_or_order_is_refused(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)

    with pytest.raises(InvalidInput) as refused:
        db.query(queries.my_bookings, maya, "all")
    assert refused.value.fields == {"when": "There is no such list."}

    with pytest.raises(InvalidInput) as refused:
        db.query(queries.my_bookings, maya, "upcoming", 1, "number")
    assert refused.value.fields == {"sort": "There is no such order."}


@pytest.mark.parametrize(
    ("sort", "upcoming", "past"),
    [
        ("", [1, 2, 3, 4], [-1, -2, -3]),
        ("soonest", [1, 2, 3, 4], [-3, -2, -1]),
        ("latest", [4, 3, 2, 1], [-1, -2, -3]),
        # Equal ones stand in the list's usual order.
        ("service", [3, 4, 1, 2], [-1, -2, -3]),
        ("price", [2, 1, 3, 4], [-2, -1, -3]),
        ("status", [4, 1, 2, 3], [-1, -2, -3]),
    ],
)
def test_bookings_are_sorted(
    db: Database, sort: str, upcoming: list[int], past: list[int]
) -> None:
    shop = db.call(create_sample_business)
    maya = db.call(new_customer)
    db.call(_rows, shop, maya, [-3, -2, -1, 1, 2, 3, 4])

    def vary(tx: Session) -> None:
        rows = tx.exec(select(Booking).order_by(Booking.starts_at)).all()  # type: ignore[arg-type]
        rows[1].total_minor = rows[4].total_minor = 9900
        rows[3].service_name, rows[4].service_name = "pool care", "Pool care"
        rows[5].status, rows[6].status = "cancelled", "pending"

    db.call(vary)
    with frozen(TUESDAY_NINE):
        shown = [
            db.query(queries.my_bookings, maya, when, 1, sort)
            for when in ("upcoming", "past")
        ]

    assert [_starts(page) for page in shown] == [upcoming, past]


def test_a_row_says_for_whom_and_what_to_do_next(db: Database) -> None:
    shop = db.call(create_sample_business)
    maya = db.call(new_customer)
    db.call(_rows, shop, maya, [-2, -1, 1, 2, 3])

    def vary(tx: Session) -> None:
        rows = tx.exec(select(Booking).order_by(Booking.starts_at)).all()  # type: ignore[arg-type]
        rows[3].status, rows[4].status = "pending", "cancelled"

    def next_actions() -> list[list[str]]:
        pages = [db.query(queries.my_bookings, maya, w) for w in ("upcoming", "past")]
        return [[row.next_action for row in page.rows] for page in pages]

    db.call(vary)
    with frozen(TUESDAY_NINE):
        assert next_actions() == [["calendar", "wait", "again"], ["again", "again"]]
        db.call(lambda tx: setattr(tx.get_one(Service, shop.walk), "active", False))
        assert next_actions() == [["calendar", "wait", ""], ["", ""]]
        row = db.query(queries.my_bookings, maya).rows[0]
    assert (row.for_whom, row.fieldworker) == ("Maya Chen", "Ana")


def test_the_shortcuts_at_home(db: Database) -> None:
    shop = db.call(create_sample_business)
    maya = db.call(new_customer)
    noah = db.call(new_customer, "noah@example.com")
    db.call(_rows, shop, maya, [-3, -2, 1, 2, 3])
    db.call(_rows, shop, noah, [-1, 4])

    def vary(tx: Session) -> None:
        rows = tx.exec(select(Booking).order_by(Booking.starts_at)).all()  # type: ignore[arg-type]
        rows[3].status = "cancelled"

    db.call(vary)
    with frozen(TUESDAY_NINE):
        home = db.query(queries.home_bookings, maya)
        none = db.query(queries.home_bookings, db.call(new_customer, "tom@example.com"))

    assert _starts_of(home.upcoming) == [2, 3]
    assert home.again == [
        BookedServiceView("B-00000498", "dog-walk", "Dog walk", "", "Tue, 3 Nov")
    ]
    assert none == HomeBookingsView()
    for stranger in (Actor(), SYSTEM):
        with pytest.raises(NotAllowed):
            db.query(queries.home_bookings, stranger)


def test_what_was_begun_is_found_again_at_home(db: Database) -> None:
    shop = db.call(create_sample_business)
    maya, noah = (db.call(new_customer, f"{name}@example.com") for name in ("m", "n"))
    with frozen(NOW):
        # To have looked is not to have begun.
        db.call(drafts.open_draft, maya, "home-clean")
        draft = db.call(drafts.open_draft, maya, "dog-walk").id
        db.call(drafts.choose_address, maya, draft, HOME)
        begun = db.query(queries.home_bookings, maya).begun
        none = db.query(queries.home_bookings, noah).begun
    assert [(one.draft_id, one.service_slug) for one in begun] == [(draft, "dog-walk")]
    assert none == []
    db.call(lambda tx: setattr(tx.get_one(Service, shop.walk), "active", False))
    assert db.query(queries.home_bookings, maya).begun == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("active", False), ("archived_at", NOW), ("price_kind", "on_request")],
)
def test_what_cannot_be_booked_is_not_offered_again(
    db: Database, column: str, value: object
) -> None:
    shop = db.call(create_sample_business)
    maya = db.call(new_customer)
    db.call(_rows, shop, maya, [-1])
    with frozen(TUESDAY_NINE):
        assert len(db.query(queries.home_bookings, maya).again) == 1
        db.call(lambda tx: setattr(tx.get_one(Service, shop.walk), column, value))
        assert db.query(queries.home_bookings, maya).again == []
        rows = db.query(queries.my_bookings, maya, "past").rows
    assert [row.next_action for row in rows] == [""]


@pytest.mark.parametrize("spell", [str.lower, lambda n: f" {n} ", str.swapcase])
def test_a_number_may_be_typed_as_people_type(db: Database, spell: object) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    number = _booked(db, maya)

    assert callable(spell)
    assert db.query(queries.get_booking, maya, spell(number)).number == number


def test_another_customers_booking_is_refused_like_a_missing_one(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    noah = db.call(new_customer, "noah@example.com")
    number = _booked(db, maya)
    before = database_snapshot(db)

    answers = set()
    for ask in (queries.get_booking, queries.calendar_entry):
        for wanted in (number, "B-0000-0000", "", "x" * 1000):
            with pytest.raises(NotFound) as refused:
                db.query(ask, noah, wanted)
            answers.add(refused.value.message)
    with frozen(NOW):
        page = db.query(queries.my_bookings, noah)

    assert answers == {"We could not find that booking."}
    assert page == BookingPage(rows=[], page=1, has_more=False, total=0)
    assert database_snapshot(db) == before


@pytest.mark.parametrize("actor", [Actor(), SYSTEM])
def test_only_a_customer_has_bookings(db: Database, actor: Actor) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    number = _booked(db, maya)

    with pytest.raises(NotAllowed):
        db.query(queries.my_bookings, actor)
    for ask in (queries.get_booking, queries.calendar_entry):
        with pytest.raises(NotAllowed):
            db.query(ask, actor, number)


def test_a_calendar_gets_the_same_times_and_texts(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    number = _booked(db, maya)

    entry = db.query(queries.calendar_entry, maya, number)

    assert entry == CalendarEntry(
        uid=number,
        sequence=0,
        starts_at=TUESDAY_NINE,
        ends_at=_after(195),
        changed_at=NOW,
        cancelled=False,
        title="Home clean – Brightside",
        place="Unit 3, 12 Ocean Street, Bondi NSW 2026",
        description=f"Booking {number} with Ana.",
        timezone="Australia/Sydney",
        number=number,
        business_name="Brightside",
        business_email="hello@brightside.example",
    )
    assert entry.starts_at.tzinfo is UTC
    assert entry.changed_at.tzinfo is UTC


def test_booking_queries_use_indexes(sqlite_db: Database) -> None:
    db = sqlite_db
    shop = db.call(create_sample_business)
    maya = db.call(new_customer)
    db.call(_rows, shop, maya, list(range(40)))
    number = _booked(db, db.call(new_customer, "noah@example.com"))

    with frozen(NOW), statements_of(db) as asked:
        for when in ("upcoming", "past"):
            db.query(queries.my_bookings, maya, when)
        with pytest.raises(NotFound):
            db.query(queries.get_booking, maya, number)
        draft = ready_draft(
            db,
            maya,
            slug="home-clean",
            answers={"bedrooms": "one"},
            starts_at=_after(300),
        )
        confirmation.confirm(db, maya, draft.id, draft.shown)

    scanned = set()
    with db.read() as tx:
        for statement, parameters in asked:
            if statement.startswith("SELECT"):
                plan = tx.connection().exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {statement}", parameters
                )
                scanned |= {row.detail for row in plan if row.detail.startswith("SCAN")}
    # The business's one row is the only table that is ever read whole.
    assert {
        detail
        for detail in scanned
        if "booking" in detail or "claim" in detail or "location" in detail
    } == set()
    with db.read() as tx:
        assert len(tx.exec(select(Booking)).all()) == 42
