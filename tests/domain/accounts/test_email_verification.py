from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from portal_app.domain.accounts import email_verification, passwords, service, tokens
from portal_app.domain.accounts.email_verification import ACTIVATED, ALREADY_ACTIVE
from portal_app.domain.accounts.models import Account, AccountToken
from portal_app.domain.accounts.rules import (
    SIGN_IN,
    VERIFY_EMAIL,
    LinkInvalid,
    NotActivated,
    PasswordNeeded,
)
from portal_app.domain.sign_in import rules
from portal_app.domain.sign_in import sign_up as customers
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput
from tests.support.accounts import (
    FORM,
    OTHER_PASSWORD,
    PASSWORD,
    STRANGER,
    HashingCalls,
    newest_token,
    outbox_messages,
    run_concurrently,
    sent_messages,
    set_up_business,
    snapshot_without_logs,
)

pytestmark = pytest.mark.each_database

EMAIL = FORM.email


@pytest.fixture(autouse=True)
def _maya_signed_up(db: Database, hashing: HashingCalls) -> None:
    set_up_business(db)
    customers.sign_up(db, STRANGER, FORM)
    hashing.reset()


def account(db: Database) -> Account:
    with db.read() as tx:
        return tx.exec(select(Account)).one()


def verify(db: Database, token: str) -> str:
    return db.call(email_verification.verify_email, STRANGER, token)


def test_the_link_activates_once_and_then_says_so(db: Database) -> None:
    token = newest_token(db)
    start = utc_now()
    with frozen(start):
        assert verify(db, token) == ACTIVATED
    with frozen(start + timedelta(hours=1)):
        assert verify(db, token) == ALREADY_ACTIVE
    assert account(db).verified_at == start
    assert service.sign_in(db, STRANGER, EMAIL, PASSWORD, False)


def test_clicks_at_the_same_time_activate_once(db: Database) -> None:
    token = newest_token(db)
    answers = run_concurrently(*[partial(verify, db, token)] * 8)
    assert sorted(map(str, answers)) == [ACTIVATED] + [ALREADY_ACTIVE] * 7


def test_one_of_parallel_uses_of_a_token_wins(db: Database) -> None:
    token = newest_token(db)
    use = partial(db.call, tokens.consume, token, VERIFY_EMAIL)
    answers = run_concurrently(*[use] * 12)
    assert sum(answer is not None for answer in answers) == 1


def test_without_the_guard_several_would_win(db: Database) -> None:
    """What the one statement prevents: look first, then write."""
    token = newest_token(db)

    def look(tx: Session) -> bool:
        found = tokens.find(tx, token, VERIFY_EMAIL)
        return found is not None and tokens.is_valid(found)

    assert run_concurrently(*[partial(db.query, look)] * 4) == [True] * 4


def test_a_link_is_good_for_48_hours(db: Database) -> None:
    token = newest_token(db)
    with db.read() as tx:
        sent_at = tx.exec(select(AccountToken.created_at)).one()
    with frozen(sent_at + timedelta(hours=48)), pytest.raises(LinkInvalid):
        verify(db, token)
    assert account(db).verified_at is None
    with frozen(sent_at + timedelta(hours=48) - timedelta(microseconds=1)):
        assert verify(db, token) == ACTIVATED


@pytest.mark.parametrize("token", ["", "nonsense", "é", "x" * 10_000])
def test_invalid_links_are_refused(db: Database, token: str) -> None:
    with pytest.raises(LinkInvalid):
        verify(db, token)
    assert account(db).verified_at is None


def test_a_token_is_for_its_purpose_only(db: Database) -> None:
    verify(db, newest_token(db))
    ticket = service.sign_in(db, STRANGER, EMAIL, PASSWORD, False)
    with pytest.raises(LinkInvalid):
        verify(db, ticket)
    assert db.call(tokens.consume, newest_token(db), SIGN_IN) is None
    assert db.call(tokens.consume, ticket, SIGN_IN) is not None


def test_a_new_mail_ends_the_older_link(db: Database) -> None:
    older = newest_token(db)
    email_verification.resend_verification(db, STRANGER, "MAYA@example.com")
    newer = newest_token(db)
    assert newer != older
    with pytest.raises(LinkInvalid):
        verify(db, older)
    assert verify(db, newer) == ACTIVATED
    assert verify(db, older) == ALREADY_ACTIVE


def test_resends_at_the_same_time_leave_one_good_link(db: Database) -> None:
    resend = partial(email_verification.resend_verification, db, STRANGER, EMAIL)
    assert run_concurrently(*[resend] * 3) == [None] * 3
    with db.read() as tx:
        live = [
            token for token in tx.exec(select(AccountToken)) if tokens.is_valid(token)
        ]
    assert len(live) == 1
    assert sent_messages(db) == [("verify_email", EMAIL)] * 4


def test_resending_does_not_reveal_accounts(db: Database) -> None:
    verify(db, newest_token(db))
    before = sent_messages(db)
    email_verification.resend_verification(db, STRANGER, EMAIL)
    email_verification.resend_verification(db, STRANGER, "nobody@example.com")
    assert sent_messages(db) == before


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
def test_resending_is_limited_for_every_email_alike(db: Database, email: str) -> None:
    for _ in range(3):
        email_verification.resend_verification(db, STRANGER, email)
    before, mails = snapshot_without_logs(db), sent_messages(db)
    assert email_verification.resend_verification(db, STRANGER, email) is None  # type: ignore[func-returns-value]
    assert (snapshot_without_logs(db), sent_messages(db)) == (before, mails)


