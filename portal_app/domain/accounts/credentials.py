"""A new password: forgotten and reset by mail, or changed by who knows the old one.

Whatever somebody else may hold on to ends with it: sessions, tickets, links to
reset it, a change of the email that is under way.
"""

from sqlmodel import Session

from portal_app.domain.accounts import (
    email_verification,
    passwords,
    security_log,
    sessions,
    tokens,
)
from portal_app.domain.accounts.attempts import (
    attempt_on_email,
    counted_guess,
    password_guess,
)
from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.registration import (
    create_unproven_account,
    lock_by_email,
)
from portal_app.domain.accounts.rules import (
    CHANGE_EMAIL,
    MAIL_BY_NETWORK,
    OFFICE,
    RESET_BY_ADDRESS,
    RESET_ON_EMAIL,
    RESET_PASSWORD,
    SIGN_IN,
    SIGN_IN_ON_ACCOUNT,
    VERIFY_EMAIL,
    LinkInvalid,
    NoPassword,
    normal_email,
)
from portal_app.domain.accounts.sessions import require_account
from portal_app.domain.accounts.tokens import TokenSubject
from portal_app.domain.notifications import outbox as notifications
from portal_app.domain.rate_limits import limiter
from portal_app.domain.rate_limits.limiter import Attempt
from portal_app.domain.rate_limits.rules import neighbourhood_of
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from portal_app.kernel.ids import new_id
from portal_app.kernel.ownership import require_owner

_RESET_PAGE = "/reset-password"


def request_reset(db: Database, actor: Actor, email: str, next_path: str = "") -> None:
    """Send a mail by which a new password can be chosen, if there is an account.

    Never tells whether there is: the answer is the same for every email. A mailbox
    that got enough of these mails gets no further one; the links in them are good.

    Args:
        db: The database.
        actor: Who asks; network address and device limit the attempts.
        email: As typed.
        next_path: Where the person goes on afterwards.

    Raises:
        InvalidInput: If it is no email at all.
        TooManyAttempts: If the network asked too often.
    """
    email = normal_email(email)
    if security_log.may_send_mail(db, actor, email, _reset_request(db, actor, email)):
        db.call(_send_reset_mail, actor, email, next_path)


def issue_reset_path(db: Database, actor: Actor, email: str) -> str:
    """Make the link by which somebody who works here chooses a new password.

    What strangers guessed is forgotten.

    Args:
        db: The database.
        actor: An owner, or the command line.
        email: As typed.

    Returns:
        The path of the page, with a token that is good once, for an hour.

    Raises:
        InvalidInput: If it is no email at all.
        NotAllowed: If the actor is not an owner.
        NotFound: If nobody in the office has this email.
    """
    require_owner(actor)
    email = normal_email(email)
    path = db.call(_issue_office_reset_path, actor, email)
    _forget_attempts(db, actor, email)
    return path


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
    email = db.query(email_of_link, token)
    passwords.check_password(password, (email,), db.query(passwords.current_policy))
    db.call(_set_by_token, actor, token, passwords.hash_password(password))
    _forget_attempts(db, actor, email)


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
    email, old_hash = verify_current_password(db, actor, current, "current")
    passwords.check_password(password, (email,), db.query(passwords.current_policy))
    db.call(_replace_password, actor, old_hash, passwords.hash_password(password))


def verify_current_password(
    db: Database, actor: Actor, password: str, field: str
) -> tuple[str, str]:
    """Make sure that who is signed in knows the password of the account.

    Guesses count as those of the log-in page do, apart from what strangers guess.

    Args:
        db: The database; the comparison happens outside its transactions.
        actor: Who is signed in.
        password: As typed.
        field: The form's field it was typed into.

    Returns:
        The account's email, and the hash that was compared.

    Raises:
        InvalidInput: For ``field``.
        NoPassword: If there is none.
        NotAllowed: If nobody is signed in with an account.
        TooManyAttempts: If a limit was reached.
    """
    account = db.query(_signed_in_account, require_account(actor))
    if account.password_hash is None:
        raise NoPassword
    with counted_guess(db, actor, account.email):
        if not passwords.matches(account.password_hash, password):
            db.call(
                security_log.record,
                actor,
                "sign_in_failed",
                account_id=account.id,
                about=account.email,
            )
            raise InvalidInput({field: "This is not your password."})
    return account.email, account.password_hash


def _signed_in_account(tx: Session, account_id: str) -> Account:
    account = tx.get(Account, account_id)
    if account is None:
        raise NotAllowed
    return account


