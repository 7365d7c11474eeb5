"""*My Bookings*, and the overview of one booking."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import Session, select

from portal_app.demo.loader import PASSWORD
from portal_app.domain.bookings.models import Booking
from portal_app.domain.customers.models import Customer
from portal_app.kernel.clock import utc_now
from tests.e2e import steps
from tests.support.people import Person
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
MAYA = Person("maya@example.com", "Maya", "Chen", PASSWORD)


def _numbers_of_maya(portal: RunningPortal) -> tuple[list[str], list[str]]:
    """Her upcoming bookings, soonest first, and her past ones, latest first."""

    def read(tx: Session) -> list[Booking]:
        maya = tx.exec(select(Customer).where(Customer.email == MAYA.email)).one()
        rows = tx.exec(select(Booking).where(Booking.customer_id == maya.id))
        return sorted(rows, key=lambda booking: booking.starts_at)

    rows = portal.database.query(read)
    now = utc_now()
    upcoming = [row.number for row in rows if row.ends_at > now]
    past = [row.number for row in reversed(rows) if row.ends_at <= now]
    return upcoming, past


def test_my_bookings_and_the_overview_of_one(
    portal: RunningPortal, new_context: NewContext
) -> None:
    upcoming, past = _numbers_of_maya(portal)
    assert upcoming
    assert past
    page = new_context().new_page()
    _log_in_on_the_way(page, portal)
    cards = page.get_by_role("article")
    expect(cards).to_contain_text(past)
    steps.reload(page)
    expect(cards).to_contain_text(past)
    page.get_by_role("tab", name="Upcoming", exact=True).click()
    expect(cards).to_have_count(len(upcoming))
    expect(cards).to_contain_text(upcoming)
    _sorts(page, upcoming)
    page.get_by_role("tab", name="Past", exact=True).click()
    expect(page).to_have_url(f"{portal.url}/bookings?when=past")
    expect(cards).to_contain_text(past)
    page.go_back()
    expect(cards).to_contain_text(upcoming)
    expect(page.get_by_role("tab", name="Upcoming", exact=True)).to_have_attribute(
        "aria-selected", "true"
    )

    cards.filter(has_text=upcoming[0]).get_by_role("heading").click()
    expect(page).to_have_url(f"{portal.url}/bookings/{upcoming[0]}")
    expect(page.get_by_text(f"Booking number {upcoming[0]}")).to_be_visible()
    for title in ("Appointment", "Services", "History"):
        expect(steps.heading(page, title, level=2)).to_be_visible()
    said = steps.facts(page)
    assert {"When", "Duration", "With", "Where", "Contact", "Total"} <= set(said)
    expect(page.get_by_text(f"Booked for {said['When'][0]}")).to_be_visible()
    steps.reload(page)
    expect(steps.heading(page, "History", level=2)).to_be_visible()
    assert steps.facts(page) == said
    steps.link(page, "My Bookings").filter(visible=True).first.click()
    expect(page.get_by_role("article")).to_have_count(len(upcoming))
    steps.visit(page, "/bookings/B-0000-0000")
    expect(steps.heading(page, "We could not find that booking")).to_be_visible()


def _sorts(page: Page, upcoming: list[str]) -> None:
    """The order is in the address: it outlives a reload, and *back* undoes it."""
    cards, sort = page.get_by_role("article"), page.get_by_label("Sort by")
    page.evaluate("window.sameDocument = true")
    sort.select_option("Latest first")
    expect(cards).to_contain_text(upcoming[::-1])
    assert page.evaluate("window.sameDocument")
    steps.reload(page)
    expect(cards).to_contain_text(upcoming[::-1])
    expect(sort).to_have_value("latest")
    page.go_back()
    expect(cards).to_contain_text(upcoming)
    expect(sort).to_have_value("soonest")


def _log_in_on_the_way(page: Page, portal: RunningPortal) -> None:
    """A stranger is asked to log in, and comes back to the very address."""
    page.goto("/bookings?when=past")
    expect(steps.heading(page, "Log in")).to_be_visible()
    steps.alive(page)
    steps.fill_log_in(page, MAYA)
    expect(page).to_have_url(f"{portal.url}/bookings?when=past")
    expect(steps.heading(page, "My Bookings")).to_be_visible()
