"""For which types of dependents a pack's services are booked."""

import pytest
from sqlmodel import select

from portal_app.domain.catalogue.models import Service
from portal_app.domain.dependents import types
from portal_app.domain.packs import reading, service, writing
from portal_app.domain.packs.format import PackError
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.db import Database
from tests.support.contents import contents

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


def booked_for(db: Database) -> list[str]:
    with db.read() as tx:
        return tx.exec(select(Service)).one().dependent_types


def imported(db: Database, text: str) -> bool:
    return db.call(service.import_pack, SYSTEM, text).changed


def test_a_service_names_the_types_it_is_booked_for() -> None:
    pack = reading.read(TRADE)
    assert pack.services[0].definition.dependent_types == ("child", "pet")
    assert reading.read(writing.write(pack)) == pack
    (other,) = reading.read(TRADE[: TRADE.index("dependent_types = [")]).services
    assert other.definition.dependent_types == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_service_is_booked_for_its_trades_type(name: str) -> None:
    pack = reading.read(service.shipped_text(name))
    assert {one.definition.dependent_types for one in pack.services} == {
        (SHIPPED[name],)
    }


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
def test_a_wrong_type_is_told_by_its_line(
    db: Database, old: str, new: str, told: str
) -> None:
    imported(db, TRADE)
    before = contents(db)
    assert TRADE.count(old) == 1
    with pytest.raises(PackError) as refusal:
        imported(db, TRADE.replace(old, new))
    assert [str(one) for one in refusal.value.problems] == [told]
    assert contents(db) == before


def test_a_type_of_the_business_can_be_named_without_being_defined_again(
    db: Database,
) -> None:
    imported(db, TRADE)
    start, end = TRADE.index("[[dependent_types]]"), TRADE.index("[[categories]]")
    rest = TRADE[:start] + TRADE[end:]
    assert imported(db, rest) is False
    assert imported(db, rest.replace('  "child",\n', "")) is True
    assert booked_for(db) == ["pet"]


def test_an_archived_type_is_neither_written_nor_forgotten(db: Database) -> None:
    imported(db, TRADE)
    db.call(types.archive_type, SYSTEM, "child")
    exported = db.query(service.export_pack, SYSTEM)
    assert "child" not in exported
    before = contents(db)
    assert imported(db, exported) is False
    assert contents(db) == before
    assert booked_for(db) == ["child", "pet"]
    assert imported(db, exported.replace('"pet",\n', "")) is True
    assert booked_for(db) == ["child"]
    imported(db, TRADE)
    assert booked_for(db) == ["child", "pet"]
