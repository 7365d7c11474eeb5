"""Which types of dependents there are, and what they are called."""

from dataclasses import asdict
from typing import Any

from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.dependents import rules
from portal_app.domain.dependents.models import DependentType
from portal_app.domain.dependents.rules import DocumentKind, TypeDefinition
from portal_app.domain.dependents.views import DocumentKindView, TypeView
from portal_app.kernel import archiving
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput, NotFound
from portal_app.kernel.ownership import require_office

MANY_KINDS = "Dependents"


def types(tx: Session) -> list[TypeView]:
    """The types in use, in the business's order."""
    return [type_view(row) for row in rows_in_use(tx)]


def heading(tx: Session) -> str:
    """What the menu calls them: the plural if there is one type, else Dependents."""
    rows = rows_in_use(tx)
    return rows[0].plural if len(rows) == 1 else MANY_KINDS


def define_type(
    tx: Session, actor: Actor, definition: TypeDefinition, position: int = 0
) -> str:
    """Add a type, or change the one with this slug; returns its id.

    Safe to repeat: what is already so is not touched. An archived type is taken
    into use again.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each part that is wrong.
    """
    require_office(actor)
    businesses.hold(tx)
    faults = rules.type_faults(definition)
    if faults:
        raise InvalidInput(faults, next(iter(faults.values())))
    row = tx.exec(
        select(DependentType).where(DependentType.slug == definition.slug)
    ).first()
    row = row or DependentType(slug=definition.slug, singular="", plural="", version=0)
    store_type(tx, row, definition, position)
    return row.id


def store_type(
    tx: Session, row: DependentType, definition: TypeDefinition, position: int
) -> None:
    """Write a checked definition into its row.

    Documents that are gone stay as retired; an archived type is in use again.
    """
    kept = {kind.key for kind in definition.documents}
    retired = [
        document | {"retired": True}
        for document in row.documents
        if document["key"] not in kept
    ]
    values: dict[str, Any] = {
        "singular": definition.singular.strip(),
        "plural": definition.plural.strip(),
        "icon": definition.icon,
        "documents": [asdict(kind) for kind in definition.documents] + retired,
        "position": position,
        "archived_at": None,
    }
    if all(getattr(row, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    tx.add(row)
    tx.flush()


def archive_type(tx: Session, actor: Actor, slug: str) -> None:
    """Offer a type no more; dependents of it stay. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such type.
    """
    row = held_type(tx, actor, slug)
    archiving.archive(tx, row)


def restore_type(tx: Session, actor: Actor, slug: str) -> None:
    """Offer an archived type again. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such type.
    """
    row = held_type(tx, actor, slug)
    archiving.restore(tx, row)


def held_type(tx: Session, actor: Actor, slug: str) -> DependentType:
    """The row of a type, for the office to change.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such type.
    """
    require_office(actor)
    businesses.hold(tx)
    row = tx.exec(select(DependentType).where(DependentType.slug == slug)).first()
    if row is None:
        raise NotFound("There is no such type.")
    return row


def type_in_use(tx: Session, slug: str) -> DependentType:
    """The row of a type that is offered.

    Raises:
        NotFound: If there is none.
    """
    row = tx.exec(
        select(DependentType).where(
            DependentType.slug == slug, col(DependentType.archived_at).is_(None)
        )
    ).first()
    if row is None:
        raise NotFound("There is no such type.")
    return row


def rows_in_use(tx: Session) -> list[DependentType]:
    """The rows of the types that are offered, in the business's order."""
    return list(
        tx.exec(
            select(DependentType)
            .where(col(DependentType.archived_at).is_(None))
            .order_by(col(DependentType.position), col(DependentType.singular))
        )
    )


def definition_of(row: DependentType) -> TypeDefinition:
    """A row as the rules see it; retired papers included."""
    return TypeDefinition(
        slug=row.slug,
        singular=row.singular,
        plural=row.plural,
        icon=row.icon,
        documents=tuple(DocumentKind(**document) for document in row.documents),
    )


def type_view(row: DependentType, count: int = 0) -> TypeView:
    """A type as a browser sees it."""
    return TypeView(
        slug=row.slug,
        singular=row.singular,
        plural=row.plural,
        icon=row.icon,
        documents=[
            DocumentKindView(
                kind.key, kind.name, kind.help, kind.expires, kind.required
            )
            for kind in definition_of(row).documents
            if not kind.retired
        ],
        count=count,
    )
