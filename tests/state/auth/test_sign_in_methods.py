"""The pages of the ways in: what they show, and that opening them does nothing."""

import pytest

from portal_app.domain.accounts.rules import ProviderProfile
from portal_app.domain.business import service as businesses
from portal_app.domain.business.rules import SwitchesForm
from portal_app.domain.sign_in import pending_identities, social_sign_in
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.changes import Change
from portal_app.kernel.db import Database
from portal_app.kernel.ids import hash_secret
from portal_app.state.account.security import AccountSecurityState
from portal_app.state.auth.login import LoginBookingState, LoginConnectState, LoginState
from portal_app.state.auth.mail_links import ConfirmEmailState
from portal_app.state.auth.passwords import ForgotPasswordState, ResetPasswordState
from portal_app.state.office.settings import OfficeSettingsState
from tests.support.accounts import (
    OTHER_PASSWORD,
    outbox_messages,
    sent_messages,
    snapshot_without_logs,
)
from tests.support.people import Person, actor_of, new_customer, session_cookie
from tests.support.tabs import STRANGER, Tab, redirect_targets

SENTENCES = {
    "denied": "You did not allow Google to tell us who you are, so nothing happened. "
    "Try again, or choose another way.",
    "strange": "That answer of Google does not belong to this browser. "
    "Please begin again from here.",
    "expired": "That took longer than ten minutes. Please begin again from here.",
    "replayed": "That answer of Google was used already. Please begin again from here.",
    "unavailable": "Google does not answer at the moment. "
    "Please try again in a few minutes, or choose another way.",
    "rejected": "We could not trust the answer of Google. Please try again.",
    "off": "Google is not offered here. Please choose another way.",
    "wait": "Too many attempts. Please wait a few minutes and try again.",
    "refused": "Google cannot open this account. Please choose another way.",
    "broken": "Something went wrong on our side. Please try again.",
    "taken": "That Google account is connected to another account here, "
    "or yours is connected to another one of Google.",
}


def token_of(db: Database, kind: str) -> str:
    mails = [message for message in outbox_messages(db) if message.kind == kind]
    return str(mails[-1].payload["path"]).partition("token=")[2]


def customer_tab(db: Database, path: str, **query: str) -> tuple[Person, Tab]:
    person = new_customer(db)
    who = actor_of(db, session_cookie(db, person))
    return person, Tab(path, who, **query)


@pytest.mark.parametrize("code", SENTENCES)
def test_every_provider_refusal_has_a_message(database: Database, code: str) -> None:
    tab = Tab("/login", problem=code, provider="google")
    tab.fire(LoginState.load)
    assert tab.state(LoginState).refused == SENTENCES[code]


@pytest.mark.parametrize(
    "query", [{"problem": "<b>pay here</b>"}, {"problem": "denied", "provider": "<b>"}]
)
def test_address_parameters_are_not_shown(
    database: Database, query: dict[str, str]
) -> None:
    tab = Tab("/login", **query)
    tab.fire(LoginState.load)
    assert "<b>" not in tab.state(LoginState).refused


def test_provider_refusal_is_shown_in_my_account(database: Database) -> None:
    _, tab = customer_tab(database, "/login", problem="strange", provider="apple")
    assert redirect_targets(tab.fire(LoginState.load)) == [
        "/account/security?problem=strange&provider=apple"
    ]


def test_forgotten_password_answer_is_the_same_for_every_email(
    database: Database,
) -> None:
    person = new_customer(database)
    shown = []
    for email in (person.email, "nobody@example.com"):
        tab = Tab("/forgot-password")
        events = tab.fire(ForgotPasswordState.submit, {"email": email})
        state = tab.state(ForgotPasswordState)
        shown.append(
            (redirect_targets(events), state.sent, state.errors, state.problem)
        )
    assert shown == [(["/forgot-password?sent=1"], True, {}, "")] * 2
    assert sent_messages(database) == [("reset_password", person.email)]


@pytest.mark.parametrize(
    ("state", "path"),
    [
        (ResetPasswordState, "/reset-password"),
        (ConfirmEmailState, "/confirm-email"),
        (LoginConnectState, "/login/connect"),
    ],
)
def test_opening_a_link_does_not_use_it_or_show_the_token(
    database: Database,
    state: type[ResetPasswordState | ConfirmEmailState | LoginConnectState],
    path: str,
) -> None:
    before = snapshot_without_logs(database)
    tab = Tab(path, token="a-secret-token")
    tab.fire(state.load)
    assert snapshot_without_logs(database) == before
    assert "a-secret-token" not in repr(tab.root.dict()[state.get_full_name()])


