"""Google, Apple and Facebook in the browser: signing up, logging in, connecting."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal_app.domain.accounts.rules import PROVIDERS
from tests.e2e import provider_steps as by
from tests.e2e import steps
from tests.support.mailbox import Mailbox, link_in
from tests.support.oidc import OpenIDServer
from tests.support.people import Person, new_customer
from tests.support.providers import ProviderServers
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
CONNECTED = "How you log in at Brightside Home & Pet Care has changed"


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


def test_google_signs_up_and_logs_in_by_the_same_button(
    page: Page, portal: RunningPortal, providers: ProviderServers, ada: Person
) -> None:
    server = providers.google
    server.asked.clear()
    server.exchanges.clear()
    steps.visit(page, "/signup")
    by.press(page, "google", "Sign up")
    by.agree(page, "google", ada)
    by.at_my_bookings(page)
    _asked_with_pkce(server, None)
    account = by.account(portal, ada.email)
    assert account is not None
    assert account.verified_at is not None
    assert account.password_hash is None
    assert by.identities(portal, ada.email) == [("google", by.subject(ada))]
    steps.visit(page, "/account")
    expect(steps.heading(page, ada.name, level=2)).to_be_visible()
    steps.visit(page, "/account/security")
    expect(page.get_by_text("Your only way in")).to_be_visible()
    expect(steps.button(page, "Disconnect Google")).to_have_count(0)
    steps.log_out(page)
    by.log_in_at(page, "google", ada)
    again = by.account(portal, ada.email)
    assert again is not None
    assert again.id == account.id
    assert by.identities(portal, ada.email) == [("google", by.subject(ada))]


def _asked_with_pkce(server: OpenIDServer, response_mode: str | None) -> None:
    """The provider was asked once, and given the code's verifier once."""
    [asked] = server.asked
    assert asked["code_challenge_method"] == "S256"
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert asked.get("response_mode") == response_mode
    [exchange] = server.exchanges
    assert len(exchange["code_verifier"]) == 43
    assert exchange["code_verifier"] not in repr(asked)


@pytest.mark.parametrize("device", ["phone"], indirect=True)
def test_apple_tells_the_name_once_in_its_form(
    device: str, page: Page, portal: RunningPortal, providers: ProviderServers
) -> None:
    person, server = by.nobody(), providers.apple
    server.asked.clear()
    server.exchanges.clear()
    server.knows(by.subject(person), email=person.email, email_verified=True)
    server.posted_name = {"firstName": "Zoë", "lastName": "Núñez"}
    by.log_in_at(page, "apple", person)
    _asked_with_pkce(server, "form_post")
    account = by.account(portal, person.email)
    assert account is not None
    steps.visit(page, "/account")
    expect(steps.heading(page, "Zoë Núñez", level=2)).to_be_visible()
    steps.log_out(page)
    server.posted_name = {}
    by.log_in_at(page, "apple", person)
    again = by.account(portal, person.email)
    assert again is not None
    assert again.id == account.id
    assert by.identities(portal, person.email) == [("apple", by.subject(person))]
    steps.visit(page, "/account")
    expect(steps.heading(page, "Zoë Núñez", level=2)).to_be_visible()


def test_facebook_has_the_email_proven_and_asks_for_one_if_it_gives_none(  # noqa: PLR0917 - two people
    page: Page,
    new_context: NewContext,
    portal: RunningPortal,
    providers: ProviderServers,
    mailbox: Mailbox,
    ada: Person,
) -> None:
    steps.visit(page, "/login")
    by.press(page, "facebook")
    by.agree(page, "facebook", ada)
    expect(steps.heading(page, "Your email")).to_be_visible()
    expect(steps.field(page, "Email")).to_have_value(ada.email)
    assert by.account(portal, ada.email) is None
    person = by.nobody()
    providers.facebook.knows(by.subject(person), first_name="Ada", last_name="Silent")
    steps.visit(page, "/login")
    by.press(page, "facebook")
    by.agree(page, "facebook", person)
    expect(steps.heading(page, "Your email")).to_be_visible()
    expect(steps.field(page, "Email")).to_have_value("")
    before = by.standing(portal)
    steps.field(page, "Email").fill("no email")
    steps.button(page, "Send me an email").click()
    expect(page.get_by_text("Please enter an email address such as")).to_be_visible()
    assert by.standing(portal) == before
    steps.field(page, "Email").fill(person.email)
    steps.button(page, "Send me an email").click()
    expect(steps.heading(page, "Check your email")).to_be_visible()
    assert by.account(portal, person.email) is None
    _link_is_for_its_own_browser(new_context, portal, mailbox, person)
    by.prove_by_mail(page, mailbox, person.email)
    assert by.identities(portal, person.email) == [("facebook", by.subject(person))]
    steps.log_out(page)
    by.log_in_at(page, "facebook", person)


def _link_is_for_its_own_browser(
    new_context: NewContext, portal: RunningPortal, mailbox: Mailbox, person: Person
) -> None:
    link = link_in(mailbox.wait_for(person.email, by.CONFIRM), "/login/connect")
    elsewhere = by.tab(new_context)
    steps.visit(elsewhere, link)
    before = by.standing(portal)
    steps.button(elsewhere, "Log in").click()
    expect(steps.heading(elsewhere, "Another browser")).to_be_visible()
    assert by.standing(portal) == before
    assert by.account(portal, person.email) is None


def test_an_existing_account_is_proven_once_and_connects_the_others(
    page: Page, portal: RunningPortal, providers: ProviderServers, mailbox: Mailbox
) -> None:
    person = new_customer(portal.database)
    by.introduce(providers, person)
    steps.visit(page, "/login")
    by.press(page, "google")
    by.agree(page, "google", person)
    expect(steps.heading(page, "Is this you?")).to_be_visible()
    before = by.standing(portal)
    steps.field(page, "Password").fill("not-my-password-1")
    steps.button(page, "Log in").click()
    expect(
        page.get_by_text("This is not the password of that account.")
    ).to_be_visible()
    assert by.standing(portal) == before
    steps.field(page, "Password").fill(person.password)
    steps.button(page, "Log in").click()
    by.at_my_bookings(page)
    assert by.identities(portal, person.email) == [("google", by.subject(person))]
    mailbox.wait_for(person.email, CONNECTED)

    steps.visit(page, "/account/security")
    for provider in ("apple", "facebook"):
        name = PROVIDERS[provider]
        steps.link(page, f"Connect {name}").click()
        by.agree(page, provider, person)
        expect(page.get_by_text(f"{name} is connected.")).to_be_visible()
        expect(steps.button(page, f"Disconnect {name}")).to_be_visible()
    assert [name for name, _ in by.identities(portal, person.email)] == sorted(
        PROVIDERS
    )
    for name in PROVIDERS.values():
        steps.button(page, f"Disconnect {name}").click()
        expect(steps.link(page, f"Connect {name}")).to_be_visible()
    assert by.identities(portal, person.email) == []

    # Asked again, the proof may come by mail instead.
    steps.log_out(page)
    steps.visit(page, "/login")
    by.press(page, "apple")
    by.agree(page, "apple", person)
    steps.button(page, "Send me an email instead").click()
    by.prove_by_mail(page, mailbox, person.email)
    assert by.identities(portal, person.email) == [("apple", by.subject(person))]
    account = by.account(portal, person.email)
    assert account is not None
    assert account.password_hash is not None
