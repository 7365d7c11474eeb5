from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.bookings import confirmation, drafts, queries
from portal_app.domain.bookings.models import (
    Booking,
    BookingDraft,
    BookingEvent,
    BookingLine,
)
from portal_app.domain.bookings.views import FreeTimeView
from portal_app.domain.business.models import Business
from portal_app.domain.catalogue import definitions
from portal_app.domain.catalogue.rules import PricedChoice
from portal_app.domain.customers import locations
from portal_app.domain.notifications import outbox
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.domain.scheduling import roster
from portal_app.domain.scheduling import service as scheduling
from portal_app.domain.scheduling.models import TimeClaim
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput
from tests.support.sample_business import (
    ANSWERS,
    CLEANING,
    HOME,
    NOW,
    TUESDAY_NINE,
    WALK,
    create_sample_business,
    new_customer,
    ready_draft,
)
from tests.support.snapshots import database_snapshot
from tests.support.statements import statements_of

pytestmark = [
    pytest.mark.each_database,
    pytest.mark.usefixtures("monday_morning"),
]


def _after(minutes: int) -> datetime:
    return TUESDAY_NINE + timedelta(minutes=minutes)


def test_a_confirmed_booking_keeps_everything_as_it_was_shown(db: Database) -> None:
    shop = db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = ready_draft(db, maya, slug="home-clean", answers=ANSWERS)

    number = confirmation.confirm(db, maya, draft.id, draft.shown)

    with db.read() as tx:
        booking = tx.exec(select(Booking)).one()
        lines = tx.exec(select(BookingLine).order_by(col(BookingLine.position))).all()
        event = tx.exec(select(BookingEvent)).one()
        claim = tx.exec(select(TimeClaim)).one()
        closed = tx.get_one(BookingDraft, draft.id).closed_at
    # The address became a saved place when it was booked, not before.
    [place] = [saved.id for saved in db.query(locations.list_locations, maya)]
    assert booking.model_dump(exclude={"id"}) == {
        "number": number,
        "customer_id": maya.customer_id,
        "service_id": shop.cleaning,
        "fieldworker_id": shop.ana,
        "claim_id": claim.id,
        "draft_id": draft.id,
        "status": "confirmed",
        "answer_by": None,
        "attending_at": None,
        "starts_at": TUESDAY_NINE,
        "ends_at": _after(195),
        "service_name": "Home clean",
        "currency": "AUD",
        "total_minor": 17247,
        "fee_minor": 0,
        "moves": 0,
        "contact_name": "Maya Chen",
        "contact_email": "maya@example.com",
        "contact_phone": "+61491570156",
        "company": {},
        "location_id": place,
        "address": {
            "street": "12 Ocean Street",
            "unit": "3",
            "town": "Bondi",
            "state": "NSW",
            "postcode": "2026",
            "country": "AU",
            "access_notes": "Ring twice",
        },
        "notes": "The dog is friendly.",
        "series_id": None,
        "series_index": None,
        "version": 1,
        "created_at": NOW,
    }
    assert [
        (line.description, line.quantity, line.unit_minor, line.total_minor)
        for line in lines
    ] == [
        ("Home clean", 1, 8500, 8500),
        ("Bedrooms: 3 bedrooms", 1, 4000, 4000),
        ("Extras: Oven", 1, 3550, 3550),
        ("Windows", 3, 399, 1197),
    ]
    assert [line.minutes for line in lines] == [90, 60, 30, 15]
    # With the half hour of cleaning up.
    assert (
        claim.fieldworker_id,
        claim.starts_at,
        claim.ends_at,
        claim.released_at,
    ) == (
        shop.ana,
        TUESDAY_NINE,
        _after(225),
        None,
    )
    assert event.model_dump(exclude={"id"}) == {
        "booking_id": booking.id,
        "at": NOW,
        "by": "customer",
        "account_id": maya.account_id,
        "what": "booked",
        "detail": {
            "day": "Tuesday, 3 November 2026",
            "time": "9:00\u202fam – 12:15\u202fpm",
            "fieldworker": "Ana",
            "total": "$172.47",
            "told": [],
        },
    }
    assert closed == NOW


