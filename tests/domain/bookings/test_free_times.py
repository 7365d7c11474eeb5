"""The next free times of a service, as its page shows them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from portal_app.domain.bookings import free_times
from portal_app.domain.catalogue import definitions
from portal_app.domain.scheduling import roster
from portal_app.domain.scheduling import service as scheduling
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotFound
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    WALK,
    SampleBusiness,
    create_sample_business,
)
from tests.support.statements import statements_of


@pytest.fixture
def shop(db: Database) -> Iterator[SampleBusiness]:
    with frozen(NOW):
        yield db.call(create_sample_business)


def shown(db: Database) -> list[tuple[str, str, list[str]]]:
    return [
        (one.day, one.label, [time.time.replace("\u202f", " ") for time in one.times])
        for one in db.query(free_times.next_free_times, "dog-walk")
    ]


MORNING = ["9:00 am", "9:30 am", "10:00 am", "10:30 am", "11:00 am"]
TUESDAY = ("Tue, 3 Nov", "Tuesday, 3 November 2026", MORNING)
WEDNESDAY = ("Wed, 4 Nov", "Wednesday, 4 November 2026", MORNING)


def test_five_times_of_each_of_the_next_three_days(
    db: Database, shop: SampleBusiness
) -> None:
    today = ["10:00 am", "10:30 am", "11:00 am", "11:30 am", "12:00 pm"]
    assert shown(db) == [
        ("Mon, 2 Nov", "Monday, 2 November 2026", today),
        TUESDAY,
        WEDNESDAY,
    ]


def test_what_is_taken_is_left_out(db: Database, shop: SampleBusiness) -> None:
    for person in (shop.ana, shop.ben):
        day = timedelta(days=1)
        db.call(scheduling.claim_time, person, NOW, NOW + day)
        half = timedelta(minutes=30)
        db.call(
            scheduling.claim_time, person, TUESDAY_NINE + day, TUESDAY_NINE + day + half
        )
    assert shown(db) == [
        TUESDAY,
        (*WEDNESDAY[:2], [*MORNING[1:], "11:30 am"]),
        ("Thu, 5 Nov", "Thursday, 5 November 2026", MORNING),
    ]


def test_days_further_off_are_found_too(db: Database, shop: SampleBusiness) -> None:
    away = timedelta(days=30)
    for person in (shop.ana, shop.ben):
        db.call(roster.add_time_off, SYSTEM, person, NOW, NOW + away)
    assert [day for day, *_ in shown(db)] == ["Wed, 2 Dec", "Thu, 3 Dec", "Fri, 4 Dec"]
    for person in (shop.ana, shop.ben):
        db.call(roster.add_time_off, SYSTEM, person, NOW, NOW + 3 * away)
    assert shown(db) == []


def test_the_times_of_three_days_are_one_search(
    db: Database, shop: SampleBusiness
) -> None:
    with statements_of(db) as found:
        assert len(shown(db)) == 3
    claims = [statement for statement, _ in found if "FROM time_claim" in statement]
    assert len(claims) == 2


def test_a_service_that_nobody_can_book_has_none(
    db: Database, shop: SampleBusiness
) -> None:
    asked = replace(WALK, price_kind="on_request", base_price_minor=0)
    db.call(definitions.define_service, SYSTEM, asked)
    assert shown(db) == []
    with pytest.raises(NotFound):
        db.query(free_times.next_free_times, "unknown")
