"""Provider identities that wait for a proof before they open an account."""

from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.rules import (
    PROVIDERS,
    LinkInvalid,
    OtherBrowser,
    ProviderProfile,
)
from portal_app.domain.notifications import outbox as notifications
from portal_app.domain.sign_in.models import PendingIdentity
from portal_app.domain.sign_in.rules import PENDING_IDENTITY_LIFETIME
from portal_app.domain.sign_in.views import PendingIdentityView
from portal_app.kernel.clock import utc_now
from portal_app.kernel.ids import hash_secret, new_secret
from portal_app.kernel.statements import affected


@dataclass(frozen=True, slots=True)
class NeedsEmail:
    """The provider vouches for no email: one must be given and proven.

    Attributes:
        offer: A secret that the browser keeps.
        email: What to suggest, or empty.
    """

    offer: str
    email: str


@dataclass(frozen=True, slots=True)
class NeedsProof:
    """There is an account with the provider's email: it must be proven once.

    Attributes:
        offer: A secret that the browser keeps.
        email: The account's.
        has_password: Whether its password can prove it; a mail always can.
    """

    offer: str
    email: str
    has_password: bool


def create(
    tx: Session, profile: ProviderProfile, email: str, account_id: str | None
) -> str:
    """Keep what a provider said; returns the secret for the browser."""
    secret = new_secret()
    now = utc_now()
    tx.add(
        PendingIdentity(
            token_hash=hash_secret(secret),
            account_id=account_id,
            provider=profile.provider,
            subject=profile.subject,
            provider_email=(profile.email or "")[:254],
            email=email,
            first_name=profile.first_name[:80],
            last_name=profile.last_name[:80],
            created_at=now,
            expires_at=now + PENDING_IDENTITY_LIFETIME,
        )
    )
    tx.flush()
    return secret


def get_valid(tx: Session, offer: str) -> PendingIdentity:
    """What a browser's secret stands for.

    Args:
        tx: The transaction.
        offer: The hash of the secret; the secret itself is only in the cookie.

    Raises:
        LinkInvalid: If it is unknown, expired or used.
    """
    found = tx.exec(
        select(PendingIdentity)
        .where(PendingIdentity.token_hash == offer)
        .execution_options(populate_existing=True)
    ).first()
    if found is None or found.used_at is not None or found.expires_at <= utc_now():
        raise LinkInvalid
    return found


def describe(tx: Session, offer: str) -> PendingIdentityView:
    """What a browser's sign-in still waits for.

    Raises:
        LinkInvalid: As ``get_valid``.
    """
    row = get_valid(tx, offer)
    account = tx.get(Account, row.account_id) if row.account_id else None
    step = "proof" if row.account_id else "email"
    return PendingIdentityView(
        provider=row.provider,
        name=PROVIDERS[row.provider],
        step="mail" if row.mail_token_hash else step,
        email=row.email,
        has_password=account is not None and account.password_hash is not None,
    )


def send_proof_mail(tx: Session, offer: str, email: str) -> None:
    """Mail the second secret; the one sent before is worthless then.

    Raises:
        LinkInvalid: As ``get_valid``.
    """
    row = get_valid(tx, offer)
    secret = new_secret()
    row.email = email
    row.mail_token_hash = hash_secret(secret)
    tx.flush()
    notifications.enqueue(
        tx,
        "confirm_provider",
        email,
        {"path": f"/login/connect?token={secret}", "provider": PROVIDERS[row.provider]},
        f"confirm_provider:{row.mail_token_hash}",
        expires_at=row.expires_at,
    )


def consume(tx: Session, offer: str) -> PendingIdentity:
    """Use an offer up, in one statement: of two who try, one gets it.

    Raises:
        LinkInvalid: As ``get_valid``.
    """
    row = get_valid(tx, offer)
    won = affected(
        tx,
        update(PendingIdentity)
        .where(
            col(PendingIdentity.id) == row.id, col(PendingIdentity.used_at).is_(None)
        )
        .values(used_at=utc_now()),
    )
    if not won:
        raise LinkInvalid
    return row


def consume_with_mail(tx: Session, offer: str, token: str) -> PendingIdentity:
    """Use an offer up with both of its secrets.

    Raises:
        LinkInvalid: If the mail's is unknown, replaced, expired or used.
        OtherBrowser: If the mail's is good but the browser's is not its own.
    """
    by_mail = tx.exec(
        select(PendingIdentity).where(
            PendingIdentity.mail_token_hash == hash_secret(token),
            col(PendingIdentity.used_at).is_(None),
            col(PendingIdentity.expires_at) > utc_now(),
        )
    ).first()
    if by_mail is None:
        raise LinkInvalid
    if by_mail.token_hash != offer:
        raise OtherBrowser
    return consume(tx, offer)


def profile_of(row: PendingIdentity) -> ProviderProfile:
    """What the provider said, as it was kept."""
    return ProviderProfile(
        provider=row.provider,
        subject=row.subject,
        email=row.provider_email or None,
        first_name=row.first_name,
        last_name=row.last_name,
    )


def purge(tx: Session) -> int:
    """Delete offers that expired; says how many."""
    return affected(
        tx, delete(PendingIdentity).where(col(PendingIdentity.expires_at) <= utc_now())
    )
