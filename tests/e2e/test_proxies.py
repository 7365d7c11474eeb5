"""In production behind two nginx, run on the configurations that are documented."""

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse, HTTPSConnection
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, col, select

from portal_app.domain.accounts.models import AccountSession, SecurityEvent
from portal_app.serving import build as frontend
from tests.e2e import steps
from tests.e2e.conftest import Watch
from tests.support.demo import LoadedDemo
from tests.support.mailbox import Mailbox
from tests.support.nginx import nginx_available, running_nginx, self_signed
from tests.support.people import Person
from tests.support.ports import free_port
from tests.support.server import ROOT, RunningPortal, running_portal
from tests.support.sockets import RawTab, raw_tab

pytestmark = pytest.mark.skipif(
    not nginx_available(), reason="nginx is not installed on this machine"
)
SAMPLES = ROOT / "docs" / "deployment"
# Browsers know where it is; Reflex gives up the port of a mere localhost on https.
HOST = "portal.localhost"
CLIENT, FORGED = "127.0.0.5", "203.0.113.66"
_STATES = "reflex___state____state.portal_app___state___"
SUBMIT = f"{_STATES}auth___login____login_state.submit"
LOAD = f"{_STATES}core___viewer____viewer_state.load"
_HSTS = "max-age=31536000; includeSubDomains"


@dataclass(frozen=True)
class Proxied:
    """The portal as the world sees it."""

    portal: RunningPortal
    url: str
    plain_port: int
    chain: Path


@pytest.fixture(scope="module")
def proxied(
    tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox, demo: LoadedDemo
) -> Iterator[Proxied]:
    """nginx, behind it nginx, behind it the portal."""
    if not frontend.is_current():
        frontend.build()
    folder = tmp_path_factory.mktemp("proxies")
    certificate = self_signed(folder, HOST)
    plain, edge, inner = free_port(), free_port(), free_port()
    url = f"https://{HOST}:{edge}"
    with (
        running_portal(
            folder / "portal",
            mailbox,
            demo,
            PORTAL_ENV="production",
            PORTAL_BASE_URL=url,
            PORTAL_SECRET_KEY="k" * 40,
            PORTAL_TRUSTED_PROXY_HOPS="2",
        ) as portal,
        running_nginx(
            folder / "inner",
            SAMPLES / "inner.nginx.conf",
            {
                "listen 127.0.0.1:8080;": f"listen 127.0.0.1:{inner};",
                "http://127.0.0.1:3000;": f"{portal.url};",
            },
            inner,
        ),
        running_nginx(
            folder / "edge",
            SAMPLES / "edge.nginx.conf",
            {
                "listen 80;": f"listen 127.0.0.1:{plain};",
                "listen 443 ssl http2;": f"listen 127.0.0.1:{edge} ssl http2;",
                "/etc/ssl/portal/fullchain.pem": str(certificate.chain),
                "/etc/ssl/portal/privkey.pem": str(certificate.key),
                "http://127.0.0.1:8080;": f"http://127.0.0.1:{inner};",
            },
            edge,
        ),
    ):
        yield Proxied(portal, url, plain, certificate.chain)


@pytest.fixture
def portal(proxied: Proxied) -> RunningPortal:
    return proxied.portal


@pytest.fixture
def context_options() -> dict[str, object]:
    return {"ignore_https_errors": True}


@contextmanager
def _connection(proxied: Proxied) -> Iterator[ssl.SSLSocket]:
    """A connection from the client's own address, which trusts the certificate."""
    port = urlsplit(proxied.url).port
    trusting = ssl.create_default_context(cafile=str(proxied.chain))
    with (
        socket.create_connection(
            ("127.0.0.1", port or 0), timeout=15, source_address=(CLIENT, 0)
        ) as plain,
        trusting.wrap_socket(plain, server_hostname=HOST) as secured,
    ):
        yield secured


def _ask(
    proxied: Proxied, method: str, path: str, body: str = "", **headers: str
) -> HTTPResponse:
    """What one request is answered, its body read."""
    asking = HTTPSConnection(urlsplit(proxied.url).netloc)
    with _connection(proxied) as connection:
        asking.sock = connection
        sent = {"X-Forwarded-For": FORGED} | headers
        asking.request(method, path, body or None, sent)
        answer = asking.getresponse()
        answer.read()
    return answer


@contextmanager
def _tab(proxied: Proxied, cookie: str = "") -> Iterator[RawTab]:
    with (
        _connection(proxied) as connection,
        raw_tab(
            proxied.url,
            cookie,
            connection=connection,
            **{"X-Forwarded-For": FORGED},
        ) as tab,
    ):
        tab.round_trip()
        yield tab


