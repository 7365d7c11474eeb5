"""What was typed and not sent is its author's, whoever uses the tab next."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import update
from sqlmodel import Session, col, select

from portal_app.domain.accounts.models import Account, AccountSession
from tests.e2e import steps
from tests.support.people import Person, new_customer
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
NAME, STREET = "Wilhelmina-Unsent", "77 Unsent Lane"


def _revoke(portal: RunningPortal, person: Person) -> None:
    """End every session of a person, as the office or another device would."""

    def end(tx: Session) -> None:
        account = tx.exec(select(Account.id).where(Account.email == person.email)).one()
        mine = col(AccountSession.account_id) == account
        tx.execute(
            update(AccountSession).where(mine).values(revoked_at=datetime.now(UTC))
        )

    with portal.database.write() as tx:
        end(tx)


def _kept(page: Page) -> dict[str, str]:
    kept: dict[str, str] = page.evaluate("() => ({...sessionStorage})")
    return kept


def _kept_by(page: Page, *texts: str) -> None:
    """Wait until the tab keeps every one of these texts."""
    page.wait_for_function(
        """texts => texts.every(text =>
            Object.values(sessionStorage).some(kept => kept.includes(text)))""",
        arg=list(texts),
    )


def _type_into_my_account(page: Page) -> None:
    steps.button(page, "Edit Info").click()
    steps.field(page, "First name").fill(NAME)
    _kept_by(page, NAME)


def _type_into_the_wizard(page: Page) -> None:
    steps.open_wizard(page)
    steps.answer_options(page)
    steps.go_on(page)
    steps.name_nobody(page)
    steps.field(page, "Street and number").fill(STREET)
    _kept_by(page, STREET)


def test_what_was_typed_is_its_author_s_and_nobody_else_s(
    new_context: NewContext, portal: RunningPortal, customer: Person
) -> None:
    other = new_customer(portal.database, "Beatrix")
    tab = steps.arrive_signed_in(new_context(), portal, customer)
    tab.on("dialog", lambda question: question.accept())
    steps.visit(tab, "/account")
    _type_into_my_account(tab)
    steps.reload(tab)
    expect(steps.field(tab, "First name")).to_have_value(NAME)
    steps.visit(tab, "/bookings")
    steps.visit(tab, "/account")
    expect(steps.field(tab, "First name")).to_have_value(NAME)
    _expect_opaque_keys(tab, portal, customer)
    _type_into_the_wizard(tab)
    steps.visit(tab, "/account")
    expect(steps.field(tab, "First name")).to_have_value(NAME)

    # The session ends, which leads the tab away, and somebody else logs in on it.
    _revoke(portal, customer)
    expect(steps.heading(tab, "Log in")).to_be_visible()
    steps.fill_log_in(tab, other)
    expect(steps.heading(tab, other.name, level=2)).to_be_visible()
    tab.wait_for_function(
        """() => !Object.keys(sessionStorage).some(
            key => key.startsWith("portal-typed-"))"""
    )
    left = " ".join([*_kept(tab), *_kept(tab).values()])
    assert NAME not in left
    assert STREET not in left
    expect(tab.get_by_role("dialog")).to_have_count(0)
    steps.button(tab, "Edit Info").click()
    expect(steps.field(tab, "First name")).to_have_value("Beatrix")
    assert NAME not in tab.content()


def _expect_opaque_keys(page: Page, portal: RunningPortal, customer: Person) -> None:
    """Neither the account nor its email can be read from a key."""
    with portal.database.read() as tx:
        [account] = tx.exec(
            select(Account.id).where(Account.email == customer.email)
        ).all()
    mine = [key for key in _kept(page) if key.startswith("portal-typed-")]
    assert {re.sub(r"[0-9a-f]{64}", "OWNER", key) for key in mine} == {
        "portal-typed-OWNER:editing",
        "portal-typed-OWNER:edit-edit-info",
    }
    assert not any(account in key or customer.email in key for key in mine)
