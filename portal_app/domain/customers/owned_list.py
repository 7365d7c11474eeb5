"""Lists that a customer keeps: contacts, business profiles, locations.

Rows are removed by archiving, so that what was made with them keeps them. Whoever
changes a list holds the customer's row first, so that two changes at once do not
both find room, or both make the default.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.domain.customers.models import Customer
from portal_app.kernel import archival
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import Conflict, NotFound
from portal_app.kernel.keys import request_key
from portal_app.kernel.ownership import customer_of, owned_by


class OwnedRow(Protocol):
    """A row of such a list."""

    id: str
    customer_id: str
    archived_at: datetime | None
    version: int


Row = TypeVar("Row", bound=OwnedRow)


class OwnedList(Generic[Row]):
    """The rows of a table that belong to the customer who asks.

    Every method raises ``NotAllowed`` if the actor is no customer.

    Args:
        table: The rows' table.
        order: The columns by which the rows are shown.
        limit: How many a customer may have.
        full: What a customer is told who has as many.
        only: Which rows of the table belong to the list, if not all.
    """

    def __init__(
        self,
        table: type[Row],
        *order: Any,
        limit: int,
        full: str,
        only: ColumnElement[bool] | None = None,
    ) -> None:
        self._table: Any = table
        self._order = order
        self._limit = limit
        self._full = full
        self._only = () if only is None else (only,)

    def hold(self, tx: Session, actor: Actor) -> str:
        """Hold the customer until the transaction ends; answers the customer's id."""
        customer_id = customer_of(actor)
        if tx.get(Customer, customer_id, with_for_update=True) is None:
            raise NotFound
        return customer_id

    def rows(self, tx: Session, actor: Actor) -> Sequence[Row]:
        """The rows that were not removed, in their order."""
        return tx.exec(
            self._own(actor)
            .where(col(self._table.archived_at).is_(None))
            .order_by(*self._order)
            .limit(self._limit)
        ).all()

    def find(
        self, tx: Session, actor: Actor, row_id: str, *, removed: bool = False
    ) -> Row:
        """One row; with ``removed`` also one that was removed.

        Raises:
            NotFound: If it is not there, or somebody else's.
        """
        query = self._own(actor).where(col(self._table.id) == row_id)
        if not removed:
            query = query.where(col(self._table.archived_at).is_(None))
        row = tx.exec(query).first()
        if row is None:
            raise NotFound
        return row

    def is_added(self, tx: Session, actor: Actor, request: str) -> bool:
        """Whether this request of the browser has added its row already."""
        key = request_key(request)
        query = self._own(actor).where(col(self._table.request_key) == key)
        return key is not None and tx.exec(query).first() is not None

    def check_room(self, rows: Sequence[Row]) -> None:
        """Make sure that one more than ``rows`` fits.

        Raises:
            Conflict: If there are as many as fit.
        """
        if len(rows) >= self._limit:
            raise Conflict(self._full)

    def clear_default(self, tx: Session, customer_id: str) -> None:
        """Let none of the customer's rows be the default."""
        tx.execute(
            update(self._table)
            .where(col(self._table.customer_id) == customer_id)
            .values(is_default=False)
        )

    def remove(self, tx: Session, actor: Actor, row_id: str) -> Row:
        """Remove a row; safe to repeat.

        Raises:
            NotFound: If it is not there, or somebody else's.
        """
        self.hold(tx, actor)
        row = self.find(tx, actor, row_id, removed=True)
        archival.archive(tx, row)
        return row

    def restore(self, tx: Session, actor: Actor, row_id: str) -> Row:
        """Take a removal back; safe to repeat.

        Raises:
            NotFound: If it is not there, or somebody else's.
            Conflict: If there are as many as fit.
        """
        self.hold(tx, actor)
        row = self.find(tx, actor, row_id, removed=True)
        if row.archived_at is not None:
            self.check_room(self.rows(tx, actor))
            archival.restore(tx, row)
        return row

    def _own(self, actor: Actor) -> SelectOfScalar[Row]:
        return owned_by(actor, self._table).where(*self._only)
