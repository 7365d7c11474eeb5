"""What becomes of a provider's refusals: the log-in page, with a sentence."""

import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect
from sqlalchemy import update
from sqlmodel import col

from portal_app.domain.accounts.models import ProviderFlow
from portal_app.domain.accounts.rules import PROVIDERS
from portal_app.kernel.clock import utc_now
from tests.e2e import provider_steps as by
from tests.e2e import steps
from tests.e2e.conftest import Watch
from tests.support.people import Person
from tests.support.providers import ProviderServers
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]


@pytest.fixture(autouse=True)
def _honest(providers: ProviderServers) -> Iterator[None]:
    providers.behave()
    yield
    providers.behave()


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """A stranger's tab, in a browser that gets no style from elsewhere."""
    return by.tab(new_context)


@pytest.fixture
def ada(providers: ProviderServers) -> Person:
    """Somebody whom every provider knows, and the portal does not."""
    person = by.nobody()
    by.introduce(providers, person)
    return person


def _refused(page: Page, portal: RunningPortal, before: Any, sentence: str) -> None:
    """On the log-in page, with the sentence; nothing was done."""
    expect(steps.heading(page, "Log in")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
    assert urlsplit(page.url).path == "/login"
    after = by.standing(portal)
    # That a sign-in was begun, and whether it was used up, is all that remains.
    before.pop("provider_flow", None)
    after.pop("provider_flow", None)
    assert after == before


@pytest.mark.parametrize("provider", list(PROVIDERS))
def test_denying(page: Page, portal: RunningPortal, ada: Person, provider: str) -> None:
    before = by.standing(portal)
    steps.visit(page, "/login?next=/account")
    by.press(page, provider)
    by.deny(page, provider)
    _refused(page, portal, before, f"You did not allow {PROVIDERS[provider]}")
    # Another try goes on where they wanted to. (The mock gives no state back with
    # a denial, as the standard asks, so there it is not known what was given up.)
    by.press(page, "google")
    by.agree(page, "google", ada)
    goal = "My Account" if provider == "facebook" else "My Bookings"
    expect(steps.heading(page, goal)).to_be_visible()


def _watch_callback(page: Page, provider: str) -> list[str]:
    """The addresses of the provider's answers, as the browser asks for them."""
    seen: list[str] = []

    def note(request: Request) -> None:
        is_answer = f"/api/auth/{provider}/callback?" in request.url
        if is_answer and request.method == "GET":
            seen.append(request.url)

    page.on("request", note)
    return seen


@pytest.mark.parametrize("provider", list(PROVIDERS))
def test_an_answer_counts_once(
    page: Page, portal: RunningPortal, ada: Person, provider: str
) -> None:
    seen = _watch_callback(page, provider)
    steps.visit(page, "/login")
    by.press(page, provider)
    by.agree(page, provider, ada)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Your e-mail" if provider == "facebook" else "My Bookings"
    )
    page.context.clear_cookies(name="portal")
    before = by.standing(portal)
    page.goto(seen[0])
    _refused(
        page,
        portal,
        before,
        f"That answer of {PROVIDERS[provider]} was used already.",
    )


@pytest.mark.parametrize("provider", list(PROVIDERS))
def test_an_answer_with_a_strange_state(
    page: Page,
    portal: RunningPortal,
    providers: ProviderServers,
    ada: Person,
    provider: str,
) -> None:
    """Somebody makes a browser finish a sign-in that another one began."""
    code, state = _answer_to_an_attacker(portal, providers, provider, ada)
    steps.visit(page, "/login")
    before = by.standing(portal)
    for tried in (secrets.token_urlsafe(32), state, ""):
        page.goto(f"/api/auth/{provider}/callback?code={code}&state={tried}")
        _refused(page, portal, before, "does not belong to this browser")
    assert by.account(portal, ada.email) is None


def _answer_to_an_attacker(
    portal: RunningPortal, servers: ProviderServers, provider: str, person: Person
) -> tuple[str, str]:
    """A good answer, to a sign-in that was begun in another browser."""
    start = httpx.get(f"{portal.url}/api/auth/{provider}/start")
    address = start.headers["location"]
    answer = servers.named(provider).authorize(address, by.subject(person))
    if "location" in answer.headers:
        fields = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    else:
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.text))
    return fields["code"], fields["state"]


@pytest.mark.parametrize("provider", ["google", "apple"])
def test_an_answer_that_proves_nothing(
    page: Page,
    portal: RunningPortal,
    providers: ProviderServers,
    ada: Person,
    provider: str,
) -> None:
    before = by.standing(portal)
    steps.visit(page, "/login")
    for fault in ("signature", "audience", "issuer", "nonce"):
        by.press(page, provider)
        getattr(providers, provider).misbehave(fault)
        by.agree(page, provider, ada)
        _refused(
            page,
            portal,
            before,
            f"We could not trust the answer of {PROVIDERS[provider]}.",
        )
    assert by.account(portal, ada.email) is None


def test_a_facebook_code_that_is_not_ours(
    page: Page, portal: RunningPortal, providers: ProviderServers, ada: Person
) -> None:
    before = by.standing(portal)
    steps.visit(page, "/login")
    by.press(page, "facebook")
    providers.facebook.fault = "graph refuses"
    by.agree(page, "facebook", ada)
    _refused(page, portal, before, "We could not trust the answer of Facebook.")


@pytest.mark.parametrize("provider", list(PROVIDERS))
def test_a_provider_that_is_down(
    page: Page,
    portal: RunningPortal,
    providers: ProviderServers,
    ada: Person,
    provider: str,
) -> None:
    before = by.standing(portal)
    steps.visit(page, "/login")
    by.press(page, provider)
    if provider == "facebook":
        providers.facebook.fault = "down"
    else:
        getattr(providers, provider).misbehave("down")
    by.agree(page, provider, ada)
    _refused(page, portal, before, f"{PROVIDERS[provider]} does not answer")


def test_an_answer_that_took_too_long(
    page: Page, portal: RunningPortal, ada: Person
) -> None:
    before = by.standing(portal)
    steps.visit(page, "/login")
    by.press(page, "google")
    state = dict(parse_qsl(urlsplit(page.url).query))["state"]
    assert state
    with portal.database.write() as tx:
        tx.execute(
            update(ProviderFlow)
            .where(col(ProviderFlow.used_at).is_(None))
            .values(expires_at=utc_now())
        )
    by.agree(page, "google", ada)
    _refused(page, portal, before, "That took longer than ten minutes.")


def test_nothing_of_an_answer_reaches_the_page(
    page: Page, portal: RunningPortal, watch: Watch
) -> None:
    """Whatever an address claims to be the problem, only our sentences are shown."""
    steps.visit(page, "/login?problem=<b>You+won</b>&provider=evil")
    expect(steps.heading(page, "Log in")).to_be_visible()
    expect(page.get_by_text("You won")).to_have_count(0)
    assert watch.unexpected() == []
    assert portal.url in page.url
