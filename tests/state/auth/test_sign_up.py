"""Signing up: what the form answers, and that nobody learns who has an account."""

from datetime import timedelta
from typing import Any

import pytest

from portal_app.domain.business import service as businesses
from portal_app.domain.business.rules import SwitchesForm
from portal_app.kernel import clock
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.db import Database
from portal_app.state.auth.login import LoginState
from portal_app.state.auth.passwords import PasswordState
from portal_app.state.auth.providers import ProviderLink
from portal_app.state.auth.sign_up import HIDDEN_FIELD, ResendState, SignUpState
from tests.support.accounts import PASSWORD, sent_messages, snapshot_without_logs
from tests.support.people import new_customer
from tests.support.switches import switches_set
from tests.support.tabs import Tab, redirect_targets
from tests.support.wiring import wired

TYPED = {
    "first_name": "Maya",
    "last_name": "Chen",
    "email": " Maya@Example.com ",
    "phone": "0412 345 678",
    "password": PASSWORD,
    "terms": "on",
}


def _what_is_shown(tab: Tab) -> dict[str, Any]:
    state = tab.state(SignUpState)
    names = ("errors", "problem", "pending", "sent", "sent_to")
    return {name: getattr(state, name) for name in names}


def test_a_new_customer_is_sent_a_mail(database: Database) -> None:
    tab = Tab("/signup")
    assert tab.fire(SignUpState.load) == []
    assert redirect_targets(tab.fire(SignUpState.submit, TYPED)) == ["/signup?sent=1"]
    assert sent_messages(database) == [("verify_email", "maya@example.com")]
    assert _what_is_shown(tab) == {
        "errors": {},
        "problem": "",
        "pending": False,
        "sent": True,
        "sent_to": "Maya@Example.com",
    }


def test_the_button_is_busy_before_anything_is_done(database: Database) -> None:
    tab = Tab("/signup")
    tab.fire(SignUpState.load)
    tab.fire(SignUpState.submit, TYPED)
    first = tab.shown[0][SignUpState.get_full_name()]
    assert [v for k, v in first.items() if k.startswith("pending")] == [True]


def test_a_second_click_has_one_effect(database: Database) -> None:
    tab = Tab("/signup")
    tab.fire(SignUpState.load)
    tab.fire(SignUpState.submit, TYPED)
    before = snapshot_without_logs(database)
    assert tab.fire(SignUpState.submit, TYPED) == []
    assert sent_messages(database) == [("verify_email", "maya@example.com")]
    assert snapshot_without_logs(database) == before


def test_a_click_replayed_to_a_server_that_forgot_has_one_effect(
    database: Database,
) -> None:
    Tab("/signup").fire(SignUpState.submit, TYPED)
    before = snapshot_without_logs(database)
    again = Tab("/signup")
    assert redirect_targets(again.fire(SignUpState.submit, TYPED)) == ["/signup?sent=1"]
    assert sent_messages(database) == [("verify_email", "maya@example.com")]
    assert snapshot_without_logs(database) == before


def test_the_answer_is_the_same_for_an_e_mail_that_has_an_account(
    database: Database,
) -> None:
    person = new_customer(database)
    before = snapshot_without_logs(database)
    taken, fresh = Tab("/signup"), Tab("/signup")
    for tab, email in ((taken, person.email), (fresh, "new@example.com")):
        tab.fire(SignUpState.load)
        events = tab.fire(SignUpState.submit, TYPED | {"email": email})
        assert redirect_targets(events) == ["/signup?sent=1"]
        assert snapshot_without_logs(database) == before or tab is fresh
    assert _what_is_shown(taken) | {"sent_to": ""} == _what_is_shown(fresh) | {
        "sent_to": ""
    }
    assert sent_messages(database) == [
        ("already_registered", person.email),
        ("verify_email", "new@example.com"),
    ]


