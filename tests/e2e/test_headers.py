"""What every answer carries, and what the browser is asked to keep."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Watch
from tests.support.contents import contents
from tests.support.people import Person, actor_of, session_cookie
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
EVIL = "https://evil.example.com"
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(self), geolocation=(self), microphone=()",
    "cross-origin-opener-policy": "same-origin",
}
# One of each kind: what it is, its address, and its status.
ANSWERS = [
    ("a page complete in its first HTML", "/", 200),
    ("a page of the build", "/login", 200),
    ("a page with a parameter", "/bookings/B-0000-0000", 200),
    ("an unknown page", "/no-such-page", 404),
    ("an unknown service", "/services/no-such", 404),
    ("another spelling of an address", "/login/", 308),
    ("a file beside the pages", "/ui.js", 200),
    ("the service worker", "/sw.js", 200),
    ("a font", "/fonts/figtree-latin.woff2", 200),
    ("a file that is missing", "/assets/no-such.js", 404),
    ("the health", "/api/health", 200),
    ("the manifest", "/api/manifest.webmanifest", 200),
    ("the colours", "/api/brand.css", 200),
    ("a calendar file nobody may see", "/api/calendar/B-0000-0000.ics", 404),
    ("a route that is only posted to", "/api/auth/logout", 404),
    ("a way up out of the site", "/..%2f..%2fpyproject.toml", 404),
]


def _policy(answer: httpx.Response) -> dict[str, list[str]]:
    directives = answer.headers["content-security-policy"].split("; ")
    return {words[0]: words[1:] for words in (d.split() for d in directives)}


@pytest.mark.parametrize(
    ("path", "status"), [a[1:] for a in ANSWERS], ids=[a[0] for a in ANSWERS]
)
def test_every_kind_of_answer_is_guarded(
    portal: RunningPortal, path: str, status: int
) -> None:
    answer = httpx.get(portal.url + path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    policy = _policy(answer)
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["default-src"] == ["'self'"]
    assert policy["object-src"] == ["'none'"]
    assert policy["base-uri"] == policy["form-action"] == ["'self'"]
    own, *hashes = policy["script-src"]
    assert own == "'self'"
    assert [h for h in hashes if not re.fullmatch(r"'sha256-[\w+/]{43}='", h)] == []
    # Nothing is loaded from, or sent to, anybody else.
    foreign = [
        source
        for sources in policy.values()
        for source in sources
        if "://" in source and not re.search(r"//(localhost|127\.0\.0\.1):\d+$", source)
    ]
    assert foreign == []
    assert "server" not in answer.headers or "granian" in answer.headers["server"]


def test_a_refused_post_is_guarded_too(portal: RunningPortal) -> None:
    answer = httpx.post(f"{portal.url}/api/auth/logout", headers={"origin": EVIL})
    assert answer.status_code == 403
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert _policy(answer)["frame-ancestors"] == ["'none'"]


def test_built_files_are_kept_and_pages_are_asked_for(portal: RunningPortal) -> None:
    page = httpx.get(f"{portal.url}/login")
    script = re.findall(r'"(/assets/[\w.-]+\.js)"', page.text)[0]
    kept = "public, max-age=31536000, immutable"
    assert httpx.get(portal.url + script).headers["cache-control"] == kept
    assert page.headers["cache-control"] == "no-cache"


def _standing(portal: RunningPortal) -> dict[str, Any]:
    moving = {"attempt_window", "account_session", "outbox_message"}
    found = contents(portal.database)
    return {name: rows for name, rows in found.items() if name not in moving}


@pytest.mark.parametrize("origin", [EVIL, "null", None])
@pytest.mark.parametrize("path", ["/api/auth/session", "/api/auth/logout"])
def test_a_form_of_another_site_neither_signs_in_nor_out(
    portal: RunningPortal, customer: Person, path: str, origin: str | None
) -> None:
    cookie = session_cookie(portal.database, customer)
    before = _standing(portal)
    answer = httpx.post(
        portal.url + path,
        data={"ticket": "x", "next": "/bookings"},
        headers={"cookie": cookie} | ({"origin": origin} if origin else {}),
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert actor_of(portal.database, cookie).account_id is not None
    assert _standing(portal) == before


def test_a_page_of_another_site_cannot_log_a_customer_out(
    portal: RunningPortal, new_context: NewContext, customer: Person, watch: Watch
) -> None:
    watch.expected = ["status of 403"]
    context = new_context()
    page = steps.arrive_signed_in(context, portal, customer)
    form = f'<form method="post" action="{portal.url}/api/auth/logout"></form>'
    evil = f"<title>Win</title>{form}<script>document.forms[0].submit()</script>"
    context.route(
        "http://evil.localhost/**",
        lambda route: route.fulfill(body=evil, content_type="text/html"),
    )
    with page.expect_response("**/api/auth/logout") as refused:
        page.goto("http://evil.localhost/")
    assert refused.value.status == 403
    expect(page.get_by_text("This form was not sent from the portal.")).to_be_visible()
    steps.visit(page, "/bookings")
    expect(steps.heading(page, "My Bookings")).to_be_visible()


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    portal: RunningPortal, page: Page, customer: Person
) -> None:
    steps.log_in(page, customer)
    cookies = page.context.cookies()
    assert [c["name"] for c in cookies if not c["httpOnly"]] == []
    (cookie,) = [c for c in cookies if c["name"] == "portal"]
    assert {name: cookie[name] for name in cookie if name != "value"} == {  # type: ignore[literal-required]
        "name": "portal",
        "domain": "localhost",
        "path": "/",
        "expires": -1,
        "httpOnly": True,
        "secure": False,
        "sameSite": "Lax",
    }
    assert page.evaluate("document.cookie") == ""
    stored = page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, location.href])"
    )
    assert cookie["value"] not in stored
    steps.log_out(page)
    assert "portal" not in [c["name"] for c in page.context.cookies()]
    secret = f"portal={cookie['value']}"
    assert actor_of(portal.database, secret).account_id is None


def test_no_page_can_be_framed(
    portal: RunningPortal, new_context: NewContext, watch: Watch
) -> None:
    watch.expected = ["frame-ancestors", "Framing", "policy violation", "ERR_BLOCKED"]
    context = new_context()
    context.route(
        "http://evil.localhost/**",
        lambda route: route.fulfill(
            body=f'<iframe src="{portal.url}/login"></iframe>',
            content_type="text/html",
        ),
    )
    page = context.new_page()
    page.goto("http://evil.localhost/")
    inside = page.frame_locator("iframe")
    expect(inside.get_by_role("textbox")).to_have_count(0)
    assert page.frames[1].url.startswith("chrome-error://")
