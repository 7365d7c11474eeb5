"""Guessing booking numbers over the socket: refused alike, then slowed."""

from collections import Counter
from collections.abc import Iterator

import pytest
from reflex_base.registry import RegistrationContext
from sqlmodel import Session, col, func, select

import portal_app.portal_app  # noqa: F401 - registers every state
from portal_app.domain.accounts.models import AccountSession, SecurityEvent
from portal_app.domain.accounts.rules import NUMBER_BY_ADDRESS
from portal_app.kernel.ids import new_number
from tests.support.bookings import book_first_free_time
from tests.support.people import new_customer
from tests.support.server import RunningPortal
from tests.support.sockets import RawTab, raw_tab

WRONG = "The email or the booking number is not right."
SLOWED = "Too many attempts"


@pytest.fixture(scope="module")
def portal(patient_portal: RunningPortal) -> RunningPortal:
    """A guesser is slowed by what is guessed, not by how many events it takes."""
    return patient_portal


@pytest.fixture
def tab(portal: RunningPortal) -> Iterator[RawTab]:
    """A guesser's script."""
    with raw_tab(portal.url) as opened:
        opened.round_trip()
        yield opened


def _submit() -> str:
    names = RegistrationContext.get().event_handlers
    return next(name for name in names if name.endswith("login_booking_state.submit"))


def _answer(tab: RawTab, email: str, number: str) -> str:
    """What the page says to a pair, in words; empty if it lets in."""
    tab.fire(_submit(), {"form_data": {"email": email, "number": number}})
    tab.round_trip()
    [state] = [
        values
        for name, values in tab.state().items()
        if name.endswith("login_booking_state")
    ]
    said = {key.removesuffix("_rx_state_"): value for key, value in state.items()}
    assert said["errors"] == {}
    assert said["ticket"] == "" or said["problem"] == ""
    return str(said["problem"])


def _guest_sessions(portal: RunningPortal) -> int:
    def count(tx: Session) -> int:
        opened = select(func.count()).where(col(AccountSession.booking_id).is_not(None))
        return tx.exec(opened).one()

    return portal.database.query(count)


def _logged(portal: RunningPortal, email: str) -> Counter[str]:
    def read(tx: Session) -> Counter[str]:
        events = select(SecurityEvent.kind).where(SecurityEvent.detail == email)
        return Counter(tx.exec(events))

    return portal.database.query(read)


def test_guesses_over_the_socket_are_refused_alike_then_slowed(
    portal: RunningPortal, tab: RawTab
) -> None:
    """The right email or another, a wrong number each time, from one address."""
    person = new_customer(portal.database)
    number = book_first_free_time(portal.database, person)
    sessions = _guest_sessions(portal)
    let_through = NUMBER_BY_ADDRESS.attempts
    answers = [
        _answer(tab, f"guess-{turn}@example.com" if turn % 2 else person.email, tried)
        for turn, tried in enumerate(new_number("B") for _ in range(let_through + 2))
    ]
    assert answers[:let_through] == [WRONG] * let_through
    assert {answer[: len(SLOWED)] for answer in answers[let_through:]} == {SLOWED}
    # The right pair waits as well: a guesser would know the moment it is right.
    assert _answer(tab, person.email, number).startswith(SLOWED)
    assert _guest_sessions(portal) == sessions
    assert _logged(portal, person.email)["guest_sign_in_failed"] == let_through // 2
