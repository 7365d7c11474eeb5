"""The office looks at the portal as a customer sees it, and changes nothing.

The session stays the one of the person who looks: until they stop, ``session_lookup``
resolves it to the customer, marked as ``looking``. Such an actor is refused where
pages write (``state.core.worker``), by uploads and by the download of the data.
"""

from sqlmodel import Session, col, select

from portal_app.domain.accounts import security_log, sessions
from portal_app.domain.accounts.models import Account
from portal_app.domain.customers.models import Customer
from portal_app.domain.sign_in.views import SeenCustomerView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import NotAllowed, NotFound
from portal_app.kernel.ownership import require_office
from portal_app.kernel.text import readable_line

_MOST_FOUND = 8


def find_customers(tx: Session, actor: Actor, text: str) -> list[SeenCustomerView]:
    """Customers with an account whose name or email contains each word of a text.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    query = (
        select(Customer, Account.email)
        .join(Account, col(Account.id) == col(Customer.account_id))
        .where(col(Account.disabled_at).is_(None))
        .order_by(col(Customer.first_name), col(Customer.last_name), col(Customer.id))
        .limit(_MOST_FOUND)
    )
    for word in readable_line(text)[:100].split():
        query = query.where(
            col(Customer.first_name).icontains(word, autoescape=True)
            | col(Customer.last_name).icontains(word, autoescape=True)
            | col(Account.email).icontains(word, autoescape=True)
        )
    return [
        SeenCustomerView(
            id=row.id, name=f"{row.first_name} {row.last_name}".strip(), email=email
        )
        for row, email in tx.exec(query)
    ]


def start(tx: Session, actor: Actor, customer_id: str) -> None:
    """See the portal as this customer from now on, in this browser.

    Raises:
        NotAllowed: If the actor is not the office, in a browser.
        NotFound: If there is no such customer, or none with an account.
    """
    require_office(actor)
    if actor.session_id is None:
        raise NotAllowed
    email = _email_of(tx, customer_id)
    if not email:
        raise NotFound("We could not find that customer.")
    if sessions.set_seen_customer(tx, actor.session_id, customer_id):
        security_log.record(
            tx, actor, "looking_started", account_id=actor.account_id, about=email
        )


def stop(tx: Session, actor: Actor) -> None:
    """Be the office again; safe to repeat."""
    if not actor.looking or actor.session_id is None:
        return
    seen = sessions.seen_customer_of(tx, actor.session_id)
    if seen and sessions.set_seen_customer(tx, actor.session_id, None):
        account_id, customer_id = seen
        email = _email_of(tx, customer_id)
        security_log.record(
            tx, actor, "looking_ended", account_id=account_id, about=email
        )


def _email_of(tx: Session, customer_id: str) -> str:
    found = tx.exec(
        select(Account.email)
        .join(Customer, col(Customer.account_id) == col(Account.id))
        .where(col(Customer.id) == customer_id, col(Account.disabled_at).is_(None))
    ).first()
    return found or ""
