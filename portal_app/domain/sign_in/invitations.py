"""Inviting somebody by mail to work here with an account of their own.

Whoever has the link has read the mailbox. So it makes the account of that email, or
goes on with the one there is; it never changes the password of an account, and never
makes a customer's account one of the staff. Only a POST may use it.

What the account is for is the business of who invited: they listen with
``on_accepted`` and find in ``reference`` what they called it.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from portal_app.domain.accounts import passwords, security_log, tokens
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.owners import has_owner
from portal_app.domain.accounts.registration import lock_by_email
from portal_app.domain.accounts.rules import (
    CUSTOMER,
    FIELDWORKER,
    OFFICE,
    OFFICE_ROLES,
    OWNER,
    ROLES,
    SIGN_IN,
    LinkInvalid,
    mailable_email,
    staff_name,
)
from portal_app.domain.accounts.tokens import TokenSubject
from portal_app.domain.business import service as businesses
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Thing
from portal_app.domain.notifications import outbox as notifications
from portal_app.domain.sign_in import sign_up
from portal_app.domain.sign_in.models import Invitation
from portal_app.domain.sign_in.views import InvitationView, JoiningView
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.ids import hash_secret, new_secret
from portal_app.kernel.ownership import require_office, require_owner, require_staff

LIFETIME = timedelta(days=7)
"""How long the link of a mail is good; ``issue`` takes another one."""

FIRST_OWNER_LIFETIME = timedelta(days=1)
_OVER = "This invitation was accepted or withdrawn already."

_PAGE = "/join"
_TAKEN = "This email belongs to a customer. Please use another one for their work."
_IN_THE_OFFICE = "Somebody of the office has this email already."
_WORKS_HERE = "Somebody who works here has this email already."
_CLOSED = "The account with this email is closed."
_WAITING = (
    col(Invitation.accepted_at).is_(None),
    col(Invitation.withdrawn_at).is_(None),
)
_GO_ON_WITH = {(FIELDWORKER, OFFICE)}
"""Places that an account of another role may take as well: the office does jobs."""


@dataclass(frozen=True, slots=True)
class IssuedInvitation:
    """A new invitation: its row, and the path that holds its secret."""

    id: str
    path: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """An invitation that somebody accepted just now.

    Attributes:
        role: What it invited for.
        reference: What whoever invited called the place.
        account_id: Of the person, made now or known before.
    """

    role: str
    reference: str
    account_id: str
    email: str


Listener = Callable[[Session, Actor, Accepted], None]

# Which they are is in ``domain.listeners``; a dict keeps their order, and each once.
_listeners: dict[Listener, None] = {}


def on_accepted(listener: Listener) -> None:
    """Call a function at every accepted invitation, as part of its transaction."""
    _listeners[listener] = None


def invite(
    tx: Session,
    actor: Actor,
    email: str,
    role: str,
    *,
    office_role: str = "",
    name: str = "",
    reference: str = "",
) -> str:
    """Send an invitation; the links of earlier ones to the same place end.

    Args:
        tx: The transaction.
        actor: The office; for the office itself, an owner.
        email: As typed.
        role: What the account will be, any but a customer's.
        office_role: What somebody of the office may do.
        name: Whom the mail greets.
        reference: What the account is for; the listeners get it back.

    Returns:
        The email in its normal form.

    Raises:
        NotAllowed: If the actor may not invite for this role.
        InvalidInput: For ``email``, if mail cannot reach it, or if its account
            cannot take this place; for ``office_role`` and ``name``.
    """
    email = mailable_email(email)
    name = staff_name(name)
    issued = issue(
        tx,
        actor,
        email,
        role,
        office_role=office_role,
        name=name,
        reference=reference,
    )
    if role == OFFICE:
        row = tx.get_one(Invitation, issued.id)
        change_log.record(tx, actor, "added", _thing(row))
    notifications.enqueue(
        tx,
        "invitation",
        email,
        {"path": issued.path, "name": name, "days": str(LIFETIME.days)},
        f"invitation:{issued.id}",
        expires_at=issued.expires_at,
    )
    return email


def issue(
    tx: Session,
    actor: Actor,
    email: str,
    role: str,
    *,
    office_role: str = "",
    name: str = "",
    reference: str = "",
    lifetime: timedelta = LIFETIME,
) -> IssuedInvitation:
    """As ``invite``, for whoever hands the link over otherwise than by mail.

    The email may be empty: then whoever has the link says it.
    """
    require_inviter(actor, role)
    if role not in ROLES - {CUSTOMER}:
        raise ValueError(role)
    if role == OFFICE and office_role not in OFFICE_ROLES:
        raise InvalidInput({"office_role": "Please choose what this person may do."})
    if email:
        email = mailable_email(email)
        if problem := _problem_with(lock_by_email(tx, email), role):
            raise InvalidInput({"email": problem})
        # Without one: two servers that start may each print a link for the first owner.
        withdraw(tx, actor, role, reference=reference, email=email)
    secret, now = new_secret(), utc_now()
    row = Invitation(
        email=email,
        name=name,
        role=role,
        office_role=office_role,
        reference=reference,
        invited_by=actor.account_id,
        token_hash=hash_secret(secret),
        created_at=now,
        expires_at=now + lifetime,
    )
    tx.add(row)
    tx.flush()
    security_log.record(tx, actor, "invited", about=email, detail=f"{_role_name(row)}.")
    return IssuedInvitation(row.id, f"{_PAGE}?token={secret}", row.expires_at)


def withdraw(
    tx: Session, actor: Actor, role: str, *, reference: str = "", email: str = ""
) -> None:
    """End the links of a place that were not used. Safe to repeat.

    Args:
        tx: The transaction.
        actor: The office.
        role: As it was invited for.
        reference: The place; where places have no name, ``email`` tells.
        email: In its normal form.

    Raises:
        NotAllowed: If the actor may not invite for this role.
    """
    require_inviter(actor, role)
    statement = update(Invitation).where(
        col(Invitation.role) == role,
        col(Invitation.reference) == reference,
        *_WAITING,
    )
    if not reference:
        statement = statement.where(col(Invitation.email) == email)
    tx.execute(statement.values(withdrawn_at=utc_now()))


def send_again(tx: Session, actor: Actor, invitation_id: str) -> None:
    """Mail a new link; the one sent before is worthless then.

    Raises:
        NotAllowed: If the actor may not invite for its role.
        NotFound: If there is none that is open.
        InvalidInput: As ``invite``.
    """
    row = _open_row(tx, actor, invitation_id)
    invite(
        tx,
        actor,
        row.email,
        row.role,
        office_role=row.office_role,
        name=row.name,
        reference=row.reference,
    )


def withdraw_one(tx: Session, actor: Actor, invitation_id: str) -> None:
    """Make the link of one invitation worthless.

    Raises:
        NotAllowed: If the actor may not invite for its role.
        NotFound: If there is none that is open.
    """
    row = _open_row(tx, actor, invitation_id)
    row.withdrawn_at = utc_now()
    tx.flush()
    change_log.record(tx, actor, "removed", _thing(row))


def first_owner_path(tx: Session, email: str = "") -> str:
    """Make the link by which an owner makes an account (command line).

    Args:
        tx: The transaction.
        email: Whose account it will be. Without one, whoever has the link says so,
            as long as there is no owner.

    Returns:
        The path, with a token that is good once, for a day.

    Raises:
        InvalidInput: As ``invite``.
    """
    return issue(
        tx, SYSTEM, email, OFFICE, office_role=OWNER, lifetime=FIRST_OWNER_LIFETIME
    ).path


def require_inviter(actor: Actor, role: str) -> None:
    """Let only those invite who may: for the office, an owner.

    Raises:
        NotAllowed: If it is anybody else.
    """
    if role == OFFICE:
        require_owner(actor)
    else:
        require_office(actor)


def _open_row(tx: Session, actor: Actor, invitation_id: str) -> Invitation:
    require_office(actor)
    row = tx.get(
        Invitation, invitation_id, with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound(_OVER)
    require_inviter(actor, row.role)
    if row.accepted_at is not None or row.withdrawn_at is not None:
        raise NotFound(_OVER)
    return row


def _invited_by(tx: Session, token: str, *, held: bool = False) -> Invitation:
    """The invitation behind a link that can be used, ``held`` until it was."""
    query = select(Invitation).where(
        Invitation.token_hash == hash_secret(token),
        Invitation.expires_at > utc_now(),
        *_WAITING,
    )
    if held:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = tx.exec(query).first()
    if row is None or (not row.email and has_owner(tx)):
        # A link for whoever has it is for the very first one.
        raise LinkInvalid
    return row


def _role_name(row: Invitation) -> str:
    return OFFICE_ROLES.get(row.office_role, "Fieldworker")


def _thing(row: Invitation) -> Thing:
    return Thing("Invitation", row.id, row.name or row.email)


def open_invitations(
    tx: Session, actor: Actor, roles: Collection[str]
) -> list[tuple[str, InvitationView]]:
    """Invitations that wait for their person, with their references, oldest first.

    Raises:
        NotAllowed: If the actor is not of the office.
    """
    require_staff(actor)
    rows = tx.exec(
        select(Invitation)
        .where(col(Invitation.role).in_(roles), *_WAITING, Invitation.email != "")
        .order_by(col(Invitation.created_at), col(Invitation.id))
    )
    formats, now = businesses.formats(tx), utc_now()
    return [
        (
            row.reference,
            InvitationView(
                id=row.id,
                email=row.email,
                name=row.name or row.email,
                role_name=_role_name(row),
                sent=formats.short_day(row.created_at),
                expired=row.expires_at <= now,
            ),
        )
        for row in rows
    ]


def joining(tx: Session, token: str) -> JoiningView:
    """What a link leads to, for whoever has it.

    Raises:
        LinkInvalid: If it is unknown, withdrawn, expired or used.
    """
    row = _invited_by(tx, token)
    account = tx.exec(select(Account).where(Account.email == row.email)).first()
    is_new = account is None or _is_nobodys(account)
    return JoiningView(
        email=row.email,
        needs_password=is_new,
        asks_name=is_new and row.role == OFFICE,
        name=row.name,
        role_name=_role_name(row),
    )


@dataclass(frozen=True, slots=True)
class AcceptanceForm:
    """What somebody types who accepts.

    Attributes:
        password: The one to log in with from now on, where there is no account yet.
        name: Of somebody of the office; may be empty.
        email: Where the link names none.
    """

    password: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class _NewAccount:
    """What an account is made of, checked."""

    email: str
    name: str
    password_hash: str | None


def accept(db: Database, actor: Actor, token: str, form: AcceptanceForm) -> str:
    """Accept an invitation, once. Only a POST may ask.

    Args:
        db: The database; the hashing happens outside its transactions.
        actor: Who asks; anybody who has the token.
        token: From the link.
        form: As typed.

    Returns:
        A ticket for ``accounts.service.redeem_ticket``; empty if the person had an
        account already, whose password they know.

    Raises:
        InvalidInput: With a sentence for each field that is wrong; the link stays
            good.
        LinkInvalid: If the token is unknown, withdrawn, expired or used.
        Conflict: If the email's account cannot take the place; the link stays good.
    """
    # Before the hashing, so that nobody without a link can make us work.
    found = db.query(joining, token)
    if not found.needs_password:
        return db.call(_accept, actor, token, _NewAccount(found.email, "", None))
    policy = db.query(passwords.current_policy)
    wrong: dict[str, str] = {}
    email, name = found.email, ""
    with _collected(wrong):
        name = staff_name(form.name) or found.name
    if not email:
        with _collected(wrong):
            email = mailable_email(form.email)
    with _collected(wrong):
        passwords.check_password(form.password, (email, name), policy)
    if wrong:
        raise InvalidInput(wrong)
    password_hash = passwords.hash_password(form.password)
    return db.call(_accept, actor, token, _NewAccount(email, name, password_hash))


@contextmanager
def _collected(wrong: dict[str, str]) -> Iterator[None]:
    try:
        yield
    except InvalidInput as error:
        wrong |= error.fields


def _accept(tx: Session, actor: Actor, token: str, new: _NewAccount) -> str:
    # Of two first owners, one comes first.
    businesses.lock_business(tx)
    row = _invited_by(tx, token, held=True)
    row.accepted_at = utc_now()
    tx.flush()
    email = row.email or new.email
    account_id = _account_for(tx, row, email, new)
    security_log.record(
        tx,
        actor,
        "invitation_accepted",
        account_id=account_id,
        about=email,
        detail=f"{_role_name(row)}.",
    )
    accepted = Accepted(row.role, row.reference, account_id, email)
    for listener in _listeners:
        listener(tx, actor, accepted)
    if new.password_hash is None:
        return ""
    return tokens.issue(tx, SIGN_IN, TokenSubject(account_id=account_id)).secret


def _account_for(tx: Session, row: Invitation, email: str, new: _NewAccount) -> str:
    """The account that takes the place; made now if there is none."""
    account = lock_by_email(tx, email)
    if problem := _problem_with(account, row.role):
        if not row.email:
            raise InvalidInput({"email": problem})
        raise Conflict(problem)
    if account is not None and not _is_nobodys(account):
        return account.id
    if new.password_hash is None:
        raise Conflict("Your account was changed just now. Please try again.")
    if account is not None and account.disabled_at is not None:
        accounts.reopen(tx, account.id, new.password_hash, row.office_role, new.name)
        return account.id
    # A sign-up whose mailbox nobody proved belongs to nobody; who came now proved it.
    if account is not None and not sign_up.delete_unused_account(tx, account.id):
        raise Conflict(_TAKEN)
    return accounts.create_with_hash(
        tx,
        email,
        row.role,
        new.password_hash,
        office_role=row.office_role,
        name=new.name,
    )


def _is_nobodys(account: Account) -> bool:
    """Never activated, or closed when its person left: an invitation opens it."""
    return account.verified_at is None or account.disabled_at is not None


def _problem_with(account: Account | None, role: str) -> str:
    if account is None or _makes_way(account, role):
        return ""
    if account.disabled_at is not None:
        return _CLOSED
    if role == OFFICE and account.role == OFFICE:
        return _IN_THE_OFFICE
    if account.role == role or (role, account.role) in _GO_ON_WITH:
        return ""
    return _TAKEN if account.role == CUSTOMER else _WORKS_HERE


def _makes_way(account: Account, role: str) -> bool:
    """A sign-up that nobody activated, or the account of who had this place once."""
    if account.disabled_at is not None:
        return account.role == role
    return account.verified_at is None and account.role == CUSTOMER
