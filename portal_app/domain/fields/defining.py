"""Which fields there are. Values are never touched."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.fields import definitions as d
from portal_app.domain.fields.definitions import Choice, Condition, Definition
from portal_app.domain.fields.models import FieldDefinition
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.ordering import places
from portal_app.kernel.ownership import require_office


class Scope(NamedTuple):
    """Of whom fields are asked; ``id`` of the service or dependent type."""

    kind: str
    id: str = ""


CUSTOMERS = Scope("customer")
"""The fields that every customer fills in about themselves."""


def of_service(service_id: str) -> Scope:
    """The fields asked when this service is booked."""
    return Scope("service", service_id)


def of_dependent_type(type_id: str) -> Scope:
    """The fields of dependents of this type."""
    return Scope("dependent_type", type_id)


def definitions(tx: Session, scope: Scope) -> list[Definition]:
    """The fields in use, in the business's order."""
    return definitions_of(tx, [scope])[scope]


def definitions_of(
    tx: Session, scopes: Iterable[Scope]
) -> dict[Scope, list[Definition]]:
    """The fields in use of several scopes, in one query."""
    wanted = list(scopes)
    found: dict[Scope, list[Definition]] = {scope: [] for scope in wanted}
    rows = tx.exec(
        select(FieldDefinition)
        .where(
            col(FieldDefinition.scope_kind).in_({scope.kind for scope in wanted}),
            col(FieldDefinition.scope_id).in_({scope.id for scope in wanted}),
            col(FieldDefinition.archived_at).is_(None),
        )
        .order_by(col(FieldDefinition.position), col(FieldDefinition.id))
    )
    for row in rows:
        scope = Scope(row.scope_kind, row.scope_id)
        if scope in found:
            found[scope].append(definition_from(row))
    return found


def define(
    tx: Session, actor: Actor, scope: Scope, wanted: Sequence[Definition]
) -> int:
    """Add fields, or change those with the same keys; others stay as they are.

    Safe to repeat: what is already so is not touched. An archived field that is
    named is taken into use again.

    Args:
        tx: The transaction.
        actor: The office, or the portal itself.
        scope: Of whom they are asked.
        wanted: In the order in which they are shown.

    Returns:
        How many were added or changed.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: If they are wrong by themselves or together with the
            others; the fields are ``KEY.PART``.
    """
    require_office(actor)
    businesses.hold(tx)
    rows = rows_of(tx, scope)
    named = {definition.key for definition in wanted}
    others = [
        definition_from(row)
        for key, row in rows.items()
        if key not in named and row.archived_at is None
    ]
    _refuse_faults([*others, *wanted])
    place = places(
        {key: row.position for key, row in rows.items()},
        [definition.key for definition in wanted],
    )
    return sum(
        store(tx, rows.get(one.key) or new_row(scope), one, place[one.key])
        for one in wanted
    )


def definition_from(row: FieldDefinition) -> Definition:
    """A row as the rules see it."""
    condition = row.shown_when
    return Definition(
        id=row.id,
        key=row.key,
        name=row.name,
        kind=row.kind,
        help=row.help,
        unit=row.unit,
        minimum=None if row.minimum is None else Decimal(row.minimum),
        maximum=None if row.maximum is None else Decimal(row.maximum),
        decimals=row.decimals,
        period=row.period,
        choices=tuple(
            Choice(choice["key"], choice["name"], bool(choice.get("retired")))
            for choice in row.choices
        ),
        required=row.required,
        shown_when=Condition(condition["key"], tuple(condition["values"]))
        if condition
        else None,
        visible_to=frozenset(row.visible_to),
        editable_by=frozenset(row.editable_by),
    )


def new_row(scope: Scope, request: str | None = None) -> FieldDefinition:
    """A row to ``store`` a field in that is new."""
    return FieldDefinition(
        scope_kind=scope.kind,
        scope_id=scope.id,
        key="",
        name="",
        kind="",
        request_key=request,
        version=0,
    )


def store(tx: Session, row: FieldDefinition, wanted: Definition, position: int) -> bool:
    """Write a definition into its row; whether anything changed.

    Choices that are gone stay as retired; an archived field is in use again.
    """
    before = definition_from(row).choices
    values = _columns(replace(wanted, choices=d.with_retired(before, wanted.offered)))
    values |= {"position": position, "archived_at": None}
    if all(getattr(row, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    tx.add(row)
    tx.flush()
    return True


def _columns(definition: Definition) -> dict[str, Any]:
    condition = definition.shown_when
    return {
        "key": definition.key,
        "name": definition.name,
        "kind": definition.kind,
        "help": definition.help,
        "unit": definition.unit,
        "minimum": _limit(definition.minimum),
        "maximum": _limit(definition.maximum),
        "decimals": definition.decimals,
        "period": definition.period,
        "choices": [
            {"key": choice.key, "name": choice.name}
            | ({"retired": True} if choice.retired else {})
            for choice in definition.choices
        ],
        "required": definition.required,
        "shown_when": {"key": condition.key, "values": list(condition.values)}
        if condition
        else {},
        "visible_to": [one for one in d.PEOPLE if one in definition.visible_to],
        "editable_by": [one for one in d.PEOPLE if one in definition.editable_by],
    }


def _limit(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}"


def _refuse_faults(fields: Sequence[Definition]) -> None:
    faults = d.faults_of(fields)
    if faults:
        raise InvalidInput(
            {f"{fault.key}.{fault.part}": fault.sentence for fault in faults},
            faults[0].sentence,
        )


def rows_of(tx: Session, scope: Scope) -> dict[str, FieldDefinition]:
    """Every row of a scope by its key, archived ones included, in order."""
    rows = tx.exec(
        select(FieldDefinition)
        .where(
            col(FieldDefinition.scope_kind) == scope.kind,
            col(FieldDefinition.scope_id) == scope.id,
        )
        .order_by(col(FieldDefinition.position), col(FieldDefinition.id))
    )
    return {row.key: row for row in rows}
