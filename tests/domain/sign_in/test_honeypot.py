"""Robots at the sign-up form: a trap, a stamp, and patience."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal_app.domain.sign_in import honeypot, sign_up
from portal_app.domain.sign_in.honeypot import HiddenFieldFilled, HoneypotFields
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, TooManyAttempts
from tests.support.accounts import (
    FORM,
    STRANGER,
    HashingCalls,
    security_event_kinds,
    sent_messages,
    set_up_business,
    snapshot_without_logs,
)
from tests.support.wiring import wired

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=2)


@pytest.fixture(autouse=True)
def _open(db: Database, hashing: HashingCalls) -> None:
    set_up_business(db)


def stamp() -> str:
    with frozen(NOW):
        return honeypot.new_stamp()


def test_a_person_signs_up(db: Database) -> None:
    with frozen(LATER):
        sign_up.sign_up_on_page(db, STRANGER, FORM, HoneypotFields("", stamp()))
    assert sent_messages(db) == [("verify_email", FORM.email)]


def test_a_filled_hidden_field_is_asked_about_and_nothing_is_stored(
    db: Database, hashing: HashingCalls
) -> None:
    before = snapshot_without_logs(db)
    trap = HoneypotFields("https://cheap.example", stamp())
    with frozen(LATER), pytest.raises(HiddenFieldFilled) as asked:
        sign_up.sign_up_on_page(db, STRANGER, FORM, trap)
    assert "tick \u201cI filled in this form myself\u201d" in asked.value.message
    assert asked.value.fields == {}
    assert (snapshot_without_logs(db), sent_messages(db), hashing.hashed) == (
        before,
        [],
        0,
    )
    assert security_event_kinds(db) == ["robot"]


def test_a_person_whose_password_manager_filled_it_in_gets_on(db: Database) -> None:
    trap = HoneypotFields("https://cheap.example", stamp(), by_hand=True)
    with frozen(LATER):
        sign_up.sign_up_on_page(db, STRANGER, FORM, trap)
    assert sent_messages(db) == [("verify_email", FORM.email)]


def test_the_question_is_the_same_for_an_email_that_has_an_account(
    db: Database,
) -> None:
    with frozen(LATER):
        sign_up.create_active_customer(db, FORM)
        trap = HoneypotFields("filled", stamp())
        answers = []
        for email in (FORM.email, "nobody@example.com"):
            with pytest.raises(HiddenFieldFilled) as asked:
                sign_up.sign_up_on_page(db, STRANGER, replace(FORM, email=email), trap)
            answers.append(str(asked.value))
    assert answers[0] == answers[1]
    assert sent_messages(db) == []


def test_the_box_replaces_no_stamp(db: Database) -> None:
    trap = HoneypotFields("filled", "made up", by_hand=True)
    with frozen(LATER), pytest.raises(InvalidInput) as refused:
        sign_up.sign_up_on_page(db, STRANGER, FORM, trap)
    assert "open for a long time" in refused.value.message
    assert sent_messages(db) == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "That was very quick."), (1.999, "That was very quick."), (86401, "open for")],
)
def test_a_form_sent_too_early_or_too_late_is_refused(
    db: Database, hashing: HashingCalls, seconds: float, words: str
) -> None:
    before = snapshot_without_logs(db)
    with (
        frozen(NOW + timedelta(seconds=seconds)),
        pytest.raises(InvalidInput) as refused,
    ):
        sign_up.sign_up_on_page(db, STRANGER, FORM, HoneypotFields("", stamp()))
    assert words in refused.value.message
    assert refused.value.fields == {}
    assert (snapshot_without_logs(db), sent_messages(db), hashing.hashed) == (
        before,
        [],
        0,
    )


@pytest.mark.parametrize(
    "made_up",
    ["", ".", "..", "nonsense", "1.a.b", "ключ", "1764000000000.x." + "0" * 64],
)
def test_a_forged_stamp_is_refused(db: Database, made_up: str) -> None:
    before = snapshot_without_logs(db)
    with frozen(LATER), pytest.raises(InvalidInput):
        sign_up.sign_up_on_page(db, STRANGER, FORM, HoneypotFields("", made_up))
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, [])


def test_a_stamp_with_another_time_is_refused(db: Database) -> None:
    _millis, rest = stamp().split(".", 1)
    with frozen(LATER), pytest.raises(InvalidInput):
        sign_up.sign_up_on_page(db, STRANGER, FORM, HoneypotFields("", f"1.{rest}"))
    assert sent_messages(db) == []


def test_a_stamp_is_good_for_ten_forms(db: Database) -> None:
    trap = HoneypotFields("", stamp())
    with frozen(LATER):
        for number in range(10):
            form = replace(FORM, email=f"n{number}@example.com")
            sign_up.sign_up_on_page(db, STRANGER, form, trap)
        mails = sent_messages(db)
        with pytest.raises(TooManyAttempts):
            sign_up.sign_up_on_page(db, STRANGER, FORM, trap)
    assert sent_messages(db) == mails


def test_workers_with_one_key_read_each_other_s_stamps() -> None:
    with wired(secret_key="one secret"):
        first = stamp()
    with wired(secret_key="another"):
        assert honeypot._stamp_age(first) is None
    with wired(secret_key="one secret"), frozen(LATER):
        assert honeypot._stamp_age(first) == timedelta(seconds=2)
