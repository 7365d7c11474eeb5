"""The log of security events, which the office reads.

It says what was tried, with which email or number and from where, and never a
password, a token or a cookie.
"""

from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from portal_app.domain.accounts.models import SecurityEvent
from portal_app.domain.accounts.rules import device_text
from portal_app.domain.accounts.views import SecurityEventView, SecurityLogView
from portal_app.domain.business import service as businesses
from portal_app.domain.rate_limits import limiter
from portal_app.domain.rate_limits.limiter import Attempt, LimitKey, ReachedLimit
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.ownership import require_staff
from portal_app.kernel.statements import affected

EVENT_KINDS = {
    "sign_in": "Logged in.",
    "sign_in_failed": "A log-in was refused: wrong email or password.",
    "blocked": "Too many attempts: further ones are refused for a while.",
    "guest_sign_in": "A guest opened a booking.",
    "guest_sign_in_failed": "A log-in by booking number was refused.",
    "link_opened": "A link in an email opened a booking.",
    "link_switched_off": "A link in an email was switched off.",
    "reset_asked": "An email to choose a new password was asked for.",
    "password_reset": "A new password was chosen by a link in an email.",
    "password_changed": "The password was changed.",
    "email_change_asked": "A change of the email was asked for.",
    "email_changed": "The email was changed.",
    "provider_connected": "A provider was connected.",
    "provider_disconnected": "A provider was disconnected.",
    "provider_refused": "A log-in by a provider was refused.",
    "new_device": "Logged in from an unknown device.",
    "sessions_ended": "Sessions were ended.",
    "invited": "Somebody was invited to work here.",
    "invitation_accepted": "An invitation to work here was accepted.",
    "role_changed": "The role of somebody in the office was changed.",
    "person_removed": "Somebody was removed from the office.",
    "looking_started": "Somebody of the office looks as a customer, read only.",
    "looking_ended": "Somebody of the office stopped looking as a customer.",
    "code_refused": "A log-in was refused: wrong code of the authenticator app.",
    "recovery_code_used": "A recovery code was used.",
    "second_factor_on": "An authenticator app was set up.",
    "second_factor_off": "The authenticator app was switched off.",
    "robot": "A sign-up looked like a robot's.",
}
"""What is logged, in words."""

PAGE_SIZE = 50
_RETENTION = timedelta(days=180)


def record(
    tx: Session,
    actor: Actor,
    kind: str,
    *,
    account_id: str | None = None,
    about: str = "",
    detail: str = "",
) -> None:
    """Log an event.

    Args:
        tx: The transaction of what happened.
        actor: Who did it, with address and device.
        kind: One of ``EVENT_KINDS``.
        account_id: Whose account it was about, if known.
        about: The email or number it was tried with.
        detail: Words for the office.

    Raises:
        ValueError: If the kind is unknown.
    """
    if kind not in EVENT_KINDS:
        raise ValueError(f"unknown kind of security event: {kind}")
    tx.add(
        SecurityEvent(
            at=utc_now(),
            kind=kind,
            account_id=account_id,
            about=about[:254],
            address=actor.address[:45],
            device=actor.device[:200],
            detail=detail[:200],
        )
    )
    tx.flush()


def count_attempt(db: Database, actor: Actor, about: str, *tries: LimitKey) -> None:
    """As ``limiter.count_attempt``; the first refusal of a window is logged.

    Raises:
        TooManyAttempts: If a limit was reached.
    """
    limiter.raise_if_reached(_check(db, actor, about, *tries))


def may_send_mail(db: Database, actor: Actor, about: str, attempt: Attempt) -> bool:
    """Whether a mailbox gets another mail, where it may hold a good one already.

    Args:
        db: The database.
        actor: Who asks.
        about: The mailbox.
        attempt: What asking counts against; the windows of its target are no
            longer than half of what the mail's link is good for.

    Returns:
        False if enough mails went there; the answer to the person is the same.

    Raises:
        TooManyAttempts: If the caller asked too often, whatever for.
    """
    limiter.raise_if_reached(_check(db, actor, about, *attempt.circles))
    return _check(db, actor, about, *attempt.target) is None


def _check(
    db: Database, actor: Actor, about: str, *tries: LimitKey
) -> ReachedLimit | None:
    blocked = limiter.check_limits(db, *tries)
    if blocked is not None and blocked.newly:
        db.call(record, actor, "blocked", about=about, detail=blocked.limit)
    return blocked


def read_page(
    tx: Session, actor: Actor, page: int = 1, kind: str = ""
) -> SecurityLogView:
    """One page of the log, latest first.

    Args:
        tx: The transaction.
        actor: The office.
        page: Counted from 1.
        kind: Only these; empty for all.

    Raises:
        NotAllowed: If the actor is not of the office.
    """
    require_staff(actor)
    page = max(1, page)
    wanted = select(SecurityEvent)
    if kind:
        wanted = wanted.where(SecurityEvent.kind == kind)
    found = tx.exec(
        wanted.order_by(col(SecurityEvent.at).desc(), col(SecurityEvent.id).desc())
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE + 1)
    ).all()
    formats = businesses.formats(tx)
    return SecurityLogView(
        rows=[
            SecurityEventView(
                at=event.at.isoformat(),
                when=f"{formats.short_day(event.at)}, {formats.time(event.at)}",
                kind=event.kind,
                text=" ".join(filter(None, [EVENT_KINDS[event.kind], event.detail])),
                about=event.about,
                address=event.address,
                device=device_text(event.device),
            )
            for event in found[:PAGE_SIZE]
        ],
        page=page,
        has_more=len(found) > PAGE_SIZE,
    )


def purge(tx: Session) -> int:
    """Delete events older than 180 days; says how many."""
    before = utc_now() - _RETENTION
    return affected(tx, delete(SecurityEvent).where(col(SecurityEvent.at) < before))
