"""One booking, whatever is clicked twice, in two tabs, or taken meanwhile."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import Session, select

from portal_app.domain.bookings import confirmation, drafts
from portal_app.domain.bookings.models import Booking
from portal_app.domain.bookings.rules import BookingContactForm
from portal_app.domain.bookings.views import DraftView
from portal_app.domain.catalogue.models import Service
from portal_app.domain.notifications.models import OutboxMessage
from tests.e2e import steps
from tests.e2e.test_booking import bookings_of
from tests.support.bookings import demo_draft_before_contact
from tests.support.people import Person, actor_of, new_customer, session_cookie
from tests.support.server import RunningPortal
from tests.support.services import DedicatedService, create_all_day_service

NewContext = Callable[[], BrowserContext]
GONE = "Sorry, that time has just been taken. These are the nearest free times."
CHANGED = (
    "This booking was changed in another window. Please look at the overview again."
)
NOTES = "The side gate sticks."
ADDRESS_LINES = ["Unit 3, 12 Ocean Street", "Bondi NSW 2026"]


def _mails_to(portal: RunningPortal, person: Person) -> list[str]:
    def read(tx: Session) -> list[str]:
        mails = select(OutboxMessage).where(OutboxMessage.recipient == person.email)
        return [mail.kind for mail in tx.exec(mails)]

    return portal.database.query(read)


def _bookings_for(portal: RunningPortal, offer: DedicatedService) -> list[Booking]:
    def read(tx: Session) -> list[Booking]:
        service = tx.exec(select(Service).where(Service.slug == offer.slug)).one()
        found = tx.exec(select(Booking).where(Booking.service_id == service.id))
        return sorted(found, key=lambda booking: booking.starts_at)

    return portal.database.query(read)


def test_double_clicks_and_a_second_tab_make_one_booking(
    portal: RunningPortal, new_context: NewContext, customer: Person
) -> None:
    context = new_context()
    first = steps.arrive_signed_in(context, portal, customer)
    _walk_by_double_clicks(first)
    # The second click does not confirm what nobody has looked at.
    expect(steps.button(first, "Confirm booking")).to_be_enabled()
    assert bookings_of(portal, customer) == []

    second = context.new_page()
    other = _another_time(second, first.url)
    steps.button(first, "Confirm booking").click()
    expect(first.get_by_text(CHANGED, exact=True)).to_be_visible()
    expect(first.get_by_text(other.time).first).to_be_visible()
    assert bookings_of(portal, customer) == []

    steps.button(first, "Confirm booking").dblclick()
    number = steps.booked(first)
    steps.button(second, "Confirm booking").click()
    assert steps.booked(second) == number
    (booking,) = bookings_of(portal, customer)
    assert booking.number == number
    assert booking.starts_at == other.starts_at()
    portal.mailbox.wait_for(customer.email, f"Booking {number}")
    assert _mails_to(portal, customer) == ["booking_confirmed"]


def _walk_by_double_clicks(page: Page) -> None:
    """To the overview; no step is skipped."""
    steps.open_wizard(page)
    steps.answer_options(page)
    steps.button(page, "Next").dblclick()
    steps.at_step(page, "Who it is for")
    steps.button(page, "Next").dblclick()
    steps.at_step(page, "Address")
    steps.fill_address(page)
    steps.button(page, "Next").dblclick()
    steps.at_step(page, "Day and time")
    steps.pick_time(page)
    steps.button(page, "Next").dblclick()
    steps.at_step(page, "Contact details")
    steps.button(page, "Next").dblclick()
    steps.at_step(page, "Details")
    steps.button(page, "Next").dblclick()
    steps.at_step(page, "Overview")


def _another_time(page: Page, overview: str) -> steps.Appointment:
    """In a second tab, another time of the same day; ends at the overview."""
    page.goto(overview)
    steps.at_step(page, "Overview")
    steps.link(page, "Edit day and time").click()
    steps.at_step(page, "Day and time")
    day = page.locator("[role=grid] [aria-pressed=true]")
    name = day.get_attribute("aria-label") or ""
    other = steps.pick_slot(page, name, 2)
    steps.go_on(page)
    steps.at_step(page, "Overview")
    return other


@pytest.mark.parametrize("device", ["phone"], indirect=True)
def test_the_last_slot_is_taken_while_the_overview_is_read(
    device: str, portal: RunningPortal, new_context: NewContext
) -> None:
    offer = create_all_day_service(portal.database)
    winner, loser = (new_customer(portal.database, name) for name in ("Olga", "Pete"))
    taken = _at_overview(portal, offer, winner)
    seen = _at_overview(portal, offer, loser)
    assert seen.starts_at == taken.starts_at
    page = steps.arrive_signed_in(new_context(), portal, loser)
    steps.visit(page, f"/book/{offer.slug}?step=overview&draft={seen.id}")
    steps.at_step(page, "Overview")
    _nothing_is_lost(page, loser)
    who = actor_of(portal.database, session_cookie(portal.database, winner))
    number = confirmation.confirm(portal.database, who, taken.id, taken.shown)
    mails = _mails_to(portal, loser)

    steps.button(page, "Confirm booking").click()
    expect(page.get_by_text(GONE, exact=True)).to_be_visible()
    (booking,) = _bookings_for(portal, offer)
    assert (booking.number, booking.notes) == (number, NOTES)
    assert bookings_of(portal, loser) == []
    assert _mails_to(portal, loser) == mails

    _nothing_is_lost(page, loser)
    instead = page.get_by_role("button", name="9:00 am")
    expect(instead).to_have_count(3)
    offered = steps.plain(instead.first.inner_text())
    instead.first.click()
    status = page.get_by_role("status").filter(has_text="Your time is now")
    expect(status).to_be_visible()
    _nothing_is_lost(page, loser)
    later_number = steps.confirm(page)
    assert later_number != number
    booked = _bookings_for(portal, offer)
    [later] = [found for found in booked if found.number != number]
    assert (len(booked), later.number, later.notes) == (2, later_number, NOTES)
    begins = later.starts_at.astimezone(steps.SYDNEY)
    assert f"{begins.day} " in offered
    assert steps.facts(page)["Total"] == ["$400"]


def _at_overview(
    portal: RunningPortal, offer: DedicatedService, person: Person
) -> DraftView:
    """A draft of this person's for the first free time, which waits to be confirmed."""
    database = portal.database
    who = actor_of(database, session_cookie(database, person))
    contact = BookingContactForm(name=person.name, email=person.email, notes=NOTES)
    draft = demo_draft_before_contact(database, who, offer.slug)
    return database.call(drafts.choose_contact, who, draft, contact)


def _nothing_is_lost(page: Page, person: Person) -> None:
    for text in (person.name, person.email, NOTES, *ADDRESS_LINES):
        expect(page.get_by_role("main").get_by_text(text, exact=True)).to_be_visible()
    expect(steps.button(page, "Confirm booking")).to_be_enabled()
