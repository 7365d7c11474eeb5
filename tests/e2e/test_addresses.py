"""Addresses that are found: by a few words, by where one is, by a pin."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import Session, col, select

from portal_app.domain.customers.models import Customer, Location
from tests.e2e import steps
from tests.e2e.input_methods import InputMethod, input_method_of
from tests.support.geocoder_server import LICENCE, Geocoder, nominatim_place
from tests.support.people import Person
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
SEARCH = "Search for a town or address"
FOUND = "12 Ocean Street, Bondi NSW 2026, Australia"
AT = {"latitude": -33.8915, "longitude": 151.2749}
PIN = re.compile(r"Pin at (-?[\d.]+), (-?[\d.]+)\.")
AS_FOUND = {
    "State": "NSW",
    "Suburb or town": "Bondi",
    "Postcode": "2026",
    "Street and number": "12 Ocean Street",
}


@pytest.fixture(autouse=True)
def _well_behaved(geocoder: Geocoder) -> Iterator[None]:
    geocoder.behave()
    yield
    geocoder.behave()


@pytest.fixture
def tab(new_context: NewContext, portal: RunningPortal, customer: Person) -> Page:
    """The customer's tab, in My Account."""
    page = steps.arrive_signed_in(new_context(), portal, customer)
    steps.visit(page, "/account")
    return page


def dialog(page: Page) -> Locator:
    return page.locator("dialog[open]")


def field(page: Page, label: str) -> Locator:
    return dialog(page).get_by_label(label, exact=True)


def option(page: Page, name: str) -> Locator:
    return page.get_by_role("option", name=name, exact=True)


def _filled_in(page: Page, values: dict[str, str]) -> None:
    for label, value in values.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(value)


def _add_location(page: Page) -> None:
    steps.button(page, "Add a location").click()
    # It goes without saying until somebody says another.
    expect(dialog(page).get_by_text("Country: Australia")).to_be_visible()


def _save(page: Page) -> None:
    dialog(page).get_by_role("button", name="Save", exact=True).click()
    expect(dialog(page)).to_have_count(0)


def places_of(portal: RunningPortal, person: Person) -> list[Location]:
    def read(tx: Session) -> list[Location]:
        of_hers = (
            select(Location)
            .join(Customer, col(Customer.id) == Location.customer_id)
            .where(Customer.email == person.email)
        )
        return list(tx.exec(of_hers))

    return portal.database.query(read)


def pin_says(page: Page) -> tuple[float, float]:
    said = PIN.search(page.get_by_text(PIN).inner_text())
    assert said
    return float(said[1]), float(said[2])


def test_an_address_is_searched_for_and_chosen(
    tab: Page, geocoder: Geocoder, portal: RunningPortal, customer: Person
) -> None:
    _every_address_form_searches(tab)
    _add_location(tab)
    _look_at_the_list(tab)
    _get_a_late_answer(tab, geocoder)
    _get_a_hostile_answer(tab, geocoder)
    _search_while_the_geocoder_is_down(tab, geocoder)
    geocoder.behave()
    field(tab, SEARCH).fill("12 ocean st")
    option(tab, FOUND).click()
    expect(option(tab, FOUND)).to_be_hidden()
    _filled_in(tab, AS_FOUND)
    # On with what may be missing; what was looked for is no field of the form.
    expect(field(tab, "Street and number")).to_be_focused()
    expect(field(tab, SEARCH)).to_have_value("")
    expect(tab.get_by_text("Pin at -33.89123, 151.27457.")).to_be_visible()
    _save(tab)
    [saved] = places_of(portal, customer)
    assert (saved.street, saved.town, saved.state, saved.postcode, saved.country) == (
        "12 Ocean Street",
        "Bondi",
        "NSW",
        "2026",
        "AU",
    )
    assert (saved.latitude, saved.longitude) == (-33.891234, 151.274567)


