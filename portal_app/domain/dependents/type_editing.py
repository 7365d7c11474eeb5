"""What the office does by hand with the types of dependents."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.dependents import rules
from portal_app.domain.dependents.models import Dependent, DependentType
from portal_app.domain.dependents.rules import DocumentKind, TypeDefinition
from portal_app.domain.dependents.types import (
    archive_type,
    definition_of,
    held_type,
    restore_type,
    store_type,
)
from portal_app.domain.dependents.views import DocumentKindView, TypeEntryView
from portal_app.domain.fields import service as fields
from portal_app.kernel.audiences import Actor
from portal_app.kernel.changes import ChangedMeanwhile, compare
from portal_app.kernel.errors import Conflict, InvalidInput
from portal_app.kernel.keys import free_key, keys_for, required_request_key
from portal_app.kernel.ordering import next_place, reordered
from portal_app.kernel.ownership import require_office

__all__ = [
    "DocumentKindForm",
    "TypeForm",
    "add_type",
    "archive_type",
    "change_type",
    "defined_types",
    "order_types",
    "restore_type",
]

MAX_TYPES = 20
MAX_DOCUMENTS = 20
_LONGEST_HELP = 300
_EXPIRES = {
    rules.ALWAYS: "always expires",
    rules.SOMETIMES: "may expire",
    rules.NEVER: "never expires",
}
_LABELS = {
    "singular": "One of them",
    "plural": "Several of them",
    "icon": "Icon",
    "documents": "Documents",
    "in_use": "In use",
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


def defined_types(tx: Session, actor: Actor) -> list[TypeEntryView]:
    """Every type in order, archived ones last; three queries.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    rows = _rows(tx)
    in_use = col(Dependent.archived_at).is_(None)
    counted = select(Dependent.type_id, func.count()).where(in_use)
    counts = {
        row[0]: row[1] for row in tx.exec(counted.group_by(col(Dependent.type_id)))
    }
    scopes = {row.id: fields.of_dependent_type(row.id) for row in rows}
    asked = fields.definitions_of(tx, scopes.values())
    views = [
        _entry(row, counts.get(row.id, 0), len(asked[scopes[row.id]])) for row in rows
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
    businesses.hold(tx)
    key = required_request_key(request)
    rows = _rows(tx)
    for row in rows:
        if row.request_key == key:
            return row.slug
    slugs = [row.slug for row in rows]
    slug = free_key(form.singular, slugs, otherwise="type", separator="-")
    wanted = _checked(form, TypeDefinition(slug, "", ""))
    if len(rows) >= MAX_TYPES:
        raise Conflict(f"There can be at most {MAX_TYPES} types.")
    row = DependentType(slug=slug, singular="", plural="", request_key=key, version=0)
    after = next_place(other.position for other in rows)
    store_type(tx, row, wanted, after)
    return slug


def change_type(
    tx: Session, actor: Actor, slug: str, form: TypeForm, version: int
) -> None:
    """Change a type. Documents that customers handed in stay, whatever changes.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such type.
        InvalidInput: With a sentence for each part that is wrong.
        ChangedMeanwhile: If it was changed since ``version`` to something else.
    """
    row = held_type(tx, actor, slug)
    before = definition_of(row)
    wanted = _checked(form, before)
    if row.version != version:
        yours = _texts(wanted, in_use=True)
        now = _texts(before, in_use=row.archived_at is None)
        changes = compare(_LABELS, yours, now)
        if changes:
            raise ChangedMeanwhile("This type", changes, row.version)
        return
    store_type(tx, row, wanted, row.position)


def order_types(tx: Session, actor: Actor, slugs: Sequence[str]) -> None:
    """Put types into this order; those that are not named stay where they are.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    businesses.hold(tx)
    rows = {row.slug: row for row in _rows(tx)}
    for slug, place in reordered(list(rows), slugs).items():
        rows[slug].position = place
    tx.flush()


def _checked(form: TypeForm, before: TypeDefinition) -> TypeDefinition:
    """The form as a definition, with the keys that documents had before.

    Raises:
        InvalidInput: With a sentence for each part that is wrong.
    """
    named: list[tuple[int, str, DocumentKindForm]] = []
    wrong: dict[str, str] = {}
    for at, document in enumerate(form.documents):
        name = _line(document.name)
        if fault := _document_fault(name, document, [one for _, one, _ in named]):
            wrong[f"documents.{at}"] = fault
        else:
            named.append((at, name, document))
    if len(form.documents) > MAX_DOCUMENTS:
        wrong["documents"] = f"There can be at most {MAX_DOCUMENTS} documents."
    known = {kind.key: kind.name for kind in before.documents}
    typed = [(document.key, name) for _, name, document in named]
    keys = keys_for(typed, known, otherwise="document")
    wanted = TypeDefinition(
        slug=before.slug,
        singular=_line(form.singular),
        plural=_line(form.plural),
        icon=form.icon,
        documents=tuple(
            DocumentKind(key, name, _line(one.help), one.expires, one.required)
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
    if len(_line(document.help)) > _LONGEST_HELP:
        return f"Please use at most {_LONGEST_HELP} characters of help."
    return ""


def _texts(definition: TypeDefinition, *, in_use: bool) -> dict[str, str]:
    papers = [kind for kind in definition.documents if not kind.retired]
    return {
        "singular": definition.singular,
        "plural": definition.plural,
        "icon": definition.icon.replace("-", " "),
        "documents": "; ".join(
            ", ".join(
                filter(
                    None,
                    (
                        kind.name,
                        kind.help,
                        _EXPIRES.get(kind.expires, kind.expires),
                        "required" if kind.required else "",
                    ),
                )
            )
            for kind in papers
        ),
        "in_use": "Yes" if in_use else "No",
    }


def _entry(row: DependentType, count: int, asked: int) -> TypeEntryView:
    definition = definition_of(row)
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


def _rows(tx: Session) -> list[DependentType]:
    in_order = (col(DependentType.position), col(DependentType.singular))
    return list(tx.exec(select(DependentType).order_by(*in_order)))


def _line(text: str) -> str:
    return " ".join(text.split())
