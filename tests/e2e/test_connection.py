"""The connection goes and comes back; nothing is lost, nothing happens twice.

These tests take their own server away, so they do not share one.
"""

import os
import re
import secrets
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import Session, select

from portal_app.domain.bookings.models import BookingDraft
from portal_app.domain.customers.models import Customer
from portal_app.domain.notifications.models import OutboxMessage
from tests.e2e import steps
from tests.e2e.conftest import Watch
from tests.e2e.dependent_steps import dialog, keep, own, row_of, values
from tests.e2e.test_booking import bookings_of
from tests.support.demo import LoadedDemo
from tests.support.mailbox import Mailbox, link_in
from tests.support.people import Person
from tests.support.server import RunningPortal, running_portal

NewContext = Callable[[], BrowserContext]
LOST = "The connection is lost, trying again…"
BACK = "You are connected again."
_WORKER = re.compile(rb"Spawning worker-\d+ with PID: (\d+)")


@pytest.fixture
def portal(
    tmp_path: Path, mailbox: Mailbox, demo: LoadedDemo
) -> Iterator[RunningPortal]:
    """A server whose worker may be killed, once: it gives up on a second crash."""
    with running_portal(tmp_path, mailbox, demo) as running:
        yield running


@pytest.fixture
def watch() -> Watch:
    """A browser says of every socket and file that it could not reach it."""
    expecting = Watch()
    expecting.expected = ["WebSocket connection to", "net::ERR_"]
    return expecting


@contextmanager
def server_away(portal: RunningPortal) -> Iterator[None]:
    """No worker within the context; a new one, knowing nothing, after it."""
    worker = int(_WORKER.findall(portal.log.read_bytes())[-1])
    # The parent would start another worker at once.
    os.kill(portal.process.pid, signal.SIGSTOP)
    try:
        os.kill(worker, signal.SIGKILL)
        yield
    finally:
        os.kill(portal.process.pid, signal.SIGCONT)


def _banner(page: Page, words: str) -> Locator:
    return page.get_by_role("status").filter(has_text=words)


def test_a_form_survives_a_lost_server_and_its_click_counts_once(
    device: str, portal: RunningPortal, new_context: NewContext, customer: Person
) -> None:
    page = steps.arrive_signed_in(new_context(), portal, customer)
    steps.walk_to_overview(page)
    steps.button(page, "Back").click()
    steps.at_step(page, "Contact details")
    notes = steps.field(page, "Notes for the visit")
    notes.fill("Typed before")
    with server_away(portal):
        expect(_banner(page, LOST)).to_be_visible()
        expect(notes).to_have_value("Typed before")
        notes.fill("Typed while nobody listened")
        steps.go_on(page)
    steps.at_step(page, "Overview")
    expect(_banner(page, LOST)).to_have_count(0)
    expect(page.get_by_text("Typed while nobody listened")).to_be_visible()
    assert _notes(portal, customer) == "Typed while nobody listened"
    assert bookings_of(portal, customer) == []


def test_a_confirmation_without_a_server_books_once_when_it_is_back(
    portal: RunningPortal, new_context: NewContext, customer: Person
) -> None:
    page = steps.arrive_signed_in(new_context(), portal, customer)
    chosen = steps.walk_to_overview(page)
    with server_away(portal):
        expect(_banner(page, LOST)).to_be_visible()
        confirm = steps.button(page, "Confirm booking")
        confirm.click()
        confirm.click()
    number = steps.booked(page)
    (booking,) = bookings_of(portal, customer)
    assert (booking.number, booking.starts_at) == (number, chosen.starts_at())
    portal.mailbox.wait_for(customer.email, f"Booking {number}")
    assert _told(portal, customer) == ["booking_confirmed"]


