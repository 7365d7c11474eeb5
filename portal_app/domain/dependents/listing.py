"""The list of a customer's dependents: searched, filtered, in pages."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.domain.business import service as businesses
from portal_app.domain.dependents import documents, rules
from portal_app.domain.dependents.models import Dependent, DependentType
from portal_app.domain.dependents.types import definition_of, type_view
from portal_app.domain.dependents.views import DependentPage, DependentRowView
from portal_app.domain.fields import service as fields
from portal_app.domain.fields.service import Subject
from portal_app.domain.fields.views import FieldView
from portal_app.domain.files import service as files
from portal_app.kernel.audiences import Actor
from portal_app.kernel.ownership import customer_of, owned_by

_SUMMARY_FIELDS = 3
_SUMMARY_KINDS = {"text", "number", "choice", "choices", "date"}
_MOST_WORDS = 5


def dependents(
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
    query = _found(tx, actor, search.strip(), archived)
    counted = _counts(tx, query)
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


def candidates(
    tx: Session, customer_id: str, types: Sequence[str], also: Collection[str] = ()
) -> list[Dependent]:
    """All of a customer's dependents in use of these types, by name.

    Args:
        tx: The transaction.
        customer_id: Whose they are.
        types: Slugs; one that is not offered has none.
        also: Ids of others of the customer, which are among them in any case.
    """
    offered = select(DependentType.id).where(
        col(DependentType.slug).in_(types), col(DependentType.archived_at).is_(None)
    )
    in_use = and_(
        col(Dependent.archived_at).is_(None), col(Dependent.type_id).in_(offered)
    )
    return list(
        tx.exec(
            select(Dependent)
            .where(
                col(Dependent.customer_id) == customer_id,
                or_(in_use, col(Dependent.id).in_(also)),
            )
            .order_by(func.lower(col(Dependent.name)), col(Dependent.id))
        )
    )


def choosable(
    tx: Session, actor: Actor, types: Sequence[str], also: Collection[str] = ()
) -> list[DependentRowView]:
    """The actor's ``candidates``, to choose from.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    type_rows = {row.id: row for row in tx.exec(select(DependentType))}
    rows = candidates(tx, customer_of(actor), types, also)
    return _row_views(tx, actor, rows, type_rows)


def _found(
    tx: Session, actor: Actor, search: str, archived: bool
) -> SelectOfScalar[Dependent]:
    away = col(Dependent.archived_at)
    query = owned_by(actor, Dependent).where(
        away.is_not(None) if archived else away.is_(None)
    )
    for word in search.split()[:_MOST_WORDS]:
        pattern = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        query = query.where(
            or_(
                col(Dependent.name).ilike(f"%{pattern}%", escape="\\"),
                col(Dependent.id).in_(
                    fields.matching(tx, actor.audience.value, rules.SUBJECT, word)
                ),
            )
        )
    return query


def _counts(tx: Session, query: SelectOfScalar[Dependent]) -> dict[str, int]:
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
    forms = fields.forms(
        tx,
        actor.audience.value,
        {
            Subject(rules.SUBJECT, row.id): fields.of_dependent_type(row.type_id)
            for row in rows
        },
    )
    papers = documents.documents_of(tx, [row.id for row in rows])
    formats = businesses.formats(tx)
    return [
        DependentRowView(
            id=row.id,
            name=row.name,
            type=type_rows[row.type_id].singular,
            type_slug=type_rows[row.type_id].slug,
            icon=type_rows[row.type_id].icon,
            picture_url=files.picture_url(row.picture_id),
            summary=_summary(forms[Subject(rules.SUBJECT, row.id)]),
            notice=documents.notice(
                papers[row.id],
                definition_of(type_rows[row.type_id]).documents,
                formats,
            ),
            archived=row.archived_at is not None,
        )
        for row in rows
    ]


def _summary(views: list[FieldView]) -> str:
    texts = [
        view.text
        for view in views
        if view.text and view.shown and view.kind in _SUMMARY_KINDS
    ]
    return " · ".join(texts[:_SUMMARY_FIELDS])
