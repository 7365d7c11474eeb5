"""By booking number: one booking for a while, and not a word about others."""

from datetime import timedelta
from functools import partial
from statistics import median
from time import perf_counter

import pytest
from sqlmodel import select

from portal_app.domain.accounts import email_verification, sessions
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import Account, AccountSession, AccountToken
from portal_app.domain.accounts.rules import MethodDisabled
from portal_app.domain.bookings import confirmation, drafts, guests, queries
from portal_app.domain.bookings.models import Booking, BookingEvent
from portal_app.domain.bookings.views import KnownPersonView
from portal_app.domain.customers import locations, profiles
from portal_app.domain.customers.models import Customer
from portal_app.domain.sign_in import rules
from portal_app.domain.sign_in import sign_up as customers
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
    newest_link,
    redeem_ticket,
    resolve_session,
    run_concurrently,
    security_event_kinds,
    sent_messages,
    set_switches,
    snapshot_without_logs,
)
from tests.support.sample_business import (
    NOW,
    create_sample_business,
    new_customer,
    ready_draft,
)
from tests.support.statements import statements_of

pytestmark = [
    pytest.mark.each_database,
    pytest.mark.usefixtures("monday_morning"),
]

EMAIL = "maya@example.com"
WRONG = "The email or the booking number is not right."


@pytest.fixture
def number(db: Database, maya: Actor) -> str:
    draft = ready_draft(db, maya)
    return confirmation.confirm(db, maya, draft.id, draft.shown)


def guest(db: Database, number: str, email: str = EMAIL) -> Actor:
    ticket = guests.sign_in_by_number(db, STRANGER, email, number)
    assert ticket.number == number
    return redeem_ticket(db, ticket.ticket)


def another_booking(db: Database, email: str = "noah@example.com") -> tuple[Actor, str]:
    noah = db.call(new_customer, email)
    draft = ready_draft(db, noah, starts_at=NOW + timedelta(days=1, hours=4))
    return noah, confirmation.confirm(db, noah, draft.id, draft.shown)


def refused(db: Database, email: str, number: str) -> DomainError:
    with pytest.raises(DomainError) as found:
        guests.sign_in_by_number(db, STRANGER, email, number)
    return found.value


def test_a_guest_sees_the_booking_and_nothing_else(
    db: Database, maya: Actor, number: str
) -> None:
    other_maya = ready_draft(db, maya, starts_at=NOW + timedelta(days=1, hours=3))
    mayas_other = confirmation.confirm(db, maya, other_maya.id, other_maya.shown)
    _, noahs = another_booking(db)
    actor = guest(db, number)
    assert (actor.audience, actor.account_id, actor.customer_id) == (
        Audience.GUEST,
        None,
        None,
    )
    assert db.query(queries.get_booking, actor, number).number == number
    assert db.query(queries.calendar_entry, actor, number).number == number
    assert db.query(guests.guest_booking_number, actor) == number
    before = snapshot_without_logs(db)
    for strange in (mayas_other, noahs, "B-0000-0000"):
        for read in (queries.get_booking, queries.calendar_entry):
            with pytest.raises(NotFound):
                db.query(read, actor, strange)
    for call in (
        partial(db.query, queries.my_bookings, actor),
        partial(db.query, guests.booking_links, actor),
        partial(db.call, drafts.open_draft, actor, "dog-walk"),
        partial(db.query, profiles.get_profile, actor),
        partial(db.query, locations.list_locations, actor),
        partial(db.query, sessions.list_sessions, actor),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert snapshot_without_logs(db) == before


def test_numbers_are_read_as_people_type_them(db: Database, number: str) -> None:
    typed = f" {number.lower().replace('0', 'o').replace('1', 'l')} "
    assert guest(db, number).booking_id
    ticket = guests.sign_in_by_number(db, STRANGER, " MAYA@Example.com ", typed)
    assert ticket.number == number


def test_every_wrong_pair_gets_one_answer_for_the_same_work(
    db: Database, number: str
) -> None:
    another_booking(db)
    before, mails = snapshot_without_logs(db), sent_messages(db)
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
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, mails)
    assert security_event_kinds(db) == ["guest_sign_in_failed"] * 7


