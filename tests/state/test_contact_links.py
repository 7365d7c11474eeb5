"""The links that a contact gets: opening one does nothing, its button does it once."""

from datetime import timedelta

import pytest

from portal_app.domain.customers import channels, contacts
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.state.stop_mails import StopMailsState
from portal_app.state.verify_contact import VerifyContactState
from tests.support.accounts import sent, stored
from tests.support.contacts import asked, contact_of
from tests.support.people import actor_of, new_customer, session_cookie
from tests.support.tabs import Tab

EMAIL = "tom@example.com"


@pytest.fixture
def who(database: Database) -> Actor:
    """A customer with a contact who has confirmed nothing yet."""
    who = actor_of(database, session_cookie(database, new_customer(database)))
    contact_of(database, who, confirmed=False)
    return who


def _open(token: str) -> Tab:
    tab = Tab("/verify-contact", token=token)
    tab.fire(VerifyContactState.load)
    return tab


def _confirmed(database: Database, who: Actor) -> bool:
    (contact,) = database.query(contacts.contacts, who)
    return bool(contact.emails[0].verified)


def test_the_button_confirms_once(database: Database, who: Actor) -> None:
    token = asked(database, EMAIL)
    before = (stored(database), sent(database))
    tab = _open(token)
    assert tab.state(VerifyContactState).outcome == ""
    assert (stored(database), sent(database)) == before
    tab.fire(VerifyContactState.confirm)
    state = tab.state(VerifyContactState)
    assert (state.outcome, state.email) == ("done", EMAIL)
    assert _confirmed(database, who)
    # Whoever presses once more, here or elsewhere, reads the same.
    before = (stored(database), sent(database))
    for again in (tab, _open(token)):
        again.fire(VerifyContactState.confirm)
        again.fire(VerifyContactState.load)
        state = again.state(VerifyContactState)
        assert (state.outcome, state.email) == ("done", EMAIL)
    assert (stored(database), sent(database)) == before


@pytest.mark.parametrize("why", ["expired", "replaced", "removed", "made up"])
def test_a_link_that_confirms_nothing(database: Database, who: Actor, why: str) -> None:
    token, now = asked(database, EMAIL), utc_now()
    (contact,) = database.query(contacts.contacts, who)
    if why == "expired":
        now += channels.LINK_LIVES + timedelta(seconds=1)
    elif why == "replaced":
        channels.send_again(database, who, contact.emails[0].id)
    elif why == "removed":
        database.call(contacts.remove_contact, who, contact.id)
    else:
        token = "nonsense"
    before = (stored(database), sent(database))
    with frozen(now):
        tab = _open(token)
        tab.fire(VerifyContactState.confirm)
    state = tab.state(VerifyContactState)
    assert (state.outcome, state.email, state.problem) == ("invalid", "", "")
    assert (stored(database), sent(database)) == before


def test_mails_are_stopped_by_the_button_only(database: Database, who: Actor) -> None:
    database.call(channels.confirm, asked(database, EMAIL))
    (contact,) = database.query(contacts.contacts, who)
    path = database.call(channels.stop_path, contact.emails[0].id)
    tab = Tab("/stop-mails", token=path.partition("token=")[2])
    before = stored(database)
    tab.fire(StopMailsState.load)
    assert tab.state(StopMailsState).outcome == ""
    assert stored(database) == before
    tab.fire(StopMailsState.stop)
    assert tab.state(StopMailsState).outcome == "done"
    (contact,) = database.query(contacts.contacts, who)
    assert (contact.emails[0].verified, contact.emails[0].stopped) == (False, True)
    unknown = Tab("/stop-mails", token="nonsense")
    unknown.fire(StopMailsState.load)
    before = stored(database)
    unknown.fire(StopMailsState.stop)
    assert unknown.state(StopMailsState).outcome == "invalid"
    assert stored(database) == before
