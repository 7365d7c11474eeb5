"""Arriving by a provider, step by step; each ends when the page shows it is done."""

import re
import secrets
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import Session, col, select

from portal_app.domain.accounts.models import Account, Identity
from portal_app.domain.accounts.rules import PROVIDERS
from tests.e2e import steps
from tests.support.mailbox import Mailbox, link_in
from tests.support.people import Person
from tests.support.providers import ProviderServers
from tests.support.server import RunningPortal
from tests.support.snapshots import database_snapshot

NewContext = Callable[[], BrowserContext]
MOVING = {"attempt_window", "account_session", "outbox_message", "security_event"}
"""Tables that change by themselves, or that log what was refused."""
CONFIRM = "Confirm your email at Brightside Home & Pet Care"


def nobody() -> Person:
    unique = secrets.token_hex(5)
    return Person(f"p-{unique}@example.com", "Ada", f"Provided{unique}")


def introduce(servers: ProviderServers, person: Person, **said: Any) -> None:
    """Let every provider know a person, by the email's first part."""
    claims = {
        "email": person.email,
        "email_verified": True,
        "given_name": person.first_name,
        "family_name": person.last_name,
    }
    for server in (servers.google, servers.apple):
        server.knows(subject(person), **claims | said)
    servers.facebook.knows(
        subject(person),
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
    )


def subject(person: Person) -> str:
    return person.email.partition("@")[0]


def tab(new_context: NewContext) -> Page:
    context = new_context()
    # The mock's own page asks for its style at a third party.
    context.route("https://cdn.jsdelivr.net/**", lambda route: route.fulfill(body=""))
    return context.new_page()


def press(page: Page, provider: str, verb: str = "Log in") -> None:
    """Press the provider's button; ends on the provider's own page."""
    steps.link(page, f"{verb} with {PROVIDERS[provider]}").click()
    expect(page.get_by_role("button").first).to_be_visible()
    expect(page).not_to_have_url(re.compile("/login|/signup"))


def agree(page: Page, provider: str, person: Person) -> None:
    """Say who one is on the provider's page."""
    if provider == "facebook":
        steps.button(page, subject(person)).click()
        return
    page.get_by_placeholder("sub").fill(subject(person))
    steps.button(page, "Authorize").click()


def deny(page: Page, provider: str) -> None:
    steps.button(page, "Cancel" if provider == "facebook" else "Deny").click()


def at_my_bookings(page: Page) -> None:
    expect(steps.heading(page, "My Bookings")).to_be_visible()


def identities(portal: RunningPortal, email: str) -> list[tuple[str, str]]:
    def read(tx: Session) -> list[tuple[str, str]]:
        rows = (
            select(Identity)
            .join(Account, col(Account.id) == Identity.account_id)
            .where(Account.email == email)
            .order_by(Identity.provider)
        )
        return [(row.provider, row.subject) for row in tx.exec(rows)]

    return portal.database.query(read)


def account(portal: RunningPortal, email: str) -> Account | None:
    def read(tx: Session) -> Account | None:
        return tx.exec(select(Account).where(Account.email == email)).one_or_none()

    return portal.database.query(read)


def standing(portal: RunningPortal) -> dict[str, Any]:
    found = database_snapshot(portal.database)
    return {table: rows for table, rows in found.items() if table not in MOVING}


def mails(portal: RunningPortal, *kinds: str) -> int:
    return sum(
        mail["kind"] in kinds
        for mail in database_snapshot(portal.database)["outbox_message"]
    )


def log_in_at(page: Page, provider: str, person: Person) -> None:
    """The whole way, for somebody whom nothing more is asked."""
    steps.visit(page, "/login")
    press(page, provider)
    agree(page, provider, person)
    at_my_bookings(page)


def prove_by_mail(page: Page, mailbox: Mailbox, email: str) -> None:
    expect(steps.heading(page, "Check your email")).to_be_visible()
    page.goto(link_in(mailbox.wait_for(email, CONFIRM), "/login/connect"))
    steps.alive(page)
    steps.button(page, "Log in").click()
    at_my_bookings(page)
