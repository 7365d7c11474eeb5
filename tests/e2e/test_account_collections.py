"""Business profiles and saved locations: removed, restored, changed elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import Session, col, select

from portal_app.domain.customers import business_profiles as companies
from portal_app.domain.customers import locations
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.business_profiles import BusinessProfileForm
from portal_app.domain.customers.models import BusinessProfile, Customer, Location
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from tests.e2e import steps
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

    path: str
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
    database.call(locations.save_location, actor, form)


COMPANY = Kind(
    "/account/billing",
    "Business profiles",
    "name",
    "Remove",
    BusinessProfile,
    "name",
    _add_company,
)
PLACE = Kind(
    "/account/places",
    "Saved locations",
    "label",
    "Delete",
    Location,
    "label",
    _add_place,
)


def _row(portal: RunningPortal, person: Person, kind: Kind) -> Any:
    def read(tx: Session) -> Any:
        return tx.exec(
            select(kind.table)
            .join(Customer, col(Customer.id) == kind.table.customer_id)
            .where(Customer.email == person.email)
        ).one()

    return portal.database.query(read)


def _dialog(page: Page) -> Locator:
    return page.locator("dialog[open]")


def _section(page: Page, kind: Kind) -> Locator:
    return page.locator("section", has=steps.heading(page, kind.section, level=2))


def _retype(page: Page, kind: Kind, text: str) -> None:
    opener = _section(page, kind).get_by_role("button", name="Edit First name")
    opener.click()
    _dialog(page).locator(f'[name="{kind.field}"]').fill(text)


def _save_elsewhere(portal: RunningPortal, person: Person, kind: Kind) -> None:
    """Call it *Quick*, as another tab would."""
    with portal.database.write() as tx:
        row = tx.exec(
            select(kind.table)
            .join(Customer, col(Customer.id) == kind.table.customer_id)
            .where(Customer.email == person.email)
        ).one()
        setattr(row, kind.column, "Quick")
        row.version += 1


@pytest.mark.parametrize("device", ["phone"], indirect=True)
def test_removals_are_taken_back_and_nothing_is_overwritten(
    device: str, new_context: NewContext, portal: RunningPortal, customer: Person
) -> None:
    del device
    who = actor_of(portal.database, session_cookie(portal.database, customer))
    for kind in (COMPANY, PLACE):
        kind.add(portal.database, who)
    tab = steps.arrive_signed_in(new_context(), portal, customer)
    for kind in (COMPANY, PLACE):
        steps.visit(tab, kind.path)
        _take_a_removal_back(tab, portal, customer, kind)
        steps.reload(tab)
        _take_what_is_saved_now(tab, portal, customer, kind)
        _remove_for_good(tab, kind)
        steps.reload(tab)
        expect(steps.heading(tab, kind.section, level=2)).to_be_visible()
        expect(_section(tab, kind).get_by_role("heading", level=3)).to_have_count(0)


def _item(page: Page, kind: Kind, name: str) -> Locator:
    section = _section(page, kind)
    return section.get_by_role("heading", name=name, exact=True, level=3)


def _take_a_removal_back(
    tab: Page, portal: RunningPortal, customer: Person, kind: Kind
) -> None:
    item = _item(tab, kind, "First name")
    expect(item).to_be_visible()
    section = _section(tab, kind)
    section.get_by_role("button", name=f"{kind.remove} First name").click()
    expect(item).to_have_count(0)
    told = section.get_by_role("status").filter(has_text="First name is removed.")
    # What had the focus is gone: it is where the way back is.
    expect(told.locator(":focus")).to_have_count(1)
    assert _row(portal, customer, kind).archived_at is not None
    told.get_by_role("button", name="Undo", exact=True).click()
    expect(item).to_be_visible()
    expect(told).to_have_count(0)
    assert _row(portal, customer, kind).archived_at is None


def _take_what_is_saved_now(
    tab: Page, portal: RunningPortal, customer: Person, kind: Kind
) -> None:
    expect(_item(tab, kind, "First name")).to_be_visible()
    before = _row(portal, customer, kind).version
    _retype(tab, kind, "Slow")
    _save_elsewhere(portal, customer, kind)
    save = _dialog(tab).get_by_role("button", name="Save", exact=True)
    save.click()
    told = _dialog(tab).get_by_role("alert").filter(has_text="Saved now")
    expect(told).to_contain_text("Yours: Slow")
    expect(told).to_contain_text("Saved now: Quick")
    expect(told).not_to_contain_text("Address")
    row = _row(portal, customer, kind)
    assert (getattr(row, kind.column), row.version) == ("Quick", before + 1)
    steps.button(tab, "Use the saved version").click()
    box = _dialog(tab).locator(f'[name="{kind.field}"]')
    expect(box).to_have_value("Quick")
    save.click()
    expect(_dialog(tab)).to_have_count(0)
    row = _row(portal, customer, kind)
    assert getattr(row, kind.column) == "Quick"
    assert (row.street, row.town, row.postcode) == ("2 Wharf Road", "Newcastle", "2300")


def _remove_for_good(tab: Page, kind: Kind) -> None:
    section = _section(tab, kind)
    section.get_by_role("button", name=f"{kind.remove} Quick").click()
    expect(_item(tab, kind, "Quick")).to_have_count(0)
