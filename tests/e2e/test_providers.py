"""Google, Apple and Facebook in the browser: signing up, logging in, connecting."""

import re
import secrets
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal_app.domain.accounts.rules import PROVIDERS
from portal_app.domain.customers import service as customers
from portal_app.domain.customers.rules import SignUpForm
from portal_app.kernel.audiences import Actor
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


# --- Sign-up and log-in by the same button --------------------------------------


@pytest.mark.parametrize("provider", ["google", "apple"])
def test_one_button_signs_up_and_logs_in(
    page: Page, portal: RunningPortal, ada: Person, provider: str
) -> None:
    by.log_in_at(page, provider, ada)
    account = by.account(portal, ada.email)
    assert account is not None
    assert account.verified_at is not None
    assert account.password_hash is None
    assert by.identities(portal, ada.email) == [(provider, by.subject(ada))]
    steps.log_out(page)
    by.log_in_at(page, provider, ada)
    again = by.account(portal, ada.email)
    assert again is not None
    assert again.id == account.id
    assert by.identities(portal, ada.email) == [(provider, by.subject(ada))]


def test_the_sign_up_page_has_the_same_buttons(
    page: Page, portal: RunningPortal, ada: Person
) -> None:
    steps.visit(page, "/signup")
    by.press(page, "google", "Sign up")
    by.agree(page, "google", ada)
    by.at_my_bookings(page)
    steps.visit(page, "/account")
    expect(steps.heading(page, ada.name, level=2)).to_be_visible()
    assert by.identities(portal, ada.email) == [("google", by.subject(ada))]


def test_google_and_apple_are_asked_with_pkce_state_and_nonce(
    page: Page, providers: ProviderServers, ada: Person
) -> None:
    server: OpenIDServer
    for provider in ("google", "apple"):
        server = getattr(providers, provider)
        server.asked.clear()
        server.exchanges.clear()
        steps.visit(page, "/login")
        by.press(page, provider)
        [asked] = server.asked
        assert asked["code_challenge_method"] == "S256"
        assert {"state", "nonce", "code_challenge"} <= asked.keys()
        assert asked.get("response_mode") == (
            "form_post" if provider == "apple" else None
        )
        by.agree(page, provider, _person_of(providers, provider, ada))
        by.at_my_bookings(page)
        [exchange] = server.exchanges
        assert len(exchange["code_verifier"]) == 43
        assert exchange["code_verifier"] not in repr(asked)
        steps.log_out(page)


def _person_of(servers: ProviderServers, provider: str, ada: Person) -> Person:
    """Ada for Google, somebody new for Apple, so that nothing is asked of them."""
    if provider == "google":
        return ada
    person = by.nobody()
    by.introduce(servers, person)
    return person


def test_apple_tells_the_name_once_in_its_form(
    page: Page, portal: RunningPortal, providers: ProviderServers
) -> None:
    person = by.nobody()
    providers.apple.knows(by.subject(person), email=person.email, email_verified=True)
    providers.apple.posted_name = {"firstName": "Zoë", "lastName": "Núñez"}
    by.log_in_at(page, "apple", person)
    steps.visit(page, "/account")
    expect(steps.heading(page, "Zoë Núñez", level=2)).to_be_visible()


def test_facebook_gives_an_email_that_must_be_proven(
    page: Page, portal: RunningPortal, mailbox: Mailbox, ada: Person
) -> None:
    steps.visit(page, "/login")
    by.press(page, "facebook")
    by.agree(page, "facebook", ada)
    expect(steps.heading(page, "Your e-mail")).to_be_visible()
    expect(steps.field(page, "Email")).to_have_value(ada.email)
    assert by.account(portal, ada.email) is None
    steps.button(page, "Send me a mail").click()
    by.prove_by_mail(page, mailbox, ada.email)
    assert by.identities(portal, ada.email) == [("facebook", by.subject(ada))]
    steps.log_out(page)
    by.log_in_at(page, "facebook", ada)


def test_facebook_without_an_email_asks_for_one(
    page: Page, portal: RunningPortal, providers: ProviderServers, mailbox: Mailbox
) -> None:
    person = by.nobody()
    providers.facebook.knows(by.subject(person), first_name="Ada", last_name="Silent")
    steps.visit(page, "/login")
    by.press(page, "facebook")
    by.agree(page, "facebook", person)
    expect(steps.field(page, "Email")).to_have_value("")
    before = by.standing(portal)
    steps.field(page, "Email").fill("no e-mail")
    steps.button(page, "Send me a mail").click()
    expect(page.get_by_text("Please enter an e-mail address such as")).to_be_visible()
    assert by.standing(portal) == before
    steps.field(page, "Email").fill(person.email)
    steps.button(page, "Send me a mail").click()
    by.prove_by_mail(page, mailbox, person.email)
    assert by.identities(portal, person.email) == [("facebook", by.subject(person))]


def test_the_link_of_that_mail_works_in_its_own_browser_only(
    page: Page,
    new_context: NewContext,
    portal: RunningPortal,
    mailbox: Mailbox,
    ada: Person,
) -> None:
    steps.visit(page, "/login")
    by.press(page, "facebook")
    by.agree(page, "facebook", ada)
    steps.button(page, "Send me a mail").click()
    expect(steps.heading(page, "Check your mail")).to_be_visible()
    link = link_in(mailbox.wait_for(ada.email, by.CONFIRM), "/login/connect")
    elsewhere = by.tab(new_context)
    steps.visit(elsewhere, link)
    before = by.standing(portal)
    steps.button(elsewhere, "Log in").click()
    expect(steps.heading(elsewhere, "Another browser")).to_be_visible()
    assert by.standing(portal) == before
    assert by.account(portal, ada.email) is None
    by.prove_by_mail(page, mailbox, ada.email)


