"""Moving and cancelling a booking, by the rules of the business."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.bookings import (
    changes,
    confirmation,
    guests,
    queries,
    rules,
)
from portal_app.domain.bookings.models import Booking, ChangeOffer
from portal_app.domain.business.booking_rules import FLAT, PERCENT, REFUSED
from portal_app.domain.scheduling.models import TimeClaim
from portal_app.domain.scheduling.service import SlotTaken
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from portal_app.kernel.features import BookingState, Feature
from tests.support.accounts import STRANGER, outbox_messages, redeem_ticket
from tests.support.booking_rules import set_rules
from tests.support.contacts import TOM, add_contact
from tests.support.sample_business import (
    CONTACT,
    NOW,
    TUESDAY_NINE,
    new_customer,
    ready_draft,
)
from tests.support.snapshots import database_snapshot
from tests.support.switches import switched_off

pytestmark = [pytest.mark.each_database, pytest.mark.usefixtures("monday_morning")]

OFFICE = Actor(Audience.OFFICE)
SECOND = timedelta(seconds=1)
HALF_AN_HOUR = timedelta(minutes=30)
CUT_OFF = TUESDAY_NINE - timedelta(hours=24)


@pytest.fixture
def number(db: Database, maya: Actor) -> str:
    """A walk of half an hour on Tuesday at nine, for $25, with Ana."""
    draft = ready_draft(db, maya)
    return confirmation.confirm(db, maya, draft.id, draft.shown)


def row_of(db: Database, number: str) -> Booking:
    query = select(Booking).where(col(Booking.number) == number)
    return db.query(lambda tx: tx.exec(query).one())


def claims(db: Database) -> list[tuple[datetime, bool]]:
    """When time is claimed, and whether it was given back."""
    rows = db.query(lambda tx: tx.exec(select(TimeClaim)).all())
    return sorted((one.starts_at, one.released_at is not None) for one in rows)


def news(db: Database) -> list[tuple[str, str, str]]:
    return [
        (mail.kind, mail.recipient, mail.payload["news"])
        for mail in outbox_messages(db)
        if mail.kind.startswith("booking_news")
    ]


def move(db: Database, actor: Actor, number: str, starts_at: datetime) -> str:
    offer = db.call(changes.preview_move, actor, number, starts_at)
    return db.call(changes.take_offer, actor, offer.id)


def cancel(db: Database, actor: Actor, number: str) -> str:
    offer = db.call(changes.preview_cancellation, actor, number)
    return db.call(changes.take_offer, actor, offer.id)


def test_cancelling_frees_the_time_and_tells_everybody(
    db: Database, maya: Actor, number: str
) -> None:
    add_contact(db, maya, replace(TOM, may=()))
    offer = db.call(changes.preview_cancellation, maya, number)
    assert (offer.fee, offer.total, offer.rest) == ("", "$25", "$25")
    assert offer.words == "Free until the visit starts"
    assert db.call(changes.take_offer, maya, offer.id) == number
    assert db.call(changes.take_offer, maya, offer.id) == number
    row = row_of(db, number)
    assert (row.status, row.fee_minor, row.version) == ("cancelled", 0, 2)
    assert claims(db) == [(TUESDAY_NINE, True)]
    assert sorted(news(db)) == [
        ("booking_news", "maya@example.com", "was cancelled"),
        ("booking_news_office", "hello@brightside.example", "was cancelled"),
        ("booking_news_told", "tom@example.com", "was cancelled"),
    ]
    told = next(m for m in outbox_messages(db) if m.kind == "booking_news_told")
    assert {"number", "path", "reason", "fee"}.isdisjoint(told.payload)
    view = db.query(queries.get_booking, maya, number)
    assert (view.history[0].who, view.history[0].text) == ("You", "Cancelled.")
    entry = db.query(queries.calendar_entry, maya, number)
    assert (entry.sequence, entry.cancelled) == (1, True)


def test_a_preview_binds_though_the_notice_passes(
    db: Database, maya: Actor, number: str
) -> None:
    set_rules(db, cancel_fee=PERCENT, cancel_percent=50)
    with frozen(CUT_OFF - SECOND):
        free = db.call(changes.preview_cancellation, maya, number)
    with frozen(CUT_OFF):
        late = db.call(changes.preview_cancellation, maya, number)
    assert (free.fee, free.rest) == ("", "$25")
    assert (late.fee, late.rest) == ("$12.50", "$12.50")
    assert free.words == "Free until Mon, 2 Nov, 9:00\u202fam, then 50 %"
    ends = CUT_OFF - SECOND + changes.OFFER_LIFETIME
    before = database_snapshot(db)
    with frozen(ends), pytest.raises(changes.OfferExpired, match="took a while"):
        db.call(changes.take_offer, maya, free.id)
    assert database_snapshot(db) == before
    with frozen(ends - SECOND):
        db.call(changes.take_offer, maya, free.id)
    assert row_of(db, number).fee_minor == 0


def test_the_fee_is_stored_and_said(db: Database, maya: Actor, number: str) -> None:
    set_rules(db, cancel_fee=FLAT, cancel_amount=1000)
    with frozen(CUT_OFF):
        cancel(db, maya, number)
    assert row_of(db, number).fee_minor == 1000
    view = db.query(queries.get_booking, maya, number)
    assert (view.fee, view.history[0].text) == ("$10", "Cancelled. Fee: $10.")
    mail = next(m for m in outbox_messages(db) if m.kind == "booking_news")
    assert mail.payload["fee"] == "$10"


def test_a_preview_ends_with_the_start_of_the_visit(
    db: Database, maya: Actor, number: str
) -> None:
    with frozen(TUESDAY_NINE - SECOND):
        offer = db.call(changes.preview_cancellation, maya, number)
    before = database_snapshot(db)
    with frozen(TUESDAY_NINE), pytest.raises(Conflict, match="has started already"):
        db.call(changes.take_offer, maya, offer.id)
    assert database_snapshot(db) == before


def test_a_booking_that_changed_needs_another_look(
    db: Database, maya: Actor, number: str
) -> None:
    offer = db.call(changes.preview_cancellation, maya, number)
    move(db, maya, number, TUESDAY_NINE + HALF_AN_HOUR)
    before = database_snapshot(db)
    with pytest.raises(changes.OfferExpired, match="changed meanwhile"):
        db.call(changes.take_offer, maya, offer.id)
    assert database_snapshot(db) == before


def test_a_new_time_may_overlap_the_old_one(
    db: Database, maya: Actor, number: str
) -> None:
    later = TUESDAY_NINE + timedelta(minutes=30)
    draft = ready_draft(
        db, maya, slug="home-clean", answers={"bedrooms": "three"}, starts_at=later
    )
    cleaning = confirmation.confirm(db, maya, draft.id, draft.shown)
    start = row_of(db, cleaning).starts_at
    free = db.query(
        changes.free_times, maya, cleaning, start.date() + timedelta(days=1)
    )
    assert (start + HALF_AN_HOUR).isoformat() in [one.starts_at for one in free]
    assert start.isoformat() not in [one.starts_at for one in free]
    assert move(db, maya, cleaning, start + HALF_AN_HOUR) == cleaning
    row = row_of(db, cleaning)
    assert (row.starts_at, row.ends_at - row.starts_at) == (
        start + HALF_AN_HOUR,
        timedelta(minutes=150),
    )
    assert (row.moves, row.version, row.status) == (1, 2, "confirmed")
    assert ("booking_news", "maya@example.com", "was moved") in news(db)
    view = db.query(queries.get_booking, maya, cleaning)
    assert view.history[0].text.startswith(
        "Moved from Tuesday, 3 November 2026, 9:30\u202fam – 12:00\u202fpm to "
        "Tuesday, 3 November 2026, 10:00\u202fam – 12:30\u202fpm, with "
    )
    entry = db.query(queries.calendar_entry, maya, cleaning)
    assert (entry.uid, entry.sequence) == (cleaning, 1)


def test_a_time_that_was_taken_leaves_the_booking_where_it_is(
    db: Database, maya: Actor, number: str
) -> None:
    elsewhere = TUESDAY_NINE + timedelta(hours=2)
    offer = db.call(changes.preview_move, maya, number, elsewhere)
    noah = db.call(new_customer, "noah@example.com")
    draft = ready_draft(db, noah, starts_at=elsewhere)
    confirmation.confirm(db, noah, draft.id, draft.shown)
    before = database_snapshot(db)
    with pytest.raises(SlotTaken):
        db.call(changes.take_offer, maya, offer.id)
    with pytest.raises(SlotTaken):
        db.call(changes.preview_move, maya, number, elsewhere)
    with pytest.raises(Conflict, match="the time it is booked for"):
        db.call(changes.preview_move, maya, number, TUESDAY_NINE)
    assert database_snapshot(db) == before


def test_moves_beyond_the_free_ones_cost(
    db: Database, maya: Actor, number: str
) -> None:
    set_rules(db, move_fee=PERCENT, move_percent=20, free_moves=1)
    move(db, maya, number, TUESDAY_NINE + HALF_AN_HOUR)
    assert row_of(db, number).fee_minor == 0
    options = db.query(changes.change_options, maya, number)
    assert options.move_text == "Costs 20 %"
    offer = db.call(changes.preview_move, maya, number, TUESDAY_NINE)
    assert (offer.fee, offer.day) == ("$5", "Tuesday, 3 November 2026")
    db.call(changes.take_offer, maya, offer.id)
    assert (row_of(db, number).fee_minor, row_of(db, number).moves) == (500, 2)


def test_page_link_and_event_agree_to_the_second(
    db: Database, maya: Actor, number: str
) -> None:
    set_rules(db, move_fee=REFUSED, cancel_fee=REFUSED)
    guest = _guest(db)
    for who in (maya, guest):
        with frozen(CUT_OFF - SECOND):
            options = db.query(changes.change_options, who, number)
            assert (options.may_move, options.may_cancel) == (True, True)
            assert options.cancel_text == (
                "Free until Mon, 2 Nov, 9:00\u202fam, then not possible"
            )
        before = database_snapshot(db)
        with frozen(CUT_OFF):
            options = db.query(changes.change_options, who, number)
            assert (options.may_move, options.may_cancel) == (False, False)
            with pytest.raises(Conflict, match="cancelled any more"):
                db.call(changes.preview_cancellation, who, number)
            with pytest.raises(Conflict, match="moved any more"):
                db.call(
                    changes.preview_move, who, number, TUESDAY_NINE + 2 * HALF_AN_HOUR
                )
        assert database_snapshot(db) == before


def _guest(db: Database) -> Actor:
    """Whoever follows the link of the customer's own mail."""
    mail = next(m for m in outbox_messages(db) if m.kind == "booking_confirmed")
    secret = str(mail.payload["path"]).partition("link=")[2]
    return redeem_ticket(db, guests.open_link(db, STRANGER, secret).ticket)


