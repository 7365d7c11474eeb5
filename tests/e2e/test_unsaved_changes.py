"""Nothing that was typed is lost without a question, in every kind of form."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e import steps
from tests.e2e.dependent_steps import row_of
from tests.support.dependents import add_pet, cat_form
from tests.support.people import Person, actor_of, session_cookie
from tests.support.server import RunningPortal

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


def test_nothing_typed_is_lost_without_a_question(
    tab: Page, portal: RunningPortal, customer: Person
) -> None:
    _leave_my_account(tab, customer)
    _leave_a_search(tab)
    _leave_a_dependent(tab, portal, customer)


def _leave_my_account(tab: Page, customer: Person) -> None:
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
    # What is given up by leaving does not come back either.
    name.fill(TYPED)
    steps.button(tab, "Close").click()
    _keep(tab)
    tab.go_back()
    _discard(tab)
    expect(steps.heading(tab, "My Bookings")).to_be_visible()
    tab.go_forward()
    expect(steps.heading(tab, "My Account")).to_be_visible()
    expect(steps.heading(tab, customer.name, level=2)).to_be_visible()
    expect(tab.locator("dialog[open]")).to_have_count(0)


def _leave_a_search(tab: Page) -> None:
    """What is only searched for is not asked about."""
    steps.button(tab, "Add a location").click()
    dialog = tab.locator("dialog[open]")
    dialog.get_by_label("Search for a town or address", exact=True).fill("Newcastle")
    steps.button(tab, "Close").click()
    expect(dialog).to_have_count(0)


def _leave_a_dependent(tab: Page, portal: RunningPortal, customer: Person) -> None:
    cookie = session_cookie(portal.database, customer)
    dependent = add_pet(
        portal.database, actor_of(portal.database, cookie), cat_form("Biscuit")
    )
    steps.visit(tab, "/dependents")
    tab.get_by_role("main").get_by_role("link", name="Biscuit").click()
    edit, name = steps.button(tab, "Edit"), steps.field(tab, "Name")
    edit.click()
    name.fill(TYPED)
    for leave in (
        lambda: steps.button(tab, "Close").click(),
        lambda: steps.button(tab, "Cancel").click(),
        lambda: tab.keyboard.press("Escape"),
        tab.go_back,
    ):
        leave()
        _keep(tab)
        expect(name).to_have_value(TYPED)
    tab.on("dialog", lambda question: question.accept())
    steps.reload(tab)
    expect(name).to_have_value(TYPED)
    steps.button(tab, "Cancel").click()
    _discard(tab)
    expect(tab.locator("dialog[open]")).to_have_count(0)
    edit.click()
    expect(name).to_have_value("Biscuit")
    assert row_of(portal, dependent).version == 1
