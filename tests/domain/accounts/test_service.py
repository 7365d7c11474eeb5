from datetime import timedelta
from functools import partial

import pytest
from argon2 import PasswordHasher
from sqlmodel import Session, col, select

from portal_app.domain.accounts import passwords, service
from portal_app.domain.accounts.models import Account, AccountSession, AccountToken
from portal_app.domain.accounts.rules import NotActivated
from portal_app.domain.accounts.views import SignedIn
from portal_app.domain.rate_limits.models import AttemptWindow
from portal_app.domain.sign_in import session_lookup
from portal_app.domain.sign_in import sign_up as customers
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import (
    Conflict,
    DomainError,
    InvalidInput,
    NotFound,
    TooManyAttempts,
)
from portal_app.kernel.ids import hash_secret
from tests.support.accounts import (
    FORM,
    OTHER_PASSWORD,
    PASSWORD,
    STRANGER,
    HashingCalls,
    run_concurrently,
    sent_messages,
    set_up_business,
)

pytestmark = pytest.mark.each_database

EMAIL = FORM.email


@pytest.fixture(autouse=True)
def _maya(db: Database, hashing: HashingCalls) -> None:
    set_up_business(db)
    customers.create_active_customer(db, FORM)
    hashing.reset()


def sign_in(db: Database, password: str = PASSWORD, remember: bool = False) -> SignedIn:
    ticket = service.sign_in(db, STRANGER, EMAIL, password, remember)
    return db.call(service.redeem_ticket, STRANGER, ticket)


def actor_of(db: Database, signed_in: SignedIn) -> Actor:
    return session_lookup.resolve_session(
        db, hash_secret(signed_in.secret), STRANGER.address, STRANGER.device
    )


def rows(db: Database, table: type[AccountSession] | type[AccountToken]) -> int:
    with db.read() as tx:
        return len(tx.exec(select(table.id)).all())


def change_account(db: Database, **values: object) -> None:
    def change(tx: Session) -> None:
        account = tx.exec(select(Account).where(Account.email == EMAIL)).one()
        for name, value in values.items():
            setattr(account, name, value)

    db.call(change)


def refused(db: Database, email: str, password: str) -> DomainError:
    with pytest.raises(DomainError) as error:
        service.sign_in(db, STRANGER, email, password, False)
    return error.value


def test_the_right_password_opens_a_session(db: Database) -> None:
    with frozen(utc_now()):
        signed_in = sign_in(db)
        assert signed_in.expires_at == utc_now() + timedelta(hours=12)
    assert (signed_in.remembered, signed_in.role) == (False, "customer")
    actor = actor_of(db, signed_in)
    assert actor.audience is Audience.CUSTOMER
    assert db.query(session_lookup.current_viewer, actor).name == "Maya Chen"


def test_the_email_is_compared_in_its_normal_form(db: Database) -> None:
    assert service.sign_in(db, STRANGER, " MAYA@Example.COM ", PASSWORD, False)


def test_a_remembered_session_lasts_thirty_days(db: Database) -> None:
    with frozen(utc_now()):
        signed_in = sign_in(db, remember=True)
        assert signed_in.expires_at == utc_now() + timedelta(days=30)
    assert signed_in.remembered is True


def test_only_the_hash_of_the_secret_is_stored(db: Database) -> None:
    signed_in = sign_in(db)
    with db.read() as tx:
        session = tx.exec(select(AccountSession)).one()
    assert session.token_hash == hash_secret(signed_in.secret)
    assert len(signed_in.secret) == 43
    assert (session.device, session.address) == ("Firefox", "203.0.113.7")


def test_every_wrong_pair_gets_the_same_answer_for_the_same_work(
    db: Database, hashing: HashingCalls
) -> None:
    answers = []
    for email, password in [
        (EMAIL, OTHER_PASSWORD),
        (EMAIL, ""),
        (EMAIL, "x" * 300),
        ("nobody@example.com", PASSWORD),
    ]:
        hashing.reset()
        error = refused(db, email, password)
        assert isinstance(error, InvalidInput)
        answers.append((error.fields, error.message))
        assert (hashing.hashed, hashing.compared) == (0, 1)
    assert answers == [({}, "The email or the password is not right.")] * 4
    assert (rows(db, AccountSession), rows(db, AccountToken), sent_messages(db)) == (
        0,
        0,
        [],
    )


