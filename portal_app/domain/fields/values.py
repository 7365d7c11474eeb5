"""Reading, saving, moving and deleting what people enter into the fields.

A subject is whatever the fields are about: a customer, a dependent, a booking. This
package does not know whose it is: the caller has found the subject in a row that the
actor may see, and passes the actor's audience on.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import update
from sqlmodel import Session, col, select

from portal_app.domain.business import permissions
from portal_app.domain.business import service as businesses
from portal_app.domain.fields import rules as d
from portal_app.domain.fields.models import FieldDefinition, FieldValue
from portal_app.domain.fields.rules import (
    Answers,
    Definition,
    FieldCondition,
    StoredValue,
)
from portal_app.domain.fields.schema import (
    Scope,
    active_definitions_by_scope,
)
from portal_app.domain.fields.views import FieldChoiceView, FieldView
from portal_app.domain.files import attachments
from portal_app.domain.files import rules as file_rules
from portal_app.domain.files.views import FileView
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.changes import Change
from portal_app.kernel.clock import today_in, utc_now
from portal_app.kernel.errors import InvalidInput, NotFound
from portal_app.kernel.features import Feature
from portal_app.kernel.formats import Formats
from portal_app.kernel.statements import affected


class Subject(NamedTuple):
    """What fields are about, and its id.

    The kinds are ``customer``, ``dependent``, ``draft`` (a booking on its way) and
    ``booking``.
    """

    kind: str
    id: str


def move_values(tx: Session, subject: Subject, to: Subject) -> int:
    """Make what was entered for one subject that of another, which has nothing.

    Returns:
        How many values.
    """
    return affected(
        tx,
        update(FieldValue)
        .where(
            col(FieldValue.subject_kind) == subject.kind,
            col(FieldValue.subject_id) == subject.id,
        )
        .values(subject_kind=to.kind, subject_id=to.id),
    )


def copy_values(tx: Session, subject: Subject, *to: Subject) -> int:
    """Enter for others, which have nothing, what was entered for one subject.

    Files and signatures are not copied: they belong to one subject.

    Returns:
        How many values each got.
    """
    rows = [
        row
        for row in _value_rows(tx, [subject])
        if row.kind not in {d.FILE, d.SIGNATURE}
    ]
    for row in rows:
        values = row.model_dump(exclude={"id", "subject_kind", "subject_id"})
        tx.add_all(
            FieldValue(**values, subject_kind=one.kind, subject_id=one.id) for one in to
        )
    tx.flush()
    return len(rows)


def delete_values(tx: Session, kind: str, ids: Collection[str]) -> None:
    """Delete what was entered about subjects that go away, and release its files.

    Args:
        tx: The transaction in which they go.
        kind: Of the subjects.
        ids: Theirs.
    """
    rows = tx.exec(
        select(FieldValue).where(
            col(FieldValue.subject_kind) == kind, col(FieldValue.subject_id).in_(ids)
        )
    )
    for row in rows:
        attachments.release(tx, file_id_of(row.kind, row.value))
        tx.delete(row)
    tx.flush()


def file_id_of(kind: str, value: object) -> str:
    """The id of the file that a value refers to, or an empty text."""
    if kind == d.FILE and isinstance(value, str):
        return value
    if kind == d.SIGNATURE and isinstance(value, dict):
        return str(value.get("file", ""))
    return ""


_FILE_NOT_FOUND = "We could not find that file. Please choose it again."


def field_views(
    tx: Session, audience: str, scope: Scope, subject: Subject | None
) -> list[FieldView]:
    """The fields that an audience sees, with what was entered.

    Args:
        tx: The transaction.
        audience: ``customer``, ``fieldworker`` or ``office``.
        scope: Which fields.
        subject: Whose values; ``None`` for a form that is still empty.
    """
    if subject is None:
        return _visible_field_views(
            audience, _asked(tx, audience, scope), {}, {}, businesses.formats(tx)
        )
    return field_views_by_subject(tx, audience, {subject: scope})[subject]


def field_views_by_subject(
    tx: Session, audience: str, scopes: Mapping[Subject, Scope]
) -> dict[Subject, list[FieldView]]:
    """As ``field_views``, of several subjects, in as few queries."""
    fields = _asked_by_scope(tx, audience, scopes.values())
    stored = _stored_by_subject(tx, scopes)
    file_ids = {
        file_id
        for values in stored.values()
        for entered in values.values()
        if (file_id := file_id_of(entered.kind, entered.value))
    }
    pictures = attachments.file_views(tx, file_ids)
    formats = businesses.formats(tx)
    return {
        subject: _visible_field_views(
            audience,
            fields[scope],
            _by_key(fields[scope], stored.get(subject, {})),
            pictures,
            formats,
        )
        for subject, scope in scopes.items()
    }


@dataclass(frozen=True, slots=True)
class Entered:
    """The fields that are asked about a subject, and what is stored for them."""

    fields: Sequence[Definition]
    stored: d.StoredValues


def entered_by_subject(
    tx: Session, audience: str, scopes: Mapping[Subject, Scope]
) -> dict[Subject, Entered]:
    """What was entered about several subjects, for rules, in as few queries.

    Nothing is asked of customers while the fields are switched off.
    """
    asked = _asked_by_scope(tx, audience, scopes.values())
    stored = _stored_by_subject(tx, scopes)
    return {
        subject: Entered(asked[scope], _by_key(asked[scope], stored.get(subject, {})))
        for subject, scope in scopes.items()
    }


def _asked(tx: Session, audience: str, scope: Scope) -> list[Definition]:
    return _asked_by_scope(tx, audience, [scope])[scope]


def _asked_by_scope(
    tx: Session, audience: str, scopes: Iterable[Scope]
) -> dict[Scope, list[Definition]]:
    """The fields in use; none for customers while they are switched off."""
    wanted = set(scopes)
    if _are_off(tx, audience):
        return {scope: [] for scope in wanted}
    return active_definitions_by_scope(tx, wanted)


def _are_off(tx: Session, audience: str) -> bool:
    """Whether the office has switched the fields off for those who ask."""
    for_customers = audience in {d.CUSTOMER, Audience.GUEST}
    return for_customers and not permissions.is_on(tx, Feature.CUSTOM_FIELDS)


def save_values(
    tx: Session,
    actor: Actor,
    scope: Scope,
    subject: Subject,
    answers: Answers,
    *,
    owner: str | None,
) -> list[str]:
    """Check all answers and store what changes.

    Args:
        tx: The transaction.
        actor: Who enters them; their audience decides what they may.
        scope: Which fields.
        subject: About what; the caller has authorised it, and holds its row.
        answers: What was sent; a field that is not named keeps its value.
        owner: The customer whose files these become where customers see them.

    Returns:
        The names of the fields of which anything changed.

    Raises:
        InvalidInput: With a sentence for each field that is wrong.
    """
    fields = _asked(tx, actor.audience.value, scope)
    rows = _value_rows(tx, [subject])
    by_definition = {row.definition_id: row for row in rows}
    stored = {row.definition_id: _stored_value(row) for row in rows}
    formats = businesses.formats(tx)
    today = today_in(formats.zone)
    changes = d.check_answers(
        fields,
        actor.audience.value,
        answers,
        _by_key(fields, stored),
        today,
        decimal_mark=formats.decimal_mark,
    )
    for field in fields:
        if field.key not in changes:
            continue
        value = changes[field.key]
        row = by_definition.get(field.id)
        file_name = _attach_file(tx, actor, field, value, subject=subject, owner=owner)
        if row is not None:
            attachments.release(tx, file_id_of(row.kind, row.value))
        if value is None:
            if row is not None:
                tx.delete(row)
            continue
        entered = {
            "value": value,
            "kind": field.kind,
            "unit": field.unit,
            "text": d.display_text(field, value) or file_name,
            "account_id": actor.account_id,
            "updated_at": utc_now(),
        }
        if row is None:
            row = FieldValue(
                subject_kind=subject.kind,
                subject_id=subject.id,
                definition_id=field.id,
                **entered,
            )
        else:
            for name, column in entered.items():
                setattr(row, name, column)
        tx.add(row)
    tx.flush()
    return [field.name for field in fields if field.key in changes]


def missing_fields(
    tx: Session, audience: str, scopes: Mapping[Subject, Scope]
) -> list[str]:
    """The names of the fields that this audience still has to fill in.

    What was complete once may lack something after the business has changed what
    it asks.

    Args:
        tx: The transaction.
        audience: Who is asked.
        scopes: About what, and which fields; looked at in this order.
    """
    missing = _missing(tx, audience, scopes)
    return [field.name for subject in scopes for field in missing[subject]]


def unanswered_views(
    tx: Session, audience: str, scope: Scope, subject: Subject
) -> list[FieldView]:
    """The fields that this audience still has to fill in, for a form that asks them.

    What an answer to them makes necessary is among them.
    """
    asked = {field.key for field in _missing(tx, audience, {subject: scope})[subject]}
    if not asked:
        return []
    for field in d.in_dependency_order(_asked(tx, audience, scope)):
        if field.shown_when is not None and field.shown_when.key in asked:
            asked.add(field.key)
    found = field_views(tx, audience, scope, subject)
    return [
        # What decides is answered already where it is not asked here.
        view if view.depends_on in asked else replace(view, depends_on="", shown=True)
        for view in found
        if view.key in asked and view.editable
    ]


def _missing(
    tx: Session, audience: str, scopes: Mapping[Subject, Scope]
) -> dict[Subject, list[Definition]]:
    fields = _asked_by_scope(tx, audience, scopes.values())
    asked = [subject for subject, scope in scopes.items() if fields[scope]]
    stored = _stored_by_subject(tx, asked)
    today = today_in(businesses.formats(tx).zone)
    found: dict[Subject, list[Definition]] = {subject: [] for subject in scopes}
    for subject in asked:
        of_scope = fields[scopes[subject]]
        values = _by_key(of_scope, stored.get(subject, {}))
        try:
            d.check_answers(of_scope, audience, {}, values, today)
        except InvalidInput as wrong:
            found[subject] = [one for one in of_scope if one.key in wrong.fields]
    return found


def differences(
    tx: Session, audience: str, scope: Scope, subject: Subject, answers: Answers
) -> list[Change]:
    """Where answers differ from what is stored now, for a ``EditConflict``."""
    formats = businesses.formats(tx)
    today = today_in(formats.zone)
    found = []
    fields = {field.key: field for field in _asked(tx, audience, scope)}
    for view in field_views(tx, audience, scope, subject):
        if view.key not in answers or not view.editable:
            continue
        field, raw = fields[view.key], answers[view.key]
        before = list(view.values) if field.kind == d.CHOICES else view.value
        if (raw or "") in (before, before or ""):
            continue
        yours = _answer_text(field, raw, today, formats)
        now = view.text or view.file.name
        if yours != now:
            found.append(Change(view.key, view.name, yours, now))
    return found


def subjects_matching(tx: Session, audience: str, kind: str, text: str) -> Any:
    """The ids of subjects with a value that contains a text, as a subquery.

    Args:
        tx: The transaction.
        audience: Only fields that they see are searched.
        kind: Of the subjects.
        text: As typed; case does not count.
    """
    visible = [
        row.id
        for row in tx.exec(
            select(FieldDefinition).where(col(FieldDefinition.archived_at).is_(None))
        )
        if audience in row.visible_to and not _are_off(tx, audience)
    ]
    return select(col(FieldValue.subject_id)).where(
        col(FieldValue.subject_kind) == kind,
        col(FieldValue.definition_id).in_(visible),
        col(FieldValue.text).icontains(text, autoescape=True),
    )


def _visible_field_views(
    audience: str,
    fields: Sequence[Definition],
    stored: Mapping[str, StoredValue],
    pictures: Mapping[str, FileView],
    formats: Formats,
) -> list[FieldView]:
    fitting = d.fitting_values(fields, stored)
    shown = d.shown_fields(fields, fitting)
    offered = {
        field.key
        for field in fields
        if audience in field.visible_to and audience in field.editable_by
    }
    views = []
    for field in fields:
        if audience not in field.visible_to:
            continue
        depends = field.shown_when if field.key in offered else None
        if depends is not None and depends.key not in offered:
            depends = None  # the form cannot decide it: what is stored does
        if not shown[field.key] and depends is None:
            continue
        views.append(
            _field_view(
                field,
                depends,
                fitting.get(field.key),
                stored.get(field.key),
                pictures,
                formats,
                shown=shown[field.key],
                editable=field.key in offered,
            )
        )
    return views


def _field_view(  # noqa: PLR0917 - one step of the function above
    field: Definition,
    depends: FieldCondition | None,
    value: Any,
    entered: StoredValue | None,
    pictures: Mapping[str, FileView],
    formats: Formats,
    *,
    shown: bool,
    editable: bool,
) -> FieldView:
    low, high = _input_bounds(field, formats)
    chosen = value if isinstance(value, list) else [value]
    return FieldView(
        key=field.key,
        name=field.name,
        kind=field.kind,
        help=field.help,
        unit=field.unit,
        minimum=low,
        maximum=high,
        step=f"{10**-field.decimals:.{field.decimals}f}"
        if field.kind == d.NUMBER
        else "",
        max_length=d.MAX_TEXT_LENGTHS.get(field.kind, 0),
        choices=[
            FieldChoiceView(choice.key, choice.name)
            for choice in field.choices
            if not choice.retired or choice.key in chosen
        ],
        required=field.required,
        editable=editable,
        shown=shown,
        depends_on=depends.key if depends else "",
        depends_on_values=list(depends.values) if depends else [],
        value=d.input_value(field, value),
        values=list(value) if isinstance(value, list) else [],
        text=d.display_text(field, value, formats),
        earlier=entered.text if entered is not None and value is None else "",
        file=pictures.get(file_id_of(field.kind, value), FileView()),
    )


def _input_bounds(field: Definition, formats: Formats) -> tuple[str, str]:
    if field.kind == d.DATE and field.period:
        today = today_in(formats.zone).isoformat()
        return ("", today) if field.period == d.PAST else (today, "")
    return (
        "" if field.minimum is None else f"{field.minimum:f}",
        "" if field.maximum is None else f"{field.maximum:f}",
    )


def _answer_text(field: Definition, raw: Any, today: date, formats: Formats) -> str:
    try:
        value = d.parse_answer(field, raw, None, today, formats.decimal_mark)
    except d.InvalidAnswer:
        return str(raw)
    if field.kind == d.FILE and value:
        return "A new file"
    return d.display_text(field, value, formats)


def _attach_file(
    tx: Session,
    actor: Actor,
    field: Definition,
    value: Any,
    *,
    subject: Subject,
    owner: str | None,
) -> str:
    """Take the file of a new value into use; returns its name, if there is one."""
    wanted = file_id_of(field.kind, value)
    if not wanted:
        return ""
    kind = file_rules.FIELD if field.kind == d.FILE else file_rules.SIGNATURE
    reader = owner if d.CUSTOMER in field.visible_to else None
    try:
        row = attachments.attach(
            tx,
            actor,
            wanted,
            {kind},
            customer_id=reader,
            features=_features_of(subject),
        )
    except NotFound:
        raise InvalidInput({field.key: _FILE_NOT_FOUND}) from None
    return row.name


def _features_of(subject: Subject) -> set[Feature]:
    """What must be on for a customer to have what is entered about a subject."""
    about_dependents = {Feature.DEPENDENTS} if subject.kind == "dependent" else set()
    return {Feature.CUSTOM_FIELDS} | about_dependents


def _value_rows(tx: Session, subjects: Collection[Subject]) -> list[FieldValue]:
    if not subjects:
        return []
    return list(
        tx.exec(
            select(FieldValue).where(
                col(FieldValue.subject_kind).in_({one.kind for one in subjects}),
                col(FieldValue.subject_id).in_({one.id for one in subjects}),
            )
        )
    )


def _stored_by_subject(
    tx: Session, subjects: Collection[Subject]
) -> dict[Subject, dict[str, StoredValue]]:
    found: dict[Subject, dict[str, StoredValue]] = {}
    for row in _value_rows(tx, subjects):
        subject = Subject(row.subject_kind, row.subject_id)
        found.setdefault(subject, {})[row.definition_id] = _stored_value(row)
    return found


def _stored_value(row: FieldValue) -> StoredValue:
    return StoredValue(row.value, row.kind, row.unit, row.text)


def _by_key(
    fields: Sequence[Definition], stored: Mapping[str, StoredValue]
) -> dict[str, StoredValue]:
    return {field.key: stored[field.id] for field in fields if field.id in stored}
