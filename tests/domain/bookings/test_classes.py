"""Places in a class and visits for two, from the wizard to a booking and back."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.bookings import confirmation, drafts, queries, status
from portal_app.domain.bookings.models import BookingAssignment
from portal_app.domain.bookings.rules import CANCELLED
from portal_app.domain.catalogue.models import Service
from portal_app.domain.scheduling import classes
from portal_app.domain.scheduling.classes import SessionForm
from portal_app.domain.scheduling.models import TimeClaim
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    SampleBusiness,
    create_sample_business,
    new_customer,
    ready_draft,
)


@pytest.fixture
def shop(db: Database) -> SampleBusiness:
    def build(tx: Session) -> SampleBusiness:
        shop = create_sample_business(tx)
        tx.get_one(Service, shop.walk).seats = 2
        tx.get_one(Service, shop.cleaning).people_needed = 2
        form = SessionForm(day="2026-11-03", starts="09:00", fieldworker=shop.ana)
        with frozen(NOW):
            classes.schedule(tx, SYSTEM, shop.walk, form)
        return shop

    return db.call(build)


def _active(db: Database) -> list[tuple[str | None, int | None]]:
    def read(tx: Session) -> list[tuple[str | None, int | None]]:
        rows = tx.exec(
            select(TimeClaim).where(
                col(TimeClaim.released_at).is_(None), col(TimeClaim.seat).is_not(None)
            )
        )
        return [(row.service_id, row.seat) for row in rows]

    return db.query(read)


def _cancel(tx: Session, actor: Actor, number: str) -> None:
    row = status.locked_booking(tx, actor, number)
    status.transition(tx, actor, row, CANCELLED)


def test_two_customers_have_the_two_places_of_a_class(
    db: Database, shop: SampleBusiness
) -> None:
    with frozen(NOW):
        maya = db.call(new_customer)
        noah = db.call(new_customer, "noah@example.com")
        draft = ready_draft(db, maya)
        [time] = db.query(
            drafts.free_times, maya, draft.id, TUESDAY_NINE.date() + timedelta(days=1)
        )
        number = confirmation.confirm(db, maya, draft.id, draft.shown)
        other = ready_draft(db, noah)
        confirmation.confirm(db, noah, other.id, other.shown)
        assert _active(db) == [(shop.walk, 1), (shop.walk, 2)]
        db.call(_cancel, maya, number)
    assert time.note == "2 places left"
    assert _active(db) == [(shop.walk, 2)]


def test_a_visit_for_two_names_both_and_gives_both_back(
    db: Database, shop: SampleBusiness
) -> None:
    start = TUESDAY_NINE + timedelta(hours=2)
    with frozen(NOW):
        maya = db.call(new_customer)
        draft = ready_draft(
            db, maya, slug="home-clean", answers={"bedrooms": "one"}, starts_at=start
        )
        number = confirmation.confirm(db, maya, draft.id, draft.shown)
        shown = db.query(queries.get_booking, maya, number)
        others = db.query(lambda tx: tx.exec(select(BookingAssignment)).all())
        db.call(_cancel, maya, number)
    assert shown.fieldworker == "Ben and Ana"  # Ana leads a class already
    assert [one.fieldworker_id for one in others] == [shop.ana]

    def taken(tx: Session) -> list[str]:
        rows = tx.exec(
            select(TimeClaim.id).where(
                col(TimeClaim.released_at).is_(None),
                TimeClaim.service_id == shop.cleaning,
            )
        )
        return list(rows)

    assert db.query(taken) == []
