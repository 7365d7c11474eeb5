"""The calendar file: right on both sides of a change of the clocks, for its owner."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from icalendar import Calendar
from sqlmodel import select
from starlette.applications import Starlette

from portal_app.api.calendar import calendar_file, calendar_routes
from portal_app.domain.bookings import calendar_feeds, changes, confirmation
from portal_app.domain.bookings.models import Booking
from portal_app.domain.bookings.views import CalendarEntry
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed, NotFound
from portal_app.settings import Settings
from tests.support.accounts import HashingCalls
from tests.support.asgi import ORIGIN, request
from tests.support.people import actor_of, new_customer, session_cookie
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    create_sample_business,
    ready_draft,
)
from tests.support.snapshots import database_snapshot


@pytest.fixture
def cookie(sqlite_db: Database, hashing: HashingCalls) -> str:
    sqlite_db.call(create_sample_business)
    return session_cookie(sqlite_db, new_customer(sqlite_db))


def _book(db: Database, cookie: str) -> str:
    who = actor_of(db, cookie)
    with frozen(NOW):
        draft = ready_draft(db, who)
        return confirmation.confirm(db, who, draft.id, draft.shown)


def _ask(db: Database, path: str) -> httpx.Response:
    settings = Settings(_env_file=None, base_url=ORIGIN)
    app = Starlette(routes=calendar_routes(db, settings))
    return request(app, "GET", path)


def _get(db: Database, number: str, cookie: str = "") -> httpx.Response:
    settings = Settings(_env_file=None, base_url=ORIGIN)
    app = Starlette(routes=calendar_routes(db, settings))
    headers = {"cookie": cookie} if cookie else {}
    return request(app, "GET", f"/api/calendar/{number}.ics", headers=headers)


def test_the_owner_gets_it(sqlite_db: Database, cookie: str) -> None:
    number = _book(sqlite_db, cookie)
    answer = _get(sqlite_db, number.lower(), cookie)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (
        answer.headers["content-disposition"]
        == f'attachment; filename="booking-{number}.ics"'
    )
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["dtstart"].dt == TUESDAY_NINE
    assert event["dtend"].dt == TUESDAY_NINE + timedelta(minutes=30)
    assert str(event["summary"]) == "Dog walk – Brightside"
    assert str(event["location"]) == "Unit 3, 12 Ocean Street, Bondi NSW 2026"
    assert str(event["organizer"]) == "mailto:hello@brightside.example"
    assert event["organizer"].params["CN"] == "Brightside"
    assert str(event["status"]) == "CONFIRMED"


def test_it_is_the_same_every_time(sqlite_db: Database, cookie: str) -> None:
    number = _book(sqlite_db, cookie)
    first = _get(sqlite_db, number, cookie).content
    assert _get(sqlite_db, number, cookie).content == first


def test_everybody_else_gets_the_same_404(sqlite_db: Database, cookie: str) -> None:
    number = _book(sqlite_db, cookie)
    other = session_cookie(sqlite_db, new_customer(sqlite_db, "Noah"))
    before = database_snapshot(sqlite_db)
    answers = [
        _get(sqlite_db, number),
        _get(sqlite_db, number, "portal=forged"),
        _get(sqlite_db, number, other),
        _get(sqlite_db, "B-0000-0000", cookie),
        _get(sqlite_db, "%22%0d%0a", cookie),
    ]
    assert [a.status_code for a in answers] == [404] * 5
    assert len({a.content for a in answers}) == 1
    assert {a.headers["cache-control"] for a in answers} == {"private, no-store"}
    assert database_snapshot(sqlite_db) == before


@pytest.mark.parametrize(
    ("starts_at", "written"),
    [
        # 02:30 in Sydney happens twice on 5 April 2026.
        (
            datetime(2026, 4, 4, 15, 30, tzinfo=UTC),
            b"DTSTART;TZID=Australia/Sydney:20260405T023000",
        ),
        (datetime(2026, 4, 4, 16, 30, tzinfo=UTC), b"DTSTART:20260404T163000Z"),
        # 09:00 in Sydney before and after the clocks go forward.
        (
            datetime(2026, 10, 2, 23, 0, tzinfo=UTC),
            b"DTSTART;TZID=Australia/Sydney:20261003T090000",
        ),
        (
            datetime(2026, 10, 4, 22, 0, tzinfo=UTC),
            b"DTSTART;TZID=Australia/Sydney:20261005T090000",
        ),
    ],
)
def test_times_are_instants(starts_at: datetime, written: bytes) -> None:
    text = calendar_file(_entry(starts_at))
    assert written in text.splitlines()
    calendar = Calendar.from_ical(text)
    assert [str(one["tzid"]) for one in calendar.walk("VTIMEZONE")] in (
        ["Australia/Sydney"],
        [],
    )
    [event] = calendar.walk("VEVENT")
    assert event["dtstart"].dt.astimezone(UTC) == starts_at


def test_typed_text_cannot_add_lines() -> None:
    entry = _entry(TUESDAY_NINE, title="A\r\nATTENDEE:mailto:x@y.example; B,C")
    [event] = Calendar.from_ical(calendar_file(entry)).walk("VEVENT")
    assert "attendee" not in event


def test_a_cancelled_booking_takes_the_entry_away() -> None:
    text = calendar_file(_entry(TUESDAY_NINE, cancelled=True))
    assert {b"STATUS:CANCELLED", b"METHOD:CANCEL"} <= set(text.splitlines())
    text = calendar_file(_entry(TUESDAY_NINE, pending=True))
    assert {b"STATUS:TENTATIVE", b"METHOD:PUBLISH"} <= set(text.splitlines())


def test_long_lines_are_folded_and_signs_escaped() -> None:
    title = "Über alles, immer; " * 20
    text = calendar_file(_entry(TUESDAY_NINE, title=title))
    assert max(map(len, text.split(b"\r\n"))) <= 75
    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert str(event["summary"]) == title


def test_a_feed_is_read_by_its_address_until_it_is_made_anew(
    sqlite_db: Database, cookie: str
) -> None:
    number = _book(sqlite_db, cookie)
    who = actor_of(sqlite_db, cookie)
    first = sqlite_db.call(calendar_feeds.create_customer_feed, who)
    with frozen(NOW):
        answer = _ask(sqlite_db, first)
        assert (answer.status_code, answer.headers["cache-control"]) == (
            200,
            "private, no-store",
        )
        [event] = Calendar.from_ical(answer.content).walk("VEVENT")
        assert (str(event["uid"]), str(event["sequence"])) == (number, "0")
        offer = sqlite_db.call(changes.preview_cancellation, who, number)
        sqlite_db.call(changes.take_offer, who, offer.id)
        [event] = Calendar.from_ical(_ask(sqlite_db, first).content).walk("VEVENT")
        assert (str(event["status"]), event["sequence"]) == ("CANCELLED", 1)
    second = sqlite_db.call(calendar_feeds.create_customer_feed, who)
    assert [_ask(sqlite_db, one).status_code for one in (first, second)] == [404, 200]
    other = actor_of(
        sqlite_db, session_cookie(sqlite_db, new_customer(sqlite_db, "Noah"))
    )
    of_other = sqlite_db.call(calendar_feeds.create_customer_feed, other)
    assert b"VEVENT" not in _ask(sqlite_db, of_other).content


def test_the_feed_of_a_fieldworker_has_whom_they_visit(
    sqlite_db: Database, cookie: str
) -> None:
    number = _book(sqlite_db, cookie)
    ana = sqlite_db.query(lambda tx: tx.exec(select(Booking)).one().fieldworker_id)
    who = actor_of(sqlite_db, cookie)
    with pytest.raises(NotAllowed):
        sqlite_db.call(calendar_feeds.create_fieldworker_feed, who, ana)
    with pytest.raises(NotFound):
        sqlite_db.call(calendar_feeds.create_fieldworker_feed, SYSTEM, "nobody")
    path = sqlite_db.call(calendar_feeds.create_fieldworker_feed, SYSTEM, ana)
    with frozen(NOW):
        [event] = Calendar.from_ical(_ask(sqlite_db, path).content).walk("VEVENT")
    assert str(event["summary"]) == "Dog walk – Maya Chen"
    assert str(event["description"]) == f"Booking {number} with Ana."


def _entry(starts_at: datetime, **changes: object) -> CalendarEntry:
    values: dict[str, object] = {
        "uid": "B-7K3M-9QXT",
        "sequence": 0,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "changed_at": NOW,
        "cancelled": False,
        "title": "Dog walk",
        "place": "",
        "description": "",
        "timezone": "Australia/Sydney",
        "number": "B-7K3M-9QXT",
        "business_name": "Brightside",
        "business_email": "",
    }
    return CalendarEntry(**(values | changes))  # type: ignore[arg-type]
