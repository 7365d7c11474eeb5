"""A session that ends in one tab ends in all of them, and nobody is lost by it."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import Session, col, func, select

from portal_app.domain.accounts.models import Account, AccountSession
from portal_app.kernel.ids import hash_secret
from tests.e2e import steps
from tests.support.people import Person, new_customer, session_cookie
from tests.support.server import RunningPortal
from tests.support.snapshots import database_snapshot

NewContext = Callable[[], BrowserContext]
MOVING = {"attempt_window", "account_session", "outbox_message", "known_device"}


def _standing(portal: RunningPortal) -> dict[str, Any]:
    found = database_snapshot(portal.database)
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
    """Fill in the profile's form, and save nothing."""
    steps.button(page, "Edit Info").click()
    steps.field(page, "First name").fill(name)


def _shows_log_in(page: Page, came_from: str) -> None:
    expect(steps.heading(page, "Log in")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/login\?next={re.escape(came_from)}$"))


def test_logging_out_in_one_tab_ends_the_others_and_nobody_is_lost(
    new_context: NewContext, portal: RunningPortal, customer: Person
) -> None:
    context = new_context()
    list_tab = steps.arrive_signed_in(context, portal, customer)
    steps.visit(list_tab, "/bookings?when=past")
    expect(list_tab.get_by_role("tab", name="Past")).to_have_attribute(
        "aria-selected", "true"
    )
    wizard = context.new_page()
    steps.walk_to_time(wizard)
    expect(wizard).to_have_url(re.compile("step=time"))
    here = wizard.url.removeprefix(portal.url)
    tab = context.new_page()
    steps.visit(tab, "/bookings")
    steps.log_out(tab)
    before = _standing(portal)
    # Nobody touches them.
    _shows_log_in(list_tab, "/bookings%3Fwhen%3Dpast")
    expect(steps.heading(wizard, "Log in")).to_be_visible()
    assert _standing(portal) == before
    # After logging in, the wizard is where it was.
    steps.fill_log_in(wizard, customer)
    steps.at_step(wizard, "Day and time")
    assert wizard.url.removeprefix(portal.url) == here
    steps.link(wizard, "Options done").click()
    steps.at_step(wizard, "Options")
    steps.options_as_answered(wizard)


def test_a_session_that_is_ended_elsewhere_leaves_what_was_typed(
    new_context: NewContext, portal: RunningPortal, customer: Person
) -> None:
    """The sessions are revoked elsewhere; these browsers still hold their cookies."""
    somebody = new_customer(portal.database, "Victor")
    session_cookie(portal.database, somebody)
    first, second, third = (
        steps.arrive_signed_in(new_context(), portal, customer) for _ in range(3)
    )
    for tab in (second, third):
        steps.visit(tab, "/account")
        _change_name(tab, "Changed")
    steps.visit(first, "/account/security")
    sign_outs = first.get_by_role("button", name="Sign out", exact=True)
    expect(sign_outs).to_have_count(2)
    expect(first.get_by_text("This device")).to_have_count(1)
    # The latest of the others stands first: it is the third tab's.
    sign_outs.first.click()
    expect(first.get_by_text("That device is signed out.")).to_be_visible()
    expect(sign_outs).to_have_count(1)
    assert _open_sessions(portal, customer) == 2
    ended, left = _ended_and_left(portal, second, third)
    before = _standing(portal)
    _shows_log_in(ended, "/account")
    assert _standing(portal) == before
    expect(ended.get_by_text(customer.name)).to_have_count(0)
    expect(steps.field(left, "First name")).to_have_value("Changed")

    steps.button(first, "Sign out everywhere else").click()
    expect(first.get_by_text("All other devices are signed out.")).to_be_visible()
    assert _open_sessions(portal, customer) == 1
    # Nobody signs somebody else out.
    assert _open_sessions(portal, somebody) == 1
    before = _standing(portal)
    _shows_log_in(left, "/account")
    assert _standing(portal) == before
    steps.fill_log_in(left, customer)
    expect(steps.heading(left, "My Account")).to_be_visible()
    expect(steps.heading(left, customer.name, level=2)).to_be_visible()
    # What was typed waits there, to be saved now.
    expect(steps.field(left, "First name")).to_have_value("Changed")


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
