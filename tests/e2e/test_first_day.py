"""From an empty portal to a first customer's booking, without a terminal."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal_app.domain.business import service as businesses
from portal_app.kernel.db import Database
from tests.e2e import steps
from tests.support.databases import postgresql_available, postgresql_database
from tests.support.mailbox import Mailbox
from tests.support.people import Person, new_customer
from tests.support.server import RunningPortal, running_portal

NewContext = Callable[[], BrowserContext]
PASSWORD = "sunny-otter-42"
SERVICE = "Piano tuning"


@pytest.fixture(scope="module")
def customer(empty: Database) -> Person:
    """Somebody who signed up before there was anything to book."""
    return new_customer(empty)


@pytest.fixture(scope="module")
def empty() -> Iterator[Database]:
    """A database as a start in production prepares it."""
    if not postgresql_available():
        pytest.skip("needs PostgreSQL")
    with postgresql_database() as database:
        database.call(businesses.ensure_business)
        yield database


@pytest.fixture(scope="module")
def portal(
    tmp_path_factory: pytest.TempPathFactory,
    empty: Database,
    customer: Person,
    mailbox: Mailbox,
) -> Iterator[RunningPortal]:
    """It serves a business that nobody has set up."""
    assert customer.email
    url = empty.engine.url.render_as_string(hide_password=False)
    folder = tmp_path_factory.mktemp("first-day")
    with running_portal(folder, mailbox, PORTAL_DATABASE_URL=url) as running:
        yield running


def _printed_link(portal: RunningPortal) -> str:
    found = re.search(r"http://\S+/join\?token=\S+", portal.log.read_text())
    assert found is not None
    return found.group()


def _at(page: Page, name: str) -> None:
    """Stand at a step of the set-up, or of the wizard, alive."""
    expect(steps.heading(page, name, level=2)).to_be_visible()
    expect(page.locator("[data-first-html]")).to_have_count(0)
    expect(page.locator("main[aria-busy=true]")).to_have_count(0)


def _save(page: Page) -> None:
    steps.button(page, "Save and go on").click()


def test_from_the_printed_link_to_a_first_booking(
    portal: RunningPortal, new_context: NewContext, customer: Person
) -> None:
    visitor = new_context().new_page()
    visitor.goto("/")
    expect(steps.heading(visitor, "My business opens soon")).to_be_visible()
    visitor.goto("/services")
    expect(steps.heading(visitor, "My business opens soon")).to_be_visible()

    page = new_context().new_page()
    _become_owner(page, _printed_link(portal))
    _set_up(page)
    page.goto("/office")
    expect(steps.heading(page, "How customers log in", level=2)).to_be_visible()
    expect(page.get_by_text("Finish setting up")).to_have_count(0)

    booking = steps.arrive_signed_in(new_context(), portal, customer)
    _book(booking)


def _become_owner(page: Page, link: str) -> None:
    page.goto(link)
    # Opening the link does nothing; only the button uses it.
    expect(steps.heading(page, "This portal is yours")).to_be_visible()
    steps.field(page, "Email").fill("bo@example.com")
    steps.field(page, "Your name").fill("Bo Miller")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    steps.button(page, "Make my account").click()
    _at(page, "Your trade")
    expect(page).to_have_url(re.compile("/office/setup"))


def _set_up(page: Page) -> None:
    page.get_by_role("radio", name=re.compile("^Cleaning")).check()
    expect(page.get_by_text("Services it suggests")).to_be_visible()
    page.get_by_role("radio", name=re.compile("^Something else")).check()
    _save(page)
    _at(page, "Your business")
    _save(page)
    expect(page.get_by_text("Please enter the name of the business.")).to_be_visible()
    steps.field(page, "Name").fill("Grand Pianos")
    _save(page)
    _at(page, "Country and money")
    # Left, and taken up again where it was.
    page.goto("/office")
    expect(page.get_by_text("Customers cannot book yet.")).to_be_visible()
    steps.link(page, "Go on").click()
    _at(page, "Country and money")
    country = page.get_by_role("combobox", name="Country", exact=True)
    country.select_option("AU")
    expect(page.get_by_role("combobox", name="Currency", exact=True)).to_have_value(
        "AUD"
    )
    expect(page.get_by_text(re.compile(r"^\$1,234 on "))).to_be_visible()
    _save(page)
    _at(page, "Logo and colour")
    _save(page)
    _at(page, "Services and prices")
    steps.field(page, "What is it called?").fill(SERVICE)
    steps.field(page, "Price (AUD)").fill("1e9")
    _save(page)
    expect(page.locator(".field-error")).to_have_count(1)
    expect(steps.field(page, "What is it called?")).to_have_value(SERVICE)
    steps.field(page, "Price (AUD)").fill("150")
    _save(page)
    _at(page, "Who does the work")
    steps.field(page, "Name").fill("Kim Lee")
    _save(page)
    _at(page, "Paying and cancelling")
    _save(page)
    _at(page, "You are open for booking")


def _book(page: Page) -> None:
    page.goto("/book/piano-tuning")
    first = steps.heading(page, "Options", level=2)
    address = steps.heading(page, "Address", level=2)
    expect(first.or_(address)).to_be_visible()
    if first.is_visible():
        steps.go_on(page)
    _at(page, "Address")
    steps.fill_address(page)
    steps.go_on(page)
    _at(page, "Day and time")
    steps.pick_time(page)
    steps.go_on(page)
    _at(page, "Contact details")
    steps.go_on(page)
    _at(page, "Details")
    steps.go_on(page)
    _at(page, "Overview")
    expect(page.get_by_text("$150").first).to_be_visible()
    assert steps.NUMBER.fullmatch(steps.confirm(page))
