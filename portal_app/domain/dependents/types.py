"""The types of dependents: what they are called and which documents they need."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue.booked_for import booked_for_by_type
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Thing
from portal_app.domain.dependents import rules
from portal_app.domain.dependents.models import Dependent, DependentType
from portal_app.domain.dependents.rules import DocumentKind, TypeDefinition
from portal_app.domain.dependents.views import (
    BookedForView,
    DocumentKindView,
    TypeEntryView,
    TypeView,
)
from portal_app.domain.fields import schema
from portal_app.domain.fields.rules import CUSTOMER, Definition
from portal_app.domain.fields.views import ChoiceDefinitionView, DefinitionView
from portal_app.kernel import archival
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.keys import keys_for, required_request_key, unique_key
from portal_app.kernel.ordering import next_position
from portal_app.kernel.ownership import require_office, require_staff
from portal_app.kernel.text import one_line
from portal_app.kernel.versioned import Field, Record

DEFAULT_HEADING = "Dependents"
_KIND = "Dependent type"


def active_types(tx: Session) -> list[TypeView]:
    """The types in use, in the business's order."""
    return [type_view(row) for row in active_type_rows(tx)]


def menu_heading(tx: Session) -> str:
    """What the menu calls them: the plural if there is one type, else Dependents."""
    rows = active_type_rows(tx)
    return rows[0].plural if len(rows) == 1 else DEFAULT_HEADING


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
    businesses.lock_business(tx)
    faults = rules.type_faults(definition)
    if faults:
        raise InvalidInput(faults, next(iter(faults.values())))
    row = tx.exec(
        select(DependentType).where(DependentType.slug == definition.slug)
    ).first()
    row = row or DependentType(slug=definition.slug, singular="", plural="", version=0)
    _store_type(tx, actor, row, definition, position)
    return row.id


def _store_type(
    tx: Session,
    actor: Actor,
    row: DependentType,
    definition: TypeDefinition,
    position: int,
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
    before = _RECORD.values(row)
    action: change_log.Action = "changed" if row.version else "added"
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    tx.add(row)
    tx.flush()
    differences = change_log.differences(_RECORD, before, _RECORD.values(row))
    change_log.record(tx, actor, action, _thing(row), differences)


def _thing(row: DependentType) -> Thing:
    return Thing(_KIND, row.id, row.plural)


def archive_type(tx: Session, actor: Actor, slug: str) -> None:
    """Offer a type no more; dependents of it stay. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such type.
    """
    row = locked_type_row(tx, actor, slug)
    change_log.archive(tx, actor, row, _thing(row))


def restore_type(tx: Session, actor: Actor, slug: str) -> None:
    """Offer an archived type again. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such type.
    """
    row = locked_type_row(tx, actor, slug)
    change_log.restore(tx, actor, row, _thing(row))


def locked_type_row(tx: Session, actor: Actor, slug: str) -> DependentType:
    """The row of a type, for the office to change.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such type.
    """
    require_office(actor)
    businesses.lock_business(tx)
    row = tx.exec(select(DependentType).where(DependentType.slug == slug)).first()
    if row is None:
        raise NotFound("There is no such type.")
    return row


def active_type_row(tx: Session, slug: str) -> DependentType:
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


def active_type_rows(tx: Session) -> list[DependentType]:
    """The rows of the types that are offered, in the business's order."""
    return list(
        tx.exec(
            select(DependentType)
            .where(col(DependentType.archived_at).is_(None))
            .order_by(col(DependentType.position), col(DependentType.singular))
        )
    )


def active_type_fields(tx: Session) -> dict[str, list[Definition]]:
    """The slugs of the types that are offered, and what is asked of each."""
    return _fields_by_slug(tx, active_type_rows(tx))


def _fields_by_slug(
    tx: Session, rows: Sequence[DependentType]
) -> dict[str, list[Definition]]:
    scopes = {row.slug: schema.dependent_type_scope(row.id) for row in rows}
    asked = schema.active_definitions_by_scope(tx, scopes.values())
    return {slug: asked[scope] for slug, scope in scopes.items()}


def booked_for_views(tx: Session, entries: Sequence[str]) -> list[BookedForView]:
    """The types that are offered, and whether a service with these entries is for them.

    Args:
        tx: The transaction.
        entries: As ``BookedFor`` is written.
    """
    booked_for = booked_for_by_type(entries)
    rows = active_type_rows(tx)
    asked = _fields_by_slug(tx, rows)
    found = []
    for row in rows:
        one = booked_for.get(row.slug)
        condition = one.condition if one else None
        found.append(
            BookedForView(
                slug=row.slug,
                plural=row.plural,
                ticked=one is not None,
                shown_when=condition.key if condition else "",
                shown_values=list(condition.values) if condition else [],
                fields=[
                    DefinitionView(
                        id=field.id,
                        key=field.key,
                        name=field.name,
                        kind=field.kind,
                        choices=[
                            ChoiceDefinitionView(choice.key, choice.name)
                            for choice in field.offered
                        ],
                    )
                    for field in asked[row.slug]
                    if field.possible and CUSTOMER in field.visible_to
                ],
            )
        )
    return found


def type_definition_of(row: DependentType) -> TypeDefinition:
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
            for kind in type_definition_of(row).documents
            if not kind.retired
        ],
        count=count,
    )