def test_an_empty_form_says_what_is_missing_next_to_each_field(
    database: Database,
) -> None:
    tab = Tab("/signup")
    assert tab.fire(SignUpState.submit, {}) == []
    assert _what_is_shown(tab) == {
        "errors": {
            "first_name": "Please enter your first name.",
            "email": "Please enter an email address such as maya@example.com.",
            "password": "Please use at least 10 characters.",
            "terms": "Please accept the terms to go on.",
        },
        "problem": "",
        "pending": False,
        "sent": False,
        "sent_to": "",
    }
    assert sent_messages(database) == []
    assert snapshot_without_logs(database)["account"] == []


def test_form_without_fields_counts_as_empty(
    database: Database,
) -> None:
    tab = Tab("/signup")
    assert tab.fire(SignUpState.submit, {}) == []
    assert set(tab.state(SignUpState).errors) == {
        "first_name",
        "email",
        "password",
        "terms",
    }
    assert snapshot_without_logs(database)["account"] == []


def test_too_many_sign_ups_are_refused_as_a_whole(database: Database) -> None:
    for _ in range(5):
        Tab("/signup").fire(SignUpState.submit, TYPED)
    before = snapshot_without_logs(database)
    tab = Tab("/signup")
    assert tab.fire(SignUpState.submit, TYPED) == []
    assert tab.state(SignUpState).problem == (
        "Too many attempts. Please wait about 60 minutes and try again."
    )
    assert not tab.state(SignUpState).sent
    assert snapshot_without_logs(database) == before


def test_the_password_is_in_no_state(database: Database) -> None:
    tab = Tab("/signup")
    tab.fire(PasswordState.rate, PASSWORD)
    tab.fire(SignUpState.submit, TYPED)
    assert tab.state(PasswordState).score == 4
    assert PASSWORD not in repr(tab.root.dict())
    assert PASSWORD not in repr(tab.shown)
    assert PASSWORD not in repr(
        [vars(tab.state(state)) for state in (SignUpState, PasswordState)]
    )


def test_the_meter_starts_and_ends_with_nothing_typed(database: Database) -> None:
    tab = Tab("/signup")
    tab.fire(PasswordState.rate, "password")
    tab.fire(PasswordState.rate, "")
    meter = tab.state(PasswordState)
    assert (meter.score, meter.advice) == (-1, "")


def test_the_meter_goes_by_the_policy_of_the_business(database: Database) -> None:
    tab = Tab("/signup")
    with switches_set(database, password_min_length=40, password_min_score=4):
        tab.fire(PasswordState.rate, PASSWORD)
        assert tab.state(PasswordState).advice == "Please use at least 40 characters."
    tab.fire(PasswordState.rate, PASSWORD)
    assert tab.state(PasswordState).advice == ""


def test_a_reload_after_sending_still_says_where_to_look(database: Database) -> None:
    tab = Tab("/signup", sent="1")
    tab.fire(SignUpState.load)
    assert _what_is_shown(tab)["sent"] is True
    tab.go("/signup")
    tab.fire(SignUpState.load)
    assert _what_is_shown(tab)["sent"] is False


def test_who_is_signed_in_goes_on(database: Database) -> None:
    signed_in = Actor(audience=Audience.CUSTOMER, account_id="a", session_id="s")
    assert redirect_targets(Tab("/signup", signed_in).fire(SignUpState.load)) == [
        "/bookings"
    ]


def test_resend_answer_reveals_nothing(database: Database) -> None:
    Tab("/signup").fire(SignUpState.submit, TYPED)
    person = new_customer(database)
    for email in ("maya@example.com", person.email, "nobody@example.com"):
        tab = Tab("/signup")
        tab.fire(ResendState.send, {"email": email})
        answer = tab.state(ResendState)
        assert (answer.sent, answer.errors, answer.problem, answer.pending) == (
            True,
            {},
            "",
            False,
        )
    assert sent_messages(database) == [("verify_email", "maya@example.com")] * 2


