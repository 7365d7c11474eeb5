"""From the home page to a confirmed booking, without an account."""

from playwright.sync_api import Page, expect

from portal_app.kernel.clock import utc_now
from tests.e2e import steps
from tests.support.mailbox import link_in
from tests.support.server import RunningPortal

_MOST_CLICKS = 25


def test_a_guest_books_and_sees_that_booking(portal: RunningPortal, page: Page) -> None:
    email = f"gia-{utc_now():%H%M%S%f}@example.com"
    clicks = 0

    def go_on() -> None:
        nonlocal clicks
        steps.go_on(page)
        clicks += 1

    steps.open_wizard(page)
    steps.answer_options(page)
    clicks += 3 + 3  # from the home page: the services, the service, the wizard
    go_on()
    # Dependents belong to an account: whom it is for is not asked.
    steps.at_step(page, "Address")
    steps.fill_address(page)
    clicks += 1
    go_on()
    steps.at_step(page, "Day and time")
    chosen = steps.pick_time(page)
    clicks += 3
    go_on()
    steps.at_step(page, "Contact details")
    expect(steps.heading(page, "Or book as a guest", level=3)).to_be_visible()
    go_on()
    expect(page.get_by_text("Please enter a name.", exact=True)).to_be_visible()
    steps.field(page, "Name").fill("Gia Rossi")
    steps.field(page, "Email").fill(email)
    go_on()
    steps.at_step(page, "Details")
    steps.field(page, "Notes for the visit").fill("The gate sticks.")
    go_on()
    steps.at_step(page, "Overview")
    steps.button(page, "Confirm booking").click()
    clicks += 1
    expect(page.get_by_text(steps.NUMBER).first).to_be_visible()
    number = steps.plain(page.get_by_text(steps.NUMBER).first.inner_text())
    expect(page).to_have_url(f"{portal.url}/bookings/{number}")
    assert steps.facts(page)["When"][0] == chosen.day
    assert clicks < _MOST_CLICKS
    mail = portal.mailbox.wait_for(email, f"Booking {number}")
    assert link_in(mail, portal.url).startswith(f"{portal.url}/login/booking?link=")
    # It is the one booking this browser sees.
    page.goto("/bookings")
    expect(page.get_by_role("heading", name="My Bookings")).to_have_count(0)
