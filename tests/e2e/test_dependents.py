"""Dependents: kept, changed, put away, and nothing lost."""

import re

from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from portal_app.domain.dependents import service as dependents
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
from tests.support.people import Person, actor_of, session_cookie
from tests.support.pictures import picture
from tests.support.server import RunningPortal

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
    press(tab, "Use the saved version")
    expect(steps.field(tab, "Name")).to_have_value("Quick")
    expect(steps.field(tab, "Food and treats")).to_have_value("Quick food")
    steps.field(tab, "Name").fill("Slow after all")
    save(tab)
    expect(steps.heading(tab, "Slow after all")).to_be_visible()
    assert row_of(portal, biscuit).name == "Slow after all"
    assert values(portal, biscuit)["food"] == "Quick food"

    # What was archived elsewhere can still be changed: its version is newer, but
    # nothing that was typed differs from it.
    steps.button(tab, "Edit").click()
    steps.field(tab, "Name").fill("Biscuit the second")
    steps.visit(other, f"/dependents/{biscuit}")
    steps.button(other, "Archive").click()
    expect(other.get_by_text("This is archived")).to_be_visible()
    press(tab, "Save")
    told = dialog(tab).get_by_role("alert").filter(has_text="Saved now")
    expect(told).to_contain_text("Yours: Biscuit the secondSaved now: Slow after all")
    save(tab)
    stored = row_of(portal, biscuit)
    assert (stored.name, stored.archived_at is None) == ("Biscuit the second", False)


# --- The list -----------------------------------------------------------------------


def test_the_list_restores_what_is_archived_and_finds_one_of_two_hundred(
    tab: Page, portal: RunningPortal, biscuit: str, customer: Person
) -> None:
    zuki = keep(portal, customer, "pet", "Zuki", species="cat")
    _archive_and_restore(tab, portal, biscuit)
    who = actor_of(portal.database, session_cookie(portal.database, customer))
    for one in (biscuit, zuki):
        portal.database.call(dependents.archive_dependent, who, one)
    _find_one_of_two_hundred(tab, portal, customer)


def _archive_and_restore(tab: Page, portal: RunningPortal, biscuit: str) -> None:
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


def _find_one_of_two_hundred(
    tab: Page, portal: RunningPortal, customer: Person
) -> None:
    """By page, word and kind."""
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


def test_whoever_presses_too_often_saves_once(
    tab: Page, portal: RunningPortal, biscuit: str, customer: Person
) -> None:
    _be_led_to_what_is_missing(tab, portal, customer)
    # A double click on *Save*.
    tab.get_by_label("Kind of animal", exact=True).select_option("Cat")
    steps.button(tab, "Save").dblclick()
    expect(steps.heading(tab, "Rex")).to_be_visible()
    assert [row.name for row in own(portal, customer)] == ["Biscuit", "Rex"]
    # Enter, again and again.
    steps.visit(tab, "/dependents/add?type=pet")
    tab.get_by_label("Kind of animal", exact=True).select_option("Cat")
    steps.field(tab, "Name").fill("Entered")
    for _ in range(4):
        tab.keyboard.press("Enter")
    expect(steps.heading(tab, "Entered")).to_be_visible()
    assert [row.name for row in own(portal, customer)] == ["Biscuit", "Rex", "Entered"]
    _press_a_button_that_waits(tab, portal, biscuit)


def _be_led_to_what_is_missing(
    tab: Page, portal: RunningPortal, customer: Person
) -> None:
    """A refused save leads the keyboard to the first wrong field."""
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
    assert [row.name for row in own(portal, customer)] == ["Biscuit"]


def _press_a_button_that_waits(tab: Page, portal: RunningPortal, biscuit: str) -> None:
    """It keeps the focus and refuses."""
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


def test_a_form_is_not_left_unawares_and_outlives_a_reload(
    tab: Page, portal: RunningPortal, customer: Person
) -> None:
    name = "Loaded again"
    steps.visit(tab, "/dependents")
    add = tab.get_by_role("main").get_by_role("link", name="Add pet", exact=True)
    add.click()
    expect(steps.heading(tab, "Add pet")).to_be_visible()
    typed = steps.field(tab, "Name")
    typed.fill("Half a dog")
    cancel = tab.get_by_role("main").get_by_role("link", name="Cancel")
    away = tab.locator('a[href="/bookings"]:visible').first
    for leave in (cancel.click, away.click, tab.go_back):
        leave()
        expect(steps.button(tab, "Keep editing")).to_be_focused()
        tab.keyboard.press("Escape")
        expect(_leave_question(tab)).to_have_count(0)
        expect(typed).to_have_value("Half a dog")
        expect(tab).to_have_url(re.compile(r"/dependents/add\?type=pet$"))
    cancel.click()
    steps.button(tab, "Discard changes").click()
    expect(tab).to_have_url(re.compile(r"/dependents$"))
    # What is given up does not come back.
    add.click()
    expect(steps.heading(tab, "Add pet")).to_be_visible()
    expect(typed).to_have_value("")
    typed.fill("Half a dog")
    away.click()
    steps.button(tab, "Discard changes").click()
    expect(steps.heading(tab, "My Bookings")).to_be_visible()
    assert own(portal, customer) == []

    steps.visit(tab, "/dependents/add?type=pet")
    typed.fill(name)
    _fill_in_every_kind_of_field(tab)
    asked: list[str] = []
    tab.on("dialog", lambda question: (asked.append(question.type), question.accept()))
    steps.reload(tab)
    assert asked == ["beforeunload"]
    expect(typed).to_have_value(name)
    expect(tab.get_by_text("The picture is ready.")).to_be_visible()
    expect(steps.field(tab, "Breed")).to_have_value("Kelpie")
    expect(tab.get_by_role("checkbox", name="Shy")).to_be_checked()
    expect(tab.get_by_role("checkbox", name="Friendly with dogs")).not_to_be_checked()
    steps.button(tab, "Save").click()
    expect(steps.heading(tab, name)).to_be_visible()
    _expect_every_kind_of_value(portal, customer)


def _fill_in_every_kind_of_field(tab: Page) -> None:
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


def _expect_every_kind_of_value(portal: RunningPortal, customer: Person) -> None:
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
