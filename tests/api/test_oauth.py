"""The way to a provider and back, with real providers and without a browser."""

import re
from collections.abc import Iterator
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from sqlmodel import Session, col, select
from starlette.applications import Starlette

from portal_app.api.oauth import oauth_routes
from portal_app.domain.accounts.models import (
    Account,
    AccountSession,
    Identity,
    SecurityEvent,
)
from portal_app.domain.accounts.rules import PROVIDERS
from portal_app.domain.business import service as businesses
from portal_app.domain.business.rules import SwitchesForm
from portal_app.domain.customers import profiles
from portal_app.domain.sign_in import session_lookup
from portal_app.domain.sign_in import sign_up as customers
from portal_app.domain.sign_in.models import ProviderFlow
from portal_app.integrations.oauth.registry import configured_providers
from portal_app.kernel import clock
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.db import Database
from portal_app.kernel.ids import hash_secret
from portal_app.settings import Settings
from tests.support.accounts import (
    FORM,
    HashingCalls,
    outbox_messages,
    run_concurrently,
    set_up_business,
    snapshot_without_logs,
)
from tests.support.asgi import request
from tests.support.oauth2_server import OAuth2Server, oauth2_server
from tests.support.oidc import OpenIDServer, openid_server
from tests.support.people import new_customer, session_cookie

OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture(scope="module")
def google() -> Iterator[OpenIDServer]:
    with openid_server() as server:
        yield server


@pytest.fixture(scope="module")
def apple() -> Iterator[OpenIDServer]:
    with openid_server() as server:
        server.posted_name = {"firstName": "Ada", "lastName": "Byron"}
        yield server


@pytest.fixture(scope="module")
def facebook() -> Iterator[OAuth2Server]:
    with oauth2_server() as server:
        yield server


@pytest.fixture
def servers(
    google: OpenIDServer, apple: OpenIDServer, facebook: OAuth2Server
) -> dict[str, Any]:
    """All three, by name."""
    return {"google": google, "apple": apple, "facebook": facebook}