def test_a_guest_changes_it_by_the_link_and_not_by_the_number(
    db: Database, maya: Actor, number: str
) -> None:
    by_number = redeem_ticket(
        db, guests.sign_in_by_number(db, STRANGER, CONTACT.email, number).ticket
    )
    options = db.query(changes.change_options, by_number, number)
    assert (options.may_cancel, options.cancel_text) == (
        False,
        "To have it cancelled, please use the link in your email.",
    )
    before = database_snapshot(db)
    with pytest.raises(Conflict):
        db.call(changes.preview_cancellation, by_number, number)
    assert database_snapshot(db) == before
    guest = _guest(db)
    assert cancel(db, guest, number) == number
    assert row_of(db, number).status == "cancelled"


def test_a_contact_only_looks(db: Database, maya: Actor) -> None:
    add_contact(db, maya)
    draft = ready_draft(db, maya)
    number = confirmation.confirm(db, maya, draft.id, draft.shown)
    mail = next(m for m in outbox_messages(db) if m.kind == "booking_told")
    secret = str(mail.payload["path"]).partition("link=")[2]
    tom = redeem_ticket(db, guests.open_link(db, STRANGER, secret).ticket)
    assert not db.query(changes.change_options, tom, number).may_cancel
    with pytest.raises(Conflict):
        db.call(changes.preview_cancellation, tom, number)
    assert row_of(db, number).status == "confirmed"


