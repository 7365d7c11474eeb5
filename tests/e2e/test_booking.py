"""The wizard, from a service to the confirmed booking."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import Session, select

from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.domain.customers.models import Customer, Location
from tests.e2e import steps
from tests.support.mailbox import html_of, link_in, text_of
from tests.support.people import Person
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
NOTES = "Rex is friendly.\nHe likes cheese."
ISLA = "Isla MacDonald"
STEPS = [
    "Options",
    "Who it is for",
    "Address",
    "Day and time",
    "Contact details",
    "Details",
    "Overview",
]


def bookings_of(portal: RunningPortal, person: Person) -> list[Booking]:
    """What this person has booked."""
    return _rows(portal, person, Booking)


def _rows(portal: RunningPortal, person: Person, table: Any) -> list[Any]:
    def read(tx: Session) -> list[Any]:
        customer = tx.exec(select(Customer).where(Customer.email == person.email)).one()
        return list(tx.exec(select(table).where(table.customer_id == customer.id)))

    return portal.database.query(read)


@pytest.mark.parametrize("device", ["phone"], indirect=True)
def test_a_customer_books_with_a_reload_at_every_step(
    device: str, portal: RunningPortal, page: Page, customer: Person, tmp_path: Path
) -> None:
    steps.visit(page, "/")
    steps.link(page, "Schedule an appointment").click()
    expect(steps.heading(page, "All Services")).to_be_visible()
    steps.link(page, "Dog walking").click()
    expect(steps.heading(page, "Dog walking")).to_be_visible()
    steps.alive(page)
    steps.schedule_link(page).click()
    # Free times are for everybody; the account is asked for later.
    steps.at_step(page, "Options")
    steps.visit(page, "/login?next=/book/dog-walking")
    steps.fill_log_in(page, customer)
    steps.at_step(page, "Options")
    _options(page)
    _who(page)
    _address(page)
    chosen = _day_and_time(page)
    _contact(page, customer)
    _details(page)
    whole = _overview(page, customer, chosen)
    number = steps.confirm(page)
    said = _confirmed(page, customer, whole)
    assert len(bookings_of(portal, customer)) == 1
    _calendar(page, tmp_path, number, whole, said)
    _mail(portal, customer, number, whole)
    _my_bookings(page, number, whole)


def _options(page: Page) -> None:
    # The cheapest answers are filled in, with their price.
    expect(page.get_by_role("radio", name="30 minutes")).to_be_checked()
    steps.expect_total(page, "$32")
    steps.answer_options(page)
    steps.reload(page)
    steps.at_step(page, "Options")
    steps.options_as_answered(page)
    steps.go_on(page)


def _who(page: Page) -> None:
    steps.at_step(page, "Who it is for")
    expect(steps.link(page, "Add a pet")).to_be_visible()
    steps.reload(page)
    steps.name_nobody(page)


def _day_and_time(page: Page) -> steps.Appointment:
    # The first free time is proposed; another day has none until one is chosen there.
    times = page.locator("input[name=slot]")
    expect(times.first).to_be_checked()
    bar = page.locator("[data-step-actions]")
    proposed = steps.plain(
        page.locator("fieldset:has(input[name=slot]) legend").inner_text()
    )
    steps.next_month(page)
    expect(page.locator("input[name=slot]:checked")).to_have_count(0)
    expect(page.get_by_role("group", name=proposed, exact=True)).to_have_count(0)
    steps.go_on(page)
    expect(
        page.get_by_text("Please choose one of these times.", exact=True)
    ).to_be_in_viewport()
    page.locator("input[name=day]").first.check()
    expect(page.get_by_role("group", name=proposed, exact=True)).to_be_visible()
    chosen = steps.pick_time(page, day=3, time=1)
    expect(bar).to_contain_text(chosen.time)
    steps.reload(page)
    steps.at_step(page, "Day and time")
    day = page.get_by_role("button", name=chosen.day, exact=True)
    expect(day).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("radio", name=chosen.time, exact=True)).to_be_checked()
    expect(page.get_by_role("radio", name="Anyone", exact=True)).to_be_checked()
    steps.go_on(page)
    steps.at_step(page, "Contact details")
    return chosen


def _address(page: Page) -> None:
    steps.field(page, "Postcode").fill("20")
    steps.go_on(page)
    wrong = {
        "Street and number": "Please enter the street and house number.",
        "Suburb or town": "Please enter the suburb or town.",
        "Postcode": "Please enter a postcode such as 2060.",
    }
    for name, error in wrong.items():
        box = page.get_by_label(name, exact=True)
        expect(box).to_have_attribute("aria-invalid", "true")
        expect(box).to_have_accessible_description(re.compile(re.escape(error)))
    expect(page.get_by_text("Please choose a state.", exact=True)).to_be_visible()
    expect(steps.field(page, "Street and number")).to_be_focused()
    expect(steps.field(page, "Postcode")).to_have_value("20")
    steps.fill_address(page)
    steps.field(page, "How to get in").fill("Gate code 1234")
    # What was typed but not sent survives a reload.
    steps.reload(page)
    steps.at_step(page, "Address")
    expect(steps.field(page, "Street and number")).to_have_value(steps.STREET)
    expect(steps.field(page, "Postcode")).to_have_value(steps.POSTCODE)
    state = page.get_by_role("combobox", name="State", exact=True)
    expect(state).to_have_value("NSW")
    steps.go_on(page)
    steps.at_step(page, "Day and time")


def _contact(page: Page, customer: Person) -> None:
    expect(steps.field(page, "Name")).to_have_value(customer.name)
    expect(steps.field(page, "Email")).to_have_value(customer.email)
    expect(steps.field(page, "Phone")).to_have_value("")
    steps.field(page, "Phone").fill("0491 570 156")
    steps.reload(page)
    steps.at_step(page, "Contact details")
    expect(steps.field(page, "Phone")).to_have_value("0491 570 156")
    steps.go_on(page)
    steps.at_step(page, "Details")


def _details(page: Page) -> None:
    steps.field(page, "Notes for the visit").fill(NOTES)
    steps.reload(page)
    steps.at_step(page, "Details")
    expect(steps.field(page, "Notes for the visit")).to_have_value(NOTES)
    steps.keep_details(page)


def _overview(page: Page, customer: Person, chosen: steps.Appointment) -> str:
    """Check the overview; the whole time, from when to when."""
    steps.reload(page)
    steps.at_step(page, "Overview")
    ends = chosen.starts_at() + timedelta(hours=1)
    until = f"{ends:%I:%M %p}".lstrip("0").lower()
    whole = f"{chosen.time} – {until}"
    main = page.get_by_role("main")
    for text in (
        chosen.day,
        f"{whole} · Sydney time · {steps.DURATION}",
        "With whoever is free",
        "Gate code 1234",
        customer.name,
        customer.email,
        "0491 570 156",
    ):
        expect(main.get_by_text(text, exact=True)).to_be_visible()
    for line in steps.ADDRESS_LINES:
        expect(main.get_by_text(line, exact=True)).to_be_visible()
    expect(main.get_by_text("Rex is friendly.")).to_be_visible()
    said = steps.facts(page)
    assert said == {name: [amount] for name, amount in steps.LINES.items()} | {
        "Total": [steps.TOTAL]
    }
    return f"{chosen.day}\n{whole}"


def _confirmed(page: Page, customer: Person, whole: str) -> dict[str, list[str]]:
    day, time = whole.splitlines()
    expect(
        page.get_by_text(f"We sent the details to {customer.email}.")
    ).to_be_visible()
    said = steps.facts(page)
    steps.reload(page)
    expect(steps.heading(page, "Your booking is confirmed")).to_be_visible()
    assert steps.facts(page) == said
    assert said["When"] == [day, f"{time} · Sydney time"]
    assert said["Duration"] == [steps.DURATION]
    assert said["With"][0] in {"Isla MacDonald", "Aroha Williams"}
    assert said["Where"] == [*steps.ADDRESS_LINES, "Gate code 1234"]
    assert said["Contact"] == [customer.name, customer.email, "0491 570 156"]
    assert said["Notes"] == NOTES.splitlines()
    assert said["Total"] == [steps.TOTAL]
    return said


def _calendar(
    page: Page, folder: Path, number: str, whole: str, said: dict[str, list[str]]
) -> None:
    with page.expect_download() as downloading:
        steps.link(page, "Add to calendar").click()
    assert downloading.value.suggested_filename == f"booking-{number}.ics"
    file = folder / "booking.ics"
    downloading.value.save_as(file)
    (event,) = Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    day, time = whole.splitlines()
    begins = steps.Appointment(day, time).starts_at()
    assert event.decoded("dtstart") == begins
    assert event.decoded("dtend") == begins + timedelta(hours=1)
    assert str(event["location"]) == ", ".join(steps.ADDRESS_LINES)
    assert str(event["status"]) == "CONFIRMED"
    assert "Dog walking" in str(event["summary"])
    assert number in str(event["description"])
    assert said["With"][0] in str(event["description"])


def _mail(portal: RunningPortal, customer: Person, number: str, whole: str) -> None:
    day, time = whole.splitlines()
    mail = portal.mailbox.wait_for(customer.email, f"Booking {number}: Dog walking")
    text, html = steps.plain(text_of(mail)), steps.plain(html_of(mail))
    address = " ".join(steps.ADDRESS_LINES)
    assert f"When {day} {time}" in text
    assert f"Where {address}" in text
    assert f"Total: {steps.TOTAL}" in text
    for line, amount in steps.LINES.items():
        assert f"{line}: {amount}" in text
    for part in (number, day, time, *steps.ADDRESS_LINES, steps.TOTAL):
        assert part in html
    assert len(portal.mailbox.to(customer.email)) == 1
    # Whoever has the mail gets to this booking by it, and nowhere else.
    assert link_in(mail, portal.url).startswith(f"{portal.url}/login/booking?link=")


def _my_bookings(page: Page, number: str, whole: str) -> None:
    steps.link(page, "My Bookings").filter(visible=True).first.click()
    expect(page.get_by_role("tab", name="Upcoming", exact=True)).to_have_attribute(
        "aria-selected", "true"
    )
    card = page.get_by_role("tabpanel", name="Upcoming").get_by_role("article")
    expect(card).to_have_count(1)
    for text in (number, "Dog walking", "Confirmed", *whole.splitlines()):
        expect(card).to_contain_text(text)
    expect(card).to_contain_text(", ".join(steps.ADDRESS_LINES))
    page.get_by_role("tab", name="Past", exact=True).click()
    expect(steps.heading(page, "Nothing here yet", level=2)).to_be_visible()


def test_a_customer_moves_back_and_forth_between_the_steps(
    portal: RunningPortal, new_context: NewContext, customer: Person
) -> None:
    page = steps.arrive_signed_in(new_context(), portal, customer)
    _no_step_is_skipped(page)
    chosen = _walk_with_isla(page)
    _the_browsers_own_buttons(page, chosen)
    assert bookings_of(portal, customer) == []
    _back_and_edit(page)
    # A place is saved when somebody comes there, not for having been typed.
    assert _rows(portal, customer, Location) == []
    assert bookings_of(portal, customer) == []
    steps.confirm(page)
    places = [place.street for place in _rows(portal, customer, Location)]
    assert places == ["7 Hill Road"]
    assert steps.facts(page)["With"] == [ISLA]
    page.go_back()
    # What is booked cannot be booked again by going back.
    expect(steps.heading(page, "Your booking is confirmed")).to_be_visible()
    expect(steps.button(page, "Confirm booking")).to_have_count(0)
    assert len(bookings_of(portal, customer)) == 1
    steps.visit(page, "/book/no-such-service")
    expect(steps.heading(page, "We do not offer this service", level=2)).to_be_visible()
    assert len(_rows(portal, customer, BookingDraft)) == 1


def _no_step_is_skipped(page: Page) -> None:
    """The address of a later step leads to the first one; the page stays there."""
    page.goto(f"/book/{steps.SERVICE}?step=overview")
    steps.at_step(page, "Who it is for")
    expect(page).to_have_url(re.compile(r"\?step=who&draft=\w{26}$"))
    expect(steps.button(page, "Confirm booking")).to_have_count(0)
    steps.button(page, "Back").click()
    steps.at_step(page, "Options")


def _walk_with_isla(page: Page) -> steps.Appointment:
    """From the first step, where the page is, to the overview, asking for somebody."""
    steps.answer_options(page)
    steps.go_on(page)
    steps.name_nobody(page)
    steps.give_address(page)
    page.get_by_role("radio", name=ISLA, exact=True).check()
    chosen = steps.pick_time(page)
    steps.go_on(page)
    steps.at_step(page, "Contact details")
    steps.go_on(page)
    steps.keep_details(page)
    expect(page.get_by_text(f"With {ISLA}", exact=True)).to_be_visible()
    return chosen


def _the_browsers_own_buttons(page: Page, chosen: steps.Appointment) -> None:
    for name in reversed(STEPS[:-1]):
        page.go_back()
        steps.at_step(page, name)
    steps.options_as_answered(page)
    for name in STEPS[1:]:
        page.go_forward()
        steps.at_step(page, name)
    expect(page.get_by_text(chosen.day, exact=True)).to_be_visible()


def _back_and_edit(page: Page) -> None:
    steps.button(page, "Back").click()
    steps.keep_details(page)
    steps.link(page, "Address done").click()
    steps.at_step(page, "Address")
    # What is filled in already is not gone through again.
    steps.go_on(page)
    steps.at_step(page, "Overview")
    steps.link(page, "Edit options").click()
    steps.at_step(page, "Options")
    page.get_by_role("checkbox", name="A brush and towel-dry").uncheck()
    steps.expect_total(page, "$54")
    steps.go_on(page)
    steps.at_step(page, "Overview")
    assert steps.facts(page)["Total"] == ["$54"]
    steps.link(page, "Edit address").click()
    steps.at_step(page, "Address")
    street = steps.field(page, "Street and number")
    expect(street).to_have_value(steps.STREET)
    street.fill("7 Hill Road")
    steps.go_on(page)
    steps.at_step(page, "Overview")
    expect(page.get_by_text("7 Hill Road", exact=True)).to_be_visible()
