"""The gate: who gets through, and what a session that ended leaves behind."""

import asyncio
from typing import Any

import pytest
from reflex.state import StateUpdate
from reflex_base.event import Event
from sqlalchemy.exc import OperationalError

from portal_app.domain.accounts import service as accounts
from portal_app.domain.bookings import drafts, on_behalf
from portal_app.domain.sign_in import session_lookup
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database, DatabaseUnavailable
from portal_app.kernel.ids import hash_secret
from portal_app.state.account.profile import AccountState
from portal_app.state.bookings.wizard import BookingWizardState
from portal_app.state.bookings.wizard_questions import WizardDependentsState
from portal_app.state.core import outages
from portal_app.state.core.access import actor
from portal_app.state.core.gate import Gate
from portal_app.state.core.toasts import ToastState
from portal_app.state.core.viewer import ViewerState
from tests.support.accounts import PASSWORD, HashingCalls, snapshot_without_logs
from tests.support.people import (
    actor_of,
    new_colleague,
    new_customer,
    session_cookie,
)
from tests.support.sample_business import create_sample_business
from tests.support.tabs import Tab, redirect_targets
from tests.support.wiring import wired

HYDRATE = "reflex___state____state.hydrate_and_load"
PRIVATE = f"{AccountState.get_full_name()}.begin"
PUBLIC = f"{ViewerState.get_full_name()}.load"


def _pass(tab: Tab, name: str) -> tuple[StateUpdate | None, Actor]:
    """What the gate says to an event, and who would act in its handler."""

    async def passing() -> tuple[StateUpdate | None, Actor]:
        app: Any = None
        answer = await Gate().preprocess(app, tab.root, Event(name=name))
        return answer, actor()

    return asyncio.run(passing())


def _signed_in(database: Database, path: str = "/account") -> tuple[Tab, str]:
    cookie = session_cookie(database, new_customer(database))
    tab = Tab(path)
    tab.go(path, cookie=hash_secret(cookie.removeprefix("portal=")))
    return tab, cookie


def test_customer_passes_as_the_session_says(database: Database) -> None:
    tab, cookie = _signed_in(database)
    answer, who = _pass(tab, PRIVATE)
    assert answer is None
    expected = actor_of(database, cookie)
    assert (who.account_id, who.customer_id, who.session_id) == (
        expected.account_id,
        expected.customer_id,
        expected.session_id,
    )
    assert who.audience is Audience.CUSTOMER


def test_a_stranger_s_browser_brings_its_devices(database: Database) -> None:
    tab = Tab("/login")
    data = dict(tab.root.router_data)
    brought = {"authorization": "offer=a&device=b&device=c"}
    data["headers"] = {**data["headers"], **brought}
    tab.root.router_data = tab.root._update_router_vars(data, tab.root.router_data)
    answer, who = _pass(tab, PUBLIC)
    assert (answer, who.device_hashes) == (None, ("b", "c"))


def _toasts(answer: StateUpdate) -> list[tuple[str, str]]:
    shown = [event for event in answer.events if event.name.endswith(".show")]
    return [(event.payload["kind"], event.payload["text"]) for event in shown]


def test_a_page_that_is_loaded_anew_shows_no_old_message(database: Database) -> None:
    tab = Tab("/")
    tab.fire(ToastState.show, "success", "long ago")
    tab.state(ToastState)._shown_at = {}
    assert _pass(tab, "reflex___state____state.hydrate")[0] is None
    assert tab.state(ToastState).toasts == []


@pytest.mark.parametrize("cookie", ["", "no-hash-of-anything", "' OR 1=1 --"])
def test_visitor_is_sent_to_log_in_and_back(database: Database, cookie: str) -> None:
    tab = Tab("/account")
    tab.go("/account", cookie=cookie, tab="a&b=c")
    answer, who = _pass(tab, PRIVATE)
    assert answer is not None
    assert redirect_targets(answer.events) == [
        "/login?next=/account%3Ftab%3Da%2526b%253Dc"
    ]
    assert who.audience is Audience.PUBLIC
    assert who.account_id is None


def test_visitor_may_fire_public_handlers(database: Database) -> None:
    assert _pass(Tab("/"), PUBLIC)[0] is None


