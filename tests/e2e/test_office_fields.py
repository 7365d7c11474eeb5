"""The office says what customers are asked."""

import secrets
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import Session, col, select

from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.rules import DependentForm
from portal_app.domain.fields import schema
from portal_app.domain.fields.models import FieldDefinition, FieldValue
from portal_app.kernel.audiences import SYSTEM
from tests.e2e import steps
from tests.e2e.input_methods import InputMethod, Mouse, input_method_of
from tests.e2e.page_paths import OFFICE_ACCOUNT
from tests.support.people import Person, actor_of, session_cookie
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
PETS = "/office/fields?type=pet"


@pytest.fixture
def name(portal: RunningPortal) -> Iterator[str]:
    """A name for a field of this test alone, which is asked no more afterwards."""
    chosen = f"Jump height {secrets.token_hex(4)}"
    yield chosen
    with portal.database.read() as tx:
        ids = tx.exec(
            select(FieldDefinition.id).where(FieldDefinition.name == chosen)
        ).all()
    for definition_id in ids:
        portal.database.call(schema.archive_field, SYSTEM, definition_id)


@pytest.fixture
def office(new_context: NewContext, portal: RunningPortal) -> Page:
    """The office's tab."""
    return steps.arrive_signed_in(new_context(), portal, OFFICE_ACCOUNT)


@pytest.fixture
def hands(device: str, office: Page) -> InputMethod:
    """What the office does it with."""
    return input_method_of(device, office)


def _dialog(page: Page) -> Locator:
    return page.locator("dialog[open]")


def _field(page: Page, label: str) -> Locator:
    return _dialog(page).get_by_role("textbox", name=label, exact=True)


def _ticks(page: Page, group: str) -> Locator:
    return _dialog(page).get_by_role("group", name=group, exact=True)


def _save(page: Page, hands: InputMethod) -> None:
    hands.press(_dialog(page).get_by_role("button", name="Save", exact=True))
    expect(_dialog(page)).to_have_count(0)


def _entry(page: Page, name: str) -> Locator:
    main = page.get_by_role("main")
    return main.get_by_role("listitem").filter(has=steps.heading(page, name, level=3))


def _edit(page: Page, hands: InputMethod, name: str) -> None:
    hands.press(steps.button(page, f"Edit {name}"))
    expect(_field(page, "Name")).to_have_value(name)


def _row(tx: Session, name: str) -> FieldDefinition:
    return tx.exec(select(FieldDefinition).where(FieldDefinition.name == name)).one()


def _add_jump_height(page: Page, hands: InputMethod, name: str) -> None:
    """Ask rabbits, and only them, for a required number of centimetres."""
    steps.visit(page, PETS)
    hands.press(steps.button(page, "Add field"))
    hands.write(_field(page, "Name"), name)
    hands.pick(_dialog(page).get_by_role("group", name="Kind", exact=True), "Number")
    hands.write(_field(page, "Minimum"), "10")
    hands.write(_field(page, "Maximum"), "90")
    hands.write(_field(page, "Unit"), "cm")
    hands.tick(_dialog(page).get_by_role("checkbox", name="Required"))
    show = _dialog(page).get_by_role("combobox", name="Show it")
    hands.choose(show, "Kind", "species")
    answers = _ticks(page, "When the answer is")
    hands.tick(answers.get_by_role("checkbox", name="Rabbit"))
    preview = _dialog(page).locator(".field-preview")
    expect(preview).to_contain_text(name)
    expect(preview).to_contain_text("From 10 to 90 cm.")
    _save(page, hands)
    entry = _entry(page, name)
    expect(entry).to_contain_text("Number · From 10 to 90 cm · Whole numbers")
    expect(entry).to_contain_text("When “Kind of animal” is Rabbit")
    expect(entry).to_contain_text("Required")
    expect(entry).to_contain_text("Not filled in yet")


