"""What this process works with: set once by the composition root, read by one call.

It stands below the other packages, so that each may read it; the protocols are
defined where they are used, and only their types are named here.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal_app.domain.customers.geocoding import Geocoder
    from portal_app.domain.files.protocols import Storage
    from portal_app.domain.rate_limits.limiter import LimitStore
    from portal_app.domain.topics import PubSub
    from portal_app.kernel.db import Database


@dataclass(frozen=True, slots=True)
class Wiring:
    """The parts of a process; the defaults are good for one that serves nobody.

    Attributes:
        database: What the handlers of states work on.
        secret_key: Signs the stamps of forms; the same in all workers.
        identity_providers: Those the environment configures.
        limit_store: Where attempts are counted; in the database without one.
        smtputf8: Whether mail reaches addresses with letters beyond a to z.
        storage: Where files are kept.
        pubsub: Tells tabs where to look again; nobody is told without one.
        geocoder: Who knows streets and houses; nobody without one.
    """

    database: Database | None = None
    secret_key: str = field(default_factory=secrets.token_urlsafe, repr=False)
    identity_providers: tuple[str, ...] = ()
    limit_store: LimitStore | None = None
    smtputf8: bool = False
    pubsub: PubSub | None = None
    geocoder: Geocoder | None = None
    storage: Storage | None = None


_current = Wiring()


def install(wiring: Wiring) -> None:
    """Set the parts of this process."""
    global _current  # noqa: PLW0603 - the one place that holds them
    _current = wiring


def current() -> Wiring:
    """The parts of this process."""
    return _current
