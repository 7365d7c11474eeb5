"""Whom a booking is for, contact and questions; the way to add a dependent and back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

import pytest

from portal_app.domain.bookings import drafts, queries, rules
from portal_app.domain.bookings.rules import BookingContactForm
from portal_app.domain.catalogue import definitions
from portal_app.domain.customers import business_profiles as companies
from portal_app.domain.customers import profiles
from portal_app.domain.dependents import documents
from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.rules import DocumentForm
from portal_app.domain.fields import schema
from portal_app.domain.fields.rules import Definition
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.state.bookings.wizard import BookingWizardState
from portal_app.state.bookings.wizard_details import WizardContactState
from portal_app.state.bookings.wizard_questions import (
    WizardDependentsState,
    WizardQuestionsState,
)
from portal_app.state.core.form_parsing import details_form
from portal_app.state.dependents.dependent import DependentAddState, DependentState
from tests.domain.bookings.test_business_profile import STUDIO
from tests.support.dependents import (
    add_pet,
    cat_form,
    define_dependent_types,
    define_walk_fields,
)
from tests.support.sample_business import (
    NOW,
    WALK,
    create_sample_business,
    draft_before_contact,
    new_customer,
)
from tests.support.tabs import Tab, redirect_targets
from tests.support.uploads import snapshot_without_attempts, upload_file
from tests.support.wiring import wired

WALKING, ADD = "/book/dog-walk", "/dependents/add"
CONTACT = {"name": "Maya Chen", "email": "maya@example.com", "phone": ""}
DOOR = {"field.meeting_point": "door"}


@dataclass(frozen=True)
class Scene:
    """A shop that asks, and a customer with a dog and a cat, on the way."""

    db: Database
    maya: Actor
    rex: str
    tom: str
    draft: str


@pytest.fixture
def scene(sqlite_db: Database) -> Iterator[Scene]:
    with wired(database=sqlite_db), frozen(NOW):
        shop = sqlite_db.call(create_sample_business)
        sqlite_db.call(define_dependent_types)
        sqlite_db.call(define_walk_fields, shop.walk)
        maya = sqlite_db.call(new_customer)
        rex, tom = add_pet(sqlite_db, maya), add_pet(sqlite_db, maya, cat_form("Tom"))
        yield Scene(sqlite_db, maya, rex, tom, draft_before_contact(sqlite_db, maya))


def at_step(scene: Scene, step: str, **query: str) -> Tab:
    tab = Tab(WALKING, scene.maya, step=step, draft=scene.draft, **query)
    load(tab)
    return tab


def load(tab: Tab) -> None:
    tab.fire(BookingWizardState.load)
    for state in (WizardDependentsState, WizardContactState, WizardQuestionsState):
        tab.fire(state.load)


def ticked(*ids: str) -> dict[str, str]:
    return {f"for.{one}": "on" for one in ids}


def fill_in(scene: Scene, who: dict[str, str], answers: dict[str, str]) -> Tab:
    """Go through all that is left, up to the overview."""
    tab = at_step(scene, "who")
    tab.fire(WizardDependentsState.submit, who)
    for step in ("contact", "questions"):
        tab.go(WALKING, step=step, draft=scene.draft)
        tab.fire(BookingWizardState.load)
        tab.fire(WizardContactState.submit, CONTACT)
        tab.fire(WizardQuestionsState.submit, answers)
    return tab


def test_the_steps_ask_and_the_overview_shows_the_answers(scene: Scene) -> None:
    # Nobody gets past who it is for without having said it, if only by *Next*.
    tab = at_step(scene, "overview")
    book, step = tab.state(BookingWizardState), tab.state(WizardDependentsState)
    assert (book.step, [one.key for one in book.steps]) == (
        "who",
        ["who", "address", "time", "contact", "questions", "overview"],
    )
    load(tab)
    assert [one.name for one in step.asked.dependents] == ["Rex", "Tom"]
    assert (step.loaded_for, step.asked.chosen) == (scene.draft, [])
    assert redirect_targets(tab.fire(WizardDependentsState.submit, ticked("x"))) == []
    again = "Please choose again who it is for."
    assert (book.step, book.errors) == ("who", {"dependents": again})
    who = ticked(scene.tom, scene.rex)
    assert redirect_targets(tab.fire(WizardDependentsState.submit, who)) == [
        f"{WALKING}?step=contact&draft={scene.draft}"
    ]
    assert [one.name for one in book.for_whom] == ["Tom", "Rex"]
    tab = at_step(scene, "contact")
    book = tab.state(BookingWizardState)
    assert redirect_targets(tab.fire(WizardContactState.submit, CONTACT)) == [
        f"{WALKING}?step=questions&draft={scene.draft}"
    ]
    tab.go(WALKING, step="questions", draft=scene.draft)
    load(tab)
    assert redirect_targets(tab.fire(WizardQuestionsState.submit, {})) == []
    assert book.errors == {"details.meeting_point": "Please choose one."}
    form = DOOR | {"notes": "Ring twice."}
    assert redirect_targets(tab.fire(WizardQuestionsState.submit, form)) == [
        f"{WALKING}?step=overview&draft={scene.draft}"
    ]
    assert (book.fields[0].text, book.notes) == ("At the door", "Ring twice.")
    # What was read before is not shown again: the draft is another one.
    tab.go(WALKING, step="who", draft=scene.draft)
    tab.fire(BookingWizardState.load)
    step = tab.state(WizardDependentsState)
    assert step.version != book.shown["version"]
    tab.fire(WizardDependentsState.load)
    assert step.version == book.shown["version"]
    assert step.asked.chosen == [scene.tom, scene.rex]


def test_who_was_added_and_does_not_fit_is_told_so(scene: Scene) -> None:
    dogs = replace(WALK, dependent_types=("pet: species = dog",))
    scene.db.call(definitions.define_service, SYSTEM, dogs)
    only = "Dog walk is only for pets whose “Kind of animal” is Dog."
    step = at_step(scene, "who", **{"for": scene.tom}).state(WizardDependentsState)
    assert [one.name for one in step.asked.dependents] == ["Rex"]
    assert (step.asked.chosen, step.asked.note) == ([], f"{only} For Tom it says Cat.")
    step = at_step(scene, "who", **{"for": scene.rex}).state(WizardDependentsState)
    assert (step.asked.chosen, step.asked.note) == ([scene.rex], only)
    tab = at_step(scene, "who")
    before = snapshot_without_attempts(scene.db)
    tab.fire(WizardDependentsState.submit, ticked(scene.tom))
    book = tab.state(BookingWizardState)
    assert book.errors == {"dependents": f"{only} For Tom it says Cat."}
    assert snapshot_without_attempts(scene.db) == before


def test_outdated_choices_are_reported_once_at_their_step(scene: Scene) -> None:
    tab = fill_in(scene, ticked(scene.rex), DOOR)
    book = tab.state(BookingWizardState)
    shown = dict(book.shown)
    scene.db.call(dependents.archive_dependent, scene.maya, scene.rex)
    before = snapshot_without_attempts(scene.db)
    tab.go(WALKING, step="overview", draft=scene.draft)
    sent = tab.fire(BookingWizardState.confirm, shown)
    assert redirect_targets(sent) == [f"{WALKING}?step=who&draft={scene.draft}"]
    assert (book.step, book.problem, book.notice) == (
        "who",
        "",
        "Rex cannot be chosen any more. Please look at “Who it is for” again.",
    )
    assert snapshot_without_attempts(scene.db) == before
    tab.go(WALKING, step="who", draft=scene.draft)
    load(tab)
    step = tab.state(WizardDependentsState)
    assert [one.name for one in step.asked.dependents] == ["Tom"]
    tab.fire(WizardDependentsState.submit, {})
    assert (book.step, book.notice) == ("overview", "")


def test_another_tab_s_answers_are_shown_before_they_are_booked(scene: Scene) -> None:
    first = fill_in(scene, ticked(scene.rex), DOOR)
    book = first.state(BookingWizardState)
    shown = dict(book.shown)
    park = {"field.meeting_point": "park", "field.which_park": "Sydney Park"}
    fill_in(scene, {}, park)
    before = snapshot_without_attempts(scene.db)
    first.go(WALKING, step="overview", draft=scene.draft)
    first.fire(BookingWizardState.confirm, shown)
    assert book.problem == (
        "This booking was changed in another window. Please look at the overview again."
    )
    assert snapshot_without_attempts(scene.db) == before
    assert book.for_whom == []
    texts = [field.text for field in book.fields if field.text]
    assert texts == ["In the park", "Sydney Park"]
    first.fire(BookingWizardState.confirm, dict(book.shown))
    assert book.booked is not None
    view = scene.db.query(queries.get_booking, scene.maya, book.booked.number)
    assert [field.text for field in view.fields if field.text] == texts


def test_lacking_papers_are_said_where_it_is_booked(scene: Scene) -> None:
    tab = fill_in(scene, ticked(scene.rex), DOOR)
    book = tab.state(BookingWizardState)
    said = [(scene.rex, "Rex", "Vaccination certificate is missing")]
    for step in ("questions", "overview"):
        tab.go(WALKING, step=step, draft=scene.draft)
        load(tab)
        assert book.step == step
        assert [(one.dependent_id, one.name, one.text) for one in book.gaps] == said
        # The page where it is added leads back.
        here = f"{WALKING}?step={step}&draft={scene.draft}"
        assert unquote(book.here) == here
        page = Tab(f"/dependents/{scene.rex}", scene.maya, next=here)
        page.fire(DependentState.load)
        assert page.state(DependentState).back == here
    # Once there is one, coming back says so no more.
    file = upload_file(scene.db, scene.maya, "document")
    paper = DocumentForm(kind="vaccination", file_id=file.id, expires_on="2027-01-01")
    scene.db.call(documents.add_document, scene.maya, scene.rex, paper)
    load(tab)
    assert (book.step, book.gaps) == ("overview", [])


def test_personal_choice_survives_returning_to_the_step(scene: Scene) -> None:
    default = companies.BusinessProfileForm(
        **{name: getattr(STUDIO, name) for name in ("name", "tax_number")},
        billing_email=STUDIO.billing_email,
        address=STUDIO.address,
        is_default=True,
    )
    scene.db.call(companies.add_business_profile, scene.maya, default, "r1")
    scene.db.call(drafts.choose_dependents, scene.maya, scene.draft, [])
    tab = at_step(scene, "contact")
    step = tab.state(WizardContactState)
    assert step.company == step.companies[0][0]
    tab.fire(WizardContactState.submit, CONTACT | {"booking_for": "personal"})
    again = at_step(scene, "contact")
    assert again.state(WizardContactState).company == ""


def test_dependent_is_added_during_booking(scene: Scene) -> None:
    tab = at_step(scene, "who")
    here = f"{WALKING}?step=who&draft={scene.draft}"
    [(words, page)] = tab.state(WizardDependentsState).adds
    assert words == "Add a pet"
    assert page == (
        "/dependents/add?type=pet&next=%2Fbook%2Fdog-walk%3Fstep%3Dwho"
        f"%26draft%3D{scene.draft}"
    )
    tab.go(ADD, type="pet", next=here)
    tab.fire(DependentAddState.load)
    adding = tab.state(DependentAddState)
    assert adding.back == here
    form = {"name": "Ada", "request": "r1", "field.species": "cat"}
    tab.fire(DependentAddState.save, form)
    assert adding.leads.startswith(f"{here}&for=")
    ada = adding.leads.rpartition("=")[2]
    back = at_step(scene, "who", **{"for": ada})
    step = back.state(WizardDependentsState)
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
def test_return_address_is_limited_to_bookings(scene: Scene, smuggled: str) -> None:
    page = Tab(f"/dependents/{scene.rex}", scene.maya, next=smuggled)
    page.fire(DependentState.load)
    assert page.state(DependentState).back == ""
    tab = Tab(ADD, scene.maya, type="pet", next=smuggled)
    tab.fire(DependentAddState.load)
    adding = tab.state(DependentAddState)
    form = {"name": "Ada", "request": "r1", "field.species": "cat"}
    tab.fire(DependentAddState.save, form)
    assert adding.back == ""
    assert adding.leads.startswith("/dependents/0")


@pytest.mark.parametrize("added", ["", "nobody", "HIS"])
def test_address_ticks_only_own_dependents(scene: Scene, added: str) -> None:
    noah = scene.db.call(new_customer, "noah@example.com")
    his = add_pet(scene.db, noah)
    tab = at_step(scene, "who", **{"for": his if added == "HIS" else added})
    assert tab.state(WizardDependentsState).asked.chosen == []


def test_form_data_becomes_ids_and_answers() -> None:
    form = {
        "for.A": "on",
        "for.B": "",
        "for.C": "3",
        "for." + "x" * 40: "on",
        "field.size": "Tall",
        "choices.with": "a b",
    }
    found = details_form(form)
    assert found == rules.DetailsForm(
        ("A", "x" * 26), {"size": "Tall", "with": ["a", "b"]}
    )
    assert details_form({}) == rules.DetailsForm()


def test_required_fields_of_customers_are_asked_and_kept(scene: Scene) -> None:
    heard = Definition(key="heard", name="How did you hear of us?", required=True)
    scene.db.call(schema.define_fields, SYSTEM, schema.CUSTOMER_SCOPE, [heard])
    contact = BookingContactForm(name="Maya Chen", email=CONTACT["email"], details=None)
    scene.db.call(drafts.choose_dependents, scene.maya, scene.draft, [])
    scene.db.call(drafts.choose_contact, scene.maya, scene.draft, contact)
    tab = at_step(scene, "questions")
    book, step = tab.state(BookingWizardState), tab.state(WizardQuestionsState)
    assert [one.name for one in step.asked.about_you] == ["How did you hear of us?"]
    before = snapshot_without_attempts(scene.db)
    assert redirect_targets(tab.fire(WizardQuestionsState.submit, DOOR)) == []
    assert book.errors == {"about_you.heard": "Please fill this in."}
    assert snapshot_without_attempts(scene.db) == before
    # The service's own field of this name is another one.
    form = DOOR | {"about_you.field.heard": "A neighbour"}
    assert redirect_targets(tab.fire(WizardQuestionsState.submit, form)) == [
        f"{WALKING}?step=overview&draft={scene.draft}"
    ]
    views, _ = scene.db.query(profiles.list_custom_fields, scene.maya)
    assert [view.text for view in views] == ["A neighbour"]
