"""Every handler with arguments as no page sends them.

``make fuzz`` tries more cases (``CASES``), from another beginning (``FROM``).
"""

import asyncio
import os
from collections import Counter
from typing import Any

import pytest
from reflex.state import BaseState, StateUpdate
from reflex.utils.format import json_dumps
from reflex_base.event import Event
from sqlmodel import select

from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.domain.business.models import Policy
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.customers.models import Contact, Location
from portal_app.domain.dependents.models import Dependent
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database
from portal_app.kernel.errors import UNEXPECTED_ERROR, DomainError
from portal_app.state.bookings.wizard import BookingWizardState
from portal_app.state.core.access import acting_as, actor
from portal_app.state.core.arguments import UnfitArguments, fitting_arguments
from portal_app.state.core.entrance import frame_of
from portal_app.state.core.gate import Gate
from tests.support.demo import MAYA, OFFICE, sign_in_demo_user
from tests.support.fuzzed_events import Case, case, endpoints
from tests.support.snapshots import database_snapshot
from tests.support.tabs import STRANGER, Tab
from tests.support.wiring import wired

_USUAL = 10_000
CASES = int(os.environ.get("CASES", _USUAL))
FROM = int(os.environ.get("FROM", "1"))
_PER_TAB = 80
# It asks questions of each kind.
_SERVICE = "deep-clean"
_BOOK = f"/book/{_SERVICE}"
_WIZARD = BookingWizardState.get_full_name()
_ANSWERS = {"bedrooms": "two", "bathrooms": "1"}
KNOWN = endpoints()


class _OpenGate(Gate):
    """The gate, told who is behind the socket."""

    def __init__(self, who: Actor) -> None:
        self._known = who

    async def _who(self, state: BaseState) -> Actor:  # noqa: ARG002
        return self._known


def _whose(people: dict[Audience, Actor], audiences: frozenset[Audience]) -> Actor:
    return next(people[one] for one in people if one in audiences)


def _fits(one: Case) -> bool:
    frame = frame_of(one.frame)
    assert frame is not None
    try:
        fitting_arguments(one.endpoint.fn, frame["payload"])
    except UnfitArguments:
        return False
    return True


class _Tabs:
    """A tab of each kind of person, new after so many events.

    Args:
        people: Who they are.
        opening: Whether a customer's begins to book, which is stored.
    """

    def __init__(self, people: dict[Audience, Actor], *, opening: bool) -> None:
        self._people = people
        self._opening = opening
        self._tabs: dict[Actor, Tab] = {}
        self._fired: Counter[Actor] = Counter()

    async def pass_gate(self, one: Case) -> tuple[Tab, Event, StateUpdate | None]:
        """Bring the frame of a case to the gate; what it says."""
        who = _whose(self._people, one.endpoint.audiences)
        acting_as(who)
        if self._fired[who] % _PER_TAB == 0:
            self._tabs[who] = tab = Tab(_BOOK, who)
            if self._opening and who.customer_id:
                await tab.call(f"{_WIZARD}.load", {})
                for option_key, answer in _ANSWERS.items():
                    given = {"option_key": option_key, "answer": answer}
                    await tab.call(f"{_WIZARD}.answer", given)
        self._fired[who] += 1
        tab, frame = self._tabs[who], frame_of(one.frame)
        assert frame is not None
        root = tab.root
        before = root.router_data
        root.router_data = root._update_router_vars(frame["router_data"], before)
        event = Event(**frame)
        app: Any = None
        return tab, event, await _OpenGate(who).preprocess(app, root, event)


@pytest.fixture
def people(demo_db: Database) -> dict[Audience, Actor]:
    return {
        Audience.PUBLIC: STRANGER,
        Audience.CUSTOMER: sign_in_demo_user(demo_db, MAYA),
        Audience.OFFICE: sign_in_demo_user(demo_db, OFFICE),
    }


def _cases(database: Database, *, fitting: bool) -> list[Case]:
    keys = _keys(database)
    every = (case(seed, KNOWN, keys) for seed in range(FROM, FROM + CASES))
    return [one for one in every if _fits(one) == fitting]


def _keys(database: Database) -> dict[str, list[str]]:
    """The ids of what there is, and the keys of what is asked."""
    tables = (Booking, BookingDraft, Contact, Location, Dependent, Policy)
    with database.read() as tx:
        found = [row for one in tables for row in tx.exec(select(one.id).limit(8))]
        offer = catalogue.service_page(tx, _SERVICE).service
    return {
        "": sorted(found),
        "option_key": [option.key for option in offer.options],
        "choice_key": [one.key for option in offer.options for one in option.choices],
        "answer": ["1", "2", "one", "two"],
    }


async def _refuse_all(people: dict[Audience, Actor], cases: list[Case]) -> None:
    tabs = _Tabs(people, opening=False)
    for one in cases:
        _, _, answer = await tabs.pass_gate(one)
        assert answer is not None, one
        [toast] = answer.events
        assert (toast.name.rpartition(".")[2], toast.payload["kind"]) == (
            "show",
            "error",
        )
        assert not answer.delta


async def _handle_all(people: dict[Audience, Actor], cases: list[Case]) -> None:
    tabs = _Tabs(people, opening=True)
    for one in cases:
        tab, event, answer = await tabs.pass_gate(one)
        assert answer is None, one
        assert actor() == tab.who
        try:
            answered = await tab.call(event.name, event.payload)
        except DomainError:
            continue
        except Exception as error:
            raise AssertionError(f"seed {one.seed}: {one}") from error
        assert UNEXPECTED_ERROR not in repr(answered), one
        # What it shows can be sent.
        json_dumps(await tab.root._get_resolved_delta())
        tab.root._clean()


def test_what_does_not_fit_reaches_no_handler(
    demo_db: Database, people: dict[Audience, Actor]
) -> None:
    cases = _cases(demo_db, fitting=False)
    assert len(cases) > CASES // 4
    before = database_snapshot(demo_db)
    with wired(database=demo_db):
        asyncio.run(_refuse_all(people, cases))
    assert database_snapshot(demo_db) == before


@pytest.mark.usefixtures("hashing")
def test_what_fits_never_breaks_a_handler(
    demo_db: Database, people: dict[Audience, Actor]
) -> None:
    cases = _cases(demo_db, fitting=True)
    tried = {one.endpoint.name for one in cases}
    # Fewer cases, as asked for by hand, need not reach every handler.
    assert CASES < _USUAL or tried == {one.name for one in KNOWN}
    with wired(database=demo_db):
        asyncio.run(_handle_all(people, cases))