def test_confirming_takes_at_most_22_statements(db: Database) -> None:
    """None is repeated: what several steps need is read once and passed on."""
    db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = ready_draft(db, maya, slug="home-clean", answers=ANSWERS)
    home = db.call(locations.save_location, maya, HOME)
    draft = db.call(drafts.choose_location, maya, draft.id, home)
    with statements_of(db) as executed:
        confirmation.confirm(db, maya, draft.id, draft.shown)
    statements = [statement for statement, _ in executed]
    assert len(statements) == len(set(statements)) <= 22


def test_mails_to_customer_and_business_are_written_in_the_same_transaction(
    db: Database,
) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = ready_draft(db, maya, slug="home-clean", answers=ANSWERS)

    number = confirmation.confirm(db, maya, draft.id, draft.shown)

    with db.read() as tx:
        booking = tx.exec(select(Booking)).one()
        mails = tx.exec(select(OutboxMessage).order_by(col(OutboxMessage.kind))).all()
    assert [(mail.kind, mail.recipient, mail.dedupe_key) for mail in mails] == [
        (
            "booking_confirmed",
            "maya@example.com",
            f"booking_confirmed:{booking.id}",
        ),
        (
            "booking_received",
            "hello@brightside.example",
            f"booking_received:{booking.id}",
        ),
    ]
    # The customer's opens the booking by itself; see test_links.
    assert mails[0].payload.pop("path").startswith("/login/booking?link=")
    assert mails[1].payload.pop("speakers") == []
    assert mails[1].payload.pop("answers") == []
    assert mails[0].payload == mails[1].payload
    assert mails[1].payload == {
        "number": number,
        "service": "Home clean",
        "day": "Tuesday, 3 November 2026",
        "time": "9:00\u202fam – 12:15\u202fpm",
        "duration": "3 h 15 min",
        "starts_at": "2026-11-02T22:00:00+00:00",
        "ends_at": "2026-11-03T01:15:00+00:00",
        "timezone": "Australia/Sydney",
        "fieldworker": "Ana",
        "total": "$172.47",
        "lines": [
            {"description": "Home clean", "amount": "$85"},
            {"description": "Bedrooms: 3 bedrooms", "amount": "$40"},
            {"description": "Extras: Oven", "amount": "$35.50"},
            {"description": "Windows × 3", "amount": "$11.97"},
        ],
        "place": "Unit 3, 12 Ocean Street, Bondi NSW 2026",
        "address_lines": ["Unit 3, 12 Ocean Street", "Bondi NSW 2026"],
        "access_notes": "Ring twice",
        "contact_name": "Maya Chen",
        "contact_email": "maya@example.com",
        "contact_phone": "0491 570 156",
        "company": "",
        "company_tax_number": "",
        "for_whom": "",
        "notes": "The dog is friendly.",
        "answer_by": "",
    }


def test_a_business_without_an_e_mail_gets_no_mail(db: Database) -> None:
    db.call(create_sample_business)
    db.call(lambda tx: setattr(tx.get_one(Business, 1), "email", ""))
    maya = db.call(new_customer)
    draft = ready_draft(db, maya)

    confirmation.confirm(db, maya, draft.id, draft.shown)

    assert [m["kind"] for m in database_snapshot(db)["outbox_message"]] == [
        "booking_confirmed"
    ]


def test_confirming_again_returns_the_same_number_and_does_nothing(
    db: Database,
) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = ready_draft(db, maya)
    number = confirmation.confirm(db, maya, draft.id, draft.shown)
    db.call(definitions.define_service, SYSTEM, replace(WALK, base_price_minor=9900))
    before = database_snapshot(db)

    assert confirmation.confirm(db, maya, draft.id, draft.shown) == number
    assert confirmation.confirm(
        db, maya, draft.id, replace(draft.shown, version=99)
    ) == (number)

    assert database_snapshot(db) == before