# --- An account that is there already --------------------------------------------


def test_an_existing_account_is_proven_once_by_password(
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
    steps.log_out(page)
    by.log_in_at(page, "google", person)


def test_an_existing_account_is_proven_once_by_mail(
    page: Page, portal: RunningPortal, providers: ProviderServers, mailbox: Mailbox
) -> None:
    person = new_customer(portal.database)
    by.introduce(providers, person)
    steps.visit(page, "/login")
    by.press(page, "apple")
    by.agree(page, "apple", person)
    steps.button(page, "Send me a mail instead").click()
    by.prove_by_mail(page, mailbox, person.email)
    assert by.identities(portal, person.email) == [("apple", by.subject(person))]
    account = by.account(portal, person.email)
    assert account is not None
    assert account.password_hash is not None


def test_an_unverified_account_captures_no_social_sign_in(
    page: Page,
    new_context: NewContext,
    portal: RunningPortal,
    mailbox: Mailbox,
    ada: Person,
) -> None:
    """A stranger signs up with Ada's e-mail and waits for her to arrive."""
    _sign_up_unverified(portal, ada)
    activation = link_in(
        mailbox.wait_for(ada.email, "Activate your account"), "/verify-email"
    )
    by.log_in_at(page, "google", ada)
    account = by.account(portal, ada.email)
    assert account is not None
    assert account.password_hash is None
    steps.visit(page, "/account")
    expect(steps.heading(page, ada.name, level=2)).to_be_visible()
    stranger = new_context().new_page()
    before = by.standing(portal)
    steps.visit(stranger, "/login")
    steps.fill_log_in(stranger, ada)
    expect(stranger.get_by_text("not right")).to_be_visible()
    steps.visit(stranger, activation)
    steps.button(stranger, "Activate my account").click()
    expect(stranger.get_by_role("heading", level=1)).not_to_have_text(
        re.compile("active")
    )
    assert by.standing(portal) == before


def _sign_up_unverified(portal: RunningPortal, person: Person) -> None:
    customers.sign_up(
        portal.database,
        Actor(address=f"test-{secrets.token_hex(4)}", device="test"),
        SignUpForm(
            first_name="Mallory",
            last_name="Squatter",
            email=person.email,
            phone="",
            password=person.password,
            terms=True,
        ),
    )


def test_an_unverified_social_sign_in_captures_no_account(
    page: Page, portal: RunningPortal, providers: ProviderServers
) -> None:
    """A provider that does not vouch for the e-mail opens nobody's account."""
    person = new_customer(portal.database)
    by.introduce(providers, person, email_verified=False)
    steps.visit(page, "/login")
    by.press(page, "google")
    before = by.identities(portal, person.email)
    by.agree(page, "google", person)
    expect(steps.heading(page, "Your e-mail")).to_be_visible()
    steps.visit(page, "/bookings")
    expect(steps.heading(page, "Log in")).to_be_visible()
    assert by.identities(portal, person.email) == before == []


# --- My Account ------------------------------------------------------------------


def test_connecting_and_disconnecting_in_my_account(
    new_context: NewContext,
    portal: RunningPortal,
    providers: ProviderServers,
    mailbox: Mailbox,
) -> None:
    person = new_customer(portal.database)
    by.introduce(providers, person)
    context = new_context()
    context.route("https://cdn.jsdelivr.net/**", lambda route: route.fulfill(body=""))
    page = steps.arrive_signed_in(context, portal, person)
    for provider, name in PROVIDERS.items():
        steps.visit(page, "/account")
        steps.link(page, f"Connect {name}").click()
        by.agree(page, provider, person)
        expect(page.get_by_text(f"{name} is connected.")).to_be_visible()
        expect(steps.button(page, f"Disconnect {name}")).to_be_visible()
    assert [name for name, _ in by.identities(portal, person.email)] == sorted(
        PROVIDERS
    )
    mailbox.wait_for(person.email, CONNECTED)
    for name in PROVIDERS.values():
        steps.button(page, f"Disconnect {name}").click()
        expect(steps.link(page, f"Connect {name}")).to_be_visible()
    assert by.identities(portal, person.email) == []


def test_the_last_way_in_stays(page: Page, portal: RunningPortal, ada: Person) -> None:
    by.log_in_at(page, "google", ada)
    steps.visit(page, "/account")
    expect(page.get_by_text("Your only way in")).to_be_visible()
    expect(steps.button(page, "Disconnect Google")).to_have_count(0)
    assert by.identities(portal, ada.email) == [("google", by.subject(ada))]


def test_a_provider_of_another_account_is_not_connected(
    new_context: NewContext,
    page: Page,
    portal: RunningPortal,
    ada: Person,
) -> None:
    by.log_in_at(page, "google", ada)
    other = new_customer(portal.database)
    context = new_context()
    context.route("https://cdn.jsdelivr.net/**", lambda route: route.fulfill(body=""))
    tab = steps.arrive_signed_in(context, portal, other)
    steps.visit(tab, "/account")
    mails = by.mails(portal, "ways_changed")
    steps.link(tab, "Connect Google").click()
    by.agree(tab, "google", ada)
    expect(
        tab.get_by_text("That Google account is connected to another account here")
    ).to_be_visible()
    assert by.identities(portal, other.email) == []
    assert by.mails(portal, "ways_changed") == mails
