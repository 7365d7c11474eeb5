"""Sign-ups that nobody ever activated are forgotten."""

from datetime import timedelta

from sqlalchemy import delete, exists, not_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from portal_app.domain.accounts.models import Account, AccountToken
from portal_app.domain.accounts.rules import CUSTOMER, VERIFY_EMAIL
from portal_app.domain.customers.models import Customer
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database

_KEPT = timedelta(days=30)
_AT_ONCE = 200


def forget_unverified(db: Database) -> int:
    """Delete customers' accounts whose mailbox nobody proved within 30 days.

    Their customers go with them. An account stays while a link that activates it
    is under way, when the office has closed it, and when anything refers to its
    customer, such as a booking: the database refuses to delete it then.

    Args:
        db: The database; a transaction takes at most 200 accounts.

    Returns:
        How many.
    """
    forgotten, after = 0, ""
    while True:
        count, after = db.call(_forget_some, after)
        forgotten += count
        if not after:
            return forgotten


def _forget_some(tx: Session, after: str) -> tuple[int, str]:
    """The next accounts by id; how many went, and the last id if there may be more."""
    link = exists().where(
        col(AccountToken.account_id) == col(Account.id),
        col(AccountToken.purpose) == VERIFY_EMAIL,
        col(AccountToken.used_at).is_(None),
        col(AccountToken.expires_at) > utc_now(),
    )
    ids = tx.exec(
        select(col(Account.id))
        .where(
            col(Account.verified_at).is_(None),
            col(Account.created_at) < utc_now() - _KEPT,
            col(Account.role) == CUSTOMER,
            col(Account.disabled_at).is_(None),
            col(Account.id) > after,
            not_(link),
        )
        .order_by(col(Account.id))
        .limit(_AT_ONCE)
        # One that is being activated just now is left alone.
        .with_for_update(skip_locked=True)
    ).all()
    count = sum(_forget(tx, account_id) for account_id in ids)
    return count, ids[-1] if len(ids) == _AT_ONCE else ""


def _forget(tx: Session, account_id: str) -> bool:
    try:
        with tx.begin_nested():
            tx.execute(delete(Customer).where(col(Customer.account_id) == account_id))
            tx.execute(delete(Account).where(col(Account.id) == account_id))
    except IntegrityError:
        return False
    return True