def test_missing_steps_are_reported_by_step(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = db.call(drafts.open_draft, maya, "home-clean")
    before = database_snapshot(db)

    with pytest.raises(InvalidInput) as refused:
        confirmation.confirm(db, maya, draft.id, draft.shown)

    assert refused.value.fields == {
        "address": "Please tell us where to come.",
        "time": "Please choose a day and a time.",
        "contact": "Please tell us how to reach you.",
        "questions": "Please look at the details of the visit.",
    }
    assert database_snapshot(db) == before


def test_changed_price_is_refused_until_it_was_shown(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = ready_draft(db, maya)
    db.call(definitions.define_service, SYSTEM, replace(WALK, base_price_minor=2750))
    before = database_snapshot(db)

    with pytest.raises(confirmation.OverviewChanged) as refused:
        confirmation.confirm(db, maya, draft.id, draft.shown)

    assert refused.value.message == (
        "The price has changed from $25 to $27.50. Please look at the overview again."
    )
    assert database_snapshot(db) == before

    again = db.query(drafts.get_draft, maya, draft.id)
    assert again.total == "$27.50"
    number = confirmation.confirm(db, maya, draft.id, again.shown)
    assert db.query(queries.get_booking, maya, number).total == "$27.50"


def test_price_never_comes_from_the_browser(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = ready_draft(db, maya)
    before = database_snapshot(db)

    with pytest.raises(confirmation.OverviewChanged):
        confirmation.confirm(db, maya, draft.id, replace(draft.shown, total_minor=1))

    assert database_snapshot(db) == before


def test_changed_duration_is_refused_until_it_was_shown(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = ready_draft(db, maya)
    db.call(definitions.define_service, SYSTEM, replace(WALK, duration_minutes=60))
    before = database_snapshot(db)

    with pytest.raises(confirmation.OverviewChanged) as refused:
        confirmation.confirm(db, maya, draft.id, draft.shown)

    assert refused.value.message == (
        "The visit now takes 1 h instead of 30 min. Please look at the overview again."
    )
    assert database_snapshot(db) == before


def test_outdated_overview_books_nothing(
    db: Database,
) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = ready_draft(db, maya)
    db.call(drafts.choose_time, maya, draft.id, _after(60))
    before = database_snapshot(db)

    with pytest.raises(confirmation.OverviewChanged) as refused:
        confirmation.confirm(db, maya, draft.id, draft.shown)

    assert refused.value.message == (
        "This booking was changed in another window. Please look at the overview again."
    )
    assert database_snapshot(db) == before


def test_removed_option_asks_for_the_options_again(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = ready_draft(db, maya, slug="home-clean", answers=ANSWERS)
    bedrooms, *others = CLEANING.options
    two = replace(bedrooms, choices=(PricedChoice("two", "2 bedrooms"),))
    db.call(
        definitions.define_service, SYSTEM, replace(CLEANING, options=(two, *others))
    )
    before = database_snapshot(db)

    with pytest.raises(InvalidInput) as refused:
        confirmation.confirm(db, maya, draft.id, draft.shown)

    assert refused.value.fields == {"options": "Please choose the options."}
    assert database_snapshot(db) == before


def test_a_retired_service_is_not_booked(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = ready_draft(db, maya)
    db.call(definitions.define_service, SYSTEM, replace(WALK, active=False))
    before = database_snapshot(db)

    with pytest.raises(Conflict) as refused:
        confirmation.confirm(db, maya, draft.id, draft.shown)

    assert refused.value.message == "Sorry, we do not offer this service any more."
    assert database_snapshot(db) == before


def test_time_taken_meanwhile_is_refused_with_nearest_times_and_nothing_is_lost(
    db: Database,
) -> None:
    shop = db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = ready_draft(db, maya, starts_at=_after(60), hold=False)
    db.call(scheduling.claim_time, shop.ana, _after(60), _after(90))
    before = database_snapshot(db)

    with pytest.raises(drafts.SlotGone) as gone:
        confirmation.confirm(db, maya, draft.id, draft.shown)

    assert gone.value.message == (
        "Sorry, that time has just been taken. These are the nearest free times."
    )
    assert gone.value.times == [
        FreeTimeView(
            _after(minutes).isoformat(), "2026-11-03", "Tue, 3 Nov", f"{text}\u202fam"
        )
        for minutes, text in [(0, "9:00"), (30, "9:30"), (90, "10:30")]
    ]
    assert database_snapshot(db) == before

    chosen = datetime.fromisoformat(gone.value.times[2].starts_at)
    again = db.call(drafts.choose_time, maya, draft.id, chosen)
    number = confirmation.confirm(db, maya, draft.id, again.shown)
    booked = db.query(queries.get_booking, maya, number)
    assert booked.time == "10:30\u202fam – 11:00\u202fam"


def test_the_nearest_times_are_those_of_the_fieldworker_asked_for(
    db: Database,
) -> None:
    shop = db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = ready_draft(
        db,
        maya,
        slug="home-clean",
        answers={"bedrooms": "one"},
        fieldworker_id=shop.ben,
        hold=False,
    )
    db.call(scheduling.claim_time, shop.ben, _after(0), _after(240))

    with pytest.raises(drafts.SlotGone) as gone:
        confirmation.confirm(db, maya, draft.id, draft.shown)

    # On Monday, Ben could end at 17:00; the rest of Tuesday begins at 13:00.
    assert [time.starts_at for time in gone.value.times] == [
        _after(minutes).isoformat() for minutes in (240, 270, 300)
    ]


def test_without_free_times_another_day_is_asked_for(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = ready_draft(db, maya)
    db.call(roster.add_time_off, SYSTEM, None, NOW, NOW + timedelta(days=100))
    before = database_snapshot(db)

    with pytest.raises(drafts.SlotGone) as gone:
        confirmation.confirm(db, maya, draft.id, draft.shown)

    assert (gone.value.times, gone.value.message) == (
        [],
        "Sorry, that time has just been taken. Please choose another day.",
    )
    assert database_snapshot(db) == before


def test_time_off_added_after_the_time_was_shown_stops_the_booking(
    db: Database,
) -> None:
    shop = db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = ready_draft(db, maya, fieldworker_id=shop.ana)
    db.call(roster.add_time_off, SYSTEM, shop.ana, _after(29), _after(60))
    before = database_snapshot(db)

    with pytest.raises(drafts.SlotGone) as gone:
        confirmation.confirm(db, maya, draft.id, draft.shown)

    assert gone.value.times[0].starts_at == _after(60).isoformat()
    assert database_snapshot(db) == before


def test_confirming_within_the_lead_time_books_nothing(
    db: Database,
) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = ready_draft(db, maya)
    before = database_snapshot(db)

    with frozen(_after(-119)), pytest.raises(drafts.SlotGone) as gone:
        confirmation.confirm(db, maya, draft.id, draft.shown)

    assert gone.value.times[0].starts_at == _after(30).isoformat()
    assert database_snapshot(db) == before


def test_a_number_in_use_is_drawn_again(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    numbers = iter(["B-AAAA-AAAA", "B-AAAA-AAAA", "B-AAAA-AAAA", "B-BBBB-BBBB"])
    monkeypatch.setattr(confirmation, "new_number", lambda _: next(numbers))
    first = ready_draft(db, maya)
    confirmation.confirm(db, maya, first.id, first.shown)
    second = ready_draft(db, maya, starts_at=_after(60))

    assert confirmation.confirm(db, maya, second.id, second.shown) == "B-BBBB-BBBB"

    stored = database_snapshot(db)
    assert [row["number"] for row in stored["booking"]] == [
        "B-AAAA-AAAA",
        "B-BBBB-BBBB",
    ]
    assert len(stored["booking_line"]) == len(stored["time_claim"]) == 2
    assert len(stored["outbox_message"]) == 4


def test_without_a_free_number_nothing_is_booked(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    monkeypatch.setattr(confirmation, "new_number", lambda _: "B-AAAA-AAAA")
    first = ready_draft(db, maya)
    confirmation.confirm(db, maya, first.id, first.shown)
    second = ready_draft(db, maya, starts_at=_after(60))
    before = database_snapshot(db)

    with pytest.raises(RuntimeError, match="number"):
        confirmation.confirm(db, maya, second.id, second.shown)

    assert database_snapshot(db) == before


def test_failure_after_the_claim_rolls_everything_back(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(tx: Session, *rest: object) -> None:
        raise RuntimeError("the disk is full")

    db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = ready_draft(db, maya)
    before = database_snapshot(db)
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "enqueue_all", fail)
        with pytest.raises(RuntimeError, match="disk"):
            confirmation.confirm(db, maya, draft.id, draft.shown)
    assert database_snapshot(db) == before

    confirmation.confirm(db, maya, draft.id, draft.shown)
    assert len(database_snapshot(db)["booking"]) == 1
