"""Series that want the same times: each has all of its visits, or none."""

from functools import partial

import pytest
from sqlmodel import col, select

from portal_app.domain.bookings import confirmation
from portal_app.domain.bookings.draft_repetition import RepetitionForm
from portal_app.domain.bookings.drafts import SlotGone
from portal_app.domain.bookings.models import Booking
from portal_app.domain.bookings.repetition import WEEKS
from portal_app.domain.bookings.series import VisitsTaken
from portal_app.domain.bookings.series_extension import extend_series
from portal_app.domain.bookings.views import DraftView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.concurrency.threads import run_concurrently
from tests.support.sample_business import NOW, create_sample_business, new_customer
from tests.support.series import ENDLESS, book_series, repeating_draft, week
from tests.support.snapshots import database_snapshot

pytestmark = pytest.mark.each_database


def _confirm(db: Database, who: Actor, draft: DraftView) -> str:
    try:
        return confirmation.confirm(db, who, draft.id, draft.shown)
    except (SlotGone, VisitsTaken):
        return ""


def test_of_series_at_the_same_times_one_is_booked_whole(db: Database) -> None:
    db.call(create_sample_business)
    with frozen(NOW):
        jobs = []
        for number in range(6):
            who = db.call(new_customer, f"person{number}@example.com")
            # They begin on different weeks, and overlap.
            form = RepetitionForm(WEEKS, visits=5)
            draft = repeating_draft(
                db, who, form, starts_at=week(number % 3), hold=False
            )
            jobs.append(partial(_confirm, db, who, draft))
        numbers = run_concurrently(jobs)

    stored = database_snapshot(db)
    assert sum(bool(number) for number in numbers) == 1
    assert len(stored["booking_series"]) == 1
    assert len(stored["booking"]) == len(stored["time_claim"]) == 5
    assert len({row["starts_at"] for row in stored["booking"]}) == 5


def test_with_two_who_can_come_two_series_are_booked_whole(db: Database) -> None:
    db.call(create_sample_business)
    with frozen(NOW):
        jobs = []
        for number in range(6):
            who = db.call(new_customer, f"person{number}@example.com")
            draft = repeating_draft(
                db, who, slug="home-clean", answers={"bedrooms": "one"}, hold=False
            )
            jobs.append(partial(_confirm, db, who, draft))
        numbers = run_concurrently(jobs)

    assert sum(bool(number) for number in numbers) == 2
    with db.read() as tx:
        booked = tx.exec(select(Booking).order_by(col(Booking.starts_at))).all()
    assert len(booked) == 8
    assert len({(one.fieldworker_id, one.starts_at) for one in booked}) == 8


def test_a_series_confirmed_from_many_tabs_is_one(db: Database) -> None:
    db.call(create_sample_business)
    with frozen(NOW):
        maya = db.call(new_customer)
        draft = repeating_draft(db, maya)
        numbers = run_concurrently([partial(_confirm, db, maya, draft)] * 8)
    assert len(set(numbers)) == 1
    assert len(database_snapshot(db)["booking"]) == 4


def test_two_that_extend_a_series_book_each_visit_once(db: Database) -> None:
    db.call(create_sample_business)
    with frozen(NOW):
        book_series(db, db.call(new_customer), ENDLESS)
    with frozen(week(2)):
        counts = run_concurrently([partial(extend_series, db)] * 4)
    assert sorted(counts) == [0, 0, 0, 2]
    assert len(database_snapshot(db)["booking"]) == 11