@pytest.fixture
def settings(
    google: OpenIDServer,
    apple: OpenIDServer,
    facebook: OAuth2Server,
    monkeypatch: pytest.MonkeyPatch,
) -> Settings:
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    google.inject_fault("")
    apple.inject_fault("")
    facebook.fault = ""
    values = {
        "PORTAL_GOOGLE_CLIENT_ID": "google-app",
        "PORTAL_GOOGLE_CLIENT_SECRET": "google-secret",
        "PORTAL_GOOGLE_DISCOVERY_URL": google.discovery_url,
        "PORTAL_APPLE_CLIENT_ID": "apple-app",
        "PORTAL_APPLE_TEAM_ID": "TEAM",
        "PORTAL_APPLE_KEY_ID": "KEY",
        "PORTAL_APPLE_PRIVATE_KEY": key.decode(),
        "PORTAL_APPLE_DISCOVERY_URL": apple.discovery_url,
        **facebook.environment,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return Settings(_env_file=None)  # type: ignore[call-arg]


@pytest.fixture
def db(sqlite_db: Database, hashing: HashingCalls) -> Database:
    set_up_business(sqlite_db)
    return sqlite_db


@pytest.fixture
def app(db: Database, settings: Settings) -> Starlette:
    return Starlette(routes=oauth_routes(db, settings, configured_providers(settings)))


class Browser:
    """Cookies, and the few steps of a sign-in."""

    def __init__(self, app: Starlette) -> None:
        self.app = app
        self.cookies: dict[str, str] = {}
        self.secure: dict[str, str] = {}

    def go(self, method: str, address: str, **options: object) -> str:
        """Where the answer leads; cookies are kept."""
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        headers = {**OURS, **options.pop("headers", {})}  # type: ignore[dict-item]
        sent = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if sent and options.pop("with_cookies", True):
            headers["cookie"] = sent
        answer = request(self.app, method, path, headers=headers, **options)
        for line in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.secure[name] = line
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        self.status = answer.status_code
        return answer.headers.get("location", "")

    def start(self, provider: str, query: str = "") -> str:
        """Follow the link; the address of the provider's page."""
        return self.go("GET", f"/api/auth/{provider}/start{query}")


def back_from(answer_location: str) -> str:
    parts = urlsplit(answer_location)
    return f"{parts.path}?{parts.query}"


def signed_in_email(db: Database, browser: Browser) -> str | None:
    secret = browser.cookies.get("portal")

    def find(tx: Session) -> str | None:
        session = tx.exec(
            select(AccountSession).where(
                AccountSession.token_hash == hash_secret(secret or "")
            )
        ).first()
        return tx.get_one(Account, session.account_id).email if session else None

    return db.query(find)


def switch(db: Database, **off: bool) -> None:
    version = db.query(businesses.switches).version
    db.call(businesses.save_switches, SYSTEM, SwitchesForm(**off), version)


def known(servers: dict[str, Any], provider: str) -> str:
    """Somebody whom the provider knows, with an email of their own."""
    who = f"{provider}-ada"
    said = {"email": f"{who}@example.com"}
    verified = {} if provider == "facebook" else {"email_verified": True}
    servers[provider].knows(who, **said, **verified)
    return who


def answer_of(
    browser: Browser, provider: str, address: str, servers: dict[str, Any], who: str
) -> str:
    """Where the provider leads back to; a form of Apple's is passed on as posted.

    Args:
        browser: Who comes back; keeps the cookies.
        provider: Whose answer it is.
        address: The address of the provider's page.
        servers: The running providers.
        who: Whom they say they are; empty to deny.
    """
    server = servers[provider]
    answer = server.authorize(address, who) if who else server.deny(address)
    if "location" in answer.headers:
        return back_from(answer.headers["location"])
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.text))
    return browser.go(
        "POST",
        f"/api/auth/{provider}/callback",
        data=fields,
        with_cookies=False,
        headers={"sec-fetch-site": "cross-site", "origin": server.url},
    )


def count(db: Database, table: type) -> int:
    return db.query(lambda tx: len(tx.exec(select(table)).all()))


def test_google_signs_a_new_person_up_and_in(
    app: Starlette, db: Database, google: OpenIDServer
) -> None:
    google.knows("g-1", email="Ada@Example.com", email_verified=True, given_name="Ada")
    browser = Browser(app)
    page = browser.start("google", "?next=/account")
    answer = google.authorize(page, "g-1").headers["location"]
    assert browser.go("GET", back_from(answer)) == "/account"
    assert signed_in_email(db, browser) == "ada@example.com"
    again = Browser(app)
    answer = google.authorize(again.start("google"), "g-1").headers["location"]
    assert again.go("GET", back_from(answer)) == "/bookings"
    assert signed_in_email(db, again) == "ada@example.com"
    assert (count(db, Account), count(db, Identity)) == (1, 1)


def test_the_state_is_in_an_http_only_cookie(app: Starlette) -> None:
    browser = Browser(app)
    browser.start("google")
    assert browser.secure["portal-flow"].endswith(
        "; HttpOnly; Max-Age=600; Path=/; SameSite=lax"
    )


def test_flow_secrets_are_not_stored(app: Starlette, db: Database) -> None:
    browser = Browser(app)
    asked = dict(parse_qsl(urlsplit(browser.start("google")).query))
    kept = repr(snapshot_without_logs(db)["provider_flow"])
    for secret in (asked["state"], asked["nonce"], browser.cookies["portal-flow"]):
        assert secret not in kept


