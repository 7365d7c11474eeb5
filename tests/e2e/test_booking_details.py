"""For whom a booking is and what it asks: in the wizard, afterwards, by two tabs."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import Session, col, select

from portal_app.domain.bookings import service as bookings
from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.domain.bookings.rules import ContactForm, DetailsForm
from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.models import Dependent
from portal_app.domain.fields.models import FieldValue
from portal_app.domain.files.models import StoredFile
from portal_app.integrations.storage import FsspecStorage
from portal_app.kernel.audiences import Actor
from portal_app.state.book import BookState
from portal_app.state.book_contact import BookContactState
from portal_app.state.booking import BookingState
from portal_app.state.booking_details import BookingDetailsState
from tests.e2e import steps
from tests.e2e.hands import Hands, hands_of
from tests.support.handing_in import hand_in
from tests.support.household import pet
from tests.support.offers import Offer, a_walk_that_asks
from tests.support.people import (
    Person,
    actor_of,
    guest_cookie,
    new_customer,
    session_cookie,
)
from tests.support.pictures import picture
from tests.support.server import RunningPortal
from tests.support.sockets import RawTab, raw_tab
from tests.support.visits import at_contact

NewContext = Callable[[], BrowserContext]
MEET, PARK, PHOTO = "Where do we meet?", "Which park?", "Photo of the harness"
NOTES = "The side gate sticks."
PNG = {"name": "harness.png", "mimeType": "image/png", "buffer": picture("PNG")}
AT_THE_DOOR = {"meeting_point": "door"}


@dataclass(frozen=True)
class Scene:
    """A customer with a dog called Rex, at the contact step of a walk that asks."""

    portal: RunningPortal
    person: Person
    who: Actor
    offer: Offer
    draft: str
    rex: str

    @property
    def step(self) -> str:
        return f"/book/{self.offer.slug}?step=contact&draft={self.draft}"

    def adopt(self, name: str) -> str:
        form = pet(name)
        return self.portal.database.call(dependents.add, self.who, "pet", form, "")

    def booked(self, *whom: str) -> str:
        """The number of the walk, confirmed without the browser."""
        database = self.portal.database
        contact = ContactForm(
            name=self.person.name,
            email=self.person.email,
            details=DetailsForm(whom, AT_THE_DOOR),
        )
        draft = database.call(bookings.choose_contact, self.who, self.draft, contact)
        return bookings.confirm(database, self.who, draft.id, draft.shown)


@pytest.fixture
def scene(portal: RunningPortal, customer: Person) -> Scene:
    database = portal.database
    who = actor_of(database, session_cookie(database, customer))
    offer = a_walk_that_asks(database)
    rex = database.call(dependents.add, who, "pet", pet("Rex"), "")
    return Scene(
        portal, customer, who, offer, at_contact(database, who, offer.slug), rex
    )


@pytest.fixture
def tab(new_context: NewContext, scene: Scene) -> Page:
    """The customer's tab."""
    return steps.arrive_signed_in(new_context(), scene.portal, scene.person)


def _contact(page: Page, scene: Scene) -> None:
    steps.visit(page, scene.step)
    steps.at_step(page, "Contact details")
    expect(steps.field(page, "Name")).to_be_visible()


