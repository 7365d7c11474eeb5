"""Who the owners of the business are."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.rules import OWNER


def owner_ids(tx: Session) -> Sequence[str]:
    """The accounts of the owners who can log in."""
    return tx.exec(
        select(Account.id)
        .where(Account.office_role == OWNER, col(Account.disabled_at).is_(None))
        .execution_options(populate_existing=True)
    ).all()


def has_owner(tx: Session) -> bool:
    """Whether the business has an owner who can log in."""
    return bool(owner_ids(tx))
