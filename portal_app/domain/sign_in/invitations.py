"""Inviting somebody by mail to work here with an account of their own.

Whoever has the link has read the mailbox. So it makes the account of that email, or
goes on with the one there is; it never changes the password of an account, and never
makes a customer's account one of the staff. Only a POST may use it.

What the account is for is the business of who invited: they listen with
``on_accepted`` and find in ``reference`` what they called it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from portal_app.domain.accounts import passwords, security_log
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import Account
from portal_app.domain.accounts.registration import lock_by_email
from portal_app.domain.accounts.rules import (
    CUSTOMER,
    FIELDWORKER,
    OFFICE,
    ROLES,
    LinkInvalid,
    mailable_email,
)
from portal_app.domain.business import service as businesses
from portal_app.domain.notifications import outbox as notifications
from portal_app.domain.sign_in import sign_up
from portal_app.domain.sign_in.models import Invitation
from portal_app.domain.sign_in.views import InvitationView, JoiningView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput
from portal_app.kernel.ids import hash_secret, new_secret
from portal_app.kernel.ownership import require_office

LIFETIME = timedelta(days=7)
"""How long the link of a mail is good; ``issue`` takes another one."""

_PAGE = "/join"
_TAKEN = "This email belongs to a customer. Please use another one for their work."
_CLOSED = "The account with this email is closed."
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

_listeners: list[Listener] = []


def on_accepted(listener: Listener) -> Listener:
    """Call a function at every accepted invitation, as part of its transaction."""
    _listeners.append(listener)
    return listener


def invite(
    tx: Session,
    actor: Actor,
    email: str,
    role: str,
    *,
    name: str = "",
    reference: str = "",
) -> str:
    """Send an invitation; the links of earlier ones to the same place end.

    Args:
        tx: The transaction.
        actor: The office.
        email: As typed.
        role: What the account will be, any but a customer's.
        name: Whom the mail greets.
        reference: What the account is for; the listeners get it back.

    Returns:
        The email in its normal form.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: For ``email``, if mail cannot reach it, or if its account
            cannot take this place.
    """
    require_office(actor)
    email = mailable_email(email)
    issued = issue(tx, actor, email, role, name=name, reference=reference)
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
    name: str = "",
    reference: str = "",
    lifetime: timedelta = LIFETIME,
) -> IssuedInvitation:
    """As ``invite``, for whoever hands the link over otherwise than by mail."""
    require_office(actor)
    if role not in ROLES - {CUSTOMER}:
        raise ValueError(role)
    email = mailable_email(email)
    if problem := _problem_with(lock_by_email(tx, email), role):
        raise InvalidInput({"email": problem})
    withdraw(tx, actor, role, reference=reference, email=email)
    secret, now = new_secret(), utc_now()
    row = Invitation(
        email=email,
        name=name,
        role=role,
        reference=reference,
        invited_by=actor.account_id,
        token_hash=hash_secret(secret),
        created_at=now,
        expires_at=now + lifetime,
    )
    tx.add(row)
    tx.flush()
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
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    statement = update(Invitation).where(
        col(Invitation.role) == role,
        col(Invitation.reference) == reference,
        col(Invitation.accepted_at).is_(None),
        col(Invitation.withdrawn_at).is_(None),
    )
    if not reference:
        statement = statement.where(col(Invitation.email) == email)
    tx.execute(statement.values(withdrawn_at=utc_now()))


def open_invitations(
    tx: Session, actor: Actor, roles: Collection[str]
) -> list[tuple[str, InvitationView]]:
    """Invitations that wait for their person, with their references, oldest first.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    rows = tx.exec(
        select(Invitation)
        .where(
            col(Invitation.role).in_(roles),
            col(Invitation.accepted_at).is_(None),
            col(Invitation.withdrawn_at).is_(None),
        )
        .order_by(col(Invitation.created_at), col(Invitation.id))
    )
    formats, now = businesses.formats(tx), utc_now()
    return [
        (
            row.reference,
            InvitationView(
                row.id,
                row.email,
                formats.short_day(row.created_at),
                row.expires_at <= now,
            ),
        )
        for row in rows
    ]


def joining(tx: Session, token: str) -> JoiningView:
    """What a link leads to, for whoever has it.

    Raises:
        LinkInvalid: If it is unknown, withdrawn, expired or used.
    """
    row = tx.exec(
        select(Invitation).where(
            Invitation.token_hash == hash_secret(token),
            col(Invitation.accepted_at).is_(None),
            col(Invitation.withdrawn_at).is_(None),
            Invitation.expires_at > utc_now(),
        )
    ).first()
    if row is None:
        raise LinkInvalid
    account = tx.exec(select(Account).where(Account.email == row.email)).first()
    return JoiningView(row.email, account is None or account.verified_at is None)


def accept(db: Database, actor: Actor, token: str, password: str) -> None:
    """Accept an invitation, once. Only a POST may ask.

    Args:
        db: The database; the hashing happens outside its transactions.
        actor: Who asks; anybody who has the token.
        token: From the link.
        password: The one to log in with from now on, where there is no account yet.

    Raises:
        InvalidInput: If the policy does not take the password; the link stays good.
        LinkInvalid: If the token is unknown, withdrawn, expired or used.
        Conflict: If the email's account cannot take the place; the link stays good.
    """
    # Before the hashing, so that nobody without a link can make us work.
    found = db.query(joining, token)
    password_hash = None
    if found.needs_password:
        policy = db.query(passwords.current_policy)
        passwords.check_password(password, (found.email,), policy)
        password_hash = passwords.hash_password(password)
    db.call(_accept, actor, token, password_hash)


def _accept(tx: Session, actor: Actor, token: str, password_hash: str | None) -> None:
    now = utc_now()
    row = tx.execute(
        update(Invitation)
        .where(
            col(Invitation.token_hash) == hash_secret(token),
            col(Invitation.accepted_at).is_(None),
            col(Invitation.withdrawn_at).is_(None),
            col(Invitation.expires_at) > now,
        )
        .values(accepted_at=now)
        .returning(
            col(Invitation.email), col(Invitation.role), col(Invitation.reference)
        )
    ).first()
    if row is None:
        raise LinkInvalid
    email, role, reference = row
    account_id = _account_for(tx, email, role, password_hash)
    security_log.record(
        tx, actor, "invitation_accepted", account_id=account_id, about=email
    )
    accepted = Accepted(role, reference, account_id, email)
    for listener in _listeners:
        listener(tx, actor, accepted)


def _account_for(tx: Session, email: str, role: str, password_hash: str | None) -> str:
    """The account that takes the place; made now if there is none."""
    account = lock_by_email(tx, email)
    if problem := _problem_with(account, role):
        raise Conflict(problem)
    if account is not None and account.verified_at is not None:
        return account.id
    if password_hash is None:
        raise Conflict("Your account was changed just now. Please try again.")
    # A sign-up whose mailbox nobody proved belongs to nobody; who came now proved it.
    if account is not None and not sign_up.delete_unused_account(tx, account.id):
        raise Conflict(_TAKEN)
    return accounts.create_with_hash(tx, email, role, password_hash)


def _problem_with(account: Account | None, role: str) -> str:
    if account is None:
        return ""
    if account.disabled_at is not None:
        return _CLOSED
    if account.verified_at is None and account.role == CUSTOMER:
        return ""
    if account.role == role or (role, account.role) in _GO_ON_WITH:
        return ""
    if account.role == CUSTOMER:
        return _TAKEN
    return "Somebody who works here has this email already."
