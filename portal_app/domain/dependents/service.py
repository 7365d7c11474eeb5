"""What customers do with their dependents, and the paged list of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.domain.business import permissions
from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue.booked_for import (
    Misfit,
    booked_for_by_type,
    find_misfit,
)
from portal_app.domain.customers.models import Customer
from portal_app.domain.dependents import documents, rules
from portal_app.domain.dependents.models import Dependent, DependentType
from portal_app.domain.dependents.ownership import find_own_dependent
from portal_app.domain.dependents.rules import DependentForm
from portal_app.domain.dependents.types import (
    active_type_row,
    type_definition_of,
    type_view,
)
from portal_app.domain.dependents.views import (
    DependentPage,
    DependentRowView,
    DependentView,
    DocumentGapView,
)
from portal_app.domain.fields import schema
from portal_app.domain.fields import values as fields
from portal_app.domain.fields.values import Subject
from portal_app.domain.fields.views import FieldView
from portal_app.domain.files import attachments
from portal_app.domain.files import rules as file_rules
from portal_app.kernel import archival
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.changes import Change
from portal_app.kernel.clock import today_in, utc_now
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.features import Feature
from portal_app.kernel.ownership import customer_of, owned_by
from portal_app.kernel.text import one_line
from portal_app.kernel.versioned import is_current

_SUMMARY_FIELDS = 3
_SUMMARY_KINDS = {"text", "number", "choice", "choices", "date"}
_MAX_SEARCH_WORDS = 5


def list_dependents(
    tx: Session,
    actor: Actor,
    *,
    search: str = "",
    type_slug: str = "",
    archived: bool = False,
    page: int = 1,
) -> DependentPage:
    """One page of the customer's dependents, by name.

    Args:
        tx: The transaction.
        actor: A customer.
        search: Looked for in names and in the fields the customer sees.
        type_slug: Only these; all types if empty, none if unknown.
        archived: Those that were archived instead of those in use.
        page: Counted from 1.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    page = max(1, page)
    query = _search_query(tx, actor, search.strip(), archived)
    counted = _counts_by_type(tx, query)
    type_rows = {
        row.id: row
        for row in tx.exec(
            select(DependentType).order_by(
                col(DependentType.position), col(DependentType.singular)
            )
        )
    }
    if type_slug:
        wanted = [one.id for one in type_rows.values() if one.slug == type_slug]
        query = query.where(col(Dependent.type_id).in_(wanted))
        total = sum(counted.get(type_id, 0) for type_id in wanted)
    else:
        total = sum(counted.values())
    rows = tx.exec(
        query.order_by(func.lower(col(Dependent.name)), col(Dependent.id))
        .offset((page - 1) * rules.PAGE_SIZE)
        .limit(rules.PAGE_SIZE)
    ).all()
    return DependentPage(
        rows=_row_views(tx, actor, rows, type_rows),
        types=[
            type_view(row, counted.get(row.id, 0))
            for row in type_rows.values()
            if row.archived_at is None or row.id in counted
        ],
        page=page,
        has_more=page * rules.PAGE_SIZE < total,
        total=total,
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dependent of a type that a service is for; ``misfit`` is why not this one."""

    row: Dependent
    kind: DependentType
    misfit: Misfit | None = None


def candidate_dependents(
    tx: Session, customer_id: str, entries: Sequence[str], also: Collection[str] = ()
) -> list[Candidate]:
    """All of a customer's dependents in use of the types of a service, by name.

    None while dependents are switched off.

    Args:
        tx: The transaction.
        customer_id: Whose they are.
        entries: As ``BookedFor`` is written; a type that is not offered has none.
        also: Ids of others of the customer; they are among them and fit in any case.
    """
    if not permissions.is_on(tx, Feature.DEPENDENTS):
        return []
    booked_for = booked_for_by_type(entries)
    in_use = and_(
        col(Dependent.archived_at).is_(None),
        col(DependentType.slug).in_(booked_for),
        col(DependentType.archived_at).is_(None),
    )
    found = tx.exec(
        select(Dependent, DependentType)
        .join(DependentType, col(DependentType.id) == Dependent.type_id)
        .where(
            col(Dependent.customer_id) == customer_id,
            or_(in_use, col(Dependent.id).in_(also)),
        )
        .order_by(func.lower(col(Dependent.name)), col(Dependent.id))
    ).all()
    conditions = {
        row.id: one.condition
        for row, kind in found
        if row.id not in also
        and (one := booked_for.get(kind.slug)) is not None
        and one.condition is not None
    }
    said = fields.entered_by_subject(
        tx,
        Audience.CUSTOMER.value,
        {
            Subject(rules.SUBJECT_KIND, row.id): schema.dependent_type_scope(kind.id)
            for row, kind in found
            if row.id in conditions
        },
    )

    def misfit(row: Dependent) -> Misfit | None:
        if row.id not in conditions:
            return None
        entered = said[Subject(rules.SUBJECT_KIND, row.id)]
        return find_misfit(conditions[row.id], entered.fields, entered.stored)

    return [Candidate(row, kind, misfit(row)) for row, kind in found]


def eligible_dependents(
    tx: Session, customer_id: str, entries: Sequence[str], also: Collection[str] = ()
) -> list[Dependent]:
    """Those of ``candidate_dependents`` that fit."""
    found = candidate_dependents(tx, customer_id, entries, also)
    return [one.row for one in found if one.misfit is None]


def document_gaps(
    tx: Session, customer_id: str, dependent_ids: Sequence[str], day: date
) -> list[DocumentGapView]:
    """What lacks of the required papers of some dependents on a day to come.

    None of those out of use, and none while dependents are switched off.

    Args:
        tx: The transaction.
        customer_id: Whose they are; what is not theirs is left out.
        dependent_ids: Of whom, in this order.
        day: On which the papers have to hold.
    """
    if not dependent_ids or not permissions.is_on(tx, Feature.DEPENDENTS):
        return []
    rows = tx.exec(
        select(Dependent, DependentType)
        .join(DependentType, col(DependentType.id) == Dependent.type_id)
        .where(
            col(Dependent.id).in_(dependent_ids),
            col(Dependent.customer_id) == customer_id,
            col(Dependent.archived_at).is_(None),
        )
    )
    found = {row.id: (row, kind) for row, kind in rows}
    papers = documents.documents_by_dependent(tx, found)
    formats = businesses.formats(tx)
    return [
        DocumentGapView(one, row.name, text)
        for one in dependent_ids
        if one in found
        for row, kind in [found[one]]
        for text in documents.document_gaps(
            papers[one], type_definition_of(kind).documents, day, formats
        )
    ]


def dependent_row_views(
    tx: Session, actor: Actor, candidates: Sequence[Candidate]
) -> list[DependentRowView]:
    """Candidates that fit, to choose from."""
    fitting = [one for one in candidates if one.misfit is None]
    kinds = {one.kind.id: one.kind for one in fitting}
    return _row_views(tx, actor, [one.row for one in fitting], kinds)


def _search_query(
    tx: Session, actor: Actor, search: str, archived: bool
) -> SelectOfScalar[Dependent]:
    away = col(Dependent.archived_at)
    query = owned_by(actor, Dependent).where(
        away.is_not(None) if archived else away.is_(None)
    )
    for word in search.split()[:_MAX_SEARCH_WORDS]:
        query = query.where(
            or_(
                col(Dependent.name).icontains(word, autoescape=True),
                col(Dependent.id).in_(
                    fields.subjects_matching(
                        tx, actor.audience.value, rules.SUBJECT_KIND, word
                    )
                ),
            )
        )
    return query


def _counts_by_type(tx: Session, query: SelectOfScalar[Dependent]) -> dict[str, int]:
    found = query.subquery()
    rows = tx.execute(select(found.c.type_id, func.count()).group_by(found.c.type_id))
    return {row[0]: row[1] for row in rows}


def _row_views(
    tx: Session,
    actor: Actor,
    rows: Collection[Dependent],
    type_rows: Mapping[str, DependentType],
) -> list[DependentRowView]:
    if not rows:
        return []
    forms = fields.field_views_by_subject(
        tx,
        actor.audience.value,
        {
            Subject(rules.SUBJECT_KIND, row.id): schema.dependent_type_scope(
                row.type_id
            )
            for row in rows
        },
    )
    papers = documents.documents_by_dependent(tx, [row.id for row in rows])
    formats = businesses.formats(tx)
    return [
        DependentRowView(
            id=row.id,
            name=row.name,
            type=type_rows[row.type_id].singular,
            type_slug=type_rows[row.type_id].slug,
            icon=type_rows[row.type_id].icon,
            picture_url=attachments.picture_url(row.picture_id),
            summary=_field_summary(forms[Subject(rules.SUBJECT_KIND, row.id)]),
            notice=documents.attention_notice(
                papers[row.id],
                type_definition_of(type_rows[row.type_id]).documents,
                formats,
            ),
            archived=row.archived_at is not None,
        )
        for row in rows
    ]


def _field_summary(views: list[FieldView]) -> str:
    texts = [
        view.text
        for view in views
        if view.text and view.shown and view.kind in _SUMMARY_KINDS
    ]
    return " · ".join(texts[:_SUMMARY_FIELDS])


_LARGE_PICTURE_SIZE = 512
_PICTURE_NOT_FOUND = "We could not find that picture. Please choose it again."


def get_dependent(tx: Session, actor: Actor, dependent_id: str) -> DependentView:
    """The page of one dependent, archived or not.

    Raises:
        NotFound: If it is missing or somebody else's.
        NotAllowed: If the actor is no customer.
    """
    row = find_own_dependent(tx, actor, dependent_id)
    type_row = tx.get_one(DependentType, row.type_id)
    kinds = type_definition_of(type_row).documents
    papers = documents.documents_by_dependent(tx, [row.id])[row.id]
    pictures = attachments.file_views(tx, {paper.file_id for paper in papers})
    formats = businesses.formats(tx)
    today = today_in(formats.zone)
    return DependentView(
        id=row.id,
        name=row.name,
        type=type_view(type_row),
        picture_url=attachments.picture_url(row.picture_id, _LARGE_PICTURE_SIZE),
        fields=fields.field_views(
            tx,
            actor.audience.value,
            schema.dependent_type_scope(row.type_id),
            Subject(rules.SUBJECT_KIND, row.id),
        ),
        documents=documents.document_views(papers, kinds, pictures, formats),
        missing=documents.missing_documents(papers, kinds, today),
        archived=row.archived_at is not None,
        version=row.version,
    )


def blank_fields(tx: Session, actor: Actor, type_slug: str) -> list[FieldView]:
    """The fields of the form with which a dependent of this type is added.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If there is no such type.
    """
    customer_of(actor)
    scope = schema.dependent_type_scope(active_type_row(tx, type_slug).id)
    return fields.field_views(tx, actor.audience.value, scope, None)


def add_dependent(
    tx: Session, actor: Actor, type_slug: str, form: DependentForm, request_key: str
) -> str:
    """Add a dependent, once per request.

    Args:
        tx: The transaction.
        actor: A customer.
        type_slug: Of a type in use.
        form: As typed.
        request_key: What the browser calls this request, at most 64 characters; a
            repetition adds nothing and returns the same id.

    Returns:
        The id of the dependent.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If there is no such type.
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If there are 500 already.
    """
    customer_id = customer_of(actor)
    # Held, so that a repeated request waits for the first.
    if tx.get(Customer, customer_id, with_for_update=True) is None:
        raise NotFound
    key = request_key.strip()[:64]
    same = tx.exec(
        owned_by(actor, Dependent).where(col(Dependent.request_key) == key)
    ).first()
    if same is not None and key:
        return same.id
    type_row = active_type_row(tx, type_slug)
    in_all = select(func.count()).where(col(Dependent.customer_id) == customer_id)
    if tx.exec(in_all).one() >= rules.MAX_DEPENDENTS:
        raise Conflict("There are as many as fit. Please contact us.")
    row = Dependent(
        customer_id=customer_id,
        type_id=type_row.id,
        name="",
        request_key="",
        created_at=utc_now(),
    )
    row.request_key = key or row.id
    row.name, wrong = _checked_name(form.name, type_row)
    wrong |= _save_fields(tx, actor, row, form)[1]
    if form.picture_id:
        wrong |= _attach_picture(tx, actor, row, form.picture_id)
    if wrong:
        raise InvalidInput(wrong)
    tx.add(row)
    tx.flush()
    return row.id


def save_dependent(
    tx: Session, actor: Actor, dependent_id: str, form: DependentForm, version: int
) -> int:
    """Change a dependent's name and fields.

    Args:
        tx: The transaction.
        actor: A customer.
        dependent_id: One of theirs.
        form: As it shall be; the picture is changed by ``set_picture``.
        version: Of the dependent that was read.

    Returns:
        The new version; the same if nothing differs.

    Raises:
        NotFound: If it is missing or somebody else's.
        InvalidInput: With a sentence for each field that is wrong.
        EditConflict: If it was changed since ``version`` and differs.
    """
    row = find_own_dependent(tx, actor, dependent_id, lock=True)
    type_row = tx.get_one(DependentType, row.type_id)
    differences = partial(_conflicting_changes, tx, actor, row, form)
    if not is_current(row.name, row, version, differences):
        return row.version
    name, wrong = _checked_name(form.name, type_row)
    changed, faults = _save_fields(tx, actor, row, form)
    if wrong or faults:
        raise InvalidInput(wrong | faults)
    if changed or name != row.name:
        row.name = name
        row.version += 1
        tx.flush()
    return row.version


def set_picture(
    tx: Session, actor: Actor, dependent_id: str, file_id: str
) -> DependentView:
    """Give a dependent a picture, replace it, or take it away (empty id).

    The last one wins: a picture is seen at once and changed as easily.

    Raises:
        NotFound: If the dependent is missing or somebody else's.
        InvalidInput: If the file is not a picture the actor handed in.
    """
    row = find_own_dependent(tx, actor, dependent_id, lock=True)
    before = row.picture_id
    if file_id != (before or ""):
        row.picture_id = None
        if file_id and (wrong := _attach_picture(tx, actor, row, file_id)):
            raise InvalidInput(wrong, _PICTURE_NOT_FOUND)
        attachments.release(tx, before)
        row.version += 1
        tx.flush()
    return get_dependent(tx, actor, dependent_id)


def archive_dependent(tx: Session, actor: Actor, dependent_id: str) -> None:
    """Put a dependent away: nothing is lost, and old bookings keep it.

    Safe to repeat.

    Raises:
        NotFound: If it is missing or somebody else's.
    """
    row = find_own_dependent(tx, actor, dependent_id, lock=True)
    archival.archive(tx, row)


def restore_dependent(tx: Session, actor: Actor, dependent_id: str) -> None:
    """Take a dependent out again. Safe to repeat.

    Raises:
        NotFound: If it is missing or somebody else's.
    """
    row = find_own_dependent(tx, actor, dependent_id, lock=True)
    archival.restore(tx, row)


def _checked_name(text: str, type_row: DependentType) -> tuple[str, dict[str, str]]:
    try:
        return rules.check_name(text, type_row.singular), {}
    except InvalidInput as error:
        return "", error.fields


def _save_fields(
    tx: Session, actor: Actor, row: Dependent, form: DependentForm
) -> tuple[bool, dict[str, str]]:
    """Returns: whether anything changed, and what is wrong."""
    try:
        changed = fields.save_values(
            tx,
            actor,
            schema.dependent_type_scope(row.type_id),
            Subject(rules.SUBJECT_KIND, row.id),
            form.answers,
            owner=row.customer_id,
        )
    except InvalidInput as error:
        return False, error.fields
    return bool(changed), {}


def _attach_picture(
    tx: Session, actor: Actor, row: Dependent, file_id: str
) -> dict[str, str]:
    try:
        attachments.attach(
            tx,
            actor,
            file_id,
            {file_rules.PICTURE},
            customer_id=row.customer_id,
            features=(Feature.DEPENDENTS,),
        )
    except NotFound:
        return {"picture_id": _PICTURE_NOT_FOUND}
    row.picture_id = file_id
    return {}


def _conflicting_changes(
    tx: Session, actor: Actor, row: Dependent, form: DependentForm
) -> list[Change]:
    found: list[Change] = []
    typed = one_line(form.name)
    if typed != row.name:
        found.append(Change("name", "Name", typed, row.name))
    return found + fields.differences(
        tx,
        actor.audience.value,
        schema.dependent_type_scope(row.type_id),
        Subject(rules.SUBJECT_KIND, row.id),
        form.answers,
    )
