"""A mail scanner opens every link of every mail; the person's click still counts."""

import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import Session, col, select, update

from portal_app.domain.accounts import credentials, sign_in_methods
from portal_app.domain.accounts.rules import OFFICE, READER, ProviderProfile
from portal_app.domain.bookings import changes
from portal_app.domain.bookings import reminders as visit_reminders
from portal_app.domain.bookings.models import Booking
from portal_app.domain.business import booking_rules
from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue import definitions
from portal_app.domain.customers import contact_points, contacts, rules
from portal_app.domain.customers.rules import EmailEntry
from portal_app.domain.dependents import documents, reminders
from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.rules import DependentForm, DocumentForm
from portal_app.domain.notifications import outbox
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.domain.quotes import answers, decisions, expiry, requests
from portal_app.domain.sign_in import (
    email_change,
    invitations,
    pending_identities,
    social_sign_in,
)
from portal_app.domain.sign_in import sign_up as customers
from portal_app.domain.sign_in.rules import SignUpForm
from portal_app.integrations.mail.messages import KINDS
from portal_app.integrations.storage import FsspecStorage
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.ids import hash_secret
from tests.e2e import steps
from tests.support.booking_rules import set_rules
from tests.support.bookings import book_first_free_time
from tests.support.mailbox import Mailbox, html_of, link_in, text_of
from tests.support.people import Person, actor_of, new_customer, session_cookie
from tests.support.quotes import GARDEN, answered, request_draft
from tests.support.sample_business import CONTACT
from tests.support.server import RunningPortal
from tests.support.snapshots import database_snapshot
from tests.support.uploads import upload_file

NewContext = Callable[[], BrowserContext]
MOVING = {"outbox_message"}
"""Deliveries are noted while the scanner is at work."""
_LINK = re.compile(r"https?://[^\s\"'<>]+")
NEW_PASSWORD = "brand-new-otter-77"


def _standing(portal: RunningPortal) -> dict[str, Any]:
    found = database_snapshot(portal.database)
    return {table: rows for table, rows in found.items() if table not in MOVING}


def _stranger() -> Actor:
    return Actor(address=f"198.18.0.{secrets.randbelow(250)}", device="test")


def _wait(mailbox: Mailbox, recipient: str, kind: str) -> Any:
    return mailbox.wait_for(recipient, _SUBJECTS[kind])


_SUBJECTS = {
    "verify_email": "Activate your account",
    "verify_contact": "Confirm this email",
    "already_registered": "You already have an account",
    "reset_password": "Choose a new password",
    "password_changed": "Your password at",
    "change_email": "Confirm your new email",
    "email_taken": "has an account at",
    "email_changed": "Your email at Brightside Home & Pet Care was changed",
    "confirm_provider": "Confirm your email at",
    "ways_changed": "How you log in",
    "new_device": "A new log-in",
    "booking_confirmed": "Booking B-",
    "booking_told": "booked Dog walking",
    "quote_requested": "asked for: Garden makeover",
    "quote_sent": "Your quote Q-",
    "quote_told": "has a quote for",
    "quote_expires": "expires soon",
    "quote_decided": "Quote Q-",
    "quote_turned_down": "Your request Q-",
    "document_ends": "Rex: Vaccination certificate expires soon",
    "booking_received": "New booking",
    "customer_imported": "Your account at",
    "invitation": "invites you",
    "booking_reminder": "Reminder: Dog walking on",
    "booking_news": "was cancelled",
    "booking_news_told": "Dog walking was cancelled",
    "booking_news_office": "was cancelled",
}
"""Every kind of mail, by what its subject says."""
_WITH_SECRET = (
    "verify_email",
    "verify_contact",
    "reset_password",
    "change_email",
    "confirm_provider",
    "booking_confirmed",
    "booking_told",
    "invitation",
    "booking_reminder",
    "booking_news",
    "booking_news_told",
    "quote_sent",
    "quote_expires",
)
"""The mails whose link opens or changes something."""


def test_every_kind_of_mail_is_tried() -> None:
    assert set(_SUBJECTS) == KINDS


