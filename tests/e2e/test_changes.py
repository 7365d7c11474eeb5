"""Moving, cancelling and booking again, by the pages and by the link of a mail."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.e2e import steps
from tests.support.bookings import book_first_free_time
from tests.support.mailbox import Mailbox, link_in
from tests.support.people import Person
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]


def test_a_customer_moves_and_cancels_a_booking(
    portal: RunningPortal, customer: Person, new_context: NewContext
) -> None:
    number = book_first_free_time(portal.database, customer)
    page = steps.arrive_signed_in(new_context(), portal, customer)
    steps.visit(page, f"/bookings/{number}")
    expect(page.get_by_text("Free until", exact=False).first).to_be_visible()
    steps.link(page, "Reschedule").click()
    expect(steps.heading(page, "Reschedule")).to_be_visible()
    chosen = steps.pick_time(page, day=1)
    steps.button(page, "Next").click()
    expect(steps.heading(page, "New time", level=2)).to_be_visible()
    expect(page.get_by_text(chosen.day)).to_be_visible()
    steps.button(page, "Confirm new time").click()
    expect(page.get_by_text("Your booking has a new time.").first).to_be_visible()
    expect(page.get_by_text("Moved from", exact=False)).to_be_visible()

    steps.button(page, "Cancel booking").click()
    dialog = page.get_by_role("dialog", name="Cancel booking")
    expect(dialog.get_by_text("We keep to this until", exact=False)).to_be_visible()
    dialog.get_by_role("button", name="Cancel booking").click()
    expect(page.get_by_text("Your booking is cancelled.").first).to_be_visible()
    expect(steps.button(page, "Cancel booking")).to_have_count(0)
    expect(steps.link(page, "Reschedule")).to_have_count(0)
    steps.link(page, "Re-book").click()
    steps.at_step(page, "Day and time")


def test_the_link_of_the_mail_lets_a_guest_cancel(
    portal: RunningPortal,
    customer: Person,
    mailbox: Mailbox,
    new_context: NewContext,
) -> None:
    number = book_first_free_time(portal.database, customer)
    letter = mailbox.wait_for(customer.email, f"Booking {number}")
    page = new_context().new_page()
    steps.visit(page, link_in(letter, "/login/booking"))
    steps.button(page, "Show my booking").click()
    expect(page.get_by_text("You are here as a guest")).to_be_visible()
    steps.button(page, "Cancel booking").click()
    dialog = page.get_by_role("dialog", name="Cancel booking")
    dialog.get_by_role("button", name="Cancel booking").click()
    expect(page.get_by_text("Your booking is cancelled.").first).to_be_visible()
