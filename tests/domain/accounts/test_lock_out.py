"""Strangers use up every attempt there is; the owner's own browser is let in."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlmodel import select

from portal_app.domain.accounts import credentials, email_verification, service
from portal_app.domain.accounts.models import Account, KnownDevice
from portal_app.domain.accounts.rules import SIGN_IN_ON_ACCOUNT
from portal_app.domain.rate_limits import limiter
from portal_app.domain.sign_in import sign_up
from portal_app.integrations.rate_limits import RedisLimitStore
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed, NotFound, TooManyAttempts
from portal_app.kernel.ids import hash_secret
from tests.support.accounts import (
    FORM,
    OTHER_PASSWORD,
    PASSWORD,
    HashingCalls,
    newest_link,
    resolve_session,
    sent_messages,
    set_up_business,
    snapshot_without_logs,
)
from tests.support.redis_server import SERVER, redis_available
from tests.support.wiring import wired

EMAIL = FORM.email
HOME = Actor(address="192.0.2.10", device="Firefox")
WORLD = [Actor(address=f"198.51.{number}.1") for number in range(5)]
WRONG = "The email or the password is not right."


@pytest.fixture(autouse=True, params=["database", "redis"])
def _store(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.param == "database":
        yield
        return
    if not redis_available():
        pytest.skip("Redis does not answer")
    store = ForgettingStore(RedisLimitStore.connect(SERVER))
    with wired(limit_store=store):
        yield
    for tried in store.seen:
        store.forget(tried)


class ForgettingStore:
    """Redis, with a note of what was counted, to leave nothing behind."""

    def __init__(self, store: RedisLimitStore) -> None:
        self._store = store
        self.seen: set[limiter.LimitKey] = set()
        self.forget, self.give_back = store.forget, store.give_back

    def count(self, tried: limiter.LimitKey, now: object) -> limiter.AttemptCount:
        self.seen.add(tried)
        return self._store.count(tried, now)  # type: ignore[arg-type]


@pytest.fixture
def db(sqlite_db: Database, hashing: HashingCalls) -> Database:
    set_up_business(sqlite_db)
    sign_up.create_active_customer(sqlite_db, FORM)
    hashing.reset()
    return sqlite_db


def known(db: Database, actor: Actor = HOME, email: str = EMAIL) -> Actor:
    """A browser that signed in and out again: only the device's cookie is left."""
    ticket = service.sign_in(db, actor, email, PASSWORD, False)
    secret = db.call(service.redeem_ticket, actor, ticket).device_secret
    return replace(actor, device_hashes=(hash_secret(secret),))


def refused(db: Database, actor: Actor, password: str) -> str:
    with pytest.raises((InvalidInput, TooManyAttempts)) as error:
        service.sign_in(db, actor, EMAIL, password, False)
    return error.value.message


def exhaust(db: Database) -> None:
    """All that strangers may guess, from as many networks as it takes."""
    told = [refused(db, actor, "guess") for actor in WORLD for _ in range(10)]
    assert told == [WRONG] * SIGN_IN_ON_ACCOUNT.by_strangers.attempts


def test_a_stranger_with_ten_guesses_refuses_only_their_own_network(
    db: Database,
) -> None:
    for _ in range(10):
        assert refused(db, WORLD[0], "guess") == WRONG
    assert refused(db, WORLD[0], PASSWORD).startswith("Too many attempts.")
    assert service.sign_in(db, HOME, EMAIL, PASSWORD, False)


def test_the_owner_signs_in_on_a_known_device_whatever_strangers_guess(
    db: Database,
) -> None:
    home = known(db)
    with frozen(utc_now()):
        exhaust(db)
        assert refused(db, HOME, PASSWORD) == (
            "Too many attempts. Please wait about 15 minutes and try again."
        )
        assert service.sign_in(db, home, EMAIL, PASSWORD, False)
        # That gives strangers no further guess.
        assert refused(db, WORLD[0], "guess").startswith("Too many attempts.")


def test_a_crowded_network_does_not_refuse_a_known_device(db: Database) -> None:
    home = known(db)
    for number in range(50):
        with pytest.raises(InvalidInput):
            service.sign_in(db, HOME, f"guess{number}@example.com", "x", False)
    assert refused(db, HOME, PASSWORD).startswith("Too many attempts.")
    assert service.sign_in(db, home, EMAIL, PASSWORD, False)


def test_a_stolen_device_has_ten_guesses_of_its_own(
    db: Database, hashing: HashingCalls
) -> None:
    thief = replace(known(db), address="203.0.113.66")
    for _ in range(10):
        assert refused(db, thief, "guess") == WRONG
    hashing.reset()
    assert refused(db, thief, PASSWORD).startswith("Too many attempts.")
    assert hashing.compared == 0
    assert service.sign_in(db, HOME, EMAIL, PASSWORD, False)


def test_a_device_of_one_account_is_a_stranger_to_another(db: Database) -> None:
    sign_up.create_active_customer(db, replace(FORM, email="eve@example.com"))
    eve = known(db, WORLD[0], "eve@example.com")
    for _ in range(10):
        assert refused(db, eve, "guess") == WRONG
    assert refused(db, eve, PASSWORD).startswith("Too many attempts.")
    made_up = replace(WORLD[0], device_hashes=("0" * 64,))
    assert refused(db, made_up, PASSWORD).startswith("Too many attempts.")