@pytest.mark.parametrize("status", sorted(rules.ENDED_TEXTS))
def test_what_is_over_refuses_in_words(
    db: Database, maya: Actor, number: str, status: str
) -> None:
    offer = db.call(changes.preview_cancellation, maya, number)

    def end(tx: Session) -> None:
        tx.exec(select(Booking)).one().status = status

    db.call(end)
    before = database_snapshot(db)
    options = db.query(changes.change_options, maya, number)
    assert options.move_text == options.cancel_text == ""
    for call in (
        lambda: db.call(changes.preview_cancellation, maya, number),
        lambda: db.call(changes.take_offer, maya, offer.id),
        lambda: db.call(
            changes.preview_move, maya, number, TUESDAY_NINE + HALF_AN_HOUR
        ),
    ):
        with pytest.raises(Conflict) as refused:
            call()
        assert refused.value.message == rules.ENDED_TEXTS[status]
    assert database_snapshot(db) == before


@pytest.mark.parametrize(
    "off",
    [
        {"off": (Feature.RESCHEDULING, Feature.CANCELLATION)},
        {
            "closed": (
                (Feature.RESCHEDULING, BookingState.CONFIRMED),
                (Feature.CANCELLATION, BookingState.CONFIRMED),
            )
        },
    ],
)
def test_what_the_business_switched_off_is_refused(
    db: Database, maya: Actor, number: str, off: dict[str, tuple[Feature, ...]]
) -> None:
    offer = db.call(changes.preview_cancellation, maya, number)
    with switched_off(db, *off.get("off", ()), closed=off.get("closed", ())):  # type: ignore[arg-type]
        before = database_snapshot(db)
        options = db.query(changes.change_options, maya, number)
        assert (options.may_move, options.may_cancel) == (False, False)
        for call in (
            lambda: db.call(changes.preview_cancellation, maya, number),
            lambda: db.call(changes.take_offer, maya, offer.id),
        ):
            with pytest.raises(Conflict):
                call()
        assert database_snapshot(db) == before
    db.call(changes.take_offer, maya, offer.id)


