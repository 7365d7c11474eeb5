"""Contacts in the browser: confirmed by a click, ordered, removed, taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import select

from portal_app.domain.customers import channels, contacts
from portal_app.domain.customers.contact_rules import ContactForm, EmailEntry
from portal_app.domain.customers.models import ContactEmail
from portal_app.domain.customers.views import ContactView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from tests.e2e import steps
from tests.e2e.hands import Hands, hands_of
from tests.support.contacts import ANN, TOM, confirm, contact_of
from tests.support.contents import contents
from tests.support.mailbox import Mailbox, link_in
from tests.support.people import Person, actor_of, session_cookie
from tests.support.server import RunningPortal
from tests.support.visits import book

NewContext = Callable[[], BrowserContext]
EVE = replace(ANN, first_name="Eve")


@pytest.fixture
def hands(device: str, tab: Page) -> Hands:
    """What the customer uses it with."""
    return hands_of(device, tab)


def _actor(portal: RunningPortal, person: Person) -> Actor:
    return actor_of(portal.database, session_cookie(portal.database, person))


def _add(portal: RunningPortal, person: Person, form: ContactForm = TOM) -> str:
    """Add a contact who has not confirmed anything yet; returns their e-mail."""
    email = f"{form.first_name.lower()}-of-{person.email}"
    form = replace(form, emails=(EmailEntry(email),))
    contact_of(portal.database, _actor(portal, person), form, confirmed=False)
    return email


def _contacts(portal: RunningPortal, person: Person) -> list[ContactView]:
    return portal.database.query(contacts.contacts, _actor(portal, person))


def _is_confirmed(portal: RunningPortal, email: str) -> bool:
    with portal.database.read() as tx:
        row = tx.exec(select(ContactEmail).where(ContactEmail.email == email)).one()
    return row.verified_at is not None


def _section(page: Page) -> Locator:
    return page.locator("section", has=steps.heading(page, "More contacts", level=2))


def _names(page: Page) -> Locator:
    return _section(page).get_by_role("heading", level=3)


def _standing(portal: RunningPortal) -> object:
    # Deliveries go on meanwhile.
    return {k: v for k, v in contents(portal.database).items() if k != "outbox_message"}


# --- Confirming, and stopping -------------------------------------------------------


def test_a_contact_s_e_mail_is_confirmed_by_a_click_only(
    portal: RunningPortal,
    customer: Person,
    mailbox: Mailbox,
    tab: Page,
    new_context: NewContext,
) -> None:
    email = _add(portal, customer)
    link = link_in(mailbox.wait_for(email, "Confirm this e-mail"), "/verify-contact")
    waiting = "Not confirmed yet"
    steps.visit(tab, "/account")
    expect(_section(tab).get_by_text(waiting)).to_be_visible()

    page = new_context().new_page()
    before = _standing(portal)
    steps.visit(page, link)
    expect(steps.button(page, "Confirm this e-mail")).to_be_enabled()
    assert _standing(portal) == before
    steps.button(page, "Confirm this e-mail").click()
    expect(steps.heading(page, "Thank you")).to_be_visible()
    expect(page.get_by_text(f"Mails may come to {email} now.")).to_be_visible()
    assert _is_confirmed(portal, email)

    # Used already: whoever presses once more reads the same, and nothing changes.
    before = _standing(portal)
    steps.reload(page)
    expect(steps.heading(page, "Thank you")).to_be_visible()
    page = new_context().new_page()
    steps.visit(page, link)
    steps.button(page, "Confirm this e-mail").click()
    expect(steps.heading(page, "Thank you")).to_be_visible()
    assert _standing(portal) == before
    steps.reload(tab)
    expect(_section(tab).get_by_text(email)).to_be_visible()
    expect(_section(tab).get_by_text(waiting)).to_have_count(0)


@pytest.mark.parametrize("why", ["expired", "replaced", "removed", "made up"])
def test_a_link_that_confirms_nothing(
    portal: RunningPortal,
    customer: Person,
    mailbox: Mailbox,
    new_context: NewContext,
    why: str,
) -> None:
    email = _add(portal, customer)
    link = link_in(mailbox.wait_for(email, "Confirm this e-mail"), "/verify-contact")
    who = _actor(portal, customer)
    [contact] = _contacts(portal, customer)
    if why == "expired":
        with portal.database.write() as tx:
            row = tx.get_one(ContactEmail, contact.emails[0].id)
            row.token_expires_at = utc_now() - timedelta(seconds=1)
    elif why == "replaced":
        channels.send_again(portal.database, who, contact.emails[0].id)
    elif why == "removed":
        portal.database.call(contacts.remove_contact, who, contact.id)
    else:
        link = f"{portal.url}/verify-contact?token=nonsense"
    page = new_context().new_page()
    before = _standing(portal)
    steps.visit(page, link)
    steps.button(page, "Confirm this e-mail").click()
    expect(steps.heading(page, "This link has run out")).to_be_visible()
    assert _standing(portal) == before
    assert not _is_confirmed(portal, email)


def test_a_contact_is_told_sees_the_booking_and_stops_the_mails(
    portal: RunningPortal,
    customer: Person,
    mailbox: Mailbox,
    tab: Page,
    new_context: NewContext,
) -> None:
    email = _add(portal, customer)
    confirm(portal.database, email)
    number = book(portal.database, customer)
    told = mailbox.wait_for(email, f"{customer.name} booked Dog walking")

    page = new_context().new_page()
    steps.visit(page, link_in(told, "link="))
    steps.button(page, "Show my booking").click()
    expect(page.get_by_text(number)).to_be_visible()
    expect(page.get_by_text("told by mail")).to_have_count(0)

    steps.visit(tab, f"/bookings/{number}")
    expect(tab.get_by_text("Tom Chen was told by mail.")).to_be_visible()

    # Removed, the contact is out; taken back, in again.
    steps.visit(tab, "/account")
    off = f"Switch off the link to {number} for Tom Chen"
    expect(steps.button(tab, off)).to_be_visible()
    steps.button(tab, "Remove Tom Chen").click()
    expect(tab.get_by_text("Tom Chen is removed.")).to_be_visible()
    page.reload()
    expect(steps.heading(page, "Log in")).to_be_visible()
    steps.button(tab, "Undo").click()
    expect(_names(tab)).to_have_text(["Tom Chen"])
    steps.visit(page, f"/bookings/{number}")
    expect(page.get_by_text(number)).to_be_visible()

    before = _standing(portal)
    steps.visit(page, link_in(told, "/stop-mails"))
    expect(steps.button(page, "Stop these mails")).to_be_enabled()
    assert _standing(portal) == before
    steps.button(page, "Stop these mails").click()
    expect(steps.heading(page, "The mails have stopped")).to_be_visible()
    assert not _is_confirmed(portal, email)
    steps.reload(tab)
    expect(_section(tab).get_by_text("Wants no mails")).to_be_visible()


# --- In My Account ------------------------------------------------------------------


def test_contacts_are_moved_removed_and_taken_back(
    portal: RunningPortal, customer: Person, tab: Page, hands: Hands
) -> None:
    for form in (TOM, ANN, EVE):
        _add(portal, customer, form)
    steps.visit(tab, "/account")
    expect(_names(tab)).to_have_text(["Tom Chen", "Ann", "Eve"])
    expect(steps.button(tab, "Move Tom Chen up")).to_be_disabled()
    expect(steps.button(tab, "Move Eve down")).to_be_disabled()
    hands.press(steps.button(tab, "Move Eve up"))
    expect(_names(tab)).to_have_text(["Tom Chen", "Eve", "Ann"])
    hands.press(steps.button(tab, "Move Tom Chen down"))
    expect(_names(tab)).to_have_text(["Eve", "Tom Chen", "Ann"])
    hands.press(steps.button(tab, "Remove Tom Chen"))
    expect(_names(tab)).to_have_text(["Eve", "Ann"])
    before = [one.name for one in _contacts(portal, customer)]
    assert before == ["Eve", "Ann"]
    # The row is gone with its button; what comes next is at hand.
    removed = tab.get_by_role("status").filter(has_text="Tom Chen is removed.")
    expect(removed.locator(":focus")).to_be_visible()
    hands.press(steps.button(tab, "Undo"))
    expect(tab.get_by_text("The contact is back.")).to_be_visible()
    expect(_names(tab)).to_have_text(["Eve", "Tom Chen", "Ann"])
    expect(steps.button(tab, "Undo")).to_have_count(0)
    steps.reload(tab)
    expect(_names(tab)).to_have_text(["Eve", "Tom Chen", "Ann"])
    hands.press(steps.button(tab, "Remove Ann"))
    expect(_names(tab)).to_have_text(["Eve", "Tom Chen"])
    steps.reload(tab)
    expect(_names(tab)).to_have_text(["Eve", "Tom Chen"])
    expect(steps.button(tab, "Undo")).to_have_count(0)


def _edit(page: Page, hands: Hands, name: str, first: str) -> None:
    hands.press(steps.button(page, f"Edit {name}"))
    dialog = page.get_by_role("dialog", name=f"Edit {name}")
    hands.write(dialog.get_by_label("First name", exact=True), first)


def _save(page: Page, hands: Hands) -> None:
    save = page.locator("dialog[open]").get_by_role("button", name="Save", exact=True)
    hands.press(save)


def test_the_second_of_two_tabs_is_shown_what_changed_about_a_contact(
    portal: RunningPortal, customer: Person, device: str, tab: Page, hands: Hands
) -> None:
    _add(portal, customer)
    steps.visit(tab, "/account")
    _edit(tab, hands, "Tom Chen", "Slow")
    other = tab.context.new_page()
    others = hands_of(device, other)
    steps.visit(other, "/account")
    _edit(other, others, "Tom Chen", "Quick")
    _save(other, others)
    expect(other.locator("dialog[open]")).to_have_count(0)
    tab.bring_to_front()
    _save(tab, hands)
    told = tab.locator("dialog[open]").get_by_role("alert").filter(has_text="Saved now")
    expect(told).to_contain_text("Yours: Slow")
    expect(told).to_contain_text("Saved now: Quick")
    assert [one.first_name for one in _contacts(portal, customer)] == ["Quick"]
    _save(tab, hands)
    expect(tab.locator("dialog[open]")).to_have_count(0)
    expect(_names(tab)).to_have_text(["Slow Chen"])
    steps.reload(tab)
    expect(_names(tab)).to_have_text(["Slow Chen"])


def test_a_contact_removed_in_another_tab_is_not_saved(
    portal: RunningPortal, customer: Person, tab: Page, hands: Hands
) -> None:
    _add(portal, customer)
    steps.visit(tab, "/account")
    _edit(tab, hands, "Tom Chen", "Tim")
    [contact] = _contacts(portal, customer)
    who = _actor(portal, customer)
    portal.database.call(contacts.remove_contact, who, contact.id)
    _save(tab, hands)
    gone = "This is not there any more. It may have been removed."
    expect(tab.locator("dialog[open]").get_by_text(gone)).to_be_visible()
    assert _contacts(portal, customer) == []
