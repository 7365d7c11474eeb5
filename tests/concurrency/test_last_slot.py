"""Fifty people confirm the last slot at the same instant."""

from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlmodel import Session

from portal_app.domain.bookings import confirmation, drafts
from portal_app.domain.bookings.drafts import SlotGone, open_draft
from portal_app.domain.bookings.views import DraftView
from portal_app.domain.scheduling import service as scheduling
from portal_app.domain.scheduling.models import CLAIM_GUARD
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.concurrency.threads import BARRIER_TIMEOUT_SECONDS, run_concurrently
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    create_sample_business,
    new_customer,
    ready_draft,
)
from tests.support.snapshots import database_snapshot

pytestmark = pytest.mark.each_database

PEOPLE = 50


def _drop_claim_guard(db: Database) -> None:
    """In this test's own database."""
    with db.write() as tx:
        if db.is_sqlite:
            for moment in ("insert", "update"):
                tx.execute(text(f"DROP TRIGGER {CLAIM_GUARD}_{moment}"))
        else:
            tx.execute(text(f"ALTER TABLE time_claim DROP CONSTRAINT {CLAIM_GUARD}"))


def _people(tx: Session) -> list[Actor]:
    return [new_customer(tx, f"person{index}@example.com") for index in range(PEOPLE)]


def _confirm(db: Database, person: Actor, draft: DraftView) -> str | SlotGone:
    try:
        return confirmation.confirm(db, person, draft.id, draft.shown)
    except SlotGone as gone:
        return gone


def _check_then_confirm(
    db: Database, service_id: str, everybody_looked: Barrier, person: Actor
) -> str | SlotGone:
    """A check before the write, with everybody else's check in between."""
    draft = db.call(drafts.open_draft, person, "dog-walk")
    assert db.query(scheduling.is_free, service_id, 30, TUESDAY_NINE)
    everybody_looked.wait(BARRIER_TIMEOUT_SECONDS)
    return _confirm(db, person, draft)


def _race(
    db: Database, service_id: str, people: list[Actor]
) -> tuple[list[str], list[SlotGone]]:
    looked = Barrier(len(people))
    answers = run_concurrently(
        [partial(_check_then_confirm, db, service_id, looked, who) for who in people]
    )
    return (
        [answer for answer in answers if isinstance(answer, str)],
        [answer for answer in answers if isinstance(answer, SlotGone)],
    )


def test_without_the_guard_everybody_gets_the_last_slot(db: Database) -> None:
    shop = db.call(create_sample_business)
    people = db.call(_people)
    _drop_claim_guard(db)
    with frozen(NOW):
        for person in people:
            ready_draft(db, person, fieldworker_id=shop.ana, hold=False)
        numbers, refusals = _race(db, shop.walk, people)

    # Everybody looked while it was free, and everybody wrote.
    assert (len(set(numbers)), refusals) == (PEOPLE, [])
    stored = database_snapshot(db)
    assert len(stored["booking"]) == PEOPLE
    assert {
        (claim["fieldworker_id"], claim["starts_at"]) for claim in stored["time_claim"]
    } == {(shop.ana, TUESDAY_NINE)}


def test_with_the_guard_one_gets_the_last_slot_and_nobody_loses_a_draft(
    db: Database,
) -> None:
    shop = db.call(create_sample_business)
    people = db.call(_people)
    with frozen(NOW):
        for person in people:
            ready_draft(db, person, fieldworker_id=shop.ana, hold=False)
        before = database_snapshot(db)
        numbers, refusals = _race(db, shop.walk, people)

    after = database_snapshot(db)
    assert (len(numbers), len(refusals)) == (1, PEOPLE - 1)
    [booking] = after["booking"]
    [claim] = after["time_claim"]
    assert (booking["number"], booking["claim_id"]) == (numbers[0], claim["id"])
    assert len(after["booking_event"]) == len(after["booking_line"]) == 1
    assert [mail["dedupe_key"] for mail in after["outbox_message"]] == [
        f"{kind}:{booking['id']}" for kind in ("booking_confirmed", "booking_received")
    ]
    # The others' drafts are, to the last column, what they were.
    assert [d for d in after["booking_draft"] if d["id"] != booking["draft_id"]] == [
        d for d in before["booking_draft"] if d["id"] != booking["draft_id"]
    ]
    # Each is told the same free times, the nearest to the one that is gone.
    nearest = [
        (TUESDAY_NINE + timedelta(minutes=minutes)).isoformat()
        for minutes in (30, 60, 90)
    ]
    assert [[time.starts_at for time in gone.times] for gone in refusals] == [
        nearest
    ] * (PEOPLE - 1)


def test_anyone_means_that_each_fieldworker_is_booked_once(db: Database) -> None:
    shop = db.call(create_sample_business)
    people = db.call(_people)
    with frozen(NOW):
        drafts = [
            ready_draft(
                db, person, slug="home-clean", answers={"bedrooms": "one"}, hold=False
            )
            for person in people
        ]
        answers = run_concurrently(
            [
                partial(_confirm, db, person, draft)
                for person, draft in zip(people, drafts, strict=True)
            ]
        )

    assert sum(isinstance(answer, str) for answer in answers) == 2
    assert sum(isinstance(answer, SlotGone) for answer in answers) == PEOPLE - 2
    booked = database_snapshot(db)["booking"]
    assert {row["fieldworker_id"] for row in booked} == {shop.ana, shop.ben}


def test_a_draft_confirmed_from_many_tabs_is_one_booking(db: Database) -> None:
    db.call(create_sample_business)
    with frozen(NOW):
        maya = db.call(new_customer)
        draft = ready_draft(db, maya, slug="home-clean", answers={"bedrooms": "one"})
        numbers = run_concurrently([partial(_confirm, db, maya, draft)] * 20)

    stored = database_snapshot(db)
    [booking] = stored["booking"]
    assert numbers == [booking["number"]] * 20
    # Two fieldworkers were free: a second booking would have been possible.
    assert len(stored["time_claim"]) == 1
    assert len(stored["booking_event"]) == 1
    assert len(stored["outbox_message"]) == 2


def test_a_wizard_opened_in_many_tabs_is_one_draft(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)

    drafts = run_concurrently([partial(db.call, open_draft, maya, "dog-walk")] * 20)

    [stored] = database_snapshot(db)["booking_draft"]
    assert {draft.id for draft in drafts} == {stored["id"]}
