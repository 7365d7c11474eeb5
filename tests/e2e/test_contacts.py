"""Contacts in the browser: confirmed by a click, ordered, removed, restored."""

from collections.abc import Callable
from dataclasses import replace

from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import select

from portal_app.domain.customers import contacts
from portal_app.domain.customers.models import ContactEmail
from portal_app.domain.customers.rules import ContactForm, EmailEntry
from portal_app.domain.customers.views import ContactView
from portal_app.kernel.audiences import Actor
from tests.e2e import steps
from tests.support.bookings import book_first_free_time
from tests.support.contacts import ANN, TOM, add_contact
from tests.support.mailbox import Mailbox, link_in
from tests.support.people import Person, actor_of, session_cookie
from tests.support.server import RunningPortal
from tests.support.snapshots import database_snapshot

NewContext = Callable[[], BrowserContext]
EVE = replace(ANN, first_name="Eve")


def _actor(portal: RunningPortal, person: Person) -> Actor:
    return actor_of(portal.database, session_cookie(portal.database, person))


def _add(portal: RunningPortal, person: Person, form: ContactForm = TOM) -> str:
    """Add a contact who has not confirmed anything yet; returns their email."""
    email = f"{form.first_name.lower()}-of-{person.email}"
    form = replace(form, emails=(EmailEntry(email),))
    add_contact(portal.database, _actor(portal, person), form, confirmed=False)
    return email


def _contacts(portal: RunningPortal, person: Person) -> list[ContactView]:
    return portal.database.query(contacts.list_contacts, _actor(portal, person))


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
    return {
        k: v
        for k, v in database_snapshot(portal.database).items()
        if k != "outbox_message"
    }


def test_a_contact_confirms_is_told_and_stops_the_mails(
    portal: RunningPortal,
    customer: Person,
    mailbox: Mailbox,
    tab: Page,
    new_context: NewContext,
) -> None:
    email = _add(portal, customer)
    link = link_in(mailbox.wait_for(email, "Confirm this email"), "/verify-contact")
    steps.visit(tab, "/account/billing")
    waiting = _section(tab).get_by_text("Not confirmed yet")
    expect(waiting).to_be_visible()
    page = new_context().new_page()
    _confirm_by_a_click(page, portal, link, email)
    steps.reload(tab)
    expect(_section(tab).get_by_text(email)).to_be_visible()
    expect(waiting).to_have_count(0)

    number = book_first_free_time(portal.database, customer)
    told = mailbox.wait_for(email, f"{customer.name} booked Dog walking")
    steps.visit(page, link_in(told, "link="))
    steps.button(page, "Show my booking").click()
    expect(page.get_by_text(number)).to_be_visible()
    expect(page.get_by_text("told by email")).to_have_count(0)

    steps.visit(tab, f"/bookings/{number}")
    expect(tab.get_by_text("Tom Chen was told by email.")).to_be_visible()

    # Removed, the contact is out; taken back, in again.
    steps.visit(tab, "/account/security")
    off = f"Switch off the link to {number} for Tom Chen"
    expect(steps.button(tab, off)).to_be_visible()
    steps.visit(tab, "/account/billing")
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
    expect(steps.button(page, "Stop these emails")).to_be_enabled()
    assert _standing(portal) == before
    steps.button(page, "Stop these emails").click()
    expect(steps.heading(page, "The emails have stopped")).to_be_visible()
    assert not _is_confirmed(portal, email)
    steps.reload(tab)
    expect(_section(tab).get_by_text("Does not want our emails")).to_be_visible()


def _confirm_by_a_click(
    page: Page, portal: RunningPortal, link: str, email: str
) -> None:
    """Nothing but the click counts, and it counts once."""
    before = _standing(portal)
    steps.visit(page, f"{portal.url}/verify-contact?token=nonsense")
    steps.button(page, "Confirm this email").click()
    expect(steps.heading(page, "This link has run out")).to_be_visible()
    steps.visit(page, link)
    expect(steps.button(page, "Confirm this email")).to_be_enabled()
    assert _standing(portal) == before
    assert not _is_confirmed(portal, email)
    steps.button(page, "Confirm this email").click()
    expect(steps.heading(page, "Thank you")).to_be_visible()
    expect(page.get_by_text(f"Emails may come to {email} now.")).to_be_visible()
    assert _is_confirmed(portal, email)
    before = _standing(portal)
    steps.reload(page)
    expect(steps.heading(page, "Thank you")).to_be_visible()
    assert _standing(portal) == before


