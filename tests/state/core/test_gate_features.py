"""What is switched off is refused at the gate, in words, and the page is left."""

import asyncio
from typing import Any

import pytest
from reflex.state import StateUpdate
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext

import portal_app.portal_app as portal
from portal_app.domain.business.features import OFFERED
from portal_app.kernel.db import Database
from portal_app.kernel.features import Feature
from portal_app.kernel.ids import hash_secret
from portal_app.state.account.business_profiles import AccountBusinessProfilesState
from portal_app.state.account.profile import AccountFieldsState
from portal_app.state.core.access import feature_of, page_feature
from portal_app.state.core.gate import Gate
from portal_app.state.core.viewer import ViewerState
from portal_app.state.dependents.dependent_list import DependentsState
from tests.support.accounts import snapshot_without_logs
from tests.support.people import new_customer, session_cookie
from tests.support.switches import switched_off
from tests.support.tabs import Tab, redirect_targets


@pytest.fixture
def cookie(database: Database) -> str:
    signed_in = session_cookie(database, new_customer(database))
    return hash_secret(signed_in.removeprefix("portal="))


def fire(path: str, cookie: str, state: Any, handler: str) -> StateUpdate | None:
    tab = Tab(path)
    tab.go(path, cookie=cookie)
    name = f"{state.get_full_name()}.{handler}"

    async def passing() -> StateUpdate | None:
        app: Any = None
        return await Gate().preprocess(app, tab.root, Event(name=name))

    return asyncio.run(passing())


def told(answer: StateUpdate | None) -> tuple[list[str], list[str]]:
    """Where an answer leads, and what it says."""
    assert answer is not None
    shown = [event for event in answer.events if event.name.endswith(".show")]
    return redirect_targets(list(answer.events)), [
        event.payload["text"] for event in shown
    ]


def test_a_page_that_is_off_is_left(database: Database, cookie: str) -> None:
    assert fire("/dependents", cookie, DependentsState, "load") is None
    with switched_off(database, Feature.DEPENDENTS):
        answer = fire("/dependents", cookie, DependentsState, "load")
        assert told(answer) == (["/"], ["Dependents are not offered at the moment."])
    assert fire("/dependents", cookie, DependentsState, "load") is None


@pytest.mark.parametrize(
    ("feature", "state", "handler", "words"),
    [
        (
            Feature.BUSINESS_PROFILES,
            AccountBusinessProfilesState,
            "save",
            "Business profiles are not offered at the moment.",
        ),
        (
            Feature.CUSTOM_FIELDS,
            AccountFieldsState,
            "save",
            "Your own questions are not offered at the moment.",
        ),
        (
            Feature.DEPENDENTS,
            DependentsState,
            "archive",
            "Dependents are not offered at the moment.",
        ),
    ],
)
def test_an_open_tab_is_told(
    database: Database,
    cookie: str,
    *,
    feature: Feature,
    state: Any,
    handler: str,
    words: str,
) -> None:
    before = snapshot_without_logs(database)
    with switched_off(database, feature):
        answer = fire("/account", cookie, state, handler)
        assert told(answer) == ([], [words])
        # The frame is read again, so that what is off disappears.
        assert f"{ViewerState.get_full_name()}.load" in [
            event.name for event in answer.events
        ]
        # A part of a page that is shown otherwise is just not read.
        part = fire("/account", cookie, state, "load")
        assert part is not None
        assert part.events == []
    after = snapshot_without_logs(database)
    after["business"] = before["business"]
    after["change_entry"] = before["change_entry"]
    after["account_session"] = before["account_session"]
    assert after == before


def test_a_page_and_its_handlers_belong_to_the_same_feature() -> None:
    for page in portal.PAGES:
        assert page_feature(page.route) is page.feature
        if page.feature is None:
            continue
        loads = [handler for handler in page.on_load if feature_of(handler.fn)]
        assert [feature_of(handler.fn) for handler in loads] == [page.feature], (
            page.route
        )


def test_the_frame_knows_what_is_off(database: Database) -> None:
    tab = Tab("/account")
    with switched_off(database, Feature.DEPENDENTS):
        tab.fire(ViewerState.load)
        assert tab.state(ViewerState).off == ["dependents"]
    tab.fire(ViewerState.load)
    assert tab.state(ViewerState).off == []


def test_every_feature_that_is_offered_guards_a_handler() -> None:
    declared = {
        feature_of(found.handler.fn)
        for found in RegistrationContext.get().event_handlers.values()
    }
    assert declared - {None} == set(OFFERED)