def test_a_disabled_account_is_like_a_wrong_password(db: Database) -> None:
    change_account(db, disabled_at=utc_now())
    assert refused(db, EMAIL, PASSWORD).message == (
        "The email or the password is not right."
    )
    assert rows(db, AccountToken) == 0


def test_not_activated_is_revealed_only_with_the_right_password(
    db: Database, hashing: HashingCalls
) -> None:
    change_account(db, verified_at=None)
    assert isinstance(refused(db, EMAIL, OTHER_PASSWORD), InvalidInput)
    assert isinstance(refused(db, EMAIL, PASSWORD), NotActivated)
    assert hashing.compared == 2
    assert (rows(db, AccountSession), rows(db, AccountToken)) == (0, 0)


def test_ten_wrong_passwords_block_even_the_right_one(
    db: Database, hashing: HashingCalls
) -> None:
    start = utc_now()
    with frozen(start):
        for _ in range(10):
            assert isinstance(refused(db, EMAIL, OTHER_PASSWORD), InvalidInput)
        hashing.reset()
        error = refused(db, EMAIL, PASSWORD)
        assert isinstance(error, TooManyAttempts)
        assert error.retry_after == 900
        assert hashing.compared == 0
    assert rows(db, AccountToken) == 0
    with frozen(start + timedelta(minutes=15)):
        assert service.sign_in(db, STRANGER, EMAIL, PASSWORD, False)


def test_an_unknown_email_is_blocked_just_the_same(db: Database) -> None:
    for _ in range(10):
        assert isinstance(refused(db, "nobody@example.com", "x"), InvalidInput)
    assert isinstance(refused(db, "nobody@example.com", "x"), TooManyAttempts)


def test_a_success_starts_the_count_anew(db: Database) -> None:
    for _ in range(3):
        for _ in range(9):
            assert isinstance(refused(db, EMAIL, OTHER_PASSWORD), InvalidInput)
        assert service.sign_in(db, STRANGER, EMAIL, PASSWORD, False)


def test_a_network_is_blocked_over_all_accounts_and_others_are_not(
    db: Database,
) -> None:
    for number in range(50):
        error = refused(db, f"guess{number}@example.com", "x")
        assert isinstance(error, InvalidInput)
    assert isinstance(refused(db, EMAIL, PASSWORD), TooManyAttempts)
    elsewhere = Actor(address="198.51.100.1")
    assert service.sign_in(db, elsewhere, EMAIL, PASSWORD, False)


def test_an_own_success_does_not_reset_the_network_limit(db: Database) -> None:
    for number in range(49):
        refused(db, f"guess{number}@example.com", "x")
    assert service.sign_in(db, STRANGER, EMAIL, PASSWORD, False)
    refused(db, "guess49@example.com", "x")
    assert isinstance(refused(db, EMAIL, PASSWORD), TooManyAttempts)


def test_parallel_guesses_get_no_more_than_the_limit(
    db: Database, hashing: HashingCalls
) -> None:
    guess = partial(service.sign_in, db, STRANGER, EMAIL, OTHER_PASSWORD, False)
    answers = run_concurrently(*[guess] * 16)
    kinds = [type(answer) for answer in answers]
    assert (kinds.count(InvalidInput), kinds.count(TooManyAttempts)) == (10, 6)
    assert hashing.compared == 10


def test_a_ticket_opens_one_session(db: Database) -> None:
    ticket = service.sign_in(db, STRANGER, EMAIL, PASSWORD, False)
    redeem = partial(db.call, service.redeem_ticket, STRANGER, ticket)
    answers = run_concurrently(*[redeem] * 8)
    opened = [answer for answer in answers if isinstance(answer, SignedIn)]
    refusals = [answer for answer in answers if isinstance(answer, NotFound)]
    assert (len(opened), len(refusals)) == (1, 7)
    assert rows(db, AccountSession) == 1


def test_a_ticket_is_good_for_sixty_seconds(db: Database) -> None:
    start = utc_now()
    with frozen(start):
        ticket = service.sign_in(db, STRANGER, EMAIL, PASSWORD, False)
    with frozen(start + timedelta(seconds=60)), pytest.raises(NotFound):
        db.call(service.redeem_ticket, STRANGER, ticket)
    assert rows(db, AccountSession) == 0
    with frozen(start + timedelta(seconds=60) - timedelta(microseconds=1)):
        db.call(service.redeem_ticket, STRANGER, ticket)
    assert rows(db, AccountSession) == 1


