"""The wizard's contact step, and the way to the page that adds a dependent and back."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from portal_app.domain.bookings import service as bookings
from portal_app.domain.customers import business_profiles as companies
from portal_app.domain.dependents import service as dependents
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.state import worker
from portal_app.state.answers import details
from portal_app.state.book import BookState
from portal_app.state.book_contact import BookContactState
from portal_app.state.dependent_add import DependentAddState
from tests.domain.bookings.test_company import STUDIO
from tests.support.handing_in import kept
from tests.support.household import adopt, define_household, define_walk_fields, pet
from tests.support.shop import (
    NOW,
    draft_at_contact,
    new_customer,
    open_shop,
)
from tests.support.tabs import Tab, redirects

WALKING, ADD = "/book/dog-walk", "/dependents/add"
CONTACT = {"name": "Maya Chen", "email": "maya@example.com", "phone": ""}
DOOR = {"field.meeting_point": "door"}


@dataclass(frozen=True)
class Scene:
    """A shop that asks, and a customer with a dog and a cat at the contact step."""

    db: Database
    maya: Actor
    rex: str
    tom: str
    draft: str


@pytest.fixture
def scene(sqlite_db: Database) -> Iterator[Scene]:
    before = worker._database
    worker.use(sqlite_db)
    with frozen(NOW):
        shop = sqlite_db.call(open_shop)
        sqlite_db.call(define_household)
        sqlite_db.call(define_walk_fields, shop.walk)
        maya = sqlite_db.call(new_customer)
        rex, tom = adopt(sqlite_db, maya), adopt(sqlite_db, maya, pet("Tom"))
        yield Scene(sqlite_db, maya, rex, tom, draft_at_contact(sqlite_db, maya))
    worker._database = before


def at_contact(scene: Scene, **query: str) -> Tab:
    tab = Tab(WALKING, scene.maya, step="contact", draft=scene.draft, **query)
    tab.fire(BookState.load)
    tab.fire(BookContactState.load)
    return tab


def ticked(*ids: str) -> dict[str, str]:
    return {f"for.{one}": "on" for one in ids}


def test_the_step_asks_and_the_overview_tells(scene: Scene) -> None:
    tab = at_contact(scene)
    book, step = tab.state(BookState), tab.state(BookContactState)
    assert [one.name for one in step.asked.dependents] == ["Rex", "Tom"]
    assert (step.loaded_for, step.asked.chosen) == (scene.draft, [])
    assert redirects(tab.fire(BookContactState.submit, CONTACT | ticked("x"))) == []
    assert (book.step, book.errors) == (
        "contact",
        {
            "dependents": "Please choose again who it is for.",
            "details.meeting_point": "Please choose one.",
        },
    )
    form = CONTACT | ticked(scene.tom, scene.rex) | DOOR
    assert redirects(tab.fire(BookContactState.submit, form)) == [
        f"{WALKING}?step=overview&draft={scene.draft}"
    ]
    assert [one.name for one in book.for_whom] == ["Tom", "Rex"]
    assert book.fields[0].text == "At the door"
    # What was read before is not shown again: the draft is another one.
    tab.go(WALKING, step="contact", draft=scene.draft)
    tab.fire(BookState.load)
    assert step.version != book.shown["version"]
    tab.fire(BookContactState.load)
    assert step.version == book.shown["version"]
    assert step.asked.chosen == [scene.tom, scene.rex]


def test_what_no_longer_counts_is_said_once_at_its_step(scene: Scene) -> None:
    tab = at_contact(scene)
    tab.fire(BookContactState.submit, CONTACT | ticked(scene.rex) | DOOR)
    book = tab.state(BookState)
    shown = dict(book.shown)
    scene.db.call(dependents.archive, scene.maya, scene.rex)
    before = kept(scene.db)
    tab.go(WALKING, step="overview", draft=scene.draft)
    sent = tab.fire(BookState.confirm, shown)
    assert redirects(sent) == [f"{WALKING}?step=contact&draft={scene.draft}"]
    assert (book.step, book.problem, book.notice) == (
        "contact",
        "",
        "Rex cannot be chosen any more. Please look at “Contact details” again.",
    )
    assert kept(scene.db) == before
    tab.go(WALKING, step="contact", draft=scene.draft)
    tab.fire(BookState.load)
    tab.fire(BookContactState.load)
    step = tab.state(BookContactState)
    assert [one.name for one in step.asked.dependents] == ["Tom"]
    tab.fire(BookContactState.submit, CONTACT | DOOR)
    assert (book.step, book.notice) == ("overview", "")


def test_another_tab_s_answers_are_shown_before_they_are_booked(scene: Scene) -> None:
    first, second = at_contact(scene), at_contact(scene)
    first.fire(BookContactState.submit, CONTACT | ticked(scene.rex) | DOOR)
    book = first.state(BookState)
    shown = dict(book.shown)
    park = {"field.meeting_point": "park", "field.which_park": "Sydney Park"}
    second.fire(BookContactState.submit, CONTACT | park)
    before = kept(scene.db)
    first.go(WALKING, step="overview", draft=scene.draft)
    first.fire(BookState.confirm, shown)
    assert book.problem == (
        "This booking was changed in another window. Please look at the overview again."
    )
    assert kept(scene.db) == before
    assert book.for_whom == []
    texts = [field.text for field in book.fields if field.text]
    assert texts == ["In the park", "Sydney Park"]
    first.fire(BookState.confirm, dict(book.shown))
    assert book.booked is not None
    view = scene.db.query(bookings.booking, scene.maya, book.booked.number)
    assert [field.text for field in view.fields if field.text] == texts


def test_personal_stays_personal_when_the_step_is_asked_again(scene: Scene) -> None:
    default = companies.BusinessProfileForm(
        **{name: getattr(STUDIO, name) for name in ("name", "tax_number")},
        billing_email=STUDIO.billing_email,
        address=STUDIO.address,
        is_default=True,
    )
    scene.db.call(companies.add_business_profile, scene.maya, default, "r1")
    tab = at_contact(scene)
    step = tab.state(BookContactState)
    assert step.company == step.companies[0][0]
    form = CONTACT | {"booking_for": "personal"} | ticked(scene.rex) | DOOR
    tab.fire(BookContactState.submit, form)
    scene.db.call(dependents.archive, scene.maya, scene.rex)
    again = at_contact(scene)
    assert again.state(BookContactState).company == ""


def test_a_pet_is_added_on_the_way(scene: Scene) -> None:
    tab = at_contact(scene, **{"return": "overview"})
    here = f"{WALKING}?step=contact&draft={scene.draft}&return=overview"
    [(words, page)] = tab.state(BookContactState).adds
    assert words == "Add a pet"
    assert page == (
        "/dependents/add?type=pet&next=%2Fbook%2Fdog-walk%3Fstep%3Dcontact"
        f"%26draft%3D{scene.draft}%26return%3Doverview"
    )
    tab.go(ADD, type="pet", next=here)
    tab.fire(DependentAddState.load)
    adding = tab.state(DependentAddState)
    assert adding.back == here
    form = {"name": "Ada", "request": "r1", "field.species": "cat"}
    tab.fire(DependentAddState.save, form)
    assert adding.leads.startswith(f"{here}&for=")
    ada = adding.leads.rpartition("=")[2]
    back = at_contact(scene, **{"for": ada})
    step = back.state(BookContactState)
    assert [one.name for one in step.asked.dependents] == ["Ada", "Rex", "Tom"]
    assert step.asked.chosen == [ada]


@pytest.mark.parametrize(
    "smuggled",
    [
        "https://evil.example/book/dog-walk?step=contact",
        "//evil.example/book/?x",
        "/book/../account?x",
        "/login?next=/book/dog-walk",
        "/book/dog-walk",
        "/\\evil.example?x",
    ],
)
def test_only_the_wizard_is_gone_back_to(scene: Scene, smuggled: str) -> None:
    tab = Tab(ADD, scene.maya, type="pet", next=smuggled)
    tab.fire(DependentAddState.load)
    adding = tab.state(DependentAddState)
    form = {"name": "Ada", "request": "r1", "field.species": "cat"}
    tab.fire(DependentAddState.save, form)
    assert adding.back == ""
    assert adding.leads.startswith("/dependents/0")


@pytest.mark.parametrize("added", ["", "nobody", "HIS"])
def test_only_ones_own_is_ticked_by_the_address(scene: Scene, added: str) -> None:
    noah = scene.db.call(new_customer, "noah@example.com")
    his = adopt(scene.db, noah)
    tab = at_contact(scene, **{"for": his if added == "HIS" else added})
    assert tab.state(BookContactState).asked.chosen == []


def test_what_a_browser_sends_becomes_ids_and_answers() -> None:
    form = {
        "for.A": "on",
        "for.B": "",
        "for.C": 3,
        7: "on",
        "for." + "x" * 40: "on",
        "field.size": "Tall",
        "choices.with": "a b",
    }
    found = details(form)
    assert found == bookings.DetailsForm(
        ("A", "x" * 26), {"size": "Tall", "with": ["a", "b"]}
    )
    assert details(None) == bookings.DetailsForm()
