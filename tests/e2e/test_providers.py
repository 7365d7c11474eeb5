"""Google, Apple and Facebook in the browser, and what becomes of their refusals."""

import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect
from sqlalchemy import update
from sqlmodel import Session, col, select

from portal_app.domain.accounts.models import Account, Identity, ProviderFlow
from portal_app.domain.accounts.rules import PROVIDERS
from portal_app.domain.customers import service as customers
from portal_app.domain.customers.rules import SignUpForm
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from tests.e2e import steps
from tests.e2e.conftest import Watch
from tests.support.contents import contents
from tests.support.mailbox import Mailbox, link_in
from tests.support.oidc import OpenIDServer
from tests.support.people import Person, new_customer
from tests.support.providers import ProviderServers
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
MOVING = {"attempt_window", "account_session", "outbox_message", "security_event"}
"""Tables that change by themselves, or that log what was refused."""
CONNECTED = "How you log in at Brightside Home & Pet Care has changed"
CONFIRM = "Confirm your e-mail at Brightside Home & Pet Care"


@pytest.fixture(autouse=True)
def _honest(providers: ProviderServers) -> Iterator[None]:
    providers.behave()
    yield
    providers.behave()


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """A stranger's tab, in a browser that gets no style from elsewhere."""
    return _tab(new_context)


@pytest.fixture
def ada(providers: ProviderServers) -> Person:
    """Somebody whom every provider knows, and the portal does not."""
    person = _nobody()
    _introduce(providers, person)
    return person


def _nobody() -> Person:
    unique = secrets.token_hex(5)
    return Person(f"p-{unique}@example.com", "Ada", f"Provided{unique}")


def _introduce(servers: ProviderServers, person: Person, **said: Any) -> None:
    """Let every provider know a person, by the e-mail's first part."""
    claims = {
        "email": person.email,
        "email_verified": True,
        "given_name": person.first_name,
        "family_name": person.last_name,
    }
    for server in (servers.google, servers.apple):
        server.knows(_subject(person), **claims | said)
    servers.facebook.knows(
        _subject(person),
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
    )


def _subject(person: Person) -> str:
    return person.email.partition("@")[0]


def _tab(new_context: NewContext) -> Page:
    context = new_context()
    # The mock's own page asks for its style at a third party.
    context.route("https://cdn.jsdelivr.net/**", lambda route: route.fulfill(body=""))
    return context.new_page()


def _press(page: Page, provider: str, verb: str = "Log in") -> None:
    """Press the provider's button; ends on the provider's own page."""
    steps.link(page, f"{verb} with {PROVIDERS[provider]}").click()
    expect(page.get_by_role("button").first).to_be_visible()
    expect(page).not_to_have_url(re.compile("/login|/signup"))


def _agree(page: Page, provider: str, person: Person) -> None:
    """Say who one is on the provider's page."""
    if provider == "facebook":
        steps.button(page, _subject(person)).click()
        return
    page.get_by_placeholder("sub").fill(_subject(person))
    steps.button(page, "Authorize").click()


def _deny(page: Page, provider: str) -> None:
    steps.button(page, "Cancel" if provider == "facebook" else "Deny").click()


def _at_my_bookings(page: Page) -> None:
    expect(steps.heading(page, "My Bookings")).to_be_visible()


def _identities(portal: RunningPortal, email: str) -> list[tuple[str, str]]:
    def read(tx: Session) -> list[tuple[str, str]]:
        rows = (
            select(Identity)
            .join(Account, col(Account.id) == Identity.account_id)
            .where(Account.email == email)
            .order_by(Identity.provider)
        )
        return [(row.provider, row.subject) for row in tx.exec(rows)]

    return portal.database.query(read)


def _account(portal: RunningPortal, email: str) -> Account | None:
    def read(tx: Session) -> Account | None:
        return tx.exec(select(Account).where(Account.email == email)).one_or_none()

    return portal.database.query(read)


def _standing(portal: RunningPortal) -> dict[str, Any]:
    found = contents(portal.database)
    return {table: rows for table, rows in found.items() if table not in MOVING}


def _mails(portal: RunningPortal, *kinds: str) -> int:
    return sum(
        mail["kind"] in kinds for mail in contents(portal.database)["outbox_message"]
    )


def _log_in_at(page: Page, provider: str, person: Person) -> None:
    """The whole way, for somebody whom nothing more is asked."""
    steps.visit(page, "/login")
    _press(page, provider)
    _agree(page, provider, person)
    _at_my_bookings(page)


def _prove_by_mail(page: Page, mailbox: Mailbox, email: str) -> None:
    expect(steps.heading(page, "Check your mail")).to_be_visible()
    page.goto(link_in(mailbox.wait_for(email, CONFIRM), "/login/connect"))
    steps.alive(page)
    steps.button(page, "Log in").click()
    _at_my_bookings(page)


