"""What customers do about themselves: sign up, be recognised, keep a profile."""

from sqlalchemy import select as select_columns
from sqlalchemy import update
from sqlmodel import Session, col, select

from portal_app.domain.accounts import attempts, passwords, registration, sessions
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.attempts import Try
from portal_app.domain.accounts.models import Account, AccountSession
from portal_app.domain.accounts.registration import Compared
from portal_app.domain.accounts.rules import (
    CUSTOMER,
    SIGN_UP_BY_ADDRESS,
    SIGN_UP_BY_EMAIL,
    network_of,
)
from portal_app.domain.business import service as businesses
from portal_app.domain.customers import rules
from portal_app.domain.customers.models import Customer
from portal_app.domain.customers.ownership import customer_of, owned_by
from portal_app.domain.customers.places import (
    address_of,
    locations,
    save_location,
)
from portal_app.domain.customers.rules import Person, SignUpForm
from portal_app.domain.customers.views import ProfileView, ViewerView
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, NotFound
from portal_app.kernel.statements import affected

__all__ = [
    "SignUpForm",
    "add_active_customer",
    "address_of",
    "locations",
    "owned_by",
    "profile",
    "resolve_actor",
    "resolve_session",
    "save_location",
    "sign_up",
    "update_profile",
    "viewer",
]

_TRIES = 5
_CHANGED = "Your profile was changed somewhere else. Please look at it again."


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
    person = rules.check_sign_up(form, db.query(businesses.current).country)
    attempts.take(
        db,
        Try(SIGN_UP_BY_ADDRESS, network_of(actor.address)),
        Try(SIGN_UP_BY_EMAIL, person.email),
    )
    password_hash = passwords.hash_password(form.password)
    for _ in range(_TRIES):
        known = db.query(registration.pending_password, person.email)
        compared = Compared(known, passwords.matches(known, form.password))
        if db.call(_store_sign_up, person, password_hash, compared):
            return
    raise Conflict("Somebody is signing up with this e-mail. Please try again.")


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
    person = rules.check_sign_up(form, db.query(businesses.current).country)
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
    return ViewerView(signed_in=True, name=name, email=account.email, role=account.role)


def profile(tx: Session, actor: Actor) -> ProfileView:
    """The actor's own profile.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    customer = _own(tx, actor)
    return ProfileView(
        first_name=customer.first_name,
        last_name=customer.last_name,
        email=customer.email,
        phone=rules.phone_text(customer.phone, businesses.current(tx).country),
        version=customer.version,
    )


def update_profile(
    tx: Session,
    actor: Actor,
    *,
    first_name: str,
    last_name: str,
    phone: str,
    version: int,
) -> None:
    """Change the actor's own profile.

    Args:
        tx: The transaction.
        actor: A customer.
        first_name: As typed.
        last_name: As typed.
        phone: As typed; empty for none.
        version: Of the profile that was read.

    Raises:
        NotAllowed: If the actor is no customer.
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If the profile was changed since ``version``, unless it says
            what is asked for already, as after a request that came twice.
    """
    customer_id = customer_of(actor)
    country = businesses.current(tx).country
    first, last, e164 = rules.check_profile(first_name, last_name, phone, country)
    statement = (
        update(Customer)
        .where(col(Customer.id) == customer_id, col(Customer.version) == version)
        .values(
            first_name=first, last_name=last, phone=e164, version=Customer.version + 1
        )
    )
    if affected(tx, statement) == 0:
        now = _own(tx, actor)
        if (now.first_name, now.last_name, now.phone) != (first, last, e164):
            raise Conflict(_CHANGED)


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
            col(Account.id),
            col(Account.role),
            col(Customer.id),
        )
        .select_from(AccountSession)
        .join(Account, col(Account.id) == col(AccountSession.account_id))
        .outerjoin(Customer, col(Customer.account_id) == col(Account.id))
        .where(
            col(AccountSession.token_hash) == token_hash,
            col(AccountSession.revoked_at).is_(None),
            col(AccountSession.expires_at) > utc_now(),
            col(Account.disabled_at).is_(None),
        )
    ).first()
    if row is None:
        return Actor(address=address, device=device), False
    session_id, last_seen_at, account_id, role, customer_id = row
    actor = Actor(
        audience=Audience(role),
        account_id=account_id,
        customer_id=customer_id,
        session_id=session_id,
        address=address,
        device=device,
    )
    return actor, sessions.is_seen_due(last_seen_at)


def _own(tx: Session, actor: Actor) -> Customer:
    customer = tx.get(Customer, customer_of(actor))
    if customer is None:
        raise NotFound
    return customer
