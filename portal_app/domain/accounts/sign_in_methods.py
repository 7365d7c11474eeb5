"""The methods an account signs in by: its password and connected providers."""

from sqlmodel import Session, col, select

from portal_app.domain.accounts import security_log, sessions
from portal_app.domain.accounts.models import Account, Identity
from portal_app.domain.accounts.rules import (
    BY_LINK,
    BY_NUMBER,
    BY_PASSWORD,
    PROVIDERS,
    MethodDisabled,
    ProviderProfile,
)
from portal_app.domain.accounts.sessions import require_account
from portal_app.domain.accounts.views import ProviderView, SignInMethodsView
from portal_app.domain.business import service as businesses
from portal_app.domain.notifications import outbox as notifications
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict, NotAllowed, NotFound
from portal_app.kernel.ids import new_id
from portal_app.kernel.statements import insert_once


def is_enabled(tx: Session, method: str) -> bool:
    """Whether the business has a method switched on, now."""
    switches = businesses.switches(tx)
    if method in PROVIDERS:
        return switches.provider(method)
    if method == BY_NUMBER:
        return switches.booking_number
    return method in {BY_PASSWORD, BY_LINK}


def require_enabled(tx: Session, provider: str) -> None:
    """Let only a provider that is switched on go on.

    Raises:
        WayClosed: If it is not, or unknown.
    """
    if provider not in PROVIDERS or not is_enabled(tx, provider):
        raise MethodDisabled


def list_methods(tx: Session, actor: Actor) -> SignInMethodsView:
    """How the actor's account can be entered.

    Raises:
        NotAllowed: If nobody is signed in with an account.
    """
    account = tx.get(Account, require_account(actor))
    if account is None:
        raise NotAllowed
    known = {row.provider: row for row in _identities_of(tx, account.id)}
    formats = businesses.formats(tx)
    views = []
    for provider, name in PROVIDERS.items():
        row = known.get(provider)
        views.append(
            ProviderView(
                provider=provider,
                name=name,
                connected=row is not None,
                email=row.email if row else "",
                since=formats.day(row.connected_at) if row else "",
                removable=row is not None and _has_other_method(tx, account, provider),
                open=is_enabled(tx, provider),
            )
        )
    return SignInMethodsView(account.email, account.password_hash is not None, views)


def connect(tx: Session, actor: Actor, profile: ProviderProfile) -> None:
    """Let the actor's account be entered by a provider as well.

    Connecting what is connected already changes nothing.

    Args:
        tx: The transaction.
        actor: Who is signed in, in the very browser that went to the provider.
        profile: As the provider said.

    Raises:
        Conflict: If it opens another account, or another of this provider's
            opens this one.
        NotAllowed: If nobody is signed in with an account.
        WayClosed: If the provider is switched off.
    """
    require_enabled(tx, profile.provider)
    account = _lock_account(tx, require_account(actor))
    if account is None:
        raise NotAllowed
    add_identity(tx, actor, account, profile)


def add_identity(
    tx: Session,
    actor: Actor,
    account: Account,
    profile: ProviderProfile,
    *,
    tell: bool = True,
) -> None:
    """Store an identity of an account whose row is held.

    Args:
        tx: The transaction.
        actor: Who asks.
        account: Whose way in it becomes.
        profile: As the provider said.
        tell: Whether to mail the owner; not about an account made by it.

    Raises:
        Conflict: As ``connect``.
    """
    name = PROVIDERS[profile.provider]
    there = find_identity(tx, profile.provider, profile.subject)
    if there is not None and there.account_id == account.id:
        return
    if there is not None:
        raise Conflict(f"This {name} account opens another account here.")
    if any(row.provider == profile.provider for row in _identities_of(tx, account.id)):
        raise Conflict(
            f"Your account is connected with another {name} account already."
        )
    identity = Identity(
        account_id=account.id,
        provider=profile.provider,
        subject=profile.subject,
        email=(profile.email or "")[:254],
        connected_at=utc_now(),
    )
    # Of two accounts that reach for the same identity at once, one gets it.
    if not insert_once(tx, identity, "provider", "subject"):
        raise Conflict(f"This {name} account opens another account here.")
    _record_change(
        tx, actor, account, "provider_connected", f"{name} was connected", tell=tell
    )


def disconnect(tx: Session, actor: Actor, provider: str) -> None:
    """Close a way in; never the last one. Sessions opened by it end, not this one.

    Args:
        tx: The transaction.
        actor: Who is signed in.
        provider: Such as ``google``.

    Raises:
        Conflict: If it is the last way in.
        NotAllowed: If nobody is signed in with an account.
        NotFound: If it is not connected.
    """
    # The row is held, so that two who take one way each cannot take both.
    account = _lock_account(tx, require_account(actor))
    if account is None:
        raise NotAllowed
    row = next(
        (row for row in _identities_of(tx, account.id) if row.provider == provider),
        None,
    )
    if row is None:
        raise NotFound("That is not connected.")
    if not _has_other_method(tx, account, provider):
        raise Conflict(
            "This is your only way to log in. Please set a password first, "
            "or connect another account."
        )
    tx.delete(row)
    tx.flush()
    sessions.revoke_all(tx, account.id, but=actor.session_id, method=provider)
    _record_change(
        tx,
        actor,
        account,
        "provider_disconnected",
        f"{PROVIDERS[provider]} was disconnected",
        tell=True,
    )


def find_identity(tx: Session, provider: str, subject: str) -> Identity | None:
    """The identity of a provider's person, if any account is entered by it."""
    return tx.exec(
        select(Identity).where(
            Identity.provider == provider, Identity.subject == subject
        )
    ).first()


def _identities_of(tx: Session, account_id: str) -> list[Identity]:
    rows = select(Identity).where(Identity.account_id == account_id)
    return list(tx.exec(rows.order_by(col(Identity.connected_at))))


def _has_other_method(tx: Session, account: Account, provider: str) -> bool:
    """Whether another way in, which is switched on, would be left."""
    if account.password_hash is not None:
        return True
    return any(
        row.provider != provider and is_enabled(tx, row.provider)
        for row in _identities_of(tx, account.id)
    )


def _record_change(
    tx: Session, actor: Actor, account: Account, kind: str, what: str, *, tell: bool
) -> None:
    security_log.record(
        tx,
        actor,
        kind,
        account_id=account.id,
        about=account.email,
        detail=f"{what}.",
    )
    if not tell:
        return
    notifications.enqueue(
        tx,
        "ways_changed",
        account.email,
        {"path": "/account/security", "what": what},
        f"{kind}:{new_id()}",
    )


def _lock_account(tx: Session, account_id: str) -> Account | None:
    return tx.get(Account, account_id, with_for_update=True, populate_existing=True)
