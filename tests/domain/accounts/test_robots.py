"""Robots at the sign-up form: a trap, a stamp, and patience."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal_app.domain.accounts import robots
from portal_app.domain.accounts.robots import Trap
from portal_app.domain.customers import service
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, TooManyAttempts
from tests.support.accounts import (
    FORM,
    STRANGER,
    HashingCalls,
    logged,
    open_business,
    sent,
    stored,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=2)


@pytest.fixture(autouse=True)
def _open(db: Database, hashing: HashingCalls) -> None:
    open_business(db)


def stamp() -> str:
    with frozen(NOW):
        return robots.opened()


def test_a_person_signs_up(db: Database) -> None:
    with frozen(LATER):
        service.sign_up_on_page(db, STRANGER, FORM, Trap("", stamp()))
    assert sent(db) == [("verify_email", FORM.email)]


def test_a_robot_hears_what_a_person_hears_and_nothing_happens(
    db: Database, hashing: HashingCalls
) -> None:
    before = stored(db)
    with frozen(LATER):
        trap = Trap("https://cheap.example", stamp())
        service.sign_up_on_page(db, STRANGER, FORM, trap)
    assert (stored(db), sent(db), hashing.hashed) == (before, [], 0)
    assert logged(db) == ["robot"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "That was very quick."), (1.999, "That was very quick."), (86401, "open for")],
)
def test_too_soon_and_too_late(
    db: Database, hashing: HashingCalls, seconds: float, words: str
) -> None:
    before = stored(db)
    with (
        frozen(NOW + timedelta(seconds=seconds)),
        pytest.raises(InvalidInput) as refused,
    ):
        service.sign_up_on_page(db, STRANGER, FORM, Trap("", stamp()))
    assert words in refused.value.message
    assert refused.value.fields == {}
    assert (stored(db), sent(db), hashing.hashed) == (before, [], 0)


@pytest.mark.parametrize(
    "made_up",
    ["", ".", "..", "nonsense", "1.a.b", "ключ", "1764000000000.x." + "0" * 64],
)
def test_a_stamp_cannot_be_made_up(db: Database, made_up: str) -> None:
    before = stored(db)
    with frozen(LATER), pytest.raises(InvalidInput):
        service.sign_up_on_page(db, STRANGER, FORM, Trap("", made_up))
    assert (stored(db), sent(db)) == (before, [])


def test_a_stamp_cannot_be_moved_to_another_time(db: Database) -> None:
    _millis, rest = stamp().split(".", 1)
    with frozen(LATER), pytest.raises(InvalidInput):
        service.sign_up_on_page(db, STRANGER, FORM, Trap("", f"1.{rest}"))
    assert sent(db) == []


def test_a_stamp_is_good_for_ten_forms(db: Database) -> None:
    trap = Trap("", stamp())
    with frozen(LATER):
        for number in range(10):
            form = replace(FORM, email=f"n{number}@example.com")
            service.sign_up_on_page(db, STRANGER, form, trap)
        mails = sent(db)
        with pytest.raises(TooManyAttempts):
            service.sign_up_on_page(db, STRANGER, FORM, trap)
    assert sent(db) == mails


def test_workers_with_one_key_read_each_other_s_stamps() -> None:
    robots.use_key("one secret")
    first = stamp()
    robots.use_key("another")
    assert robots._age(first) is None
    robots.use_key("one secret")
    with frozen(LATER):
        assert robots._age(first) == timedelta(seconds=2)
