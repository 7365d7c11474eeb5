"""A new password: forgotten and reset by mail, or changed by who knows the old one.

Whatever somebody else may hold on to ends with it: sessions, tickets, links to
reset it, a change of the e-mail that is under way.
"""

from sqlmodel import Session

from portal_app.domain.accounts import (
    attempts,
    mailboxes,
    passwords,
    security,
    sessions,
    tokens,
)
from portal_app.domain.accounts.attempts import Try
from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.own_sessions import account_of
from portal_app.domain.accounts.registration import lock_by_email
from portal_app.domain.accounts.rules import (
    CHANGE_EMAIL,
    MAIL_BY_NETWORK,
    RESET_BY_ADDRESS,
    RESET_BY_EMAIL,
    RESET_PASSWORD,
    SIGN_IN,
    SIGN_IN_BY_ACCOUNT,
    VERIFY_EMAIL,
    LinkInvalid,
    NoPassword,
    normal_email,
)
from portal_app.domain.accounts.tokens import Meaning
from portal_app.domain.notifications import service as notifications
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed
from portal_app.kernel.ids import new_id


def request_reset(db: Database, actor: Actor, email: str) -> None:
    """Send a mail by which a new password can be chosen, if there is an account.

    Never tells whether there is: the answer is the same for every e-mail.

    Args:
        db: The database.
        actor: Who asks; the network address limits the attempts.
        email: As typed.

    Raises:
        InvalidInput: If it is no e-mail at all.
        TooManyAttempts: If a limit was reached.
    """
    email = normal_email(email)
    security.take(
        db,
        actor,
        email,
        *attempts.around(actor, MAIL_BY_NETWORK, RESET_BY_ADDRESS),
        Try(RESET_BY_EMAIL, email),
    )
    db.call(_send_reset, actor, email)


def reset_password(db: Database, actor: Actor, token: str, password: str) -> None:
    """Choose a new password by the link from a mail. Only a POST may ask.

    The link proves the mailbox as well, so an account that waited for its
    activation is active afterwards.

    Args:
        db: The database; the hashing happens outside its transactions.
        actor: Who asks; anybody who has the token.
        token: From the link.
        password: The one to log in with from now on.

    Raises:
        InvalidInput: If the policy does not take the password; the link stays
            good.
        LinkInvalid: If the token is unknown, expired or used.
    """
    # Before the hashing, so that nobody without a link can make us work.
    email = db.query(_email_of_link, token)
    passwords.check(password, (email,), db.query(passwords.policy_of))
    db.call(_reset, actor, token, passwords.hash_password(password))
    attempts.forget(db, Try(SIGN_IN_BY_ACCOUNT, email))


def change_password(db: Database, actor: Actor, current: str, password: str) -> None:
    """Choose a new password, knowing the old one.

    Args:
        db: The database; the hashing happens outside its transactions.
        actor: Who is signed in.
        current: The password so far.
        password: The one to log in with from now on.

    Raises:
        InvalidInput: For ``current`` if it is wrong, for ``password`` if the
            policy does not take it.
        NoPassword: If there is none: it is chosen by ``request_reset``.
        NotAllowed: If nobody is signed in with an account.
        TooManyAttempts: If a limit was reached.
    """
    email, old_hash = known_password(db, actor, current, "current")
    passwords.check(password, (email,), db.query(passwords.policy_of))
    db.call(_change, actor, old_hash, passwords.hash_password(password))


def known_password(
    db: Database, actor: Actor, password: str, field: str
) -> tuple[str, str]:
    """Make sure that who is signed in knows the password of the account.

    Guesses count as those of the log-in page do.

    Args:
        db: The database; the comparison happens outside its transactions.
        actor: Who is signed in.
        password: As typed.
        field: The form's field it was typed into.

    Returns:
        The account's e-mail, and the hash that was compared.

    Raises:
        InvalidInput: For ``field``.
        NoPassword: If there is none.
        NotAllowed: If nobody is signed in with an account.
        TooManyAttempts: If a limit was reached.
    """
    account = db.query(_account, account_of(actor))
    if account.password_hash is None:
        raise NoPassword
    tried = Try(SIGN_IN_BY_ACCOUNT, account.email)
    security.take(db, actor, account.email, tried)
    if not passwords.matches(account.password_hash, password):
        db.call(
            security.note,
            actor,
            "sign_in_failed",
            account_id=account.id,
            about=account.email,
        )
        raise InvalidInput({field: "This is not your password."})
    attempts.forget(db, tried)
    return account.email, account.password_hash


def _account(tx: Session, account_id: str) -> Account:
    account = tx.get(Account, account_id)
    if account is None:
        raise NotAllowed
    return account


def _send_reset(tx: Session, actor: Actor, email: str) -> None:
    """One transaction for every e-mail, so that its time tells little."""
    account = lock_by_email(tx, email)
    there = account is not None and account.disabled_at is None
    security.note(
        tx,
        actor,
        "reset_asked",
        account_id=account.id if account else None,
        about=email,
    )
    if account is None or not there:
        return
    tokens.end_all(tx, account.id, RESET_PASSWORD)
    token = tokens.issue(tx, RESET_PASSWORD, Meaning(account_id=account.id))
    notifications.enqueue(
        tx,
        "reset_password",
        email,
        {"path": f"/reset-password?token={token.secret}"},
        f"reset_password:{token.id}",
    )


def _email_of_link(tx: Session, token: str) -> str:
    found = tokens.find(tx, token, RESET_PASSWORD)
    if found is None or not tokens.is_live(found) or found.account_id is None:
        raise LinkInvalid
    account = tx.get(Account, found.account_id)
    if account is None or account.disabled_at is not None:
        raise LinkInvalid
    return account.email


def _reset(tx: Session, actor: Actor, token: str, password_hash: str) -> None:
    meaning = tokens.consume(tx, token, RESET_PASSWORD)
    if meaning is None or meaning.account_id is None:
        raise LinkInvalid
    account = _locked(tx, meaning.account_id)
    if account is None or account.disabled_at is not None:
        raise LinkInvalid
    if account.verified_at is None:
        account.verified_at = utc_now()
        tokens.end_all(tx, account.id, VERIFY_EMAIL)
        tx.flush()
        mailboxes.proven(tx, account.id, account.email)
    _store(tx, actor, account, password_hash, "password_reset")


def _change(tx: Session, actor: Actor, old_hash: str, password_hash: str) -> None:
    account = _locked(tx, account_of(actor))
    if account is None or account.password_hash != old_hash:
        raise Conflict("Your password was changed somewhere else. Please try again.")
    _store(tx, actor, account, password_hash, "password_changed")


def _store(
    tx: Session, actor: Actor, account: Account, password_hash: str, kind: str
) -> None:
    account.password_hash = password_hash
    tx.flush()
    own = actor.session_id if actor.account_id == account.id else None
    sessions.revoke_all(tx, account.id, but=own)
    tokens.end_all(tx, account.id, RESET_PASSWORD, SIGN_IN, CHANGE_EMAIL)
    security.note(tx, actor, kind, account_id=account.id, about=account.email)
    notifications.enqueue(
        tx,
        "password_changed",
        account.email,
        {"path": "/forgot-password"},
        f"password_changed:{new_id()}",
    )


def _locked(tx: Session, account_id: str) -> Account | None:
    return tx.get(Account, account_id, with_for_update=True, populate_existing=True)