# --- Sign-up and log-in by the same button --------------------------------------


@pytest.mark.parametrize("provider", ["google", "apple"])
def test_one_button_signs_up_and_logs_in(
    page: Page, portal: RunningPortal, ada: Person, provider: str
) -> None:
    _log_in_at(page, provider, ada)
    account = _account(portal, ada.email)
    assert account is not None
    assert account.verified_at is not None
    assert account.password_hash is None
    assert _identities(portal, ada.email) == [(provider, _subject(ada))]
    steps.log_out(page)
    _log_in_at(page, provider, ada)
    again = _account(portal, ada.email)
    assert again is not None
    assert again.id == account.id
    assert _identities(portal, ada.email) == [(provider, _subject(ada))]


def test_the_sign_up_page_has_the_same_buttons(
    page: Page, portal: RunningPortal, ada: Person
) -> None:
    steps.visit(page, "/signup")
    _press(page, "google", "Sign up")
    _agree(page, "google", ada)
    _at_my_bookings(page)
    steps.visit(page, "/account")
    expect(steps.heading(page, ada.name, level=2)).to_be_visible()
    assert _identities(portal, ada.email) == [("google", _subject(ada))]


def test_google_and_apple_are_asked_with_pkce_state_and_nonce(
    page: Page, providers: ProviderServers, ada: Person
) -> None:
    server: OpenIDServer
    for provider in ("google", "apple"):
        server = getattr(providers, provider)
        server.asked.clear()
        server.exchanges.clear()
        steps.visit(page, "/login")
        _press(page, provider)
        [asked] = server.asked
        assert asked["code_challenge_method"] == "S256"
        assert {"state", "nonce", "code_challenge"} <= asked.keys()
        assert asked.get("response_mode") == (
            "form_post" if provider == "apple" else None
        )
        _agree(page, provider, _person_of(providers, provider, ada))
        _at_my_bookings(page)
        [exchange] = server.exchanges
        assert len(exchange["code_verifier"]) == 43
        assert exchange["code_verifier"] not in repr(asked)
        steps.log_out(page)


def _person_of(servers: ProviderServers, provider: str, ada: Person) -> Person:
    """Ada for Google, somebody new for Apple, so that nothing is asked of them."""
    if provider == "google":
        return ada
    person = _nobody()
    _introduce(servers, person)
    return person


def test_apple_tells_the_name_once_in_its_form(
    page: Page, portal: RunningPortal, providers: ProviderServers
) -> None:
    person = _nobody()
    providers.apple.knows(_subject(person), email=person.email, email_verified=True)
    providers.apple.posted_name = {"firstName": "Zoë", "lastName": "Núñez"}
    _log_in_at(page, "apple", person)
    steps.visit(page, "/account")
    expect(steps.heading(page, "Zoë Núñez", level=2)).to_be_visible()


def test_facebook_gives_an_email_that_must_be_proven(
    page: Page, portal: RunningPortal, mailbox: Mailbox, ada: Person
) -> None:
    steps.visit(page, "/login")
    _press(page, "facebook")
    _agree(page, "facebook", ada)
    expect(steps.heading(page, "Your e-mail")).to_be_visible()
    expect(steps.field(page, "Email")).to_have_value(ada.email)
    assert _account(portal, ada.email) is None
    steps.button(page, "Send me a mail").click()
    _prove_by_mail(page, mailbox, ada.email)
    assert _identities(portal, ada.email) == [("facebook", _subject(ada))]
    steps.log_out(page)
    _log_in_at(page, "facebook", ada)


def test_facebook_without_an_email_asks_for_one(
    page: Page, portal: RunningPortal, providers: ProviderServers, mailbox: Mailbox
) -> None:
    person = _nobody()
    providers.facebook.knows(_subject(person), first_name="Ada", last_name="Silent")
    steps.visit(page, "/login")
    _press(page, "facebook")
    _agree(page, "facebook", person)
    expect(steps.field(page, "Email")).to_have_value("")
    before = _standing(portal)
    steps.field(page, "Email").fill("no e-mail")
    steps.button(page, "Send me a mail").click()
    expect(page.get_by_text("Please enter an e-mail address such as")).to_be_visible()
    assert _standing(portal) == before
    steps.field(page, "Email").fill(person.email)
    steps.button(page, "Send me a mail").click()
    _prove_by_mail(page, mailbox, person.email)
    assert _identities(portal, person.email) == [("facebook", _subject(person))]


