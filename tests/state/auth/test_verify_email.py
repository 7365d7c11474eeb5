"""The activation page: opening it does nothing, the button does it once."""

from datetime import timedelta

from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.state.auth.sign_up import SignUpState, VerifyEmailState
from tests.state.auth.test_sign_up import TYPED
from tests.support.accounts import OTHER_PASSWORD, newest_token, snapshot_without_logs
from tests.support.tabs import Tab


def _link(database: Database) -> str:
    Tab("/signup").fire(SignUpState.submit, TYPED)
    return newest_token(database)


def _open(token: str) -> Tab:
    tab = Tab("/verify-email", token=token)
    tab.fire(VerifyEmailState.load)
    return tab


def _active(database: Database) -> list[bool]:
    return [
        row["verified_at"] is not None
        for row in snapshot_without_logs(database)["account"]
    ]


def test_opening_the_page_changes_nothing(database: Database) -> None:
    token = _link(database)
    before = snapshot_without_logs(database)
    for _ in range(3):
        tab = _open(token)
        state = tab.state(VerifyEmailState)
        assert (state.outcome, state.loaded) == ("", True)
    assert snapshot_without_logs(database) == before


def test_the_button_activates_once(database: Database) -> None:
    tab = _open(_link(database))
    tab.fire(VerifyEmailState.activate)
    assert tab.state(VerifyEmailState).outcome == "activated"
    assert _active(database) == [True]
    before = snapshot_without_logs(database)
    tab.fire(VerifyEmailState.activate)
    tab.fire(VerifyEmailState.load)  # the connection was lost and is back
    assert tab.state(VerifyEmailState).outcome == "activated"
    assert snapshot_without_logs(database) == before


def test_click_before_page_load_keeps_its_outcome(
    database: Database,
) -> None:
    # The server was away: what was clicked meanwhile is sent again, then the page.
    tab = Tab("/verify-email", token=_link(database))
    tab.fire(VerifyEmailState.activate)
    tab.fire(VerifyEmailState.load)
    state = tab.state(VerifyEmailState)
    assert (state.outcome, state.loaded) == ("activated", True)
    assert _active(database) == [True]


def test_repeated_click_after_activation_succeeds(database: Database) -> None:
    token = _link(database)
    _open(token).fire(VerifyEmailState.activate)
    again = _open(token)
    again.fire(VerifyEmailState.activate)
    assert again.state(VerifyEmailState).outcome == "already_active"


def test_unknown_missing_and_expired_links_look_the_same(database: Database) -> None:
    token = _link(database)
    before = snapshot_without_logs(database)
    for wrong in ("x", "", token + "x"):
        tab = _open(wrong)
        tab.fire(VerifyEmailState.activate)
        assert tab.state(VerifyEmailState).outcome == "invalid"
    tab = _open(token)
    with frozen(utc_now() + timedelta(hours=49)):
        tab.fire(VerifyEmailState.activate)
    assert tab.state(VerifyEmailState).outcome == "invalid"
    assert snapshot_without_logs(database) == before
    assert _active(database) == [False]


def test_contested_sign_up_asks_for_a_password(database: Database) -> None:
    Tab("/signup").fire(SignUpState.submit, TYPED)
    Tab("/signup").fire(SignUpState.submit, TYPED | {"password": OTHER_PASSWORD})
    tab = _open(newest_token(database))
    tab.fire(VerifyEmailState.activate)
    assert tab.state(VerifyEmailState).outcome == "password"
    assert _active(database) == [False]
    tab.fire(VerifyEmailState.choose_password, {"password": "short"})
    state = tab.state(VerifyEmailState)
    assert state.errors == {"password": "Please use at least 10 characters."}
    assert (state.outcome, state.pending) == ("password", False)
    assert _active(database) == [False]
    tab.fire(VerifyEmailState.choose_password, {"password": "quiet-heron-63"})
    assert tab.state(VerifyEmailState).outcome == "activated"
    assert _active(database) == [True]
    assert "quiet-heron-63" not in repr(tab.root.dict()) + repr(tab.shown)


def test_token_is_in_no_state_var(database: Database) -> None:
    token = _link(database)
    tab = _open(token)
    tab.fire(VerifyEmailState.activate)
    ours = {
        name: values for name, values in tab.root.dict().items() if "portal_app" in name
    }
    assert token not in repr(ours)


def test_a_used_link_says_so_at_once(database: Database) -> None:
    token = _link(database)
    _open(token).fire(VerifyEmailState.activate)
    before = snapshot_without_logs(database)
    assert _open(token).state(VerifyEmailState).outcome == "already_active"
    assert snapshot_without_logs(database) == before
    # Another one, of an account that is not active, still has its button.
    Tab("/signup").fire(SignUpState.submit, TYPED | {"email": "tom@example.com"})
    assert _open(newest_token(database)).state(VerifyEmailState).outcome == ""
    assert _open("x" * 43).state(VerifyEmailState).outcome == ""
