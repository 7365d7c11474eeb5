"""Verification of emails and activation of accounts by a link in a mail."""

from collections.abc import Callable

import structlog
from sqlalchemy import update
from sqlmodel import Session, col

from portal_app.domain.accounts import passwords, security_log, tokens
from portal_app.domain.accounts.attempts import attempt_on_email
from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.registration import lock_by_email, send_verification
from portal_app.domain.accounts.rules import (
    MAIL_BY_NETWORK,
    RESEND_BY_ADDRESS,
    RESEND_ON_EMAIL,
    VERIFY_EMAIL,
    LinkInvalid,
    PasswordNeeded,
    normal_email,
)
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database

VerificationListener = Callable[[Session, str, str], None]
WaitingCheck = Callable[[Session, str], bool]

# Which they are is in ``domain.listeners``; a dict keeps their order, and each once.
_listeners: dict[VerificationListener, None] = {}
_checks: dict[WaitingCheck, None] = {}


def on_verified(listener: VerificationListener) -> None:
    """Call a function with transaction, account id and email at every proof."""
    _listeners[listener] = None


def notify_verified(tx: Session, account_id: str, email: str) -> None:
    """Say that the mailbox of an account is its owner's, as part of a transaction."""
    for listener in _listeners:
        listener(tx, account_id, email)


def waiting_data(check: WaitingCheck) -> None:
    """Ask a function whether it has something for whoever proves an email."""
    _checks[check] = None


def has_waiting_data(tx: Session, email: str) -> bool:
    """Whether data of a person waits for the owner of this mailbox.

    Such as what the office imported. It goes to whoever proves the mailbox by a mail
    and to nobody else; no answer to anybody may depend on it in a way that shows.
    """
    return any(check(tx, email) for check in _checks)


log = structlog.get_logger("accounts")

ACTIVATED = "activated"
ALREADY_ACTIVE = "already_active"


def verify_email(tx: Session, actor: Actor, token: str) -> str:  # noqa: ARG001
    """Activate an account by the link from its mail. Only a POST may ask.

    Args:
        tx: The transaction.
        actor: Who asks; anybody who has the token.
        token: From the link.

    Returns:
        ``ACTIVATED``; or ``ALREADY_ACTIVE`` for any link that was ever sent to
        an account that is active, as after a second click.

    Raises:
        PasswordNeeded: If a password must be chosen, see ``registration``; go
            on with ``activate_with_password``. The token stays usable.
        LinkInvalid: If the token is unknown, or no longer good for an account
            that is not active.
    """
    account = _account_to_activate(tx, token)
    if account is None:
        return ALREADY_ACTIVE
    # Whoever signed up may not be who reads the mail: a password that is chosen
    # here lets nobody else in to what waits for the owner of the mailbox.
    if account.password_hash is None or has_waiting_data(tx, account.email):
        raise PasswordNeeded
    _activate(tx, account, token)
    return ACTIVATED


def activate_with_password(
    db: Database,
    actor: Actor,  # noqa: ARG001
    token: str,
    password: str,
) -> str:
    """Activate an account for which more than one password was given.

    Args:
        db: The database; the hashing happens outside its transactions.
        actor: Who asks; anybody who has the token.
        token: From the link.
        password: The one to log in with from now on.

    Returns:
        ``ACTIVATED`` or ``ALREADY_ACTIVE``; the password of an active account
        is never changed.

    Raises:
        InvalidInput: If the policy does not take the password.
        LinkInvalid: As for ``verify_email``.
    """
    # Before the hashing, so that nobody without a link can make us work.
    account = db.query(_account_to_activate, token)
    if account is None:
        return ALREADY_ACTIVE
    passwords.check_password(
        password, (account.email,), db.query(passwords.current_policy)
    )
    return db.call(
        _activate_with_password_hash, token, passwords.hash_password(password)
    )


def verified_email(tx: Session, token: str) -> str:
    """The email that a link proved, for whoever has the link; empty for no link."""
    found = tokens.find(tx, token, VERIFY_EMAIL)
    account = tx.get(Account, found.account_id) if found else None
    return account.email if account and account.verified_at else ""


def resend_verification(
    db: Database, actor: Actor, email: str, next_path: str = ""
) -> None:
    """Send the activation mail again, if there is something to activate.

    Never tells whether there is: the answer is the same for every email. A mailbox
    that got enough of these mails gets no further one; the newest of them is good.
    ``next_path`` is where the person goes on.

    Raises:
        InvalidInput: If it is no email at all.
        TooManyAttempts: If the network asked too often.
    """
    email = normal_email(email)
    request = attempt_on_email(
        db, actor, (MAIL_BY_NETWORK, RESEND_BY_ADDRESS), RESEND_ON_EMAIL, email
    )
    if security_log.may_send_mail(db, actor, email, request):
        db.call(_resend_if_pending, email, next_path)


def _account_to_activate(tx: Session, token: str) -> Account | None:
    """The account that a link may activate; ``None`` if it is active already."""
    found = tokens.find(tx, token, VERIFY_EMAIL)
    if found is None or found.account_id is None:
        raise LinkInvalid
    # Held, so that no sign-up makes it contested in between.
    account = tx.get(
        Account, found.account_id, with_for_update=True, populate_existing=True
    )
    if account is None or account.disabled_at is not None:
        raise LinkInvalid
    if account.verified_at is not None:
        return None
    if not tokens.is_valid(found):
        raise LinkInvalid
    return account


def _activate(tx: Session, account: Account, token: str) -> None:
    if tokens.consume(tx, token, VERIFY_EMAIL) is None:
        raise LinkInvalid
    tx.execute(
        update(Account)
        .where(col(Account.id) == account.id)
        .values(verified_at=utc_now())
    )
    notify_verified(tx, account.id, account.email)
    log.info("account activated", account=account.id)


def _activate_with_password_hash(tx: Session, token: str, password_hash: str) -> str:
    account = _account_to_activate(tx, token)
    if account is None:
        return ALREADY_ACTIVE
    account.password_hash = password_hash
    tx.flush()
    _activate(tx, account, token)
    return ACTIVATED


def _resend_if_pending(tx: Session, email: str, next_path: str) -> None:
    """One transaction for every email, so that its time tells nothing."""
    account = lock_by_email(tx, email)
    if (
        account is not None
        and account.verified_at is None
        and account.disabled_at is None
    ):
        send_verification(tx, account, next_path)
