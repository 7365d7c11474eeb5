"""For whom a booking is and what it asks: in the wizard and afterwards."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import Session, col, select

from portal_app.domain.bookings import confirmation, drafts, queries
from portal_app.domain.bookings.models import Booking
from portal_app.domain.bookings.rules import BookingContactForm, DetailsForm
from portal_app.domain.dependents import service as dependents
from portal_app.domain.fields.models import FieldValue
from portal_app.domain.files.models import StoredFile
from portal_app.kernel.audiences import Actor
from tests.e2e import steps
from tests.e2e.input_methods import input_method_of
from tests.support.bookings import demo_draft_before_contact
from tests.support.dependents import cat_form
from tests.support.people import Person, actor_of, session_cookie
from tests.support.pictures import picture
from tests.support.server import RunningPortal
from tests.support.services import DedicatedService, create_walk_with_fields

NewContext = Callable[[], BrowserContext]
MEET, PARK, PHOTO = "Where do we meet?", "Which park?", "Photo of the harness"
NOTES = "The side gate sticks."
PNG = {"name": "harness.png", "mimeType": "image/png", "buffer": picture("PNG")}
AT_THE_DOOR = {"meeting_point": "door"}


@dataclass(frozen=True)
class Scene:
    """A customer with a dog called Rex, who says whom a walk is for that asks."""

    portal: RunningPortal
    person: Person
    who: Actor
    offer: DedicatedService
    draft: str
    rex: str

    @property
    def step(self) -> str:
        return f"/book/{self.offer.slug}?step=who&draft={self.draft}"

    def adopt(self, name: str) -> str:
        form = cat_form(name)
        return self.portal.database.call(
            dependents.add_dependent, self.who, "pet", form, ""
        )

    def booked(self, *whom: str) -> str:
        """The number of the walk, confirmed without the browser."""
        database = self.portal.database
        contact = BookingContactForm(
            name=self.person.name,
            email=self.person.email,
            details=DetailsForm(whom, AT_THE_DOOR),
        )
        draft = database.call(drafts.choose_contact, self.who, self.draft, contact)
        return confirmation.confirm(database, self.who, draft.id, draft.shown)


@pytest.fixture
def scene(portal: RunningPortal, customer: Person) -> Scene:
    database = portal.database
    who = actor_of(database, session_cookie(database, customer))
    offer = create_walk_with_fields(database)
    rex = database.call(dependents.add_dependent, who, "pet", cat_form("Rex"), "")
    return Scene(
        portal,
        customer,
        who,
        offer,
        demo_draft_before_contact(database, who, offer.slug),
        rex,
    )


@pytest.fixture
def tab(new_context: NewContext, scene: Scene) -> Page:
    """The customer's tab."""
    return steps.arrive_signed_in(new_context(), scene.portal, scene.person)


def _who(page: Page, scene: Scene) -> None:
    steps.visit(page, scene.step)
    steps.at_step(page, "Who it is for")
    expect(_box(page, "Rex")).to_be_visible()