def test_the_token_is_only_in_the_mail(db: Database) -> None:
    token = newest_token(db)
    (mail,) = outbox_messages(db)
    assert mail.payload == {"path": f"/verify-email?token={token}"}
    with db.read() as tx:
        row = tx.exec(select(AccountToken)).one()
    assert token not in repr(row)
    assert token not in mail.dedupe_key


def contest(db: Database, *, victim_first: bool) -> None:
    """Two people sign up with one address; the victim is Maya."""
    forms = [FORM, FORM_OF_EVE] if victim_first else [FORM_OF_EVE, FORM]
    with db.write() as tx:
        for row in tx.exec(select(AccountToken)):
            tx.delete(row)
    for form in forms:
        customers.sign_up(db, STRANGER, form)


FORM_OF_EVE = rules.SignUpForm(
    first_name="Eve",
    last_name="Il",
    email="MAYA@example.com",
    password=OTHER_PASSWORD,
    terms=True,
)


@pytest.mark.parametrize("victim_first", [True, False])
def test_neither_password_of_two_sign_ups_is_valid_before_verification(
    db: Database, victim_first: bool
) -> None:
    contest(db, victim_first=victim_first)
    assert account(db).password_hash is None
    for password in (PASSWORD, OTHER_PASSWORD):
        with pytest.raises(InvalidInput):
            service.sign_in(db, STRANGER, EMAIL, password, False)
    with pytest.raises(PasswordNeeded):
        verify(db, newest_token(db))
    assert account(db).verified_at is None


@pytest.mark.parametrize("victim_first", [True, False])
@pytest.mark.parametrize("chosen", [PASSWORD, "brand-new-giraffe-5"])
def test_the_password_chosen_after_verification_is_valid(
    db: Database, victim_first: bool, chosen: str
) -> None:
    contest(db, victim_first=victim_first)
    token = newest_token(db)
    assert (
        email_verification.activate_with_password(db, STRANGER, token, chosen)
        == ACTIVATED
    )
    assert service.sign_in(db, STRANGER, EMAIL, chosen, False)
    with pytest.raises(InvalidInput):
        service.sign_in(db, STRANGER, EMAIL, OTHER_PASSWORD, False)


def test_the_first_of_two_links_is_invalid(db: Database) -> None:
    of_eve_alone = newest_token(db)
    customers.sign_up(db, STRANGER, FORM_OF_EVE)
    for attempt in (
        partial(verify, db, of_eve_alone),
        partial(
            email_verification.activate_with_password,
            db,
            STRANGER,
            of_eve_alone,
            OTHER_PASSWORD,
        ),
    ):
        with pytest.raises(LinkInvalid):
            attempt()
    assert account(db).verified_at is None


def test_a_resend_does_not_decide_between_passwords(db: Database) -> None:
    contest(db, victim_first=True)
    email_verification.resend_verification(db, STRANGER, EMAIL)
    with pytest.raises(PasswordNeeded):
        verify(db, newest_token(db))


def test_a_third_sign_up_does_not_decide_between_passwords(db: Database) -> None:
    contest(db, victim_first=True)
    customers.sign_up(db, STRANGER, FORM_OF_EVE)
    assert account(db).password_hash is None


def test_a_sign_up_after_all_links_expired_starts_anew(db: Database) -> None:
    with frozen(utc_now() + timedelta(hours=49)):
        customers.sign_up(db, STRANGER, FORM_OF_EVE)
        assert verify(db, newest_token(db)) == ACTIVATED
        assert service.sign_in(db, STRANGER, EMAIL, OTHER_PASSWORD, False)
        with pytest.raises(InvalidInput):
            service.sign_in(db, STRANGER, EMAIL, PASSWORD, False)


def test_choosing_a_password_follows_the_policy_and_can_be_repeated(
    db: Database, hashing: HashingCalls
) -> None:
    contest(db, victim_first=True)
    token = newest_token(db)
    hashing.reset()
    with pytest.raises(InvalidInput) as weak:
        email_verification.activate_with_password(db, STRANGER, token, "short")
    assert list(weak.value.fields) == ["password"]
    assert (account(db).verified_at, hashing.hashed) == (None, 0)
    assert (
        email_verification.activate_with_password(db, STRANGER, token, PASSWORD)
        == ACTIVATED
    )
    again = email_verification.activate_with_password(
        db, STRANGER, token, OTHER_PASSWORD
    )
    assert again == ALREADY_ACTIVE
    assert passwords.matches(account(db).password_hash, PASSWORD) is True


def test_no_password_is_hashed_without_a_valid_link(
    db: Database, hashing: HashingCalls
) -> None:
    with pytest.raises(LinkInvalid):
        email_verification.activate_with_password(db, STRANGER, "nonsense", PASSWORD)
    assert (hashing.hashed, hashing.compared) == (0, 0)


def test_a_disabled_account_is_not_activated(db: Database) -> None:
    with db.write() as tx:
        tx.exec(select(Account)).one().disabled_at = utc_now()
    with pytest.raises(LinkInvalid):
        verify(db, newest_token(db))
    assert account(db).verified_at is None


def test_a_right_password_for_an_inactive_account_says_not_activated(
    db: Database,
) -> None:
    with pytest.raises(NotActivated) as told:
        service.sign_in(db, STRANGER, EMAIL, PASSWORD, False)
    assert told.value.message.startswith("Your account is not active yet.")