def test_contacts_are_moved_removed_and_restored(
    portal: RunningPortal, customer: Person, tab: Page
) -> None:
    for form in (TOM, ANN, EVE):
        _add(portal, customer, form)
    steps.visit(tab, "/account/billing")
    expect(_names(tab)).to_have_text(["Tom Chen", "Ann", "Eve"])
    expect(steps.button(tab, "Move Tom Chen up")).to_be_disabled()
    expect(steps.button(tab, "Move Eve down")).to_be_disabled()
    steps.button(tab, "Move Eve up").click()
    expect(_names(tab)).to_have_text(["Tom Chen", "Eve", "Ann"])
    steps.button(tab, "Move Tom Chen down").click()
    expect(_names(tab)).to_have_text(["Eve", "Tom Chen", "Ann"])
    steps.button(tab, "Remove Tom Chen").click()
    expect(_names(tab)).to_have_text(["Eve", "Ann"])
    before = [one.name for one in _contacts(portal, customer)]
    assert before == ["Eve", "Ann"]
    # The row is gone with its button; what comes next is at hand.
    removed = tab.get_by_role("status").filter(has_text="Tom Chen is removed.")
    expect(removed.locator(":focus")).to_be_visible()
    steps.button(tab, "Undo").click()
    expect(tab.get_by_text("The contact is back.")).to_be_visible()
    expect(_names(tab)).to_have_text(["Eve", "Tom Chen", "Ann"])
    expect(steps.button(tab, "Undo")).to_have_count(0)
    steps.reload(tab)
    expect(_names(tab)).to_have_text(["Eve", "Tom Chen", "Ann"])
    steps.button(tab, "Remove Ann").click()
    expect(_names(tab)).to_have_text(["Eve", "Tom Chen"])
    steps.reload(tab)
    expect(_names(tab)).to_have_text(["Eve", "Tom Chen"])
    expect(steps.button(tab, "Undo")).to_have_count(0)
    _change_what_another_tab_changed(portal, customer, tab)


def _edit(page: Page, name: str, first: str) -> None:
    steps.button(page, f"Edit {name}").click()
    dialog = page.get_by_role("dialog", name=f"Edit {name}")
    dialog.get_by_label("First name", exact=True).fill(first)


def _save(page: Page) -> None:
    dialog = page.locator("dialog[open]")
    dialog.get_by_role("button", name="Save", exact=True).click()


def _change_what_another_tab_changed(
    portal: RunningPortal, customer: Person, tab: Page
) -> None:
    _edit(tab, "Tom Chen", "Slow")
    tom = _contacts(portal, customer)[1]
    who = _actor(portal, customer)
    quick = replace(
        TOM, first_name="Quick", emails=(EmailEntry(tom.emails[0].email, primary=True),)
    )
    contacts.update_contact(portal.database, who, tom.id, quick, tom.version)
    _save(tab)
    told = tab.locator("dialog[open]").get_by_role("alert").filter(has_text="Saved now")
    expect(told).to_contain_text("Yours: Slow")
    expect(told).to_contain_text("Saved now: Quick")
    assert [one.first_name for one in _contacts(portal, customer)] == ["Eve", "Quick"]
    _save(tab)
    expect(tab.locator("dialog[open]")).to_have_count(0)
    expect(_names(tab)).to_have_text(["Eve", "Slow Chen"])

    # What was removed there is not saved.
    _edit(tab, "Slow Chen", "Tim")
    portal.database.call(contacts.remove_contact, who, tom.id)
    _save(tab)
    gone = "This is not there any more. It may have been removed."
    expect(tab.locator("dialog[open]").get_by_text(gone)).to_be_visible()
    assert [one.name for one in _contacts(portal, customer)] == ["Eve"]
