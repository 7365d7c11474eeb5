"""What the layers above may know of accounts."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session, for the route that sets the cookie. Not for a state.

    Attributes:
        secret: The cookie's value.
        expires_at: When the session ends if it is not used, UTC.
        remembered: Whether the cookie outlives the browser window.
        role: ``customer``, ``office`` or ``fieldworker``.
    """

    secret: str
    expires_at: datetime
    remembered: bool
    role: str
