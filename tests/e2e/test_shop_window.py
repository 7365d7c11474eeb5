"""The shop window: there at once, at rest, and quick to search."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal_app.domain.catalogue import service as catalogue
from tests.e2e import steps
from tests.e2e.held_requests import HeldRequests
from tests.support.people import Person
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
_WATCH_SHIFTS = """
window.shifted = 0;
window.shifts = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifted += entry.value;
});
window.shifts.observe({ type: "layout-shift", buffered: true });
"""
# Styled, in its own fonts, painted, and with what moved until then told.
_SETTLE = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const sheets = [...document.querySelectorAll("link[rel=stylesheet]")];
  while (!sheets.every((one) => one.sheet)) await frame();
  await Promise.all([...document.fonts].map((face) => face.load()));
  await document.fonts.ready;
  for (let count = 0; count < 3; count++) await frame();
  window.shifts.takeRecords();
  window.shifted = 0;
}"""
PATHS = (
    "/",
    "/services",
    "/services/regular-house-clean",
    "/services/no-such",
    "/policies",
)


def _until_live(page: Page) -> None:
    expect(page.locator("[data-first-html]")).to_have_count(0)
    page.evaluate("document.fonts.ready")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => done()))")


_SCRIPTS = re.compile(r"/assets/.*\.js$")


@contextmanager
def _before_the_scripts(page: Page, path: str) -> Iterator[None]:
    """A page as its first HTML draws it; the scripts arrive afterwards."""
    scripts = HeldRequests(page, _SCRIPTS)
    page.goto(path, wait_until="commit")
    yield
    scripts.release()


def _comes_alive(page: Page, path: str) -> None:
    """What is there before the scripts is all there is, and nothing moves."""
    with _before_the_scripts(page, path):
        # A busy machine paints a long page in parts; that is no jump of ours.
        expect(page.locator("footer")).to_be_visible()
        page.evaluate(_SETTLE)
        title = page.title()
        text = page.locator("body").inner_text()
    _until_live(page)
    assert "Brightside Home & Pet Care" in text
    assert page.locator("body").inner_text().split() == text.split(), path
    assert page.title() == title
    assert page.evaluate("window.shifted") < 0.001, path


def _services(page: Page) -> list[str]:
    return page.locator("main article:visible h3").all_inner_texts()


def test_public_pages_are_complete_at_once_and_nothing_moves(
    device: str, new_context: NewContext, portal: RunningPortal, customer: Person, watch
) -> None:
    watch.expected.append(r"404 \(Not Found\).*/services/no-such")
    # Each in a browser of its own: a service worker would have the scripts at once.
    for path in PATHS:
        page = new_context().new_page()
        page.add_init_script(_WATCH_SHIFTS)
        _comes_alive(page, path)
    # A customer sees their menu, and it does not come with a jump.
    signed_in = steps.arrive_signed_in(new_context(), portal, customer)
    signed_in.add_init_script(_WATCH_SHIFTS)
    with _before_the_scripts(signed_in, "/"):
        expect(signed_in.locator("footer")).to_be_visible()
        signed_in.evaluate(_SETTLE)
    _until_live(signed_in)
    assert signed_in.evaluate("window.shifted") < 0.001
    header = signed_in.get_by_role("banner")
    expect(header.get_by_role("button", name="Account menu")).to_be_visible()
    expect(header.get_by_role("link", name="Sign up")).to_have_count(0)
    for path in ("/", "/services", "/services/dog-walking", "/policies"):
        steps.visit(signed_in, path)
        menu = signed_in.get_by_role("navigation", name="Main menu")
        expect(menu.filter(visible=True)).to_have_count(1)
        expect(
            signed_in.locator("footer").get_by_role("link", name="Sign up")
        ).to_have_count(0)


def _offered(portal: RunningPortal) -> dict[str, list[str]]:
    """The names on each shelf; other tests offer services of their own."""
    shown = portal.database.query(catalogue.catalogue_view)
    return {one.name: [card.name for card in one.services] for one in shown.categories}


def test_searching_and_filtering(portal: RunningPortal, page: Page) -> None:
    shelves = _offered(portal)
    everything = f"{sum(map(len, shelves.values()))} services"
    field = page.get_by_label("Search services")
    count = page.get_by_role("status").filter(has_text=re.compile(r"^\d+ services?$"))
    with _before_the_scripts(page, "/services"):
        field.click()
        page.keyboard.type("pool")
    _until_live(page)
    # What is typed before the scripts arrive is kept, and so is the focus.
    expect(field).to_have_value("pool")
    expect(field).to_be_focused()
    page.keyboard.type(" green")
    expect(page.get_by_role("link", name="Pool green-to-clean")).to_be_visible()
    assert _services(page) == ["Pool green-to-clean"]

    field.press("Escape")
    expect(count).to_have_text(everything)
    field.fill("DOG")
    expect(count).to_have_text("2 services")
    assert _services(page) == ["Dog walking", "Dog grooming at home"]
    expect(page).to_have_url(re.compile(r"/services\?q=DOG$"))

    page.reload()
    expect(field).to_have_value("DOG")
    expect(count).to_have_text("2 services")
    _until_live(page)
    expect(field).to_have_value("DOG")

    field.press("Escape")
    categories = page.get_by_role("navigation", name="Categories")
    categories.get_by_role("link", name="Garden").click()
    garden = shelves["Garden"]
    expect(count).to_have_text(f"{len(garden)} services")
    assert _services(page) == garden

    page.get_by_role("link", name="Hedge trimming").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hedge trimming")
    expect(steps.schedule_link(page)).to_be_in_viewport()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/services\?category=garden$"))
    expect(count).to_have_text(f"{len(garden)} services")

    field.fill("submarine")
    expect(count).to_have_text("0 services")
    page.get_by_role("link", name="Show all services").click()
    expect(count).to_have_text(everything)
    expect(field).to_be_focused()


@pytest.mark.parametrize("device", ["phone"], indirect=True)
def test_the_way_from_the_home_page_to_booking(device: str, page: Page) -> None:
    page.goto("/")
    _until_live(page)
    page.get_by_role("link", name="Schedule an appointment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All Services")
    page.get_by_role("link", name="Dog walking").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dog walking")
    expect(page).to_have_title(re.compile(r"^Dog walking – "))
    expect(page.get_by_text("No reviews yet")).to_be_visible()
    book = steps.schedule_link(page)
    expect(book).to_have_count(1)
    expect(book).to_be_in_viewport()
    expect(book).to_have_attribute("href", "/book/dog-walking")
