"""Sign-ins by a provider that wait for a proof, before they open an account.

Two secrets belong to one: the first stays in the browser that came from the
provider, the second is in the mail. Only both together prove a mailbox *and* that
the person who reads the mail is the one who went to the provider. With the mail
alone a stranger could have his own provider connected to a reader's account.
"""

from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from portal_app.domain.accounts.models import Account, IdentityOffer
from portal_app.domain.accounts.rules import (
    OFFER_LIFETIME,
    PROVIDERS,
    LinkInvalid,
    OtherBrowser,
    ProviderProfile,
)
from portal_app.domain.accounts.views import OfferView
from portal_app.domain.notifications import service as notifications
from portal_app.kernel.clock import utc_now
from portal_app.kernel.ids import hash_secret, new_secret
from portal_app.kernel.statements import affected


@dataclass(frozen=True, slots=True)
class NeedsEmail:
    """The provider vouches for no e-mail: one must be given and proven.

    Attributes:
        offer: A secret that the browser keeps.
        email: What to suggest, or empty.
    """

    offer: str
    email: str


@dataclass(frozen=True, slots=True)
class NeedsProof:
    """There is an account with the provider's e-mail: it must be proven once.

    Attributes:
        offer: A secret that the browser keeps.
        email: The account's.
        has_password: Whether its password can prove it; a mail always can.
    """

    offer: str
    email: str
    has_password: bool


def make(
    tx: Session, profile: ProviderProfile, email: str, account_id: str | None
) -> str:
    """Keep what a provider said; returns the secret for the browser."""
    secret = new_secret()
    now = utc_now()
    tx.add(
        IdentityOffer(
            token_hash=hash_secret(secret),
            account_id=account_id,
            provider=profile.provider,
            subject=profile.subject,
            provider_email=(profile.email or "")[:254],
            email=email,
            first_name=profile.first_name[:80],
            last_name=profile.last_name[:80],
            created_at=now,
            expires_at=now + OFFER_LIFETIME,
        )
    )
    tx.flush()
    return secret


def live(tx: Session, offer: str) -> IdentityOffer:
    """What a browser's secret stands for.

    Args:
        tx: The transaction.
        offer: The hash of the secret; the secret itself is only in the cookie.

    Raises:
        LinkInvalid: If it is unknown, expired or used.
    """
    found = tx.exec(
        select(IdentityOffer)
        .where(IdentityOffer.token_hash == offer)
        .execution_options(populate_existing=True)
    ).first()
    if found is None or found.used_at is not None or found.expires_at <= utc_now():
        raise LinkInvalid
    return found


def view(tx: Session, offer: str) -> OfferView:
    """What a browser's sign-in still waits for.

    Raises:
        LinkInvalid: As ``live``.
    """
    row = live(tx, offer)
    account = tx.get(Account, row.account_id) if row.account_id else None
    step = "proof" if row.account_id else "email"
    return OfferView(
        provider=row.provider,
        name=PROVIDERS[row.provider],
        step="mail" if row.mail_token_hash else step,
        email=row.email,
        has_password=account is not None and account.password_hash is not None,
    )


def send_mail(tx: Session, offer: str, email: str) -> None:
    """Mail the second secret; the one sent before is worthless then.

    Raises:
        LinkInvalid: As ``live``.
    """
    row = live(tx, offer)
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
    )


def use(tx: Session, offer: str) -> IdentityOffer:
    """Use an offer up, in one statement: of two who try, one gets it.

    Raises:
        LinkInvalid: As ``live``.
    """
    row = live(tx, offer)
    won = affected(
        tx,
        update(IdentityOffer)
        .where(col(IdentityOffer.id) == row.id, col(IdentityOffer.used_at).is_(None))
        .values(used_at=utc_now()),
    )
    if not won:
        raise LinkInvalid
    return row


def use_with_mail(tx: Session, offer: str, token: str) -> IdentityOffer:
    """Use an offer up with both of its secrets.

    Raises:
        LinkInvalid: If the mail's is unknown, replaced, expired or used.
        OtherBrowser: If the mail's is good but the browser's is not its own.
    """
    by_mail = tx.exec(
        select(IdentityOffer).where(
            IdentityOffer.mail_token_hash == hash_secret(token),
            col(IdentityOffer.used_at).is_(None),
            col(IdentityOffer.expires_at) > utc_now(),
        )
    ).first()
    if by_mail is None:
        raise LinkInvalid
    if by_mail.token_hash != offer:
        raise OtherBrowser
    return use(tx, offer)


def profile_of(row: IdentityOffer) -> ProviderProfile:
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
        tx, delete(IdentityOffer).where(col(IdentityOffer.expires_at) <= utc_now())
    )
