"""One booking, whatever is clicked twice, in two tabs, or by two people."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import Session, select

from portal_app.domain.bookings.models import Booking
from portal_app.domain.catalogue.models import Service
from portal_app.domain.notifications.models import OutboxMessage
from tests.e2e import steps
from tests.e2e.test_booking import bookings_of
from tests.support.offers import Offer, one_a_day
from tests.support.people import Person, new_customer
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
GONE = "Sorry, that time has just been taken. These are the nearest free times."
CHANGED = (
    "This booking was changed in another window. Please look at the overview again."
)
NOTES = "The side gate sticks."


def _mails_to(portal: RunningPortal, person: Person) -> list[str]:
    def read(tx: Session) -> list[str]:
        mails = select(OutboxMessage).where(OutboxMessage.recipient == person.email)
        return [mail.kind for mail in tx.exec(mails)]

    return portal.database.query(read)


def _bookings_for(portal: RunningPortal, offer: Offer) -> list[Booking]:
    def read(tx: Session) -> list[Booking]:
        service = tx.exec(select(Service).where(Service.slug == offer.slug)).one()
        found = tx.exec(select(Booking).where(Booking.service_id == service.id))
        return sorted(found, key=lambda booking: booking.starts_at)

    return portal.database.query(read)


def test_a_double_click_on_confirm_books_once(
    device: str, portal: RunningPortal, new_context: NewContext, customer: Person
) -> None:
    page = steps.arrive_signed_in(new_context(), portal, customer)
    steps.walk_to_overview(page)
    steps.button(page, "Confirm booking").dblclick()
    number = steps.booked(page)
    (booking,) = bookings_of(portal, customer)
    assert booking.number == number
    portal.mailbox.wait_for(customer.email, f"Booking {number}")
    assert _mails_to(portal, customer) == ["booking_confirmed"]


def test_a_double_click_on_next_skips_no_step(
    portal: RunningPortal, new_context: NewContext, customer: Person
) -> None:
    page = steps.arrive_signed_in(new_context(), portal, customer)
    steps.open_wizard(page)
    steps.answer_options(page)
    steps.button(page, "Next").dblclick()
    steps.at_step(page, "Day and time")
    steps.pick_time(page)
    steps.button(page, "Next").dblclick()
    steps.at_step(page, "Address")
    steps.fill_address(page)
    steps.button(page, "Next").dblclick()
    steps.at_step(page, "Contact details")
    steps.button(page, "Next").dblclick()
    # The second click does not confirm what nobody has looked at.
    steps.at_step(page, "Overview")
    expect(steps.button(page, "Confirm booking")).to_be_enabled()
    assert bookings_of(portal, customer) == []


def test_two_tabs_of_one_customer_make_one_booking(
    portal: RunningPortal, new_context: NewContext, customer: Person
) -> None:
    context = new_context()
    first = steps.arrive_signed_in(context, portal, customer)
    steps.walk_to_overview(first)
    second = context.new_page()
    second.goto(first.url)
    steps.at_step(second, "Overview")
    steps.link(second, "Edit day and time").click()
    steps.at_step(second, "Day and time")
    day = second.locator("[role=group] button[aria-pressed=true]")
    name = day.get_attribute("aria-label") or ""
    other = steps.pick_slot(second, name, 2)
    steps.go_on(second)
    steps.at_step(second, "Overview")

    steps.button(first, "Confirm booking").click()
    expect(first.get_by_text(CHANGED, exact=True)).to_be_visible()
    expect(first.get_by_text(other.time)).to_be_visible()
    assert bookings_of(portal, customer) == []
    number = steps.confirm(first)
    steps.button(second, "Confirm booking").click()
    assert steps.booked(second) == number
    (booking,) = bookings_of(portal, customer)
    assert booking.number == number
    assert booking.starts_at == other.starts_at()


def test_two_people_confirm_the_last_slot_at_once(
    device: str, portal: RunningPortal, new_context: NewContext
) -> None:
    offer = one_a_day(portal.database)
    people = [new_customer(portal.database, name) for name in ("Olga", "Pete")]
    pages = [steps.arrive_signed_in(new_context(), portal, who) for who in people]
    chosen = [_to_the_overview(page, offer) for page in pages]
    assert chosen[0] == chosen[1]
    _confirm_at_once(pages)
    done = steps.heading(pages[0], "Your booking is confirmed")
    refused = pages[0].get_by_text(GONE, exact=True)
    expect(done.or_(refused)).to_be_visible()
    winner, loser = (0, 1) if done.is_visible() else (1, 0)

    number = steps.booked(pages[winner])
    page = pages[loser]
    expect(page.get_by_text(GONE, exact=True)).to_be_visible()
    (booking,) = _bookings_for(portal, offer)
    assert booking.number == number
    assert booking.starts_at == chosen[0].starts_at()
    assert bookings_of(portal, people[loser]) == []
    assert _mails_to(portal, people[loser]) == []

    _nothing_is_lost(page, people[loser])
    instead = page.get_by_role("button", name="9:00 am")
    expect(instead).to_have_count(3)
    offered = steps.plain(instead.first.inner_text())
    instead.first.click()
    status = page.get_by_role("status").filter(has_text="Your time is now")
    expect(status).to_be_visible()
    _nothing_is_lost(page, people[loser])
    assert steps.confirm(page) != number
    first, second = _bookings_for(portal, offer)
    assert {first.number, second.number} >= {number}
    later = second if first.number == number else first
    assert later.notes == NOTES
    begins = later.starts_at.astimezone(steps.SYDNEY)
    assert f"{begins.day} " in offered
    assert steps.facts(page)["Total"] == ["$400.00"]


def _to_the_overview(page: Page, offer: Offer) -> steps.Appointment:
    steps.open_wizard(page, offer.slug)
    steps.go_on(page)
    steps.at_step(page, "Day and time")
    # In the middle, so that there are free days before and after it.
    chosen = steps.pick_time(page, day=7)
    steps.go_on(page)
    steps.at_step(page, "Address")
    steps.fill_address(page)
    steps.go_on(page)
    steps.at_step(page, "Contact details")
    steps.field(page, "Notes for the visit").fill(NOTES)
    steps.go_on(page)
    steps.at_step(page, "Overview")
    return chosen


def _confirm_at_once(pages: list[Page]) -> None:
    """Click in both browsers at the same instant of this machine's clock."""
    at = pages[0].evaluate("Date.now() + 700")
    for page in pages:
        steps.button(page, "Confirm booking").evaluate(
            "(button, at) => { setTimeout(() => button.click(), at - Date.now()) }", at
        )


def _nothing_is_lost(page: Page, person: Person) -> None:
    for text in (person.name, person.email, NOTES, *steps.ADDRESS_LINES):
        expect(page.get_by_role("main").get_by_text(text, exact=True)).to_be_visible()
    expect(steps.button(page, "Confirm booking")).to_be_enabled()
