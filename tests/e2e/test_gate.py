"""Raw sockets: every handler of every state, fired by people it is not for."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
import socketio
from reflex_base.registry import RegistrationContext
from sqlmodel import select

import portal_app.portal_app  # noqa: F401 - registers every state
from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.domain.customers.models import Customer, Location
from portal_app.kernel.audiences import Audience
from portal_app.state.core.access import audiences_of
from portal_app.state.core.gate import REFLEX_LIFECYCLE
from tests.support.people import Person, new_customer, session_cookie
from tests.support.server import RunningPortal
from tests.support.snapshots import database_snapshot
from tests.support.sockets import RawTab, raw_tab

MAYA = "maya@example.com"
MOVING = {"attempt_window", "account_session", "outbox_message"}
"""Tables that change by themselves: counters, last visits, deliveries."""
_AT_A_TIME = 100


def _handlers() -> list[tuple[str, list[str], frozenset[Audience] | None]]:
    """Every registered handler: full name, argument names, audiences."""
    found = []
    for name, entry in sorted(RegistrationContext.get().event_handlers.items()):
        if name in REFLEX_LIFECYCLE:
            continue
        arguments = [
            parameter
            for parameter in inspect.signature(entry.handler.fn).parameters
            if parameter != "self"
        ]
        found.append((name, arguments, audiences_of(entry.handler.fn)))
    return found


@pytest.fixture(scope="module")
def portal(patient_portal: RunningPortal) -> RunningPortal:
    """What an attacker's script sends in a minute, a browser may not."""
    return patient_portal


HANDLERS = _handlers()
FOR_STRANGERS = {Audience.PUBLIC, Audience.VISITOR}
PRIVATE = [h for h in HANDLERS if h[2] is None or not FOR_STRANGERS & h[2]]
FOR_VISITORS = [h for h in HANDLERS if h[2] is not None and Audience.VISITOR in h[2]]


def _ids_of_maya(portal: RunningPortal) -> list[str]:
    with portal.database.read() as tx:
        maya = tx.exec(select(Customer).where(Customer.email == MAYA)).one()
        bookings = tx.exec(select(Booking).where(Booking.customer_id == maya.id)).all()
        drafts = tx.exec(
            select(BookingDraft.id).where(BookingDraft.customer_id == maya.id)
        ).all()
        places = tx.exec(
            select(Location.id).where(Location.customer_id == maya.id)
        ).all()
    assert bookings
    assert places
    return [
        *(booking.number for booking in bookings),
        *(booking.id for booking in bookings),
        *drafts,
        *places,
        maya.id,
    ]


def _secrets_of_maya(portal: RunningPortal) -> list[str]:
    with portal.database.read() as tx:
        maya = tx.exec(select(Customer).where(Customer.email == MAYA)).one()
        numbers = tx.exec(
            select(Booking.number).where(Booking.customer_id == maya.id)
        ).all()
        streets = tx.exec(
            select(Location.street).where(Location.customer_id == maya.id)
        ).all()
    # Her email is no secret: the demo's log-in page shows it to everybody.
    assert maya.phone
    return [maya.last_name, maya.phone, *numbers, *streets]


def _standing(portal: RunningPortal) -> dict[str, Any]:
    found = database_snapshot(portal.database)
    return {table: rows for table, rows in found.items() if table not in MOVING}


def _payloads(arguments: list[str], values: list[str]) -> Iterator[dict[str, Any]]:
    yield {}
    if not arguments:
        return
    yield dict.fromkeys(arguments, "x")
    yield {name: {"id": 1, "nested": ["' OR 1=1 --"]} for name in arguments}
    for value in values:
        yield dict.fromkeys(arguments, value)


def _fire_all(
    tab: RawTab,
    handlers: list[tuple[str, list[str], frozenset[Audience] | None]],
    values: list[str],
) -> None:
    unanswered = 0
    for name, arguments, _ in handlers:
        for payload in _payloads(arguments, values):
            tab.fire(name, payload)
            unanswered += 1
        # The answer carries every state, so it is not asked for after each.
        if unanswered >= _AT_A_TIME:
            tab.round_trip()
            unanswered = 0
    tab.round_trip()


