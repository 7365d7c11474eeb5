"""The guard: what every answer carries, and what a socket may bring along."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.testing import capture_logs

from portal_app.api.guard import (
    AnsweringFailed,
    Guard,
    allowed_origins,
    content_security_policy,
    inline_script_hashes,
    local_location,
    session_state_token,
)
from portal_app.kernel.ids import hash_secret
from portal_app.serving.trailing_slash import TrailingSlashRedirect
from portal_app.settings import Settings
from tests.support.asgi import ORIGIN, request

SETTINGS = Settings(_env_file=None, base_url=ORIGIN)
HTTPS = Settings(
    _env_file=None,
    env="production",
    base_url="https://portal.example.com",
    secret_key="k" * 40,
    mail_url="smtp://mail.example.com",
)


async def _page(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("hello")(scope, receive, send)


def _headers(settings: Settings, path: str = "/") -> Any:
    policy = content_security_policy(settings, ["'sha256-abc='"])
    return request(Guard(_page, settings, {"": policy}), "GET", path).headers


def _connect(
    *headers: tuple[str, str], query: str = "token=t1&EIO=4"
) -> tuple[Scope | None, list[Message]]:
    """Open a socket; what the app behind the guard saw, and what was sent."""
    seen: list[Scope] = []
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    scope = {
        "type": "websocket",
        "path": "/_event/",
        "query_string": query.encode(),
        "headers": [(n.encode(), v.encode()) for n, v in headers],
    }
    asyncio.run(Guard(app, SETTINGS, {"": ""})(scope, receive, send))
    return (seen[0] if seen else None), sent


def _token(scope: Scope | None) -> str:
    assert scope is not None
    (token,) = parse_qs(scope["query_string"].decode())["token"]
    return token


def test_every_answer_carries_the_headers() -> None:
    headers = _headers(SETTINGS)
    assert headers["content-security-policy"] == (
        "default-src 'self'; script-src 'self' 'sha256-abc='; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self'; "
        "connect-src 'self' ws://127.0.0.1:3000 ws://localhost:3000; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "strict-transport-security" not in headers


def test_https_answers_carry_hsts() -> None:
    headers = _headers(HTTPS)
    assert headers["strict-transport-security"] == (
        "max-age=31536000; includeSubDomains"
    )
    assert (
        "connect-src 'self' wss://portal.example.com;"
        in (headers["content-security-policy"])
    )


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("/assets/a.js", "public, max-age=31536000, immutable"),
        ("/fonts/a.woff2", "public, max-age=31536000, immutable"),
        ("/icons/icon-192.png", "public, max-age=86400"),
        ("/services/dog-walking.webp", "public, max-age=86400"),
        ("/sw.js", "no-cache"),
        ("/api/anything", "private, no-store"),
    ],
)
def test_each_kind_of_file_is_kept_as_long_as_it_may(path: str, policy: str) -> None:
    assert _headers(SETTINGS, path)["cache-control"] == policy


ONE = "'sha256-HR7iaask9daLMRRskMI++QeJtjWDOjyPA6lGzYGzKW4='"
TWO = "'sha256-iMrPAWirDC2X0OhZzLsM2MRIWSmepJGI4r7D8ZlwBOw='"


def test_the_inline_scripts_of_a_page_are_named_where_it_is_asked_for(
    tmp_path: Path,
) -> None:
    one, two = "<script>one()</script>", "<script type='module'>two()</script>"
    (tmp_path / "a").mkdir()
    for name, html in {
        "index.html": two + "<script src='x'></script>",
        "a/index.html": two,
        "b.html": "",
        "offline.html": two,
        "404.html": one,
        "__spa-fallback.html": one,
    }.items():
        (tmp_path / name).write_text(html)
    both = sorted([ONE, TWO])
    assert inline_script_hashes(tmp_path) == {
        "": [ONE],
        "/": both,
        "/a": both,
        "/b": [ONE],
        "/offline.html": both,
    }


def test_a_page_has_the_policy_of_its_path() -> None:
    guarded = Guard(_page, SETTINGS, {"": "any", "/": "home", "/a": "a"})
    assert [
        request(guarded, "GET", path).headers["content-security-policy"]
        for path in ("/", "/a", "/a/", "/bookings/B-1")
    ] == ["home", "a", "a", "any"]


def test_only_demo_mode_allows_localhost() -> None:
    assert allowed_origins(SETTINGS) == [ORIGIN, "http://127.0.0.1:3000"]
    assert allowed_origins(HTTPS) == ["https://portal.example.com"]


def test_a_socket_loses_its_cookies_and_keeps_one_hash() -> None:
    scope, sent = _connect(
        ("origin", ORIGIN), ("cookie", "theme=dark; portal=s3cret"), ("x-a", "b")
    )
    assert scope is not None
    assert scope["headers"] == [
        (b"origin", ORIGIN.encode()),
        (b"x-a", b"b"),
        (b"cookie", hash_secret("s3cret").encode()),
    ]
    assert b"s3cret" not in repr(scope).encode()
    assert sent == []


@pytest.mark.parametrize("cookie", ["", "theme=dark", "portal=", "portal", "\x00=;"])
def test_a_socket_without_a_session_has_no_cookie_at_all(cookie: str) -> None:
    scope, _ = _connect(("cookie", cookie))
    assert scope is not None
    assert scope["headers"] == []
    assert _token(scope) == "t1.nobody"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example.com", "null", "http://localhost:3001", f"{ORIGIN}.evil.com"],
)
def test_a_socket_of_another_site_is_refused(origin: str) -> None:
    scope, sent = _connect(("origin", origin), ("cookie", "portal=s3cret"))
    assert scope is None
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_a_state_belongs_to_a_tab_and_a_session() -> None:
    names = {
        _token(_connect(*headers, query=query)[0])
        for query in ("token=t1", "token=t2")
        for headers in ([], [("cookie", "portal=a")], [("cookie", "portal=b")])
    }
    assert len(names) == 6
    assert not any(hash_secret("a")[:8] in name for name in names)


def test_a_state_of_another_session_cannot_be_named() -> None:
    victim = _token(_connect(("cookie", "portal=victim"))[0])
    for query in (
        f"token={victim}",
        f"token={victim}&token={victim}",
        f"token=&token={victim}",
    ):
        scope, _ = _connect(("cookie", "portal=thief"), query=query)
        assert scope is not None
        assert parse_qs(scope["query_string"].decode()).get("token", []) != [victim]
        assert victim.encode() not in scope["query_string"].split(b"=")


def test_a_socket_without_a_token_gets_none() -> None:
    assert session_state_token(b"EIO=4&transport=websocket", "abc") == (
        b"EIO=4&transport=websocket"
    )


def test_a_socket_brings_the_hash_of_an_offer_and_nothing_made_up() -> None:
    scope, _ = _connect(
        ("cookie", "portal-offer=0ff3r"), ("authorization", "offer=made-up")
    )
    assert scope is not None
    sent = [value for name, value in scope["headers"] if name == b"authorization"]
    assert sent == [f"offer={hash_secret('0ff3r')}".encode()]
    scope, _ = _connect(("authorization", "offer=made-up"))
    assert scope is not None
    assert b"authorization" not in dict(scope["headers"])


def test_a_socket_brings_all_lines_of_the_proxies_in_one() -> None:
    scope, _ = _connect(
        ("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "192.0.2.1, 10.0.0.2")
    )
    assert scope is not None
    lines = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    assert lines == [b"6.6.6.6,192.0.2.1, 10.0.0.2"]


def test_a_socket_brings_the_hashes_of_the_devices() -> None:
    scope, _ = _connect(("cookie", "portal-device=one.two; portal-offer=0ff3r"))
    assert scope is not None
    sent = dict(scope["headers"])
    assert sent[b"authorization"].decode() == "&".join(
        f"{kind}={hash_secret(secret)}"
        for kind, secret in (("offer", "0ff3r"), ("device", "one"), ("device", "two"))
    )
    assert b"cookie" not in sent


@pytest.mark.parametrize(
    "path", ["/reset-password", "/login/connect", "/confirm-email"]
)
def test_pages_with_secrets_send_no_referrer(path: str) -> None:
    headers = _headers(Settings(_env_file=None, base_url=ORIGIN), path)
    assert headers["referrer-policy"] == "same-origin"


ODD_PATHS = [
    "/\\evil.example",
    "/\\\\evil.example/",
    "/%5cevil.example",
    "/%5c%5cevil.example/",
    "/%5c",
    "//evil.example/..",
    "//evil.example//",
    "///evil.example/%2e%2e/",
    "/services/%2f%2fevil.example",
    "/services/%5cevil.example/",
    "/%2f%2fevil.example/",
    "/@evil.example/",
    "/.%5cevil.example/",
    "/folder/",
    "/late",
    "//folder",
    "/named",
    "/named/",
    "//named/",
    "/%09/evil.example/",
]


def _redirecting(folder: Path) -> ASGIApp:
    """Everything that redirects by itself, behind the guard."""
    for name in ("folder", "\\evil.example", "\\", "@evil.example", "login"):
        (folder / name).mkdir()
        (folder / name / "index.html").touch()

    async def named(_request: Request) -> Response:
        return Response("found")

    async def asked(request: Request) -> Response:
        return RedirectResponse(str(request.url))

    site = Starlette(
        routes=[
            Route("/named", named),
            Route("/services/{slug:path}", asked),
            Mount("/", StaticFiles(directory=folder, html=True)),
        ]
    )
    portal = Guard(TrailingSlashRedirect(site, folder), SETTINGS, {"": "policy"})
    # What is no page of the build is Starlette's own to redirect.
    (folder / "late").mkdir()
    (folder / "late" / "index.html").touch()
    return portal


def test_no_redirect_leaves_the_origin(tmp_path: Path) -> None:
    portal = _redirecting(tmp_path)
    led = {}
    for path in ODD_PATHS:
        for host in ("localhost:3000", "portal.example.com", "evil.example"):
            answer = _raw(portal, path, host)
            if location := answer.get("location"):
                led[path, host] = location
                target = urljoin("https://portal.example.com/x", location)
                assert urlsplit(target).netloc == "portal.example.com", path
                assert location.startswith("/"), path
                assert not location.startswith(("//", "/\\")), path
    assert led["/folder/", "localhost:3000"] == "/folder"
    assert led["/late", "portal.example.com"] == "/late/"
    assert led["//folder", "evil.example"] == "/folder/"
    assert led["/services/%5cevil.example/", "evil.example"] == (
        "/services/%5Cevil.example/"
    )


@pytest.mark.parametrize(
    ("location", "local"),
    [
        ("http://portal.example.com/a?b=c", "/a?b=c"),
        ("/login?next=%2F%2Fevil", "/login?next=%2F%2Fevil"),
        ("http://evil.example/a?b", "/"),
        ("//evil.example/a", "/"),
        ("/\\evil.example", "/%5Cevil.example"),
        ("\\\\evil.example", "/%5C%5Cevil.example"),
        ("http://portal.example.com//evil.example", "/evil.example"),
        ("javascript:alert(1)", "/alert(1)"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_a_redirect_is_a_path(location: str, local: str) -> None:
    assert local_location(location, "portal.example.com") == local


def test_a_provider_is_elsewhere() -> None:
    async def start(_request: Request) -> Response:
        return RedirectResponse("https://accounts.example/authorize?x=1")

    routes = [Route("/api/auth/google/start", start)]
    portal = Guard(Starlette(routes=routes), SETTINGS, {"": "policy"})
    assert request(portal, "GET", "/api/auth/google/start").headers["location"] == (
        "https://accounts.example/authorize?x=1"
    )


def _raw(portal: ASGIApp, path: str, host: str) -> dict[str, str]:
    """Ask for a path as it is written, which no client library does."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", host.encode())],
        "root_path": "",
    }
    asyncio.run(portal(scope, receive, send))  # type: ignore[arg-type]
    return dict(Headers(raw=sent[0]["headers"]))


