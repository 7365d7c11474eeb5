"""What the sockets carry to a stranger and to a customer with nothing yet."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from playwright.sync_api import BrowserContext, expect
from reflex.state import State
from reflex_base.registry import RegistrationContext
from reflex_base.utils.format import json_dumps
from sqlmodel import Session, select

from portal_app.domain.bookings.models import Booking
from portal_app.domain.customers.models import Customer, Location
from portal_app.kernel.audiences import Audience
from portal_app.portal_app import PAGES
from portal_app.state.core.access import audiences_of
from portal_app.state.core.gate import REFLEX_LIFECYCLE
from tests.e2e import steps
from tests.e2e.page_paths import MAYA, OFFICE, ROUTES, STRANGER, path_of, place_of
from tests.support.people import Person, actor_of, session_cookie
from tests.support.server import RunningPortal
from tests.support.socket_frames import Frames
from tests.support.sockets import RawTab, raw_tab

NewContext = Callable[[], BrowserContext]
_OPEN_TO_CUSTOMERS = {Audience.PUBLIC, Audience.CUSTOMER, Audience.GUEST}


def _office_states() -> set[str]:
    """The states of which every handler is for people who work here."""
    audiences: dict[str, set[Audience]] = {}
    for name, entry in RegistrationContext.get().event_handlers.items():
        declared = audiences_of(entry.handler.fn)
        if name not in REFLEX_LIFECYCLE and declared is not None:
            state = name.rpartition(".")[0]
            audiences.setdefault(state, set()).update(declared)
    return {s for s, found in audiences.items() if not found & _OPEN_TO_CUSTOMERS}


def _defaults() -> dict[str, dict[str, Any]]:
    """Every var of every state before anything has happened, as it would be sent."""
    found: dict[str, dict[str, Any]] = {}
    waiting = [State(_reflex_internal_init=True)]  # type: ignore[call-arg]
    while waiting:
        state = waiting.pop()
        values = {name: getattr(state, name) for name in state.base_vars}
        found[state.get_full_name()] = json.loads(json_dumps(values))
        waiting += state.substates.values()
    return found


def _plain_name(sent: str) -> str:
    return sent.removesuffix("_rx_state_")


def _secrets_of_maya(portal: RunningPortal) -> list[str]:
    def read(tx: Session) -> list[str]:
        maya = tx.exec(select(Customer).where(Customer.email == MAYA.email)).one()
        mine = tx.exec(select(Booking).where(Booking.customer_id == maya.id)).all()
        places = tx.exec(select(Location).where(Location.customer_id == maya.id)).all()
        return [
            maya.last_name,
            maya.phone,
            *(booking.id for booking in mine),
            *(place.street for place in places),
        ]

    return portal.database.query(read)


def _loads_of_every_page(portal: RunningPortal, tab: RawTab) -> list[str]:
    """Load every page as its own address does; what came over the socket, as sent."""
    before = len(tab.frames)
    for page in PAGES:
        route = page.route if page.route != "404" else "/404"
        path = path_of(portal, place_of(route))
        pathname, _, asked = path.partition("?")
        for handler in page.on_load:
            name = f"{handler.state_full_name}.{handler.fn.__name__}"
            query = dict(parse_qsl(asked))
            tab.fire(name, pathname=pathname, asPath=path, query=query)
    tab.round_trip()
    return [json.dumps(frame, ensure_ascii=False) for frame in tab.frames[before:]]


def _office_vars_of(frames: list[str]) -> list[tuple[str, str, Any]]:
    office, defaults = _office_states(), _defaults()
    return [
        (state, name, value)
        for frame in frames
        for state, values in (json.loads(frame).get("delta") or {}).items()
        for name, value in values.items()
        if state in office and value and value != defaults[state].get(_plain_name(name))
    ]


def test_a_stranger_receives_nothing_of_anybody(
    portal: RunningPortal, customer: Person
) -> None:
    with raw_tab(portal.url) as tab:
        received = _loads_of_every_page(portal, tab)
        redirects = [e for e in tab.events() if e["name"] == "_redirect"]
    secrets = [*_secrets_of_maya(portal), customer.last_name, customer.email]
    assert [s for s in secrets if s and s in "\n".join(received)] == []
    assert _office_vars_of(received) == []
    private = [r for r in ROUTES if place_of(r).who != STRANGER]
    assert len(redirects) >= len(private)


def test_a_new_customer_receives_nothing_of_others(
    portal: RunningPortal, customer: Person
) -> None:
    with raw_tab(portal.url, session_cookie(portal.database, customer)) as tab:
        received = _loads_of_every_page(portal, tab)
    everything = "\n".join(received)
    assert [s for s in _secrets_of_maya(portal) if s and s in everything] == []
    assert _office_vars_of(received) == []
    assert customer.last_name in everything


def test_a_log_in_leaves_its_secrets_nowhere(
    portal: RunningPortal, new_context: NewContext, customer: Person
) -> None:
    context, frames = new_context(), Frames()
    page = context.new_page()
    frames.listen(page)
    steps.log_in(page, customer)
    cookies = context.cookies()
    assert [c["name"] for c in cookies if not c["httpOnly"]] == []
    (cookie,) = [c for c in cookies if c["name"] == "portal"]
    assert {name: cookie[name] for name in cookie if name != "value"} == {  # type: ignore[literal-required]
        "name": "portal",
        "domain": "localhost",
        "path": "/",
        "expires": -1,
        "httpOnly": True,
        "secure": False,
        "sameSite": "Lax",
    }
    assert page.evaluate("document.cookie") == ""
    kept = page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, location.href])"
    )
    assert cookie["value"] not in kept
    tickets = {v for _, n, v in frames.values() if _plain_name(n) == "ticket" and v}
    assert len(tickets) == 1
    signing_in = "\n".join(frames.received)
    later = Frames()
    later.listen(page)
    steps.visit(page, "/account")
    expect(steps.heading(page, customer.name, level=2)).to_be_visible()
    after = "\n".join(later.received)
    assert customer.last_name in after
    # The password goes one way only, the cookie's secret neither way.
    assert customer.password not in signing_in + after
    assert cookie["value"] not in signing_in + after
    assert cookie["value"] not in "\n".join(frames.sent + later.sent)
    # The ticket was used up, and nothing of it is left behind.
    assert [ticket for ticket in tickets if ticket in after] == []
    steps.log_out(page)
    assert "portal" not in [c["name"] for c in context.cookies()]
    secret = f"portal={cookie['value']}"
    assert actor_of(portal.database, secret).account_id is None


def test_the_office_has_states_of_its_own_to_look_for() -> None:
    made_for_the_office = [r for r in ROUTES if place_of(r).who == OFFICE]
    assert bool(_office_states()) == bool(made_for_the_office)
