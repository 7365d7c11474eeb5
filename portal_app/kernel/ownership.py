"""Whose row it is. Everything a customer reads starts here."""

from typing import Protocol, TypeVar

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.kernel.audiences import STAFF, Actor, Audience
from portal_app.kernel.errors import NotAllowed


class Owned(Protocol):
    """A table whose rows belong to a customer."""

    customer_id: str


T = TypeVar("T", bound=Owned)


def customer_of(actor: Actor) -> str:
    """The customer who is asking.

    Raises:
        NotAllowed: If it is not a customer.
    """
    if actor.audience is not Audience.CUSTOMER or actor.customer_id is None:
        raise NotAllowed
    return actor.customer_id


def owned_by(actor: Actor, table: type[T]) -> SelectOfScalar[T]:
    """The rows of a table that belong to the actor: the start of every read.

    Args:
        actor: A customer.
        table: With a column ``customer_id``.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    return select(table).where(col(table.customer_id) == customer_of(actor))


def require_office(actor: Actor) -> None:
    """Let only who may change things in the office (or the portal itself) go on.

    Raises:
        NotAllowed: If it is anybody else, somebody who may only read included.
    """
    if actor.audience is not Audience.OFFICE:
        raise NotAllowed


def require_staff(actor: Actor) -> None:
    """Let only those go on who may see what the office sees.

    Raises:
        NotAllowed: If it is anybody else.
    """
    if actor.audience not in STAFF:
        raise NotAllowed


def require_owner(actor: Actor) -> None:
    """Let only an owner of the business (or the portal itself) go on.

    Raises:
        NotAllowed: If it is anybody else, others of the office included.
    """
    require_office(actor)
    if not actor.is_owner:
        raise NotAllowed("Only an owner of the business may do that.")
