"""A session that ends in one tab ends in all of them, and nobody is lost by it."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import Session, col, func, select

from portal_app.domain.accounts.models import Account, AccountSession
from portal_app.kernel.ids import hash_secret
from tests.e2e import steps
from tests.support.contents import contents
from tests.support.people import Person, new_customer, session_cookie
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
MOVING = {"attempt_window", "account_session", "outbox_message", "known_device"}


def _standing(portal: RunningPortal) -> dict[str, Any]:
    found = contents(portal.database)
    return {table: rows for table, rows in found.items() if table not in MOVING}


def _open_sessions(portal: RunningPortal, person: Person) -> int:
    def count(tx: Session) -> int:
        mine = (
            select(func.count())
            .select_from(AccountSession)
            .join(Account, col(Account.id) == AccountSession.account_id)
            .where(
                Account.email == person.email, col(AccountSession.revoked_at).is_(None)
            )
        )
        return tx.exec(mine).one()

    return portal.database.query(count)


def _change_name(page: Page, name: str) -> None:
    """Fill in the profile's form; what is left is to press *Save*."""
    steps.button(page, "Edit Info").click()
    steps.field(page, "First name").fill(name)


def _save(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()


def _shows_log_in(page: Page, came_from: str) -> None:
    expect(steps.heading(page, "Log in")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/login\?next={re.escape(came_from)}$"))


def test_log_out_in_one_tab_and_click_in_the_other(
    new_context: NewContext, portal: RunningPortal, customer: Person
) -> None:
    context = new_context()
    tab_a = steps.arrive_signed_in(context, portal, customer)
    steps.visit(tab_a, "/bookings")
    tab_b = context.new_page()
    steps.visit(tab_b, "/bookings?when=past")
    expect(tab_b.get_by_role("tab", name="Past")).to_have_attribute(
        "aria-selected", "true"
    )
    steps.log_out(tab_a)
    before = _standing(portal)
    tab_b.get_by_role("tab", name="Upcoming").click()
    expect(steps.heading(tab_b, "Log in")).to_be_visible()
    assert _standing(portal) == before
    steps.fill_log_in(tab_b, customer)
    expect(steps.heading(tab_b, "My Bookings")).to_be_visible()


def test_a_form_in_the_other_tab_changes_nothing(
    new_context: NewContext, portal: RunningPortal, customer: Person
) -> None:
    """The session is revoked elsewhere; this browser still holds its cookie."""
    context = new_context()
    tab_b = steps.arrive_signed_in(context, portal, customer)
    steps.visit(tab_b, "/account")
    _change_name(tab_b, "Changed")
    elsewhere = steps.arrive_signed_in(new_context(), portal, customer)
    steps.visit(elsewhere, "/account")
    steps.button(elsewhere, "Sign out everywhere else").click()
    expect(elsewhere.get_by_text("All other devices are signed out.")).to_be_visible()
    assert _open_sessions(portal, customer) == 1
    before = _standing(portal)
    _save(tab_b)
    _shows_log_in(tab_b, "/account")
    assert _standing(portal) == before
    expect(tab_b.get_by_text(customer.name)).to_have_count(0)
    steps.fill_log_in(tab_b, customer)
    expect(steps.heading(tab_b, "My Account")).to_be_visible()
    expect(steps.heading(tab_b, customer.name, level=2)).to_be_visible()
    # What was typed waits there, to be saved now.
    expect(steps.field(tab_b, "First name")).to_have_value("Changed")


def test_after_logging_in_the_wizard_is_where_it_was(
    new_context: NewContext, portal: RunningPortal, customer: Person
) -> None:
    """Log out in A; B was at the address of a booking, and is there again."""
    context = new_context()
    tab_b = steps.arrive_signed_in(context, portal, customer)
    steps.open_wizard(tab_b)
    steps.answer_options(tab_b)
    steps.go_on(tab_b)
    steps.at_step(tab_b, "Day and time")
    here = tab_b.url.removeprefix(portal.url)
    tab_a = context.new_page()
    steps.visit(tab_a, "/bookings")
    steps.log_out(tab_a)
    before = _standing(portal)
    steps.button(tab_b, "Next month").click()
    expect(steps.heading(tab_b, "Log in")).to_be_visible()
    assert _standing(portal) == before
    steps.fill_log_in(tab_b, customer)
    steps.at_step(tab_b, "Day and time")
    assert tab_b.url.removeprefix(portal.url) == here
    steps.button(tab_b, "Back").click()
    steps.at_step(tab_b, "Options")
    steps.options_as_answered(tab_b)


def test_each_session_has_a_sign_out_of_its_own(
    new_context: NewContext, portal: RunningPortal, customer: Person
) -> None:
    first, second, third = (
        steps.arrive_signed_in(new_context(), portal, customer) for _ in range(3)
    )
    for tab in (second, third):
        steps.visit(tab, "/account")
    steps.visit(first, "/account")
    sign_outs = first.get_by_role("button", name="Sign out", exact=True)
    expect(sign_outs).to_have_count(2)
    expect(first.get_by_text("This device")).to_have_count(1)
    # The latest of the others stands first: it is the third tab's.
    sign_outs.first.click()
    expect(first.get_by_text("That device is signed out.")).to_be_visible()
    expect(sign_outs).to_have_count(1)
    assert _open_sessions(portal, customer) == 2
    ended, left = _ended_and_left(portal, second, third)
    steps.button(ended, "Edit Info").click()
    _shows_log_in(ended, "/account")
    _change_name(left, "Still")
    expect(steps.field(left, "First name")).to_have_value("Still")
    expect(steps.heading(left, "My Account")).to_be_visible()


def _ended_and_left(portal: RunningPortal, *tabs: Page) -> tuple[Page, Page]:
    """Of two tabs, the one whose session has ended, and the other."""

    def is_over(tab: Page) -> bool:
        [secret] = [c["value"] for c in tab.context.cookies() if c["name"] == "portal"]
        with portal.database.read() as tx:
            row = tx.exec(
                select(AccountSession).where(
                    AccountSession.token_hash == hash_secret(secret)
                )
            ).one()
            return row.revoked_at is not None

    ended, left = sorted(tabs, key=is_over, reverse=True)
    assert (is_over(ended), is_over(left)) == (True, False)
    return ended, left


def test_nobody_signs_somebody_else_out(
    new_context: NewContext, portal: RunningPortal, customer: Person
) -> None:
    other = new_customer(portal.database, "Victor")
    session_cookie(portal.database, other)
    page = steps.arrive_signed_in(new_context(), portal, customer)
    session_cookie(portal.database, customer)
    steps.visit(page, "/account")
    steps.button(page, "Sign out everywhere else").click()
    expect(page.get_by_text("All other devices are signed out.")).to_be_visible()
    assert _open_sessions(portal, customer) == 1
    assert _open_sessions(portal, other) == 1
