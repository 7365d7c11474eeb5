"""Every form of the office writes down what it changed, once, and nothing else."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.business import message_templates, policies
from portal_app.domain.business import service as businesses
from portal_app.domain.business.message_templates import TemplateText
from portal_app.domain.business.policies import PolicyForm
from portal_app.domain.business.rules import SwitchesForm
from portal_app.domain.change_log.models import ChangeEntry
from portal_app.domain.dependents import types
from portal_app.domain.dependents.types import DocumentKindForm, TypeForm
from portal_app.domain.fields import schema
from portal_app.domain.fields.schema import CUSTOMER_SCOPE, FieldForm
from portal_app.domain.packs import service as packs
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.changes import EditConflict
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput
from tests.support.accounts import BUSINESS, set_up_business

Told = tuple[str, str, str, list[tuple[str, str, str]]]


@pytest.fixture(autouse=True)
def _open(db: Database) -> None:
    set_up_business(db)


def told_by(db: Database, *acts: Callable[[Session], object]) -> list[Told]:
    """What some acts wrote down, each in a transaction of its own."""
    with db.read() as tx:
        known = set(tx.exec(select(ChangeEntry.id)))
    for act in acts:
        db.call(act)
    with db.read() as tx:
        rows = tx.exec(
            select(ChangeEntry)
            .where(col(ChangeEntry.id).not_in(known))
            .order_by(col(ChangeEntry.id))
        ).all()
    return [
        (
            row.action,
            row.thing_kind,
            row.thing_name,
            [(one["label"], one["before"], one["after"]) for one in row.differences],
        )
        for row in rows
    ]


def test_settings(db: Database) -> None:
    form = SwitchesForm(google=False, session_hours=3)
    assert told_by(
        db,
        lambda tx: businesses.save_switches(tx, SYSTEM, form, 1),
        lambda tx: businesses.save_switches(tx, SYSTEM, form, 2),
    ) == [
        (
            "changed",
            "Settings",
            "Settings",
            [
                ("Google", "On", "Off"),
                ("Without “Remember me” (hours)", "12", "3"),
            ],
        )
    ]


def test_the_business(db: Database) -> None:
    form = replace(BUSINESS, name="Sunny Side", lead_minutes=60)
    assert told_by(
        db,
        lambda tx: businesses.save_business(tx, SYSTEM, form),
        lambda tx: businesses.save_business(tx, SYSTEM, form),
    ) == [
        (
            "changed",
            "Business",
            "Sunny Side",
            [("Name", "Brightside", "Sunny Side"), ("Notice (minutes)", "120", "60")],
        )
    ]


def test_policies(db: Database) -> None:
    form = PolicyForm(title="Keys", text="Kept in a safe.")
    changed = replace(form, text="Kept in our safe.")
    told = told_by(
        db,
        lambda tx: policies.add_policy(tx, SYSTEM, form, "r1"),
        lambda tx: policies.add_policy(tx, SYSTEM, form, "r1"),
        lambda tx: policies.save_policy(tx, SYSTEM, "terms", form, 0),
        lambda tx: policies.save_policy(tx, SYSTEM, "keys", changed, 1),
        lambda tx: policies.save_policy(tx, SYSTEM, "keys", changed, 2),
        lambda tx: policies.archive_policy(tx, SYSTEM, "keys"),
        lambda tx: policies.archive_policy(tx, SYSTEM, "keys"),
        lambda tx: policies.restore_policy(tx, SYSTEM, "keys"),
        lambda tx: policies.restore_policy(tx, SYSTEM, "keys"),
    )
    written = [("Title", "", "Keys"), ("Text", "", "Kept in a safe.")]
    assert told == [
        ("added", "Policy", "Keys", written),
        ("added", "Policy", "Keys", written),
        (
            "changed",
            "Policy",
            "Keys",
            [("Text", "Kept in a safe.", "Kept in our safe.")],
        ),
        ("archived", "Policy", "Keys", []),
        ("restored", "Policy", "Keys", []),
    ]
    other = PolicyForm(title="Pets", text="Welcome.")
    assert told_by(
        db,
        lambda tx: policies.add_policy(tx, SYSTEM, other, "r2"),
        lambda tx: policies.reorder_policies(tx, SYSTEM, ["pets", "keys"]),
        lambda tx: policies.reorder_policies(tx, SYSTEM, ["pets", "keys"]),
    )[1:] == [
        (
            "changed",
            "Policy",
            "All of them",
            [("Order", "Keys, Keys, Pets", "Pets, Keys, Keys")],
        )
    ]


def test_templates(db: Database) -> None:
    first = TemplateText("hello", "Hello", "Hello {first_name}")
    second = replace(first, text="Hi {first_name}")

    def define(template: TemplateText) -> Callable[[Session], object]:
        return lambda tx: message_templates.define_templates(tx, SYSTEM, [template])

    assert told_by(db, define(first), define(first), define(second)) == [
        (
            "added",
            "Message template",
            "Hello",
            [("Name", "", "Hello"), ("Text", "", "Hello {first_name}")],
        ),
        (
            "changed",
            "Message template",
            "Hello",
            [("Text", "Hello {first_name}", "Hi {first_name}")],
        ),
    ]


def test_dependent_types(db: Database) -> None:
    form = TypeForm(singular="Pet", plural="Pets", icon="paw-print")
    papers = replace(form, documents=(DocumentKindForm(name="Vaccination"),))
    cat = TypeForm(singular="Cat", plural="Cats", icon="cat")
    assert told_by(
        db,
        lambda tx: types.add_type(tx, SYSTEM, form, "r1"),
        lambda tx: types.change_type(tx, SYSTEM, "pet", papers, 1),
        lambda tx: types.change_type(tx, SYSTEM, "pet", papers, 2),
        lambda tx: types.add_type(tx, SYSTEM, cat, "r2"),
        lambda tx: types.reorder_types(tx, SYSTEM, ["cat", "pet"]),
        lambda tx: types.archive_type(tx, SYSTEM, "cat"),
        lambda tx: types.restore_type(tx, SYSTEM, "cat"),
    ) == [
        (
            "added",
            "Dependent type",
            "Pets",
            [
                ("One of them", "", "Pet"),
                ("Several of them", "", "Pets"),
                ("Icon", "", "paw print"),
            ],
        ),
        (
            "changed",
            "Dependent type",
            "Pets",
            [("Documents", "", "Vaccination, may expire")],
        ),
        (
            "added",
            "Dependent type",
            "Cats",
            [
                ("One of them", "", "Cat"),
                ("Several of them", "", "Cats"),
                ("Icon", "", "cat"),
            ],
        ),
        (
            "changed",
            "Dependent type",
            "All of them",
            [("Order", "Pets, Cats", "Cats, Pets")],
        ),
        ("archived", "Dependent type", "Cats", []),
        ("restored", "Dependent type", "Cats", []),
    ]


def test_fields(db: Database) -> None:
    everybody = frozenset({"customer", "fieldworker", "office"})
    form = FieldForm(name="Gate code", visible_to=everybody)
    found: list[str] = []
    assert told_by(
        db,
        lambda tx: found.append(
            schema.add_field(tx, SYSTEM, CUSTOMER_SCOPE, form, "r1")
        ),
        lambda tx: schema.change_field(
            tx, SYSTEM, found[0], replace(form, required=True), 1
        ),
        lambda tx: schema.change_field(
            tx, SYSTEM, found[0], replace(form, required=True), 2
        ),
        lambda tx: found.append(
            schema.add_field(
                tx, SYSTEM, CUSTOMER_SCOPE, replace(form, name="Parking"), "r2"
            )
        ),
        lambda tx: schema.reorder_fields(tx, SYSTEM, CUSTOMER_SCOPE, found[::-1]),
        lambda tx: schema.archive_field(tx, SYSTEM, found[0]),
        lambda tx: schema.archive_field(tx, SYSTEM, found[0]),
        lambda tx: schema.restore_field(tx, SYSTEM, found[0]),
    ) == [
        (
            "added",
            "Field",
            "Gate code",
            [
                ("Name", "", "Gate code"),
                ("Kind", "", "Short text"),
                ("Seen by", "", "Customer, Fieldworker, Office"),
            ],
        ),
        ("changed", "Field", "Gate code", [("Required", "No", "Yes")]),
        (
            "added",
            "Field",
            "Parking",
            [
                ("Name", "", "Parking"),
                ("Kind", "", "Short text"),
                ("Seen by", "", "Customer, Fieldworker, Office"),
            ],
        ),
        (
            "changed",
            "Field",
            "All of them",
            [("Order", "Gate code, Parking", "Parking, Gate code")],
        ),
        ("archived", "Field", "Gate code", []),
        ("restored", "Field", "Gate code", []),
    ]


def test_a_pack_is_told_with_what_it_brought_and_once(db: Database) -> None:
    text = packs.shipped_pack_text("pool-care")

    def bring(tx: Session) -> object:
        return packs.import_pack(tx, SYSTEM, text)

    told = told_by(db, bring)
    assert [(action, kind) for action, kind, _, _ in told if kind == "Pack"] == [
        ("added", "Pack")
    ]
    kinds = {kind for _, kind, _, _ in told}
    assert kinds >= {"Dependent type", "Field", "Policy", "Message template", "Pack"}
    assert told_by(db, bring) == []


def test_what_is_refused_is_not_told(db: Database) -> None:
    def refused(tx: Session) -> None:
        with pytest.raises(EditConflict):
            businesses.save_switches(tx, SYSTEM, SwitchesForm(google=False), 7)
        with pytest.raises(InvalidInput):
            businesses.save_business(tx, SYSTEM, replace(BUSINESS, name=" "))
        with pytest.raises(InvalidInput):
            policies.add_policy(tx, SYSTEM, PolicyForm(), "r1")
        with pytest.raises(InvalidInput):
            types.add_type(tx, SYSTEM, TypeForm(), "r2")
        with pytest.raises(InvalidInput):
            schema.add_field(tx, SYSTEM, CUSTOMER_SCOPE, FieldForm(), "r3")

    assert told_by(db, refused) == []
