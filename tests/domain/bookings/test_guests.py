"""By booking number: one booking for a while, and not a word about others."""

from datetime import timedelta
from functools import partial
from statistics import median
from time import perf_counter

import pytest
from sqlmodel import select

from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import Account, AccountSession, AccountToken
from portal_app.domain.accounts.rules import WayClosed
from portal_app.domain.bookings import service
from portal_app.domain.bookings.models import Booking, BookingEvent
from portal_app.domain.customers import service as customers
from portal_app.domain.customers.models import Customer
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import (
    DomainError,
    InvalidInput,
    NotAllowed,
    NotFound,
    TooManyAttempts,
)
from tests.support.accounts import (
    STRANGER,
    at_once,
    logged,
    newest_link,
    redeemed,
    resolved,
    sent,
    stored,
    switch,
)
from tests.support.shop import NOW, new_customer, open_shop, ready_draft
from tests.support.statements import statements_of

pytestmark = pytest.mark.each_database

EMAIL = "maya@example.com"
WRONG = "The e-mail or the booking number is not right."


@pytest.fixture(autouse=True)
def _clock() -> object:
    with frozen(NOW):
        yield


@pytest.fixture
def maya(db: Database) -> Actor:
    db.call(open_shop)
    return db.call(new_customer)


@pytest.fixture
def number(db: Database, maya: Actor) -> str:
    draft = ready_draft(db, maya)
    return service.confirm(db, maya, draft.id, draft.shown)


def guest(db: Database, number: str, email: str = EMAIL) -> Actor:
    ticket = service.sign_in_by_number(db, STRANGER, email, number)
    assert ticket.number == number
    return redeemed(db, ticket.ticket)


def another_booking(db: Database, email: str = "noah@example.com") -> tuple[Actor, str]:
    noah = db.call(new_customer, email)
    draft = ready_draft(db, noah, starts_at=NOW + timedelta(days=1, hours=4))
    return noah, service.confirm(db, noah, draft.id, draft.shown)


def refused(db: Database, email: str, number: str) -> DomainError:
    with pytest.raises(DomainError) as found:
        service.sign_in_by_number(db, STRANGER, email, number)
    return found.value


