"""What every answer carries, and what the browser is asked to keep."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import BrowserContext, expect

from tests.e2e import steps
from tests.e2e.conftest import Watch
from tests.support.people import Person
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


def test_every_kind_of_answer_is_guarded(portal: RunningPortal) -> None:
    with httpx.Client(base_url=portal.url) as client:
        answers = {case: client.get(path) for case, path, _ in ANSWERS}
        refused = client.post("/api/auth/logout", headers={"origin": EVIL})
    found = {case: answer.status_code for case, answer in answers.items()}
    assert found == {case: status for case, _, status in ANSWERS}
    assert refused.status_code == 403
    for case, answer in (*answers.items(), ("a refused form", refused)):
        assert _faults(answer) == {}, case


def _faults(answer: httpx.Response) -> dict[str, Any]:
    """What of an answer's headers is not as it is for every answer."""
    policy = _policy(answer)
    own, *hashes = policy["script-src"]
    right: dict[str, Any] = {
        **HEADERS,
        "frame-ancestors": ["'none'"],
        "default-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "script-src": "'self'",
        "other scripts": [],
        "other sites": [],
        "server": "granian",
    }
    found: dict[str, Any] = {
        **{name: answer.headers.get(name) for name in HEADERS},
        **{name: policy[name] for name in right if name in policy},
        "script-src": own,
        "other scripts": [
            h for h in hashes if not re.fullmatch(r"'sha256-[\w+/]{43}='", h)
        ],
        # Nothing is loaded from, or sent to, anybody else.
        "other sites": [
            source
            for sources in policy.values()
            for source in sources
            if "://" in source
            and not re.search(r"//(localhost|127\.0\.0\.1):\d+$", source)
        ],
        "server": answer.headers.get("server", "granian").partition("/")[0],
    }
    return {name: found[name] for name in right if found[name] != right[name]}


def test_built_files_are_kept_and_pages_are_asked_for(portal: RunningPortal) -> None:
    page = httpx.get(f"{portal.url}/login")
    script = re.findall(r'"(/assets/[\w.-]+\.js)"', page.text)[0]
    kept = "public, max-age=31536000, immutable"
    assert httpx.get(portal.url + script).headers["cache-control"] == kept
    assert page.headers["cache-control"] == "no-cache"


def test_another_site_neither_logs_a_customer_out_nor_frames_a_page(
    portal: RunningPortal, new_context: NewContext, customer: Person, watch: Watch
) -> None:
    watch.expected = [
        "status of 403",
        "frame-ancestors",
        "Framing",
        "policy violation",
        "ERR_BLOCKED",
    ]
    form = f'<form method="post" action="{portal.url}/api/auth/logout"></form>'
    pages = {
        "/form": f"<title>Win</title>{form}<script>document.forms[0].submit()</script>",
        "/frame": f'<iframe src="{portal.url}/login"></iframe>',
    }
    context = new_context()
    page = steps.arrive_signed_in(context, portal, customer)
    context.route(
        "http://evil.localhost/**",
        lambda route: route.fulfill(
            body=pages[urlsplit(route.request.url).path], content_type="text/html"
        ),
    )
    with page.expect_response("**/api/auth/logout") as refused:
        page.goto("http://evil.localhost/form")
    assert refused.value.status == 403
    expect(page.get_by_text("This form was not sent from the portal.")).to_be_visible()
    page.goto("http://evil.localhost/frame")
    inside = page.frame_locator("iframe")
    expect(inside.get_by_role("textbox")).to_have_count(0)
    assert page.frames[1].url.startswith("chrome-error://")
    steps.visit(page, "/bookings")
    expect(steps.heading(page, "My Bookings")).to_be_visible()