@pytest.fixture(scope="module")
def letters(portal: RunningPortal, mailbox: Mailbox) -> dict[str, tuple[Any, Person]]:
    """One mail of each kind, with whom it was sent to; what each is about is fresh."""
    db = portal.database
    sent: dict[str, tuple[Any, Person]] = {}

    def keep(kind: str, person: Person, recipient: str = "", subject: str = "") -> None:
        wanted = subject or _SUBJECTS[kind]
        letter = mailbox.wait_for(recipient or person.email, wanted)
        sent[kind] = (letter, person)

    newcomer = _nobody()
    customers.sign_up(db, _stranger(), _form(newcomer))
    keep("verify_email", newcomer)

    known = new_customer(db)
    customers.sign_up(db, _stranger(), _form(known))
    keep("already_registered", known)
    credentials.request_reset(db, _stranger(), known.email)
    keep("reset_password", known)

    changer = new_customer(db)
    who = actor_of(db, session_cookie(db, changer))
    credentials.change_password(db, who, changer.password, NEW_PASSWORD)
    keep("password_changed", changer)
    email_change.change_email(db, who, known.email, NEW_PASSWORD)
    keep("email_taken", known)
    moved = _nobody()
    email_change.change_email(db, who, moved.email, NEW_PASSWORD)
    link = link_in(_wait(mailbox, moved.email, "change_email"), "/confirm-email")
    email_change.confirm_email(db, _stranger(), link.partition("token=")[2])
    keep("email_changed", changer)
    second = _nobody()
    email_change.change_email(db, who, second.email, NEW_PASSWORD)
    keep("change_email", changer, second.email)

    booker = new_customer(db)
    who = actor_of(db, session_cookie(db, booker))
    told, friend = _nobody(), _nobody()
    _add_contact(db, who, told)
    letter = _wait(mailbox, told.email, "verify_contact")
    db.call(
        contact_points.verify_contact_email,
        link_in(letter, "/verify-contact").partition("token=")[2],
    )
    _add_contact(db, who, friend)
    keep("verify_contact", booker, friend.email)
    book_first_free_time(db, booker)
    keep("booking_told", booker, told.email)
    _keep_paper(db, who, portal)
    reminders.remind_of_expiring_documents(db)
    keep("document_ends", booker)
    keep("booking_confirmed", booker)
    for kind, subject in _quote_mails(db, booker, who).items():
        keep(kind, booker, subject=subject)
    keep("quote_told", booker, told.email)
    with db.read() as tx:
        office = businesses.current_business(tx).email
    keep("booking_received", booker, office)
    number = str(sent["booking_confirmed"][0]["Subject"]).split()[1].rstrip(":")
    _remind(db, number)
    keep("booking_reminder", booker)
    offer = db.call(changes.preview_cancellation, who, number)
    db.call(changes.take_offer, who, offer.id)
    keep("booking_news", booker)
    keep("booking_news_told", booker, told.email)
    keep("booking_news_office", booker, office)
    for kind in ("quote_requested", "quote_decided"):
        keep(kind, booker, office)
    session_cookie(db, booker)
    keep("new_device", booker)
    who = actor_of(db, session_cookie(db, booker))
    profile = ProviderProfile("google", secrets.token_hex(8), booker.email, True)
    db.call(sign_in_methods.connect, who, profile)
    keep("ways_changed", booker)

    proven = new_customer(db)
    arrival = social_sign_in.sign_in_by_provider(
        db,
        _stranger(),
        ProviderProfile("google", secrets.token_hex(8), proven.email, True),
    )
    assert isinstance(arrival, pending_identities.NeedsProof)
    social_sign_in.send_proof(db, _stranger(), hash_secret(arrival.offer))
    keep("confirm_provider", proven)
    OFFERS[proven.email] = arrival.offer

    imported, invited = _nobody(), _nobody()
    db.call(_tell_imported, imported.email)
    keep("customer_imported", imported)
    db.call(_invite_reader, invited.email)
    keep("invitation", invited)
    return sent


OFFERS: dict[str, str] = {}
"""What the browser that began keeps, by email."""


