"""Where a person goes on after signing in."""

from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.paths import local_path

AFTER_SIGN_IN = "/bookings"
_FIRST_PAGES = {Audience.OFFICE: "/office", Audience.FIELDWORKER: "/"}


def after_sign_in(asked_for: str | None, who: Actor | None = None) -> str:
    """The page a person wanted before they had to log in, or their first page.

    Args:
        asked_for: ``next`` of the address; not to be trusted.
        who: Who is signed in already, if known.
    """
    first = _FIRST_PAGES.get(who.audience, AFTER_SIGN_IN) if who else AFTER_SIGN_IN
    target = local_path(asked_for, first)
    return first if target.startswith("/login") else target
