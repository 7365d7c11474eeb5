"""What people do with their accounts: activate, sign in, sign out.

Nothing here tells whether an e-mail has an account: answers are the same, mails
differ, and the expensive part (one password comparison) is always done.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, select

from portal_app.domain.accounts import attempts, passwords, sessions, tokens
from portal_app.domain.accounts.attempts import Try
from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.registration import lock_by_email, send_verification
from portal_app.domain.accounts.rules import (
    RESEND_BY_ADDRESS,
    RESEND_BY_EMAIL,
    ROLES,
    SIGN_IN,
    SIGN_IN_BY_ACCOUNT,
    SIGN_IN_BY_ADDRESS,
    VERIFY_EMAIL,
    LinkInvalid,
    NotActivated,
    PasswordNeeded,
    network_of,
    normal_email,
)
from portal_app.domain.accounts.views import SignedIn
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.statements import insert_once

log = structlog.get_logger("accounts")

ACTIVATED = "activated"
ALREADY_ACTIVE = "already_active"

__all__ = [
    "ACTIVATED",
    "ALREADY_ACTIVE",
    "LinkInvalid",
    "NotActivated",
    "PasswordNeeded",
    "activate_with_password",
    "create",
    "create_account",
    "redeem_ticket",
    "resend_verification",
    "sign_in",
    "sign_out",
    "verify_email",
]


@dataclass(frozen=True, slots=True)
class _Credentials:
    account_id: str
    password_hash: str | None
    active: bool
    disabled: bool


def sign_in(
    db: Database, actor: Actor, email: str, password: str, remember: bool
) -> str:
    """Check a password and give a ticket that opens a session.

    Failures are counted per e-mail and per network, successes are not; a right
    password during a block is refused like any other.

    Args:
        db: The database; the comparison happens outside its transactions.
        actor: Who asks; the network address limits the attempts.
        email: As typed.
        password: As typed.
        remember: Whether the session shall outlive the browser window.

    Returns:
        A single-use ticket for ``redeem_ticket``, good for 60 seconds.

    Raises:
        InvalidInput: For a wrong pair, with no field named.
        NotActivated: For a right pair whose e-mail was never verified.
        TooManyAttempts: If a limit was reached.
    """
    email = normal_email(email)
    by_network = Try(SIGN_IN_BY_ADDRESS, network_of(actor.address))
    by_account = Try(SIGN_IN_BY_ACCOUNT, email)
    attempts.take(db, by_network, by_account)
    known = db.query(_credentials, email)
    right = passwords.matches(known.password_hash if known else None, password)
    if known is None or not right or known.disabled:
        log.info("sign-in refused")
        raise _wrong_pair()
    password_hash = known.password_hash or ""
    fresh = (
        passwords.hash_password(password)
        if passwords.is_outdated(password_hash)
        else None
    )
    ticket = db.call(_succeed, known, fresh, remember, (by_network, by_account))
    if ticket is None:
        raise _wrong_pair()
    if not known.active:
        raise NotActivated
    return ticket


def redeem_ticket(tx: Session, actor: Actor, ticket: str) -> SignedIn:
    """Open a session for a ticket. Only a POST from our own pages may ask.

    The session the browser had before is ended.

    Args:
        tx: The transaction.
        actor: Who asks, with address and device.
        ticket: From ``sign_in``.

    Returns:
        The secret for the cookie, and until when.

    Raises:
        NotFound: If the ticket is unknown, used or expired.
    """
    consumed = tokens.consume(tx, ticket, SIGN_IN)
    account = tx.get(Account, consumed.account_id) if consumed else None
    if consumed is None or account is None or account.disabled_at is not None:
        raise NotFound("Please log in again.")
    if actor.session_id is not None:
        sessions.revoke(tx, actor.session_id)
    opened = sessions.open_session(tx, account.id, actor, remembered=consumed.remember)
    log.info("signed in", account=account.id, session=opened.id)
    return SignedIn(opened.secret, opened.expires_at, consumed.remember, account.role)


def sign_out(tx: Session, actor: Actor) -> None:
    """End the actor's session; nothing happens without one."""
    if actor.session_id is not None:
        sessions.revoke(tx, actor.session_id)


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
    account = _account_of_link(tx, token)
    if account is None:
        return ALREADY_ACTIVE
    if account.password_hash is None:
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
    account = db.query(_account_of_link, token)
    if account is None:
        return ALREADY_ACTIVE
    passwords.check(password, (account.email,))
    return db.call(_activate_with, token, passwords.hash_password(password))


