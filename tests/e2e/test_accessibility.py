"""axe on every page and in every state of it that looks different."""

import json
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import steps
from tests.e2e.addresses import OFFICE, ROUTES, open_for, path_of, place_of, settled
from tests.e2e.conftest import Watch
from tests.support.geocoder import Geocoder
from tests.support.people import Person
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
GRAVE = {"serious", "critical"}
# What is fine as well is not told; the dark theme differs in its colours alone.
_RULES = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast"]},
}
_STILL = """() => Promise.all(
  document.getAnimations().filter((a) => a.effect.getTiming().iterations !== Infinity)
    .map((animation) => animation.finished.catch(() => {})))"""


def _violations(page: Page) -> list[str]:
    """What axe finds serious or critical, in light and in dark."""
    found = []
    for scheme, rules in _RULES.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        expect(page.locator("html.dark")).to_have_count(int(scheme == "dark"))
        page.evaluate(_STILL)
        results = Axe().run(page, options=rules).response["violations"]
        found += [
            f"{scheme}: {rule['id']}: {node['html']} {json.dumps(node['any'])[:400]}"
            for rule in results
            if rule["impact"] in GRAVE
            for node in rule["nodes"]
        ]
    return found


def test_every_page_has_an_address_to_look_at() -> None:
    assert {route for route in ROUTES if not place_of(route).path} == set()


@pytest.mark.parametrize("route", ROUTES)
def test_a_page_has_no_grave_violation(
    device: str,
    portal: RunningPortal,
    new_context: NewContext,
    watch: Watch,
    route: str,
) -> None:
    if route == "/404":
        watch.expected = ["status of 404"]
    place = place_of(route)
    page = open_for(place.who, new_context(), portal)
    page.goto(path_of(portal, place))
    settled(page)
    assert _violations(page) == []


def test_finding_an_address_has_no_grave_violation(
    device: str,
    portal: RunningPortal,
    new_context: NewContext,
    customer: Person,
    geocoder: Geocoder,
) -> None:
    geocoder.behave()
    context = new_context()
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": -33.8915, "longitude": 151.2749})
    page = steps.arrive_signed_in(context, portal, customer)
    steps.visit(page, "/account")
    steps.button(page, "Add a location").click()
    search = page.get_by_label("Search for a town or address", exact=True)
    search.fill("Newcastle")
    expect(page.get_by_role("option", name="Wharf Road, Newcastle")).to_be_visible()
    search.press("ArrowDown")
    found = _violations(page)
    search.press("Escape")
    steps.button(page, "Use my location").click()
    expect(steps.button(page, "Use this address")).to_be_visible()
    found += _violations(page)
    steps.button(page, "Close").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert found + _violations(page) == []


def test_the_wizard_has_no_grave_violation(
    device: str, portal: RunningPortal, new_context: NewContext, customer: Person
) -> None:
    page = steps.arrive_signed_in(new_context(), portal, customer)
    steps.open_wizard(page)
    found = []
    steps.go_on(page)
    expect(page.get_by_text("Please check the options.")).to_be_visible()
    found += _violations(page)
    steps.answer_options(page)
    steps.go_on(page)
    steps.at_step(page, "Day and time")
    steps.pick_time(page)
    found += _violations(page)
    steps.go_on(page)
    steps.at_step(page, "Address")
    steps.go_on(page)
    state = page.get_by_role("combobox", name="State", exact=True)
    expect(state).to_be_focused()
    found += _violations(page)
    steps.fill_address(page)
    steps.go_on(page)
    steps.at_step(page, "Contact details")
    found += _violations(page)
    steps.go_on(page)
    steps.at_step(page, "Overview")
    found += _violations(page)
    steps.confirm(page)
    found += _violations(page)
    assert found == []


def test_what_opens_over_a_page_has_no_grave_violation(
    device: str, portal: RunningPortal, new_context: NewContext, customer: Person
) -> None:
    page = new_context().new_page()
    steps.visit(page, "/signup")
    steps.button(page, "Sign up").click()
    expect(steps.field(page, "First name")).to_be_focused()
    found = _violations(page)
    steps.button(page, "Read the terms").click()
    expect(page.get_by_role("dialog", name="Terms")).to_be_visible()
    found += _violations(page)
    page = steps.arrive_signed_in(new_context(), portal, customer)
    steps.visit(page, "/account")
    steps.button(page, "Account menu").click()
    expect(page.locator("#menu-account")).to_be_visible()
    found += _violations(page)
    page.keyboard.press("Escape")
    steps.button(page, "Edit Info").click()
    expect(page.get_by_role("dialog", name="Edit Info")).to_be_visible()
    found += _violations(page)
    assert found == []


