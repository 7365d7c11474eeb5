"""Signing in and out by HTTP: the cookie, and who may ask for it."""

from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from portal_app.api.sessions import session_routes
from portal_app.domain.accounts import service as accounts
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database
from portal_app.settings import Settings
from tests.support.accounts import HashingCalls, set_up_business, snapshot_without_logs
from tests.support.asgi import ORIGIN, request
from tests.support.people import Person, actor_of, new_customer, session_cookie

Post = Callable[..., httpx.Response]
HTTPS = "https://portal.example.com"


@pytest.fixture
def database(sqlite_db: Database, hashing: HashingCalls) -> Database:
    set_up_business(sqlite_db)
    return sqlite_db


def _app(database: Database, settings: Settings) -> Starlette:
    return Starlette(routes=session_routes(database, settings))


@pytest.fixture
def post(database: Database) -> Post:
    app = _app(database, Settings(_env_file=None, base_url=ORIGIN))

    def send(path: str, data: dict[str, str] | None = None, **headers: str) -> Any:
        sent = {"origin": ORIGIN} | headers
        return request(app, "POST", path, data=data or {}, headers=sent)

    return send


def _ticket(database: Database, remember: bool = False) -> str:
    person = new_customer(database)
    return accounts.sign_in(
        database, Actor(address="t"), person.email, person.password, remember
    )


def _cookie(answer: httpx.Response, name: str = "portal") -> Any:
    jar = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        jar.load(line)
    return jar[name]


