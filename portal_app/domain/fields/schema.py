"""Which fields a business asks for: defining, changing and archiving them.

Values are never touched: a value remembers under which kind and unit it was entered,
and a choice is retired, not deleted.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from sqlalchemy import func
from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Thing
from portal_app.domain.fields import labels
from portal_app.domain.fields import rules as d
from portal_app.domain.fields.models import FieldDefinition, FieldValue
from portal_app.domain.fields.rules import Definition, FieldChoice, FieldCondition
from portal_app.domain.fields.views import ChoiceDefinitionView, DefinitionView
from portal_app.kernel import archival
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.keys import (
    MAX_KEY_LENGTH,
    keys_for,
    required_request_key,
    unique_key,
)
from portal_app.kernel.ordering import assign_positions, next_position
from portal_app.kernel.ownership import require_office, require_staff
from portal_app.kernel.text import is_readable, one_line
from portal_app.kernel.versioned import is_current

_KIND = "Field"
_MAX_NUMBER_LENGTH = 24
_MAX_DIGITS = 12
_MAX_CHOICE_NAME = 80


@dataclass(frozen=True, slots=True)
class ChoiceForm:
    """A choice as typed; ``key`` is that of one that was there before."""

    name: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldForm:
    """A field as typed. Parts that its kind does not have are left aside.

    Attributes:
        choices: Those that can be chosen, in order; one that was there before and
            is not among them is no longer offered.
        shown_when: The key of the field that decides whether this one is shown;
            empty for always.
        shown_values: What that field must say.
    """

    name: str = ""
    kind: str = d.TEXT
    help: str = ""
    unit: str = ""
    minimum: str = ""
    maximum: str = ""
    decimals: str = ""
    period: str = ""
    choices: tuple[ChoiceForm, ...] = ()
    required: bool = False
    shown_when: str = ""
    shown_values: tuple[str, ...] = ()
    visible_to: frozenset[str] = frozenset()
    editable_by: frozenset[str] = frozenset()


def parse_field_form(
    form: FieldForm, key: str, before: Definition | None = None
) -> tuple[Definition, dict[str, str]]:
    """The definition that a form describes, as far as it can be read.

    Args:
        form: As typed.
        key: Of the field.
        before: The field as it is stored, if there is one.

    Returns:
        The definition without what cannot be read, and a sentence for each of that,
        such as a number that is none. Whether the definition makes sense is for
        ``rules.definition_faults`` to say.
    """
    wrong: dict[str, str] = {}
    number, choice = form.kind == d.NUMBER, form.kind in {d.CHOICE, d.CHOICES}
    definition = Definition(
        id=before.id if before else "",
        key=key,
        name=one_line(form.name),
        kind=form.kind,
        help=one_line(form.help),
        unit=one_line(form.unit) if number else "",
        minimum=_parse_limit(form.minimum, "minimum", wrong) if number else None,
        maximum=_parse_limit(form.maximum, "maximum", wrong) if number else None,
        decimals=_parse_decimals(form.decimals, wrong) if number else 0,
        period=form.period if form.kind == d.DATE else "",
        choices=_parse_choices(form.choices, before, wrong) if choice else (),
        required=form.required,
        shown_when=FieldCondition(form.shown_when[:MAX_KEY_LENGTH], form.shown_values)
        if form.shown_when
        else None,
        visible_to=form.visible_to,
        editable_by=form.editable_by,
    )
    for part in ("name", "help", "unit"):
        if not is_readable(getattr(definition, part)):
            wrong[part] = "Please use only letters, numbers and signs."
    return definition, wrong


def new_field_key(name: str, taken: Sequence[str]) -> str:
    """A key for a field of this name among those of its scope."""
    return unique_key(name, {*taken, *d.RESERVED_KEYS}, otherwise="field")


def _parse_limit(text: str, part: str, wrong: dict[str, str]) -> Decimal | None:
    typed = text.strip()
    if not typed:
        return None
    try:
        number = Decimal(typed) if len(typed) <= _MAX_NUMBER_LENGTH else None
    except InvalidOperation:
        number = None
    usable = number is not None and number.is_finite() and typed.isascii()
    # The exponent: a short text can mean a number of a million digits.
    if number is None or not usable or abs(number.adjusted()) > _MAX_DIGITS:
        wrong[part] = "Please enter a number such as 12 or 12.5."
        return None
    return number


def _parse_decimals(text: str, wrong: dict[str, str]) -> int:
    typed = text.strip() or "0"
    if len(typed) == 1 and typed.isascii() and typed.isdecimal():
        return int(typed)
    wrong["decimals"] = f"Please enter a number from 0 to {d.MAX_DECIMALS}."
    return 0


def _parse_choices(
    typed: Sequence[ChoiceForm], before: Definition | None, wrong: dict[str, str]
) -> tuple[FieldChoice, ...]:
    named: list[tuple[str, str]] = []
    for at, one in enumerate(typed):
        name = one_line(one.name)
        if not 0 < len(name) <= _MAX_CHOICE_NAME or not is_readable(name):
            words = f"Please give a name of 1 to {_MAX_CHOICE_NAME} characters."
            wrong[f"choices.{at}"] = words
        elif name.casefold() in {other.casefold() for _, other in named}:
            wrong[f"choices.{at}"] = f"There are two choices called “{name}”."
        else:
            named.append((one.key, name))
    known = {one.key: one.name for one in before.choices} if before else {}
    keys = keys_for(named, known, otherwise="choice")
    return tuple(
        FieldChoice(key, name) for key, (_, name) in zip(keys, named, strict=True)
    )


class Scope(NamedTuple):
    """Of whom fields are asked; ``id`` of the service or dependent type."""

    kind: str
    id: str = ""


CUSTOMER_SCOPE = Scope("customer")
"""The fields that every customer fills in about themselves."""


def service_scope(service_id: str) -> Scope:
    """The fields asked when this service is booked."""
    return Scope("service", service_id)


def dependent_type_scope(type_id: str) -> Scope:
    """The fields of dependents of this type."""
    return Scope("dependent_type", type_id)


def active_definitions(tx: Session, scope: Scope) -> list[Definition]:
    """The fields in use, in the business's order."""
    return active_definitions_by_scope(tx, [scope])[scope]


