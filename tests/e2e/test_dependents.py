"""Dependents: kept, changed, put away, and nothing lost."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import select

from portal_app.domain.dependents.models import Dependent
from portal_app.domain.dependents.rules import DependentForm
from tests.e2e import steps
from tests.e2e.dependent_steps import (
    dialog,
    draw_signature,
    file_of,
    keep,
    keep_all,
    own,
    press,
    row_of,
    save,
    values,
)
from tests.support.people import Person
from tests.support.pictures import picture
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]


# --- Two tabs -----------------------------------------------------------------------


def test_the_second_of_two_tabs_is_shown_what_changed(
    tab: Page, portal: RunningPortal, biscuit: str
) -> None:
    other = tab.context.new_page()
    for page, name in ((tab, "Slow"), (other, "Quick")):
        steps.visit(page, f"/dependents/{biscuit}")
        steps.button(page, "Edit").click()
        steps.field(page, "Name").fill(name)
        steps.field(page, "Food and treats").fill(f"{name} food")
    save(other)
    press(tab, "Save")
    told = dialog(tab).get_by_role("alert").filter(has_text="Saved now")
    expect(told).to_be_focused()
    for label, yours, now in (
        ("Name", "Slow", "Quick"),
        ("Food and treats", "Slow food", "Quick food"),
    ):
        expect(told).to_contain_text(f"{label}Yours: {yours}Saved now: {now}")
    assert row_of(portal, biscuit).name == "Quick"
    assert values(portal, biscuit)["food"] == "Quick food"
    press(tab, "Take what is saved now")
    expect(steps.field(tab, "Name")).to_have_value("Quick")
    expect(steps.field(tab, "Food and treats")).to_have_value("Quick food")
    steps.field(tab, "Name").fill("Slow after all")
    save(tab)
    expect(steps.heading(tab, "Slow after all")).to_be_visible()
    assert row_of(portal, biscuit).name == "Slow after all"
    assert values(portal, biscuit)["food"] == "Quick food"


def test_what_was_archived_elsewhere_can_still_be_changed(
    tab: Page, portal: RunningPortal, biscuit: str
) -> None:
    steps.visit(tab, f"/dependents/{biscuit}")
    steps.button(tab, "Edit").click()
    steps.field(tab, "Name").fill("Biscuit the second")
    other = tab.context.new_page()
    steps.visit(other, f"/dependents/{biscuit}")
    steps.button(other, "Archive").click()
    expect(other.get_by_text("This is archived")).to_be_visible()
    # Its version is newer, but nothing that was typed differs from it.
    press(tab, "Save")
    told = dialog(tab).get_by_role("alert").filter(has_text="Saved now")
    expect(told).to_contain_text("Yours: Biscuit the secondSaved now: Biscuit")
    save(tab)
    stored = row_of(portal, biscuit)
    assert (stored.name, stored.archived_at is None) == ("Biscuit the second", False)


# --- The list -----------------------------------------------------------------------


def test_archiving_can_be_taken_back(
    tab: Page, portal: RunningPortal, biscuit: str, customer: Person
) -> None:
    keep(portal, customer, "pet", "Zuki", species="cat")
    steps.visit(tab, "/dependents")
    names = tab.get_by_role("main").get_by_role("listitem").get_by_role("link")
    expect(names).to_have_text(["Biscuit", "Zuki"])
    steps.button(tab, "Archive Biscuit").click()
    expect(names).to_have_text(["Zuki"])
    assert row_of(portal, biscuit).archived_at is not None
    told = tab.get_by_text("Biscuit is archived.").locator("..")
    expect(told).to_be_focused()
    tab.keyboard.press("Tab")
    expect(steps.button(tab, "Undo")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(names).to_have_text(["Biscuit", "Zuki"])
    assert row_of(portal, biscuit).archived_at is None
    steps.button(tab, "Archive Biscuit").click()
    expect(names).to_have_text(["Zuki"])
    tab.get_by_role("tab", name="Archived").click()
    expect(names).to_have_text(["Biscuit"])
    expect(steps.button(tab, "Undo")).to_have_count(0)
    steps.button(tab, "Restore Biscuit").click()
    expect(names).to_have_count(0)
    expect(tab.get_by_text("Nothing is archived")).to_be_visible()
    assert row_of(portal, biscuit).archived_at is None


def _cat(at: int) -> DependentForm:
    return DependentForm(name=f"Cat {at:03}", answers={"species": "cat"})


def _van(at: int) -> DependentForm:
    return DependentForm(
        name=f"Van {at:03}", answers={"plate": f"BRI {at:03}", "model": "Transit"}
    )


def test_two_hundred_are_found_by_page_word_and_kind(
    tab: Page, portal: RunningPortal, customer: Person
) -> None:
    cats = [("pet", _cat(at)) for at in range(1, 181)]
    vans = [("vehicle", _van(at)) for at in range(1, 21)]
    keep_all(portal, customer, *cats, *vans)
    steps.visit(tab, "/dependents")
    main = tab.get_by_role("main")
    links = main.get_by_role("listitem").get_by_role("link")
    expect(links).to_have_count(50)
    expect(main.get_by_text("1 to 50 of 200")).to_be_visible()
    expect(links.first).to_have_text("Cat 001")
    for first in (51, 101, 151):
        steps.button(tab, "Next").click()
        expect(main.get_by_text(f"{first} to {first + 49} of 200")).to_be_visible()
    expect(links.last).to_have_text("Van 020")
    # The button that has nothing to do any more keeps the focus.
    expect(steps.button(tab, "Next")).to_be_focused()
    expect(steps.button(tab, "Next")).to_be_disabled()
    tab.keyboard.press("Enter")
    main.get_by_role("button", name="Vehicles").click()
    expect(links).to_have_count(20)
    expect(links.first).to_have_text("Van 001")
    search = tab.get_by_label("Search by name or detail", exact=True)
    search.fill("BRI 007")
    expect(links).to_have_text(["Van 007"])
    main.get_by_role("button", name="All", exact=True).click()
    expect(links).to_have_text(["Van 007"])
    search.fill("nothing like it")
    expect(main.get_by_text("Nothing matches")).to_be_visible()
    steps.button(tab, "Show all").click()
    expect(links).to_have_count(50)
    expect(search).to_have_value("")


# --- Clumsy hands -------------------------------------------------------------------


def test_a_double_click_on_save_makes_one(
    tab: Page, portal: RunningPortal, customer: Person
) -> None:
    name = "Once"
    steps.visit(tab, "/dependents/add?type=pet")
    steps.field(tab, "Name").fill(name)
    tab.get_by_label("Kind of animal", exact=True).select_option("Cat")
    steps.button(tab, "Save").dblclick()
    expect(steps.heading(tab, name)).to_be_visible()
    assert [row.name for row in own(portal, customer)] == [name]


def test_enter_again_and_again_makes_one(
    tab: Page, portal: RunningPortal, customer: Person
) -> None:
    name = "Entered"
    steps.visit(tab, "/dependents/add?type=pet")
    tab.get_by_label("Kind of animal", exact=True).select_option("Cat")
    steps.field(tab, "Name").fill(name)
    for _ in range(4):
        tab.keyboard.press("Enter")
    expect(steps.heading(tab, name)).to_be_visible()
    assert [row.name for row in own(portal, customer)] == [name]


def test_a_refused_save_leads_the_keyboard_to_the_first_wrong_field(
    tab: Page, portal: RunningPortal, customer: Person
) -> None:
    steps.visit(tab, "/dependents/add?type=pet")
    saving = steps.button(tab, "Save")
    steps.tab_to(tab, saving)
    tab.keyboard.press("Enter")
    name = steps.field(tab, "Name")
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description("Please enter a name for the pet.")
    tab.keyboard.type("Rex")
    steps.tab_to(tab, saving)
    tab.keyboard.press("Enter")
    expect(tab.get_by_label("Kind of animal", exact=True)).to_be_focused()
    expect(saving).to_be_enabled()
    assert own(portal, customer) == []


def test_a_button_that_waits_keeps_the_focus_and_refuses(
    tab: Page, portal: RunningPortal, biscuit: str
) -> None:
    steps.visit(tab, f"/dependents/{biscuit}")
    steps.button(tab, "Edit").click()
    steps.field(tab, "Name").fill("Patient")
    saving = dialog(tab).get_by_role("button", name="Save", exact=True)
    steps.tab_to(tab, saving)
    with portal.database.write() as held:
        # What the server writes waits for this transaction.
        held.exec(select(Dependent.id)).first()
        tab.keyboard.press("Enter")
        expect(saving).to_be_disabled()
        expect(saving).to_have_attribute("aria-busy", "true")
        expect(saving).to_be_focused()
        tab.keyboard.press("Enter")
        saving.dispatch_event("click")
    expect(dialog(tab)).to_have_count(0)
    expect(steps.button(tab, "Edit")).to_be_focused()
    stored = row_of(portal, biscuit)
    assert (stored.name, stored.version) == ("Patient", 2)


def _leave_question(page: Page) -> Locator:
    return page.get_by_role("alertdialog", name="Leave without saving?")


def test_leaving_the_form_asks(
    tab: Page, portal: RunningPortal, customer: Person
) -> None:
    steps.visit(tab, "/dependents")
    add = tab.get_by_role("main").get_by_role("link", name="Add pet", exact=True)
    add.click()
    expect(steps.heading(tab, "Add pet")).to_be_visible()
    name = steps.field(tab, "Name")
    name.fill("Half a dog")
    cancel = tab.get_by_role("main").get_by_role("link", name="Cancel")
    for leave in (cancel.click, tab.go_back):
        leave()
        expect(steps.button(tab, "Keep editing")).to_be_focused()
        tab.keyboard.press("Escape")
        expect(_leave_question(tab)).to_have_count(0)
        expect(name).to_have_value("Half a dog")
        expect(tab).to_have_url(re.compile(r"/dependents/add\?type=pet$"))
    asked: list[str] = []
    tab.on("dialog", lambda question: (asked.append(question.type), question.accept()))
    steps.reload(tab)
    assert asked == ["beforeunload"]
    expect(name).to_have_value("Half a dog")
    cancel.click()
    steps.button(tab, "Discard changes").click()
    expect(tab).to_have_url(re.compile(r"/dependents$"))
    add.click()
    expect(steps.heading(tab, "Add pet")).to_be_visible()
    expect(name).to_have_value("")
    assert own(portal, customer) == []


def test_leaving_the_dialog_asks(
    tab: Page, portal: RunningPortal, biscuit: str
) -> None:
    steps.visit(tab, "/dependents")
    tab.get_by_role("main").get_by_role("link", name="Biscuit").click()
    edit, name = steps.button(tab, "Edit"), steps.field(tab, "Name")
    edit.click()
    name.fill("Half a change")
    for leave in (
        lambda: press(tab, "Cancel"),
        lambda: press(tab, "Close"),
        lambda: tab.keyboard.press("Escape"),
        tab.go_back,
    ):
        leave()
        expect(steps.button(tab, "Keep editing")).to_be_focused()
        steps.button(tab, "Keep editing").click()
        expect(name).to_have_value("Half a change")
    tab.on("dialog", lambda question: question.accept())
    steps.reload(tab)
    expect(name).to_have_value("Half a change")
    press(tab, "Cancel")
    press(tab, "Discard changes")
    expect(dialog(tab)).to_have_count(0)
    edit.click()
    expect(name).to_have_value("Biscuit")
    assert row_of(portal, biscuit).version == 1


def test_a_page_that_is_loaded_again_fills_every_kind_of_field_in_again(
    tab: Page, portal: RunningPortal, customer: Person
) -> None:
    name = "Loaded again"
    steps.visit(tab, "/dependents/add?type=pet")
    steps.field(tab, "Name").fill(name)
    steps.button(tab, "Choose a picture").click()
    tab.locator("[data-picture-file]").set_input_files(
        {"name": "rex.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    press(tab, "Save")
    expect(tab.get_by_text("The picture is ready.")).to_be_visible()
    tab.get_by_label("Kind of animal", exact=True).select_option("Dog")
    steps.field(tab, "Breed").fill("Kelpie")
    tab.get_by_role("radio", name="Yes", exact=True).check()
    tab.get_by_role("checkbox", name="Shy").check()
    tab.get_by_role("checkbox", name="Chases cats").check()
    draw_signature(tab)
    tab.on("dialog", lambda question: question.accept())
    steps.reload(tab)
    expect(tab.get_by_text("The picture is ready.")).to_be_visible()
    expect(steps.field(tab, "Breed")).to_have_value("Kelpie")
    expect(tab.get_by_role("checkbox", name="Shy")).to_be_checked()
    expect(tab.get_by_role("checkbox", name="Friendly with dogs")).not_to_be_checked()
    steps.button(tab, "Save").click()
    expect(steps.heading(tab, name)).to_be_visible()
    [dog] = own(portal, customer)
    found = values(portal, dog.id)
    assert found.pop("consent").startswith("Signed on ")
    assert found == {
        "species": "Dog",
        "breed": "Kelpie",
        "off_lead": "Yes",
        "with_others": "Shy, Chases cats",
    }
    assert dog.picture_id
    assert file_of(portal, dog.picture_id).attached_at is not None
