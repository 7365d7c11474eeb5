"""Cookies beside the session's: HttpOnly, for this host, never for scripts."""

from collections.abc import Sequence
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.responses import Response

from portal_app.settings import Settings

DEVICE_COOKIE = "portal-device"
"""A browser that somebody signed in with before: a secret for each account."""
FLOW_COOKIE = "portal-flow"
"""A browser that is at a provider's log-in page."""
CODE_COOKIE = "portal-code"
"""A browser whose log-in waits for a code of an authenticator app."""
PENDING_IDENTITY_COOKIE = "portal-offer"
"""A browser that a provider vouched for, before it is clear whose account it is."""

VISITOR_COOKIE = "portal-visitor"
"""A browser in which somebody without an account has begun to book."""


def prefixed_name(settings: Settings, name: str) -> str:
    """The cookie's name; on https the prefix pins it to this host."""
    return f"__Host-{name}" if settings.is_https else name


def read_cookie(settings: Settings, headers: Headers, name: str) -> str:
    """The value of a cookie of a request, or an empty string."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(
            prefixed_name(settings, name)
        )
    except CookieError:
        return ""
    return found.value if found else ""


_MOST_DEVICE_SECRETS = 5
_BETWEEN_SECRETS = "."


def read_device_secrets(settings: Settings, headers: Headers) -> tuple[str, ...]:
    """By what accounts may know the browser, the latest first."""
    value = read_cookie(settings, headers, DEVICE_COOKIE)
    secrets = [secret for secret in value.split(_BETWEEN_SECRETS) if secret]
    return tuple(secrets[:_MOST_DEVICE_SECRETS])


def device_cookie_value(secret: str, others: Sequence[str]) -> str:
    """What the cookie holds after somebody signed in.

    People who share a browser keep a secret each, up to five of them.

    Args:
        secret: Of the account that signed in.
        others: What the browser brought.
    """
    kept = [secret, *(other for other in others if other != secret)]
    return _BETWEEN_SECRETS.join(kept[:_MOST_DEVICE_SECRETS])


def set_cookie(
    answer: Response, settings: Settings, name: str, value: str, seconds: int | None
) -> None:
    """Give the browser a cookie.

    Args:
        answer: What the browser gets.
        settings: Whether the portal is on https.
        name: One of the names above, or the session's.
        value: A random secret.
        seconds: How long; ``None`` until the browser is closed.
    """
    answer.set_cookie(
        prefixed_name(settings, name),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        # Lax is enough even for an answer that another site's form posts: it is
        # passed on to a GET of our own, which carries the cookie.
        samesite="lax",
        secure=settings.is_https,
    )


def delete_cookie(answer: Response, settings: Settings, name: str) -> None:
    """Take a cookie away."""
    answer.delete_cookie(
        prefixed_name(settings, name),
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.is_https,
    )
