"""What customers do about themselves: sign up, be recognised, keep a profile."""

from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from portal_app.domain.accounts import (
    attempts,
    identities,
    passwords,
    registration,
    robots,
    security,
    sessions,
)
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.attempts import Try
from portal_app.domain.accounts.models import Account, AccountSession
from portal_app.domain.accounts.offers import NeedsEmail, NeedsProof
from portal_app.domain.accounts.registration import Compared
from portal_app.domain.accounts.robots import Trap
from portal_app.domain.accounts.rules import (
    CUSTOMER,
    GUEST,
    SIGN_UP_BY_ADDRESS,
    SIGN_UP_BY_EMAIL,
    SIGN_UP_BY_NETWORK,
)
from portal_app.domain.business import service as businesses
from portal_app.domain.customers import joining, rules
from portal_app.domain.customers.arrivals import (
    Arrival,
    SignedInBy,
    arrive_by_provider,
    offer,
    prove_by_mail,
    prove_by_password,
    send_proof,
)
from portal_app.domain.customers.contact_rights import (
    VIEW,
    may_still,
    speakers,
    told_about,
)
from portal_app.domain.customers.email_change import change_email, confirm_email
from portal_app.domain.customers.models import Customer
from portal_app.domain.customers.ownership import owned_by
from portal_app.domain.customers.pictures import picture_url
from portal_app.domain.customers.places import (
    address_of,
    locations,
    save_location,
)
from portal_app.domain.customers.profiles import profile
from portal_app.domain.customers.rules import Person, SignUpForm
from portal_app.domain.customers.views import ViewerView
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict

__all__ = [
    "Arrival",
    "NeedsEmail",
    "NeedsProof",
    "SignUpForm",
    "SignedInBy",
    "Trap",
    "add_active_customer",
    "address_of",
    "arrive_by_provider",
    "change_email",
    "confirm_email",
    "joining",
    "locations",
    "offer",
    "owned_by",
    "profile",
    "prove_by_mail",
    "prove_by_password",
    "resolve_actor",
    "resolve_session",
    "save_location",
    "send_proof",
    "sign_up",
    "sign_up_on_page",
    "speakers",
    "told_about",
    "viewer",
]

_TRIES = 5


def sign_up(db: Database, actor: Actor, form: SignUpForm) -> None:
    """Sign up by e-mail; what happens next is in the mail.

    The answer is the same, and takes the same time, whether the e-mail is new
    (a link to activate), waits for activation (a fresh link) or has an account
    (a mail that says so). See ``accounts.registration`` for what a repeated
    sign-up may change.

    Args:
        db: The database; the hashing happens outside its transactions.
        actor: Who asks; the network address limits the attempts.
        form: As typed.

    Raises:
        InvalidInput: With a sentence for each field that is wrong.
        TooManyAttempts: If a limit was reached.
    """
    person = db.query(_checked, form)
    security.take(
        db,
        actor,
        person.email,
        *attempts.around(actor, SIGN_UP_BY_NETWORK, SIGN_UP_BY_ADDRESS),
        Try(SIGN_UP_BY_EMAIL, person.email),
    )
    password_hash = passwords.hash_password(form.password)
    for _ in range(_TRIES):
        known = db.query(registration.pending_password, person.email)
        compared = Compared(known, passwords.matches(known, form.password))
        if db.call(_store_sign_up, person, password_hash, compared):
            return
    raise Conflict("Somebody is signing up with this e-mail. Please try again.")


def sign_up_on_page(db: Database, actor: Actor, form: SignUpForm, trap: Trap) -> None:
    """As ``sign_up``, for the page that everybody can open.

    A robot that fills in what people do not see gets the answer that people get,
    and nothing happens.

    Args:
        db: The database.
        actor: Who asks.
        form: As typed.
        trap: What robots do differently.

    Raises:
        InvalidInput: As ``sign_up``; with no field if the form was sent too soon
            or too late after it was opened.
        TooManyAttempts: If a limit was reached.
    """
    # What is missing is said first: whoever presses the button of an empty form at
    # once is in no hurry to sign up.
    db.query(_checked, form)
    if robots.is_caught(db, actor, trap, form.email):
        return
    sign_up(db, actor, form)


def add_active_customer(db: Database, form: SignUpForm) -> str:
    """Make a customer with an active account, whose mailbox the office vouches for.

    No mail is sent. For the command line and the demo business.

    Args:
        db: The database; the hashing happens outside its transactions.
        form: As the customer would have filled it in.

    Returns:
        The customer's id.

    Raises:
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If the e-mail has an account.
    """
    person = db.query(_checked, form)
    return db.call(_add_active, person, passwords.hash_password(form.password))


