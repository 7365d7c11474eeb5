"""The office's hand on bookings, in a browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.page_paths import OFFICE_ACCOUNT
from tests.support.bookings import book_first_free_time
from tests.support.people import Person
from tests.support.server import RunningPortal


@pytest.fixture
def number(portal: RunningPortal, customer: Person) -> str:
    """A walk that the customer booked."""
    return book_first_free_time(portal.database, customer)


@pytest.fixture
def desk(new_context, portal: RunningPortal) -> Page:  # type: ignore[no-untyped-def]
    """The office's tab."""
    return steps.arrive_signed_in(new_context(), portal, OFFICE_ACCOUNT)


def test_a_booking_is_found_moved_and_written_about(
    desk: Page, customer: Person, number: str
) -> None:
    desk.goto("/office/bookings")
    steps.alive(desk)
    desk.get_by_label("Find", exact=True).fill(customer.email)
    desk.get_by_role("button", name="Show").click()
    row = desk.get_by_role("row").filter(has_text=number)
    expect(row).to_have_count(1)
    row.get_by_role("link").click()
    expect(desk).to_have_url(re.compile(f"/office/bookings/{number}$"))
    expect(desk.get_by_role("heading", level=1)).to_have_text("Dog walking")

    desk.get_by_role("button", name="Add note").click()
    dialog = desk.get_by_role("dialog", name="Add note")
    steps.field(dialog, "Note").fill("Key is in the safe.")
    dialog.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("Key is in the safe.")).to_be_visible()

    desk.get_by_role("button", name="Move or assign").click()
    dialog = desk.get_by_role("dialog", name="Move or assign")
    dialog.get_by_label("Time", exact=True).fill("03:15")
    dialog.get_by_role("button", name="Move", exact=True).click()
    warning = dialog.get_by_text("does not work then.")
    expect(warning).to_be_visible()
    dialog.get_by_role("button", name="Move anyway").click()
    expect(dialog).to_have_count(0)
    expect(desk.get_by_text(re.compile("^3:15"))).to_be_visible()


def test_a_line_is_added_and_the_total_follows(desk: Page, number: str) -> None:
    desk.goto(f"/office/bookings/{number}")
    steps.alive(desk)
    desk.get_by_role("button", name="Edit services").click()
    dialog = desk.get_by_role("dialog", name="Edit services")
    dialog.get_by_role("button", name="Add a line").click()
    dialog.get_by_role("textbox", name="What").last.fill("Muddy towel")
    dialog.get_by_role("textbox", name="Price of one").last.fill("7.50")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(desk.get_by_text("Muddy towel")).to_be_visible()
    expect(
        desk.get_by_text(re.compile(r"Services changed: \$\d+ became"))
    ).to_be_visible()


def test_the_office_books_for_a_customer_on_the_phone(
    desk: Page, customer: Person
) -> None:
    desk.goto("/office/bookings")
    steps.alive(desk)
    steps.link(desk, "Book for a customer").click()
    desk.get_by_label("Name, email or phone").fill(customer.email)
    steps.button(desk, "Find").click()
    desk.get_by_role("link", name=f"Choose {customer.name}").click()
    expect(steps.heading(desk, f"For {customer.name}", level=2)).to_be_visible()
    desk.get_by_label("Service", exact=True).select_option(label="Dog walking")
    steps.go_on(desk)

    steps.at_step(desk, "Options")
    expect(
        desk.get_by_role("complementary", name="Booking for a customer")
    ).to_contain_text(customer.name)
    steps.answer_options(desk)
    steps.go_on(desk)
    steps.name_nobody(desk)
    steps.reload(desk)
    steps.give_address(desk)
    steps.pick_time(desk)
    steps.go_on(desk)
    steps.at_step(desk, "Contact details")
    steps.go_on(desk)
    steps.keep_details(desk)
    steps.button(desk, "Confirm booking").click()
    expect(desk).to_have_url(re.compile("/office/bookings/B-"))
    expect(steps.heading(desk, "Dog walking")).to_be_visible()
    expect(desk.get_by_text(customer.email, exact=True).first).to_be_visible()