def active_definitions_by_scope(
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
            found[scope].append(definition_of(row))
    return found


def define_fields(
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
    businesses.lock_business(tx)
    rows = definition_rows(tx, scope)
    named = {definition.key for definition in wanted}
    others = [
        definition_of(row)
        for key, row in rows.items()
        if key not in named and row.archived_at is None
    ]
    _require_no_faults([*others, *wanted])
    place = assign_positions(
        {key: row.position for key, row in rows.items()},
        [definition.key for definition in wanted],
    )
    return sum(
        _store_definition(
            tx,
            actor,
            rows.get(one.key) or _new_definition_row(scope),
            one,
            place[one.key],
        )
        for one in wanted
    )


def definition_of(row: FieldDefinition) -> Definition:
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
            FieldChoice(choice["key"], choice["name"], bool(choice.get("retired")))
            for choice in row.choices
        ),
        required=row.required,
        shown_when=FieldCondition(condition["key"], tuple(condition["values"]))
        if condition
        else None,
        visible_to=frozenset(row.visible_to),
        editable_by=frozenset(row.editable_by),
    )


def _new_definition_row(scope: Scope, request: str | None = None) -> FieldDefinition:
    """A row to ``_store_definition`` a field in that is new."""
    return FieldDefinition(
        scope_kind=scope.kind,
        scope_id=scope.id,
        key="",
        name="",
        kind="",
        request_key=request,
        version=0,
    )