def test_a_reset_works_once_and_ends_other_sessions(database: Database) -> None:
    person, account = customer_tab(database, "/account")
    Tab("/forgot-password").fire(ForgotPasswordState.submit, {"email": person.email})
    token = token_of(database, "reset_password")
    outcomes = []
    for _ in range(2):
        tab = Tab("/reset-password", token=token)
        tab.fire(ResetPasswordState.load)
        tab.fire(ResetPasswordState.submit, {"password": OTHER_PASSWORD})
        outcomes.append(tab.state(ResetPasswordState).outcome)
    assert outcomes == ["done", "invalid"]
    sessions = snapshot_without_logs(database)["account_session"]
    assert [row["revoked_at"] is not None for row in sessions] == [True]
    assert account.who.session_id == sessions[0]["id"]


def test_weak_new_password_is_reported_at_the_field(database: Database) -> None:
    person = new_customer(database)
    Tab("/forgot-password").fire(ForgotPasswordState.submit, {"email": person.email})
    tab = Tab("/reset-password", token=token_of(database, "reset_password"))
    tab.fire(ResetPasswordState.load)
    before = snapshot_without_logs(database)
    tab.fire(ResetPasswordState.submit, {"password": "short"})
    state = tab.state(ResetPasswordState)
    assert (state.outcome, set(state.errors)) == ("", {"password"})
    assert snapshot_without_logs(database) == before


def test_booking_number_login_can_be_switched_off(database: Database) -> None:
    form = SwitchesForm(booking_number=False)
    database.call(businesses.save_switches, SYSTEM, form, 1)
    log_in, by_number = Tab("/login"), Tab("/login/booking")
    log_in.fire(LoginState.load)
    by_number.fire(LoginBookingState.load)
    assert log_in.state(LoginState).by_number is False
    assert by_number.state(LoginBookingState).way == "closed"
    typed = {"email": "a@example.com", "number": "B-7K3M-9QXT"}
    by_number.fire(LoginBookingState.submit, typed)
    state = by_number.state(LoginBookingState)
    assert (state.ticket, state.problem) == (
        "",
        "This way to log in is switched off. Please use another one.",
    )


def _with_offer(tab: Tab, secret: str) -> None:
    data = dict(tab.root.router_data)
    data["headers"] = {
        **data["headers"],
        "authorization": f"offer={hash_secret(secret)}",
    }
    tab.root.router_data = tab.root._update_router_vars(data, tab.root.router_data)


def _offer(db: Database, person: Person) -> str:
    profile = ProviderProfile("google", "g-1", person.email, email_verified=True)
    arrival = social_sign_in.sign_in_by_provider(db, STRANGER, profile)
    assert isinstance(arrival, pending_identities.NeedsProof)
    return arrival.offer


def test_pending_identity_is_confirmed_by_password(database: Database) -> None:
    person = new_customer(database)
    secret = _offer(database, person)
    tab = Tab("/login/connect", next="/account")
    _with_offer(tab, secret)
    tab.fire(LoginConnectState.load)
    state = tab.state(LoginConnectState)
    assert (state.step, state.offer.email) == ("proof", person.email)
    tab.fire(LoginConnectState.prove_by_password, {"password": "wrong"})
    assert (state.ticket, set(state.errors)) == ("", {"password"})
    tab.fire(LoginConnectState.prove_by_password, {"password": person.password})
    assert state.ticket
    assert state.next_path == "/account"
    assert secret not in repr(tab.root.dict())
    assert hash_secret(secret) not in repr(state.dict())


def test_pending_identity_link_works_only_in_its_browser(database: Database) -> None:
    person = new_customer(database)
    secret = _offer(database, person)
    tab = Tab("/login/connect")
    _with_offer(tab, secret)
    tab.fire(LoginConnectState.load)
    tab.fire(LoginConnectState.send_mail, {})
    assert tab.state(LoginConnectState).step == "mail"
    token = token_of(database, "confirm_provider")
    elsewhere = Tab("/login/connect", token=token)
    elsewhere.fire(LoginConnectState.load)
    elsewhere.fire(LoginConnectState.use_link)
    assert elsewhere.state(LoginConnectState).step == "other_browser"
    here = Tab("/login/connect", token=token)
    _with_offer(here, secret)
    here.fire(LoginConnectState.load)
    here.fire(LoginConnectState.use_link)
    assert here.state(LoginConnectState).ticket