@pytest.mark.parametrize("ticket", ["", "nonsense", "ключ"])
def test_invalid_tickets_open_no_session(db: Database, ticket: str) -> None:
    with pytest.raises(NotFound):
        db.call(service.redeem_ticket, STRANGER, ticket)
    assert rows(db, AccountSession) == 0


def test_a_ticket_of_a_disabled_account_is_refused(db: Database) -> None:
    ticket = service.sign_in(db, STRANGER, EMAIL, PASSWORD, False)
    change_account(db, disabled_at=utc_now())
    with pytest.raises(NotFound):
        db.call(service.redeem_ticket, STRANGER, ticket)
    assert rows(db, AccountSession) == 0


def test_signing_in_again_ends_the_session_the_browser_had(db: Database) -> None:
    first = sign_in(db)
    ticket = service.sign_in(db, STRANGER, EMAIL, PASSWORD, False)
    second = db.call(service.redeem_ticket, actor_of(db, first), ticket)
    assert actor_of(db, first).audience is Audience.PUBLIC
    assert actor_of(db, second).audience is Audience.CUSTOMER


def test_signing_out_ends_this_session_only(db: Database) -> None:
    here, elsewhere = sign_in(db), sign_in(db)
    actor = actor_of(db, here)
    db.call(service.sign_out, actor)
    db.call(service.sign_out, actor)
    db.call(service.sign_out, STRANGER)
    assert actor_of(db, here) == STRANGER
    assert actor_of(db, elsewhere).audience is Audience.CUSTOMER


def test_an_outdated_hash_is_renewed_by_signing_in(
    db: Database, hashing: HashingCalls
) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    change_account(db, password_hash=old.hash(PASSWORD))
    sign_in(db)
    with db.read() as tx:
        account = tx.exec(select(Account)).one()
    assert passwords.is_outdated(account.password_hash or "") is False
    assert hashing.hashed == 1
    hashing.reset()
    sign_in(db)
    assert (hashing.hashed, hashing.compared) == (0, 1)


def test_a_password_changed_during_comparison_is_refused(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = passwords.matches

    def changed_meanwhile(password_hash: str | None, password: str) -> bool:
        right = compare(password_hash, password)
        change_account(db, password_hash=passwords.hash_password(OTHER_PASSWORD))
        return right

    monkeypatch.setattr(passwords, "matches", changed_meanwhile)
    assert isinstance(refused(db, EMAIL, PASSWORD), InvalidInput)
    assert rows(db, AccountToken) == 0


def test_sign_in_secrets_are_stored_hashed(db: Database) -> None:
    refused(db, EMAIL, OTHER_PASSWORD)
    ticket = service.sign_in(db, STRANGER, EMAIL, PASSWORD, False)
    with db.read() as tx:
        stored = [
            *tx.exec(select(AccountToken.token_hash)),
            *tx.exec(select(AttemptWindow.key_hash)),
            *tx.exec(select(col(Account.password_hash))),
        ]
    assert not any(
        text in (kept or "") for kept in stored for text in (ticket, PASSWORD, EMAIL)
    )


def test_staff_accounts_are_created(db: Database) -> None:
    service.create_account(db, "Office@Example.com", "office", PASSWORD)
    ticket = service.sign_in(db, STRANGER, "office@example.com", PASSWORD, False)
    signed_in = db.call(service.redeem_ticket, STRANGER, ticket)
    actor = actor_of(db, signed_in)
    assert (signed_in.role, actor.audience) == ("office", Audience.OFFICE)
    assert actor.customer_id is None
    assert sent_messages(db) == []


def test_an_account_is_not_made_twice_nor_with_a_weak_password(db: Database) -> None:
    with pytest.raises(Conflict):
        service.create_account(db, "MAYA@example.com", "office", PASSWORD)
    with pytest.raises(InvalidInput) as weak:
        service.create_account(db, "office@example.com", "office", "office")
    with pytest.raises(InvalidInput) as role:
        service.create_account(db, "office@example.com", "owner", PASSWORD)
    assert (list(weak.value.fields), list(role.value.fields)) == (
        ["password"],
        ["role"],
    )
    with db.read() as tx:
        assert tx.exec(select(Account.email, Account.role)).all() == [
            (EMAIL, "customer")
        ]
