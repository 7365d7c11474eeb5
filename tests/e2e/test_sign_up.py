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
from tests.e2e import steps
from tests.support.mailbox import Mailbox, html_of, link_in, text_of
from tests.support.people import Person
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
ACTIVATE = "Activate your account at Brightside Home & Pet Care"
EMPTY = {
    "First name": "Please enter your first name.",
    "Last name": "Please enter your last name.",
    "Email": "Please enter an e-mail address such as maya@example.com.",
    "Password": "Please use at least 10 characters.",
}


@pytest.fixture
def grace() -> Person:
    """Somebody who has no account yet."""
    unique = secrets.token_hex(5)
    return Person(f"grace-{unique}@example.com", "Grace", f"Newcomer{unique}")


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
    steps.visit(page, "/")
    page.get_by_role("banner").get_by_role("link", name="Sign up", exact=True).click()
    expect(steps.heading(page, "Sign up")).to_be_visible()
    _see_what_is_missing(page)
    assert _account(portal, grace) == []
    steps.fill_sign_up(page, grace)
    steps.button(page, "Sign up").click()
    expect(steps.heading(page, "Check your mail")).to_be_visible()
    expect(page.get_by_text(f"We sent a mail to {grace.email}.")).to_be_visible()
    link = _read_the_mail(portal.mailbox, grace, portal.url)
    _scan(new_context(), link)
    assert not _is_active(portal, grace)

    page.goto(link)
    expect(steps.heading(page, "Almost there")).to_be_visible()
    assert not _is_active(portal, grace)
    steps.button(page, "Activate my account").click()
    expect(steps.heading(page, "Welcome!")).to_be_visible()
    assert _is_active(portal, grace)
    steps.link(page, "Log in").click()
    expect(page.get_by_text("Your account is active. Log in to go on.")).to_be_visible()
    steps.fill_log_in(page, grace)
    expect(steps.heading(page, "My Bookings")).to_be_visible()
    expect(steps.heading(page, "Nothing is booked", level=2)).to_be_visible()
    _log_out_and_go_back(page, grace)


def _see_what_is_missing(page: Page) -> None:
    steps.alive(page)
    steps.button(page, "Sign up").click()
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


def test_a_double_click_signs_up_once(
    device: str, portal: RunningPortal, page: Page, grace: Person
) -> None:
    steps.visit(page, "/signup")
    steps.fill_sign_up(page, grace)
    steps.button(page, "Sign up").dblclick()
    expect(steps.heading(page, "Check your mail")).to_be_visible()
    _activation(portal.mailbox, grace)
    steps.reload(page)
    expect(steps.heading(page, "Check your mail")).to_be_visible()
    assert len(_account(portal, grace)) == 1
    assert _told(portal, grace) == ["verify_email"]
    assert len(portal.mailbox.to(grace.email)) == 1


def test_a_double_click_activates_once(
    portal: RunningPortal, page: Page, grace: Person
) -> None:
    steps.sign_up(page, grace)
    page.goto(link_in(_activation(portal.mailbox, grace), "/verify-email"))
    steps.alive(page)
    steps.button(page, "Activate my account").dblclick()
    expect(steps.heading(page, "Welcome!")).to_be_visible()
    steps.reload(page)
    steps.log_in(page, grace)


def test_an_existing_email_gets_the_same_screen_and_another_mail(
    portal: RunningPortal, new_context: NewContext, customer: Person, grace: Person
) -> None:
    before = _account(portal, customer)
    known = Person(customer.email, "Mallory", "Guesser", "a-different-password-77")
    seen = []
    for person in (grace, known):
        page = new_context().new_page()
        steps.sign_up(page, person)
        assert page.url == f"{portal.url}/signup?sent=1"
        main = page.get_by_role("main").aria_snapshot()
        seen.append(main.replace(person.email, "THE E-MAIL"))
    assert seen[0] == seen[1]
    assert "THE E-MAIL" in seen[0]
    mail = portal.mailbox.wait_for(customer.email, "You already have an account")
    assert link_in(mail, portal.url) == f"{portal.url}/login"
    assert "Mallory" not in text_of(mail) + html_of(mail)
    assert _account(portal, customer) == before
    assert _told(portal, customer) == ["already_registered"]


