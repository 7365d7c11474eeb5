"""Many choose one time at the same instant: one of them holds it."""

from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.bookings import confirmation, drafts
from portal_app.domain.bookings.drafts import SlotGone
from portal_app.domain.bookings.views import DraftView
from portal_app.domain.scheduling import holds
from portal_app.domain.scheduling.models import TimeClaim
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.concurrency.threads import run_concurrently
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    create_sample_business,
    new_customer,
    ready_draft,
)

pytestmark = pytest.mark.each_database

PEOPLE = 20
OVER = NOW + timedelta(minutes=10)


def _people(tx: Session) -> list[Actor]:
    return [new_customer(tx, f"person{index}@example.com") for index in range(PEOPLE)]


def _hold(db: Database, person: Actor, draft_id: str) -> str | None:
    try:
        return db.call(drafts.choose_time, person, draft_id, TUESDAY_NINE).id
    except SlotGone:
        return None


def _confirm(db: Database, person: Actor, draft: DraftView) -> str | None:
    try:
        return confirmation.confirm(db, person, draft.id, draft.shown)
    except SlotGone:
        return None


def _active(db: Database) -> list[str]:
    """For whom time is taken, or empty for a booking."""
    with db.read() as tx:
        return list(
            tx.exec(
                select(TimeClaim.holder).where(col(TimeClaim.released_at).is_(None))
            )
        )


def test_one_of_many_holds_a_time_also_after_it_was_held(db: Database) -> None:
    db.call(create_sample_business)
    people = db.call(_people)
    with frozen(NOW):
        ready_draft(db, people[0])
        ids = [db.call(drafts.open_draft, who, "dog-walk").id for who in people]
    with frozen(OVER):
        # The hold that is over is still in the way of the guard.
        held = run_concurrently(
            [
                partial(_hold, db, who, draft_id)
                for who, draft_id in zip(people, ids, strict=True)
            ]
        )
    [winner] = [one for one in held if one is not None]
    assert _active(db) == [winner]


def test_a_hold_is_confirmed_or_swept_and_never_both(db: Database) -> None:
    db.call(create_sample_business)
    maya, noah = db.call(new_customer), db.call(new_customer, "noah@example.com")
    with frozen(NOW):
        draft = ready_draft(db, maya)
        theirs = db.call(drafts.open_draft, noah, "dog-walk").id
    with frozen(OVER):
        number, taken, _ = run_concurrently(
            [
                partial(_confirm, db, maya, draft),
                partial(_hold, db, noah, theirs),
                partial(holds.sweep, db),
            ]
        )
    # Whoever came first has it, and nobody else.
    assert (number is None) != (taken is None)
    assert _active(db) == (["" if number else theirs])
