"""Dependents and their documents: kept, changed, put away, and nothing lost."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import Session, col, select

from portal_app.domain.customers.models import Customer
from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.models import Dependent, DependentDocument
from portal_app.domain.dependents.rules import DependentForm
from portal_app.domain.fields.models import FieldDefinition, FieldValue
from portal_app.domain.files.models import StoredFile
from tests.e2e import steps
from tests.support.people import Person, actor_of, session_cookie
from tests.support.pictures import PDF, picture
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
LONG_PAST, FAR_OFF = "2020-01-31", "2031-10-10"


@pytest.fixture
def tab(new_context: NewContext, portal: RunningPortal, customer: Person) -> Page:
    """The customer's tab."""
    return steps.arrive_signed_in(new_context(), portal, customer)


@pytest.fixture
def biscuit(portal: RunningPortal, customer: Person) -> str:
    """The id of the customer's dog."""
    return keep(portal, customer, "pet", "Biscuit", species="dog", food="Kibble")


def keep(
    portal: RunningPortal, person: Person, kind: str, name: str, **answers: Any
) -> str:
    """A dependent of this person; its id."""
    [added] = keep_all(
        portal, person, (kind, DependentForm(name=name, answers=answers))
    )
    return added


def keep_all(
    portal: RunningPortal, person: Person, *wanted: tuple[str, DependentForm]
) -> list[str]:
    """Several, each with its type; their ids."""
    who = actor_of(portal.database, session_cookie(portal.database, person))
    return [
        portal.database.call(dependents.add, who, kind, form, "")
        for kind, form in wanted
    ]


def values(portal: RunningPortal, dependent: str) -> dict[str, str]:
    """What is stored in the fields of a dependent, as text."""

    def read(tx: Session) -> dict[str, str]:
        rows = tx.exec(
            select(FieldDefinition.key, FieldValue.text)
            .join(FieldDefinition, col(FieldDefinition.id) == FieldValue.definition_id)
            .where(FieldValue.subject_id == dependent)
        )
        return {key: text for key, text in rows if text}

    return portal.database.query(read)


def row_of(portal: RunningPortal, dependent: str) -> Dependent:
    """A dependent as it is stored."""
    with portal.database.read() as tx:
        return tx.get_one(Dependent, dependent)


def own(portal: RunningPortal, person: Person) -> list[Dependent]:
    """Every dependent of this person."""

    def read(tx: Session) -> list[Dependent]:
        mine = (
            select(Dependent)
            .join(Customer, col(Customer.id) == Dependent.customer_id)
            .where(Customer.email == person.email)
        )
        return list(tx.exec(mine))

    return portal.database.query(read)


def dialog(page: Page) -> Locator:
    """The dialog that is open."""
    return page.locator("dialog[open]")


def press(page: Page, name: str) -> None:
    """Press a button of the dialog that is open."""
    dialog(page).get_by_role("button", name=name, exact=True).click()


def save(page: Page) -> None:
    """Save the dialog that is open; ends when it is closed."""
    press(page, "Save")
    expect(dialog(page)).to_have_count(0)


def hand_in(page: Page, field: str, name: str, content: bytes) -> None:
    """Choose a file for a field; ends when it is uploaded."""
    page.locator(f"#field-{field}").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    expect(page.get_by_role("link", name=name)).to_be_visible()


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


# --- Documents ----------------------------------------------------------------------


def documents_of(portal: RunningPortal, dependent: str) -> list[DependentDocument]:
    with portal.database.read() as tx:
        found = select(DependentDocument).where(
            DependentDocument.dependent_id == dependent
        )
        return list(tx.exec(found.order_by(col(DependentDocument.created_at))))


def file_of(portal: RunningPortal, file_id: str) -> StoredFile:
    with portal.database.read() as tx:
        return tx.get_one(StoredFile, file_id)


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
    save(tab)
    _expect_badge(item(tab, "Vaccination certificate"), "Valid", "--success")

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


