from dataclasses import replace

import pytest
from sqlmodel import Session, func, select

from portal_app.domain.bookings.models import Booking
from portal_app.domain.business import policies, texts
from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.rules import DependentForm
from portal_app.domain.dependents.types import type_in_use
from portal_app.domain.fields import service as fields
from portal_app.domain.fields.definitions import Definition
from portal_app.domain.fields.models import FieldDefinition
from portal_app.domain.packs import reading, service
from portal_app.domain.packs.format import PackError
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed, NotFound
from tests.support.contents import contents
from tests.support.shop import new_customer, open_shop

pytestmark = pytest.mark.each_database

SHIPPED = [
    "car-detailing",
    "childcare",
    "cleaning",
    "clinic",
    "pet-care",
    "pool-care",
]


def imported(db: Database, text: str) -> service.Imported:
    return db.call(service.import_pack, SYSTEM, text)


def in_an_empty_form(field: Definition) -> bool:
    """Whether a customer gets to see a field, at once or by an answer."""
    return "customer" in field.visible_to and (
        field.shown_when is None or "customer" in field.editable_by
    )


def test_six_trades_are_shipped() -> None:
    assert service.shipped() == SHIPPED
    for name in ("../settings", "pet-care.toml", "", "boats"):
        with pytest.raises(NotFound):
            service.shipped_text(name)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_pack_makes_an_empty_business_and_again_changes_nothing(
    db: Database, name: str
) -> None:
    text = service.shipped_text(name)
    pack = reading.read(text)
    assert imported(db, text).changed is True
    before = contents(db)
    assert imported(db, text).changed is False
    assert contents(db) == before

    # The forms of the customer follow from it.
    maya = db.call(new_customer)
    (type_pack,) = pack.types
    form = db.query(dependents.blank, maya, type_pack.definition.slug)
    assert [view.key for view in form] == [
        one.key for one in type_pack.fields if in_an_empty_form(one)
    ]
    assert db.query(dependents.heading) == type_pack.definition.plural
    own = db.query(fields.form, "customer", fields.CUSTOMERS, None)
    assert [view.key for view in own] == [
        one.key for one in pack.customer_fields if in_an_empty_form(one)
    ]
    shelves = db.query(catalogue.catalogue).categories
    assert [shelf.slug for shelf in shelves] == [one.slug for one in pack.categories]
    offered = [card.slug for shelf in shelves for card in shelf.services]
    assert offered == [one.definition.slug for one in pack.services]


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_exported_is_what_was_imported(db: Database, name: str) -> None:
    text = service.shipped_text(name)
    imported(db, text)
    exported = db.query(service.export_pack, SYSTEM)
    pack = reading.read(text)
    assert reading.read(exported) == replace(pack, name="My business", summary="")
    before = contents(db)
    assert imported(db, exported).changed is False
    assert contents(db) == before


def test_all_trades_in_one_business_round_trip(
    db: Database, sqlite_db: Database
) -> None:
    db.call(open_shop)
    for name in SHIPPED:
        imported(db, service.shipped_text(name))
    exported = db.query(service.export_pack, SYSTEM)
    before = contents(db)
    assert imported(db, exported).changed is False
    assert contents(db) == before
    if db.is_sqlite:
        return
    sqlite_db.call(businesses.ensure)
    imported(sqlite_db, exported)
    again = sqlite_db.query(service.export_pack, SYSTEM)
    assert reading.read(again) == replace(
        reading.read(exported), name="My business", summary=""
    )


def test_an_import_says_what_it_did(db: Database) -> None:
    done = imported(db, service.shipped_text("pool-care"))
    assert (done.name, done.contents) == (
        "Pool care",
        "1 dependent type, 21 fields, 3 services, 3 policies, 2 templates",
    )


def test_only_what_the_pack_names_changes(db: Database) -> None:
    db.call(open_shop)
    before = contents(db)
    imported(db, service.shipped_text("pool-care"))
    after = contents(db)
    for table in ("service", "category", "service_option", "option_choice"):
        kept = [row for row in after[table] if row in before[table]]
        assert kept == before[table]
    assert after["fieldworker"] == before["fieldworker"]


def test_changing_a_pack_changes_only_that(db: Database) -> None:
    text = service.shipped_text("pool-care")
    imported(db, text)
    changed = text.replace("price = 89.00", "price = 99.00").replace(
        '"Deepest point"', '"How deep?"'
    )
    assert imported(db, changed).changed is True
    with db.read() as tx:
        versions = dict(
            tx.exec(select(FieldDefinition.key, FieldDefinition.version)).all()
        )
    assert versions.pop("deepest") == 2
    assert set(versions.values()) == {1}
    page = db.query(catalogue.service_view, "pool-service")
    assert page.from_price_minor == 9900


