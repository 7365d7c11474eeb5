"""What becomes of a provider's refusal in a browser; all kinds are in ``tests/api``."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

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


def test_a_refusal_is_said_on_the_log_in_page_and_another_try_counts(
    page: Page, portal: RunningPortal, ada: Person, watch: Watch
) -> None:
    seen = _watch_callback(page, "google")
    before = by.standing(portal)
    # Whatever an address claims to be the problem, only our sentences are shown.
    steps.visit(page, "/login?problem=<b>You+won</b>&provider=evil&next=/account")
    expect(steps.heading(page, "Log in")).to_be_visible()
    expect(page.get_by_text("You won")).to_have_count(0)
    assert watch.unexpected() == []
    by.press(page, "facebook")
    by.deny(page, "facebook")
    _refused(page, portal, before, "You did not allow Facebook")
    # Another try goes on where they wanted to.
    by.press(page, "google")
    by.agree(page, "google", ada)
    expect(steps.heading(page, "My Account")).to_be_visible()
    # Its answer counts once.
    page.context.clear_cookies(name="portal")
    before = by.standing(portal)
    # In a tab of its own: the live page may be on its way somewhere by itself.
    again = page.context.new_page()
    again.goto(seen[0])
    _refused(again, portal, before, "That answer of Google was used already.")


def _watch_callback(page: Page, provider: str) -> list[str]:
    """The addresses of the provider's answers, as the browser asks for them."""
    seen: list[str] = []

    def note(request: Request) -> None:
        is_answer = f"/api/auth/{provider}/callback?" in request.url
        if is_answer and request.method == "GET":
            seen.append(request.url)

    page.on("request", note)
    return seen
