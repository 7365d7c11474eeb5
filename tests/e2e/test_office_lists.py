"""The office's types of dependents, policies and switches, and who may touch them."""

import re
import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from reflex_base.registry import RegistrationContext
from sqlalchemy import delete
from sqlmodel import SQLModel, col, select

from portal_app.demo.loader import PASSWORD
from portal_app.domain.business import policies
from portal_app.domain.business import service as businesses
from portal_app.domain.business.models import Business, Policy
from portal_app.domain.business.policies import PolicyForm
from portal_app.domain.customers.models import CustomerDetails
from portal_app.domain.dependents import types
from portal_app.domain.dependents.models import DependentType
from portal_app.domain.fields.models import FieldDefinition, FieldValue
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.clock import utc_now
from portal_app.state.office.custom_fields import OfficeFieldsState
from portal_app.state.office.dependent_types import OfficeDependentTypesState
from portal_app.state.office.policies import OfficePoliciesState
from portal_app.state.office.settings import OfficeSettingsState
from tests.e2e import steps
from tests.e2e.input_methods import InputMethod, Mouse, input_method_of
from tests.e2e.page_paths import OFFICE_ACCOUNT
from tests.support.bookings import book_first_free_time
from tests.support.people import (
    Person,
    actor_of,
    guest_cookie,
    new_customer,
    session_cookie,
)
from tests.support.server import RunningPortal
from tests.support.sockets import raw_tab
from tests.support.switches import switches_set

NewContext = Callable[[], BrowserContext]
BIRTHDAY = "1990-05-05"


@pytest.fixture
def office(new_context: NewContext, portal: RunningPortal) -> Page:
    """The office's tab."""
    return steps.arrive_signed_in(new_context(), portal, OFFICE_ACCOUNT)


@pytest.fixture
def hands(device: str, office: Page) -> InputMethod:
    """What the office does it with."""
    return input_method_of(device, office)


@pytest.fixture
def title(portal: RunningPortal) -> Iterator[str]:
    """A title of this test alone; what has it is put away afterwards."""
    chosen = f"Boat {secrets.token_hex(4)}"
    yield chosen
    for one in portal.database.query(types.type_entry_views, SYSTEM):
        if one.singular == chosen:
            portal.database.call(types.archive_type, SYSTEM, one.id)
    for policy in portal.database.query(policies.policies_for_office, SYSTEM):
        if policy.title == chosen:
            portal.database.call(policies.archive_policy, SYSTEM, policy.id)


def _dialog(page: Page) -> Locator:
    return page.locator("dialog[open]")


def _box(page: Page, label: str) -> Locator:
    return _dialog(page).get_by_role("textbox", name=label, exact=True)


def _save(page: Page, hands: InputMethod) -> None:
    hands.press(_dialog(page).get_by_role("button", name="Save", exact=True))
    expect(_dialog(page)).to_have_count(0)


# --- Types of dependents ----------------------------------------------------------


