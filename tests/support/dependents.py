"""Types of dependents with fields and documents, and customers who have some."""

from decimal import Decimal
from typing import Any

from sqlmodel import Session

from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.rules import (
    DependentForm,
    DocumentKind,
    TypeDefinition,
)
from portal_app.domain.dependents.types import define_type
from portal_app.domain.fields import schema
from portal_app.domain.fields.rules import Definition, FieldChoice, FieldCondition
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.db import Database

VACCINATION = DocumentKind(
    "vaccination", "Vaccination certificate", expires="always", required=True
)
INSURANCE = DocumentKind("insurance", "Insurance", expires="never")
PET = TypeDefinition("pet", "Pet", "Pets", "paw-print", (VACCINATION, INSURANCE))
POOL = TypeDefinition("pool", "Pool", "Pools", "waves")
PET_FIELDS = (
    Definition(
        key="species",
        name="Kind of animal",
        kind="choice",
        required=True,
        choices=(FieldChoice("dog", "Dog"), FieldChoice("cat", "Cat")),
    ),
    Definition(
        key="breed", name="Breed", shown_when=FieldCondition("species", ("dog",))
    ),
    Definition(
        key="weight",
        name="Weight",
        kind="number",
        unit="kg",
        minimum=Decimal("0.5"),
        maximum=Decimal(120),
        decimals=1,
    ),
    Definition(
        key="temper",
        name="Temper",
        visible_to=frozenset({"fieldworker", "office"}),
        editable_by=frozenset({"office"}),
    ),
)
POOL_FIELDS = (
    Definition(key="volume", name="Volume", kind="number", unit="L", required=True),
)
REX = DependentForm(
    name="Rex", answers={"species": "dog", "breed": "Border Collie", "weight": "18.5"}
)


def define_dependent_types(tx: Session) -> None:
    """The types Pet and Pool."""
    for position, (kind, asked) in enumerate(((PET, PET_FIELDS), (POOL, POOL_FIELDS))):
        type_id = define_type(tx, SYSTEM, kind, position)
        schema.define_fields(tx, SYSTEM, schema.dependent_type_scope(type_id), asked)


def add_pet(
    db: Database, actor: Actor, form: DependentForm = REX, *, key: str = ""
) -> str:
    """A pet of this customer."""
    return db.call(dependents.add_dependent, actor, "pet", form, key)


def cat_form(name: str, **answers: Any) -> DependentForm:
    """A cat as typed, unless the answers say otherwise."""
    return DependentForm(name=name, answers={"species": "cat"} | answers)


WALK_FIELDS = (
    Definition(
        key="meeting_point",
        name="Where do we meet?",
        kind="choice",
        required=True,
        choices=(
            FieldChoice("door", "At the door"),
            FieldChoice("park", "In the park"),
        ),
    ),
    Definition(
        key="which_park",
        name="Which park?",
        required=True,
        shown_when=FieldCondition("meeting_point", ("park",)),
    ),
    Definition(key="photo", name="Photo of the harness", kind="file"),
    Definition(key="consent", name="Consent", kind="signature"),
    Definition(
        key="verdict",
        name="Verdict",
        visible_to=frozenset({"customer", "office"}),
        editable_by=frozenset({"office"}),
    ),
    Definition(
        key="warning",
        name="Warning",
        visible_to=frozenset({"office"}),
        editable_by=frozenset({"office"}),
    ),
)
"""What a walk asks: one always, one depending on it, a file, one of the office's."""


def define_walk_fields(tx: Session, service_id: str) -> None:
    """Ask ``WALK_FIELDS`` of whoever books this service."""
    schema.define_fields(tx, SYSTEM, schema.service_scope(service_id), WALK_FIELDS)