def test_two_hundred_guesses_are_refused_alike_and_slowed(
    db: Database, number: str
) -> None:
    """From one address; the booking's own pair does not help once it is blocked."""
    before, mails = snapshot_without_logs(db), sent_messages(db)
    answers: list[str] = []
    for guess in range(200):
        error = refused(db, f"g{guess}@example.com", f"B-0000-{guess:04}")
        answers.append(type(error).__name__)
    assert answers == ["InvalidInput"] * 20 + ["TooManyAttempts"] * 180
    blocked = refused(db, EMAIL, number)
    assert isinstance(blocked, TooManyAttempts)
    assert blocked.retry_after == 900
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, mails)
    # First the address is told, then its network, which goes on counting.
    assert security_event_kinds(db) == ["guest_sign_in_failed"] * 20 + ["blocked"] * 2


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
    for guess in range(50):
        elsewhere = Actor(address=f"198.{guess}.100.1")
        email = f"g{guess}@example.com" if by == "number" else EMAIL
        typed = number if by == "number" else f"B-0000-{guess:04}"
        with pytest.raises(InvalidInput):
            guests.sign_in_by_number(db, elsewhere, email, typed)
    before = snapshot_without_logs(db)
    with pytest.raises(TooManyAttempts):
        guests.sign_in_by_number(db, Actor(address="192.0.2.1"), EMAIL, number)
    assert snapshot_without_logs(db) == before


def test_response_time_does_not_reveal_known_emails(sqlite_db: Database) -> None:
    """A right email with a wrong number, and a wrong email."""
    sqlite_db.call(create_sample_business)
    maya = sqlite_db.call(new_customer)
    draft = ready_draft(sqlite_db, maya)
    number = confirmation.confirm(sqlite_db, maya, draft.id, draft.shown)
    times: dict[str, list[float]] = {"email": [], "number": []}
    for turn in range(120):
        address = Actor(address=f"10.{turn}.1.1")
        for kind, email, typed in (
            ("email", f"nobody{turn}@example.com", number[:-4] + f"{turn:04}"),
            ("number", f"maya{turn}@example.com", number[:-3] + f"{turn:03}"),
        ):
            start = perf_counter()
            with pytest.raises(DomainError):
                guests.sign_in_by_number(sqlite_db, address, email, typed)
            times[kind].append(perf_counter() - start)
    wrong_email, wrong_number = median(times["email"]), median(times["number"])
    assert abs(wrong_email - wrong_number) < 0.3 * max(wrong_email, wrong_number)


def test_a_guest_session_ends_at_its_time_however_busy(
    db: Database, number: str
) -> None:
    ticket = guests.sign_in_by_number(db, STRANGER, EMAIL, number).ticket
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
            assert resolve_session(db, signed_in.secret).audience is Audience.GUEST
    with frozen(NOW + timedelta(hours=2)):
        assert resolve_session(db, signed_in.secret).audience is Audience.PUBLIC


def test_the_business_says_how_long_a_guest_stays(db: Database, number: str) -> None:
    set_switches(db, guest_session_minutes=15)
    ticket = guests.sign_in_by_number(db, STRANGER, EMAIL, number).ticket
    signed_in = db.call(accounts.redeem_ticket, STRANGER, ticket)
    assert signed_in.expires_at == NOW + timedelta(minutes=15)


def test_ticket_can_be_redeemed_once(db: Database, number: str) -> None:
    ticket = guests.sign_in_by_number(db, STRANGER, EMAIL, number).ticket
    answers = run_concurrently(
        *[partial(db.call, accounts.redeem_ticket, STRANGER, ticket)] * 6
    )
    assert [isinstance(a, NotFound) for a in answers].count(False) == 1
    with db.read() as tx:
        assert len(tx.exec(select(AccountSession)).all()) == 1


