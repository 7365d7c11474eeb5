"""What was booked without an account joins the account of the same mailbox.

Until a mailbox is proven, anybody may say that it is theirs; from then on what is
addressed to it is its owner's. The owner's customer takes over whatever refers to
the one without an account, in every table.
"""

from sqlalchemy import delete, update
from sqlmodel import Session, SQLModel, col, select

from portal_app.domain.accounts import mailboxes
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


@mailboxes.whenever_proven
def join(tx: Session, account_id: str, email: str) -> None:
    """Take over what customers without an account have under this e-mail.

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
        _take_over(tx, customer_id, owner.id)


def _take_over(tx: Session, from_id: str, to_id: str) -> None:
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
