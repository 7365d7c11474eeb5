"""The connection goes and comes back; nothing is lost, nothing happens twice.

The test takes its own server away, so it shares none.
"""

import os
import re
import secrets
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import Session, select

from portal_app.domain.bookings import drafts
from portal_app.domain.bookings.models import BookingDraft
from portal_app.domain.bookings.rules import BookingContactForm
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.domain.sign_in import sign_up as customers
from portal_app.domain.sign_in.rules import SignUpForm
from portal_app.kernel.audiences import Actor
from tests.e2e import steps
from tests.e2e.conftest import Watch
from tests.e2e.dependent_steps import dialog, keep, own, row_of, values
from tests.e2e.test_booking import bookings_of
from tests.support.bookings import demo_draft_before_contact
from tests.support.demo import LoadedDemo
from tests.support.mailbox import Mailbox, link_in
from tests.support.people import PASSWORD, Person, actor_of, session_cookie
from tests.support.server import RunningPortal, running_portal
from tests.support.services import create_all_day_service

NewContext = Callable[[], BrowserContext]
LOST = "The connection is lost, trying again…"
BACK = "You are connected again."
# A worker has to start first, and each socket tries again by a clock of its own.
_RETURN_MS = 60_000
_WORKER = re.compile(rb"Spawning worker-\d+ with PID: (\d+)")


@dataclass(frozen=True)
class Draft:
    """A draft, and the step of the wizard that it stands at."""

    id: str
    slug: str
    step: str

    @property
    def address(self) -> str:
        """Where it is shown."""
        return f"/book/{self.slug}?step={self.step}&draft={self.id}"


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


def test_nothing_is_lost_while_the_server_is_away(
    portal: RunningPortal, new_context: NewContext, customer: Person
) -> None:
    """Every kind of page, open when the worker dies, and used before it is back."""
    context, strangers = new_context(), new_context()
    dog = keep(portal, customer, "pet", "Biscuit", species="dog")
    half, whole = _drafts(portal, customer)
    wizard = steps.arrive_signed_in(context, portal, customer)
    steps.visit(wizard, half.address)
    steps.field(wizard, "Notes for the visit").fill("Typed before")
    confirming = context.new_page()
    steps.visit(confirming, whole.address)
    steps.at_step(confirming, "Overview")
    adding = context.new_page()
    steps.visit(adding, "/dependents/add?type=pet")
    steps.field(adding, "Name").fill("Typed before")
    adding.get_by_label("Kind of animal", exact=True).select_option("Dog")
    adding.get_by_role("checkbox", name="Shy").check()
    editing = context.new_page()
    steps.visit(editing, f"/dependents/{dog}")
    steps.button(editing, "Edit").click()
    steps.field(editing, "Name").fill("Typed in the dialog")
    activating = strangers.new_page()
    _open_activation(activating, portal)
    signing_up = strangers.new_page()
    steps.visit(signing_up, "/signup")
    steps.field(signing_up, "First name").fill("Grace")
    steps.field(signing_up, "Email").fill("grace@example.org")

    pages = (wizard, confirming, adding, editing, activating, signing_up)
    with server_away(portal):
        for page in pages:
            expect(_banner(page, LOST)).to_be_visible()
        expect(steps.field(wizard, "Notes for the visit")).to_have_value("Typed before")
        steps.field(wizard, "Notes for the visit").fill("Typed while nobody listened")
        steps.go_on(wizard)
        _twice(steps.button(confirming, "Confirm booking"))
        expect(steps.field(adding, "Name")).to_have_value("Typed before")
        steps.field(adding, "Name").fill("Typed while nobody listened")
        steps.field(adding, "Breed").fill("Kelpie")
        _twice(steps.button(adding, "Save"))
        expect(steps.field(adding, "Breed")).to_have_value("Kelpie")
        steps.field(editing, "Breed").fill("Kelpie")
        steps.button(activating, "Activate my account").click()

    expect(_banner(signing_up, BACK)).to_be_visible(timeout=_RETURN_MS)
    for page in pages:
        expect(_banner(page, LOST)).to_have_count(0, timeout=_RETURN_MS)
    steps.at_step(wizard, "Overview")
    # Until the step has changed, the field has it as well.
    expect(steps.field(wizard, "Notes for the visit")).to_have_count(0)
    expect(wizard.get_by_text("Typed while nobody listened")).to_be_visible()
    assert _notes(portal, half) == "Typed while nobody listened"
    _booked_once(confirming, portal, customer, whole)
    _added_once(adding, portal, customer)
    _dialog_is_still_open(editing, portal, dog)
    expect(steps.heading(activating, "Welcome!")).to_be_visible()
    expect(steps.field(signing_up, "First name")).to_have_value("Grace")
    expect(steps.field(signing_up, "Email")).to_have_value("grace@example.org")
    for page in pages:
        # The word that it is back goes by itself.
        expect(_banner(page, BACK)).to_have_count(0)