def resolve_actor(tx: Session, token_hash: str, address: str, device: str) -> Actor:
    """Who a session cookie stands for, now. Reads only.

    Args:
        tx: The transaction.
        token_hash: The hash of the cookie's secret.
        address: The network address of the request.
        device: The browser's name for itself.

    Returns:
        A public actor if the session is unknown, expired or revoked, or its
        account is disabled.
    """
    return _resolve(tx, token_hash, address, device)[0]


def resolve_session(db: Database, token_hash: str, address: str, device: str) -> Actor:
    """As ``resolve_actor``, and note once a minute that the session is in use.

    Its end moves with it, so something that every event passes must call this.
    """
    actor, seen_due = db.query(_resolve, token_hash, address, device)
    if seen_due and actor.session_id is not None:
        db.call(sessions.note_seen, actor.session_id, address)
    return actor


def viewer(tx: Session, actor: Actor) -> ViewerView:
    """Who is looking, for the header and the menu."""
    if actor.booking_id is not None:
        return ViewerView(name="Guest", role=GUEST)
    if actor.account_id is None:
        return ViewerView()
    account = tx.get(Account, actor.account_id)
    if account is None:
        return ViewerView()
    customer = tx.get(Customer, actor.customer_id) if actor.customer_id else None
    name = (
        f"{customer.first_name} {customer.last_name}"
        if customer
        else account.role.capitalize()
    )
    return ViewerView(
        signed_in=True,
        name=name,
        email=account.email,
        picture_url=picture_url(tx, customer.id) if customer else "",
        role=account.role,
    )


def _store_sign_up(
    tx: Session, person: Person, password_hash: str, compared: Compared
) -> bool:
    """Returns: ``False`` if the password must be compared again."""
    registered = registration.register(tx, person.email, password_hash, compared)
    if registered is None:
        return False
    if registered.pending:
        _store_person(tx, registered.account_id, person)
    return True


def _add_active(tx: Session, person: Person, password_hash: str) -> str:
    account_id = accounts.create(tx, person.email, CUSTOMER, password_hash)
    return _store_person(tx, account_id, person)


def _store_person(tx: Session, account_id: str, person: Person) -> str:
    customer = tx.exec(
        select(Customer).where(Customer.account_id == account_id)
    ).first()
    if customer is None:
        customer = Customer(
            account_id=account_id,
            first_name=person.first_name,
            last_name=person.last_name,
            email=person.email,
            phone=person.phone,
            created_at=utc_now(),
        )
        tx.add(customer)
    else:
        customer.first_name = person.first_name
        customer.last_name = person.last_name
        customer.phone = person.phone
    tx.flush()
    return customer.id


def _resolve(
    tx: Session, token_hash: str, address: str, device: str
) -> tuple[Actor, bool]:
    """The actor, and whether to note that the session is in use."""
    row = tx.execute(
        select_columns(
            col(AccountSession.id),
            col(AccountSession.last_seen_at),
            col(AccountSession.booking_id),
            col(AccountSession.contact_id),
            col(AccountSession.way),
            col(Account.id),
            col(Account.role),
            col(Customer.id),
        )
        .select_from(AccountSession)
        .outerjoin(Account, col(Account.id) == col(AccountSession.account_id))
        .outerjoin(Customer, col(Customer.account_id) == col(Account.id))
        .where(
            col(AccountSession.token_hash) == token_hash,
            col(AccountSession.revoked_at).is_(None),
            col(AccountSession.expires_at) > utc_now(),
            col(Account.disabled_at).is_(None),
        )
    ).first()
    nobody = Actor(address=address, device=device)
    if row is None:
        return nobody, False
    session_id, last_seen_at, booking_id, contact_id, way, *whose = row
    account_id, role, customer_id = whose
    # A guest leaves as soon as the business closes the way the guest came by, a
    # contact as soon as the customer lets them see bookings no more.
    if booking_id is not None and not identities.may_enter(tx, way):
        return nobody, False
    if contact_id is not None and not may_still(tx, contact_id, VIEW):
        return nobody, False
    actor = Actor(
        audience=Audience(role or GUEST),
        account_id=account_id,
        customer_id=customer_id,
        booking_id=booking_id,
        session_id=session_id,
        address=address,
        device=device,
    )
    return actor, sessions.is_seen_due(last_seen_at)


def _checked(tx: Session, form: SignUpForm) -> Person:
    country = businesses.current(tx).country
    return rules.check_sign_up(form, country, passwords.policy_of(tx))