def test_asking_again_for_no_e_mail_says_so(database: Database) -> None:
    tab = Tab("/signup")
    tab.fire(ResendState.send, {"email": "maya"})
    answer = tab.state(ResendState)
    assert answer.sent is False
    assert answer.errors == {
        "email": "Please enter an email address such as maya@example.com."
    }


@pytest.mark.at_once
def test_fast_submission_is_delayed(database: Database) -> None:
    """A browser that fills the form in at once is no robot."""
    tab = Tab("/signup")
    with clock.frozen(clock.utc_now() - timedelta(seconds=1.8)):
        tab.fire(SignUpState.load)
    assert redirect_targets(tab.fire(SignUpState.submit, TYPED)) == ["/signup?sent=1"]
    assert sent_messages(database) == [("verify_email", "maya@example.com")]


@pytest.mark.at_once
def test_delayed_submission_signs_up(database: Database) -> None:
    tab = Tab("/signup")
    with clock.frozen(clock.utc_now() - timedelta(seconds=2)):
        tab.fire(SignUpState.load)
    assert redirect_targets(tab.fire(SignUpState.submit, TYPED)) == ["/signup?sent=1"]
    assert sent_messages(database) == [("verify_email", "maya@example.com")]


def test_a_filled_hidden_field_asks_for_one_tick_more(database: Database) -> None:
    tab = Tab("/signup")
    tab.fire(SignUpState.load)
    filled = TYPED | {HIDDEN_FIELD: "https://spam.example.com"}
    assert tab.fire(SignUpState.submit, filled) == []
    asked = tab.state(SignUpState)
    assert (asked.sent, asked.asks_person, asked.errors) == (False, True, {})
    assert asked.problem.startswith("Something filled in a part of the form")
    assert sent_messages(database) == []
    assert snapshot_without_logs(database)["account"] == []
    ticked = filled | {"by_hand": "on"}
    assert redirect_targets(tab.fire(SignUpState.submit, ticked)) == ["/signup?sent=1"]
    assert sent_messages(database) == [("verify_email", "maya@example.com")]
    tab.fire(SignUpState.load)
    assert tab.state(SignUpState).asks_person is False


def test_a_stricter_policy_refuses_and_nothing_is_sent(database: Database) -> None:
    tab = Tab("/signup")
    tab.fire(SignUpState.load)
    before = snapshot_without_logs(database)
    with switches_set(database, password_min_length=30):
        assert tab.fire(SignUpState.submit, TYPED) == []
    assert tab.state(SignUpState).errors == {
        "password": "Please use at least 30 characters."
    }
    assert sent_messages(database) == []
    assert snapshot_without_logs(database)["account"] == before["account"] == []


@pytest.mark.parametrize("off", ["google", "apple", "facebook"])
def test_a_provider_that_is_switched_off_is_on_neither_page(
    database: Database, off: str
) -> None:
    names = {"google": "Google", "apple": "Apple", "facebook": "Facebook"}
    sign_up, log_in = Tab("/signup"), Tab("/login")

    def offered() -> list[list[str]]:
        sign_up.fire(SignUpState.load)
        log_in.fire(LoginState.load)
        shown = (sign_up.state(SignUpState).links, log_in.state(LoginState).links)
        return [sorted(link.name for link in links) for links in shown]

    with wired(identity_providers=tuple(names)):
        with switches_set(database, **{off: False}):
            assert offered() == [sorted(set(names.values()) - {names[off]})] * 2
        assert offered() == [sorted(names.values())] * 2


def test_only_what_is_configured_and_switched_on_is_offered(
    database: Database,
) -> None:
    tab = Tab("/signup")
    tab.fire(SignUpState.load)
    assert tab.state(SignUpState).links == []
    database.call(businesses.save_switches, SYSTEM, SwitchesForm(apple=False), 1)
    with wired(identity_providers=("google", "apple")):
        tab.fire(SignUpState.load)
    assert tab.state(SignUpState).links == [
        ProviderLink("google", "Google", "/api/auth/google/start")
    ]