def test_a_signed_in_owner_changes_the_password_whatever_strangers_guess(
    db: Database,
) -> None:
    ticket = service.sign_in(db, HOME, EMAIL, PASSWORD, False)
    secret = db.call(service.redeem_ticket, HOME, ticket).secret
    exhaust(db)
    owner = resolve_session(db, secret)
    assert owner.device_hashes == ()
    credentials.change_password(db, owner, PASSWORD, OTHER_PASSWORD)
    assert sent_messages(db)[-1] == ("password_changed", EMAIL)


def test_a_new_password_makes_other_devices_strangers(db: Database) -> None:
    home, thief = known(db), known(db, WORLD[0])
    credentials.request_reset(db, home, EMAIL)
    token = newest_link(db, "reset_password")
    credentials.reset_password(db, home, token, OTHER_PASSWORD)
    with db.read() as tx:
        (left,) = tx.exec(select(KnownDevice.token_hash)).all()
    assert (left,) == home.device_hashes
    exhaust(db)
    assert refused(db, thief, OTHER_PASSWORD).startswith("Too many attempts.")
    assert service.sign_in(db, home, EMAIL, OTHER_PASSWORD, False)


def reset_mails(db: Database) -> int:
    return [kind for kind, _ in sent_messages(db)].count("reset_password")


@pytest.mark.parametrize("owner_at", ["known device", "other network"])
def test_three_requests_by_a_stranger_do_not_swallow_the_owners(
    db: Database, owner_at: str
) -> None:
    home = known(db) if owner_at == "known device" else HOME
    if owner_at == "known device":
        home = replace(home, address=WORLD[0].address)
    for _ in range(5):
        credentials.request_reset(db, WORLD[0], EMAIL)
    assert reset_mails(db) == 3
    credentials.request_reset(db, home, EMAIL)
    assert reset_mails(db) == 4
    token = newest_link(db, "reset_password")
    credentials.request_reset(db, WORLD[1], EMAIL)
    credentials.reset_password(db, home, token, OTHER_PASSWORD)
    assert service.sign_in(db, home, EMAIL, OTHER_PASSWORD, False)


def test_a_mailbox_is_not_flooded_and_what_it_got_is_good(db: Database) -> None:
    start = utc_now()
    with frozen(start):
        for actor in WORLD:
            for _ in range(3):
                credentials.request_reset(db, actor, EMAIL)
    assert reset_mails(db) == 6
    token = newest_link(db, "reset_password")
    before = snapshot_without_logs(db)
    with frozen(start.replace(microsecond=0)):
        credentials.request_reset(db, HOME, EMAIL)
        assert (snapshot_without_logs(db), reset_mails(db)) == (before, 6)
        credentials.reset_password(db, HOME, token, OTHER_PASSWORD)
        # The link is used; whoever asks now gets another.
        credentials.request_reset(db, HOME, EMAIL)
    assert reset_mails(db) == 7


def test_a_stranger_keeps_nobody_from_signing_up_or_from_the_activation(
    sqlite_db: Database, hashing: HashingCalls
) -> None:
    set_up_business(sqlite_db)
    for _ in range(5):
        sign_up.sign_up(sqlite_db, WORLD[0], FORM)
    with pytest.raises(TooManyAttempts):
        sign_up.sign_up(sqlite_db, WORLD[0], FORM)
    sign_up.sign_up(sqlite_db, HOME, FORM)
    for _ in range(4):
        email_verification.resend_verification(sqlite_db, WORLD[0], EMAIL)
    email_verification.resend_verification(sqlite_db, HOME, EMAIL)
    assert sent_messages(sqlite_db) == [("verify_email", EMAIL)] * 5


def test_the_office_comes_in_by_the_command_line(db: Database) -> None:
    service.create_account(db, "office@example.com", "office", PASSWORD)

    def guess(actor: Actor, password: str) -> str:
        return service.sign_in(db, actor, "office@example.com", password, False)

    for actor in WORLD:
        for _ in range(10):
            with pytest.raises(InvalidInput):
                guess(actor, "guess")
    with pytest.raises(TooManyAttempts):
        guess(HOME, PASSWORD)
    path = credentials.issue_reset_path(db, SYSTEM, "Office@example.com")
    assert guess(HOME, PASSWORD)
    token = path.removeprefix("/reset-password?token=")
    credentials.reset_password(db, HOME, token, OTHER_PASSWORD)
    assert guess(HOME, OTHER_PASSWORD)
    assert [kind for kind, _ in sent_messages(db)] == ["password_changed"]


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com", "off@example.com"])
def test_only_an_office_account_gets_a_link_printed(db: Database, email: str) -> None:
    service.create_account(db, "off@example.com", "office", PASSWORD)
    with db.write() as tx:
        tx.exec(
            select(Account).where(Account.email == "off@example.com")
        ).one().disabled_at = utc_now()
    before = snapshot_without_logs(db)
    with pytest.raises(NotFound):
        credentials.issue_reset_path(db, SYSTEM, email)
    with pytest.raises(NotAllowed):
        credentials.issue_reset_path(db, HOME, email)
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, [])


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
def test_a_device_tells_nothing_about_accounts(
    db: Database, hashing: HashingCalls, email: str
) -> None:
    stranger = replace(HOME, device_hashes=("0" * 64,))
    for _ in range(10):
        with pytest.raises(InvalidInput) as wrong:
            service.sign_in(db, stranger, email, "guess", False)
        assert (wrong.value.message, wrong.value.fields) == (WRONG, {})
    assert hashing.compared == 10
    with pytest.raises(TooManyAttempts):
        service.sign_in(db, stranger, email, PASSWORD, False)
