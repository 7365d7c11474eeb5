from dataclasses import replace

import pytest
from sqlmodel import Session, func, select

from portal_app.domain.bookings.models import Booking
from portal_app.domain.business import message_templates, policies
from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.models import Service
from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents import types
from portal_app.domain.dependents.rules import DependentForm
from portal_app.domain.dependents.types import active_type_row
from portal_app.domain.fields import schema
from portal_app.domain.fields import values as fields
from portal_app.domain.fields.models import FieldDefinition
from portal_app.domain.fields.rules import Definition
from portal_app.domain.packs import parser, service
from portal_app.domain.packs.format import PackError
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed, NotFound
from tests.support.sample_business import create_sample_business, new_customer
from tests.support.snapshots import database_snapshot

pytestmark = pytest.mark.each_database

SHIPPED = [
    "car-detailing",
    "childcare",
    "cleaning",
    "clinic",
    "pet-care",
    "pool-care",
]


def import_text(db: Database, text: str) -> service.ImportResult:
    return db.call(service.import_pack, SYSTEM, text)


def shown_in_empty_form(field: Definition) -> bool:
    """Whether a customer gets to see a field, at once or by an answer."""
    return "customer" in field.visible_to and (
        field.shown_when is None or "customer" in field.editable_by
    )


def test_six_packs_are_shipped() -> None:
    assert service.shipped_packs() == SHIPPED
    for name in ("../settings", "pet-care.toml", "", "boats"):
        with pytest.raises(NotFound):
            service.shipped_pack_text(name)


@pytest.mark.parametrize("name", SHIPPED)
def test_importing_a_pack_twice_changes_nothing(db: Database, name: str) -> None:
    text = service.shipped_pack_text(name)
    pack = parser.parse_pack(text)
    assert import_text(db, text).changed is True
    before = database_snapshot(db)
    assert import_text(db, text).changed is False
    assert database_snapshot(db) == before

    # The forms of the customer follow from it.
    maya = db.call(new_customer)
    (type_pack,) = pack.types
    form = db.query(dependents.blank_fields, maya, type_pack.definition.slug)
    assert [view.key for view in form] == [
        one.key for one in type_pack.fields if shown_in_empty_form(one)
    ]
    assert db.query(types.menu_heading) == type_pack.definition.plural
    own = db.query(fields.field_views, "customer", schema.CUSTOMER_SCOPE, None)
    assert [view.key for view in own] == [
        one.key for one in pack.customer_fields if shown_in_empty_form(one)
    ]
    shelves = db.query(catalogue.catalogue_view).categories
    assert [shelf.slug for shelf in shelves] == [one.slug for one in pack.categories]
    offered = [card.slug for shelf in shelves for card in shelf.services]
    assert offered == [one.definition.slug for one in pack.services]


@pytest.mark.parametrize("name", SHIPPED)
def test_an_imported_pack_is_exported_unchanged(db: Database, name: str) -> None:
    text = service.shipped_pack_text(name)
    import_text(db, text)
    exported = db.query(service.export_pack, SYSTEM)
    pack = parser.parse_pack(text)
    assert parser.parse_pack(exported) == replace(pack, name="My business", summary="")
    before = database_snapshot(db)
    assert import_text(db, exported).changed is False
    assert database_snapshot(db) == before


def test_all_packs_in_one_business_round_trip(
    db: Database, sqlite_db: Database
) -> None:
    db.call(create_sample_business)
    for name in SHIPPED:
        import_text(db, service.shipped_pack_text(name))
    exported = db.query(service.export_pack, SYSTEM)
    before = database_snapshot(db)
    assert import_text(db, exported).changed is False
    assert database_snapshot(db) == before
    if db.is_sqlite:
        return
    sqlite_db.call(businesses.ensure_business)
    import_text(sqlite_db, exported)
    again = sqlite_db.query(service.export_pack, SYSTEM)
    assert parser.parse_pack(again) == replace(
        parser.parse_pack(exported), name="My business", summary=""
    )


def test_an_import_returns_its_result(db: Database) -> None:
    done = import_text(db, service.shipped_pack_text("pool-care"))
    assert (done.name, done.contents) == (
        "Pool care",
        "1 dependent type, 21 fields, 3 services, 3 policies, 2 templates",
    )


def test_only_what_the_pack_defines_changes(db: Database) -> None:
    db.call(create_sample_business)
    before = database_snapshot(db)
    import_text(db, service.shipped_pack_text("pool-care"))
    after = database_snapshot(db)
    for table in ("service", "category", "service_option", "option_choice"):
        kept = [row for row in after[table] if row in before[table]]
        assert kept == before[table]
    assert after["fieldworker"] == before["fieldworker"]


def test_a_changed_pack_changes_only_its_difference(db: Database) -> None:
    text = service.shipped_pack_text("pool-care")
    import_text(db, text)
    changed = text.replace("price = 89.00", "price = 99.00").replace(
        '"Deepest point"', '"How deep?"'
    )
    assert import_text(db, changed).changed is True
    with db.read() as tx:
        versions = dict(
            tx.exec(select(FieldDefinition.key, FieldDefinition.version)).all()
        )
    assert versions.pop("deepest") == 2
    assert set(versions.values()) == {1}
    page = db.query(catalogue.service_view, "pool-service")
    assert page.from_price_minor == 9900


