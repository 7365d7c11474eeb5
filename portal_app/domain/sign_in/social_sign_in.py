"""Signing in or up with a provider: finding or creating the account."""

from dataclasses import dataclass
from functools import partial

from sqlmodel import Session

from portal_app.domain.accounts import (
    email_verification,
    passwords,
    security_log,
    sign_in_methods,
    tokens,
)
from portal_app.domain.accounts.attempts import attempt_on_email, counted_guess
from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.registration import (
    create_proven_account,
    lock_by_email,
)
from portal_app.domain.accounts.rules import (
    MAIL_BY_NETWORK,
    PROOF_BY_ADDRESS,
    PROOF_ON_EMAIL,
    RESET_PASSWORD,
    SIGN_IN,
    VERIFY_EMAIL,
    LinkInvalid,
    ProviderProfile,
    mailable_email,
)
from portal_app.domain.accounts.tokens import TokenSubject
from portal_app.domain.customers import registration as customers
from portal_app.domain.customers import rules
from portal_app.domain.sign_in import pending_identities
from portal_app.domain.sign_in.models import PendingIdentity
from portal_app.domain.sign_in.pending_identities import NeedsEmail, NeedsProof
from portal_app.domain.sign_in.views import PendingIdentityView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput

_ACCOUNT_DISABLED = "We could not log you in. Please use another way."


@dataclass(frozen=True, slots=True)
class SignedInByProvider:
    """A provider opened an account.

    Attributes:
        ticket: For ``accounts.service.redeem_ticket``.
        new: Whether the account was made just now.
    """

    ticket: str
    new: bool = False


SocialSignInResult = SignedInByProvider | NeedsEmail | NeedsProof


def sign_in_by_provider(
    db: Database, actor: Actor, profile: ProviderProfile
) -> SocialSignInResult:
    """Sign in or sign up whom a provider sent.

    Args:
        db: The database.
        actor: Who asks, with address and device.
        profile: As the provider said; its signature was checked.

    Returns:
        A ticket, or what is still needed.

    Raises:
        InvalidInput: If the account is disabled; with no field.
        WayClosed: If the provider is switched off.
    """
    return db.call(_sign_in, actor, profile)


def pending_identity(tx: Session, actor: Actor, offer_hash: str) -> PendingIdentityView:  # noqa: ARG001
    """What the sign-in of this browser still waits for.

    Args:
        tx: The transaction.
        actor: Who asks; anybody who has the secret.
        offer_hash: Of the browser's secret from ``NeedsEmail`` or ``NeedsProof``.

    Raises:
        LinkInvalid: If there is nothing to wait for.
    """
    return pending_identities.describe(tx, offer_hash)


def prove_by_password(
    db: Database, actor: Actor, offer_hash: str, password: str
) -> str:
    """Connect the provider to the account it asked for, knowing its password.

    Args:
        db: The database; the comparison happens outside its transactions.
        actor: Who asks; guesses count as on the log-in page.
        offer_hash: Of the browser's secret.
        password: As typed.

    Returns:
        A ticket for ``accounts.service.redeem_ticket``.

    Raises:
        Conflict: If the account is connected with another one of this provider.
        InvalidInput: For the field ``password``.
        LinkInvalid: If the offer is over.
        TooManyAttempts: If a limit was reached.
        WayClosed: If the provider is switched off.
    """
    email, password_hash = db.query(_target_account, offer_hash)
    with counted_guess(db, actor, email):
        if not passwords.matches(password_hash, password):
            db.call(security_log.record, actor, "sign_in_failed", about=email)
            raise InvalidInput(
                {"password": "This is not the password of that account."}
            )
        return db.call(_prove, actor, offer_hash, password_hash)


def send_proof(db: Database, actor: Actor, offer_hash: str, email: str = "") -> None:
    """Send the mail that proves the mailbox.

    Never tells whether the email has an account.

    Args:
        db: The database.
        actor: Who asks; the network address limits the attempts.
        offer_hash: Of the browser's secret.
        email: As typed, where one must be given; where there is an account the
            mail goes to it, whatever is typed.

    Raises:
        InvalidInput: If it is no email at all.
        LinkInvalid: If the offer is over.
        TooManyAttempts: If a limit was reached.
    """
    row = db.query(pending_identities.get_valid, offer_hash)
    email = row.email if row.account_id else mailable_email(email)
    security_log.count_attempt(
        db,
        actor,
        email,
        *attempt_on_email(
            db, actor, (MAIL_BY_NETWORK, PROOF_BY_ADDRESS), PROOF_ON_EMAIL, email
        ).keys,
    )
    db.call(pending_identities.send_proof_mail, offer_hash, email)


def prove_by_mail(db: Database, actor: Actor, offer_hash: str, token: str) -> str:
    """Finish with the link of the mail. Only a POST may ask.

    Args:
        db: The database.
        actor: Who asks.
        offer_hash: Of the browser's secret.
        token: From the link.

    Returns:
        A ticket for ``accounts.service.redeem_ticket``.

    Raises:
        Conflict: If the account is connected with another one of this provider.
        InvalidInput: If the account is disabled; with no field.
        LinkInvalid: If the link is unknown, replaced, expired or used.
        OtherBrowser: If it was opened in another browser; it stays good.
        WayClosed: If the provider is switched off.
    """
    return db.call(_prove_by_mail, actor, offer_hash, token)


