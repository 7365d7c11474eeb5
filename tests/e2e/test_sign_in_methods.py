"""A booking's number, the link of a mail, a new password, a new email, a switch."""

import re
import secrets
from collections.abc import Callable
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import Session, col, func, select

from portal_app.domain.accounts.models import Account, AccountSession
from portal_app.domain.bookings.models import Booking
from portal_app.domain.customers.models import Customer
from tests.e2e import steps
from tests.support.bookings import book_first_free_time, delete_account_only
from tests.support.mailbox import Mailbox, link_in
from tests.support.people import Person, guest_cookie, new_customer, session_cookie
from tests.support.server import RunningPortal
from tests.support.snapshots import database_snapshot
from tests.support.switches import switches_set

NewContext = Callable[[], BrowserContext]
MOVING = {"attempt_window", "outbox_message", "security_event"}
NEW_PASSWORD = "brand-new-otter-77"
GUEST = "You are here as a guest"
WRONG = "The email or the booking number is not right."


def _standing(portal: RunningPortal) -> dict[str, Any]:
    found = database_snapshot(portal.database)
    return {table: rows for table, rows in found.items() if table not in MOVING}


def _open_by_number(page: Page, email: str, number: str) -> None:
    steps.visit(page, "/login")
    steps.link(page, "Use booking number to log in").click()
    expect(steps.heading(page, "Log in with a booking number")).to_be_visible()
    steps.field(page, "Email").fill(email)
    steps.field(page, "Booking number").fill(number)
    steps.button(page, "Show my booking").click()


def _open_sessions(portal: RunningPortal, person: Person) -> int:
    def count(tx: Session) -> int:
        mine = (
            select(func.count())
            .select_from(AccountSession)
            .join(Account, col(Account.id) == AccountSession.account_id)
            .where(Account.email == person.email)
            .where(col(AccountSession.revoked_at).is_(None))
        )
        return tx.exec(mine).one()

    return portal.database.query(count)


def _calendar_status(portal: RunningPortal, page: Page, number: str) -> int:
    cookies = {c["name"]: c["value"] for c in page.context.cookies()}
    address = f"{portal.url}/api/calendar/{number}.ics"
    return httpx.get(address, cookies=cookies).status_code


# --- A booking's number -----------------------------------------------------------


