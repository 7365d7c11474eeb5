"""What every answer carries and every socket must pass.

Security headers on all answers; the session cookie of a socket handshake is
replaced by its hash before Reflex sees it, so that the secret is never kept in
a state; a socket from a foreign origin is refused.
"""

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal_app.api.cookies import (
    CODE_COOKIE,
    PENDING_IDENTITY_COOKIE,
    VISITOR_COOKIE,
    read_cookie,
    read_device_secrets,
)
from portal_app.api.failures import failure_response
from portal_app.kernel.errors import outage_behind
from portal_app.kernel.ids import hash_secret
from portal_app.settings import Settings

log = structlog.get_logger("requests")

_CACHE_RULES = (
    # Built files carry a digest in their names; fonts never change.
    (("/assets/", "/fonts/"), "public, max-age=31536000, immutable"),
    (("/icons/", "/services/", "/art/"), "public, max-age=86400"),
    (("/api/",), "private, no-store"),
)
_REVALIDATE = "no-cache"
_OK = 200
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.S)
_ANSWER_ANYWHERE = ("__spa-fallback.html", "404.html")
"""What answers at paths that have no page of their own, such as a booking's."""
_OFFLINE = "offline.html"
"""What the service worker fetches by this name."""
_PRIVATE_HEADERS = frozenset({b"cookie", b"authorization", b"x-forwarded-for"})
"""Headers of a handshake that only say what the guard puts there."""
_TOKEN_PAGES = frozenset(
    {
        "/verify-email",
        "/reset-password",
        "/confirm-email",
        "/login/booking",
        "/login/connect",
    }
)
"""Pages whose address may hold a secret, which no other address shall learn."""
_LEADS_ELSEWHERE = "/api/auth/"
"""Providers are elsewhere; those routes name them, and nothing that was asked for."""
_HSTS = "max-age=31536000; includeSubDomains"


class AnsweringFailed(Exception):
    """An answer broke off; the log has said why."""


def local_location(location: str, host: str) -> str:
    """Where a redirect of ours leads: a path of this origin, whatever was asked for.

    A path is all that is right behind every proxy. One that begins with two slashes,
    or has a backslash where a browser reads a slash, would name another host.

    Args:
        location: As an answer has it.
        host: The ``Host`` of the request.
    """
    try:
        parts = urlsplit(location)
    except ValueError:
        return "/"
    # What names another host is none of ours, but made from what was asked for.
    own = not parts.netloc or parts.netloc == host
    path = "/" + parts.path.replace("\\", "%5C").lstrip("/") if own else "/"
    return urlunsplit(("", "", path, parts.query if own else "", ""))


def cookie_name(settings: Settings) -> str:
    """The session cookie's name; the ``__Host-`` prefix pins it to this host."""
    return "__Host-portal" if settings.is_https else "portal"


def session_secret(settings: Settings, headers: Headers) -> str:
    """The session's secret in a request's cookies, or an empty string."""
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    morsel = cookies.get(cookie_name(settings))
    return morsel.value if morsel else ""


def allowed_origins(settings: Settings) -> list[str]:
    """The origins the portal's own pages have.

    A demo on a laptop is also reached by ``127.0.0.1``.
    """
    own = [settings.base_url]
    if settings.env == "demo":
        own += [f"http://{host}:{settings.port}" for host in ("localhost", "127.0.0.1")]
    return list(dict.fromkeys(own))


