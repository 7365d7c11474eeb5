"""Bookings that the office confirms within the time it promises."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.bookings import approval, changes, confirmation, queries, rules
from portal_app.domain.bookings.models import Booking, BookingEvent
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.models import Service
from portal_app.domain.scheduling import service as scheduling
from portal_app.domain.scheduling.models import TimeClaim
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.support.accounts import outbox_messages
from tests.support.booking_rules import set_rules
from tests.support.contacts import add_contact
from tests.support.sample_business import NOW, TUESDAY_NINE, ready_draft
from tests.support.snapshots import database_snapshot

pytestmark = [pytest.mark.each_database, pytest.mark.usefixtures("monday_morning")]

OFFICE = Actor(Audience.OFFICE)
ANSWER_BY = NOW + timedelta(hours=6)
SECOND = timedelta(seconds=1)


@pytest.fixture
def number(db: Database, maya: Actor) -> str:
    """A request for Tuesday at nine, to be answered within six hours."""

    def by_office(tx: Session) -> None:
        walk = select(Service).where(col(Service.slug) == "dog-walk")
        tx.exec(walk).one().confirmation = "office"

    db.call(by_office)
    set_rules(db, answer_hours=6)
    add_contact(db, maya)
    draft = ready_draft(db, maya)
    return confirmation.confirm(db, maya, draft.id, draft.shown)


def row_of(db: Database) -> Booking:
    return db.query(lambda tx: tx.exec(select(Booking)).one())


def is_taken(db: Database) -> bool:
    claim = db.query(lambda tx: tx.exec(select(TimeClaim)).one())
    return claim.released_at is None


def mails(db: Database) -> list[tuple[str, str]]:
    return [(mail.kind, mail.recipient) for mail in outbox_messages(db)]


def whats(db: Database) -> list[str]:
    query = select(BookingEvent.what).order_by(col(BookingEvent.id))
    return list(db.query(lambda tx: tx.exec(query).all()))


def test_a_request_keeps_the_time_and_promises_an_answer(
    db: Database, maya: Actor, number: str
) -> None:
    row = row_of(db)
    assert (row.status, row.answer_by) == ("pending", ANSWER_BY)
    assert not db.query(scheduling.is_free, row.service_id, 30, TUESDAY_NINE)
    view = db.query(queries.get_booking, maya, number)
    assert (view.status, view.answer_by) == ("pending", "Mon, 2 Nov, 2:00\u202fpm")
    assert view.history[0].text.startswith("Requested for Tuesday")
    told = [mail for mail in mails(db) if mail[0].startswith("booking")]
    assert told == [
        ("booking_confirmed", "maya@example.com"),
        ("booking_received", "hello@brightside.example"),
    ]
    for mail in outbox_messages(db):
        if mail.kind.startswith("booking"):
            assert mail.payload["answer_by"] == "Mon, 2 Nov, 2:00\u202fpm"
    page = db.query(catalogue.service_view, "dog-walk")
    assert page.request_text == (
        "We confirm this booking ourselves, within 6 hours. "
        "Until then the time is kept for you."
    )
    assert db.query(catalogue.service_view, "home-clean").request_text == ""


def test_a_request_is_answered_before_the_visit_starts(
    db: Database, maya: Actor, number: str
) -> None:
    set_rules(db, answer_hours=48)
    draft = ready_draft(db, maya, starts_at=TUESDAY_NINE + timedelta(hours=1))
    second = confirmation.confirm(db, maya, draft.id, draft.shown)
    query = select(Booking).where(col(Booking.number) == second)
    row = db.query(lambda tx: tx.exec(query).one())
    assert row.answer_by == row.starts_at


def test_approving_twice_is_one(db: Database, maya: Actor, number: str) -> None:
    with frozen(ANSWER_BY - SECOND):
        db.call(approval.approve, OFFICE, number)
        db.call(approval.approve, OFFICE, number)
        with pytest.raises(Conflict, match="was confirmed already"):
            db.call(approval.decline, OFFICE, number, "Too late")
    assert row_of(db).status == "confirmed"
    assert is_taken(db)
    assert whats(db) == ["requested", "approved"]
    assert mails(db)[-2:] == [
        ("booking_news", "maya@example.com"),
        ("booking_news_told", "tom@example.com"),
    ]
    assert outbox_messages(db)[-1].payload["news"] == "is confirmed"
    with frozen(ANSWER_BY):
        assert approval.expire_requests(db) == 0


def test_declining_frees_the_time_and_says_why(
    db: Database, maya: Actor, number: str
) -> None:
    before = database_snapshot(db)
    with pytest.raises(InvalidInput):
        db.call(approval.decline, OFFICE, number, " ")
    assert database_snapshot(db) == before
    db.call(approval.decline, OFFICE, number, "Ana is away")
    db.call(approval.decline, OFFICE, number, "Ana is away")
    assert (row_of(db).status, is_taken(db)) == ("declined", False)
    assert whats(db) == ["requested", "declined"]
    mail = next(m for m in outbox_messages(db) if m.kind == "booking_news")
    assert (mail.payload["news"], mail.payload["reason"]) == (
        "was declined",
        "Ana is away",
    )
    with pytest.raises(Conflict, match="was declined"):
        db.call(approval.approve, OFFICE, number)


def test_what_nobody_answers_lapses_once(
    db: Database, maya: Actor, number: str
) -> None:
    with frozen(ANSWER_BY - SECOND):
        assert approval.expire_requests(db) == 0
    with frozen(ANSWER_BY):
        before = database_snapshot(db)
        for answer in (
            lambda: db.call(approval.approve, OFFICE, number),
            lambda: db.call(approval.decline, OFFICE, number, "Sorry"),
        ):
            with pytest.raises(Conflict, match="not answered in time"):
                answer()
        assert database_snapshot(db) == before
        assert approval.expire_requests(db) == 1
        assert approval.expire_requests(db) == 0
    assert (row_of(db).status, is_taken(db)) == ("expired", False)
    assert sorted(mails(db)[-3:]) == [
        ("booking_news", "maya@example.com"),
        ("booking_news_office", "hello@brightside.example"),
        ("booking_news_told", "tom@example.com"),
    ]
    view = db.query(queries.get_booking, maya, number)
    assert (view.history[0].who, view.history[0].text) == (
        "The portal",
        "The request was not answered in time.",
    )


def test_a_customer_takes_a_request_back_for_free(
    db: Database, maya: Actor, number: str
) -> None:
    set_rules(db, cancel_hours=72, cancel_fee="percent", cancel_percent=50)
    offer = db.call(changes.preview_cancellation, maya, number)
    assert (offer.fee, offer.words) == ("", "Free until it is confirmed")
    db.call(changes.take_offer, maya, offer.id)
    assert (row_of(db).status, row_of(db).fee_minor) == ("cancelled", 0)


def test_a_request_that_is_moved_stays_one(
    db: Database, maya: Actor, number: str
) -> None:
    later = TUESDAY_NINE + timedelta(hours=1)
    offer = db.call(changes.preview_move, maya, number, later)
    db.call(changes.take_offer, maya, offer.id)
    row = row_of(db)
    assert (row.status, row.starts_at, row.answer_by) == ("pending", later, ANSWER_BY)


def test_only_the_office_answers(db: Database, maya: Actor, number: str) -> None:
    before = database_snapshot(db)
    for actor in (maya, Actor(Audience.READER), Actor(Audience.FIELDWORKER)):
        with pytest.raises(NotAllowed):
            db.call(approval.approve, actor, number)
        with pytest.raises(NotAllowed):
            db.call(approval.decline, actor, number, "No")
    with pytest.raises(NotFound):
        db.call(approval.approve, OFFICE, "B-0000-0000")
    assert database_snapshot(db) == before
    assert row_of(db).status == rules.PENDING
