"""What people do with their accounts; the one door to this package.

Nothing here tells whether an email has an account: answers are the same, mails
differ, and the expensive part (one password comparison) is always done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog
from sqlmodel import Session, select

from portal_app.domain.accounts import passwords, second_factor, sessions, tokens
from portal_app.domain.accounts.attempts import password_guess
from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.owners import has_owner
from portal_app.domain.accounts.rules import (
    BY_PASSWORD,
    CODE_REQUEST_LIFETIME,
    GUEST,
    OFFICE,
    OWNER,
    ROLES,
    SIGN_IN,
    SIGN_IN_METHODS,
    NotActivated,
    mailable_email,
    normal_email,
)
from portal_app.domain.accounts.security_log import count_attempt, record
from portal_app.domain.accounts.sign_in_methods import is_enabled
from portal_app.domain.accounts.tokens import TokenSubject
from portal_app.domain.accounts.views import SignedIn
from portal_app.domain.business import service as businesses
from portal_app.domain.rate_limits import limiter
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.statements import insert_once

log = structlog.get_logger("accounts")

_SIGN_IN_AGAIN = "Please log in again."


@dataclass(frozen=True, slots=True)
class _Credentials:
    account_id: str
    password_hash: str | None
    active: bool
    disabled: bool
    second_factor: bool


def sign_in(
    db: Database, actor: Actor, email: str, password: str, remember: bool
) -> str:
    """Check a password and give a ticket that opens a session.

    Failures are counted per email and per network, successes are not; a right
    password during a block is refused like any other. A browser that the account
    knows is counted by itself: no stranger can have it refused.

    Args:
        db: The database; the comparison happens outside its transactions.
        actor: Who asks; network address and device limit the attempts.
        email: As typed.
        password: As typed.
        remember: Whether the session shall outlive the browser window.

    Returns:
        A single-use ticket for ``redeem_ticket``, good for 60 seconds.

    Raises:
        InvalidInput: For a wrong pair, with no field named.
        NotActivated: For a right pair whose email was never verified.
        TooManyAttempts: If a limit was reached.
    """
    email = normal_email(email)
    attempt = password_guess(db, actor, email)
    count_attempt(db, actor, email, *attempt.keys)
    known = db.query(_credentials, email)
    right = passwords.matches(known.password_hash if known else None, password)
    if known is None or not right or known.disabled:
        log.info("sign-in refused")
        db.call(
            record,
            actor,
            "sign_in_failed",
            account_id=known.account_id if known else None,
            about=email,
        )
        raise _wrong_credentials()
    password_hash = known.password_hash or ""
    fresh = (
        passwords.hash_password(password)
        if passwords.is_outdated(password_hash)
        else None
    )
    ticket = db.call(_record_success, known, fresh, remember)
    if ticket is None:
        raise _wrong_credentials()
    if not known.second_factor:
        # Or whoever knows the password could guess at codes without an end.
        limiter.succeeded(db, attempt)
    if not known.active:
        raise NotActivated
    return ticket


def redeem_ticket(
    tx: Session, actor: Actor, ticket: str, device_secrets: Sequence[str] = ()
) -> SignedIn:
    """Open a session for a ticket. Only a POST from our own pages may ask.

    The session the browser had before is ended. The owner of an account is told
    by mail if it does not know the browser.

    Args:
        tx: The transaction.
        actor: Who asks, with address and device.
        ticket: From ``sign_in``, a provider, a booking number or a link.
        device_secrets: From the browser's own cookie; empty without one.

    Returns:
        The secrets for the cookies, and until when; or that a code of the
        authenticator app is still to be given.

    Raises:
        NotFound: If the ticket is unknown, used or expired.
    """
    meaning = tokens.consume(tx, ticket, SIGN_IN)
    # The method may have been switched off since the ticket was given.
    if meaning is None or not is_enabled(tx, meaning.method):
        raise NotFound(_SIGN_IN_AGAIN)
    if meaning.account_id is None:
        return _open(tx, actor, meaning, GUEST)
    account = tx.get(Account, meaning.account_id)
    if account is None or account.disabled_at is not None:
        raise NotFound(_SIGN_IN_AGAIN)
    if not meaning.second_factor and second_factor.is_on(tx, account.id):
        asked = second_factor.ask_for_code(tx, meaning)
        ends = utc_now() + CODE_REQUEST_LIFETIME
        return SignedIn("", ends, False, account.role, code_secret=asked)
    secret = sessions.recognise_device(tx, account, actor, device_secrets)
    record(
        tx,
        actor,
        "sign_in",
        account_id=account.id,
        about=account.email,
        detail=f"By {SIGN_IN_METHODS[meaning.method].lower()}."
        if meaning.method == BY_PASSWORD
        else f"By {SIGN_IN_METHODS[meaning.method]}.",
    )
    opened = _open(tx, actor, meaning, account.role)
    return replace(opened, account_id=account.id, device_secret=secret)


def sign_out(tx: Session, actor: Actor) -> None:
    """End the actor's session; nothing happens without one."""
    if actor.session_id is not None:
        sessions.revoke(tx, actor.session_id)


