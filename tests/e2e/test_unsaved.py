"""Nothing that was typed is lost without a question, in every kind of form."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e import steps
from tests.support.household import adopt, pet
from tests.support.people import Person, actor_of, session_cookie
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
TYPED = "Typed-and-not-saved"


def _question(page: Page) -> Locator:
    return page.get_by_role("alertdialog", name="Leave without saving?")


def _keep(page: Page) -> None:
    keep = steps.button(page, "Keep editing")
    expect(keep).to_be_focused()
    keep.click()
    expect(_question(page)).to_have_count(0)


def _discard(page: Page) -> None:
    steps.button(page, "Discard changes").click()
    expect(_question(page)).to_have_count(0)


def test_a_dialog_that_edits(tab: Page, customer: Person) -> None:
    steps.visit(tab, "/bookings")
    tab.locator('a[href="/account"]:visible').first.click()
    expect(steps.heading(tab, "My Account")).to_be_visible()
    opener = steps.button(tab, "Edit Info")
    opener.click()
    # Nothing was typed, nothing is asked.
    tab.keyboard.press("Escape")
    expect(tab.locator("dialog[open]")).to_have_count(0)
    expect(opener).to_be_focused()
    opener.click()
    name = steps.field(tab, "First name")
    name.fill(TYPED)
    for leave in (
        lambda: steps.button(tab, "Close").click(),
        lambda: steps.button(tab, "Cancel").click(),
        lambda: tab.keyboard.press("Escape"),
        lambda: tab.mouse.click(5, 5),
        tab.go_back,
    ):
        leave()
        _keep(tab)
        expect(name).to_have_value(TYPED)
    steps.button(tab, "Close").click()
    tab.keyboard.press("Escape")
    expect(_question(tab)).to_have_count(0)
    expect(name).to_have_value(TYPED)
    steps.button(tab, "Close").click()
    _discard(tab)
    expect(tab.locator("dialog[open]")).to_have_count(0)
    opener.click()
    expect(name).to_have_value(customer.first_name)


def test_what_is_given_up_by_leaving_does_not_come_back(
    tab: Page, customer: Person
) -> None:
    steps.visit(tab, "/bookings")
    tab.locator('a[href="/account"]:visible').first.click()
    steps.button(tab, "Edit Info").click()
    steps.field(tab, "First name").fill(TYPED)
    tab.go_back()
    _discard(tab)
    expect(steps.heading(tab, "My Bookings")).to_be_visible()
    tab.go_forward()
    expect(steps.heading(tab, "My Account")).to_be_visible()
    expect(steps.heading(tab, customer.name, level=2)).to_be_visible()
    expect(tab.locator("dialog[open]")).to_have_count(0)


def test_what_is_only_searched_for_is_not_asked_about(tab: Page) -> None:
    steps.visit(tab, "/account")
    steps.button(tab, "Add a location").click()
    dialog = tab.locator("dialog[open]")
    dialog.get_by_label("Search for a town or address", exact=True).fill("Newcastle")
    steps.button(tab, "Close").click()
    expect(dialog).to_have_count(0)


def test_a_dialog_of_a_dependent(
    tab: Page, portal: RunningPortal, customer: Person
) -> None:
    cookie = session_cookie(portal.database, customer)
    dependent = adopt(
        portal.database, actor_of(portal.database, cookie), pet("Biscuit")
    )
    steps.visit(tab, f"/dependents/{dependent}")
    steps.button(tab, "Edit").click()
    name = steps.field(tab, "Name")
    name.fill(TYPED)
    for leave in (
        lambda: steps.button(tab, "Close").click(),
        lambda: steps.button(tab, "Cancel").click(),
        lambda: tab.keyboard.press("Escape"),
    ):
        leave()
        _keep(tab)
        expect(name).to_have_value(TYPED)
    steps.button(tab, "Cancel").click()
    _discard(tab)
    expect(tab.locator("dialog[open]")).to_have_count(0)
    steps.button(tab, "Edit").click()
    expect(name).to_have_value("Biscuit")


def test_a_form_on_a_page(tab: Page) -> None:
    steps.visit(tab, "/dependents/add?type=pet")
    main = tab.get_by_role("main")
    name = main.get_by_role("textbox", name="Name", exact=True)
    name.fill(TYPED)
    away = tab.locator('a[href="/bookings"]:visible').first
    away.click()
    _keep(tab)
    expect(name).to_have_value(TYPED)
    away.click()
    _discard(tab)
    expect(steps.heading(tab, "My Bookings")).to_be_visible()
