"""Where somebody is signed in, and signing out there."""

from sqlalchemy import update
from sqlmodel import Session, col, select

from portal_app.domain.accounts import security, sessions
from portal_app.domain.accounts.models import AccountSession
from portal_app.domain.accounts.rules import WAYS
from portal_app.domain.accounts.views import SessionView
from portal_app.domain.accounts.wording import device_words, place_words
from portal_app.domain.business import service as businesses
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import NotAllowed, NotFound
from portal_app.kernel.statements import affected

_MOST = 50


def account_of(actor: Actor) -> str:
    """The account that is asking.

    Raises:
        NotAllowed: If nobody is signed in with an account.
    """
    if actor.account_id is None:
        raise NotAllowed
    return actor.account_id


def own_sessions(tx: Session, actor: Actor) -> list[SessionView]:
    """The browsers in which the actor is signed in: this one, then latest first.

    Raises:
        NotAllowed: If nobody is signed in with an account.
    """
    found = tx.exec(
        select(AccountSession)
        .where(
            AccountSession.account_id == account_of(actor),
            col(AccountSession.revoked_at).is_(None),
            col(AccountSession.expires_at) > utc_now(),
        )
        .order_by(
            (col(AccountSession.id) == actor.session_id).desc(),
            col(AccountSession.last_seen_at).desc(),
            col(AccountSession.id).desc(),
        )
        .limit(_MOST)
    ).all()
    formats = businesses.formats(tx)
    return [
        SessionView(
            id=session.id,
            device=device_words(session.device),
            place=place_words(session.address),
            last_seen=(
                f"{formats.short_day(session.last_seen_at)}, "
                f"{formats.time(session.last_seen_at)}"
            ),
            last_seen_at=session.last_seen_at.isoformat(),
            signed_in=formats.day(session.created_at),
            way=WAYS[session.way],
            remembered=session.remembered,
            current=session.id == actor.session_id,
        )
        for session in found
    ]


def end_session(tx: Session, actor: Actor, session_id: str) -> None:
    """Sign one of the actor's browsers out, from its next event on.

    Args:
        tx: The transaction.
        actor: Who is signed in.
        session_id: From ``own_sessions``.

    Raises:
        NotAllowed: If nobody is signed in with an account.
        NotFound: If it is somebody else's, or over.
    """
    ended = affected(
        tx,
        update(AccountSession)
        .where(
            col(AccountSession.id) == session_id,
            col(AccountSession.account_id) == account_of(actor),
            col(AccountSession.revoked_at).is_(None),
        )
        .values(revoked_at=utc_now()),
    )
    if not ended:
        raise NotFound("That session is over already.")
    security.note(
        tx, actor, "sessions_ended", account_id=actor.account_id, detail="One."
    )


def end_other_sessions(tx: Session, actor: Actor) -> int:
    """Sign the actor out everywhere but here; says in how many browsers.

    Raises:
        NotAllowed: If nobody is signed in with an account.
    """
    ended = sessions.revoke_all(tx, account_of(actor), but=actor.session_id)
    if ended:
        security.note(
            tx,
            actor,
            "sessions_ended",
            account_id=actor.account_id,
            detail=f"All others: {ended}.",
        )
    return ended