def test_office_is_refused_customer_handlers(database: Database) -> None:
    accounts.create_account(database, "office@example.com", "office", PASSWORD)
    asked_by = Actor(address="203.0.113.9")
    ticket = accounts.sign_in(
        database, asked_by, "office@example.com", PASSWORD, remember=False
    )
    secret = database.call(accounts.redeem_ticket, asked_by, ticket).secret
    tab = Tab("/account")
    tab.go("/account", cookie=hash_secret(secret))
    answer, who = _pass(tab, PRIVATE)
    assert answer is not None
    assert redirect_targets(answer.events) == ["/"]
    assert _toasts(answer) == [
        ("info", "This page is for customers. You are logged in as the office.")
    ]
    assert who.audience is Audience.OFFICE


@pytest.mark.parametrize(
    "name",
    [
        f"{AccountState.get_full_name()}.setvar",
        "reflex___state____state.setvar",
        "reflex___state____state.update_vars_internal",
        "no.such.handler",
        "",
    ],
)
def test_undeclared_handler_gets_an_empty_answer(database: Database, name: str) -> None:
    tab, _ = _signed_in(database)
    answer, _ = _pass(tab, name)
    assert answer == StateUpdate()


def test_nobody_is_taken_for_anybody_while_the_database_is_away(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither let through nor signed out: told, and nothing else."""
    tab, _ = _signed_in(database)
    told: list[str] = []

    async def tell(message: str) -> None:
        told.append(message)

    def away(*_: Any) -> None:
        raise DatabaseUnavailable(OperationalError("", {}, Exception("refused")))

    monkeypatch.setattr(outages, "tell", tell)
    monkeypatch.setattr(session_lookup, "resolve_session", away)
    for name in (PRIVATE, PUBLIC, HYDRATE):
        answer, who = _pass(tab, name)
        assert answer == StateUpdate()
        assert who == Actor()
    assert (
        told
        == ["We cannot reach our database just now. Please try again in a moment."] * 3
    )


def test_a_session_that_ended_is_refused_at_the_next_event(
    database: Database,
) -> None:
    tab, cookie = _signed_in(database)
    assert _pass(tab, PRIVATE)[0] is None
    database.call(accounts.sign_out, actor_of(database, cookie))
    before = snapshot_without_logs(database)
    answer, who = _pass(tab, PRIVATE)
    assert answer is not None
    assert redirect_targets(answer.events) == ["/login?next=/account"]
    assert who.session_id is None
    assert snapshot_without_logs(database) == before


def test_a_session_that_ended_leaves_nothing_in_the_tab(database: Database) -> None:
    tab, cookie = _signed_in(database)
    tab.who = actor_of(database, cookie)
    tab.fire(ViewerState.load)
    tab.fire(AccountState.load)
    email = tab.state(AccountState).profile.email
    assert email in repr(tab.root.dict())
    _pass(tab, HYDRATE)
    assert email in repr(tab.root.dict())
    database.call(accounts.sign_out, tab.who)
    assert _pass(tab, HYDRATE)[0] is None
    assert email not in repr(tab.root.dict())
    assert tab.root.router.url.path == "/account"


FOR_CUSTOMERS = f"{WizardDependentsState.get_full_name()}.load"
FOR_BOOKERS = f"{BookingWizardState.get_full_name()}.next_from_options"


def test_the_office_acts_for_the_customer_of_the_draft_it_opened(
    sqlite_db: Database, hashing: HashingCalls
) -> None:
    with wired(database=sqlite_db):
        sqlite_db.call(create_sample_business)
        _acts_for_a_customer(sqlite_db)


def _acts_for_a_customer(database: Database) -> None:
    customer = new_customer(database)
    ada = actor_of(database, session_cookie(database, customer))
    assert ada.customer_id is not None
    cookie = session_cookie(database, new_colleague(database))
    lea = actor_of(database, cookie)
    draft = database.call(on_behalf.open_for, lea, ada.customer_id, "dog-walk")
    own = database.call(drafts.open_draft, ada, "dog-walk").id
    tab = Tab("/book/dog-walk")
    hashed = hash_secret(cookie.removeprefix("portal="))
    tab.go("/book/dog-walk", cookie=hashed, draft=draft)
    for name in (FOR_CUSTOMERS, FOR_BOOKERS):
        answer, who = _pass(tab, name)
        assert answer is None
        assert (who.customer_id, who.account_id, who.on_behalf) == (
            ada.customer_id,
            lea.account_id,
            True,
        )
    # Anything else of the customer's stays closed, and so does their own draft.
    for name, named in ((PRIVATE, draft), (FOR_BOOKERS, own), (FOR_BOOKERS, "")):
        tab.go("/book/dog-walk", cookie=hashed, draft=named)
        answer, who = _pass(tab, name)
        assert answer is not None
        assert redirect_targets(answer.events) == ["/"]
        assert (who.audience, who.on_behalf) == (Audience.OFFICE, False)
