"""Logging in: a right password gives a ticket, and nothing else tells anything."""

import pytest

from portal_app.domain.accounts import service as accounts
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database
from portal_app.state.auth.login import LoginState
from portal_app.state.auth.sign_up import SignUpState
from tests.state.auth.test_sign_up import TYPED
from tests.support.accounts import OTHER_PASSWORD, PASSWORD, snapshot_without_logs
from tests.support.people import new_customer
from tests.support.tabs import STRANGER, Tab, redirect_targets

WRONG = "The email or the password is not right."


def test_a_right_password_gives_a_ticket_that_opens_one_session(
    database: Database,
) -> None:
    person = new_customer(database)
    tab = Tab("/login")
    tab.fire(LoginState.load)
    tab.fire(
        LoginState.submit,
        {"email": person.email, "password": person.password, "remember": "on"},
    )
    state = tab.state(LoginState)
    assert (state.problem, state.errors, state.pending) == ("", {}, True)
    signed_in = database.call(accounts.redeem_ticket, STRANGER, state.ticket)
    assert signed_in.remembered is True
    assert signed_in.role == "customer"
    assert len(snapshot_without_logs(database)["account_session"]) == 1
    assert person.password not in repr(tab.root.dict()) + repr(tab.shown)


def test_a_form_sent_before_the_page_is_loaded_leads_on(database: Database) -> None:
    person = new_customer(database)
    tab = Tab("/login", next="/account")
    tab.fire(LoginState.submit, {"email": person.email, "password": person.password})
    assert tab.state(LoginState).next_path == "/account"


def test_a_second_click_asks_for_no_second_ticket(database: Database) -> None:
    person = new_customer(database)
    typed = {"email": person.email, "password": person.password}
    tab = Tab("/login")
    tab.fire(LoginState.submit, typed)
    before = snapshot_without_logs(database)
    ticket = tab.state(LoginState).ticket
    tab.fire(LoginState.submit, typed)
    assert tab.state(LoginState).ticket == ticket
    assert snapshot_without_logs(database) == before


def test_a_reload_forgets_the_ticket(database: Database) -> None:
    person = new_customer(database)
    tab = Tab("/login")
    tab.fire(LoginState.submit, {"email": person.email, "password": person.password})
    tab.fire(LoginState.load)
    state = tab.state(LoginState)
    assert (state.ticket, state.pending) == ("", False)


def test_wrong_password_and_unknown_email_look_the_same(
    database: Database,
) -> None:
    person = new_customer(database)
    before = snapshot_without_logs(database)
    for email in (person.email, "nobody@example.com"):
        tab = Tab("/login")
        tab.fire(LoginState.submit, {"email": email, "password": OTHER_PASSWORD})
        state = tab.state(LoginState)
        assert (state.problem, state.errors) == (WRONG, {})
        assert (state.ticket, state.not_active, state.pending) == ("", "", False)
    assert snapshot_without_logs(database) == before


def test_inactive_account_is_reported_only_after_the_right_password(
    database: Database,
) -> None:
    Tab("/signup").fire(SignUpState.submit, TYPED)
    tab = Tab("/login")
    tab.fire(
        LoginState.submit,
        {"email": "maya@example.com", "password": OTHER_PASSWORD},
    )
    assert tab.state(LoginState).problem == WRONG
    assert tab.state(LoginState).not_active == ""
    tab.fire(LoginState.submit, {"email": "maya@example.com", "password": PASSWORD})
    state = tab.state(LoginState)
    assert state.problem == (
        "Your account is not active yet. Please open the link in the email we sent "
        "you, or ask for a new one."
    )
    assert (state.not_active, state.ticket, state.pending) == (
        "maya@example.com",
        "",
        False,
    )


def test_empty_form_is_reported_and_not_rate_limited(
    database: Database,
) -> None:
    tab = Tab("/login")
    for _ in range(20):
        tab.fire(LoginState.submit, {})
    state = tab.state(LoginState)
    assert state.errors == {
        "email": "Please enter your email.",
        "password": "Please enter your password.",
    }
    assert (state.problem, state.pending) == ("", False)


def test_the_eleventh_attempt_is_refused_also_with_the_right_password(
    database: Database,
) -> None:
    person = new_customer(database)
    tab = Tab("/login")
    for _ in range(10):
        tab.fire(LoginState.submit, {"email": person.email, "password": "wrong"})
        assert tab.state(LoginState).problem == WRONG
    tab.fire(LoginState.submit, {"email": person.email, "password": person.password})
    state = tab.state(LoginState)
    assert state.problem == (
        "Too many attempts. Please wait about 15 minutes and try again."
    )
    assert state.ticket == ""
    assert snapshot_without_logs(database)["account_token"] == []


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("/account?x=1", "/account?x=1"),
        ("/bookings/B-1", "/bookings/B-1"),
        ("", "/bookings"),
        ("/login?next=/login", "/bookings"),
        ("//evil.example.com", "/bookings"),
        ("/\\evil.example.com", "/bookings"),
        ("/\t/evil.example.com", "/bookings"),
        ("https://evil.example.com", "/bookings"),
        ("javascript:alert(1)", "/bookings"),
    ],
)
def test_next_path_stays_on_the_portal(
    database: Database, asked: str, target: str
) -> None:
    stranger = Tab("/login", next=asked)
    assert stranger.fire(LoginState.load) == []
    assert stranger.state(LoginState).next_path == target
    signed_in = Actor(audience=Audience.CUSTOMER, account_id="a", session_id="s")
    assert redirect_targets(
        Tab("/login", signed_in, next=asked).fire(LoginState.load)
    ) == [target]


@pytest.mark.parametrize(
    ("query", "notice"),
    [({"activated": "1"}, "activated"), ({"expired": "1"}, "expired"), ({}, "")],
)
def test_page_shows_why_login_is_needed(
    database: Database, query: dict[str, str], notice: str
) -> None:
    tab = Tab("/login", **query)
    tab.fire(LoginState.load)
    assert tab.state(LoginState).notice == notice