def test_a_ticket_becomes_an_http_only_cookie(database: Database, post: Post) -> None:
    answer = post(
        "/api/auth/session", {"ticket": _ticket(database), "next": "/account?x=1"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?x=1")
    assert answer.headers["cache-control"] == "no-store"
    cookie = _cookie(answer)
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (
        True,
        "lax",
        "/",
    )
    assert (cookie["secure"], cookie["max-age"], cookie["domain"]) == ("", "", "")
    who = actor_of(database, f"portal={cookie.value}")
    assert who.audience is Audience.CUSTOMER
    assert cookie.value not in repr(snapshot_without_logs(database))


def test_remember_me_outlives_the_window(database: Database, post: Post) -> None:
    answer = post("/api/auth/session", {"ticket": _ticket(database, remember=True)})
    assert abs(int(_cookie(answer)["max-age"]) - 30 * 24 * 3600) <= 5


def test_on_https_the_cookie_is_pinned_to_the_host(database: Database) -> None:
    app = _app(database, Settings(_env_file=None, base_url=HTTPS))
    answer = request(
        app,
        "POST",
        "/api/auth/session",
        data={"ticket": _ticket(database)},
        headers={"origin": HTTPS},
    )
    assert _cookie(answer, "__Host-portal")["secure"] is True


def test_a_ticket_works_once(database: Database, post: Post) -> None:
    ticket = _ticket(database)
    post("/api/auth/session", {"ticket": ticket})
    before = snapshot_without_logs(database)
    answer = post("/api/auth/session", {"ticket": ticket, "next": "/account"})
    assert answer.headers["location"] == "/login?expired=1&next=%2Faccount"
    assert "set-cookie" not in answer.headers
    assert snapshot_without_logs(database) == before


@pytest.mark.parametrize("ticket", ["", "x", "' OR 1=1 --", "é" * 50])
def test_a_wrong_ticket_is_sent_back_to_log_in(
    database: Database, post: Post, ticket: str
) -> None:
    before = snapshot_without_logs(database)
    answer = post("/api/auth/session", {"ticket": ticket})
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/login?expired=1&next=%2F",
    )
    assert "set-cookie" not in answer.headers
    assert snapshot_without_logs(database) == before


@pytest.mark.parametrize("path", ["/api/auth/session", "/api/auth/logout"])
@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", ""])
def test_a_form_of_another_site_is_refused(
    database: Database, post: Post, path: str, origin: str
) -> None:
    ticket = _ticket(database)
    cookie = session_cookie(database, new_customer(database))
    before = snapshot_without_logs(database)
    answer = post(path, {"ticket": ticket}, origin=origin, cookie=cookie)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert snapshot_without_logs(database) == before


@pytest.mark.parametrize("path", ["/api/auth/session", "/api/auth/logout"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_only_a_post_signs_in_or_out(
    database: Database, path: str, method: str
) -> None:
    ticket = _ticket(database)
    cookie = session_cookie(database, new_customer(database))
    before = snapshot_without_logs(database)
    app = _app(database, Settings(_env_file=None, base_url=ORIGIN))
    answer = request(
        app,
        method,
        f"{path}?ticket={ticket}",
        headers={"origin": ORIGIN, "cookie": cookie},
    )
    assert answer.status_code == 405
    assert snapshot_without_logs(database) == before


def test_a_large_form_is_not_read(database: Database, post: Post) -> None:
    before = snapshot_without_logs(database)
    answer = post("/api/auth/session", {"ticket": "x" * 9000})
    assert answer.status_code == 413
    assert snapshot_without_logs(database) == before


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example.com/",
        "//evil.example.com/",
        "/\\evil.example.com/",
        "/\t/evil.example.com",
        "javascript:alert(1)",
        "evil",
        "",
    ],
)
def test_signing_in_never_leaves_the_portal(
    database: Database, post: Post, target: str
) -> None:
    answer = post("/api/auth/session", {"ticket": _ticket(database), "next": target})
    assert answer.headers["location"] == "/"


def test_signing_in_ends_the_session_the_browser_had(
    database: Database, post: Post
) -> None:
    old = session_cookie(database, new_customer(database))
    post("/api/auth/session", {"ticket": _ticket(database)}, cookie=old)
    assert actor_of(database, old).audience is Audience.PUBLIC


def test_signing_out_ends_the_session_and_drops_the_cookie(
    database: Database, post: Post
) -> None:
    cookie = session_cookie(database, new_customer(database))
    other = session_cookie(database, new_customer(database))
    answer = post("/api/auth/logout", cookie=cookie)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    dropped = _cookie(answer)
    assert (dropped.value, dropped["max-age"]) == ("", "0")
    assert actor_of(database, cookie).session_id is None
    assert actor_of(database, other).session_id is not None


@pytest.mark.parametrize("cookie", ["", "portal=x", "portal=", "a=b; portal"])
def test_signing_out_without_a_session_is_fine(
    database: Database, post: Post, cookie: str
) -> None:
    before = snapshot_without_logs(database)
    answer = post("/api/auth/logout", cookie=cookie)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert snapshot_without_logs(database) == before


def _device_cookie(answer: httpx.Response) -> str:
    return str(_cookie(answer, "portal-device").value)


def _enter(database: Database, post: Post, person: Person, **headers: str) -> str:
    ticket = accounts.sign_in(
        database, Actor(address="t"), person.email, person.password, False
    )
    return _device_cookie(post("/api/auth/session", {"ticket": ticket}, **headers))


def test_the_device_cookie_is_no_script_s_and_outlives_the_window(
    database: Database, post: Post
) -> None:
    answer = post("/api/auth/session", {"ticket": _ticket(database)})
    cookie = _cookie(answer, "portal-device")
    assert (cookie["httponly"], cookie["samesite"]) == (True, "lax")
    assert int(cookie["max-age"]) == 365 * 24 * 3600
    assert cookie.value not in repr(snapshot_without_logs(database))
    left = post("/api/auth/logout", cookie=f"portal-device={cookie.value}")
    assert "portal-device" not in left.headers["set-cookie"]


def test_people_who_share_a_browser_are_known_there_each(
    database: Database, post: Post
) -> None:
    maya, noah = new_customer(database), new_customer(database)
    first = _enter(database, post, maya)
    both = _enter(database, post, noah, cookie=f"portal-device={first}")
    assert both.split(".")[1:] == [first]
    again = _enter(database, post, maya, cookie=f"portal-device={both}")
    assert again.split(".") == [first, both.split(".")[0]]


def test_a_browser_keeps_five_secrets(database: Database, post: Post) -> None:
    sent = ".".join("abcdefgh")
    got = _enter(database, post, new_customer(database), cookie=f"portal-device={sent}")
    assert got.split(".")[1:] == ["a", "b", "c", "d"]
