from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session

from portal_app.domain.bookings import confirmation, drafts
from portal_app.domain.bookings.rules import BookingContactForm, OverviewSnapshot
from portal_app.domain.bookings.views import (
    BookingAddressView,
    DraftView,
    FreeDayView,
    FreeTimeView,
)
from portal_app.domain.catalogue import definitions
from portal_app.domain.catalogue.views import LineView
from portal_app.domain.customers import locations
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.scheduling import roster
from portal_app.domain.scheduling import service as scheduling
from portal_app.domain.scheduling.shop_window import NotOpenYet
from portal_app.domain.scheduling.views import NOTHING_YET, FieldworkerView
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.support.sample_business import (
    ANSWERS,
    CLEANING,
    CONTACT,
    HOME,
    NOW,
    TUESDAY_NINE,
    create_sample_business,
    let_everybody_go,
    new_customer,
    ready_draft,
)
from tests.support.snapshots import database_snapshot

pytestmark = pytest.mark.each_database

TUESDAY = date(2026, 11, 3)
STEPS = ["options", "address", "time", "contact", "questions"]


def _after(minutes: int) -> datetime:
    return TUESDAY_NINE + timedelta(minutes=minutes)


def _a_time(minutes: int, text: str) -> FreeTimeView:
    return FreeTimeView(
        starts_at=_after(minutes).isoformat(),
        day_iso="2026-11-03",
        day="Tue, 3 Nov",
        time=text,
    )