MAX_TYPES = 20
MAX_DOCUMENT_KINDS = 20
_MAX_HELP_LENGTH = 300
_EXPIRY_LABELS = {
    rules.ALWAYS: "always expires",
    rules.SOMETIMES: "may expire",
    rules.NEVER: "never expires",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKindForm:
    """A document as typed; ``key`` is that of one that was there before."""

    key: str = ""
    name: str = ""
    help: str = ""
    expires: str = rules.SOMETIMES
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeForm:
    """A type as typed, with the documents that are asked for, in order."""

    singular: str = ""
    plural: str = ""
    icon: str = ""
    documents: tuple[DocumentKindForm, ...] = ()


def type_entry_views(tx: Session, actor: Actor) -> list[TypeEntryView]:
    """Every type in order, archived ones last; three queries.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_staff(actor)
    rows = _type_rows(tx)
    in_use = col(Dependent.archived_at).is_(None)
    counted = select(Dependent.type_id, func.count()).where(in_use)
    counts = {
        row[0]: row[1] for row in tx.exec(counted.group_by(col(Dependent.type_id)))
    }
    scopes = {row.id: schema.dependent_type_scope(row.id) for row in rows}
    asked = schema.active_definitions_by_scope(tx, scopes.values())
    views = [
        _type_entry_view(row, counts.get(row.id, 0), len(asked[scopes[row.id]]))
        for row in rows
    ]
    return sorted(views, key=lambda view: view.archived)


def add_type(tx: Session, actor: Actor, form: TypeForm, request: str) -> str:
    """Add a type after the others, once per request; returns its slug.

    Args:
        tx: The transaction.
        actor: The office.
        form: As typed; the slug follows from what one of them is called.
        request: What the browser calls this request.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each part that is wrong.
        Conflict: If there are as many as fit.
    """
    require_office(actor)
    businesses.lock_business(tx)
    key = required_request_key(request)
    rows = _type_rows(tx)
    for row in rows:
        if row.request_key == key:
            return row.slug
    slugs = [row.slug for row in rows]
    slug = unique_key(form.singular, slugs, otherwise="type", separator="-")
    wanted = _checked_definition(form, TypeDefinition(slug, "", ""))
    if len(rows) >= MAX_TYPES:
        raise Conflict(f"There can be at most {MAX_TYPES} types.")
    row = DependentType(slug=slug, singular="", plural="", request_key=key, version=0)
    after = next_position(other.position for other in rows)
    _store_type(tx, actor, row, wanted, after)
    return slug


def change_type(
    tx: Session, actor: Actor, slug: str, form: TypeForm, version: int
) -> None:
    """Change a type. Documents that customers handed in stay, whatever changes.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such type.
        InvalidInput: With a sentence for each part that is wrong.
        EditConflict: If it was changed since ``version`` to something else.
    """
    row = locked_type_row(tx, actor, slug)
    wanted = _checked_definition(form, type_definition_of(row))
    values = _RECORD.values(wanted, in_use=True)
    if _RECORD.is_current(row, values, version):
        _store_type(tx, actor, row, wanted, row.position)


def reorder_types(tx: Session, actor: Actor, slugs: Sequence[str]) -> None:
    """Put types into this order; those that are not named stay where they are.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    businesses.lock_business(tx)
    change_log.store_order(tx, actor, _type_rows(tx), slugs, _thing, key="slug")


def _checked_definition(form: TypeForm, before: TypeDefinition) -> TypeDefinition:
    """The form as a definition, with the keys that documents had before.

    Raises:
        InvalidInput: With a sentence for each part that is wrong.
    """
    named: list[tuple[int, str, DocumentKindForm]] = []
    wrong: dict[str, str] = {}
    for at, document in enumerate(form.documents):
        name = one_line(document.name)
        if fault := _document_fault(name, document, [one for _, one, _ in named]):
            wrong[f"documents.{at}"] = fault
        else:
            named.append((at, name, document))
    if len(form.documents) > MAX_DOCUMENT_KINDS:
        wrong["documents"] = f"There can be at most {MAX_DOCUMENT_KINDS} documents."
    known = {kind.key: kind.name for kind in before.documents}
    typed = [(document.key, name) for _, name, document in named]
    keys = keys_for(typed, known, otherwise="document")
    wanted = TypeDefinition(
        slug=before.slug,
        singular=one_line(form.singular),
        plural=one_line(form.plural),
        icon=form.icon,
        documents=tuple(
            DocumentKind(key, name, one_line(one.help), one.expires, one.required)
            for key, (_, name, one) in zip(keys, named, strict=True)
        ),
    )
    place = {
        f"documents.{key}": f"documents.{at}"
        for key, (at, _, _) in zip(keys, named, strict=True)
    }
    for part, sentence in rules.type_faults(wanted).items():
        wrong.setdefault(place.get(part, part), sentence)
    if wrong:
        raise InvalidInput(wrong)
    return wanted


def _document_fault(
    name: str, document: DocumentKindForm, others: Sequence[str]
) -> str:
    if not name:
        return "Please say what this document is called."
    if name.casefold() in {other.casefold() for other in others}:
        return f"There are two documents called “{name}”."
    if len(one_line(document.help)) > _MAX_HELP_LENGTH:
        return f"Please use at most {_MAX_HELP_LENGTH} characters of help."
    return ""


def _documents_text(kinds: Sequence[DocumentKind]) -> str:
    return "; ".join(
        ", ".join(
            filter(
                None,
                (
                    kind.name,
                    kind.help,
                    _EXPIRY_LABELS.get(kind.expires, kind.expires),
                    "required" if kind.required else "",
                ),
            )
        )
        for kind in kinds
        if not kind.retired
    )


def _documents_of(source: DependentType | TypeDefinition) -> tuple[DocumentKind, ...]:
    if isinstance(source, DependentType):
        return type_definition_of(source).documents
    return source.documents


_RECORD = Record(
    "This type",
    Field("singular", "One of them"),
    Field("plural", "Several of them"),
    Field("icon", "Icon", text=lambda icon: icon.replace("-", " ")),
    Field("documents", "Documents", text=_documents_text, read=_documents_of),
    Field("in_use", "In use", read=archival.is_in_use),
)


def _type_entry_view(row: DependentType, count: int, asked: int) -> TypeEntryView:
    definition = type_definition_of(row)
    names = ", ".join(kind.name for kind in definition.documents if not kind.retired)
    number = f"{asked or 'No'} field{'' if asked == 1 else 's'}"
    return TypeEntryView(
        id=row.slug,
        singular=row.singular,
        plural=row.plural,
        icon=row.icon,
        documents=[
            DocumentKindView(
                kind.key,
                kind.name,
                kind.help,
                kind.expires,
                kind.required,
                kind.retired,
            )
            for kind in definition.documents
        ],
        asks=f"{number} · {names}" if names else number,
        count=count,
        archived=row.archived_at is not None,
        version=row.version,
    )


def _type_rows(tx: Session) -> list[DependentType]:
    in_order = (col(DependentType.position), col(DependentType.singular))
    return list(tx.exec(select(DependentType).order_by(*in_order)))