def test_what_customers_entered_survives_another_pack(db: Database) -> None:
    text = service.shipped_text("pool-care")
    imported(db, text)
    maya = db.call(new_customer)
    form = DependentForm(
        name="Big blue",
        answers={
            "kind_of_pool": "in_ground_pool",
            "volume": "45000",
            "sanitiser": "chlorine",
        },
    )
    pool = db.call(dependents.add, maya, "pool", form, "")
    changed = text.replace('unit = "L"', 'unit = "m³"').replace(
        '"Salt chlorinator", "Chlorine",', '"Salt chlorinator",'
    )
    imported(db, changed)
    view = db.query(dependents.dependent, maya, pool)
    by_key = {field.key: field for field in view.fields}
    assert (by_key["volume"].text, by_key["volume"].earlier) == ("", "45000 L")
    assert by_key["sanitiser"].text == "Chlorine"
    imported(db, text)
    view = db.query(dependents.dependent, maya, pool)
    assert {field.key: field.text for field in view.fields}["volume"] == "45000 L"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'category = "pool-repairs"\nname = "Equipment check"',
            'category = "repairs"\nname = "Equipment check"',
            "services.equipment-check.category: "
            "There is no category with the key “repairs”.",
        ),
        (
            "what_is_wrong = something_else, leak",
            "what_is_wrong = something_else, fire",
            "services.equipment-check.fields.details.shown_when: "
            "“what_is_wrong” never has the value “fire”.",
        ),
    ],
)
def test_a_broken_pack_changes_nothing_and_says_where(
    db: Database, old: str, new: str, told: str
) -> None:
    db.call(open_shop)
    before = contents(db)
    text = service.shipped_text("pool-care")
    assert text.count(old) == 1
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(PackError) as refusal:
        imported(db, text.replace(old, new))
    assert [str(one) for one in refusal.value.problems] == [f"line {line}: {told}"]
    assert refusal.value.message == (
        "The pack is wrong in one place. Nothing was changed."
    )
    assert contents(db) == before


def test_what_is_wrong_beside_existing_fields_is_told_by_line_as_well(
    db: Database,
) -> None:
    first = """\
[pack]
name = "One"
[[customer_fields]]
key = "member"
name = "Member?"
kind = "yes_no"
[[customer_fields]]
key = "since"
name = "Since"
shown_when = "member = yes"
"""
    imported(db, first)
    before = contents(db)
    second = """\
[pack]
name = "Two"

[[customer_fields]]
key = "member"
name = "Member number"
"""
    with pytest.raises(PackError) as refusal:
        imported(db, second)
    assert [str(one) for one in refusal.value.problems] == [
        "line 4: customer_fields.since.shown_when: “member” cannot decide about this "
        "field: it takes a yes_no, choice or choices field."
    ]
    assert contents(db) == before


def test_a_pack_may_use_categories_that_are_there(db: Database) -> None:
    db.call(open_shop)
    text = """\
[pack]
name = "More"
[[services]]
key = "cat-visit"
category = "pets"
name = "Cat visit"
price = 20
minutes = 30
"""
    imported(db, text)
    assert db.query(catalogue.service_view, "cat-visit").category == "Pet care"


def test_a_new_order_is_taken_over(db: Database) -> None:
    def order() -> list[str]:
        with db.read() as tx:
            type_id = type_in_use(tx, "pool").id
            scope = fields.of_dependent_type(type_id)
            return [one.key for one in fields.definitions(tx, scope)][:2]

    text = service.shipped_text("pool-care")
    imported(db, text)
    assert order() == ["kind_of_pool", "volume"]
    start = text.index('  [[dependent_types.fields]]\n  key = "kind_of_pool"')
    end = text.index('  [[dependent_types.fields]]\n  key = "volume"')
    rest = text.index('  [[dependent_types.fields]]\n  key = "deepest"')
    swapped = text[:start] + text[end:rest] + text[start:end] + text[rest:]
    assert imported(db, swapped).changed is True
    assert order() == ["volume", "kind_of_pool"]
    assert imported(db, swapped).changed is False


def test_policies_and_templates_are_the_businesss_words(db: Database) -> None:
    db.call(open_shop)
    imported(db, service.shipped_text("pet-care"))
    assert [(one.key, one.title) for one in db.query(policies.policies)] == [
        ("cancellation", "Cancellation policy"),
        ("vaccination", "Vaccination"),
        ("keys", "Keys and codes"),
    ]
    assert [one.key for one in db.query(texts.templates)] == [
        "on-the-way",
        "after-the-walk",
    ]


def test_only_the_office_imports_and_exports(db: Database) -> None:
    db.call(open_shop)
    maya = db.call(new_customer)
    before = contents(db)
    text = service.shipped_text("pet-care")
    for actor in (maya, Actor(), Actor(audience=Audience.FIELDWORKER)):
        with pytest.raises(NotAllowed):
            db.call(service.import_pack, actor, text)
        with pytest.raises(NotAllowed):
            db.query(service.export_pack, actor)
        with pytest.raises(NotAllowed):
            db.call(policies.define_policies, actor, [])
        with pytest.raises(NotAllowed):
            db.call(texts.define_templates, actor, [])
    assert contents(db) == before


def test_nothing_is_booked_by_an_import(db: Database) -> None:
    imported(db, service.shipped_text("clinic"))

    def booked(tx: Session) -> int:
        return tx.exec(select(func.count()).select_from(Booking)).one()

    assert db.query(booked) == 0


@pytest.mark.parametrize("name", SHIPPED)
def test_a_broken_pack_of_any_trade_changes_nothing(
    sqlite_db: Database, name: str
) -> None:
    text = service.shipped_text(name)
    imported(sqlite_db, text)
    before = contents(sqlite_db)
    line = text[: text.index('kind = "')].count("\n") + 1
    with pytest.raises(PackError) as refusal:
        imported(sqlite_db, text.replace('kind = "', 'kind = "x', 1))
    assert any(str(one).startswith(f"line {line}:") for one in refusal.value.problems)
    assert contents(sqlite_db) == before