def test_a_dependent_that_is_being_added_survives_a_lost_server_and_is_added_once(
    device: str, portal: RunningPortal, new_context: NewContext, customer: Person
) -> None:
    page = steps.arrive_signed_in(new_context(), portal, customer)
    steps.visit(page, "/dependents/add?type=pet")
    name, breed = steps.field(page, "Name"), steps.field(page, "Breed")
    name.fill("Typed before")
    page.get_by_label("Kind of animal", exact=True).select_option("Dog")
    page.get_by_role("checkbox", name="Shy").check()
    with server_away(portal):
        expect(_banner(page, LOST)).to_be_visible()
        expect(name).to_have_value("Typed before")
        name.fill("Typed while nobody listened")
        breed.fill("Kelpie")
        save = steps.button(page, "Save")
        save.click()
        save.click()
        expect(breed).to_have_value("Kelpie")
    expect(steps.heading(page, "Typed while nobody listened")).to_be_visible()
    [dog] = own(portal, customer)
    assert (dog.name, dog.version) == ("Typed while nobody listened", 1)
    assert values(portal, dog.id) == {
        "species": "Dog",
        "breed": "Kelpie",
        "with_others": "Shy",
    }


def test_a_dialog_that_is_open_survives_a_lost_server_and_saves_once(
    portal: RunningPortal, new_context: NewContext, customer: Person
) -> None:
    dog = keep(portal, customer, "pet", "Biscuit", species="dog")
    page = steps.arrive_signed_in(new_context(), portal, customer)
    steps.visit(page, f"/dependents/{dog}")
    steps.button(page, "Edit").click()
    name, breed = steps.field(page, "Name"), steps.field(page, "Breed")
    name.fill("Typed before")
    with server_away(portal):
        expect(_banner(page, LOST)).to_be_visible()
        breed.fill("Kelpie")
    expect(_banner(page, BACK)).to_be_visible()
    expect(name).to_have_value("Typed before")
    expect(breed).to_have_value("Kelpie")
    # It is not forgotten that there is something to lose.
    page.keyboard.press("Escape")
    steps.button(page, "Keep editing").click()
    dialog(page).get_by_role("button", name="Save", exact=True).dblclick()
    expect(dialog(page)).to_have_count(0)
    expect(steps.heading(page, "Typed before")).to_be_visible()
    stored = row_of(portal, dog)
    assert (stored.name, stored.version) == ("Typed before", 2)
    assert values(portal, dog) == {"species": "Dog", "breed": "Kelpie"}


def test_a_sign_up_form_stays_filled_in(portal: RunningPortal, page: Page) -> None:
    steps.visit(page, "/signup")
    steps.field(page, "First name").fill("Grace")
    steps.field(page, "Email").fill("grace@example.org")
    with server_away(portal):
        expect(_banner(page, LOST)).to_be_visible()
    expect(_banner(page, BACK)).to_be_visible()
    expect(steps.field(page, "First name")).to_have_value("Grace")
    expect(steps.field(page, "Email")).to_have_value("grace@example.org")
    # The word about it goes by itself.
    expect(_banner(page, BACK)).to_have_count(0)


def test_an_activation_without_a_server_counts_when_it_is_back(
    portal: RunningPortal, page: Page
) -> None:
    unique = secrets.token_hex(5)
    grace = Person(f"grace-{unique}@example.com", "Grace", f"Newcomer{unique}")
    steps.sign_up(page, grace)
    mail = portal.mailbox.wait_for(grace.email, "Activate your account")
    page.goto(link_in(mail, "/verify-email"))
    steps.alive(page)
    with server_away(portal):
        expect(_banner(page, LOST)).to_be_visible()
        steps.button(page, "Activate my account").click()
    expect(steps.heading(page, "Welcome!")).to_be_visible()


def _notes(portal: RunningPortal, person: Person) -> str:
    def read(tx: Session) -> str:
        customer = tx.exec(select(Customer).where(Customer.email == person.email)).one()
        draft = select(BookingDraft).where(BookingDraft.customer_id == customer.id)
        return tx.exec(draft).one().notes

    return portal.database.query(read)


def _told(portal: RunningPortal, person: Person) -> list[str]:
    def read(tx: Session) -> list[str]:
        mails = select(OutboxMessage).where(OutboxMessage.recipient == person.email)
        return [mail.kind for mail in tx.exec(mails)]

    return portal.database.query(read)