def _box(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("checkbox", name=re.compile(f"^{name}"))


def _radio(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("radio", name=name, exact=True)


def _dialog(page: Page) -> Locator:
    return page.locator("dialog[open]")


def _choose_photo(page: Page, hands: Hands) -> None:
    with page.expect_file_chooser() as chooser:
        hands.press(page.locator("#field-details-photo"))
    chooser.value.set_files([PNG])
    expect(steps.link(page, "harness.png")).to_be_visible()


def _pick_next(page: Page, device: str, arrow: str, radio: Locator) -> None:
    """Pick the choice beside the one that has the focus."""
    if device == "phone":
        radio.tap()
    else:
        page.keyboard.press(arrow)
    expect(radio).to_be_checked()


def _as_filled_in(page: Page, photo: str = "The file you chose") -> None:
    """Rex, in the park, with a photo and notes: as the journey fills it in."""
    expect(_box(page, "Rex")).to_be_checked()
    expect(_radio(page, "In the park")).to_be_checked()
    expect(steps.field(page, PARK)).to_have_value("Enmore Park")
    expect(steps.link(page, photo)).to_be_visible()
    expect(steps.field(page, "Notes for the visit")).to_have_value(NOTES)


def test_the_whole_way(device: str, tab: Page, scene: Scene) -> None:
    hands = hands_of(device, tab)
    _contact(tab, scene)
    hands.tick(_box(tab, "Rex"))
    _choose_photo(tab, hands)
    hands.write(steps.field(tab, "Notes for the visit"), NOTES)
    hands.press(steps.button(tab, "Next"))
    group = tab.get_by_role("group", name=MEET)
    expect(group.get_by_text("Please choose one.", exact=True)).to_be_visible()
    expect(steps.field(tab, PARK)).to_have_count(0)
    hands.tick(_radio(tab, "At the door"))
    _pick_next(tab, device, "ArrowDown", _radio(tab, "In the park"))
    hands.write(steps.field(tab, PARK), "Enmore Park")
    _as_filled_in(tab, "harness.png")
    steps.reload(tab)
    _as_filled_in(tab)

    hands.press(steps.link(tab, "Add a pet"))
    expect(steps.heading(tab, "Add pet")).to_be_visible()
    expect(steps.link(tab, "Back to your booking")).to_be_visible()
    hands.write(steps.field(tab, "Name"), "Ada")
    hands.choose(tab.get_by_label("Kind of animal", exact=True), "Cat", "cat")
    hands.press(steps.button(tab, "Save"))
    steps.at_step(tab, "Contact details")
    expect(_box(tab, "Ada")).to_be_checked()
    _as_filled_in(tab)

    hands.press(steps.button(tab, "Next"))
    steps.at_step(tab, "Overview")
    details = {
        "For": ["Ada", "Rex"],
        MEET: ["In the park"],
        PARK: ["Enmore Park"],
        PHOTO: ["harness.png"],
    }
    assert details.items() <= steps.facts(tab).items()
    steps.reload(tab)
    steps.at_step(tab, "Overview")
    assert details.items() <= steps.facts(tab).items()
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
    if device == "phone":
        _box(dialog, "Ada").tap()
    else:
        steps.tab_to(tab, _box(dialog, "Ada"))
        tab.keyboard.press("Space")
        steps.tab_to(tab, _radio(dialog, "In the park"))
    _pick_next(tab, device, "ArrowUp", _radio(dialog, "At the door"))
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
        view = bookings.booking(tx, scene.who, booking.number)
        return [one.name for one in view.for_whom]

    return scene.portal.database.query(read)


def test_who_was_archived_meanwhile_is_asked_for_again(
    device: str, tab: Page, scene: Scene
) -> None:
    scene.adopt("Tom")
    _contact(tab, scene)
    _box(tab, "Rex").check()
    _radio(tab, "At the door").check()
    steps.go_on(tab)
    steps.at_step(tab, "Overview")
    # Whatever is still being read of the draft is read now.
    steps.reload(tab)
    steps.at_step(tab, "Overview")
    scene.portal.database.call(dependents.archive, scene.who, scene.rex)
    steps.button(tab, "Confirm booking").click()
    steps.at_step(tab, "Contact details")
    expect(
        tab.get_by_text(
            "Rex cannot be chosen any more. Please look at “Contact details” again.",
            exact=True,
        )
    ).to_have_count(1)
    expect(_box(tab, "Tom")).to_be_visible()
    expect(_box(tab, "Rex")).to_have_count(0)
    steps.go_on(tab)
    steps.at_step(tab, "Overview")
    assert "For" not in steps.facts(tab)
    steps.confirm(tab)


def test_two_tabs_of_the_wizard(
    tab: Page, scene: Scene, new_context: NewContext
) -> None:
    _contact(tab, scene)
    other = tab.context.new_page()
    _contact(other, scene)
    _box(tab, "Rex").check()
    _radio(tab, "At the door").check()
    steps.go_on(tab)
    steps.at_step(tab, "Overview")
    _radio(other, "In the park").check()
    steps.field(other, PARK).fill("Sydney Park")
    steps.go_on(other)
    steps.at_step(other, "Overview")
    steps.button(tab, "Confirm booking").click()
    expect(
        tab.get_by_text(
            "This booking was changed in another window. "
            "Please look at the overview again.",
            exact=True,
        )
    ).to_be_visible()
    # The overview shows what the other tab made of it.
    expect(tab.get_by_text("Sydney Park", exact=True)).to_be_visible()
    steps.confirm(tab)
    assert steps.facts(tab)[MEET] == ["In the park"]


def test_two_tabs_of_a_booking(device: str, tab: Page, scene: Scene) -> None:
    number = scene.booked(scene.rex)
    scene.adopt("Tom")
    other = tab.context.new_page()
    for page in (tab, other):
        steps.visit(page, f"/bookings/{number}")
        steps.button(page, "Edit details").click()
        expect(_box(_dialog(page), "Rex")).to_be_checked()
    _box(_dialog(tab), "Tom").check()
    _dialog(tab).get_by_role("button", name="Save", exact=True).click()
    expect(_dialog(tab)).to_have_count(0)

    dialog = _dialog(other)
    _radio(dialog, "In the park").check()
    dialog.get_by_label(PARK).fill("Sydney Park")
    dialog.get_by_role("button", name="Save", exact=True).click()
    told = dialog.get_by_role("alert").filter(
        has_text="This was changed somewhere else while you were editing"
    )
    expect(told).to_contain_text("Saved now: Rex, Tom")
    assert steps.facts(tab)["For"] == ["Rex", "Tom"]
    dialog.get_by_role("button", name="Take what is saved now").click()
    expect(_box(dialog, "Tom")).to_be_checked()
    expect(_radio(dialog, "At the door")).to_be_checked()
    _radio(dialog, "In the park").check()
    dialog.get_by_label(PARK).fill("Sydney Park")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_have_count(0)
    found = steps.facts(other)
    assert (found["For"], found[PARK]) == (["Rex", "Tom"], ["Sydney Park"])


def test_a_pet_is_added_for_what_is_booked_already(
    device: str, tab: Page, scene: Scene
) -> None:
    hands = hands_of(device, tab)
    number = scene.booked()
    steps.visit(tab, f"/bookings/{number}")
    hands.press(steps.button(tab, "Edit details"))
    hands.press(steps.link(_dialog(tab), "Add a pet"))
    expect(steps.heading(tab, "Add pet")).to_be_visible()
    expect(steps.link(tab, "Back to your booking")).to_be_visible()
    hands.write(steps.field(tab, "Name"), "Ada")
    hands.choose(tab.get_by_label("Kind of animal", exact=True), "Cat", "cat")
    hands.press(steps.button(tab, "Save"))
    expect(steps.heading(tab, "Details", level=2)).to_be_visible()
    assert "For" not in steps.facts(tab)
    hands.press(steps.button(tab, "Edit details"))
    dialog = _dialog(tab)
    expect(_box(dialog, "Ada")).to_be_checked()
    expect(_box(dialog, "Rex")).not_to_be_checked()
    hands.press(dialog.get_by_role("button", name="Save", exact=True))
    expect(dialog).to_have_count(0)
    assert steps.facts(tab)["For"] == ["Ada"]


def test_a_reload_in_the_middle_of_editing(tab: Page, scene: Scene) -> None:
    number = scene.booked(scene.rex)
    steps.visit(tab, f"/bookings/{number}")
    steps.button(tab, "Edit details").click()
    dialog = _dialog(tab)
    _box(dialog, "Rex").uncheck()
    _radio(dialog, "In the park").check()
    dialog.get_by_label(PARK).fill("Sydney Park")
    dialog.locator("#field-details-photo").set_input_files([PNG])
    expect(dialog.get_by_role("link", name="harness.png")).to_be_visible()
    tab.once("dialog", lambda question: question.accept())
    steps.reload(tab)
    expect(dialog.get_by_label(PARK)).to_have_value("Sydney Park")
    expect(_box(dialog, "Rex")).not_to_be_checked()
    expect(dialog.get_by_role("link", name="The file you chose")).to_be_visible()
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_have_count(0)
    found = steps.facts(tab)
    assert "For" not in found
    assert (found[PARK], found[PHOTO]) == (["Sydney Park"], ["harness.png"])


def test_a_guest_reads_names_and_no_answers(
    new_context: NewContext, scene: Scene
) -> None:
    number = scene.booked(scene.rex)
    cookie = guest_cookie(scene.portal.database, scene.person, number)
    context = new_context()
    context.add_cookies(
        [
            {
                "name": "portal",
                "value": cookie.removeprefix("portal="),
                "url": scene.portal.url,
                "httpOnly": True,
                "sameSite": "Lax",
            }
        ]
    )
    page = context.new_page()
    steps.visit(page, f"/bookings/{number}")
    expect(steps.heading(page, "Details", level=2)).to_be_visible()
    found = steps.facts(page)
    assert found["For"] == ["Rex"]
    assert MEET not in found
    expect(steps.button(page, "Edit details")).to_have_count(0)
    with raw_tab(scene.portal.url, cookie) as socket:
        _fire(socket, BookingState.load, {}, f"/bookings/{number}")
        _fire(
            socket,
            BookingDetailsState.save,
            {"form_data": {"version": "1", "request": "r", **AT_THE_DOOR}},
            f"/bookings/{number}",
        )
        assert "At the door" not in repr(socket.frames)
        assert "/login?next=" in repr(socket.events())


def _fire(socket: RawTab, handler: Any, payload: dict[str, Any], path: str) -> None:
    name = f"{handler.state_full_name}.{handler.fn.__name__}"
    pathname, _, asked = path.partition("?")
    query = dict(parse_qsl(asked))
    socket.fire(name, payload, pathname=pathname, asPath=path, query=query)
    socket.round_trip()


def _rows(portal: RunningPortal, *customers: Actor) -> str:
    """Everything of these customers that an event could change."""
    with portal.database.read() as tx:
        return repr(
            [
                row.model_dump()
                for table in (Booking, BookingDraft, Dependent, StoredFile)
                for who in customers
                for row in tx.exec(
                    select(table)
                    .where(table.customer_id == who.customer_id)
                    .order_by(table.id)
                )
            ]
            + [
                row.model_dump()
                for row in tx.exec(select(FieldValue).order_by(FieldValue.id))
            ]
        )


def test_other_peoples_ids_get_the_answer_of_missing_ones(scene: Scene) -> None:
    database = scene.portal.database
    victim = new_customer(database, "Vera")
    hers = actor_of(database, session_cookie(database, victim))
    her_pet = database.call(dependents.add, hers, "pet", pet("Secret"), "")
    shelf = FsspecStorage(str(scene.portal.log.parent / "files"))
    her_file = hand_in(database, hers, "field", shelf=shelf).id
    number = scene.booked(scene.rex)
    draft = at_contact(database, scene.who, scene.offer.slug)
    wizard = f"/book/{scene.offer.slug}?step=contact&draft={draft}"
    before = _rows(scene.portal, scene.who, hers)
    contact = {"name": "Eve", "email": "eve@example.com", "field.meeting_point": "door"}
    cookie = session_cookie(database, scene.person)
    told: dict[str, set[str]] = {}
    for pet_id, file_id in ((her_pet, her_file), ("0" * 26, "1" * 26)):
        for form in (
            contact | {f"for.{pet_id}": "on"},
            contact | {"field.photo": file_id},
        ):
            with raw_tab(scene.portal.url, cookie) as socket:
                _fire(socket, BookState.load, {}, wizard)
                _fire(socket, BookContactState.submit, {"form": form}, wizard)
                seen = repr(socket.frames)
                assert "Secret" not in seen
                told.setdefault("wizard", set()).add(_said(seen))
            with raw_tab(scene.portal.url, cookie) as socket:
                page = f"/bookings/{number}"
                data = {"form_data": form | {"version": "1", "request": pet_id}}
                _fire(socket, BookingDetailsState.save, data, page)
                seen = repr(socket.frames)
                assert "Secret" not in seen
                told.setdefault("booking", set()).add(_said(seen))
    again = {
        "Please choose again who it is for.",
        "We could not find that file. Please choose it again.",
    }
    assert told == {"wizard": again, "booking": again}
    assert _rows(scene.portal, scene.who, hers) == before


def _said(frames: str) -> str:
    """The one sentence next to a field."""
    [sentence] = set(
        re.findall(r"'(?:dependents|details\.photo)': '(Please[^']+|We [^']+)'", frames)
    )
    return sentence