def test_a_guest_sees_one_booking_and_takes_it_into_an_account(
    page: Page, portal: RunningPortal, mailbox: Mailbox
) -> None:
    person = new_customer(portal.database)
    number, other = (
        book_first_free_time(portal.database, person),
        book_first_free_time(portal.database, person),
    )
    delete_account_only(portal.database, person)
    before = _standing(portal)
    _open_by_number(page, "nobody@example.com", number)
    expect(page.get_by_role("alert").filter(has_text=WRONG)).to_be_visible()
    assert _standing(portal) == before
    steps.field(page, "Email").fill(person.email)
    steps.field(page, "Booking number").fill(number.lower())
    steps.button(page, "Show my booking").click()
    expect(page.get_by_text(GUEST)).to_be_visible()
    expect(page).to_have_url(re.compile(f"/bookings/{number}$"))
    expect(steps.heading(page, "Dog walking")).to_be_visible()
    assert _calendar_status(portal, page, number) == 200
    assert _calendar_status(portal, page, other) == 404
    steps.visit(page, f"/bookings/{other}")
    expect(page.get_by_text("We could not find that booking")).to_be_visible()
    page.goto("/account")
    expect(steps.heading(page, "Log in")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/login\?next=/account$"))

    steps.visit(page, f"/bookings/{number}")
    steps.link(page, "Create an account").click()
    expect(steps.heading(page, "Sign up")).to_be_visible()
    # It begins with what the booking says.
    expect(steps.field(page, "Email")).to_have_value(person.email)
    steps.fill_sign_up(page, person)
    steps.button(page, "Sign up").click()
    expect(steps.heading(page, "Check your email")).to_be_visible()
    # Until the mailbox is proven, the account has nothing.
    assert _owner_has_account(portal, number) is False
    mail = mailbox.wait_for(person.email, "Activate your account")
    steps.visit(page, link_in(mail, "/verify-email"))
    steps.button(page, "Activate my account").click()
    # A booking waits: the password counts that is chosen with the mail at hand.
    expect(steps.heading(page, "Choose your password")).to_be_visible()
    assert _owner_has_account(portal, number) is False
    steps.field(page, "Password").fill(person.password)
    steps.button(page, "Activate my account").click()
    expect(page.get_by_text("Your account is active.")).to_be_visible()
    assert _owner_has_account(portal, number) is True
    steps.log_in(page, person)
    steps.visit(page, f"/bookings/{number}")
    expect(steps.link(page, "My Bookings").first).to_be_visible()
    expect(steps.heading(page, "Dog walking")).to_be_visible()
    expect(page.get_by_text(GUEST)).to_have_count(0)


def _owner_has_account(portal: RunningPortal, number: str) -> bool:
    with portal.database.read() as tx:
        booking = tx.exec(select(Booking).where(Booking.number == number)).one()
        return tx.get_one(Customer, booking.customer_id).account_id is not None


# --- The link of a mail -----------------------------------------------------------


def test_the_link_of_a_mail_opens_one_booking_until_it_is_switched_off(
    page: Page, new_context: NewContext, portal: RunningPortal, mailbox: Mailbox
) -> None:
    person = new_customer(portal.database)
    number = book_first_free_time(portal.database, person)
    mail = mailbox.wait_for(person.email, number)
    link = link_in(mail, "/login/booking")
    before = _standing(portal)
    steps.visit(page, link)
    expect(steps.button(page, "Show my booking")).to_be_visible()
    assert _standing(portal) == before
    steps.button(page, "Show my booking").click()
    expect(page.get_by_text(GUEST)).to_be_visible()
    expect(page).to_have_url(re.compile(f"/bookings/{number}$"))

    own = steps.arrive_signed_in(new_context(), portal, person)
    steps.visit(own, "/account/security")
    steps.button(own, f"Switch off the link to {number}").click()
    expect(own.get_by_text("The link is switched off.")).to_be_visible()

    # Whoever came by it is out, and it opens nothing any more.
    steps.reload(page)
    expect(steps.heading(page, "Log in")).to_be_visible()
    assert _calendar_status(portal, page, number) == 404
    # In another tab: this one still loads the log-in page for its new session.
    page = page.context.new_page()
    steps.visit(page, link)
    before = _standing(portal)
    steps.button(page, "Show my booking").click()
    expect(steps.heading(page, "This link has run out")).to_be_visible()
    assert _standing(portal) == before


# --- A new password, a new email --------------------------------------------------


def test_a_forgotten_password(
    page: Page, new_context: NewContext, portal: RunningPortal, mailbox: Mailbox
) -> None:
    person = new_customer(portal.database)
    session_cookie(portal.database, person)
    session_cookie(portal.database, person)
    steps.visit(page, "/login")
    steps.link(page, "Forgot password?").click()
    expect(steps.heading(page, "Forgot your password?")).to_be_visible()
    steps.field(page, "Email").fill(person.email)
    steps.button(page, "Send me a link").click()
    expect(steps.heading(page, "Check your email")).to_be_visible()
    link = link_in(
        mailbox.wait_for(person.email, "Choose a new password"), "/reset-password"
    )
    steps.visit(page, link)
    steps.field(page, "New password").fill(NEW_PASSWORD)
    assert _open_sessions(portal, person) == 2
    steps.button(page, "Save").click()
    expect(steps.heading(page, "That is your new password")).to_be_visible()
    assert _open_sessions(portal, person) == 0
    mailbox.wait_for(person.email, "Your password at")
    before = _standing(portal)
    # The link worked once.
    page = new_context().new_page()
    steps.visit(page, link)
    steps.field(page, "New password").fill("another-otter-78")
    steps.button(page, "Save").click()
    expect(steps.heading(page, "This link has run out")).to_be_visible()
    steps.visit(page, "/login")
    steps.fill_log_in(page, person)
    expect(page.get_by_role("alert")).to_be_visible()
    assert _standing(portal) == before
    steps.fill_log_in(page, person, NEW_PASSWORD)
    expect(steps.heading(page, "My Bookings")).to_be_visible()


def test_a_new_password_and_a_new_email_in_my_account(
    new_context: NewContext, portal: RunningPortal, mailbox: Mailbox, customer: Person
) -> None:
    elsewhere = steps.arrive_signed_in(new_context(), portal, customer)
    steps.visit(elsewhere, "/bookings")
    page = steps.arrive_signed_in(new_context(), portal, customer)
    steps.visit(page, "/account/security")
    _change_password(page, portal, customer)
    mailbox.wait_for(customer.email, "Your password at")
    # Nobody has to click there.
    expect(steps.heading(elsewhere, "Log in")).to_be_visible()

    steps.reload(page)
    moved = Person(
        f"moved-{secrets.token_hex(5)}@example.com",
        customer.first_name,
        customer.last_name,
        NEW_PASSWORD,
    )
    link = _ask_for_a_new_email(page, mailbox, moved)
    before = _standing(portal)
    steps.visit(page, link)
    expect(steps.button(page, "Use this email")).to_be_visible()
    assert _standing(portal) == before
    steps.button(page, "Use this email").click()
    expect(steps.heading(page, "Your email is changed")).to_be_visible()
    mailbox.wait_for(customer.email, "was changed")
    # The old email opens nothing any more, the new one with the new password does.
    steps.fill_log_in(elsewhere, customer, NEW_PASSWORD)
    expect(elsewhere.get_by_role("alert")).to_be_visible()
    steps.fill_log_in(elsewhere, moved)
    expect(steps.heading(elsewhere, "My Bookings")).to_be_visible()


def _change_password(page: Page, portal: RunningPortal, person: Person) -> None:
    """With a wrong current password first; ends all other sessions."""
    steps.button(page, "Reset password").click()
    dialog = page.get_by_role("dialog", name="Reset password")
    dialog.get_by_label("Current password", exact=True).fill("not-mine-at-all-1")
    dialog.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    before = _standing(portal)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("This is not your password.")).to_be_visible()
    assert _standing(portal) == before
    dialog.get_by_label("Current password", exact=True).fill(person.password)
    dialog.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Your new password works from now on.")).to_be_visible()
    assert _open_sessions(portal, person) == 1


