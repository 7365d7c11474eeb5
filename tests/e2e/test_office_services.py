"""The office keeps a service by hand, and customers see it."""

import re
import secrets
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal_app.domain.catalogue import services
from portal_app.kernel.audiences import SYSTEM
from tests.e2e import steps
from tests.e2e.page_paths import OFFICE_ACCOUNT
from tests.support.pictures import picture
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]


@pytest.fixture
def office(new_context: NewContext, portal: RunningPortal) -> Page:
    """The office's tab."""
    return steps.arrive_signed_in(new_context(), portal, OFFICE_ACCOUNT)


@pytest.fixture
def name(portal: RunningPortal) -> Iterator[str]:
    """A name of this test alone; what has it is put away afterwards."""
    chosen = f"Bird visit {secrets.token_hex(3)}"
    yield chosen
    for one in portal.database.query(services.service_entries, SYSTEM):
        if one.name.startswith(chosen):
            portal.database.call(services.archive_service, SYSTEM, one.id)


def _save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The service is saved.").last).to_be_visible()


def test_a_service_is_kept_by_hand_and_seen_by_customers(
    office: Page, new_context: NewContext, portal: RunningPortal, name: str
) -> None:
    slug = name.lower().replace(" ", "-")
    steps.visit(office, "/office/services")
    office.get_by_role("button", name="Add service").click()
    dialog = office.get_by_role("dialog", name="Add service")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Please enter a name.")).to_be_visible()
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Category").select_option(label="Pet care")
    dialog.get_by_role("button", name="Save").click()
    expect(office.get_by_role("heading", name=name, level=1)).to_be_visible()
    expect(office.get_by_text("Draft", exact=True)).to_be_visible()

    # What is typed is seen at once, and what is wrong is said beside its field.
    shown = office.get_by_role("region", name="Preview")
    office.get_by_label("Summary").fill("We feed your birds.")
    expect(shown).to_contain_text("We feed your birds.")
    office.get_by_label("Amount (AUD)").fill("-5")
    office.get_by_label("Duration (minutes)").fill("25")
    office.get_by_role("button", name="Add an option").click()
    office.get_by_label("What is asked").fill("Cages")
    office.get_by_label(re.compile("^Choice 1")).fill("One cage")
    office.get_by_label(re.compile("^Adds .* choice 1 of", re.I)).fill("4.50")
    office.get_by_role("button", name="Add a photo").click()
    dialog = office.get_by_role("dialog", name="Add a photo")
    dialog.locator("[data-picture-file]").set_input_files(
        {
            "name": "bird.jpg",
            "mimeType": "image/jpeg",
            "buffer": picture("JPEG", (900, 900)),
        }
    )
    dialog.get_by_role("button", name="Save").click()
    office.get_by_label("What photo 1 shows").fill("A bird")
    expect(shown.get_by_alt_text("A bird")).to_have_count(1)
    expect(shown).to_contain_text("+$4.50")
    office.get_by_label("Published").check()
    office.get_by_role("button", name="Save", exact=True).click()
    expect(office.get_by_text("A price cannot be negative.")).to_be_visible()
    expect(office.get_by_label("Summary")).to_have_value("We feed your birds.")
    office.get_by_label("Amount (AUD)").fill("19")
    _save(office)
    office.get_by_label("Address").fill(f"{slug}-now")
    _save(office)

    # By keyboard it goes up by a place.
    steps.visit(office, "/office/services")
    shelf = office.locator(
        "section", has=office.get_by_role("heading", name="Pet care", exact=True)
    ).first
    handle = office.get_by_role("button", name=f"Move {name}")
    expect(shelf.locator("li").last).to_contain_text(name)
    last = shelf.locator("li").count()
    handle.press("ArrowUp")
    moved = f"Moved to place {last - 1} of {last}"
    expect(office.get_by_text(re.compile(moved))).to_be_attached()
    expect(shelf.locator("li").nth(last - 2)).to_contain_text(name)
    expect(handle).to_be_focused()

    # A customer follows the former address, with the photo in the first HTML.
    visitor = new_context().new_page()
    answer = visitor.goto(f"{portal.url}/services/{slug}")
    assert answer is not None
    assert answer.url == f"{portal.url}/services/{slug}-now"
    assert 'alt="A bird"' in answer.text()
    photo = visitor.get_by_alt_text("A bird")
    expect(photo).to_be_visible()
    assert photo.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    expect(visitor.get_by_role("heading", name=name)).to_be_visible()

    # Archived, it is gone for customers and back with a click.
    office.get_by_role("button", name=f"Archive {name}").click()
    expect(office.get_by_text("is not offered any more")).to_be_visible()
    gone = httpx.get(f"{portal.url}/services/{slug}-now")
    assert gone.status_code == 404
    office.get_by_role("button", name="Undo").click()
    expect(handle).to_be_visible()