def test_a_replayed_answer_is_refused(
    app: Starlette, db: Database, google: OpenIDServer
) -> None:
    google.knows("g-1", email="ada@example.com", email_verified=True)
    browser = Browser(app)
    answer = google.authorize(browser.start("google"), "g-1").headers["location"]
    browser.go("GET", back_from(answer))
    sessions = count(db, AccountSession)
    assert (
        browser.go("GET", back_from(answer))
        == "/login?problem=replayed&provider=google"
    )
    assert count(db, AccountSession) == sessions


@pytest.mark.each_database
def test_one_of_two_concurrent_callbacks_wins(
    app: Starlette, db: Database, google: OpenIDServer
) -> None:
    google.knows("g-1", email="ada@example.com", email_verified=True)
    browser = Browser(app)
    answer = google.authorize(browser.start("google"), "g-1").headers["location"]
    twin = Browser(app)
    twin.cookies = dict(browser.cookies)
    led = run_concurrently(
        lambda: browser.go("GET", back_from(answer)),
        lambda: twin.go("GET", back_from(answer)),
    )
    assert sorted(map(str, led)) == [
        "/bookings",
        "/login?problem=replayed&provider=google",
    ]
    assert count(db, AccountSession) == 1


def test_a_callback_in_another_browser_is_refused_and_keeps_the_flow(
    app: Starlette, db: Database, google: OpenIDServer
) -> None:
    google.knows("g-1", email="ada@example.com", email_verified=True)
    browser, other = Browser(app), Browser(app)
    answer = google.authorize(browser.start("google"), "g-1").headers["location"]
    other.start("google")
    assert (
        other.go("GET", back_from(answer)) == "/login?problem=strange&provider=google"
    )
    assert signed_in_email(db, other) is None
    assert browser.go("GET", back_from(answer)) == "/bookings"


def test_an_answer_for_another_provider_is_refused(
    app: Starlette, google: OpenIDServer
) -> None:
    browser = Browser(app)
    answer = google.authorize(browser.start("google"), "g-1").headers["location"]
    crossed = back_from(answer).replace("/google/", "/facebook/")
    assert browser.go("GET", crossed) == "/login?problem=strange&provider=facebook"


def test_a_made_up_state_is_refused_and_noted(app: Starlette, db: Database) -> None:
    browser = Browser(app)
    browser.start("google")
    led = browser.go("GET", "/api/auth/google/callback?code=x&state=y")
    assert led == "/login?problem=strange&provider=google"
    kinds = db.query(lambda tx: tx.exec(select(SecurityEvent.kind)).all())
    assert kinds == ["provider_refused"]


def test_an_answer_after_ten_minutes_is_refused(
    app: Starlette, db: Database, google: OpenIDServer
) -> None:
    browser = Browser(app)
    answer = google.authorize(browser.start("google"), "g-1").headers["location"]

    def age(tx: Session) -> None:
        flow = tx.exec(select(ProviderFlow)).one()
        flow.expires_at = clock.utc_now() - timedelta(seconds=1)

    db.call(age)
    assert (
        browser.go("GET", back_from(answer)) == "/login?problem=expired&provider=google"
    )
    assert count(db, Account) == 0