def _submit(tab: RawTab, person: Person, password: str) -> dict[str, object]:
    """The log-in page's state after the form was sent."""
    form = {"email": person.email, "password": password}
    tab.fire(SUBMIT, {"form_data": form})
    tab.round_trip()
    [state] = [v for name, v in tab.state().items() if name.endswith("____login_state")]
    return {name.removesuffix("_rx_state_"): value for name, value in state.items()}


def _addresses(portal: RunningPortal, person: Person) -> list[tuple[str, str]]:
    def read(tx: Session) -> list[tuple[str, str]]:
        events = select(SecurityEvent.kind, SecurityEvent.address).where(
            SecurityEvent.about == person.email
        )
        return list(tx.exec(events.order_by(col(SecurityEvent.at))).all())

    return portal.database.query(read)


def test_addresses_cookies_and_redirects_through_two_proxies(
    proxied: Proxied, portal: RunningPortal, customer: Person
) -> None:
    with _tab(proxied) as tab:
        wrong = _submit(tab, customer, "a wrong guess")
        assert wrong["problem"] == "The email or the password is not right."
        ticket = str(_submit(tab, customer, customer.password)["ticket"])
    body = urlencode({"ticket": ticket, "next": "/account?x=1"})
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    foreign = {"Origin": proxied.url.replace("https", "http")}
    refused = _ask(proxied, "POST", "/api/auth/session", body, **form, **foreign)
    assert (refused.status, refused.getheader("set-cookie")) == (403, None)
    own = {"Origin": proxied.url}
    answer = _ask(proxied, "POST", "/api/auth/session", body, **form, **own)
    assert (answer.status, answer.getheader("location")) == (303, "/account?x=1")
    assert answer.getheader("strict-transport-security") == _HSTS
    cookies = SimpleCookie()
    for line in answer.headers.get_all("set-cookie") or []:
        cookies.load(line)
    given = {name: cookie for name, cookie in cookies.items() if cookie.value}
    assert set(given) == {"__Host-portal", "__Host-portal-device"}
    assert {(c["secure"], c["httponly"], c["path"]) for c in given.values()} == {
        (True, True, "/")
    }
    # Neither what the client claims nor a proxy's own address; on the socket, too.
    assert _addresses(portal, customer) == [
        ("sign_in_failed", CLIENT),
        ("sign_in", CLIENT),
    ]
    session = given["__Host-portal"].value
    with _tab(proxied, f"__Host-portal={session}") as tab:
        tab.fire(LOAD)
        tab.round_trip()
        viewer = str(tab.state())
    assert customer.email in viewer
    with portal.database.read() as tx:
        [row] = tx.exec(select(AccountSession)).all()
    assert (row.address, row.revoked_at) == (CLIENT, None)


@pytest.mark.parametrize(
    ("path", "location"),
    [("/login/?x=1", "/login?x=1"), ("/services/", "/services")],
)
def test_redirects_are_paths_of_the_portal(
    proxied: Proxied, path: str, location: str
) -> None:
    answer = _ask(proxied, "GET", path)
    assert (answer.status, answer.getheader("location")) == (308, location)


def test_plain_http_is_sent_to_https(proxied: Proxied) -> None:
    with socket.create_connection(("127.0.0.1", proxied.plain_port), 15) as plain:
        plain.sendall(b"GET /services?x=1 HTTP/1.0\r\nHost: localhost\r\n\r\n")
        said = b"".join(iter(lambda: plain.recv(4096), b"")).decode()
    assert said.startswith("HTTP/1.1 301 ")
    assert "Location: https://localhost/services?x=1\r\n" in said


def test_a_customer_logs_in_and_out_through_two_proxies(
    proxied: Proxied, page: Page, customer: Person, watch: Watch
) -> None:
    # A service worker takes no certificate that nobody vouches for.
    watch.expected.append("SSL certificate error occurred when fetching the script")
    page.goto(f"{proxied.url}/login?next=/account")
    steps.alive(page)
    steps.fill_log_in(page, customer)
    expect(page).to_have_url(f"{proxied.url}/account")
    expect(steps.heading(page, "My Account")).to_be_visible()
    names = {c["name"]: (c["secure"], c["httpOnly"]) for c in page.context.cookies()}
    assert names == {
        "__Host-portal": (True, True),
        "__Host-portal-device": (True, True),
    }
    page.reload()
    expect(steps.heading(page, "My Account")).to_be_visible()
    steps.button(page, "Account menu").click()
    page.locator("#menu-account").get_by_role("button", name="Log out").click()
    expect(page).to_have_url(re.compile(f"^{re.escape(proxied.url)}/$"))
    # The device is known from now on.
    kept = [cookie["name"] for cookie in page.context.cookies()]
    assert kept == ["__Host-portal-device"]