def test_somebody_else_finds_nothing(db: Database, maya: Actor, number: str) -> None:
    offer = db.call(changes.preview_cancellation, maya, number)
    noah = db.call(new_customer, "noah@example.com")
    before = database_snapshot(db)
    for call in (
        lambda: db.query(changes.change_options, noah, number),
        lambda: db.call(changes.preview_cancellation, noah, number),
        lambda: db.call(changes.preview_move, noah, number, TUESDAY_NINE),
        lambda: db.call(changes.take_offer, noah, offer.id),
        lambda: db.call(changes.take_offer, maya, "0" * 26),
    ):
        with pytest.raises(NotFound):
            call()
    for audience in (Audience.PUBLIC, Audience.FIELDWORKER, Audience.READER):
        with pytest.raises(NotAllowed):
            db.call(changes.take_offer, Actor(audience), offer.id)
    assert database_snapshot(db) == before


def test_the_office_may_always_with_a_reason(
    db: Database, maya: Actor, number: str
) -> None:
    set_rules(db, cancel_fee=REFUSED)
    before = database_snapshot(db)
    for reason in ("", "  ", "x" * 301):
        with pytest.raises(InvalidInput) as refused:
            db.call(changes.cancel_by_office, OFFICE, number, reason)
        assert set(refused.value.fields) == {"reason"}
    with pytest.raises(NotAllowed):
        db.call(changes.cancel_by_office, maya, number, "A storm")
    assert database_snapshot(db) == before
    with frozen(TUESDAY_NINE - SECOND), switched_off(db, Feature.CANCELLATION):
        db.call(changes.cancel_by_office, OFFICE, number, " A storm ")
        db.call(changes.cancel_by_office, OFFICE, number, "A storm")
    assert row_of(db, number).status == "cancelled"
    assert news(db) == [("booking_news", "maya@example.com", "was cancelled")]
    mail = next(m for m in outbox_messages(db) if m.kind == "booking_news")
    assert mail.payload["reason"] == "A storm"


def test_the_office_says_who_bears_the_fee(
    db: Database, maya: Actor, number: str
) -> None:
    set_rules(db, cancel_fee=PERCENT, cancel_percent=50)
    with frozen(CUT_OFF):
        db.call(changes.cancel_by_office, OFFICE, number, "She asked us", with_fee=True)
    assert row_of(db, number).fee_minor == 1250


def test_old_previews_are_deleted(db: Database, maya: Actor, number: str) -> None:
    db.call(changes.preview_cancellation, maya, number)
    with frozen(NOW + changes.OFFER_LIFETIME + timedelta(days=30)):
        assert db.call(changes.purge_offers) == 0
    with frozen(NOW + changes.OFFER_LIFETIME + timedelta(days=30) + SECOND):
        assert db.call(changes.purge_offers) == 1
    assert db.query(lambda tx: tx.exec(select(ChangeOffer)).all()) == []
