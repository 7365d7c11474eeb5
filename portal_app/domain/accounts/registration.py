"""New accounts, and the proof that the mailbox is the person's own.

Anybody can type anybody's email into the sign-up form, so until the mailbox is
proven an account belongs to nobody. Two people may even try for the same
address: somebody who wants to own a stranger's account before the stranger
comes (with a password they know), and the stranger. Both orders must end well:

* One sign-up: its password becomes the account's when the link in the mail is
  used. The mail greets nobody by name and says to ignore it if unexpected.
* A repeated sign-up with the *same* password is the same person: one effect
  within two minutes, a fresh mail later.
* A sign-up with *another* password while a link is under way: which of the two
  owns the mailbox cannot be told, and whoever signs up last must not win for
  being last. So neither password is kept. The link then asks to choose one
  (``PasswordNeeded``, ``activate_with_password``); only the owner of the mailbox
  can, and neither earlier password ever works.
* When every link has expired, the slate is clean: the new sign-up replaces the
  old one as if it were the first.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from portal_app.domain.accounts import tokens
from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.rules import CUSTOMER, VERIFY_EMAIL
from portal_app.domain.accounts.tokens import TokenSubject
from portal_app.domain.notifications import outbox as notifications
from portal_app.kernel.clock import utc_now
from portal_app.kernel.statements import insert_once

_REPEAT_WINDOW = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class PasswordComparison:
    """A typed password compared, outside any transaction, with a stored one.

    Attributes:
        password_hash: What it was compared with; ``None`` if nothing was there.
        same: Whether it is the same password.
    """

    password_hash: str | None
    same: bool


@dataclass(frozen=True, slots=True)
class Registration:
    """What a sign-up did. For the code that goes on, never for the person.

    Attributes:
        account_id: The account of this email.
        pending: Whether it still waits for its mailbox to be proven; only then
            may the sign-up change what is stored about the person.
    """

    account_id: str
    pending: bool


def pending_password_hash(tx: Session, email: str) -> str | None:
    """The password hash of a sign-up that waits for its mailbox to be proven."""
    account = _find_by_email(tx, email)
    if account is None or account.verified_at is not None:
        return None
    return account.password_hash


def register(
    tx: Session,
    email: str,
    password_hash: str,
    compared: PasswordComparison,
    next_path: str = "",
) -> Registration | None:
    """Make the account of an email, or do what is right if there is one.

    Args:
        tx: The transaction.
        email: In its normal form.
        password_hash: Of the new password.
        compared: The new password compared with ``pending_password_hash``.
        next_path: Where the person goes on once the account is active.

    Returns:
        What was done, or ``None`` if the stored password changed since it was
        compared: then compare again.
    """
    now = utc_now()
    account = Account(
        email=email,
        role=CUSTOMER,
        password_hash=password_hash,
        terms_accepted_at=now,
        created_at=now,
    )
    if insert_once(tx, account, "email"):
        send_verification(tx, account, next_path)
        return Registration(account.id, pending=True)
    found = lock_by_email(tx, email)
    if found is None:
        return None
    if found.verified_at is not None or found.disabled_at is not None:
        # Once an hour is enough, however often somebody tries.
        notifications.enqueue(
            tx,
            "already_registered",
            email,
            {"path": "/login"},
            f"already_registered:{found.id}:{now:%Y%m%d%H}",
        )
        return Registration(found.id, pending=False)
    if found.password_hash != compared.password_hash:
        return None
    _repeat_registration(tx, found, password_hash, compared.same, next_path)
    return Registration(found.id, pending=True)


def create_proven_account(tx: Session, email: str) -> bool:
    """Make a customer's account without a password, for a mailbox that is proven.

    Returns:
        Whether it was made; ``False`` if the email has an account.
    """
    now = utc_now()
    account = Account(
        email=email,
        role=CUSTOMER,
        verified_at=now,
        terms_accepted_at=now,
        created_at=now,
    )
    return insert_once(tx, account, "email")


def create_unproven_account(tx: Session, email: str) -> Account | None:
    """Make a customer's account that waits for its mailbox to be proven.

    It has no password: whoever uses the link that is sent chooses it.

    Returns:
        The account of this email, held.
    """
    account = Account(email=email, role=CUSTOMER, created_at=utc_now())
    insert_once(tx, account, "email")
    return lock_by_email(tx, email)


def delete_account(tx: Session, account_id: str) -> None:
    """Delete an account that was never used.

    Raises:
        IntegrityError: If something refers to it.
    """
    tx.execute(delete(Account).where(col(Account.id) == account_id))


def send_verification(tx: Session, account: Account, next_path: str = "") -> None:
    """Send a link that proves the mailbox, and end those sent before.

    The caller holds the account's row, so that two do not send at once.
    ``next_path`` is where the person goes on.
    """
    tokens.revoke_all(tx, account.id, VERIFY_EMAIL)
    token = tokens.issue(tx, VERIFY_EMAIL, TokenSubject(account_id=account.id))
    notifications.enqueue(
        tx,
        "verify_email",
        account.email,
        {"path": tokens.link_path("/verify-email", token, next_path)},
        f"verify_email:{token.id}",
        expires_at=token.expires_at,
    )


def lock_by_email(tx: Session, email: str) -> Account | None:
    """The account of an email, its row held until the end of the transaction."""
    return tx.exec(
        select(Account)
        .where(Account.email == email)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def _repeat_registration(
    tx: Session,
    account: Account,
    password_hash: str,
    same_password: bool,
    next_path: str,
) -> None:
    now = utc_now()
    under_way = tokens.newest_valid(tx, account.id, VERIFY_EMAIL)
    if under_way is None:
        account.password_hash = password_hash
    elif not same_password:
        account.password_hash = None
    elif now - under_way.created_at < _REPEAT_WINDOW:
        return
    account.terms_accepted_at = now
    tx.add(account)
    tx.flush()
    send_verification(tx, account, next_path)


def _find_by_email(tx: Session, email: str) -> Account | None:
    return tx.exec(select(Account).where(Account.email == email)).first()
