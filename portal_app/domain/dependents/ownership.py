"""Finding a dependent of the actor; all else starts from it."""

from sqlmodel import Session, col, select

from portal_app.domain.dependents.models import Dependent, DependentDocument
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import NotFound
from portal_app.kernel.ownership import owned_by

_NOT_FOUND = "We could not find that."


def find_own_dependent(
    tx: Session, actor: Actor, dependent_id: str, *, lock: bool = False
) -> Dependent:
    """A dependent of this customer, archived or not.

    Args:
        tx: The transaction.
        actor: A customer.
        dependent_id: From the browser.
        lock: Make other changes to it wait for this transaction.

    Raises:
        NotFound: If it is missing or somebody else's.
        NotAllowed: If the actor is no customer.
    """
    query = owned_by(actor, Dependent).where(col(Dependent.id) == dependent_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = tx.exec(query).first()
    if row is None:
        raise NotFound(_NOT_FOUND)
    return row


def find_own_document(
    tx: Session, actor: Actor, document_id: str
) -> tuple[Dependent, DependentDocument]:
    """A paper of one of the customer's dependents; errors as ``find_own_dependent``."""
    mine = owned_by(actor, Dependent).with_only_columns(col(Dependent.id))
    document = tx.exec(
        select(DependentDocument)
        .where(
            col(DependentDocument.id) == document_id,
            col(DependentDocument.dependent_id).in_(mine),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if document is None:
        raise NotFound(_NOT_FOUND)
    return find_own_dependent(tx, actor, document.dependent_id), document
