"""Changing the email: proven at the new address, told to the old one.

Nobody learns whether the new address has an account: the answer is the same, and
only who reads its mailbox is told. An account that waits for its activation under
the new address belongs to nobody and yields to the proof.
"""

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from portal_app.domain.accounts import (
    credentials,
    email_verification,
    security_log,
    tokens,
)
from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.registration import delete_account, lock_by_email
from portal_app.domain.accounts.rules import (
    CHANGE_EMAIL,
    CHANGE_EMAIL_BY_ACCOUNT,
    PROOF_ON_EMAIL,
    RESET_PASSWORD,
    VERIFY_EMAIL,
    LinkInvalid,
    mailable_email,
)
from portal_app.domain.accounts.tokens import TokenSubject
from portal_app.domain.customers import registration as customers
from portal_app.domain.notifications import outbox as notifications
from portal_app.domain.rate_limits import limiter
from portal_app.domain.rate_limits.limiter import LimitKey
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.constraints import violated_constraint
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput
from portal_app.kernel.ids import hash_secret

_EMAIL_TAKEN = "This email has an account of its own. Please log in with it instead."
_MAX_TRIES = 5


def change_email(db: Database, actor: Actor, email: str, password: str) -> None:
    """Ask for another email; nothing changes until its mailbox is proven.

    Args:
        db: The database; the comparison happens outside its transactions.
        actor: Who is signed in.
        email: The new one, as typed.
        password: The account's.

    Raises:
        InvalidInput: For ``email`` if it is none or the one so far, for
            ``password`` if it is wrong.
        NoPassword: If the account has no password yet.
        NotAllowed: If nobody is signed in with an account.
        TooManyAttempts: If a limit was reached.
    """
    email = mailable_email(email)
    current, password_hash = credentials.verify_current_password(
        db, actor, password, "password"
    )
    if email == current:
        raise InvalidInput({"email": "This is your email already."})
    limiter.count_attempt(
        db,
        LimitKey(CHANGE_EMAIL_BY_ACCOUNT, actor.account_id or ""),
        *limiter.target_keys(PROOF_ON_EMAIL, email, actor.account_id or ""),
    )
    db.call(_request_change, actor, email, password_hash)


def confirm_email(db: Database, actor: Actor, token: str) -> None:
    """Take the new email over by the link sent to it. Only a POST may ask.

    Args:
        db: The database.
        actor: Who asks; anybody who has the token.
        token: From the link.

    Raises:
        Conflict: If the email got an active account meanwhile; nothing changes.
        LinkInvalid: If the token is unknown, replaced, expired or used.
    """
    for attempt in range(_MAX_TRIES):
        try:
            return db.call(_confirm, actor, token)
        except IntegrityError as error:
            # Somebody signs up with it right now: look again at whom it has.
            if (
                violated_constraint(error) != "uq_account_email"
                or attempt == _MAX_TRIES - 1
            ):
                raise
    return None


def _request_change(tx: Session, actor: Actor, email: str, password_hash: str) -> None:
    account = tx.get(
        Account, actor.account_id, with_for_update=True, populate_existing=True
    )
    if account is None or account.password_hash != password_hash:
        raise Conflict("Your account was changed somewhere else. Please try again.")
    security_log.record(
        tx,
        actor,
        "email_change_asked",
        account_id=account.id,
        about=account.email,
        detail=f"To {email}.",
    )
    tokens.revoke_all(tx, account.id, CHANGE_EMAIL)
    token = tokens.issue(
        tx, CHANGE_EMAIL, TokenSubject(account_id=account.id, email=email)
    )
    if _has_active_account(tx, email):
        notifications.enqueue(
            tx, "email_taken", email, {"path": "/login"}, f"email_taken:{token.id}"
        )
        return
    notifications.enqueue(
        tx,
        "change_email",
        email,
        {"path": f"/confirm-email?token={token.secret}"},
        f"change_email:{token.id}",
        expires_at=token.expires_at,
    )


def _confirm(tx: Session, actor: Actor, token: str) -> None:
    meaning = tokens.consume(tx, token, CHANGE_EMAIL)
    account = (
        tx.get(Account, meaning.account_id, with_for_update=True) if meaning else None
    )
    if meaning is None or account is None or account.disabled_at is not None:
        raise LinkInvalid
    other = lock_by_email(tx, meaning.email)
    if other is not None and other.id != account.id:
        if other.verified_at is not None:
            raise Conflict(_EMAIL_TAKEN)
        customers.delete_customer(tx, other.id)
        delete_account(tx, other.id)
    old = account.email
    account.email = meaning.email
    account.verified_at = account.verified_at or utc_now()
    tx.flush()
    customers.replace_email(tx, account.id, old, meaning.email)
    # Links that wait in the old mailbox open nothing any more.
    tokens.revoke_all(tx, account.id, RESET_PASSWORD, VERIFY_EMAIL, CHANGE_EMAIL)
    security_log.record(
        tx,
        actor,
        "email_changed",
        account_id=account.id,
        about=meaning.email,
        detail=f"From {old}.",
    )
    notifications.enqueue(
        tx,
        "email_changed",
        old,
        {"path": "/", "email": meaning.email},
        f"email_changed:{hash_secret(token)}",
    )
    # Whoever reads the mail may not be who asked for the change: what waits for them
    # comes along only where the account is signed in.
    if actor.account_id == account.id:
        email_verification.notify_verified(tx, account.id, meaning.email)


def _has_active_account(tx: Session, email: str) -> bool:
    account = lock_by_email(tx, email)
    return account is not None and account.verified_at is not None
