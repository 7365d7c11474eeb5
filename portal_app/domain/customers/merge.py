"""Merges customers without an account into the account of the same verified email."""

from sqlalchemy import delete, update
from sqlmodel import Session, SQLModel, col, select

from portal_app.domain.accounts import email_verification
from portal_app.domain.customers.models import (
    SELF,
    BillingAddress,
    BusinessProfile,
    Contact,
    Customer,
    CustomerDetails,
    Location,
)
from portal_app.kernel.clock import utc_now


@email_verification.on_verified
def merge_customers(tx: Session, account_id: str, email: str) -> None:
    """Take over what customers without an account have under this email.

    Args:
        tx: The transaction in which the mailbox was proven.
        account_id: Whose mailbox.
        email: In its normal form.
    """
    owner = tx.exec(select(Customer).where(Customer.account_id == account_id)).first()
    if owner is None:
        return
    unclaimed = tx.exec(
        select(Customer.id)
        .where(Customer.email == email, col(Customer.account_id).is_(None))
        .with_for_update()
    ).all()
    for customer_id in unclaimed:
        _merge_into(tx, customer_id, owner.id)


def _merge_into(tx: Session, from_id: str, to_id: str) -> None:
    # What a customer has once, the owner has already.
    for once in (CustomerDetails, BillingAddress):
        tx.execute(delete(once).where(col(once.customer_id) == from_id))
    tx.execute(
        delete(Contact).where(
            col(Contact.customer_id) == from_id, col(Contact.role) == SELF
        )
    )
    # Two saved places may be the same one, and two of a kind the default: those
    # that come along stay what bookings refer to, and leave the list.
    for kept in (Location, BusinessProfile):
        tx.execute(
            update(kept)
            .where(col(kept.customer_id) == from_id, col(kept.archived_at).is_(None))
            .values(archived_at=utc_now(), is_default=False)
        )
    for asked in (Contact, BusinessProfile):
        tx.execute(
            update(asked)
            .where(col(asked.customer_id) == from_id)
            .values(request_key=None)
        )
    customer = Customer.metadata.tables["customer"]
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if column.references(customer.c.id):
                tx.execute(
                    update(table).where(column == from_id).values({column.name: to_id})
                )
    tx.execute(delete(Customer).where(col(Customer.id) == from_id))
