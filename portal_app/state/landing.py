"""Where a person goes on after signing in."""

from portal_app.kernel.paths import local_path

AFTER_SIGN_IN = "/bookings"


def after_sign_in(asked_for: str | None) -> str:
    """The page a person wanted before they had to log in, or their first page.

    Args:
        asked_for: ``next`` of the address; not to be trusted.
    """
    target = local_path(asked_for, AFTER_SIGN_IN)
    return AFTER_SIGN_IN if target.startswith("/login") else target
