"""For which types of dependents a pack's services are booked."""

import pytest
from sqlmodel import select

from portal_app.domain.catalogue.booked_for import booked_for_by_type
from portal_app.domain.catalogue.models import Service
from portal_app.domain.dependents import types
from portal_app.domain.fields import schema
from portal_app.domain.fields.models import FieldDefinition
from portal_app.domain.packs import parser, service, writer
from portal_app.domain.packs.format import PackError
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.db import Database
from tests.support.snapshots import database_snapshot

TRADE = """\
[pack]
name = "Trade"

[[dependent_types]]
key = "pet"
singular = "Pet"
plural = "Pets"

[[dependent_types]]
key = "child"
singular = "Child"
plural = "Children"

[[categories]]
key = "care"
name = "Care"

[[services]]
key = "visit"
category = "care"
name = "Visit"
price = 20
minutes = 30
dependent_types = [
  "child",
  "pet",
]
"""
SHIPPED = {
    "car-detailing": "vehicle",
    "childcare": "child",
    "cleaning": "property",
    "clinic": "patient",
    "pet-care": "pet",
    "pool-care": "pool",
}


def dependent_types_of(db: Database) -> list[str]:
    with db.read() as tx:
        return tx.exec(select(Service)).one().dependent_types


def import_changed_anything(db: Database, text: str) -> bool:
    return db.call(service.import_pack, SYSTEM, text).changed


def test_a_service_names_its_dependent_types() -> None:
    pack = parser.parse_pack(TRADE)
    assert pack.services[0].definition.dependent_types == ("child", "pet")
    assert parser.parse_pack(writer.format_pack(pack)) == pack
    (other,) = parser.parse_pack(TRADE[: TRADE.index("dependent_types = [")]).services
    assert other.definition.dependent_types == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_service_names_the_type_of_its_pack(name: str) -> None:
    pack = parser.parse_pack(service.shipped_pack_text(name))
    assert {
        slug
        for one in pack.services
        for slug in booked_for_by_type(one.definition.dependent_types)
    } == {SHIPPED[name]}


def test_pet_care_tells_dogs_from_others() -> None:
    pack = parser.parse_pack(service.shipped_pack_text("pet-care"))
    assert [one.definition.dependent_types for one in pack.services] == [
        ("pet: species = dog",),
        ("pet: species = cat, rabbit, guinea_pig, bird, another_animal",),
        ("pet",),
    ]
    assert parser.parse_pack(writer.format_pack(pack)) == pack


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            '  "pet",\n]',
            '  "boat",\n]',
            "line 26: services.visit.dependent_types.2: "
            "There is no dependent type with the key “boat”.",
        ),
        (
            '  "pet",\n]',
            '  "child",\n]',
            "line 26: services.visit.dependent_types.2: "
            "This dependent type is named twice.",
        ),
        (
            '  "child",\n',
            '  "",\n  3,\n',
            "line 26: services.visit.dependent_types.2: Please write this in quotes.",
        ),
        (
            '[\n  "child",\n  "pet",\n]',
            '"pet"',
            "line 24: services.visit.dependent_types: "
            'Please give a list such as ["One", "Two"].',
        ),
    ],
)
def test_an_unknown_type_is_reported_with_its_line(
    db: Database, old: str, new: str, told: str
) -> None:
    import_changed_anything(db, TRADE)
    before = database_snapshot(db)
    assert TRADE.count(old) == 1
    with pytest.raises(PackError) as refusal:
        import_changed_anything(db, TRADE.replace(old, new))
    assert [str(one) for one in refusal.value.problems] == [told]
    assert database_snapshot(db) == before


def test_an_existing_type_can_be_named_without_redefinition(
    db: Database,
) -> None:
    import_changed_anything(db, TRADE)
    start, end = TRADE.index("[[dependent_types]]"), TRADE.index("[[categories]]")
    rest = TRADE[:start] + TRADE[end:]
    assert import_changed_anything(db, rest) is False
    assert import_changed_anything(db, rest.replace('  "child",\n', "")) is True
    assert dependent_types_of(db) == ["pet"]


def test_an_archived_type_is_not_exported_and_not_lost(db: Database) -> None:
    import_changed_anything(db, TRADE)
    db.call(types.archive_type, SYSTEM, "child")
    exported = db.query(service.export_pack, SYSTEM)
    assert "child" not in exported
    before = database_snapshot(db)
    assert import_changed_anything(db, exported) is False
    assert database_snapshot(db) == before
    assert dependent_types_of(db) == ["child", "pet"]
    assert import_changed_anything(db, exported.replace('"pet",\n', "")) is True
    assert dependent_types_of(db) == ["child"]
    import_changed_anything(db, TRADE)
    assert dependent_types_of(db) == ["child", "pet"]


DOGS = TRADE.replace(
    'plural = "Pets"\n',
    """plural = "Pets"

[[dependent_types.fields]]
key = "species"
name = "Kind of animal"
kind = "choice"
choices = ["Dog", "Cat"]
""",
).replace('  "pet",\n]', '  "pet: species=dog",\n]')


def test_a_condition_is_kept_by_import_and_export(db: Database) -> None:
    pack = parser.parse_pack(DOGS)
    assert pack.services[0].definition.dependent_types == (
        "child",
        "pet: species = dog",
    )
    assert parser.parse_pack(writer.format_pack(pack)) == pack
    assert import_changed_anything(db, DOGS) is True
    assert dependent_types_of(db) == ["child", "pet: species = dog"]
    exported = db.query(service.export_pack, SYSTEM)
    assert exported.count('"pet: species = dog"') == 1
    before = database_snapshot(db)
    assert import_changed_anything(db, exported) is False
    assert database_snapshot(db) == before
    assert (
        import_changed_anything(db, DOGS.replace("species=dog", "species=cat")) is True
    )
    assert dependent_types_of(db) == ["child", "pet: species = cat"]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("pet: dogs", 'Please write it as "TYPE: FIELD = VALUE".'),
        ("pet: kind = dog", "There is no field “kind” here."),
        ("pet: species = ferret", "“species” never has the value “ferret”."),
        ("pet: species = ", "Please say at which value."),
    ],
)
def test_a_wrong_condition_is_reported_with_its_line(
    db: Database, entry: str, fault: str
) -> None:
    import_changed_anything(db, DOGS)
    before = database_snapshot(db)
    with pytest.raises(PackError) as refusal:
        import_changed_anything(db, DOGS.replace("pet: species=dog", entry))
    assert [one.sentence for one in refusal.value.problems] == [fault]
    assert {one.where for one in refusal.value.problems} == {
        "services.visit.dependent_types.2"
    }
    assert database_snapshot(db) == before


def test_an_archived_field_is_not_exported_and_its_condition_not_lost(
    db: Database,
) -> None:
    import_changed_anything(db, DOGS)
    with db.read() as tx:
        field_id = tx.exec(select(FieldDefinition.id)).one()
    db.call(schema.archive_field, SYSTEM, field_id)
    exported = db.query(service.export_pack, SYSTEM)
    assert "species" not in exported
    before = database_snapshot(db)
    assert import_changed_anything(db, exported) is False
    assert database_snapshot(db) == before
    assert dependent_types_of(db) == ["child", "pet: species = dog"]
