"""The code at the log-in, and its set-up, as the pages send them."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from portal_app.domain.accounts import service as accounts
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed
from portal_app.kernel.ids import hash_secret
from portal_app.state.auth.two_step import LoginCodeState, TwoStepState
from portal_app.state.office.people import OfficePeopleState
from tests.support.accounts import (
    PASSWORD,
    STRANGER,
    redeem_ticket,
    sign_in_customer,
)
from tests.support.tabs import Tab

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BOSS = "boss@example.com"


def _set_up(owner: Actor) -> tuple[Tab, TwoStepState, str]:
    tab = Tab("/two-step", owner)
    tab.fire(TwoStepState.load)
    tab.fire(TwoStepState.begin)
    shown = tab.state(TwoStepState)
    assert shown.picture.startswith("data:image/svg+xml")
    secret = shown.secret.replace(" ", "")
    tab.fire(TwoStepState.confirm, {"code": "000000"})
    assert list(shown.errors) == ["code"]
    tab.fire(TwoStepState.confirm, {"code": pyotp.TOTP(secret).at(NOW)})
    assert (shown.errors, shown.status.on, len(shown.codes)) == ({}, True, 10)
    return tab, shown, secret


def test_set_up_log_in_require_and_switch_off(database: Database) -> None:
    accounts.create_account(database, BOSS, "office", PASSWORD)
    owner = sign_in_customer(database, BOSS)
    with frozen(NOW):
        tab, shown, secret = _set_up(owner)
        # What was shown once is not shown again.
        tab.fire(TwoStepState.load)
        assert (shown.secret, shown.picture, shown.codes) == ("", "", [])

    later = NOW + timedelta(minutes=5)
    with frozen(later):
        ticket = accounts.sign_in(database, STRANGER, BOSS, PASSWORD, remember=False)
        waiting = database.call(accounts.redeem_ticket, STRANGER, ticket)
        page = Tab("/login/code")
        page.root.router_data["headers"]["authorization"] = ""
        page.fire(LoginCodeState.load)
        assert page.state(LoginCodeState).over  # another browser
        asked = hash_secret(waiting.code_secret)
        page = _with_code_cookie(asked)
        page.fire(LoginCodeState.load)
        found = page.state(LoginCodeState)
        assert not found.over
        page.fire(LoginCodeState.submit, {"code": "12"})
        assert (list(found.errors), found.ticket) == (["code"], "")
        page.fire(LoginCodeState.submit, {"code": pyotp.TOTP(secret).at(later)})
        assert redeem_ticket(database, found.ticket).account_id == owner.account_id

    people = Tab("/office/people", owner)
    people.fire(OfficePeopleState.require_second_factor, True)
    assert people.state(OfficePeopleState).required
    newest = later + timedelta(minutes=5)
    with frozen(newest):
        off = {"password": PASSWORD, "code": pyotp.TOTP(secret).at(newest)}
        tab.fire(TwoStepState.switch_off, off)
        assert shown.status.on
        people.fire(OfficePeopleState.require_second_factor, False)
        tab.fire(TwoStepState.switch_off, off)
    assert not shown.status.on


def _with_code_cookie(asked: str) -> Tab:
    tab = Tab("/login/code")
    now = {
        "pathname": "/login/code",
        "asPath": "/login/code",
        "query": {},
        "headers": {"authorization": f"code={asked}"},
    }
    tab.root.router_data = tab.root._update_router_vars(now, tab.root.router_data)
    return tab


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.CUSTOMER])
def test_only_who_works_here_sets_one_up(
    database: Database, audience: Audience
) -> None:
    with pytest.raises(NotAllowed):
        Tab("/two-step", Actor(audience=audience)).fire(TwoStepState.load)
