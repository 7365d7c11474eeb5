"""My Account: an edit is stored once, or the person sees what changed meanwhile."""

import pytest
from reflex.event import Event

from portal_app.domain.customers import profiles
from portal_app.kernel.changes import Change
from portal_app.kernel.db import Database
from portal_app.state.account.profile import AccountState
from portal_app.state.core.toasts import ToastState
from tests.support.accounts import outbox_messages, snapshot_without_logs
from tests.support.people import actor_of, new_customer, session_cookie
from tests.support.tabs import Tab


def _tab(database: Database, first_name: str = "Ada") -> Tab:
    person = new_customer(database, first_name)
    tab = Tab("/account", actor_of(database, session_cookie(database, person)))
    tab.fire(AccountState.load)
    return tab


def _form(tab: Tab, request: str, **changes: str) -> dict[str, str]:
    profile = tab.state(AccountState).profile
    return {
        "kind": "personal",
        "first_name": profile.first_name,
        "last_name": profile.last_name,
        "emails.0": profile.email,
        "emails.primary": "0",
        "phones.0": profile.phone,
        "phones.0.country": "AU",
        "country": "AU",
        "booking_at_billing": "on",
        "version": str(profile.version),
        "request": request,
    } | {name.replace("__", "."): value for name, value in changes.items()}


def test_the_page_shows_ones_own_profile(database: Database) -> None:
    _tab(database, "Grace")
    tab = _tab(database, "Ada")
    profile = tab.state(AccountState).profile
    assert profile.first_name == "Ada"
    assert profile == database.query(profiles.get_profile, tab.who)


def test_save_stores_closes_and_reports(database: Database) -> None:
    tab = _tab(database)
    events = tab.fire(
        AccountState.save,
        _form(tab, "r1", last_name=" Lovelace ", phones__0="0412 345 678"),
    )
    state = tab.state(AccountState)
    assert (state.saved, state.errors, state.problem) == ("r1", {}, "")
    assert (state.profile.last_name, state.profile.phone) == (
        "Lovelace",
        "0412 345 678",
    )
    assert state.profile.version == 2
    assert state.pending is False
    assert [e.name.rsplit(".", 1)[-1] for e in events] == ["load", "load", "show"]
    assert ToastState.show.fn.__name__ == events[2].name.rsplit(".", 1)[-1]


def test_a_double_click_and_a_replay_change_nothing_more(database: Database) -> None:
    tab = _tab(database)
    form = _form(tab, "r1", last_name="Lovelace")
    tab.fire(AccountState.save, form)
    before = snapshot_without_logs(database)
    assert tab.fire(AccountState.save, form) == []
    forgotten = Tab("/account", tab.who)
    forgotten.fire(AccountState.load)
    forgotten.fire(AccountState.save, form)
    state = forgotten.state(AccountState)
    assert (state.saved, state.changes, state.problem) == ("r1", [], "")
    assert snapshot_without_logs(database) == before


def test_wrong_fields_are_named_and_nothing_is_stored(database: Database) -> None:
    tab = _tab(database)
    before = snapshot_without_logs(database)
    form = _form(tab, "r1", last_name=" ", phones__0="12", emails__1="x")
    assert tab.fire(AccountState.save, form) == []
    state = tab.state(AccountState)
    assert state.errors == {
        "emails.1": "Please enter an email address such as maya@example.com.",
        "phones.0": "Please enter a phone number such as 0412 345 678.",
    }
    assert (state.saved, state.pending) == ("", False)
    assert snapshot_without_logs(database) == before


def test_conflicting_save_is_refused(database: Database) -> None:
    one = _tab(database)
    two = Tab("/account", one.who)
    two.fire(AccountState.load)
    mine = _form(one, "r1", last_name="King")
    two.fire(AccountState.save, _form(two, "r2", phones__0="0412 345 678"))
    before = snapshot_without_logs(database)
    assert one.fire(AccountState.save, mine) == []
    state = one.state(AccountState)
    last_name = state.profile.last_name
    assert state.changes == [
        Change("last_name", "Last name", "King", last_name),
        Change("phones", "Phones", "", "0412 345 678"),
    ]
    assert (state.seen, state.saved, state.pending) == (2, "", False)
    assert snapshot_without_logs(database) == before
    # The person has seen it and saves again.
    one.fire(AccountState.save, _form(one, "r3", last_name="King"))
    profile = database.query(profiles.get_profile, one.who)
    assert (profile.last_name, profile.phone, profile.version) == (
        "King",
        "0412 345 678",
        3,
    )


def test_a_form_without_a_version_stores_nothing(database: Database) -> None:
    tab = _tab(database)
    before = snapshot_without_logs(database)
    for version in ("", "x", "-1", "1" * 30):
        tab.fire(AccountState.save, _form(tab, "r1", last_name="X", version=version))
        assert tab.state(AccountState).saved == ""
    assert snapshot_without_logs(database) == before


def test_opening_the_form_forgets_the_errors_of_the_last_time(
    database: Database,
) -> None:
    tab = _tab(database)
    tab.fire(AccountState.save, _form(tab, "r1", last_name=""))
    tab.fire(AccountState.begin)
    state = tab.state(AccountState)
    assert (state.errors, state.problem, state.changes) == ({}, "", [])


def _told(events: list[Event]) -> str:
    return str(events[-1].payload["text"])


@pytest.mark.parametrize(
    ("second", "third"),
    [
        ("ada@work.example.com", "a@home.example.com"),
        ("x@example.org", "y@example.org"),
    ],
)
def test_only_a_link_that_was_sent_is_told_of(
    database: Database, second: str, third: str
) -> None:
    tab = _tab(database)
    events = tab.fire(AccountState.save, _form(tab, "r1", emails__1=second))
    assert _told(events) == (
        f"Your profile is saved. Please open the link we sent to {second}."
    )
    mails = len(outbox_messages(database))
    more = {"emails__1": second, "last_name": "King"}
    assert _told(tab.fire(AccountState.save, _form(tab, "r2", **more))) == (
        "Your profile is saved."
    )
    assert len(outbox_messages(database)) == mails
    events = tab.fire(AccountState.save, _form(tab, "r3", **more, emails__2=third))
    assert _told(events).endswith(f"the link we sent to {third}.")