TYPED = "violet-otter-canoe-77"


def _failing(after: int) -> ASGIApp:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        parts: list[Message] = [
            {"type": "http.response.start", "status": 200, "headers": []},
            {"type": "http.response.body", "body": b"begun", "more_body": True},
            {"type": "http.response.body", "body": b"", "more_body": False},
        ]
        for part in parts[:after]:
            await send(part)
        raise RuntimeError(TYPED)

    return Guard(failing, SETTINGS, {"": "policy"})


def test_what_fails_is_logged_by_us_and_told_to_nobody() -> None:
    with capture_logs() as lines:
        early = request(_failing(0), "GET", "/x")
        late = request(_failing(3), "GET", "/x")
        with pytest.raises(AnsweringFailed) as broken:
            request(_failing(2), "GET", "/x")
    assert (early.status_code, late.text) == (500, "begun")
    assert early.headers["content-security-policy"] == "policy"
    assert [line["event"] for line in lines] == ["request failed"] * 3
    assert TYPED not in early.text + repr(broken.value)
    assert broken.value.__suppress_context__


@pytest.mark.parametrize("answering", [True, False])
def test_a_socket_is_taken_only_when_it_would_be_answered(answering: bool) -> None:
    reached: list[str] = []
    sent: list[Message] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope["type"])

    async def is_answering() -> bool:
        return answering

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/", "query_string": b"", "headers": []}
    portal = Guard(inner, SETTINGS, {"": "policy"}, is_answering)
    asyncio.run(portal(scope, receive, send))
    assert reached == (["websocket"] if answering else [])
    assert [m.get("code") for m in sent] == ([] if answering else [1013])
