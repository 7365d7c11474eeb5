"""What can become of a booking."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.bookings import confirmation, queries, rules, status
from portal_app.domain.bookings.models import Booking, BookingEvent
from portal_app.domain.scheduling import service as scheduling
from portal_app.domain.scheduling.models import TimeClaim
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, NotAllowed, NotFound
from portal_app.kernel.features import BookingState
from tests.support.sample_business import NOW, TUESDAY_NINE, new_customer, ready_draft

pytestmark = [pytest.mark.each_database, pytest.mark.usefixtures("monday_morning")]

OFFICE = Actor(Audience.OFFICE)


@dataclass(frozen=True, slots=True)
class Scene:
    """A booking of Maya's on Tuesday at nine."""

    db: Database
    maya: Actor
    number: str

    def row(self) -> Booking:
        return self.db.query(_row, self.number)

    def claim(self) -> TimeClaim:
        return self.db.query(lambda tx: tx.get_one(TimeClaim, self.row().claim_id))

    def set_status(self, value: str) -> None:
        def change(tx: Session) -> None:
            _row(tx, self.number).status = value

        self.db.call(change)

    def become(self, to: str, actor: Actor = OFFICE, **detail: str) -> bool:
        def change(tx: Session) -> bool:
            row = status.locked_booking(tx, actor, self.number)
            return status.transition(tx, actor, row, to, detail)

        return self.db.call(change)


def _row(tx: Session, number: str) -> Booking:
    return tx.exec(select(Booking).where(col(Booking.number) == number)).one()


@pytest.fixture
def booked(db: Database, maya: Actor) -> Iterator[Scene]:
    draft = ready_draft(db, maya)
    return Scene(db, maya, confirmation.confirm(db, maya, draft.id, draft.shown))


@pytest.mark.parametrize("before", rules.STATUS_TEXTS)
def test_only_what_the_table_allows_becomes_of_a_booking(
    booked: Scene, before: str
) -> None:
    for to in rules.STATUS_TEXTS:
        booked.set_status(before)
        row, claim = booked.row(), booked.claim()
        with frozen(TUESDAY_NINE):
            if to == before:
                assert booked.become(to) is False
            elif to in rules.TRANSITIONS[before]:
                assert booked.become(to) is True
                assert (booked.row().status, booked.row().version) == (
                    to,
                    row.version + 1,
                )
                continue
            else:
                with pytest.raises(Conflict):
                    booked.become(to)
        assert (booked.row(), booked.claim()) == (row, claim)


@pytest.mark.parametrize(
    ("before", "to"),
    [
        (rules.CONFIRMED, rules.CANCELLED),
        (rules.PENDING, rules.DECLINED),
        (rules.PENDING, rules.EXPIRED),
    ],
)
def test_time_of_what_is_called_off_is_free_again(
    booked: Scene, before: str, to: str
) -> None:
    booked.set_status(before)
    booked.become(to)
    assert booked.claim().released_at == NOW
    assert booked.row().claim_id == booked.claim().id
    again = booked.db.call(
        scheduling.claim_slot, booked.row().service_id, 30, TUESDAY_NINE
    )
    assert again.fieldworker_id == booked.row().fieldworker_id


@pytest.mark.parametrize("to", [rules.COMPLETED, rules.NO_SHOW, rules.IN_PROGRESS])
def test_time_of_what_took_place_stays_taken(booked: Scene, to: str) -> None:
    with frozen(TUESDAY_NINE):
        booked.become(to)
    assert booked.claim().released_at is None


def test_a_visit_that_began_early_may_end_early(booked: Scene) -> None:
    for to in (rules.COMPLETED, rules.NO_SHOW):
        with pytest.raises(Conflict, match="has not started yet"):
            booked.become(to)
    booked.become(rules.IN_PROGRESS)
    assert booked.become(rules.COMPLETED) is True


def test_history_says_who_did_what_and_why(booked: Scene) -> None:
    booked.set_status(rules.PENDING)
    booked.become(rules.CONFIRMED)
    with frozen(NOW + timedelta(minutes=1)):
        booked.become(rules.CANCELLED, SYSTEM, reason="A storm is coming.")
    view = booked.db.query(queries.get_booking, booked.maya, booked.number)
    assert [(one.who, one.text) for one in view.history[:2]] == [
        ("The portal", "Cancelled. Reason: A storm is coming."),
        ("The office", "The request was confirmed."),
    ]
    events = booked.db.query(lambda tx: tx.exec(select(BookingEvent)).all())
    assert len(events) == 3


def test_listeners_hear_of_a_change_once(
    booked: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, str, str]] = []
    monkeypatch.setattr(status, "_listeners", {})

    def listen(_: Session, row: Booking, before: str) -> None:
        heard.append((row.number, before, row.status))

    status.on_changed(listen)
    booked.become(rules.CANCELLED)
    booked.become(rules.CANCELLED)
    assert heard == [(booked.number, "confirmed", "cancelled")]


def test_only_who_may_see_a_booking_finds_it(booked: Scene) -> None:
    other = booked.db.call(new_customer, "noah@example.com")
    guest = Actor(Audience.GUEST, booking_id=booked.row().id)
    assert booked.become(rules.CONFIRMED, booked.maya) is False
    assert booked.become(rules.CONFIRMED, guest) is False
    with pytest.raises(NotFound):
        booked.become(rules.CANCELLED, other)
    for audience in (Audience.PUBLIC, Audience.READER, Audience.FIELDWORKER):
        with pytest.raises(NotAllowed):
            booked.become(rules.CANCELLED, Actor(audience))
    assert booked.row().status == "confirmed"


def test_permissions_know_every_status() -> None:
    ends, before = TUESDAY_NINE + timedelta(hours=1), TUESDAY_NINE - timedelta(hours=1)

    def states(now: datetime) -> list[str]:
        return [
            rules.booking_state(one, TUESDAY_NINE, ends, now).value
            for one in rules.STATUS_TEXTS
        ]

    called_off = [BookingState.CANCELLED.value] * 3
    assert states(before) == [
        *("requested", "confirmed", "in_progress", "done", "done"),
        *called_off,
    ]
    assert states(ends) == [
        *("done", "done", "in_progress", "done", "done"),
        *called_off,
    ]
