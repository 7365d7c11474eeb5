"""What the office does by hand with the fields of a scope.

What was entered is kept, whatever changes: a value remembers under which kind and
unit it was entered, and a choice is retired, not deleted.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.fields import definitions as d
from portal_app.domain.fields import typed, wording
from portal_app.domain.fields.defining import (
    Scope,
    definition_from,
    new_row,
    rows_of,
    store,
)
from portal_app.domain.fields.definitions import Definition
from portal_app.domain.fields.models import FieldDefinition, FieldValue
from portal_app.domain.fields.typed import FieldForm
from portal_app.domain.fields.views import ChoiceDefinitionView, DefinitionView
from portal_app.kernel import archiving
from portal_app.kernel.audiences import Actor
from portal_app.kernel.changes import ChangedMeanwhile, compare
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.keys import required_request_key
from portal_app.kernel.ordering import next_place, reordered
from portal_app.kernel.ownership import require_office


def defined(tx: Session, actor: Actor, scope: Scope) -> list[DefinitionView]:
    """Every field of a scope in order, archived ones last; two queries.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    rows = rows_of(tx, scope)
    others = {key: definition_from(row) for key, row in rows.items()}
    answers = _answers(tx, [row.id for row in rows.values()])
    views = [_view(row, others, answers.get(row.id, 0)) for row in rows.values()]
    return sorted(views, key=lambda view: view.archived)


def add(tx: Session, actor: Actor, scope: Scope, form: FieldForm, request: str) -> str:
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
    businesses.hold(tx)
    key = required_request_key(request)
    same = tx.exec(
        select(FieldDefinition).where(col(FieldDefinition.request_key) == key)
    ).first()
    if same is not None:
        return same.id
    rows = rows_of(tx, scope)
    wanted, unread = typed.read(form, typed.field_key(form.name, list(rows)))
    _check(wanted, _in_use(rows), unread)
    row = new_row(scope, key)
    after = next_place(other.position for other in rows.values())
    store(tx, row, wanted, after)
    return row.id


def change(
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
        ChangedMeanwhile: If it was changed since ``version`` to something else.
    """
    row = _held(tx, actor, definition_id)
    before = definition_from(row)
    wanted, unread = typed.read(form, row.key, before)
    rows = rows_of(tx, Scope(row.scope_kind, row.scope_id))
    if row.version != version and not unread:
        all_of_them = {key: definition_from(other) for key, other in rows.items()}
        changes = compare(
            wording.LABELS,
            wording.parts(wanted, all_of_them, in_use=True),
            wording.parts(before, all_of_them, in_use=row.archived_at is None),
        )
        if changes:
            raise ChangedMeanwhile("This field", changes, row.version)
        return row.version
    _check(wanted, [one for one in _in_use(rows) if one.key != row.key], unread)
    store(tx, row, wanted, row.position)
    return row.version


def order(tx: Session, actor: Actor, scope: Scope, ids: Sequence[str]) -> None:
    """Put fields into this order; those that are not named stay where they are.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    businesses.hold(tx)
    rows = {row.id: row for row in rows_of(tx, scope).values()}
    for definition_id, place in reordered(list(rows), ids).items():
        rows[definition_id].position = place
    tx.flush()


def archive(tx: Session, actor: Actor, definition_id: str) -> None:
    """Ask for a field no more; what was entered stays. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such field.
        Conflict: If it decides about another field.
    """
    row = _held(tx, actor, definition_id)
    if row.archived_at is not None:
        return
    fields = _in_use(rows_of(tx, Scope(row.scope_kind, row.scope_id)))
    following = [one.name for one in fields if _follows(one, row.key)]
    if following:
        raise Conflict(
            f"“{row.name}” decides whether {_named(following)} is shown. "
            "Please change that first."
        )
    archiving.archive(tx, row)


def restore(tx: Session, actor: Actor, definition_id: str) -> None:
    """Ask for an archived field again. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such field.
        Conflict: If it does not fit the others any more.
    """
    row = _held(tx, actor, definition_id)
    if row.archived_at is None:
        return
    fields = _in_use(rows_of(tx, Scope(row.scope_kind, row.scope_id)))
    try:
        _check(definition_from(row), fields)
    except InvalidInput as error:
        words = " ".join(error.fields.values()) or error.message
        raise Conflict(
            f"“{row.name}” cannot be asked again as it is: {words}"
        ) from None
    archiving.restore(tx, row)


def _check(
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
    if impossible := _impossible(wanted, others):
        wrong["shown_when"] = impossible
    for fault in d.faults_of([*others, wanted]):
        if fault.part == "fields":
            raise InvalidInput({}, fault.sentence)
        if fault.key == wanted.key:
            wrong.setdefault(fault.part, fault.sentence)
        elif fault.sentence == d.CIRCLE:
            wrong["shown_when"] = fault.sentence
    following = [
        one.name
        for one in others
        if one.shown_when
        and _follows(one, wanted.key)
        and not set(one.shown_when.values) <= wanted.possible
    ]
    if following:
        part = "choices" if wanted.kind in {d.CHOICE, d.CHOICES} else "kind"
        wrong.setdefault(
            part,
            f"{_named(following)} is shown by an answer that would be gone. "
            "Please change that first.",
        )
    if any(part.startswith("choices.") for part in wrong):
        wrong.pop("choices", None)  # it is said next to the one
    if wrong:
        raise InvalidInput(wrong)


def _impossible(wanted: Definition, others: Sequence[Definition]) -> str:
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


def _follows(field: Definition, key: str) -> bool:
    return field.shown_when is not None and field.shown_when.key == key


def _named(names: Sequence[str]) -> str:
    return " and ".join(f"“{name}”" for name in names)


def _in_use(rows: Mapping[str, FieldDefinition]) -> list[Definition]:
    return [definition_from(row) for row in rows.values() if row.archived_at is None]


def _held(tx: Session, actor: Actor, definition_id: str) -> FieldDefinition:
    require_office(actor)
    businesses.hold(tx)
    row = tx.get(FieldDefinition, definition_id)
    if row is None:
        raise NotFound("We could not find that field.")
    return row


def _answers(tx: Session, ids: Collection[str]) -> dict[str, int]:
    counted = select(FieldValue.definition_id, func.count()).where(
        col(FieldValue.definition_id).in_(ids)
    )
    rows = tx.exec(counted.group_by(col(FieldValue.definition_id)))
    return {row[0]: row[1] for row in rows}


def _view(row: FieldDefinition, others: wording.Others, answers: int) -> DefinitionView:
    field = definition_from(row)
    condition = field.shown_when
    return DefinitionView(
        id=field.id,
        key=field.key,
        name=field.name,
        kind=field.kind,
        kind_name=wording.KINDS.get(field.kind, field.kind),
        help=field.help,
        unit=field.unit,
        minimum=wording.plain(field.minimum),
        maximum=wording.plain(field.maximum),
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
        details=wording.details(field),
        condition=wording.condition(condition, others),
        who=wording.who(field),
        answers=answers,
        archived=row.archived_at is not None,
        version=row.version,
    )