def _ask_for_a_new_email(page: Page, mailbox: Mailbox, moved: Person) -> str:
    """The link of the mail that goes to the new address."""
    steps.button(page, "Change email").click()
    dialog = page.get_by_role("dialog", name="Change email")
    dialog.get_by_label("New email", exact=True).fill(moved.email)
    dialog.get_by_label("Your password", exact=True).fill(moved.password)
    dialog.get_by_role("button", name="Send me an email").click()
    expect(dialog.get_by_text(moved.email)).to_be_visible()
    mail = mailbox.wait_for(moved.email, "Confirm your new email")
    return link_in(mail, "/confirm-email")


# --- The office -------------------------------------------------------------------


def test_the_office_switches_ways_off_and_reads_what_was_refused(
    new_context: NewContext, portal: RunningPortal, customer: Person
) -> None:
    number = book_first_free_time(portal.database, customer)
    cookie = guest_cookie(portal.database, customer, number)
    address = f"{portal.url}/api/calendar/{number}.ics"
    # A page that was opened before.
    early = new_context().new_page()
    steps.visit(early, "/login/booking")
    steps.field(early, "Email").fill(customer.email)
    steps.field(early, "Booking number").fill(number)
    office = Person("office@example.com", "Office", "", "demo-portal-1")
    page = steps.arrive_signed_in(new_context(), portal, office)
    # Both are on; at the end they are so again.
    with switches_set(portal.database, booking_number=True, google=True):
        steps.visit(page, "/office/settings")
        for name in ("Booking number", "Google"):
            page.get_by_role("checkbox", name=name).uncheck()
        steps.button(page, "Save").click()
        expect(page.get_by_text("The settings are saved.")).to_be_visible()
        before = _standing(portal)
        steps.button(early, "Show my booking").click()
        expect(early.get_by_text("This way to log in is switched off.")).to_be_visible()
        _closed_ways_are_gone(early)
        assert httpx.get(address, headers={"cookie": cookie}).status_code == 404
        assert _standing(portal) == before
    assert httpx.get(address, headers={"cookie": cookie}).status_code == 200
    steps.visit(early, "/login")
    expect(steps.link(early, "Log in with Google")).to_be_visible()

    steps.fill_log_in(early, customer, "not-my-password-1")
    expect(early.get_by_role("alert")).to_be_visible()
    steps.visit(page, "/office/security?kind=sign_in_failed")
    row = (
        page.get_by_role("main").get_by_role("listitem").filter(has_text=customer.email)
    )
    expect(row).to_contain_text("A log-in was refused: wrong email or password.")
    expect(row).to_contain_text("Chrome on Linux")


def _closed_ways_are_gone(page: Page) -> None:
    """Booking numbers and Google are switched off: nothing leads there, or answers."""
    steps.visit(page, "/login/booking")
    expect(steps.heading(page, "Not offered here")).to_be_visible()
    page.goto("/api/auth/google/start")
    expect(page.get_by_role("alert")).to_contain_text("Google is not offered here.")
    steps.alive(page)
    expect(page.get_by_role("link", name=re.compile("^Log in with "))).to_have_count(2)
    expect(steps.link(page, "Log in with Google")).to_have_count(0)
    expect(steps.link(page, "Use booking number to log in")).to_have_count(0)
