"""What an attempt on the account, or on the mailbox, of an email counts against."""

from collections.abc import Iterator
from contextlib import contextmanager

from portal_app.domain.accounts import security_log, sessions
from portal_app.domain.accounts.rules import (
    SIGN_IN_BY_ADDRESS,
    SIGN_IN_BY_NETWORK,
    SIGN_IN_ON_ACCOUNT,
)
from portal_app.domain.rate_limits import limiter
from portal_app.domain.rate_limits.limiter import Attempt
from portal_app.domain.rate_limits.rules import Limit, TargetLimits
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database


def attempt_on_email(
    db: Database,
    actor: Actor,
    circles: tuple[Limit, Limit],
    limits: TargetLimits,
    email: str,
    *others: tuple[TargetLimits, str],
) -> Attempt:
    """What an attempt counts against; a browser that the account knows, by itself.

    Args:
        db: The database.
        actor: Who asks.
        circles: The limits by network and by address.
        limits: On the email.
        email: In its normal form, whether or not it has an account.
        others: What else is tried with it.
    """
    # Asked only of a browser that brings something: whether there is an account
    # makes no difference to the work.
    known = (
        db.query(sessions.known_browser, actor, email)
        if actor.device_hashes or actor.session_id is not None
        else ""
    )
    return limiter.attempt_on(
        actor, circles, (limits, email), *others, known_browser=known
    )


def password_guess(db: Database, actor: Actor, email: str) -> Attempt:
    """What a guess at the password of an account counts against, wherever typed."""
    return attempt_on_email(
        db,
        actor,
        (SIGN_IN_BY_NETWORK, SIGN_IN_BY_ADDRESS),
        SIGN_IN_ON_ACCOUNT,
        email,
    )


@contextmanager
def counted_guess(db: Database, actor: Actor, email: str) -> Iterator[None]:
    """Count what is done here as a ``password_guess``, unless it comes to its end.

    Raises:
        TooManyAttempts: If a limit was reached; nothing is done then.
    """
    guess = password_guess(db, actor, email)
    security_log.count_attempt(db, actor, email, *guess.keys)
    yield
    limiter.succeeded(db, guess)
