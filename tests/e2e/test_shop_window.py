"""The shop window: there at once, at rest, and quick to search."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlmodel import select

from portal_app.domain.catalogue.models import Service
from tests.support.people import Person, session_cookie
from tests.support.server import RunningPortal

_WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
_SETTLE = """async () => {
  await document.fonts.ready;
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
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
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(_SCRIPTS, hold)
    page.goto(path, wait_until="commit")
    yield
    page.route(_SCRIPTS, lambda route: route.continue_())
    for route in held:
        route.continue_()


def _comes_alive(page: Page, path: str) -> float:
    """How far things move from the first HTML, once drawn, to the live page.

    The title stays the same as well.
    """
    page.add_init_script(_WATCH_SHIFTS)
    with _before_the_scripts(page, path):
        # A busy machine paints a long page in parts; that is no jump of ours.
        expect(page.locator("footer")).to_be_visible()
        page.evaluate(_SETTLE)
        title = page.title()
    _until_live(page)
    assert page.title() == title
    return float(page.evaluate("window.shifted"))


def _services(page: Page) -> list[str]:
    return page.locator("main article:visible h3").all_inner_texts()


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_complete_without_script(
    chromium: Browser, portal: RunningPortal, path: str
) -> None:
    texts = []
    for script in (False, True):
        context = chromium.new_context(
            base_url=portal.url, java_script_enabled=script, service_workers="block"
        )
        page = context.new_page()
        page.goto(path)
        if script:
            _until_live(page)
        texts.append(page.locator("body").inner_text())
        context.close()
    assert "Brightside Home & Pet Care" in texts[0]
    assert texts[0].split() == texts[1].split()


@pytest.mark.parametrize("path", PATHS[:3])
def test_nothing_moves_when_the_page_comes_alive(
    device: str, page: Page, path: str
) -> None:
    assert _comes_alive(page, path) < 0.001


def test_a_customer_sees_their_menu_and_nothing_moves(
    device: str, new_context, portal: RunningPortal, customer: Person
) -> None:
    context: BrowserContext = new_context()
    name, value = session_cookie(portal.database, customer).split("=", 1)
    context.add_cookies([{"name": name, "value": value, "url": portal.url}])
    page = context.new_page()
    assert _comes_alive(page, "/") < 0.001
    header = page.get_by_role("banner")
    expect(header.get_by_role("button", name="Account menu")).to_be_visible()
    expect(header.get_by_role("link", name="Sign up")).to_have_count(0)


def _offered(portal: RunningPortal) -> int:
    with portal.database.read() as tx:
        return len(tx.exec(select(Service.id).where(Service.active)).all())


def test_searching_and_filtering(
    device: str, portal: RunningPortal, page: Page
) -> None:
    # Other tests offer services of their own.
    everything = f"{_offered(portal)} services"
    page.goto("/services")
    _until_live(page)
    field = page.get_by_label("Search services")
    count = page.get_by_role("status").filter(has_text=re.compile(r"^\d+ services?$"))
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
    expect(count).to_have_text("2 services")
    assert _services(page) == ["Lawn mowing", "Hedge trimming"]

    page.get_by_role("link", name="Hedge trimming").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hedge trimming")
    page.go_back()
    expect(page).to_have_url(re.compile(r"/services\?category=garden$"))
    expect(count).to_have_text("2 services")

    field.fill("submarine")
    expect(count).to_have_text("0 services")
    page.get_by_role("link", name="Show all services").click()
    expect(count).to_have_text(everything)
    expect(field).to_be_focused()


def test_what_is_typed_before_the_scripts_arrive_is_kept(
    device: str, page: Page
) -> None:
    field = page.get_by_label("Search services")
    with _before_the_scripts(page, "/services"):
        field.click()
        page.keyboard.type("pool")
    _until_live(page)
    expect(field).to_have_value("pool")
    expect(field).to_be_focused()
    page.keyboard.type(" green")
    expect(page.get_by_role("link", name="Pool green-to-clean")).to_be_visible()
    assert _services(page) == ["Pool green-to-clean"]


def test_the_way_from_the_home_page_to_booking(device: str, page: Page) -> None:
    page.goto("/")
    _until_live(page)
    page.get_by_role("link", name="Schedule an appointment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All Services")
    page.get_by_role("link", name="Dog walking").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dog walking")
    expect(page).to_have_title(re.compile(r"^Dog walking – "))
    expect(page.get_by_text("No reviews yet")).to_be_visible()
    book = page.get_by_role("link", name="Schedule an appointment")
    expect(book).to_have_count(1)
    expect(book).to_be_in_viewport()
    expect(book).to_have_attribute("href", "/book/dog-walking")


def test_a_service_that_is_not_offered(page: Page, watch) -> None:
    watch.expected.append(r"404 \(Not Found\).*/services/no-such")
    answer = page.goto("/services/no-such")
    assert answer is not None
    assert answer.status == 404
    _until_live(page)
    page.get_by_role("link", name="See all services").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All Services")