def test_another_device_is_signed_out(database: Database) -> None:
    person, tab = customer_tab(database, "/account")
    other = actor_of(database, session_cookie(database, person))
    tab.fire(AccountSecurityState.load)
    state = tab.state(AccountSecurityState)
    assert sorted(session.current for session in state.sessions) == [False, True]
    tab.fire(AccountSecurityState.end_session, other.session_id)
    assert [session.current for session in state.sessions] == [True]


def test_sessions_of_others_cannot_be_ended(database: Database) -> None:
    _, tab = customer_tab(database, "/account")
    victim = actor_of(database, session_cookie(database, new_customer(database)))
    before = snapshot_without_logs(database)["account_session"]
    tab.fire(AccountSecurityState.end_session, victim.session_id)
    assert snapshot_without_logs(database)["account_session"] == before


def test_a_wrong_current_password_changes_nothing(database: Database) -> None:
    _, tab = customer_tab(database, "/account")
    tab.fire(AccountSecurityState.load)
    before = snapshot_without_logs(database)["account"]
    tab.fire(
        AccountSecurityState.change_password,
        {"current": "wrong", "password": OTHER_PASSWORD},
    )
    state = tab.state(AccountSecurityState)
    assert (state.password_step, set(state.password_errors)) == ("", {"current"})
    assert snapshot_without_logs(database)["account"] == before


def test_new_email_takes_effect_once_confirmed(database: Database) -> None:
    person, tab = customer_tab(database, "/account")
    tab.fire(AccountSecurityState.load)
    typed = {"email": "new@example.com", "password": person.password}
    tab.fire(AccountSecurityState.change_email, typed)
    assert tab.state(AccountSecurityState).email_step == "sent"
    assert [row["email"] for row in snapshot_without_logs(database)["account"]] == [
        person.email
    ]
    link = Tab("/confirm-email", token=token_of(database, "change_email"))
    link.fire(ConfirmEmailState.load)
    assert [row["email"] for row in snapshot_without_logs(database)["account"]] == [
        person.email
    ]
    link.fire(ConfirmEmailState.confirm)
    assert link.state(ConfirmEmailState).outcome == "done"
    assert [row["email"] for row in snapshot_without_logs(database)["account"]] == [
        "new@example.com"
    ]


def _save(tab: Tab, **typed: str) -> OfficeSettingsState:
    numbers = {
        "guest_session_minutes": "60",
        "session_hours": "4",
        "remembered_days": "10",
        "password_min_length": "12",
        "password_min_score": "3",
    }
    tab.fire(OfficeSettingsState.save, numbers | typed)
    return tab.state(OfficeSettingsState)


def test_office_changes_settings(database: Database) -> None:
    tab = Tab("/office/settings", SYSTEM)
    tab.fire(OfficeSettingsState.load)
    state = _save(tab, version="1", google="on")
    assert (state.errors, state.problem, state.version) == ({}, "", 2)
    kept = database.query(businesses.switches)
    assert (kept.google, kept.apple, kept.session_hours) == (True, False, 4)


def test_settings_changed_meanwhile_are_not_overwritten(
    database: Database,
) -> None:
    tab = Tab("/office/settings", SYSTEM)
    tab.fire(OfficeSettingsState.load)
    database.call(businesses.save_switches, SYSTEM, SwitchesForm(session_hours=7), 1)
    state = _save(tab, version="1", asks_birthday="on")
    assert [change.field for change in state.changes][:2] == ["google", "facebook"]
    assert (
        Change("session_hours", "Without “Remember me” (hours)", "4", "7")
        in state.changes
    )
    assert (state.problem, state.seen) == ("", 2)
    kept = database.query(businesses.switches)
    assert (kept.session_hours, kept.asks_birthday) == (7, False)
    state = _save(tab, version="2", asks_birthday="on")
    assert (state.changes, state.version) == ([], 3)
    kept = database.query(businesses.switches)
    assert (kept.session_hours, kept.asks_birthday) == (4, True)


def test_setting_out_of_range_is_reported_at_the_field(database: Database) -> None:
    tab = Tab("/office/settings", SYSTEM)
    state = _save(tab, version="1", session_hours="0")
    assert state.errors == {"session_hours": "Please enter a number from 1 to 168."}
    assert database.query(businesses.switches).session_hours == 12
