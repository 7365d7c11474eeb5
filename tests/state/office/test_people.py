"""What owners, the office and those who only look can do about the office's people."""

import pytest

from portal_app.domain.accounts import service as accounts
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed
from portal_app.state.auth.invitations import JoinState
from portal_app.state.office.people import OfficePeopleState
from tests.support.accounts import (
    PASSWORD,
    newest_link,
    redeem_ticket,
    sent_messages,
    sign_in_customer,
    snapshot_without_logs,
)
from tests.support.tabs import Tab

_FORM = {"email": "ada@example.com", "name": "Ada", "office_role": "office"}


@pytest.fixture
def owner(database: Database) -> Actor:
    accounts.create_account(database, "boss@example.com", "office", PASSWORD)
    return sign_in_customer(database, "boss@example.com")


def _invited(tab: Tab, form: dict[str, str], request: str = "r1") -> OfficePeopleState:
    tab.fire(OfficePeopleState.invite, form | {"request": request})
    return tab.state(OfficePeopleState)


def test_an_owner_invites_changes_and_removes(database: Database, owner: Actor) -> None:
    tab = Tab("/office/people", owner)
    tab.fire(OfficePeopleState.load)
    shown = _invited(tab, _FORM)
    assert [(one.name, one.role_name) for one in shown.waiting] == [("Ada", "Office")]
    _invited(tab, _FORM)  # a replay of the same request
    assert sent_messages(database) == [("invitation", "ada@example.com")]
    tab.fire(OfficePeopleState.send_again, shown.waiting[0].id)

    page = Tab("/join", token=newest_link(database, "invitation"))
    page.fire(JoinState.load)
    page.fire(JoinState.submit, {"name": "Ada Lovelace", "password": PASSWORD})
    joined = page.state(JoinState)
    assert (joined.outcome, joined.errors, joined.problem) == ("done", {}, "")
    ada = redeem_ticket(database, joined.ticket)

    tab.fire(OfficePeopleState.load)
    assert [(one.name, one.role) for one in shown.people] == [
        ("Ada Lovelace", "office"),
        ("boss@example.com", "owner"),
    ]
    assert ada.account_id is not None
    person = {"person": ada.account_id}
    tab.fire(OfficePeopleState.change_role, person | {"role": "reader", "request": "c"})
    assert shown.people[0].role_name == "Read-only"
    tab.fire(OfficePeopleState.remove, person | {"request": "d"})
    assert [one.name for one in shown.people] == ["boss@example.com"]
    me = {"person": str(owner.account_id), "request": "e"}
    tab.fire(OfficePeopleState.remove, me)
    assert shown.problem == (
        "Somebody has to be the owner. Please make another person an owner first."
    )


def test_what_is_wrong_stands_at_its_field(database: Database, owner: Actor) -> None:
    shown = _invited(
        Tab("/office/people", owner), _FORM | {"email": "boss@example.com"}
    )
    assert shown.errors == {"email": "Somebody of the office has this email already."}
    assert sent_messages(database) == []


@pytest.mark.parametrize("audience", [one for one in Audience if one != "office"])
def test_others_change_nothing(
    database: Database, owner: Actor, audience: Audience
) -> None:
    """What the gate stops already, and an office account that owns nothing."""
    before = snapshot_without_logs(database)
    for who in (Actor(audience=audience), Actor(audience=Audience.OFFICE)):
        tab = Tab("/office/people", who)
        assert _invited(tab, _FORM).problem
        person = {"person": str(owner.account_id), "role": "reader", "request": "x"}
        for handler in (OfficePeopleState.change_role, OfficePeopleState.remove):
            tab.fire(handler, person)
            assert tab.state(OfficePeopleState).problem
    assert snapshot_without_logs(database) == before
    assert sent_messages(database) == []


def test_who_may_look_sees_the_people(database: Database, owner: Actor) -> None:
    assert owner.account_id is not None
    tab = Tab("/office/people", Actor(audience=Audience.READER))
    tab.fire(OfficePeopleState.load)
    shown = tab.state(OfficePeopleState)
    assert [one.email for one in shown.people] == ["boss@example.com"]
    assert not shown.may_change
    with pytest.raises(NotAllowed):
        Tab("/office/people", Actor(audience=Audience.CUSTOMER)).fire(
            OfficePeopleState.load
        )
