"""Reminders of documents that expire: a month before, a week before, and after."""

from datetime import date

from sqlalchemy import ColumnElement, and_, exists, not_, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from portal_app.domain.accounts.models import Account
from portal_app.domain.business import permissions
from portal_app.domain.business import service as businesses
from portal_app.domain.customers.models import Customer
from portal_app.domain.dependents import rules
from portal_app.domain.dependents.documents import document_title
from portal_app.domain.dependents.models import (
    Dependent,
    DependentDocument,
    DependentType,
)
from portal_app.domain.dependents.types import type_definition_of
from portal_app.domain.notifications import outbox as notifications
from portal_app.kernel.clock import today_in
from portal_app.kernel.db import Database
from portal_app.kernel.features import Feature

_BATCH_SIZE = 200


def remind_of_expiring_documents(db: Database) -> int:
    """Mail every customer whose paper ends in 30 or 7 days, or has just ended.

    Days are those of the business's calendar. Each paper is told of once per step
    and date, however often and in however many places this runs; a new date starts
    anew. Papers of archived dependents are left alone, and so are those of which
    there is a newer one of the same kind. Nobody is told while dependents are
    switched off.

    Args:
        db: The database; a transaction takes at most 200 papers.

    Returns:
        How many mails were written.
    """
    written, after = 0, ""
    while True:
        count, after = db.call(_remind_batch, after)
        written += count
        if not after:
            return written


def _remind_batch(tx: Session, after: str) -> tuple[int, str]:
    """The next papers by id; how many mails, and the last id if there may be more."""
    if not permissions.is_on(tx, Feature.DEPENDENTS):
        return 0, ""
    formats = businesses.formats(tx)
    steps = rules.expiries_to_remind(today_in(formats.zone))
    rows = tx.execute(
        select_columns(DependentDocument, Dependent, DependentType, Customer)
        .join(Dependent, col(Dependent.id) == col(DependentDocument.dependent_id))
        .join(DependentType, col(DependentType.id) == col(Dependent.type_id))
        .join(Customer, col(Customer.id) == col(Dependent.customer_id))
        .outerjoin(Account, col(Account.id) == col(Customer.account_id))
        .where(
            col(DependentDocument.expires_on).in_(steps),
            col(DependentDocument.id) > after,
            col(Dependent.archived_at).is_(None),
            col(Account.disabled_at).is_(None),
            not_(_has_newer_document()),
        )
        .order_by(col(DependentDocument.id))
        .limit(_BATCH_SIZE)
    ).all()
    count = 0
    for paper, dependent, kind, customer in rows:
        ends_on: date = paper.expires_on
        step = steps[ends_on]
        count += notifications.enqueue(
            tx,
            "document_ends",
            customer.email,
            {
                "path": f"/dependents/{dependent.id}",
                "customer": customer.first_name,
                "kind": kind.singular,
                "dependent": dependent.name,
                "document": document_title(paper, type_definition_of(kind).documents),
                "day": formats.day(ends_on),
                "expired": step == rules.AFTER_EXPIRY,
                "ends": "has expired" if step == rules.AFTER_EXPIRY else "expires soon",
            },
            f"document_ends:{paper.id}:{ends_on.isoformat()}:{step}",
        )
    return count, rows[-1][0].id if len(rows) == _BATCH_SIZE else ""


def _has_newer_document() -> ColumnElement[bool]:
    """Whether a paper of the same kind ends later, or never."""
    newer = aliased(DependentDocument)
    same_day = col(newer.expires_on) == col(DependentDocument.expires_on)
    return exists().where(
        col(newer.dependent_id) == col(DependentDocument.dependent_id),
        col(newer.kind) == col(DependentDocument.kind),
        col(DependentDocument.kind) != "",
        or_(
            col(newer.expires_on).is_(None),
            col(newer.expires_on) > col(DependentDocument.expires_on),
            and_(same_day, col(newer.id) > col(DependentDocument.id)),
        ),
    )
