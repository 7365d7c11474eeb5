"""From a stranger to somebody who is logged in, and out again."""

import re
import secrets
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import Session, select

from portal_app.domain.accounts.models import Account
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.domain.sign_in import sign_up as customers
from portal_app.domain.sign_in.rules import SignUpForm
from portal_app.kernel.audiences import Actor
from tests.e2e import steps
from tests.e2e.input_methods import InputMethod, input_method_of
from tests.support.mailbox import Mailbox, html_of, link_in, text_of
from tests.support.people import Person
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
ACTIVATE = "Activate your account at Brightside Home & Pet Care"
EMPTY = {
    "First name": "Please enter your first name.",
    "Email": "Please enter an email address such as maya@example.com.",
    "Password": "Please use at least 10 characters.",
}


@pytest.fixture
def grace() -> Person:
    """Somebody who has no account yet."""
    return _newcomer("Grace")


def _newcomer(first_name: str) -> Person:
    unique = secrets.token_hex(5)
    email = f"{first_name.lower()}-{unique}@example.com"
    return Person(email, first_name, f"Newcomer{unique}")


def _account(portal: RunningPortal, person: Person) -> list[Account]:
    def read(tx: Session) -> list[Account]:
        return list(tx.exec(select(Account).where(Account.email == person.email)))

    return portal.database.query(read)


def _is_active(portal: RunningPortal, person: Person) -> bool:
    (account,) = _account(portal, person)
    return account.verified_at is not None


def _told(portal: RunningPortal, person: Person) -> list[str]:
    """The kinds of mail written for this person so far, sent or not."""

    def read(tx: Session) -> list[str]:
        mails = select(OutboxMessage).where(OutboxMessage.recipient == person.email)
        return [mail.kind for mail in tx.exec(mails.order_by(OutboxMessage.id))]

    return portal.database.query(read)


def _activation(mailbox: Mailbox, person: Person) -> EmailMessage:
    return mailbox.wait_for(person.email, ACTIVATE)


def test_a_stranger_signs_up_activates_logs_in_and_out(
    device: str,
    portal: RunningPortal,
    new_context: NewContext,
    page: Page,
    grace: Person,
) -> None:
    """By the keyboard alone, and by a finger on a phone."""
    hands = input_method_of(device, page)
    steps.visit(page, "/")
    banner = page.get_by_role("banner")
    hands.press(banner.get_by_role("link", name="Sign up", exact=True))
    expect(steps.heading(page, "Sign up")).to_be_visible()
    _see_what_is_missing(page, hands)
    assert _account(portal, grace) == []
    _fill_in(page, hands, grace)
    hands.press(steps.button(page, "Sign up"))
    expect(steps.heading(page, "Check your email")).to_be_visible()
    expect(page.get_by_text(f"We sent an email to {grace.email}.")).to_be_visible()
    link = _read_the_mail(portal.mailbox, grace, portal.url)
    _scan(new_context(), link)
    assert not _is_active(portal, grace)

    page.goto(link)
    expect(steps.heading(page, "Almost there")).to_be_visible()
    steps.alive(page)
    assert not _is_active(portal, grace)
    hands.press(steps.button(page, "Activate my account"))
    expect(steps.heading(page, "Welcome!")).to_be_visible()
    assert _is_active(portal, grace)
    hands.press(page.get_by_role("main").get_by_role("link", name="Log in", exact=True))
    expect(page.get_by_text("Your account is active. Log in to go on.")).to_be_visible()
    hands.write(steps.field(page, "Email"), grace.email)
    hands.write(steps.field(page, "Password"), grace.password)
    hands.press(steps.button(page, "Log in"))
    expect(steps.heading(page, "My Bookings")).to_be_visible()
    expect(steps.heading(page, "Nothing is booked", level=2)).to_be_visible()
    _log_out_and_go_back(page, grace)


def _fill_in(page: Page, hands: InputMethod, person: Person) -> None:
    """Something is wrong at first; what was typed stays, and the meter tells."""
    hands.write(steps.field(page, "First name"), person.first_name)
    hands.write(steps.field(page, "Email"), "grace at example")
    hands.write(steps.field(page, "Password"), "password")
    expect(page.get_by_text("Too easy to guess")).to_be_visible()
    hands.press(steps.button(page, "Sign up"))
    expect(steps.field(page, "Email")).to_be_focused()
    first = steps.field(page, "First name")
    expect(first).to_have_value(person.first_name)
    expect(first).to_have_attribute("aria-invalid", "false")
    expect(steps.field(page, "Email")).to_have_value("grace at example")
    hands.write(steps.field(page, "Last name"), person.last_name)
    # What is being put right is forgiven, what is still wrong is not.
    hands.write(steps.field(page, "Email"), person.email)
    expect(steps.field(page, "Email")).to_have_attribute("aria-invalid", "false")
    expect(page.get_by_text(EMPTY["Email"], exact=True)).to_be_hidden()
    expect(steps.field(page, "Password")).to_have_attribute("aria-invalid", "true")
    hands.write(steps.field(page, "Password"), "seven-otters-drink-rooibos")
    expect(page.get_by_text("Strong", exact=True)).to_be_visible()
    hands.write(steps.field(page, "Password"), person.password)
    hands.tick(page.get_by_role("checkbox", name="I accept the terms"))


