"""Switches of the ways in."""

from dataclasses import replace

import pytest

from portal_app.domain.business import service
from portal_app.domain.business.rules import SwitchesForm
from portal_app.domain.business.views import Switches
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import Change, EditConflict
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed
from tests.support.accounts import (
    BUSINESS,
    run_concurrently,
    set_up_business,
    snapshot_without_logs,
)
from tests.support.snapshots import changed_columns

pytestmark = pytest.mark.each_database

OTHER = SwitchesForm(
    google=False,
    apple=False,
    facebook=True,
    booking_number=False,
    guest_session_minutes=30,
    session_hours=2,
    remembered_days=90,
    password_min_length=12,
    password_min_score=3,
    asks_birthday=True,
    asks_language=True,
)


@pytest.fixture(autouse=True)
def _open(db: Database) -> None:
    set_up_business(db)


def test_switches_are_saved_and_unaffected_by_settings(db: Database) -> None:
    assert db.query(service.switches) == Switches(version=1)
    db.call(service.save_switches, SYSTEM, OTHER, 1)
    found = db.query(service.switches)
    assert replace(found, version=0) == Switches(
        google=False,
        apple=False,
        facebook=True,
        booking_number=False,
        guest_session_minutes=30,
        session_hours=2,
        remembered_days=90,
        password_min_length=12,
        password_min_score=3,
        asks_birthday=True,
        asks_language=True,
    )
    assert [found.provider(n) for n in ("google", "apple", "facebook", "x")] == [
        False,
        False,
        True,
        False,
    ]
    db.call(service.save_business, SYSTEM, BUSINESS)
    assert db.query(service.switches) == replace(found, version=3)


def test_a_stale_save_reports_what_changed(db: Database) -> None:
    first = SwitchesForm(google=False, password_min_score=4, asks_birthday=True)
    db.call(service.save_switches, SYSTEM, first, 1)
    before = snapshot_without_logs(db)
    with pytest.raises(EditConflict) as refused:
        db.call(service.save_switches, SYSTEM, SwitchesForm(session_hours=3), 1)
    assert refused.value.changes == [
        Change("google", "Google", "On", "Off"),
        Change("session_hours", "Without “Remember me” (hours)", "3", "12"),
        Change("password_min_score", "Minimum strength", "Fair or better", "Strong"),
        Change("asks_birthday", "Ask for the birthday", "Off", "On"),
    ]
    assert refused.value.version == 2
    db.call(service.save_switches, SYSTEM, first, 1)  # what is so already
    assert snapshot_without_logs(db) == before
    db.call(service.save_switches, SYSTEM, SwitchesForm(), 2)
    assert db.query(service.switches) == Switches(version=3)


def test_of_concurrent_saves_one_succeeds(db: Database) -> None:
    outcomes = run_concurrently(
        lambda: db.call(service.save_switches, SYSTEM, SwitchesForm(google=False), 1),
        lambda: db.call(service.save_switches, SYSTEM, SwitchesForm(apple=False), 1),
    )
    assert sum(isinstance(found, EditConflict) for found in outcomes) == 1
    assert db.query(service.switches).version == 2


@pytest.mark.parametrize("audience", [a for a in Audience if a is not Audience.OFFICE])
def test_only_the_office_may_change_switches(db: Database, audience: Audience) -> None:
    before = snapshot_without_logs(db)
    with pytest.raises(NotAllowed):
        db.call(service.save_switches, Actor(audience=audience), OTHER, 1)
    assert snapshot_without_logs(db) == before


@pytest.mark.parametrize(
    ("field", "low", "high"),
    [
        ("guest_session_minutes", 5, 1440),
        ("session_hours", 1, 168),
        ("remembered_days", 1, 365),
        ("password_min_length", 8, 64),
        ("password_min_score", 1, 4),
    ],
)
def test_numbers_are_bounded(db: Database, field: str, low: int, high: int) -> None:
    before = snapshot_without_logs(db)
    for value in (low - 1, high + 1):
        with pytest.raises(InvalidInput) as refused:
            db.call(
                service.save_switches,
                SYSTEM,
                SwitchesForm(**{field: value}),
                1,
            )
        assert refused.value.fields == {
            field: f"Please enter a number from {low} to {high}."
        }
    assert snapshot_without_logs(db) == before


def test_defaults_apply_without_a_business(db: Database) -> None:
    with db.write() as tx:
        tx.delete(service.current_business(tx))
    assert db.query(service.switches) == Switches()


@pytest.mark.parametrize(
    ("name", "value", "column"),
    [
        ("asks_language", True, "asks_language"),
        ("session_hours", 3, "session_hours"),
        ("booking_number", False, "booking_number_sign_in"),
    ],
)
def test_one_changed_switch_is_all_that_changes(
    db: Database, name: str, value: object, column: str
) -> None:
    db.call(service.save_switches, SYSTEM, SwitchesForm(), 1)
    before = snapshot_without_logs(db)
    wanted = replace(SwitchesForm(), **{name: value})  # type: ignore[arg-type]
    version = db.query(service.switches).version
    db.call(service.save_switches, SYSTEM, wanted, version)
    after = snapshot_without_logs(db)
    assert changed_columns(before, after) == {
        *(f"business.{column}", "business.version", "+change_entry")
    }


@pytest.mark.parametrize("form", [SwitchesForm(), OTHER])
def test_saving_what_is_saved_already_changes_nothing(
    db: Database, form: SwitchesForm
) -> None:
    db.call(service.save_switches, SYSTEM, form, 1)
    before = snapshot_without_logs(db)
    version = db.query(service.switches).version
    db.call(service.save_switches, SYSTEM, form, version)
    assert snapshot_without_logs(db) == before