def inline_script_hashes(built_site: Path) -> dict[str, list[str]]:
    """The CSP sources of the inline scripts of the built pages, by path.

    Not of all pages on each: a proxy takes a header of 4 kB, not more. At ``""`` are
    those of the pages that answer any other path; they are on every page as well.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for page in built_site.rglob("*.html"):
        name = page.relative_to(built_site).as_posix()
        found["" if name in _ANSWER_ANYWHERE else _path_of(name)] |= _hashes_in(page)
    return {path: sorted(theirs | found[""]) for path, theirs in [*found.items()]}


def _hashes_in(page: Path) -> set[str]:
    scripts = _INLINE_SCRIPT.findall(page.read_text(encoding="utf-8"))
    digests = (hashlib.sha256(one.encode()).digest() for one in scripts if one)
    return {f"'sha256-{base64.b64encode(one).decode()}'" for one in digests}


def _path_of(name: str) -> str:
    """Where a built page is asked for."""
    if name == _OFFLINE:
        return f"/{name}"
    path = f"/{name}".removesuffix("/index.html").removesuffix(".html")
    return path or "/"


def content_security_policies(
    settings: Settings, script_hashes: Mapping[str, Iterable[str]]
) -> dict[str, str]:
    """The policy of each path of ``script_hashes``."""
    return {
        path: content_security_policy(settings, hashes)
        for path, hashes in script_hashes.items()
    }


def content_security_policy(settings: Settings, script_hashes: Iterable[str]) -> str:
    """The policy that names exactly what a page uses."""
    sockets = {origin.replace("http", "ws", 1) for origin in allowed_origins(settings)}
    directives = {
        "default-src": ["'self'"],
        "script-src": ["'self'", *script_hashes],
        # Emotion, Reflex's styling engine, writes style elements.
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:", *_tile_origins(settings)],
        "font-src": ["'self'"],
        "connect-src": ["'self'", *sorted(sockets)],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(" ".join([name, *values]) for name, values in directives.items())


def session_state_token(query_string: bytes, session: str) -> bytes:
    """Tie the state a socket asks for to the session it belongs to.

    A tab names its state by a token of its own choice, which outlives sign-in
    and sign-out and may be stolen. With the session as part of the name, the
    same token with another cookie, or with none, is another state.

    Args:
        query_string: Of the socket's address.
        session: The hash of the session's secret or, without one, of a visitor's; or
            an empty string.

    Returns:
        The query string to go on with.
    """
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
    token = next((value for name, value in pairs if name == "token"), "")
    kept = [pair for pair in pairs if pair[0] != "token"]
    if token:
        # Hashed once more: the browser sees this name, not what is stored.
        owner = hash_secret(session)[:20] if session else "nobody"
        kept.append(("token", f"{token}.{owner}"))
    return urlencode(kept).encode()


def _cache_control(path: str, status: int, headers: Headers) -> str:
    """How long a browser may keep an answer that does not say so itself."""
    is_page = headers.get("content-type", "").startswith("text/html")
    if status == _OK and not is_page:
        for prefixes, policy in _CACHE_RULES:
            if path.startswith(prefixes):
                return policy
    return _REVALIDATE


def _tile_origins(settings: Settings) -> list[str]:
    """The map service that the business configured, if it did."""
    if not settings.map_tiles_url:
        return []
    parts = urlsplit(settings.map_tiles_url)
    return [f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"]


class Guard:
    """ASGI middleware around the whole portal.

    Args:
        app: What it guards.
        settings: Addresses and proxies.
        policies: The content security policy by path, and at ``""`` elsewhere.
        is_answering: Whether a socket would be answered now. A browser that is
            refused one tries again, and says so.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        policies: Mapping[str, str],
        is_answering: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        self._app = app
        self._is_answering = is_answering
        self._settings = settings
        self._origins = frozenset(allowed_origins(settings))
        self._policies = policies
        self._headers = {
            "x-content-type-options": "nosniff",
            "referrer-policy": "strict-origin-when-cross-origin",
            "permissions-policy": "camera=(self), geolocation=(self), microphone=()",
            "cross-origin-opener-policy": "same-origin",
        }
        if settings.is_https:
            self._headers["strict-transport-security"] = _HSTS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Guard one request or socket."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is not None and origin not in self._origins:
            await send({"type": "websocket.close", "code": 1008})
            return
        if self._is_answering is not None and not await self._is_answering():
            await send({"type": "websocket.close", "code": 1013})
            return
        secret = session_secret(self._settings, headers)
        session = hash_secret(secret) if secret else ""
        visitor = read_cookie(self._settings, headers, VISITOR_COOKIE)
        kept = [pair for pair in scope["headers"] if pair[0] not in _PRIVATE_HEADERS]
        if forwarded := headers.getlist("x-forwarded-for"):
            # Reflex reads the last line only, a proxy may write one of its own.
            kept.append((b"x-forwarded-for", ",".join(forwarded).encode()))
        if session:
            kept.append((b"cookie", session.encode()))
        brought = [
            ("offer", read_cookie(self._settings, headers, PENDING_IDENTITY_COOKIE)),
            ("code", read_cookie(self._settings, headers, CODE_COOKIE)),
            ("visitor", visitor),
            *(
                ("device", secret)
                for secret in read_device_secrets(self._settings, headers)
            ),
        ]
        hashes = [(kind, hash_secret(secret)) for kind, secret in brought if secret]
        if hashes:
            # Reflex keeps this header to itself, as it does with cookies.
            kept.append((b"authorization", urlencode(hashes).encode()))
        # What a visitor has chosen is in the state, and is this browser's alone.
        owner = session or (hash_secret(visitor) if visitor else "")
        query = session_state_token(scope["query_string"], owner)
        inner = {**scope, "headers": kept, "query_string": query}
        try:
            await self._app(inner, receive, send)
        except Exception as error:
            log.error("socket failed", exc_info=error)
            raise AnsweringFailed from None

    def _policy(self, path: str) -> str:
        return self._policies.get(path.rstrip("/") or "/", self._policies[""])

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        host = Headers(scope=scope).get("host", "")
        begun = ended = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun, ended
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                if "location" in headers and not path.startswith(_LEADS_ELSEWHERE):
                    headers["location"] = local_location(headers["location"], host)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", self._policy(path))
                if path.rstrip("/") in _TOKEN_PAGES:
                    # "no-referrer" would take the origin from our own forms as well.
                    headers["referrer-policy"] = "same-origin"
                headers.setdefault(
                    "cache-control", _cache_control(path, message["status"], headers)
                )
            elif message["type"] == "http.response.body":
                ended = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            if begun or outage_behind(error) is None:
                log.error("request failed", exc_info=error)
            if begun and not ended:
                # The server has to cut it off; it would print what it is told.
                raise AnsweringFailed from None
            if not begun:
                answer = failure_response(Request(scope), error)
                await answer(scope, receive, send_with_headers)