def _nobody() -> Person:
    unique = secrets.token_hex(5)
    return Person(f"mail-{unique}@example.com", "Mia", f"Mailed{unique}")


def _add_contact(db: Database, who: Actor, person: Person) -> None:
    """Somebody who is told about bookings and may see them, once confirmed."""
    form = rules.ContactForm(
        role="other",
        first_name=person.first_name,
        last_name=person.last_name,
        emails=(EmailEntry(person.email, primary=True),),
        told_about=("booking_updates", "quotes"),
        may=("view",),
    )
    contacts.add_contact(db, who, form, secrets.token_hex(8))


def _tell_imported(tx: Session, email: str) -> None:
    outbox.enqueue(tx, "customer_imported", email, {"path": "/signup"}, email)


def _invite_reader(tx: Session, email: str) -> None:
    invitations.invite(tx, SYSTEM, email, OFFICE, office_role=READER)


def _remind(db: Database, number: str) -> None:
    """As if the visit were an hour away, of which the business reminds."""
    usual = db.query(booking_rules.current_rules)
    set_rules(db, reminders=(60,))
    with db.read() as tx:
        starts_at = tx.exec(
            select(Booking.starts_at).where(Booking.number == number)
        ).one()
    with frozen(starts_at - timedelta(hours=1)):
        visit_reminders.send_reminders(db)
    set_rules(db, reminders=usual.reminders)
    with db.write() as tx:
        tx.exec(
            update(OutboxMessage)
            .where(col(OutboxMessage.kind) == "booking_reminder")
            .values(due_at=utc_now())
        )


def _keep_paper(db: Database, who: Actor, portal: RunningPortal) -> None:
    """A document of a dog's that ends within a week."""
    with db.read() as tx:
        today = utc_now().astimezone(businesses.formats(tx).zone).date()
    dog = DependentForm(name="Rex", answers={"species": "dog"})
    shelf = FsspecStorage(str(portal.log.parent / "files"))
    form = DocumentForm(
        kind="vaccination",
        file_id=upload_file(db, who, "document", shelf=shelf).id,
        expires_on=(today + timedelta(days=6)).isoformat(),
    )
    rex = db.call(dependents.add_dependent, who, "pet", dog, secrets.token_hex(8))
    db.call(documents.add_document, who, rex, form)


def _quote_mails(db: Database, booker: Person, who: Actor) -> dict[str, str]:
    """One quote that can be decided on, one that expires soon, declined and refused.

    Returns:
        The subject of each kind of mail.
    """
    garden = replace(
        GARDEN, slug=f"garden-{secrets.token_hex(3)}", category_slug="garden"
    )
    db.call(definitions.define_service, SYSTEM, garden)
    contact = replace(CONTACT, name=booker.name, email=booker.email)

    def asked() -> str:
        draft_id, version = db.call(request_draft, who, garden.slug, contact)
        return db.call(requests.send_request, who, draft_id, version)

    old, dear, far, open_ = asked(), asked(), asked(), asked()
    with frozen(utc_now() - timedelta(days=13)):
        answered(db, SYSTEM, old, 1)
    expiry.warn_of_expiry(db)
    db.call(decisions.decline, who, answered(db, SYSTEM, dear, 1), "Too dear")
    db.call(answers.turn_down, SYSTEM, far, "We do not come there.")
    answered(db, SYSTEM, open_, 1)
    return {
        "quote_expires": f"Quote {old} expires soon",
        "quote_turned_down": f"Your request {far}",
        "quote_sent": f"Your quote {open_}",
    }


def _form(person: Person) -> SignUpForm:
    return SignUpForm(
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone="",
        password=person.password,
        terms=True,
    )


def _links(letter: Any, origin: str) -> set[str]:
    found = set(_LINK.findall(text_of(letter)))
    found |= {unescape(link) for link in _LINK.findall(html_of(letter))}
    return {link for link in found if link.startswith(origin)}