def test_denials_end_on_the_log_in_page(
    app: Starlette, db: Database, servers: dict[str, Any]
) -> None:
    led = {}
    for provider in servers:
        browser = Browser(app)
        address = browser.start(provider, "?next=/account")
        led[provider] = browser.go(
            "GET", answer_of(browser, provider, address, servers, "")
        )
    # The mock gives no state back with a denial, as the standard asks, so there it
    # is not known what was given up.
    assert led == {
        "google": "/login?problem=denied&provider=google",
        "apple": "/login?problem=denied&provider=apple",
        "facebook": "/login?problem=denied&provider=facebook&next=%2Faccount",
    }
    assert (count(db, Account), outbox_messages(db)) == (0, [])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_answer_of_any_provider_counts_once(
    app: Starlette, db: Database, servers: dict[str, Any], provider: str
) -> None:
    browser = Browser(app)
    address = browser.start(provider)
    back = answer_of(browser, provider, address, servers, known(servers, provider))
    browser.go("GET", back)
    before = snapshot_without_logs(db)
    assert browser.go("GET", back) == f"/login?problem=replayed&provider={provider}"
    assert snapshot_without_logs(db) == before


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_answer_to_an_attacker_finishes_nothing_elsewhere(
    app: Starlette, db: Database, servers: dict[str, Any], provider: str
) -> None:
    """Somebody makes a browser finish a sign-in that another one began."""
    attacker = Browser(app)
    address = attacker.start(provider)
    back = answer_of(attacker, provider, address, servers, known(servers, provider))
    asked = dict(parse_qsl(urlsplit(back).query))
    victim = Browser(app)
    victim.start(provider)
    before = snapshot_without_logs(db)
    for state in (asked["state"], "made-up-state", ""):
        query = urlencode(asked | {"state": state})
        led = victim.go("GET", f"/api/auth/{provider}/callback?{query}")
        assert led == f"/login?problem=strange&provider={provider}"
    assert snapshot_without_logs(db) == before
    assert "portal" not in victim.cookies


@pytest.mark.parametrize("provider", ["google", "apple"])
@pytest.mark.parametrize(
    "fault", ["signature", "audience", "issuer", "nonce", "expired"]
)
def test_an_untrustworthy_answer_signs_nobody_in(
    app: Starlette, db: Database, servers: dict[str, Any], provider: str, fault: str
) -> None:
    browser = Browser(app)
    address = browser.start(provider)
    back = answer_of(browser, provider, address, servers, known(servers, provider))
    servers[provider].inject_fault(fault)
    assert browser.go("GET", back) == f"/login?problem=rejected&provider={provider}"
    assert "portal" not in browser.cookies
    assert (count(db, Account), outbox_messages(db)) == (0, [])


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ("graph refuses", "rejected"),
        ("graph down", "unavailable"),
        ("down", "unavailable"),
    ],
)
def test_facebook_that_fails_signs_nobody_in(
    app: Starlette,
    db: Database,
    servers: dict[str, Any],
    fault: str,
    problem: str,
) -> None:
    browser = Browser(app)
    address = browser.start("facebook")
    back = answer_of(browser, "facebook", address, servers, known(servers, "facebook"))
    servers["facebook"].fault = fault
    assert browser.go("GET", back) == f"/login?problem={problem}&provider=facebook"
    assert not {"portal", "portal-offer"} & browser.cookies.keys()
    assert (count(db, Account), outbox_messages(db)) == (0, [])


@pytest.mark.parametrize("provider", ["google", "apple"])
def test_a_provider_that_is_down_when_its_answer_comes(
    app: Starlette, db: Database, servers: dict[str, Any], provider: str
) -> None:
    browser = Browser(app)
    address = browser.start(provider)
    back = answer_of(browser, provider, address, servers, known(servers, provider))
    servers[provider].inject_fault("down")
    assert browser.go("GET", back) == f"/login?problem=unavailable&provider={provider}"
    assert "portal" not in browser.cookies
    assert (count(db, Account), outbox_messages(db)) == (0, [])


def test_a_provider_that_is_down(app: Starlette, google: OpenIDServer) -> None:
    google.inject_fault("down")
    browser = Browser(app)
    assert browser.start("google") == "/login?problem=unavailable&provider=google"


