"""What the office overrides when it gives time by hand."""

from datetime import timedelta

import pytest

from portal_app.domain.scheduling import by_hand, team, time_off
from portal_app.domain.scheduling.by_hand import Overrides, Wanted
from portal_app.domain.scheduling.time_off import TimeOffForm
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    SampleBusiness,
    create_sample_business,
)


@pytest.fixture
def shop(db: Database) -> SampleBusiness:
    return db.call(create_sample_business)


@pytest.mark.parametrize(
    ("hours", "warnings"),
    [
        (0, []),
        (-1, ["Ana does not work then."]),
        (7, []),
        # Half an hour of cleaning is followed by half an hour of clearing up.
        (7.5, ["Ana does not work then."]),
        (-24, ["That is sooner than the notice of 2 h."]),
        (-26, ["That time has passed.", "Ana does not work then."]),
        (24 * 4, ["Ana does not work then."]),
        (24 * 62 + 1, ["Bookings are taken until Friday, 1 January 2027 only."]),
    ],
)
def test_what_is_overridden_is_named(
    db: Database, shop: SampleBusiness, hours: float, warnings: list[str]
) -> None:
    start = TUESDAY_NINE + timedelta(hours=hours)
    wanted = Wanted(shop.cleaning, 30, start, shop.ana)
    with frozen(NOW):
        assert db.query(by_hand.overridden, wanted) == warnings


def test_skills_and_time_off_are_named_too(db: Database, shop: SampleBusiness) -> None:
    away = TimeOffForm(first="2026-11-03", last="2026-11-03", reason="Dentist")
    with frozen(NOW):
        db.call(time_off.save_time_off, SYSTEM, shop.ben, "", away)
        wanted = Wanted(shop.walk, 30, TUESDAY_NINE, shop.ben)
        assert db.query(by_hand.overridden, wanted) == [
            "Ben does not do “Dog walk”.",
            "Ben is away then.",
        ]


def test_only_what_was_seen_is_overridden(db: Database, shop: SampleBusiness) -> None:
    early = Wanted(shop.walk, 30, TUESDAY_NINE - timedelta(hours=1), shop.ana)
    with frozen(NOW):
        with pytest.raises(Overrides) as asked:
            db.query(by_hand.require_accepted, early, "")
        assert asked.value.warnings == ["Ana does not work then."]
        db.query(by_hand.require_accepted, early, asked.value.key)
        other = Wanted(shop.walk, 30, NOW, shop.ana)
        with pytest.raises(Overrides):
            db.query(by_hand.require_accepted, other, asked.value.key)


def test_somebody_of_the_team_is_named(db: Database, shop: SampleBusiness) -> None:
    with frozen(NOW):
        db.call(team.archive_member, SYSTEM, shop.ben)
        for who in ("", "nobody", shop.ben):
            wanted = Wanted(shop.walk, 30, TUESDAY_NINE, who)
            with pytest.raises(InvalidInput) as refused:
                db.query(by_hand.overridden, wanted)
            assert set(refused.value.fields) == {"fieldworker"}


def test_buffers_are_claimed_as_well(db: Database, shop: SampleBusiness) -> None:
    wanted = Wanted(shop.cleaning, 90, TUESDAY_NINE, shop.ana)
    with frozen(NOW):
        assert db.query(by_hand.claimed_span, wanted) == (
            TUESDAY_NINE,
            TUESDAY_NINE + timedelta(hours=2),
        )