def test_only_a_right_password_tells_that_an_account_is_not_active(
    portal: RunningPortal, page: Page, grace: Person
) -> None:
    wrong = page.get_by_role("alert").filter(
        has_text="The e-mail or the password is not right."
    )
    inactive = page.get_by_role("alert").filter(
        has_text="Your account is not active yet."
    )
    steps.sign_up(page, grace)
    first = link_in(_activation(portal.mailbox, grace), "/verify-email")
    steps.visit(page, "/login")
    steps.fill_log_in(page, grace, "not-her-password-5")
    expect(wrong).to_be_visible()
    expect(inactive).to_have_count(0)
    expect(steps.button(page, "Send me a new mail")).to_have_count(0)
    assert _told(portal, grace) == ["verify_email"]

    steps.fill_log_in(page, grace)
    expect(inactive).to_be_visible()
    assert page.context.cookies() == []
    steps.button(page, "Send me a new mail").click()
    expect(page.get_by_text("Only the link in the newest mail works.")).to_be_visible()
    expect(steps.button(page, "Send me a new mail")).to_have_count(0)
    assert _told(portal, grace) == ["verify_email", "verify_email"]

    page.goto(first)
    steps.alive(page)
    steps.button(page, "Activate my account").click()
    expect(steps.heading(page, "This link has run out")).to_be_visible()
    assert not _is_active(portal, grace)


def test_a_wrong_pair_reads_the_same_for_every_email(
    portal: RunningPortal, new_context: NewContext, customer: Person, grace: Person
) -> None:
    seen = []
    for person in (customer, grace):
        page = new_context().new_page()
        steps.visit(page, "/login")
        steps.fill_log_in(page, person, "not-the-password-5")
        alert = page.get_by_role("alert")
        expect(alert).to_have_text("The e-mail or the password is not right.")
        seen.append(page.get_by_role("main").aria_snapshot())
        assert page.context.cookies() == []
    assert seen[0].replace(customer.email, "X") == seen[1].replace(grace.email, "X")
    assert _told(portal, customer) == []


def test_what_was_typed_stays_when_something_is_wrong(page: Page) -> None:
    steps.visit(page, "/signup")
    steps.field(page, "First name").fill("Grace")
    steps.field(page, "Email").fill("grace at example")
    steps.button(page, "Sign up").click()
    expect(steps.field(page, "Last name")).to_be_focused()
    expect(steps.field(page, "First name")).to_have_value("Grace")
    expect(steps.field(page, "First name")).to_have_attribute("aria-invalid", "false")
    expect(steps.field(page, "Email")).to_have_value("grace at example")


def test_the_meter_says_how_strong_a_password_is(page: Page) -> None:
    steps.visit(page, "/signup")
    password = steps.field(page, "Password")
    password.fill("password")
    expect(page.get_by_text("Too easy to guess")).to_be_visible()
    password.fill("seven-otters-drink-rooibos")
    expect(page.get_by_text("Strong", exact=True)).to_be_visible()


def test_remember_me_outlives_the_window(page: Page, customer: Person) -> None:
    steps.visit(page, "/login")
    page.get_by_role("checkbox", name="Remember me").check()
    steps.fill_log_in(page, customer)
    expect(steps.heading(page, "My Bookings")).to_be_visible()
    (cookie,) = [c for c in page.context.cookies() if c["name"] == "portal"]
    now = page.evaluate("Date.now() / 1000")
    assert cookie["expires"] - now == pytest.approx(30 * 24 * 3600, abs=60)


def test_logging_out_in_one_tab_ends_the_other_tabs(
    portal: RunningPortal, new_context: NewContext, customer: Person
) -> None:
    context = new_context()
    first = steps.arrive_signed_in(context, portal, customer)
    steps.visit(first, "/bookings")
    second = context.new_page()
    steps.visit(second, "/account")
    steps.log_out(first)
    steps.button(second, "Edit Info").click()
    expect(steps.heading(second, "Log in")).to_be_visible()
    expect(second).to_have_url(f"{portal.url}/login?next=/account")