def test_a_stranger_fires_every_handler_and_nothing_happens(
    portal: RunningPortal,
) -> None:
    assert len(PRIVATE) >= 10
    ids = _ids_of_maya(portal)
    before = _standing(portal)
    with raw_tab(portal.url) as tab:
        _fire_all(tab, PRIVATE, ids[:3])
        frames = repr(tab.frames)
    assert _standing(portal) == before
    assert [s for s in _secrets_of_maya(portal) if s in frames] == []


def test_a_stranger_goes_through_the_wizard_without_anything_of_maya(
    portal: RunningPortal,
) -> None:
    assert len(FOR_VISITORS) >= 10
    ids = _ids_of_maya(portal)
    before = _standing(portal)
    with raw_tab(portal.url) as tab:
        _fire_all(tab, FOR_VISITORS, ids)
        received = repr(tab.frames)
    assert _standing(portal) == before
    assert _secrets_besides(portal, ids, received) == []


def test_another_customer_gets_nothing_of_maya(
    portal: RunningPortal, customer: Person
) -> None:
    ids = _ids_of_maya(portal)
    with portal.database.read() as tx:
        maya = tx.exec(select(Customer).where(Customer.email == MAYA)).one()
    before = _rows_of(portal, maya.id)
    with raw_tab(portal.url, session_cookie(portal.database, customer)) as tab:
        _fire_all(tab, HANDLERS, ids)
        received = repr(tab.frames)
    assert _rows_of(portal, maya.id) == before
    assert _secrets_besides(portal, ids, received) == []


def _secrets_besides(
    portal: RunningPortal, typed: list[str], received: str
) -> list[str]:
    """What only the database knows; what the attacker typed may come back."""
    secrets = [s for s in _secrets_of_maya(portal) if s not in typed]
    return [secret for secret in secrets if secret in received]


def _rows_of(portal: RunningPortal, customer_id: str) -> str:
    with portal.database.read() as tx:
        rows = [
            tx.exec(
                select(table).where(table.customer_id == customer_id).order_by(table.id)
            ).all()
            for table in (Booking, BookingDraft, Location)
        ]
        maya = tx.exec(select(Customer).where(Customer.id == customer_id)).one()
    return repr([[row.model_dump() for row in found] for found in rows]) + repr(
        maya.model_dump()
    )


def test_a_socket_from_a_foreign_origin_is_refused(portal: RunningPortal) -> None:
    with (
        pytest.raises(socketio.exceptions.ConnectionError),
        raw_tab(portal.url, origin="https://evil.example.com"),
    ):
        pass


def test_a_stolen_client_token_shows_nothing(portal: RunningPortal) -> None:
    victim = new_customer(portal.database, "Victoria")
    load = next(n for n, _, _ in HANDLERS if n.endswith("viewer_state.load"))
    with raw_tab(portal.url, session_cookie(portal.database, victim)) as own:
        own.round_trip()
        own.fire(load)
        own.round_trip()
        assert victim.name in repr(own.frames)
        token = own.token
    thief = new_customer(portal.database, "Theo")
    for cookie in ("", session_cookie(portal.database, thief)):
        with raw_tab(portal.url, cookie, token=token) as tab:
            tab.fire(load)
            tab.round_trip()
            assert victim.last_name not in repr(tab.frames)


def test_the_cookie_never_reaches_the_page(
    portal: RunningPortal, customer: Person
) -> None:
    cookie = session_cookie(portal.database, customer)
    with raw_tab(portal.url, cookie) as tab:
        tab.round_trip()
        frames = repr(tab.frames)
    assert cookie.removeprefix("portal=") not in frames
    assert not re.search(r"['\"]cookie['\"]: ['\"]\w", frames)
