"""What the office does by hand with the types of dependents."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from portal_app.domain.dependents import documents, service, types
from portal_app.domain.dependents.rules import DocumentForm
from portal_app.domain.dependents.types import DocumentKindForm, TypeForm
from portal_app.domain.dependents.views import TypeEntryView
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import Change, EditConflict
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.support.accounts import run_concurrently
from tests.support.dependents import add_pet, define_dependent_types
from tests.support.sample_business import create_sample_business, new_customer
from tests.support.uploads import snapshot_without_attempts, upload_file

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
    db.call(create_sample_business)
    db.call(define_dependent_types)
    return db.call(new_customer)


def add(db: Database, form: TypeForm = BOAT, request: str = "r1") -> str:
    return db.call(types.add_type, SYSTEM, form, request)


def change(db: Database, form: TypeForm, version: int = 0) -> None:
    version = version or type_entry(db, "pet").version
    db.call(types.change_type, SYSTEM, "pet", form, version)


def type_entries(db: Database) -> list[TypeEntryView]:
    return db.query(types.type_entry_views, SYSTEM)


def type_entry(db: Database, slug: str) -> TypeEntryView:
    return next(view for view in type_entries(db) if view.id == slug)


def document_kinds(db: Database) -> list[tuple[str, str, bool]]:
    return [(d.key, d.name, d.retired) for d in type_entry(db, "pet").documents]


def refused_parts(call: Callable[[], Any]) -> dict[str, str]:
    with pytest.raises(InvalidInput) as error:
        call()
    return error.value.fields


def test_types_are_listed_with_their_fields(db: Database, maya: Actor) -> None:
    add_pet(db, maya)
    db.call(service.archive_dependent, maya, add_pet(db, maya, key="second"))
    pet, pool = type_entries(db)
    assert (pet.id, pet.plural, pet.icon, pet.count) == (
        *("pet", "Pets", "paw-print"),
        1,
    )
    assert pet.asks == "4 fields · Vaccination certificate, Insurance"
    assert (pool.asks, pool.count) == ("1 field", 0)
    add(db)
    assert type_entry(db, "boat").asks == "No fields"


def test_a_type_is_added_once_with_a_unique_slug(db: Database, maya: Actor) -> None:
    assert add(db) == "boat"
    before = snapshot_without_attempts(db)
    assert add(db) == "boat"
    assert snapshot_without_attempts(db) == before
    db.call(types.archive_type, SYSTEM, "boat")
    assert add(db, request="r2") == "boat-2"
    assert add(db, replace(BOAT, singular="Sailing boat"), "r3") == "sailing-boat"
    assert add(db, replace(BOAT, singular="猫"), "r4") == "type"
    assert [view.slug for view in db.query(types.active_types)] == [
        *("pet", "pool", "boat-2", "sailing-boat", "type")
    ]


def test_concurrent_duplicate_requests_add_one_type(db: Database, maya: Actor) -> None:
    assert run_concurrently(lambda: add(db), lambda: add(db)) == ["boat", "boat"]
    assert [view.id for view in type_entries(db)] == ["pet", "pool", "boat"]


def test_document_kinds_can_be_renamed_retired_and_restored(
    db: Database, maya: Actor
) -> None:
    rex = add_pet(db, maya)
    file = upload_file(db, maya, "document")
    paper = DocumentForm(kind="vaccination", file_id=file.id, expires_on="2030-01-31")
    db.call(documents.add_document, maya, rex, paper)
    chip = DocumentKindForm(name="Chip number", help="On the collar")
    policy = replace(INSURANCE, name="Liability insurance")
    change(db, replace(PET, documents=(policy, chip)))
    assert document_kinds(db) == [
        ("insurance", "Liability insurance", False),
        ("chip_number", "Chip number", False),
        ("vaccination", "Vaccination certificate", True),
    ]
    [document] = db.query(service.get_dependent, maya, rex).documents
    assert document.title == "Vaccination certificate"
    again = DocumentKindForm(name=" vaccination  Certificate ", expires="always")
    change(db, replace(PET, documents=(again, policy)))
    assert document_kinds(db) == [
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
def test_errors_are_reported_per_part(
    db: Database, maya: Actor, form: TypeForm, wrong: dict[str, str]
) -> None:
    before = snapshot_without_attempts(db)
    assert refused_parts(lambda: add(db, form)) == wrong
    assert refused_parts(lambda: change(db, form)) == wrong
    assert snapshot_without_attempts(db) == before


def test_number_of_types_is_limited(
    db: Database, maya: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(types, "MAX_TYPES", 2)
    before = snapshot_without_attempts(db)
    with pytest.raises(Conflict):
        add(db)
    assert snapshot_without_attempts(db) == before


def test_a_stale_save_reports_what_changed(db: Database, maya: Actor) -> None:
    first = replace(PET, icon="dog", documents=(VACCINATION,))
    change(db, first, 1)
    before = snapshot_without_attempts(db)
    with pytest.raises(EditConflict) as error:
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
    assert snapshot_without_attempts(db) == before
    db.call(types.archive_type, SYSTEM, "pet")
    with pytest.raises(EditConflict) as error:
        change(db, first, 2)
    assert error.value.changes == [Change("in_use", "In use", "Yes", "No")]


def test_types_can_be_reordered(db: Database, maya: Actor) -> None:
    add(db)
    db.call(types.archive_type, SYSTEM, "pool")
    db.call(types.reorder_types, SYSTEM, ["boat", "gone", "pet"])
    assert [view.id for view in type_entries(db)] == ["boat", "pet", "pool"]
    db.call(types.restore_type, SYSTEM, "pool")
    assert [view.id for view in type_entries(db)] == ["boat", "pool", "pet"]
    assert [view.slug for view in db.query(types.active_types)] == [
        "boat",
        "pool",
        "pet",
    ]


def test_a_type_is_archived_and_restored(db: Database, maya: Actor) -> None:
    rex = add_pet(db, maya)
    for _ in range(2):
        db.call(types.archive_type, SYSTEM, "pet")
    assert [view.slug for view in db.query(types.active_types)] == ["pool"]
    assert db.query(service.get_dependent, maya, rex).name == "Rex"
    with pytest.raises(NotFound):
        add_pet(db, maya, key="more")
    for _ in range(2):
        db.call(types.restore_type, SYSTEM, "pet")
    assert type_entry(db, "pet").version == 3
    add_pet(db, maya, key="more")


def test_only_the_office_may_change_types(db: Database, maya: Actor) -> None:
    before = snapshot_without_attempts(db)
    others = (Audience.PUBLIC, Audience.GUEST, Audience.FIELDWORKER)
    for who in (maya, *(Actor(audience=audience) for audience in others)):
        for attempt in (
            lambda who=who: db.query(types.type_entry_views, who),
            lambda who=who: db.call(types.add_type, who, BOAT, "r1"),
            lambda who=who: db.call(types.change_type, who, "pet", BOAT, 1),
            lambda who=who: db.call(types.reorder_types, who, ["pool"]),
            lambda who=who: db.call(types.archive_type, who, "pet"),
            lambda who=who: db.call(types.restore_type, who, "pet"),
        ):
            with pytest.raises(NotAllowed):
                attempt()
    assert snapshot_without_attempts(db) == before


def test_an_unknown_type_is_not_found(db: Database, maya: Actor) -> None:
    before = snapshot_without_attempts(db)
    for attempt in (
        lambda: db.call(types.change_type, SYSTEM, "boat", BOAT, 1),
        lambda: db.call(types.archive_type, SYSTEM, "boat"),
        lambda: db.call(types.restore_type, SYSTEM, "boat"),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert list(refused_parts(lambda: add(db, request=""))) == []
    assert snapshot_without_attempts(db) == before
