"""Business profiles and saved locations: two tabs, and taking a removal back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import Session, col, select

from portal_app.domain.customers import business_profiles as companies
from portal_app.domain.customers import places
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.business_profiles import BusinessProfileForm
from portal_app.domain.customers.models import BusinessProfile, Customer, Location
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from tests.e2e import steps
from tests.e2e.hands import Hands, hands_of
from tests.support.people import Person, actor_of, session_cookie
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
ADDRESS = {
    "street": "2 Wharf Road",
    "town": "Newcastle",
    "state": "NSW",
    "postcode": "2300",
    "country": "AU",
}


@dataclass(frozen=True)
class Kind:
    """One kind of thing that a customer keeps several of."""

    section: str
    field: str
    remove: str
    table: Any
    column: str
    add: Callable[[Database, Actor], object]


def _add_company(database: Database, actor: Actor) -> None:
    form = BusinessProfileForm(
        name="First name",
        billing_email="bills@example.com",
        address=AddressForm(**ADDRESS),
    )
    database.call(companies.add_business_profile, actor, form, "r1")


def _add_place(database: Database, actor: Actor) -> None:
    form = AddressForm(**ADDRESS, label="First name")
    database.call(places.save_location, actor, form)


COMPANY = Kind(
    "Business profiles",
    "name",
    "Remove",
    BusinessProfile,
    "name",
    _add_company,
)
PLACE = Kind("Saved locations", "label", "Delete", Location, "label", _add_place)


@pytest.fixture(params=[COMPANY, PLACE], ids=["company", "place"])
def kind(
    request: pytest.FixtureRequest, portal: RunningPortal, customer: Person
) -> Kind:
    """A kind of which the customer has one."""
    found: Kind = request.param
    cookie = session_cookie(portal.database, customer)
    found.add(portal.database, actor_of(portal.database, cookie))
    return found


@pytest.fixture
def tab(
    new_context: NewContext, portal: RunningPortal, customer: Person, kind: Kind
) -> Page:
    page = steps.arrive_signed_in(new_context(), portal, customer)
    steps.visit(page, "/account")
    return page


def _row(portal: RunningPortal, person: Person, kind: Kind) -> Any:
    def read(tx: Session) -> Any:
        return tx.exec(
            select(kind.table)
            .join(Customer, col(Customer.id) == kind.table.customer_id)
            .where(Customer.email == person.email)
        ).one()

    return portal.database.query(read)


def _name(portal: RunningPortal, person: Person, kind: Kind) -> str:
    return str(getattr(_row(portal, person, kind), kind.column))


def _dialog(page: Page) -> Locator:
    return page.locator("dialog[open]")


def _retype(page: Page, hands: Hands, kind: Kind, text: str) -> None:
    hands.press(steps.button(page, "Edit First name"))
    hands.write(_dialog(page).locator(f'[name="{kind.field}"]'), text)


def _press_save(page: Page, hands: Hands) -> None:
    hands.press(_dialog(page).get_by_role("button", name="Save", exact=True))


def test_the_second_of_two_tabs_is_shown_what_changed(
    tab: Page, device: str, portal: RunningPortal, customer: Person, kind: Kind
) -> None:
    hands = hands_of(device, tab)
    _retype(tab, hands, kind, "Slow")
    other = tab.context.new_page()
    steps.visit(other, "/account")
    others = hands_of(device, other)
    _retype(other, others, kind, "Quick")
    _press_save(other, others)
    expect(_dialog(other)).to_have_count(0)

    tab.bring_to_front()
    _press_save(tab, hands)
    told = _dialog(tab).get_by_role("alert").filter(has_text="Saved now")
    expect(told).to_contain_text("Yours: Slow")
    expect(told).to_contain_text("Saved now: Quick")
    expect(told).not_to_contain_text("Address")
    assert _name(portal, customer, kind) == "Quick"
    assert _row(portal, customer, kind).version == 2
    _press_save(tab, hands)
    expect(_dialog(tab)).to_have_count(0)
    row = _row(portal, customer, kind)
    assert (getattr(row, kind.column), row.version) == ("Slow", 3)
    assert (row.street, row.town, row.postcode) == ("2 Wharf Road", "Newcastle", "2300")


def test_what_is_saved_now_can_be_taken_instead(
    tab: Page, portal: RunningPortal, customer: Person, kind: Kind
) -> None:
    hands = hands_of("desktop", tab)
    _retype(tab, hands, kind, "Slow")
    other = tab.context.new_page()
    steps.visit(other, "/account")
    _retype(other, hands_of("desktop", other), kind, "Quick")
    _press_save(other, hands_of("desktop", other))
    expect(_dialog(other)).to_have_count(0)
    tab.bring_to_front()
    _press_save(tab, hands)
    hands.press(steps.button(tab, "Take what is saved now"))
    expect(_dialog(tab).locator(f'[name="{kind.field}"]')).to_have_value("Quick")
    _press_save(tab, hands)
    expect(_dialog(tab)).to_have_count(0)
    assert _name(portal, customer, kind) == "Quick"


def test_a_removal_is_taken_back(
    tab: Page, device: str, portal: RunningPortal, customer: Person, kind: Kind
) -> None:
    hands = hands_of(device, tab)
    section = tab.locator("section", has=steps.heading(tab, kind.section, level=2))
    item = section.get_by_role("heading", name="First name", exact=True, level=3)
    expect(item).to_be_visible()
    hands.press(steps.button(tab, f"{kind.remove} First name"))
    expect(item).to_have_count(0)
    told = section.get_by_role("status").filter(has_text="First name is removed.")
    # What had the focus is gone: it is where the way back is.
    expect(told.locator(":focus")).to_have_count(1)
    assert _row(portal, customer, kind).archived_at is not None
    hands.press(told.get_by_role("button", name="Undo", exact=True))
    expect(item).to_be_visible()
    expect(told).to_have_count(0)
    assert _row(portal, customer, kind).archived_at is None
    steps.reload(tab)
    expect(item).to_be_visible()
    hands.press(steps.button(tab, f"{kind.remove} First name"))
    expect(item).to_have_count(0)
    steps.reload(tab)
    expect(steps.heading(tab, kind.section, level=2)).to_be_visible()
    expect(item).to_have_count(0)