def _twice(button: Locator) -> None:
    button.click()
    button.click()


def _drafts(portal: RunningPortal, person: Person) -> tuple[Draft, Draft]:
    """A walk without its details, and one that waits to be confirmed."""
    database = portal.database
    who = actor_of(database, session_cookie(database, person))
    half = demo_draft_before_contact(database, who, steps.SERVICE, length="short")
    offer = create_all_day_service(database)
    whole = demo_draft_before_contact(database, who, offer.slug)
    contact = BookingContactForm(name=person.name, email=person.email)
    database.call(drafts.choose_contact, who, whole, contact)
    database.call(drafts.choose_dependents, who, half, [])
    only_contact = replace(contact, details=None)
    database.call(drafts.choose_contact, who, half, only_contact)
    return Draft(half, steps.SERVICE, "questions"), Draft(whole, offer.slug, "overview")


def _open_activation(page: Page, portal: RunningPortal) -> None:
    """The page of a link that activates a newcomer's account."""
    unique = secrets.token_hex(5)
    email = f"grace-{unique}@example.com"
    form = SignUpForm(
        first_name="Grace",
        last_name=f"Newcomer{unique}",
        email=email,
        phone="",
        password=PASSWORD,
        terms=True,
    )
    stranger = Actor(address=f"test-{unique}", device="test")
    customers.sign_up(portal.database, stranger, form)
    mail = portal.mailbox.wait_for(email, "Activate your account")
    steps.visit(page, link_in(mail, "/verify-email"))


def _booked_once(
    page: Page, portal: RunningPortal, person: Person, draft: Draft
) -> None:
    """The one booking of this person is the one that was confirmed."""
    number = steps.booked(page)
    (booking,) = bookings_of(portal, person)
    assert (booking.number, booking.draft_id) == (number, draft.id)
    portal.mailbox.wait_for(person.email, f"Booking {number}")
    # What the database was prepared with counts as log-ins on further devices.
    told = [kind for kind in _told(portal, person) if kind != "new_device"]
    assert told == ["booking_confirmed"]


def _added_once(page: Page, portal: RunningPortal, person: Person) -> None:
    expect(steps.heading(page, "Typed while nobody listened")).to_be_visible()
    [added] = [one for one in own(portal, person) if one.name != "Biscuit"]
    assert (added.name, added.version) == ("Typed while nobody listened", 1)
    assert values(portal, added.id) == {
        "species": "Dog",
        "breed": "Kelpie",
        "with_others": "Shy",
    }


def _dialog_is_still_open(page: Page, portal: RunningPortal, dog: str) -> None:
    expect(steps.field(page, "Name")).to_have_value("Typed in the dialog")
    expect(steps.field(page, "Breed")).to_have_value("Kelpie")
    # It is not forgotten that there is something to lose.
    page.keyboard.press("Escape")
    steps.button(page, "Keep editing").click()
    dialog(page).get_by_role("button", name="Save", exact=True).dblclick()
    expect(dialog(page)).to_have_count(0)
    expect(steps.heading(page, "Typed in the dialog")).to_be_visible()
    stored = row_of(portal, dog)
    assert (stored.name, stored.version) == ("Typed in the dialog", 2)
    assert values(portal, dog) == {"species": "Dog", "breed": "Kelpie"}


def _notes(portal: RunningPortal, draft: Draft) -> str:
    with portal.database.read() as tx:
        return tx.get_one(BookingDraft, draft.id).notes


def _told(portal: RunningPortal, person: Person) -> list[str]:
    def read(tx: Session) -> list[str]:
        mails = select(OutboxMessage).where(OutboxMessage.recipient == person.email)
        return [mail.kind for mail in tx.exec(mails)]

    return portal.database.query(read)
