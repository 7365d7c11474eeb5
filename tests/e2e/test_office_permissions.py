"""The office switches, looks as a customer, writes its words, and reads who did."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal_app.domain.business import service as businesses
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.features import Feature
from tests.e2e import steps
from tests.e2e.page_paths import OFFICE_ACCOUNT
from tests.support.people import new_customer
from tests.support.pictures import picture
from tests.support.server import RunningPortal
from tests.support.switches import switched_off

NewContext = Callable[[], BrowserContext]


def test_what_is_switched_off_is_gone_and_back(
    new_context: NewContext, portal: RunningPortal
) -> None:
    customer = new_customer(portal.database, "Rosa")
    page = steps.arrive_signed_in(new_context(), portal, customer)
    office = steps.arrive_signed_in(new_context(), portal, OFFICE_ACCOUNT)
    steps.visit(page, "/account/billing")
    section = steps.heading(page, "Business profiles", level=2)
    expect(section).to_be_visible()
    with switched_off(portal.database, Feature.BUSINESS_PROFILES):
        # The tab that is open is refused, in words, and loses the part.
        steps.button(page, "Create business profile").first.click()
        expect(
            page.get_by_text("Business profiles are not offered at the moment.")
        ).to_be_visible()
        expect(section).to_have_count(0)
    steps.reload(page)
    expect(section).to_be_visible()

    steps.visit(office, "/office/permissions")
    steps.field(office, "Name or email").fill(customer.email)
    steps.button(office, "Find").click()
    steps.button(office, f"See as {customer.name}").click()
    bar = office.get_by_role("complementary", name="Looking as a customer")
    expect(bar).to_contain_text(f"You see the portal as {customer.name} sees it.")
    steps.visit(office, "/account")
    expect(bar).to_be_visible()
    steps.visit(office, "/book/dog-walking")
    expect(
        steps.heading(office, "Booking cannot be opened while you look")
    ).to_be_visible()
    steps.button(office, "Stop").click()
    expect(steps.heading(office, "Permissions")).to_be_visible()
    expect(bar).to_have_count(0)


@contextmanager
def home_picture(office: Page) -> Iterator[None]:
    """A picture at the top of the home page meanwhile."""
    dialog = office.get_by_role("dialog", name="Update picture of the home page")
    content = picture("JPEG", (900, 700))
    steps.button(office, "Update picture of the home page").click()
    dialog.locator("[data-picture-file]").set_input_files(
        {"name": "us.jpg", "mimeType": "image/jpeg", "buffer": content}
    )
    dialog.get_by_role("button", name="Save").click()
    expect(office.get_by_text("The picture is saved.")).to_be_visible()
    yield
    steps.button(office, "Update picture of the home page").click()
    dialog.get_by_role("button", name="Remove picture").click()
    expect(office.get_by_text("The picture is removed.")).to_be_visible()


@pytest.fixture
def business_stays(portal: RunningPortal) -> Iterator[None]:
    """The business is afterwards as it was."""
    form, _ = portal.database.query(businesses.settings_form)
    yield
    portal.database.call(businesses.save_business, SYSTEM, form)


@pytest.mark.usefixtures("business_stays")
def test_the_business_is_previewed_and_every_mistake_told(
    new_context: NewContext, portal: RunningPortal
) -> None:
    office = steps.arrive_signed_in(new_context(), portal, OFFICE_ACCOUNT)
    steps.visit(office, "/office/business")
    preview = office.get_by_role("complementary", name="Preview")
    steps.field(office, "Tagline").fill("Everything under one roof")
    expect(preview).to_contain_text("Everything under one roof")
    pin = office.get_by_role("group", name="Pin of the address")
    office.get_by_label("Service area").select_option("radius")
    steps.field(office, "Distance (km)").fill("20")
    remove = pin.get_by_role("button", name="Remove the pin")
    if remove.is_visible():
        remove.click()
    steps.button(office, "Save").click()
    expect(pin).to_have_accessible_description(
        "A distance is measured from the pin of the address. "
        "A distance around which you work is measured from here."
    )
    expect(steps.field(office, "Tagline")).to_have_value("Everything under one roof")
    pin.get_by_role("combobox", name="Search for a town").fill("Bondi")
    pin.get_by_role("option").first.click()
    expect(pin.get_by_text("Pin at -33.")).to_be_visible()
    expect(pin.locator(".leaflet-container")).to_be_visible()
    with home_picture(office):
        steps.field(office, "What the picture shows").fill("Two of us at work")
        steps.button(office, "Save").click()
        expect(office.get_by_text("The business is saved.")).to_be_visible()
        answer = httpx.get(portal.url)
        assert 'alt="Two of us at work"' in answer.text
        visitor = new_context().new_page()
        visitor.goto(portal.url)
        shown = visitor.get_by_alt_text("Two of us at work")
        width = "image => image.decode().then(() => image.naturalWidth)"
        assert shown.evaluate(width) > 0
    assert "Two of us at work" not in httpx.get(portal.url).text
    steps.visit(office, "/office/changes")
    expect(steps.heading(office, "Changes")).to_be_visible()
    with office.expect_download() as download:
        steps.link(office, "Download as CSV").click()
    assert download.value.suggested_filename.startswith("changes-")
