"""Guessing booking numbers: refused alike, then slowed; no answer takes more work."""

import secrets
from collections import Counter
from collections.abc import Iterator

import pytest
from reflex_base.registry import RegistrationContext
from sqlmodel import Session, col, func, select

from portal_app.domain.accounts.models import AccountSession, SecurityEvent
from portal_app.domain.accounts.rules import (
    NUMBER_BY_ADDRESS,
    NUMBER_BY_EMAIL,
    NUMBER_BY_NUMBER,
)
from portal_app.domain.bookings import service as bookings
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput, TooManyAttempts
from portal_app.kernel.ids import new_number
from tests.support.people import new_customer
from tests.support.server import RunningPortal
from tests.support.sockets import RawTab, raw_tab
from tests.support.statements import statements_of
from tests.support.visits import book

GUESSES = 200
WRONG = "The e-mail or the booking number is not right."
SLOWED = "Too many attempts"


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


def test_two_hundred_guesses_are_refused_alike_then_slowed(
    portal: RunningPortal, tab: RawTab
) -> None:
    """The right e-mail, a wrong number each time, from one address."""
    person = new_customer(portal.database)
    book(portal.database, person)
    sessions = _guest_sessions(portal)
    answers = [
        _answer(tab, f"guess-{turn}@example.com" if turn % 2 else person.email, number)
        for turn, number in enumerate(new_number("B") for _ in range(GUESSES))
    ]
    let_through = NUMBER_BY_ADDRESS.attempts
    assert answers[:let_through] == [WRONG] * let_through
    assert {answer[: len(SLOWED)] for answer in answers[let_through:]} == {SLOWED}
    assert _guest_sessions(portal) == sessions
    assert _logged(portal, person.email)["guest_sign_in_failed"] == let_through // 2


def test_the_right_pair_waits_as_well_once_slowed(
    portal: RunningPortal, tab: RawTab
) -> None:
    """Otherwise a guesser would know the moment the guess is right."""
    person = new_customer(portal.database)
    number = book(portal.database, person)
    for _ in range(NUMBER_BY_NUMBER.attempts):
        assert _answer(tab, "somebody@example.com", number) == WRONG
    sessions = _guest_sessions(portal)
    assert _answer(tab, person.email, number).startswith(SLOWED)
    assert _guest_sessions(portal) == sessions


@pytest.mark.parametrize("known", ["email", "number"])
def test_many_addresses_do_not_help(portal: RunningPortal, known: str) -> None:
    """The limits of the e-mail and of the number count whoever asks."""
    person = new_customer(portal.database)
    number = book(portal.database, person)
    limit = NUMBER_BY_EMAIL if known == "email" else NUMBER_BY_NUMBER
    refused = []
    for turn in range(limit.attempts + 1):
        stranger = Actor(address=f"198.51.{turn}.7", device="test")
        email = person.email if known == "email" else f"g{turn}@example.com"
        tried = new_number("B") if known == "email" else number
        with pytest.raises((InvalidInput, TooManyAttempts)) as caught:
            bookings.sign_in_by_number(portal.database, stranger, email, tried)
        refused.append(caught.type)
    assert refused == [InvalidInput] * limit.attempts + [TooManyAttempts]


def test_a_right_email_with_a_wrong_number_is_the_same_work(
    portal: RunningPortal,
) -> None:
    """The same statements in the same order; ``bench/guessing.py`` takes the time."""
    person = new_customer(portal.database)
    number = book(portal.database, person)
    tries = {
        "right e-mail, wrong number": (person.email, new_number("B")),
        "wrong e-mail, wrong number": ("nobody@example.com", new_number("B")),
        "wrong e-mail, right number": ("nobody@example.com", number),
    }
    work = {}
    for case, (email, tried) in tries.items():
        stranger = Actor(address=f"203.0.113.{secrets.randbelow(250)}", device="test")
        with (
            statements_of(portal.database) as statements,
            pytest.raises(InvalidInput) as caught,
        ):
            bookings.sign_in_by_number(portal.database, stranger, email, tried)
        assert caught.value.message == WRONG
        assert caught.value.fields == {}
        work[case] = [sql for sql, _ in statements]
    assert len({tuple(sql) for sql in work.values()}) == 1