def test_the_link_of_that_mail_works_in_its_own_browser_only(
    page: Page,
    new_context: NewContext,
    portal: RunningPortal,
    mailbox: Mailbox,
    ada: Person,
) -> None:
    steps.visit(page, "/login")
    _press(page, "facebook")
    _agree(page, "facebook", ada)
    steps.button(page, "Send me a mail").click()
    expect(steps.heading(page, "Check your mail")).to_be_visible()
    link = link_in(mailbox.wait_for(ada.email, CONFIRM), "/login/connect")
    elsewhere = _tab(new_context)
    steps.visit(elsewhere, link)
    before = _standing(portal)
    steps.button(elsewhere, "Log in").click()
    expect(steps.heading(elsewhere, "Another browser")).to_be_visible()
    assert _standing(portal) == before
    assert _account(portal, ada.email) is None
    _prove_by_mail(page, mailbox, ada.email)


# --- An account that is there already --------------------------------------------


def test_an_existing_account_is_proven_once_by_password(
    page: Page, portal: RunningPortal, providers: ProviderServers, mailbox: Mailbox
) -> None:
    person = new_customer(portal.database)
    _introduce(providers, person)
    steps.visit(page, "/login")
    _press(page, "google")
    _agree(page, "google", person)
    expect(steps.heading(page, "Is this you?")).to_be_visible()
    before = _standing(portal)
    steps.field(page, "Password").fill("not-my-password-1")
    steps.button(page, "Log in").click()
    expect(
        page.get_by_text("This is not the password of that account.")
    ).to_be_visible()
    assert _standing(portal) == before
    steps.field(page, "Password").fill(person.password)
    steps.button(page, "Log in").click()
    _at_my_bookings(page)
    assert _identities(portal, person.email) == [("google", _subject(person))]
    mailbox.wait_for(person.email, CONNECTED)
    steps.log_out(page)
    _log_in_at(page, "google", person)


def test_an_existing_account_is_proven_once_by_mail(
    page: Page, portal: RunningPortal, providers: ProviderServers, mailbox: Mailbox
) -> None:
    person = new_customer(portal.database)
    _introduce(providers, person)
    steps.visit(page, "/login")
    _press(page, "apple")
    _agree(page, "apple", person)
    steps.button(page, "Send me a mail instead").click()
    _prove_by_mail(page, mailbox, person.email)
    assert _identities(portal, person.email) == [("apple", _subject(person))]
    account = _account(portal, person.email)
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
    _log_in_at(page, "google", ada)
    account = _account(portal, ada.email)
    assert account is not None
    assert account.password_hash is None
    steps.visit(page, "/account")
    expect(steps.heading(page, ada.name, level=2)).to_be_visible()
    stranger = new_context().new_page()
    before = _standing(portal)
    steps.visit(stranger, "/login")
    steps.fill_log_in(stranger, ada)
    expect(stranger.get_by_text("not right")).to_be_visible()
    steps.visit(stranger, activation)
    steps.button(stranger, "Activate my account").click()
    expect(stranger.get_by_role("heading", level=1)).not_to_have_text(
        re.compile("active")
    )
    assert _standing(portal) == before


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
    _introduce(providers, person, email_verified=False)
    steps.visit(page, "/login")
    _press(page, "google")
    before = _identities(portal, person.email)
    _agree(page, "google", person)
    expect(steps.heading(page, "Your e-mail")).to_be_visible()
    steps.visit(page, "/bookings")
    expect(steps.heading(page, "Log in")).to_be_visible()
    assert _identities(portal, person.email) == before == []


# --- My Account ------------------------------------------------------------------


def test_connecting_and_disconnecting_in_my_account(
    new_context: NewContext,
    portal: RunningPortal,
    providers: ProviderServers,
    mailbox: Mailbox,
) -> None:
    person = new_customer(portal.database)
    _introduce(providers, person)
    context = new_context()
    context.route("https://cdn.jsdelivr.net/**", lambda route: route.fulfill(body=""))
    page = steps.arrive_signed_in(context, portal, person)
    for provider, name in PROVIDERS.items():
        steps.visit(page, "/account")
        steps.link(page, f"Connect {name}").click()
        _agree(page, provider, person)
        expect(page.get_by_text(f"{name} is connected.")).to_be_visible()
        expect(steps.button(page, f"Disconnect {name}")).to_be_visible()
    assert [name for name, _ in _identities(portal, person.email)] == sorted(PROVIDERS)
    mailbox.wait_for(person.email, CONNECTED)
    for name in PROVIDERS.values():
        steps.button(page, f"Disconnect {name}").click()
        expect(steps.link(page, f"Connect {name}")).to_be_visible()
    assert _identities(portal, person.email) == []


def test_the_last_way_in_stays(page: Page, portal: RunningPortal, ada: Person) -> None:
    _log_in_at(page, "google", ada)
    steps.visit(page, "/account")
    expect(page.get_by_text("Your only way in")).to_be_visible()
    expect(steps.button(page, "Disconnect Google")).to_have_count(0)
    assert _identities(portal, ada.email) == [("google", _subject(ada))]