@pytest.mark.parametrize("device", ["phone"], indirect=True)
def test_a_type_with_a_document_is_offered_to_customers(  # noqa: PLR0917 - two people
    office: Page,
    hands: InputMethod,
    new_context: NewContext,
    portal: RunningPortal,
    customer: Person,
    title: str,
) -> None:
    steps.visit(office, "/office/dependents")
    hands.press(steps.button(office, "Add type"))
    hands.write(_box(office, "One of them"), title)
    hands.write(_box(office, "Several of them"), f"{title}s")
    hands.pick(_dialog(office).get_by_role("group", name="Icon", exact=True), "Water")
    hands.press(steps.button(office, "Add a document"))
    document = _dialog(office).get_by_role("group", name="Document 1", exact=True)
    hands.write(document.get_by_role("textbox", name="What it is called"), "Licence")
    hands.choose(document.get_by_role("combobox", name="Expires"), "Al", "always")
    hands.tick(document.get_by_role("checkbox", name="Required"))
    _save(office, hands)
    entry = office.get_by_role("listitem").filter(has_text=f"{title}s")
    expect(entry).to_contain_text("No fields · Licence")
    customers = steps.arrive_signed_in(new_context(), portal, customer)
    steps.visit(customers, "/dependents/add")
    expect(customers.get_by_role("main").get_by_text(title)).to_be_visible()
    hands.press(steps.button(office, f"Archive {title}s"))
    told = office.get_by_role("status").filter(has_text=title)
    expect(told).to_contain_text("Customers keep the ones they have.")
    steps.reload(customers)
    expect(steps.heading(customers, "What do you want to add?")).to_be_visible()
    expect(customers.get_by_role("main").get_by_text(title)).to_have_count(0)
    steps.reload(office)
    hands.press(office.get_by_text(re.compile(r"^Archived \(\d+\)$")))
    hands.press(steps.button(office, f"Restore {title}s"))
    expect(steps.button(office, f"Edit {title}s")).to_be_visible()
    with portal.database.read() as tx:
        row = tx.exec(
            select(DependentType).where(DependentType.singular == title)
        ).one()
        assert (row.plural, row.icon, row.archived_at) == (f"{title}s", "waves", None)
        assert row.documents == [
            {
                "key": "licence",
                "name": "Licence",
                "help": "",
                "expires": "always",
                "required": True,
                "retired": False,
            }
        ]


# --- Policies ---------------------------------------------------------------------


def test_a_policy_is_read_by_everybody_as_soon_as_it_is_written(
    office: Page, portal: RunningPortal, page: Page, title: str
) -> None:
    hands = Mouse()
    steps.visit(office, "/office/policies")
    hands.press(steps.button(office, "Add policy"))
    hands.write(_box(office, "Title"), title)
    hands.write(_box(office, "Text"), "Life jackets for all. We bring them.")
    _save(office, hands)
    first_html = httpx.get(f"{portal.url}/policies").text
    assert "Life jackets for all. We bring them." in first_html
    anchor = title.lower().replace(" ", "-")
    assert f'id="{anchor}"' in first_html
    steps.visit(page, "/services")
    steps.link(page, "Policies").click()
    expect(steps.heading(page, "Policies")).to_be_visible()
    contents = page.get_by_role("navigation", name="On this page")
    contents.get_by_role("link", name=title).click()
    expect(page).to_have_url(re.compile(f"/policies#{anchor}$"))
    expect(steps.heading(page, title, level=2)).to_be_in_viewport()
    steps.visit(page, f"/policies#{anchor}")
    expect(steps.heading(page, title, level=2)).to_be_in_viewport()
    hands.press(steps.button(office, f"Archive {title}"))
    expect(office.get_by_role("status").filter(has_text=title)).to_be_visible()
    assert title not in httpx.get(f"{portal.url}/policies").text
    steps.reload(page)
    expect(steps.heading(page, title, level=2)).to_have_count(0)
    _read_the_terms_at_the_sign_up(portal, page)


def _read_the_terms_at_the_sign_up(portal: RunningPortal, page: Page) -> None:
    """They are those of the office."""
    db = portal.database
    [terms] = [p for p in db.query(policies.active_policies) if p.key == policies.TERMS]
    [entry] = [
        policy
        for policy in db.query(policies.policies_for_office, SYSTEM)
        if policy.id == policies.TERMS
    ]
    changed = PolicyForm(title=terms.title, text="Be kind to the dog.")
    db.call(policies.save_policy, SYSTEM, policies.TERMS, changed, entry.version)
    try:
        steps.visit(page, "/signup")
        steps.button(page, "Read the terms").click()
        told = page.get_by_role("dialog", name="Terms")
        expect(told).to_contain_text("Be kind to the dog.")
        with page.expect_popup() as popup:
            told.get_by_role("link", name="All policies").click()
        expect(steps.heading(popup.value, "Policies")).to_be_visible()
        expect(steps.heading(popup.value, terms.title, level=2)).to_be_visible()
    finally:
        before = PolicyForm(title=terms.title, text=terms.text)
        version = entry.version + 1
        db.call(policies.save_policy, SYSTEM, policies.TERMS, before, version)