def _scan(links: set[str]) -> None:
    """As scanners do: ask for every link in every way that reads, and follow."""
    agents = ("Mozilla/5.0 (compatible; LinkScanner/1.0)", "curl/8.0")
    for agent in agents:
        with httpx.Client(headers={"user-agent": agent}, follow_redirects=True) as http:
            for link in sorted(links):
                for method in ("HEAD", "GET", "GET", "OPTIONS"):
                    assert http.request(method, link).status_code < 500


def test_reading_the_links_changes_nothing(
    portal: RunningPortal, letters: dict[str, tuple[Any, Person]]
) -> None:
    before = _standing(portal)
    for kind, (letter, _) in letters.items():
        links = _links(letter, portal.url)
        if kind in _WITH_SECRET:
            assert any("?" in link for link in links), links
        _scan(links)
    assert _standing(portal) == before


def test_the_links_work_for_people_after_scanners_read_them(
    portal: RunningPortal,
    letters: dict[str, tuple[Any, Person]],
    new_context: NewContext,
) -> None:
    """Some scanners run the page's script; none presses its button."""
    for kind in _WITH_SECRET:
        letter, _ = letters[kind]
        _scan(_links(letter, portal.url))
    context = new_context()
    before = _standing(portal)
    opened = {
        link: _opened(context, link)
        for kind in _WITH_SECRET
        for link in sorted(_links(letters[kind][0], portal.url))
        if "?" in link
    }
    after = _standing(portal)
    before.pop("attempt_window")
    after.pop("attempt_window")
    assert after == before

    def tab(kind: str, about: str = "?") -> Page:
        """The tab of a mail's link, as the scanner left it."""
        letter, _ = letters[kind]
        [link] = {link for link in _links(letter, portal.url) if about in link}
        return opened[link]

    page = tab("verify_email")
    steps.button(page, "Activate my account").click()
    expect(page.get_by_text("Your account is active.")).to_be_visible()

    page = tab("verify_contact")
    page.get_by_role("main").get_by_role("button").last.click()
    expect(steps.heading(page, "Thank you")).to_be_visible()

    page = tab("change_email")
    steps.button(page, "Use this email").click()
    expect(steps.heading(page, "Your email is changed")).to_be_visible()

    page = tab("reset_password")
    steps.field(page, "New password").fill(NEW_PASSWORD)
    steps.button(page, "Save").click()
    expect(steps.heading(page, "That is your new password")).to_be_visible()

    for kind, about in (("booking_confirmed", "?"), ("booking_told", "link=")):
        page = tab(kind, about)
        steps.button(page, "Show my booking").click()
        expect(page.get_by_text("You are here as a guest")).to_be_visible()

    page = tab("booking_told", "/stop-mails")
    steps.button(page, "Stop these emails").click()
    expect(steps.heading(page, "The emails have stopped")).to_be_visible()

    page = tab("quote_sent")
    steps.button(page, "Accept quote").first.click()
    steps.field(page, "Your name, as your signature").fill("Mia Mailed")
    page.get_by_role("dialog").get_by_role("button", name="Accept quote").click()
    expect(page.get_by_text("You accepted this quote")).to_be_visible()

    _, proven = letters["confirm_provider"]
    context.add_cookies(
        [
            {
                "name": "portal-offer",
                "value": OFFERS[proven.email],
                "url": portal.url,
                "httpOnly": True,
                "sameSite": "Lax",
            }
        ]
    )
    page = tab("confirm_provider")
    steps.reload(page)
    steps.button(page, "Log in").click()
    expect(steps.heading(page, "My Bookings")).to_be_visible()

    # In a browser in which nobody is signed in.
    page = new_context().new_page()
    letter, invited = letters["invitation"]
    steps.visit(page, link_in(letter, "/join"))
    steps.field(page, "Your name").fill(invited.name)
    steps.field(page, "Password").fill(NEW_PASSWORD)
    steps.button(page, "Accept the invitation").click()
    expect(page).to_have_url(re.compile(r"/office$"))


def _opened(context: BrowserContext, link: str) -> Page:
    page = context.new_page()
    steps.visit(page, link)
    expect(page.get_by_role("main").get_by_role("button").last).to_be_enabled()
    return page
