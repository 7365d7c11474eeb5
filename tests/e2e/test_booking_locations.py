"""Where to come and for which business: what a booking keeps."""

import pytest
from playwright.sync_api import Page, expect

from portal_app.domain.customers import business_profiles as companies
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.business_profiles import BusinessProfileForm
from portal_app.kernel.audiences import Actor
from tests.e2e import steps
from tests.e2e.test_addresses import SEARCH, option, places_of
from tests.e2e.test_booking import bookings_of
from tests.support.geocoder_server import Geocoder
from tests.support.people import Person, actor_of, session_cookie
from tests.support.server import RunningPortal

STUDIO, TAX = "Bay Studio", "51 824 753 556"
SNAPSHOT = {
    "name": STUDIO,
    "tax_number": TAX,
    "billing_email": "accounts@bay.example.com",
    "lines": ["1 Pitt Street", "Sydney NSW 2000"],
}


@pytest.fixture
def studio(portal: RunningPortal, customer: Person) -> Actor:
    """The customer, with a business profile."""
    actor = actor_of(portal.database, session_cookie(portal.database, customer))
    form = BusinessProfileForm(
        name=STUDIO,
        tax_number=TAX,
        billing_email="accounts@bay.example.com",
        address=AddressForm(
            street="1 Pitt Street",
            town="Sydney",
            state="NSW",
            postcode="2000",
            country="AU",
        ),
    )
    portal.database.call(companies.add_business_profile, actor, form, "r1")
    return actor


def _to_the_address(page: Page) -> None:
    steps.open_wizard(page)
    steps.answer_options(page)
    steps.go_on(page)
    steps.name_nobody(page)


def test_a_booking_for_a_business_at_an_address_that_was_searched_for(
    tab: Page,
    geocoder: Geocoder,
    portal: RunningPortal,
    customer: Person,
    studio: Actor,
) -> None:
    geocoder.behave()
    _to_the_address(tab)
    tab.get_by_label(SEARCH, exact=True).fill("12 ocean street")
    option(tab, "12 Ocean Street, Bondi NSW 2026, Australia").click()
    expect(tab.get_by_label("Postcode", exact=True)).to_have_value("2026")
    # What was found and not sent survives a reload, the pin with it.
    steps.reload(tab)
    steps.at_step(tab, "Address")
    expect(steps.button(tab, "Move the pin on the map")).to_be_visible()
    expect(tab.get_by_label("Suburb or town", exact=True)).to_have_value("Bondi")
    steps.go_on(tab)
    steps.at_step(tab, "Day and time")
    steps.pick_time(tab)
    steps.go_on(tab)
    steps.at_step(tab, "Contact details")
    tab.get_by_role("radio", name="Business", exact=True).check()
    profile = tab.get_by_role("combobox", name="Business profile", exact=True)
    profile.select_option(STUDIO)
    steps.go_on(tab)
    steps.keep_details(tab)
    expect(tab.get_by_text(f"For {STUDIO}", exact=True)).to_be_visible()
    number = steps.confirm(tab)

    [booking] = bookings_of(portal, customer)
    assert {name: booking.company[name] for name in SNAPSHOT} == SNAPSHOT
    assert (booking.address["street"], booking.address["town"]) == (
        "12 Ocean Street",
        "Bondi",
    )
    [place] = places_of(portal, customer)
    assert (place.id, place.latitude, place.longitude) == (
        booking.location_id,
        -33.891234,
        151.274567,
    )
    # What the booking was made for stays, whatever becomes of the profile.
    [kept] = portal.database.query(companies.list_business_profiles, studio)
    portal.database.call(companies.remove_business_profile, studio, kept.id)
    steps.visit(tab, f"/bookings/{number}")
    expect(tab.get_by_role("main").get_by_text(f"For {STUDIO}")).to_be_visible()
    # The next booking begins with the place that is known by now.
    _to_the_address(tab)
    expect(tab.get_by_role("radio", name=steps.STREET)).to_be_checked()
    steps.go_on(tab)
    steps.at_step(tab, "Day and time")
    assert [known.id for known in places_of(portal, customer)] == [place.id]