def create_with_hash(
    tx: Session,
    email: str,
    role: str,
    password_hash: str,
    *,
    office_role: str = "",
    name: str = "",
) -> str:
    """Make an active account whose mailbox the office vouches for.

    Args:
        tx: The transaction.
        email: In its normal form.
        role: ``customer``, ``office`` or ``fieldworker``.
        password_hash: Of its password.
        office_role: What somebody of the office may do. If nothing is said, the first
            account of the office is its owner's.
        name: Of somebody who works here.

    Returns:
        The account's id.

    Raises:
        Conflict: If the email has an account.
    """
    now = utc_now()
    account = Account(
        email=email,
        role=role,
        office_role=(office_role or _office_role(tx)) if role == OFFICE else "",
        name=name,
        password_hash=password_hash,
        verified_at=now,
        created_at=now,
    )
    if not insert_once(tx, account, "email"):
        raise Conflict("There is an account with this email already.")
    return account.id


def reopen(
    tx: Session, account_id: str, password_hash: str, office_role: str, name: str
) -> None:
    """Let somebody in again who worked here before, as ``create_with_hash`` would."""
    account = tx.get_one(Account, account_id, with_for_update=True)
    account.disabled_at = None
    account.password_hash = password_hash
    account.office_role, account.name = office_role, name or account.name
    tx.flush()


def _office_role(tx: Session) -> str:
    # Of two first ones, one is the owner.
    businesses.lock_business(tx)
    return OFFICE if has_owner(tx) else OWNER


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
        InvalidInput: If email, role or password are not acceptable.
        Conflict: If the email has an account.
    """
    if role not in ROLES:
        raise InvalidInput({"role": "Please choose office or fieldworker."})
    email = mailable_email(email)
    passwords.check_password(password, (email,), db.query(passwords.current_policy))
    return db.call(create_with_hash, email, role, passwords.hash_password(password))


def _open(tx: Session, actor: Actor, meaning: TokenSubject, role: str) -> SignedIn:
    if actor.session_id is not None:
        sessions.revoke(tx, actor.session_id)
    opened = sessions.open_session(tx, meaning, actor)
    log.info("signed in", role=role, method=meaning.method, session=opened.id)
    remembered = meaning.remember and role != GUEST
    return SignedIn(
        opened.secret, opened.expires_at, remembered, role, path=meaning.path
    )


def _wrong_credentials() -> InvalidInput:
    return InvalidInput({}, "The email or the password is not right.")


def _credentials(tx: Session, email: str) -> _Credentials | None:
    account = tx.exec(select(Account).where(Account.email == email)).first()
    if account is None:
        return None
    return _Credentials(
        account_id=account.id,
        password_hash=account.password_hash,
        active=account.verified_at is not None,
        disabled=account.disabled_at is not None,
        second_factor=second_factor.is_on(tx, account.id),
    )


def _record_success(
    tx: Session,
    known: _Credentials,
    fresh_hash: str | None,
    remember: bool,
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
    if fresh_hash is not None:
        account.password_hash = fresh_hash
        tx.flush()
    if not known.active:
        return ""
    return tokens.issue(
        tx, SIGN_IN, TokenSubject(account_id=account.id, remember=remember)
    ).secret
