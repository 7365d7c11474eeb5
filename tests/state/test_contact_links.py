"""The links that a contact gets: opening one does nothing, its button does it once."""

from datetime import timedelta

import pytest

from portal_app.domain.customers import contact_points, contacts
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.state.auth.mail_links import StopMailsState, VerifyContactState
from tests.support.accounts import sent_messages, snapshot_without_logs
from tests.support.contacts import add_contact, confirmation_secret
from tests.support.people import actor_of, new_customer, session_cookie
from tests.support.tabs import Tab

EMAIL = "tom@example.com"


@pytest.fixture
def who(database: Database) -> Actor:
    """A customer with a contact who has confirmed nothing yet."""
    who = actor_of(database, session_cookie(database, new_customer(database)))
    add_contact(database, who, confirmed=False)
    return who


def _open(token: str) -> Tab:
    tab = Tab("/verify-contact", token=token)
    tab.fire(VerifyContactState.load)
    return tab


def _confirmed(database: Database, who: Actor) -> bool:
    (contact,) = database.query(contacts.list_contacts, who)
    return bool(contact.emails[0].verified)


def test_the_button_confirms_once(database: Database, who: Actor) -> None:
    token = confirmation_secret(database, EMAIL)
    before = (snapshot_without_logs(database), sent_messages(database))
    tab = _open(token)
    assert tab.state(VerifyContactState).outcome == ""
    assert (snapshot_without_logs(database), sent_messages(database)) == before
    tab.fire(VerifyContactState.confirm)
    state = tab.state(VerifyContactState)
    assert (state.outcome, state.email) == ("done", EMAIL)
    assert _confirmed(database, who)
    # Whoever presses once more, here or elsewhere, reads the same.
    before = (snapshot_without_logs(database), sent_messages(database))
    for again in (tab, _open(token)):
        again.fire(VerifyContactState.confirm)
        again.fire(VerifyContactState.load)
        state = again.state(VerifyContactState)
        assert (state.outcome, state.email) == ("done", EMAIL)
    assert (snapshot_without_logs(database), sent_messages(database)) == before


@pytest.mark.parametrize("why", ["expired", "replaced", "removed", "made up"])
def test_a_link_that_confirms_nothing(database: Database, who: Actor, why: str) -> None:
    token, now = confirmation_secret(database, EMAIL), utc_now()
    (contact,) = database.query(contacts.list_contacts, who)
    if why == "expired":
        now += contact_points.VERIFICATION_LINK_LIFETIME + timedelta(seconds=1)
    elif why == "replaced":
        contact_points.resend_verification(database, who, contact.emails[0].id)
    elif why == "removed":
        database.call(contacts.remove_contact, who, contact.id)
    else:
        token = "nonsense"
    before = (snapshot_without_logs(database), sent_messages(database))
    with frozen(now):
        tab = _open(token)
        tab.fire(VerifyContactState.confirm)
    state = tab.state(VerifyContactState)
    assert (state.outcome, state.email, state.problem) == ("invalid", "", "")
    assert (snapshot_without_logs(database), sent_messages(database)) == before


def test_mails_are_stopped_by_the_button_only(database: Database, who: Actor) -> None:
    database.call(
        contact_points.verify_contact_email, confirmation_secret(database, EMAIL)
    )
    (contact,) = database.query(contacts.list_contacts, who)
    path = database.call(contact_points.create_stop_link, contact.emails[0].id)
    tab = Tab("/stop-mails", token=path.partition("token=")[2])
    before = snapshot_without_logs(database)
    tab.fire(StopMailsState.load)
    assert tab.state(StopMailsState).outcome == ""
    assert snapshot_without_logs(database) == before
    tab.fire(StopMailsState.stop)
    assert tab.state(StopMailsState).outcome == "done"
    (contact,) = database.query(contacts.list_contacts, who)
    assert (contact.emails[0].verified, contact.emails[0].stopped) == (False, True)
    unknown = Tab("/stop-mails", token="nonsense")
    unknown.fire(StopMailsState.load)
    before = snapshot_without_logs(database)
    unknown.fire(StopMailsState.stop)
    assert unknown.state(StopMailsState).outcome == "invalid"
    assert snapshot_without_logs(database) == before
