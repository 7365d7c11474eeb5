"""What the sockets carry to a stranger and to a customer with nothing yet."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext
from reflex.state import State
from reflex_base.registry import RegistrationContext
from reflex_base.utils.format import json_dumps
from sqlmodel import Session, select

from portal_app.domain.bookings.models import Booking
from portal_app.domain.customers.models import Customer, Location
from portal_app.kernel.audiences import Audience
from portal_app.state.access import audiences_of
from portal_app.state.gate import REFLEX_LIFECYCLE
from tests.e2e import steps
from tests.e2e.addresses import (
    CUSTOMER,
    MAYA,
    OFFICE,
    ROUTES,
    STRANGER,
    path_of,
    place_of,
)
from tests.e2e.conftest import Watch
from tests.support.frames import Frames
from tests.support.people import Person
from tests.support.server import RunningPortal

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


def _filled_office_vars(frames: Frames) -> list[tuple[str, str, Any]]:
    office, defaults = _office_states(), _defaults()
    return [
        (state, name, value)
        for state, name, value in frames.values()
        if state in office and value and value != defaults[state].get(_plain_name(name))
    ]


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


def _visit_everything(
    portal: RunningPortal, context: BrowserContext, frames: Frames, who: str
) -> None:
    """Every page, whoever it is made for; each has answered when the next comes."""
    for route in ROUTES:
        place, page, before = place_of(route), context.new_page(), len(frames.received)
        frames.listen(page)
        page.goto(path_of(portal, place))
        steps.alive(page)
        if who == STRANGER and place.who != STRANGER:
            steps.sent_to_log_in(page)
        assert len(frames.received) > before
        page.close()


def test_a_stranger_receives_nothing_of_anybody(
    portal: RunningPortal, new_context: NewContext, customer: Person, watch: Watch
) -> None:
    watch.expected = ["status of 404"]
    frames = Frames()
    _visit_everything(portal, new_context(), frames, STRANGER)
    received = "\n".join(frames.received)
    secrets = [*_secrets_of_maya(portal), customer.last_name, customer.email]
    assert [s for s in secrets if s and s in received] == []
    assert _filled_office_vars(frames) == []


def test_a_new_customer_receives_nothing_of_others(
    portal: RunningPortal, new_context: NewContext, customer: Person, watch: Watch
) -> None:
    watch.expected = ["status of 404"]
    context, frames = new_context(), Frames()
    page = context.new_page()
    frames.listen(page)
    steps.log_in(page, customer)
    (cookie,) = [c for c in context.cookies() if c["name"] == "portal"]
    tickets = {v for _, n, v in frames.values() if _plain_name(n) == "ticket" and v}
    assert len(tickets) == 1
    signing_in = "\n".join(frames.received)
    later = Frames()
    _visit_everything(portal, context, later, CUSTOMER)
    after = "\n".join(later.received)
    # The password goes one way only, the cookie's secret neither way.
    assert customer.password not in signing_in + after
    assert cookie["value"] not in signing_in + after
    assert cookie["value"] not in "\n".join(frames.sent + later.sent)
    # The ticket was used up, and nothing of it is left behind.
    assert [ticket for ticket in tickets if ticket in after] == []
    assert [s for s in _secrets_of_maya(portal) if s and s in after] == []
    assert _filled_office_vars(later) == []
    assert customer.last_name in after


def test_the_office_has_states_of_its_own_to_look_for() -> None:
    made_for_the_office = [r for r in ROUTES if place_of(r).who == OFFICE]
    assert bool(_office_states()) == bool(made_for_the_office)