def _sign_in(tx: Session, actor: Actor, profile: ProviderProfile) -> SocialSignInResult:
    sign_in_methods.require_enabled(tx, profile.provider)
    if known := _known_sign_in(tx, profile):
        return known
    email = _email_of(profile)
    # What waits for the owner of a mailbox takes more than a provider's word.
    if (
        not email
        or not profile.email_verified
        or email_verification.has_waiting_data(tx, email)
    ):
        return NeedsEmail(pending_identities.create(tx, profile, email, None), email)
    account_or_none = lock_by_email(tx, email)
    if account_or_none is not None and account_or_none.verified_at is not None:
        # A second click may have connected them while this one waited for the row.
        if known := _known_sign_in(tx, profile):
            return known
        if account_or_none.disabled_at is not None:
            raise _account_disabled()
        return NeedsProof(
            pending_identities.create(tx, profile, email, account_or_none.id),
            email,
            account_or_none.password_hash is not None,
        )
    return _sign_in_to_account(tx, actor, profile, email)


def _known_sign_in(tx: Session, profile: ProviderProfile) -> SignedInByProvider | None:
    known = sign_in_methods.find_identity(tx, profile.provider, profile.subject)
    if known is None:
        return None
    account = tx.get_one(Account, known.account_id)
    return SignedInByProvider(_issue_ticket(tx, account, profile))


def _sign_in_to_account(
    tx: Session, actor: Actor, profile: ProviderProfile, email: str
) -> SignedInByProvider:
    """Into the account of a proven mailbox, which is made if there is none."""
    made = create_proven_account(tx, email)
    account = lock_by_email(tx, email)
    if account is None:
        raise LinkInvalid
    if account.disabled_at is not None:
        raise _account_disabled()
    pending = account.verified_at is None
    if pending:
        # Whoever signed up may not be who owns the mailbox.
        account.verified_at, account.password_hash = utc_now(), None
        tx.flush()
        tokens.revoke_all(tx, account.id, VERIFY_EMAIL, RESET_PASSWORD)
    if made or pending:
        _save_customer(tx, account, profile)
    sign_in_methods.add_identity(tx, actor, account, profile, tell=not made)
    if made or pending:
        email_verification.notify_verified(tx, account.id, email)
    return SignedInByProvider(_issue_ticket(tx, account, profile), new=made)


def _prove(
    tx: Session, actor: Actor, offer_hash: str, password_hash: str | None
) -> str:
    row = pending_identities.consume(tx, offer_hash)
    sign_in_methods.require_enabled(tx, row.provider)
    account = lock_by_email(tx, row.email)
    if (
        account is None
        or account.id != row.account_id
        or account.verified_at is None
        or account.disabled_at is not None
        or account.password_hash != password_hash
    ):
        raise LinkInvalid
    profile = pending_identities.profile_of(row)
    sign_in_methods.add_identity(tx, actor, account, profile)
    return _issue_ticket(tx, account, profile)


def _prove_by_mail(tx: Session, actor: Actor, offer_hash: str, token: str) -> str:
    row = pending_identities.consume_with_mail(tx, offer_hash, token)
    sign_in_methods.require_enabled(tx, row.provider)
    known = sign_in_methods.find_identity(tx, row.provider, row.subject)
    profile = pending_identities.profile_of(row)
    if known is not None:
        # Finished in another window meanwhile.
        return _issue_ticket(tx, tx.get_one(Account, known.account_id), profile)
    if row.account_id is not None and not _is_same_account(tx, row):
        raise LinkInvalid
    return _sign_in_to_account(tx, actor, profile, row.email).ticket


def _is_same_account(tx: Session, row: PendingIdentity) -> bool:
    """Whether the account that was asked for still has the email it had."""
    account = lock_by_email(tx, row.email)
    return account is not None and account.id == row.account_id


def _target_account(tx: Session, offer_hash: str) -> tuple[str, str | None]:
    row = pending_identities.get_valid(tx, offer_hash)
    account = tx.get(Account, row.account_id) if row.account_id else None
    if account is None or account.email != row.email:
        raise LinkInvalid
    return account.email, account.password_hash


def _issue_ticket(tx: Session, account: Account, profile: ProviderProfile) -> str:
    if account.disabled_at is not None or account.verified_at is None:
        raise _account_disabled()
    meaning = TokenSubject(account_id=account.id, method=profile.provider)
    return tokens.issue(tx, SIGN_IN, meaning).secret


def _email_of(profile: ProviderProfile) -> str:
    try:
        return mailable_email(profile.email or "")
    except InvalidInput:
        return ""


def _save_customer(tx: Session, account: Account, profile: ProviderProfile) -> None:
    first = _name_or_empty(partial(rules.person_name, "first_name"), profile.first_name)
    last = _name_or_empty(partial(rules.person_name, "last_name"), profile.last_name)
    # Nothing remains of what somebody else may have typed.
    customers.save_customer(
        tx,
        account.id,
        account.email,
        first_name=first or account.email.partition("@")[0][:80],
        last_name=last,
        phone="",
    )


def _name_or_empty(check: partial[str], text: str) -> str:
    """A name the provider gave, or nothing if it is none."""
    try:
        return check(text)
    except InvalidInput:
        return ""


def _account_disabled() -> InvalidInput:
    return InvalidInput({}, _ACCOUNT_DISABLED)