def _height(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("textbox", name=name)


def _add_a_rabbit(page: Page, hands: InputMethod, name: str) -> None:
    """A customer adds a rabbit, and learns what is asked of it."""
    steps.visit(page, "/dependents/add?type=pet")
    main = page.get_by_role("main")
    hands.write(main.get_by_role("textbox", name="Name", exact=True), "Hazel")
    kind = main.get_by_role("combobox", name="Kind of animal")
    expect(_height(page, name)).to_be_hidden()
    hands.choose(kind, "Rabbit", "rabbit")
    save = main.get_by_role("button", name="Save", exact=True)
    hands.press(save)
    expect(main.get_by_text("Please enter a number.")).to_be_visible()
    hands.write(_height(page, name), "200")
    hands.press(save)
    expect(main.get_by_text("Please enter a number from 10 to 90 cm.")).to_be_visible()
    hands.write(_height(page, name), "40")
    hands.press(save)
    expect(steps.heading(page, "Hazel")).to_be_visible()
    assert steps.facts(page)[name] == ["40 cm"]


def test_from_the_offices_question_to_the_customers_answer(
    office: Page,
    new_context: NewContext,
    portal: RunningPortal,
    customer: Person,
    name: str,
) -> None:
    hands = input_method_of("desktop", office)
    _add_jump_height(office, hands, name)
    _put_in_order(office, hands, portal, name)
    page = steps.arrive_signed_in(new_context(), portal, customer)
    _add_a_rabbit(page, input_method_of("desktop", page), name)
    # The office asks for less, then for nothing, then again: the answer is kept.
    steps.reload(office)
    expect(_entry(office, name)).to_contain_text("Filled in once")
    _edit(office, hands, name)
    hands.write(_field(office, "Maximum"), "30")
    _save(office, hands)
    expect(_entry(office, name)).to_contain_text("From 10 to 30 cm")
    steps.reload(page)
    assert steps.facts(page)[name] == ["40 cm"]
    hands.press(steps.button(office, f"Archive {name}"))
    told = office.get_by_role("status").filter(has_text=name)
    expect(told).to_contain_text("is not asked any more. Earlier answers are kept.")
    steps.reload(page)
    assert name not in steps.facts(page)
    hands.press(told.get_by_role("button", name="Undo"))
    expect(_entry(office, name)).to_be_visible()
    steps.reload(page)
    assert steps.facts(page)[name] == ["40 cm"]
    with portal.database.read() as tx:
        row = _row(tx, name)
        assert (row.minimum, row.maximum, row.unit) == ("10", "30", "cm")
        assert (row.required, row.archived_at) == (True, None)
        assert row.shown_when == {"key": "species", "values": ["rabbit"]}
        [value] = tx.exec(
            select(FieldValue).where(FieldValue.definition_id == row.id)
        ).all()
        assert (value.value, value.text) == ("40", "40 cm")
    _change_what_another_tab_changed(office, portal, name)


def _put_in_order(
    office: Page, hands: InputMethod, portal: RunningPortal, name: str
) -> None:
    titles = office.get_by_role("main").get_by_role("heading", level=3)
    before = titles.all_inner_texts()
    assert before[-1] == name
    expect(steps.button(office, f"Move {name} down")).to_be_disabled()
    hands.press(steps.button(office, f"Move {name} up"))
    moved = [*before[:-2], name, before[-2]]
    expect(titles).to_have_text(moved)
    steps.reload(office)
    expect(titles).to_have_text(moved)
    with portal.database.read() as tx:
        scope = _row(tx, name).scope_id
        rows = tx.exec(
            select(FieldDefinition.name)
            .where(
                FieldDefinition.scope_id == scope,
                col(FieldDefinition.archived_at).is_(None),
            )
            .order_by(col(FieldDefinition.position))
        ).all()
    assert list(rows) == moved


def _change_what_another_tab_changed(
    office: Page, portal: RunningPortal, name: str
) -> None:
    hands = input_method_of("desktop", office)
    _edit(office, hands, name)
    hands.write(_field(office, "Maximum"), "70")
    with portal.database.write() as tx:
        row = _row(tx, name)
        row.unit, row.maximum, row.version = "mm", "900", row.version + 1
        version = row.version
    save = _dialog(office).get_by_role("button", name="Save", exact=True)
    hands.press(save)
    told = _dialog(office).get_by_role("alert").filter(has_text="Saved now")
    expect(told).to_contain_text("UnitYours: cmSaved now: mm")
    expect(told).to_contain_text("MaximumYours: 70Saved now: 900")
    with portal.database.read() as tx:
        row = _row(tx, name)
        assert (row.unit, row.maximum, row.version) == ("mm", "900", version)
    hands.press(told.get_by_role("button", name="Use the saved version"))
    expect(_field(office, "Unit")).to_have_value("mm")
    expect(_field(office, "Maximum")).to_have_value("900")
    hands.write(_field(office, "Maximum"), "800")
    _save(office, hands)
    with portal.database.read() as tx:
        row = _row(tx, name)
        assert (row.unit, row.maximum, row.version) == ("mm", "800", version + 1)


def test_a_changed_kind_says_what_becomes_of_the_answers(
    office: Page,
    new_context: NewContext,
    portal: RunningPortal,
    customer: Person,
    name: str,
) -> None:
    hands = Mouse()
    _add_jump_height(office, hands, name)
    who = actor_of(portal.database, session_cookie(portal.database, customer))
    with portal.database.read() as tx:
        key = _row(tx, name).key
    form = DependentForm(name="Fiver", answers={"species": "rabbit", key: "40"})
    rabbit = portal.database.call(dependents.add_dependent, who, "pet", form, "r1")
    steps.reload(office)
    _edit(office, hands, name)
    words = "What was entered as “Number” is kept and shown as an earlier entry"
    expect(_dialog(office).get_by_text(words)).to_be_hidden()
    kind = _dialog(office).get_by_role("group", name="Kind", exact=True)
    hands.pick(kind, "One choice")
    expect(_dialog(office).get_by_text(words)).to_be_visible()
    for at, choice in enumerate(("Low", "High"), start=1):
        hands.press(steps.button(office, "Add a choice"))
        expect(_field(office, f"Choice {at}")).to_be_focused()
        office.keyboard.type(choice)
    hands.press(steps.button(office, "Move choice 2 up"))
    expect(_field(office, "Choice 1")).to_have_value("High")
    _save(office, hands)
    expect(_entry(office, name)).to_contain_text("One choice · High, Low")
    page = steps.arrive_signed_in(new_context(), portal, customer)
    steps.visit(page, f"/dependents/{rabbit}")
    assert steps.facts(page)[name] == ["40 cm"]
    _edit(office, hands, name)
    hands.press(steps.button(office, "Remove choice 1"))
    aside = _dialog(office).get_by_text("People who chose one of these keep it.")
    expect(aside).to_be_visible()
    _save(office, hands)
    expect(_entry(office, name)).to_contain_text("One choice · Low")
    with portal.database.read() as tx:
        assert _row(tx, name).choices == [
            {"key": "low", "name": "Low"},
            {"key": "high", "name": "High", "retired": True},
        ]


def test_what_was_typed_outlives_a_reload(
    office: Page, portal: RunningPortal, name: str
) -> None:
    steps.visit(office, "/office/fields")
    whom = office.get_by_role("navigation", name="Who to ask")
    whom.get_by_role("link", name="Pools").click()
    expect(steps.heading(office, "Pools", level=2)).to_be_visible()
    expect(office).to_have_url("/office/fields?type=pool")
    expect(_entry(office, "Sanitiser")).to_be_visible()
    whom.get_by_role("link", name="Pets").click()
    expect(steps.heading(office, "Pets", level=2)).to_be_visible()
    expect(office).to_have_url(PETS)
    steps.button(office, "Add field").click()
    _field(office, "Name").fill(name)
    _dialog(office).get_by_role("radio", name="Several choices").check()
    for choice in ("Over the fence", "Over the cat"):
        steps.button(office, "Add a choice").click()
        office.keyboard.type(choice)
    show = _dialog(office).get_by_role("combobox", name="Show it")
    show.select_option("species")
    answers = _ticks(office, "When the answer is")
    answers.get_by_role("checkbox", name="Rabbit").check()
    _ticks(office, "Who sees it").get_by_role("checkbox", name="Fieldworker").uncheck()
    office.wait_for_function(
        """() => Object.values(sessionStorage).some(
            kept => kept.includes('"shown_values.rabbit":"on"')
                && kept.includes('"visible_to.fieldworker":""'))"""
    )
    office.on("dialog", lambda question: question.accept())
    steps.reload(office)
    expect(_field(office, "Name")).to_have_value(name)
    expect(_field(office, "Choice 1")).to_have_value("Over the fence")
    expect(_field(office, "Choice 2")).to_have_value("Over the cat")
    expect(show).to_have_value("species")
    expect(answers.get_by_role("checkbox", name="Rabbit")).to_be_checked()
    preview = _dialog(office).locator(".field-preview")
    expect(preview).to_contain_text("Over the cat")
    _dialog(office).get_by_role("button", name="Save", exact=True).click()
    expect(_dialog(office)).to_have_count(0)
    with portal.database.read() as tx:
        row = _row(tx, name)
        assert [choice["name"] for choice in row.choices] == [
            "Over the fence",
            "Over the cat",
        ]
        assert row.visible_to == ["customer", "office"]
        assert row.shown_when == {"key": "species", "values": ["rabbit"]}


@pytest.mark.parametrize("device", ["phone"], indirect=True)
def test_every_customer_is_asked_what_the_office_asks(  # noqa: PLR0917 - two people
    office: Page,
    hands: InputMethod,
    new_context: NewContext,
    portal: RunningPortal,
    customer: Person,
    name: str,
) -> None:
    _choose_of_whom(office)
    steps.visit(office, "/office/fields")
    expect(steps.heading(office, "Customers", level=2)).to_be_visible()
    hands.press(steps.button(office, "Add field"))
    hands.write(_field(office, "Name"), name)
    kind = _dialog(office).get_by_role("group", name="Kind", exact=True)
    hands.pick(kind, "Yes or no")
    hands.write(_field(office, "Help"), "We bring a tape measure.")
    _save(office, hands)
    page = steps.arrive_signed_in(new_context(), portal, customer)
    steps.visit(page, "/account")
    hands.press(steps.button(page, "Edit answers"))
    asked = _dialog(page).get_by_role("group", name=name)
    expect(asked).to_contain_text("We bring a tape measure.")
    hands.pick(asked, "Yes")
    _save(page, hands)
    assert steps.facts(page)[name] == ["Yes"]


def _choose_of_whom(office: Page) -> None:
    """On a phone from one list; an address may name somebody, or nobody."""
    steps.visit(office, "/office/fields")
    office.get_by_role("combobox", name="Who to ask").select_option("Pools (5)")
    expect(steps.heading(office, "Pools", level=2)).to_be_visible()
    expect(office).to_have_url("/office/fields?type=pool")
    expect(_entry(office, "Sanitiser")).to_be_visible()
    steps.visit(office, "/office/fields?service=dog-walking")
    expect(steps.heading(office, "Dog walking", level=2)).to_be_visible()
    steps.visit(office, "/office/fields?type=no-such-type")
    expect(
        steps.heading(office, "This is not offered any more", level=2)
    ).to_be_visible()