def test_customer_values_survive_another_pack(db: Database) -> None:
    text = service.shipped_pack_text("pool-care")
    import_text(db, text)
    maya = db.call(new_customer)
    form = DependentForm(
        name="Big blue",
        answers={
            "kind_of_pool": "in_ground_pool",
            "volume": "45000",
            "sanitiser": "chlorine",
        },
    )
    pool = db.call(dependents.add_dependent, maya, "pool", form, "")
    changed = text.replace('unit = "L"', 'unit = "m³"').replace(
        '"Salt chlorinator", "Chlorine",', '"Salt chlorinator",'
    )
    import_text(db, changed)
    view = db.query(dependents.get_dependent, maya, pool)
    by_key = {field.key: field for field in view.fields}
    assert (by_key["volume"].text, by_key["volume"].earlier) == ("", "45000 L")
    assert by_key["sanitiser"].text == "Chlorine"
    import_text(db, text)
    view = db.query(dependents.get_dependent, maya, pool)
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
def test_an_invalid_pack_changes_nothing_and_reports_lines(
    db: Database, old: str, new: str, told: str
) -> None:
    db.call(create_sample_business)
    before = database_snapshot(db)
    text = service.shipped_pack_text("pool-care")
    assert text.count(old) == 1
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(PackError) as refusal:
        import_text(db, text.replace(old, new))
    assert [str(one) for one in refusal.value.problems] == [f"line {line}: {told}"]
    assert refusal.value.message == (
        "The pack is wrong in one place. Nothing was changed."
    )
    assert database_snapshot(db) == before


def test_conflicts_with_existing_fields_are_reported_with_lines(
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
    import_text(db, first)
    before = database_snapshot(db)
    second = """\
[pack]
name = "Two"

[[customer_fields]]
key = "member"
name = "Member number"
"""
    with pytest.raises(PackError) as refusal:
        import_text(db, second)
    assert [str(one) for one in refusal.value.problems] == [
        "line 4: customer_fields.since.shown_when: “member” cannot decide about this: "
        "it takes a yes_no, choice or choices field."
    ]
    assert database_snapshot(db) == before


def test_a_pack_may_use_existing_categories(db: Database) -> None:
    db.call(create_sample_business)
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
    import_text(db, text)
    assert db.query(catalogue.service_view, "cat-visit").category == "Pet care"


def test_a_changed_order_is_imported(db: Database) -> None:
    def order() -> list[str]:
        with db.read() as tx:
            type_id = active_type_row(tx, "pool").id
            scope = schema.dependent_type_scope(type_id)
            return [one.key for one in schema.active_definitions(tx, scope)][:2]

    text = service.shipped_pack_text("pool-care")
    import_text(db, text)
    assert order() == ["kind_of_pool", "volume"]
    start = text.index('  [[dependent_types.fields]]\n  key = "kind_of_pool"')
    end = text.index('  [[dependent_types.fields]]\n  key = "volume"')
    rest = text.index('  [[dependent_types.fields]]\n  key = "deepest"')
    swapped = text[:start] + text[end:rest] + text[start:end] + text[rest:]
    assert import_text(db, swapped).changed is True
    assert order() == ["volume", "kind_of_pool"]
    assert import_text(db, swapped).changed is False


def test_policies_and_templates_are_imported(db: Database) -> None:
    db.call(create_sample_business)
    import_text(db, service.shipped_pack_text("pet-care"))
    assert [(one.key, one.title) for one in db.query(policies.active_policies)] == [
        ("cancellation", "Cancellation policy"),
        ("vaccination", "Vaccination"),
        ("keys", "Keys and codes"),
    ]
    assert [one.key for one in db.query(message_templates.message_templates)] == [
        "on-the-way",
        "after-the-walk",
    ]


def test_only_the_office_may_import_and_export(db: Database) -> None:
    db.call(create_sample_business)
    maya = db.call(new_customer)
    before = database_snapshot(db)
    text = service.shipped_pack_text("pet-care")
    for actor in (maya, Actor(), Actor(audience=Audience.FIELDWORKER)):
        with pytest.raises(NotAllowed):
            db.call(service.import_pack, actor, text)
        with pytest.raises(NotAllowed):
            db.query(service.export_pack, actor)
        with pytest.raises(NotAllowed):
            db.call(policies.define_policies, actor, [])
        with pytest.raises(NotAllowed):
            db.call(message_templates.define_templates, actor, [])
    assert database_snapshot(db) == before


def test_an_import_creates_no_bookings(db: Database) -> None:
    import_text(db, service.shipped_pack_text("clinic"))

    def booked(tx: Session) -> int:
        return tx.exec(select(func.count()).select_from(Booking)).one()

    assert db.query(booked) == 0


@pytest.mark.parametrize("name", SHIPPED)
def test_a_broken_pack_of_any_trade_changes_nothing(
    sqlite_db: Database, name: str
) -> None:
    text = service.shipped_pack_text(name)
    import_text(sqlite_db, text)
    before = database_snapshot(sqlite_db)
    line = text[: text.index('kind = "')].count("\n") + 1
    with pytest.raises(PackError) as refusal:
        import_text(sqlite_db, text.replace('kind = "', 'kind = "x', 1))
    assert any(str(one).startswith(f"line {line}:") for one in refusal.value.problems)
    assert database_snapshot(sqlite_db) == before


def test_what_a_visit_needs_is_in_a_pack(sqlite_db: Database) -> None:
    def define(tx: Session) -> None:
        create_sample_business(tx)
        row = tx.exec(select(Service).where(Service.slug == "dog-walk")).one()
        row.people_needed, row.seats, row.visits_per_day = 2, 8, 5
        row.dependent_minutes, row.dependent_price_minor = 10, 950

    sqlite_db.call(define)
    text = sqlite_db.query(service.export_pack, SYSTEM)
    packed = {one.definition.slug: one for one in parser.parse_pack(text).services}
    found = packed["dog-walk"].definition
    assert (found.people_needed, found.seats, found.visits_per_day) == (2, 8, 5)
    assert (found.dependent_minutes, found.dependent_price_minor) == (10, 950)