def _every_address_form_searches(tab: Page) -> None:
    for opener in ("Edit Info", "Create business profile", "Add a location"):
        steps.button(tab, opener).click()
        field(tab, SEARCH).fill("7 wharf road")
        option(tab, "7 Wharf Road, Newcastle NSW 2300, Australia").click()
        _filled_in(tab, {"Street and number": "7 Wharf Road", "Postcode": "2300"})
        steps.button(tab, "Close").click()
        steps.button(tab, "Discard changes").click()
        expect(dialog(tab)).to_have_count(0)


def _look_at_the_list(tab: Page) -> None:
    """It says whose data it is, and closes without the dialog."""
    box = field(tab, SEARCH)
    expect(box).to_have_attribute("aria-expanded", "false")
    box.fill("Newcastle")
    town = option(tab, "Newcastle, NSW, Australia")
    expect(option(tab, "Wharf Road, Newcastle NSW 2300, Australia")).to_be_visible()
    expect(town).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(tab.get_by_text(LICENCE)).to_be_visible()
    status = tab.get_by_role("status").filter(has_text="places found")
    expect(status).to_have_text(re.compile(r"^\d places found\."))
    box.press("ArrowDown")
    expect(town).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute(
        "aria-activedescendant", town.get_attribute("id") or "?"
    )
    box.press("Escape")
    expect(town).to_be_hidden()
    expect(dialog(tab)).to_have_count(1)
    box.press("ArrowUp")
    expect(town).to_be_visible()


def _get_a_late_answer(tab: Page, geocoder: Geocoder) -> None:
    """It is not shown for what is typed now."""
    geocoder.hold("Wharf Road")
    box = field(tab, SEARCH)
    box.fill("Wharf Road")
    geocoder.wait_for_question("Wharf Road")
    box.fill("Ocean Street Bondi")
    expect(option(tab, FOUND)).to_be_visible()
    geocoder.release_held()
    geocoder.wait_for_answer("Wharf Road")
    # Everything the late answer could do is done once a later question is answered.
    box.fill("Unter den Linden")
    expect(dialog(tab).locator(".place-hits")).to_contain_text(
        "Nothing found in Australia. Choose another country below, "
        "or fill in the fields."
    )
    box.fill("Ocean Street Bondi")
    expect(dialog(tab).locator("[role=listbox] [role=option]")).to_have_text([FOUND])


def _get_a_hostile_answer(tab: Page, geocoder: Geocoder) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    geocoder.places = [
        nominatim_place(
            -33.9, 151.2, road=hostile, suburb="Trap\u202e", country_code="au"
        )
    ]
    field(tab, SEARCH).fill(hostile)
    option(tab, f"{hostile}, Trap, Australia").click()
    _filled_in(tab, {"Street and number": hostile, "Suburb or town": "Trap"})


def _search_while_the_geocoder_is_down(tab: Page, geocoder: Geocoder) -> None:
    geocoder.status = 503
    # What was answered before is remembered, so nobody has asked this yet.
    field(tab, SEARCH).fill("Newcastl")
    word = re.compile("Streets cannot be looked up just now.")
    expect(dialog(tab).locator(".place-hits").get_by_text(word)).to_be_visible()
    option(tab, "Newcastle, NSW, Australia").click()
    _filled_in(tab, {"State": "NSW", "Suburb or town": "Newcastle"})


@pytest.mark.parametrize("device", ["phone"], indirect=True)
def test_where_one_is_offers_its_address_and_overwrites_nothing(
    tab: Page, device: str, geocoder: Geocoder, portal: RunningPortal, customer: Person
) -> None:
    hands: InputMethod = input_method_of(device, tab)
    hands.press(steps.button(tab, "Add a location"))
    hands.press(steps.button(tab, "Use my location"))
    expect(tab.get_by_text("This browser may not tell where you are.")).to_be_visible()
    expect(steps.button(tab, "Set a pin on the map")).to_be_enabled()
    assert geocoder.asked == []
    tab.context.grant_permissions(["geolocation"])
    tab.context.set_geolocation(AT)
    hands.write(field(tab, "Street and number"), "Somewhere else 1")
    hands.press(steps.button(tab, "Use my location"))
    expect(tab.get_by_text("The pin is where you are.")).to_be_visible()
    expect(dialog(tab).get_by_text(FOUND, exact=True)).to_be_visible()
    _filled_in(tab, {"Street and number": "Somewhere else 1", "Suburb or town": ""})
    hands.press(steps.button(tab, "Use this address"))
    _filled_in(tab, AS_FOUND)
    expect(steps.button(tab, "Use this address")).to_have_count(0)
    _save(tab)
    [saved] = places_of(portal, customer)
    assert saved.street == "12 Ocean Street"
    # The pin stays where the person is, not where the house is said to be.
    assert (saved.latitude, saved.longitude) == (AT["latitude"], AT["longitude"])