# --- Emails that did not arrive ---------------------------------------------------


def test_who_sends_emails_again_stays_in_their_list(
    office: Page, portal: RunningPortal
) -> None:
    name = secrets.token_hex(4)
    recipients = [f"{name}-{number}@example.com" for number in range(2)]
    _give_up_emails(portal, recipients)
    steps.visit(office, "/office/notifications")
    first, second = (
        steps.button(office, f"Send again to {recipient}") for recipient in recipients
    )
    first.press("Enter")
    expect(first).to_have_count(0)
    expect(second).to_be_focused()
    second.press("Enter")
    expect(steps.heading(office, "Every email was delivered", level=3)).to_be_visible()
    expect(
        steps.heading(office, "Emails that were not delivered", level=2)
    ).to_be_focused()
    for recipient in recipients:
        portal.mailbox.wait_for(recipient, "A new log-in")


def _give_up_emails(portal: RunningPortal, recipients: list[str]) -> None:
    """Have these emails given up, the first of them latest, and no others."""
    now = utc_now()
    with portal.database.write() as tx:
        tx.execute(delete(OutboxMessage).where(col(OutboxMessage.failed_at) <= now))
        for age, recipient in enumerate(recipients):
            tx.add(
                OutboxMessage(
                    kind="new_device",
                    dedupe_key=recipient,
                    recipient=recipient,
                    payload={
                        "path": "/account/security",
                        "device": "A browser",
                        "place": "an unknown network",
                        "when": "today",
                    },
                    due_at=now,
                    failed_at=now - timedelta(minutes=age),
                    reason="unknown_address",
                )
            )


# --- Settings ---------------------------------------------------------------------


def test_birthday_and_language_are_asked_while_they_are_switched_on(
    office: Page,
    new_context: NewContext,
    portal: RunningPortal,
    customer: Person,
) -> None:
    hands = theirs = Mouse()
    page = steps.arrive_signed_in(new_context(), portal, customer)
    steps.visit(page, "/account")
    theirs.press(steps.button(page, "Edit Info"))
    expect(_box(page, "First name")).to_be_visible()
    expect(_dialog(page).get_by_label("Birthday")).to_have_count(0)
    with switches_set(portal.database, asks_birthday=False, asks_language=False):
        steps.visit(office, "/office/settings")
        for label in ("Ask for the birthday", "Ask for the language"):
            hands.tick(office.get_by_role("checkbox", name=label))
        hands.press(steps.button(office, "Save"))
        saved = "The settings are saved."
        toast = office.locator("[data-toast]").filter(has_text=saved)
        toast.get_by_role("button", name="Dismiss").click()
        expect(toast).to_have_count(0)
        steps.visit(page, "/account")
        theirs.press(steps.button(page, "Edit Info"))
        theirs.write(_dialog(page).get_by_label("Birthday"), BIRTHDAY)
        language = _dialog(page).get_by_role("combobox", name="Language")
        theirs.choose(language, "Germ", "de")
        _save(page, theirs)
        facts = steps.facts(page)
        assert (facts["Birthday"], facts["Language"]) == (
            ["Saturday, 5 May 1990"],
            ["German"],
        )
        _change_what_another_tab_changed(office, portal)
    steps.reload(page)
    expect(steps.heading(page, customer.name, level=2)).to_be_visible()
    assert "Birthday" not in steps.facts(page)
    with portal.database.read() as tx:
        who = actor_of(portal.database, session_cookie(portal.database, customer))
        details = tx.get_one(CustomerDetails, who.customer_id)
        # What was told is kept, should it be asked again.
        assert (str(details.birthday), details.language) == (BIRTHDAY, "de")