def _see_what_is_missing(page: Page, hands: InputMethod) -> None:
    steps.alive(page)
    hands.press(steps.button(page, "Sign up"))
    for name, error in EMPTY.items():
        box = steps.field(page, name)
        expect(box).to_have_attribute("aria-invalid", "true")
        expect(box).to_have_accessible_description(re.compile(re.escape(error)))
        expect(page.get_by_text(error, exact=True)).to_be_visible()
    terms = page.get_by_role("checkbox", name="I accept the terms")
    expect(terms).to_have_accessible_description("Please accept the terms to go on.")
    expect(steps.field(page, "Phone")).to_have_attribute("aria-invalid", "false")
    # The first field that is wrong has the focus.
    expect(steps.field(page, "First name")).to_be_focused()


def _read_the_mail(mailbox: Mailbox, person: Person, url: str) -> str:
    mail = _activation(mailbox, person)
    link = link_in(mail, "/verify-email")
    assert re.fullmatch(re.escape(url) + r"/verify-email\?token=[\w-]{20,}", link)
    assert mail["to"] == person.email
    assert "Brightside Home & Pet Care" in str(mail["from"])
    assert "ACTIVATE YOUR ACCOUNT" in text_of(mail)
    html = html_of(mail)
    assert f'<a href="{link}"' in html
    assert "Brightside Home &amp; Pet Care" in html
    # Nobody has proven the mailbox yet: it greets nobody by name.
    assert person.first_name not in text_of(mail) + html
    assert len(mailbox.to(person.email)) == 1
    return link


def _scan(context: BrowserContext, link: str) -> None:
    """What mail scanners do: HEAD, GET, and opening the page with its scripts."""
    assert context.request.head(link).status == 200
    assert context.request.get(link).status == 200
    page = context.new_page()
    page.goto(link)
    expect(steps.button(page, "Activate my account")).to_be_visible()
    page.close()


def _log_out_and_go_back(page: Page, person: Person) -> None:
    page.evaluate("window.sameDocument = true")
    steps.log_out(page)
    assert page.evaluate("window.sameDocument") is None
    page.go_back()
    expect(steps.heading(page, "Log in")).to_be_visible()
    for personal in (person.name, person.first_name, person.email):
        expect(page.get_by_text(personal)).to_have_count(0)
    assert person.last_name not in page.content()


def test_every_button_pressed_twice_and_a_second_mail(
    portal: RunningPortal, page: Page, grace: Person
) -> None:
    steps.visit(page, "/signup")
    steps.fill_sign_up(page, grace)
    steps.button(page, "Sign up").dblclick()
    expect(steps.heading(page, "Check your email")).to_be_visible()
    # The heading comes before the address does; a reload goes by the address.
    expect(page).to_have_url(f"{portal.url}/signup?sent=1")
    first = link_in(_activation(portal.mailbox, grace), "/verify-email")
    steps.reload(page)
    expect(steps.heading(page, "Check your email")).to_be_visible()
    assert len(_account(portal, grace)) == 1
    assert _told(portal, grace) == ["verify_email"]
    assert len(portal.mailbox.to(grace.email)) == 1

    _only_a_right_password_tells_that_it_is_not_active(portal, page, grace)
    steps.button(page, "Send me a new email").click()
    expect(page.get_by_text("Only the link in the newest email works.")).to_be_visible()
    expect(steps.button(page, "Send me a new email")).to_have_count(0)
    assert _told(portal, grace) == ["verify_email", "verify_email"]
    page.goto(first)
    steps.alive(page)
    steps.button(page, "Activate my account").click()
    expect(steps.heading(page, "This link has run out")).to_be_visible()
    assert not _is_active(portal, grace)

    adele = _newcomer("Adele")
    _sign_up_elsewhere(portal, adele)
    page.goto(link_in(_activation(portal.mailbox, adele), "/verify-email"))
    steps.alive(page)
    steps.button(page, "Activate my account").dblclick()
    expect(steps.heading(page, "Welcome!")).to_be_visible()
    assert _is_active(portal, adele)
    steps.reload(page)
    _is_remembered(page, adele)


def _sign_up_elsewhere(portal: RunningPortal, person: Person) -> None:
    form = SignUpForm(
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone="",
        password=person.password,
        terms=True,
    )
    elsewhere = Actor(address=f"test-{secrets.token_hex(4)}", device="test")
    customers.sign_up(portal.database, elsewhere, form)


def _only_a_right_password_tells_that_it_is_not_active(
    portal: RunningPortal, page: Page, person: Person
) -> None:
    wrong = page.get_by_role("alert").filter(
        has_text="The email or the password is not right."
    )
    inactive = page.get_by_role("alert").filter(
        has_text="Your account is not active yet."
    )
    steps.visit(page, "/login")
    steps.fill_log_in(page, person, "not-her-password-5")
    expect(wrong).to_be_visible()
    expect(inactive).to_have_count(0)
    expect(steps.button(page, "Send me a new email")).to_have_count(0)
    assert _told(portal, person) == ["verify_email"]
    steps.fill_log_in(page, person)
    expect(inactive).to_be_visible()
    assert page.context.cookies() == []


def _is_remembered(page: Page, person: Person) -> None:
    """Whoever wants to be is logged in for thirty days."""
    steps.visit(page, "/login")
    page.get_by_role("checkbox", name="Remember me").check()
    steps.fill_log_in(page, person)
    expect(steps.heading(page, "My Bookings")).to_be_visible()
    (cookie,) = [c for c in page.context.cookies() if c["name"] == "portal"]
    now = page.evaluate("Date.now() / 1000")
    assert cookie["expires"] - now == pytest.approx(30 * 24 * 3600, abs=60)
