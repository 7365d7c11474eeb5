"""Single-use secrets: random, stored hashed, for one purpose, short-lived."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from portal_app.domain.accounts.models import AccountToken
from portal_app.domain.accounts.rules import (
    BY_PASSWORD,
    TOKEN_LIFETIMES,
    TOKEN_RETENTION,
)
from portal_app.kernel.clock import utc_now
from portal_app.kernel.ids import hash_secret, new_secret
from portal_app.kernel.paths import MOST_PATH, local_path
from portal_app.kernel.statements import affected


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token: its row, and the secret that is never stored."""

    id: str
    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSubject:
    """What a token stands for: an account, or one booking for a guest.

    Attributes:
        link_id: The link in a mail that a guest followed.
        contact_id: The customer's contact whose own link it was.
        method: The sign-in method that a ticket was given for.
        remember: Whether the session shall outlive the browser window.
        second_factor: Whether a code was given besides.
        email: The address that a change of email proves.
        path: Where a ticket leads, if not wherever the person was.
    """

    account_id: str | None = None
    booking_id: str | None = None
    link_id: str | None = None
    contact_id: str | None = None
    method: str = BY_PASSWORD
    remember: bool = False
    second_factor: bool = False
    email: str = ""
    path: str = ""


def link_path(page: str, token: IssuedToken, next_path: str = "") -> str:
    """The path of a mail's link.

    Args:
        page: Where it leads.
        token: What it carries.
        next_path: Where the person goes on afterwards; left out if it is no path of
            this portal.
    """
    onward = local_path(next_path[: MOST_PATH + 1], "")
    query = {"token": token.secret}
    if onward and len(onward) <= MOST_PATH:
        query["next"] = onward
    return f"{page}?{urlencode(query)}"


def issue(tx: Session, purpose: str, meaning: TokenSubject) -> IssuedToken:
    """Make a token that lives as long as its purpose allows."""
    secret = new_secret()
    now = utc_now()
    token = AccountToken(
        **asdict(meaning),
        purpose=purpose,
        token_hash=hash_secret(secret),
        created_at=now,
        expires_at=now + TOKEN_LIFETIMES[purpose],
    )
    tx.add(token)
    tx.flush()
    return IssuedToken(token.id, secret, token.expires_at)


def find(tx: Session, secret: str, purpose: str) -> AccountToken | None:
    """The token of this secret and purpose, whether or not it may still be used."""
    return tx.exec(
        select(AccountToken).where(
            AccountToken.token_hash == hash_secret(secret),
            AccountToken.purpose == purpose,
        )
    ).first()


def is_valid(token: AccountToken) -> bool:
    """Whether the token may still be used."""
    return token.used_at is None and token.expires_at > utc_now()


def newest_valid(tx: Session, account_id: str, purpose: str) -> AccountToken | None:
    """The newest token of an account that may still be used."""
    return tx.exec(
        select(AccountToken)
        .where(
            AccountToken.account_id == account_id,
            AccountToken.purpose == purpose,
            col(AccountToken.used_at).is_(None),
            col(AccountToken.expires_at) > utc_now(),
        )
        .order_by(col(AccountToken.created_at).desc())
    ).first()


def consume(tx: Session, secret: str, purpose: str) -> TokenSubject | None:
    """Use a token up, in one statement: of two who try, one gets it.

    Returns:
        What it stood for, or ``None`` if it is unknown, for another purpose,
        expired or used.
    """
    now = utc_now()
    row = tx.execute(
        update(AccountToken)
        .where(
            col(AccountToken.token_hash) == hash_secret(secret),
            col(AccountToken.purpose) == purpose,
            col(AccountToken.used_at).is_(None),
            col(AccountToken.expires_at) > now,
        )
        .values(used_at=now)
        .returning(
            *(AccountToken.__table__.c[field.name] for field in fields(TokenSubject))  # type: ignore[attr-defined]
        )
    ).first()
    return TokenSubject(**row._mapping) if row else None


def revoke_all(tx: Session, account_id: str, *purposes: str) -> None:
    """End the tokens of some purposes that an account still has."""
    tx.execute(
        update(AccountToken)
        .where(
            col(AccountToken.account_id) == account_id,
            col(AccountToken.purpose).in_(purposes),
            col(AccountToken.used_at).is_(None),
        )
        .values(used_at=utc_now())
    )


def purge(tx: Session) -> int:
    """Delete tokens that expired more than 30 days ago; says how many."""
    before = utc_now() - TOKEN_RETENTION
    return affected(
        tx, delete(AccountToken).where(col(AccountToken.expires_at) < before)
    )
