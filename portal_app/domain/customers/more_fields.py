"""What else the business asks its customers: the fields it defined for them."""

from sqlmodel import Session

from portal_app.domain.customers.ownership import customer_of
from portal_app.domain.customers.profiles import own
from portal_app.domain.fields import service as fields
from portal_app.domain.fields.rules import Answers
from portal_app.domain.fields.service import CUSTOMERS, Subject
from portal_app.domain.fields.views import FieldView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.changes import ChangedMeanwhile

SUBJECT = "customer"


def more_fields(tx: Session, actor: Actor) -> tuple[list[FieldView], int]:
    """The fields with what the customer entered, and the version to send back.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    customer = own(tx, actor)
    subject = Subject(SUBJECT, customer.id)
    return fields.form(tx, actor.audience.value, CUSTOMERS, subject), customer.version


def save_more_fields(tx: Session, actor: Actor, answers: Answers, version: int) -> None:
    """Store what the customer entered; a field that is not named keeps its value.

    Args:
        tx: The transaction.
        actor: A customer.
        answers: What was sent.
        version: Of the customer that was read.

    Raises:
        NotAllowed: If the actor is no customer.
        InvalidInput: With a sentence for each field that is wrong.
        ChangedMeanwhile: If the customer was changed since ``version`` and a field
            differs.
    """
    customer = own(tx, actor, hold=True)
    subject = Subject(SUBJECT, customer_of(actor))
    if customer.version != version:
        audience = actor.audience.value
        changes = fields.differences(tx, audience, CUSTOMERS, subject, answers)
        if changes:
            raise ChangedMeanwhile("This", changes, customer.version)
        return
    if fields.save(tx, actor, CUSTOMERS, subject, answers, owner=customer.id):
        customer.version += 1
        tx.add(customer)
        tx.flush()
