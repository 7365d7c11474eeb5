"""axe on every page and in every state of it that looks different."""

import json
from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import PHONE, Watch
from tests.e2e.page_paths import (
    CUSTOMER,
    OFFICE,
    ROUTES,
    STRANGER,
    open_for,
    path_of,
    place_of,
    settled,
)
from tests.support.geocoder_server import Geocoder
from tests.support.people import Person
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
GRAVE = {"serious", "critical"}
NARROW = PHONE["viewport"]
# What is fine as well is not told.
_RULES = {"resultTypes": ["violations"]}
# A change of theme begins its transitions with the next frame.
_STILL = """() => new Promise(
  (drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(
  () => Promise.all(document.getAnimations()
    .filter((a) => a.effect.getTiming().iterations !== Infinity)
    .map((animation) => animation.finished.catch(() => {}))))"""


def _violations(page: Page) -> list[str]:
    """What axe finds serious or critical: wide and light, narrow and dark."""
    wide, found = page.viewport_size, []
    for scheme, size in (("light", wide), ("dark", NARROW)):
        assert size
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        expect(page.locator("html.dark")).to_have_count(int(scheme == "dark"))
        page.evaluate(_STILL)
        results = Axe().run(page, options=_RULES).response["violations"]
        found += [
            f"{page.url} {scheme}: {rule['id']}: {node['html']} "
            f"{json.dumps(node['any'])[:400]}"
            for rule in results
            if rule["impact"] in GRAVE
            for node in rule["nodes"]
        ]
    page.set_viewport_size(wide)  # type: ignore[arg-type]
    return found


def _violations_of_pages(page: Page, portal: RunningPortal, who: str) -> list[str]:
    """The same of every page that is made for somebody."""
    found = []
    for route in ROUTES:
        place = place_of(route)
        assert place.path, f"{route} has no address to look at"
        if place.who == who:
            page.goto(path_of(portal, place))
            settled(page)
            found += _violations(page)
    return found


def test_what_strangers_see_has_no_grave_violation(
    portal: RunningPortal, new_context: NewContext, watch: Watch
) -> None:
    # One of the pages is the one that says that there is none.
    watch.expected = ["status of 404"]
    page = open_for(STRANGER, new_context(), portal)
    found = _violations_of_pages(page, portal, STRANGER)
    steps.visit(page, "/signup")
    steps.button(page, "Sign up").click()
    expect(steps.field(page, "First name")).to_be_focused()
    found += _violations(page)
    steps.button(page, "Read the terms").click()
    expect(page.get_by_role("dialog", name="Terms")).to_be_visible()
    assert found + _violations(page) == []


def test_what_customers_see_has_no_grave_violation(
    portal: RunningPortal, new_context: NewContext
) -> None:
    page = open_for(CUSTOMER, new_context(), portal)
    assert _violations_of_pages(page, portal, CUSTOMER) == []


def test_what_opens_over_my_account_has_no_grave_violation(
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
    steps.button(page, "Account menu").click()
    expect(page.locator("#menu-account")).to_be_visible()
    found = _violations(page)
    page.keyboard.press("Escape")
    steps.button(page, "Edit Info").click()
    expect(page.get_by_role("dialog", name="Edit Info")).to_be_visible()
    found += _violations(page)
    steps.button(page, "Close").click()
    steps.button(page, "Add a location").click()
    search = page.get_by_label("Search for a town or address", exact=True)
    search.fill("Newcastle")
    expect(page.get_by_role("option", name="Wharf Road, Newcastle")).to_be_visible()
    search.press("ArrowDown")
    found += _violations(page)
    search.press("Escape")
    steps.button(page, "Use my location").click()
    expect(steps.button(page, "Use this address")).to_be_visible()
    found += _violations(page)
    steps.button(page, "Close").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert found + _violations(page) == []


def test_the_wizard_has_no_grave_violation(
    portal: RunningPortal, new_context: NewContext, customer: Person
) -> None:
    page = steps.arrive_signed_in(new_context(), portal, customer)
    steps.open_wizard(page)
    found = []
    steps.refuse_options(page)
    found += _violations(page)
    steps.answer_options(page)
    steps.go_on(page)
    steps.at_step(page, "Who it is for")
    found += _violations(page)
    steps.name_nobody(page)
    steps.go_on(page)
    expect(steps.field(page, "Street and number")).to_be_focused()
    found += _violations(page)
    steps.give_address(page)
    steps.pick_time(page)
    found += _violations(page)
    steps.go_on(page)
    steps.at_step(page, "Contact details")
    found += _violations(page)
    steps.go_on(page)
    steps.at_step(page, "Details")
    found += _violations(page)
    steps.keep_details(page)
    found += _violations(page)
    steps.confirm(page)
    found += _violations(page)
    assert found == []


def test_what_the_office_sees_has_no_grave_violation(
    portal: RunningPortal, new_context: NewContext
) -> None:
    page = open_for(OFFICE, new_context(), portal)
    found = _violations_of_pages(page, portal, OFFICE)
    dialog = page.locator("dialog[open]")

    def refused(path: str, opener: str, first: str) -> None:
        """Open a form, send it empty, and be led to what is missing."""
        steps.visit(page, path)
        steps.button(page, opener).click()
        dialog.get_by_role("button", name="Save", exact=True).click()
        expect(steps.field(page, first)).to_be_focused()

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
    # The first stop leads past the header.
    keys.press("Tab")
    skip = steps.link(page, "Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    keys.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    steps.tab_to(page, steps.schedule_link(page))
    keys.press("Enter")
    steps.at_step(page, "Options")
    steps.tab_to(page, page.get_by_role("radio", name="30 minutes"))
    keys.press("ArrowDown")
    steps.tab_to(page, steps.field(page, "More dogs from the same home"))
    keys.press("ArrowUp")
    steps.tab_to(page, page.get_by_role("checkbox", name="A brush and towel-dry"))
    keys.press("Space")
    steps.expect_total(page, steps.TOTAL)
    _next_by_keyboard(page, "Who it is for")
    _next_by_keyboard(page, "Address")
    for label, text in (
        ("Street and number", steps.STREET),
        ("Suburb or town", steps.TOWN),
    ):
        steps.tab_to(page, page.get_by_label(label, exact=True))
        keys.type(text)
    state = page.get_by_role("combobox", name="State", exact=True)
    steps.tab_to(page, state)
    keys.type("New S")
    expect(state).to_have_value("NSW")
    steps.tab_to(page, page.get_by_label("Postcode", exact=True))
    keys.type(steps.POSTCODE)
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
    _next_by_keyboard(page, "Contact details")
    _next_by_keyboard(page, "Details")
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
