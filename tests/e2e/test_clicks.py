"""How many clicks it takes from the home page to a confirmed booking.

Every click on the way counts, those of the sign-up too; typing does not, nor does the
press on the link in the mail. What is typed is reached by the Tab key, as with a list
of states. The numbers are printed (``pytest -s``).
"""

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import select

from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.kernel.clock import utc_now
from tests.e2e import steps
from tests.support.mailbox import link_in
from tests.support.people import PASSWORD, Person, new_customer
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
MOST_FOR_NEW, MOST_AGAIN = 14, 4


class Counter:
    """Clicks on a page, and their number."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, target: Locator) -> None:
        """Click, as a person does: on what is there and can be pressed."""
        target.click()
        self.clicks += 1


def _fill_address(page: Page) -> None:
    """Type an address; the state is typed, too."""
    steps.field(page, "Street and number").fill(steps.STREET)
    page.get_by_label("Suburb or town", exact=True).fill(steps.TOWN)
    state = page.get_by_role("combobox", name="State", exact=True)
    state.focus()
    page.keyboard.type("New S")
    expect(state).to_have_value("NSW")
    steps.field(page, "Postcode").fill(steps.POSTCODE)


def _choose_time(page: Page, count: Counter) -> None:
    """From the page of the service to the options, with a time already chosen."""
    expect(steps.heading(page, "Next free times", level=2)).to_be_visible()
    times = page.locator("a[href*='/book/dog-walking?at=']").filter(visible=True)
    count.click(times.last)
    steps.at_step(page, "Options")


def test_a_new_customer_books_in_fourteen_clicks(
    portal: RunningPortal, new_context: NewContext
) -> None:
    person = Person(f"new-{utc_now():%H%M%S%f}@example.com", "Nia", "Okafor", PASSWORD)
    page, count = new_context().new_page(), Counter()
    steps.visit(page, "/")
    count.click(page.get_by_role("main").get_by_role("link", name="Dog walking"))
    _choose_time(page, count)
    count.click(steps.button(page, "Next"))
    # The time was chosen on the page of the service, and is shown.
    steps.at_step(page, "Address")
    summary = page.get_by_role("complementary", name="Your booking")
    when = steps.plain(summary.get_by_role("listitem").first.inner_text())
    _fill_address(page)
    count.click(steps.button(page, "Next"))
    steps.at_step(page, "Contact details")
    # Nobody else's browser finds what was chosen.
    draft = re.search(r"draft=(\w{26})", page.url)
    assert draft
    _unseen_elsewhere(new_context().new_page(), page.url)
    count.click(page.get_by_role("main").get_by_role("link", name="Sign up"))
    steps.alive(page)
    expect(page.get_by_text("Sign up to book Dog walking.")).to_be_visible()
    _type_sign_up(page, person)
    count.click(page.get_by_role("checkbox", name="I accept the terms"))
    count.click(steps.button(page, "Sign up"))
    expect(steps.heading(page, "Check your email")).to_be_visible()
    mail = portal.mailbox.wait_for(person.email, "")
    page.goto(link_in(mail, portal.url))
    steps.alive(page)
    count.click(steps.button(page, "Activate my account"))
    count.click(steps.link(page, "Log in"))
    steps.alive(page)
    expect(steps.field(page, "Email")).to_have_value(person.email)
    steps.field(page, "Password").fill(person.password)
    count.click(steps.button(page, "Log in"))
    # With an account there is more to ask, before what is done already.
    steps.at_step(page, "Who it is for")
    expect(page).to_have_url(re.compile(f"draft={draft[1]}"))
    count.click(steps.button(page, "Next"))
    steps.at_step(page, "Contact details")
    expect(steps.field(page, "Name")).to_have_value(person.name)
    count.click(steps.button(page, "Next"))
    steps.at_step(page, "Details")
    count.click(steps.button(page, "Next"))
    steps.at_step(page, "Overview")
    expect(page.get_by_role("main")).to_contain_text(when.split(" 2026")[0])
    for line in steps.ADDRESS_LINES:
        _in_main(page, line)
    count.click(steps.button(page, "Confirm booking"))
    steps.booked(page)
    print(f"\nA new customer books with {count.clicks} clicks.")
    assert count.clicks <= MOST_FOR_NEW
    assert "portal-visitor" not in {c["name"] for c in page.context.cookies()}


def _in_main(page: Page, text: str) -> None:
    found = page.get_by_role("main").get_by_text(text, exact=True)
    expect(found.first).to_be_visible()


def _type_sign_up(page: Page, person: Person) -> None:
    steps.field(page, "First name").fill(person.first_name)
    steps.field(page, "Last name").fill(person.last_name)
    steps.field(page, "Email").press_sequentially(person.email, delay=80)
    steps.field(page, "Password").fill(person.password)


def _unseen_elsewhere(page: Page, address: str) -> None:
    """Another browser at the same address begins a draft of its own."""
    page.goto(address)
    steps.at_step(page, "Address")
    expect(page.get_by_text(steps.STREET)).to_have_count(0)


def test_a_returning_customer_books_and_books_again(
    portal: RunningPortal, new_context: NewContext
) -> None:
    person = new_customer(portal.database, "Ruth")
    steps.walk_to_overview(steps.arrive_signed_in(new_context(), portal, person))
    page, count = steps.arrive_signed_in(new_context(), portal, person), Counter()
    steps.visit(page, f"/book/{steps.SERVICE}?step=overview")
    steps.confirm(page)
    number = _let_it_be_past(portal)

    steps.visit(page, "/")
    count.click(steps.link(page, "Schedule an appointment").first)
    expect(steps.heading(page, "All Services")).to_be_visible()
    count.click(page.get_by_role("main").get_by_role("link", name="Dog walking"))
    _choose_time(page, count)
    count.click(steps.button(page, "Next"))
    steps.at_step(page, "Who it is for")
    count.click(steps.button(page, "Next"))
    steps.at_step(page, "Address")
    place = page.get_by_role("radio", name=re.compile(re.escape(steps.STREET)))
    expect(place).to_be_checked()
    count.click(steps.button(page, "Next"))
    steps.at_step(page, "Contact details")
    count.click(steps.button(page, "Next"))
    steps.at_step(page, "Details")
    count.click(steps.button(page, "Next"))
    steps.at_step(page, "Overview")
    count.click(steps.button(page, "Confirm booking"))
    steps.booked(page)
    print(f"\nA returning customer books with {count.clicks} clicks.")
    assert count.clicks <= MOST_FOR_NEW

    steps.visit(page, "/bookings?when=past")
    again = Counter()
    card = page.get_by_role("article").filter(has_text=number)
    again.click(card.get_by_role("link", name=re.compile("^Re-book")))
    steps.at_step(page, "Day and time")
    expect(page.locator("input[name=slot]:checked")).to_have_count(1)
    again.click(steps.button(page, "Next"))
    steps.at_step(page, "Overview")
    steps.expect_total(page, steps.TOTAL)
    for line in (*steps.ADDRESS_LINES, person.name):
        _in_main(page, line)
    again.click(steps.button(page, "Confirm booking"))
    assert steps.booked(page) != number
    print(f"Re-book takes {again.clicks} clicks.")
    assert again.clicks <= MOST_AGAIN


def test_a_guest_of_a_booking_number_sees_it(
    portal: RunningPortal, new_context: NewContext
) -> None:
    person = new_customer(portal.database, "Gwen")
    theirs = steps.arrive_signed_in(new_context(), portal, person)
    steps.walk_to_overview(theirs)
    number = steps.confirm(theirs)
    page, count = new_context().new_page(), Counter()
    steps.visit(page, "/")
    count.click(steps.link(page, "Log in").first)
    steps.sent_to_log_in(page)
    count.click(steps.link(page, "Use booking number to log in"))
    expect(steps.heading(page, "Log in with a booking number")).to_be_visible()
    steps.alive(page)
    steps.field(page, "Email").fill(person.email)
    steps.field(page, "Booking number").fill(number.lower().replace("-", " "))
    count.click(page.get_by_role("main").get_by_role("button").first)
    _in_main(page, number)
    print(f"\nA guest of a booking number is there with {count.clicks} clicks.")
    assert count.clicks <= MOST_AGAIN


def _let_it_be_past(portal: RunningPortal) -> str:
    """The number of the booking made last, which took place two days ago."""
    with portal.database.write() as tx:
        drafts = tx.exec(
            select(BookingDraft.id)
            .where(BookingDraft.closed_at.is_not(None))  # type: ignore[union-attr]
            .order_by(BookingDraft.closed_at.desc())  # type: ignore[union-attr]
        ).first()
        row = tx.exec(select(Booking).where(Booking.draft_id == drafts)).one()
        length = row.ends_at - row.starts_at
        row.starts_at = utc_now() - timedelta(days=2)
        row.ends_at = row.starts_at + length
        tx.add(row)
        return row.number
