"""Documents of dependents, and fields that take a file or a signature."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import col, select

from portal_app.domain.dependents.models import DependentDocument
from portal_app.kernel.ids import new_id
from tests.e2e import steps
from tests.e2e.dependent_steps import (
    dialog,
    draw_signature,
    file_of,
    hand_in,
    own,
    press,
    save,
    values,
)
from tests.e2e.held_requests import HeldRequests
from tests.support.people import Person
from tests.support.pictures import PDF, picture
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
LONG_PAST, FAR_OFF = "2020-01-31", "2031-10-10"


def documents_of(portal: RunningPortal, dependent: str) -> list[DependentDocument]:
    with portal.database.read() as tx:
        found = select(DependentDocument).where(
            DependentDocument.dependent_id == dependent
        )
        return list(tx.exec(found.order_by(col(DependentDocument.created_at))))


def item(page: Page, title: str) -> Locator:
    """The entry of a document."""
    return page.get_by_role("main").get_by_role("listitem").filter(has_text=title)


def test_a_document_is_added_replaced_and_removed(
    tab: Page, portal: RunningPortal, biscuit: str
) -> None:
    soon = datetime.now(steps.SYDNEY).date() + timedelta(days=12)
    steps.visit(tab, f"/dependents/{biscuit}")
    expect(item(tab, "Vaccination certificate")).to_contain_text(
        "We need this document."
    )
    steps.button(tab, "Add Vaccination certificate").click()
    press(tab, "Save")
    expect(tab.get_by_text("Please choose a file.")).to_be_visible()
    expect(tab.get_by_text("Please enter the day on which it expires.")).to_be_visible()
    expect(tab.locator("#field-document-file_id")).to_be_focused()
    assert documents_of(portal, biscuit) == []
    hand_in(tab, "document-file_id", "old.pdf", PDF)
    tab.get_by_label("Expires on", exact=True).fill(LONG_PAST)
    save(tab)
    # One that has expired is as good as none, and says so in words and colour.
    paper = item(tab, "Expired on Friday, 31 January 2020")
    _expect_badge(paper, "Expired", "--danger")
    expect(steps.button(tab, "Add Vaccination certificate")).to_be_visible()
    [stored] = documents_of(portal, biscuit)
    assert (stored.kind, stored.expires_on) == ("vaccination", date(2020, 1, 31))
    first = stored.file_id
    assert file_of(portal, first).attached_at is not None

    steps.button(tab, "Change Vaccination certificate").click()
    hand_in(tab, "document-file_id", "new.png", picture("PNG"))
    tab.get_by_label("Expires on", exact=True).fill(soon.isoformat())
    save(tab)
    _expect_badge(
        item(tab, "Vaccination certificate"), r"Expires in 1[12] days", "--warning"
    )
    expect(steps.button(tab, "Add Vaccination certificate")).to_have_count(0)
    [stored] = documents_of(portal, biscuit)
    assert (stored.expires_on, stored.version) == (soon, 2)
    assert file_of(portal, first).removed_at is not None
    assert file_of(portal, stored.file_id).media_type == "image/webp"

    steps.button(tab, "Change Vaccination certificate").click()
    tab.get_by_label("Expires on", exact=True).fill(FAR_OFF)
    _save_before_the_file_is_there(tab)
    _expect_badge(item(tab, "Vaccination certificate"), "Valid", "--success")
    [stored] = documents_of(portal, biscuit)
    assert (stored.expires_on.isoformat(), stored.version) == (FAR_OFF, 3)
    assert file_of(portal, stored.file_id).name == "late.pdf"

    steps.button(tab, "Change Vaccination certificate").click()
    press(tab, "Remove this document")
    press(tab, "Keep it")
    expect(steps.button(tab, "Remove this document")).to_be_focused()
    press(tab, "Remove this document")
    press(tab, "Remove for good")
    expect(dialog(tab)).to_have_count(0)
    expect(steps.button(tab, "Add Vaccination certificate")).to_be_visible()
    assert documents_of(portal, biscuit) == []
    assert file_of(portal, stored.file_id).removed_at is not None
    gone = tab.request.get(f"/api/files/{stored.file_id}")
    assert (gone.status, gone.text()) == (404, "We could not find that file.")
    _keep_what_another_tab_saved(tab, portal, biscuit)


def _save_before_the_file_is_there(tab: Page) -> None:
    """The form waits, says so, and is saved once, however often it is asked to."""
    uploads = HeldRequests(tab, re.compile("/api/uploads"))
    tab.locator("#field-document-file_id").set_input_files(
        {"name": "late.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    expect(steps.button(tab, "Cancel upload")).to_be_visible()
    for _ in range(2):
        press(tab, "Save")
    words = dialog(tab).get_by_text("Saved as soon as this is uploaded.")
    expect(words.first).to_be_visible()
    uploads.release()
    expect(dialog(tab)).to_have_count(0)


def _keep_what_another_tab_saved(
    tab: Page, portal: RunningPortal, biscuit: str
) -> None:
    steps.button(tab, "Add document").click()
    tab.get_by_label("Kind of document", exact=True).select_option("Another document")
    steps.field(tab, "Name").fill("Pedigree")
    hand_in(tab, "document-file_id", "pedigree.pdf", PDF)
    save(tab)
    steps.button(tab, "Change Pedigree").click()
    steps.field(tab, "Name").fill("Slow")
    with portal.database.write() as tx:
        elsewhere = tx.exec(
            select(DependentDocument).where(DependentDocument.dependent_id == biscuit)
        ).one()
        elsewhere.name, elsewhere.version = "Quick", elsewhere.version + 1
    press(tab, "Save")
    told = dialog(tab).get_by_role("alert").filter(has_text="Saved now")
    expect(told).to_contain_text("NameYours: SlowSaved now: Quick")
    [stored] = documents_of(portal, biscuit)
    assert stored.name == "Quick"
    save(tab)
    [stored] = documents_of(portal, biscuit)
    assert stored.name == "Slow"


def _expect_badge(paper: Locator, words: str, colour: str) -> None:
    badge = paper.get_by_text(re.compile(f"^{words}$"))
    expect(badge).to_be_visible()
    wanted = badge.evaluate(
        """(badge, name) => {
            const probe = document.createElement("i");
            probe.style.color = `var(${name})`;
            badge.append(probe);
            const wanted = getComputedStyle(probe).color;
            probe.remove();
            return wanted;
        }""",
        colour,
    )
    expect(badge).to_have_css("color", wanted)


def test_files_and_signatures_are_kept_in_fields_replaced_and_removed(
    tab: Page, portal: RunningPortal, customer: Person
) -> None:
    van = _keep_a_file_in_a_field(tab, portal, customer)
    assert values(portal, van) == {"plate": "BRI 001", "model": "Transit"}
    _sign_and_take_it_back(tab, portal, customer)


def _keep_a_file_in_a_field(tab: Page, portal: RunningPortal, customer: Person) -> str:
    steps.visit(tab, "/dependents/add?type=vehicle")
    steps.field(tab, "Name").fill("The van")
    steps.field(tab, "Number plate").fill("BRI 001")
    steps.field(tab, "Make and model").fill("Transit")
    _hand_in_by_keyboard(tab)
    _name_a_file_that_is_not_there(tab)
    steps.button(tab, "Save").click()
    expect(steps.heading(tab, "The van")).to_be_visible()
    [van] = own(portal, customer)
    dent = tab.locator("main dl").get_by_role("link", name="dent")
    first = (dent.get_attribute("href") or "").split("/")[-1]
    assert file_of(portal, first).attached_at is not None

    steps.button(tab, "Edit").click()
    hand_in(tab, "damage_photo", "scratch.pdf", PDF)
    save(tab)
    scratch = tab.locator("main dl").get_by_role("link", name="scratch.pdf")
    expect(scratch).to_be_visible()
    second = (scratch.get_attribute("href") or "").split("/")[-1]
    assert file_of(portal, first).removed_at is not None
    assert file_of(portal, second).attached_at is not None

    steps.button(tab, "Edit").click()
    press(tab, "Remove")
    save(tab)
    expect(scratch).to_have_count(0)
    assert file_of(portal, second).removed_at is not None
    return van.id


def _name_a_file_that_is_not_there(tab: Page) -> None:
    """A forged form is told so beside the field."""
    for name, what in (("field.damage_photo", "file"), ("picture_id", "picture")):
        hidden = tab.locator(f'input[type=hidden][name="{name}"]')
        before = hidden.input_value()
        hidden.evaluate("(input, id) => { input.value = id; }", new_id())
        steps.button(tab, "Save").click()
        words = f"could not find that {what}"
        told = tab.locator("form .field-error").filter(has_text=words)
        expect(told).to_be_visible()
        hidden.evaluate("(input, id) => { input.value = id; }", before)


def _hand_in_by_keyboard(tab: Page) -> None:
    """Hand files in and take them back; the focus keeps its place. One stays."""
    field = tab.locator("#field-damage_photo")

    def choose(name: str) -> None:
        steps.tab_to(tab, field)
        with tab.expect_file_chooser() as chooser:
            field.press("Enter")
        file = {"name": name, "mimeType": "image/jpeg", "buffer": picture()}
        chooser.value.set_files(file)
        expect(tab.get_by_role("link", name=name)).to_be_visible()
        expect(field).to_be_focused()

    choose("scratch.jpg")
    choose("dent.jpg")
    steps.tab_to(tab, steps.button(tab, "Remove"))
    tab.keyboard.press("Enter")
    expect(field).to_be_focused()
    choose("dent.jpg")


def _sign_and_take_it_back(tab: Page, portal: RunningPortal, customer: Person) -> None:
    consent = "Consent to treatment in an emergency"
    steps.visit(tab, "/dependents/add?type=pet")
    steps.field(tab, "Name").fill("Signed")
    tab.get_by_label("Kind of animal", exact=True).select_option("Cat")
    _type_instead_by_keyboard(tab)
    draw_signature(tab)
    steps.button(tab, "Save").click()
    expect(steps.heading(tab, "Signed")).to_be_visible()
    [cat] = [one for one in own(portal, customer) if one.name == "Signed"]
    drawn = tab.locator("main dl img[src*='/api/files/']")
    expect(drawn).to_be_visible()
    assert steps.facts(tab)[consent][-1].startswith("Signed on ")
    drawn_id = (drawn.get_attribute("src") or "").split("/")[-1]
    assert file_of(portal, drawn_id).attached_at is not None

    steps.button(tab, "Edit").click()
    press(tab, "Sign again")
    press(tab, "Type your name instead")
    tab.get_by_label("Type your name", exact=True).fill("Ada Typed")
    save(tab)
    expect(tab.get_by_text("Signed by Ada Typed")).to_be_visible()
    expect(drawn).to_have_count(0)
    assert file_of(portal, drawn_id).removed_at is not None

    steps.button(tab, "Edit").click()
    press(tab, "Sign again")
    save(tab)
    expect(tab.get_by_text("Signed by Ada Typed")).to_have_count(0)
    assert values(portal, cat.id) == {"species": "Cat"}


def _type_instead_by_keyboard(tab: Page) -> None:
    """To the other way to sign and back; the focus keeps its place."""
    typing = steps.button(tab, "Type your name instead")
    for _ in range(2):
        steps.tab_to(tab, typing)
        tab.keyboard.press("Enter")
        expect(tab.get_by_label("Type your name", exact=True)).to_be_focused()
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        expect(typing).to_be_focused()