def _send_reset_mail(tx: Session, actor: Actor, email: str, next_path: str) -> None:
    """One transaction for every email, so that its time tells little."""
    account = lock_by_email(tx, email)
    if email_verification.has_waiting_data(tx, email) and account is None:
        # Nobody owns it before the link proves the mailbox.
        account = create_unproven_account(tx, email)
    there = account is not None and account.disabled_at is None
    security_log.record(
        tx,
        actor,
        "reset_asked",
        account_id=account.id if account else None,
        about=email,
    )
    if account is None or not there:
        return
    # Older links stay good until one is used: anybody may ask for another mail.
    token = tokens.issue(tx, RESET_PASSWORD, TokenSubject(account_id=account.id))
    notifications.enqueue(
        tx,
        "reset_password",
        email,
        {"path": tokens.link_path(_RESET_PAGE, token, next_path)},
        f"reset_password:{token.id}",
        expires_at=token.expires_at,
    )


def _issue_office_reset_path(tx: Session, actor: Actor, email: str) -> str:
    account = lock_by_email(tx, email)
    if account is None or account.role != OFFICE or account.disabled_at is not None:
        raise NotFound("Nobody in the office has this email.")
    security_log.record(
        tx,
        actor,
        "reset_asked",
        account_id=account.id,
        about=email,
        detail="By the office.",
    )
    token = tokens.issue(tx, RESET_PASSWORD, TokenSubject(account_id=account.id))
    return tokens.link_path(_RESET_PAGE, token)


def _reset_request(db: Database, actor: Actor, email: str) -> Attempt:
    return attempt_on_email(
        db, actor, (MAIL_BY_NETWORK, RESET_BY_ADDRESS), RESET_ON_EMAIL, email
    )


def _forget_attempts(db: Database, actor: Actor, email: str) -> None:
    """Begin anew: earlier guesses were at another password, earlier mails are used."""
    here = neighbourhood_of(actor.address)
    limiter.reset(
        db,
        *password_guess(db, actor, email).own,
        *_reset_request(db, actor, email).own,
        *limiter.target_keys(SIGN_IN_ON_ACCOUNT, email, here),
        *limiter.target_keys(RESET_ON_EMAIL, email, here),
    )


def email_of_link(tx: Session, token: str) -> str:
    """Whose password a link may set.

    Raises:
        LinkInvalid: If the token is unknown, expired or used.
    """
    found = tokens.find(tx, token, RESET_PASSWORD)
    if found is None or not tokens.is_valid(found) or found.account_id is None:
        raise LinkInvalid
    account = tx.get(Account, found.account_id)
    if account is None or account.disabled_at is not None:
        raise LinkInvalid
    return account.email


def _set_by_token(tx: Session, actor: Actor, token: str, password_hash: str) -> None:
    meaning = tokens.consume(tx, token, RESET_PASSWORD)
    if meaning is None or meaning.account_id is None:
        raise LinkInvalid
    account = _lock_account(tx, meaning.account_id)
    if account is None or account.disabled_at is not None:
        raise LinkInvalid
    if account.verified_at is None:
        account.verified_at = utc_now()
        tokens.revoke_all(tx, account.id, VERIFY_EMAIL)
        tx.flush()
    _store_password(tx, actor, account, password_hash, "password_reset")
    # The mail was read, and nobody else is in the account any more.
    email_verification.notify_verified(tx, account.id, account.email)


def _replace_password(
    tx: Session, actor: Actor, old_hash: str, password_hash: str
) -> None:
    account = _lock_account(tx, require_account(actor))
    if account is None or account.password_hash != old_hash:
        raise Conflict("Your password was changed somewhere else. Please try again.")
    _store_password(tx, actor, account, password_hash, "password_changed")


def _store_password(
    tx: Session, actor: Actor, account: Account, password_hash: str, kind: str
) -> None:
    account.password_hash = password_hash
    tx.flush()
    own = actor.session_id if actor.account_id == account.id else None
    sessions.revoke_all(tx, account.id, but=own)
    # Whoever had the old password may have signed in somewhere with it.
    sessions.forget_devices(tx, account.id, but=actor.device_hashes)
    tokens.revoke_all(tx, account.id, RESET_PASSWORD, SIGN_IN, CHANGE_EMAIL)
    security_log.record(tx, actor, kind, account_id=account.id, about=account.email)
    notifications.enqueue(
        tx,
        "password_changed",
        account.email,
        {"path": "/forgot-password"},
        f"password_changed:{new_id()}",
    )


def _lock_account(tx: Session, account_id: str) -> Account | None:
    return tx.get(Account, account_id, with_for_update=True, populate_existing=True)