def test_apple_posts_its_answer_from_another_site(
    app: Starlette, db: Database, apple: OpenIDServer
) -> None:
    apple.knows("a-1", email="ada@example.com", email_verified="true")
    browser = Browser(app)
    page = apple.authorize(browser.start("apple"), "a-1").text
    fields = {
        name: page.split(f'name="{name}" value="')[1].split('"')[0]
        for name in ("code", "state")
    }
    fields["user"] = '{"name": {"firstName": "Ada", "lastName": "Byron"}}'
    # Another site's form brings no cookie of ours.
    led = browser.go(
        "POST",
        "/api/auth/apple/callback",
        data=fields,
        with_cookies=False,
        headers={"sec-fetch-site": "cross-site", "origin": apple.url},
    )
    assert browser.status == 303
    assert "Ada" not in led
    assert browser.go("GET", led) == "/bookings"
    assert signed_in_email(db, browser) == "ada@example.com"
    cookie = f"portal={browser.cookies['portal']}"
    secret = hash_secret(cookie.removeprefix("portal="))
    who = db.query(session_lookup.resolve_actor, secret, "", "")
    profile = db.query(profiles.get_profile, who)
    assert (profile.first_name, profile.last_name) == ("Ada", "Byron")


def test_only_apple_may_post(app: Starlette) -> None:
    browser = Browser(app)
    assert browser.go("POST", "/api/auth/google/callback", data={"code": "x"}) == ""
    assert browser.status == 404


def test_facebook_without_a_verified_email_must_prove_one(
    app: Starlette, db: Database, facebook: OAuth2Server
) -> None:
    facebook.knows("f-1", first_name="Ada", last_name="Byron", email="ada@example.com")
    browser = Browser(app)
    answer = facebook.authorize(browser.start("facebook", "?next=/account"), "f-1")
    led = browser.go("GET", back_from(answer.headers["location"]))
    assert led == "/login/connect?next=%2Faccount"
    assert "portal-offer" in browser.cookies
    assert "portal" not in browser.cookies
    assert browser.secure["portal-offer"].endswith(
        "; HttpOnly; Max-Age=3600; Path=/; SameSite=lax"
    )
    assert count(db, Account) == 0


def test_a_verified_email_with_an_account_asks_for_proof(
    app: Starlette, db: Database, google: OpenIDServer
) -> None:
    customers.create_active_customer(db, FORM)
    google.knows("g-2", email=FORM.email, email_verified=True)
    browser = Browser(app)
    answer = google.authorize(browser.start("google"), "g-2").headers["location"]
    assert browser.go("GET", back_from(answer)) == "/login/connect"
    assert "portal" not in browser.cookies
    assert count(db, Identity) == 0


def test_a_switched_off_provider_is_refused_at_both_ends(
    app: Starlette, db: Database, google: OpenIDServer
) -> None:
    google.knows("g-1", email="ada@example.com", email_verified=True)
    browser = Browser(app)
    answer = google.authorize(browser.start("google"), "g-1").headers["location"]
    switch(db, google=False)
    assert browser.start("google") == "/login?problem=off&provider=google"
    assert browser.go("GET", back_from(answer)) == "/login?problem=off&provider=google"
    assert count(db, Account) == 0


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_provider_is_switched_off_by_itself(
    app: Starlette, db: Database, provider: str
) -> None:
    switch(db, **{provider: False})
    before = snapshot_without_logs(db)
    led = Browser(app).start(provider)
    assert led == f"/login?problem=off&provider={provider}"
    assert snapshot_without_logs(db) == before
    others = [name for name in PROVIDERS if name != provider]
    assert [Browser(app).start(name)[:4] for name in others] == ["http"] * 2


def test_a_provider_that_is_not_configured_is_refused(db: Database) -> None:
    bare = Starlette(routes=oauth_routes(db, Settings(_env_file=None), {}))  # type: ignore[call-arg]
    browser = Browser(bare)
    assert browser.start("google") == "/login?problem=off&provider=google"
    assert browser.start("myspace") == ""
    assert browser.status == 404
    assert count(db, ProviderFlow) == 0


