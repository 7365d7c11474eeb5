"""Signing up as a customer, and deleting sign-ups whose email was never verified."""

from datetime import timedelta

from sqlalchemy import exists, not_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from portal_app.domain.accounts import passwords, registration, security_log
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import Account, AccountToken
from portal_app.domain.accounts.registration import PasswordComparison
from portal_app.domain.accounts.rules import (
    CUSTOMER,
    SIGN_UP_BY_ADDRESS,
    SIGN_UP_BY_NETWORK,
    SIGN_UP_ON_EMAIL,
    VERIFY_EMAIL,
)
from portal_app.domain.business import service as businesses
from portal_app.domain.customers import registration as customers
from portal_app.domain.rate_limits import limiter
from portal_app.domain.sign_in import honeypot
from portal_app.domain.sign_in.honeypot import HoneypotFields
from portal_app.domain.sign_in.rules import Person, SignUpForm, check_sign_up
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict

_MAX_TRIES = 5


def sign_up(db: Database, actor: Actor, form: SignUpForm) -> None:
    """Sign up by email; what happens next is in the mail.

    The answer is the same, and takes the same time, whether the email is new
    (a link to activate), waits for activation (a fresh link) or has an account
    (a mail that says so). See ``accounts.registration`` for what a repeated
    sign-up may change.

    Args:
        db: The database; the hashing happens outside its transactions.
        actor: Who asks; the network address limits the attempts.
        form: As typed.

    Raises:
        InvalidInput: With a sentence for each field that is wrong.
        TooManyAttempts: If a limit was reached.
    """
    person = db.query(_check_form, form)
    security_log.count_attempt(
        db,
        actor,
        person.email,
        *limiter.attempt_on(
            actor,
            (SIGN_UP_BY_NETWORK, SIGN_UP_BY_ADDRESS),
            (SIGN_UP_ON_EMAIL, person.email),
        ).keys,
    )
    password_hash = passwords.hash_password(form.password)
    for _ in range(_MAX_TRIES):
        known = db.query(registration.pending_password_hash, person.email)
        compared = PasswordComparison(known, passwords.matches(known, form.password))
        if db.call(_store_sign_up, person, password_hash, compared, form.next_path):
            return
    raise Conflict("Somebody is signing up with this email. Please try again.")


def sign_up_on_page(
    db: Database, actor: Actor, form: SignUpForm, trap: HoneypotFields
) -> None:
    """As ``sign_up``, for the page that everybody can open.

    Args:
        db: The database.
        actor: Who asks.
        form: As typed.
        trap: What robots do differently.

    Raises:
        HiddenFieldFilled: If what people do not see was filled in.
        InvalidInput: As ``sign_up``; with no field if the form was sent too soon
            or too late after it was opened.
        TooManyAttempts: If a limit was reached.
    """
    # What is missing is said first: whoever presses the button of an empty form at
    # once is in no hurry to sign up.
    db.query(_check_form, form)
    honeypot.check_person(db, actor, trap, form.email)
    sign_up(db, actor, form)


def create_active_customer(db: Database, form: SignUpForm) -> str:
    """Make a customer with an active account, whose mailbox the office vouches for.

    No mail is sent. For the command line and the demo business.

    Args:
        db: The database; the hashing happens outside its transactions.
        form: As the customer would have filled it in.

    Returns:
        The customer's id.

    Raises:
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If the email has an account.
    """
    person = db.query(_check_form, form)
    return db.call(
        _create_active_customer, person, passwords.hash_password(form.password)
    )


def _store_sign_up(
    tx: Session,
    person: Person,
    password_hash: str,
    compared: PasswordComparison,
    next_path: str,
) -> bool:
    """Returns: ``False`` if the password must be compared again."""
    registered = registration.register(
        tx, person.email, password_hash, compared, next_path
    )
    if registered is None:
        return False
    if registered.pending:
        _save_customer(tx, registered.account_id, person)
    return True


def _create_active_customer(tx: Session, person: Person, password_hash: str) -> str:
    account_id = accounts.create_with_hash(tx, person.email, CUSTOMER, password_hash)
    return _save_customer(tx, account_id, person)


def _save_customer(tx: Session, account_id: str, person: Person) -> str:
    return customers.save_customer(
        tx,
        account_id,
        person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        phone=person.phone,
    )


def _check_form(tx: Session, form: SignUpForm) -> Person:
    country = businesses.current_business(tx).country
    return check_sign_up(form, country, passwords.current_policy(tx))


_UNVERIFIED_RETENTION = timedelta(days=30)
_BATCH_SIZE = 200


def delete_unverified_accounts(db: Database) -> int:
    """Delete customers' accounts whose mailbox nobody proved within 30 days.

    Their customers go with them. An account stays while a link that activates it
    is under way, when the office has closed it, and when anything refers to its
    customer, such as a booking: the database refuses to delete it then.

    Args:
        db: The database; a transaction takes at most 200 accounts.

    Returns:
        How many.
    """
    forgotten, after = 0, ""
    while True:
        count, after = db.call(_delete_batch, after)
        forgotten += count
        if not after:
            return forgotten


def _delete_batch(tx: Session, after: str) -> tuple[int, str]:
    """The next accounts by id; how many went, and the last id if there may be more."""
    link = exists().where(
        col(AccountToken.account_id) == col(Account.id),
        col(AccountToken.purpose) == VERIFY_EMAIL,
        col(AccountToken.used_at).is_(None),
        col(AccountToken.expires_at) > utc_now(),
    )
    ids = tx.exec(
        select(col(Account.id))
        .where(
            col(Account.verified_at).is_(None),
            col(Account.created_at) < utc_now() - _UNVERIFIED_RETENTION,
            col(Account.role) == CUSTOMER,
            col(Account.disabled_at).is_(None),
            col(Account.id) > after,
            not_(link),
        )
        .order_by(col(Account.id))
        .limit(_BATCH_SIZE)
        # One that is being activated just now is left alone.
        .with_for_update(skip_locked=True)
    ).all()
    count = sum(delete_unused_account(tx, account_id) for account_id in ids)
    return count, ids[-1] if len(ids) == _BATCH_SIZE else ""


def delete_unused_account(tx: Session, account_id: str) -> bool:
    """Delete an account and its customer, unless something refers to them.

    Returns:
        Whether it was deleted.
    """
    try:
        with tx.begin_nested():
            customers.delete_customer(tx, account_id)
            registration.delete_account(tx, account_id)
    except IntegrityError:
        return False
    return True