def resend_verification(db: Database, actor: Actor, email: str) -> None:
    """Send the activation mail again, if there is something to activate.

    Never tells whether there is: the answer is the same for every e-mail.

    Raises:
        InvalidInput: If it is no e-mail at all.
        TooManyAttempts: If a limit was reached.
    """
    attempts.refuse(db.call(_resend, network_of(actor.address), normal_email(email)))


def create(tx: Session, email: str, role: str, password_hash: str) -> str:
    """Make an active account whose mailbox the office vouches for.

    Args:
        tx: The transaction.
        email: In its normal form.
        role: ``customer``, ``office`` or ``fieldworker``.
        password_hash: Of its password.

    Returns:
        The account's id.

    Raises:
        Conflict: If the e-mail has an account.
    """
    now = utc_now()
    account = Account(
        email=email,
        role=role,
        password_hash=password_hash,
        verified_at=now,
        created_at=now,
    )
    if not insert_once(tx, account, "email"):
        raise Conflict("There is an account with this e-mail already.")
    return account.id


def create_account(db: Database, email: str, role: str, password: str) -> str:
    """Make an active account for somebody who works here (command line).

    Args:
        db: The database; the hashing happens outside its transactions.
        email: As typed.
        role: ``office`` or ``fieldworker``; customers have a profile as well,
            see ``customers.service.add_active_customer``.
        password: As typed.

    Returns:
        The account's id.

    Raises:
        InvalidInput: If e-mail, role or password are not acceptable.
        Conflict: If the e-mail has an account.
    """
    if role not in ROLES:
        raise InvalidInput({"role": "Please choose office or fieldworker."})
    email = normal_email(email)
    passwords.check(password, (email,))
    return db.call(create, email, role, passwords.hash_password(password))


def _wrong_pair() -> InvalidInput:
    return InvalidInput({}, "The e-mail or the password is not right.")


def _credentials(tx: Session, email: str) -> _Credentials | None:
    account = tx.exec(select(Account).where(Account.email == email)).first()
    if account is None:
        return None
    return _Credentials(
        account_id=account.id,
        password_hash=account.password_hash,
        active=account.verified_at is not None,
        disabled=account.disabled_at is not None,
    )


def _succeed(
    tx: Session,
    known: _Credentials,
    fresh_hash: str | None,
    remember: bool,
    tries: tuple[Try, Try],
) -> str | None:
    """Note a right password; a ticket if the account is active.

    Returns:
        ``None`` if the account changed since the password was compared; an
        empty text if it is not active.
    """
    account = tx.get(Account, known.account_id, with_for_update=True)
    if (
        account is None
        or account.password_hash != known.password_hash
        or account.disabled_at is not None
    ):
        return None
    by_network, by_account = tries
    # In the order in which they are counted, or two sign-ins could deadlock.
    attempts.give_back(tx, by_network)
    attempts.forget(tx, by_account)
    if fresh_hash is not None:
        account.password_hash = fresh_hash
        tx.flush()
    if not known.active:
        return ""
    return tokens.issue(tx, account.id, SIGN_IN, remember=remember).secret


def _account_of_link(tx: Session, token: str) -> Account | None:
    """The account that a link may activate; ``None`` if it is active already."""
    found = tokens.find(tx, token, VERIFY_EMAIL)
    if found is None:
        raise LinkInvalid
    # Held, so that no sign-up makes it contested in between.
    account = tx.get(
        Account, found.account_id, with_for_update=True, populate_existing=True
    )
    if account is None or account.disabled_at is not None:
        raise LinkInvalid
    if account.verified_at is not None:
        return None
    if not tokens.is_live(found):
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
    log.info("account activated", account=account.id)


def _activate_with(tx: Session, token: str, password_hash: str) -> str:
    account = _account_of_link(tx, token)
    if account is None:
        return ALREADY_ACTIVE
    account.password_hash = password_hash
    tx.flush()
    _activate(tx, account, token)
    return ACTIVATED


def _resend(tx: Session, network: str, email: str) -> datetime | None:
    """One transaction for every e-mail, so that its time tells nothing."""
    blocked_until = attempts.count(
        tx, Try(RESEND_BY_ADDRESS, network), Try(RESEND_BY_EMAIL, email)
    )
    if blocked_until is None:
        account = lock_by_email(tx, email)
        if (
            account is not None
            and account.verified_at is None
            and account.disabled_at is None
        ):
            send_verification(tx, account)
    return blocked_until