def _expect_badge(paper: Locator, words: str, colour: str) -> None:
    badge = paper.get_by_text(re.compile(f"^{words}$"))
    expect(badge).to_be_visible()
    assert (
        badge.evaluate(
            """(badge, name) => {
            const probe = document.createElement("i");
            probe.style.color = `var(${name})`;
            badge.append(probe);
            const wanted = getComputedStyle(probe).color;
            probe.remove();
            return [getComputedStyle(badge).color, wanted];
        }""",
            colour,
        )
        == [badge.evaluate("badge => getComputedStyle(badge).color")] * 2
    )


def test_the_second_tab_is_shown_what_changed_of_a_document(
    tab: Page, portal: RunningPortal, biscuit: str
) -> None:
    steps.visit(tab, f"/dependents/{biscuit}")
    steps.button(tab, "Add document").click()
    tab.get_by_label("Kind of document", exact=True).select_option("Another document")
    steps.field(tab, "Name").fill("Pedigree")
    hand_in(tab, "document-file_id", "pedigree.pdf", PDF)
    save(tab)
    other = tab.context.new_page()
    steps.visit(other, f"/dependents/{biscuit}")
    for page, name in ((tab, "Slow"), (other, "Quick")):
        steps.button(page, "Change Pedigree").click()
        steps.field(page, "Name").fill(name)
    save(other)
    press(tab, "Save")
    told = dialog(tab).get_by_role("alert").filter(has_text="Saved now")
    expect(told).to_contain_text("NameYours: SlowSaved now: Quick")
    [stored] = documents_of(portal, biscuit)
    assert stored.name == "Quick"
    save(tab)
    [stored] = documents_of(portal, biscuit)
    assert stored.name == "Slow"


# --- Fields that take a file or a signature -----------------------------------------


def _draw(page: Page) -> None:
    pad = page.locator(".signature-pad canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 70, steps=5)
    page.mouse.up()
    expect(page.get_by_text("Your signature is ready.")).to_be_visible()


def test_a_signature_is_drawn_typed_and_taken_back(
    tab: Page, portal: RunningPortal, customer: Person
) -> None:
    consent = "Consent to treatment in an emergency"
    steps.visit(tab, "/dependents/add?type=pet")
    steps.field(tab, "Name").fill("Signed")
    tab.get_by_label("Kind of animal", exact=True).select_option("Cat")
    _draw(tab)
    steps.button(tab, "Save").click()
    expect(steps.heading(tab, "Signed")).to_be_visible()
    [cat] = own(portal, customer)
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


def test_a_file_is_kept_in_a_field_replaced_and_removed(
    tab: Page, portal: RunningPortal, customer: Person
) -> None:
    steps.visit(tab, "/dependents/add?type=vehicle")
    steps.field(tab, "Name").fill("The van")
    steps.field(tab, "Number plate").fill("BRI 001")
    steps.field(tab, "Make and model").fill("Transit")
    hand_in(tab, "damage_photo", "dent.jpg", picture())
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
    assert values(portal, van.id) == {"plate": "BRI 001", "model": "Transit"}


def test_the_keyboard_keeps_its_place_in_files_and_signatures(tab: Page) -> None:
    steps.visit(tab, "/dependents/add?type=vehicle")
    field = tab.locator("#field-damage_photo")
    for name in ("dent.jpg", "scratch.jpg"):
        steps.tab_to(tab, field)
        with tab.expect_file_chooser() as chooser:
            tab.keyboard.press("Enter")
        file = {"name": name, "mimeType": "image/jpeg", "buffer": picture()}
        chooser.value.set_files(file)
        expect(tab.get_by_role("link", name=name)).to_be_visible()
        expect(field).to_be_focused()
    steps.tab_to(tab, steps.button(tab, "Remove"))
    tab.keyboard.press("Enter")
    expect(field).to_be_focused()
    steps.visit(tab, "/dependents/add?type=pet")
    typing = steps.button(tab, "Type your name instead")
    for _ in range(2):
        steps.tab_to(tab, typing)
        tab.keyboard.press("Enter")
        expect(tab.get_by_label("Type your name", exact=True)).to_be_focused()
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        expect(typing).to_be_focused()


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
    _draw(tab)
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
