"""The office's side: saying which fields there are. Values are never touched."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from portal_app.domain.fields import definitions as d
from portal_app.domain.fields.definitions import Choice, Condition, Definition
from portal_app.domain.fields.models import FieldDefinition
from portal_app.kernel.audiences import Actor
from portal_app.kernel.changes import ChangedMeanwhile, compare
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import InvalidInput, NotFound
from portal_app.kernel.ordering import places
from portal_app.kernel.ownership import require_office

_LABELS = {
    "name": "Name",
    "kind": "Kind",
    "help": "Help",
    "unit": "Unit",
    "minimum": "Minimum",
    "maximum": "Maximum",
    "decimals": "Decimal places",
    "period": "Period",
    "choices": "Choices",
    "required": "Required",
    "shown_when": "Shown when",
    "visible_to": "Visible to",
    "editable_by": "Editable by",
}


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


@dataclass(frozen=True, slots=True)
class Defined:
    """A definition as it is stored, with what the office needs to change it."""

    definition: Definition
    position: int
    version: int
    archived: bool


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


def defined(tx: Session, actor: Actor, scope: Scope) -> list[Defined]:
    """Every field of a scope, archived ones last; for the office's settings.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    rows = sorted(
        _rows(tx, scope).values(),
        key=lambda row: (row.archived_at is not None, row.position, row.id),
    )
    return [
        Defined(
            definition_from(row), row.position, row.version, row.archived_at is not None
        )
        for row in rows
    ]


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
    rows = _rows(tx, scope)
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
        _store(tx, scope, rows.get(one.key), one, place[one.key]) for one in wanted
    )


def change(tx: Session, actor: Actor, definition: Definition, version: int) -> int:
    """Change one field; what was entered into it is kept, whatever changes.

    Args:
        tx: The transaction.
        actor: The office.
        definition: As it shall be; ``id`` says which, ``key`` stays.
        version: Of the definition that was read.

    Returns:
        The new version.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such field.
        InvalidInput: If it is wrong; the fields are ``KEY.PART``.
        ChangedMeanwhile: If it was changed since ``version``.
    """
    require_office(actor)
    row = _locked(tx, definition.id)
    wanted = replace(definition, key=row.key)
    if row.version != version:
        yours, now = _texts(wanted), _texts(definition_from(row))
        raise ChangedMeanwhile("This field", compare(_LABELS, yours, now), row.version)
    scope = Scope(row.scope_kind, row.scope_id)
    others = [one for one in definitions(tx, scope) if one.key != row.key]
    _refuse_faults([*others, wanted])
    _store(tx, scope, row, wanted, row.position)
    return row.version


def archive(tx: Session, actor: Actor, definition_id: str) -> None:
    """Ask for a field no more; what was entered stays. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such field.
        InvalidInput: If it decides about another field.
    """
    require_office(actor)
    row = _locked(tx, definition_id)
    if row.archived_at is None:
        scope = Scope(row.scope_kind, row.scope_id)
        _refuse_faults([f for f in definitions(tx, scope) if f.key != row.key])
        row.archived_at = utc_now()
        row.version += 1


def restore(tx: Session, actor: Actor, definition_id: str) -> None:
    """Ask for an archived field again. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such field.
        InvalidInput: If the field that decides about it is gone.
    """
    require_office(actor)
    row = _locked(tx, definition_id)
    if row.archived_at is not None:
        scope = Scope(row.scope_kind, row.scope_id)
        _refuse_faults([*definitions(tx, scope), definition_from(row)])
        row.archived_at = None
        row.version += 1


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


def _store(
    tx: Session,
    scope: Scope,
    row: FieldDefinition | None,
    wanted: Definition,
    position: int,
) -> bool:
    before = definition_from(row).choices if row else ()
    values = _columns(replace(wanted, choices=d.with_retired(before, wanted.offered)))
    values |= {"position": position, "archived_at": None}
    if row is None:
        tx.add(FieldDefinition(scope_kind=scope.kind, scope_id=scope.id, **values))
        tx.flush()
        return True
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


def _texts(definition: Definition) -> dict[str, str]:
    """A definition as the office reads it, for comparing."""
    condition = definition.shown_when
    texts = {name: str(value or "") for name, value in asdict(definition).items()}
    return texts | {
        "choices": ", ".join(choice.name for choice in definition.offered),
        "required": "Yes" if definition.required else "No",
        "decimals": str(definition.decimals),
        "shown_when": f"{condition.key}: {', '.join(condition.values)}"
        if condition
        else "",
        "visible_to": ", ".join(sorted(definition.visible_to)),
        "editable_by": ", ".join(sorted(definition.editable_by)),
    }


def _refuse_faults(fields: Sequence[Definition]) -> None:
    faults = d.faults_of(fields)
    if faults:
        raise InvalidInput(
            {f"{fault.key}.{fault.part}": fault.sentence for fault in faults},
            faults[0].sentence,
        )


def _rows(tx: Session, scope: Scope) -> dict[str, FieldDefinition]:
    rows = tx.exec(
        select(FieldDefinition).where(
            col(FieldDefinition.scope_kind) == scope.kind,
            col(FieldDefinition.scope_id) == scope.id,
        )
    )
    return {row.key: row for row in rows}


def _locked(tx: Session, definition_id: str) -> FieldDefinition:
    row = tx.get(
        FieldDefinition, definition_id, with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound("We could not find that field.")
    return row