def _store_definition(
    tx: Session, actor: Actor, row: FieldDefinition, wanted: Definition, position: int
) -> bool:
    """Write a definition into its row; whether anything changed.

    Choices that are gone stay as retired; an archived field is in use again.
    """
    before = definition_of(row).choices
    values = _definition_columns(
        replace(wanted, choices=d.merge_retired_choices(before, wanted.offered))
    )
    values |= {"position": position, "archived_at": None}
    if all(getattr(row, name) == value for name, value in values.items()):
        return False
    in_use = archival.is_in_use(row)
    action: change_log.Action = "changed" if row.version else "added"
    read = definition_of(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    tx.add(row)
    tx.flush()
    change_log.record(
        tx, actor, action, _thing(row), _differences(tx, row, read, in_use)
    )
    return True


def _differences(
    tx: Session, row: FieldDefinition, read: Definition, was_in_use: bool
) -> list[change_log.Difference]:
    """What changed about a row that was ``read`` before."""
    rows = definition_rows(tx, Scope(row.scope_kind, row.scope_id))
    others = {key: definition_of(other) for key, other in rows.items()}
    record = labels.definition_record(others)
    before = record.values(read, in_use=was_in_use)
    after = record.values(definition_of(row), in_use=archival.is_in_use(row))
    return change_log.differences(record, before, after)


def _thing(row: FieldDefinition) -> Thing:
    return Thing(_KIND, row.id, row.name)


def _definition_columns(definition: Definition) -> dict[str, Any]:
    condition = definition.shown_when
    return {
        "key": definition.key,
        "name": definition.name,
        "kind": definition.kind,
        "help": definition.help,
        "unit": definition.unit,
        "minimum": _limit_column(definition.minimum),
        "maximum": _limit_column(definition.maximum),
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
        "visible_to": [one for one in d.AUDIENCES if one in definition.visible_to],
        "editable_by": [one for one in d.AUDIENCES if one in definition.editable_by],
    }


def _limit_column(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}"


def _require_no_faults(fields: Sequence[Definition]) -> None:
    faults = d.definition_faults(fields)
    if faults:
        raise InvalidInput(
            {f"{fault.key}.{fault.part}": fault.sentence for fault in faults},
            faults[0].sentence,
        )


def definition_rows(tx: Session, scope: Scope) -> dict[str, FieldDefinition]:
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


def definition_views(tx: Session, actor: Actor, scope: Scope) -> list[DefinitionView]:
    """Every field of a scope in order, archived ones last; two queries.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_staff(actor)
    rows = definition_rows(tx, scope)
    others = {key: definition_of(row) for key, row in rows.items()}
    answers = _answer_counts(tx, [row.id for row in rows.values()])
    views = [
        _definition_view(row, others, answers.get(row.id, 0)) for row in rows.values()
    ]
    return sorted(views, key=lambda view: view.archived)


def add_field(
    tx: Session, actor: Actor, scope: Scope, form: FieldForm, request: str
) -> str:
    """Ask one more field, after the others, once per request; returns its id.

    Args:
        tx: The transaction.
        actor: The office.
        scope: Of whom it is asked.
        form: As typed; its key follows from its name.
        request: What the browser calls this request.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each part that is wrong.
    """
    require_office(actor)
    businesses.lock_business(tx)
    key = required_request_key(request)
    same = tx.exec(
        select(FieldDefinition).where(col(FieldDefinition.request_key) == key)
    ).first()
    if same is not None:
        return same.id
    rows = definition_rows(tx, scope)
    wanted, unread = parse_field_form(form, new_field_key(form.name, list(rows)))
    _check_definition(wanted, _active_of(rows), unread)
    row = _new_definition_row(scope, key)
    after = next_position(other.position for other in rows.values())
    _store_definition(tx, actor, row, wanted, after)
    return row.id


def change_field(
    tx: Session, actor: Actor, definition_id: str, form: FieldForm, version: int
) -> int:
    """Change a field; what was entered into it is kept, whatever changes.

    Args:
        tx: The transaction.
        actor: The office.
        definition_id: Which.
        form: As typed; the field's key stays.
        version: Of the definition that was read.

    Returns:
        The new version; the same if nothing differs.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such field.
        InvalidInput: With a sentence for each part that is wrong.
        EditConflict: If it was changed since ``version`` to something else.
    """
    row = _locked_definition(tx, actor, definition_id)
    before = definition_of(row)
    wanted, unread = parse_field_form(form, row.key, before)
    rows = definition_rows(tx, Scope(row.scope_kind, row.scope_id))
    if row.version != version and not unread:
        all_of_them = {key: definition_of(other) for key, other in rows.items()}
        record = labels.definition_record(all_of_them)
        yours = record.values(wanted, in_use=True)
        now = record.values(before, in_use=archival.is_in_use(row))
        is_current(record.title, row, version, lambda: record.compare(yours, now))
        return row.version
    _check_definition(
        wanted, [one for one in _active_of(rows) if one.key != row.key], unread
    )
    _store_definition(tx, actor, row, wanted, row.position)
    return row.version


def reorder_fields(tx: Session, actor: Actor, scope: Scope, ids: Sequence[str]) -> None:
    """Put fields into this order; those that are not named stay where they are.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    businesses.lock_business(tx)
    rows = list(definition_rows(tx, scope).values())
    change_log.store_order(tx, actor, rows, ids, _thing)


def archive_field(tx: Session, actor: Actor, definition_id: str) -> None:
    """Ask for a field no more; what was entered stays. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such field.
        Conflict: If it decides about another field.
    """
    row = _locked_definition(tx, actor, definition_id)
    if row.archived_at is not None:
        return
    fields = _active_of(definition_rows(tx, Scope(row.scope_kind, row.scope_id)))
    following = [one.name for one in fields if _depends_on(one, row.key)]
    if following:
        raise Conflict(
            f"“{row.name}” decides whether {_quoted_names(following)} is shown. "
            "Please change that first."
        )
    change_log.archive(tx, actor, row, _thing(row))


def restore_field(tx: Session, actor: Actor, definition_id: str) -> None:
    """Ask for an archived field again. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such field.
        Conflict: If it does not fit the others any more.
    """
    row = _locked_definition(tx, actor, definition_id)
    if row.archived_at is None:
        return
    fields = _active_of(definition_rows(tx, Scope(row.scope_kind, row.scope_id)))
    try:
        _check_definition(definition_of(row), fields)
    except InvalidInput as error:
        words = " ".join(error.fields.values()) or error.message
        raise Conflict(
            f"“{row.name}” cannot be asked again as it is: {words}"
        ) from None
    change_log.restore(tx, actor, row, _thing(row))


def _check_definition(
    wanted: Definition,
    others: Sequence[Definition],
    unread: Mapping[str, str] | None = None,
) -> None:
    """Refuse what makes no sense by itself or beside the others, all at once.

    Raises:
        InvalidInput: With a sentence for each part of the wanted field, and for
            what could not be read.
    """
    wrong = dict(unread or {})
    if impossible := _condition_problem(wanted, others):
        wrong["shown_when"] = impossible
    for fault in d.definition_faults([*others, wanted]):
        if fault.part == "fields":
            raise InvalidInput({}, fault.sentence)
        if fault.key == wanted.key:
            wrong.setdefault(fault.part, fault.sentence)
        elif fault.sentence == d.CIRCULAR_CONDITIONS:
            wrong["shown_when"] = fault.sentence
    following = [
        one.name
        for one in others
        if one.shown_when
        and _depends_on(one, wanted.key)
        and not set(one.shown_when.values) <= wanted.possible
    ]
    if following:
        part = "choices" if wanted.kind in {d.CHOICE, d.CHOICES} else "kind"
        wrong.setdefault(
            part,
            f"{_quoted_names(following)} is shown by an answer that would be gone. "
            "Please change that first.",
        )
    if any(part.startswith("choices.") for part in wrong):
        wrong.pop("choices", None)  # it is said next to the one
    if wrong:
        raise InvalidInput(wrong)


def _condition_problem(wanted: Definition, others: Sequence[Definition]) -> str:
    """What became of the field that decides, in names instead of keys."""
    condition = wanted.shown_when
    if condition is None or condition.key == wanted.key:
        return ""
    decides = next((one for one in others if one.key == condition.key), None)
    if decides is None:
        return "That field is not asked any more. Please choose another."
    if not decides.possible:
        return f"“{decides.name}” has no answers to choose from any more."
    if not set(condition.values) <= decides.possible:
        return f"“{decides.name}” does not have that answer. Please choose again."
    return ""


def _depends_on(field: Definition, key: str) -> bool:
    return field.shown_when is not None and field.shown_when.key == key


def _quoted_names(names: Sequence[str]) -> str:
    return " and ".join(f"“{name}”" for name in names)


def _active_of(rows: Mapping[str, FieldDefinition]) -> list[Definition]:
    return [definition_of(row) for row in rows.values() if row.archived_at is None]


def _locked_definition(
    tx: Session, actor: Actor, definition_id: str
) -> FieldDefinition:
    require_office(actor)
    businesses.lock_business(tx)
    row = tx.get(FieldDefinition, definition_id)
    if row is None:
        raise NotFound("We could not find that field.")
    return row


def _answer_counts(tx: Session, ids: Collection[str]) -> dict[str, int]:
    counted = select(FieldValue.definition_id, func.count()).where(
        col(FieldValue.definition_id).in_(ids)
    )
    rows = tx.exec(counted.group_by(col(FieldValue.definition_id)))
    return {row[0]: row[1] for row in rows}


def _definition_view(
    row: FieldDefinition, others: labels.DefinitionsByKey, answers: int
) -> DefinitionView:
    field = definition_of(row)
    condition = field.shown_when
    return DefinitionView(
        id=field.id,
        key=field.key,
        name=field.name,
        kind=field.kind,
        kind_name=labels.KIND_LABELS.get(field.kind, field.kind),
        help=field.help,
        unit=field.unit,
        minimum=labels.limit_text(field.minimum),
        maximum=labels.limit_text(field.maximum),
        decimals=str(field.decimals) if field.kind == d.NUMBER else "",
        period=field.period,
        choices=[
            ChoiceDefinitionView(choice.key, choice.name, choice.retired)
            for choice in field.choices
        ],
        required=field.required,
        shown_when=condition.key if condition else "",
        shown_values=list(condition.values) if condition else [],
        visible_to=list(row.visible_to),
        editable_by=list(row.editable_by),
        details=labels.details_text(field),
        condition=labels.condition_text(condition, others),
        who=labels.access_text(field),
        answers=answers,
        archived=row.archived_at is not None,
        version=row.version,
    )