def test_disabled_method_is_refused_and_ends_guest_sessions(
    db: Database, number: str
) -> None:
    ticket = guests.sign_in_by_number(db, STRANGER, EMAIL, number).ticket
    inside = db.call(
        accounts.redeem_ticket,
        STRANGER,
        guests.sign_in_by_number(db, STRANGER, EMAIL, number).ticket,
    )
    set_switches(db, booking_number=False)
    before = snapshot_without_logs(db)
    for email in (EMAIL, "nobody@example.com"):
        assert isinstance(refused(db, email, number), MethodDisabled)
    with pytest.raises(NotFound):
        db.call(accounts.redeem_ticket, STRANGER, ticket)
    assert snapshot_without_logs(db) == before
    assert resolve_session(db, inside.secret).audience is Audience.PUBLIC


def test_each_sign_in_is_a_new_session(db: Database, number: str) -> None:
    first = db.call(
        accounts.redeem_ticket,
        STRANGER,
        guests.sign_in_by_number(db, STRANGER, EMAIL, number).ticket,
    )
    again = guests.sign_in_by_number(db, STRANGER, EMAIL, number).ticket
    second = db.call(accounts.redeem_ticket, resolve_session(db, first.secret), again)
    assert second.secret != first.secret
    assert resolve_session(db, first.secret).audience is Audience.PUBLIC
    assert resolve_session(db, second.secret).audience is Audience.GUEST
    db.call(accounts.sign_out, resolve_session(db, second.secret))
    assert resolve_session(db, second.secret).audience is Audience.PUBLIC


@pytest.mark.parametrize("field", ["email", "number"])
def test_missing_input_is_reported_by_field(
    db: Database, number: str, field: str
) -> None:
    values = {"email": EMAIL, "number": number} | {field: " "}
    error = refused(db, **values)
    assert isinstance(error, InvalidInput)
    assert list(error.fields) == [field]
    with db.read() as tx:
        assert tx.exec(select(AccountToken)).all() == []


def test_new_account_takes_over_the_booking(
    db: Database, maya: Actor, number: str
) -> None:
    """It was booked without an account; the mailbox is proven by signing up."""
    without_account(db, maya)
    actor = guest(db, number)
    customers.sign_up(
        db,
        actor,
        rules.SignUpForm(
            first_name="Maya",
            last_name="Chen",
            email=EMAIL,
            password="sunny-otter-42",
            terms=True,
        ),
    )
    token = activation(db)
    # A booking waits for whoever reads the mail, who may not be who signed up.
    assert email_verification.activate_with_password(
        db, STRANGER, token, "quiet-heron-77"
    ) == (email_verification.ACTIVATED)
    ticket = accounts.sign_in(db, STRANGER, EMAIL, "quiet-heron-77", False)
    owner = redeem_ticket(db, ticket)
    page = db.query(queries.my_bookings, owner)
    assert [row.number for row in page.rows] == [number]
    (place,) = db.query(locations.list_locations, owner)
    assert place.lines == ["Unit 3, 12 Ocean Street", "Bondi NSW 2026"]


def test_unverified_sign_up_takes_over_nothing(
    db: Database, maya: Actor, number: str
) -> None:
    without_account(db, maya)
    with db.read() as tx:
        before = tx.exec(select(Booking.customer_id)).one()
    customers.sign_up(
        db,
        guest(db, number),
        rules.SignUpForm(
            first_name="Eve",
            last_name="Il",
            email="eve@example.com",
            password="sunny-otter-42",
            terms=True,
        ),
    )
    db.call(email_verification.verify_email, STRANGER, activation(db))
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


def test_a_guest_s_sign_up_begins_with_what_the_booking_says(
    db: Database, maya: Actor, number: str
) -> None:
    known = db.query(guests.known_person, guest(db, number))
    assert known == KnownPersonView("Maya", "Chen", EMAIL, "0491 570 156")
    for somebody in (maya, STRANGER, Actor(audience=Audience.GUEST)):
        assert db.query(guests.known_person, somebody) == KnownPersonView()
