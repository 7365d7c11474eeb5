"""What accounts are called where their people are named."""

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import Session, col

from portal_app.domain.accounts.models import Account


def emails_of(tx: Session, account_ids: Collection[str]) -> dict[str, str]:
    """The emails of accounts by their ids; those that are gone are left out."""
    rows = tx.execute(
        select(col(Account.id), col(Account.email)).where(
            col(Account.id).in_(account_ids)
        )
    )
    return {row[0]: row[1] for row in rows}
