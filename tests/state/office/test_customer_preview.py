"""The office sees the portal as a customer does, and changes nothing by it."""

import asyncio
from typing import Any, Literal, get_args, get_origin

import pytest
from reflex_base.registry import RegistrationContext

from portal_app.domain.accounts import service as accounts
from portal_app.domain.sign_in import customer_preview, session_lookup
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed, NotFound
from portal_app.kernel.ids import hash_secret
from portal_app.state.core import error_handlers
from portal_app.state.core.access import acting_as, audiences_of
from portal_app.state.core.arguments import model_of
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.customer_preview import CustomerPreviewState
from tests.support.accounts import (
    security_event_kinds,
    sent_messages,
    snapshot_without_logs,
)
from tests.support.people import Person, actor_of, new_customer, session_cookie
from tests.support.tabs import Tab, redirect_targets

LEA = Person("lea@example.com", "Lea", "Office")
STOP = f"{CustomerPreviewState.get_full_name()}.stop"


@pytest.fixture
def maya(database: Database) -> Actor:
    """A customer."""
    return actor_of(database, session_cookie(database, new_customer(database, "Maya")))


@pytest.fixture
def cookie(database: Database) -> str:
    """Of somebody of the office."""
    accounts.create_account(database, LEA.email, "office", LEA.password)
    return session_cookie(database, LEA)


def test_the_office_looks_as_a_customer_and_stops(
    database: Database, maya: Actor, cookie: str
) -> None:
    lea = actor_of(database, cookie)
    tab = Tab("/office/permissions", lea)
    tab.fire(CustomerPreviewState.find, {"customer": "maya"})
    (found,) = tab.state(CustomerPreviewState).found
    assert found.id == maya.customer_id
    before = security_event_kinds(database)
    assert redirect_targets(tab.fire(CustomerPreviewState.start, found.id)) == ["/"]
    seen = actor_of(database, cookie)
    assert (seen.audience, seen.customer_id, seen.account_id) == (
        Audience.CUSTOMER,
        maya.customer_id,
        maya.account_id,
    )
    assert (seen.looking, seen.session_id, seen.is_owner) == (
        True,
        lea.session_id,
        False,
    )
    looks = Tab("/bookings", seen)
    looks.fire(ViewerState.load)
    viewer = looks.state(ViewerState).viewer
    assert (viewer.name.split()[0], viewer.role, viewer.looking) == (
        "Maya",
        "customer",
        True,
    )
    for _ in range(2):  # a second click
        assert redirect_targets(looks.fire(CustomerPreviewState.stop)) == [
            "/office/permissions"
        ]
    assert actor_of(database, cookie) == lea
    assert security_event_kinds(database) == [
        *before,
        "looking_started",
        "looking_ended",
    ]
    # A customer who is one has nothing to stop.
    assert redirect_targets(Tab("/", maya).fire(CustomerPreviewState.stop)) == ["/"]


def test_who_may_look_and_as_whom(database: Database, maya: Actor, cookie: str) -> None:
    lea = actor_of(database, cookie)
    before = snapshot_without_logs(database)
    for audience in set(Audience) - {Audience.OFFICE}:
        who = Actor(audience, account_id="x", session_id=lea.session_id)
        with pytest.raises(NotAllowed):
            database.call(customer_preview.start, who, maya.customer_id or "")
        with pytest.raises(NotAllowed):
            database.query(customer_preview.find_customers, who, "maya")
    with pytest.raises(NotFound):
        database.call(customer_preview.start, lea, "nobody")
    with pytest.raises(NotAllowed):  # the command line has no browser
        database.call(
            customer_preview.start, Actor(Audience.OFFICE), maya.customer_id or ""
        )
    assert snapshot_without_logs(database) == before
    assert database.query(customer_preview.find_customers, lea, "%") == []


def test_a_session_cookie_alone_never_looks(database: Database, maya: Actor) -> None:
    """Only a session of the office does, whatever its row says."""
    person = new_customer(database, "Noah")
    noah = session_cookie(database, person)
    lea = Actor(Audience.OFFICE, session_id=actor_of(database, noah).session_id)
    database.call(customer_preview.start, lea, maya.customer_id or "")
    secret = hash_secret(noah.removeprefix("portal="))
    found = database.query(session_lookup.resolve_actor, secret, "", "")
    assert (found.looking, found.customer_id) == (
        False,
        actor_of(database, noah).customer_id,
    )


def _argument(annotation: Any) -> Any:
    if get_origin(annotation) is Literal:
        return get_args(annotation)[0]
    if get_origin(annotation) is dict:
        return {"request": "r1", "email": "x@example.com", "name": "X"}
    return {int: 1, bool: True}.get(annotation, "x")


def test_every_handler_that_changes_something_is_refused(
    database: Database, maya: Actor, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lea = actor_of(database, cookie)
    database.call(customer_preview.start, lea, maya.customer_id or "")
    seen = actor_of(database, cookie)
    said: list[str] = []
    monkeypatch.setattr(
        error_handlers, "answer_exception", lambda error: said.append(str(error))
    )
    before, sent = snapshot_without_logs(database), sent_messages(database)
    asked = 0
    for name, found in sorted(RegistrationContext.get().event_handlers.items()):
        handler = found.handler.fn
        audiences = audiences_of(handler)
        if audiences is None or not seen.may(audiences) or name == STOP:
            continue
        tab = Tab("/account", seen)
        acting_as(seen)
        fields = model_of(handler).model_fields.items()
        arguments = {key: _argument(one.annotation) for key, one in fields}

        async def fire(tab: Tab = tab, name: str = name, data: Any = arguments) -> None:
            acting_as(seen)
            await tab.call(name, data)

        asyncio.run(fire())
        asked += 1
    assert asked > 80
    assert (snapshot_without_logs(database), sent_messages(database)) == (before, sent)