def test_nothing_is_begun_before_the_business_opens(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    db.call(let_everybody_go)
    visitor = Actor(visitor_hash="v")
    before = database_snapshot(db)
    with pytest.raises(NotOpenYet, match=f"^{NOTHING_YET}$"):
        db.call(drafts.open_draft, maya, "dog-walk")
    with pytest.raises(NotOpenYet, match=f"^{NOTHING_YET}$"):
        drafts.open_visitor_draft(db, visitor, "dog-walk")
    with pytest.raises(NotFound):
        db.call(drafts.open_draft, maya, "nothing")
    assert database_snapshot(db) == before
    by_office = replace(maya, on_behalf=True)
    assert db.call(drafts.open_draft, by_office, "dog-walk").service_name == "Dog walk"


def test_new_draft_is_filled_with_the_customers_profile_only(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)

    draft = db.call(drafts.open_draft, maya, "home-clean")

    assert draft == DraftView(
        id=draft.id,
        service_slug="home-clean",
        service_name="Home clean",
        answers={"bedrooms": "one", "extras": [], "windows": 0},
        lines=[
            LineView("Home clean", "$85"),
            LineView("Bedrooms: 1 bedroom", "Included"),
        ],
        total="$85",
        total_minor=8500,
        duration="1 h 30 min",
        minutes=90,
        starts_at="",
        day_iso="",
        day="",
        time="",
        fieldworker_id="",
        fieldworker="Anyone",
        location_id="",
        address=BookingAddressView(),
        address_lines=[],
        contact_name="Maya Chen",
        contact_email="maya@example.com",
        contact_phone="0491 570 156",
        notes="",
        steps=STEPS,
        done=["options"],
        ready=False,
        shown=OverviewSnapshot(1, 8500, 90),
        number="",
        notice="",
    )


def test_a_draft_with_every_step_done_is_ready(db: Database) -> None:
    shop = db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        draft = ready_draft(
            db, maya, slug="home-clean", answers=ANSWERS, fieldworker_id=shop.ben
        )

    assert db.query(locations.list_locations, maya) == []
    assert draft == DraftView(
        id=draft.id,
        service_slug="home-clean",
        service_name="Home clean",
        answers={"bedrooms": "three", "extras": ["oven"], "windows": 3},
        lines=[
            LineView("Home clean", "$85"),
            LineView("Bedrooms: 3 bedrooms", "$40"),
            LineView("Extras: Oven", "$35.50"),
            LineView("Windows × 3", "$11.97"),
        ],
        total="$172.47",
        total_minor=17247,
        duration="3 h 15 min",
        minutes=195,
        starts_at="2026-11-02T22:00:00+00:00",
        day_iso="2026-11-03",
        day="Tuesday, 3 November 2026",
        time="9:00\u202fam – 12:15\u202fpm",
        short_time="Tue, 3 Nov, 9:00\u202fam",
        held_until=(NOW + timedelta(minutes=10)).isoformat(),
        held_until_text="8:10\u202fam",
        held_seconds=600,
        fieldworker_id=shop.ben,
        fieldworker="Ben",
        location_id="",
        address=BookingAddressView(
            street="12 Ocean Street",
            unit="3",
            town="Bondi",
            state="NSW",
            postcode="2026",
            country="AU",
            access_notes="Ring twice",
        ),
        address_lines=["Unit 3, 12 Ocean Street", "Bondi NSW 2026"],
        contact_name="Maya Chen",
        contact_email="maya@example.com",
        contact_phone="0491 570 156",
        notes="The dog is friendly.",
        steps=STEPS,
        done=STEPS,
        ready=True,
        shown=OverviewSnapshot(5, 17247, 195),
        number="",
        notice="",
    )
    with frozen(NOW):
        assert db.query(drafts.get_draft, maya, draft.id) == draft


def test_opening_again_finds_the_draft_with_everything_in_it(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        draft = ready_draft(db, maya)
        before = database_snapshot(db)

        assert db.call(drafts.open_draft, maya, "dog-walk") == draft
        assert database_snapshot(db) == before
        other = db.call(drafts.open_draft, maya, "home-clean")

    assert other.id != draft.id


def test_repeating_a_step_changes_nothing(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        draft = ready_draft(db, maya, slug="home-clean", answers=ANSWERS)
        before = database_snapshot(db)

        assert ready_draft(db, maya, slug="home-clean", answers=ANSWERS) == draft

    assert database_snapshot(db) == before


def test_the_free_days_and_times_fit_the_visit(db: Database) -> None:
    shop = db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        draft = db.call(drafts.open_draft, maya, "home-clean")
        db.call(drafts.choose_options, maya, draft.id, ANSWERS)
        # Only Ben, and only until 14:00; the visit takes 3 h 45 min in all.
        db.call(scheduling.claim_time, shop.ana, _after(0), _after(480))
        db.call(scheduling.claim_time, shop.ben, _after(300), _after(480))

        days = db.query(drafts.free_days, maya, draft.id, TUESDAY, date(2026, 11, 4))
        times = db.query(drafts.free_times, maya, draft.id, TUESDAY)
        of_ana = db.query(
            drafts.free_times, maya, draft.id, TUESDAY, fieldworker_id=shop.ana
        )
        who = db.query(drafts.fieldworkers, maya, draft.id)

    assert days == [
        FreeDayView("2026-11-03", "Tuesday, 3 November 2026"),
        FreeDayView("2026-11-04", "Wednesday, 4 November 2026"),
    ]
    assert times == [
        _a_time(0, "9:00\u202fam"),
        _a_time(30, "9:30\u202fam"),
        _a_time(60, "10:00\u202fam"),
    ]
    assert of_ana == []
    assert who == [
        FieldworkerView(shop.ana, "Ana", "Ana is kind."),
        FieldworkerView(shop.ben, "Ben", "Ben is kind."),
    ]


def test_without_the_options_there_is_no_time_to_choose(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        draft = db.call(drafts.open_draft, maya, "home-clean")
        db.call(drafts.answer_option, maya, draft.id, "bedrooms", "")
        before = database_snapshot(db)
        refusals = []
        for ask in (
            lambda tx: drafts.free_days(tx, maya, draft.id, TUESDAY, TUESDAY),
            lambda tx: drafts.free_times(tx, maya, draft.id, TUESDAY),
            lambda tx: drafts.choose_time(tx, maya, draft.id, TUESDAY_NINE),
        ):
            with pytest.raises(InvalidInput) as refused:
                db.call(ask)
            refusals.append(refused.value.fields)

    assert refusals == [{"options": "Please choose the options."}] * 3
    assert database_snapshot(db) == before


def test_a_time_that_is_not_free_is_refused_with_the_nearest(db: Database) -> None:
    shop = db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        draft = ready_draft(db, maya)
        db.call(scheduling.claim_time, shop.ana, _after(60), _after(90))
        before = database_snapshot(db)

        with pytest.raises(drafts.SlotGone) as gone:
            db.call(drafts.choose_time, maya, draft.id, _after(60))

    assert gone.value.times == [
        _a_time(0, "9:00\u202fam"),
        _a_time(30, "9:30\u202fam"),
        _a_time(90, "10:30\u202fam"),
    ]
    assert database_snapshot(db) == before


@pytest.mark.parametrize(
    ("start", "who"),
    [
        (_after(7), None),
        (_after(-60), None),
        (_after(-7 * 1440), None),
        (_after(0), "nobody"),
    ],
)
def test_a_time_that_was_never_offered_is_refused(
    db: Database, start: datetime, who: str | None
) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        draft = ready_draft(db, maya)
        before = database_snapshot(db)
        with pytest.raises(drafts.SlotGone):
            db.call(drafts.choose_time, maya, draft.id, start, who)

    assert database_snapshot(db) == before


def test_a_time_without_a_zone_is_no_time(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        draft = ready_draft(db, maya)
        before = database_snapshot(db)
        with pytest.raises(InvalidInput) as refused:
            db.call(
                drafts.choose_time, maya, draft.id, TUESDAY_NINE.replace(tzinfo=None)
            )

    assert refused.value.fields == {"time": "Please choose a day and a time."}
    assert database_snapshot(db) == before


def test_wrong_options_are_refused_and_the_right_ones_stay(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        draft = ready_draft(db, maya, slug="home-clean", answers=ANSWERS)
        before = database_snapshot(db)
        with pytest.raises(InvalidInput) as refused:
            db.call(drafts.choose_options, maya, draft.id, {"windows": 99})

    assert refused.value.fields == {
        "bedrooms": "Please choose one.",
        "windows": "Please enter a number from 0 to 20.",
    }
    assert database_snapshot(db) == before


def test_longer_visit_that_no_longer_fits_loses_its_time(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        draft = ready_draft(
            db,
            maya,
            slug="home-clean",
            answers={"bedrooms": "one"},
            starts_at=_after(360),
        )
        assert draft.time == "3:00\u202fpm – 4:30\u202fpm"

        longer = db.call(drafts.choose_options, maya, draft.id, ANSWERS)

    assert (longer.starts_at, longer.time) == ("", "")
    assert longer.done == ["options", "address", "contact", "questions"]
    assert longer.notice == (
        "The time you chose is no longer available. Please choose another."
    )


def test_a_visit_that_still_fits_keeps_its_time(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        draft = ready_draft(db, maya, slug="home-clean", answers={"bedrooms": "one"})
        longer = db.call(drafts.choose_options, maya, draft.id, ANSWERS)

    assert (longer.time, longer.notice) == ("9:00\u202fam – 12:15\u202fpm", "")
    assert longer.shown.version == draft.shown.version + 1


def _without_time(draft: DraftView) -> DraftView:
    """A ready draft in its next version, which lacks the time alone."""
    return replace(
        draft,
        starts_at="",
        day_iso="",
        day="",
        time="",
        short_time="",
        held_until="",
        held_until_text="",
        held_seconds=0,
        done=[step for step in draft.steps if step != "time"],
        ready=False,
        shown=replace(draft.shown, version=draft.shown.version + 1),
    )


def test_reopened_draft_reports_a_taken_time(db: Database) -> None:
    shop = db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        draft = ready_draft(db, maya, hold=False)
        db.call(scheduling.claim_time, shop.ana, _after(0), _after(30))

        again = db.call(drafts.open_draft, maya, "dog-walk")

    assert again == replace(
        _without_time(draft),
        notice="The time you chose is no longer available. Please choose another.",
    )


def test_a_time_is_taken_back_and_nothing_else(db: Database) -> None:
    shop = db.call(create_sample_business)
    maya, noah = db.call(new_customer), db.call(new_customer, "noah@example.com")
    with frozen(NOW):
        draft = ready_draft(
            db, maya, slug="home-clean", answers=ANSWERS, fieldworker_id=shop.ben
        )
        before = database_snapshot(db)
        with pytest.raises(NotFound):
            db.call(drafts.clear_time, noah, draft.id)
        assert database_snapshot(db) == before

        cleared = db.call(drafts.clear_time, maya, draft.id)

    assert cleared == _without_time(draft)
    with frozen(NOW):
        assert db.call(drafts.clear_time, maya, draft.id) == cleared


def test_reopened_draft_reports_changed_options(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        draft = ready_draft(db, maya, slug="home-clean", answers=ANSWERS)
        fewer = replace(CLEANING, options=CLEANING.options[:2])
        db.call(definitions.define_service, SYSTEM, fewer)
        assert not db.query(drafts.get_draft, maya, draft.id).ready

        again = db.call(drafts.open_draft, maya, "home-clean")

    assert (again.answers, again.lines, again.starts_at) == ({}, [], "")
    assert again.done == ["address", "contact", "questions"]
    assert again.notice == (
        "The options of this service have changed. Please choose again."
    )


def test_a_saved_place_can_be_chosen(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    other = replace(HOME, street="1 Hill Road", unit="", access_notes="")
    home = db.call(locations.save_location, maya, HOME)
    db.call(locations.save_location, maya, other)
    draft = db.call(drafts.open_draft, maya, "dog-walk")

    chosen = db.call(drafts.choose_location, maya, draft.id, home)

    assert chosen.location_id == home
    assert chosen.address_lines == ["Unit 3, 12 Ocean Street", "Bondi NSW 2026"]
    assert chosen.address.access_notes == "Ring twice"


def test_a_place_of_somebody_else_is_not_found(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    noah = db.call(new_customer, "noah@example.com")
    of_noah = db.call(locations.save_location, noah, HOME)
    draft = db.call(drafts.open_draft, maya, "dog-walk")
    before = database_snapshot(db)

    messages = set()
    for location_id in (of_noah, "missing"):
        with pytest.raises(NotFound) as refused:
            db.call(drafts.choose_location, maya, draft.id, location_id)
        messages.add(refused.value.message)

    assert len(messages) == 1
    assert database_snapshot(db) == before


def test_every_change_makes_an_older_overview_stale(db: Database) -> None:
    shop = db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        first = ready_draft(db, maya, slug="home-clean", answers=ANSWERS)
        changed = replace(HOME, access_notes="Gate 4")
        place = db.call(locations.save_location, maya, changed)
        versions = [
            db.call(step, maya, first.id, *answer).shown.version
            for step, *answer in (
                (drafts.choose_options, {"bedrooms": "one"}),
                (drafts.answer_option, "windows", 2),
                (drafts.choose_time, TUESDAY_NINE, shop.ana),
                (drafts.choose_address, changed),
                (drafts.choose_location, place),
                (drafts.choose_location, place),
                (drafts.choose_contact, replace(CONTACT, notes="")),
            )
        ]

    assert first.shown.version == 5
    # Choosing the same place once more changes nothing.
    assert versions == [6, 7, 8, 9, 10, 10, 11]


def test_a_wrong_address_saves_no_place(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = db.call(drafts.open_draft, maya, "dog-walk")
    before = database_snapshot(db)

    with pytest.raises(InvalidInput) as refused:
        db.call(drafts.choose_address, maya, draft.id, replace(HOME, postcode="x"))

    assert list(refused.value.fields) == ["postcode"]
    assert database_snapshot(db) == before


def test_contact_details_are_normalised(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = db.call(drafts.open_draft, maya, "dog-walk")
    form = BookingContactForm(
        "  Noah   Lee ", "NOAH@Example.com ", "+61 491 570 157", " x\n"
    )

    chosen = db.call(drafts.choose_contact, maya, draft.id, form)

    assert (
        chosen.contact_name,
        chosen.contact_email,
        chosen.contact_phone,
        chosen.notes,
    ) == ("Noah Lee", "noah@example.com", "0491 570 157", "x")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 161}, "name"),
        ({"name": "<b>Maya</b>"}, "name"),
        ({"email": "maya"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"notes": "x" * 2001}, "notes"),
        ({"notes": "a\x00b"}, "notes"),
    ],
)
def test_wrong_contact_details_are_refused_next_to_their_field(
    db: Database, change: dict[str, str], field: str
) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    draft = db.call(drafts.open_draft, maya, "dog-walk")
    before = database_snapshot(db)

    with pytest.raises(InvalidInput) as refused:
        db.call(drafts.choose_contact, maya, draft.id, replace(CONTACT, **change))

    assert list(refused.value.fields) == [field]
    assert database_snapshot(db) == before


def _steps(draft_id: str, actor: Actor) -> list[Callable[[Session], object]]:
    return [
        lambda tx: drafts.choose_options(tx, actor, draft_id, {}),
        lambda tx: drafts.answer_option(tx, actor, draft_id, "x", 1),
        lambda tx: drafts.choose_time(tx, actor, draft_id, TUESDAY_NINE),
        lambda tx: drafts.choose_location(tx, actor, draft_id, "any"),
        lambda tx: drafts.choose_address(tx, actor, draft_id, AddressForm()),
        lambda tx: drafts.choose_contact(tx, actor, draft_id, CONTACT),
    ]


def _questions(draft_id: str, actor: Actor) -> list[Callable[[Session], object]]:
    return [
        lambda tx: drafts.get_draft(tx, actor, draft_id),
        lambda tx: drafts.fieldworkers(tx, actor, draft_id),
        lambda tx: drafts.free_days(tx, actor, draft_id, TUESDAY, TUESDAY),
        lambda tx: drafts.free_times(tx, actor, draft_id, TUESDAY),
    ]


def test_another_customers_draft_is_refused_like_a_missing_one(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    noah = db.call(new_customer, "noah@example.com")
    with frozen(NOW):
        draft = ready_draft(db, maya)
        before = database_snapshot(db)
        answers = set()
        for draft_id in (draft.id, "missing"):
            for ask in _steps(draft_id, noah) + _questions(draft_id, noah):
                with pytest.raises(NotFound) as refused:
                    db.call(ask)
                answers.add(refused.value.message)
            with pytest.raises(NotFound) as refused:
                confirmation.confirm(db, noah, draft_id, draft.shown)
            answers.add(refused.value.message)

    assert answers == {"We could not find that booking."}
    assert database_snapshot(db) == before


@pytest.mark.parametrize("actor", [Actor(), SYSTEM])
def test_only_customers_book(db: Database, actor: Actor) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        draft = ready_draft(db, maya)
        before = database_snapshot(db)
        for ask in _steps(draft.id, actor) + _questions(draft.id, actor):
            with pytest.raises(NotAllowed):
                db.call(ask)
        with pytest.raises(NotAllowed):
            db.call(drafts.open_draft, actor, "dog-walk")
        with pytest.raises(NotAllowed):
            confirmation.confirm(db, actor, draft.id, draft.shown)

    assert database_snapshot(db) == before


def test_confirmed_draft_is_closed_and_has_its_booking_number(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        draft = ready_draft(db, maya)
        number = confirmation.confirm(db, maya, draft.id, draft.shown)
        before = database_snapshot(db)

        for ask in _steps(draft.id, maya):
            with pytest.raises(Conflict):
                db.call(ask)
        assert db.query(drafts.get_draft, maya, draft.id).number == number
        assert database_snapshot(db) == before

        new = db.call(drafts.open_draft, maya, "dog-walk")

    assert new.id != draft.id
    assert new.done == []


def test_inactive_service_cannot_be_booked(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    before = database_snapshot(db)

    with pytest.raises(NotFound):
        db.call(drafts.open_draft, maya, "nothing")

    assert database_snapshot(db) == before


def test_time_off_takes_the_chosen_time_out_of_the_draft(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    with frozen(NOW):
        ready_draft(db, maya)
        db.call(roster.add_time_off, SYSTEM, None, _after(0), _after(1))
        again = db.call(drafts.open_draft, maya, "dog-walk")

    assert again.starts_at == ""
