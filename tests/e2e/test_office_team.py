"""The office employs somebody, by keyboard and on the phone."""

import secrets
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import Session, select

from portal_app.domain.business.service import formats
from portal_app.domain.catalogue.service import active_service
from portal_app.domain.scheduling import service
from portal_app.domain.scheduling.models import Fieldworker
from tests.e2e import steps
from tests.e2e.input_methods import InputMethod, input_method_of
from tests.e2e.page_paths import OFFICE_ACCOUNT
from tests.support.mailbox import Mailbox
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
_SATURDAY = 5


@pytest.fixture
def office(new_context: NewContext, portal: RunningPortal) -> Page:
    """The office's tab."""
    return steps.arrive_signed_in(new_context(), portal, OFFICE_ACCOUNT)


@pytest.fixture
def hands(device: str, office: Page) -> InputMethod:
    """What the office does it with."""
    return input_method_of(device, office)


def _dialog(page: Page) -> Locator:
    return page.locator("dialog[open]")


def _in_dialog(page: Page, name: str) -> Locator:
    return _dialog(page).get_by_role("button", name=name, exact=True)


def _save(page: Page, hands: InputMethod, words: str = "Save") -> None:
    hands.press(_in_dialog(page, words))
    expect(_dialog(page)).to_have_count(0)


def _times(page: Page, day: str) -> list[str]:
    inputs = (
        _dialog(page)
        .get_by_role("group", name=day, exact=True)
        .locator("input[type=time]")
    )
    return [one.input_value() for one in inputs.all()]


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_somebody_is_employed_works_and_leaves(
    office: Page, hands: InputMethod, portal: RunningPortal, mailbox: Mailbox
) -> None:
    name = f"Robin {secrets.token_hex(4)}"
    steps.visit(office, "/office/team")
    hands.press(steps.button(office, "Add person"))
    hands.press(_in_dialog(office, "Save"))
    expect(_dialog(office).get_by_text("Please enter a name.")).to_be_visible()
    _dialog(office).get_by_label("Name", exact=True).fill(name)
    _save(office, hands)
    hands.press(steps.link(office, name))
    expect(steps.heading(office, name)).to_be_visible()

    # Services.
    hands.press(steps.button(office, "Edit services"))
    hands.tick(_dialog(office).get_by_role("checkbox", name="Dog walking"))
    _save(office, hands)
    expect(office.get_by_role("main").get_by_text("Dog walking")).to_be_visible()

    # Hours: two stretches on Monday, copied to the other weekdays, one night.
    hands.press(steps.button(office, "Edit weekly hours"))
    hands.press(_in_dialog(office, "Add hours to Monday"))
    assert _times(office, "Monday") == ["09:00", "17:00"]
    expect(_dialog(office).get_by_label("Monday, from", exact=True)).to_be_focused()
    _dialog(office).get_by_label("Monday, to", exact=True).fill("12:00")
    hands.press(_in_dialog(office, "Add hours to Monday"))
    assert _times(office, "Monday") == ["09:00", "12:00", "13:00", "17:00"]
    hands.press(_in_dialog(office, "Copy Monday to other days"))
    hands.press(_in_dialog(office, "Copy to these days"))
    assert _times(office, "Friday") == ["09:00", "12:00", "13:00", "17:00"]
    assert _times(office, "Saturday") == []
    hands.press(_in_dialog(office, "Add hours to Saturday"))
    _dialog(office).get_by_label("Saturday, from", exact=True).fill("22:00")
    _dialog(office).get_by_label("Saturday, to", exact=True).fill("02:00")
    expect(_dialog(office).get_by_text("Ends the next day")).to_be_visible()
    expect(_dialog(office).get_by_text("39 h a week")).to_be_visible()
    _dialog(office).get_by_label("Saturday, to", exact=True).fill("22:00")
    hands.press(_in_dialog(office, "Save"))
    wrong = _dialog(office).get_by_text("Please enter an end that is not the start.")
    expect(wrong).to_be_visible()
    assert _times(office, "Friday") == ["09:00", "12:00", "13:00", "17:00"]
    _dialog(office).get_by_label("Saturday, to", exact=True).fill("02:00")
    _save(office, hands)
    lines = office.get_by_role("main").get_by_role("listitem")
    expect(lines.filter(has_text="Mon – Fri:")).to_have_count(1)
    expect(lines.filter(has_text="Sat:")).to_have_count(1)

    # A booking on a day that the person then does not work.
    day = _free_day(portal, name)
    hands.press(steps.button(office, "Add a date"))
    _dialog(office).get_by_label("Day", exact=True).fill(day.isoformat())
    hands.press(_in_dialog(office, "Save"))
    asked = "This booking does not fit any more. It stays as it is."
    expect(_dialog(office).get_by_text(asked)).to_be_visible()
    hands.press(_in_dialog(office, "Cancel"))
    hands.press(_in_dialog(office, "Discard changes"))
    expect(_dialog(office)).to_have_count(0)
    expect(office.get_by_text("The hours are the same every week.")).to_be_visible()
    hands.press(steps.button(office, "Add a date"))
    _dialog(office).get_by_label("Day", exact=True).fill(day.isoformat())
    hands.press(_in_dialog(office, "Save"))
    _save(office, hands, "Save anyway")
    expect(office.get_by_text("Not working", exact=True)).to_be_visible()

    # An account of their own.
    email = f"{secrets.token_hex(4)}@example.com"
    hands.press(steps.button(office, f"Invite {name}"))
    _dialog(office).get_by_label("Email", exact=True).fill(email)
    _save(office, hands, "Send the invitation")
    expect(office.get_by_text(f"{email} was invited on")).to_be_visible()

    hands.press(steps.button(office, f"Archive {name}"))
    _save(office, hands, "Archive")
    expect(steps.button(office, "Restore")).to_be_visible()
    with portal.database.read() as tx:
        row = tx.exec(select(Fieldworker).where(Fieldworker.name == name)).one()
        assert row.archived_at is not None


def _free_day(portal: RunningPortal, name: str) -> date:
    """A day on which this person has a walk, booked just now.

    No weekend's: what begins on a Sunday is of the hours of Saturday night.
    """

    def book(tx: Session) -> date:
        walk = active_service(tx, "dog-walking")
        row = tx.exec(select(Fieldworker).where(Fieldworker.name == name)).one()
        first, last = service.bookable_range(tx, walk.id)
        days = service.free_days(
            tx, walk.id, 30, first + timedelta(days=7), last, fieldworker_id=row.id
        )
        day = next(day for day in days if day.weekday() < _SATURDAY)
        slot = service.free_slots(tx, walk.id, 30, day, fieldworker_id=row.id)[0]
        service.claim_slot(tx, walk.id, 30, slot.starts_at, fieldworker_id=row.id)
        return slot.starts_at.astimezone(formats(tx).zone).date()

    return portal.database.call(book)
