"""The office switches, looks as a customer, writes its words, and reads who did."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from portal_app.kernel.features import Feature
from tests.e2e import steps
from tests.e2e.page_paths import OFFICE_ACCOUNT
from tests.support.people import new_customer
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
    steps.button(office, "Stop").click()
    expect(steps.heading(office, "Permissions")).to_be_visible()
    expect(bar).to_have_count(0)


def test_the_business_is_previewed_and_every_mistake_told(
    new_context: NewContext, portal: RunningPortal
) -> None:
    office = steps.arrive_signed_in(new_context(), portal, OFFICE_ACCOUNT)
    steps.visit(office, "/office/business")
    preview = office.get_by_role("complementary", name="Preview")
    steps.field(office, "Tagline").fill("Everything under one roof")
    expect(preview).to_contain_text("Everything under one roof")
    pin = office.get_by_role("group", name="Pin of the address")
    steps.field(office, "Service area").select_option("radius")
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
    steps.visit(office, "/office/changes")
    expect(steps.heading(office, "Changes")).to_be_visible()
    with office.expect_download() as download:
        steps.link(office, "Download as CSV").click()
    assert download.value.suggested_filename.startswith("changes-")
