"""Detects bots at sign-up by a hidden field and the time it took to fill in."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from portal_app.domain import wiring
from portal_app.domain.accounts import security_log
from portal_app.domain.accounts.rules import FORM_BY_STAMP
from portal_app.domain.rate_limits.limiter import LimitKey
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput

_MIN_AGE = timedelta(seconds=2)
_MAX_AGE = timedelta(hours=24)
_FILLED = (
    "Something filled in a part of the form that people do not see; some password "
    "managers do. Please tick \u201cI filled in this form myself\u201d below, and send "
    "the form again."
)
_TOO_FAST = "That was very quick. Please wait a moment and send the form again."
_STALE = "This form was open for a long time. Please send it again."


@dataclass(frozen=True, slots=True)
class HoneypotFields:
    """What a form says about who filled it in.

    Attributes:
        hidden: Of a field that people do not see; robots fill it in, and now and
            then a password manager.
        opened: From ``new_stamp``, when the form was shown.
        by_hand: Whether a person says that they filled in the form themselves.
    """

    hidden: str = ""
    opened: str = ""
    by_hand: bool = False


class HiddenFieldFilled(InvalidInput):
    """Something filled in what people do not see; a person may say so and go on."""

    def __init__(self) -> None:
        super().__init__({}, _FILLED)


def new_stamp() -> str:
    """A stamp for a form that is shown now."""
    text = f"{int(utc_now().timestamp() * 1000)}.{secrets.token_urlsafe(9)}"
    return f"{text}.{_signature(text)}"


def seconds_until_allowed(stamp: str) -> float:
    """How long until a form may be sent that was shown with this stamp.

    A browser fills in a known person's form at once: such a form waits, rather
    than being sent back. A robot that waits as well has been slowed, too.

    Returns:
        Seconds; 0 for a form that may be sent, or whose stamp is not ours.
    """
    age = _stamp_age(stamp)
    if age is None or age >= _MIN_AGE:
        return 0
    return (_MIN_AGE - age).total_seconds()


def check_person(db: Database, actor: Actor, trap: HoneypotFields, about: str) -> None:
    """Let people pass; what only a robot does is asked about, and the office is told.

    The answer depends on the form alone, never on the email in it.

    Args:
        db: The database.
        actor: Who asks.
        trap: What the form says.
        about: The email that was typed, for the log.

    Raises:
        HiddenFieldFilled: If what people do not see was filled in, and nobody says
            that they filled in the form by hand.
        InvalidInput: If the form was sent too soon after it was opened, or
            too late; with no field. A person just sends it again.
        TooManyAttempts: If the stamp was used very often.
    """
    if trap.hidden and not trap.by_hand:
        db.call(security_log.record, actor, "robot", about=about)
        raise HiddenFieldFilled
    age = _stamp_age(trap.opened)
    if age is None or age > _MAX_AGE:
        raise InvalidInput({}, _STALE)
    if age < _MIN_AGE:
        raise InvalidInput({}, _TOO_FAST)
    security_log.count_attempt(db, actor, about, LimitKey(FORM_BY_STAMP, trap.opened))


def _stamp_age(stamp: str) -> timedelta | None:
    """How long ago a stamp was made; ``None`` if it is not ours."""
    text, _, signature = stamp.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(text).encode()):
        return None
    millis = int(text.partition(".")[0])
    return utc_now() - datetime.fromtimestamp(millis / 1000, UTC)


def _signature(text: str) -> str:
    secret = wiring.current().secret_key
    key = hashlib.sha256(f"form stamps\n{secret}".encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
