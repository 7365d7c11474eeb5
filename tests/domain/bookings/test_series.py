"""Booking a series: looked at first, and then all of it or nothing."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from portal_app.domain.bookings import confirmation, draft_repetition, drafts
from portal_app.domain.bookings.draft_repetition import (
    ON_A_DAY,
    RepetitionForm,
)
from portal_app.domain.bookings.models import (
    Booking,
    BookingDraft,
    BookingEvent,
    BookingSeries,
)
from portal_app.domain.bookings.repetition import MONTH_DAYS, MONTH_WEEKDAYS, WEEKS
from portal_app.domain.bookings.series import VisitsTaken
from portal_app.domain.bookings.series_plan import LEAVE_OUT
from portal_app.domain.bookings.series_views import PlannedVisitView, RepetitionView
from portal_app.domain.catalogue.models import Service
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.domain.scheduling.models import TimeClaim
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from portal_app.kernel.features import Feature
from tests.support.sample_business import (
    TUESDAY_NINE,
    new_customer,
    ready_draft,
)
from tests.support.series import (
    ENDLESS,
    WEEKLY,
    book_once,
    book_series,
    repeating_draft,
    shown_again,
    week,
)
from tests.support.snapshots import database_snapshot
from tests.support.statements import statements_of
from tests.support.switches import switched_off

pytestmark = [
    pytest.mark.each_database,
    pytest.mark.usefixtures("monday_morning"),
]


def _look(db: Database, who: Actor, draft_id: str) -> RepetitionView:
    return db.query(draft_repetition.repetition_view, who, draft_id)


def _states(found: RepetitionView) -> list[tuple[str, str]]:
    return [(visit.day, visit.state) for visit in found.preview.visits]


def test_once_is_what_is_proposed(db: Database, maya: Actor) -> None:
    draft = ready_draft(db, maya)
    found = _look(db, maya, draft.id)
    assert (found.offered, found.unit, found.ends) == (True, "", "visits")
    assert found.units == [
        ("", "Just once"),
        ("weeks", "Every week on Tuesday"),
        ("month_days", "Every month on day 3"),
        ("month_weekdays", "Every month on the first Tuesday"),
    ]
    assert found.preview.visits == []


def test_nothing_repeats_before_a_time_is_chosen(db: Database, maya: Actor) -> None:
    draft = db.call(drafts.open_draft, maya, "dog-walk")
    assert _look(db, maya, draft.id) == RepetitionView()
    with pytest.raises(InvalidInput) as refused:
        db.call(draft_repetition.choose_repetition, maya, draft.id, WEEKLY)
    assert list(refused.value.fields) == ["time"]


def test_every_date_is_shown_with_what_it_costs(db: Database, maya: Actor) -> None:
    draft = repeating_draft(db, maya)
    found = _look(db, maya, draft.id)
    assert found.preview.text == "Every week on Tuesday, 4 visits, until 24 Nov 2026"
    assert found.preview.visits[1] == PlannedVisitView(
        wanted=week(1).isoformat(),
        number=2,
        day="Tue, 10 Nov",
        time="9:00\u202fam",
        state="free",
        can_change=True,
    )
    assert _states(found) == [
        ("Tue, 3 Nov", "free"),
        ("Tue, 10 Nov", "free"),
        ("Tue, 17 Nov", "free"),
        ("Tue, 24 Nov", "free"),
    ]
    assert (found.preview.price, found.preview.total) == ("4 visits at $25", "$100")
    assert (found.preview.taken, found.preview.more) == (0, "")


def test_dates_that_are_not_open_yet_come_later(db: Database, maya: Actor) -> None:
    draft = repeating_draft(db, maya, RepetitionForm(WEEKS, every=4, visits=4))
    found = _look(db, maya, draft.id)
    assert _states(found)[2:] == [("Tue, 29 Dec", "free"), ("Tue, 26 Jan", "later")]
    assert found.preview.total == "$100"
    assert found.preview.more == (
        "1 visit from Tue, 26 Jan on cannot be booked yet. We book it as soon as "
        "the calendar opens."
    )


def test_a_series_without_an_end_is_shown_as_far_as_the_calendar(
    db: Database, maya: Actor
) -> None:
    draft = repeating_draft(db, maya, ENDLESS)
    found = _look(db, maya, draft.id)
    assert len(found.preview.visits) == 9
    assert found.preview.text == "Every week on Tuesday"
    assert found.preview.more == (
        "It goes on from Tue, 5 Jan, until you end it. We book the dates that follow "
        "as soon as the calendar opens."
    )


def test_the_last_day_ends_it_and_a_usual_one_is_proposed(
    db: Database, maya: Actor
) -> None:
    form = RepetitionForm(MONTH_DAYS, ends=ON_A_DAY)
    draft = repeating_draft(db, maya, form)
    assert _look(db, maya, draft.id).until == "2027-01-26"
    until = RepetitionForm(MONTH_WEEKDAYS, ends=ON_A_DAY, until=date(2026, 12, 1))
    db.call(draft_repetition.choose_repetition, maya, draft.id, until)
    found = _look(db, maya, draft.id)
    assert _states(found) == [("Tue, 3 Nov", "free"), ("Tue, 1 Dec", "free")]


def test_a_taken_date_is_offered_the_nearest_free_time(
    db: Database, maya: Actor
) -> None:
    noah = db.call(new_customer, "noah@example.com")
    book_once(db, noah, week(1))
    draft = repeating_draft(db, maya)
    visit = _look(db, maya, draft.id).preview.visits[1]
    assert (visit.state, visit.nearest, visit.nearest_text) == (
        "taken",
        (week(1) + timedelta(minutes=30)).isoformat(),
        "Tue, 10 Nov, 9:30\u202fam",
    )


def test_a_time_nearer_to_another_visit_is_not_offered(
    db: Database, maya: Actor
) -> None:
    draft = repeating_draft(db, maya, RepetitionForm(WEEKS, visits=3))
    [ana] = db.query(drafts.fieldworkers, maya, draft.id)
    with db.write() as tx:
        tx.add(
            TimeClaim(
                fieldworker_id=ana.id,
                starts_at=week(1) - timedelta(days=3, hours=12),
                ends_at=week(1) + timedelta(days=3, hours=11),
            )
        )
    visits = _look(db, maya, draft.id).preview.visits
    assert [(one.state, one.nearest) for one in visits[1:]] == [
        ("taken", ""),
        ("free", ""),
    ]


def test_confirming_books_every_visit_at_once(db: Database, maya: Actor) -> None:
    number = book_series(db, maya)

    with db.read() as tx:
        [series] = tx.exec(select(BookingSeries)).all()
        visits = tx.exec(select(Booking).order_by(col(Booking.series_index))).all()
        claims = tx.exec(select(TimeClaim)).all()
        events = tx.exec(select(BookingEvent)).all()
        mails = tx.exec(select(OutboxMessage)).all()
        open_drafts = tx.exec(
            select(BookingDraft).where(col(BookingDraft.closed_at).is_(None))
        ).all()
    assert visits[0].number == number
    assert [(one.series_id, one.series_index, one.starts_at) for one in visits] == [
        (series.id, index, week(index)) for index in range(4)
    ]
    assert {one.status for one in visits} == {"confirmed"}
    assert {one.id for one in claims} == {one.claim_id for one in visits}
    assert sorted(one.booking_id for one in events) == sorted(v.id for v in visits)
    assert open_drafts == []
    assert (series.next_index, series.next_day, series.left_out) == (4, None, [])
    # One mail to the customer, one to the office, for all of them.
    assert sorted(mail.kind for mail in mails) == [
        "booking_confirmed",
        "booking_received",
    ]
    payload = mails[0].payload
    assert payload["repeats"] == "Every week on Tuesday, 4 visits, until 24 Nov 2026"
    assert payload["visits_total"] == "4 visits: $100"
    assert [one["number"] for one in payload["visits"]] == [v.number for v in visits]
    assert payload["visits"][3]["when"] == "Tue, 24 Nov, 9:00\u202fam"
    assert payload["goes_on"] == ""


def test_confirming_again_returns_the_same_number(db: Database, maya: Actor) -> None:
    draft = repeating_draft(db, maya)
    number = confirmation.confirm(db, maya, draft.id, draft.shown)
    before = database_snapshot(db)
    assert confirmation.confirm(db, maya, draft.id, draft.shown) == number
    assert database_snapshot(db) == before


def test_one_taken_date_books_nothing(db: Database, maya: Actor) -> None:
    draft = repeating_draft(db, maya)
    noah = db.call(new_customer, "noah@example.com")
    book_once(db, noah, week(2))
    before = database_snapshot(db)
    with pytest.raises(VisitsTaken) as refused:
        confirmation.confirm(db, maya, draft.id, draft.shown)
    assert refused.value.message == (
        "Sorry, one of the dates is not free any more, and nothing was booked. "
        "Please look at the dates again."
    )
    assert database_snapshot(db) == before


def test_what_was_chosen_instead_is_booked(db: Database, maya: Actor) -> None:
    noah = db.call(new_customer, "noah@example.com")
    book_once(db, noah, week(1))
    draft = repeating_draft(db, maya)
    instead = (week(1) + timedelta(minutes=30)).isoformat()
    choose = draft_repetition.choose_instead
    db.call(choose, maya, draft.id, week(1).isoformat(), instead)
    db.call(choose, maya, draft.id, week(2).isoformat(), LEAVE_OUT)
    found = _look(db, maya, draft.id)
    assert [state for _, state in _states(found)] == [
        *("free", "moved", "left_out", "free"),
    ]
    assert found.preview.total == "$75"

    shown = shown_again(db, maya, draft).shown
    confirmation.confirm(db, maya, draft.id, shown)

    with db.read() as tx:
        visits = tx.exec(
            select(Booking)
            .where(col(Booking.series_id).is_not(None))
            .order_by(col(Booking.starts_at))
        ).all()
        [series] = tx.exec(select(BookingSeries)).all()
    assert [(one.series_index, one.starts_at) for one in visits] == [
        (0, week(0)),
        (1, week(1) + timedelta(minutes=30)),
        (3, week(3)),
    ]
    assert series.left_out == [2]


def test_a_choice_is_taken_back(db: Database, maya: Actor) -> None:
    draft = repeating_draft(db, maya)
    choose = draft_repetition.choose_instead
    db.call(choose, maya, draft.id, week(2).isoformat(), LEAVE_OUT)
    db.call(choose, maya, draft.id, week(2).isoformat(), None)
    assert _states(_look(db, maya, draft.id))[2] == ("Tue, 17 Nov", "free")


@pytest.mark.parametrize(
    ("number", "instead"),
    [
        (0, LEAVE_OUT),  # the first is the time that was chosen
        (9, LEAVE_OUT),
        (1, week(1).isoformat()),
        (1, (week(1) + timedelta(minutes=30)).isoformat()),
    ],
)
def test_only_what_was_offered_can_be_chosen(
    db: Database, maya: Actor, number: int, instead: str
) -> None:
    draft = repeating_draft(db, maya)
    before = database_snapshot(db)
    with pytest.raises(InvalidInput):
        db.call(
            draft_repetition.choose_instead,
            maya,
            draft.id,
            week(number).isoformat(),
            instead,
        )
    assert database_snapshot(db) == before


def test_a_change_of_the_dates_asks_to_look_again(db: Database, maya: Actor) -> None:
    draft = repeating_draft(db, maya)
    db.call(
        draft_repetition.choose_instead,
        maya,
        draft.id,
        week(1).isoformat(),
        LEAVE_OUT,
    )
    with pytest.raises(confirmation.OverviewChanged):
        confirmation.confirm(db, maya, draft.id, draft.shown)


def test_not_repeating_after_all_books_one_visit(db: Database, maya: Actor) -> None:
    draft = repeating_draft(db, maya)
    once = db.call(draft_repetition.choose_repetition, maya, draft.id, RepetitionForm())
    confirmation.confirm(db, maya, draft.id, once.shown)
    with db.read() as tx:
        [booking] = tx.exec(select(Booking)).all()
        assert tx.exec(select(BookingSeries)).all() == []
    assert (booking.series_id, booking.series_index) == (None, None)


def test_dates_to_come_are_kept_with_the_series(db: Database, maya: Actor) -> None:
    book_series(db, maya, ENDLESS)
    with db.read() as tx:
        [series] = tx.exec(select(BookingSeries)).all()
        mail = tx.exec(select(OutboxMessage)).first()
    assert (series.next_index, series.next_day) == (9, date(2027, 1, 5))
    assert mail is not None
    assert mail.payload["goes_on"] == "Tue, 5 Jan"


def test_nine_is_nine_when_the_clocks_go_forward(db: Database, maya: Actor) -> None:
    # Daylight saving begins on 4 October 2026 in Sydney.
    tuesday = TUESDAY_NINE - timedelta(weeks=7) + timedelta(hours=1)
    with frozen(tuesday - timedelta(days=1)):
        book_series(db, maya, starts_at=tuesday)
    with db.read() as tx:
        starts = tx.exec(select(Booking.starts_at).order_by(col(Booking.starts_at)))
        found = [at.isoformat() for at in starts]
    assert found == [
        "2026-09-14T23:00:00+00:00",
        "2026-09-21T23:00:00+00:00",
        "2026-09-28T23:00:00+00:00",
        "2026-10-05T22:00:00+00:00",
    ]


def test_anyone_is_the_same_person_if_possible(db: Database, maya: Actor) -> None:
    book_series(db, maya, slug="home-clean", answers={"bedrooms": "one"})
    with db.read() as tx:
        people = tx.exec(select(Booking.fieldworker_id)).all()
    assert len(people) == 4
    assert len(set(people[1:])) == 1


def test_free_time_is_read_once_for_all_dates(db: Database, maya: Actor) -> None:
    few = repeating_draft(db, maya, RepetitionForm(WEEKS, visits=2))
    with statements_of(db) as for_two:
        _look(db, maya, few.id)
    many = repeating_draft(db, maya, RepetitionForm(WEEKS, visits=9))
    with statements_of(db) as for_nine:
        _look(db, maya, many.id)
    assert len(for_nine) == len(for_two)


def test_what_is_switched_off_is_refused(db: Database, maya: Actor) -> None:
    draft = repeating_draft(db, maya)
    with switched_off(db, Feature.REPEATING_BOOKINGS):
        assert _look(db, maya, draft.id) == RepetitionView(unit=WEEKS)
        before = database_snapshot(db)
        with pytest.raises(NotAllowed):
            db.call(draft_repetition.choose_repetition, maya, draft.id, WEEKLY)
        with pytest.raises(Conflict, match="not offered at the moment"):
            confirmation.confirm(db, maya, draft.id, draft.shown)
        assert database_snapshot(db) == before
        # Not to repeat is always possible.
        once = db.call(
            draft_repetition.choose_repetition, maya, draft.id, RepetitionForm()
        )
        confirmation.confirm(db, maya, draft.id, once.shown)


def test_a_service_says_whether_it_may_repeat(db: Database, maya: Actor) -> None:
    draft = repeating_draft(db, maya)
    with db.write() as tx:
        tx.exec(select(Service).where(Service.slug == "dog-walk")).one().repeats = False
    assert _look(db, maya, draft.id) == RepetitionView(unit=WEEKS)
    before = database_snapshot(db)
    with pytest.raises(InvalidInput) as refused:
        db.call(draft_repetition.choose_repetition, maya, draft.id, WEEKLY)
    assert list(refused.value.fields) == ["unit"]
    with pytest.raises(Conflict):
        confirmation.confirm(db, maya, draft.id, draft.shown)
    assert database_snapshot(db) == before


def test_somebody_elses_draft_is_not_found(db: Database, maya: Actor) -> None:
    draft = repeating_draft(db, maya)
    noah = db.call(new_customer, "noah@example.com")
    with pytest.raises(NotFound):
        _look(db, noah, draft.id)
    with pytest.raises(NotFound):
        db.call(draft_repetition.choose_repetition, noah, draft.id, WEEKLY)
    with pytest.raises(NotFound):
        db.call(
            draft_repetition.choose_instead,
            noah,
            draft.id,
            week(1).isoformat(),
            LEAVE_OUT,
        )