def test_the_offices_forms_have_no_grave_violation(
    device: str, portal: RunningPortal, new_context: NewContext
) -> None:
    page = open_for(OFFICE, new_context(), portal)
    dialog = page.locator("dialog[open]")

    def refused(path: str, opener: str, first: str) -> None:
        """Open a form, send it empty, and be led to what is missing."""
        steps.visit(page, path)
        steps.button(page, opener).click()
        dialog.get_by_role("button", name="Save", exact=True).click()
        expect(steps.field(page, first)).to_be_focused()

    found = []
    refused("/office/fields?type=pet", "Add field", "Name")
    found += _violations(page)
    for kind in ("Number", "Date", "Signature", "File", "Several choices"):
        dialog.get_by_role("radio", name=kind, exact=True).check()
        found += _violations(page)
    steps.button(page, "Add a choice").click()
    show = dialog.get_by_role("combobox", name="Show it")
    show.select_option("species")
    steps.field(page, "Name").fill("Tricks")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog.get_by_text("Please say at which value")).to_be_visible()
    found += _violations(page)
    refused("/office/dependents", "Add type", "One of them")
    steps.button(page, "Add a document").click()
    found += _violations(page)
    refused("/office/policies", "Add policy", "Title")
    found += _violations(page)
    assert found == []


def test_a_customer_books_by_the_keyboard_alone(
    portal: RunningPortal, new_context: NewContext, customer: Person
) -> None:
    page = steps.arrive_signed_in(new_context(), portal, customer)
    keys = page.keyboard
    steps.visit(page, f"/services/{steps.SERVICE}")
    steps.tab_to(page, steps.link(page, "Schedule an appointment"))
    keys.press("Enter")
    steps.at_step(page, "Options")
    steps.tab_to(page, page.get_by_role("radio", name="30 minutes"))
    keys.press("ArrowDown")
    steps.tab_to(page, steps.field(page, "More dogs from the same home"))
    keys.press("ArrowUp")
    steps.tab_to(page, page.get_by_role("checkbox", name="A brush and towel-dry"))
    keys.press("Space")
    steps.expect_total(page, steps.TOTAL)
    _next_by_keyboard(page, "Day and time")
    steps.tab_to(page, steps.button(page, "Next month"))
    before = page.get_by_role("heading", level=3).first.inner_text()
    keys.press("Enter")
    expect(page.get_by_role("heading", level=3).first).not_to_have_text(before)
    steps.tab_to(page, steps.free_days(page).first)
    keys.press("ArrowRight")
    day = page.locator("button.day:focus")
    name = day.get_attribute("aria-label") or ""
    keys.press("Enter")
    times = page.get_by_role("group", name=name, exact=True).get_by_role("radio")
    expect(times.first).to_be_visible()
    steps.tab_to(page, times.first)
    keys.press("Space")
    expect(times.first).to_be_checked()
    _next_by_keyboard(page, "Address")
    state = page.get_by_role("combobox", name="State", exact=True)
    steps.tab_to(page, state)
    keys.type("New S")
    expect(state).to_have_value("NSW")
    for label, text in (
        ("Suburb or town", steps.TOWN),
        ("Postcode", steps.POSTCODE),
        ("Street and number", steps.STREET),
    ):
        steps.tab_to(page, page.get_by_label(label, exact=True))
        keys.type(text)
    _next_by_keyboard(page, "Contact details")
    _next_by_keyboard(page, "Overview")
    steps.tab_to(page, steps.button(page, "Confirm booking"))
    keys.press("Enter")
    steps.booked(page)
    expect(steps.heading(page, "Your booking is confirmed")).to_be_focused()
    assert steps.facts(page)["When"][0] == name


def _next_by_keyboard(page: Page, step: str) -> None:
    steps.tab_to(page, steps.button(page, "Next"))
    page.keyboard.press("Enter")
    steps.at_step(page, step)
    # The heading of the new step has the focus, so that it is read out.
    expect(steps.heading(page, step, level=2)).to_be_focused()


def test_the_first_tab_stop_leads_past_the_header(page: Page) -> None:
    steps.visit(page, "/services")
    page.keyboard.press("Tab")
    skip = steps.link(page, "Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
