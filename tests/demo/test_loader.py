"""Loading the demo business: the same every time, once."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

from portal_app.demo import appointments
from portal_app.demo.loader import ACCOUNTS, is_empty, load_demo
from portal_app.domain.bookings import queries, rules
from portal_app.domain.business import service as businesses
from portal_app.domain.business.rules import BusinessForm
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.customers import locations, profiles
from portal_app.domain.notifications import outbox as notifications
from portal_app.kernel.audiences import SYSTEM, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict
from tests.support.accounts import cheap_hashing, outbox_messages
from tests.support.databases import sqlite_database
from tests.support.demo import (
    MAYA,
    NOAH,
    NOW,
    OFFICE,
    SAM,
    ordered_rows,
    row_counts,
    sign_in_demo_user,
)

HISTORY = [
    ("completed", "Deep clean", "2026-08-31T22:00:00+00:00", "$419"),
    ("completed", "Regular house clean", "2026-09-30T23:00:00+00:00", "$223"),
    ("completed", "Lawn mowing", "2026-10-15T20:00:00+00:00", "$138"),
    ("completed", "Dog grooming at home", "2026-10-30T22:00:00+00:00", "$140"),
    ("completed", "Window cleaning", "2026-11-03T23:30:00+00:00", "$239"),
]
AHEAD = [
    ("confirmed", "Dog walking", "2026-11-22T22:30:00+00:00", "$50"),
    ("confirmed", "Regular house clean", "2026-11-25T22:00:00+00:00", "$278"),
    # Every second week.
    ("confirmed", "Regular house clean", "2026-12-09T22:00:00+00:00", "$278"),
    ("confirmed", "Car wash and wax", "2026-12-11T23:00:00+00:00", "$126"),
    ("confirmed", "Regular house clean", "2026-12-23T22:00:00+00:00", "$278"),
    ("confirmed", "Regular house clean", "2027-01-06T22:00:00+00:00", "$278"),
]


def _appointments(db: Database, when: str) -> list[tuple[str, str, str, str]]:
    page = db.query(queries.my_bookings, sign_in_demo_user(db, MAYA), when)
    assert page.has_more is False
    return [(r.status, r.service_name, r.starts_at, r.total) for r in page.rows]


@pytest.mark.each_database
def test_a_database_is_empty_until_somebody_puts_something_in(db: Database) -> None:
    assert is_empty(db) is True
    db.call(businesses.ensure_business)
    assert is_empty(db) is True
    load_demo(db, NOW)
    assert is_empty(db) is False


def test_a_database_without_tables_is_empty(tmp_path) -> None:  # type: ignore[no-untyped-def]
    database = Database(f"sqlite:///{tmp_path / 'nothing.db'}")
    assert is_empty(database) is True
    database.engine.dispose()


@pytest.mark.each_database
def test_loading_twice_changes_nothing(db: Database) -> None:
    assert load_demo(db, NOW) is True
    once = ordered_rows(db)
    assert load_demo(db, NOW) is False
    assert load_demo(db, NOW + timedelta(days=40)) is False
    assert ordered_rows(db) == once


def test_what_it_loads(demo_db: Database) -> None:
    counts = row_counts(demo_db)
    assert {name: counts[name] for name in ("account", "customer", "fieldworker")} == {
        "account": 4,
        "customer": 2,
        "fieldworker": 6,
    }
    shop = demo_db.query(catalogue.catalogue_view)
    assert [(c.slug, len(c.services)) for c in shop.categories] == [
        ("home-cleaning", 4),
        ("garden", 3),
        ("pool-care", 2),
        ("pet-care", 3),
        ("car-detailing", 2),
        ("childcare", 2),
    ]
    prices = {s.slug: s.from_price for c in shop.categories for s in c.services}
    assert prices["regular-house-clean"] == "$129"
    assert prices["window-cleaning"] == "$99"
    assert demo_db.query(businesses.business_view).demo is True


def test_everybody_can_sign_in(demo_db: Database) -> None:
    assert {
        email: sign_in_demo_user(demo_db, email).audience for email in ACCOUNTS
    } == {
        MAYA: Audience.CUSTOMER,
        NOAH: Audience.CUSTOMER,
        OFFICE: Audience.OFFICE,
        SAM: Audience.FIELDWORKER,
    }


def test_maya_has_a_history(demo_db: Database) -> None:
    maya = sign_in_demo_user(demo_db, MAYA)
    profile = demo_db.query(profiles.get_profile, maya)
    assert (profile.first_name, profile.last_name, profile.phone) == (
        "Maya",
        "Fernando",
        "0491 570 156",
    )
    places = demo_db.query(locations.list_locations, maya)
    assert [(place.label, place.is_default) for place in places] == [
        ("Home", True),
        ("Mum and Dad", False),
    ]
    with frozen(NOW):
        assert _appointments(demo_db, rules.PAST) == HISTORY[::-1]
        assert _appointments(demo_db, rules.UPCOMING) == AHEAD


def test_a_past_appointment_was_booked_and_completed_in_its_time(
    demo_db: Database,
) -> None:
    maya = sign_in_demo_user(demo_db, MAYA)
    with frozen(NOW):
        past = demo_db.query(queries.my_bookings, maya, rules.PAST)
    oldest = demo_db.query(queries.get_booking, maya, past.rows[-1].number)
    assert [(event.at, event.who, event.text) for event in oldest.history] == [
        ("2026-09-01T02:55:00+00:00", "The office", "Completed."),
        (
            "2026-08-25T22:00:00+00:00",
            "You",
            "Booked for Tuesday, 1 September 2026, 8:00\u202fam – 12:55\u202fpm, "
            "with Sam Okafor, for $419.",
        ),
    ]


def test_noah_has_nothing_yet(demo_db: Database) -> None:
    noah = sign_in_demo_user(demo_db, NOAH)
    assert demo_db.query(locations.list_locations, noah) == []
    assert demo_db.query(queries.my_bookings, noah, rules.UPCOMING).total == 0
    assert demo_db.query(queries.my_bookings, noah, rules.PAST).total == 0


def test_nobody_gets_a_mail_until_somebody_does_something(demo_db: Database) -> None:
    assert outbox_messages(demo_db) == []
    demo_db.call(notifications.enqueue, "test", MAYA, {}, "after loading")
    assert [message.recipient for message in outbox_messages(demo_db)] == [MAYA]


@pytest.mark.parametrize("booked", range(8))
def test_an_interrupted_loading_is_completed(sqlite_db: Database, booked: int) -> None:
    real, done = appointments.load_appointment, []

    def interrupted(*args) -> None:  # type: ignore[no-untyped-def]
        if len(done) == booked:
            raise RuntimeError("interrupted")
        done.append(args)
        real(*args)

    with cheap_hashing():
        with (
            patch.object(appointments, "load_appointment", interrupted),
            pytest.raises(RuntimeError, match="interrupted"),
        ):
            load_demo(sqlite_db, NOW)
        assert load_demo(sqlite_db, NOW) is True
        with frozen(NOW):
            assert _appointments(sqlite_db, rules.PAST) == HISTORY[::-1]
            assert _appointments(sqlite_db, rules.UPCOMING) == AHEAD
        assert load_demo(sqlite_db, NOW) is False


@pytest.mark.parametrize(
    "now",
    [
        *(NOW + timedelta(days=day) for day in range(1, 7)),
        datetime(2026, 12, 20, 22, 0, tzinfo=UTC),  # everybody is away soon
        datetime(2027, 1, 4, 0, 0, tzinfo=UTC),  # everybody was away
        datetime(2027, 4, 3, 16, 30, tzinfo=UTC),  # the hour that happens twice
        datetime(2027, 10, 2, 15, 59, tzinfo=UTC),  # before the hour that is skipped
        datetime(2028, 2, 29, 13, 0, tzinfo=UTC),
    ],
    ids=lambda now: f"{now:%a %Y-%m-%d}",
)
def test_on_any_day_there_are_past_and_upcoming_ones(
    sqlite_db: Database, now: datetime
) -> None:
    with cheap_hashing(), frozen(now):
        load_demo(sqlite_db)
        past = _appointments(sqlite_db, rules.PAST)
        ahead = _appointments(sqlite_db, rules.UPCOMING)
    assert [row[:2] for row in past] == [row[:2] for row in HISTORY[::-1]]
    assert sorted(row[:2] for row in ahead) == sorted(row[:2] for row in AHEAD)


def test_two_portals_get_the_same(sqlite_db: Database, tmp_path) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "other"
    folder.mkdir()
    with cheap_hashing(), sqlite_database(folder) as other, frozen(NOW):
        load_demo(sqlite_db)
        load_demo(other)
        assert row_counts(sqlite_db) == row_counts(other)
        for when in (rules.PAST, rules.UPCOMING):
            assert _appointments(sqlite_db, when) == _appointments(other, when)


def test_another_business_is_left_alone(demo_db: Database) -> None:
    form = BusinessForm(
        name="Sunnyside", timezone="UTC", currency="EUR", country="IE", locale="en_IE"
    )
    demo_db.call(businesses.save_business, SYSTEM, form)
    before = ordered_rows(demo_db)
    with pytest.raises(Conflict, match="belongs to a business already"):
        load_demo(demo_db, NOW)
    assert ordered_rows(demo_db) == before
