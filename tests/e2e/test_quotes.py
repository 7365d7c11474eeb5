"""A quote, from the service's page to the booking: customer, office, customer."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal_app.demo.loader import PASSWORD
from tests.e2e import steps
from tests.support.mailbox import Mailbox, link_in
from tests.support.people import Person
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
SERVICE = "Garden makeover"
OFFICE = Person("office@example.com", "Office", "", PASSWORD)


def _ask(page: Page) -> str:
    """From the page of the service to the request; its number."""
    steps.visit(page, "/services/garden-makeover")
    ask = steps.link(page.get_by_role("main"), "Ask for a quote")
    ask.filter(visible=True).click()
    steps.at_step(page, "Options")
    expect(page.get_by_text("Ask for a quote", exact=True)).to_be_visible()
    page.get_by_role("checkbox", name="Planting").check()
    steps.go_on(page)
    steps.at_step(page, "Address")
    steps.fill_address(page)
    steps.go_on(page)
    # No time is asked for before there is a price.
    steps.at_step(page, "Contact details")
    steps.go_on(page)
    steps.keep_details(page)
    steps.field(page, "When would it suit you?").fill("Thursday mornings")
    steps.button(page, "Send request").click()
    expect(page).to_have_url(re.compile(r"/quotes/Q-"))
    expect(steps.heading(page, SERVICE)).to_be_visible()
    expect(page.get_by_text("Waiting for our answer")).to_be_visible()
    return page.url.rpartition("/")[2]


def _answer(page: Page, number: str) -> None:
    """The office writes an answer, looks at it, and sends it."""
    steps.visit(page, "/office/quotes")
    row = page.get_by_role("listitem").filter(has_text=number)
    row.get_by_role("link", name=SERVICE).click()
    expect(steps.heading(page, SERVICE)).to_be_visible()
    steps.alive(page)
    line = page.get_by_role("group", name="Line 1")
    line.get_by_label("What", exact=True).fill("Planting")
    line.get_by_label("Quantity", exact=True).fill("2")
    line.get_by_label("Amount each", exact=True).fill("150")
    steps.button(page, "Add a line").click()
    second = page.get_by_role("group", name="Line 2")
    second.get_by_label("What", exact=True).fill("Clearing")
    second.get_by_label("Amount each", exact=True).fill("99.50")
    steps.field(page, "Length of the visit (hours)").fill("2")
    steps.button(page, "Save").click()
    preview = page.get_by_role("region", name="Preview")
    expect(preview).to_contain_text("$399.50")
    preview.get_by_role("button", name="Send to the customer").click()
    expect(page.get_by_text("With the customer").first).to_be_visible()


@pytest.mark.usefixtures("device")
@pytest.mark.parametrize("device", ["desktop", "phone"], indirect=True)
def test_a_quote_is_asked_for_answered_accepted_and_booked(
    portal: RunningPortal,
    tab: Page,
    customer: Person,
    new_context: NewContext,
    mailbox: Mailbox,
) -> None:
    page = tab
    number = _ask(page)
    _answer(steps.arrive_signed_in(new_context(), portal, OFFICE), number)
    steps.visit(page, "/bookings?when=quotes")
    row = page.get_by_role("listitem").filter(has_text=number)
    expect(row).to_contain_text("$399.50")
    row.get_by_role("link", name=SERVICE).click()
    steps.button(page, "Accept quote").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Accept quote").click()
    expect(dialog.get_by_text("Please sign with your name.")).to_be_visible()
    dialog.get_by_role("button", name="Type your name instead").click()
    dialog.get_by_label("Type your name").fill(customer.name)
    dialog.get_by_role("button", name="Accept quote").click()
    # What is agreed stays; a time is chosen.
    steps.at_step(page, "Day and time")
    steps.expect_total(page, "$399.50")
    steps.pick_time(page)
    steps.go_on(page)
    steps.at_step(page, "Overview")
    expect(page.get_by_role("heading", name=f"Quote {number}")).to_be_visible()
    steps.confirm(page)
    steps.visit(page, f"/quotes/{number}")
    expect(page.get_by_role("link", name="See the booking")).to_be_visible()

    # The link of the mail opens it as well, for who has no session.
    letter = mailbox.wait_for(customer.email, "Your quote Q-")
    stranger = new_context().new_page()
    steps.visit(stranger, link_in(letter, "/quotes/"))
    expect(stranger.get_by_text("You accepted this quote")).to_be_visible()
