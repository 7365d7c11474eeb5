"""What the office does by hand with the types of dependents."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from portal_app.domain.dependents import service, type_editing
from portal_app.domain.dependents.rules import DocumentForm
from portal_app.domain.dependents.type_editing import DocumentKindForm, TypeForm
from portal_app.domain.dependents.views import TypeEntryView
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import Change, ChangedMeanwhile
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.support.accounts import at_once
from tests.support.handing_in import hand_in, kept
from tests.support.household import adopt, define_household
from tests.support.shop import new_customer, open_shop

pytestmark = pytest.mark.each_database

VACCINATION = DocumentKindForm(
    key="vaccination", name="Vaccination certificate", expires="always", required=True
)
INSURANCE = DocumentKindForm(key="insurance", name="Insurance", expires="never")
PET = TypeForm(
    singular="Pet", plural="Pets", icon="paw-print", documents=(VACCINATION, INSURANCE)
)
BOAT = TypeForm(singular="Boat", plural="Boats", icon="waves")


@pytest.fixture
def maya(db: Database) -> Actor:
    db.call(open_shop)
    db.call(define_household)
    return db.call(new_customer)


def add(db: Database, form: TypeForm = BOAT, request: str = "r1") -> str:
    return db.call(type_editing.add_type, SYSTEM, form, request)


def change(db: Database, form: TypeForm, version: int = 0) -> None:
    version = version or one(db, "pet").version
    db.call(type_editing.change_type, SYSTEM, "pet", form, version)


def listed(db: Database) -> list[TypeEntryView]:
    return db.query(type_editing.defined_types, SYSTEM)


def one(db: Database, slug: str) -> TypeEntryView:
    return next(view for view in listed(db) if view.id == slug)


def papers(db: Database) -> list[tuple[str, str, bool]]:
    return [(d.key, d.name, d.retired) for d in one(db, "pet").documents]


def refused(call: Callable[[], Any]) -> dict[str, str]:
    with pytest.raises(InvalidInput) as error:
        call()
    return error.value.fields


def test_types_are_listed_with_what_is_asked(db: Database, maya: Actor) -> None:
    adopt(db, maya)
    db.call(service.archive, maya, adopt(db, maya, key="second"))
    pet, pool = listed(db)
    assert (pet.id, pet.plural, pet.icon, pet.count) == (
        *("pet", "Pets", "paw-print"),
        1,
    )
    assert pet.asks == "4 fields · Vaccination certificate, Insurance"
    assert (pool.asks, pool.count) == ("1 field", 0)
    add(db)
    assert one(db, "boat").asks == "No fields"


def test_a_type_is_added_once_with_a_slug_of_its_own(db: Database, maya: Actor) -> None:
    assert add(db) == "boat"
    before = kept(db)
    assert add(db) == "boat"
    assert kept(db) == before
    db.call(type_editing.archive_type, SYSTEM, "boat")
    assert add(db, request="r2") == "boat-2"
    assert add(db, replace(BOAT, singular="Sailing boat"), "r3") == "sailing-boat"
    assert add(db, replace(BOAT, singular="猫"), "r4") == "type"
    assert [view.slug for view in db.query(service.types)] == [
        *("pet", "pool", "boat-2", "sailing-boat", "type")
    ]


def test_a_request_sent_twice_at_once_adds_one(db: Database, maya: Actor) -> None:
    assert at_once(lambda: add(db), lambda: add(db)) == ["boat", "boat"]
    assert [view.id for view in listed(db)] == ["pet", "pool", "boat"]


def test_documents_are_renamed_retired_and_asked_again(
    db: Database, maya: Actor
) -> None:
    rex = adopt(db, maya)
    file = hand_in(db, maya, "document")
    paper = DocumentForm(kind="vaccination", file_id=file.id, expires_on="2030-01-31")
    db.call(service.add_document, maya, rex, paper)
    chip = DocumentKindForm(name="Chip number", help="On the collar")
    policy = replace(INSURANCE, name="Liability insurance")
    change(db, replace(PET, documents=(policy, chip)))
    assert papers(db) == [
        ("insurance", "Liability insurance", False),
        ("chip_number", "Chip number", False),
        ("vaccination", "Vaccination certificate", True),
    ]
    [document] = db.query(service.dependent, maya, rex).documents
    assert document.title == "Vaccination certificate"
    again = DocumentKindForm(name=" vaccination  Certificate ", expires="always")
    change(db, replace(PET, documents=(again, policy)))
    assert papers(db) == [
        ("vaccination", "vaccination Certificate", False),
        ("insurance", "Liability insurance", False),
        ("chip_number", "Chip number", True),
    ]


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        (
            TypeForm(singular=" ", plural="x" * 41, icon="Paw Print"),
            {
                "singular": "Please give a name of 1 to 40 characters.",
                "plural": "Please give a name of 1 to 40 characters.",
                "icon": "An icon is named such as paw-print.",
            },
        ),
        (
            replace(
                BOAT,
                documents=(
                    VACCINATION,
                    replace(VACCINATION, name="vaccination CERTIFICATE"),
                    DocumentKindForm(),
                ),
            ),
            {
                "documents.1": "There are two documents called "
                "“vaccination CERTIFICATE”.",
                "documents.2": "Please say what this document is called.",
            },
        ),
        (
            replace(
                BOAT,
                documents=(
                    replace(VACCINATION, name="x" * 81),
                    replace(INSURANCE, help="x" * 301),
                ),
            ),
            {
                "documents.0": "Please give a name of 1 to 80 characters.",
                "documents.1": "Please use at most 300 characters of help.",
            },
        ),
        (
            replace(BOAT, documents=(replace(INSURANCE, expires="soon"),)),
            {"documents.0": "A document expires always, sometimes or never."},
        ),
        (
            replace(
                BOAT,
                documents=tuple(DocumentKindForm(name=f"D{n}") for n in range(21)),
            ),
            {"documents": "There can be at most 20 documents."},
        ),
    ],
)
def test_what_is_wrong_is_said_next_to_its_part(
    db: Database, maya: Actor, form: TypeForm, wrong: dict[str, str]
) -> None:
    before = kept(db)
    assert refused(lambda: add(db, form)) == wrong
    assert refused(lambda: change(db, form)) == wrong
    assert kept(db) == before


def test_so_many_types_fit(
    db: Database, maya: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type_editing, "MAX_TYPES", 2)
    before = kept(db)
    with pytest.raises(Conflict):
        add(db)
    assert kept(db) == before


def test_of_two_tabs_the_second_is_shown_what_changed(
    db: Database, maya: Actor
) -> None:
    first = replace(PET, icon="dog", documents=(VACCINATION,))
    change(db, first, 1)
    before = kept(db)
    with pytest.raises(ChangedMeanwhile) as error:
        change(db, replace(PET, plural="Animals"), 1)
    vaccination = "Vaccination certificate, always expires, required"
    assert error.value.changes == [
        Change("plural", "Several of them", "Animals", "Pets"),
        Change("icon", "Icon", "paw print", "dog"),
        Change(
            "documents",
            "Documents",
            f"{vaccination}; Insurance, never expires",
            vaccination,
        ),
    ]
    assert error.value.version == 2
    change(db, first, 1)  # what it says already
    assert kept(db) == before
    db.call(type_editing.archive_type, SYSTEM, "pet")
    with pytest.raises(ChangedMeanwhile) as error:
        change(db, first, 2)
    assert error.value.changes == [Change("in_use", "In use", "Yes", "No")]


def test_types_are_put_in_order(db: Database, maya: Actor) -> None:
    add(db)
    db.call(type_editing.archive_type, SYSTEM, "pool")
    db.call(type_editing.order_types, SYSTEM, ["boat", "gone", "pet"])
    assert [view.id for view in listed(db)] == ["boat", "pet", "pool"]
    db.call(type_editing.restore_type, SYSTEM, "pool")
    assert [view.id for view in listed(db)] == ["boat", "pool", "pet"]
    assert [view.slug for view in db.query(service.types)] == ["boat", "pool", "pet"]


def test_an_archived_type_is_offered_no_more_and_comes_back(
    db: Database, maya: Actor
) -> None:
    rex = adopt(db, maya)
    for _ in range(2):
        db.call(type_editing.archive_type, SYSTEM, "pet")
    assert [view.slug for view in db.query(service.types)] == ["pool"]
    assert db.query(service.dependent, maya, rex).name == "Rex"
    with pytest.raises(NotFound):
        adopt(db, maya, key="more")
    for _ in range(2):
        db.call(type_editing.restore_type, SYSTEM, "pet")
    assert one(db, "pet").version == 3
    adopt(db, maya, key="more")


def test_only_the_office(db: Database, maya: Actor) -> None:
    before = kept(db)
    others = (Audience.PUBLIC, Audience.GUEST, Audience.FIELDWORKER)
    for who in (maya, *(Actor(audience=audience) for audience in others)):
        for attempt in (
            lambda who=who: db.query(type_editing.defined_types, who),
            lambda who=who: db.call(type_editing.add_type, who, BOAT, "r1"),
            lambda who=who: db.call(type_editing.change_type, who, "pet", BOAT, 1),
            lambda who=who: db.call(type_editing.order_types, who, ["pool"]),
            lambda who=who: db.call(type_editing.archive_type, who, "pet"),
            lambda who=who: db.call(type_editing.restore_type, who, "pet"),
        ):
            with pytest.raises(NotAllowed):
                attempt()
    assert kept(db) == before


def test_what_is_not_there_is_not_found(db: Database, maya: Actor) -> None:
    before = kept(db)
    for attempt in (
        lambda: db.call(type_editing.change_type, SYSTEM, "boat", BOAT, 1),
        lambda: db.call(type_editing.archive_type, SYSTEM, "boat"),
        lambda: db.call(type_editing.restore_type, SYSTEM, "boat"),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert list(refused(lambda: add(db, request=""))) == []
    assert kept(db) == before
