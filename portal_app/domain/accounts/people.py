"""Who works in the office, what each may do, and that there is always an owner."""

import structlog
from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from portal_app.domain.accounts import second_factor, security_log, sessions, tokens
from portal_app.domain.accounts.models import (
    Account,
    AccountSession,
    Identity,
    SecondFactor,
)
from portal_app.domain.accounts.owners import owner_ids
from portal_app.domain.accounts.rules import (
    CHANGE_EMAIL,
    OFFICE,
    OFFICE_ROLES,
    OWNER,
    RESET_PASSWORD,
    SIGN_IN,
    VERIFY_EMAIL,
)
from portal_app.domain.accounts.views import OfficePeopleView, PersonView
from portal_app.domain.business import service as businesses
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Difference, Thing
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from portal_app.kernel.ownership import require_owner, require_staff

log = structlog.get_logger("accounts")

_GONE = "This person is not in the office any more."
_LAST_OWNER = "Somebody has to be the owner. Please make another person an owner first."


def office_people(tx: Session, actor: Actor) -> OfficePeopleView:
    """Everybody of the office, by name.

    Raises:
        NotAllowed: If the actor is not of the office.
    """
    require_staff(actor)
    last_seen = (
        select(func.max(col(AccountSession.last_seen_at)))
        .where(AccountSession.account_id == Account.id)
        .scalar_subquery()
    )
    rows = tx.exec(
        select(Account, last_seen, SecondFactor.confirmed_at)
        .outerjoin(SecondFactor, col(SecondFactor.account_id) == col(Account.id))
        .where(Account.role == OFFICE, col(Account.disabled_at).is_(None))
    ).all()
    formats = businesses.formats(tx)
    people = [
        PersonView(
            id=account.id,
            name=account.name or account.email,
            email=account.email,
            role=account.office_role,
            role_name=OFFICE_ROLES.get(account.office_role, ""),
            last_seen=f"{formats.short_day(at)}, {formats.time(at)}" if at else "",
            second_factor=confirmed is not None,
            is_me=account.id == actor.account_id,
        )
        for account, at, confirmed in rows
    ]
    return OfficePeopleView(
        people=sorted(people, key=lambda one: (one.name.casefold(), one.id)),
        may_change=actor.is_owner,
        required=businesses.current_business(tx).second_factor_required,
    )


def change_role(tx: Session, actor: Actor, account_id: str, role: str) -> None:
    """Let somebody of the office do more, or less, from their next click on.

    Args:
        tx: The transaction.
        actor: An owner.
        account_id: Whose role.
        role: A key of ``OFFICE_ROLES``.

    Raises:
        NotAllowed: If the actor is not an owner.
        NotFound: If there is no such person in the office.
        InvalidInput: For the field ``role``.
        Conflict: If nobody would be the owner.
    """
    if role not in OFFICE_ROLES:
        raise InvalidInput({"role": "Please choose what this person may do."})
    account = _locked_person(tx, actor, account_id, stays_owner=role == OWNER)
    before = account.office_role
    if before == role:
        return
    account.office_role = role
    tx.flush()
    change_log.record(
        tx,
        actor,
        "changed",
        _thing(account),
        [Difference("Role", OFFICE_ROLES[before], OFFICE_ROLES[role])],
    )
    security_log.record(
        tx,
        actor,
        "role_changed",
        account_id=account.id,
        about=account.email,
        detail=f"{OFFICE_ROLES[role]}.",
    )


def remove_person(tx: Session, actor: Actor, account_id: str) -> None:
    """Take somebody out of the office: every browser of theirs is out at once.

    Args:
        tx: The transaction.
        actor: An owner.
        account_id: Who goes.

    Raises:
        NotAllowed: If the actor is not an owner.
        NotFound: If there is no such person in the office.
        Conflict: If nobody would be the owner.
    """
    account = _locked_person(tx, actor, account_id, stays_owner=False)
    change_log.record(tx, actor, "removed", _thing(account))
    close_account(tx, actor, account)


def require_second_factor(tx: Session, actor: Actor, required: bool) -> None:
    """Ask everybody who works here for a second factor, or leave it to them.

    Whoever has none is led to set one up before anything else.

    Raises:
        NotAllowed: If the actor is not an owner.
        Conflict: If the actor has none: they would be the first to be kept out.
    """
    require_owner(actor)
    if required and not second_factor.is_on(tx, actor.account_id or ""):
        raise Conflict("Please set up your own authenticator app first.")
    if not businesses.set_second_factor_required(tx, actor, required):
        return
    words = ("No", "Yes")
    change_log.record(
        tx,
        actor,
        "changed",
        Thing("Setting", "", "Office people"),
        [Difference("Two-step log-in required", words[not required], words[required])],
    )


def close_account(tx: Session, actor: Actor, account: Account) -> None:
    """End every way in of somebody who works here no more; what they did stays.

    An invitation lets them in again.
    """
    account.disabled_at = utc_now()
    account.password_hash = None
    tx.flush()
    sessions.revoke_all(tx, account.id)
    sessions.forget_devices(tx, account.id, but=())
    tokens.revoke_all(
        tx, account.id, SIGN_IN, RESET_PASSWORD, CHANGE_EMAIL, VERIFY_EMAIL
    )
    tx.execute(delete(Identity).where(col(Identity.account_id) == account.id))
    second_factor.forget(tx, account.id)
    security_log.record(
        tx, actor, "person_removed", account_id=account.id, about=account.email
    )
    log.info("person removed", account=account.id)


def _locked_person(
    tx: Session, actor: Actor, account_id: str, *, stays_owner: bool
) -> Account:
    """Somebody of the office, while no other owner can come or go."""
    require_owner(actor)
    # All that removes, or makes less of, an owner waits here for the others.
    businesses.lock_business(tx)
    owners = owner_ids(tx)
    if actor.account_id is not None and actor.account_id not in owners:
        # They were removed while they waited.
        raise NotAllowed
    account = tx.get(Account, account_id, with_for_update=True, populate_existing=True)
    if account is None or account.role != OFFICE or account.disabled_at is not None:
        raise NotFound(_GONE)
    if not stays_owner and set(owners) <= {account.id}:
        raise Conflict(_LAST_OWNER)
    return account


def _thing(account: Account) -> Thing:
    return Thing("Office person", account.id, account.name or account.email)