def test_a_guest_sees_the_booking_and_nothing_else(
    db: Database, maya: Actor, number: str
) -> None:
    other_maya = ready_draft(db, maya, starts_at=NOW + timedelta(days=1, hours=3))
    mayas_other = service.confirm(db, maya, other_maya.id, other_maya.shown)
    _, noahs = another_booking(db)
    actor = guest(db, number)
    assert (actor.audience, actor.account_id, actor.customer_id) == (
        Audience.GUEST,
        None,
        None,
    )
    assert db.query(service.booking, actor, number).number == number
    assert db.query(service.calendar_entry, actor, number).number == number
    assert db.query(service.guest_booking_number, actor) == number
    before = stored(db)
    for strange in (mayas_other, noahs, "B-0000-0000"):
        for read in (service.booking, service.calendar_entry):
            with pytest.raises(NotFound):
                db.query(read, actor, strange)
    for call in (
        partial(db.query, service.my_bookings, actor),
        partial(db.query, service.booking_links, actor),
        partial(db.call, service.open_draft, actor, "dog-walk"),
        partial(db.query, customers.profile, actor),
        partial(db.query, customers.locations, actor),
        partial(db.query, accounts.own_sessions, actor),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert stored(db) == before


def test_numbers_are_read_as_people_type_them(db: Database, number: str) -> None:
    typed = f" {number.lower().replace('0', 'o').replace('1', 'l')} "
    assert guest(db, number).booking_id
    ticket = service.sign_in_by_number(db, STRANGER, " MAYA@Example.com ", typed)
    assert ticket.number == number


def test_every_wrong_pair_gets_one_answer_for_the_same_work(
    db: Database, number: str
) -> None:
    another_booking(db)
    before, mails = stored(db), sent(db)
    seen = []
    for email, typed in [
        (EMAIL, "B-0000-0000"),
        ("noah@example.com", number),
        ("nobody@example.com", number),
        ("nobody@example.com", "B-0000-0000"),
        (EMAIL, "nonsense"),
        (EMAIL, "B-7K3M-9QXT'; --"),
        (EMAIL, "9" * 10_000),
    ]:
        with statements_of(db) as statements:
            error = refused(db, email, typed)
        assert isinstance(error, InvalidInput)
        seen.append((error.fields, error.message, [text for text, _ in statements]))
    assert [(fields, message) for fields, message, _ in seen] == [({}, WRONG)] * 7
    assert [texts for _, _, texts in seen] == [seen[0][2]] * 7
    assert (stored(db), sent(db)) == (before, mails)
    assert logged(db) == ["guest_sign_in_failed"] * 7


def test_two_hundred_guesses_are_refused_alike_and_slowed(
    db: Database, number: str
) -> None:
    """From one address; the booking's own pair does not help once it is blocked."""
    before, mails = stored(db), sent(db)
    answers: list[str] = []
    for guess in range(200):
        error = refused(db, f"g{guess}@example.com", f"B-0000-{guess:04}")
        answers.append(type(error).__name__)
    assert answers == ["InvalidInput"] * 20 + ["TooManyAttempts"] * 180
    blocked = refused(db, EMAIL, number)
    assert isinstance(blocked, TooManyAttempts)
    assert blocked.retry_after == 900
    assert (stored(db), sent(db)) == (before, mails)
    # First the address is told, then its network, which goes on counting.
    assert logged(db) == ["guest_sign_in_failed"] * 20 + ["blocked"] * 2


def test_the_delay_grows_with_every_round(db: Database, number: str) -> None:
    at, waits = NOW, []
    for _ in range(4):
        with frozen(at):
            for guess in range(20):
                refused(db, f"g{guess}@example.com", f"B-0000-{guess:04}")
            error = refused(db, EMAIL, number)
            assert isinstance(error, TooManyAttempts)
            waits.append(error.retry_after)
        at += timedelta(seconds=waits[-1])
    assert waits == [900, 1800, 3600, 7200]


@pytest.mark.parametrize("by", ["number", "email"])
def test_a_number_and_an_email_are_limited_from_everywhere(
    db: Database, number: str, by: str
) -> None:
    for guess in range(10):
        elsewhere = Actor(address=f"198.{guess}.100.1")
        email = f"g{guess}@example.com" if by == "number" else EMAIL
        typed = number if by == "number" else f"B-0000-{guess:04}"
        with pytest.raises(InvalidInput):
            service.sign_in_by_number(db, elsewhere, email, typed)
    before = stored(db)
    with pytest.raises(TooManyAttempts):
        service.sign_in_by_number(db, Actor(address="192.0.2.1"), EMAIL, number)
    assert stored(db) == before


def test_the_median_tells_nothing(sqlite_db: Database) -> None:
    """A right e-mail with a wrong number, and a wrong e-mail."""
    sqlite_db.call(open_shop)
    maya = sqlite_db.call(new_customer)
    draft = ready_draft(sqlite_db, maya)
    number = service.confirm(sqlite_db, maya, draft.id, draft.shown)
    times: dict[str, list[float]] = {"email": [], "number": []}
    for turn in range(120):
        address = Actor(address=f"10.{turn}.1.1")
        for kind, email, typed in (
            ("email", f"nobody{turn}@example.com", number[:-4] + f"{turn:04}"),
            ("number", f"maya{turn}@example.com", number[:-3] + f"{turn:03}"),
        ):
            start = perf_counter()
            with pytest.raises(DomainError):
                service.sign_in_by_number(sqlite_db, address, email, typed)
            times[kind].append(perf_counter() - start)
    wrong_email, wrong_number = median(times["email"]), median(times["number"])
    assert abs(wrong_email - wrong_number) < 0.3 * max(wrong_email, wrong_number)


def test_a_guest_session_ends_at_its_time_however_busy(
    db: Database, number: str
) -> None:
    ticket = service.sign_in_by_number(db, STRANGER, EMAIL, number).ticket
    signed_in = db.call(accounts.redeem_ticket, STRANGER, ticket)
    assert (signed_in.role, signed_in.path, signed_in.remembered) == (
        "guest",
        f"/bookings/{number}",
        False,
    )
    assert (signed_in.expires_at, signed_in.device_secret) == (
        NOW + timedelta(hours=2),
        "",
    )
    for minutes in range(10, 120, 10):
        with frozen(NOW + timedelta(minutes=minutes)):
            assert resolved(db, signed_in.secret).audience is Audience.GUEST
    with frozen(NOW + timedelta(hours=2)):
        assert resolved(db, signed_in.secret).audience is Audience.PUBLIC


def test_the_business_says_how_long_a_guest_stays(db: Database, number: str) -> None:
    switch(db, guest_session_minutes=15)
    ticket = service.sign_in_by_number(db, STRANGER, EMAIL, number).ticket
    signed_in = db.call(accounts.redeem_ticket, STRANGER, ticket)
    assert signed_in.expires_at == NOW + timedelta(minutes=15)


def test_a_ticket_lets_one_guest_in(db: Database, number: str) -> None:
    ticket = service.sign_in_by_number(db, STRANGER, EMAIL, number).ticket
    answers = at_once(*[partial(db.call, accounts.redeem_ticket, STRANGER, ticket)] * 6)
    assert [isinstance(a, NotFound) for a in answers].count(False) == 1
    with db.read() as tx:
        assert len(tx.exec(select(AccountSession)).all()) == 1


def test_switched_off_it_is_refused_and_guests_leave(db: Database, number: str) -> None:
    ticket = service.sign_in_by_number(db, STRANGER, EMAIL, number).ticket
    inside = db.call(
        accounts.redeem_ticket,
        STRANGER,
        service.sign_in_by_number(db, STRANGER, EMAIL, number).ticket,
    )
    switch(db, booking_number=False)
    before = stored(db)
    for email in (EMAIL, "nobody@example.com"):
        assert isinstance(refused(db, email, number), WayClosed)
    with pytest.raises(NotFound):
        db.call(accounts.redeem_ticket, STRANGER, ticket)
    assert stored(db) == before
    assert resolved(db, inside.secret).audience is Audience.PUBLIC


def test_signing_in_anew_is_a_new_session(db: Database, number: str) -> None:
    first = db.call(
        accounts.redeem_ticket,
        STRANGER,
        service.sign_in_by_number(db, STRANGER, EMAIL, number).ticket,
    )
    again = service.sign_in_by_number(db, STRANGER, EMAIL, number).ticket
    second = db.call(accounts.redeem_ticket, resolved(db, first.secret), again)
    assert second.secret != first.secret
    assert resolved(db, first.secret).audience is Audience.PUBLIC
    assert resolved(db, second.secret).audience is Audience.GUEST
    db.call(accounts.sign_out, resolved(db, second.secret))
    assert resolved(db, second.secret).audience is Audience.PUBLIC


@pytest.mark.parametrize("field", ["email", "number"])
def test_what_is_missing_is_named(db: Database, number: str, field: str) -> None:
    values = {"email": EMAIL, "number": number} | {field: " "}
    error = refused(db, **values)
    assert isinstance(error, InvalidInput)
    assert list(error.fields) == [field]
    with db.read() as tx:
        assert tx.exec(select(AccountToken)).all() == []


def test_creating_an_account_takes_the_booking_along(
    db: Database, maya: Actor, number: str
) -> None:
    """It was booked without an account; the mailbox is proven by signing up."""
    without_account(db, maya)
    actor = guest(db, number)
    customers.sign_up(
        db,
        actor,
        customers.SignUpForm(
            first_name="Maya",
            last_name="Chen",
            email=EMAIL,
            password="sunny-otter-42",
            terms=True,
        ),
    )
    assert db.call(accounts.verify_email, STRANGER, activation(db)) == (
        accounts.ACTIVATED
    )
    ticket = accounts.sign_in(db, STRANGER, EMAIL, "sunny-otter-42", False)
    owner = redeemed(db, ticket)
    page = db.query(service.my_bookings, owner)
    assert [row.number for row in page.rows] == [number]
    assert db.query(customers.locations, owner) == []


def test_an_unproven_sign_up_takes_nothing(
    db: Database, maya: Actor, number: str
) -> None:
    without_account(db, maya)
    with db.read() as tx:
        before = tx.exec(select(Booking.customer_id)).one()
    customers.sign_up(
        db,
        guest(db, number),
        customers.SignUpForm(
            first_name="Eve",
            last_name="Il",
            email="eve@example.com",
            password="sunny-otter-42",
            terms=True,
        ),
    )
    db.call(accounts.verify_email, STRANGER, activation(db))
    with db.read() as tx:
        assert tx.exec(select(Booking.customer_id)).one() == before


def without_account(db: Database, maya: Actor) -> None:
    """As if the booking had been made without signing up."""
    with db.write() as tx:
        tx.get_one(Customer, maya.customer_id).account_id = None
        for event in tx.exec(select(BookingEvent)):
            event.account_id = None
        tx.flush()
        tx.delete(tx.get_one(Account, maya.account_id))


def activation(db: Database) -> str:
    return newest_link(db, "verify_email")
