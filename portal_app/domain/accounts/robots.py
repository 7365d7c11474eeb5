"""What robots do differently: they fill in what nobody sees, and they hurry.

The page puts a stamp into the form when it opens: the instant and a random part,
signed, so that it cannot be made up. A form that comes back within two seconds was
filled in by no person, one after a day is stale, and a stamp is good for ten
sign-ups, so that one cannot be kept for thousands. Nothing of this needs anybody
else's service.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from portal_app.domain.accounts import security
from portal_app.domain.accounts.attempts import Try
from portal_app.domain.accounts.rules import FORM_BY_STAMP
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput

_AT_LEAST = timedelta(seconds=2)
_AT_MOST = timedelta(hours=24)
_HURRY = "That was very quick. Please wait a moment and send the form again."
_STALE = "This form was open for a long time. Please send it again."
# Until the composition root names the portal's own: good for one process.
_key = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class Trap:
    """What a form says about who filled it in.

    Attributes:
        website: A field that people do not see; a robot fills it in.
        opened: From ``opened``, when the form was shown.
    """

    website: str = ""
    opened: str = ""


def use_key(secret: str) -> None:
    """Sign with a secret that all workers share."""
    global _key  # noqa: PLW0603 - set once by the composition root
    _key = hashlib.sha256(f"form stamps\n{secret}".encode()).digest()


def opened() -> str:
    """A stamp for a form that is shown now."""
    text = f"{int(utc_now().timestamp() * 1000)}.{secrets.token_urlsafe(9)}"
    return f"{text}.{_signature(text)}"


def seconds_too_soon(stamp: str) -> float:
    """How long until a form may be sent that was shown with this stamp.

    A browser fills in a known person's form at once: such a form waits, rather
    than being sent back. A robot that waits as well has been slowed, too.

    Returns:
        Seconds; 0 for a form that may be sent, or whose stamp is not ours.
    """
    age = _age(stamp)
    if age is None or age >= _AT_LEAST:
        return 0
    return (_AT_LEAST - age).total_seconds()


def is_caught(db: Database, actor: Actor, trap: Trap, about: str) -> bool:
    """Whether a robot filled in what people do not see; the office is told.

    Args:
        db: The database.
        actor: Who asks.
        trap: What the form says.
        about: The e-mail that was typed, for the log.

    Raises:
        InvalidInput: If the form was sent too soon after it was opened, or
            too late; with no field. A person just sends it again.
        TooManyAttempts: If the stamp was used very often.
    """
    if trap.website:
        db.call(security.note, actor, "robot", about=about)
        return True
    age = _age(trap.opened)
    if age is None or age > _AT_MOST:
        raise InvalidInput({}, _STALE)
    if age < _AT_LEAST:
        raise InvalidInput({}, _HURRY)
    security.take(db, actor, about, Try(FORM_BY_STAMP, trap.opened))
    return False


def _age(stamp: str) -> timedelta | None:
    """How long ago a stamp was made; ``None`` if it is not ours."""
    text, _, signature = stamp.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(text).encode()):
        return None
    millis = int(text.partition(".")[0])
    return utc_now() - datetime.fromtimestamp(millis / 1000, UTC)


def _signature(text: str) -> str:
    return hmac.new(_key, text.encode(), hashlib.sha256).hexdigest()
