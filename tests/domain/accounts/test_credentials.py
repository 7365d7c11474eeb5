"""A forgotten password, a changed one, and what ends with the old one."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import select

from portal_app.domain.accounts import credentials, email_verification, service
from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.rules import LinkInvalid, NoPassword
from portal_app.domain.sign_in import email_change, rules
from portal_app.domain.sign_in import sign_up as customers
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import (
    DomainError,
    InvalidInput,
    NotAllowed,
    NotFound,
    TooManyAttempts,
)
from tests.support.accounts import (
    FORM,
    OTHER_PASSWORD,
    PASSWORD,
    STRANGER,
    HashingCalls,
    newest_link,
    newest_token,
    resolve_session,
    run_concurrently,
    security_event_kinds,
    sent_messages,
    set_switches,
    set_up_business,
    sign_in_customer,
    snapshot_without_logs,
)
from tests.support.statements import statements_of

pytestmark = pytest.mark.each_database

EMAIL = FORM.email


@pytest.fixture(autouse=True)
def _maya(db: Database, hashing: HashingCalls) -> None:
    set_up_business(db)
    customers.create_active_customer(db, FORM)
    hashing.reset()


def ask(db: Database) -> str:
    credentials.request_reset(db, STRANGER, EMAIL)
    return newest_link(db, "reset_password")


def change_account(db: Database, **values: object) -> None:
    with db.write() as tx:
        account = tx.exec(select(Account)).one()
        for name, value in values.items():
            setattr(account, name, value)


def secret_of(db: Database) -> str:
    ticket = service.sign_in(db, STRANGER, EMAIL, PASSWORD, remember=True)
    return db.call(service.redeem_ticket, STRANGER, ticket).secret


def test_a_forgotten_password_is_replaced(db: Database) -> None:
    credentials.reset_password(db, STRANGER, ask(db), OTHER_PASSWORD)
    assert sent_messages(db) == [("reset_password", EMAIL), ("password_changed", EMAIL)]
    assert service.sign_in(db, STRANGER, EMAIL, OTHER_PASSWORD, False)
    with pytest.raises(InvalidInput):
        service.sign_in(db, STRANGER, EMAIL, PASSWORD, False)


def test_a_link_is_used_once_however_many_try(db: Database) -> None:
    token = ask(db)
    answers = run_concurrently(
        *[
            partial(
                credentials.reset_password, db, STRANGER, token, f"lucky-panda-{n}x"
            )
            for n in range(6)
        ]
    )
    assert answers.count(None) == 1
    assert [type(a) for a in answers if a is not None] == [LinkInvalid] * 5
    winner = answers.index(None)
    assert service.sign_in(db, STRANGER, EMAIL, f"lucky-panda-{winner}x", False)


def test_a_new_password_ends_sessions_tickets_links_and_an_email_change(
    db: Database,
) -> None:
    thief = secret_of(db)
    other = sign_in_customer(db)
    email_change.change_email(db, other, "thief@example.com", PASSWORD)
    change = newest_link(db, "change_email")
    ticket = service.sign_in(db, STRANGER, EMAIL, PASSWORD, False)
    token = ask(db)
    assert resolve_session(db, thief).audience is Audience.CUSTOMER
    credentials.reset_password(db, STRANGER, token, OTHER_PASSWORD)
    assert resolve_session(db, thief).audience is Audience.PUBLIC
    with pytest.raises(NotFound):
        db.call(service.redeem_ticket, STRANGER, ticket)
    for late in (
        partial(credentials.reset_password, db, STRANGER, token, PASSWORD),
        partial(email_change.confirm_email, db, STRANGER, change),
    ):
        with pytest.raises(LinkInvalid):
            late()


def test_a_reset_keeps_the_current_session(db: Database) -> None:
    here, there = secret_of(db), secret_of(db)
    credentials.reset_password(db, resolve_session(db, here), ask(db), OTHER_PASSWORD)
    assert resolve_session(db, here).audience is Audience.CUSTOMER
    assert resolve_session(db, there).audience is Audience.PUBLIC


def test_a_reset_link_expires_after_an_hour(db: Database) -> None:
    start = utc_now()
    with frozen(start):
        token = ask(db)
    before = snapshot_without_logs(db)
    with frozen(start + timedelta(hours=1)), pytest.raises(LinkInvalid):
        credentials.reset_password(db, STRANGER, token, OTHER_PASSWORD)
    assert snapshot_without_logs(db) == before
    with frozen(start + timedelta(hours=1) - timedelta(microseconds=1)):
        credentials.reset_password(db, STRANGER, token, OTHER_PASSWORD)


def test_links_stay_good_until_one_is_used(db: Database) -> None:
    older, newer = ask(db), ask(db)
    credentials.reset_password(db, STRANGER, older, OTHER_PASSWORD)
    before = snapshot_without_logs(db)
    with pytest.raises(LinkInvalid):
        credentials.reset_password(db, STRANGER, newer, PASSWORD)
    assert snapshot_without_logs(db) == before


def test_a_reset_request_does_not_reveal_accounts(
    db: Database, hashing: HashingCalls
) -> None:
    change_account(db, disabled_at=utc_now())
    before = snapshot_without_logs(db)
    for email in (EMAIL, "nobody@example.com"):
        assert credentials.request_reset(db, STRANGER, email) is None  # type: ignore[func-returns-value]
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, [])
    assert (hashing.hashed, hashing.compared) == (0, 0)


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
def test_reset_requests_are_limited_for_every_email(db: Database, email: str) -> None:
    for _ in range(3):
        credentials.request_reset(db, STRANGER, email)
    before, mails = snapshot_without_logs(db), sent_messages(db)
    # The same answer, which is true: the mails that were sent are good.
    assert credentials.request_reset(db, STRANGER, email) is None  # type: ignore[func-returns-value]
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, mails)
    assert security_event_kinds(db)[-1] == "blocked"


def test_no_password_is_hashed_without_a_valid_link(
    db: Database, hashing: HashingCalls
) -> None:
    before = snapshot_without_logs(db)
    ticket = service.sign_in(db, STRANGER, EMAIL, PASSWORD, False)
    hashing.reset()
    after = snapshot_without_logs(db)
    for token in ("", "nonsense", ticket):
        with pytest.raises(LinkInvalid):
            credentials.reset_password(db, STRANGER, token, OTHER_PASSWORD)
    assert (hashing.hashed, hashing.compared) == (0, 0)
    assert snapshot_without_logs(db) == after
    assert before["account"] == after["account"]


def test_a_weak_password_does_not_use_up_the_link(
    db: Database, hashing: HashingCalls
) -> None:
    token = ask(db)
    before = snapshot_without_logs(db)
    for password in ("short", EMAIL, "aaaaaaaaaaaa"):
        with pytest.raises(InvalidInput) as refused:
            credentials.reset_password(db, STRANGER, token, password)
        assert list(refused.value.fields) == ["password"]
    assert (snapshot_without_logs(db), hashing.hashed) == (before, 0)
    credentials.reset_password(db, STRANGER, token, OTHER_PASSWORD)


def test_the_business_can_require_a_stronger_password(db: Database) -> None:
    token = ask(db)
    set_switches(db, password_min_length=20)
    with pytest.raises(InvalidInput) as refused:
        credentials.reset_password(db, STRANGER, token, OTHER_PASSWORD)
    assert refused.value.fields == {"password": "Please use at least 20 characters."}


def test_a_reset_proves_the_mailbox_of_a_waiting_account(db: Database) -> None:
    """And so ends what a stranger may have signed up with."""
    customers.sign_up(
        db,
        STRANGER,
        rules.SignUpForm(**(vars_of(FORM) | {"email": "n@example.com"})),
    )
    of_stranger = newest_token(db)
    credentials.request_reset(db, STRANGER, "n@example.com")
    credentials.reset_password(
        db, STRANGER, newest_link(db, "reset_password"), OTHER_PASSWORD
    )
    assert service.sign_in(db, STRANGER, "n@example.com", OTHER_PASSWORD, False)
    assert db.call(email_verification.verify_email, STRANGER, of_stranger) == (
        email_verification.ALREADY_ACTIVE
    )
    with pytest.raises(InvalidInput):
        service.sign_in(db, STRANGER, "n@example.com", PASSWORD, False)


def vars_of(form: rules.SignUpForm) -> dict[str, object]:
    return {name: getattr(form, name) for name in form.__dataclass_fields__}


def test_a_reset_lifts_the_block_of_the_log_in(db: Database) -> None:
    for _ in range(10):
        with pytest.raises(InvalidInput):
            service.sign_in(db, STRANGER, EMAIL, "wrong", False)
    credentials.reset_password(db, STRANGER, ask(db), OTHER_PASSWORD)
    assert service.sign_in(db, STRANGER, EMAIL, OTHER_PASSWORD, False)


def test_changing_ends_every_other_session(db: Database) -> None:
    here, there = secret_of(db), secret_of(db)
    credentials.change_password(db, resolve_session(db, here), PASSWORD, OTHER_PASSWORD)
    assert resolve_session(db, here).audience is Audience.CUSTOMER
    assert resolve_session(db, there).audience is Audience.PUBLIC
    assert sent_messages(db)[-1] == ("password_changed", EMAIL)
    assert service.sign_in(db, STRANGER, EMAIL, OTHER_PASSWORD, False)


def test_a_wrong_password_changes_nothing_and_is_counted(
    db: Database, hashing: HashingCalls
) -> None:
    actor = sign_in_customer(db)
    before, mails = snapshot_without_logs(db), sent_messages(db)
    for _ in range(10):
        with pytest.raises(InvalidInput) as refused:
            credentials.change_password(db, actor, "guess", OTHER_PASSWORD)
        assert refused.value.fields == {"current": "This is not your password."}
    hashing.reset()
    with pytest.raises(TooManyAttempts):
        credentials.change_password(db, actor, PASSWORD, OTHER_PASSWORD)
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, mails)
    assert (hashing.hashed, hashing.compared) == (0, 0)


def test_one_of_two_concurrent_changes_wins(db: Database) -> None:
    actor = sign_in_customer(db)
    answers = run_concurrently(
        *[
            partial(credentials.change_password, db, actor, PASSWORD, new)
            for new in (OTHER_PASSWORD, "brand-new-giraffe-5")
        ]
    )
    assert answers.count(None) == 1
    assert isinstance(next(a for a in answers if a is not None), DomainError)


def test_an_account_without_a_password_cannot_be_guessed(db: Database) -> None:
    """A stolen session cannot give a password to an account that has none."""
    actor = sign_in_customer(db)
    change_account(db, password_hash=None)
    before = snapshot_without_logs(db)
    with pytest.raises(NoPassword):
        credentials.change_password(db, actor, "", OTHER_PASSWORD)
    assert snapshot_without_logs(db) == before


def test_public_and_guests_cannot_change_a_password(db: Database) -> None:
    guest = Actor(audience=Audience.GUEST, booking_id="x", session_id="y")
    for actor in (STRANGER, guest):
        with pytest.raises(NotAllowed):
            credentials.change_password(db, actor, PASSWORD, OTHER_PASSWORD)


def shapes(db: Database, call: Callable[[], object]) -> list[str]:
    with statements_of(db) as found:
        call()
    return [statement.split()[0] for statement, _ in found]


def test_the_lookup_is_the_same_for_every_email(db: Database) -> None:
    change_account(db, disabled_at=utc_now())
    known = shapes(db, partial(credentials.request_reset, db, STRANGER, EMAIL))
    unknown = shapes(
        db, partial(credentials.request_reset, db, STRANGER, "no@example.com")
    )
    assert known == unknown