def test_a_provider_of_another_account_is_not_connected(
    new_context: NewContext,
    page: Page,
    portal: RunningPortal,
    ada: Person,
) -> None:
    _log_in_at(page, "google", ada)
    other = new_customer(portal.database)
    context = new_context()
    context.route("https://cdn.jsdelivr.net/**", lambda route: route.fulfill(body=""))
    tab = steps.arrive_signed_in(context, portal, other)
    steps.visit(tab, "/account")
    mails = _mails(portal, "ways_changed")
    steps.link(tab, "Connect Google").click()
    _agree(tab, "google", ada)
    expect(
        tab.get_by_text("That Google account is connected to another account here")
    ).to_be_visible()
    assert _identities(portal, other.email) == []
    assert _mails(portal, "ways_changed") == mails


# --- Refusals --------------------------------------------------------------------


def _refused(page: Page, portal: RunningPortal, before: Any, sentence: str) -> None:
    """On the log-in page, with the sentence; nothing was done."""
    expect(steps.heading(page, "Log in")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
    assert urlsplit(page.url).path == "/login"
    after = _standing(portal)
    # That a sign-in was begun, and whether it was used up, is all that remains.
    before.pop("provider_flow", None)
    after.pop("provider_flow", None)
    assert after == before


@pytest.mark.parametrize("provider", list(PROVIDERS))
def test_denying(page: Page, portal: RunningPortal, ada: Person, provider: str) -> None:
    before = _standing(portal)
    steps.visit(page, "/login?next=/account")
    _press(page, provider)
    _deny(page, provider)
    _refused(page, portal, before, f"You did not allow {PROVIDERS[provider]}")
    # Another try goes on where they wanted to. (The mock gives no state back with
    # a denial, as the standard asks, so there it is not known what was given up.)
    _press(page, "google")
    _agree(page, "google", ada)
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
    _press(page, provider)
    _agree(page, provider, ada)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Your e-mail" if provider == "facebook" else "My Bookings"
    )
    page.context.clear_cookies(name="portal")
    before = _standing(portal)
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
    before = _standing(portal)
    for tried in (secrets.token_urlsafe(32), state, ""):
        page.goto(f"/api/auth/{provider}/callback?code={code}&state={tried}")
        _refused(page, portal, before, "does not belong to this browser")
    assert _account(portal, ada.email) is None


def _answer_to_an_attacker(
    portal: RunningPortal, servers: ProviderServers, provider: str, person: Person
) -> tuple[str, str]:
    """A good answer, to a sign-in that was begun in another browser."""
    start = httpx.get(f"{portal.url}/api/auth/{provider}/start")
    address = start.headers["location"]
    answer = servers.named(provider).authorize(address, _subject(person))
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
    before = _standing(portal)
    steps.visit(page, "/login")
    for fault in ("signature", "audience", "issuer", "nonce"):
        _press(page, provider)
        getattr(providers, provider).misbehave(fault)
        _agree(page, provider, ada)
        _refused(
            page,
            portal,
            before,
            f"We could not trust the answer of {PROVIDERS[provider]}.",
        )
    assert _account(portal, ada.email) is None


def test_a_facebook_code_that_is_not_ours(
    page: Page, portal: RunningPortal, providers: ProviderServers, ada: Person
) -> None:
    before = _standing(portal)
    steps.visit(page, "/login")
    _press(page, "facebook")
    providers.facebook.fault = "graph refuses"
    _agree(page, "facebook", ada)
    _refused(page, portal, before, "We could not trust the answer of Facebook.")


@pytest.mark.parametrize("provider", list(PROVIDERS))
def test_a_provider_that_is_down(
    page: Page,
    portal: RunningPortal,
    providers: ProviderServers,
    ada: Person,
    provider: str,
) -> None:
    before = _standing(portal)
    steps.visit(page, "/login")
    _press(page, provider)
    if provider == "facebook":
        providers.facebook.fault = "down"
    else:
        getattr(providers, provider).misbehave("down")
    _agree(page, provider, ada)
    _refused(page, portal, before, f"{PROVIDERS[provider]} does not answer")


def test_an_answer_that_took_too_long(
    page: Page, portal: RunningPortal, ada: Person
) -> None:
    before = _standing(portal)
    steps.visit(page, "/login")
    _press(page, "google")
    state = dict(parse_qsl(urlsplit(page.url).query))["state"]
    assert state
    with portal.database.write() as tx:
        tx.execute(
            update(ProviderFlow)
            .where(col(ProviderFlow.used_at).is_(None))
            .values(expires_at=utc_now())
        )
    _agree(page, "google", ada)
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
