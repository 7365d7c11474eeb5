"""A customer's own picture."""

from sqlmodel import Session

from portal_app.domain.customers.models import CustomerDetails
from portal_app.domain.customers.profiles import own
from portal_app.domain.files import rules as file_rules
from portal_app.domain.files import service as files
from portal_app.kernel.audiences import Actor


def set_picture(tx: Session, actor: Actor, file_id: str) -> None:
    """Give the customer a picture, replace it, or take it away (empty id).

    The picture before is deleted soon. Safe to repeat.

    Args:
        tx: The transaction.
        actor: A customer.
        file_id: Of a picture that this customer handed in, or empty.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If the file is not there, or not theirs to use.
    """
    customer = own(tx, actor, hold=True)
    details = tx.get(CustomerDetails, customer.id) or CustomerDetails(
        customer_id=customer.id
    )
    if (details.picture_id or "") == file_id:
        return
    if file_id:
        files.attach(tx, actor, file_id, {file_rules.PICTURE}, customer_id=customer.id)
    before, details.picture_id = details.picture_id, file_id or None
    tx.add(details)
    tx.flush()
    files.release(tx, before)


def picture_url(tx: Session, customer_id: str) -> str:
    """The address of a customer's small picture, or an empty text."""
    details = tx.get(CustomerDetails, customer_id)
    return files.picture_url(details.picture_id) if details else ""