def test_the_pin_is_dragged_and_moved_by_keys(tab: Page) -> None:
    _add_location(tab)
    _choose_from_lists(tab)
    field(tab, "Country").select_option("AU")
    field(tab, SEARCH).fill("ocean street")
    option(tab, FOUND).click()
    field(tab, "Street and number").fill("14 Ocean Street")
    _drag_the_pin(tab)
    steps.button(tab, "Close").click()
    steps.button(tab, "Discard changes").click()
    expect(dialog(tab)).to_have_count(0)
    _add_location(tab)
    _move_the_pin_by_keys(tab)


def _drag_the_pin(tab: Page) -> None:
    pin = tab.locator(".place-pin")
    pin.scroll_into_view_if_needed()
    before = pin_says(tab)
    box = pin.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 40, y - 30, steps=5)
    tab.mouse.up()
    expect(dialog(tab).get_by_text(FOUND, exact=True)).to_be_visible()
    after = pin_says(tab)
    assert after[0] > before[0]
    assert after[1] > before[1]
    _filled_in(tab, {"Street and number": "14 Ocean Street"})
    steps.button(tab, "Use this address").click()
    _filled_in(tab, AS_FOUND)
    assert pin_says(tab) == after


def _move_the_pin_by_keys(tab: Page) -> None:
    # The lists, and with them where a new pin is put, follow a moment later: the
    # town of another state is in them until then.
    elsewhere = dialog(tab).locator("datalist option[value=Geelong]")
    expect(elsewhere).to_have_count(1)
    field(tab, SEARCH).fill("Newcastle")
    option(tab, "Newcastle, NSW, Australia").click()
    expect(elsewhere).to_have_count(0)
    # A town's own pin is no address, and nothing is offered for it.
    hands = input_method_of("desktop", tab)
    hands.press(steps.button(tab, "Remove the pin"))
    expect(steps.button(tab, "Set the pin")).to_be_focused()
    tab.keyboard.press("Enter")
    pin = tab.locator(".place-pin")
    expect(pin).to_be_focused()
    expect(pin).to_have_accessible_name("Pin. Move it with the arrow keys.")
    before = pin_says(tab)
    for _ in range(3):
        tab.keyboard.press("ArrowUp")
    expect(tab.get_by_text(PIN)).not_to_contain_text(f"{before[0]:.5f}")
    assert pin_says(tab)[0] > before[0]
    hands.press(steps.button(tab, "Use this address"))
    _filled_in(tab, {"Street and number": "Wharf Road", "Postcode": "2300"})


def _choose_from_lists(tab: Page) -> None:
    """They follow the country and its state."""
    state = dialog(tab).get_by_role("combobox", name="State", exact=True)
    expect(state.get_by_role("option", name="Victoria")).to_have_count(1)
    state.select_option("VIC")
    towns = dialog(tab).locator("datalist option")
    expect(towns.and_(tab.locator("[value=Geelong]"))).to_have_count(1)
    expect(towns.and_(tab.locator("[value=Newcastle]"))).to_have_count(0)
    steps.button(tab, "Change the country").click()
    expect(field(tab, "Country")).to_be_focused()
    field(tab, "Country").select_option("CA")
    expect(state).to_have_value("")
    state.select_option("QC")
    expect(towns.and_(tab.locator('[value="Québec"]'))).to_have_count(1)
    expect(field(tab, "Postcode")).to_have_attribute("placeholder", "H3Z 2Y7")
    field(tab, "Country").select_option("DE")
    expect(state.get_by_role("option").first).to_have_text("Not given")
    expect(towns.and_(tab.locator("[value=Köln]"))).to_have_count(1)