def _change_what_another_tab_changed(office: Page, portal: RunningPortal) -> None:
    def switches() -> tuple[int, int]:
        now = portal.database.query(businesses.switches)
        return (now.session_hours, now.remembered_days)

    hours, days = "Without “Remember me” (hours)", "With “Remember me” (days)"
    with switches_set(portal.database, session_hours=12, remembered_days=30):
        steps.visit(office, "/office/settings")
        # Only what this tab has read can have changed meanwhile.
        expect(office.get_by_role("textbox", name=hours)).to_have_value("12")
        with switches_set(portal.database, session_hours=7):
            office.get_by_role("textbox", name=days).fill("14")
            steps.button(office, "Save").click()
            told = office.get_by_role("alert").filter(has_text="The settings changed")
            expect(told).to_contain_text(f"{hours}Yours: 12Saved now: 7")
            assert switches() == (7, 30)
            office.get_by_role("textbox", name=hours).fill("7")
            steps.button(office, "Save").click()
            expect(office.get_by_text("The settings are saved.")).to_be_visible()
            assert switches() == (7, 14)


# --- Raw events -------------------------------------------------------------------

TABLES: tuple[type[SQLModel], ...] = (
    Business,
    Policy,
    DependentType,
    FieldDefinition,
    FieldValue,
)
FORMS: dict[Any, dict[str, str]] = {
    OfficeFieldsState: {
        "name": "Raw",
        "kind": "text",
        "visible_to.office": "on",
        "request": "raw1",
    },
    OfficeDependentTypesState: {"singular": "Raw", "plural": "Raw", "request": "raw1"},
    OfficePoliciesState: {"title": "Raw", "text": "Raw", "request": "raw1"},
    OfficeSettingsState: {
        "guest_session_minutes": "60",
        "session_hours": "4",
        "remembered_days": "10",
        "password_min_length": "12",
        "password_min_score": "3",
        "asks_birthday": "on",
    },
}


def _everything(portal: RunningPortal) -> str:
    with portal.database.read() as tx:
        return repr(
            [
                sorted(repr(row.model_dump()) for row in tx.exec(select(table)))
                for table in TABLES
            ]
        )


def test_nobody_but_the_office_changes_any_of_it(
    portal: RunningPortal, customer: Person
) -> None:
    db = portal.database
    cookies = {
        "stranger": lambda: "",
        "guest": lambda: guest_cookie(db, customer, book_first_free_time(db, customer)),
        "customer": lambda: session_cookie(db, new_customer(db)),
        "fieldworker": lambda: session_cookie(
            db, Person("sam@example.com", "Sam", "", PASSWORD)
        ),
    }
    with db.read() as tx:
        field = tx.exec(select(FieldDefinition.id)).first()
    version = str(db.query(businesses.switches).version)
    known = {
        OfficeFieldsState: field,
        OfficeDependentTypesState: "pet",
        OfficePoliciesState: "terms",
    }
    before = _everything(portal)
    for who, cookie in cookies.items():
        received = _send_everything(portal, cookie(), known, version)
        assert _everything(portal) == before, who
        assert "carer_notes" not in received
        assert "Notes of the carers" not in received


def _send_everything(
    portal: RunningPortal, cookie: str, known: dict[Any, str | None], version: str
) -> str:
    """Fire every event of the office's pages; all that came back."""
    with raw_tab(portal.url, cookie) as tab:
        tab.round_trip()
        for state, form in FORMS.items():
            start = f"{state.get_full_name()}."
            tab.fire(start + "save", {"form_data": form | {"version": version}})
            key = known.get(state)
            if key is None:
                continue
            changed = {"field": key, "type": key, "policy": key, "version": "1"}
            tab.fire(start + "save", {"form_data": form | changed})
            for handler in ("archive", "restore", "move"):
                full = start + handler
                taken = RegistrationContext.get().event_handlers[full].handler.fn
                first = taken.__code__.co_varnames[1]
                more = {"by": 1} if handler == "move" else {}
                tab.fire(full, {first: key, **more})
        tab.round_trip()
        return repr(tab.frames)