def _box(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("checkbox", name=re.compile(f"^{name}"))


def _radio(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("radio", name=name, exact=True)


def _dialog(page: Page) -> Locator:
    return page.locator("dialog[open]")


def _choose_photo(page: Page) -> None:
    with page.expect_file_chooser() as chooser:
        page.locator("#field-details-photo").tap()
    chooser.value.set_files([PNG])
    expect(steps.link(page, "harness.png")).to_be_visible()


def _pick(radio: Locator) -> None:
    radio.tap()
    expect(radio).to_be_checked()


def _as_filled_in(page: Page, photo: str = "The file you chose") -> None:
    """In the park, with a photo and notes: as the journey fills it in."""
    expect(_radio(page, "In the park")).to_be_checked()
    expect(steps.field(page, PARK)).to_have_value("Enmore Park")
    expect(steps.link(page, photo)).to_be_visible()
    expect(steps.field(page, "Notes for the visit")).to_have_value(NOTES)


@pytest.mark.parametrize("device", ["phone"], indirect=True)
def test_a_walk_that_asks_is_booked_and_changed(
    device: str, tab: Page, scene: Scene
) -> None:
    hands = input_method_of(device, tab)
    _who(tab, scene)
    hands.tick(_box(tab, "Rex"))
    hands.press(steps.link(tab, "Add a pet"))
    expect(steps.heading(tab, "Add pet")).to_be_visible()
    expect(steps.link(tab, "Back to your booking")).to_be_visible()
    hands.write(steps.field(tab, "Name"), "Ada")
    hands.choose(tab.get_by_label("Kind of animal", exact=True), "Cat", "cat")
    hands.press(steps.button(tab, "Save"))
    steps.at_step(tab, "Who it is for")
    for name in ("Ada", "Rex"):
        expect(_box(tab, name)).to_be_checked()
    for step in ("Contact details", "Details"):
        hands.press(steps.button(tab, "Next"))
        steps.at_step(tab, step)
    _choose_photo(tab)
    hands.write(steps.field(tab, "Notes for the visit"), NOTES)
    hands.press(steps.button(tab, "Next"))
    group = tab.get_by_role("group", name=MEET)
    expect(group.get_by_text("Please choose one.", exact=True)).to_be_visible()
    expect(steps.field(tab, PARK)).to_have_count(0)
    hands.tick(_radio(tab, "At the door"))
    _pick(_radio(tab, "In the park"))
    hands.write(steps.field(tab, PARK), "Enmore Park")
    _as_filled_in(tab, "harness.png")
    steps.reload(tab)
    _as_filled_in(tab)

    hands.press(steps.button(tab, "Next"))
    steps.at_step(tab, "Overview")
    answers = {
        MEET: ["In the park"],
        PARK: ["Enmore Park"],
        PHOTO: ["harness.png"],
    }
    assert answers.items() <= steps.facts(tab).items()
    steps.reload(tab)
    steps.at_step(tab, "Overview")
    assert answers.items() <= steps.facts(tab).items()
    for name in ("Ada", "Rex"):
        expect(tab.get_by_role("main").get_by_text(name, exact=True)).to_be_visible()
    details = answers | {"For": ["Ada", "Rex"]}
    hands.press(steps.button(tab, "Confirm booking"))
    number = steps.booked(tab)
    assert details.items() <= steps.facts(tab).items()
    assert _stored(scene) == ["Ada", "Rex"]

    steps.visit(tab, f"/bookings/{number}")
    expect(steps.heading(tab, "Details", level=2)).to_be_visible()
    assert details.items() <= steps.facts(tab).items()
    hands.press(steps.button(tab, "Edit details"))
    dialog = _dialog(tab)
    expect(_box(dialog, "Rex")).to_be_checked()
    _box(dialog, "Ada").tap()
    _pick(_radio(dialog, "At the door"))
    expect(dialog.get_by_label(PARK)).to_be_hidden()
    hands.press(dialog.get_by_role("button", name="Save", exact=True))
    expect(dialog).to_have_count(0)
    changed = {"For": ["Rex"], MEET: ["At the door"], PHOTO: ["harness.png"]}
    assert changed.items() <= steps.facts(tab).items()
    expect(tab.get_by_text("Changed: “Where do we meet?”.")).to_be_visible()
    expect(tab.get_by_text("For Rex.", exact=True)).to_be_visible()

    steps.visit(tab, f"/dependents/{scene.rex}")
    expect(steps.link(tab, scene.offer.name)).to_be_visible()
    expect(steps.link(tab, scene.offer.name)).to_have_attribute(
        "href", f"/bookings/{number}"
    )


def _stored(scene: Scene) -> list[str]:
    """Whom the booking is for; its answers and its file belong to it alone."""

    def read(tx: Session) -> list[str]:
        booking = tx.exec(select(Booking).where(Booking.draft_id == scene.draft)).one()
        values = tx.exec(
            select(FieldValue).where(
                col(FieldValue.subject_id).in_([scene.draft, booking.id])
            )
        ).all()
        assert {(row.subject_kind, row.subject_id) for row in values} == {
            ("booking", booking.id)
        }
        files = tx.exec(
            select(StoredFile).where(StoredFile.customer_id == scene.who.customer_id)
        ).all()
        assert [(row.name, row.attached_at is None) for row in files] == [
            ("harness.png", False)
        ]
        view = queries.get_booking(tx, scene.who, booking.number)
        return [one.name for one in view.for_whom]

    return scene.portal.database.query(read)


def test_a_booking_is_edited_with_a_pet_added_and_a_reload_on_the_way(
    tab: Page, scene: Scene
) -> None:
    number = scene.booked()
    steps.visit(tab, f"/bookings/{number}")
    steps.button(tab, "Edit details").click()
    _dialog(tab).get_by_role("link", name="Add a pet", exact=True).click()
    expect(steps.heading(tab, "Add pet")).to_be_visible()
    expect(steps.link(tab, "Back to your booking")).to_be_visible()
    steps.field(tab, "Name").fill("Ada")
    tab.get_by_label("Kind of animal", exact=True).select_option("cat")
    steps.button(tab, "Save").click()
    expect(steps.heading(tab, "Details", level=2)).to_be_visible()
    assert "For" not in steps.facts(tab)
    steps.button(tab, "Edit details").click()
    dialog = _dialog(tab)
    expect(_box(dialog, "Ada")).to_be_checked()
    expect(_box(dialog, "Rex")).not_to_be_checked()
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_have_count(0)
    assert steps.facts(tab)["For"] == ["Ada"]

    steps.button(tab, "Edit details").click()
    _box(dialog, "Ada").uncheck()
    _radio(dialog, "In the park").check()
    dialog.get_by_label(PARK).fill("Sydney Park")
    dialog.locator("#field-details-photo").set_input_files([PNG])
    expect(dialog.get_by_role("link", name="harness.png")).to_be_visible()
    tab.once("dialog", lambda question: question.accept())
    steps.reload(tab)
    expect(dialog.get_by_label(PARK)).to_have_value("Sydney Park")
    expect(_box(dialog, "Ada")).not_to_be_checked()
    expect(dialog.get_by_role("link", name="The file you chose")).to_be_visible()
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_have_count(0)
    found = steps.facts(tab)
    assert "For" not in found
    assert (found[PARK], found[PHOTO]) == (["Sydney Park"], ["harness.png"])
