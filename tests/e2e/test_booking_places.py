"""Where to come and for whom: what a booking keeps, and what it does not add."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal_app.domain.customers import business_profiles as companies
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.business_profiles import BusinessProfileForm
from tests.e2e import steps
from tests.e2e.hands import hands_of
from tests.e2e.test_addresses import SEARCH, option, places_of
from tests.e2e.test_booking import bookings_of
from tests.support.geocoder import Geocoder
from tests.support.people import Person, actor_of, session_cookie
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
STUDIO, TAX = "Bay Studio", "51 824 753 556"
SNAPSHOT = {
    "name": STUDIO,
    "tax_number": TAX,
    "billing_email": "accounts@bay.example.com",
    "lines": ["1 Pitt Street", "Sydney NSW 2000"],
}


@pytest.fixture
def studio(portal: RunningPortal, customer: Person) -> str:
    """A business profile of the customer's."""
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
    return STUDIO


def _to_the_address(page: Page) -> None:
    steps.open_wizard(page)
    steps.answer_options(page)
    steps.go_on(page)
    steps.at_step(page, "Day and time")
    steps.pick_time(page)
    steps.go_on(page)
    steps.at_step(page, "Address")


def _from_the_contact(page: Page) -> str:
    steps.at_step(page, "Contact details")
    steps.go_on(page)
    steps.at_step(page, "Overview")
    return steps.confirm(page)


def test_a_booking_for_a_business_stays_as_it_was_made(
    tab: Page, device: str, portal: RunningPortal, customer: Person, studio: str
) -> None:
    hands = hands_of(device, tab)
    _to_the_address(tab)
    steps.fill_address(tab)
    steps.go_on(tab)
    steps.at_step(tab, "Contact details")
    tab.get_by_role("radio", name="Business", exact=True).check()
    profile = tab.get_by_role("combobox", name="Business profile", exact=True)
    profile.select_option(studio)
    steps.go_on(tab)
    steps.at_step(tab, "Overview")
    expect(tab.get_by_text(f"For {studio}", exact=True)).to_be_visible()
    number = steps.confirm(tab)
    [booking] = bookings_of(portal, customer)
    assert {name: booking.company[name] for name in SNAPSHOT} == SNAPSHOT

    steps.visit(tab, "/account")
    hands.press(steps.button(tab, f"Edit {studio}"))
    dialog = tab.locator("dialog[open]")
    hands.write(dialog.get_by_label("Business name", exact=True), "Hill Studio")
    hands.press(dialog.get_by_role("button", name="Save", exact=True))
    expect(dialog).to_have_count(0)
    _still_for(tab, number, studio)
    steps.visit(tab, "/account")
    hands.press(steps.button(tab, "Remove Hill Studio"))
    expect(steps.button(tab, "Undo")).to_be_visible()
    _still_for(tab, number, studio)
    [booking] = bookings_of(portal, customer)
    assert {name: booking.company[name] for name in SNAPSHOT} == SNAPSHOT


def _still_for(page: Page, number: str, name: str) -> None:
    steps.visit(page, f"/bookings/{number}")
    expect(page.get_by_role("main").get_by_text(f"For {name}")).to_be_visible()


def test_a_new_address_is_found_and_saved_with_its_pin(
    tab: Page,
    device: str,
    geocoder: Geocoder,
    portal: RunningPortal,
    customer: Person,
) -> None:
    geocoder.behave()
    hands = hands_of(device, tab)
    _to_the_address(tab)
    hands.find(
        tab.get_by_label(SEARCH, exact=True),
        "12 ocean street",
        option(tab, "12 Ocean Street, Bondi NSW 2026, Australia"),
    )
    expect(tab.get_by_label("Postcode", exact=True)).to_have_value("2026")
    # What was found and not sent survives a reload, the pin with it.
    steps.reload(tab)
    steps.at_step(tab, "Address")
    expect(steps.button(tab, "Move the pin on the map")).to_be_visible()
    expect(tab.get_by_label("Suburb or town", exact=True)).to_have_value("Bondi")
    hands.press(steps.button(tab, "Next"))
    _from_the_contact(tab)
    [booking] = bookings_of(portal, customer)
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


def test_booking_for_the_same_place_again_adds_no_second(
    tab: Page, portal: RunningPortal, customer: Person
) -> None:
    _to_the_address(tab)
    steps.fill_address(tab)
    steps.go_on(tab)
    _from_the_contact(tab)
    [home] = places_of(portal, customer)
    # Once by choosing it, once by typing the same address in other letters.
    _to_the_address(tab)
    expect(tab.get_by_role("radio", name=steps.STREET)).to_be_checked()
    steps.go_on(tab)
    _from_the_contact(tab)
    _to_the_address(tab)
    tab.get_by_role("radio", name="New address", exact=True).check()
    steps.fill_address(tab)
    steps.field(tab, "Street and number").fill("12  OCEAN street")
    steps.go_on(tab)
    _from_the_contact(tab)
    assert [place.id for place in places_of(portal, customer)] == [home.id]
    booked = bookings_of(portal, customer)
    assert [booking.location_id for booking in booked] == [home.id] * 3