@pytest.mark.parametrize(
    "asked",
    ["https://evil.example.com", "//evil.example.com", "/\\evil.example.com", "x"],
)
def test_redirects_stay_in_the_portal(
    app: Starlette, google: OpenIDServer, asked: str
) -> None:
    google.knows("g-1", email="ada@example.com", email_verified=True)
    browser = Browser(app)
    answer = google.authorize(browser.start("google", f"?next={asked}"), "g-1")
    assert browser.go("GET", back_from(answer.headers["location"])) == "/bookings"


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}],
)
def test_another_site_cannot_start_a_flow(
    app: Starlette, db: Database, headers: dict[str, str]
) -> None:
    browser = Browser(app)
    led = browser.go("GET", "/api/auth/google/start", headers=headers)
    assert led == "/login?problem=strange&provider=google"
    assert count(db, ProviderFlow) == 0


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {}),
        ("GET", {"sec-purpose": "prefetch"}),
        ("GET", {"purpose": "prefetch"}),
    ],
)
def test_prefetching_does_not_start_a_flow(
    app: Starlette, db: Database, method: str, headers: dict[str, str]
) -> None:
    browser = Browser(app)
    assert browser.go(method, "/api/auth/google/start", headers=headers) == ""
    assert browser.status == 204
    assert count(db, ProviderFlow) == 0


def signed_in(app: Starlette, db: Database) -> Browser:
    browser = Browser(app)
    cookie = session_cookie(db, new_customer(db))
    browser.cookies["portal"] = cookie.removeprefix("portal=")
    return browser


def test_a_provider_is_connected_from_my_account(
    app: Starlette, db: Database, google: OpenIDServer
) -> None:
    google.knows("g-1", email="else@example.com", email_verified=True)
    browser = signed_in(app, db)
    answer = google.authorize(browser.start("google", "?connect=1"), "g-1")
    led = browser.go("GET", back_from(answer.headers["location"]))
    assert led == "/account/security?connected=google"
    other = Browser(app)
    answer = google.authorize(other.start("google"), "g-1").headers["location"]
    other.go("GET", back_from(answer))
    assert signed_in_email(db, other) == signed_in_email(db, browser)


def test_an_identity_of_another_account_is_not_connected(
    app: Starlette, db: Database, google: OpenIDServer
) -> None:
    google.knows("g-1", email="else@example.com", email_verified=True)
    for expected in (
        "/account/security?connected=google",
        "/account/security?problem=taken&provider=google",
    ):
        browser = signed_in(app, db)
        answer = google.authorize(browser.start("google", "?connect=1"), "g-1")
        assert browser.go("GET", back_from(answer.headers["location"])) == expected
    assert count(db, Identity) == 1


def test_connecting_takes_the_account_that_began(
    app: Starlette, db: Database, google: OpenIDServer
) -> None:
    browser = signed_in(app, db)
    answer = google.authorize(browser.start("google", "?connect=1"), "g-1")
    browser.cookies["portal"] = signed_in(app, db).cookies["portal"]
    led = browser.go("GET", back_from(answer.headers["location"]))
    assert led == "/account/security?problem=strange&provider=google"
    assert count(db, Identity) == 0


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "none"}, {"sec-fetch-site": ""}]
)
def test_connecting_begins_on_our_own_page_only(
    app: Starlette, db: Database, headers: dict[str, str]
) -> None:
    browser = signed_in(app, db)
    led = browser.go("GET", "/api/auth/google/start?connect=1", headers=headers)
    assert led == "/account/security?problem=strange&provider=google"
    assert count(db, ProviderFlow) == 0


def test_connecting_requires_an_account(app: Starlette, db: Database) -> None:
    led = Browser(app).start("google", "?connect=1")
    assert led == "/account/security?problem=strange&provider=google"
    assert count(db, ProviderFlow) == 0


def test_one_network_begins_sixty_in_a_quarter_of_an_hour(
    app: Starlette, db: Database
) -> None:
    browser = Browser(app)
    led = [urlsplit(browser.start("google")).path for _ in range(61)]
    assert led == ["/oauth2/authorize"] * 60 + ["/login"]
    flows = db.query(
        lambda tx: tx.exec(
            select(ProviderFlow).order_by(col(ProviderFlow.created_at))
        ).all()
    )
    assert len(flows) == 60
