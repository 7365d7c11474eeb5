"""Gives customers without an account to whoever proves their email.

The office imported them, or they booked as guests. Until their mailbox is proven by
a mail they belong to nobody (see ``accounts.email_verification``).
"""

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.rules import CUSTOMER
from portal_app.domain.customers.locations import MAX_LOCATIONS
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


def has_unclaimed_customer(tx: Session, email: str) -> bool:
    """Whether a customer of this email has no account."""
    return tx.exec(_unclaimed(email).limit(1)).first() is not None


def merge_customers(tx: Session, account_id: str, email: str) -> None:
    """Take over what customers without an account have under this email.

    Args:
        tx: The transaction in which the mailbox was proven.
        account_id: Whose mailbox.
        email: In its normal form.
    """
    account = tx.get(Account, account_id)
    if account is None or account.role != CUSTOMER:
        return
    unclaimed = list(tx.exec(_unclaimed(email).with_for_update()).all())
    owner = tx.exec(select(Customer).where(Customer.account_id == account_id)).first()
    if owner is None and unclaimed:
        owner = unclaimed.pop(0)
        owner.account_id = account_id
        owner.version += 1
        tx.add(owner)
        tx.flush()
    if owner is not None:
        for customer in unclaimed:
            _merge_into(tx, customer, owner)


def _unclaimed(email: str) -> SelectOfScalar[Customer]:
    return (
        select(Customer)
        .where(Customer.email == email, col(Customer.account_id).is_(None))
        .order_by(col(Customer.created_at), col(Customer.id))
    )


def _merge_into(tx: Session, customer: Customer, owner: Customer) -> None:
    from_id, to_id = customer.id, owner.id
    if customer.phone and not owner.phone:
        owner.phone = customer.phone
        owner.version += 1
        tx.add(owner)
        tx.flush()
    # What the owner has once already stays as it is.
    for once in (CustomerDetails, BillingAddress):
        if tx.get(once, to_id) is not None:
            tx.execute(delete(once).where(col(once.customer_id) == from_id))
    tx.execute(
        delete(Contact).where(
            col(Contact.customer_id) == from_id, col(Contact.role) == SELF
        )
    )
    now = utc_now()
    _merge_locations(tx, from_id, to_id, now)
    # Two may be the default: those that come along stay what bookings refer to, and
    # leave the list.
    tx.execute(
        update(BusinessProfile)
        .where(
            col(BusinessProfile.customer_id) == from_id,
            col(BusinessProfile.archived_at).is_(None),
        )
        .values(archived_at=now, is_default=False)
    )
    for asked in (Contact, BusinessProfile):
        tx.execute(
            update(asked)
            .where(col(asked.customer_id) == from_id)
            .values(request_key=None)
        )
    table_of_customers = Customer.metadata.tables["customer"]
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if column.references(table_of_customers.c.id):
                tx.execute(
                    update(table).where(column == from_id).values({column.name: to_id})
                )
    tx.expire_all()
    tx.execute(delete(Customer).where(col(Customer.id) == from_id))


def _merge_locations(tx: Session, from_id: str, to_id: str, now: datetime) -> None:
    """Leave the list where a place is there already, or the list is full."""

    def saved(customer_id: str) -> list[Location]:
        return list(
            tx.exec(
                select(Location)
                .where(
                    col(Location.customer_id) == customer_id,
                    col(Location.archived_at).is_(None),
                )
                .order_by(col(Location.created_at), col(Location.id))
            )
        )

    there = saved(to_id)
    known = {place.place_key for place in there}
    for place in saved(from_id):
        if place.place_key in known or len(known) >= MAX_LOCATIONS:
            place.archived_at = now
            place.is_default = False
        place.is_default = place.is_default and not there
        known.add(place.place_key)
        tx.add(place)
    tx.flush()
